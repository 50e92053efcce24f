//! When slow or failing requests are a breach, and when it is over: pure.
//!
//! ```text
//!  calm ──bad──▶ doubtful ──still bad after a while──▶ alarmed: began
//!    ▲              │ good                               │ good for long enough: ended
//!    └──────────────┴────────────────────────────────────┘
//! ```

use std::time::Duration;

use crate::{clock::Moment, metrics::Stats};

/// So many requests have to be slow, or have to fail, before anybody is told: one is no alarm.
const LEAST: usize = 3;

/// How long figures have to be bad before a breach begins, and good before it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    pub after: Duration,
    pub clear: Duration,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mind {
    #[default]
    Calm,
    Doubtful {
        since: Moment,
    },
    Alarmed {
        /// Since when the figures are good again.
        good_since: Option<Moment>,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    Began,
    Ended,
}

impl Turn {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Began => "began",
            Self::Ended => "ended",
        }
    }
}

/// Whether the figures speak for a breach. Once there is one, its limits alone end it.
pub fn is_bad(stats: &Stats, mind: Mind) -> bool {
    let enough = |count: usize| count >= LEAST || matches!(mind, Mind::Alarmed { .. });
    stats.slow && enough(stats.slow_attempts) || stats.failing && enough(stats.errors)
}

/// The next state of mind, and what there is to tell.
pub fn step(mind: Mind, bad: bool, now: Moment, patience: Patience) -> (Mind, Option<Turn>) {
    match (mind, bad) {
        (Mind::Calm | Mind::Doubtful { .. }, false) => (Mind::Calm, None),
        (Mind::Calm, true) if patience.after.is_zero() => {
            (Mind::Alarmed { good_since: None }, Some(Turn::Began))
        }
        (Mind::Calm, true) => (Mind::Doubtful { since: now }, None),
        (Mind::Doubtful { since }, true) if now.since(since) >= patience.after => {
            (Mind::Alarmed { good_since: None }, Some(Turn::Began))
        }
        (Mind::Doubtful { .. }, true) => (mind, None),
        (Mind::Alarmed { .. }, true) => (Mind::Alarmed { good_since: None }, None),
        (Mind::Alarmed { good_since: None }, false) => {
            (Mind::Alarmed { good_since: Some(now) }, None)
        }
        (Mind::Alarmed { good_since: Some(since) }, false)
            if now.since(since) >= patience.clear =>
        {
            (Mind::Calm, Some(Turn::Ended))
        }
        (Mind::Alarmed { .. }, false) => (mind, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Patience =
        Patience { after: Duration::from_secs(60), clear: Duration::from_secs(300) };

    /// What is told of figures that turn bad (`true`) and good at these seconds, looked at every 5.
    fn told(turns: &[(u64, bool)], until: u64) -> Vec<(u64, Turn)> {
        let (mut mind, mut told) = (Mind::default(), Vec::new());
        for second in (0..=until).step_by(5) {
            let bad = turns.iter().rev().find(|(from, _)| *from <= second).is_some_and(|t| t.1);
            let now = Moment::default() + Duration::from_secs(second);
            let (next, turn) = step(mind, bad, now, PATIENCE);
            mind = next;
            told.extend(turn.map(|turn| (second, turn)));
        }
        told
    }

    #[test]
    fn a_breach_is_told_once_and_its_end_once() {
        use Turn::{Began, Ended};
        type Turns = &'static [(u64, bool)];
        type Told = &'static [(u64, Turn)];
        let table: [(&str, Turns, Told); 6] = [
            ("all is well", &[], &[]),
            ("a short one", &[(10, true), (65, false)], &[]),
            ("a long one", &[(10, true)], &[(70, Began)]),
            ("a long one that ends", &[(10, true), (200, false)], &[(70, Began), (500, Ended)]),
            (
                "one that comes and goes is one",
                &[(10, true), (200, false), (450, true), (460, false)],
                &[(70, Began), (760, Ended)],
            ),
            (
                "two, far apart",
                &[(0, true), (100, false), (500, true), (600, false)],
                &[(60, Began), (400, Ended), (560, Began), (900, Ended)],
            ),
        ];
        for (case, turns, expected) in table {
            assert_eq!(told(turns, 1_000), expected, "{case}");
        }
    }

    #[test]
    fn one_slow_request_is_no_breach_however_few_there_are() {
        let alarmed = Mind::Alarmed { good_since: None };
        let slow = |slow_attempts| Stats { slow: true, slow_attempts, ..Stats::default() };
        let failing = |errors| Stats { failing: true, errors, ..Stats::default() };
        assert!(!is_bad(&slow(1), Mind::Calm) && !is_bad(&slow(2), Mind::Calm));
        assert!(is_bad(&slow(3), Mind::Calm) && is_bad(&failing(3), Mind::Calm));
        assert!(!is_bad(&failing(2), Mind::Calm));
        assert!(is_bad(&slow(1), alarmed), "it goes on until the figures are good");
        let few = Stats { slow_attempts: 9, errors: 9, ..Stats::default() };
        assert!(!is_bad(&few, alarmed), "the figures are good");
    }
}
