//! Redaction: personal data taken out of Persona for good. Guarded: whoever asks must have named the
//! object once more.

use jiff::Timestamp;

use super::{
    Document,
    endpoint::{Answer, Endpoint, Request, Write},
    jsonapi::DecodeError,
};
use crate::model::{AccountId, CaseId, InquiryId, ReportId, VerificationId};

/// What can be redacted. Of an inquiry, its verifications and documents follow later; of a case,
/// attached objects stay as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Inquiry(InquiryId),
    Case(CaseId),
    Account(AccountId),
    Report(ReportId),
    Verification(VerificationId),
}

impl Subject {
    pub fn id(&self) -> &str {
        match self {
            Self::Inquiry(id) => id.as_str(),
            Self::Case(id) => id.as_str(),
            Self::Account(id) => id.as_str(),
            Self::Report(id) => id.as_str(),
            Self::Verification(id) => id.as_str(),
        }
    }
}

/// Irreversible. A second redaction is a 409, and so is one of a locked verification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redact {
    subject: Subject,
}

/// The id that was typed is not the id of what would be redacted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("to redact is irreversible: type the whole id of the object to confirm it")]
pub struct NotConfirmed;

impl Redact {
    /// # Errors
    /// If `typed` is not the subject's whole id.
    pub fn confirmed(subject: Subject, typed: &str) -> Result<Self, NotConfirmed> {
        if typed == subject.id() { Ok(Self { subject }) } else { Err(NotConfirmed) }
    }
}

/// The object as it is told afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redacted {
    /// None where Persona does not say, or has not come to it.
    pub at: Option<Timestamp>,
}

impl Answer for Redacted {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        Ok(Self { at: answer.one()?.instant("redacted-at") })
    }
}

impl Endpoint for Redact {
    type Output = Redacted;

    fn request(&self) -> Request {
        let (template, words) = match self.subject {
            Subject::Inquiry(_) => ("/inquiries/{inquiry-id}", "redact inquiry"),
            Subject::Case(_) => ("/cases/{case-id}", "redact case"),
            Subject::Account(_) => ("/accounts/{account-id}", "redact account"),
            Subject::Report(_) => ("/reports/{report-id}", "redact report"),
            Subject::Verification(_) => ("/verifications/{verification-id}", "redact verification"),
        };
        Request::delete(template, words).of(self.subject.id())
    }
}
impl Write for Redact {}
