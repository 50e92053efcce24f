//! The journal proved from outside: read only, in one view of the store, beside a running console.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use futures::TryStreamExt;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    Error, Store,
    cursor::ENVIRONMENT,
    db::{On, Row, query},
    journal::stored,
};
use crate::{
    journal::{Chain, End, Flaw, Proof},
    model::Text,
};

/// Since then a store records where its journal ends.
const RECORDS_THE_END: i64 = 5;

/// Proves all lines of a store's journal, or finds the first that is not as it was written.
/// `noted`: a head that was written down elsewhere. None if there is no store.
///
/// # Errors
/// If the store is there and cannot be read.
pub async fn prove(path: &Path, noted: Option<&str>) -> Result<Option<Result<Proof, Flaw>>, Error> {
    match path.metadata() {
        Ok(_) => {}
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(Error::Folder { path: path.display().to_string(), why }),
    }
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut db = SqliteConnection::connect_with(&options).await?;
    let mut view = db.begin().await?;
    let table = sqlx::query("SELECT 1 FROM sqlite_master WHERE name = 'journal'");
    if table.fetch_optional(&mut *view).await?.is_none() {
        let nothing =
            "there is no journal in it; a copy has to be made together with its -wal file";
        return Err(Error::Database(nothing.to_owned()));
    }
    let version = sqlx::query("SELECT 1 FROM _sqlx_migrations WHERE version = $1")
        .bind(RECORDS_THE_END)
        .fetch_optional(&mut *view)
        .await?;
    let end = match version {
        Some(_) => Some(end(&mut *view).await?),
        None => None,
    };
    let mut chain = noted.map_or_else(Chain::default, Chain::noted);
    let mut lines =
        sqlx::query("SELECT seq, entry, hash FROM journal ORDER BY seq").fetch(&mut *view);
    while let Some(row) = lines.try_next().await? {
        let line = stored(&Row::File(row))?;
        chain.take(line.number, &line.text, &line.hash);
    }
    drop(lines);
    view.rollback().await?;
    db.close().await?;
    Ok(Some(chain.prove(end.as_ref())))
}

/// Whether a file is as a store in use leaves it, without the log that belongs to it: what was written last
/// may be there only. A store that nobody has open has none either.
pub fn lacks_its_log(path: &Path) -> bool {
    /// Where SQLite's header says that there is a log, and what it says then.
    const KEEPS_A_LOG: (usize, [u8; 2]) = (18, [2, 2]);
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    let mut header = [0; 20];
    let read = File::open(path).and_then(|mut file| file.read_exact(&mut header));
    let (at, says) = KEEPS_A_LOG;
    read.is_ok() && header[at..] == says && !Path::new(&log).exists()
}

/// Lines of a server are read so many at a time.
const PAGE: i64 = 1_000;

impl Store {
    /// The same for a store that is open, wherever it is.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn prove(&self, noted: Option<&str>) -> Result<Result<Proof, Flaw>, Error> {
        let mut view = self.0.backend.reader.begin().await?;
        let end = end(&mut view).await?;
        let mut chain = noted.map_or_else(Chain::default, Chain::noted);
        let mut after = 0;
        loop {
            let page =
                query("SELECT seq, entry, hash FROM journal WHERE seq > $1 ORDER BY seq LIMIT $2")
                    .bind(after)
                    .bind(PAGE)
                    .fetch_all(&mut view)
                    .await?;
            let Some(last) = page.last() else { break };
            after = last.try_get("seq")?;
            for row in &page {
                let line = stored(row)?;
                chain.take(line.number, &line.text, &line.hash);
            }
        }
        Ok(chain.prove(Some(&end)))
    }
}

async fn end(view: impl On) -> Result<End, Error> {
    let row = query(
        "SELECT name, lines, hash, (SELECT value FROM cursor WHERE name = $1) AS environment
         FROM journal_end",
    )
    .bind(ENVIRONMENT)
    .fetch_optional(view)
    .await?;
    let gone = "the record of where the journal ends is gone";
    let row = row.ok_or_else(|| Error::Database(gone.to_owned()))?;
    Ok(End {
        name: row.try_get::<Option<String>, _>("name")?.map(Text::from),
        lines: row.try_get::<i64, _>("lines")?.unsigned_abs(),
        hash: row.try_get("hash")?,
        environment: row.try_get::<Option<String>, _>("environment")?.map(Text::from),
    })
}
