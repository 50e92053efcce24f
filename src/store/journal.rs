//! The journal's lines in the store: appended in the transaction of the deed they tell of.

use super::{
    Error, Store,
    cursor::ENVIRONMENT,
    db::{Row, query},
    together::Tx,
};
use crate::{
    journal,
    model::{ActionId, Before, Evidence, JournalEntry, KeyProfile, Text},
};

/// Tells the last four characters of the key in use.
pub type KeyEnds = Box<dyn Fn() -> Option<Text> + Send + Sync>;

/// Who appends: with which key, as far as that is known.
#[derive(Debug, Clone, Default)]
pub struct Scribe {
    ends: Option<Text>,
}

/// A line as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    pub number: u64,
    pub text: String,
    pub hash: String,
}

/// The program and its version, as lines name it.
pub fn program() -> Text {
    Text::new(concat!("caseload ", env!("CARGO_PKG_VERSION")))
}

impl Scribe {
    /// How the key in use ends, where that is known.
    pub fn ends(&self) -> Option<&Text> {
        self.ends.as_ref()
    }

    /// Appends a line, chained to the last one. The first one says which journal it begins.
    pub async fn append(&self, tx: &mut Tx, entry: JournalEntry) -> Result<(), Error> {
        let row = query(
            "SELECT name, hash, lines, (SELECT coalesce(max(seq), 0) FROM journal) AS last,
                 (SELECT value FROM cursor WHERE name = $1) AS environment
             FROM journal_end",
        )
        .bind(ENVIRONMENT)
        .fetch_optional(&mut *tx)
        .await?;
        let gone = "the record of where the journal ends is gone";
        let row = row.ok_or_else(|| Error::Database(gone.to_owned()))?;
        let name: Option<String> = row.try_get("name")?;
        let mut hash: String = row.try_get("hash")?;
        let (recorded, last): (i64, i64) = (row.try_get("lines")?, row.try_get("last")?);
        // Where somebody meddled with the end, the gap or the surplus stays to be seen.
        let mut line = recorded.max(last);
        let environment: Option<String> = row.try_get("environment")?;
        let environment = environment.map(Text::from);
        let key = KeyProfile { environment, ends: self.ends.clone() };
        let key = Some(key).filter(|key| *key != KeyProfile::default());
        let mut begun = None;
        if name.is_none() {
            let name = Text::new(&uuid::Uuid::now_v7().to_string());
            begun = Some(name.clone());
            let journal = Some(name);
            let first = JournalEntry::new(entry.at, &entry.who, "began");
            let first = JournalEntry { journal, program: Some(program()), ..first };
            line += 1;
            hash = insert(tx, line, &hash, JournalEntry { key: key.clone(), ..first }).await?;
        }
        line += 1;
        hash = insert(tx, line, &hash, JournalEntry { key, ..entry }).await?;
        query("UPDATE journal_end SET lines = $1, hash = $2, name = coalesce(name, $3)")
            .bind(line)
            .bind(&hash)
            .bind(begun.as_ref().map(Text::as_str))
            .execute(&mut *tx)
            .await?;
        Ok(())
    }
}

async fn insert(
    tx: &mut Tx,
    seq: i64,
    previous: &str,
    entry: JournalEntry,
) -> Result<String, Error> {
    let line = Some(seq.unsigned_abs());
    let text = journal::canonical(&JournalEntry { line, ..entry.clone() });
    let hash = journal::link(previous, &text);
    query("INSERT INTO journal (seq, entry, hash, action, subject) VALUES ($1, $2, $3, $4, $5)")
        .bind(seq)
        .bind(&text)
        .bind(&hash)
        .bind(entry.action.as_ref().map(|id| id.as_str()))
        .bind(entry.subject.as_ref().map(|subject| subject.id()))
        .execute(&mut *tx)
        .await?;
    Ok(hash)
}

