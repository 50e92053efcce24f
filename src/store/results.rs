//! What came of each that was decided in one go, with the line of the journal that says so.

use std::collections::HashMap;

use sqlx::AssertSqlSafe;

use super::{
    Error, Store,
    action_row::{COLUMNS, action},
    db::query,
};
use crate::model::{Action, ActionId, JournalEntry, Text};

impl Store {
    /// All of what a reviewer decided last in one go, in the order in which it goes, each with the
    /// newest line about it; empty where nothing ever was.
    pub async fn last_bulk(
        &self,
        who: &Text,
    ) -> Result<Vec<(Action, Option<JournalEntry>)>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM action WHERE bulk = (SELECT bulk FROM action
                 WHERE bulk IS NOT NULL AND reviewer = $1 ORDER BY decided_at DESC, id DESC LIMIT 1)
             ORDER BY id"
        );
        let rows =
            query(AssertSqlSafe(sql)).bind(who.as_str()).fetch_all(&self.0.backend.reader).await?;
        let actions = rows.iter().map(|row| action(&self.0.seal, row));
        let actions = actions.collect::<Result<Vec<Action>, Error>>()?;
        let ids: Vec<&ActionId> = actions.iter().map(|action| &action.id).collect();
        let lines = query(
            "SELECT entry FROM journal WHERE action IN (SELECT value FROM json_each($1))
             ORDER BY seq",
        )
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut newest = HashMap::new();
        for row in &lines {
            let line = serde_json::from_str::<JournalEntry>(row.try_get("entry")?);
            if let Ok(line) = line
                && let Some(action) = line.action.clone()
            {
                newest.insert(action, line);
            }
        }
        Ok(actions
            .into_iter()
            .map(|action| {
                let line = newest.remove(&action.id);
                (action, line)
            })
            .collect())
    }
}
