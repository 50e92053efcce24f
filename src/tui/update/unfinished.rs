//! Keeping what a console would lose that ends by itself, and taking up what an earlier one lost.

use std::time::Duration;

use super::{
    Effect, State, Tone, filter::pane_of, follow, goto, load_cases, load_inquiries, open, views,
};
use crate::{
    model::{
        Subject, Unfinished, Whereabouts,
        filter::{List, parse},
    },
    tui::{
        format,
        jumps::Place,
        msg::Answer,
        staged::Staged,
        state::{Leaving, Tab, Touched},
        unfinished,
    },
};

/// It is kept when nobody has moved on for so long.
const REST: Duration = Duration::from_secs(1);

/// Keeps what is due, and what there is when the console ends.
pub fn when_due(state: &mut State) -> Vec<Effect> {
    if let Some(staged) = &state.staged {
        state.unfinished.follow(staged, state.now);
    }
    let now = unfinished::of(state, state.leaving == Leaving::Yes);
    let kept = &mut state.unfinished;
    if now == kept.last {
        kept.due = None;
        return Vec::new();
    }
    let due = *kept.due.get_or_insert(state.now + REST);
    let ends = matches!(state.leaving, Leaving::Yes | Leaving::Cut);
    if due > state.now && !ends {
        return Vec::new();
    }
    kept.due = None;
    kept.last = now.clone();
    vec![Effect::KeepUnfinished(now)]
}

/// What was written for this decision before is there again.
pub fn write_on(state: &mut State) {
    let Some(staged) = state.staged.as_mut().filter(|staged| staged.takes_comment()) else {
        return;
    };
    let Some(before) = state.unfinished.about(&staged.subject, &staged.verb) else { return };
    staged.comment = before.comment.as_str().into();
    let age = format::age(before.at, state.now);
    state.say(format!("the comment that you began {age} ago is here again"), Tone::Plain);
}

/// It is durable.
pub fn committed(state: &mut State, staged: &Staged) {
    state.unfinished.forget(&staged.subject, &staged.verb);
}

/// What earlier consoles left.
pub fn came(state: &mut State, answer: Answer<Option<Unfinished>>) -> Vec<Effect> {
    let left = match answer {
        Ok(Some(left)) => left,
        Ok(None) => return Vec::new(),
        Err(why) => {
            state.say(format!("what was unfinished cannot be read: {why}"), Tone::Bad);
            return Vec::new();
        }
    };
    let comments = left.written.len();
    state.unfinished.written.splice(0..0, left.written);
    match (left.place, state.touched) {
        (Some(place), Touched::NotYet) => back(state, place, comments),
        // Somebody is at work already: nothing moves under their hands.
        (Some(Whereabouts { item: Some((subject, _)), .. }), Touched::Once) => {
            let said = format!("the last console ended at {}: :{0} opens it", subject.id());
            state.say(said, Tone::Plain);
            Vec::new()
        }
        _ => Vec::new(),
    }
}

/// Goes to where an earlier console was.
fn back(state: &mut State, place: Whereabouts, comments: usize) -> Vec<Effect> {
    state.touched = Touched::Once;
    let mut effects = Vec::new();
    for (list, line) in [(List::Inquiries, &place.inquiries), (List::Cases, &place.cases)] {
        if let Ok(filter) = parse(line.as_str(), list) {
            effects.extend(views::set(state, list, filter));
        }
    }
    state.focus = pane_of(place.list);
    let mut whereto = String::new();
    if let Some((subject, tab)) = place.item {
        whereto = format!(": {} {}", subject.kind(), subject.short());
        effects.extend(seek(state, &subject));
        effects.extend(match place.is_open {
            true => open(state, subject),
            false => vec![follow::show(state, subject, state.focus)],
        });
        let tab = Tab::ALL.into_iter().find(|known| known.title() == tab.as_str());
        if let (Some(detail), Some(tab)) = (&mut state.detail, tab) {
            detail.tab = tab;
        }
    }
    if let Some(account) = place.tree {
        effects.extend(goto::to_place(state, Place::Tree(account)));
    }
    super::measure(state);
    let written = match comments {
        0 => "",
        1 => "; a comment is kept, not sent",
        _ => "; comments are kept, not sent",
    };
    let said = format!("back where the last console ended{whereto}{written}");
    state.say(said, Tone::Plain);
    effects
}

/// The cursor is to be on it, wherever its row is.
fn seek(state: &mut State, subject: &Subject) -> Vec<Effect> {
    state.seek = Some(subject.clone());
    match subject {
        Subject::Inquiry(_) => vec![load_inquiries(state)],
        Subject::Case(_) => vec![load_cases(state)],
        _ => Vec::new(),
    }
}
