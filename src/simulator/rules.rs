//! Persona's rules as pure functions: which step an inquiry can take, what a case's status means.

use crate::model::StatusKind;

/// A step of an inquiry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Expire,
    Resume,
    MarkForReview,
    Approve,
    Decline,
}

impl Step {
    pub fn named(name: &str) -> Option<Self> {
        Some(match name {
            "expire" => Self::Expire,
            "resume" => Self::Resume,
            "mark-for-review" => Self::MarkForReview,
            "approve" => Self::Approve,
            "decline" => Self::Decline,
            _ => return None,
        })
    }

    /// The event that tells of it; a resume has none of its own.
    pub fn event(self) -> Option<&'static str> {
        match self {
            Self::Expire => Some("inquiry.expired"),
            Self::Resume => None,
            Self::MarkForReview => Some("inquiry.marked-for-review"),
            Self::Approve => Some("inquiry.approved"),
            Self::Decline => Some("inquiry.declined"),
        }
    }
}

/// The status after a step, or why it is refused (409). A decision can be reversed.
pub fn step(status: &str, step: Step) -> Result<&'static str, String> {
    let after = match (step, status) {
        (Step::Expire, "created" | "pending") => Some("expired"),
        (Step::Resume, "pending" | "expired") => Some("pending"),
        (Step::MarkForReview, "needs_review" | "approved" | "declined") => None,
        (Step::MarkForReview, _) => Some("needs_review"),
        (Step::Approve, "approved") | (Step::Decline, "declined") => None,
        (Step::Approve, _) => Some("approved"),
        (Step::Decline, _) => Some("declined"),
        _ => None,
    };
    after.ok_or_else(|| format!("Inquiry cannot take this step while it is {status}"))
}

/// A case template: its statuses with what each means, the first being where cases start.
pub struct CaseTemplate {
    pub id: &'static str,
    pub key: &'static str,
    pub name: &'static str,
    pub statuses: &'static [(&'static str, StatusKind)],
}

use StatusKind::{End, Initial, Intermediate};

pub const CASE_TEMPLATES: [CaseTemplate; 3] = [
    CaseTemplate {
        id: "ctmpl_KycReviewTemplate00000001",
        key: "KYC",
        name: "Customer review",
        statuses: &[
            ("Open", Initial),
            ("Pending", Intermediate),
            ("Approved", End),
            ("Declined", End),
        ],
    },
    CaseTemplate {
        id: "ctmpl_AmlInvestigation00000002",
        key: "AML",
        name: "Sanctions and media",
        statuses: &[
            ("Open", Initial),
            ("Waiting for documents", Intermediate),
            ("Escalated", Intermediate),
            ("Cleared", End),
            ("Reported", End),
        ],
    },
    CaseTemplate {
        id: "ctmpl_ManualReview0000000003",
        key: "MRR",
        name: "Manual re-review",
        statuses: &[("New", Initial), ("In progress", Intermediate), ("Done", End)],
    },
];

/// A template's status in its own spelling, found without case.
pub fn case_status(template: &str, name: &str) -> Option<(&'static str, StatusKind)> {
    let template = CASE_TEMPLATES.iter().find(|known| known.id == template)?;
    template.statuses.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inquiries_step_by_this_table() {
        use Step::{Approve, Decline, Expire, MarkForReview, Resume};
        let table = [
            ("created", Resume, None),
            ("pending", Resume, Some("pending")),
            ("expired", Resume, Some("pending")),
            ("completed", Resume, None),
            ("completed", MarkForReview, Some("needs_review")),
            ("needs_review", MarkForReview, None),
            ("approved", MarkForReview, None),
            ("needs_review", Approve, Some("approved")),
            ("needs_review", Decline, Some("declined")),
            ("approved", Decline, Some("declined")),
            ("approved", Approve, None),
            ("pending", Expire, Some("expired")),
            ("approved", Expire, None),
            ("on_hold", Approve, Some("approved")),
        ];
        for (status, taken, after) in table {
            assert_eq!(step(status, taken).ok(), after, "{status} {taken:?}");
        }
    }

    #[test]
    fn a_status_belongs_to_its_template() {
        assert_eq!(case_status(CASE_TEMPLATES[1].id, "cleared"), Some(("Cleared", End)));
        assert_eq!(case_status(CASE_TEMPLATES[0].id, "Cleared"), None);
    }
}
