//! What the run takes: memory and processor of each process, connections, the receiver's figures;
//! once a second.

use std::{
    collections::BTreeMap,
    fs,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{PgConnection, Row};

use super::server::Server;

/// Of one process, in MiB, from the first sample on.
#[derive(Debug, Clone, Default)]
pub struct Memory(pub Vec<f64>);

#[derive(Default)]
pub struct Samples {
    pub memory: BTreeMap<String, Memory>,
    /// Seconds of processor time.
    pub cpu: BTreeMap<String, f64>,
    pub connections: Vec<i64>,
    /// Of the receiver: each figure as it was last.
    pub figures: BTreeMap<String, f64>,
    /// Its health was not well so often.
    pub not_ready: usize,
    pub secrets_in_arguments: Vec<String>,
}

pub struct Watch {
    pub server: Arc<Server>,
    /// Names and process ids, as they are now.
    pub processes: Arc<Mutex<BTreeMap<String, u32>>>,
    pub metrics: u16,
    pub secrets: Vec<String>,
    pub over: Arc<AtomicBool>,
}

impl Watch {
    pub async fn run(self) -> Samples {
        let mut samples = Samples::default();
        let mut db: Option<PgConnection> = None;
        let http = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(2)).build();
        let mut ticks = tokio::time::interval(Duration::from_secs(1));
        while !self.over.load(Ordering::Relaxed) {
            ticks.tick().await;
            self.look_at_processes(&mut samples);
            if db.is_none() {
                db = self.server.admin().await.ok();
            }
            if let Some(asked) = &mut db {
                match connections(asked).await {
                    Ok(count) => samples.connections.push(count),
                    Err(_) => db = None,
                }
            }
            let Ok(http) = &http else { continue };
            let origin = format!("http://127.0.0.1:{}", self.metrics);
            if let Ok(answer) = http.get(format!("{origin}/metrics")).send().await
                && let Ok(text) = answer.text().await
            {
                samples.figures.extend(figures(&text));
            }
            let ready = http.get(format!("{origin}/readyz")).send().await;
            if !ready.is_ok_and(|answer| answer.status().is_success()) {
                samples.not_ready += 1;
            }
        }
        samples
    }

    fn look_at_processes(&self, samples: &mut Samples) {
        let processes = self.processes.lock().unwrap_or_else(PoisonError::into_inner).clone();
        for (name, pid) in processes {
            let read = |file: &str| fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let text = |file: &str| String::from_utf8_lossy(&read(file)).into_owned();
            if let Some(pages) = text("statm").split(' ').nth(1).and_then(|n| n.parse::<f64>().ok())
            {
                samples.memory.entry(name.clone()).or_default().0.push(pages * 4.0 / 1024.0);
            }
            // After the name, which may have blanks: state is the third field, utime the 14th.
            if let Some((_, rest)) = text("stat").rsplit_once(") ") {
                let ticks: f64 =
                    rest.split(' ').skip(11).take(2).filter_map(|n| n.parse::<f64>().ok()).sum();
                samples.cpu.insert(name.clone(), ticks / 100.0);
            }
            let arguments = text("cmdline");
            if self.secrets.iter().any(|secret| arguments.contains(secret.as_str())) {
                samples.secrets_in_arguments.push(name);
            }
        }
    }
}

async fn connections(db: &mut PgConnection) -> Result<i64, sqlx::Error> {
    let sql = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'caseload'";
    sqlx::query(sql).fetch_one(db).await?.try_get(0)
}

/// Lines of a figure with its labels, and its value.
pub fn figures(text: &str) -> impl Iterator<Item = (String, f64)> + '_ {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| {
        let (name, value) = line.rsplit_once(' ')?;
        Some((name.to_owned(), value.parse().ok()?))
    })
}

impl Samples {
    /// The sum of all figures that begin so.
    pub fn sum(&self, beginning: &str) -> f64 {
        self.figures.iter().filter(|(name, _)| name.starts_with(beginning)).map(|(_, n)| n).sum()
    }
}

/// How long something takes to come true.
pub async fn until<E>(
    within: Duration,
    mut holds: impl AsyncFnMut() -> Result<bool, E>,
) -> Option<Duration> {
    let since = Instant::now();
    loop {
        if holds().await.unwrap_or(false) {
            return Some(since.elapsed());
        }
        if since.elapsed() > within {
            return None;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
