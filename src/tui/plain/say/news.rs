//! What happened since somebody listened: what came of decisions, new items, the connection. A
//! sentence each, said once.

use super::{short, staged};
use crate::{
    desk::Phase,
    model::{Action, ActionId, ActionState, Timestamp, filter::List, proposal::is_same},
    tui::{format::counted, pending, plain::words, state::State},
};

/// What was known when somebody listened last.
#[derive(Debug, Default, PartialEq)]
pub struct Known {
    to_review: u64,
    late: u64,
    marked: (usize, usize),
    unlike: u64,
    is_cut_off: bool,
    breach: Option<String>,
    outbox: Vec<Pending>,
}

/// A decision as it stood.
#[derive(Debug, Clone, PartialEq)]
struct Pending {
    id: ActionId,
    what: String,
    state: ActionState,
    is_mine: bool,
}

impl Known {
    pub fn of(state: &State) -> Self {
        let me = &state.settings.reviewer;
        let pending = |action: &Action| Pending {
            id: action.id.clone(),
            what: format!("{} of {}", action.verb.words(), short(&action.subject)),
            state: action.state.clone(),
            is_mine: is_same(&action.reviewer, me),
        };
        Self {
            to_review: state.glance.to_review,
            late: state.glance.late,
            marked: (state.marks.count(List::Inquiries), state.marks.count(List::Cases)),
            unlike: state.mismatches.unseen as u64,
            is_cut_off: matches!(state.sync.phase, Phase::Offline { .. } | Phase::Refused { .. }),
            breach: state.breach.as_ref().map(|breach| breach.text.clone()),
            outbox: state.outbox.iter().map(pending).collect(),
        }
    }
}

/// What is new against what was known, what matters most first.
pub fn since(known: &Known, state: &State) -> Vec<String> {
    let now = Known::of(state);
    let mut lines = Vec::new();
    for action in &state.outbox {
        let before = known.outbox.iter().find(|before| before.id == action.id);
        lines.extend(went_on(action, before.map(|before| &before.state), state));
    }
    let is_gone = |before: &&Pending| now.outbox.iter().all(|after| after.id != before.id);
    lines.extend(known.outbox.iter().filter(is_gone).filter_map(|gone| ended(gone, state.now)));
    if now.is_cut_off != known.is_cut_off && !now.is_cut_off {
        lines.push("Persona answers again.".to_owned());
    }
    if let Some(breach) = now.breach.as_ref().filter(|_| now.breach != known.breach) {
        lines.push(format!("{}.", words::text(breach)));
    }
    if now.to_review > known.to_review {
        let new = counted(now.to_review - known.to_review, "more waits", "more wait");
        lines.push(format!("{new} for review: {} now.", now.to_review));
    }
    if now.late > known.late {
        let new = counted(now.late - known.late, "more case is", "more cases are");
        lines.push(format!("{new} late: {} now.", now.late));
    }
    if now.marked != known.marked {
        lines.push(staged::marks(now.marked.0, now.marked.1));
    }
    if now.unlike > known.unlike {
        let new = counted(now.unlike - known.unlike, "answer", "answers");
        lines.push(format!("{new} of Persona's not as expected: mismatches lists them."));
    }
    lines
}

/// What is worth saying of a decision that is still there.
fn went_on(action: &Action, before: Option<&ActionState>, state: &State) -> Option<String> {
    let is_same_kind = before.is_some_and(|before| {
        std::mem::discriminant(before) == std::mem::discriminant(&action.state)
    });
    // What was just decided here was said when it was.
    let is_said = matches!(action.state, ActionState::Held { .. } | ActionState::Sending);
    let is_own_proposal = matches!(action.state, ActionState::Proposed { .. })
        && is_same(&action.reviewer, &state.settings.reviewer);
    if is_same_kind || is_said || is_own_proposal {
        return None;
    }
    let said = pending::sentence(&action.verb, &action.state, "undo", state.now);
    Some(format!("{}: {}.", short(&action.subject), words::text(&said)))
}

/// A decision that is gone has reached Persona, unless it was taken back, which was said.
fn ended(gone: &Pending, now: Timestamp) -> Option<String> {
    match &gone.state {
        ActionState::Held { until } if now < *until => None,
        ActionState::Held { .. } | ActionState::Sending | ActionState::Waiting { .. } => {
            Some(format!("{} has reached Persona.", gone.what))
        }
        ActionState::Proposed { .. } if !gone.is_mine => {
            Some(format!("{} is not proposed any more.", gone.what))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::{plain::say::tests::is_plain, state::samples};

    #[test]
    fn what_came_of_a_decision_is_said_once() {
        let mut state = samples::reading("needs_review");
        let now = state.now;
        let until = now + std::time::Duration::from_secs(5);
        let pending = |state| Pending {
            id: ActionId::new("act-1").unwrap(),
            what: "approve of inq_1".into(),
            state,
            is_mine: true,
        };
        let held = Known { outbox: vec![pending(ActionState::Held { until })], ..Known::default() };
        assert!(since(&held, &state).is_empty(), "it was taken back, and that was said");
        state.now = until;
        assert_eq!(since(&held, &state), ["approve of inq_1 has reached Persona."]);
        let sent = Known { outbox: vec![pending(ActionState::Sending)], ..Known::default() };
        assert_eq!(since(&sent, &state), ["approve of inq_1 has reached Persona."]);
        assert!(since(&Known::of(&state), &state).is_empty());
    }

    #[test]
    fn more_that_waits_is_news_and_less_is_not() {
        let mut state = samples::reading("needs_review");
        let known = Known { to_review: 4, late: 1, ..Known::default() };
        state.glance.to_review = 3;
        assert!(since(&known, &state).is_empty());
        (state.glance.to_review, state.glance.late) = (6, 2);
        let said = since(&known, &state);
        assert_eq!(said, ["2 more wait for review: 6 now.", "1 more case is late: 2 now."]);
        assert!(said.iter().all(|line| is_plain(line)));
    }
}
