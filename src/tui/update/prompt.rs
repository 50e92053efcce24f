//! Keys while a command's name is typed. What it names runs as if its key had been pressed.

use crossterm::event::Event;
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{Effect, State, command, dialog, views};
use crate::tui::{
    keymap::{self, Prompting},
    prompt::{self, Prompt},
    state::Press,
};

pub fn press(state: &mut State, mut prompt: Prompt, key: Press) -> Vec<Effect> {
    prompt.refused = None;
    match keymap::prompting(key) {
        Prompting::Leave => return Vec::new(),
        Prompting::Run if prompt.input.value().trim().is_empty() => return Vec::new(),
        Prompting::Run if views::is_typed(prompt.input.value()) => {
            return match state.staged.is_some() {
                true => dialog::refuse_while_staged(state),
                false => views::typed(state, prompt.input.value()).unwrap_or_default(),
            };
        }
        Prompting::Run => match prompt::resolve(prompt.input.value()) {
            Ok(command) if dialog::waits_for_staged(state, command) => {
                return dialog::refuse_while_staged(state);
            }
            Ok(command) => return command::act(state, command),
            Err(why) => prompt.refused = Some(why),
        },
        Prompting::Complete => {
            prompt.input = Input::new(prompt::completed(prompt.input.value()));
        }
        Prompting::Erase if prompt.input.value().is_empty() => return Vec::new(),
        Prompting::Erase | Prompting::Text => {
            prompt.input.handle_event(&Event::Key(key));
        }
    }
    state.prompt = Some(prompt);
    Vec::new()
}
