//! A verification and its checks: the evidence, and the order in which a reviewer reads it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, Detail, Field, File, InquiryId, Text, VerificationId};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verification {
    pub id: VerificationId,
    /// The part after `verification/`: `government-id`, `selfie`, … An open set.
    pub kind: Text,
    pub status: Text,
    /// The inquiry it belongs to, where the answer says so.
    pub inquiry: Option<InquiryId>,
    pub created_at: Option<Timestamp>,
    pub submitted_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    #[serde(default)]
    pub redacted_at: Option<Timestamp>,
    pub country_code: Option<Text>,
    #[serde(default)]
    pub tags: Vec<Text>,
    #[serde(default)]
    pub accounts: Vec<AccountId>,
    pub checks: Vec<Check>,
    #[serde(default)]
    pub detail: Detail,
    #[serde(default)]
    pub files: Vec<File>,
    /// What was read from the document or typed: flat attributes of the kind, in wire order.
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Check {
    pub name: Text,
    pub status: CheckStatus,
    pub requirement: Requirement,
    /// Codes such as `expired` or `no_selfie`; they explain `failed` and `not_applicable`.
    pub reasons: Vec<Text>,
    /// What the check measured: an open set per check.
    #[serde(default)]
    pub metadata: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum CheckStatus {
    Passed,
    Failed,
    NotApplicable,
    Other(Text),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub enum Requirement {
    Required,
    NotRequired,
    RequiresRetry,
    Other(Text),
}

/// How a check counts for the decision. The order of the variants is the reading order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// Failed and required: this decides.
    Decides,
    /// Failed, and the applicant was to try again.
    Retry,
    /// Failed but not required: a signal.
    Signal,
    /// Required but not applicable: unproven. Unknown statuses are here too, to be seen.
    Unproven,
    /// Passed, or neither required nor applicable.
    Passed,
}

impl Check {
    pub fn weight(&self) -> Weight {
        match (&self.status, &self.requirement) {
            (CheckStatus::Failed, Requirement::Required) => Weight::Decides,
            (CheckStatus::Failed, Requirement::RequiresRetry) => Weight::Retry,
            (CheckStatus::Failed, _) => Weight::Signal,
            (CheckStatus::NotApplicable, Requirement::Required) | (CheckStatus::Other(_), _) => {
                Weight::Unproven
            }
            (CheckStatus::Passed | CheckStatus::NotApplicable, _) => Weight::Passed,
        }
    }
}

macro_rules! open_words {
    ($name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        impl $name {
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(raw) => raw.as_str(),
                }
            }
        }

        impl From<String> for $name {
            fn from(raw: String) -> Self {
                match raw.as_str() {
                    $($word => Self::$variant,)*
                    _ => Self::Other(Text::new(&raw)),
                }
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> String {
                value.as_str().to_owned()
            }
        }
    };
}

open_words!(CheckStatus { Passed = "passed", Failed = "failed", NotApplicable = "not_applicable" });
open_words!(Requirement {
    Required = "required",
    NotRequired = "not_required",
    RequiresRetry = "requires_retry",
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_decides_is_read_first() {
        let table = [
            ("failed", "required", Weight::Decides),
            ("failed", "requires_retry", Weight::Retry),
            ("failed", "not_required", Weight::Signal),
            ("failed", "novel", Weight::Signal),
            ("not_applicable", "required", Weight::Unproven),
            ("novel", "not_required", Weight::Unproven),
            ("not_applicable", "not_required", Weight::Passed),
            ("passed", "required", Weight::Passed),
        ];
        for (status, requirement, weight) in table {
            let check = Check {
                name: Text::new("id_expired_detection"),
                status: status.to_owned().into(),
                requirement: requirement.to_owned().into(),
                reasons: vec![],
                metadata: vec![],
            };
            assert_eq!(check.weight(), weight, "{status} {requirement}");
        }
        assert!(Weight::Decides < Weight::Passed);
    }
}
