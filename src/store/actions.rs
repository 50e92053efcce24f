//! The outbox's rows. Every step is one transaction, so a process can die between any two.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use super::{Changes, Error, Store, batch, journal, worklist::instant};
use crate::model::{
    AccountId, Action, ActionId, ActionState, Batch, CaseId, IdempotencyKey, InquiryId,
    JournalEntry, Subject, Text, Verb,
};

/// A decision as a row of a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub id: ActionId,
    pub verb: Verb,
    pub state: ActionState,
}

/// What came of taking a decision back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Undone {
    Cancelled,
    TooLate,
}

/// Whether an action is still the worker's that claimed it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    Held,
    /// The worker was silent for longer than its lease, and another has taken over.
    Lost,
}

impl Claim {
    fn of(rows_affected: u64) -> Self {
        if rows_affected > 0 { Self::Held } else { Self::Lost }
    }
}

/// Why a decision was not recorded. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum SubmitError {
    #[error("{0} is on its way for this item already")]
    AlreadyOpen(String),
    #[error(transparent)]
    Store(#[from] Error),
}

/// How long a worker may be silent before another takes its action over.
pub const LEASE: Duration = Duration::from_secs(45);

/// How long after it is due an action waits for the process that submitted it, which alone can
/// hand a one-time link to its reviewer.
const OWNER_FIRST: Duration = Duration::from_secs(30);

/// Joined to a list so that each row carries the decision about it.
pub const PENDING_JOIN: &str = "LEFT JOIN action ON action.id = (
    SELECT id FROM action AS a WHERE a.subject_id = list.id AND a.acknowledged = 0
        AND a.state IN ('held', 'sending', 'waiting', 'rejected', 'stopped')
    ORDER BY a.decided_at DESC LIMIT 1)";

pub const PENDING_COLUMNS: &str = "action.id AS action_id, action.verb AS action_verb,
    action.state AS action_state, action.due_at AS action_due_at, action.reason AS action_reason";

const COLUMNS: &str =
    "id, subject_kind, subject_id, verb, evidence, reason_code, comment, reviewer,
    decided_at, state, due_at, reason, key, key_sent_at, attempts, must_read";

/// The decision joined to a row, if there is one.
pub fn pending(row: &SqliteRow) -> Result<Option<Pending>, Error> {
    let Some(id) = row.try_get::<Option<String>, _>("action_id")? else { return Ok(None) };
    let state: String = row.try_get("action_state")?;
    Ok(Some(Pending {
        id: ActionId::new(&id)?,
        verb: serde_json::from_str(row.try_get("action_verb")?)?,
        state: read_state(&state, row.try_get("action_due_at")?, row.try_get("action_reason")?)?,
    }))
}

