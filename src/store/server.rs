//! The shared database of a team: connecting to it, its schema, and what keeps environments apart.
//!
//! Every table has the environment in each of its keys, and a policy lets a connection see and write
//! the rows of its own environment alone, which it names when it begins (`caseload.environment`).

use std::{
    fmt, io,
    path::{Path, PathBuf},
    str::FromStr,
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{
    PgPool, Row as _, SqlSafeStr,
    migrate::{Migration, MigrationType, Migrator},
    postgres::{PgConnectOptions, PgDatabaseError, PgPoolOptions, PgSslMode},
};
use tokio::sync::{broadcast, watch};
use tokio_util::task::AbortOnDropHandle;

use super::{
    Error, Inner, Store,
    backend::{Backend, CHANGES_KEPT, not_migrated},
    db::{Reader, Remote, Writer, query},
    reach::{Away, Reach},
    seal::Seal,
    sealed,
    spool::{Spool, kept_beside},
    told,
};
use crate::{
    clock::Clock,
    config::private_folder,
    secret::{FieldKey, StoreUrl},
};

/// Where a store is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A single user's.
    File(PathBuf),
    /// A team's.
    Server(Server),
}

impl From<PathBuf> for Place {
    fn from(file: PathBuf) -> Self {
        Self::File(file)
    }
}

impl From<Server> for Place {
    fn from(server: Server) -> Self {
        Self::Server(server)
    }
}

#[derive(Debug, Clone)]
pub struct Server {
    pub url: StoreUrl,
    /// Whose rows are seen: others of the same database are not.
    pub environment: String,
    /// What a console keeps for itself lies beside a file of this name, which is not there.
    pub beside: PathBuf,
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.url, self.environment)
    }
}

/// What a store has beside its connections where it is on a server.
pub struct Connected {
    /// When the server was last asked whether something was missed.
    pub asked: Mutex<Instant>,
    pub reach: Reach,
    /// What is decided while it is away.
    pub spool: Spool,
    /// Told when another process may have given a duty up.
    pub given_up: watch::Sender<()>,
    _told: AbortOnDropHandle<()>,
}

/// Connections of one process, besides the one that writes and the one that hears.
const READERS: u32 = 3;

/// How long a question waits for a server that is away.
const PATIENCE: Duration = Duration::from_secs(3);

/// Version, name and statements.
const MIGRATIONS: [(i64, &str, &str); 6] = [
    (1, "start", include_str!("../../assets/migrations/postgres/0001_start.sql")),
    (2, "looking", include_str!("../../assets/migrations/postgres/0002_looking.sql")),
    (3, "sends", include_str!("../../assets/migrations/postgres/0003_sends.sql")),
    (4, "lighter", include_str!("../../assets/migrations/postgres/0004_lighter.sql")),
    (6, "by statement", include_str!("../../assets/migrations/postgres/0006_by_statement.sql")),
    (7, "due", include_str!("../../assets/migrations/postgres/0007_due.sql")),
];

const NEWEST_VERSION: i64 = MIGRATIONS[MIGRATIONS.len() - 1].0;

/// Any two versions differ at the first question, and no journal has begun.
const BEGINNINGS: [&str; 2] = [
    "INSERT INTO moved (version) VALUES (0) ON CONFLICT DO NOTHING",
    "INSERT INTO journal_end (one, name, lines, hash)
         SELECT 1, NULL, 0, '0000000000000000000000000000000000000000000000000000000000000000'
         WHERE NOT EXISTS (SELECT 1 FROM journal) ON CONFLICT DO NOTHING",
];

impl Store {
    /// Opens a store wherever it is, and brings its schema up to date.
    ///
    /// # Errors
    /// If it cannot be used, in words.
    pub async fn open_at(
        place: &Place,
        key: Option<&FieldKey>,
        clock: Clock,
    ) -> Result<Self, Error> {
        match place {
            Place::File(path) => Self::open_with(path, key, clock).await,
            Place::Server(server) => connect(server, key, clock).await,
        }
    }
}

/// How the schema of a server stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// The first start makes it.
    None,
    Older,
    Ours,
    Newer,
}

/// Looks whether a server can be used, and changes nothing.
///
/// # Errors
/// If it cannot, in words.
pub async fn knock(server: &Server) -> Result<Schema, Error> {
    let db = pool(1).connect_with(options(server, "-")?).await.map_err(refused)?;
    holds_apart(&db).await?;
    let found = schema(&db).await;
    db.close().await;
    found
}

