//! Objects as scripts get them: the names in here are a contract, new ones may be added.

use serde_json::{Value, json};

use super::output::Shape;
use crate::{
    desk::{
        AccountFile, CaseFile, InquiryFile, InquiryRow, ListedCase, ListedInquiry, Pending,
        RelationRow,
    },
    model::{
        Account, AccountId, Action, ActionState, Case, Field, Inquiry, Pii, Text, Verb,
        Verification,
    },
};

/// Whether personal data is masked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sight {
    Masked,
    Plain,
}

impl Sight {
    fn of(self, personal: &Pii) -> String {
        match self {
            Self::Masked => personal.masked(),
            Self::Plain => personal.reveal().to_string(),
        }
    }

    fn fields(self, fields: &[Field]) -> Value {
        let value = |f: &Field| match self {
            Self::Masked => f.value.masked_as(f.name.as_str()),
            Self::Plain => f.value.reveal().to_string(),
        };
        let field = |f: &Field| json!({ "name": f.name, "value": value(f) });
        fields.iter().map(field).collect()
    }

    fn maybe(self, personal: Option<&Pii>) -> Value {
        personal.map(|personal| self.of(personal)).into()
    }

    fn is_masked(self) -> bool {
        self == Self::Masked
    }
}

pub const INQUIRIES: Shape = Shape {
    table: &[
        ("inquiry", "id"),
        ("status", "status"),
        ("name", "name"),
        ("waiting since", "waiting_since"),
        ("failed", "checks.failed"),
        ("signals", "checks.signals"),
        ("account", "account"),
        ("decision", "decision.state"),
    ],
    csv: &[
        "id",
        "status",
        "name",
        "reference_id",
        "account",
        "template",
        "created_at",
        "updated_at",
        "waiting_since",
        "tags",
        "checks.failed",
        "checks.signals",
        "checks.unproven",
        "checks.passed",
        "decision.verb",
        "decision.state",
        "decision.reason",
        "masked",
    ],
};

pub const CASES: Shape = Shape {
    table: &[
        ("case", "id"),
        ("name", "name"),
        ("status", "status"),
        ("assignee", "assignee"),
        ("SLA", "sla_expires_at"),
        ("queue", "queue"),
        ("inquiries", "inquiries"),
        ("decision", "decision.state"),
    ],
    csv: &[
        "id",
        "name",
        "status",
        "resolution",
        "resolved",
        "template",
        "queue",
        "assignee",
        "created_at",
        "updated_at",
        "sla_expires_at",
        "tags",
        "inquiries",
        "accounts",
        "decision.verb",
        "decision.state",
        "decision.reason",
    ],
};

pub const ACCOUNTS: Shape = Shape {
    table: &[
        ("account", "id"),
        ("type", "type"),
        ("status", "status"),
        ("name", "name"),
        ("reference", "reference_id"),
    ],
    csv: &[
        "id",
        "type",
        "status",
        "name",
        "reference_id",
        "created_at",
        "updated_at",
        "tags",
        "masked",
    ],
};

pub const RELATIONS: Shape = Shape {
    table: &[
        ("key", "key"),
        ("target", "target"),
        ("type", "type"),
        ("name", "name"),
        ("role", "role"),
        ("share %", "share"),
        ("status", "status"),
        ("latest inquiry", "latest_inquiry"),
        ("its status", "latest_inquiry_status"),
    ],
    csv: &[
        "account",
        "key",
        "target_kind",
        "target",
        "type",
        "name",
        "role",
        "share",
        "status",
        "latest_inquiry",
        "latest_inquiry_status",
        "masked",
    ],
};

pub const DECISIONS: Shape = Shape {
    table: &[
        ("action", "action"),
        ("decision", "verb"),
        ("to", "to"),
        ("subject", "subject"),
        ("state", "state"),
        ("due", "due_at"),
        ("tries", "attempts"),
        ("reason", "reason"),
    ],
    csv: &[
        "action",
        "verb",
        "to",
        "subject_kind",
        "subject",
        "state",
        "reason",
        "due_at",
        "decided_at",
        "reviewer",
        "attempts",
    ],
};

