//! The shared budget: what answers said of it, what has left since, and who may go now.
//!
//! ```text
//!   unknown ──answer──▶ open ──its end──▶ unknown      back lane: one at a time, then down to
//!      ▲                 │429                          15 % of the limit; front lane: all of it
//!      └────its end──── refused
//! ```

use std::time::Duration;

use crate::{clock::Moment, model::Lane};

/// What is known of Persona's window. All keys of an environment share it, so it may be smaller
/// than it looks, and over before we count so many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// Requests per window; none until Persona says it.
    pub limit: Option<u32>,
    pub remaining: u32,
    /// When the request left that the window is known by; what left before tells nothing of it.
    opened: Moment,
    /// None, or past: nothing is known of the present window.
    pub ends_at: Option<Moment>,
    /// 429s without another answer in between.
    refused: u32,
    /// Sent and not yet answered, in both lanes and in the back lane.
    pub in_flight: u32,
    pub back_in_flight: u32,
    /// Requests of the front lane that wait.
    pub front_waiting: u32,
}

/// What the headers of an answer said; each may be missing or absurd.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Said {
    pub limit: Option<u32>,
    pub remaining: Option<u32>,
    /// Seconds.
    pub reset: Option<u32>,
}

impl Said {
    /// When all of it is there again, if that can be.
    pub fn resets_in(self) -> Option<Duration> {
        let reset = Duration::from_secs(self.reset?.into());
        (reset <= LONGEST).then_some(reset + ROUNDING)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admit {
    Go,
    /// Until then, or until somebody is answered.
    Wait(Moment),
}

/// A window is 60 seconds: whatever a header says, nobody waits longer.
pub const LONGEST: Duration = Duration::from_secs(60);

/// What is documented, for as long as no header says otherwise.
const USUAL_LIMIT: u32 = 300;

/// Resets are told in whole seconds: the window may be open for the rest of the last one.
pub const ROUNDING: Duration = Duration::from_secs(1);

/// Back-lane work leaves this share of the limit to people.
const RESERVE_PERCENT: u64 = 15;

/// So many of the front lane go at once where nothing is known: more than a person asks for.
pub const SCOUTS: u32 = 8;

/// So many of the back lane are under way at the same time. Other consoles see them only when they
/// are answered; at most half of the reserve, so that two together do not use it up.
const ABREAST: u32 = 8;

/// How soon somebody who waits for others to be answered looks again.
pub const LOOK_AGAIN: Duration = Duration::from_millis(200);

impl Window {
    fn limit(&self) -> u32 {
        self.limit.unwrap_or(USUAL_LIMIT)
    }

    /// A request was counted; so much is left as its answer tells, if it does.
    fn shrink(&mut self, told: Option<u32>) {
        let counted = self.remaining.saturating_sub(1);
        self.remaining = told.map_or(counted, |told| told.min(self.remaining));
    }
}

pub fn admit(window: &Window, lane: Lane, now: Moment) -> Admit {
    let soon = Admit::Wait(now + LOOK_AGAIN);
    if lane == Lane::Back && window.front_waiting > 0 {
        return soon;
    }
    let Some(end) = window.ends_at.filter(|end| *end > now) else {
        // Others may have been here before: one asks, and the answer tells for all.
        let is_free = match lane {
            Lane::Front => window.in_flight - window.back_in_flight < SCOUTS.min(window.limit()),
            Lane::Back => window.back_in_flight == 0,
        };
        return if is_free { Admit::Go } else { soon };
    };
    let kept = match lane {
        Lane::Front => 0,
        Lane::Back => reserve(window.limit()),
    };
    if lane == Lane::Back && window.back_in_flight >= (kept / 2).clamp(1, ABREAST) {
        return soon;
    }
    match window.remaining.saturating_sub(window.in_flight) > kept {
        true => Admit::Go,
        false => Admit::Wait(end),
    }
}

/// What is left to people of a limit; at least one request is left to the rest.
fn reserve(limit: u32) -> u32 {
    let share = (u64::from(limit) * RESERVE_PERCENT).div_ceil(100) as u32;
    share.min(limit.saturating_sub(1))
}

/// Takes what an answer says that is no 429. `sent`: when its request left.
pub fn answered(window: &mut Window, said: Said, sent: Moment, now: Moment) {
    window.refused = 0;
    let said = sensible(window, said);
    let open = window.ends_at.filter(|end| *end > now);
    // The end of the window it was counted in lies between these two.
    let earliest = said.reset.map(|reset| sent + reset.saturating_sub(ROUNDING));
    let latest = said.reset.map(|reset| now + reset + ROUNDING);
    let another = said.limit.is_some_and(|limit| window.limit != Some(limit));
    match open {
        // What left before may have arrived after: it is left out only where it tells of a window
        // that was over by then.
        Some(end) if sent < window.opened => {
            let told = said.remaining.filter(|_| latest.is_some());
            if latest.is_none_or(|latest| latest + LONGEST / 2 > end) {
                window.shrink(told);
            }
        }
        // Answers overtake each other: within a window the budget only shrinks.
        Some(end) if !another && earliest.is_none_or(|earliest| earliest <= end) => {
            window.shrink(said.remaining);
            window.ends_at = Some(latest.map_or(end, |latest| latest.min(end)));
        }
        _ => {
            window.limit = said.limit.or(window.limit);
            window.remaining = said.remaining.unwrap_or(window.limit().saturating_sub(1));
            window.ends_at = Some(latest.unwrap_or(now + LONGEST));
            window.opened = sent;
        }
    }
}

/// A 429 came: nothing is left, whatever was believed. `asked`: for how long Persona wants to be
/// left alone; without that 5, 10, 20, 40 s.
pub fn refused(
    window: &mut Window,
    said: Said,
    asked: Option<Duration>,
    sent: Moment,
    now: Moment,
) {
    window.limit = sensible(window, said).limit.or(window.limit);
    window.remaining = 0;
    // Those that were under way together are refused together: that counts once.
    if sent >= window.opened {
        window.refused += 1;
        window.opened = now;
    }
    let nth = window.refused.saturating_sub(1).min(6);
    let pause = match asked {
        // Who says "at once" again and again is not believed again and again.
        Some(asked) => asked.max(ROUNDING * 2_u32.pow(nth)),
        None => Duration::from_secs(5) * 2_u32.pow(nth),
    };
    window.ends_at = Some(now + pause.min(LONGEST));
}

/// Takes that no answer came to what was sent: Persona may have counted it.
pub fn lost(window: &mut Window) {
    window.remaining = window.remaining.saturating_sub(1);
}

/// What can be: no limit of nothing, no more left than the limit, no reset that is a date.
fn sensible(window: &Window, said: Said) -> Sensible {
    let limit = said.limit.filter(|limit| *limit > 0);
    let within = limit.or(window.limit).unwrap_or(USUAL_LIMIT);
    let remaining = said.remaining.filter(|remaining| *remaining <= within);
    // A limit that its own remainder exceeds is as little worth.
    let limit = limit.filter(|_| remaining.is_some() || said.remaining.is_none());
    let reset = said.reset.map(|seconds| Duration::from_secs(seconds.into()));
    Sensible { limit, remaining, reset: reset.filter(|reset| *reset <= LONGEST) }
}

struct Sensible {
    limit: Option<u32>,
    remaining: Option<u32>,
    reset: Option<Duration>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(seconds: u64) -> Moment {
        Moment::default() + Duration::from_secs(1_000 + seconds)
    }

    fn said(limit: u32, remaining: u32, reset: u32) -> Said {
        Said { limit: Some(limit), remaining: Some(remaining), reset: Some(reset) }
    }

    /// As an answer told it that took no time.
    fn opened(limit: u32, remaining: u32, reset: u32, second: u64) -> Window {
        let mut window = Window::default();
        answered(&mut window, said(limit, remaining, reset), at(second), at(second));
        window
    }

    #[test]
    fn people_go_first_and_the_rest_stops_at_the_reserve() {
        let window = |limit, remaining, in_flight, front_waiting| Window {
            in_flight,
            front_waiting,
            ..opened(limit, remaining, 29, 0)
        };
        let wait = Admit::Wait(at(30));
        let soon = Admit::Wait(at(0) + LOOK_AGAIN);
        let table = [
            (window(300, 46, 0, 0), Lane::Back, Admit::Go),
            (window(300, 45, 0, 0), Lane::Back, wait),
            (window(300, 46, 1, 0), Lane::Back, wait),
            (window(300, 200, 0, 1), Lane::Back, soon),
            (Window { back_in_flight: 7, ..window(300, 200, 7, 0) }, Lane::Back, Admit::Go),
            (Window { back_in_flight: 8, ..window(300, 200, 8, 0) }, Lane::Back, soon),
            (Window { back_in_flight: 1, ..window(20, 10, 1, 0) }, Lane::Back, soon),
            (Window { back_in_flight: 8, ..window(300, 200, 8, 0) }, Lane::Front, Admit::Go),
            (window(300, 1, 0, 0), Lane::Front, Admit::Go),
            (window(300, 0, 0, 0), Lane::Front, wait),
            (window(300, 1, 1, 0), Lane::Front, wait),
            (window(10, 2, 0, 0), Lane::Back, wait),
            (window(10, 3, 0, 0), Lane::Back, Admit::Go),
            (window(1, 1, 0, 0), Lane::Back, Admit::Go),
            (window(u32::MAX, u32::MAX, 0, 0), Lane::Back, Admit::Go),
        ];
        for (window, lane, expected) in table {
            assert_eq!(admit(&window, lane, at(0)), expected, "{window:?} {lane:?}");
        }
    }

    #[test]
    fn where_nothing_is_known_one_asks_for_all_and_people_need_not_wait_for_it() {
        let asking = Window { in_flight: 1, back_in_flight: 1, ..Window::default() };
        let spent = Window { in_flight: 1, back_in_flight: 1, ..opened(300, 0, 29, 0) };
        let soon = |second| Admit::Wait(at(second) + LOOK_AGAIN);
        let table = [
            (Window::default(), Lane::Back, 0, Admit::Go),
            (asking, Lane::Back, 0, soon(0)),
            (asking, Lane::Front, 0, Admit::Go),
            (Window { in_flight: SCOUTS + 1, ..asking }, Lane::Front, 0, soon(0)),
            (Window { in_flight: 8, back_in_flight: 8, ..asking }, Lane::Front, 0, Admit::Go),
            (Window { limit: Some(3), in_flight: 4, ..asking }, Lane::Front, 0, soon(0)),
            (spent, Lane::Back, 30, soon(30)),
            (Window { back_in_flight: 0, ..spent }, Lane::Back, 30, Admit::Go),
            (spent, Lane::Front, 30, Admit::Go),
        ];
        for (window, lane, second, expected) in table {
            assert_eq!(admit(&window, lane, at(second)), expected, "{window:?} {lane:?}");
        }
    }

    #[test]
    fn answers_are_believed_within_reason() {
        let open = || opened(300, 250, 40, 0);
        let none = Said::default();
        // What is said, sent and answered when; then what is left, and until when.
        let table = [
            ("it shrinks", said(300, 249, 40), 0, 0, 249, 41),
            ("overtaken", said(300, 255, 40), 0, 0, 250, 41),
            ("others use it too", said(300, 3, 35), 5, 5, 3, 41),
            ("a better look at the end", said(300, 249, 30), 5, 6, 249, 37),
            ("a slow answer", said(300, 251, 40), 0, 20, 250, 41),
            ("more than the limit", said(300, 999, 40), 1, 1, 249, 41),
            ("no limit at all", said(0, 0, 0), 1, 1, 0, 2),
            ("nothing said: counted", none, 1, 1, 249, 41),
            ("a date for seconds", said(300, 240, 1_790_000_000), 1, 1, 240, 41),
            ("only what is left", Said { remaining: Some(7), ..none }, 1, 1, 7, 41),
            ("another limit", said(100, 40, 40), 1, 1, 40, 42),
            ("a new window", said(300, 299, 60), 30, 30, 299, 91),
            ("the window is over", said(300, 299, 60), 41, 41, 299, 102),
            ("over, and nothing said", none, 50, 50, 299, 110),
        ];
        for (case, said, sent, now, remaining, end) in table {
            let mut window = open();
            answered(&mut window, said, at(sent), at(now));
            assert_eq!((window.remaining, window.ends_at), (remaining, Some(at(end))), "{case}");
        }
        let mut next = open();
        answered(&mut next, said(300, 299, 60), at(41), at(41));
        answered(&mut next, said(300, 2, 1), at(40), at(43));
        assert_eq!(next.remaining, 299, "the last of an old window says nothing of the new one");
        let mut overtaken = open();
        answered(&mut overtaken, said(300, 299, 60), at(41), at(41));
        answered(&mut overtaken, said(300, 298, 58), at(40), at(43));
        assert_eq!(overtaken.remaining, 298, "it left before and arrived after");
        let mut unheard = open();
        lost(&mut unheard);
        assert_eq!(
            (unheard.remaining, unheard.ends_at),
            (249, open().ends_at),
            "it may be counted"
        );
        let mut silent = Window::default();
        answered(&mut silent, none, at(0), at(0));
        assert_eq!((silent.limit, silent.remaining), (None, 299), "what is documented is assumed");
    }

    #[test]
    fn a_refusal_is_believed_and_recovered_from() {
        let seconds = |n| Some(Duration::from_secs(n));
        // Refusals in a row, each sent as soon as allowed; the pauses after them.
        let table = [
            (None, [5, 10, 20, 40, 60]),
            (seconds(7), [7, 7, 7, 8, 16]),
            (seconds(0), [1, 2, 4, 8, 16]),
            (seconds(3_600), [60; 5]),
        ];
        for (asked, pauses) in table {
            let mut window = opened(300, 250, 40, 0);
            let mut now = at(1);
            for pause in pauses {
                refused(&mut window, Said::default(), asked, now, now);
                let end = now + Duration::from_secs(pause);
                assert_eq!((window.remaining, window.ends_at), (0, Some(end)), "{asked:?}");
                assert_eq!(admit(&window, Lane::Front, now), Admit::Wait(end));
                now = end;
            }
            answered(&mut window, said(300, 299, 60), now, now);
            assert_eq!((window.refused, admit(&window, Lane::Back, now)), (0, Admit::Go));
        }
        let mut together = opened(300, 250, 40, 0);
        for second in [3, 4, 5] {
            refused(&mut together, Said::default(), None, at(2), at(second));
        }
        assert_eq!(together.ends_at, Some(at(10)), "sent together, refused together: once");
        answered(&mut together, said(300, 249, 40), at(1), at(6));
        assert_eq!(together.remaining, 0, "what left before the refusal gives nothing back");
    }

    fn number() -> impl Strategy<Value = Option<u32>> {
        let some = prop_oneof![0..400_u32, any::<u32>()];
        prop::option::weighted(0.8, some)
    }

    proptest! {
        #[test]
        fn whatever_is_said_nobody_waits_longer_than_a_minute(
            answers in prop::collection::vec(
                (number(), number(), number(), 0..90_u64, 0..30_u64, prop::option::of(0..9_999_u64)),
                0..40,
            ),
        ) {
            let mut window = Window::default();
            let mut now = at(0);
            for (limit, remaining, reset, passed, took, refusal) in answers {
                let said = Said { limit, remaining, reset };
                let sent = now;
                now = now + Duration::from_secs(passed + took);
                match refusal {
                    Some(asked) if asked % 2 == 0 => {
                        refused(&mut window, said, Some(Duration::from_secs(asked)), sent, now);
                    }
                    Some(_) => refused(&mut window, said, None, sent, now),
                    None => answered(&mut window, said, sent, now),
                }
                let limit = window.limit();
                prop_assert!(limit > 0 && window.remaining <= limit, "{window:?}");
                for lane in [Lane::Front, Lane::Back] {
                    let wait = match admit(&window, lane, now) {
                        Admit::Go => continue,
                        Admit::Wait(until) => until,
                    };
                    prop_assert!(wait.since(now) <= LONGEST + ROUNDING, "{window:?} {lane:?}");
                    prop_assert_eq!(admit(&window, lane, wait), Admit::Go);
                }
            }
        }
    }
}
