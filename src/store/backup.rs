//! A copy of the whole store in a file of its own, taken while others work, and proved.

use std::{
    fs::File,
    io::{self, Read},
    path::Path,
};

use sha2::{Digest, Sha256};
use sqlx::{
    Connection, Row, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use super::{
    Error, Store,
    proof::prove,
    sealed::{self, State},
};
use crate::journal::Proof;

/// What is in a copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    pub journal: Proof,
    pub seal: State,
    pub inquiries: u64,
    pub cases: u64,
    pub accounts: u64,
    /// Decisions that had not reached Persona.
    pub open: u64,
}

impl Store {
    /// Copies all of it as of one moment into a file that is there, private and empty.
    ///
    /// # Errors
    /// If it cannot be written, or the copy does not stand its proof: then it is worth nothing.
    pub async fn copy_into(&self, file: &Path) -> Result<Copied, Error> {
        if self.0.server.is_some() {
            return Err(Error::Shared { what: "pg_dump makes its backups" });
        }
        let source = SqliteConnectOptions::new().filename(&self.0.path).read_only(true);
        let mut db = SqliteConnection::connect_with(&source).await?;
        let name = file.to_str().ok_or_else(|| unfit(file, "its name is not UTF-8"))?;
        sqlx::query("VACUUM INTO $1").bind(name).execute(&mut db).await?;
        db.close().await?;
        index(file).await?;
        read_first(file).await?;
        examine(file).await
    }
}

/// A row may have got another number in the copy, and the index of searches goes by them.
async fn index(file: &Path) -> Result<(), Error> {
    let mut db = SqliteConnection::connect_with(&whole(file)).await?;
    let fits = "INSERT INTO inquiry_grams (inquiry_grams, rank) VALUES ('integrity-check', 1)";
    if sqlx::query(fits).execute(&mut db).await.is_err() {
        let anew = "INSERT INTO inquiry_grams (inquiry_grams) VALUES ('rebuild')";
        sqlx::query(anew).execute(&mut db).await?;
    }
    Ok(db.close().await?)
}

/// How a copy is written to: without a second file beside it, since what fails is thrown away.
fn whole(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .journal_mode(SqliteJournalMode::Memory)
        .pragma("secure_delete", "ON")
}

/// Looks at a copy from outside.
///
/// # Errors
/// If it is no store, or not as it was written.
pub async fn examine(file: &Path) -> Result<Copied, Error> {
    let proved = prove(file, None).await?.ok_or_else(|| unfit(file, "it is not there"))?;
    let journal = proved.map_err(|flaw| unfit(file, &format!("its journal is broken: {flaw}")))?;
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut db = SqliteConnection::connect_with(&options).await?;
    let row = sqlx::query("PRAGMA integrity_check(1)").fetch_one(&mut db).await?;
    let verdict: String = row.try_get(0)?;
    if verdict != "ok" {
        return Err(unfit(file, &format!("it is damaged: {verdict}")));
    }
    let row = sqlx::query(
        "SELECT (SELECT count(*) FROM inquiry), (SELECT count(*) FROM review_case),
             (SELECT count(*) FROM account),
             (SELECT count(*) FROM action WHERE state IN ('held', 'sending', 'waiting'))",
    )
    .fetch_one(&mut db)
    .await?;
    let count = |nth: usize| row.try_get::<i64, _>(nth).map(i64::unsigned_abs);
    let (inquiries, cases, accounts, open) = (count(0)?, count(1)?, count(2)?, count(3)?);
    let seal = sealed::state(&mut db).await?;
    db.close().await?;
    Ok(Copied { journal, seal, inquiries, cases, accounts, open })
}

/// What is open in a copy may have reached Persona after it was made: whoever goes on with it
/// reads the object first. It belongs to nobody any more.
pub async fn read_first(file: &Path) -> Result<(), Error> {
    let mut db = SqliteConnection::connect_with(&whole(file)).await?;
    sqlx::query(
        "UPDATE action SET must_read = 1, owner = '', lease_until = NULL,
             state = CASE state WHEN 'sending' THEN 'waiting' ELSE state END,
             due_at = CASE state WHEN 'sending' THEN decided_at ELSE due_at END
         WHERE state IN ('held', 'sending', 'waiting')",
    )
    .execute(&mut db)
    .await?;
    Ok(db.close().await?)
}

pub fn unfit(file: &Path, why: &str) -> Error {
    Error::NoCopy { path: file.display().to_string(), why: why.to_owned() }
}

/// SHA-256 of a file in lower-case hex, and how long it is.
///
/// # Errors
/// If it cannot be read.
pub fn sha256_of(file: &Path) -> io::Result<(String, u64)> {
    let mut file = File::open(file)?;
    let (mut digest, mut bytes, mut part) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        match file.read(&mut part)? {
            0 => return Ok((hex::encode(digest.finalize()), bytes)),
            read => {
                digest.update(&part[..read]);
                bytes += read as u64;
            }
        }
    }
}