pub fn listed_inquiry(listed: &ListedInquiry, sight: Sight) -> Value {
    inquiry(&listed.inquiry, Some(&listed.row), sight)
}

fn inquiry(inquiry: &Inquiry, row: Option<&InquiryRow>, sight: Sight) -> Value {
    let checks = row.filter(|row| row.hydrated).map(|row| {
        json!({ "failed": row.failed, "signals": row.signals, "unproven": row.unproven,
            "passed": row.passed })
    });
    let decision = row.and_then(|row| row.action.as_ref()).map(pending);
    json!({
        "kind": "inquiry", "id": inquiry.id, "status": inquiry.status,
        "name": sight.maybe(inquiry.name().as_ref()), "reference_id": inquiry.reference_id,
        "account": inquiry.account, "template": inquiry.template,
        "created_at": inquiry.created_at, "updated_at": inquiry.updated_at,
        "waiting_since": inquiry.waiting_since(), "tags": inquiry.tags, "checks": checks,
        "decision": decision, "masked": sight.is_masked(),
    })
}

pub fn inquiry_file(file: &InquiryFile, sight: Sight) -> Value {
    let it = &file.inquiry;
    let mut told = inquiry(it, None, sight);
    told["decision"] = file.action.as_ref().map(decision).into();
    // The verifications themselves say more than their figures.
    told.as_object_mut().expect("a record is an object").shift_remove("checks");
    let more = json!({
        "started_at": it.started_at, "completed_at": it.completed_at, "failed_at": it.failed_at,
        "marked_for_review_at": it.marked_for_review_at, "decisioned_at": it.decisioned_at,
        "expired_at": it.expired_at, "redacted_at": it.redacted_at, "expires_at": it.expires_at,
        "reviewer": it.reviewer, "reviewer_comment": sight.maybe(it.reviewer_comment.as_ref()),
        "creator": it.creator, "note": sight.maybe(it.note.as_ref()),
        "fields": sight.fields(&it.fields),
        "verifications": file.verifications.iter().map(|v| verification(v, sight)).collect::<Value>(),
        "cases": file.cases.iter().map(|case| json!({ "id": case.id, "name": case.name,
            "status": case.status, "assignee": case.assignee,
            "sla_expires_at": case.sla_expires_at })).collect::<Value>(),
    });
    extended(told, more)
}

fn verification(verification: &Verification, sight: Sight) -> Value {
    let checks = verification.checks.iter();
    json!({
        "id": verification.id, "kind": verification.kind, "status": verification.status,
        "country_code": verification.country_code, "created_at": verification.created_at,
        "submitted_at": verification.submitted_at, "completed_at": verification.completed_at,
        "fields": sight.fields(&verification.fields),
        "checks": checks.map(|check| json!({ "name": check.name, "status": check.status,
            "requirement": check.requirement, "reasons": check.reasons })).collect::<Value>(),
    })
}

pub fn listed_case(listed: &ListedCase) -> Value {
    case(&listed.case, listed.action.as_ref().map(pending))
}

fn case(case: &Case, decision: Option<Value>) -> Value {
    json!({
        "kind": "case", "id": case.id, "name": case.name, "status": case.status,
        "resolution": case.resolution, "resolved": case.is_resolved(), "template": case.template,
        "queue": case.queue, "assignee": case.assignee, "created_at": case.created_at,
        "updated_at": case.updated_at, "sla_expires_at": case.sla_expires_at, "tags": case.tags,
        "inquiries": case.inquiries, "accounts": case.accounts, "decision": decision,
    })
}

pub fn case_file(file: &CaseFile, sight: Sight) -> Value {
    let it = &file.case;
    let told = case(it, file.action.as_ref().map(decision));
    let more = json!({
        "assigned_at": it.assigned_at, "resolved_at": it.resolved_at,
        "redacted_at": it.redacted_at, "fields": sight.fields(&it.fields),
        "masked": sight.is_masked(),
    });
    extended(told, more)
}

