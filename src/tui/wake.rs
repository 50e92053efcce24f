//! When something on the screen changes by itself next: nothing is drawn in between.

use std::time::Duration;

use jiff::Timestamp;

use super::{state::State, widgets::health};

/// Nothing on a locked screen changes by itself.
const LOCKED: Duration = Duration::from_secs(24 * 60 * 60);

/// The cursor rests, a toast goes, a reveal ends or its figure counts down, it locks, the data is old, views are
/// counted, what is unfinished is kept, colleagues are told what is open, what was put off comes back, a minute passes.
pub fn next_change(state: &State) -> Timestamp {
    let looks = state.looking.due.as_ref().map(|(at, _)| *at);
    if state.lock.is_on() {
        // But that nobody looks at anything any more is still to be told.
        return looks.filter(|at| *at > state.now).unwrap_or(state.now + LOCKED);
    }
    let minute = 60 - state.now.as_second().rem_euclid(60);
    let mut next = state.now + Duration::from_secs(minute.unsigned_abs());
    let reveal = state.detail.as_ref().and_then(|detail| detail.reveals.next_change(state.now));
    let toast = state.toast.as_ref().map(|toast| toast.until);
    let older = health::next_age(&state.sync, state.now);
    let kept = state.unfinished.due;
    let back = state.snoozes.next();
    let ends = [reveal, toast, state.lock.due(), older, state.views.count_at, kept, back, looks];
    let ends = ends.into_iter().flatten();
    if let Some(follow) = &state.follow {
        next = next.min(follow.at);
    }
    for end in ends.filter(|end| *end > state.now) {
        next = next.min(end);
    }
    next
}
