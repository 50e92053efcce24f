//! Locking and unlocking. What is locked shows nothing of Persona's, and only one key acts.

use std::time::Duration;

use super::{Effect, State, measure};
use crate::{
    desk::Note,
    tui::state::{Overlay, Press},
};

/// Locks if nobody pressed a key for long enough.
pub fn when_due(state: &mut State) -> Vec<Effect> {
    match state.lock.is_due(state.now) {
        Some(idle) => lock(state, Some(idle)),
        None => Vec::new(),
    }
}

/// Hides everything. What is staged is let go, unless somebody wrote a comment with it; `idle`: for
/// how long nobody pressed a key, where that is why.
pub fn lock(state: &mut State, idle: Option<Duration>) -> Vec<Effect> {
    state.lock.put_on();
    state.overlay = None;
    state.palette = None;
    state.toast = None;
    state.chord.clear();
    state.staged = state
        .staged
        .take()
        .filter(|staged| staged.submitted || staged.writing || !staged.comment.value().is_empty());
    if let Some(staged) = state.staged.as_mut().filter(|staged| !staged.submitted) {
        // Enter comes back first; that must not be what commits.
        staged.writing = true;
    }
    if let Some(detail) = &mut state.detail {
        detail.reveals.hide_all();
        detail.drawn = false;
    }
    measure(state);
    vec![Effect::Journal(Note::Locked { idle }), Effect::Repaint]
}

/// A press while it is locked.
pub fn press(state: &mut State, key: Press) -> Vec<Effect> {
    if !state.settings.keys.unlocks(key) {
        return Vec::new();
    }
    state.lock.take_off(state.now);
    let mut effects = vec![Effect::Journal(Note::Unlocked)];
    // A link that came meanwhile is handed out now that somebody is there.
    if let Some(Overlay::Link { subject, action, link }) = &state.overlay {
        let note = Note::CopiedLink { subject: subject.clone(), action: action.clone() };
        effects.extend([Effect::Copy(link.clone()), Effect::Journal(note)]);
    }
    effects
}

/// Whether keys are text now: there the key that locks is a letter like any other.
pub fn is_writing(state: &State) -> bool {
    let comment = state.staged.as_ref().is_some_and(|staged| staged.writing);
    comment || state.palette.is_some() || state.filter.is_some()
}
