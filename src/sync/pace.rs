//! How long to wait: between polls, and after a failure.

use std::time::Duration;

use super::Settings;
use crate::persona;

/// Where events cannot be followed, all that can matter is listed again so often.
pub const BETWEEN_LISTINGS: Duration = Duration::from_secs(60);

/// The pause before the next poll: short while things happen, half as long again with each quiet
/// round, never longer than the settings allow.
pub fn between_polls(settings: &Settings, quiet_rounds: u32) -> Duration {
    let grown = settings.poll.mul_f64(1.5_f64.powi(quiet_rounds.min(16).cast_signed()));
    grown.min(settings.quiet.max(settings.poll))
}

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
        let pauses = [0, 1, 2, 3, 99].map(|quiet| between_polls(&settings, quiet).as_millis());
        assert_eq!(pauses, [5_000, 7_500, 11_250, 15_000, 15_000]);
        let odd = Settings { poll: Duration::from_secs(30), quiet: Duration::from_secs(1) };
        assert_eq!(between_polls(&odd, 0), Duration::from_secs(30));
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
