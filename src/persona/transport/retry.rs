//! Whether a read is tried again, and when. A person waits for it, so only briefly: whatever takes
//! longer is for the loops behind the console, which try again in their own time. Writes are not
//! repeated here.

use std::time::Duration;

use crate::{
    model::Lane,
    persona::{ErrorKind, NoAnswer},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    Again { after: Duration },
    GiveUp,
}

/// Tries of one read, the first included.
const MOST: u32 = 3;

/// A person waits at most this long for another try.
const PATIENCE: Duration = Duration::from_secs(10);

const FIRST: Duration = Duration::from_millis(300);

/// After the `attempt`-th try, from 1, ended in `error`. `jitter` is from 0 to 1.
pub fn decide(attempt: u32, error: &ErrorKind, lane: Lane, jitter: f64) -> Decision {
    if lane == Lane::Back || attempt >= MOST {
        return Decision::GiveUp;
    }
    let after = match error {
        ErrorKind::RateLimited { retry_after: Some(asked) } => *asked,
        ErrorKind::RateLimited { retry_after: None }
        | ErrorKind::Server
        | ErrorKind::TimedOut
        | ErrorKind::NoAnswer(NoAnswer::Cut | NoAnswer::Connect) => {
            back_off(FIRST, attempt, jitter)
        }
        // After a timeout a person has waited long enough; a certificate does not change soon.
        _ => return Decision::GiveUp,
    };
    if after > PATIENCE { Decision::GiveUp } else { Decision::Again { after } }
}

/// `first`, doubled with each attempt, and up to a quarter more so that clients do not march in
/// step.
pub fn back_off(first: Duration, attempt: u32, jitter: f64) -> Duration {
    let doubled = first.saturating_mul(1 << attempt.saturating_sub(1).min(6));
    doubled.mul_f64(1.0 + 0.25 * jitter.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_repeated_by_this_table() {
        let ms = Duration::from_millis;
        let limited =
            |seconds: u64| ErrorKind::RateLimited { retry_after: Some(ms(seconds * 1_000)) };
        let again = |after| Decision::Again { after };
        let table = [
            (1, ErrorKind::Server, Lane::Front, again(ms(300))),
            (2, ErrorKind::Server, Lane::Front, again(ms(600))),
            (3, ErrorKind::Server, Lane::Front, Decision::GiveUp),
            (1, ErrorKind::Server, Lane::Back, Decision::GiveUp),
            (1, limited(7), Lane::Front, again(ms(7_000))),
            (1, limited(42), Lane::Front, Decision::GiveUp),
            (1, limited(7), Lane::Back, Decision::GiveUp),
            (1, ErrorKind::NoAnswer(NoAnswer::Timeout), Lane::Front, Decision::GiveUp),
            (1, ErrorKind::NoAnswer(NoAnswer::Cut), Lane::Front, again(ms(300))),
            (1, ErrorKind::NoAnswer(NoAnswer::Tls), Lane::Front, Decision::GiveUp),
            (1, ErrorKind::RateLimited { retry_after: None }, Lane::Front, again(ms(300))),
            (2, ErrorKind::TimedOut, Lane::Front, again(ms(600))),
            (1, ErrorKind::NotFound, Lane::Front, Decision::GiveUp),
            (1, ErrorKind::Unauthorized, Lane::Front, Decision::GiveUp),
        ];
        for (attempt, error, lane, expected) in table {
            assert_eq!(
                decide(attempt, &error, lane, 0.0),
                expected,
                "{attempt} {error:?} {lane:?}"
            );
        }
        assert_eq!(back_off(ms(1_000), 1, 1.0), ms(1_250));
    }
}
