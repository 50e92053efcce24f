//! Whether the screen is locked, and when it locks by itself. A lock hides and keeps keys from acting;
//! who sits at the terminal is for the terminal and its host to know.

use std::time::Duration;

use jiff::Timestamp;

#[derive(Debug)]
pub struct Lock {
    /// Without a key for so long it locks; none: only when somebody asks.
    after: Option<Duration>,
    last_key: Timestamp,
    is_on: bool,
}

impl Lock {
    pub fn new(after: Option<Duration>, now: Timestamp) -> Self {
        Self { after, last_key: now, is_on: false }
    }

    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Somebody is there.
    pub fn touch(&mut self, now: Timestamp) {
        self.last_key = now;
    }

    pub fn put_on(&mut self) {
        self.is_on = true;
    }

    pub fn take_off(&mut self, now: Timestamp) {
        self.is_on = false;
        self.touch(now);
    }

    /// When it locks by itself, if nobody presses a key.
    pub fn due(&self) -> Option<Timestamp> {
        self.after.filter(|_| !self.is_on).map(|after| self.last_key + after)
    }

    /// For how long nobody pressed a key, if that is long enough to lock.
    pub fn is_due(&mut self, now: Timestamp) -> Option<Duration> {
        // A clock that was set back puts nothing off.
        self.last_key = self.last_key.min(now);
        self.after.filter(|_| self.due().is_some_and(|due| due <= now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_so_long_after_the_last_key() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let minute = Duration::from_secs(60);
        let mut lock = Lock::new(Some(minute), at(1000));
        assert_eq!((lock.is_due(at(1059)), lock.is_due(at(1060))), (None, Some(minute)));
        lock.touch(at(1059));
        assert_eq!((lock.is_due(at(1118)), lock.due()), (None, Some(at(1119))));
        // Somebody set the clock back.
        assert_eq!((lock.is_due(at(500)), lock.is_due(at(560))), (None, Some(minute)));
        lock.put_on();
        assert_eq!((lock.is_due(at(9999)), lock.due()), (None, None));
        lock.take_off(at(9999));
        assert_eq!(lock.due(), Some(at(10_059)));
        assert_eq!(Lock::new(None, at(0)).is_due(at(9_999_999)), None);
    }
}
