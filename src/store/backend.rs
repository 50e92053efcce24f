//! The file of a single user: private modes, write-ahead log, one writer, several readers. A team's
//! database is opened by `server`.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt},
    path::Path,
    sync::{Arc, atomic::AtomicI64},
    time::Duration,
};

use sqlx::{
    SqlSafeStr,
    migrate::{MigrateError, Migration, MigrationType, Migrator},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::broadcast;

use super::{
    Error, Inner, Store,
    db::{Reader, Tx, Writer, query},
    seal::Seal,
    sealed,
};
use crate::{clock::Clock, config::private_folder, secret::FieldKey};

pub struct Backend {
    /// One connection: writers queue here and not inside the database.
    pub writer: Writer,
    pub reader: Reader,
}

/// In bytes.
const LONGEST_LOG: &str = "67108864";

/// In KiB, as SQLite takes it. Rows of a batch lie in no order, so a batch touches many pages;
/// each that does not fit is written more than once. Readers do with the usual 2 MiB, since the
/// operating system has the file's pages too.
const WRITER_CACHE: &str = "-16384";

const READERS: u32 = 3;

/// How many commits a slow listener may lag behind before it is told "anything may have moved".
pub const CHANGES_KEPT: usize = 256;

impl Store {
    /// Opens a file that is not sealed, making it and its folder private, and brings its schema up
    /// to date.
    ///
    /// # Errors
    /// If the folder or file cannot be used, or the file is sealed or from a newer version.
    pub async fn open(path: &Path, clock: Clock) -> Result<Self, Error> {
        Self::open_with(path, None, clock).await
    }

    /// The same with a field key: a new file is sealed with it from its first row on.
    ///
    /// # Errors
    /// Also if the file is not sealed, or sealed with another key.
    pub async fn open_with(
        path: &Path,
        key: Option<&FieldKey>,
        clock: Clock,
    ) -> Result<Self, Error> {
        let folder = path.parent().unwrap_or(Path::new("."));
        let unusable = |why| Error::Folder { path: folder.display().to_string(), why };
        private_folder(folder).map_err(unusable)?;
        let _alone = private_file(path).await.map_err(unusable)?;
        let options = options(path);
        // They are opened beside the writer's, since each reads the whole schema first; in a file that
        // is new when they are needed.
        let readers = pool(READERS).min_connections(READERS);
        let readers = readers.connect_lazy_with(options.clone().read_only(true));
        let writer = pool(1).connect_with(options.pragma("cache_size", WRITER_CACHE));
        let writer = writer.await?;
        migrator().run(&writer).await.map_err(|why| not_migrated(why, path))?;
        let seal = key.map_or_else(Seal::none, Seal::with);
        let writer = Writer::File(writer);
        let mut tx = writer.begin().await?;
        sealed::fit(&mut tx, &seal, path).await?;
        tx.commit().await?;
        let reader = Reader::File(readers);
        let changes = broadcast::Sender::new(CHANGES_KEPT);
        let backend = Backend { writer, reader };
        let opened = fs::metadata(path).map_err(unusable)?;
        let key_ends = std::sync::OnceLock::new();
        let seen_version = Arc::new(AtomicI64::new(backend.version().await?));
        Ok(Self(Arc::new(Inner {
            path: path.to_owned(),
            file: Some((opened.dev(), opened.ino())),
            backend,
            seal,
            changes,
            clock,
            key_ends,
            seen_version,
            looks_across: std::sync::Mutex::default(),
            seen_looks: std::sync::Mutex::default(),
            server: None,
        })))
    }
}

/// How every connection treats the file.
pub fn options(path: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        // A decision must survive a power cut.
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(5))
        // What is deleted is overwritten.
        .pragma("secure_delete", "ON")
        // A log that had to grow is cut again.
        .pragma("journal_size_limit", LONGEST_LOG)
        .foreign_keys(true)
}

pub fn not_migrated(why: MigrateError, path: &Path) -> Error {
    match why {
        MigrateError::VersionMissing(_) => Error::Newer { path: path.display().to_string() },
        MigrateError::Execute(why) | MigrateError::ExecuteMigration(why, _) => why.into(),
        why => Error::Database(why.to_string()),
    }
}

pub fn pool(connections: u32) -> SqlitePoolOptions {
    // Connections are threads of this process: neither idle nor age harms them, and all are there.
    SqlitePoolOptions::new()
        .max_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .test_before_acquire(false)
}

