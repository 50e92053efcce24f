//! Whether a receiver brings what happens, as far as can be told from what it missed.
//!
//! Webhooks bring a change within a second, and polls beneath them find what got lost. A poll that
//! finds something new proves that the receiver does not hear everything: until it hears
//! something again, nobody relies on it.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// What a receiver tells the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hearing {
    /// When it began to listen.
    pub since: Timestamp,
    /// When it last wrote down an event.
    pub heard_at: Option<Timestamp>,
    /// When it last could write again after it had sent deliveries away. They come again, but a poll
    /// brings them sooner.
    #[serde(default)]
    pub sent_away_until: Option<Timestamp>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Ears {
    /// Nobody receives webhooks for this store.
    #[default]
    None,
    /// They come.
    Open,
    /// A receiver runs, but nothing has proved that webhooks reach it, or some were missed.
    Deaf,
}

/// A delivery may take so long: it is given five seconds, and comes again three seconds later.
pub const GRACE: SignedDuration = SignedDuration::from_secs(15);

/// That something was heard is told no more often than this, however much is: it says how old the data is,
/// and everything that is told is written down for all.
const BETWEEN_WORDS: SignedDuration = SignedDuration::from_secs(1);

/// Whether it is worth telling when something was heard last, after what was told before.
pub fn is_news(told: Option<Timestamp>, heard: Option<Timestamp>) -> bool {
    match (told, heard) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(told), Some(heard)) => heard.duration_since(told).abs() >= BETWEEN_WORDS,
    }
}

/// What to make of a receiver. `missed_at`: when a poll last found what it should have heard.
pub fn judge(receiver: Option<Hearing>, missed_at: Option<Timestamp>) -> Ears {
    match receiver {
        None => Ears::None,
        Some(Hearing { heard_at: Some(heard), .. })
            if missed_at.is_none_or(|missed| heard > missed) =>
        {
            Ears::Open
        }
        Some(_) => Ears::Deaf,
    }
}

/// What a receiver has sent away, at the last poll: other machines' clocks are compared with themselves.
#[derive(Debug, Clone, Copy)]
pub struct LastPoll {
    pub at: Timestamp,
    pub sent_away_until: Option<Timestamp>,
}

impl LastPoll {
    /// Whether to poll again for what was sent away since; `pause` is the shortest between two.
    pub fn is_stale(self, receiver: Option<Hearing>, pause: Duration, now: Timestamp) -> bool {
        let until = receiver.and_then(|receiver| receiver.sent_away_until);
        until.is_some()
            && until != self.sent_away_until
            && now.duration_since(self.at).unsigned_abs() >= pause
    }
}

/// Whether a receiver took all that happened from then on: it listened, and sent nothing away.
pub fn has_heard_all(receiver: Option<Hearing>, from: Option<Timestamp>) -> bool {
    let (Some(receiver), Some(from)) = (receiver, from) else { return false };
    from >= receiver.since && receiver.sent_away_until.is_none_or(|until| from >= until)
}

/// Whether an event that a poll found first should have been heard before.
pub fn is_missed(receiver: Hearing, happened_at: Option<Timestamp>, now: Timestamp) -> bool {
    happened_at.is_some_and(|at| at > receiver.since && at < now - GRACE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn that_something_was_heard_is_told_once_a_second() {
        let (at, later) = (Timestamp::UNIX_EPOCH, |ms| {
            Some(Timestamp::UNIX_EPOCH + SignedDuration::from_millis(ms))
        });
        let table = [
            (None, None, false),
            (None, later(0), true),
            (Some(at), None, false),
            (Some(at), later(0), false),
            (Some(at), later(999), false),
            (Some(at), later(1_000), true),
            // The clock was set back.
            (Some(at), later(-5_000), true),
        ];
        for (told, heard, expected) in table {
            assert_eq!(is_news(told, heard), expected, "{told:?} {heard:?}");
        }
    }

    fn hearing(since: i64, heard_at: Option<i64>) -> Hearing {
        Hearing { since: at(since), heard_at: heard_at.map(at), sent_away_until: None }
    }

    #[test]
    fn what_was_sent_away_is_polled_for_once_and_not_too_often() {
        let polled = |sent_away| LastPoll { at: at(50), sent_away_until: sent_away };
        let table = [
            ("nothing was", (None, None), 100, false),
            ("before the last poll", (Some(40), Some(40)), 100, false),
            ("since", (Some(40), Some(51)), 100, true),
            ("for the first time, by a slow clock", (None, Some(7)), 100, true),
            ("since, but the last poll was just now", (Some(40), Some(51)), 52, false),
            ("and is due then", (Some(40), Some(51)), 55, true),
        ];
        for (case, (before, until), now, expected) in table {
            let receiver = Hearing { sent_away_until: until.map(at), ..hearing(0, Some(1)) };
            let polls =
                polled(before.map(at)).is_stale(Some(receiver), Duration::from_secs(5), at(now));
            assert_eq!(polls, expected, "{case}");
        }
        assert!(!polled(None).is_stale(None, Duration::ZERO, at(100)));
    }

    #[test]
    fn who_came_late_or_sent_something_away_has_not_heard_all() {
        let table = [
            ("it listened all the while", (0, None), Some(10), true),
            ("it came later", (20, None), Some(10), false),
            ("it has sent something away since", (0, Some(15)), Some(10), false),
            ("before that", (0, Some(5)), Some(10), true),
            ("nobody knows since when", (0, None), None, false),
        ];
        for (case, (since, until), from, expected) in table {
            let receiver = Hearing { sent_away_until: until.map(at), ..hearing(since, Some(30)) };
            assert_eq!(has_heard_all(Some(receiver), from.map(at)), expected, "{case}");
        }
        assert!(!has_heard_all(None, Some(at(10))));
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn a_receiver_is_relied_on_from_what_it_heard_until_it_missed_something() {
        let table = [
            ("nobody", None, None, Ears::None),
            ("nothing came yet", Some(None), None, Ears::Deaf),
            ("something came", Some(Some(10)), None, Ears::Open),
            ("missed something since", Some(Some(10)), Some(20), Ears::Deaf),
            ("hears again", Some(Some(30)), Some(20), Ears::Open),
        ];
        for (case, heard, missed, expected) in table {
            let receiver = heard.map(|heard| hearing(0, heard));
            assert_eq!(judge(receiver, missed.map(at)), expected, "{case}");
        }
    }

    #[test]
    fn what_is_still_on_its_way_or_older_than_the_receiver_is_not_missed() {
        let receiver = hearing(100, None);
        let missed = |happened| is_missed(receiver, Some(at(happened)), at(200));
        assert!(missed(101) && missed(184));
        assert!(!missed(100) && !missed(185) && !missed(200));
        assert!(!is_missed(receiver, None, at(200)));
    }
}
