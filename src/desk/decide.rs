//! Decisions become durable here: action, key and journal line in one transaction, before
//! anything leaves.

use super::{Desk, StoreError, Undone};
use crate::{
    config::Reason,
    model::{
        Action, ActionId, ActionState, Evidence, IdempotencyKey, JournalEntry, Subject, Text, Verb,
    },
    store::SubmitError,
};

/// A decision as the reviewer made it.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    pub subject: Subject,
    pub verb: Verb,
    /// The version that was on the screen.
    pub evidence: Evidence,
    pub reason: Option<Reason>,
    pub comment: Option<Text>,
}

/// The decision is durable; it leaves when its hold window is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    pub action: ActionId,
}

/// What is journaled besides decisions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// Personal data was shown.
    Revealed(Subject),
    /// A one-time link was handed to the terminal's clipboard.
    CopiedLink { subject: Subject, action: ActionId },
}

impl Desk {
    /// Makes a decision durable.
    ///
    /// # Errors
    /// If one is open for the same object, or the store cannot take it: then nothing happened.
    pub async fn submit(&self, draft: Draft) -> Result<Submitted, SubmitError> {
        let now = self.clock.now();
        let id = ActionId::new(&uuid::Uuid::now_v7().to_string()).expect("a UUID is an id");
        let action = Action {
            id: id.clone(),
            comment: comment(&draft, &self.reviewer),
            subject: draft.subject,
            verb: draft.verb,
            evidence: draft.evidence,
            reason_code: draft.reason.map(|reason| Text::new(&reason.code)),
            reviewer: self.reviewer.clone(),
            decided_at: now,
            state: ActionState::Held { until: now + self.hold },
            key: IdempotencyKey::random(),
            key_sent_at: None,
            attempts: 0,
            must_read: false,
        };
        self.store.submit(&action, &self.worker).await?;
        Ok(Submitted { action: id })
    }

    /// Takes a decision back if it is still held.
    pub async fn undo(&self, id: &ActionId) -> Result<Undone, StoreError> {
        self.store.undo(id, &self.reviewer).await
    }

    /// A refusal was read; it leaves the row.
    pub async fn acknowledge(&self, id: &ActionId) -> Result<(), StoreError> {
        self.store.acknowledge(id).await
    }

    pub async fn journal(&self, note: Note) -> Result<(), StoreError> {
        let (what, subject, action) = match note {
            Note::Revealed(subject) => ("revealed", subject, None),
            Note::CopiedLink { subject, action } => ("copied link", subject, Some(action)),
        };
        let entry = JournalEntry {
            at: self.clock.now(),
            who: self.reviewer.clone(),
            what: Text::new(what),
            subject: Some(subject),
            action,
            detail: Text::default(),
        };
        self.store.journal(&entry).await
    }
}

/// What Persona is told: its reviewer is the API key, so the person signs here.
fn comment(draft: &Draft, reviewer: &Text) -> Option<Text> {
    if !matches!(draft.verb, Verb::Approve | Verb::Decline) {
        return None;
    }
    let said = [
        draft.reason.as_ref().map(|reason| reason.text.clone()),
        draft.comment.as_ref().map(ToString::to_string),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    Some(Text::new(&match said.is_empty() {
        true => format!("decided by {reviewer}"),
        false => format!("{} ({reviewer})", said.join(": ")),
    }))
}
