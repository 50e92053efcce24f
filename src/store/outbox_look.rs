//! Looking into the outbox: rows as they are now.

use sqlx::AssertSqlSafe;

use super::{
    Error, Store,
    action_row::{COLUMNS, action, verb},
    db::{Row, query},
};
use crate::model::{Action, ActionId, InquiryId, Subject, Text, Verb, bulk::Progress};

impl Store {
    /// One decision, however it ended.
    pub async fn action(&self, id: &ActionId) -> Result<Option<Action>, Error> {
        let sql = format!("SELECT {COLUMNS} FROM action WHERE id = $1");
        let row = query(AssertSqlSafe(sql))
            .bind(id.as_str())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        row.as_ref().map(|row| action(&self.0.seal, row)).transpose()
    }

    /// Whether a decision of this store made the inquiry.
    pub async fn has_made(&self, inquiry: &InquiryId) -> Result<bool, Error> {
        let done = query(
            "SELECT id, verb FROM action WHERE subject_kind = 'inquiry' AND subject_id = $1
                 AND state = 'done'",
        )
        .bind(inquiry.as_str())
        .fetch_all(&self.0.backend.reader)
        .await?;
        for row in done {
            let verb = verb(&self.0.seal, row.try_get(0)?, row.try_get(1)?)?;
            if matches!(verb, Verb::CreateInquiry(_)) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Everything on its way, and refusals that were not read yet; oldest first.
    pub async fn open_actions(&self) -> Result<Vec<Action>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM action WHERE acknowledged = 0
                 AND state IN ('proposed', 'held', 'sending', 'waiting', 'rejected', 'stopped')
             ORDER BY decided_at, id"
        );
        let rows = query(AssertSqlSafe(sql)).fetch_all(&self.0.backend.reader).await?;
        rows.iter().map(|row| action(&self.0.seal, row)).collect()
    }

    /// How far bulk decisions are of which something is on its way, or was refused and not read yet.
    pub async fn bulks(&self) -> Result<Vec<Progress>, Error> {
        let rows = query(
            "SELECT parts.*, action.verb FROM (
                 SELECT bulk, min(id) AS id, count(*) AS total,
                     count(*) FILTER (WHERE state = 'done') AS done,
                     count(*) FILTER (WHERE state IN ('rejected', 'stopped')) AS refused,
                     count(*) FILTER (WHERE state = 'cancelled') AS cancelled
                 FROM action WHERE bulk IN (SELECT bulk FROM action
                     WHERE bulk IS NOT NULL AND acknowledged = 0
                     AND state IN ('held', 'sending', 'waiting', 'rejected', 'stopped'))
                 GROUP BY bulk) AS parts
             JOIN action ON action.id = parts.id ORDER BY parts.bulk",
        )
        .fetch_all(&self.0.backend.reader)
        .await?;
        let count = |row: &Row, name: &str| row.try_get::<i64, _>(name).map(i64::unsigned_abs);
        rows.iter()
            .map(|row| {
                Ok(Progress {
                    bulk: Text::from(row.try_get::<String, _>("bulk")?),
                    verb: verb(&self.0.seal, row.try_get("id")?, row.try_get("verb")?)?,
                    total: count(row, "total")?,
                    done: count(row, "done")?,
                    refused: count(row, "refused")?,
                    cancelled: count(row, "cancelled")?,
                })
            })
            .collect()
    }

    /// What is shown of an object: its open action, or a refusal that was not read yet.
    pub async fn shown_action(&self, subject: &Subject) -> Result<Option<Action>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM action WHERE subject_kind = $1 AND subject_id = $2 AND acknowledged = 0
                 AND state IN ('proposed', 'held', 'sending', 'waiting', 'rejected', 'stopped')
             ORDER BY decided_at DESC LIMIT 1"
        );
        let row = query(AssertSqlSafe(sql))
            .bind(subject.kind())
            .bind(subject.id())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        row.as_ref().map(|row| action(&self.0.seal, row)).transpose()
    }
}
