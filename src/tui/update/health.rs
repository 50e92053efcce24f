//! Figures and the connection: what is wrong with them becomes words.

use jiff::SignedDuration;

use super::{Leaving, State, Tone};
use crate::{
    desk::{Away, SyncState},
    metrics::Stats,
    model::KeptCommit,
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

/// How all sentences about a database that is away begin, once it is known.
const AWAY: &str = "the shared database does not answer";

/// The team's database went away, or is back: said once. What is on the screen stays; what moved
/// meanwhile comes by itself.
pub fn database(state: &mut State, away: Option<&Away>) {
    let was_away = std::mem::replace(&mut state.away, away.map(|away| away.since)).is_some();
    let said = match (was_away, away) {
        (false, Some(_)) => health::lost(state.settings.when_lost),
        (true, None) => health::FOUND.to_owned(),
        _ => return,
    };
    // Why something could not be read is said in the header, or over.
    state.inquiries.problem.take_if(|_| state.inquiries.loaded);
    state.cases.problem.take_if(|_| state.cases.loaded);
    if let (None, Some(detail)) = (away, &mut state.detail) {
        detail.problem = None;
    }
    // Colleagues may have been told that nobody was there.
    state.looking.told = None;
    // Whoever asked something of it has been told by what came of that.
    let is_said = state.toast.as_ref().is_some_and(|toast| toast.text.contains(AWAY));
    if state.leaving == Leaving::No && !(away.is_some() && is_said) {
        state.say(said, if away.is_some() { Tone::Bad } else { Tone::Good });
    }
}

/// What is kept here until the team's database is back: all of it went on its way, or more or less.
pub fn kept(state: &mut State, kept: Vec<KeptCommit>) {
    let had = !state.kept.is_empty();
    state.kept = kept;
    let is_over = had && state.kept.is_empty() && state.away.is_none();
    if is_over && state.leaving == Leaving::No {
        state.say(health::WENT_ON, Tone::Good);
    }
}
