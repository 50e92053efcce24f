//! Decisions become durable here: action, key and journal line in one transaction, before
//! anything leaves.

use super::{Desk, StoreError, Undone};
use crate::{
    config::Reason,
    model::{
        Action, ActionId, ActionState, Evidence, IdempotencyKey, JournalEntry, NewInquiry, Subject,
        Text, Verb,
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
    /// Personal data of many was shown: `12 inquiries`.
    RevealedList(Text),
    /// A one-time link was handed to the terminal's clipboard.
    CopiedLink { subject: Subject, action: ActionId },
    /// A one-time link was written to where a script wanted it.
    PrintedLink { subject: Subject, action: ActionId },
    /// An object was printed to a file; its id.
    Printed(Text),
}

impl Desk {
    /// Makes a decision durable.
    ///
    /// # Errors
    /// If one is open for the same object, or the store cannot take it: then nothing happened.
    pub async fn submit(&self, draft: Draft) -> Result<Submitted, SubmitError> {
        let action = self.intent(new_id(), draft);
        self.store.submit(&action, &self.worker).await?;
        Ok(Submitted { action: action.id })
    }

    /// Makes decisions durable that were made together, all or none. Each is sent once the one
    /// before it is done, and none after one that came to nothing.
    ///
    /// # Errors
    /// If one is open for an object of theirs, or the store cannot take them: then nothing
    /// happened.
    pub async fn submit_together(&self, drafts: Vec<Draft>) -> Result<Vec<Submitted>, SubmitError> {
        let mut actions: Vec<Action> = Vec::new();
        for draft in drafts {
            let after = actions.last().map(|before| before.id.clone());
            actions.push(Action { after, ..self.intent(new_id(), draft) });
        }
        self.store.submit_together(&actions, &self.worker).await?;
        Ok(actions.into_iter().map(|action| Submitted { action: action.id }).collect())
    }

    /// Has Persona make an inquiry: durable like a decision, and sent in the same way.
    ///
    /// # Errors
    /// If the store cannot take it: then nothing happened.
    pub async fn create_inquiry(&self, new: NewInquiry) -> Result<Submitted, SubmitError> {
        let id = new_id();
        let draft = Draft {
            subject: Subject::NewInquiry(id.clone()),
            verb: Verb::CreateInquiry(new),
            // There is nothing yet that could have moved.
            evidence: Evidence { status: Text::default(), updated_at: None },
            reason: None,
            comment: None,
        };
        self.store.submit(&self.intent(id.clone(), draft), &self.worker).await?;
        Ok(Submitted { action: id })
    }

    fn intent(&self, id: ActionId, draft: Draft) -> Action {
        let now = self.clock.now();
        Action {
            id,
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
            after: None,
        }
    }

    /// Takes a decision back if nothing has been sent of it.
    pub async fn undo(&self, id: &ActionId) -> Result<Undone, StoreError> {
        self.store.undo(id, &self.reviewer).await
    }

    /// A refusal was read; it leaves the row.
    pub async fn acknowledge(&self, id: &ActionId) -> Result<(), StoreError> {
        self.store.acknowledge(id).await
    }

    pub async fn journal(&self, note: Note) -> Result<(), StoreError> {
        let nothing = Text::default();
        let (what, subject, action, detail) = match note {
            Note::Revealed(subject) => ("revealed", Some(subject), None, nothing),
            Note::RevealedList(what) => ("revealed", None, None, what),
            Note::CopiedLink { subject, action } => {
                ("copied link", Some(subject), Some(action), nothing)
            }
            Note::PrintedLink { subject, action } => {
                ("printed link", Some(subject), Some(action), nothing)
            }
            Note::Printed(id) => ("printed", None, None, id),
        };
        let entry = JournalEntry {
            at: self.clock.now(),
            who: self.reviewer.clone(),
            what: Text::new(what),
            subject,
            action,
            detail,
        };
        self.store.journal(&entry).await
    }
}

fn new_id() -> ActionId {
    ActionId::new(&uuid::Uuid::now_v7().to_string()).expect("a UUID is an id")
}

/// What Persona is told: its reviewer is the API key, so the person signs here.
fn comment(draft: &Draft, reviewer: &Text) -> Option<Text> {
    if !draft.verb.takes_comment() {
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
