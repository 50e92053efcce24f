//! What goes into the commit bar: a decision, and with a case's the verdict about its inquiries.

use tui_input::Input;

use super::{Effect, State, command::refuse, measure};
use crate::{
    desk::policy,
    model::{Evidence, Subject, Verb},
    tui::{command::Command, guard, staged::Staged},
};

/// Puts a verdict about the item on the screen into the commit bar.
pub fn verdict(state: &mut State, command: Command) -> Vec<Effect> {
    match guard::verdict(state, command) {
        Err(why) => refuse(state, why),
        Ok(verb) => {
            let detail = state.detail.as_ref().expect("the guard saw a detail");
            let evidence = detail.evidence().expect("the guard saw its file");
            let subject = detail.subject.clone();
            decision(state, subject, verb, evidence);
            Vec::new()
        }
    }
}

/// Puts a decision into the commit bar.
pub fn decision(state: &mut State, subject: Subject, verb: Verb, evidence: Evidence) {
    let reasons = policy::reasons(&verb, &state.settings.reasons).to_vec();
    state.toast = None;
    state.staged = Some(Staged {
        subject,
        verb,
        evidence,
        inquiries: None,
        reasons,
        reason: None,
        comment: Input::default(),
        writing: false,
        submitted: false,
    });
    measure(state);
}

/// Adds a verdict about the inquiries of a staged case, or takes it out again.
pub fn inquiries(state: &mut State, command: Command) -> Vec<Effect> {
    let inquiries = match guard::inquiries_of_case(state, command) {
        Ok(inquiries) => inquiries,
        Err(why) => return refuse(state, why),
    };
    let Some(staged) = &mut state.staged else { return Vec::new() };
    let same = staged.inquiries.as_ref().is_some_and(|before| before.verb == inquiries.verb);
    staged.inquiries = (!same).then_some(inquiries);
    staged.reasons = policy::reasons(staged.verdict(), &state.settings.reasons).to_vec();
    staged.reason = None;
    Vec::new()
}
