//! A PostgreSQL server for this run of the tests, if one is installed: on a socket of its own, and
//! gone with the run. Each test that asks gets a database of its own.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use caseload::{
    secret::StoreUrl,
    store::{Place, Server},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// What runs the server: it ends when nobody holds its standard input any more.
const SERVE: &str = r#"
set -e
bin=$1; dir=$(mktemp -d /tmp/caseload-pg.XXXXXX); as=
if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"; as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
trap 'rm -rf "$dir"' EXIT
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --no-locale --no-sync >"$dir/said" 2>&1
$as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses= -c fsync=off \
    -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB >>"$dir/said" 2>&1 &
pid=$!
for _ in $(seq 100); do
    if "$bin/pg_isready" -q -h "$dir" -U postgres; then echo "$dir"; break; fi
    sleep 0.05
done
read -r _ || true
kill -INT $pid; wait $pid || true
"#;

struct Cluster {
    socket: String,
    /// Its standard input is what keeps the server alive.
    _serving: Child,
}

/// None where no server is installed; it says so once.
fn cluster() -> Option<&'static Cluster> {
    static CLUSTER: OnceLock<Option<Cluster>> = OnceLock::new();
    let start = || {
        let Some(bin) = installed() else {
            let required = env::var_os("CASELOAD_REQUIRE_ALL").is_some_and(|value| value == "1");
            assert!(!required, "PostgreSQL is not installed, and all tests are to be run");
            eprintln!("skipped: PostgreSQL is not installed");
            return None;
        };
        let mut serving = Command::new("sh")
            .args(["-c", SERVE, "serve"])
            .arg(bin)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("there is a shell");
        let mut socket = String::new();
        let said = serving.stdout.take().expect("it is piped");
        BufReader::new(said).read_line(&mut socket).expect("it is text");
        assert!(!socket.is_empty(), "the server did not start");
        Some(Cluster { socket: socket.trim().to_owned(), _serving: serving })
    };
    CLUSTER.get_or_init(start).as_ref()
}

/// The folder of the newest server's programs.
fn installed() -> Option<PathBuf> {
    let in_path = env::var_os("PATH")
        .into_iter()
        .flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    versions.into_iter().rev().chain(in_path).find(|bin| {
        ["initdb", "postgres", "pg_isready"].iter().all(|program| bin.join(program).exists())
    })
}

/// A database of its own.
pub struct Database {
    name: String,
    socket: &'static str,
}

impl Database {
    pub async fn new() -> Option<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        // It waits for a process.
        let cluster = tokio::task::spawn_blocking(cluster).await.unwrap()?;
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let it = Self { name, socket: &cluster.socket };
        let mut db = it.connect("postgres", "postgres").await;
        // A role of its own, too: roles are the whole server's.
        for sql in [
            format!("CREATE ROLE {} LOGIN", it.name),
            format!("CREATE DATABASE {0} OWNER {0}", it.name),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
        }
        Some(it)
    }

    async fn connect(&self, user: &str, database: &str) -> PgConnection {
        let url = format!("postgres:///{database}?host={}&user={user}", self.socket);
        PgConnection::connect(&url).await.unwrap()
    }

    /// A connection that may do everything and sees all environments.
    pub async fn admin(&self) -> PgConnection {
        self.connect("postgres", &self.name).await
    }

    /// No connection of its owner is left, and none is made. One that was just being made is seen late.
    pub async fn go_away(&self) {
        let name = &self.name;
        let mut db = self.admin().await;
        let refuse = format!("ALTER DATABASE {name} CONNECTION LIMIT 0");
        sqlx::raw_sql(AssertSqlSafe(refuse)).execute(&mut db).await.unwrap();
        let cut = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = $1";
        while !sqlx::query(cut).bind(name).fetch_all(&mut db).await.unwrap().is_empty() {}
    }

    pub async fn come_back(&self) {
        let accept = format!("ALTER DATABASE {} CONNECTION LIMIT -1", self.name);
        sqlx::raw_sql(AssertSqlSafe(accept)).execute(&mut self.admin().await).await.unwrap();
    }

    /// The role that owns it is called as it is.
    pub fn url(&self) -> String {
        format!("postgres:///{0}?host={1}&user={0}", self.name, self.socket)
    }

    pub fn place(&self, environment: &str, beside: &Path) -> Place {
        Place::Server(Server {
            url: StoreUrl::parse(&self.url()).unwrap(),
            environment: environment.to_owned(),
            beside: beside.to_owned(),
        })
    }
}
