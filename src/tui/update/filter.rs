//! The filter line: what is typed narrows the list at once, and a line that cannot be used leaves
//! the list as it is.

use crossterm::event::Event;
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{Effect, Pane, State, Tone, command::refuse, measure, views};
use crate::{
    model::filter::{self, List, completed, parse},
    tui::{
        available,
        keymap::Filtering,
        state::{Filter, Press},
    },
};

/// Opens it on the list with focus, or on the raw object.
pub fn open(state: &mut State) -> Vec<Effect> {
    let before = (state.inquiry_filter.clone(), state.case_filter.clone());
    if let Some(detail) = state.detail.as_ref().filter(|_| available::finds(state)) {
        let input = Input::new(detail.raw.find.clone());
        state.filter = Some(Filter { pane: Pane::Detail, input, before, problem: None });
        return Vec::new();
    }
    let pane = state.list_pane();
    let Some(list) = list_of(pane) else {
        return refuse(
            state,
            "relations are few enough to see: only inquiries and cases are filtered",
        );
    };
    let own = state.filter_of(list);
    let line = filter::Filter { list: None, ..own.clone() }.to_string();
    state.focus = pane;
    measure(state);
    // Its hints take the toast's place.
    state.toast = None;
    state.filter = Some(Filter { pane, input: Input::new(line), before, problem: None });
    Vec::new()
}

/// Everything of the list again.
pub fn clear(state: &mut State) -> Vec<Effect> {
    if let Some(detail) = state.detail.as_mut().filter(|detail| !detail.raw.find.is_empty()) {
        detail.raw.find.clear();
        return Vec::new();
    }
    let list = list_of(state.list_pane()).unwrap_or_default();
    views::set(state, list, filter::Filter::default())
}

pub fn press(state: &mut State, mut line: Filter, key: Press) -> Vec<Effect> {
    match state.settings.keys.filtering(key) {
        Filtering::Keep if line.problem.is_none() => Vec::new(),
        Filtering::Keep | Filtering::Nothing => {
            state.filter = Some(line);
            Vec::new()
        }
        Filtering::Restore => {
            if line.pane == Pane::Detail {
                return find(state, "");
            }
            restore(state, &line)
        }
        Filtering::Complete => {
            let list = list_of(line.pane);
            match list.and_then(|list| completed(line.input.value(), list)) {
                Some(completed) => line.input = Input::new(completed),
                None => state.say("Tab completes the name of a field", Tone::Plain),
            }
            state.filter = Some(line);
            Vec::new()
        }
        Filtering::Text => {
            line.input.handle_event(&Event::Key(key));
            narrow(state, line)
        }
    }
}

/// Both lists as they were.
fn restore(state: &mut State, line: &Filter) -> Vec<Effect> {
    let mut effects = views::set(state, List::Inquiries, line.before.0.clone());
    effects.extend(views::set(state, List::Cases, line.before.1.clone()));
    effects
}

/// Applies what the line says now.
pub fn narrow(state: &mut State, mut line: Filter) -> Vec<Effect> {
    let Some(list) = list_of(line.pane) else {
        let effects = find(state, line.input.value());
        state.filter = Some(line);
        return effects;
    };
    let mut effects = Vec::new();
    match parse(line.input.value(), list) {
        Err(why) => line.problem = Some(why.to_string()),
        Ok(filter) => {
            line.problem = None;
            // A line that was written for the other list goes there.
            let wanted = filter.list.unwrap_or(list);
            if wanted != list {
                effects.extend(restore(state, &line));
                line.pane = pane_of(wanted);
                state.focus = line.pane;
                measure(state);
            }
            effects.extend(views::set(state, wanted, filter));
        }
    }
    state.filter = Some(line);
    effects
}

/// Narrows the raw object to lines with these words.
fn find(state: &mut State, words: &str) -> Vec<Effect> {
    if let Some(detail) = &mut state.detail {
        words.clone_into(&mut detail.raw.find);
        (detail.cursor, detail.scroll) = (0, 0);
    }
    Vec::new()
}

pub fn list_of(pane: Pane) -> Option<List> {
    match pane {
        Pane::Inquiries => Some(List::Inquiries),
        Pane::Cases => Some(List::Cases),
        Pane::Relations | Pane::Detail => None,
    }
}

pub fn pane_of(list: List) -> Pane {
    match list {
        List::Inquiries => Pane::Inquiries,
        List::Cases => Pane::Cases,
    }
}
