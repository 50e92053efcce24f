//! A whole store carried over into another one: from a user's own file into a team's database, and
//! back. What one derives from its rows (the tally, deadlines, what searches find) the other does too.

use sha2::{Digest, Sha256};
use sqlx::AssertSqlSafe;

use super::{
    Error, Store,
    db::{Row, Tx, Value, places, query},
    seal::Kept,
};
use crate::{
    journal::Proof,
    model::{Exported, JournalEntry, Text},
};

/// A table: its name, how many of its columns tell one row from another, and all that are written.
/// `:n` is a number, `:k` a personal column, `:b` bytes; all others are text.
struct Table(&'static str, usize, &'static str);

/// In an order in which no row drops another: what was redacted is known before what is marked.
const TABLES: [Table; 24] = [
    Table("cursor", 1, "name value"),
    Table("tombstone", 2, "kind id redacted_at:n"),
    Table("event", 1, "id seen_at:n"),
    Table("account", 1, "id created_at:n updated_at:n status type_name body:k purged_at:n"),
    Table(
        "review_case",
        1,
        "id status template resolved:n resolution sla_expires_at:n created_at:n updated_at:n queue \
         assignee search body:k purged_at:n",
    ),
    Table("case_account", 2, "case_id account_id"),
    Table("case_inquiry", 2, "case_id inquiry_id"),
    Table(
        "inquiry",
        1,
        "id status created_at:n updated_at:n waiting_since:n account_id template search body:k \
         fetched_at:n hydrated_at:n hydrated_version:n kinds failed:n signals:n unproven:n passed:n \
         purged_at:n",
    ),
    Table("verification", 1, "id inquiry_id position:n body:k"),
    Table("exhibit", 1, "id owner position:n body:k"),
    Table("relation_list", 2, "source key fetched_at:n more:n stale:n"),
    Table("relation", 3, "source key position:n kind target status"),
    Table("relation_key", 2, "account_type key"),
    Table("account_type", 1, "id asked_at:n"),
    Table("shared_key", 1, "id body:k"),
    Table("shared", 4, "owner part kind mark:b account"),
    Table(
        "action",
        1,
        "id subject_kind subject_id verb:k evidence reason_code comment:k reviewer decided_at:n state \
         due_at:n reason:k key key_sent_at:n attempts:n must_read:n owner lease_until:n \
         acknowledged:n after_id proposed_with confirmed_by bulk answer_to_owner:n submitter",
    ),
    Table("decision_record", 1, "action body"),
    Table("journal", 1, "seq:n entry hash action subject"),
    Table("journal_end", 1, "one:n name lines:n hash"),
    Table("mismatch", 4, "kind path expected found first_seen:n last_seen:n times:n"),
    Table("saved_view", 1, "id body:k"),
    Table("marked", 3, "reviewer kind id"),
    Table("snoozed", 1, "id reviewer kind object since:n until:n awaits woken note:k"),
];

/// Rows that are read, and written, in one go: on a server what counts them works once for each.
const PAGE: u64 = 500;

/// What was carried over, and is the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    pub rows: u64,
    pub journal: Proof,
}

/// A table of two stores.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Compared {
    pub table: &'static str,
    /// Of the one and of the other.
    pub rows: (u64, u64),
    pub same: bool,
}

struct Column {
    name: &'static str,
    kind: char,
}

impl Table {
    fn columns(&self) -> Vec<Column> {
        let column = |word: &'static str| match word.split_once(':') {
            Some((name, kind)) => Column { name, kind: kind.chars().next().unwrap_or('t') },
            None => Column { name: word, kind: 't' },
        };
        self.2.split_whitespace().map(column).collect()
    }

    fn names(&self) -> String {
        self.columns().iter().map(|column| column.name).collect::<Vec<_>>().join(", ")
    }

    /// The next rows after this one, or the first, in the order of what tells them apart.
    async fn page(&self, view: &mut Tx, after: Option<&Row>) -> Result<Vec<Row>, Error> {
        let columns = self.columns();
        let key: Vec<&str> = columns.iter().take(self.1).map(|column| column.name).collect();
        let key = key.join(", ");
        let beyond = match after {
            None => String::new(),
            Some(_) => format!("WHERE ({key}) > {}", places(1, self.1)),
        };
        let sql =
            format!("SELECT {} FROM {} {beyond} ORDER BY {key} LIMIT {PAGE}", self.names(), self.0);
        let mut page = query(AssertSqlSafe(sql));
        if let Some(row) = after {
            for (nth, column) in columns.iter().enumerate().take(self.1) {
                page = page.bind(value(row, nth, column.kind)?);
            }
        }
        Ok(page.fetch_all(view).await?)
    }
}

