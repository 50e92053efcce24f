//! What a console leaves that ends before its reviewer does: where they were, and what they wrote.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::{
    AccountId, Subject, Text, Verb,
    filter::{List, parse},
};

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
    /// How often the store had forgotten somebody when this was written.
    pub forgotten: u64,
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
    /// Of many the first.
    pub subject: Subject,
    pub verb: Verb,
    pub comment: Text,
    /// All that one decision in one go is about; empty where it is about one item.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub many: Vec<Subject>,
    /// The code of the reason that was chosen for many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// When it was begun.
    pub at: Timestamp,
}

impl Unfinished {
    pub fn is_empty(&self) -> bool {
        self.place.is_none() && self.written.is_empty()
    }

    /// What comments are about.
    pub fn subjects(&self) -> Vec<Subject> {
        let mut all: Vec<Subject> = self.written.iter().flat_map(Written::subjects).collect();
        all.extend(self.place.iter().filter_map(|place| Some(place.item.as_ref()?.0.clone())));
        all.sort_by(|a, b| (a.kind(), a.id()).cmp(&(b.kind(), b.id())));
        all.dedup();
        all
    }

    /// Somebody was forgotten since it was written: what is about these goes, and the words of
    /// filters, which may be anybody's name.
    pub fn forget(&mut self, gone: &[Subject]) {
        self.written.retain_mut(|written| !written.forget(gone));
        let Some(place) = &mut self.place else { return };
        place.item.take_if(|(item, _)| gone.contains(item));
        let root = place.tree.clone().map(Subject::Account);
        place.tree.take_if(|_| root.is_some_and(|root| gone.contains(&root)));
        for (list, line) in
            [(List::Inquiries, &mut place.inquiries), (List::Cases, &mut place.cases)]
        {
            let left = parse(line.as_str(), list).map(|filter| filter.without_words());
            *line = left.map_or_else(|_| Text::default(), |left| Text::from(left.to_string()));
        }
    }

    /// Of two consoles: what both wrote, and the place of this one, if it has any.
    pub fn and(mut self, older: Self, now: Timestamp) -> Self {
        let mut written = older.written;
        written.append(&mut self.written);
        written.sort_by_key(|written| written.at);
        written.retain(|written| now.duration_since(written.at) < KEPT);
        written.drain(..written.len().saturating_sub(MOST_WRITTEN));
        let forgotten = self.forgotten.min(older.forgotten);
        Self { place: self.place.or(older.place), written, forgotten, ..self }
    }
}

impl Written {
    pub fn subjects(&self) -> impl Iterator<Item = Subject> {
        let one = self.many.is_empty().then_some(&self.subject);
        self.many.iter().chain(one).cloned()
    }

    /// Takes these out; true if nothing is left that it is about.
    pub fn forget(&mut self, gone: &[Subject]) -> bool {
        if self.many.is_empty() {
            return gone.contains(&self.subject);
        }
        self.many.retain(|subject| !gone.contains(subject));
        if let Some(first) = self.many.first() {
            self.subject = first.clone();
        }
        self.many.is_empty()
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
            many: Vec::new(),
            reason: None,
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

    #[test]
    fn what_is_about_somebody_who_is_forgotten_goes() {
        let inquiry = |nth: u32| Subject::Inquiry(format!("inq_{nth}").parse().unwrap());
        let wrote = |subjects: &[u32]| Written {
            subject: inquiry(subjects[0]),
            verb: Verb::Decline,
            comment: Text::new("the photo is of a screen"),
            many: match subjects {
                [_] => Vec::new(),
                all => all.iter().copied().map(inquiry).collect(),
            },
            reason: None,
            at: Timestamp::UNIX_EPOCH,
        };
        let place = Whereabouts {
            list: List::Inquiries,
            inquiries: Text::new("status:any \"jane doe\" !~muller failed:>0"),
            cases: Text::new("no:field"),
            item: Some((inquiry(4), Text::new("Checks"))),
            is_open: true,
            tree: None,
        };
        let mut left = Unfinished {
            place: Some(place),
            written: vec![wrote(&[1]), wrote(&[2]), wrote(&[1, 2, 3]), wrote(&[1, 4])],
            ..Unfinished::default()
        };
        assert_eq!(left.subjects(), [1, 2, 3, 4].map(inquiry));
        left.forget(&[inquiry(1), inquiry(4)]);
        assert_eq!(
            left.written,
            [wrote(&[2]), Written { many: vec![inquiry(2), inquiry(3)], ..wrote(&[2]) }]
        );
        let place = left.place.unwrap();
        assert_eq!((place.inquiries.as_str(), place.cases.as_str()), ("status:any failed:>0", ""));
        assert_eq!(place.item, None);
    }
}
