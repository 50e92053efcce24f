//! How the local copy stands to Persona: what the header says of the connection.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::ears::Ears;
use crate::model::Text;

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SyncState {
    pub phase: Phase,
    /// When Persona last told how things are: it answered, or a webhook came.
    pub last_ok: Option<Timestamp>,
    /// Whether a receiver brings what happens.
    pub ears: Ears,
    /// The last gap in what was told, once it is closed.
    pub repaired: Option<Repair>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Phase {
    #[default]
    Starting,
    /// For the first time. `done` objects have been listed; Persona does not say how many there are.
    Filling { done: u64 },
    /// After a gap. `done` events have been followed, or objects listed again.
    CatchingUp { done: u64 },
    /// Everything that Persona tells is here.
    Current,
    /// No answer, or none that can be used.
    Offline { since: Timestamp, reason: Text },
    /// The key is not accepted, or opens something else.
    Refused { reason: Text },
}

impl Phase {
    /// The names of all, for metrics.
    pub const NAMES: &[&str] =
        &["starting", "filling", "catching-up", "current", "offline", "refused"];

    pub fn name(&self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Filling { .. } => "filling",
            Self::CatchingUp { .. } => "catching-up",
            Self::Current => "current",
            Self::Offline { .. } => "offline",
            Self::Refused { .. } => "refused",
        }
    }
}

/// A gap that was closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Repair {
    /// When it was closed.
    pub at: Timestamp,
    /// Since when something may have been missed; none where that is not known.
    pub missed_since: Option<Timestamp>,
    pub by: Repaired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Repaired {
    /// Events that no webhook brought were found by polling: so many.
    Polling(u64),
    /// More had happened than can be followed: so many objects were listed again.
    Listing(u64),
}
