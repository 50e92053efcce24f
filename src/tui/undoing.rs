//! What undo takes back: what was put off last, if nothing was decided since; else the reviewer's own
//! newest decision; failing that, what is wrong with the item on the screen.

use std::time::Duration;

use jiff::Timestamp;

use super::{effect::Effect, pending, state::State, update::Deed};
use crate::model::{Action, ActionState, Text, proposal::is_same};

/// # Errors
/// Why there is nothing to take back, or not any more.
pub fn wanted(state: &State) -> Result<Effect, String> {
    // A refusal on the screen is read first.
    let action = state.detail.as_ref().and_then(|detail| detail.action());
    let unread = action.is_some_and(|action| !action.state.is_open());
    if let Some(before) = state.snoozes.last.as_ref().filter(|_| !unread) {
        return Ok(Effect::Snooze(before.clone(), Deed::TakeBack));
    }
    if let Some(newest) = state.kept.last().and_then(|kept| kept.decisions.last()) {
        return Ok(Effect::Undo(newest.action.clone()));
    }
    let me = &state.settings.reviewer;
    let held = state
        .outbox
        .iter()
        .filter(|action| matches!(action.state, ActionState::Held { .. }) && is_of(action, me));
    if let Some(newest) = held.max_by_key(|action| committed_at(action, state.settings.hold)) {
        return Ok(Effect::Undo(newest.id.clone()));
    }
    let shown = state
        .detail
        .as_ref()
        .and_then(|detail| detail.action().or_else(|| state.decisions_below(detail).next()));
    if let Some(action) = shown.or_else(|| just_proposed(state)) {
        return about(state, action);
    }
    Err(match state.committed.as_ref() {
        Some((subject, verb)) => {
            let what = format!("{} of {}", verb.words(), subject.short());
            let remedy = pending::remedy(verb, &state.settings.keys);
            format!("{what} has reached Persona; {remedy}")
        }
        None => "there is nothing to take back: nothing was decided here".to_owned(),
    })
}

/// What was committed last in this console, if it waits for a second person.
fn just_proposed(state: &State) -> Option<&Action> {
    let (subject, _) = state.committed.as_ref()?;
    state.outbox.iter().find(|action| {
        action.subject == *subject && matches!(action.state, ActionState::Proposed { .. })
    })
}

/// What can be done about one decision.
///
/// # Errors
/// Why nothing can.
pub fn about(state: &State, action: &Action) -> Result<Effect, String> {
    let (me, keys) = (&state.settings.reviewer, &state.settings.keys);
    match &action.state {
        ActionState::Proposed { .. } => Ok(Effect::Undo(action.id.clone())),
        // Of many that were decided in one go, those that have not left.
        _ if action.bulk.is_some() && is_of(action, me) && has_rest(state, action) => {
            Ok(Effect::Undo(action.id.clone()))
        }
        ActionState::Held { .. } if !is_of(action, me) => {
            Err(format!("{} decided this, and takes it back themselves", action.reviewer))
        }
        state if state.is_open() => Err(format!(
            "{} is on its way to Persona and cannot be taken back; {}",
            action.verb.words(),
            pending::remedy(&action.verb, keys)
        )),
        _ if is_of(action, me) => Ok(Effect::Acknowledge(action.id.clone())),
        _ => Err(format!("this was decided by {}, who has to read it", action.reviewer)),
    }
}

/// Whether something that was decided in one go with it has not left.
fn has_rest(state: &State, action: &Action) -> bool {
    let held = |other: &Action| matches!(other.state, ActionState::Held { .. });
    state.outbox.iter().any(|other| other.bulk == action.bulk && held(other))
}

/// When its hold window began: what was confirmed may have been proposed long before.
fn committed_at(action: &Action, hold: Duration) -> Timestamp {
    match (&action.confirmed_by, &action.state) {
        (Some(_), ActionState::Held { until }) => *until - hold,
        _ => action.decided_at,
    }
}

/// Whether somebody made or confirmed it.
fn is_of(action: &Action, who: &Text) -> bool {
    is_same(&action.reviewer, who)
        || action.confirmed_by.as_ref().is_some_and(|checker| is_same(checker, who))
}
