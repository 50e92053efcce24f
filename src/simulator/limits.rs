//! Rate windows and quotas: so many requests in 60 seconds, counted from the first of them.

use std::collections::HashMap;

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
        let before = self.look(now);
        let allowed = before.remaining > 0;
        self.opened_at.get_or_insert(now);
        self.used += u32::from(allowed);
        Left { allowed, ..self.look(now) }
    }

    /// Counts requests of others that share the window.
    pub fn taken_by_others(&mut self, requests: u32, now: Timestamp) {
        self.look(now);
        self.opened_at.get_or_insert(now);
        self.used = self.used.saturating_add(requests).min(self.limit);
    }

    /// What is left, without counting anything.
    pub fn look(&mut self, now: Timestamp) -> Left {
        // A clock that was set back opens a new window as well.
        if self.opened_at.is_some_and(|at| now < at || now >= at + 60.seconds()) {
            self.opened_at = None;
            self.used = 0;
        }
        let ends = self.opened_at.unwrap_or(now) + 60.seconds();
        let reset = u32::try_from(ends.duration_since(now).as_secs()).unwrap_or(60).max(1);
        let remaining = self.limit - self.used;
        Left { limit: self.limit, remaining, reset, allowed: remaining > 0 }
    }
}

/// Caps on creates, one window for each product.
#[derive(Debug)]
pub struct Quotas {
    limit: u32,
    windows: HashMap<&'static str, RateWindow>,
}

impl Quotas {
    pub fn new(limit: u32) -> Self {
        Self { limit, windows: HashMap::new() }
    }

    /// Counts one create of a product, such as `create_inquiry`.
    pub fn take(&mut self, product: &'static str, now: Timestamp) -> Left {
        self.windows.entry(product).or_insert_with(|| RateWindow::new(self.limit)).take(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn the_window_opens_with_its_first_request() {
        let mut window = RateWindow::new(2);
        let left = |remaining, reset, allowed| Left { limit: 2, remaining, reset, allowed };
        assert_eq!(window.take(at(100)), left(1, 60, true));
        assert_eq!(window.take(at(130)), left(0, 30, true));
        assert_eq!(window.take(at(159)), left(0, 1, false));
        assert_eq!(window.take(at(160)), left(1, 60, true));
    }

    #[test]
    fn others_use_the_same_window() {
        let mut window = RateWindow::new(10);
        window.taken_by_others(9, at(100));
        assert_eq!(window.take(at(101)).remaining, 0);
        assert!(!window.take(at(102)).allowed);
    }

    #[test]
    fn quotas_are_kept_for_each_product() {
        let mut quotas = Quotas::new(1);
        assert!(quotas.take("create_inquiry", at(0)).allowed);
        assert!(!quotas.take("create_inquiry", at(1)).allowed);
        assert!(quotas.take("create_case", at(1)).allowed);
    }
}
