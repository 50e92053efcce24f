//! Fills a store with a million inquiries, or as many as are asked for, to try the console on:
//!
//! ```text
//! cargo run --release --example fill -- FILE [INQUIRIES]
//! cargo run --release --example fill -- FILE INQUIRIES EVENTS-A-SECOND SECONDS
//! ```
//!
//! The second form takes so many events a second into a filled store, as sync would, while a
//! console or a command reads it. `caseload doctor` tells where a profile's file is.

use std::{
    env,
    path::PathBuf,
    time::{Duration, Instant},
};

#[path = "../benches/filled/mod.rs"]
mod filled;

#[tokio::main]
async fn main() {
    let mut arguments = env::args().skip(1);
    let usage = "fill FILE [INQUIRIES [EVENTS-A-SECOND SECONDS]]";
    let file = PathBuf::from(arguments.next().expect(usage));
    let mut number =
        |usual: usize| arguments.next().map_or(usual, |given| given.parse().expect("a number"));
    let (inquiries, a_second, seconds) = (number(1_000_000), number(0), number(0));
    let start = Instant::now();
    let store = filled::fill(&file, inquiries, |done| {
        if done % 20_000 == 0 {
            println!("{done} after {:.0} s", start.elapsed().as_secs_f64());
        }
    })
    .await;
    // Ten transactions a second.
    let mut slowest = Duration::ZERO;
    let mut tick = tokio::time::interval(Duration::from_millis(100));
    let first = jiff::Timestamp::now().as_millisecond().unsigned_abs() % 1_000_000_000;
    let first = usize::try_from(first).expect("a number");
    for round in 0..seconds * 10 {
        tick.tick().await;
        let of_round = (0..a_second / 10).map(|nth| first + round * (a_second / 10) + nth);
        let events: Vec<_> = of_round.map(|count| filled::event(count, inquiries)).collect();
        let start = Instant::now();
        store.ingest(&events).await.expect("it takes events in");
        slowest = slowest.max(start.elapsed());
    }
    if seconds > 0 {
        println!("{} events; the slowest commit took {slowest:?}", a_second / 10 * 10 * seconds);
    }
}
