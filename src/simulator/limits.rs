//! The rate window: 60 seconds from its first request, for the whole environment.

use jiff::{Timestamp, ToSpan};

#[derive(Debug, Clone, Copy)]
pub struct RateWindow {
    limit: u32,
    used: u32,
    opened_at: Option<Timestamp>,
}

/// What a request's answer says in its headers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Left {
    pub limit: u32,
    pub remaining: u32,
    /// Seconds until the window is over.
    pub reset: u32,
    /// False: the request is over the limit.
    pub allowed: bool,
}

impl RateWindow {
    pub fn new(limit: u32) -> Self {
        Self { limit, used: 0, opened_at: None }
    }

    /// Counts one request.
    pub fn take(&mut self, now: Timestamp) -> Left {
        let opened_at = match self.opened_at {
            Some(at) if now < at + 60.seconds() => at,
            _ => {
                self.used = 0;
                now
            }
        };
        self.opened_at = Some(opened_at);
        let allowed = self.used < self.limit;
        self.used += u32::from(allowed);
        let reset = (opened_at + 60.seconds()).duration_since(now).as_secs();
        Left {
            limit: self.limit,
            remaining: self.limit - self.used,
            reset: u32::try_from(reset).unwrap_or(60).max(1),
            allowed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_opens_with_its_first_request() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let mut window = RateWindow::new(2);
        let left = |remaining, reset, allowed| Left { limit: 2, remaining, reset, allowed };
        assert_eq!(window.take(at(100)), left(1, 60, true));
        assert_eq!(window.take(at(130)), left(0, 30, true));
        assert_eq!(window.take(at(159)), left(0, 1, false));
        assert_eq!(window.take(at(160)), left(1, 60, true));
    }
}
