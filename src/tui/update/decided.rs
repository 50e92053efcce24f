//! What came of a decision in the commit bar: it is durable, or taken back, and the next item is on.

use super::{
    Effect, Pane, State, Tone, ask, claim, evidence, follow, measure, relations, unfinished,
};
use crate::{
    desk::{Committed, TakenBack},
    model::Subject,
    tui::{
        command::Command,
        msg::Answer,
        pending, repeating,
        staged::{Purpose, Staged},
        state::Detail,
    },
};

/// A decision is durable or kept, or it is not and stays staged.
pub fn submitted(state: &mut State, answer: Answer<Committed>) -> Vec<Effect> {
    let Some(mut staged) = state.staged.take() else { return Vec::new() };
    let committed = match answer {
        Ok(committed) => committed,
        Err(why) => {
            staged.submitted = false;
            state.staged = Some(staged);
            state.say(format!("not recorded, nothing was sent: {why}"), Tone::Bad);
            return Vec::new();
        }
    };
    let what = format!("{} of {}{}", staged.verb.words(), staged.subject.short(), staged.too());
    match staged.purpose {
        _ if committed == Committed::Kept => {
            let undo = state.key(Command::Undo);
            let said = format!(
                "{what} is kept here until the shared database answers; {undo} takes it back"
            );
            state.say(said, Tone::Good);
        }
        Purpose::Propose(_) => {
            let undo = state.key(Command::Undo);
            let said =
                format!("{what} is proposed: a second person confirms it; {undo} takes it back");
            state.say(said, Tone::Good);
        }
        _ => leaves(state, &what),
    }
    over(state, staged)
}

/// What was proposed goes on its way, or not.
pub fn confirmed(state: &mut State, answer: Answer<()>) -> Vec<Effect> {
    let staged = state.staged.take();
    match (answer, staged) {
        (Ok(()), Some(staged)) => {
            let what = format!("{} of {}, confirmed,", staged.verb.words(), staged.subject.short());
            leaves(state, &what);
            over(state, staged)
        }
        (answer, _) => {
            if let Err(why) = answer {
                state.say(format!("not confirmed: {why}"), Tone::Bad);
            }
            measure(state);
            Vec::new()
        }
    }
}

fn leaves(state: &mut State, what: &str) {
    let said = match state.settings.hold.as_secs() {
        0 => format!("{what} is on its way"),
        hold => format!("{what} leaves in {hold} s; {} takes it back", state.key(Command::Undo)),
    };
    state.say(said, Tone::Good);
}

/// What was staged is durable: on to the next.
fn over(state: &mut State, staged: Staged) -> Vec<Effect> {
    unfinished::committed(state, &staged);
    state.committed = Some((staged.subject.clone(), staged.verb.clone()));
    state.snoozes.last = None;
    if let Some(repeat) = repeating::of(&staged.verb) {
        state.repeat = Some(repeat);
    }
    // A second decision about it is timed from the first.
    let now = state.now;
    let is_it = |detail: &&mut Detail| detail.shown_since(&staged.subject).is_some();
    if let Some(detail) = state.detail.as_mut().filter(is_it) {
        detail.shown_at = Some(now);
    }
    measure(state);
    match staged.verb.is_verdict() {
        true => on_from(state, &staged.subject),
        false => Vec::new(),
    }
}

/// An item is done with: on to the next, which is fetched if that one was.
pub fn on_from(state: &mut State, done: &Subject) -> Vec<Effect> {
    let fetched = state.fetching.current.take_if(|current| current == done);
    // In the tree the next is what it leads to.
    if fetched.is_some() && state.list_pane() != Pane::Relations {
        return claim::fetch(state);
    }
    next_item(state, done)
}

pub fn taken_back(state: &mut State, undone: TakenBack) {
    match undone {
        TakenBack::Cancelled => {
            state.committed = None;
            state.say("taken back; nothing was sent", Tone::Good);
        }
        TakenBack::Proposed => {
            state.committed = None;
            state.say("your confirmation is taken back; it is proposed again", Tone::Good);
        }
        TakenBack::Returned { to } => {
            state.say(format!("returned to {to}; nothing was sent"), Tone::Good);
        }
        TakenBack::Some { taken, sent } => {
            state.say(format!("{taken} taken back; {sent} had left already"), Tone::Good);
        }
        TakenBack::TooLate => {
            let remedy = state
                .committed
                .as_ref()
                .map(|(_, verb)| pending::remedy(verb, &state.settings.keys));
            let said = "too late to take it back: it is on its way to Persona";
            state.say(format!("{said}; {}", remedy.unwrap_or_default()), Tone::Bad);
        }
    }
}

/// The next item of the list, opened if the reviewer reads in the detail.
fn next_item(state: &mut State, decided: &Subject) -> Vec<Effect> {
    if let (Pane::Relations, Subject::Inquiry(inquiry)) = (state.list_pane(), decided) {
        return relations::decided(state, inquiry);
    }
    let reading = state.focus == Pane::Detail;
    // A row that left the list while it was decided has made room for the next one already.
    let is_there = state.selected().as_ref() == Some(decided);
    let (cursor, total) = match (state.list_pane(), decided) {
        (Pane::Inquiries, Subject::Inquiry(_)) => {
            (state.inquiries.cursor, state.inquiries.rows.total)
        }
        (Pane::Cases, Subject::Case(_)) => (state.cases.cursor, state.cases.rows.total),
        _ => return Vec::new(),
    };
    if is_there && cursor + 1 >= total {
        return Vec::new();
    }
    match (is_there, state.list_pane()) {
        (true, Pane::Cases) => state.cases.move_by(1),
        (true, _) => state.inquiries.move_by(1),
        (false, _) => {}
    }
    let mut effects = follow::cursor(state);
    if reading && let Some(subject) = state.detail.as_ref().map(|detail| detail.subject.clone()) {
        effects.push(ask(state, subject));
        effects.extend(evidence::ahead(state));
    }
    effects
}
