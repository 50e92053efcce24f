//! What a console leaves that ends before its reviewer does: where they were, and what they wrote.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{AccountId, Subject, Text, Verb, filter::List};

/// More comments are forgotten, the oldest first.
pub const MOST_WRITTEN: usize = 20;

/// A comment that nobody came back to is let go of after this.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Unfinished {
    pub reviewer: Text,
    /// None after a console that was left by its reviewer.
    pub place: Option<Whereabouts>,
    /// The newest last.
    pub written: Vec<Written>,
}

/// What was on the screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Whereabouts {
    pub list: List,
    /// The filters in force, as they are typed.
    pub inquiries: Text,
    pub cases: Text,
    /// The item in the detail, and the title of its tab.
    pub item: Option<(Subject, Text)>,
    /// The keys go to the detail.
    pub is_open: bool,
    /// The root of the tree, where that has the keys.
    pub tree: Option<AccountId>,
}

/// A comment for a decision that was not committed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Written {
    pub subject: Subject,
    pub verb: Verb,
    pub comment: Text,
    /// When it was begun.
    pub at: Timestamp,
}

impl Unfinished {
    pub fn is_empty(&self) -> bool {
        self.place.is_none() && self.written.is_empty()
    }

    /// Of two consoles: what both wrote, and the place of this one, if it has any.
    pub fn and(mut self, older: Self, now: Timestamp) -> Self {
        let mut written = older.written;
        written.append(&mut self.written);
        written.sort_by_key(|written| written.at);
        written.retain(|written| now.duration_since(written.at) < KEPT);
        written.drain(..written.len().saturating_sub(MOST_WRITTEN));
        Self { place: self.place.or(older.place), written, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_of_both_are_kept_for_a_week_and_no_more_than_some() {
        let now: Timestamp = "2026-03-09T12:00:00Z".parse().unwrap();
        let wrote = |hours_ago: i64| Written {
            subject: Subject::Inquiry("inq_1".parse().unwrap()),
            verb: Verb::Decline,
            comment: Text::from(format!("{hours_ago} h ago")),
            at: now - SignedDuration::from_hours(hours_ago),
        };
        let left = |hours: &[i64]| Unfinished {
            written: hours.iter().copied().map(wrote).collect(),
            ..Unfinished::default()
        };
        let both = left(&[5, 1]).and(left(&[200, 3]), now);
        assert_eq!(both.written, [5, 3, 1].map(wrote));
        let many: Vec<i64> = (1..=30).collect();
        assert_eq!(left(&many).and(left(&[]), now).written.len(), MOST_WRITTEN);
    }
}
