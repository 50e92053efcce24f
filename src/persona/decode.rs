//! Objects into the model: the one place where text from outside is made inert.

use super::{
    fields,
    jsonapi::{DecodeError, Resource},
    verifications,
};
use crate::model::{
    Account, AccountId, Case, CaseId, Entity, Inquiry, InquiryId, InquiryStatus, Pii, TemplateId,
    Text, VerificationId, id::InvalidId,
};

/// An object of a type that is kept; none for other types.
pub fn entity(resource: &Resource<'_>) -> Option<Entity> {
    let decoded = match resource.kind {
        "inquiry" => inquiry(resource).map(Entity::Inquiry),
        "case" => case(resource).map(Entity::Case),
        "account" => account(resource).map(Entity::Account),
        kind if kind.starts_with("verification/") => {
            verifications::verification(resource).map(Entity::Verification)
        }
        _ => return None,
    };
    decoded.map_err(|why| tracing::warn!(%why, kind = resource.kind, "an object was left out")).ok()
}

pub fn inquiry(resource: &Resource<'_>) -> Result<Inquiry, DecodeError> {
    resource.expect("inquiry")?;
    let template = resource.related_id("inquiry-template").or(resource.related_id("template"));
    Ok(Inquiry {
        id: resource.id(InquiryId::new)?,
        status: InquiryStatus::parse(resource.text("status").unwrap_or_default().as_str()),
        reference_id: resource.text("reference-id"),
        account: id(resource.related_id("account"), AccountId::new),
        template: id(template, TemplateId::new),
        verifications: ids(resource, "verifications", VerificationId::new),
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
        reviewer_comment: resource.text("reviewer-comment").map(|text| Pii::new(text.as_str())),
        creator: resource.text("creator"),
        note: resource.text("note").map(|text| Pii::new(text.as_str())),
        tags: resource.texts("tags"),
        fields: fields::with_legacy(resource),
    })
}

pub fn case(resource: &Resource<'_>) -> Result<Case, DecodeError> {
    resource.expect("case")?;
    Ok(Case {
        id: resource.id(CaseId::new)?,
        name: resource.text("name"),
        status: resource.text("status").unwrap_or_default(),
        resolution: resource.text("resolution"),
        template: id(resource.related_id("case-template"), TemplateId::new),
        queue: resource.related_id("case-queue").map(Text::new),
        assignee: resource.text("assignee-id"),
        created_at: resource.instant("created-at"),
        updated_at: resource.instant("updated-at"),
        assigned_at: resource.instant("assigned-at"),
        resolved_at: resource.instant("resolved-at"),
        redacted_at: resource.instant("redacted-at"),
        sla_expires_at: resource.instant("sla-expires-at"),
        tags: resource.texts("tags"),
        inquiries: ids(resource, "inquiries", InquiryId::new),
        accounts: ids(resource, "accounts", AccountId::new),
        fields: fields::of(resource),
    })
}

pub fn account(resource: &Resource<'_>) -> Result<Account, DecodeError> {
    resource.expect("account")?;
    Ok(Account {
        id: resource.id(AccountId::new)?,
        reference_id: resource.text("reference-id"),
        type_name: resource.text("account-type-name"),
        status: resource.text("account-status"),
        created_at: resource.instant("created-at"),
        updated_at: resource.instant("updated-at"),
        redacted_at: resource.instant("redacted-at"),
        tags: resource.texts("tags"),
        fields: fields::with_legacy(resource),
    })
}

fn id<T>(raw: Option<&str>, new: impl Fn(&str) -> Result<T, InvalidId>) -> Option<T> {
    raw.and_then(|raw| new(raw).ok())
}

fn ids<T>(
    resource: &Resource<'_>,
    relationship: &str,
    new: impl Fn(&str) -> Result<T, InvalidId>,
) -> Vec<T> {
    resource.related(relationship).into_iter().filter_map(|raw| new(raw).ok()).collect()
}