impl Store {
    /// Records a decision: action, key and journal line, or nothing.
    ///
    /// # Errors
    /// If a decision about the same object is open, or the store cannot write.
    pub async fn submit(&self, action: &Action, owner: &str) -> Result<(), SubmitError> {
        let mut tx = self.0.backend.begin().await?;
        let (kind, id) = (action.subject.kind(), action.subject.id());
        let open = sqlx::query(
            "SELECT verb FROM action WHERE subject_kind = $1 AND subject_id = $2
                 AND state IN ('held', 'sending', 'waiting')",
        )
        .bind(kind)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await
        .map_err(Error::from)?;
        if let Some(open) = open {
            let verb: String = open.try_get(0).map_err(Error::from)?;
            let verb: Verb = serde_json::from_str(&verb).map_err(Error::from)?;
            return Err(SubmitError::AlreadyOpen(verb.words()));
        }
        // An older refusal about this object has been read, since it is decided again.
        sqlx::query(
            "UPDATE action SET acknowledged = 1 WHERE subject_kind = $1 AND subject_id = $2",
        )
        .bind(kind)
        .bind(id)
        .execute(&mut *tx)
        .await
        .map_err(Error::from)?;
        let (state, due_at, reason) = write_state(&action.state);
        sqlx::query(
            "INSERT INTO action (id, subject_kind, subject_id, verb, evidence, reason_code, comment,
                 reviewer, decided_at, state, due_at, reason, key, key_sent_at, attempts, must_read, owner)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, 0, 0, $14)",
        )
        .bind(action.id.as_str())
        .bind(kind)
        .bind(id)
        .bind(serde_json::to_string(&action.verb).map_err(Error::from)?)
        .bind(serde_json::to_string(&action.evidence).map_err(Error::from)?)
        .bind(action.reason_code.as_ref().map(|code| code.as_str()))
        .bind(action.comment.as_ref().map(|comment| comment.as_str()))
        .bind(action.reviewer.as_str())
        .bind(action.decided_at.as_microsecond())
        .bind(state)
        .bind(due_at)
        .bind(reason)
        .bind(action.key.as_str())
        .bind(owner)
        .execute(&mut *tx)
        .await
        .map_err(Error::from)?;
        let evidence = &action.evidence;
        let seen = evidence.updated_at.map_or("unknown".to_owned(), |at| at.to_string());
        let reason =
            action.reason_code.as_ref().map_or(String::new(), |code| format!(", reason {code}"));
        let detail = format!("{} on {} as of {seen}{reason}", action.verb.words(), evidence.status);
        journal::append(
            &mut tx,
            &entry(action, "decided", &action.reviewer, action.decided_at, &detail),
        )
        .await?;
        tx.commit().await.map_err(Error::from)?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(())
    }

    /// Takes a decision back while it is held.
    pub async fn undo(&self, id: &ActionId, who: &Text) -> Result<Undone, Error> {
        let mut tx = self.0.backend.begin().await?;
        let sql = format!(
            "UPDATE action SET state = 'cancelled', due_at = NULL WHERE id = $1 AND state = 'held' RETURNING {COLUMNS}"
        );
        let cancelled = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_optional(&mut *tx)
            .await?;
        let Some(row) = cancelled else { return Ok(Undone::TooLate) };
        let action = action(&row)?;
        journal::append(
            &mut tx,
            &entry(&action, "undone", who, self.0.clock.now(), "before it was sent"),
        )
        .await?;
        tx.commit().await?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(Undone::Cancelled)
    }

    /// Takes the oldest action that is due, or whose worker has gone silent. It is this worker's
    /// until it settles it or its lease runs out.
    pub async fn claim(&self, worker: &str) -> Result<Option<Action>, Error> {
        let now = self.0.clock.now();
        let sql = format!(
            "UPDATE action SET state = 'sending', owner = $1, lease_until = $2
             WHERE id = (SELECT id FROM action WHERE
                 (state IN ('held', 'waiting') AND due_at <= CASE owner WHEN $1 THEN $3 ELSE $4 END)
                 OR (state = 'sending' AND lease_until <= $3)
                 ORDER BY decided_at, id LIMIT 1)
             RETURNING {COLUMNS}"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(worker)
            .bind((now + LEASE).as_microsecond())
            .bind(now.as_microsecond())
            .bind((now - OWNER_FIRST).as_microsecond())
            .fetch_optional(&self.0.backend.writer)
            .await?;
        let claimed = row.as_ref().map(action).transpose()?;
        if claimed.is_some() {
            self.tell(Changes { actions: true, ..Changes::default() });
        }
        Ok(claimed)
    }

    /// When there will be something to claim, if nothing else happens.
    pub async fn next_due(&self, worker: &str) -> Result<Option<Timestamp>, Error> {
        let row = sqlx::query(
            "SELECT min(CASE state WHEN 'sending' THEN lease_until
                 ELSE due_at + CASE owner WHEN $1 THEN 0 ELSE $2 END END)
             FROM action WHERE state IN ('held', 'waiting', 'sending')",
        )
        .bind(worker)
        .bind(i64::try_from(OWNER_FIRST.as_micros()).unwrap_or(i64::MAX))
        .fetch_one(&self.0.backend.reader)
        .await?;
        Ok(instant(row.try_get(0)?))
    }

    /// Durable right before an action is sent: with which key, and that it is.
    pub async fn sending(
        &self,
        id: &ActionId,
        worker: &str,
        key: &IdempotencyKey,
    ) -> Result<Claim, Error> {
        let now = self.0.clock.now();
        let written = sqlx::query(
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
        detail: &str,
    ) -> Result<Claim, Error> {
        let now = self.0.clock.now();
        let mut tx = self.0.backend.begin().await?;
        let (name, due_at, reason) = write_state(state);
        let written = sqlx::query(
            "UPDATE action SET state = $2, due_at = $3, reason = $4, lease_until = NULL, must_read = $5
             WHERE id = $1 AND state = 'sending' AND owner = $6",
        )
        .bind(action.id.as_str())
        .bind(name)
        .bind(due_at)
        .bind(reason)
        .bind(action.must_read)
        .bind(worker)
        .execute(&mut *tx)
        .await?;
        let claim = Claim::of(written.rows_affected());
        let mut changes = batch::apply_in(&mut tx, learnt, now).await?;
        if claim == Claim::Held && !state.is_open() {
            journal::append(&mut tx, &entry(action, name, &action.reviewer, now, detail)).await?;
        }
        tx.commit().await?;
        changes.actions = true;
        self.tell(changes);
        Ok(claim)
    }

    /// Tries what waits again now: the key works again, or somebody asked for it.
    pub async fn hurry(&self) -> Result<(), Error> {
        let now = self.0.clock.now().as_microsecond();
        let moved =
            sqlx::query("UPDATE action SET due_at = $1 WHERE state = 'waiting' AND due_at > $1")
                .bind(now)
                .execute(&self.0.backend.writer)
                .await?;
        self.tell(Changes { actions: moved.rows_affected() > 0, ..Changes::default() });
        Ok(())
    }

    /// Tells that a claim's worker is alive and still at it.
    pub async fn renew(&self, id: &ActionId, worker: &str) -> Result<(), Error> {
        sqlx::query(
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
        sqlx::query(
            "UPDATE action SET acknowledged = 1 WHERE id = $1 AND state IN ('rejected', 'stopped')",
        )
        .bind(id.as_str())
        .execute(&self.0.backend.writer)
        .await?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(())
    }

    /// Everything on its way, and refusals that were not read yet; oldest first.
    pub async fn open_actions(&self) -> Result<Vec<Action>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM action WHERE acknowledged = 0
                 AND state IN ('held', 'sending', 'waiting', 'rejected', 'stopped')
             ORDER BY decided_at, id"
        );
        let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_all(&self.0.backend.reader).await?;
        rows.iter().map(action).collect()
    }

    /// What is shown of an object: its open action, or a refusal that was not read yet.
    pub async fn shown_action(&self, subject: &Subject) -> Result<Option<Action>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM action WHERE subject_kind = $1 AND subject_id = $2 AND acknowledged = 0
                 AND state IN ('held', 'sending', 'waiting', 'rejected', 'stopped')
             ORDER BY decided_at DESC LIMIT 1"
        );
        let row = sqlx::query(sqlx::AssertSqlSafe(sql))
            .bind(subject.kind())
            .bind(subject.id())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        row.as_ref().map(action).transpose()
    }
}

