//! How much of the permitted rate a backfill keeps: a first fill of a fresh store from a simulated
//! Persona with 300 requests a minute, which takes 200 ms for each answer.
//!
//! Permitted is what is left after the 15 % that the back lane leaves to people: 255 a minute. The
//! figure is the requests of whole windows over the time they took. Time runs faster than in life.
//!
//! `cargo bench --bench backfill`: at least 95 %, and no 429.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use caseload::{
    busy::Busy,
    clock::Clock,
    metrics::{Recorder, Thresholds},
    persona::{Client, Roots, Settings},
    secret::{KeySource, Secret},
    simulator::{self, DEMO_KEY, Options, Scenario, Simulator},
    store::Store,
    sync::{self, SyncState},
};
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

/// A second of the clock takes so much less.
const HASTE: u32 = 20;
const LATENCY: Duration = Duration::from_millis(200);
const LIMIT: u32 = 300;
const PERMITTED: u32 = LIMIT - LIMIT * 15 / 100;
const WINDOWS: u32 = 4;

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    tokio::runtime::Runtime::new().expect("a runtime").block_on(fill());
}

async fn fill() {
    let clock = Clock::manual("2026-03-02T12:00:00Z".parse().expect("a time"));
    let latency = (LATENCY / HASTE).as_millis();
    let scenario = Scenario::parse(&format!("[[rule]]\nlatency_ms = {latency}\n"));
    let options = Options {
        inquiries: 20_000,
        rate_limit: LIMIT,
        scenario: scenario.expect("a scenario"),
        ..Options::default()
    };
    let listen = ([127, 0, 0, 1], 0).into();
    let persona = simulator::start(listen, options, clock.clone()).await.expect("a free port");
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("store.db"), clock.clone()).await;
    let settings = Settings {
        base_url: persona.base_url().parse().expect("a URL"),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(5),
        roots: Roots::Bundled,
    };
    let key = KeySource::given(Secret::new(DEMO_KEY.to_owned()));
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let client = Client::new(settings, key, clock.clone(), recorder).expect("a client");
    let sync = sync::Sync {
        store: store.expect("a store"),
        client: Arc::new(client),
        clock: clock.clone(),
        busy: Busy::default(),
        state: watch::channel(SyncState::default()).0,
        settings: sync::Settings::default(),
    };
    let cancel = CancellationToken::new();
    let task = tokio::spawn(sync::run(sync, cancel.clone()));
    measure(&persona, &clock).await;
    cancel.cancel();
    task.await.expect("it ends when it is told to");
}

/// Lets time run until so many windows have begun and ended.
async fn measure(persona: &Simulator, clock: &Clock) {
    let (mut openings, mut seen): (Vec<(Timestamp, usize)>, usize) = (Vec::new(), 0);
    let mut tick = Instant::now();
    while openings.len() <= WINDOWS as usize {
        tokio::time::sleep(Duration::from_millis(1)).await;
        clock.advance(tick.elapsed() * HASTE);
        tick = Instant::now();
        let now = clock.now();
        let received = persona.requests().len();
        // The simulated window: 60 seconds from its first request.
        let is_over = openings.last().is_none_or(|(at, _)| now >= *at + Duration::from_secs(60));
        if received > seen && is_over {
            openings.push((now, seen));
        }
        seen = received;
    }
    let ((from, before), (to, after)) = (openings[0], openings[WINDOWS as usize]);
    let minutes = to.duration_since(from).as_secs_f64() / 60.0;
    let rate = (after - before) as f64 / minutes;
    for pair in openings.windows(2) {
        let took = pair[1].0.duration_since(pair[0].0).as_secs_f64();
        println!("{} requests, the next window {took:.1} s later", pair[1].1 - pair[0].1);
    }
    let refused = persona.requests().iter().filter(|one| one.status == Some(429)).count();
    let share = 100.0 * rate / f64::from(PERMITTED);
    println!("{rate:.0} a minute of {PERMITTED} that are permitted: {share:.1} %; 429s: {refused}");
    assert!(share >= 95.0 && refused == 0, "the rate is not kept");
}
