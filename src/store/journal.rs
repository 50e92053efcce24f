//! The journal's lines in the store: appended in the transaction of the deed they tell of.

use sqlx::{Row, Sqlite, Transaction};

use super::{Error, Store};
use crate::{journal, model::JournalEntry};

/// Appends a line, chained to the last one.
pub async fn append(
    tx: &mut Transaction<'static, Sqlite>,
    entry: &JournalEntry,
) -> Result<(), Error> {
    let last = sqlx::query("SELECT hash FROM journal ORDER BY seq DESC LIMIT 1")
        .fetch_optional(&mut **tx)
        .await?;
    let previous: String = match last {
        Some(row) => row.try_get(0)?,
        None => journal::ROOT.to_owned(),
    };
    let line = journal::canonical(entry);
    sqlx::query("INSERT INTO journal (entry, hash) VALUES ($1, $2)")
        .bind(&line)
        .bind(journal::link(&previous, &line))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// Appends a line of its own.
    pub async fn journal(&self, entry: &JournalEntry) -> Result<(), Error> {
        let mut tx = self.0.backend.begin().await?;
        append(&mut tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// All lines as (text, hash), oldest first.
    pub async fn journal_lines(&self) -> Result<Vec<(String, String)>, Error> {
        let rows = sqlx::query("SELECT entry, hash FROM journal ORDER BY seq")
            .fetch_all(&self.0.backend.reader)
            .await?;
        rows.iter().map(|row| Ok((row.try_get(0)?, row.try_get(1)?))).collect()
    }
}
