//! The detail follows the cursor: at once, or when the cursor rests.

use std::time::Duration;

use super::{Effect, Pane, State, fill};
use crate::{
    model::Subject,
    tui::{
        command::Command,
        follow::{Follow, is_step, rests_at, waits_for_file},
        state::{Detail, File},
    },
};

/// How long a person takes to notice that another item is under the cursor.
const NOTICE: Duration = Duration::from_millis(700);

/// The cursor was moved: the detail shows what it is on now, from the store alone.
pub fn cursor(state: &mut State) -> Vec<Effect> {
    state.follow = None;
    let mut effects = fill(state);
    let from = state.list_pane();
    let shown = state.detail.as_ref().map(|detail| &detail.subject);
    match state.selected() {
        Some(subject) if shown != Some(&subject) => effects.push(show(state, subject, from)),
        None if from != Pane::Relations && state.focus != Pane::Detail => state.detail = None,
        _ => {}
    }
    effects
}

/// The cursor was moved and may be moved on: rows come along, the detail when it rests.
pub fn cursor_at_rest(state: &mut State) -> Vec<Effect> {
    let wanted = state.selected();
    let shown = state.detail.as_ref().map(|detail| &detail.subject);
    let is_shown = wanted.is_some() && shown == wanted.as_ref();
    let at = rests_at(state.stepped.replace(state.now), state.now);
    state.follow = (!is_shown).then_some(Follow { at, wanted });
    fill(state)
}

/// It rests by now.
pub fn when_due(state: &mut State) -> Vec<Effect> {
    match &state.follow {
        Some(follow) if follow.at <= state.now && !state.lock.is_on() => now(state),
        _ => Vec::new(),
    }
}

/// Nothing waits any more for the cursor to rest.
pub fn now(state: &mut State) -> Vec<Effect> {
    let Some(Follow { wanted, .. }) = state.follow.take() else { return Vec::new() };
    let effects = cursor(state);
    // The row went away under the cursor: another item is there now, unasked.
    if wanted.is_some() && state.selected() != wanted {
        notice(state);
    }
    effects
}

/// What is no step of the cursor brings the detail along first. Whether the command has to wait for
/// what the detail is still to show; then it is taken when that is here.
pub fn before(state: &mut State, command: Command) -> (Vec<Effect>, bool) {
    if is_step(command) {
        return (Vec::new(), false);
    }
    let effects = now(state);
    let in_tree = state.focus == Pane::Relations;
    let loading = |detail: &&mut Detail| matches!(detail.file, File::Loading);
    match state.detail.as_mut().filter(loading) {
        Some(detail) if waits_for_file(command) && !in_tree => {
            detail.then = Some(command);
            (effects, true)
        }
        _ => (effects, false),
    }
}

/// The rows moved by themselves. What is being read or decided stays; what is only previewed
/// follows, and cannot be decided before a person can have noticed.
pub fn rows(state: &mut State) -> Vec<Effect> {
    if state.focus == Pane::Detail || state.staged.is_some() {
        return fill(state);
    }
    if state.follow.is_some() {
        let selected = state.selected();
        if let Some(follow) = &mut state.follow
            && follow.wanted.is_none()
        {
            follow.wanted = selected;
        }
        return fill(state);
    }
    let before = state.detail.as_ref().map(|detail| detail.subject.clone());
    let effects = cursor(state);
    let after = state.detail.as_ref().map(|detail| &detail.subject);
    if before.is_some() && after.is_some() && before.as_ref() != after {
        notice(state);
    }
    effects
}

fn notice(state: &mut State) {
    let until = state.now + NOTICE;
    if let Some(detail) = &mut state.detail {
        detail.look_until = Some(until);
    }
}

/// Puts an object into the detail.
pub fn show(state: &mut State, subject: Subject, from: Pane) -> Effect {
    state.follow = None;
    let checks = state.detail.as_ref().map(|detail| detail.checks);
    let mut detail = Detail::of(subject.clone(), from);
    detail.checks = checks.unwrap_or_default();
    state.detail = Some(detail);
    Effect::LoadFile(subject)
}

