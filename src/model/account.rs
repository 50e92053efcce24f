//! An account: a person or a business that inquiries, cases and relations hang on.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, AccountTypeId, Field, Pii, Text, field};

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Account {
    pub id: AccountId,
    pub reference_id: Option<Text>,
    /// `Individual`, `Business`, …: the organisation's own names.
    pub type_name: Option<Text>,
    #[serde(default)]
    pub type_id: Option<AccountTypeId>,
    /// Text of the account type's own.
    pub status: Option<Text>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub redacted_at: Option<Timestamp>,
    pub tags: Vec<Text>,
    pub fields: Vec<Field>,
}

impl Account {
    pub fn name(&self) -> Option<Pii> {
        field::display_name(&self.fields)
    }
}
