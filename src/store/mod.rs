//! The normalised local copy, and the only database code.
//!
//! The console reads from here alone and asks for windows of rows. Whoever writes does it in one
//! transaction; its commit tells everybody through [`Changes`].

mod action_row;
mod actions;
mod backend;
mod backup;
mod batch;
mod changes;
mod conditions;
mod copy;
mod cursor;
mod db;
mod deed;
mod depth;
mod duty;
mod entities;
mod exhibits;
mod figures;
mod forgotten;
mod history;
mod hydrated;
mod ids;
mod ingest;
mod inquiries;
mod inspect;
mod journal;
mod judged;
mod judgements;
mod known;
mod lease;
mod listing;
mod looking;
mod marked;
mod marks;
mod mismatches;
mod newer;
mod outbox_look;
mod proof;
mod proposal;
mod purge;
mod reach;
mod relation_keys;
mod relations;
mod reseal;
mod restore;
mod results;
mod seal;
mod sealed;
mod search;
mod seen;
mod sends;
mod server;
mod shared;
mod snoozed;
mod spool;
mod standing;
mod stopped;
mod tally;
mod together;
mod told;
mod tombstone;
mod undo;
mod unfinished;
mod views;
mod window;
mod workers;
mod worklist;

use std::sync::Arc;

use sqlx::postgres::PgDatabaseError;
use tokio::sync::broadcast;

pub use self::{
    action_row::Pending,
    actions::{Claim, LEASE, SubmitError},
    backup::{Copied, sha256_of},
    changes::Changes,
    copy::{Carried, Compared},
    deed::{Deed, Outcome, Spoken},
    depth::Depth,
    duty::{Duty, OnDuty, Standby, Watch, on_duty},
    entities::{CaseFile, InquiryFile, KnownStatus},
    figures::Figures,
    history::Person,
    ingest::Ingested,
    inspect::{Inspection, OutboxLook, free_bytes, inspect},
    journal::{KeyEnds, StoredLine, program},
    listing::{AccountFilter, CaseFilter, InquiryFilter, ListedCase, ListedInquiry},
    looking::Look,
    marked::{Ids, MOST_MARKED, Marked, MarkedCase, MarkedInquiry},
    mismatches::{KnownMismatches, MOST_MISMATCHES},
    proof::{lacks_its_log, prove},
    proposal::Confirmed,
    purge::{Dropped, Whose},
    reach::Away,
    relations::{KeptRelation, KeptRelations, LatestInquiry},
    reseal::{Goal, Reseal, Resealed},
    restore::{Restore, Restored},
    sealed::{Rows as SealedRows, State as SealState},
    sends::Sends,
    server::{Place, Schema, Server, knock},
    shared::Signal,
    snoozed::{Back, PutOff, Snoozes},
    spool::kept_beside,
    standing::Standing,
    undo::Undone,
    workers::Present,
    worklist::{CaseRow, CaseView, Glance, InquiryRow, InquiryView, Rows, Scope, Total, Window},
};
use crate::clock::Clock;

/// A handle; clones share the file, or the connections to the server.
#[derive(Clone)]
pub struct Store(Arc<Inner>);

struct Inner {
    /// The file. Where there is a server, there is none of this name: what one console keeps for
    /// itself lies beside it.
    path: std::path::PathBuf,
    /// Device and number of the file that was opened.
    file: Option<(u64, u64)>,
    server: Option<server::Connected>,
    backend: backend::Backend,
    /// Personal columns are written and read through it alone.
    seal: seal::Seal,
    changes: broadcast::Sender<Changes>,
    clock: Clock,
    key_ends: std::sync::OnceLock<KeyEnds>,
    /// What moves when another process writes, as it was last seen.
    seen_version: Arc<std::sync::atomic::AtomicI64>,
    /// When the log had been written at the last two looks whether another process wrote.
    looks_across: std::sync::Mutex<[Option<std::time::SystemTime>; 2]>,
    /// What other processes' reviewers had open at the last look.
    seen_looks: std::sync::Mutex<Vec<Look>>,
}

