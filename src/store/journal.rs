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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, model::Text};

    async fn verified(store: &Store) -> Result<(), journal::Broken> {
        let lines = store.journal_lines().await.unwrap();
        journal::verify(lines.iter().map(|(line, hash)| (line.as_str(), hash.as_str())))
    }

    #[tokio::test]
    async fn lines_cannot_be_changed_unnoticed() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::manual("2026-03-02T10:00:00Z".parse().unwrap());
        let store = Store::open(&dir.path().join("store.db"), clock.clone()).await.unwrap();
        for what in ["decided", "done", "revealed"] {
            let entry = JournalEntry {
                at: clock.now(),
                who: Text::new("jane"),
                what: Text::new(what),
                subject: None,
                action: None,
                detail: Text::default(),
            };
            store.journal(&entry).await.unwrap();
        }
        assert_eq!(verified(&store).await, Ok(()));

        let writer = &store.0.backend.writer;
        for sql in ["UPDATE journal SET entry = 'x'", "DELETE FROM journal"] {
            let refused = sqlx::query(sql).execute(writer).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        sqlx::query("DROP TRIGGER journal_is_append_only").execute(writer).await.unwrap();
        sqlx::query("UPDATE journal SET entry = replace(entry, 'jane', 'joan') WHERE seq = 2")
            .execute(writer)
            .await
            .unwrap();
        assert_eq!(verified(&store).await, Err(journal::Broken { line: 2 }));
    }
}
