//! Somebody was forgotten, redacted at Persona or purged here, while words about them are on the
//! screen or kept: those go, and it is said.

use super::{Effect, State, Tone, measure, unfinished};
use crate::{
    desk::Forgotten,
    model::Subject,
    tui::{msg::Answer, staged::Staged, state::Overlay},
};

/// Asks whether anybody was, of those that something was written about here.
pub fn look(state: &State) -> Effect {
    let mut about: Vec<Subject> =
        state.unfinished.written.iter().flat_map(|written| written.subjects()).collect();
    about.extend(state.staged.iter().flat_map(subjects));
    if let Some(Overlay::Snooze(menu)) = &state.overlay {
        about.extend(menu.subjects.iter().cloned());
    }
    Effect::LookForgotten(state.unfinished.forgotten, about)
}

/// All that is decided with what is staged.
fn subjects(staged: &Staged) -> Vec<Subject> {
    if let Some(bulk) = &staged.bulk {
        return bulk.parts.iter().map(|part| part.subject.clone()).collect();
    }
    let inquiries = staged.inquiries.iter().flat_map(|these| &these.seen);
    let inquiries = inquiries.map(|(id, _)| Subject::Inquiry(id.clone()));
    inquiries.chain([staged.subject.clone()]).collect()
}

pub fn came(state: &mut State, answer: Answer<Option<Forgotten>>) -> Vec<Effect> {
    // What cannot be read now is asked again with the next change.
    let Ok(Some(Forgotten { count, gone })) = answer else { return Vec::new() };
    state.unfinished.forgotten = count;
    if !gone.is_empty() {
        let before: usize = state.unfinished.written.len();
        state.unfinished.written.retain_mut(|written| !written.forget(&gone));
        let lost = state.unfinished.written.len() < before;
        // At once, and not when nobody has moved on for a while.
        state.unfinished.due = Some(state.now);
        let asked = let_go_of_menu(state, &gone);
        let staged = let_go_of_staged(state, &gone);
        if lost || asked || staged {
            say(state, &gone, lost, staged);
        }
        measure(state);
    }
    // A view that named somebody is gone, too.
    vec![Effect::LoadViews]
}

fn say(state: &mut State, gone: &[Subject], lost: bool, staged: bool) {
    let whose = match gone {
        [one] => format!("{} is", one.short()),
        many => format!("{} items are", many.len()),
    };
    let what = match (lost, staged) {
        (true, _) => "nothing was sent, your comment is gone",
        (false, true) => "nothing was sent",
        (false, false) => "it is not put off",
    };
    state.say(format!("{whose} redacted or purged: {what}"), Tone::Bad);
}

/// What is asked about them is asked no more.
fn let_go_of_menu(state: &mut State, gone: &[Subject]) -> bool {
    let is_about = |overlay: &mut Overlay| match overlay {
        Overlay::Snooze(menu) => {
            let before = menu.subjects.len();
            menu.subjects.retain(|subject| !gone.contains(subject));
            menu.subjects.is_empty() && before > 0
        }
        _ => false,
    };
    state.overlay.take_if(is_about).is_some()
}

/// Of many the others stay. True if all of it is gone.
fn let_go_of_staged(state: &mut State, gone: &[Subject]) -> bool {
    let Some(staged) = state.staged.as_mut().filter(|staged| !staged.submitted) else {
        return false;
    };
    let verb = staged.verb.clone();
    let is_gone = match &mut staged.bulk {
        None => subjects(staged).iter().any(|subject| gone.contains(subject)),
        Some(bulk) => {
            let policy = &state.settings.policy;
            let why = "the personal data is gone";
            bulk.leave_out(|part| gone.contains(&part.subject), why, &verb, policy);
            staged.warnings = bulk.left_out().into_iter().collect();
            bulk.parts.is_empty()
        }
    };
    if is_gone {
        unfinished::let_go(state);
    }
    is_gone
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{
            Text, Verb, Written,
            bulk::{Part, Parts},
            filter::List,
        },
        tui::{bulk::Bulk, staged::Purpose, state::samples},
    };

    fn inquiry(nth: u32) -> Subject {
        Subject::Inquiry(format!("inq_{nth}").parse().unwrap())
    }

    fn forget(state: &mut State, gone: &[u32]) -> String {
        let gone = gone.iter().copied().map(inquiry).collect();
        let effects = came(state, Ok(Some(Forgotten { count: 1, gone })));
        assert!(matches!(effects.as_slice(), [Effect::LoadViews]));
        state.toast.take().map_or_else(String::new, |toast| toast.text)
    }

    #[test]
    fn what_is_written_and_staged_about_somebody_goes_with_them() {
        let mut state = samples::reading("needs_review");
        let evidence = state.detail.as_ref().unwrap().evidence().unwrap();
        let decline =
            |nth| Staged::of(inquiry(nth), Verb::Decline, evidence.clone(), Purpose::Decide);
        let wrote = |nth| Written {
            subject: inquiry(nth),
            verb: Verb::Decline,
            comment: Text::new("blurred"),
            many: Vec::new(),
            reason: None,
            at: state.now,
        };
        let (one, two) = (wrote(1), wrote(2));
        state.unfinished.written = vec![one, two.clone()];
        state.staged = Some(decline(1));
        assert_eq!(forget(&mut state, &[]), "");
        assert!(state.staged.is_some());
        assert_eq!(
            forget(&mut state, &[1]),
            "inq_1 is redacted or purged: nothing was sent, your comment is gone"
        );
        assert!(state.staged.is_none() && state.hushed.is_none());
        assert_eq!(state.unfinished.written, [two]);
        assert_eq!(state.unfinished.due, Some(state.now), "it is gone from the disk at once");
        // What is being written down already is the outbox's.
        state.staged = Some(Staged { submitted: true, ..decline(3) });
        forget(&mut state, &[3]);
        assert!(state.staged.is_some());
        // What is still typed of a comment is none of the keys.
        state.staged = Some(Staged { writing: true, ..decline(4) });
        forget(&mut state, &[4]);
        let moment = std::time::Duration::from_millis(900);
        for _ in 0..3 {
            state.now += moment;
            assert!(unfinished::is_typed_on(&mut state));
        }
        state.now += 2 * moment;
        assert!(!unfinished::is_typed_on(&mut state));
    }

    #[test]
    fn of_many_the_others_stay_staged() {
        let mut state = samples::reading("needs_review");
        let evidence = state.detail.as_ref().unwrap().evidence().unwrap();
        let part = |nth| Part { subject: inquiry(nth), evidence: evidence.clone(), failed: 0 };
        let parts = Parts { parts: [1, 2, 3].map(part).to_vec(), left_out: Vec::new() };
        let mut staged = Staged::of(inquiry(1), Verb::Decline, evidence.clone(), Purpose::Decide);
        staged.bulk =
            Some(Bulk::of(List::Inquiries, parts, &Verb::Decline, &state.settings.policy));
        state.staged = Some(staged);
        assert_eq!(forget(&mut state, &[1, 3]), "");
        let staged = state.staged.as_ref().unwrap();
        assert_eq!(staged.bulk.as_ref().unwrap().what(), "1 inquiry");
        assert_eq!(staged.warnings, ["left out: 2 (the personal data is gone)"]);
        assert!(forget(&mut state, &[2]).ends_with("nothing was sent"));
        assert!(state.staged.is_none());
    }
}
