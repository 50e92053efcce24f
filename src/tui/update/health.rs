//! Figures and the connection: what is wrong with them becomes words.

use jiff::SignedDuration;

use super::{Leaving, State, Tone};
use crate::{
    desk::SyncState,
    metrics::Stats,
    tui::{format, state::Breach, widgets::health},
};

/// Turns figures above their limits into words, which stay until a key is pressed.
pub fn judge(state: &mut State, stats: Stats) {
    let mut words = Vec::new();
    if stats.slow
        && let Some(p95) = stats.p95
    {
        let sla = format::latency(state.settings.sla);
        words.push(format!("SLOW: p95 {} is above {sla}", format::latency(p95)));
    }
    if stats.failing
        && let Some(rate) = stats.error_rate
    {
        let limit = format::percent(state.settings.error_rate);
        words.push(format!("FAILING: {} of requests, limit {limit}", format::percent(rate)));
    }
    state.stats = stats;
    match (&mut state.breach, words.is_empty()) {
        (_, false) => state.breach = Some(Breach { text: words.join(" · "), over: false }),
        (Some(breach), true) => breach.over = true,
        (None, true) => {}
    }
}

/// So long what is wrong with the connection stays beside a key; the header goes on saying that it
/// is wrong.
const READ: SignedDuration = SignedDuration::from_secs(2);

/// A key takes away what was read: the sentence about the connection.
pub fn let_go(state: &mut State) {
    let Some(why) = health::trouble(&state.sync.phase) else { return };
    let read = state.told.is_some_and(|at| state.now.duration_since(at) >= READ);
    if read && state.toast.as_ref().is_some_and(|toast| toast.text == why) {
        state.toast = None;
    }
}

/// So long a closed gap is news.
const NEWS: SignedDuration = SignedDuration::from_secs(60);

/// Says what changed about the connection, once.
pub fn synced(state: &mut State, sync: SyncState) {
    let is_another =
        std::mem::discriminant(&sync.phase) != std::mem::discriminant(&state.sync.phase);
    if state.leaving == Leaving::No {
        if is_another && let Some(said) = health::trouble(&sync.phase) {
            state.say(said, Tone::Bad);
            state.told = Some(state.now);
        }
        // One of long ago is told to a console that has just come, and no news.
        if sync.repaired != state.sync.repaired
            && let Some(repair) = &sync.repaired
            && state.now.duration_since(repair.at) < NEWS
        {
            state.say(health::repaired(repair, state.now), Tone::Plain);
        }
    }
    state.sync = sync;
}
