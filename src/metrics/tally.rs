//! What happens besides requests, counted by kind: events, deliveries of webhooks, decisions.

use std::collections::BTreeMap;

use crate::model::{ActionState, Text, Verb};

/// Kinds of events are Persona's own, an open set: more of them than this are counted together.
const MOST_EVENTS: usize = 200;

/// A longer name is none of Persona's, in bytes.
const LONGEST: usize = 100;

/// What kinds beyond the limits are called.
const OTHERS: &str = "other";

/// Something that is counted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Happening {
    /// An event that was not known before: `inquiry.approved`.
    Event { name: String, way: Way },
    /// A webhook came in.
    Delivery(Verdict),
    /// A reviewer committed a decision.
    Decided { kind: &'static str },
    /// A decision has come to its end.
    Ended { kind: &'static str, outcome: &'static str },
}

/// How an event came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Way {
    Poll,
    Webhook,
}

impl Way {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Poll => "poll",
            Self::Webhook => "webhook",
        }
    }
}

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    Accepted,
    /// The event was known before; it is answered like an accepted one.
    Duplicate,
    Unsigned,
    Malformed,
    BadSignature,
    TooOld,
    TooLarge,
    TooSlow,
    NotAnEvent,
    /// Too many at the same time.
    NoRoom,
    /// The store could not take it.
    NotKept,
    WrongPath,
    WrongMethod,
}

impl Verdict {
    pub const ALL: [Self; 13] = [
        Self::Accepted,
        Self::Duplicate,
        Self::Unsigned,
        Self::Malformed,
        Self::BadSignature,
        Self::TooOld,
        Self::TooLarge,
        Self::TooSlow,
        Self::NotAnEvent,
        Self::NoRoom,
        Self::NotKept,
        Self::WrongPath,
        Self::WrongMethod,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Duplicate => "duplicate",
            Self::Unsigned => "unsigned",
            Self::Malformed => "malformed",
            Self::BadSignature => "bad-signature",
            Self::TooOld => "too-old",
            Self::TooLarge => "too-large",
            Self::TooSlow => "too-slow",
            Self::NotAnEvent => "not-an-event",
            Self::NoRoom => "no-room",
            Self::NotKept => "not-kept",
            Self::WrongPath => "wrong-path",
            Self::WrongMethod => "wrong-method",
        }
    }
}

impl Happening {
    pub fn event(name: &Text, way: Way) -> Self {
        let name = if name.as_str().len() > LONGEST { OTHERS } else { name.as_str() };
        Self::Event { name: name.to_owned(), way }
    }

    /// None while a decision is still on its way.
    pub fn ended(verb: &Verb, state: &ActionState) -> Option<Self> {
        let outcome = match state {
            ActionState::Done => "done",
            ActionState::Rejected { .. } => "refused",
            ActionState::Stopped { .. } => "stopped",
            _ => return None,
        };
        Some(Self::Ended { kind: verb.kind(), outcome })
    }
}

#[derive(Debug, Default)]
pub(super) struct Tally(BTreeMap<Happening, u64>);

impl Tally {
    pub(super) fn count(&mut self, what: Happening) {
        let what = match what {
            Happening::Event { way, .. } if !self.0.contains_key(&what) && self.is_full() => {
                Happening::Event { name: OTHERS.to_owned(), way }
            }
            what => what,
        };
        *self.0.entry(what).or_default() += 1;
    }

    fn is_full(&self) -> bool {
        let is_event = |what: &&Happening| matches!(what, Happening::Event { .. });
        self.0.keys().filter(is_event).count() >= MOST_EVENTS
    }

    /// In an order that stays the same.
    pub(super) fn snapshot(&self) -> Vec<(Happening, u64)> {
        self.0.iter().map(|(what, times)| (what.clone(), *times)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_events_without_end_are_counted_together() {
        let mut tally = Tally::default();
        let event = |nth: usize| Happening::event(&Text::new(&format!("k{nth}")), Way::Poll);
        for nth in 0..MOST_EVENTS + 7 {
            tally.count(event(nth));
        }
        tally.count(event(3));
        tally.count(Happening::event(&Text::new(&"x".repeat(LONGEST + 1)), Way::Poll));
        tally.count(Happening::Delivery(Verdict::Accepted));
        let told = tally.snapshot();
        let times = |what: &Happening| told.iter().find(|(told, _)| told == what).map(|(_, n)| *n);
        assert_eq!(times(&event(3)), Some(2));
        assert_eq!(times(&event(MOST_EVENTS)), None);
        assert_eq!(times(&event_called(OTHERS)), Some(8));
        assert_eq!(times(&Happening::Delivery(Verdict::Accepted)), Some(1));
        assert_eq!(told.len(), MOST_EVENTS + 2);
    }

    fn event_called(name: &str) -> Happening {
        Happening::Event { name: name.to_owned(), way: Way::Poll }
    }

    #[test]
    fn decisions_are_counted_when_they_come_to_an_end() {
        let reason = Text::new("why");
        let table = [
            (ActionState::Done, Some("done")),
            (ActionState::Rejected { reason: reason.clone() }, Some("refused")),
            (ActionState::Stopped { reason }, Some("stopped")),
            (ActionState::Sending, None),
        ];
        for (state, expected) in table {
            let ended = Happening::ended(&Verb::Approve, &state);
            let expected = expected.map(|outcome| Happening::Ended { kind: "approve", outcome });
            assert_eq!(ended, expected, "{state:?}");
        }
    }
}