impl Store {
    /// Writes all of this store into an empty one, compares both, and tells their journals' end.
    ///
    /// # Errors
    /// If somebody has either of them open, decisions are on their way, the other one is not empty, or
    /// either cannot be used: then the other one is empty still.
    pub async fn carry_into(&self, other: &Self, who: &Text) -> Result<Carried, Error> {
        self.is_left_alone().await?;
        if other.is_in_use().await? {
            return Err(Error::Unfit {
                what: "a console or a receiver has the store open that is to take the copy: leave all of them first; on a server one that was killed counts for nine seconds more",
            });
        }
        if self.is_anything_open().await? {
            return Err(Error::Unfit {
                what: "decisions are on their way or proposed, and both stores would send them: wait until they are done, or take them back",
            });
        }
        let journal = self.prove(None).await?.map_err(|_| Error::Unfit {
            what: "the journal is broken: caseload journal verify says where",
        })?;
        let mut view = self.0.backend.reader.begin().await?;
        let mut tx = other.0.backend.begin().await?;
        for table in &TABLES {
            let own = matches!(table.0, "cursor" | "journal_end");
            if !own && !table.page(&mut tx, None).await?.is_empty() {
                return Err(Error::Unfit {
                    what: "there is something in the other store already: only an empty one takes all",
                });
            }
        }
        query("DELETE FROM journal_end").execute(&mut tx).await?;
        let mut rows = 0;
        for table in &TABLES {
            rows += carry(table, &mut view, &mut tx).await?;
        }
        let differs = compare(&mut view, &mut tx).await?.into_iter().find(|table| !table.same);
        if let Some(Compared { table, .. }) = differs {
            return Err(Error::Database(format!(
                "{table} is not the same in both: nothing was kept"
            )));
        }
        let line = JournalEntry::new(self.0.clock.now(), who, "carried over");
        let export = Some(Exported::of("copy", journal.lines, &journal.head));
        other.scribe().append(&mut tx, JournalEntry { export, ..line }).await?;
        // Whoever came meanwhile may have decided something that is not in the copy.
        self.is_left_alone().await?;
        tx.commit().await?;
        Ok(Carried { rows, journal })
    }

    /// Holds two stores against each other, table by table, each as of one moment. Of the journals,
    /// one may go on where the other ends.
    ///
    /// # Errors
    /// If one of them cannot be read.
    pub async fn compare(&self, other: &Self) -> Result<Vec<Compared>, Error> {
        let mut one = self.0.backend.reader.begin().await?;
        let mut two = other.0.backend.reader.begin().await?;
        let mut compared = compare(&mut one, &mut two).await?;
        compared.retain(|table| table.table != "journal_end");
        for table in TABLES.iter().filter(|table| table.0 == "journal") {
            for known in compared.iter_mut().filter(|known| known.table == table.0) {
                let common = known.rows.0.min(known.rows.1);
                known.same = digest(table, &mut one, common).await?
                    == digest(table, &mut two, common).await?;
            }
        }
        Ok(compared)
    }

    async fn is_left_alone(&self) -> Result<(), Error> {
        match self.is_in_use().await? {
            true => Err(Error::Unfit {
                what: "a console or a receiver has the store open that is to be copied: leave all of them first; on a server one that was killed counts for nine seconds more",
            }),
            false => Ok(()),
        }
    }

    async fn is_anything_open(&self) -> Result<bool, Error> {
        let sql = "SELECT 1 FROM action
            WHERE state IN ('proposed', 'held', 'sending', 'waiting') LIMIT 1";
        Ok(query(sql).fetch_optional(&self.0.backend.reader).await?.is_some())
    }
}

