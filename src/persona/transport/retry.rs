//! What may be sent again, by whom, and when: facts about requests and answers, from Persona's
//! advice and from what an answer proves.

use std::time::Duration;

use crate::{
    model::Lane,
    persona::{ErrorKind, Method, NoAnswer},
};

/// What a request does to Persona, as far as repeating it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// It only asks, be it by a POST.
    None,
    /// POST: Persona honours its idempotency key.
    Keyed,
    /// PATCH: no key is promised to matter.
    Unkeyed,
    /// DELETE: once more removes nothing more.
    Removal,
}

impl Effect {
    /// Of a request that changes something.
    pub fn of(method: Method) -> Self {
        match method {
            Method::Get => Self::None,
            Method::Post => Self::Keyed,
            Method::Patch => Self::Unkeyed,
            Method::Delete => Self::Removal,
        }
    }
}

/// How a request may be sent again after an attempt without a good answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// As it is, with the same key.
    Same,
    /// The same once somebody has seen to the API key or the address.
    SameWhenMended,
    /// Whether it took effect has to be read first; then with a new key, since Persona keeps the
    /// first answer to the old one.
    AfterReading,
    /// It would be answered the same.
    Never,
}

/// How what ended in `error` may be sent again.
pub fn repeat(effect: Effect, error: &ErrorKind) -> Repeat {
    let uncertain = match effect {
        Effect::None | Effect::Removal => Repeat::Same,
        Effect::Keyed | Effect::Unkeyed => Repeat::AfterReading,
    };
    match error {
        ErrorKind::NoAnswer(NoAnswer::Connect | NoAnswer::Tls)
        | ErrorKind::RateLimited { .. }
        | ErrorKind::QuotaSpent { .. }
        | ErrorKind::KeyInUse => Repeat::Same,
        ErrorKind::NoAnswer(NoAnswer::Timeout | NoAnswer::Cut) | ErrorKind::TimedOut => {
            // The first answer is kept under the key, or nothing is.
            if effect == Effect::Keyed { Repeat::Same } else { uncertain }
        }
        ErrorKind::Server { .. } => uncertain,
        ErrorKind::Key(_) | ErrorKind::Unauthorized | ErrorKind::Redirected => {
            Repeat::SameWhenMended
        }
        // An answer that says nothing: a repetition would be answered the same.
        ErrorKind::Unreadable { .. }
        | ErrorKind::OtherEnvironment { .. }
        | ErrorKind::Conflict { stale: true }
        | ErrorKind::KeyMisused => match effect {
            Effect::None => Repeat::Never,
            _ => Repeat::AfterReading,
        },
        ErrorKind::Forbidden
        | ErrorKind::NotFound
        | ErrorKind::Conflict { stale: false }
        | ErrorKind::Invalid
        | ErrorKind::Refused(_) => Repeat::Never,
    }
}

/// What the client itself does next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Again { after: Duration },
    GiveUp,
}

/// Tries of one request, the first included.
const MOST: u32 = 3;

/// A person waits at most this long for another try.
const PATIENCE: Duration = Duration::from_secs(10);

/// The first pause where a person waits.
const SHORT: Duration = Duration::from_millis(300);

/// After the `nth` try, from 1, ended in `error`. The client repeats only what needs no key, and
/// only for as long as a person cares to wait; whatever takes longer is for the loops behind the
/// console, which pause as [`documented`]. `roll` is from 0 to 1.
pub fn decide(effect: Effect, nth: u32, error: &ErrorKind, lane: Lane, roll: f64) -> Decision {
    let is_free = matches!(effect, Effect::None | Effect::Removal);
    if !is_free || repeat(effect, error) != Repeat::Same || nth >= MOST {
        return Decision::GiveUp;
    }
    let after = match (lane, error) {
        // A connection that was kept too long: a fresh one will do.
        (Lane::Back, ErrorKind::NoAnswer(NoAnswer::Cut)) if nth == 1 => doubled(SHORT, nth, roll),
        (Lane::Back, _) => return Decision::GiveUp,
        // A person has waited long enough; a certificate does not change soon.
        (Lane::Front, ErrorKind::NoAnswer(NoAnswer::Timeout | NoAnswer::Tls)) => {
            return Decision::GiveUp;
        }
        (Lane::Front, error) => error.retry_after().unwrap_or(doubled(SHORT, nth, roll)),
    };
    if after > PATIENCE { Decision::GiveUp } else { Decision::Again { after } }
}

/// Persona's advice for 429 and 5xx: 5, 10, 20, 40, 80, 160 s after the `nth` failure in a row,
/// from 1; or what it asked for. Always a little more, so that clients do not march in step.
/// `roll` is from 0 to 1.
pub fn documented(nth: u32, asked: Option<Duration>, roll: f64) -> Duration {
    let first = Duration::from_secs(5);
    match asked {
        Some(asked) => asked + first.mul_f64(0.25 * roll.clamp(0.0, 1.0)),
        None => doubled(first, nth.min(6), roll),
    }
}

