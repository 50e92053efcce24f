//! Tags: the menu, and what is chosen in it goes into the commit bar.

use crossterm::event::Event;
use tui_input::backend::crossterm::EventHandler;

use super::{Effect, State, command::refuse, stage};
use crate::{
    desk::policy,
    model::{Subject, Text},
    tui::{
        guard,
        keymap::Dialog,
        state::{File, Overlay, Press},
        tagging::TagMenu,
    },
};

pub fn open(state: &mut State) -> Vec<Effect> {
    let (subject, evidence, current) = match guard::taggable(state) {
        Ok(found) => found,
        Err(why) => return refuse(state, why),
    };
    // A claim is made by f and let go of by F.
    let is_claim =
        |tag: &Text| state.settings.claims.as_ref().is_some_and(|c| c.holder(tag).is_some());
    let inquiries = state.inquiries.rows.rows.iter().flat_map(|row| &row.tags);
    let known: Vec<Text> = inquiries.filter(|tag| !is_claim(tag)).cloned().collect();
    let current = current.into_iter().filter(|tag| !is_claim(tag)).collect();
    state.overlay = Some(Overlay::Tags(TagMenu::of(subject, evidence, current, known)));
    Vec::new()
}

pub fn press(state: &mut State, mut menu: TagMenu, key: Press) -> Vec<Effect> {
    match state.settings.keys.line(key) {
        Dialog::Cancel => return Vec::new(),
        Dialog::Accept => match menu.chosen() {
            None => state.say("type the tag first", crate::tui::state::Tone::Plain),
            Some(verb) => {
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
