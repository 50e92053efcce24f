//! Keys while something is typed after `:`. What it names runs as if its key had been pressed.

use crossterm::event::Event;
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{Effect, State, command, goto, views};
use crate::{
    model::{Subject, Text},
    tui::{
        keymap::Prompting,
        palette::{self, Entry, Palette},
        state::Press,
        target,
    },
};

/// More commands than this are not remembered.
const RECENT: usize = 10;

pub fn press(state: &mut State, mut palette: Palette, key: Press) -> Vec<Effect> {
    palette.refused = None;
    let entries = palette::entries(&palette, &state.recent, &state.settings.keys, &state.views);
    let last = entries.len().saturating_sub(1);
    match state.settings.keys.prompting(key) {
        Prompting::Leave => return Vec::new(),
        Prompting::Run => match entries.get(palette.cursor.min(last)) {
            Some(entry) => return run(state, entry.clone()),
            None => palette.refused = Some(palette::nothing(palette.input.value())),
        },
        Prompting::Down => palette.cursor = (palette.cursor + 1).min(last),
        Prompting::Up => palette.cursor = palette.cursor.saturating_sub(1),
        Prompting::Complete => {
            let completed = palette::completed(&palette, &entries);
            return typed(state, palette, Input::new(completed));
        }
        Prompting::Erase if palette.input.value().is_empty() => return Vec::new(),
        Prompting::Erase | Prompting::Text => {
            let mut input = palette.input.clone();
            input.handle_event(&Event::Key(key));
            return typed(state, palette, input);
        }
    }
    state.palette = Some(palette);
    Vec::new()
}

/// Pasted text goes into the line: Enter opens what it names.
pub fn paste(state: &mut State, palette: Palette, text: &Text) -> Vec<Effect> {
    let joined = format!("{}{text}", palette.input.value());
    typed(state, palette, Input::new(joined))
}

fn typed(state: &mut State, mut palette: Palette, input: Input) -> Vec<Effect> {
    let is_same = input.value() == palette.input.value();
    palette.input = input;
    if !is_same {
        palette.cursor = 0;
        palette.ids.clear();
    }
    let start = palette.input.value().trim().to_owned();
    state.palette = Some(palette);
    match target::begins(&start) {
        true => vec![Effect::LoadIds(start)],
        false => Vec::new(),
    }
}

/// Ids that begin so are known; they are offered if that is still what is typed.
pub fn ids(state: &mut State, start: &str, ids: Vec<Subject>) {
    if let Some(palette) = &mut state.palette
        && palette.input.value().trim() == start
    {
        palette.ids = ids;
    }
}

/// Runs or opens what was found.
pub fn run(state: &mut State, entry: Entry) -> Vec<Effect> {
    match entry {
        Entry::Object(target) => goto::to(state, target),
        Entry::View(line) => views::typed(state, &line),
        Entry::Command(command) => {
            state.recent.retain(|one| *one != command);
            state.recent.insert(0, command);
            state.recent.truncate(RECENT);
            command::act(state, command)
        }
    }
}
