//! The only source of time, so that tests can own it.

use std::{future::pending, sync::Arc, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;

/// Cheap to clone; clones of a manual clock share their time.
#[derive(Debug, Clone)]
pub struct Clock(Source);

#[derive(Debug, Clone)]
enum Source {
    System,
    Manual(Arc<watch::Sender<Timestamp>>),
}

/// A single sleep is never longer than this, so that a clock that was set or a machine that slept
/// is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(15 * 60);

impl Clock {
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::advance`].
    pub fn manual(at: Timestamp) -> Self {
        Self(Source::Manual(Arc::new(watch::Sender::new(at))))
    }

    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => Timestamp::now(),
            Source::Manual(time) => *time.borrow(),
        }
    }

    /// Returns once `now() >= until`; at once if that is past.
    pub async fn sleep_until(&self, until: Timestamp) {
        match &self.0 {
            Source::System => loop {
                let left = until.duration_since(Timestamp::now());
                match Duration::try_from(left) {
                    Ok(left) if !left.is_zero() => {
                        tokio::time::sleep(left.min(LONGEST_SLEEP)).await;
                    }
                    _ => return,
                }
            },
            Source::Manual(time) => {
                let mut time = time.subscribe();
                if time.wait_for(|now| *now >= until).await.is_err() {
                    pending::<()>().await;
                }
            }
        }
    }

    pub async fn sleep(&self, duration: Duration) {
        self.sleep_until(self.now() + duration).await;
    }

    /// Moves a manual clock forward and wakes whoever slept until then. A system clock stays.
    pub fn advance(&self, by: Duration) {
        if let Source::Manual(time) = &self.0 {
            time.send_modify(|now| *now += by);
        }
    }
}