/// Whether what the screen shows is still to come from the store.
pub fn lacks(state: &State) -> bool {
    state.inquiries.has_gaps()
        || state.cases.has_gaps()
        || state.detail.as_ref().is_some_and(|detail| matches!(detail.file, File::Loading))
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyEvent};

    use super::*;
    use crate::{
        desk::{InquiryRow, Rows, Total},
        model::InquiryId,
        tui::{
            msg::Msg,
            state::{Tone, samples},
            update::update,
        },
    };

    fn id(nth: usize) -> InquiryId {
        InquiryId::new(&format!("inq_row{nth}")).unwrap()
    }

    fn row(nth: usize) -> InquiryRow {
        InquiryRow {
            id: id(nth),
            status: crate::model::InquiryStatus::NeedsReview,
            name: None,
            waiting_since: None,
            updated_at: None,
            kinds: Vec::new(),
            failed: 0,
            signals: 0,
            unproven: 0,
            passed: 0,
            hydrated: true,
            tags: Vec::new(),
            action: None,
            has_late_case: false,
        }
    }

    /// A list of which the first row is in the detail, read and drawn.
    fn listed() -> State {
        let mut state = samples::reading("needs_review");
        state.focus = Pane::Inquiries;
        state.inquiries.rows =
            Rows { total: 40, extent: Total::Exact, first: 0, rows: (0..40).map(row).collect() };
        state.inquiries.loaded = true;
        state.cases.loaded = true;
        state.detail.as_mut().unwrap().subject = Subject::Inquiry(id(0));
        state
    }

    fn press(state: &mut State, key: char) -> Vec<Effect> {
        update(state, Msg::Key(KeyEvent::from(KeyCode::Char(key))))
    }

    fn shown(state: &State) -> &str {
        state.detail.as_ref().unwrap().subject.id()
    }

    fn asks(effects: &[Effect]) -> usize {
        effects.iter().filter(|effect| matches!(effect, Effect::LoadFile(_))).count()
    }

    #[test]
    fn the_detail_follows_when_the_cursor_rests() {
        let mut state = listed();
        assert_eq!(asks(&press(&mut state, 'j')), 0);
        state.now += Duration::from_millis(30);
        assert_eq!(asks(&press(&mut state, 'j')), 0);
        state.now += Duration::from_millis(219);
        assert_eq!(asks(&update(&mut state, Msg::Woke)), 0);
        assert_eq!(shown(&state), "inq_row0");
        assert_eq!(crate::tui::wake::next_change(&state), state.now + Duration::from_millis(1));
        state.now += Duration::from_millis(1);
        assert_eq!(asks(&update(&mut state, Msg::Woke)), 1);
        assert_eq!((shown(&state), state.follow.is_none()), ("inq_row2", true));
        // There and back again: nothing is to follow.
        state.now += Duration::from_secs(1);
        press(&mut state, 'k');
        press(&mut state, 'j');
        assert!(state.follow.is_none());
    }

    #[test]
    fn no_key_is_taken_for_the_item_before() {
        for key in ['a', 'd', 'e'] {
            let mut state = listed();
            press(&mut state, 'j');
            assert_eq!(asks(&press(&mut state, key)), 1, "{key}");
            assert!(state.staged.is_none() && shown(&state) == "inq_row1");
            assert_eq!(state.toast.as_ref().map(|toast| toast.tone), Some(Tone::Bad));
        }
        // What only looks waits for the file, and for no other.
        let mut state = listed();
        press(&mut state, 'j');
        press(&mut state, 'y');
        let then = |state: &State| state.detail.as_ref().unwrap().then;
        assert_eq!((then(&state), state.overlay.is_none()), (Some(Command::Copy), true));
        press(&mut state, 'j');
        assert_eq!(then(&state), None);
    }

    #[test]
    fn a_row_that_goes_away_under_the_cursor_is_not_decided_at_once() {
        let mut state = listed();
        press(&mut state, 'j');
        state.inquiries.rows.rows.remove(1);
        assert_eq!(asks(&rows(&mut state)), 0, "it still follows later");
        now(&mut state);
        assert_eq!(shown(&state), "inq_row2");
        assert!(state.detail.as_ref().unwrap().look_until.is_some());
    }
}
