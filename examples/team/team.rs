//! Everybody in place: the server, Persona, the receiver and the consoles, each with a key of its own.

use std::{
    collections::BTreeMap,
    fs,
    process::Stdio,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use anyhow::{Context, ensure};
use tokio::process::{Child, Command};

use super::{
    Arguments,
    console::Console,
    house::{self, House, free_port},
    persona::Persona,
    server::{self, Server},
    watch::until,
};

/// They go in this order, the folder last.
pub struct Team {
    consoles: Mutex<Vec<Arc<Console>>>,
    pub receiver: tokio::sync::Mutex<Option<Child>>,
    pub persona: Arc<Persona>,
    pub server: Arc<Server>,
    /// By name, as they are now.
    pub processes: Arc<Mutex<BTreeMap<String, u32>>>,
    /// What must be written nowhere, by what it is.
    pub secrets: Vec<(String, String)>,
    pub house: House,
}

impl Team {
    pub async fn assemble(arguments: &Arguments) -> anyhow::Result<Self> {
        let folder =
            tempfile::Builder::new().prefix("caseload-team-").tempdir_in(&arguments.folder)?;
        server::let_pass(folder.path())?;
        println!("in {}", folder.path().display());
        for part in ["given", "homes", "screens", "outputs"] {
            fs::create_dir(folder.path().join(part))?;
        }
        let (password, main_key) = (secret(""), secret("persona_sandbox_"));
        let mut secrets = vec![
            ("database password".to_owned(), password.clone()),
            ("main key".to_owned(), main_key.clone()),
        ];
        let server = folder.path().join("server");
        let server = Server::start(server, password, arguments.statements).await?;
        let binary = house::program()?;
        let outputs = folder.path().join("outputs");
        let inquiries = arguments.inquiries.to_string();
        let settings = ["--rate-limit", "10000000", "--quota", "1000000", "--webhook-haste", "10"];
        let more = ["--webhook-abreast", "64", "--inquiries", &inquiries];
        let settings = [&settings[..], &more].concat();
        let persona = Persona::start(&binary, &outputs, &main_key, &settings).await?;
        let house = House {
            base_url: persona.url.clone(),
            store_url: server.url(),
            receiver: free_port()?,
            metrics: free_port()?,
            folder,
            binary,
        };
        let url = format!("http://127.0.0.1:{}/persona", house.receiver);
        let (webhook, signing) = persona.new_webhook(&url).await?;
        house.give("webhook.secret", &signing)?;
        secrets.push(("webhook secret".to_owned(), signing));
        let mut names: Vec<String> =
            (1..=arguments.consoles).map(|nth| format!("r{nth}")).collect();
        names.push(RECEIVER.to_owned());
        for (nth, name) in names.iter().enumerate() {
            let key = persona.new_key(name).await?;
            let when_lost = if nth % 2 == 0 { "spool" } else { "refuse" };
            house.configure(name, &key, when_lost)?;
            secrets.push((format!("key of {name}"), key));
        }
        names.pop();
        let processes = BTreeMap::from([("simulator".to_owned(), persona.pid())]);
        let team = Self {
            house,
            server: Arc::new(server),
            persona: Arc::new(persona),
            receiver: tokio::sync::Mutex::default(),
            consoles: Mutex::default(),
            processes: Arc::new(Mutex::new(processes)),
            secrets,
        };
        // All at once, as on a morning.
        for name in &names {
            team.open(name)?;
        }
        for console in team.consoles() {
            let filled = |shown: &str| shown.contains("● live") || shown.contains("● polling");
            let is_there = console.shows(Duration::from_secs(120), filled).await;
            ensure!(is_there, "{} does not come up:\n{}", console.name, console.contents());
        }
        // A console syncs by then: it is one that is killed.
        let receiver = receive(&team.house)?;
        lock(&team.processes).insert(RECEIVER.to_owned(), receiver.id().context("it runs")?);
        *team.receiver.lock().await = Some(receiver);
        team.receiver_is_ready(Duration::from_secs(20)).await.context("the receiver is ready")?;
        team.persona.enable(&webhook).await?;
        Ok(team)
    }

    /// Opens a console, in the place of one of the same name.
    pub fn open(&self, name: &str) -> anyhow::Result<Arc<Console>> {
        let console = self.house.open(name)?;
        lock(&self.processes).insert(name.to_owned(), console.pid);
        let mut consoles = lock(&self.consoles);
        consoles.retain(|other| other.name != name);
        consoles.push(Arc::clone(&console));
        Ok(console)
    }

    pub fn consoles(&self) -> Vec<Arc<Console>> {
        lock(&self.consoles).clone()
    }

    pub fn watching(&self) -> Vec<Arc<Console>> {
        self.consoles().into_iter().filter(|console| console.is_watching()).collect()
    }

    /// Waits until the receiver says that it is ready.
    pub async fn receiver_is_ready(&self, within: Duration) -> Option<Duration> {
        let http = reqwest::Client::new();
        let url = format!("http://127.0.0.1:{}/readyz", self.house.metrics);
        until(within, async || {
            http.get(&url).send().await.map(|answer| answer.status().is_success())
        })
        .await
    }
}

pub const RECEIVER: &str = "receiver";

fn receive(house: &House) -> anyhow::Result<Child> {
    let configuration = house.given(&format!("{RECEIVER}.toml")).display().to_string();
    let out = fs::File::create(house.folder.path().join("outputs/receiver.out"))?;
    let mut command = Command::new(&house.binary);
    command
        .arg("listen")
        .env_clear()
        .env("HOME", house.home(RECEIVER))
        .envs(house.variables(&configuration))
        .stdin(Stdio::null())
        .stderr(out.try_clone()?)
        .stdout(out)
        .kill_on_drop(true);
    Ok(command.spawn()?)
}

/// Letters and digits that nobody can have by chance.
fn secret(beginning: &str) -> String {
    let mut dice = fastrand::Rng::new();
    let tail: String = (0..28).map(|_| dice.alphanumeric()).collect();
    format!("{beginning}{tail}")
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
