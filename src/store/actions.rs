//! The outbox's rows. Every step is one transaction, so a process can die between any two.

use std::{slice, time::Duration};

use super::{
    Changes, Error, Store,
    action_row::{verb, write_reason, write_state, write_verb},
    batch,
    db::query,
    deed::{Deed, Outcome, Spoken, entry, tell},
    journal::Scribe,
    seal::{COMMENT, Seal},
    snoozed,
    together::{self, Tx},
    tombstone,
};
use crate::model::{Action, ActionId, ActionState, Batch, IdempotencyKey, Text};

/// Whether an action is still the worker's that claimed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    Held,
    /// The worker was silent for longer than its lease, and another has taken over.
    Lost,
}

impl Claim {
    pub(super) fn of(rows_affected: u64) -> Self {
        if rows_affected > 0 { Self::Held } else { Self::Lost }
    }
}

/// Why a decision was not recorded. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error("{verb} is {how} for {subject} already")]
    AlreadyOpen {
        verb: String,
        subject: String,
        /// `on its way` or `proposed`.
        how: &'static str,
    },
    /// In words: what the policy in force asks for.
    #[error("{0}")]
    Policy(String),
    #[error(transparent)]
    Store(#[from] Error),
}

/// How long a worker may be silent before another takes its action over.
pub const LEASE: Duration = Duration::from_secs(45);

impl Store {
    /// Records a decision: action, key and journal line, or nothing.
    ///
    /// # Errors
    /// If a decision about the same object is open, or the store cannot write.
    pub async fn submit(&self, action: &Action, owner: &str) -> Result<(), SubmitError> {
        let deed = Deed { action: action.clone(), spoken: Spoken::default() };
        self.submit_together(slice::from_ref(&deed), owner).await
    }

    /// The same for decisions that were made together: all of them or nothing.
    ///
    /// # Errors
    /// As [`submit`](Self::submit) for any of them.
    pub async fn submit_together(&self, deeds: &[Deed], owner: &str) -> Result<(), SubmitError> {
        let mut tx = self.0.backend.begin().await?;
        // By a commit whose answer was lost.
        if let Some(first) = deeds.first()
            && is_recorded(&mut tx, &first.action.id).await?
        {
            return Ok(());
        }
        for deed in deeds {
            let (seal, scribe) = (&self.0.seal, self.scribe());
            record(&mut tx, seal, &scribe, &deed.action, owner).await?;
            tell(&mut tx, seal, &scribe, deed).await?;
        }
        tx.commit().await.map_err(Error::from)?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(())
    }

    /// The same for decisions that do not depend on each other: those about whose objects one is open
    /// already are left out, and it is told how many.
    ///
    /// # Errors
    /// If the store cannot write: then none is recorded.
    pub async fn submit_bulk(&self, deeds: &[Deed], owner: &str) -> Result<usize, SubmitError> {
        let mut tx = self.0.backend.begin().await?;
        let mut left_out = 0;
        for deed in deeds {
            let (seal, scribe) = (&self.0.seal, self.scribe());
            match record(&mut tx, seal, &scribe, &deed.action, owner).await {
                // Found before anything was written of it.
                Err(SubmitError::AlreadyOpen { .. }) => left_out += 1,
                Err(why) => return Err(why),
                Ok(()) => tell(&mut tx, seal, &scribe, deed).await?,
            }
        }
        tx.commit().await.map_err(Error::from)?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(left_out)
    }

    /// Durable right before an action is sent: with which key, and that it is.
    pub async fn sending(
        &self,
        id: &ActionId,
        worker: &str,
        key: &IdempotencyKey,
    ) -> Result<Claim, Error> {
        let now = self.0.clock.now();
        let written = query(
            "UPDATE action SET attempts = attempts + 1, lease_until = $3, must_read = 0,
                 key_sent_at = CASE WHEN key = $2 AND key_sent_at IS NOT NULL THEN key_sent_at ELSE $4 END,
                 key = $2
             WHERE id = $1 AND state = 'sending' AND owner = $5",
        )
        .bind(id.as_str())
        .bind(key.as_str())
        .bind((now + LEASE).as_microsecond())
        .bind(now.as_microsecond())
        .bind(worker)
        .execute(&self.0.backend.writer)
        .await?;
        Ok(Claim::of(written.rows_affected()))
    }

    /// Writes what became of an action, with what Persona answered and its journal line. If the
    /// claim was lost, only what Persona answered: the other worker settles it.
    pub async fn settle(
        &self,
        action: &Action,
        worker: &str,
        state: &ActionState,
        learnt: &Batch,
        outcome: impl Into<Outcome>,
    ) -> Result<Claim, Error> {
        let (now, seal) = (self.0.clock.now(), &self.0.seal);
        let mut tx = self.0.backend.begin().await?;
        let (name, due_at, reason) = write_state(state);
        let written = query(
            "UPDATE action SET state = $2, due_at = $3, reason = $4, lease_until = NULL, must_read = $5,
                 subject_kind = $7, subject_id = $8
             WHERE id = $1 AND state = 'sending' AND owner = $6",
        )
        .bind(action.id.as_str())
        .bind(name)
        .bind(due_at)
        .bind(write_reason(seal, &action.id, reason)?)
        .bind(action.must_read)
        .bind(worker)
        // What was to be made is there now.
        .bind(action.subject.kind())
        .bind(action.subject.id())
        .execute(&mut tx)
        .await?;
        let claim = Claim::of(written.rows_affected());
        let mut changes =
            batch::apply_in(&mut tx, seal, learnt, now, Some(&action.reviewer)).await?;
        if claim == Claim::Held && !state.is_open() {
            tombstone::tidy(&mut tx, seal, &action.subject).await?;
            let scribe = self.scribe();
            let line = entry(action, name, &action.reviewer, now, outcome.into());
            scribe.append(&mut tx, line).await?;
            if *state != ActionState::Done {
                together::stop(&mut tx, seal, &scribe, action, now).await?;
            }
        }
        tx.commit().await?;
        changes.actions = true;
        self.committed(changes).await;
        Ok(claim)
    }

