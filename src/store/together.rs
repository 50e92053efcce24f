//! Decisions that were made together: each waits for the one before it, and they end together.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Error,
    action_row::{COLUMNS, action, write_reason},
    db::query,
    deed::entry,
    journal::Scribe,
    seal::Seal,
};
use crate::model::{Action, ActionId};

pub use super::db::Tx;

/// A condition: it follows no other, or one that is done.
pub const MAY_GO: &str = "(after_id IS NULL
    OR EXISTS (SELECT 1 FROM action AS first WHERE first.id = action.after_id AND first.state = 'done'))";

/// A condition, where `$3` is now: of what was decided in bulk one goes at a time, so that many never
/// keep a single decision waiting.
pub const ITS_TURN: &str = "(bulk IS NULL OR state = 'sending' OR NOT EXISTS (
    SELECT 1 FROM action AS other WHERE other.bulk IS NOT NULL AND other.state = 'sending'
        AND other.lease_until > $3))";

/// All of one bulk that a decision belongs to; itself where it belongs to none.
pub async fn of_bulk(tx: &mut Tx, id: &ActionId) -> Result<Vec<ActionId>, Error> {
    let rows = query(
        "SELECT id FROM action WHERE bulk = (SELECT bulk FROM action WHERE id = $1) ORDER BY id",
    )
    .bind(id.as_str())
    .fetch_all(&mut *tx)
    .await?;
    rows.iter().map(|row| Ok(ActionId::new(&row.try_get::<String, _>(0)?)?)).collect()
}

/// An action and all that were decided together with it, in the order in which they go.
pub async fn of(tx: &mut Tx, id: &ActionId) -> Result<Vec<ActionId>, Error> {
    let rows = query(
        "WITH RECURSIVE
             before (id, after_id) AS (
                 SELECT id, after_id FROM action WHERE id = $1
                 UNION SELECT action.id, action.after_id FROM action
                     JOIN before ON action.id = before.after_id),
             joint (id) AS (
                 SELECT id FROM before
                 UNION SELECT action.id FROM action JOIN joint ON action.after_id = joint.id)
         SELECT id FROM joint ORDER BY id",
    )
    .bind(id.as_str())
    .fetch_all(&mut *tx)
    .await?;
    rows.iter().map(|row| Ok(ActionId::new(&row.try_get::<String, _>(0)?)?)).collect()
}

/// What was to follow an action that came to nothing is not sent either.
pub async fn stop(
    tx: &mut Tx,
    seal: &Seal,
    scribe: &Scribe,
    first: &Action,
    now: Timestamp,
) -> Result<(), Error> {
    let reason = format!(
        "{} of {} came to nothing, and this was decided together with it",
        first.verb.words(),
        first.subject.short()
    );
    for id in of(tx, &first.id).await? {
        let sql = format!(
            "UPDATE action SET state = 'stopped', due_at = NULL, reason = $2
             WHERE id = $1 AND state IN ('proposed', 'held', 'waiting') RETURNING {COLUMNS}"
        );
        let stopped = query(AssertSqlSafe(sql))
            .bind(id.as_str())
            .bind(write_reason(seal, &id, reason.clone())?)
            .fetch_optional(&mut *tx)
            .await?;
        if let Some(row) = stopped {
            let action = action(seal, &row)?;
            let line = entry(&action, "stopped", &action.reviewer, now, reason.as_str().into());
            scribe.append(tx, line).await?;
        }
    }
    Ok(())
}
