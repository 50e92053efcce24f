//! A report: what Persona found elsewhere about a person, a business or an address.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, Field, InquiryId, ReportId, Text};

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Report {
    pub id: ReportId,
    /// The part after `report/`: `watchlist`, `adverse-media`, … An open set.
    pub kind: Text,
    /// `pending`, `ready`, `errored`, or what Persona may add.
    pub status: Text,
    /// None: not ready, or not told.
    pub has_match: Option<bool>,
    /// It ran more than once.
    pub is_continuous: Option<bool>,
    /// It will run again.
    pub is_recurring: Option<bool>,
    pub template_name: Option<Text>,
    pub created_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    pub redacted_at: Option<Timestamp>,
    pub inquiry: Option<InquiryId>,
    pub account: Option<AccountId>,
    pub tags: Vec<Text>,
    /// What was asked and what was found, flat and in wire order:
    /// `matched-lists.1.entities.2.name`.
    pub fields: Vec<Field>,
}
