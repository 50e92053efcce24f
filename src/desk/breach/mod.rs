//! Tells somebody when Persona is slow or fails, and when that is over: a command of the
//! organisation's, with what there is to know on its standard input.
//!
//! `judge` says when a breach is one (pure), `hook` runs the command.

mod hook;
mod judge;

use std::{sync::Arc, time::Duration};

use serde_json::{Value, json};

use self::judge::{Mind, Turn, is_bad, step};
pub use self::{hook::Hook, judge::Patience};
use crate::{
    clock::Clock,
    metrics::{Recorder, Stats, Thresholds},
    model::Timestamp,
};

/// How often it is looked when no figure moves.
const BETWEEN_LOOKS: Duration = Duration::from_secs(5);

/// Looks at the figures of the footer for as long as it is let.
pub async fn watch(recorder: Arc<Recorder>, clock: Clock, hook: Hook) {
    let mut figures = recorder.subscribe();
    let mut mind = Mind::default();
    // When the last breach began, by the time of day.
    let mut since = clock.now();
    loop {
        recorder.age(clock.now());
        let stats = figures.borrow_and_update().clone();
        let (next, turn) = step(mind, is_bad(&stats, mind), clock.moment(), hook.patience);
        mind = next;
        if let Some(turn) = turn {
            let now = clock.now();
            if turn == Turn::Began {
                since = now;
            }
            let told = report(turn, &stats, recorder.thresholds(), since, now);
            tracing::warn!(breach = turn.as_str(), "the command for breaches is run");
            if let Err(why) = hook.run(&told).await {
                tracing::error!(%why, "the command for breaches failed");
            }
        }
        tokio::select! {
            _ = figures.changed() => {}
            () = clock.sleep(BETWEEN_LOOKS) => {}
        }
    }
}

/// What the command reads. Names are a contract: new ones may be added.
fn report(
    turn: Turn,
    stats: &Stats,
    limits: Thresholds,
    since: Timestamp,
    now: Timestamp,
) -> Value {
    let ms = |duration: Duration| u64::try_from(duration.as_millis()).unwrap_or(u64::MAX);
    let kinds = [("latency", stats.slow), ("errors", stats.failing)];
    let kinds = kinds.into_iter().filter_map(|(kind, is)| is.then_some(kind));
    json!({
        "breach": turn.as_str(),
        "at": now.to_string(),
        "since": since.to_string(),
        "kinds": kinds.collect::<Vec<_>>(),
        "requests": stats.attempts,
        "p50_ms": stats.p50.map(ms),
        "p95_ms": stats.p95.map(ms),
        "sla_ms": ms(limits.sla),
        "error_rate": stats.error_rate,
        "error_rate_limit": limits.error_rate,
        "process": std::process::id(),
        "version": env!("CARGO_PKG_VERSION"),
    })
}