pub fn account(account: &Account, sight: Sight) -> Value {
    json!({
        "kind": "account", "id": account.id, "type": account.type_name,
        "status": account.status, "name": sight.maybe(account.name().as_ref()),
        "reference_id": account.reference_id, "created_at": account.created_at,
        "updated_at": account.updated_at, "tags": account.tags, "masked": sight.is_masked(),
    })
}

pub fn account_file(file: &AccountFile, sight: Sight) -> Value {
    let it = &file.account;
    let inquiries = file.inquiries.iter();
    let more = json!({
        "redacted_at": it.redacted_at, "fields": sight.fields(&it.fields),
        "inquiries": inquiries.map(|row| json!({ "id": row.id, "status": row.status,
            "updated_at": row.updated_at })).collect::<Value>(),
    });
    extended(account(it, sight), more)
}

pub fn relation(source: &AccountId, key: &Text, row: &RelationRow, sight: Sight) -> Value {
    let (latest, status) =
        row.latest_inquiry.as_ref().map(|latest| (&latest.id, &latest.status)).unzip();
    json!({
        "kind": "relation", "account": source, "key": key, "target_kind": row.kind,
        "target": row.id, "type": row.type_name, "status": row.status,
        "name": sight.maybe(row.name.as_ref()), "role": row.role, "share": row.share,
        "fields": sight.fields(&row.raw), "latest_inquiry": latest,
        "latest_inquiry_status": status, "masked": sight.is_masked(),
    })
}

/// A decision with its way to Persona.
pub fn decision(action: &Action) -> Value {
    let (state, reason, due_at) = state(&action.state);
    let (verb, to) = verb(&action.verb);
    json!({
        "kind": "decision", "action": action.id, "verb": verb, "to": to,
        "subject_kind": action.subject.kind(), "subject": action.subject.id(), "state": state,
        "reason": reason, "due_at": due_at, "decided_at": action.decided_at,
        "reviewer": action.reviewer, "confirmed_by": action.confirmed_by,
        "attempts": action.attempts,
    })
}

/// A decision as a row shows it.
fn pending(pending: &Pending) -> Value {
    let (state, reason, due_at) = state(&pending.state);
    let (verb, to) = verb(&pending.verb);
    json!({ "action": pending.id, "verb": verb, "to": to, "state": state, "reason": reason,
        "due_at": due_at })
}

/// As the command is called, and what it was given.
fn verb(verb: &Verb) -> (&'static str, Option<String>) {
    match verb {
        Verb::Approve => ("approve", None),
        Verb::Decline => ("decline", None),
        Verb::MarkForReview => ("escalate", None),
        Verb::OneTimeLink { .. } => ("link", None),
        Verb::SetCaseStatus(status) => ("set-status", Some(status.to_string())),
        Verb::AssignCase(email) => ("assign", Some(email.to_string())),
        Verb::AddTag(tag) => ("tag", Some(tag.to_string())),
        Verb::RemoveTag(tag) => ("untag", Some(tag.to_string())),
        Verb::CreateInquiry(_) => ("create", None),
        Verb::DismissMatches(matched) => {
            ("dismiss", matched.as_ref().map(|one| one.id.to_string()))
        }
        Verb::AddRelation(tie) => ("add-relation", Some(tie.to_string())),
        Verb::RemoveRelation(tie) => ("remove-relation", Some(tie.to_string())),
    }
}

/// Its name, why, and when something happens next.
fn state(state: &ActionState) -> (&'static str, Option<&Text>, Option<crate::model::Timestamp>) {
    match state {
        ActionState::Proposed { .. } => ("proposed", None, None),
        ActionState::Held { until } => ("held", None, Some(*until)),
        ActionState::Sending => ("sending", None, None),
        ActionState::Waiting { until, reason } => ("waiting", Some(reason), Some(*until)),
        ActionState::Done => ("done", None, None),
        ActionState::Rejected { reason } => ("refused", Some(reason), None),
        ActionState::Stopped { reason } => ("stopped", Some(reason), None),
        ActionState::Cancelled => ("cancelled", None, None),
    }
}

/// An object with more values.
pub fn extended(mut told: Value, more: Value) -> Value {
    if let (Some(told), Value::Object(more)) = (told.as_object_mut(), more) {
        told.extend(more);
    }
    told
}
