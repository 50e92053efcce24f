//! Putting off: the menu, what came of it, and what comes back by itself.

use crossterm::event::Event;
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{
    Effect, State, Tone, command::refuse, decided, load_cases, load_inquiries, marks, views,
};
use crate::{
    desk::{PutOff, Snoozes},
    model::{Snooze, Subject, filter::List},
    tui::{
        bulk::counted,
        command::Command,
        keymap::Dialog,
        marks::list_of,
        msg::Answer,
        repeating::Repeat,
        snoozing::{self, Choice, Menu},
        state::{Overlay, Press},
    },
};

/// What is done about items that are, or were, put off.
#[derive(Debug, Clone, PartialEq)]
pub enum Deed {
    PutOff(Choice, Snooze),
    Wake,
    /// What was done last is undone.
    TakeBack,
}

pub fn open(state: &mut State) -> Vec<Effect> {
    match snoozing::menu(state) {
        Ok(menu) => {
            state.overlay = Some(Overlay::Snooze(menu));
            Vec::new()
        }
        Err(why) => refuse(state, why),
    }
}

pub fn press(state: &mut State, mut menu: Menu, key: Press) -> Vec<Effect> {
    if let Some(input) = menu.typed.take() {
        return line(state, menu, input, key);
    }
    let choices: Vec<Choice> = menu.choices().collect();
    let pressed = state.settings.keys.dialog(key);
    let picked = match pressed {
        Dialog::Accept => choices.get(menu.cursor),
        Dialog::Pick(nth) => choices.get(nth),
        Dialog::Letter(letter) => {
            let letters = menu.letters(&state.settings.keys.letters_of_menus());
            let nth = letters.iter().position(|own| *own == Some(letter));
            nth.and_then(|nth| choices.get(nth))
        }
        _ => None,
    };
    match (picked, pressed) {
        (Some(Choice::Own(_)), _) => menu.typed = Some(Input::default()),
        (Some(choice), _) => return choose(state, menu.subjects, choice.clone()),
        (None, Dialog::Cancel) => return Vec::new(),
        (None, Dialog::Down) => menu.cursor = (menu.cursor + 1).min(choices.len() - 1),
        (None, Dialog::Up) => menu.cursor = menu.cursor.saturating_sub(1),
        (None, _) => super::dialog::nothing_here(state, key),
    }
    state.overlay = Some(Overlay::Snooze(menu));
    Vec::new()
}

/// A press while a time is typed.
fn line(state: &mut State, mut menu: Menu, mut input: Input, key: Press) -> Vec<Effect> {
    menu.problem = None;
    match state.settings.keys.line(key) {
        Dialog::Cancel => {}
        Dialog::Accept => {
            let choice = Choice::Own(input.value().trim().to_owned());
            match choice.snooze(&snoozing::here(state)) {
                Ok(_) => return choose(state, menu.subjects, choice),
                Err(why) => (menu.problem, menu.typed) = (Some(why), Some(input)),
            }
        }
        _ => {
            input.handle_event(&Event::Key(key));
            menu.typed = Some(input);
        }
    }
    state.overlay = Some(Overlay::Snooze(menu));
    Vec::new()
}

/// Does it for these.
pub fn choose(state: &mut State, subjects: Vec<Subject>, choice: Choice) -> Vec<Effect> {
    match choice.snooze(&snoozing::here(state)) {
        Err(why) => refuse(state, why),
        Ok(None) => vec![Effect::Snooze(each(subjects, None), Deed::Wake)],
        Ok(Some(snooze)) => {
            let steps = each(subjects, Some(snooze.clone()));
            vec![Effect::Snooze(steps, Deed::PutOff(choice, snooze))]
        }
    }
}

fn each(subjects: Vec<Subject>, snooze: Option<Snooze>) -> Vec<(Subject, Option<Snooze>)> {
    subjects.into_iter().map(|subject| (subject, snooze.clone())).collect()
}

/// It is durable, or nothing has changed.
pub fn done(state: &mut State, deed: Deed, answer: Answer<PutOff>) -> Vec<Effect> {
    let done = match answer {
        Ok(done) => done,
        Err(why) => return refuse(state, format!("nothing has changed: {why}")),
    };
    let subjects: Vec<Subject> = done.before.iter().map(|(subject, _)| subject.clone()).collect();
    let what = match subjects.as_slice() {
        [] => return refuse(state, "nothing to put off: decided, or not in the local copy"),
        [one] => format!("{} is", one.short()),
        all => {
            let list = all.first().and_then(list_of).unwrap_or(List::Inquiries);
            format!("{} are", counted(all.len(), list))
        }
    };
    let undo = state.key(Command::Undo);
    let mut effects = Vec::new();
    match deed {
        Deed::PutOff(choice, snooze) => {
            let now = snoozing::here(state);
            let said = snoozing::told(&what, &snooze, done.left_out, &done.late, &now, &undo);
            let tone = if done.late.is_empty() { Tone::Good } else { Tone::Bad };
            state.say(said, tone);
            state.repeat = Some(Repeat::Snooze(choice));
            state.snoozes.last = Some(done.before);
            // Out of the list, a mark would only be in the way of the next verb.
            let unmarked: Vec<(Subject, bool)> =
                subjects.iter().map(|subject| (subject.clone(), false)).collect();
            let unmarked = state.marks.change(unmarked);
            if !unmarked.is_empty() {
                effects.push(Effect::Mark(unmarked));
            } else if let [one] = subjects.as_slice() {
                effects.extend(decided::on_from(state, one));
            }
        }
        Deed::Wake => {
            state.snoozes.last = Some(done.before);
            state.say(
                format!("{what} awake, and in the list again; {undo} takes it back"),
                Tone::Good,
            );
        }
        Deed::TakeBack => {
            state.snoozes.last = None;
            state.say(format!("taken back: {what} as before"), Tone::Good);
        }
    }
    effects
}

/// What is put off now; says what came back since.
pub fn came(state: &mut State, answer: Answer<Snoozes>) -> Vec<Effect> {
    let known = match answer {
        Ok(known) => known,
        Err(why) => return refuse(state, why),
    };
    state.snoozes.set(known.asleep);
    let back: Vec<Subject> = known.back.iter().map(|back| back.subject.clone()).collect();
    if let Some(last) = &mut state.snoozes.last {
        // What is back already is not taken back.
        last.retain(|(subject, _)| !back.contains(subject));
    }
    state.snoozes.last.take_if(|last| last.is_empty());
    match snoozing::welcome(&known.back, state) {
        None => Vec::new(),
        Some(_) if state.lock.is_on() => {
            state.snoozes.unheard = true;
            Vec::new()
        }
        Some(said) => {
            state.say(said, Tone::Good);
            vec![Effect::Welcome(back)]
        }
    }
}

/// The time of some has come: they are in the lists again, and it is said.
pub fn when_due(state: &mut State) -> Vec<Effect> {
    if state.lock.is_on() {
        return Vec::new();
    }
    let unheard = std::mem::take(&mut state.snoozes.unheard);
    if !state.snoozes.expire(state.now) {
        return if unheard { vec![Effect::LoadSnoozes] } else { Vec::new() };
    }
    views::moved(state);
    let rows = [load_inquiries(state), load_cases(state)];
    let marks = (!state.marks.is_empty()).then(|| marks::load(state));
    [Effect::LoadSnoozes, Effect::LoadGlance].into_iter().chain(rows).chain(marks).collect()
}