/// What [`Store::open`] brings a store to.
pub const NEWEST_VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Version, name and statements.
const MIGRATIONS: [(i64, &str, &str); 19] = [
    (1, "start", include_str!("../../assets/migrations/0001_start.sql")),
    (2, "newest by status", include_str!("../../assets/migrations/0002_newest_by_status.sql")),
    (3, "mismatches", include_str!("../../assets/migrations/0003_mismatches.sql")),
    (5, "journal", include_str!("../../assets/migrations/0005_journal.sql")),
    (6, "scale", include_str!("../../assets/migrations/0006_scale.sql")),
    (8, "tombstone", include_str!("../../assets/migrations/0008_tombstone.sql")),
    (9, "together", include_str!("../../assets/migrations/0009_together.sql")),
    (10, "sealed", include_str!("../../assets/migrations/0010_sealed.sql")),
    (11, "proposed", include_str!("../../assets/migrations/0011_proposed.sql")),
    (12, "events", include_str!("../../assets/migrations/0012_events.sql")),
    (13, "exhibits", include_str!("../../assets/migrations/0013_exhibits.sql")),
    (14, "relations", include_str!("../../assets/migrations/0014_relations.sql")),
    (15, "shared", include_str!("../../assets/migrations/0015_shared.sql")),
    (16, "reports", include_str!("../../assets/migrations/0016_reports.sql")),
    (17, "views", include_str!("../../assets/migrations/0017_views.sql")),
    (18, "marks", include_str!("../../assets/migrations/0018_marks.sql")),
    (19, "snoozed", include_str!("../../assets/migrations/0019_snoozed.sql")),
    (20, "decided", include_str!("../../assets/migrations/0020_decided.sql")),
    (21, "sends", include_str!("../../assets/migrations/0021_sends.sql")),
];

pub fn migrator() -> Migrator {
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.into())
}

/// Makes the file before SQLite does, so that it and its log are never readable by others; and
/// holds a lock while the schema is brought up to date, since two processes may start at once.
pub async fn private_file(path: &Path) -> io::Result<File> {
    let private = |path: &Path| {
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)
    };
    private(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600))?;
    let lock = private(&path.with_extension("migrating"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            let wait = move || lock.lock().map(|()| lock);
            tokio::task::spawn_blocking(wait).await.map_err(io::Error::other)?
        }
        Err(TryLockError::Error(why)) => Err(why),
    }
}

impl Backend {
    /// A write transaction from its first statement: it can wait, but never fail half-way.
    pub async fn begin(&self) -> Result<Tx, Error> {
        Ok(self.writer.begin().await?)
    }

    /// Moves when another process commits. Of the file, our own commits do not move it.
    pub async fn version(&self) -> Result<i64, Error> {
        let row = match &self.writer {
            Writer::File(_) => query("PRAGMA data_version").fetch_one(&self.writer).await?,
            // Looked at beside those who write.
            Writer::Server(_) => query("SELECT version FROM moved").fetch_one(&self.reader).await?,
        };
        Ok(row.try_get(0)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        journal,
        model::{JournalEntry, Text},
    };

    #[test]
    fn no_migration_is_forgotten() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/assets/migrations");
        let files = fs::read_dir(folder).unwrap().flatten();
        let files = files.filter(|file| file.path().extension().is_some_and(|ext| ext == "sql"));
        assert_eq!(files.count(), MIGRATIONS.len());
    }

