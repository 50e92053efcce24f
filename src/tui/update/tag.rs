//! Tags: the menu, and what is chosen in it goes into the commit bar.

use crossterm::event::Event;
use tui_input::backend::crossterm::EventHandler;

use super::{Effect, State, bulk, command::refuse, stage};
use crate::{
    desk::{InquiryRow, policy},
    model::{Evidence, Subject, Text, filter::List},
    tui::{
        guard,
        keymap::Dialog,
        marks,
        state::{File, Overlay, Press},
        tagging::TagMenu,
    },
};

pub fn open(state: &mut State) -> Vec<Effect> {
    if let Some(list) = marks::in_force(state) {
        return open_for_all(state, list);
    }
    let (subject, evidence, current) = match guard::taggable(state) {
        Ok(found) => found,
        Err(why) => return refuse(state, why),
    };
    let known = known(state);
    let current = current.into_iter().filter(|tag| !is_claim(state, tag)).collect();
    state.overlay = Some(Overlay::Tags(TagMenu::of(subject, evidence, current, known)));
    Vec::new()
}

/// The same for all that is marked: what all of them have that are at hand can be removed.
fn open_for_all(state: &mut State, list: List) -> Vec<Effect> {
    let Some(first) = state.marks.of(list).next().cloned() else { return Vec::new() };
    let rows = state.inquiries.rows.rows.iter();
    let marked: Vec<&InquiryRow> =
        rows.filter(|row| state.marks.has(&Subject::Inquiry(row.id.clone()))).collect();
    let tags = marked.first().map_or(&[][..], |row| row.tags.as_slice()).iter();
    let on_all = tags
        .filter(|tag| list == List::Inquiries && marked.iter().all(|row| row.tags.contains(tag)));
    let current = on_all.filter(|tag| !is_claim(state, tag)).cloned().collect();
    // Each has a version of its own.
    let none = Evidence { status: Text::default(), updated_at: None };
    let mut menu = TagMenu::of(first, none, current, known(state));
    menu.many = Some((list, state.marks.count(list)));
    state.overlay = Some(Overlay::Tags(menu));
    Vec::new()
}

/// Tags of the rows at hand.
fn known(state: &State) -> Vec<Text> {
    let tags = state.inquiries.rows.rows.iter().flat_map(|row| &row.tags);
    tags.filter(|tag| !is_claim(state, tag)).cloned().collect()
}

/// A claim is made by f and let go of by F.
fn is_claim(state: &State, tag: &Text) -> bool {
    state.settings.claims.as_ref().is_some_and(|claims| claims.holder(tag).is_some())
}

pub fn press(state: &mut State, mut menu: TagMenu, key: Press) -> Vec<Effect> {
    match state.settings.keys.line(key) {
        Dialog::Cancel => return Vec::new(),
        Dialog::Accept => match menu.chosen() {
            None => state.say("type the tag first", crate::tui::state::Tone::Plain),
            Some(verb) => {
                if let Some((list, _)) = menu.many {
                    return vec![bulk::ask(list, verb, None)];
                }
                let refused =
                    match state.detail.as_ref().map(|detail| (&detail.subject, &detail.file)) {
                        Some((Subject::Inquiry(_), File::Inquiry(file))) => {
                            policy::inquiry(&file.inquiry, &verb).err()
                        }
                        Some((Subject::Case(_), File::Case(file))) => {
                            policy::case(&file.case, &verb).err()
                        }
                        _ => None,
                    };
                return match refused {
                    Some(why) => refuse(state, why),
                    None => {
                        stage::decision(state, menu.subject, verb, menu.evidence);
                        Vec::new()
                    }
                };
            }
        },
        Dialog::Down => menu.move_by(1),
        Dialog::Up => menu.move_by(-1),
        _ => {
            menu.input.handle_event(&Event::Key(key));
            menu.cursor = 0;
        }
    }
    state.overlay = Some(Overlay::Tags(menu));
    Vec::new()
}
