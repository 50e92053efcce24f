//! Decisions become durable here: action, key and journal line in one transaction, before
//! anything leaves.

use jiff::Timestamp;

use super::{Desk, StoreError, obey::Standing};
use crate::{
    config::Reason,
    metrics::Happening,
    model::{
        Action, ActionId, ActionState, Contradicted, Evidence, IdempotencyKey, KeptCommit,
        KeptDecision, NewInquiry, Subject, Text, Verb, history,
    },
    store::{Deed, Spoken, SubmitError, Undone},
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
    /// Parts of the evidence that were on the screen: `checks`, `photos`, …
    pub looked_at: Vec<Text>,
    /// Since when the item was on the screen without a break; none where that is not known.
    pub shown_at: Option<Timestamp>,
}

/// The decision is durable; it leaves when its hold window is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    pub action: ActionId,
}

/// What came of taking a decision back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TakenBack {
    Cancelled,
    /// The confirmation alone: it is proposed again.
    Proposed,
    /// Nothing was sent of what somebody else proposed, and they are told.
    Returned {
        to: Text,
    },
    /// Of what was decided in one go: so many, and so many were sent before.
    Some {
        taken: usize,
        sent: usize,
    },
    TooLate,
}

impl Desk {
    /// Makes a decision durable.
    ///
    /// # Errors
    /// If one is open for the same object, the policy asks for more, or the store cannot take it:
    /// then nothing happened.
    pub async fn submit(&self, draft: Draft) -> Result<Submitted, SubmitError> {
        let standing = self.obeys(std::slice::from_ref(&draft)).await?;
        let contradicts = self.contradicted(&draft).await?;
        self.submit_one(self.intent(new_id(), draft, standing, contradicts)).await
    }

    /// Makes decisions durable that were made together, all or none. Each is sent once the one
    /// before it is done, and none after one that came to nothing.
    ///
    /// # Errors
    /// If one is open for an object of theirs, the policy asks for more, or the store cannot take
    /// them: then nothing happened.
    pub async fn submit_together(&self, drafts: Vec<Draft>) -> Result<Vec<Submitted>, SubmitError> {
        self.record(&self.kept(drafts)).await
    }

    /// Records decisions under the ids that they have; once, however often it is tried.
    pub(super) async fn record(&self, kept: &KeptCommit) -> Result<Vec<Submitted>, SubmitError> {
        let drafts: Vec<Draft> = kept.decisions.iter().map(KeptDecision::draft).collect();
        let standing = self.obeys(&drafts).await?;
        let deeds = self.deeds_of(kept, standing).await?;
        self.store.submit_together(&deeds, &self.worker).await?;
        self.count(&deeds);
        Ok(deeds.into_iter().map(|deed| Submitted { action: deed.action.id }).collect())
    }

    /// Each after the one before it.
    pub(super) async fn deeds_of(
        &self,
        kept: &KeptCommit,
        standing: Standing,
    ) -> Result<Vec<Deed>, StoreError> {
        let mut deeds: Vec<Deed> = Vec::new();
        for decision in &kept.decisions {
            let draft = decision.draft();
            let after = deeds.last().map(|before| before.action.id.clone());
            let contradicts = self.contradicted(&draft).await?;
            let mut deed = self.intent(decision.action.clone(), draft, standing, contradicts);
            (deed.action.key, deed.action.decided_at) = (decision.key.clone(), kept.at);
            deed.action.after = after;
            deeds.push(deed);
        }
        Ok(deeds)
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
            looked_at: Vec::new(),
            shown_at: None,
        };
        self.submit_one(self.intent(id, draft, Standing::Decides, None)).await
    }

    async fn submit_one(&self, deed: Deed) -> Result<Submitted, SubmitError> {
        self.store.submit_together(std::slice::from_ref(&deed), &self.worker).await?;
        self.count(std::slice::from_ref(&deed));
        Ok(Submitted { action: deed.action.id })
    }

    /// For metrics, once they are durable.
    pub(super) fn count(&self, deeds: &[Deed]) {
        for deed in deeds {
            let kind = deed.action.verb.kind();
            self.client.recorder().count(Happening::Decided { kind });
        }
    }

    /// An earlier verdict on the same person that a draft contradicts, as far as the copy knows.
    async fn contradicted(&self, draft: &Draft) -> Result<Option<Contradicted>, StoreError> {
        let (Subject::Inquiry(id), Verb::Approve | Verb::Decline) = (&draft.subject, &draft.verb)
        else {
            return Ok(None);
        };
        let known = self.store.inquiry(id).await?;
        Ok(known.and_then(|file| history::contradicted(&file.history, &draft.verb)))
    }

    /// One that is decided here and now.
    pub(super) async fn deed(&self, draft: Draft) -> Result<Deed, StoreError> {
        let contradicts = self.contradicted(&draft).await?;
        Ok(self.intent(new_id(), draft, Standing::Decides, contradicts))
    }

    fn intent(
        &self,
        id: ActionId,
        draft: Draft,
        standing: Standing,
        contradicts: Option<Contradicted>,
    ) -> Deed {
        let now = self.clock.now();
        let spoken = Spoken {
            reason: draft.reason.as_ref().map(|given| Text::new(&given.text)).unwrap_or_default(),
            commented: draft.comment.is_some(),
            contradicts,
            looked_at: draft.looked_at.clone(),
            shown_at: draft.shown_at,
        };
        let action = Action {
            id,
            comment: comment(&draft, &self.reviewer),
            subject: draft.subject,
            verb: draft.verb,
            evidence: draft.evidence,
            reason_code: draft.reason.map(|reason| Text::new(&reason.code)),
            reviewer: self.reviewer.clone(),
            decided_at: now,
            state: match standing {
                Standing::Decides => ActionState::Held { until: now + self.hold },
                Standing::Proposes => ActionState::Proposed { by: self.reviewer.clone() },
            },
            key: IdempotencyKey::random(),
            key_sent_at: None,
            attempts: 0,
            must_read: false,
            after: None,
            bulk: None,
            proposed_with: None,
            confirmed_by: None,
        };
        Deed { action, spoken }
    }

    /// Takes a decision back if nothing has been sent of it. What somebody else proposed is
    /// returned to them.
    pub async fn undo(&self, id: &ActionId) -> Result<TakenBack, StoreError> {
        if self.take_back_kept(id)? {
            return Ok(TakenBack::Cancelled);
        }
        if let Some(maker) = self.returned(id).await? {
            return Ok(TakenBack::Returned { to: maker });
        }
        Ok(match self.store.undo(id, &self.reviewer).await? {
            Undone::Cancelled => TakenBack::Cancelled,
            Undone::Proposed => TakenBack::Proposed,
            Undone::Some { taken, sent } => TakenBack::Some { taken, sent },
            Undone::TooLate => TakenBack::TooLate,
        })
    }

    /// A refusal was read; it leaves the row.
    pub async fn acknowledge(&self, id: &ActionId) -> Result<(), StoreError> {
        self.store.acknowledge(id).await
    }
}

pub(super) fn new_id() -> ActionId {
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
