//! What reviewers say to each other about a case. Persona lets it be read, and not written.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Pii, Text};

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comment {
    /// `cscm_…`
    pub id: Text,
    pub message: Pii,
    /// An e-mail address.
    pub by: Option<Text>,
    pub created_at: Option<Timestamp>,
    /// Another than `created_at`: it was edited.
    pub updated_at: Option<Timestamp>,
}