    #[tokio::test]
    async fn connections_share_no_cache_and_no_count_of_memory() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
        let options = query("PRAGMA compile_options").fetch_all(&store.0.backend.writer).await;
        let options: Vec<String> =
            options.unwrap().iter().map(|option| option.try_get(0).unwrap()).collect();
        let has = |name: &str| options.iter().any(|option| option.starts_with(name));
        // As .cargo/config.toml has it built.
        assert!(has("DEFAULT_MEMSTATUS=0") && !has("ENABLE_MEMORY_MANAGEMENT"), "{options:?}");
    }

    #[tokio::test]
    async fn a_store_of_a_newer_version_is_refused_in_words() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        let store = Store::open(&path, Clock::system()).await.unwrap();
        query(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
             VALUES (99, 'of tomorrow', 1, x'00', 0)",
        )
        .execute(&store.0.backend.writer)
        .await
        .unwrap();
        drop(store);
        let refused = Store::open(&path, Clock::system()).await;
        let why = refused.err().expect("it is newer").to_string();
        assert!(why.contains("was written by a newer caseload"), "{why}");
    }

    /// As a version of old left it: so many migrations, and rows that the very first could write.
    async fn left_by(path: &Path, migrations: usize) {
        let migrate = |most: usize| {
            Migrator::with_migrations(
                MIGRATIONS[..most]
                    .iter()
                    .map(|(version, name, sql)| {
                        let (kind, sql) = (MigrationType::Simple, sql.into_sql_str());
                        Migration::new(*version, (*name).into(), kind, sql, false)
                    })
                    .collect::<Vec<_>>(),
            )
        };
        let db = pool(1).connect_with(options(path).create_if_missing(true)).await.unwrap();
        migrate(1).run(&db).await.unwrap();
        let line = r#"{"at":"2026-03-02T10:00:00Z","who":"jane","what":"decided","subject":{"Inquiry":"inq_1"},"action":"a1","detail":"approve on needs_review"}"#;
        let hash = journal::link(journal::ROOT, line);
        let writer = Writer::File(db.clone());
        for sql in [
            r#"INSERT INTO inquiry (id, status, created_at, updated_at, waiting_since, account_id, search, body, fetched_at)
                 VALUES ('inq_1', 'needs_review', 1, 2, 1, 'act_1', 'inq_1 ann', '{"id":"inq_1","status":"needs_review"}', 3)"#,
            r#"INSERT INTO review_case (id, status, resolved, created_at, updated_at, search, body)
                 VALUES ('case_1', 'Open', 0, 1, 2, 'case_1', '{"id":"case_1","status":"Open"}')"#,
            r#"INSERT INTO account (id, updated_at, body) VALUES ('act_1', 2, '{"id":"act_1"}')"#,
            "INSERT INTO case_inquiry (case_id, inquiry_id) VALUES ('case_1', 'inq_1')",
            r#"INSERT INTO relation_list (source, key, fetched_at) VALUES ('act_1', 'business', 3)"#,
            r#"INSERT INTO action (id, subject_kind, subject_id, verb, evidence, comment, reviewer, decided_at, state, key, attempts, must_read, owner)
                 VALUES ('a1', 'inquiry', 'inq_1', '"Approve"', '{}', 'so said', 'jane', 4, 'waiting', 'k1', 1, 0, 'w1')"#,
            "INSERT INTO event (id, seen_at) VALUES ('evt_1', 5)",
            "INSERT INTO cursor (name, value) VALUES ('of_old', 'evt_1')",
        ] {
            query(sql).execute(&writer).await.unwrap();
        }
        query("INSERT INTO journal (entry, hash) VALUES ($1, $2)")
            .bind(line)
            .bind(hash)
            .execute(&writer)
            .await
            .unwrap();
        migrate(migrations).run(&db).await.unwrap();
        db.close().await;
    }

    #[tokio::test]
    async fn whatever_version_left_it_a_store_keeps_what_is_in_it() {
        let dir = tempfile::tempdir().unwrap();
        for old in 1..=MIGRATIONS.len() {
            let version = MIGRATIONS[old - 1].0;
            let path = dir.path().join(format!("{version}.db"));
            left_by(&path, old).await;
            let store = Store::open(&path, Clock::system()).await.unwrap();
            assert_eq!(store.counts().await.unwrap(), (1, 1, 1), "of version {version}");
            let kept = query(
                "SELECT count(*) FROM inquiry, review_case, account, case_inquiry, relation_list, action, event, cursor
                 WHERE inquiry.search = 'inq_1 ann' AND inquiry.body LIKE '%needs_review%'
                     AND review_case.status = 'Open' AND account.id = 'act_1' AND inquiry_id = 'inq_1'
                     AND source = 'act_1' AND comment = 'so said' AND state = 'waiting'
                     AND action.key = 'k1' AND answer_to_owner = 1 AND submitter IS NULL
                     AND event.id = 'evt_1' AND cursor.value = 'evt_1'",
            );
            let kept = kept.fetch_one(&store.0.backend.reader).await.unwrap();
            assert_eq!(kept.try_get::<i64, _>(0).unwrap(), 1, "of version {version}");
            let proof = store.prove(None).await.unwrap().unwrap();
            assert_eq!((proof.lines, proof.name), (1, None), "of version {version}");
            let line = JournalEntry::new(store.0.clock.now(), &Text::new("jane"), "opened");
            store.journal(line).await.unwrap();
            assert_eq!(store.prove(None).await.unwrap().unwrap().lines, 3);
            store.close().await;
            // It is not older than itself.
            Store::open(&path, Clock::system()).await.unwrap().close().await;
        }
    }

    #[tokio::test]
    async fn what_was_written_survives_a_power_cut() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&dir.path().join("store.db"), Clock::system()).await.unwrap();
        let pragma = async |sql: &'static str| {
            let row = query(sql).fetch_one(&store.0.backend.writer).await.unwrap();
            row.try_get::<i64, _>(0).unwrap()
        };
        assert_eq!(pragma("PRAGMA synchronous").await, 2, "FULL");
        assert_eq!(pragma("PRAGMA foreign_keys").await, 1);
        let mode = query("PRAGMA journal_mode").fetch_one(&store.0.backend.writer).await;
        assert_eq!(mode.unwrap().try_get::<String, _>(0).unwrap(), "wal");
    }
}
