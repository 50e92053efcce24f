//! A transaction: something that an account has part in, with a status that its type names.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Field, Text, TransactionId};

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Transaction {
    pub id: TransactionId,
    /// Text of the transaction type's own.
    pub status: Text,
    pub reference_id: Option<Text>,
    pub created_at: Option<Timestamp>,
    pub updated_at: Option<Timestamp>,
    pub tags: Vec<Text>,
    pub fields: Vec<Field>,
}
