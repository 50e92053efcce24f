//! What an answer of Persona's means for an action: settled, or to be tried again, when and how.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    model::{Action, ActionState, Text},
    persona::{self, Effect, ErrorKind, NoAnswer, Repeat},
};

/// Why there is no good answer.
#[derive(Debug, Clone, Copy)]
pub struct Why<'a> {
    pub kind: &'a ErrorKind,
    /// The error as a sentence, with Persona's own words.
    pub words: &'a str,
}

/// The consequence of one answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub state: ActionState,
    /// What has to happen before it is sent again, or is shown as refused.
    pub look: Look,
}

/// Whether the object has to be read because of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// What is known stands.
    No,
    /// Before the next try: nobody can tell whether the call had its effect.
    BeforeTheNextTry,
    /// At once, so that the row shows what made Persona refuse.
    Now,
}

/// Who would have to be another one for the answer to be another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whom {
    /// It is about the decision, or Persona fails everybody.
    Nobody,
    /// The key, since it may not do this.
    Key,
    /// Whoever sends, whatever they send: the key is none, or there is no way from here to Persona.
    Sender,
}

/// Whom an answer refuses.
pub fn whom(kind: &ErrorKind) -> Whom {
    match kind {
        ErrorKind::Forbidden => Whom::Key,
        ErrorKind::Key(_)
        | ErrorKind::Unauthorized
        | ErrorKind::OtherEnvironment { .. }
        | ErrorKind::Redirected
        | ErrorKind::NoAnswer(NoAnswer::Connect | NoAnswer::Tls) => Whom::Sender,
        _ => Whom::Nobody,
    }
}

/// After a refused key. A new key is noticed then, or at once when somebody says so.
const KEY_PAUSE: Duration = Duration::from_secs(30);
/// After Persona said that the object was being changed by somebody else.
const STALE_PAUSE: Duration = Duration::from_secs(2);

/// Judges a call that failed. `roll` is a random number from 0 to 1 that spreads retries.
pub fn of_call(action: &Action, why: &Why<'_>, now: Timestamp, roll: f64) -> Verdict {
    // Every call of an action is a POST with its key.
    let look = match persona::repeat(Effect::Keyed, why.kind) {
        Repeat::Same => Look::No,
        Repeat::SameWhenMended => return waiting(why, now, KEY_PAUSE, Look::No),
        Repeat::AfterReading => Look::BeforeTheNextTry,
        Repeat::Never => return rejected(why),
    };
    let pause = match why.kind {
        ErrorKind::OtherEnvironment { .. } => KEY_PAUSE,
        ErrorKind::Conflict { .. } => STALE_PAUSE,
        kind => persona::documented(action.attempts, kind.retry_after(), roll),
    };
    waiting(why, now, pause, look)
}

/// Judges a look at the object that failed: nothing was sent by it.
pub fn of_look(action: &Action, why: &Why<'_>, now: Timestamp, roll: f64) -> Verdict {
    // What had to be looked at before still has to be.
    let look = if action.must_read { Look::BeforeTheNextTry } else { Look::No };
    let after = |pause| waiting(why, now, pause, look);
    match why.kind {
        ErrorKind::RateLimited { .. }
        | ErrorKind::QuotaSpent { .. }
        | ErrorKind::KeyInUse
        | ErrorKind::NoAnswer(_)
        | ErrorKind::TimedOut
        | ErrorKind::Server { .. }
        | ErrorKind::Unreadable { .. } => after(match why.kind.retry_after() {
            asked @ Some(_) => persona::documented(1, asked, roll),
            None => patience(action, now, roll),
        }),
        ErrorKind::Key(_)
        | ErrorKind::Unauthorized
        | ErrorKind::Redirected
        | ErrorKind::OtherEnvironment { .. } => after(KEY_PAUSE),
        ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict { .. }
        | ErrorKind::Invalid
        | ErrorKind::KeyMisused
        | ErrorKind::Refused(_) => {
            let reason = match action.key_sent_at {
                None => format!("it could not be looked at before sending: {}", why.words),
                Some(_) => format!("whether it arrived cannot be told: {}", why.words),
            };
            Verdict { state: ActionState::Stopped { reason: Text::new(&reason) }, look: Look::No }
        }
    }
}

fn waiting(why: &Why<'_>, now: Timestamp, pause: Duration, look: Look) -> Verdict {
    let reason = Text::new(why.words);
    Verdict { state: ActionState::Waiting { until: now + pause, reason }, look }
}

/// What Persona refused for what the object is, is shown with the object as it is.
fn rejected(why: &Why<'_>) -> Verdict {
    let look = match why.kind {
        ErrorKind::Conflict { .. } | ErrorKind::Invalid => Look::Now,
        _ => Look::No,
    };
    Verdict { state: ActionState::Rejected { reason: Text::new(why.words) }, look }
}