async fn schema(db: &PgPool) -> Result<Schema, Error> {
    let there = sqlx::query("SELECT to_regclass('_sqlx_migrations') IS NOT NULL");
    if !there.fetch_one(db).await?.try_get::<bool, _>(0)? {
        return Ok(Schema::None);
    }
    let newest = "SELECT max(version) FROM _sqlx_migrations WHERE success";
    let newest: Option<i64> = sqlx::query(newest).fetch_one(db).await?.try_get(0)?;
    Ok(match newest {
        None => Schema::None,
        Some(version) if version < NEWEST_VERSION => Schema::Older,
        Some(version) if version > NEWEST_VERSION => Schema::Newer,
        Some(_) => Schema::Ours,
    })
}

async fn connect(server: &Server, key: Option<&FieldKey>, clock: Clock) -> Result<Store, Error> {
    let folder = server.beside.parent().unwrap_or(Path::new("."));
    private_folder(folder)
        .map_err(|why| Error::Folder { path: folder.display().to_string(), why })?;
    let process = uuid::Uuid::now_v7().to_string();
    let options = options(server, &process)?;
    let reach = Reach::new(clock.clone());
    let writer = reached(pool(1), &reach).connect_with(options.clone()).await;
    let writer = writer.map_err(|why| and_kept(refused(why), &server.beside))?;
    holds_apart(&writer).await?;
    migrate(&writer, server).await?;
    let seal = key.map_or_else(Seal::none, Seal::with);
    let writer = Writer::Server(Remote { pool: writer, reach: reach.clone() });
    let mut tx = writer.begin().await?;
    for sql in BEGINNINGS {
        query(sql).execute(&mut tx).await?;
    }
    sealed::fit(&mut tx, &seal, Path::new(&server.to_string())).await?;
    tx.commit().await?;
    let readers = reached(pool(READERS), &reach).connect_lazy_with(options.clone());
    let reader = Reader::Server(Remote { pool: readers, reach: reach.clone() });
    let backend = Backend { writer, reader };
    let changes = broadcast::Sender::new(CHANGES_KEPT);
    let seen_version = Arc::new(AtomicI64::new(backend.version().await?));
    let given_up = watch::Sender::default();
    let hears = told::Hears {
        server: options,
        reach: reach.clone(),
        environment: server.environment.clone(),
        process,
        changes: changes.clone(),
        given_up: given_up.clone(),
        seen_version: Arc::clone(&seen_version),
    };
    let connected = Connected {
        asked: Mutex::new(Instant::now()),
        reach,
        spool: Spool::default(),
        given_up,
        _told: AbortOnDropHandle::new(tokio::spawn(hears.run())),
    };
    Ok(Store(Arc::new(Inner {
        path: server.beside.clone(),
        file: None,
        server: Some(connected),
        backend,
        seal,
        changes,
        clock,
        key_ends: OnceLock::new(),
        seen_version,
        looks_across: Mutex::default(),
        seen_looks: Mutex::default(),
    })))
}

fn pool(connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(PATIENCE)
        .idle_timeout(Duration::from_secs(300))
}

/// A connection that comes back while the server is away is dropped: nobody waits for its end.
fn reached(pool: PgPoolOptions, reach: &Reach) -> PgPoolOptions {
    let reach = reach.clone();
    pool.after_release(move |_, _| {
        let is_lost = reach.is_away();
        Box::pin(async move { if is_lost { Err(sqlx::Error::PoolTimedOut) } else { Ok(true) } })
    })
}

/// How every connection is made, and what it says of itself.
fn options(server: &Server, process: &str) -> Result<PgConnectOptions, Error> {
    // Why it is not one may quote it.
    let options = PgConnectOptions::from_str(server.url.expose())
        .map_err(|_| Error::Server("its URL has something that is not known".to_owned()))?;
    let options = match server.url.is_local() {
        true => options,
        false => options.ssl_mode(PgSslMode::VerifyFull),
    };
    Ok(options.application_name("caseload").options([
        ("caseload.environment", server.environment.as_str()),
        ("caseload.process", process),
        ("lock_timeout", "10s"),
        // Whoever dies while it writes keeps nobody waiting.
        ("idle_in_transaction_session_timeout", "15s"),
        ("tcp_keepalives_idle", "5"),
        ("tcp_keepalives_interval", "3"),
        ("tcp_keepalives_count", "3"),
    ]))
}

