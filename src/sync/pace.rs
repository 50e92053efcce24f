//! How long to wait: between polls, and after a failure.

use std::time::Duration;

use super::Settings;
use crate::persona;

/// Where events cannot be followed, all that can matter is listed again so often.
pub const BETWEEN_LISTINGS: Duration = Duration::from_secs(60);

/// What the pause before the next poll follows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// Rounds in a row that brought nothing.
    pub quiet_rounds: u32,
    /// A receiver brings what happens; polls find what it missed.
    pub received: bool,
    /// Of the rate budget, 0 to 1; none if Persona has not told.
    pub budget_left: Option<f64>,
}

/// The pause before the next poll: short while things happen, half as long again with each quiet
/// round, never longer than the settings allow; and longer when others need the budget.
pub fn between_polls(settings: &Settings, traffic: Traffic) -> Duration {
    let quiet = settings.quiet.max(settings.poll);
    let pause = if traffic.received {
        settings.beneath.max(quiet)
    } else {
        let rounds = traffic.quiet_rounds.min(16).cast_signed();
        settings.poll.mul_f64(1.5_f64.powi(rounds)).min(quiet)
    };
    match traffic.budget_left {
        Some(left) if left < PLENTY => pause.mul_f64((PLENTY / left.max(0.01)).min(SLOWEST)),
        _ => pause,
    }
}

/// With more of the budget left than this, polls need not be sparing.
const PLENTY: f64 = 0.5;

/// However little is left, polls go on at this fraction of their pace.
const SLOWEST: f64 = 4.0;

/// The pause after the nth failure in a row: 5, 10, 20, 40, 60 s; or what Persona asked for; and
/// a little more by `roll`, from 0 to 1.
pub fn after_failure(failures: u32, asked: Option<Duration>, roll: f64) -> Duration {
    let pause = persona::documented(failures, asked, roll);
    if asked.is_some() { pause } else { pause.min(LONGEST) }
}

/// A screen that is behind is behind for no longer than this.
const LONGEST: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polls_slow_down_when_nothing_happens() {
        let settings = Settings::default();
        let quiet = |quiet_rounds| Traffic { quiet_rounds, received: false, budget_left: None };
        let pauses =
            [0, 1, 2, 3, 99].map(|rounds| between_polls(&settings, quiet(rounds)).as_millis());
        assert_eq!(pauses, [5_000, 7_500, 11_250, 15_000, 15_000]);
        let odd =
            Settings { poll: Duration::from_secs(30), quiet: Duration::from_secs(1), ..settings };
        assert_eq!(between_polls(&odd, quiet(0)), Duration::from_secs(30));
    }

    #[test]
    fn polls_spare_a_budget_that_runs_out_and_lie_beneath_a_receiver() {
        let table = [
            (false, None, 5_000),
            (false, Some(1.0), 5_000),
            (false, Some(0.5), 5_000),
            (false, Some(0.25), 10_000),
            (false, Some(0.0), 20_000),
            (true, Some(0.9), 60_000),
            (true, Some(0.25), 120_000),
        ];
        for (received, budget_left, expected) in table {
            let traffic = Traffic { quiet_rounds: 0, received, budget_left };
            let pause = between_polls(&Settings::default(), traffic);
            assert_eq!(pause.as_millis(), expected, "{traffic:?}");
        }
    }

    #[test]
    fn failures_are_retried_with_growing_pauses() {
        let pauses = [1, 2, 3, 4, 5, 99].map(|nth| after_failure(nth, None, 0.0).as_secs());
        assert_eq!(pauses, [5, 10, 20, 40, 60, 60]);
        assert_eq!(after_failure(1, None, 1.0), Duration::from_millis(6_250));
        let minutes = Duration::from_secs(180);
        assert_eq!(after_failure(9, Some(minutes), 0.0), minutes);
    }
}
