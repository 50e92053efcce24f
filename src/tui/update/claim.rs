//! Claims: the next item of a queue, and whose the open one is.

use super::{Effect, State, Tone, command::refuse, evidence, fill, follow, measure};
use crate::{
    desk::{Claim, Next, Queue},
    model::{InquiryId, Subject},
    tui::{command::Command, guard, msg::Answer, repeating::Repeat, state::Pane},
};

/// Asks for the next item of the queue with focus.
pub fn fetch(state: &mut State) -> Vec<Effect> {
    let queue = match state.list_pane() {
        Pane::Cases => Queue::Cases(state.case_view.clone()),
        Pane::Inquiries => Queue::Inquiries(state.inquiry_view.clone()),
        Pane::Relations | Pane::Detail => return Vec::new(),
    };
    if state.fetching.asked {
        // Typed before the next item was there.
        return Vec::new();
    }
    if let Some(left) = state.fetching.current.take() {
        state.fetching.passed.push(left);
    }
    state.fetching.asked = true;
    vec![Effect::ClaimNext(queue, state.fetching.passed.clone())]
}

/// Opens what was fetched.
pub fn fetched(state: &mut State, answer: Answer<Option<Next>>) -> Vec<Effect> {
    state.fetching.asked = false;
    let next = match answer {
        Ok(Some(next)) => next,
        Ok(None) => {
            let again = state.key(Command::Fetch);
            let said = match std::mem::take(&mut state.fetching.passed).len() {
                0 => "nothing waits here that nobody has claimed".to_owned(),
                left => format!(
                    "nothing else waits here; {again} begins again with the {left} you left"
                ),
            };
            state.say(said, Tone::Plain);
            return Vec::new();
        }
        Err(why) => return refuse(state, why),
    };
    // Whoever went to decide something else meanwhile stays there.
    if state.staged.is_some() || state.overlay.is_some() {
        let (id, again) = (next.subject.short(), state.key(Command::Fetch));
        state.say(format!("{id} is next: {again} opens it"), Tone::Plain);
        return Vec::new();
    }
    let pane = match next.subject {
        Subject::Case(_) => Pane::Cases,
        _ => Pane::Inquiries,
    };
    match pane {
        Pane::Cases => state.cases.move_to(next.at),
        _ => state.inquiries.move_to(next.at),
    }
    let mut effects = vec![follow::show(state, next.subject.clone(), pane)];
    state.focus = Pane::Detail;
    measure(state);
    effects.extend(fill(state));
    effects.extend(evidence::ahead(state));
    match next.unclaimed {
        Some(why) => state.say(format!("not claimed: {why}"), Tone::Bad),
        None if next.passed > 0 => {
            let said = format!("yours now; {} before it are claimed by others", next.passed);
            state.say(said, Tone::Plain);
        }
        None => {}
    }
    state.fetching.current = Some(next.subject);
    effects
}

/// Takes the open inquiry.
pub fn claim(state: &State) -> Vec<Effect> {
    let subject = state.detail.as_ref().map(|detail| detail.subject.clone());
    subject.map(Effect::Claim).into_iter().collect()
}

pub fn claimed(state: &mut State, subject: &Subject, answer: Answer<Claim>) -> Vec<Effect> {
    let id = subject.short();
    match answer {
        Ok(Claim::Mine) => {
            state.repeat = Some(Repeat::Claim);
            state.say(format!("{id} is yours"), Tone::Good);
        }
        Ok(Claim::TakenBy(other)) => {
            state.say(format!("{other} has claimed {id} already"), Tone::Bad);
        }
        Ok(Claim::Over) => state.say(format!("{id} waits for nobody any more"), Tone::Plain),
        Ok(Claim::Off) => state.say("claims are off", Tone::Plain),
        Err(why) => state.say(format!("{id} is not claimed: {why}"), Tone::Bad),
    }
    Vec::new()
}

/// Lets go of the open inquiry.
pub fn release(state: &mut State) -> Vec<Effect> {
    match guard::releasable(state) {
        Ok(inquiry) => vec![Effect::Release(inquiry)],
        Err(why) => refuse(state, why),
    }
}

pub fn released(state: &mut State, id: &InquiryId, answer: Answer<bool>) -> Vec<Effect> {
    let id = id.short();
    match answer {
        Ok(true) => state.say(format!("{id} is nobody's again"), Tone::Good),
        Ok(false) => state.say(format!("{id} was not yours"), Tone::Plain),
        Err(why) => state.say(format!("{id} is still claimed: {why}"), Tone::Bad),
    }
    Vec::new()
}