/// What went wrong with the local copy, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the folder {path} cannot be used for the local copy: {why}")]
    Folder { path: String, why: std::io::Error },
    #[error(
        "the local copy {path} was written by a newer caseload: use that version, or another store.dir"
    )]
    Newer { path: String },
    #[error("the local copy {path} was moved away or replaced: nothing was recorded; start again")]
    Gone { path: String },
    #[error(
        "the local copy {path} is sealed with a field key, and none is configured: set store.field_key_file or CASELOAD_FIELD_KEY"
    )]
    Sealed { path: String },
    #[error(
        "the local copy {path} is sealed with another field key: configure the one it was sealed with, or another store.dir"
    )]
    OtherKey { path: String },
    #[error(
        "the local copy {path} is not sealed, and a field key is configured: run caseload store seal once, or take the key away"
    )]
    NotSealed { path: String },
    #[error(
        "sealing or unsealing the local copy {path} was interrupted, and nothing is lost: run caseload store {command} to finish it"
    )]
    HalfSealed { path: String, command: &'static str },
    #[error("the local copy {path} is open in another caseload: leave it there first")]
    InUse { path: String },
    #[error("the disk needs {needed} MB of room for this: nothing was changed")]
    NoRoom { needed: u64 },
    #[error("{path} is no copy that can be put in place: {why}")]
    NoCopy { path: String, why: String },
    #[error("the disk is full: nothing was recorded; make room and try again")]
    Full,
    #[error(
        "the disk cannot be read or written ({0}): nothing was recorded; look after it and try again"
    )]
    Disk(String),
    #[error("the local copy is held by another program: nothing was recorded; try again")]
    Locked,
    #[error(
        "the local copy holds something unreadable ({0}); move the file away to fetch all of it again"
    )]
    Damaged(String),
    #[error("the local copy failed: {0}")]
    Database(String),
    #[error(
        "the shared database does not answer ({0}): nothing was recorded; try again when it does"
    )]
    Away(String),
    #[error("the shared database cannot be used: {0}")]
    Server(String),
    #[error("the store is a shared database, so {what}")]
    Shared { what: &'static str },
    #[error("nothing was copied: {what}")]
    Unfit { what: &'static str },
}

impl Error {
    /// In words for whoever only looked: there was nothing to record.
    pub fn when_looking(&self) -> String {
        match self {
            Self::Away(why) => {
                format!(
                    "the shared database does not answer ({why}); it is read again when it does"
                )
            }
            Self::Locked => "the local copy is held by another program; try again".to_owned(),
            why => why.to_string(),
        }
    }
}

impl From<sqlx::Error> for Error {
    fn from(why: sqlx::Error) -> Self {
        let known = why.as_database_error();
        if let Some(told) = known.and_then(|known| known.try_downcast_ref::<PgDatabaseError>()) {
            return server::error(told);
        }
        match why {
            sqlx::Error::PoolTimedOut => return Self::Away("no connection".to_owned()),
            sqlx::Error::Io(_) | sqlx::Error::Tls(_) => return Self::Away(why.to_string()),
            _ => {}
        }
        let code = known.and_then(|known| known.code()).unwrap_or_default();
        // The low byte of an extended result code is the primary one.
        match code.parse::<u32>().map(|code| code & 0xff) {
            Ok(13) => Self::Full,
            Ok(10) => Self::Disk(why.to_string()),
            Ok(5 | 6) => Self::Locked,
            Ok(11 | 26) => Self::Damaged(why.to_string()),
            _ => Self::Database(why.to_string()),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(why: serde_json::Error) -> Self {
        Self::Damaged(why.to_string())
    }
}

impl From<crate::model::id::InvalidId> for Error {
    fn from(why: crate::model::id::InvalidId) -> Self {
        Self::Damaged(why.to_string())
    }
}

impl Store {
    /// Told of every commit of this process, and of others' when [`Store::watch_others`] looks.
    pub fn changes(&self) -> broadcast::Receiver<Changes> {
        self.0.changes.subscribe()
    }

    /// Lets go of the file: every connection is closed when this returns.
    pub async fn close(self) {
        self.0.backend.reader.close().await;
        self.0.backend.writer.close().await;
    }

    /// Tells of a commit, after what it dropped is gone from the disk too.
    async fn committed(&self, changes: Changes) {
        if changes.dropped
            && let Err(why) = self.leave_no_trace().await
        {
            tracing::warn!(%why, "what was dropped is in the log of the local copy for a while");
        }
        self.tell(changes);
    }

    fn tell(&self, changes: Changes) {
        if changes.any() {
            // Nobody listening is fine.
            let _ = self.0.changes.send(changes);
        }
    }
}