/// A look is no attempt, so its pause grows with the age of the decision: a third of it.
fn patience(action: &Action, now: Timestamp, roll: f64) -> Duration {
    let age = Duration::try_from(now.duration_since(action.decided_at)).unwrap_or_default();
    let third = (age / 3).clamp(Duration::from_secs(5), Duration::from_secs(60));
    persona::documented(1, Some(third), roll)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::Verb,
        outbox::samples::{action, at},
        secret::KeyError,
    };

    const WORDS: &str = "approve inquiry inq_1: refused";

    fn wait(seconds: u64, look: Look) -> Verdict {
        let until = at(0) + Duration::from_secs(seconds);
        Verdict { state: ActionState::Waiting { until, reason: Text::new(WORDS) }, look }
    }

    fn refuse(look: Look) -> Verdict {
        Verdict { state: ActionState::Rejected { reason: Text::new(WORDS) }, look }
    }

    fn unreadable() -> ErrorKind {
        ErrorKind::Unreadable { path: "data.id".into(), why: "missing".into() }
    }

    fn elsewhere() -> ErrorKind {
        ErrorKind::OtherEnvironment { expected: Text::new("a"), found: Text::new("b") }
    }

    #[test]
    fn every_answer_to_a_call_has_its_consequence() {
        let minute = Some(Duration::from_secs(60));
        let table = [
            (ErrorKind::NoAnswer(NoAnswer::Connect), wait(5, Look::No)),
            (ErrorKind::NoAnswer(NoAnswer::Timeout), wait(5, Look::No)),
            (ErrorKind::NoAnswer(NoAnswer::Cut), wait(5, Look::No)),
            (ErrorKind::TimedOut, wait(5, Look::No)),
            (ErrorKind::RateLimited { retry_after: None }, wait(5, Look::No)),
            (ErrorKind::RateLimited { retry_after: minute }, wait(60, Look::No)),
            (ErrorKind::QuotaSpent { retry_after: minute }, wait(60, Look::No)),
            (ErrorKind::KeyInUse, wait(5, Look::No)),
            (ErrorKind::KeyMisused, wait(5, Look::BeforeTheNextTry)),
            (ErrorKind::Key(KeyError::Unset("K")), wait(30, Look::No)),
            (ErrorKind::Unauthorized, wait(30, Look::No)),
            (ErrorKind::Redirected, wait(30, Look::No)),
            (elsewhere(), wait(30, Look::BeforeTheNextTry)),
            (ErrorKind::Server { retry_after: None }, wait(5, Look::BeforeTheNextTry)),
            (ErrorKind::Server { retry_after: minute }, wait(60, Look::BeforeTheNextTry)),
            (unreadable(), wait(5, Look::BeforeTheNextTry)),
            (ErrorKind::Conflict { stale: true }, wait(2, Look::BeforeTheNextTry)),
            (ErrorKind::Conflict { stale: false }, refuse(Look::Now)),
            (ErrorKind::Invalid, refuse(Look::Now)),
            (ErrorKind::Forbidden, refuse(Look::No)),
            (ErrorKind::NotFound, refuse(Look::No)),
            (ErrorKind::Refused("another host".into()), refuse(Look::No)),
        ];
        let once = Action { attempts: 1, ..action(Verb::Approve) };
        for (kind, verdict) in table {
            let why = Why { kind: &kind, words: WORDS };
            assert_eq!(of_call(&once, &why, at(0), 0.0), verdict, "{kind:?}");
        }
    }

    #[test]
    fn what_another_process_can_do_better_is_told_from_what_nobody_can() {
        let table = [
            (ErrorKind::Key(KeyError::Unset("K")), Whom::Sender),
            (ErrorKind::Unauthorized, Whom::Sender),
            (elsewhere(), Whom::Sender),
            (ErrorKind::Redirected, Whom::Sender),
            (ErrorKind::NoAnswer(NoAnswer::Connect), Whom::Sender),
            (ErrorKind::NoAnswer(NoAnswer::Tls), Whom::Sender),
            (ErrorKind::NoAnswer(NoAnswer::Timeout), Whom::Nobody),
            (ErrorKind::NoAnswer(NoAnswer::Cut), Whom::Nobody),
            (ErrorKind::Forbidden, Whom::Key),
            (ErrorKind::NotFound, Whom::Nobody),
            (ErrorKind::Invalid, Whom::Nobody),
            (ErrorKind::RateLimited { retry_after: None }, Whom::Nobody),
            (ErrorKind::Server { retry_after: None }, Whom::Nobody),
        ];
        for (kind, refused) in table {
            assert_eq!(whom(&kind), refused, "{kind:?}");
        }
    }

    #[test]
    fn pauses_double_with_each_attempt_and_are_spread() {
        let cut = ErrorKind::NoAnswer(NoAnswer::Cut);
        let pause = |attempts, roll| {
            let action = Action { attempts, ..action(Verb::Approve) };
            match of_call(&action, &Why { kind: &cut, words: WORDS }, at(0), roll).state {
                ActionState::Waiting { until, .. } => until.duration_since(at(0)).as_millis(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!([1, 2, 6, 99].map(|nth| pause(nth, 0.0)), [5_000, 10_000, 160_000, 160_000]);
        assert_eq!(pause(1, 1.0), 6_250);
    }

    #[test]
    fn a_look_that_fails_waits_with_growing_patience_or_stops_in_words() {
        let cut = ErrorKind::NoAnswer(NoAnswer::Cut);
        let fresh = action(Verb::Approve);
        let until = |minute| {
            let why = Why { kind: &cut, words: WORDS };
            match of_look(&fresh, &why, at(minute), 0.0).state {
                ActionState::Waiting { until, .. } => until.duration_since(at(minute)).as_secs(),
                other => panic!("{other:?}"),
            }
        };
        assert_eq!([0, 1, 600].map(until), [5, 20, 60]);
        let doubtful = Action { must_read: true, key_sent_at: Some(at(0)), ..fresh.clone() };
        let why = Why { kind: &cut, words: WORDS };
        assert_eq!(of_look(&doubtful, &why, at(0), 0.0).look, Look::BeforeTheNextTry);
        let why = Why { kind: &ErrorKind::NotFound, words: "no such inquiry" };
        let said = |action| match of_look(action, &why, at(0), 0.0).state {
            ActionState::Stopped { reason } => reason.to_string(),
            other => panic!("{other:?}"),
        };
        assert_eq!(said(&fresh), "it could not be looked at before sending: no such inquiry");
        assert_eq!(said(&doubtful), "whether it arrived cannot be told: no such inquiry");
    }
}
