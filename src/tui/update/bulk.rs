//! Deciding about all that is marked: what is staged, what is still to be looked at, the number that
//! is typed, the commit.

use crossterm::event::Event;
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{Effect, State, Tone, command::refuse, measure, open, unfinished};
use crate::{
    desk::{Recorded, Results, Wanted, policy},
    model::{CaseId, Evidence, Subject, Text, Verb, bulk::Parts, filter::List},
    tui::{
        bulk::{self, Bulk},
        command::Command,
        keymap::Dialog,
        marks,
        msg::Answer,
        repeating,
        staged::{Purpose, Staged},
        state::{File, Press},
    },
};

/// Takes a command that is about all that is marked.
pub fn take(state: &mut State, command: Command) -> Option<Vec<Effect>> {
    if state.staged.is_some() {
        return None;
    }
    let (list, verb) = bulk::verb(state, command)?;
    Some(vec![ask(list, verb, None)])
}

/// What can be decided so of all that is marked.
pub fn ask(list: List, verb: Verb, like: Option<CaseId>) -> Effect {
    Effect::LoadParts(Wanted { list, verb, like })
}

/// A status that was chosen for the case under the cursor is meant for all marked ones.
pub fn status(state: &State, case: &Subject, verb: &Verb) -> Option<Effect> {
    let list = marks::in_force(state).filter(|list| *list == List::Cases)?;
    let like = match case {
        Subject::Case(id) => Some(id.clone()),
        _ => None,
    };
    Some(ask(list, verb.clone(), like))
}

/// Puts it into the commit bar.
pub fn came(state: &mut State, wanted: Wanted, answer: Answer<Parts>) -> Vec<Effect> {
    // Whoever went to decide something else meanwhile stays there.
    if state.staged.is_some() || state.overlay.is_some() {
        return Vec::new();
    }
    let parts = match answer {
        Ok(parts) => parts,
        Err(why) => return refuse(state, why),
    };
    let policy = &state.settings.policy;
    let bulk = Bulk::of(wanted.list, parts, &wanted.verb, policy);
    let Some(first) = bulk.parts.first() else {
        let why = bulk.left_out().unwrap_or_else(|| "nothing of it is in the local copy".into());
        return refuse(state, format!("nothing to decide: {why}"));
    };
    if let Err(why) = policy::verdicts(policy, &wanted.verb, bulk.parts.len()) {
        return refuse(state, why);
    }
    let (subject, evidence) = (first.subject.clone(), first.evidence.clone());
    let reasons = policy::reasons(policy, [&wanted.verb]).to_vec();
    let due = wanted.verb.is_verdict().then(|| policy::reason_of_many(&wanted.verb));
    let mut staged = Staged::of(subject, wanted.verb, evidence, Purpose::Decide);
    staged.warnings.extend(bulk.left_out());
    (staged.reasons, staged.reason_due, staged.bulk) = (reasons, due, Some(bulk));
    state.toast = None;
    state.staged = Some(staged);
    unfinished::write_on(state);
    measure(state);
    Vec::new()
}

/// Enter: opens what is still to be looked at, then asks for the number, then commits.
pub fn commit(state: &mut State) -> Vec<Effect> {
    let Some(staged) = &mut state.staged else { return Vec::new() };
    let Some(bulk) = &mut staged.bulk else { return Vec::new() };
    let next = bulk.unopened(&state.looked).next().map(|part| part.subject.clone());
    if let Some(subject) = next {
        return open(state, subject);
    }
    if let Err(why) = staged.is_complete() {
        return refuse(state, why);
    }
    let Some(bulk) = &mut staged.bulk else { return Vec::new() };
    if staged.verb.is_verdict() && !bulk.counting {
        bulk.counting = true;
        bulk.typed = Input::default();
        return Vec::new();
    }
    submit(state)
}

