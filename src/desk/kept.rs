//! Deciding while the team's database is away: refused, or kept on this machine until it is back, as
//! configured. What was kept goes the ordinary way then, once, by the ordinary checks.

use std::{sync::Arc, time::Duration};

use super::{Desk, Draft, StoreError, decide::new_id, obey::Standing};
use crate::{
    config::{Reason, WhenLost},
    model::{ActionId, GivenReason, IdempotencyKey, KeptCommit, KeptDecision, Text, Verb},
    store::SubmitError,
};

/// What came of a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Committed {
    /// It is durable, and leaves when its hold window is over.
    Recorded,
    /// It is kept on this machine until the database is back.
    Kept,
}

/// Until what could not be recorded is tried again.
const PAUSE: Duration = Duration::from_secs(5);

impl Desk {
    /// Makes decisions durable that were made together, as [`submit_together`](Self::submit_together)
    /// does; or keeps them, where the database is away and that is configured.
    ///
    /// # Errors
    /// As there: then nothing happened.
    pub async fn commit(&self, drafts: Vec<Draft>) -> Result<Committed, SubmitError> {
        // Whether it was recorded may not be known when the database goes: then its id tells.
        let kept = self.kept(drafts);
        match self.record(&kept).await {
            Ok(_) => Ok(Committed::Recorded),
            Err(SubmitError::Store(StoreError::Away(_))) if self.when_lost == WhenLost::Spool => {
                self.keep_aside(&kept)?;
                Ok(Committed::Kept)
            }
            Err(why) => Err(why),
        }
    }

    fn keep_aside(&self, kept: &KeptCommit) -> Result<(), SubmitError> {
        for decision in &kept.decisions {
            let known = self.store.kept();
            let known = known.borrow();
            if let Some(open) = known.iter().find_map(|kept| kept.about(&decision.subject)) {
                return Err(SubmitError::AlreadyOpen {
                    verb: open.verb.words(),
                    how: "kept here",
                    subject: decision.subject.short(),
                });
            }
        }
        Ok(self.store.keep(&self.worker, kept)?)
    }

    /// Decisions as they are made now, with what they will be recorded under.
    pub(super) fn kept(&self, drafts: Vec<Draft>) -> KeptCommit {
        let decision = |draft: Draft| KeptDecision {
            action: new_id(),
            key: IdempotencyKey::random(),
            subject: draft.subject,
            verb: draft.verb,
            evidence: draft.evidence,
            reason: draft.reason.map(|reason| GivenReason {
                code: Text::new(&reason.code),
                text: Text::new(&reason.text),
            }),
            comment: draft.comment,
            looked_at: draft.looked_at,
            shown_at: draft.shown_at,
        };
        let decisions = drafts.into_iter().map(decision).collect();
        KeptCommit { reviewer: self.reviewer.clone(), at: self.clock.now(), decisions }
    }

    /// Takes back what is kept here; false if it is not.
    pub(super) fn take_back_kept(&self, id: &ActionId) -> Result<bool, StoreError> {
        self.store.let_go(&self.worker, id)
    }

    /// What is kept here goes its way: recorded, or stopped with the reason on its row.
    async fn go_on(&self) -> Result<(), StoreError> {
        self.tell_untold().await?;
        let waiting = self.store.kept().borrow().clone();
        for kept in waiting {
            // It may have been taken back a moment ago.
            let Some(first) = kept.decisions.first().map(|first| first.action.clone()) else {
                continue;
            };
            if !self.store.kept().borrow().iter().any(|kept| kept.has(&first)) {
                continue;
            }
            let refused = match self.moved_meanwhile(&kept).await? {
                Some(why) => Err(why),
                None => match self.record(&kept).await {
                    Ok(_) => Ok(()),
                    Err(SubmitError::Store(why)) => return Err(why),
                    Err(why) => Err(why.to_string()),
                },
            };
            if let Err(why) = refused {
                tracing::warn!(%why, action = %first, "a decision that was kept is not sent");
                let why = Text::new(&format!("{why}; it was decided while the database was away"));
                let deeds = self.deeds_of(&kept, Standing::Decides).await?;
                self.store.submit_stopped(&deeds, &self.worker, &why).await?;
            }
            self.store.let_go(&self.worker, &first)?;
        }
        Ok(())
    }

    /// Whether somebody else was faster, as far as the shared store knows. What Persona knows besides
    /// is asked before anything is sent.
    async fn moved_meanwhile(&self, kept: &KeptCommit) -> Result<Option<String>, StoreError> {
        // Recorded already: then it moved by itself.
        let first = kept.decisions.first().map(|first| &first.action);
        if let Some(first) = first
            && self.store.action(first).await?.is_some()
        {
            return Ok(None);
        }
        for decision in &kept.decisions {
            // A tag or a relation is added whatever the version.
            let depends = !matches!(decision.verb, Verb::AddTag(_) | Verb::RemoveTag(_));
            let Some(now) = self.version(&decision.subject).await?.filter(|_| depends) else {
                continue;
            };
            let (item, was) = (decision.subject.short(), &decision.evidence);
            let words = |status: &Text| status.as_str().replace('_', " ");
            if now.status != was.status {
                let (was, now) = (words(&was.status), words(&now.status));
                return Ok(Some(format!(
                    "somebody else decided meanwhile: {item} was {was} and is {now}"
                )));
            }
            if now.updated_at != was.updated_at {
                return Ok(Some(format!("{item} changed meanwhile: look again")));
            }
        }
        Ok(None)
    }
}

impl KeptDecision {
    /// The same as it was made.
    pub(super) fn draft(&self) -> Draft {
        Draft {
            subject: self.subject.clone(),
            verb: self.verb.clone(),
            evidence: self.evidence.clone(),
            reason: self.reason.as_ref().map(|reason| Reason {
                code: reason.code.to_string(),
                text: reason.text.to_string(),
            }),
            comment: self.comment.clone(),
            looked_at: self.looked_at.clone(),
            shown_at: self.shown_at,
        }
    }
}

/// Takes over what consoles kept that are gone, and lets all that is kept go on whenever the database
/// is there.
pub async fn go_on(desk: Arc<Desk>) {
    if let Err(why) = desk.store.take_kept(&desk.worker, &desk.reviewer) {
        tracing::error!(%why, "what was kept while the database was away is not taken over");
    }
    let (mut away, mut kept) = (desk.store.away(), desk.store.kept());
    loop {
        // Before they are looked at: what is kept meanwhile is looked at again.
        kept.mark_unchanged();
        let is_there = away.borrow_and_update().is_none();
        let mut again = false;
        if is_there {
            let _going = desk.busy.token();
            if let Err(why) = desk.go_on().await {
                tracing::warn!(%why, "what was kept while the database was away still waits");
                again = true;
            }
        }
        let moved = tokio::select! {
            moved = away.changed() => moved,
            moved = kept.changed() => moved,
            () = tokio::time::sleep(PAUSE), if again => Ok(()),
        };
        // It never will: the store is a file.
        if moved.is_err() {
            return;
        }
    }
}