/// `first`, doubled with each failure, and up to a quarter more.
fn doubled(first: Duration, nth: u32, roll: f64) -> Duration {
    let doubled = first.saturating_mul(1 << nth.saturating_sub(1).min(6));
    doubled.mul_f64(1.0 + 0.25 * roll.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Text, secret::KeyError};

    const DOWN: ErrorKind = ErrorKind::Server { retry_after: None };
    const CUT: ErrorKind = ErrorKind::NoAnswer(NoAnswer::Cut);
    const TIMEOUT: ErrorKind = ErrorKind::NoAnswer(NoAnswer::Timeout);
    const TLS: ErrorKind = ErrorKind::NoAnswer(NoAnswer::Tls);

    #[test]
    fn what_may_be_sent_again_is_told_by_this_table() {
        use Repeat::{AfterReading as Read, Never, Same, SameWhenMended as Mended};
        let elsewhere =
            ErrorKind::OtherEnvironment { expected: Text::new("a"), found: Text::new("b") };
        let unreadable = ErrorKind::Unreadable { path: "data".into(), why: "missing".into() };
        // A question, POST, PATCH, DELETE.
        let table = [
            (ErrorKind::NoAnswer(NoAnswer::Connect), [Same; 4]),
            (TLS, [Same; 4]),
            (TIMEOUT, [Same, Same, Read, Same]),
            (CUT, [Same, Same, Read, Same]),
            (ErrorKind::TimedOut, [Same, Same, Read, Same]),
            (ErrorKind::RateLimited { retry_after: None }, [Same; 4]),
            (ErrorKind::QuotaSpent { retry_after: None }, [Same; 4]),
            (ErrorKind::KeyInUse, [Same; 4]),
            (DOWN, [Same, Read, Read, Same]),
            (ErrorKind::Conflict { stale: true }, [Never, Read, Read, Read]),
            (ErrorKind::KeyMisused, [Never, Read, Read, Read]),
            (unreadable, [Never, Read, Read, Read]),
            (elsewhere, [Never, Read, Read, Read]),
            (ErrorKind::Key(KeyError::Unset("K")), [Mended; 4]),
            (ErrorKind::Unauthorized, [Mended; 4]),
            (ErrorKind::Redirected, [Mended; 4]),
            (ErrorKind::Conflict { stale: false }, [Never; 4]),
            (ErrorKind::Invalid, [Never; 4]),
            (ErrorKind::Forbidden, [Never; 4]),
            (ErrorKind::NotFound, [Never; 4]),
            (ErrorKind::Refused("it leads elsewhere".into()), [Never; 4]),
        ];
        let effects = [Effect::None, Effect::Keyed, Effect::Unkeyed, Effect::of(Method::Delete)];
        for (error, expected) in table {
            assert_eq!(effects.map(|effect| repeat(effect, &error)), expected, "{error:?}");
        }
    }

    #[test]
    fn the_client_repeats_by_this_table() {
        let ms = Duration::from_millis;
        let limited =
            |seconds: u64| ErrorKind::RateLimited { retry_after: Some(ms(seconds * 1_000)) };
        let again = |millis| Decision::Again { after: ms(millis) };
        let no = Decision::GiveUp;
        let (front, back) = (Lane::Front, Lane::Back);
        let table = [
            (Effect::None, 1, DOWN, front, again(300)),
            (Effect::None, 2, DOWN, front, again(600)),
            (Effect::None, 3, DOWN, front, no),
            (Effect::None, 1, DOWN, back, no),
            (
                Effect::None,
                1,
                ErrorKind::Server { retry_after: Some(ms(2_000)) },
                front,
                again(2_000),
            ),
            (Effect::None, 1, limited(7), front, again(7_000)),
            (Effect::None, 1, limited(42), front, no),
            (Effect::None, 1, limited(7), back, no),
            (Effect::None, 1, ErrorKind::RateLimited { retry_after: None }, front, again(300)),
            (Effect::None, 2, ErrorKind::TimedOut, front, again(600)),
            (Effect::None, 1, TIMEOUT, front, no),
            (Effect::None, 1, TLS, front, no),
            (Effect::None, 1, CUT, front, again(300)),
            (Effect::None, 1, CUT, back, again(300)),
            (Effect::None, 2, CUT, back, no),
            (Effect::None, 1, ErrorKind::NotFound, front, no),
            (Effect::None, 1, ErrorKind::Unauthorized, front, no),
            (Effect::Removal, 1, DOWN, front, again(300)),
            (Effect::Removal, 1, CUT, front, again(300)),
            (Effect::Keyed, 1, CUT, front, no),
            (Effect::Keyed, 1, limited(1), front, no),
            (Effect::Unkeyed, 1, ErrorKind::TimedOut, front, no),
        ];
        for (effect, nth, error, lane, expected) in table {
            let decided = decide(effect, nth, &error, lane, 0.0);
            assert_eq!(decided, expected, "{effect:?} {nth} {error:?} {lane:?}");
        }
    }

    #[test]
    fn pauses_are_the_documented_ones_and_spread() {
        let seconds = |nth| documented(nth, None, 0.0).as_secs();
        assert_eq!([1, 2, 3, 4, 5, 6, 7, 99].map(seconds), [5, 10, 20, 40, 80, 160, 160, 160]);
        let ms = Duration::from_millis;
        assert_eq!(documented(1, None, 1.0), ms(6_250));
        assert_eq!(documented(9, Some(ms(7_000)), 0.0), ms(7_000));
        assert_eq!(documented(9, Some(ms(7_000)), 1.0), ms(8_250), "never less than asked");
    }
}
