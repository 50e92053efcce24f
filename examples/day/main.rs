//! A working day of a team, compressed into six minutes, for people who carry on the work: a quiet night, a
//! morning rush, noon, an evening, and at known hours something that goes wrong. All of it real processes.
//!
//! ```text
//! cargo build --release && cargo run --release --example day
//! ```
//!
//! Every minute of the day, a quarter of a second, `/metrics` of all are scraped. In the end that is written
//! as a test of the alert rules in `assets/prometheus`, for `promtool test rules` to decide: of each incident
//! which alert fires and is gone after it, and of each minute that nothing else does. It needs the programs of
//! PostgreSQL and promtool on this machine.

mod claim;
mod clock;
mod course;
mod judge;
mod place;
mod rules;
mod scrape;
mod traffic;
mod work;

// The parts of the team's run that both have; it uses more of them.
#[allow(dead_code)]
#[path = "../team/console.rs"]
mod console;
#[allow(dead_code)]
#[path = "../team/house.rs"]
mod house;
#[allow(dead_code)]
#[path = "../team/marks.rs"]
mod marks;
#[allow(dead_code)]
#[path = "../team/persona.rs"]
mod persona;
#[allow(dead_code)]
#[path = "../team/report.rs"]
mod report;
#[allow(dead_code)]
#[path = "../team/reviewer.rs"]
mod reviewer;
#[allow(dead_code)]
#[path = "../team/server.rs"]
mod server;
#[allow(dead_code)]
#[path = "../team/watch.rs"]
mod watch;

use std::{
    collections::VecDeque,
    io::stdout,
    path::PathBuf,
    process::{Command, ExitCode},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use anyhow::{Context, ensure};
use clap::Parser;
use futures::{StreamExt, TryStreamExt, stream};
use tokio::task::JoinSet;

use self::{
    clock::Day,
    course::Hands,
    judge::Done,
    place::{CONSOLES, Place},
    report::Report,
    reviewer::Ledger,
    traffic::Traffic,
    watch::Watch,
    work::Work,
};

#[derive(Debug, Parser)]
struct Arguments {
    /// Events at Persona in the whole day.
    #[arg(long, default_value_t = 5_000, value_parser = clap::value_parser!(u16).range(1_000..=20_000))]
    events: u16,
    /// Leave the folder with all that was written.
    #[arg(long)]
    keep: bool,
    /// Where that folder is made.
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
}

/// So many events Persona tells of: fewer than happen on the day.
const TOLD: usize = 500;

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    // A client can be built once there is one, whether it needs it or not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let promtool = Command::new("promtool").arg("--version").output();
    ensure!(promtool.is_ok(), "promtool is not installed: it comes with Prometheus");
    let mut report = Report::default();
    let place = Place::prepare(&arguments.folder, TOLD).await?;
    let events = usize::from(arguments.events);
    let fresh = made(&place, events / 3 + 300).await?;
    // What they fill the database with is in nobody's figures of the day.
    place.open_consoles(" at first").await?;
    tokio::time::sleep(Duration::from_secs(5)).await;
    place.close_consoles(" at first").await;
    place.open_consoles("").await?;
    place.receive("").await?;
    place.persona.enable(&place.webhook).await?;
    let place = Arc::new(place);
    let done = day(&place, events, fresh).await?;
    judge::run(place, done, arguments.keep, &mut report).await?;
    report.print(&mut stdout().lock())?;
    Ok(if report.all_hold() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Inquiries that are begun, and that nobody reviews so far.
async fn made(place: &Place, count: usize) -> anyhow::Result<VecDeque<String>> {
    let made = stream::iter(0..count).map(|_| place.persona.create()).buffer_unordered(8);
    made.try_collect().await
}

async fn day(place: &Arc<Place>, events: usize, fresh: VecDeque<String>) -> anyhow::Result<Done> {
    let listed = place.persona.list("inquiries").await?;
    let decided = listed.into_iter().filter(|(_, is)| is == "approved" || is == "declined");
    let decided: Vec<(String, String)> = decided.collect();
    let cases = place.persona.list("cases").await?.into_iter().map(|(id, _)| id).collect();
    ensure!(!decided.is_empty(), "the world is too small");
    // What was begun is known everywhere, and a new window of requests has just begun: they end on
    // whole hours of the day then, more or less.
    tokio::time::sleep(Duration::from_secs(5)).await;
    tokio::time::sleep(place.persona.window_left().await?).await;
    let day = Day::begin();
    println!("the day begins");
    let flag = || Arc::new(AtomicBool::new(false));
    let (over, ledger, fresh) = (flag(), Arc::new(Ledger::default()), Arc::new(Mutex::new(fresh)));
    let hands = Hands {
        place: Arc::clone(place),
        day,
        ledger: Arc::clone(&ledger),
        fresh: Arc::clone(&fresh),
        rests: flag(),
        paused: flag(),
        disturbed: flag(),
    };
    let happened = Arc::new(AtomicU64::new(0));
    let traffic = Traffic {
        persona: Arc::clone(&place.persona),
        day,
        events,
        fresh,
        decided,
        cases,
        ledger: Arc::clone(&ledger),
        paused: Arc::clone(&hands.paused),
        disturbed: Arc::clone(&hands.disturbed),
        happened: Arc::clone(&happened),
        over: Arc::clone(&over),
    };
    let watch = Watch {
        server: Arc::clone(&place.server),
        processes: Arc::clone(&place.processes),
        metrics: place.house.metrics,
        secrets: Vec::new(),
        over: Arc::clone(&over),
    };
    let work = Work {
        place: Arc::clone(place),
        ledger: Arc::clone(&ledger),
        rests: Arc::clone(&hands.rests),
        over: Arc::clone(&over),
    };
    let mut shifts = JoinSet::new();
    (0..CONSOLES).for_each(|nth| _ = shifts.spawn(work::shift(work.clone(), nth)));
    let watching = tokio::spawn(watch.run());
    let traffic = tokio::spawn(traffic.run());
    let scraping = tokio::spawn(scrape::run(place.targets.clone(), day));
    let incidents = course::run(&hands).await?;
    over.store(true, Ordering::Relaxed);
    let scraped = scraping.await??;
    let failed = traffic.await?;
    while shifts.join_next().await.is_some() {}
    let samples = watching.await.context("it looks on until the end")?;
    let happened = happened.load(Ordering::Relaxed);
    Ok(Done { day, scraped, incidents, samples, ledger, happened, failed })
}
