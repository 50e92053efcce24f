//! Every minute of the day what each process tells at `/metrics`, as Prometheus would fetch it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use super::{
    clock::{Day, MINUTES},
    watch::figures,
};

/// One that is scraped.
#[derive(Debug, Clone)]
pub struct Target {
    pub job: &'static str,
    pub instance: String,
    pub port: u16,
}

/// What it told, by figure and labels; none where it did not answer.
pub type Told = Option<BTreeMap<String, f64>>;

/// What one told, minute by minute.
#[derive(Debug, Clone)]
pub struct Scraped {
    pub target: Target,
    pub minutes: Vec<Told>,
}

impl Scraped {
    /// The sum of all figures that begin so, at a minute.
    pub fn sum(&self, minute: usize, beginning: &str) -> Option<f64> {
        let told = self.minutes.get(minute)?.as_ref()?;
        Some(told.iter().filter(|(name, _)| name.starts_with(beginning)).map(|(_, n)| n).sum())
    }
}

/// As Prometheus, which waits no longer than it takes to the next ones.
const PATIENCE: Duration = Duration::from_secs(2);

/// Until the day is over.
pub async fn run(targets: Vec<Target>, day: Day) -> anyhow::Result<Vec<Scraped>> {
    let http = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build()?;
    let all: Vec<Scraped> = targets
        .into_iter()
        .map(|target| Scraped { target, minutes: vec![None; MINUTES] })
        .collect();
    let all = Arc::new(Mutex::new(all));
    let mut under_way = tokio::task::JoinSet::new();
    for minute in 0..MINUTES {
        day.until(minute).await;
        let targets: Vec<Target> = lock(&all).iter().map(|one| one.target.clone()).collect();
        for (nth, target) in targets.into_iter().enumerate() {
            let (http, all) = (http.clone(), Arc::clone(&all));
            under_way.spawn(async move {
                let told = fetch(&http, target.port).await;
                lock(&all)[nth].minutes[minute] = told;
            });
        }
        while under_way.try_join_next().is_some() {}
    }
    while under_way.join_next().await.is_some() {}
    Ok(std::mem::take(&mut *lock(&all)))
}

async fn fetch(http: &reqwest::Client, port: u16) -> Told {
    let answer = http.get(format!("http://127.0.0.1:{port}/metrics")).send().await.ok()?;
    Some(figures(&answer.text().await.ok()?).collect())
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