/// Whoever may pass by the policies would see the rows of all environments.
async fn holds_apart(db: &PgPool) -> Result<(), Error> {
    let sql = "SELECT current_user::text, rolsuper OR rolbypassrls FROM pg_roles
               WHERE rolname = current_user";
    let row = sqlx::query(sql).fetch_one(db).await?;
    let (name, passes): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
    match passes {
        true => Err(Error::Server(format!(
            "the role {name} passes by row security, which keeps environments apart: use one without SUPERUSER and BYPASSRLS"
        ))),
        false => Ok(()),
    }
}

/// Brings the schema up to date, if it is not: whoever may only read and write rows can begin where
/// somebody else has done it. Of those who start at once, one does it and the others wait.
async fn migrate(db: &PgPool, server: &Server) -> Result<(), Error> {
    match schema(db).await? {
        Schema::Ours => return Ok(()),
        Schema::Newer => return Err(Error::Newer { path: server.url.to_string() }),
        Schema::None | Schema::Older => {}
    }
    let migrations = MIGRATIONS.map(|(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    let migrator = Migrator::with_migrations(migrations.into());
    let name = server.url.to_string();
    migrator.run(db).await.map_err(|why| not_migrated(why, Path::new(&name)))
}

/// What a server that was reached, or was not, says to a first connection.
fn refused(why: sqlx::Error) -> Error {
    let untrusted = |why: &dyn fmt::Display| {
        Error::Server(format!(
            "its certificate cannot be trusted, or there is none: {why}; ?sslrootcert=FILE in its URL names an authority of your own"
        ))
    };
    match why {
        sqlx::Error::Tls(why) => untrusted(&why),
        // What is said while it is being agreed on comes as that of the connection.
        sqlx::Error::Io(why) if why.kind() == io::ErrorKind::InvalidData => untrusted(&why),
        sqlx::Error::Configuration(why) => Error::Server(why.to_string()),
        why => why.into(),
    }
}

/// What was decided while it was away is not forgotten, whoever cannot begin.
fn and_kept(why: Error, beside: &Path) -> Error {
    match (why, kept_beside(beside)) {
        (Error::Away(why), Ok((kept @ 1.., _))) => {
            Error::Away(format!("{why}; {kept} kept here until it does"))
        }
        (why, _) => why,
    }
}

/// What the server said, by its code: without the values that it may quote.
pub fn error(told: &PgDatabaseError) -> Error {
    let (code, message) = (told.code(), told.message().to_owned());
    match code {
        // It is shut down, starts, or has no room for one more.
        "57P01" | "57P02" | "57P03" | "53300" => Error::Away(message),
        _ if code.starts_with("08") => Error::Away(message),
        // Somebody else writes for long.
        "55P03" | "40P01" | "40001" => Error::Locked,
        "53100" => Error::Full,
        "58030" | "XX001" | "XX002" => Error::Disk(message),
        "42501" => Error::Server(format!(
            "{message}: this role may not do that; docs/shared.md says which rights it needs"
        )),
        "28000" | "28P01" | "3D000" => Error::Server(message),
        _ => Error::Database(format!("{message} ({code})")),
    }
}

impl Store {
    /// Whether it is a team's, on a server.
    pub fn is_shared(&self) -> bool {
        self.0.server.is_some()
    }

    /// Told when the server goes away and when it is back. A file never does.
    pub fn away(&self) -> watch::Receiver<Option<Away>> {
        match &self.0.server {
            Some(server) => server.reach.watch(),
            None => watch::Sender::default().subscribe(),
        }
    }
}

/// Notes what is known of a version, if it is news.
pub fn saw(seen: &AtomicI64, version: i64) {
    seen.fetch_max(version, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_cannot_be_trusted_is_not_called_away() {
        let broken = |kind, why: &str| refused(io::Error::new(kind, why.to_owned()).into());
        let untrusted =
            broken(io::ErrorKind::InvalidData, "invalid peer certificate: UnknownIssuer");
        let Error::Server(why) = untrusted else { panic!("{untrusted}") };
        assert!(why.contains("UnknownIssuer") && why.contains("sslrootcert"), "{why}");
        let away = broken(io::ErrorKind::ConnectionRefused, "nobody listens");
        assert!(matches!(away, Error::Away(_)), "{away}");
    }
}
