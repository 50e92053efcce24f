//! A PostgreSQL server for this run of the tests, if one is installed: on a socket of its own, and
//! gone with the run. Each test that asks gets a database of its own.

use std::{
    env, fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use caseload::{
    secret::StoreUrl,
    store::{Place, Server},
};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// What runs the server: it ends when nobody holds its standard input any more. With a port it listens there,
/// too, with the certificate and the key of this name.
const SERVE: &str = r#"
set -e
bin=$1; port=$2; tls=$3; dir=$(mktemp -d /tmp/caseload-pg.XXXXXX); as=; more=
if [ "$(id -u)" = 0 ]; then
    chown postgres "$dir"; as="setpriv --reuid=postgres --regid=postgres --clear-groups"
fi
trap 'rm -rf "$dir"' EXIT
if [ -n "$port" ]; then
    cp "$tls.pem" "$tls.key" "$dir"
    chmod 600 "$dir"/*.key
    if [ -n "$as" ]; then chown postgres "$dir"/*.pem "$dir"/*.key; fi
    set -- "$dir"/*.pem "$dir"/*.key
    more="-c port=$port -c ssl=on -c ssl_cert_file=$1 -c ssl_key_file=$2"
fi
cd "$dir"
$as "$bin/initdb" -D "$dir/data" -A trust -U postgres -E UTF8 --no-locale --no-sync >"$dir/said" 2>&1
$as "$bin/postgres" -D "$dir/data" -k "$dir" -c listen_addresses=${port:+127.0.0.1,127.0.0.2} $more -c fsync=off \
    -c full_page_writes=off -c max_connections=200 -c shared_buffers=32MB >>"$dir/said" 2>&1 &
pid=$!
for _ in $(seq 100); do
    if "$bin/pg_isready" -q -h "$dir" -p "${port:-5432}" -U postgres; then echo "$dir"; break; fi
    sleep 0.05
done
read -r _ || true
kill -INT $pid; wait $pid || true
"#;

struct Cluster {
    socket: String,
    port: u16,
    /// Its standard input is what keeps the server alive.
    _serving: Child,
}

/// For all tests. None where no server is installed; it says so once.
fn cluster() -> Option<Arc<Cluster>> {
    static CLUSTER: OnceLock<Option<Arc<Cluster>>> = OnceLock::new();
    let start = || Some(Arc::new(start(&installed()?, None).expect("the server starts")));
    CLUSTER.get_or_init(start).clone()
}

/// One that is spoken to over TLS, with the certificate of this name in the fixtures.
fn cluster_with(certificate: &str) -> Option<Arc<Cluster>> {
    let bin = installed()?;
    let tls = fixture(certificate);
    // A port that is free may be somebody's a moment later.
    let started = (0..5).find_map(|_| {
        let port = TcpListener::bind("127.0.0.1:0").ok()?.local_addr().ok()?.port();
        start(&bin, Some((port, &tls)))
    });
    Some(Arc::new(started.expect("the server starts")))
}

/// Of a certificate and its key, without what tells them apart.
pub fn fixture(certificate: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/fixtures/tls").join(certificate)
}

fn start(bin: &Path, tls: Option<(u16, &Path)>) -> Option<Cluster> {
    let (port, name) = tls.unzip();
    let mut serving = Command::new("sh")
        .args(["-c", SERVE, "serve"])
        .arg(bin)
        .arg(port.map_or_else(String::new, |port| port.to_string()))
        .arg(name.unwrap_or(Path::new("")))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut socket = String::new();
    let said = serving.stdout.take().expect("it is piped");
    BufReader::new(said).read_line(&mut socket).expect("it is text");
    let socket = socket.trim().to_owned();
    let there = !socket.is_empty();
    there.then_some(Cluster { socket, port: port.unwrap_or(5432), _serving: serving })
}

/// The folder of the newest server's programs, if there is one.
fn installed() -> Option<PathBuf> {
    let in_path = env::var_os("PATH")
        .into_iter()
        .flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    let found = versions.into_iter().rev().chain(in_path).find(|bin| {
        ["initdb", "postgres", "pg_isready"].iter().all(|program| bin.join(program).exists())
    });
    if found.is_none() {
        let required = env::var_os("CASELOAD_REQUIRE_ALL").is_some_and(|value| value == "1");
        assert!(!required, "PostgreSQL is not installed, and all tests are to be run");
        eprintln!("skipped: PostgreSQL is not installed");
    }
    found
}

/// A database of its own.
pub struct Database {
    name: String,
    cluster: Arc<Cluster>,
}

impl Database {
    pub async fn new() -> Option<Self> {
        // It waits for a process.
        Some(Self::on(tokio::task::spawn_blocking(cluster).await.unwrap()?).await)
    }

    /// On a server of its own, which shows a certificate of the fixtures.
    pub async fn with_tls(certificate: &'static str) -> Option<Self> {
        let cluster = tokio::task::spawn_blocking(|| cluster_with(certificate));
        Some(Self::on(cluster.await.unwrap()?).await)
    }

    async fn on(cluster: Arc<Cluster>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("t{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let it = Self { name, cluster };
        let mut db = it.connect("postgres", "postgres").await;
        // A role of its own, too: roles are the whole server's.
        for sql in [
            format!("CREATE ROLE {} LOGIN", it.name),
            format!("CREATE DATABASE {0} OWNER {0}", it.name),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await.unwrap();
        }
        it
    }

    async fn connect(&self, user: &str, database: &str) -> PgConnection {
        let Cluster { socket, port, .. } = &*self.cluster;
        let url = format!("postgres:///{database}?host={socket}&port={port}&user={user}");
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
        format!("postgres:///{0}?host={1}&user={0}", self.name, self.cluster.socket)
    }

    /// The same over the network.
    pub fn url_at(&self, address: &str, rest: &str) -> String {
        format!("postgres://{0}@{address}:{1}/{0}?{rest}", self.name, self.cluster.port)
    }

    pub fn place(&self, environment: &str, beside: &Path) -> Place {
        Place::Server(Server {
            url: StoreUrl::parse(&self.url()).unwrap(),
            environment: environment.to_owned(),
            beside: beside.to_owned(),
        })
    }
}
