//! What goes into the commit bar: a decision, and with a case's the verdict about its inquiries.

use jiff::SignedDuration;

use super::{Effect, State, Tone, claim, command::refuse, measure, snooze, unfinished};
use crate::{
    desk::{
        Confirmation,
        policy::{self, Part},
    },
    model::{Action, Evidence, Subject, Verb, history},
    tui::{
        available,
        command::Command,
        guard::{self, Wanted},
        repeating::{self, Again},
        staged::{Proposed, Purpose, Staged},
        state::File,
    },
};

/// What was read from Persona within this time is not read again for a verdict.
const FRESH: SignedDuration = SignedDuration::from_secs(20);

/// Puts a verdict about the item on the screen into the commit bar.
pub fn verdict(state: &mut State, command: Command) -> Vec<Effect> {
    match guard::verdict(state, command) {
        Err(why) => refuse(state, why),
        Ok(Wanted::Confirm(action)) => confirmation(state, *action),
        Ok(Wanted::Stop(action)) => stop(*action),
        Ok(Wanted::Decide(verb)) => {
            let detail = state.detail.as_ref().expect("the guard saw a detail");
            let evidence = detail.evidence().expect("the guard saw its file");
            let subject = detail.subject.clone();
            let is_old = detail.fetched_at().is_none_or(|at| state.now.duration_since(at) > FRESH);
            let is_it = |staged: &Staged| staged.subject == subject && staged.verb == verb;
            if state.staged.as_ref().is_some_and(is_it) {
                // The reason and the comment that were given stay.
                let said = format!("{} is staged already: Enter commits", verb.words());
                state.say(said, Tone::Plain);
                return Vec::new();
            }
            decision(state, subject.clone(), verb, evidence);
            // Who has claimed it, and whether it moved, is read again before it can be committed.
            if is_old { vec![super::ask(state, subject)] } else { Vec::new() }
        }
    }
}

/// Puts the dismissal of what is under the cursor into the commit bar.
pub fn dismissal(state: &mut State) -> Vec<Effect> {
    let (report, matched) = match available::match_under_cursor(state) {
        Ok(there) => there,
        Err(why) => return refuse(state, why),
    };
    match guard::dismissal(state, &report, matched) {
        Err(why) => refuse(state, why),
        Ok(Wanted::Confirm(action)) => confirmation(state, *action),
        Ok(Wanted::Stop(action)) => stop(*action),
        Ok(Wanted::Decide(verb)) => {
            let subject = Subject::Report(report);
            let shown = state.detail.as_ref().and_then(|detail| detail.version(&subject));
            let evidence = shown.expect("the guard saw the report");
            decision(state, subject, verb, evidence);
            Vec::new()
        }
    }
}

/// Stages what was decided last once more, for the item on the screen.
pub fn again(state: &mut State) -> Vec<Effect> {
    match repeating::again(state) {
        Err(why) => refuse(state, why),
        Ok(Again::Claim) => claim::claim(state),
        Ok(Again::Snooze(subjects, choice)) => snooze::choose(state, subjects, choice),
        Ok(Again::Decide(subject, verb, evidence)) => {
            let note = format!("repeats {}", verb.words());
            decision(state, subject, verb, evidence);
            if let Some(staged) = &mut state.staged {
                staged.note = Some(note);
            }
            Vec::new()
        }
    }
}

/// Puts a second person's word into the commit bar.
pub fn confirmation(state: &mut State, action: Action) -> Vec<Effect> {
    let together = |other: &&Action| {
        other.after.as_ref() == Some(&action.id) || action.after.as_ref() == Some(&other.id)
    };
    let others: Vec<&Action> = state.outbox.iter().filter(together).collect();
    let too =
        others.iter().map(|other| format!(" and {} {}", other.verb.words(), other.subject.short()));
    let purpose = Purpose::Confirm(Proposed {
        too: too.collect(),
        comment: action.comment.or_else(|| others.iter().find_map(|other| other.comment.clone())),
        action: action.id,
        by: action.reviewer,
        reason: action.reason_code,
    });
    state.toast = None;
    state.staged = Some(Staged::of(action.subject, action.verb, action.evidence, purpose));
    warn(state);
    measure(state);
    Vec::new()
}

/// Lets the desk say what moved since it was proposed, and stop it.
pub fn stop(action: Action) -> Vec<Effect> {
    vec![Effect::Confirm(Confirmation { action: action.id, seen: None, shown_at: None })]
}

/// Puts a decision into the commit bar.
pub fn decision(state: &mut State, subject: Subject, verb: Verb, evidence: Evidence) {
    state.toast = None;
    state.staged = Some(Staged::of(subject, verb, evidence, Purpose::Decide));
    warn(state);
    ask(state);
    unfinished::write_on(state);
    measure(state);
}

/// Names what speaks against a verdict: an earlier one on the same person that says the opposite,
/// and a colleague who has claimed the item.
fn warn(state: &mut State) {
    let taken_by = guard::taken_by(state);
    let detail = state.detail.as_ref().map(|detail| (&detail.subject, &detail.file));
    let (Some(staged), Some((subject, file))) = (&mut state.staged, detail) else { return };
    if staged.subject != *subject {
        return;
    }
    if let File::Inquiry(file) = file
        && let Some(before) = history::contradicted(&file.history, &staged.verb)
    {
        staged.warnings.push(format!("this person was {}", before.words(state.now)));
    }
    if let Some(other) = taken_by.filter(|_| staged.verb.is_verdict()) {
        staged.warnings.push(format!("{other} has claimed it and may be deciding it now"));
    }
}

/// Sets what the policy asks of what is staged now: which reasons can be given, whether one must
/// be, and whether a second person must confirm it.
fn ask(state: &mut State) {
    let failed = guard::failed(state);
    let Some(staged) = &mut state.staged else { return };
    let policy = &state.settings.policy;
    let together =
        staged.inquiries.iter().map(|these| Part { verb: &these.verb, failed: these.failed });
    let parts: Vec<Part<'_>> = together.chain([Part { verb: &staged.verb, failed }]).collect();
    let due = policy::reason_due(policy, &parts);
    let reasons = policy::reasons(policy, staged.verbs()).to_vec();
    staged.purpose =
        policy::second_person(policy, staged.verbs()).map_or(Purpose::Decide, Purpose::Propose);
    (staged.reasons, staged.reason_due, staged.reason) = (reasons, due, None);
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
    ask(state);
    Vec::new()
}
