//! Everybody in place, as for the team's run: the server, Persona, the receiver, three consoles.

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
    console::Console,
    house::{self, House, free_port},
    persona::Persona,
    scrape::Target,
    server::{self, Server},
    watch::until,
};

pub const CONSOLES: usize = 3;

/// How long a decision is held before it leaves, in seconds.
pub const HOLD: u64 = 5;

/// Persona's limit of 300 requests in a minute, for minutes that are 240 times as short.
pub const LIMIT: u32 = 72_000;

pub const RECEIVER: &str = "receiver";

/// They go in this order, the folder last.
pub struct Place {
    consoles: Mutex<Vec<Option<Arc<Console>>>>,
    receiver: tokio::sync::Mutex<Option<Child>>,
    pub persona: Arc<Persona>,
    pub server: Arc<Server>,
    /// By name, as they are now.
    pub processes: Arc<Mutex<BTreeMap<String, u32>>>,
    pub targets: Vec<Target>,
    pub webhook: String,
    pub house: House,
}

impl Place {
    /// Up to the moment at which consoles can be opened. `events`: how many of them Persona tells of.
    pub async fn prepare(folder: &std::path::Path, events: usize) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("caseload-day-").tempdir_in(folder)?;
        server::let_pass(folder.path())?;
        println!("in {}", folder.path().display());
        for part in ["given", "homes", "screens", "outputs"] {
            fs::create_dir(folder.path().join(part))?;
        }
        let password = format!("{:032x}", fastrand::u128(..));
        let server = Server::start(folder.path().join("server"), password, false).await?;
        let binary = house::program()?;
        let (limit, events) = (LIMIT.to_string(), events.to_string());
        let settings = ["--rate-limit", &limit, "--quota", "1000000", "--webhook-haste", "240"];
        let more = ["--webhook-abreast", "16", "--inquiries", "400", "--events-kept", &events];
        let settings = [&settings[..], &more].concat();
        let key = format!("persona_sandbox_{:032x}", fastrand::u128(..));
        let persona =
            Persona::start(&binary, &folder.path().join("outputs"), &key, &settings).await?;
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
        let policy = "[bulk]\nverdicts = true\nmost = 1000\nsample = 1\n";
        fs::write(house.given("policy.toml"), policy)?;
        let processes = BTreeMap::from([("simulator".to_owned(), persona.pid())]);
        let mut place = Self {
            server: Arc::new(server),
            persona: Arc::new(persona),
            receiver: tokio::sync::Mutex::default(),
            consoles: Mutex::new(vec![None; CONSOLES]),
            processes: Arc::new(Mutex::new(processes)),
            targets: Vec::new(),
            webhook,
            house,
        };
        // Consoles come and go, so that one which does not answer is no alarm: a job of their own.
        let consoles = (0..CONSOLES).map(|nth| ("caseload-consoles", name(nth)));
        for (job, instance) in consoles.chain([("caseload", RECEIVER.to_owned())]) {
            let key = place.persona.new_key(&instance).await?;
            let port = if instance == RECEIVER { place.house.metrics } else { free_port()? };
            place.configure(&instance, &key, port)?;
            place.targets.push(Target { job, instance, port });
        }
        Ok(place)
    }

    /// What an organisation could set, in the day's time: polls, and what is slow.
    fn configure(&self, name: &str, key: &str, port: u16) -> anyhow::Result<()> {
        let key = self.house.give(&format!("{name}.key"), key)?;
        fs::create_dir_all(self.house.home(name))?;
        let text = format!(
            r#"[persona]
base_url = "{base_url}"
api_key_file = "{key}"
[reviewer]
email = "{name}@day.test"
[review]
hold_seconds = {HOLD}
[queue]
order = ["newest"]
[sync]
poll_seconds = 1
quiet_poll_seconds = 1
webhook_poll_seconds = 1
[health]
sla_ms = 700
[listen]
address = "127.0.0.1:{receiver}"
secrets_file = "{secrets}"
metrics_address = "127.0.0.1:{metrics}"
[metrics]
address = "127.0.0.1:{port}"
"#,
            base_url = self.house.base_url,
            key = key.display(),
            receiver = self.house.receiver,
            secrets = self.house.given("webhook.secret").display(),
            metrics = self.house.metrics,
        );
        fs::write(self.house.given(&format!("{name}.toml")), text)?;
        Ok(())
    }

    /// `shift` tells them from those that were open before.
    pub async fn open_consoles(&self, shift: &str) -> anyhow::Result<()> {
        for nth in 0..CONSOLES {
            let console = self.house.open(&name(nth))?;
            lock(&self.processes).insert(format!("{}{shift}", name(nth)), console.pid);
            lock(&self.consoles)[nth] = Some(console);
        }
        for console in self.consoles() {
            let filled = |shown: &str| shown.contains("● live") || shown.contains("● polling");
            let is_there = console.shows(Duration::from_secs(120), filled).await;
            ensure!(is_there, "{} does not come up:\n{}", console.name, console.contents());
        }
        Ok(())
    }

    pub fn console(&self, nth: usize) -> Option<Arc<Console>> {
        lock(&self.consoles)[nth].clone()
    }

    pub fn consoles(&self) -> Vec<Arc<Console>> {
        lock(&self.consoles).iter().flatten().cloned().collect()
    }

    /// All at once, by their key; how many ended well.
    pub async fn close_consoles(&self, shift: &str) -> usize {
        let consoles = self.consoles();
        lock(&self.consoles).fill(None);
        let ended = futures::future::join_all(consoles.iter().map(|console| console.quit())).await;
        for console in &consoles {
            lock(&self.processes).remove(&format!("{}{shift}", console.name));
        }
        ended.into_iter().filter(|well| *well).count()
    }

    /// `shift` as with consoles.
    pub async fn receive(&self, shift: &str) -> anyhow::Result<()> {
        let configuration = self.house.given(&format!("{RECEIVER}.toml")).display().to_string();
        let outputs = self.house.folder.path().join("outputs/receiver.out");
        let out = fs::File::options().create(true).append(true).open(outputs)?;
        let mut command = Command::new(&self.house.binary);
        command
            .arg("listen")
            .env_clear()
            .env("HOME", self.house.home(RECEIVER))
            .envs(self.house.variables(&configuration))
            .stdin(Stdio::null())
            .stderr(out.try_clone()?)
            .stdout(out)
            .kill_on_drop(true);
        let receiver = command.spawn()?;
        let pid = receiver.id().context("it runs")?;
        lock(&self.processes).insert(format!("{RECEIVER}{shift}"), pid);
        *self.receiver.lock().await = Some(receiver);
        let http = reqwest::Client::builder().no_proxy().build()?;
        let url = format!("http://127.0.0.1:{}/readyz", self.house.metrics);
        let ready = until(Duration::from_secs(20), async || {
            http.get(&url).send().await.map(|answer| answer.status().is_success())
        });
        ready.await.context("the receiver is not ready")?;
        Ok(())
    }

    /// By SIGTERM; whether it ended well.
    pub async fn stop_receiving(&self, shift: &str) -> anyhow::Result<bool> {
        let mut receiver = self.receiver.lock().await.take().context("there is a receiver")?;
        let pid = receiver.id().context("the receiver runs still")?.to_string();
        lock(&self.processes).remove(&format!("{RECEIVER}{shift}"));
        std::process::Command::new("kill").args(["-s", "TERM", &pid]).status()?;
        let ended = tokio::time::timeout(Duration::from_secs(15), receiver.wait()).await;
        Ok(ended.is_ok_and(|ended| ended.is_ok_and(|ended| ended.success())))
    }
}

fn name(nth: usize) -> String {
    format!("r{}", nth + 1)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
