//! Going to what an id or a link names, and back to what was open before.

use super::{Effect, State, Tone, command::refuse, measure, open, relations};
use crate::{
    model::Subject,
    tui::{
        available::available,
        command::Command,
        jumps::{self, Place},
        msg::Answer,
        state::{Pane, Tab},
        target::{self, Target},
    },
};

/// Text was pasted where none is written: what it names is opened.
pub fn pasted(state: &mut State, text: &str) -> Vec<Effect> {
    match target::found(text) {
        Ok(target) => to(state, target),
        Err(why) => refuse(state, format!("nothing is opened by what was pasted: {why}")),
    }
}

pub fn to(state: &mut State, target: Target) -> Vec<Effect> {
    // As for a key that opens: what is staged goes first.
    if let (true, Err(why)) = (state.staged.is_some(), available(state, Command::Open)) {
        return refuse(state, why);
    }
    state.overlay = None;
    match target {
        Target::Item(subject) => {
            state.say(format!("open: {} {}", subject.kind(), subject.short()), Tone::Plain);
            open(state, subject)
        }
        target => vec![Effect::FindOwner(target)],
    }
}

/// What shows a report or a verification is known, or it is not.
pub fn owner(state: &mut State, target: &Target, answer: Answer<Option<Subject>>) -> Vec<Effect> {
    let subject = match answer {
        Err(why) => return refuse(state, why),
        Ok(None) => {
            let (kind, id) = (target.kind(), target.id());
            let said = format!(
                "{id} is not in the local copy: a {kind} is shown with its inquiry, open that by its id"
            );
            return refuse(state, said);
        }
        Ok(Some(subject)) => subject,
    };
    if state.staged.is_some() || state.lock.is_on() {
        return Vec::new();
    }
    let is_inquiry = matches!(subject, Subject::Inquiry(_));
    let said = format!("this {} is evidence of {}", target.kind(), subject.short());
    let effects = open(state, subject);
    if let Some(detail) = state.detail.as_mut().filter(|_| is_inquiry) {
        detail.tab = match target {
            Target::Report(_) => Tab::Reports,
            _ => Tab::Checks,
        };
        (detail.cursor, detail.scroll) = (0, 0);
    }
    state.say(said, Tone::Plain);
    effects
}

pub fn back(state: &mut State) -> Vec<Effect> {
    let to = state.jumps.before(jumps::here(state).as_ref());
    jump(state, to)
}

pub fn forward(state: &mut State) -> Vec<Effect> {
    let to = state.jumps.after();
    jump(state, to)
}

fn jump(state: &mut State, to: Option<usize>) -> Vec<Effect> {
    let place = to.and_then(|to| state.jumps.go(to));
    place.map_or_else(Vec::new, |place| to_place(state, place))
}

pub fn to_place(state: &mut State, place: Place) -> Vec<Effect> {
    match place {
        Place::Item(subject) => open(state, subject),
        Place::Tree(account) if state.relations.root() == Some(&account) => {
            state.focus = Pane::Relations;
            measure(state);
            super::follow::cursor(state)
        }
        Place::Tree(account) => {
            state.relations.trail.clear();
            relations::plant(state, account)
        }
    }
}

/// Remembers where the reviewer is now.
pub fn follow(state: &mut State) {
    if let Some(place) = jumps::here(state).filter(|_| !state.lock.is_on()) {
        state.jumps.visit(place);
    }
}
