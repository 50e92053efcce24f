//! A document that an applicant handed in, and its files.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DocumentId, Field, InquiryId, Text};

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub id: DocumentId,
    /// The part after `document/`: `government-id`, `generic`, … An open set.
    pub kind: Text,
    /// `initiated`, `submitted`, `processed`, `errored`, or what Persona may add.
    pub status: Text,
    pub inquiry: Option<InquiryId>,
    pub created_at: Option<Timestamp>,
    pub processed_at: Option<Timestamp>,
    pub files: Vec<File>,
    /// What was read from it, in wire order.
    pub fields: Vec<Field>,
}

/// A file, without the link to it: whoever has that can read the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct File {
    /// The attribute it came under, and its page: `front-photo`, `photo-urls.front`.
    pub part: Text,
    pub name: Option<Text>,
    /// In bytes.
    pub size: Option<u64>,
}
