//! Where everything of the run lies: a folder for each process, its configuration and its secrets.
//!
//! What is handed to the program lies in `given`; all other folders hold what it wrote.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Arc,
};

use tempfile::TempDir;

use super::console::Console;

pub struct House {
    pub folder: TempDir,
    pub binary: PathBuf,
    pub base_url: String,
    pub store_url: String,
    pub receiver: u16,
    pub metrics: u16,
}

/// How long a decision is held before it leaves, in seconds.
pub const HOLD: u64 = 2;

impl House {
    pub fn given(&self, name: &str) -> PathBuf {
        self.folder.path().join("given").join(name)
    }

    pub fn home(&self, name: &str) -> PathBuf {
        self.folder.path().join("homes").join(name)
    }

    pub fn screens(&self) -> PathBuf {
        self.folder.path().join("screens")
    }

    /// A secret in a private file, which is handed to the program.
    pub fn give(&self, name: &str, secret: &str) -> anyhow::Result<PathBuf> {
        let file = self.given(name);
        fs::write(&file, format!("{secret}\n"))?;
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        Ok(file)
    }

    /// The configuration of a reviewer or, by the name `receiver`, of the receiver.
    pub fn configure(&self, name: &str, key: &str, when_lost: &str) -> anyhow::Result<PathBuf> {
        let key = self.give(&format!("{name}.key"), key)?;
        let home = self.home(name);
        fs::create_dir_all(&home)?;
        let text = format!(
            r#"[persona]
base_url = "{base_url}"
api_key_file = "{key}"
[reviewer]
email = "{name}@team.test"
[review]
hold_seconds = {HOLD}
[queue]
order = ["newest"]
[sync]
webhook_poll_seconds = 5
[listen]
address = "127.0.0.1:{receiver}"
secrets_file = "{secrets}"
metrics_address = "127.0.0.1:{metrics}"
[store]
when_lost = "{when_lost}"
"#,
            base_url = self.base_url,
            key = key.display(),
            receiver = self.receiver,
            secrets = self.given("webhook.secret").display(),
            metrics = self.metrics,
        );
        let file = self.given(&format!("{name}.toml"));
        fs::write(&file, text)?;
        Ok(file)
    }

    /// What every process of the program finds in its environment.
    pub fn variables(&self, configuration: &str) -> Vec<(&'static str, String)> {
        vec![
            ("CASELOAD_CONFIG", configuration.to_owned()),
            ("CASELOAD_STORE_URL", self.store_url.clone()),
            ("LANG", "C.UTF-8".to_owned()),
        ]
    }

    /// Opens a reviewer's console, at whatever home it left.
    pub fn open(&self, name: &str) -> anyhow::Result<Arc<Console>> {
        let configuration = self.given(&format!("{name}.toml")).display().to_string();
        let variables = self.variables(&configuration);
        let variables: Vec<(&str, &str)> =
            variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let bytes = self.screens().join(format!("{name}.bytes"));
        Console::start(&self.binary, name, &self.home(name), &variables, &bytes)
    }

    pub fn log(&self, name: &str) -> PathBuf {
        self.home(name).join(".local/state/caseload/caseload.log")
    }
}

/// A port that nobody has now.
pub fn free_port() -> std::io::Result<u16> {
    Ok(std::net::TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.port())
}

/// The program beside this one.
pub fn program() -> anyhow::Result<PathBuf> {
    let this = std::env::current_exe()?;
    let folder = this.parent().and_then(Path::parent);
    let program = folder.unwrap_or(Path::new(".")).join("caseload");
    anyhow::ensure!(
        program.exists(),
        "there is no {}: build it first, with the same profile",
        program.display()
    );
    Ok(program)
}
