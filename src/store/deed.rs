//! What the journal tells of a decision: when it is made, and when it is settled.

use jiff::Timestamp;

use super::{
    Error,
    journal::{self, Scribe},
    seal::Seal,
    seen,
    together::Tx,
};
use crate::model::{
    Action, ActionState, Contradicted, Decided, GivenReason, JournalEntry, PersonaSaid, Subject,
    Text,
};

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
    /// Parts of the evidence that were on the screen.
    pub looked_at: Vec<Text>,
    /// Since when the item was on the screen.
    pub shown_at: Option<Timestamp>,
    /// A verdict that it contradicts.
    pub contradicts: Option<Contradicted>,
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
        contradicts: spoken.contradicts.clone(),
        looked_at: spoken.looked_at.clone(),
        shown_at: spoken.shown_at,
        before: journal::before(tx, action.subject.id(), &action.reviewer).await?,
    };
    let what = match action.state {
        ActionState::Proposed { .. } => "proposed",
        _ => "decided",
    };
    let line = JournalEntry::new(action.decided_at, &action.reviewer, what);
    let line = JournalEntry {
        subject: Some(action.subject.clone()),
        action: Some(action.id.clone()),
        bulk: action.bulk.clone(),
        decision: Some(decision),
        program: Some(journal::program()),
        ..line
    };
    scribe.append(tx, line).await
}

/// Writes down that a second person confirmed what was proposed, and what they had looked at.
pub async fn retell(
    tx: &mut Tx,
    scribe: &Scribe,
    proposed: &Action,
    checker: &Text,
    (at, shown_at): (Timestamp, Option<Timestamp>),
) -> Result<(), Error> {
    let decision = Decided {
        verb: Text::new(&proposed.verb.in_full()),
        reason: None,
        commented: false,
        evidence: Some(proposed.evidence.clone()),
        // Kept when it was proposed, on the same version.
        seen: None,
        // Told when it was proposed.
        contradicts: None,
        looked_at: Vec::new(),
        shown_at,
        before: journal::before(tx, proposed.subject.id(), checker).await?,
    };
    let line = JournalEntry {
        subject: Some(proposed.subject.clone()),
        action: Some(proposed.id.clone()),
        decision: Some(decision),
        program: Some(journal::program()),
        detail: Text::new(&format!("proposed by {}", proposed.reviewer)),
        ..JournalEntry::new(at, checker, "confirmed")
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
        bulk: action.bulk.clone(),
        answer: outcome.said,
        attempts: Some(action.attempts),
        detail: outcome.detail,
        ..JournalEntry::new(at, who, what)
    }
}
