//! The team's PostgreSQL: a real one, on a socket in a folder of its own, which can be restarted.

use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use sqlx::{AssertSqlSafe, Connection, PgConnection};

/// The role that owns the database, and the database.
const TEAM: &str = "team";

pub struct Server {
    bin: PathBuf,
    folder: PathBuf,
    /// The server refuses to run as root.
    as_root: bool,
    pub password: String,
}

impl Server {
    /// Makes a cluster and a database in it. `statements`: each is counted (`pg_stat_statements`).
    pub async fn start(
        folder: PathBuf,
        password: String,
        statements: bool,
    ) -> anyhow::Result<Self> {
        let bin = installed().context("PostgreSQL is not installed")?;
        let as_root = run(Command::new("id").arg("-u"))?.trim() == "0";
        fs::create_dir(&folder)?;
        if as_root {
            run(Command::new("chown").arg("postgres").arg(&folder))?;
        }
        let it = Self { bin, folder, as_root, password };
        let data = it.folder.join("data");
        let initdb = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync"];
        run(it.program("initdb").arg("-D").arg(&data).args(initdb))?;
        // Passwords are really asked for, but for the one who looks on.
        let hba = "local all postgres trust\nlocal all all scram-sha-256\n";
        fs::write(data.join("pg_hba.conf"), hba)?;
        let mut settings = fs::read_to_string(data.join("postgresql.conf"))?;
        settings += &format!(
            "\nlisten_addresses = ''\nunix_socket_directories = '{}'\nmax_wal_size = 256MB\n",
            it.folder.display()
        );
        if statements {
            // But for the one that names the password.
            settings += "shared_preload_libraries = 'pg_stat_statements'\n";
            settings += "pg_stat_statements.track_utility = off\n";
        }
        fs::write(data.join("postgresql.conf"), settings)?;
        it.up()?;
        let mut db = it.connect("postgres").await?;
        for sql in [
            format!("CREATE ROLE {TEAM} LOGIN PASSWORD '{}'", it.password),
            format!("CREATE DATABASE {TEAM} OWNER {TEAM}"),
        ] {
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut db).await?;
        }
        if statements {
            let mut db = it.admin().await?;
            sqlx::raw_sql("CREATE EXTENSION pg_stat_statements").execute(&mut db).await?;
        }
        Ok(it)
    }

    /// What consoles and the receiver are given.
    pub fn url(&self) -> String {
        let (socket, password) = (self.folder.display(), &self.password);
        format!("postgres://{TEAM}:{password}@localhost/{TEAM}?host={socket}")
    }

    /// Of one who may see everything.
    pub async fn admin(&self) -> anyhow::Result<PgConnection> {
        self.connect(TEAM).await
    }

    async fn connect(&self, database: &str) -> anyhow::Result<PgConnection> {
        let url = format!("postgres:///{database}?host={}&user=postgres", self.folder.display());
        Ok(PgConnection::connect(&url).await?)
    }

    pub fn up(&self) -> anyhow::Result<()> {
        self.ctl(&["-w", "start"])
    }

    /// Connections are cut, what was committed stays.
    pub fn down(&self) -> anyhow::Result<()> {
        self.ctl(&["-w", "-m", "fast", "stop"])
    }

    fn ctl(&self, what: &[&str]) -> anyhow::Result<()> {
        let log = self.folder.join("log");
        let mut ctl = self.program("pg_ctl");
        ctl.arg("-D").arg(self.folder.join("data")).arg("-l").arg(&log).args(what);
        // The server would hold what is piped open.
        let ended = ctl.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
        ensure!(ended.success(), "pg_ctl {what:?} failed, see {}", log.display());
        Ok(())
    }

    /// All rows of all tables as text.
    pub fn dump(&self, to: &Path) -> anyhow::Result<()> {
        let file = fs::File::create(to)?;
        let mut dump = self.program("pg_dump");
        dump.arg("-h").arg(&self.folder).args(["-U", "postgres", TEAM]);
        ensure!(dump.stdout(file).status()?.success(), "pg_dump failed");
        Ok(())
    }

    fn program(&self, name: &str) -> Command {
        let program = self.bin.join(name);
        let mut command = match self.as_root {
            false => Command::new(program),
            true => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
                command.arg(program);
                command
            }
        };
        command.current_dir(&self.folder);
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.ctl(&["-w", "-m", "immediate", "stop"]);
    }
}

/// Others can pass through a folder that holds the server's, and read nothing of it.
pub fn let_pass(folder: &Path) -> anyhow::Result<()> {
    Ok(fs::set_permissions(folder, fs::Permissions::from_mode(0o711))?)
}

/// The folder of the newest server's programs.
fn installed() -> Option<PathBuf> {
    let in_path = env::var_os("PATH")
        .into_iter()
        .flat_map(|path| env::split_paths(&path).collect::<Vec<_>>());
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    versions.sort();
    let programs = ["initdb", "postgres", "pg_ctl", "pg_dump"];
    let all = |bin: &PathBuf| programs.iter().all(|program| bin.join(program).exists());
    versions.into_iter().rev().chain(in_path).find(all)
}

fn run(command: &mut Command) -> anyhow::Result<String> {
    let done = command.stdin(Stdio::null()).output()?;
    if !done.status.success() {
        bail!("{command:?} failed: {}", String::from_utf8_lossy(&done.stderr));
    }
    Ok(String::from_utf8_lossy(&done.stdout).into_owned())
}

/// How long the server is away in the middle.
pub const AWAY: Duration = Duration::from_secs(5);
