//! The day's own time: a quarter of a second is a minute of it.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long a minute of the day takes.
pub const MINUTE: Duration = Duration::from_millis(250);

/// So many minutes a day has.
pub const MINUTES: usize = 24 * 60;

/// So many times faster than in life a day goes by.
pub const HASTE: f64 = 240.0;

/// The minute of the day that a clock shows.
pub const fn at(hour: usize, minute: usize) -> usize {
    hour * 60 + minute
}

/// Minutes of the day that so many seconds take for what does not go by faster than in life.
pub fn real(seconds: f64) -> usize {
    (seconds / MINUTE.as_secs_f64()).ceil() as usize
}

/// `07:30`
pub fn shown(minute: usize) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[derive(Debug, Clone, Copy)]
pub struct Day {
    began: Instant,
    /// In seconds since 1970.
    began_at: f64,
}

impl Day {
    /// It is midnight.
    pub fn begin() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { began: Instant::now(), began_at: since.as_secs_f64() }
    }

    /// Minutes since midnight.
    pub fn now(self) -> f64 {
        self.began.elapsed().as_secs_f64() / MINUTE.as_secs_f64()
    }

    /// The minute that has begun last.
    pub fn minute(self) -> usize {
        self.now() as usize
    }

    pub async fn until(self, minute: usize) {
        let at = self.began + MINUTE.mul_f64(minute as f64);
        tokio::time::sleep_until(at.into()).await;
    }

    /// An instant that a process told, in seconds since 1970, in seconds of the day.
    pub fn seconds_at(self, instant: f64) -> f64 {
        (instant - self.began_at) * HASTE
    }
}
