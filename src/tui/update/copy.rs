//! What can be handed to the terminal's clipboard: ids freely, personal values only while they are
//! shown, and after the journal has it.

use super::{Effect, State, Tone, command::refuse, dialog};
use crate::{
    desk::Note,
    model::{Subject, Text},
    secret::Secret,
    tui::{
        command::Command,
        copying::{Choice, Copied},
        keymap::Dialog,
        msg::Then,
        panes::detail::{self, On},
        state::{File, Overlay, Press},
    },
};

/// Opens the menu of what there is to copy.
pub fn menu(state: &mut State) -> Vec<Effect> {
    let Some(subject) = state.detail.as_ref().map(|detail| detail.subject.clone()) else {
        return refuse(state, "nothing is selected");
    };
    let choices = choices(state, &subject);
    state.overlay = Some(Overlay::Copy { subject, choices, cursor: 0 });
    Vec::new()
}

/// A press in the menu.
pub fn press(
    state: &mut State,
    (subject, choices, cursor): (Subject, Vec<Choice>, usize),
    press: Press,
) -> Vec<Effect> {
    let key = state.settings.keys.dialog(press);
    let last = choices.len().saturating_sub(1);
    let picked = match key {
        Dialog::Accept | Dialog::Copy => choices.get(cursor),
        Dialog::Pick(nth) => choices.get(nth),
        _ => None,
    };
    if let Some(choice) = picked {
        return hand_out(state, &subject, choice);
    }
    let cursor = match key {
        Dialog::Down => (cursor + 1).min(last),
        Dialog::Up => cursor.saturating_sub(1),
        Dialog::Cancel => return Vec::new(),
        _ => {
            dialog::nothing_here(state, press);
            cursor
        }
    };
    state.overlay = Some(Overlay::Copy { subject, choices, cursor });
    Vec::new()
}

/// What is under the detail's cursor first, then what the item is known by.
fn choices(state: &State, subject: &Subject) -> Vec<Choice> {
    let id = |title, id: &str| Choice { title, copied: Copied::Free(id.to_owned()) };
    let mut choices = Vec::new();
    match detail::under_cursor(state) {
        Some(On::Value { place, value }) => choices.push(Choice {
            title: "value at the cursor",
            copied: Copied::Personal { place, value },
        }),
        Some(On::Id(at_cursor)) => choices.push(id("id at the cursor", at_cursor.as_str())),
        Some(On::Subject(at_cursor)) => choices.push(id("id at the cursor", at_cursor.id())),
        Some(On::Report(report) | On::Match { report, .. }) => {
            choices.push(id("id of this report", report.as_str()));
        }
        Some(On::Fold(_) | On::Photo) | None => {}
    }
    choices.push(id("id of this item", subject.id()));
    if let Subject::Inquiry(inquiry) = subject {
        choices.push(id("its page in Persona's dashboard", &format!("{DASHBOARD}{inquiry}")));
    }
    let Some(detail) = &state.detail else { return choices };
    if let Some(account) = detail.account().filter(|account| account.as_str() != subject.id()) {
        choices.push(id("id of its account", account.as_str()));
    }
    let reference = match &detail.file {
        File::Inquiry(file) => file.inquiry.reference_id.as_ref(),
        File::Account(file) => file.account.reference_id.as_ref(),
        File::Case(_) | File::Loading | File::Missing => None,
    };
    choices.extend(reference.map(|reference| id("its reference id", reference.as_str())));
    choices
}

/// An inquiry's page there, with its id at the end.
const DASHBOARD: &str = "https://app.withpersona.com/dashboard/inquiries/";

fn hand_out(state: &mut State, subject: &Subject, choice: &Choice) -> Vec<Effect> {
    match &choice.copied {
        Copied::Free(text) => {
            state.say(format!("{}: sent to the terminal's clipboard", choice.title), Tone::Good);
            vec![Effect::Copy(Secret::new(text.clone()))]
        }
        Copied::Personal { place, .. } if !state.values().shows(place) => {
            let key = state.key(Command::Reveal);
            refuse(state, format!("not copied: the value is masked, {key} shows it first"))
        }
        Copied::Personal { place, value } => {
            let note = Note::Copied { subject: subject.clone(), what: Text::new(place) };
            let value = Secret::new(value.reveal().to_string());
            vec![Effect::JournalFirst(note, Then::Copy(value))]
        }
    }
}