    /// Tries what waits again now: the key works again, or somebody asked for it.
    pub async fn hurry(&self) -> Result<(), Error> {
        self.hurry_only(None).await
    }

    /// Tries one that waits again now.
    pub async fn hurry_one(&self, id: &ActionId) -> Result<(), Error> {
        self.hurry_only(Some(id)).await
    }

    async fn hurry_only(&self, id: Option<&ActionId>) -> Result<(), Error> {
        let moved = query(
            "UPDATE action SET due_at = $1
             WHERE state = 'waiting' AND due_at > $1 AND ($2 IS NULL OR id = $2)",
        )
        .bind(self.0.clock.now().as_microsecond())
        .bind(id.map(ActionId::as_str))
        .execute(&self.0.backend.writer)
        .await?;
        self.tell(Changes { actions: moved.rows_affected() > 0, ..Changes::default() });
        Ok(())
    }

    /// Tells that a claim's worker is alive and still at it.
    pub async fn renew(&self, id: &ActionId, worker: &str) -> Result<(), Error> {
        query(
            "UPDATE action SET lease_until = $3 WHERE id = $1 AND state = 'sending' AND owner = $2",
        )
        .bind(id.as_str())
        .bind(worker)
        .bind((self.0.clock.now() + LEASE).as_microsecond())
        .execute(&self.0.backend.writer)
        .await?;
        Ok(())
    }

    /// A refusal was read: it is no longer shown.
    pub async fn acknowledge(&self, id: &ActionId) -> Result<(), Error> {
        query(
            "UPDATE action SET acknowledged = 1 WHERE id = $1 AND state IN ('rejected', 'stopped')",
        )
        .bind(id.as_str())
        .execute(&self.0.backend.writer)
        .await?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(())
    }
}

async fn record(
    tx: &mut Tx,
    seal: &Seal,
    scribe: &Scribe,
    action: &Action,
    owner: &str,
) -> Result<(), SubmitError> {
    let (kind, id) = (action.subject.kind(), action.subject.id());
    let open = query(
        "SELECT id, verb, state FROM action WHERE subject_kind = $1 AND subject_id = $2
             AND state IN ('proposed', 'held', 'sending', 'waiting')",
    )
    .bind(kind)
    .bind(id)
    .fetch_optional(&mut *tx)
    .await
    .map_err(Error::from)?;
    if let Some(open) = open {
        let id: String = open.try_get(0).map_err(Error::from)?;
        let verb = verb(seal, &id, open.try_get(1).map_err(Error::from)?)?;
        let state: String = open.try_get(2).map_err(Error::from)?;
        return Err(SubmitError::AlreadyOpen {
            verb: verb.words(),
            how: if state == "proposed" { "proposed" } else { "on its way" },
            subject: action.subject.short(),
        });
    }
    // An older refusal about this object has been read, since it is decided again.
    query("UPDATE action SET acknowledged = 1 WHERE subject_kind = $1 AND subject_id = $2")
        .bind(kind)
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(Error::from)?;
    insert(tx, seal, scribe, action, owner).await?;
    Ok(snoozed::decided(tx, action).await?)
}

/// Whether there is a row of this id already.
pub(super) async fn is_recorded(tx: &mut Tx, id: &ActionId) -> Result<bool, Error> {
    let known = query("SELECT id FROM action WHERE id = $1").bind(id.as_str());
    Ok(known.fetch_optional(&mut *tx).await?.is_some())
}

/// Writes the row of a new action.
pub(super) async fn insert(
    tx: &mut Tx,
    seal: &Seal,
    scribe: &Scribe,
    action: &Action,
    owner: &str,
) -> Result<(), Error> {
    let (state, due_at, reason) = write_state(&action.state);
    let proposed = matches!(action.state, ActionState::Proposed { .. });
    let id = action.id.as_str();
    let comment = action.comment.as_ref().map(ToString::to_string);
    let comment = comment.map(|text| seal.seal(COMMENT, id, text)).transpose()?;
    query(
        "INSERT INTO action (id, subject_kind, subject_id, verb, evidence, reason_code, comment,
             reviewer, decided_at, state, due_at, reason, key, key_sent_at, attempts, must_read, owner,
             after_id, proposed_with, bulk, answer_to_owner, submitter)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, 0, 0, $14, $15, $16, $17, $18, $14)",
    )
    .bind(id)
    .bind(action.subject.kind())
    .bind(action.subject.id())
    .bind(write_verb(seal, &action.id, &action.verb)?)
    .bind(serde_json::to_string(&action.evidence)?)
    .bind(action.reason_code.as_ref().map(|code| code.as_str()))
    .bind(comment)
    .bind(action.reviewer.as_str())
    .bind(action.decided_at.as_microsecond())
    .bind(state)
    .bind(due_at)
    .bind(write_reason(seal, &action.id, reason)?)
    .bind(action.key.as_str())
    .bind(owner)
    .bind(action.after.as_ref().map(|id| id.as_str()))
    .bind(proposed.then(|| scribe.ends().map(Text::as_str)).flatten())
    .bind(action.bulk.as_ref().map(Text::as_str))
    .bind(action.verb.brings_link())
    .execute(&mut *tx)
    .await?;
    Ok(())
}
