//! A look at the local copy from outside: read only, whatever its version, without making it.

use std::{
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
};

use jiff::Timestamp;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    Error, Store,
    backend::NEWEST_VERSION,
    db::{On, Row, query},
    mismatches::mismatch,
    sealed::{self, Rows, State},
    worklist::instant,
};
use crate::model::{Mismatch, Text};

/// What is there, and what is in it.
#[derive(Debug, Clone, PartialEq)]
pub struct Inspection {
    pub bytes: u64,
    /// Of the file and of its folder, `0o600` and `0o700` where all is well.
    pub modes: (u32, u32),
    pub version: i64,
    /// What this program brings a store to.
    pub newest_version: i64,
    /// Whose data it is.
    pub environment: Option<Text>,
    pub seal: State,
    /// Whether there is anything to be sealed.
    pub rows: Rows,
    pub inquiries: u64,
    pub outbox: OutboxLook,
    /// How many shapes, and those that came last.
    pub mismatches: (u64, Vec<Mismatch>),
}

/// Decisions that have not reached Persona.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OutboxLook {
    /// Held, on the way or waiting.
    pub open: u64,
    pub oldest: Option<Timestamp>,
    /// Refused or stopped, and not read by anybody yet.
    pub not_done: u64,
    /// They wait for a second person.
    pub proposed: u64,
}

/// How many mismatches are told.
const TOLD: i64 = 5;

/// None if there is no store yet.
///
/// # Errors
/// If it is there and cannot be read.
pub async fn inspect(path: &Path) -> Result<Option<Inspection>, Error> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let unusable = |why| Error::Folder { path: folder.display().to_string(), why };
    let file = match fs::metadata(path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(unusable(why)),
    };
    let log = fs::metadata(path.with_extension("db-wal")).map_or(0, |log| log.size());
    let mode = |of: &fs::Metadata| of.permissions().mode() & 0o777;
    let modes = (mode(&file), mode(&fs::metadata(folder).map_err(unusable)?));
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut db = SqliteConnection::connect_with(&options).await?;
    let version = one(&mut db, "SELECT max(version) FROM _sqlx_migrations", |row| {
        Ok(row.try_get::<Option<i64>, _>(0)?.unwrap_or(0))
    })
    .await?;
    let environment = query("SELECT value FROM cursor WHERE name = 'environment'")
        .fetch_optional(&mut db)
        .await?;
    let environment = environment.map(|row| row.try_get::<String, _>(0)).transpose()?;
    let seal = sealed::state(&mut db).await?;
    let rows = sealed::rows(&mut db).await?;
    let inquiries = one(&mut db, "SELECT count(*) FROM inquiry", count).await?;
    let outbox = outbox(&mut db).await?;
    let mismatches = if version >= 3 { mismatches(&mut db).await? } else { (0, Vec::new()) };
    db.close().await?;
    Ok(Some(Inspection {
        bytes: file.size() + log,
        modes,
        version,
        newest_version: NEWEST_VERSION,
        environment: environment.map(Text::from),
        seal,
        rows,
        inquiries,
        outbox,
        mismatches,
    }))
}

/// Bytes that this user can still write where `path` is, or would be.
///
/// # Errors
/// If no folder of the path is there, or its disk cannot be asked.
pub fn free_bytes(path: &Path) -> io::Result<u64> {
    let there = path.ancestors().find(|folder| folder.exists());
    let there = there.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
    let disk = rustix::fs::statvfs(there)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

impl Store {
    /// What is on its way in an open store.
    ///
    /// # Errors
    /// If it cannot be read.
    pub async fn outbox_look(&self) -> Result<OutboxLook, Error> {
        outbox(&self.0.backend.reader).await
    }
}

async fn outbox(db: impl On) -> Result<OutboxLook, Error> {
    let sql = "SELECT count(*) FILTER (WHERE state IN ('held', 'sending', 'waiting')),
                   min(decided_at) FILTER (WHERE state IN ('held', 'sending', 'waiting')),
                   count(*) FILTER (WHERE state IN ('rejected', 'stopped') AND acknowledged = 0),
                   count(*) FILTER (WHERE state = 'proposed')
               FROM action";
    one(db, sql, |row| {
        let number =
            |at: usize| Ok::<_, Error>(u64::try_from(row.try_get::<i64, _>(at)?).unwrap_or(0));
        Ok(OutboxLook {
            open: number(0)?,
            oldest: instant(row.try_get(1)?),
            not_done: number(2)?,
            proposed: number(3)?,
        })
    })
    .await
}

async fn mismatches(db: &mut SqliteConnection) -> Result<(u64, Vec<Mismatch>), Error> {
    let all = one(&mut *db, "SELECT count(*) FROM mismatch", count).await?;
    let newest = query(
        "SELECT kind, path, expected, found, first_seen, last_seen, times FROM mismatch
         ORDER BY last_seen DESC, rowid LIMIT $1",
    )
    .bind(TOLD)
    .fetch_all(db)
    .await?;
    Ok((all, newest.iter().map(mismatch).collect::<Result<_, _>>()?))
}

async fn one<T>(
    db: impl On,
    sql: &'static str,
    read: impl FnOnce(&Row) -> Result<T, Error>,
) -> Result<T, Error> {
    read(&query(sql).fetch_one(db).await?)
}

fn count(row: &Row) -> Result<u64, Error> {
    Ok(u64::try_from(row.try_get::<i64, _>(0)?).unwrap_or(0))
}
