//! The shared budget: what the headers said, what has left since, and who may go now.

use std::time::Duration;

use jiff::Timestamp;

use crate::model::Lane;

/// What is known of Persona's window. All keys of an environment share it, so it may be smaller
/// than it looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    pub limit: u32,
    pub remaining: u32,
    /// None: nothing is known, or the window is over.
    pub resets_at: Option<Timestamp>,
    /// Sent, and not yet answered.
    pub in_flight: u32,
    /// Requests of the front lane that wait.
    pub front_waiting: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admit {
    Go,
    /// Until then, or until somebody is answered.
    Wait(Timestamp),
}

/// A window is 60 seconds: whatever a header says, nobody waits longer.
pub const LONGEST: Duration = Duration::from_secs(60);

/// Back-lane work leaves this share of the limit to people.
const RESERVE_PERCENT: u64 = 15;

/// How soon the back lane looks again while the front lane waits.
const STEP_BACK: Duration = Duration::from_millis(200);

pub fn admit(window: &Window, lane: Lane, now: Timestamp) -> Admit {
    // A reset further away than a window is long: the clock was set back, so it says nothing.
    let open = window.resets_at.filter(|at| *at > now && *at <= now + LONGEST);
    let (remaining, until) = match open {
        Some(resets_at) => (window.remaining, resets_at),
        None if window.limit == 0 => return Admit::Go,
        // A new window: it has its whole limit, and those who waited do not all go at once.
        None => (window.limit, now + STEP_BACK),
    };
    let left = remaining.saturating_sub(window.in_flight);
    match lane {
        Lane::Front if left > 0 => Admit::Go,
        Lane::Back if window.front_waiting > 0 => Admit::Wait(now + STEP_BACK),
        Lane::Back if left > reserve(window.limit) => Admit::Go,
        Lane::Front | Lane::Back => Admit::Wait(until),
    }
}

/// What is left to people of a limit.
fn reserve(limit: u32) -> u32 {
    (u64::from(limit) * RESERVE_PERCENT / 100) as u32
}

/// What an answer's headers said: limit, remaining, seconds to reset. Absurd figures are ignored.
pub fn learn(window: &mut Window, headers: Option<(u32, u32, u32)>, now: Timestamp) {
    let Some((limit, remaining, seconds)) = headers else { return };
    if limit == 0 || remaining > limit {
        return;
    }
    let resets_at = now + Duration::from_secs(seconds.into()).min(LONGEST);
    let same_window = window.resets_at.is_some_and(|known| known > now);
    // Answers overtake each other: within a window the budget only shrinks.
    let remaining = match same_window && window.limit == limit {
        true if resets_at <= window.resets_at.unwrap_or(resets_at) + Duration::from_secs(2) => {
            remaining.min(window.remaining)
        }
        _ => remaining,
    };
    (window.limit, window.remaining, window.resets_at) = (limit, remaining, Some(resets_at));
}

/// A 429 came: nothing is left, whatever was believed.
pub fn exhausted(window: &mut Window, retry_after: Option<Duration>, now: Timestamp) {
    window.remaining = 0;
    let known = window.resets_at.filter(|at| *at > now);
    window.resets_at = Some(match (retry_after, known) {
        (Some(wait), _) => now + wait.min(LONGEST),
        (None, Some(known)) => known,
        (None, None) => now + Duration::from_secs(5),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_000_000 + second).unwrap()
    }

    #[test]
    fn people_go_first_and_the_rest_stops_at_the_reserve() {
        let window = |remaining, in_flight, front_waiting| Window {
            limit: 300,
            remaining,
            resets_at: Some(at(30)),
            in_flight,
            front_waiting,
        };
        let wait = Admit::Wait(at(30));
        let table = [
            (Window::default(), Lane::Back, Admit::Go),
            (window(46, 0, 0), Lane::Back, Admit::Go),
            (window(45, 0, 0), Lane::Back, wait),
            (window(46, 1, 0), Lane::Back, wait),
            (window(200, 0, 1), Lane::Back, Admit::Wait(at(0) + STEP_BACK)),
            (window(1, 0, 0), Lane::Front, Admit::Go),
            (window(0, 0, 0), Lane::Front, wait),
            (window(1, 1, 0), Lane::Front, wait),
            (Window { limit: u32::MAX, ..window(u32::MAX, 0, 0) }, Lane::Back, Admit::Go),
        ];
        for (window, lane, expected) in table {
            assert_eq!(admit(&window, lane, at(0)), expected, "{window:?} {lane:?}");
        }
        assert_eq!(admit(&window(0, 0, 0), Lane::Back, at(31)), Admit::Go, "the window is over");
        let stampede = admit(&window(0, 255, 0), Lane::Back, at(31));
        assert_eq!(stampede, Admit::Wait(at(31) + STEP_BACK), "the next one has a limit, too");
        let jumped = Window { resets_at: Some(at(9_999)), ..window(0, 0, 0) };
        assert_eq!(admit(&jumped, Lane::Front, at(0)), Admit::Go, "the clock was set back");
    }

    #[test]
    fn headers_are_believed_within_reason() {
        let mut window = Window::default();
        learn(&mut window, Some((300, 250, 40)), at(0));
        assert_eq!((window.remaining, window.resets_at), (250, Some(at(40))));
        learn(&mut window, Some((300, 255, 40)), at(0));
        assert_eq!(window.remaining, 250, "a late answer gives nothing back");
        learn(&mut window, Some((300, 999, 40)), at(1));
        learn(&mut window, Some((0, 0, 0)), at(1));
        learn(&mut window, None, at(1));
        assert_eq!(window.remaining, 250, "absurd figures are ignored");
        learn(&mut window, Some((300, 299, 60)), at(41));
        assert_eq!(window.remaining, 299, "a new window");
        exhausted(&mut window, Some(Duration::from_secs(7)), at(50));
        assert_eq!((window.remaining, window.resets_at), (0, Some(at(57))));
    }
}