fn entry(action: &Action, what: &str, who: &Text, at: Timestamp, detail: &str) -> JournalEntry {
    JournalEntry {
        at,
        who: who.clone(),
        what: Text::new(what),
        subject: Some(action.subject.clone()),
        action: Some(action.id.clone()),
        detail: Text::new(detail),
    }
}

fn write_state(state: &ActionState) -> (&'static str, Option<i64>, String) {
    match state {
        ActionState::Held { until } => ("held", Some(until.as_microsecond()), String::new()),
        ActionState::Sending => ("sending", None, String::new()),
        ActionState::Waiting { until, reason } => {
            ("waiting", Some(until.as_microsecond()), reason.to_string())
        }
        ActionState::Done => ("done", None, String::new()),
        ActionState::Rejected { reason } => ("rejected", None, reason.to_string()),
        ActionState::Stopped { reason } => ("stopped", None, reason.to_string()),
        ActionState::Cancelled => ("cancelled", None, String::new()),
    }
}

fn read_state(name: &str, due_at: Option<i64>, reason: String) -> Result<ActionState, Error> {
    let until = instant(due_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let reason = Text::from(reason);
    Ok(match name {
        "held" => ActionState::Held { until },
        "sending" => ActionState::Sending,
        "waiting" => ActionState::Waiting { until, reason },
        "done" => ActionState::Done,
        "rejected" => ActionState::Rejected { reason },
        "stopped" => ActionState::Stopped { reason },
        "cancelled" => ActionState::Cancelled,
        other => return Err(Error::Damaged(format!("an action in state {other}"))),
    })
}

fn action(row: &SqliteRow) -> Result<Action, Error> {
    let subject_id: String = row.try_get("subject_id")?;
    let kind: String = row.try_get("subject_kind")?;
    let subject = match kind.as_str() {
        "inquiry" => Subject::Inquiry(InquiryId::new(&subject_id)?),
        "case" => Subject::Case(CaseId::new(&subject_id)?),
        "account" => Subject::Account(AccountId::new(&subject_id)?),
        other => return Err(Error::Damaged(format!("an action about a {other}"))),
    };
    let decided_at: i64 = row.try_get("decided_at")?;
    let state: String = row.try_get("state")?;
    let key: String = row.try_get("key")?;
    let attempts: i64 = row.try_get("attempts")?;
    Ok(Action {
        id: ActionId::new(&row.try_get::<String, _>("id")?)?,
        subject,
        verb: serde_json::from_str(row.try_get("verb")?)?,
        evidence: serde_json::from_str(row.try_get("evidence")?)?,
        reason_code: row.try_get::<Option<String>, _>("reason_code")?.map(Text::from),
        comment: row.try_get::<Option<String>, _>("comment")?.map(Text::from),
        reviewer: Text::from(row.try_get::<String, _>("reviewer")?),
        decided_at: instant(Some(decided_at)).unwrap_or(Timestamp::UNIX_EPOCH),
        state: read_state(&state, row.try_get("due_at")?, row.try_get("reason")?)?,
        key: IdempotencyKey::stored(key),
        key_sent_at: instant(row.try_get("key_sent_at")?),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        must_read: row.try_get::<i64, _>("must_read")? != 0,
    })
}
