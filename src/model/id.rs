//! Identifiers as newtypes, so that a case can never be approved where an inquiry was meant.
//!
//! Persona's ids are opaque: prefixes and lengths may change without a version, so nothing here
//! parses them. Only characters that are safe in a URL path and on a terminal are accepted.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A string that cannot be an id: empty, longer than 128 bytes, or with a character outside
/// `A-Z a-z 0-9 _ - .`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId;

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an id: 1 to 128 letters, digits, '_', '-' or '.' are expected")
    }
}

impl std::error::Error for InvalidId {}

fn checked(raw: &str) -> Result<&str, InvalidId> {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    let dots_only = raw.chars().all(|c| c == '.');
    if raw.len() <= 128 && !dots_only && raw.chars().all(safe) { Ok(raw) } else { Err(InvalidId) }
}

/// `inq_7Q2mK9xTzB4uLhW1eRvN5aCd` → `inq_7Q2m…5aCd`; short ids stay whole.
fn shortened(id: &str) -> String {
    let start = id.find('_').map_or(0, |at| at + 1);
    match (id.get(start..start + 4), id.get(id.len().saturating_sub(4)..)) {
        (Some(head), Some(tail)) if id.len() > start + 10 => {
            format!("{}{head}…{tail}", &id[..start])
        }
        _ => id.to_owned(),
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),* $(,)?) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks `raw` and wraps it.
            pub fn new(raw: &str) -> Result<Self, InvalidId> {
                checked(raw).map(|ok| Self(ok.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// For the screen: prefix, first four and last four characters.
            pub fn short(&self) -> String {
                shortened(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;
            fn try_from(raw: String) -> Result<Self, InvalidId> {
                Self::new(&raw)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidId;
            fn from_str(raw: &str) -> Result<Self, InvalidId> {
                Self::new(raw)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

ids! {
    /// `inq_…`
    InquiryId,
    /// `case_…`
    CaseId,
    /// `act_…`
    AccountId,
    /// `ver_…`
    VerificationId,
    /// `itmpl_…`, `tmpl_…` or `ctmpl_…`: a template of inquiries or of cases
    TemplateId,
    /// `evt_…`
    EventId,
    /// `rep_…`
    ReportId,
    /// `iqse_…`
    SessionId,
    /// `dev_…`
    DeviceId,
    /// `doc_…`
    DocumentId,
    /// `txn_…`
    TransactionId,
    /// `act_…` or `txn_…`: what an account can be related to
    RelatedId,
    /// `acttp_…`
    AccountTypeId,
    /// `wbh_…`
    WebhookId,
    /// `api_…`
    ApiKeyId,
    /// `req_…`: a request's id is its log's id.
    ApiLogId,
    /// `ual_…`
    AuditLogId,
    /// `wfl_…`
    WorkflowId,
    /// `wfr_…`
    WorkflowRunId,
    /// Ours, not Persona's: a UUID v7, so actions sort by the time they were decided.
    ActionId,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_checked_and_shortened() {
        let long = InquiryId::new("inq_7Q2mK9xTzB4uLhW1eRvN5aCd").unwrap();
        assert_eq!(long.short(), "inq_7Q2m…5aCd");
        assert_eq!(CaseId::new("case_17").unwrap().short(), "case_17");
        for bad in ["", "inq/../x", "inq_\u{1b}[2J", "..", "inq_ü", &"x".repeat(129)] {
            assert_eq!(InquiryId::new(bad), Err(InvalidId), "{bad:?}");
        }
    }
}
