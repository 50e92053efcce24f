//! What the journal tells of a decision: when it is made, and when it is settled.

use jiff::Timestamp;

use super::{
    Error,
    journal::{self, Scribe},
    seal::Seal,
    seen,
    together::Tx,
};
use crate::model::{Action, Decided, GivenReason, JournalEntry, PersonaSaid, Subject, Text};

/// A decision with what the journal tells of it beside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deed {
    pub action: Action,
    pub spoken: Spoken,
}

/// What a reviewer said with a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spoken {
    /// The text that is configured for the reason's code.
    pub reason: Text,
    /// Whether there was a comment of their own.
    pub commented: bool,
}

/// How a decision was settled, for the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outcome {
    pub said: Option<PersonaSaid>,
    /// In our own words.
    pub detail: Text,
}

impl From<&str> for Outcome {
    fn from(detail: &str) -> Self {
        Self { said: None, detail: Text::new(detail) }
    }
}

/// Writes down what was decided, on what evidence and why, in ids and codes.
pub async fn tell(tx: &mut Tx, seal: &Seal, scribe: &Scribe, deed: &Deed) -> Result<(), Error> {
    let Deed { action, spoken } = deed;
    let is_new = matches!(action.subject, Subject::NewInquiry(_));
    let reason = |code: &Text| GivenReason { code: code.clone(), text: spoken.reason.clone() };
    let decision = Decided {
        verb: Text::new(&action.verb.in_full()),
        reason: action.reason_code.as_ref().map(reason),
        commented: spoken.commented,
        evidence: (!is_new).then(|| action.evidence.clone()),
        seen: seen::keep(tx, seal, action).await?,
        before: journal::before(tx, action.subject.id(), &action.reviewer).await?,
    };
    let line = JournalEntry::new(action.decided_at, &action.reviewer, "decided");
    let line = JournalEntry {
        subject: Some(action.subject.clone()),
        action: Some(action.id.clone()),
        decision: Some(decision),
        program: Some(journal::program()),
        ..line
    };
    scribe.append(tx, line).await
}

pub fn entry(
    action: &Action,
    what: &str,
    who: &Text,
    at: Timestamp,
    outcome: Outcome,
) -> JournalEntry {
    JournalEntry {
        subject: Some(action.subject.clone()),
        action: Some(action.id.clone()),
        answer: outcome.said,
        attempts: Some(action.attempts),
        detail: outcome.detail,
        ..JournalEntry::new(at, who, what)
    }
}