/// What a reviewer did with an object since it was last decided, by them or for all.
pub async fn before(tx: &mut Tx, subject: &str, who: &Text) -> Result<Before, Error> {
    let rows =
        query("SELECT seq, entry FROM journal WHERE subject = $1 ORDER BY seq DESC LIMIT 400")
            .bind(subject)
            .fetch_all(&mut *tx)
            .await?;
    let mut found = Vec::new();
    for row in &rows {
        let Ok(entry) = serde_json::from_str::<JournalEntry>(row.try_get("entry")?) else {
            continue;
        };
        let mine = entry.who == *who;
        match entry.what.as_str() {
            "decided" => break,
            "proposed" | "confirmed" if mine => break,
            _ => {}
        }
        if mine {
            found.push((entry.what, row.try_get::<i64, _>("seq")?.unsigned_abs()));
        }
    }
    let mut before = Before::default();
    for (what, line) in found.iter().rev() {
        before.note(what.as_str(), *line);
    }
    Ok(before)
}

pub fn stored(row: &Row) -> Result<StoredLine, Error> {
    Ok(StoredLine {
        number: row.try_get::<i64, _>("seq")?.unsigned_abs(),
        text: row.try_get("entry")?,
        hash: row.try_get("hash")?,
    })
}

impl Store {
    /// From now on lines say which key was in use.
    pub fn sign_with(&self, ends: KeyEnds) {
        // Whoever came first stays: one process has one key.
        let _ = self.0.key_ends.set(ends);
    }

    pub(super) fn scribe(&self) -> Scribe {
        Scribe { ends: self.0.key_ends.get().and_then(|ends| ends()) }
    }

    /// Appends a line of its own.
    pub async fn journal(&self, entry: JournalEntry) -> Result<(), Error> {
        let mut tx = self.0.backend.begin().await?;
        self.scribe().append(&mut tx, entry).await?;
        Ok(tx.commit().await?)
    }