/// Keys while the number is typed. None if it is not.
pub fn press(state: &mut State, key: Press) -> Option<Vec<Effect>> {
    let keys = &state.settings.keys;
    let bulk = state.staged.as_mut()?.bulk.as_mut().filter(|bulk| bulk.counting)?;
    match keys.line(key) {
        Dialog::Cancel => bulk.counting = false,
        Dialog::Accept => {
            let count = bulk.parts.len();
            if bulk.typed.value().trim() == count.to_string() {
                return Some(submit(state));
            }
            let said = format!("type {count}, the number of items, and Enter commits");
            state.say(said, Tone::Bad);
        }
        _ => {
            bulk.typed.handle_event(&Event::Key(key));
        }
    }
    Some(Vec::new())
}

fn submit(state: &mut State) -> Vec<Effect> {
    let looked = &state.looked;
    let Some(staged) = &mut state.staged else { return Vec::new() };
    staged.submitted = true;
    let words = |subject: &Subject, version: &Evidence| -> Vec<Text> {
        let tabs = looked.get(&(subject.clone(), version.clone()));
        tabs.into_iter().flatten().map(|tab| tab.word()).collect()
    };
    vec![Effect::SubmitBulk(staged.drafts(words, None))]
}

/// All of it is durable, or nothing is and it stays staged.
pub fn submitted(state: &mut State, answer: Answer<Recorded>) -> Vec<Effect> {
    let Some(mut staged) = state.staged.take() else { return Vec::new() };
    let recorded = match answer {
        Ok(recorded) => recorded,
        Err(why) => {
            staged.submitted = false;
            if let Some(bulk) = &mut staged.bulk {
                bulk.counting = false;
            }
            state.staged = Some(staged);
            state.say(format!("not recorded, nothing was sent: {why}"), Tone::Bad);
            return Vec::new();
        }
    };
    unfinished::committed(state, &staged);
    let what = staged.bulk.as_ref().map(Bulk::what).unwrap_or_default();
    let what = bulk::words(&staged.verb, &what);
    let (undo, outbox) = (state.key(Command::Undo), state.key(Command::Outbox));
    let mut said = match state.settings.hold.as_secs() {
        0 => format!("{what} is on its way, one after the other; {outbox} shows how far"),
        hold => format!(
            "{what} leaves in {hold} s, one after the other; {undo} takes back what has not left, {outbox} shows how far"
        ),
    };
    if recorded.left_out > 0 {
        let left = recorded.left_out;
        said = format!("{said}; {left} left out: something was decided about them meanwhile");
    }
    state.say(said, Tone::Good);
    if let Some(repeat) = repeating::of(&staged.verb) {
        state.repeat = Some(repeat);
    }
    state.committed = Some((staged.subject, staged.verb));
    state.snoozes.last = None;
    measure(state);
    Vec::new()
}

/// What came of it is in a file: its path comes first, since a narrow screen cuts what is behind.
pub fn written(state: &mut State, answer: Answer<Results>) {
    match answer {
        Err(why) => state.say(why, Tone::Bad),
        Ok(Results { path, count, open }) => {
            let open = match open {
                0 => String::new(),
                open => format!(", {open} of them not over yet"),
            };
            state.say(format!("{}: {count} decisions{open}", path.display()), Tone::Good);
        }
    }
}

/// An item of it is on the screen as it is now: if it changed, it is left out.
pub fn shown(state: &mut State, subject: &Subject) {
    let detail = state.detail.as_ref().filter(|detail| !matches!(detail.file, File::Loading));
    let Some(version) = detail.and_then(|detail| detail.evidence()) else { return };
    let Some(staged) = state.staged.as_mut().filter(|staged| !staged.submitted) else { return };
    let Some(bulk) = &mut staged.bulk else { return };
    if !bulk.drop_changed(subject, &version, &staged.verb, &state.settings.policy) {
        return;
    }
    let is_empty = bulk.parts.is_empty();
    staged.warnings = bulk.left_out().into_iter().collect();
    let said = match is_empty {
        true => "nothing was sent: nothing is left to decide".to_owned(),
        false => format!("{} changed meanwhile and is left out", subject.short()),
    };
    if is_empty {
        state.staged = None;
    }
    state.say(said, Tone::Bad);
    measure(state);
}
