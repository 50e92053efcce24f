//! A case: an investigation with statuses that its template names.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountId, CaseId, Field, File, InquiryId, ReportId, TemplateId, Text, TransactionId,
    VerificationId,
};

/// What a status of a template means. Persona's API does not tell; it is learnt from cases seen
/// (an end status comes with a resolution) and from configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StatusKind {
    /// New cases start here.
    Initial,
    /// Work goes on.
    Intermediate,
    /// The investigation is over.
    End,
    /// Seen, but what it means is not known.
    Unknown,
}

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Case {
    pub id: CaseId,
    /// `KYC-17`: the template's key and a number.
    pub name: Option<Text>,
    /// Text of the template's own; compared without case, never an enum.
    pub status: Text,
    /// Set when the status is an end status.
    pub resolution: Option<Text>,
    pub template: Option<TemplateId>,
    pub queue: Option<Text>,
    /// An e-mail address.
    pub assignee: Option<Text>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub assigned_at: Option<Timestamp>,
    pub resolved_at: Option<Timestamp>,
    pub redacted_at: Option<Timestamp>,
    pub sla_expires_at: Option<Timestamp>,
    pub tags: Vec<Text>,
    pub inquiries: Vec<InquiryId>,
    pub accounts: Vec<AccountId>,
    #[serde(default)]
    pub reports: Vec<ReportId>,
    #[serde(default)]
    pub verifications: Vec<VerificationId>,
    #[serde(default)]
    pub transactions: Vec<TransactionId>,
    /// An e-mail address, or the id of what it names itself: `wfr_…`, `cap_…`.
    #[serde(default)]
    pub creator: Option<Text>,
    #[serde(default)]
    pub assigner: Option<Text>,
    #[serde(default)]
    pub resolver: Option<Text>,
    #[serde(default)]
    pub updater: Option<Text>,
    #[serde(default)]
    pub attachments: Vec<File>,
    pub fields: Vec<Field>,
}

impl Case {
    pub fn is_resolved(&self) -> bool {
        self.resolved_at.is_some() || self.resolution.is_some()
    }

    /// By what its template is named in a configuration: the template's id, or the prefix of the
    /// case's name (`KYC` of `KYC-17`).
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let prefix = self.name.as_ref().and_then(|name| name.as_str().rsplit_once('-'));
        let template = self.template.as_ref().map(TemplateId::as_str);
        template.into_iter().chain(prefix.map(|(prefix, _)| prefix))
    }
}

/// Statuses are a template's text: compared without case.
pub fn is_same_status(one: &Text, other: &Text) -> bool {
    one.as_str().to_lowercase() == other.as_str().to_lowercase()
}
