//! Keeping what a console would lose that ends by itself, and taking up what an earlier one lost.

use std::time::Duration;

use super::{Effect, Pane, State, Tone, filter::pane_of, follow, goto, views};
use crate::{
    model::{
        Unfinished, Whereabouts,
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

/// What earlier consoles left, taken up before the lists are asked for; the work beside those.
pub fn take_up(state: &mut State, left: Answer<Option<Unfinished>>) -> Vec<Effect> {
    let left = match left {
        Ok(Some(left)) => left,
        Ok(None) => return Vec::new(),
        Err(why) => {
            state.say(format!("what was unfinished cannot be read: {why}"), Tone::Bad);
            return Vec::new();
        }
    };
    let comments = left.written.len();
    state.unfinished.written = left.written;
    left.place.map_or_else(Vec::new, |place| back(state, place, comments))
}

/// Goes to where an earlier console was.
fn back(state: &mut State, place: Whereabouts, comments: usize) -> Vec<Effect> {
    state.touched = Touched::Once;
    let mut effects = Vec::new();
    // The lists are asked for after this, as they are set then.
    for (list, line) in [(List::Inquiries, &place.inquiries), (List::Cases, &place.cases)] {
        if let Ok(filter) = parse(line.as_str(), list) {
            let _ = views::set(state, list, filter);
        }
    }
    state.focus = pane_of(place.list);
    let mut whereto = String::new();
    if let Some((subject, tab)) = place.item {
        whereto = format!(": {} {}", subject.kind(), subject.short());
        state.seek = Some(subject.clone());
        // From the store alone: Persona is asked when it is staged, or by the sync before that.
        effects.push(follow::show(state, subject, state.focus));
        if place.is_open {
            state.focus = Pane::Detail;
        }
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
