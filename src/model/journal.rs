//! One line of the journal: who did what to which object, when, on what evidence. Ids only,
//! no personal data.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ActionId, Subject, Text};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    pub at: Timestamp,
    /// The reviewer's identity from the configuration.
    pub who: Text,
    /// `decided`, `undone`, `done`, `rejected`, `stopped`, `revealed`, `copied link`, …
    pub what: Text,
    pub subject: Option<Subject>,
    pub action: Option<ActionId>,
    /// Verb, reason code, evidence version, Persona's words. Never a name, a link or a key.
    pub detail: Text,
}
