//! An inquiry: one applicant's run through a template, and where it stands.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountId, DocumentId, Field, InquiryId, Pii, ReportId, SessionId, TemplateId, Text,
    TransactionId, VerificationId, field,
};

/// Persona's statuses, and whatever it may add: `Other` keeps the wire's word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum InquiryStatus {
    Created,
    Pending,
    Completed,
    Failed,
    Expired,
    NeedsReview,
    Approved,
    Declined,
    Other(Text),
}

impl InquiryStatus {
    /// Reads the wire's word; `needs review` and `needs-review` are accepted for `needs_review`.
    pub fn parse(raw: &str) -> Self {
        match field::normalised(raw).as_str() {
            "created" => Self::Created,
            "pending" => Self::Pending,
            "completed" => Self::Completed,
            "failed" => Self::Failed,
            "expired" => Self::Expired,
            "needs_review" => Self::NeedsReview,
            "approved" => Self::Approved,
            "declined" => Self::Declined,
            _ => Self::Other(Text::new(raw)),
        }
    }

    /// The wire's word, `needs_review`.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Created => "created",
            Self::Pending => "pending",
            Self::Completed => "completed",
            Self::Failed => "failed",
            Self::Expired => "expired",
            Self::NeedsReview => "needs_review",
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Other(raw) => raw.as_str(),
        }
    }

    /// For people: `needs review`.
    pub fn words(&self) -> String {
        self.as_str().replace('_', " ")
    }

    pub fn is_decided(&self) -> bool {
        matches!(self, Self::Approved | Self::Declined)
    }
}

impl From<String> for InquiryStatus {
    fn from(raw: String) -> Self {
        Self::parse(&raw)
    }
}

impl From<InquiryStatus> for String {
    fn from(status: InquiryStatus) -> String {
        status.as_str().to_owned()
    }
}

impl fmt::Display for InquiryStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inquiry {
    pub id: InquiryId,
    pub status: InquiryStatus,
    pub reference_id: Option<Text>,
    pub account: Option<AccountId>,
    pub template: Option<TemplateId>,
    /// Ids in the relationships; the verifications themselves come with `include`.
    pub verifications: Vec<VerificationId>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
    pub marked_for_review_at: Option<Timestamp>,
    pub decisioned_at: Option<Timestamp>,
    pub expired_at: Option<Timestamp>,
    pub redacted_at: Option<Timestamp>,
    pub expires_at: Option<Timestamp>,
    /// `user_…`, `wfl_…` or `wfr_…`; none for an undecided inquiry and for a decision by API.
    pub reviewer: Option<Text>,
    pub reviewer_comment: Option<Pii>,
    pub creator: Option<Text>,
    pub note: Option<Pii>,
    pub tags: Vec<Text>,
    /// How the applicant went through the flow: `behavior-threat-level`, `completion-time`, … An
    /// open set.
    #[serde(default)]
    pub behaviors: Vec<Field>,
    /// Of the template's flow.
    #[serde(default)]
    pub previous_step: Option<Text>,
    #[serde(default)]
    pub next_step: Option<Text>,
    #[serde(default)]
    pub reports: Vec<ReportId>,
    #[serde(default)]
    pub sessions: Vec<SessionId>,
    #[serde(default)]
    pub documents: Vec<DocumentId>,
    #[serde(default)]
    pub transaction: Option<TransactionId>,
    pub fields: Vec<Field>,
}

impl Inquiry {
    pub fn name(&self) -> Option<Pii> {
        field::display_name(&self.fields)
    }

    /// Since when somebody could have acted on it: the latest of the steps that made it wait.
    pub fn waiting_since(&self) -> Option<Timestamp> {
        self.marked_for_review_at
            .or(self.completed_at)
            .or(self.failed_at)
            .or(self.started_at)
            .or(self.created_at)
    }
}
