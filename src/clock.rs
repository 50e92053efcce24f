//! The only source of time, so that tests can own it.
//!
//! Two hands: the time of day, which somebody may set, for what is written down; and [`Moment`]s,
//! which only go on, for every wait that is a length of time.

use std::{
    future::pending,
    ops::Add,
    sync::Arc,
    time::{Duration, Instant},
};

use jiff::Timestamp;
use tokio::sync::watch;

/// Cheap to clone; clones of a manual clock share their time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System { started: Instant },
    Manual(Arc<watch::Sender<Hands>>),
}

#[derive(Debug, Clone, Copy)]
struct Hands {
    day: Timestamp,
    moment: Moment,
}

/// A point of time that nobody can set. It means nothing outside its process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(Duration);

impl Moment {
    /// Zero if `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        self.0.saturating_sub(earlier.0)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, later: Duration) -> Self {
        Self(self.0.saturating_add(later))
    }
}

/// A single sleep is never longer than this, so that a clock that was set or a machine that slept
/// is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(60);

impl Clock {
    pub fn system() -> Self {
        Self(Source::System { started: Instant::now() })
    }

    /// A clock that stands still until [`Clock::advance`].
    pub fn manual(at: Timestamp) -> Self {
        let hands = Hands { day: at, moment: Moment::default() };
        Self(Source::Manual(Arc::new(watch::Sender::new(hands))))
    }

    /// The time of day. It may jump.
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System { .. } => Timestamp::now(),
            Source::Manual(hands) => hands.borrow().day,
        }
    }

    pub fn moment(&self) -> Moment {
        match &self.0 {
            Source::System { started } => Moment(started.elapsed()),
            Source::Manual(hands) => hands.borrow().moment,
        }
    }

    /// Returns once `now() >= until`; at once if that is past.
    pub async fn sleep_until(&self, until: Timestamp) {
        match &self.0 {
            Source::System { .. } => loop {
                let left = until.duration_since(Timestamp::now());
                match Duration::try_from(left) {
                    Ok(left) if !left.is_zero() => {
                        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
                    }
                    _ => return,
                }
            },
            Source::Manual(hands) => reach(hands, |hands| hands.day >= until).await,
        }
    }

    /// Returns once so much time has gone by, whatever the time of day is set to meanwhile.
    pub async fn sleep(&self, duration: Duration) {
        self.wait_for(self.moment() + duration).await;
    }

    /// Returns once that moment has come; at once if it is past.
    pub async fn wait_for(&self, moment: Moment) {
        match &self.0 {
            Source::System { .. } => tokio::time::sleep(moment.since(self.moment())).await,
            Source::Manual(hands) => reach(hands, |hands| hands.moment >= moment).await,
        }
    }

    /// Moves a manual clock forward and wakes whoever slept until then. A system clock stays.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(hands) = &self.0 {
            hands.send_modify(|hands| {
                hands.day += by;
                hands.moment = hands.moment + by;
            });
        }
    }

    /// Sets the time of day of a manual clock, as somebody may do; no time goes by. A system clock
    /// stays.
    pub fn set(&self, day: Timestamp) {
        if let Source::Manual(hands) = &self.0 {
            hands.send_modify(|hands| hands.day = day);
        }
    }
}

async fn reach(hands: &watch::Sender<Hands>, reached: impl Fn(&Hands) -> bool) {
    if hands.subscribe().wait_for(reached).await.is_err() {
        pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    #[test]
    fn a_length_of_time_passes_whatever_the_clock_is_set_to() {
        let noon: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let clock = Clock::manual(noon);
        let second = Duration::from_secs(1);
        for set in [noon - second * 86_400, noon + second * 86_400] {
            let mut nap = Box::pin(clock.sleep(second * 5));
            assert!(nap.as_mut().now_or_never().is_none());
            clock.set(set);
            clock.advance(second * 4);
            assert!(nap.as_mut().now_or_never().is_none());
            clock.advance(second);
            assert!(nap.now_or_never().is_some());
        }
        let evening = noon + second * 86_400 * 3;
        let mut day = Box::pin(clock.sleep_until(evening));
        assert!(day.as_mut().now_or_never().is_none());
        clock.set(evening);
        assert!(day.now_or_never().is_some(), "a time of day comes when the clock says so");
    }
}
