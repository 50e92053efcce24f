//! Marking: one item, a range, all that a filter leaves; and what the store says of marks.

use super::{Effect, Pane, State, Tone, command, filter::pane_of};
use crate::{
    desk::{CountedView, Ids, MOST_MARKED, Marked, Stretch},
    model::{Subject, filter::List},
    tui::{command::Command, marks::list_of, msg::Answer},
};

/// Asks how many marks the lists hide, when they are not those that it was counted for.
pub fn when_due(state: &mut State) -> Vec<Effect> {
    let is_counted =
        |(inquiries, cases): &(_, _)| *inquiries == state.inquiry_view && *cases == state.case_view;
    match state.marks.is_empty() || state.marks.counted.as_ref().is_some_and(is_counted) {
        true => Vec::new(),
        false => vec![load(state)],
    }
}

pub fn load(state: &mut State) -> Effect {
    let views = (state.inquiry_view.clone(), state.case_view.clone());
    state.marks.counted = Some(views.clone());
    Effect::LoadMarks(views.0, views.1, state.marks.edits)
}

pub fn came(state: &mut State, edits: u64, answer: Answer<Marked>) -> Vec<Effect> {
    match answer {
        // Something was marked since it was asked: the store tells when it has that.
        Ok(_) if edits != state.marks.edits => {}
        Ok(marked) => state.marks.set(marked),
        Err(why) => state.say(why, Tone::Bad),
    }
    Vec::new()
}

/// The list with focus; in the detail that of the open item.
fn list(state: &State) -> Option<List> {
    match state.list_pane() {
        Pane::Inquiries => Some(List::Inquiries),
        Pane::Cases => Some(List::Cases),
        Pane::Relations | Pane::Detail => None,
    }
}

/// What one mark is about.
fn subject(state: &State) -> Option<Subject> {
    let subject = match state.focus {
        Pane::Detail => state.detail.as_ref().map(|detail| detail.subject.clone()),
        _ => state.selected(),
    };
    subject.filter(|subject| list_of(subject).is_some())
}

/// # Errors
/// Why nothing can be marked here.
pub fn available(state: &State, command: Command) -> Result<(), String> {
    let Some(list) = list(state) else {
        return Err("inquiries and cases are marked, in their lists".into());
    };
    let nothing = || "there is nothing to mark here".to_owned();
    match command {
        Command::ClearMarks if state.marks.count(list) == 0 && state.marks.range.is_none() => {
            Err("nothing is marked in this list".into())
        }
        Command::ClearMarks => Ok(()),
        Command::Mark => {
            let subject = subject(state).ok_or_else(nothing)?;
            let full = state.marks.count(list) >= MOST_MARKED as usize;
            match full && !state.marks.has(&subject) {
                true => Err(format!("{MOST_MARKED} are marked: more cannot be")),
                false => Ok(()),
            }
        }
        Command::MarkRange => state.selected().map(drop).ok_or_else(nothing),
        _ => {
            let total = match list {
                List::Inquiries => state.inquiries.rows.total,
                List::Cases => state.cases.rows.total,
            };
            if total == 0 { Err(nothing()) } else { Ok(()) }
        }
    }
}

pub fn take(state: &mut State, command: Command) -> Vec<Effect> {
    let Some(list) = list(state) else { return Vec::new() };
    match command {
        Command::Mark => one(state),
        Command::MarkRange => range(state, list),
        Command::MarkAll => vec![Effect::FindIds(view(state, list), Stretch::All)],
        Command::InvertMarks => invert(state, list),
        _ => clear(state, list),
    }
}

/// Marks and goes on to the next row; in the detail it stays.
fn one(state: &mut State) -> Vec<Effect> {
    let Some(subject) = subject(state) else { return Vec::new() };
    let on = !state.marks.has(&subject);
    let mut effects = change(state, [(subject, on)]);
    if state.focus != Pane::Detail {
        effects.extend(command::step(state, 1));
    }
    effects
}

fn range(state: &mut State, list: List) -> Vec<Effect> {
    let Some(here) = state.selected() else { return Vec::new() };
    let begun = state.marks.range.take().filter(|from| list_of(from) == Some(list));
    match begun {
        Some(from) => vec![Effect::FindIds(view(state, list), Stretch::Between(from, here))],
        None => {
            let again = state.key(Command::MarkRange);
            let said = format!("a range begins here: {again} marks from here to the cursor");
            state.say(said, Tone::Plain);
            state.marks.range = Some(here);
            Vec::new()
        }
    }
}

fn view(state: &State, list: List) -> CountedView {
    match list {
        List::Inquiries => CountedView::Inquiries(state.inquiry_view.clone()),
        List::Cases => CountedView::Cases(state.case_view.clone()),
    }
}

/// Ids that were asked for are marked.
pub fn found(state: &mut State, answer: Answer<Option<Ids>>) -> Vec<Effect> {
    let ids = match answer {
        Ok(Some(ids)) => ids,
        Ok(None) => {
            return command::refuse(state, "an end of the range is not in this list any more");
        }
        Err(why) => return command::refuse(state, why),
    };
    let Some(list) = ids.subjects.first().and_then(list_of) else { return Vec::new() };
    let asked = ids.subjects.len();
    let effects = change(state, ids.subjects.into_iter().map(|subject| (subject, true)));
    let count = state.marks.count(list);
    let said = match count >= MOST_MARKED as usize {
        true => format!("{count} are marked, of {} in this list: more cannot be", ids.total),
        false => format!("{asked} of the {} in this list are marked", ids.total),
    };
    state.say(said, Tone::Plain);
    effects
}

fn invert(state: &mut State, list: List) -> Vec<Effect> {
    let here: Vec<Subject> = match list {
        List::Inquiries => {
            let rows = state.inquiries.rows.rows.iter();
            rows.map(|row| Subject::Inquiry(row.id.clone())).collect()
        }
        List::Cases => {
            let rows = state.cases.rows.rows.iter();
            rows.map(|row| Subject::Case(row.id.clone())).collect()
        }
    };
    let rows = here.len();
    let steps: Vec<(Subject, bool)> =
        here.into_iter().map(|subject| (subject.clone(), !state.marks.has(&subject))).collect();
    let effects = change(state, steps);
    let now = state.marks.count(list);
    state.say(format!("marks turned round on the {rows} rows at hand: {now} marked"), Tone::Plain);
    effects
}

/// Lets go of all marks of a list, and of a range that was begun.
fn clear(state: &mut State, list: List) -> Vec<Effect> {
    state.marks.range = None;
    let all: Vec<Subject> = state.marks.of(list).cloned().collect();
    let said = match all.len() {
        0 => "no range any more".to_owned(),
        1 => "1 mark let go".to_owned(),
        many => format!("{many} marks let go"),
    };
    state.say(said, Tone::Plain);
    change(state, all.into_iter().map(|subject| (subject, false)))
}

/// Esc in a list: a range that was begun is let go. Marks are not: they are work.
pub fn escape(state: &mut State) -> bool {
    let here = list(state).map(pane_of) == Some(state.focus);
    if here && state.marks.range.take().is_some() {
        state.say("no range any more", Tone::Plain);
        return true;
    }
    false
}

fn change(state: &mut State, steps: impl IntoIterator<Item = (Subject, bool)>) -> Vec<Effect> {
    let changed = state.marks.change(steps);
    if changed.is_empty() { Vec::new() } else { vec![Effect::Mark(changed)] }
}
