//! Sealing a store that was clear, or making a sealed one clear: every row is written again in
//! small steps. What is interrupted is gone on with; until then the store is not opened.

use std::{path::Path, time::Duration};

use sqlx::{AssertSqlSafe, SqlitePool, sqlite::SqliteLockingMode};

use super::{
    Error,
    backend::{migrator, not_migrated, options, pool},
    db::{Writer, query},
    inquiries,
    inspect::free_bytes,
    journal::Scribe,
    seal::{COLUMNS, Column, INQUIRY, Kept, Seal},
    sealed::{self, State},
    search,
    together::Tx,
    unfinished,
};
use crate::{
    clock::Clock,
    model::{Inquiry, JournalEntry, Text},
    secret::FieldKey,
};

/// How the personal columns are to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Goal {
    Sealed,
    Clear,
}

/// What is to be done, and by whom.
pub struct Reseal<'a> {
    pub path: &'a Path,
    pub key: &'a FieldKey,
    pub goal: Goal,
    pub who: &'a Text,
    pub clock: &'a Clock,
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Resealed {
    /// So many rows were written.
    Done(u64),
    AlreadySo,
}

/// Tables with personal columns.
const TABLES: [&str; 9] = [
    "inquiry",
    "verification",
    "review_case",
    "account",
    "exhibit",
    "action",
    "shared_key",
    "saved_view",
    "snoozed",
];

/// Rows in one transaction.
const AT_ONCE: usize = 500;

