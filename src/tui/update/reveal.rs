//! Shows personal data for a while, and hides it again. The journal has it
//! before anybody sees it.

use super::{Effect, State, Tone, command::refuse};
use crate::{
    config::Mask,
    desk::Note,
    model::{Subject, Text},
    tui::{
        album,
        available::available,
        command::Command,
        msg::{Answer, Then},
        panes::detail::{self, On},
        state::Detail,
    },
};

/// All of the item in the detail; what is shown is hidden.
pub fn item(state: &mut State) -> Vec<Effect> {
    let now = state.now;
    if let Err(why) = available(state, Command::RevealItem) {
        return refuse(state, why);
    }
    let Some(detail) = &mut state.detail else { return Vec::new() };
    if detail.reveals.shows_item(now) {
        detail.reveals.hide_all();
        return Vec::new();
    }
    let subject = detail.subject.clone();
    vec![Effect::JournalFirst(note(state, &subject, "page"), Then::RevealItem(subject))]
}

/// The value under the detail's cursor; one that is shown is hidden, and with it all of an item of
/// which all is shown.
pub fn value(state: &mut State) -> Vec<Effect> {
    if state.settings.mask != Mask::Everything || state.shows_item() {
        return item(state);
    }
    match detail::under_cursor(state) {
        Some(On::Value { place, .. }) => at(state, place),
        Some(On::Photo) => at(state, album::PLACE.to_owned()),
        _ => Vec::new(),
    }
}

/// The photos of the item in the detail, all of them; those that are shown are hidden.
pub fn photos(state: &mut State) -> Vec<Effect> {
    match state.settings.mask == Mask::Everything && !state.shows_item() {
        true => at(state, album::PLACE.to_owned()),
        false => item(state),
    }
}

fn at(state: &mut State, place: String) -> Vec<Effect> {
    let is_shown = state.values().shows(&place);
    let Some(detail) = &mut state.detail else { return Vec::new() };
    if is_shown {
        detail.reveals.hide_place(&place);
        return Vec::new();
    }
    let subject = detail.subject.clone();
    vec![Effect::JournalFirst(note(state, &subject, &place), Then::RevealValue(subject, place))]
}

fn note(state: &State, subject: &Subject, what: &str) -> Note {
    Note::Revealed {
        subject: subject.clone(),
        what: Text::new(what),
        seconds: Some(state.settings.reveal.as_secs()),
    }
}

/// The journal has it: now it may be seen, by whoever is still there and at this item.
pub fn recorded(state: &mut State, then: Then, answer: Answer<()>) -> Vec<Effect> {
    if let Err(why) = answer {
        return refuse(state, format!("not shown and not copied: {why}"));
    }
    if state.lock.is_on() {
        return Vec::new();
    }
    let until = state.now + state.settings.reveal;
    match then {
        Then::RevealItem(subject) => {
            if let Some(detail) = shown(state, &subject) {
                detail.reveals.item(until);
            }
            Vec::new()
        }
        Then::RevealValue(subject, place) => {
            if let Some(detail) = shown(state, &subject) {
                detail.reveals.place(place, until);
            }
            Vec::new()
        }
        Then::Copy(value) => {
            state.say("sent to the terminal's clipboard, and told to the journal", Tone::Good);
            vec![Effect::Copy(value)]
        }
    }
}

fn shown<'a>(state: &'a mut State, subject: &Subject) -> Option<&'a mut Detail> {
    state.detail.as_mut().filter(|detail| detail.subject == *subject)
}
