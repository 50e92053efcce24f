//! Who sends which decision: one at a time is claimed by a worker, and is that worker's until it is
//! settled or its lease runs out.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Changes, Error, LEASE, Store,
    action_row::{COLUMNS, action, write_reason},
    actions::Claim,
    db::query,
    lease::NOW,
    together::{ITS_TURN, MAY_GO},
    worklist::instant,
};
use crate::model::{Action, Text};

/// What a worker sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sends {
    /// Its own, and what others leave lying.
    Own,
    /// Everybody's; another's whose answer is needed there only if it is left lying.
    All,
    /// Its own whose answer is needed here: somebody else sends the rest.
    Answers,
}

/// Nothing is put off for longer: what is due later was put off before the clock was set back.
const LONGEST_PAUSE: Duration = Duration::from_secs(2 * 60 * 60);

/// How long after it is due an action waits for the process that submitted it, which alone can
/// hand a one-time link to its reviewer.
const OWNER_FIRST: Duration = Duration::from_secs(30);

/// A condition, where `$1` is the worker and `$6` whether it sends but its own answers: these may be its.
const IN_REACH: &str = "($6 = 0 OR (owner = $1 AND answer_to_owner = 1))";

/// A condition, where `$7` is whether the worker sends for all: the worker need not wait for another.
const IS_FIRST: &str = "(owner = $1 OR ($7 = 1 AND answer_to_owner = 0))";

impl Store {
    /// Takes the oldest action that is due, or whose worker has gone silent. It is this worker's
    /// until it settles it or its lease runs out.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn claim(&self, worker: &str, sends: Sends) -> Result<Option<Action>, Error> {
        let now = self.0.clock.now();
        let sql = format!(
            "UPDATE action SET state = 'sending', owner = $1, lease_until = $2
             WHERE id = (SELECT id FROM action WHERE {MAY_GO} AND {ITS_TURN} AND {IN_REACH} AND (
                 (state IN ('held', 'waiting') AND due_at <= CASE WHEN {IS_FIRST} THEN $3 ELSE $4 END)
                 OR (state IN ('held', 'waiting') AND due_at > $5)
                 OR (state = 'sending' AND lease_until <= $3))
                 ORDER BY bulk IS NOT NULL, decided_at, id LIMIT 1)
             RETURNING {COLUMNS}"
        );
        let row = query(AssertSqlSafe(sql))
            .bind(worker)
            .bind((now + LEASE).as_microsecond())
            .bind(now.as_microsecond())
            .bind((now - OWNER_FIRST).as_microsecond())
            .bind((now + LONGEST_PAUSE).as_microsecond())
            .bind(sends == Sends::Answers)
            .bind(sends == Sends::All)
            .fetch_optional(&self.0.backend.writer)
            .await?;
        let claimed = row.as_ref().map(|row| action(&self.0.seal, row)).transpose()?;
        if claimed.is_some() {
            self.tell(Changes { actions: true, ..Changes::default() });
        }
        Ok(claimed)
    }

    /// When there will be something to claim, if nothing else happens.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn next_due(&self, worker: &str, sends: Sends) -> Result<Option<Timestamp>, Error> {
        let now = self.0.clock.now();
        let sql = format!(
            "SELECT min(CASE WHEN state = 'sending' THEN lease_until WHEN due_at > $4 THEN $3
                 ELSE due_at + CASE WHEN {IS_FIRST} THEN $5 ELSE $2 END END)
             FROM action WHERE state IN ('held', 'waiting', 'sending')
                 AND {MAY_GO} AND {ITS_TURN} AND {IN_REACH}"
        );
        let row = query(AssertSqlSafe(sql))
            .bind(worker)
            .bind(i64::try_from(OWNER_FIRST.as_micros()).unwrap_or(i64::MAX))
            .bind(now.as_microsecond())
            .bind((now + LONGEST_PAUSE).as_microsecond())
            .bind(0_i64)
            .bind(sends == Sends::Answers)
            .bind(sends == Sends::All)
            .fetch_one(&self.0.backend.reader)
            .await?;
        Ok(instant(row.try_get(0)?))
    }

    /// Lets the process that submitted a claimed action try it, with its own key: where that is
    /// another one, and still there. What was sent of it was refused, so it is looked at first.
    /// [`Claim::Lost`] if there is nobody to hand it to.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn hand_back(
        &self,
        action: &Action,
        worker: &str,
        why: &Text,
    ) -> Result<Claim, Error> {
        if !self.is_shared() {
            return Ok(Claim::Lost);
        }
        let sql = format!(
            "UPDATE action SET state = 'waiting', due_at = $3, reason = $4, owner = submitter,
                 lease_until = NULL, answer_to_owner = 1, must_read = $5
             WHERE id = $1 AND state = 'sending' AND owner = $2 AND submitter <> $2
                 AND EXISTS (SELECT 1 FROM present WHERE worker = submitter
                     AND until >= {NOW})"
        );
        let handed = query(AssertSqlSafe(sql))
            .bind(action.id.as_str())
            .bind(worker)
            .bind(self.0.clock.now().as_microsecond())
            .bind(write_reason(&self.0.seal, &action.id, why.to_string())?)
            .bind(action.must_read || action.key_sent_at.is_some())
            .execute(&self.0.backend.writer)
            .await?;
        self.tell(Changes { actions: handed.rows_affected() > 0, ..Changes::default() });
        Ok(Claim::of(handed.rows_affected()))
    }
}