impl Reseal<'_> {
    /// Writes all rows; tells how many of how many were looked at.
    ///
    /// # Errors
    /// If somebody has the store open, it is sealed with another key, or it cannot be written.
    /// Whatever was written stays, and the next call goes on with the rest.
    pub async fn run(&self, told: impl Fn(u64, u64)) -> Result<Resealed, Error> {
        let db = Writer::File(alone(self.path).await?);
        let done = self.write(&db, told).await;
        db.close().await;
        done
    }

    async fn write(&self, db: &Writer, told: impl Fn(u64, u64)) -> Result<Resealed, Error> {
        if let Writer::File(pool) = db {
            migrator().run(pool).await.map_err(|why| not_migrated(why, self.path))?;
        }
        let seal = Seal::with(self.key);
        let check = seal.check().unwrap_or_default().to_owned();
        let mut tx = db.begin().await?;
        let own = match sealed::state(&mut tx).await? {
            State::Clear => None,
            State::Sealed(own) | State::Sealing(own) | State::Unsealing(own) if own != check => {
                return Err(Error::OtherKey { path: self.path.display().to_string() });
            }
            state => Some(state),
        };
        match (self.goal, own) {
            (Goal::Sealed, Some(State::Sealed(_))) | (Goal::Clear, None) => {
                return Ok(Resealed::AlreadySo);
            }
            (Goal::Sealed, _) => {
                has_room(self.path)?;
                sealed::set(&mut tx, &State::Sealing(check.clone())).await?;
            }
            (Goal::Clear, _) => sealed::set(&mut tx, &State::Unsealing(check.clone())).await?,
        }
        search::suspend(&mut tx).await?;
        tx.commit().await?;
        let written = self.rows(db, &seal, told).await?;
        let target = match self.goal {
            Goal::Sealed => &seal,
            Goal::Clear => &Seal::none(),
        };
        unfinished::reseal(self.path, &seal, target)?;
        if self.goal == Goal::Sealed {
            wipe(db).await?;
        }
        let mut tx = db.begin().await?;
        let (state, what) = match self.goal {
            Goal::Sealed => (State::Sealed(check), "sealed"),
            Goal::Clear => (State::Clear, "unsealed"),
        };
        // Rows may have got other numbers, and the index goes by them.
        search::resume(&mut tx).await?;
        sealed::set(&mut tx, &state).await?;
        let line = JournalEntry::new(self.clock.now(), self.who, what);
        Scribe::default().append(&mut tx, line).await?;
        tx.commit().await?;
        query("PRAGMA wal_checkpoint(TRUNCATE)").execute(db).await?;
        Ok(Resealed::Done(written))
    }

    async fn rows(&self, db: &Writer, seal: &Seal, told: impl Fn(u64, u64)) -> Result<u64, Error> {
        let mut all = 0;
        for table in TABLES {
            let sql = format!("SELECT count(*) FROM {table}");
            let row = query(AssertSqlSafe(sql)).fetch_one(db).await?;
            all += row.try_get::<i64, _>(0)?.unsigned_abs();
        }
        let (mut seen, mut written) = (0, 0);
        for table in TABLES {
            let columns: Vec<Column> =
                COLUMNS.into_iter().filter(|column| column.table == table).collect();
            let names = columns.iter().map(|column| column.name).collect::<Vec<_>>().join(", ");
            let mut after = i64::MIN;
            loop {
                let mut tx = db.begin().await?;
                let sql = format!(
                    "SELECT rowid AS nth, id, {names} FROM {table} WHERE rowid > $1 ORDER BY rowid
                     LIMIT {AT_ONCE}"
                );
                let rows = query(AssertSqlSafe(sql)).bind(after).fetch_all(&mut tx).await?;
                let Some(last) = rows.last() else { break };
                after = last.try_get("nth")?;
                for row in &rows {
                    let id: String = row.try_get("id")?;
                    let mut moved = false;
                    for column in columns.iter().copied() {
                        let kept: Option<Kept> = row.try_get(column.name)?;
                        moved |= self.put(&mut tx, seal, (column, &id), kept).await?;
                    }
                    written += u64::from(moved);
                }
                tx.commit().await?;
                seen += rows.len() as u64;
                told(seen, all);
            }
        }
        Ok(written)
    }

    /// Writes one column, if it does not lie as it should.
    async fn put(
        &self,
        tx: &mut Tx,
        seal: &Seal,
        (column, id): (Column, &str),
        kept: Option<Kept>,
    ) -> Result<bool, Error> {
        let (text, target) = match (self.goal, kept) {
            (Goal::Sealed, Some(Kept::Clear(text))) if !text.is_empty() => (text, seal.clone()),
            (Goal::Clear, Some(kept @ Kept::Sealed(_))) => {
                (seal.open(column, id, kept)?, Seal::none())
            }
            _ => return Ok(false),
        };
        let search = match column {
            INQUIRY => {
                let inquiry: Inquiry = serde_json::from_str(&text)?;
                Some(inquiries::search(&target, &inquiry))
            }
            _ => None,
        };
        let Column { table, name } = column;
        let more = if search.is_some() { ", search = $3" } else { "" };
        let sql = format!("UPDATE {table} SET {name} = $2{more} WHERE id = $1");
        let kept = target.seal(column, id, text)?;
        let update = query(AssertSqlSafe(sql)).bind(id).bind(kept);
        let update = match search {
            Some(search) => update.bind(search),
            None => update,
        };
        update.execute(&mut *tx).await?;
        Ok(true)
    }
}

/// The store for this process alone: SQLite refuses it as long as anybody else has it open.
pub async fn alone(path: &Path) -> Result<SqlitePool, Error> {
    let options = options(path)
        .create_if_missing(false)
        .locking_mode(SqliteLockingMode::Exclusive)
        .busy_timeout(Duration::from_secs(1));
    let opened = async {
        let db = pool(1).connect_with(options).await?;
        db.begin_with("BEGIN EXCLUSIVE").await?.rollback().await?;
        Ok::<_, Error>(db)
    };
    opened.await.map_err(|why| match why {
        Error::Locked => Error::InUse { path: path.display().to_string() },
        why => why,
    })
}

/// Nothing that was clear stays in pages or in the log.
async fn wipe(db: &Writer) -> Result<(), Error> {
    for sql in ["VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"] {
        query(sql).execute(db).await?;
    }
    Ok(())
}

/// The file is written anew at the end, and lies in the log once more meanwhile.
fn has_room(path: &Path) -> Result<(), Error> {
    let failed = |why| Error::Folder { path: path.display().to_string(), why };
    let needed = 3 * path.metadata().map_err(failed)?.len();
    match free_bytes(path).map_err(failed)? < needed {
        true => Err(Error::NoRoom { needed: needed / 1_000_000 + 1 }),
        false => Ok(()),
    }
}