    /// Whether the journal tells that a reviewer opened an object at this version; of its latest
    /// lines, which are all that are looked at.
    pub async fn was_opened(
        &self,
        subject: &str,
        version: &Evidence,
        who: &Text,
    ) -> Result<bool, Error> {
        let rows =
            query("SELECT entry FROM journal WHERE subject = $1 ORDER BY seq DESC LIMIT 400")
                .bind(subject)
                .fetch_all(&self.0.backend.reader)
                .await?;
        for row in &rows {
            let entry = serde_json::from_str::<JournalEntry>(row.try_get("entry")?);
            if entry.is_ok_and(|entry| {
                entry.what.as_str() == "opened"
                    && entry.who == *who
                    && entry.version.as_ref() == Some(version)
            }) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Up to `most` lines after a number, oldest first.
    pub async fn journal_after(&self, number: u64, most: u32) -> Result<Vec<StoredLine>, Error> {
        let rows =
            query("SELECT seq, entry, hash FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(i64::try_from(number).unwrap_or(i64::MAX))
                .bind(most)
                .fetch_all(&self.0.backend.reader)
                .await?;
        rows.iter().map(stored).collect()
    }

    /// All lines as (text, hash), oldest first.
    pub async fn journal_lines(&self) -> Result<Vec<(String, String)>, Error> {
        let lines = self.journal_after(0, u32::MAX).await?;
        Ok(lines.into_iter().map(|line| (line.text, line.hash)).collect())
    }

    /// The lines with these numbers, as far as there are any.
    pub async fn journal_at(&self, numbers: &[u64]) -> Result<Vec<StoredLine>, Error> {
        let mut lines = Vec::new();
        for number in numbers {
            let row = query("SELECT seq, entry, hash FROM journal WHERE seq = $1")
                .bind(i64::try_from(*number).unwrap_or(i64::MAX))
                .fetch_optional(&self.0.backend.reader)
                .await?;
            lines.extend(row.as_ref().map(stored).transpose()?);
        }
        Ok(lines)
    }

    /// The lines that name an action, oldest first.
    pub async fn journal_of(&self, action: &ActionId) -> Result<Vec<StoredLine>, Error> {
        let rows = query("SELECT seq, entry, hash FROM journal WHERE action = $1 ORDER BY seq")
            .bind(action.as_str())
            .fetch_all(&self.0.backend.reader)
            .await?;
        rows.iter().map(stored).collect()
    }

    /// The decision that was made last about an object, by its id.
    pub async fn latest_decision(&self, subject: &str) -> Result<Option<ActionId>, Error> {
        let rows = query(
            "SELECT entry FROM journal WHERE subject = $1 AND action IS NOT NULL ORDER BY seq DESC",
        )
        .bind(subject)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut any = None;
        for row in &rows {
            let Ok(entry) = serde_json::from_str::<JournalEntry>(row.try_get("entry")?) else {
                continue;
            };
            if entry.tells_of_a_decision() {
                return Ok(entry.action);
            }
            any = any.or(entry.action);
        }
        Ok(any)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        clock::Clock,
        journal::{Flaw, Proof, Wrong},
    };

    async fn verified(store: &Store) -> Result<Proof, Flaw> {
        let lines = store.journal_lines().await.unwrap();
        journal::verify(lines.iter().map(|(line, hash)| (line.as_str(), hash.as_str())))
    }

    #[tokio::test]
    async fn lines_cannot_be_changed_unnoticed() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::manual("2026-03-02T10:00:00Z".parse().unwrap());
        let store = Store::open(&dir.path().join("store.db"), clock.clone()).await.unwrap();
        for what in ["decided", "done", "revealed"] {
            let entry = JournalEntry::new(clock.now(), &Text::new("jane"), what);
            store.journal(entry).await.unwrap();
        }
        let proof = verified(&store).await.unwrap();
        assert_eq!(proof.lines, 4, "one says that it begins");
        assert!(proof.name.is_some());

        let writer = &store.0.backend.writer;
        for sql in ["UPDATE journal SET entry = 'x'", "DELETE FROM journal"] {
            let refused = query(sql).execute(writer).await.unwrap_err();
            assert!(refused.to_string().contains("append-only"), "{refused}");
        }
        query("DROP TRIGGER journal_is_append_only").execute(writer).await.unwrap();
        query("UPDATE journal SET entry = replace(entry, 'jane', 'joan') WHERE seq = 2")
            .execute(writer)
            .await
            .unwrap();
        assert_eq!(verified(&store).await, Err(Flaw { line: 2, wrong: Wrong::Changed }));
    }

    #[tokio::test]
    async fn a_journal_of_an_older_version_goes_on_and_stays_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        let clock = Clock::manual("2026-03-02T10:00:00Z".parse().unwrap());
        let store = Store::open(&path, clock.clone()).await.unwrap();
        let old = r#"{"at":"2026-03-02T10:00:00Z","who":"jane","what":"decided","subject":{"Inquiry":"inq_1"},"action":"a1","detail":"approve on needs_review as of unknown"}"#;
        let writer = &store.0.backend.writer;
        let as_it_was = [
            "DROP INDEX journal_action",
            "DROP INDEX journal_subject",
            "ALTER TABLE journal DROP COLUMN action",
            "ALTER TABLE journal DROP COLUMN subject",
            "DROP TABLE journal_end",
            "DROP TABLE decision_record",
            "DELETE FROM _sqlx_migrations WHERE version = 5",
        ];
        for sql in as_it_was {
            query(sql).execute(writer).await.unwrap();
        }
        query("INSERT INTO journal (entry, hash) VALUES ($1, $2)")
            .bind(old)
            .bind(journal::link(journal::ROOT, old))
            .execute(writer)
            .await
            .unwrap();
        drop(store);
        let store = Store::open(&path, clock.clone()).await.unwrap();
        let entry = JournalEntry::new(clock.now(), &Text::new("jane"), "revealed");
        store.journal(entry).await.unwrap();
        assert_eq!(verified(&store).await.unwrap().lines, 3);
        let found = store.latest_decision("inq_1").await.unwrap();
        assert_eq!(found, Some(ActionId::new("a1").unwrap()), "old lines are found");
    }
}
