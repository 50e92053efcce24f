//! Objects into the model: the one place where text from outside is made inert.

use super::{
    endpoint::{Object, answers},
    fields, files,
    jsonapi::{DecodeError, Resource},
};
use crate::model::{
    Account, AccountId, AccountTypeId, Case, CaseId, DocumentId, Entity, Inquiry, InquiryId,
    InquiryStatus, ReportId, SessionId, TemplateId, Text, TransactionId, Verification,
    VerificationId,
};

answers!(Inquiry, Case, Account);

/// An object of a type that is kept; none for other types.
pub fn entity(resource: &Resource<'_>) -> Option<Entity> {
    let decoded = match resource.kind {
        "inquiry" => Inquiry::object(resource).map(Entity::Inquiry),
        "case" => Case::object(resource).map(Entity::Case),
        "account" => Account::object(resource).map(Entity::Account),
        kind if kind.starts_with("verification/") => {
            Verification::object(resource).map(Entity::Verification)
        }
        kind => {
            let family = kind.split('/').next().unwrap_or(kind);
            if !NOT_KEPT.contains(&family) {
                resource.note("type", "a known type", &super::mismatches::word(kind));
            }
            return None;
        }
    };
    decoded.map_err(|why| resource.note("id", "an object that can be read", why.why)).ok()
}

/// The contract's other types, without what comes behind a slash: they are asked for by themselves
/// where they matter.
const NOT_KEPT: &[&str] = &[
    "account-status",
    "account-type",
    "administrator",
    "api-key",
    "api-log",
    "case-comment",
    "case-queue",
    "case-template",
    "connect",
    "device",
    "document",
    "document-file",
    "event",
    "graph-query",
    "importer",
    "importer-pipeline",
    "importer-pipeline-run",
    "inquiry-session",
    "inquiry-template",
    "inquiry-template-translations",
    "inquiry-template-version",
    "list",
    "list-item",
    "network",
    "report",
    "report-template",
    "selfie",
    "template",
    "theme-set",
    "transaction",
    "transaction-label",
    "transaction-type",
    "user",
    "user-audit-log",
    "user-session",
    "verification-template",
    "verification-template-version",
    "webhook",
    "workflow",
    "workflow-deployment",
    "workflow-run",
    "workflow-step",
    "workflow-version",
];

const INQUIRY_STATUSES: &[&str] = &[
    "created",
    "pending",
    "completed",
    "failed",
    "expired",
    "needs_review",
    "approved",
    "declined",
];

const INQUIRY: &[&str] = &[
    "status",
    "reference-id",
    "note",
    "behaviors",
    "tags",
    "creator",
    "reviewer-comment",
    "created-at",
    "updated-at",
    "started-at",
    "expires-at",
    "completed-at",
    "failed-at",
    "marked-for-review-at",
    "decisioned-at",
    "expired-at",
    "redacted-at",
    "previous-step-name",
    "next-step-name",
    "fields",
];

impl Object for Inquiry {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("inquiry")?;
        resource.expect_attributes(INQUIRY, fields::LEGACY);
        let status = resource.word("status", INQUIRY_STATUSES);
        let template = resource.one("inquiry-template", TemplateId::new);
        Ok(Self {
            id: resource.id(InquiryId::new)?,
            status: InquiryStatus::parse(status.as_str()),
            reference_id: resource.text("reference-id"),
            account: resource.one("account", AccountId::new),
            template: template.or_else(|| resource.one("template", TemplateId::new)),
            verifications: resource.many("verifications", VerificationId::new),
            created_at: resource.instant("created-at"),
            updated_at: resource.instant("updated-at"),
            started_at: resource.instant("started-at"),
            completed_at: resource.instant("completed-at"),
            failed_at: resource.instant("failed-at"),
            marked_for_review_at: resource.instant("marked-for-review-at"),
            decisioned_at: resource.instant("decisioned-at"),
            expired_at: resource.instant("expired-at"),
            redacted_at: resource.instant("redacted-at"),
            expires_at: resource.instant("expires-at"),
            reviewer: resource.related_id("reviewer").map(Text::new),
            reviewer_comment: resource.pii("reviewer-comment"),
            creator: resource.text("creator"),
            note: resource.pii("note"),
            tags: resource.texts("tags"),
            behaviors: fields::under(resource, "behaviors"),
            previous_step: resource.text("previous-step-name"),
            next_step: resource.text("next-step-name"),
            reports: resource.many("reports", ReportId::new),
            sessions: resource.many("sessions", SessionId::new),
            documents: resource.many("documents", DocumentId::new),
            transaction: resource.one("transaction", TransactionId::new),
            fields: fields::with_legacy(resource),
        })
    }
}

const CASE: &[&str] = &[
    "status",
    "name",
    "resolution",
    "created-at",
    "updated-at",
    "assigned-at",
    "resolved-at",
    "redacted-at",
    "sla-expires-at",
    "creator-id",
    "creator-type",
    "assignee-id",
    "assigner-id",
    "assigner-type",
    "resolver-id",
    "resolver-type",
    "updater-id",
    "updater-type",
    "tags",
    "fields",
    "attachments",
];

impl Object for Case {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("case")?;
        resource.expect_attributes(CASE, &[]);
        Ok(Self {
            id: resource.id(CaseId::new)?,
            name: resource.text("name"),
            status: resource.text("status").unwrap_or_default(),
            resolution: resource.text("resolution"),
            template: resource.one("case-template", TemplateId::new),
            queue: resource.related_id("case-queue").map(Text::new),
            assignee: resource.text("assignee-id"),
            created_at: resource.instant("created-at"),
            updated_at: resource.instant("updated-at"),
            assigned_at: resource.instant("assigned-at"),
            resolved_at: resource.instant("resolved-at"),
            redacted_at: resource.instant("redacted-at"),
            sla_expires_at: resource.instant("sla-expires-at"),
            tags: resource.texts("tags"),
            inquiries: resource.many("inquiries", InquiryId::new),
            accounts: resource.many("accounts", AccountId::new),
            reports: resource.many("reports", ReportId::new),
            verifications: resource.many("verifications", VerificationId::new),
            transactions: resource.many("txns", TransactionId::new),
            creator: resource.text("creator-id"),
            assigner: resource.text("assigner-id"),
            resolver: resource.text("resolver-id"),
            updater: resource.text("updater-id"),
            attachments: files::under(resource, "attachments"),
            fields: fields::of(resource),
        })
    }
}

const ACCOUNT: &[&str] = &[
    "reference-id",
    "account-type-name",
    "created-at",
    "updated-at",
    "redacted-at",
    "fields",
    "tags",
    "account-status",
];

impl Object for Account {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("account")?;
        resource.expect_attributes(ACCOUNT, fields::LEGACY);
        Ok(Self {
            id: resource.id(AccountId::new)?,
            reference_id: resource.text("reference-id"),
            type_name: resource.text("account-type-name"),
            type_id: resource.one("account-type", AccountTypeId::new),
            status: resource.text("account-status"),
            created_at: resource.instant("created-at"),
            updated_at: resource.instant("updated-at"),
            redacted_at: resource.instant("redacted-at"),
            tags: resource.texts("tags"),
            fields: fields::with_legacy(resource),
        })
    }
}
