//! Keeping what a console would lose that ends by itself, and taking up what an earlier one lost.

use std::time::Duration;

use super::{Effect, Pane, State, Tone, filter::pane_of, follow, forgotten, goto, views};
use crate::{
    model::{
        Text, Unfinished, Whereabouts,
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
    let Some(staged) = state.staged.as_mut() else { return };
    let Some(before) = state.unfinished.about(staged) else { return };
    let takes_comment = staged.takes_comment() && !before.comment.is_empty();
    if takes_comment {
        staged.comment = before.comment.as_str().into();
    }
    let known = |code: &Text| staged.reasons.iter().position(|reason| reason.code == code.as_str());
    staged.reason = before.reason.as_ref().and_then(known).or(staged.reason);
    let what = match (takes_comment, before.reason.is_some() && staged.reason.is_some()) {
        (true, true) => "the comment that you began and the reason that you chose",
        (true, false) => "the comment that you began",
        (false, true) => "the reason that you chose",
        (false, false) => return,
    };
    let is = if what.contains(" and ") { "are" } else { "is" };
    let age = format::age(before.at, state.now);
    state.say(format!("{what} {age} ago {is} here again"), Tone::Plain);
}

/// Lets go of what is staged. What is still typed of its comment is no command.
pub fn let_go(state: &mut State) {
    if state.staged.take().is_some_and(|staged| staged.writing) {
        state.hushed = Some(state.now + REST);
    }
}

/// Whether a press still belongs to a comment that was let go of.
pub fn is_typed_on(state: &mut State) -> bool {
    state.hushed.take_if(|until| *until <= state.now);
    let goes_on = state.hushed.is_some();
    if goes_on {
        state.hushed = Some(state.now + REST);
    }
    goes_on
}

/// It is durable.
pub fn committed(state: &mut State, staged: &Staged) {
    state.unfinished.forget(staged);
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
    (state.unfinished.written, state.unfinished.forgotten) = (left.written, left.forgotten);
    let mut effects = left.place.map_or_else(Vec::new, |place| back(state, place, comments));
    // Somebody may have been forgotten while no console was there.
    if comments > 0 {
        effects.push(forgotten::look(state));
    }
    effects
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