async fn carry(table: &Table, from: &mut Tx, to: &mut Tx) -> Result<u64, Error> {
    let columns = table.columns();
    let known = match table.0 {
        // Whether it is sealed stands there already.
        "cursor" => " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        _ => "",
    };
    let into = format!("INSERT INTO {} ({})", table.0, table.names());
    let (mut carried, mut page) = (0, table.page(from, None).await?);
    while let Some(last) = page.last() {
        let places = places(page.len(), columns.len());
        let mut insert = query(AssertSqlSafe(format!("{into} VALUES {places}{known}")));
        for row in &page {
            for (nth, column) in columns.iter().enumerate() {
                insert = insert.bind(value(row, nth, column.kind)?);
            }
        }
        insert.execute(&mut *to).await?;
        carried += page.len() as u64;
        page = table.page(from, Some(last)).await?;
    }
    Ok(carried)
}

fn value(row: &Row, nth: usize, kind: char) -> Result<Value, Error> {
    Ok(match kind {
        'n' => Value::Number(row.try_get(nth)?),
        'b' => Value::Bytes(row.try_get(nth)?),
        'k' => Value::Kept(row.try_get(nth)?),
        _ => Value::Text(row.try_get(nth)?),
    })
}

async fn compare(one: &mut Tx, two: &mut Tx) -> Result<Vec<Compared>, Error> {
    let mut compared = Vec::new();
    for table in &TABLES {
        let (mine, theirs) =
            (digest(table, one, u64::MAX).await?, digest(table, two, u64::MAX).await?);
        compared.push(Compared { table: table.0, rows: (mine.0, theirs.0), same: mine == theirs });
    }
    Ok(compared)
}

/// How many rows, and a hash of all of them in whatever order; of the first `most`.
async fn digest(table: &Table, view: &mut Tx, most: u64) -> Result<(u64, [u8; 32]), Error> {
    let columns = table.columns();
    let (mut rows, mut all) = (0, [0; 32]);
    let mut page = table.page(view, None).await?;
    loop {
        page.truncate(usize::try_from(most - rows).unwrap_or(usize::MAX));
        let Some(last) = page.last() else { return Ok((rows, all)) };
        for row in &page {
            let mut hash = Sha256::new();
            for (nth, column) in columns.iter().enumerate() {
                match value(row, nth, column.kind)? {
                    Value::Number(Some(number)) => part(&mut hash, &number.to_be_bytes()),
                    Value::Text(Some(text)) => part(&mut hash, text.as_bytes()),
                    Value::Bytes(Some(bytes)) | Value::Kept(Some(Kept::Sealed(bytes))) => {
                        part(&mut hash, &bytes);
                    }
                    Value::Kept(Some(Kept::Clear(text))) => part(&mut hash, text.as_bytes()),
                    _ => hash.update([0]),
                }
            }
            for (all, one) in all.iter_mut().zip(hash.finalize()) {
                *all ^= one;
            }
        }
        rows += page.len() as u64;
        page = table.page(view, Some(last)).await?;
    }
}

/// With its length, so that no two rows are written alike.
fn part(hash: &mut Sha256, bytes: &[u8]) {
    hash.update([1]);
    hash.update((bytes.len() as u64).to_be_bytes());
    hash.update(bytes);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn every_column_that_is_written_is_carried_over() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
        let reader = &store.0.backend.reader;
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table'
            AND name NOT LIKE 'tally%' AND name NOT LIKE 'inquiry_grams%' AND name NOT LIKE '\\_%' ESCAPE '\\'
            ORDER BY name";
        let mut found = Vec::new();
        for row in query(sql).fetch_all(reader).await.unwrap() {
            let table: String = row.try_get(0).unwrap();
            // Generated ones are not among them; `due` is kept by triggers.
            let sql = format!("SELECT name FROM pragma_table_info('{table}') WHERE name <> 'due'");
            for row in query(AssertSqlSafe(sql)).fetch_all(reader).await.unwrap() {
                found.push(format!("{table}.{}", row.try_get::<String, _>(0).unwrap()));
            }
        }
        let carried = TABLES.iter().flat_map(|table| {
            table.columns().into_iter().map(|column| format!("{}.{}", table.0, column.name))
        });
        let mut carried: Vec<String> = carried.collect();
        found.sort();
        carried.sort();
        assert_eq!(found, carried);
    }
}
