//! What each object of the first world is about, told by its number alone: when it was made, whose
//! it is, how it stands. Nothing of it is kept but a byte or two.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::people::{self, Person},
    Novelties,
    numbers::dice,
    templates::{BUSINESS, TEMPLATES, Template},
};

/// The oldest inquiry is so old.
pub const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// In so many people in a row some have something in common.
const RING: u64 = 24;
/// Younger ones may still wait for review.
const FRESH: SignedDuration = SignedDuration::from_hours(96);

/// What the whole world follows from.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    pub seed: u64,
    pub inquiries: u64,
    pub start: Timestamp,
    pub novelties: Novelties,
}

pub const STATUSES: [&str; 9] = [
    "created",
    "pending",
    "completed",
    "failed",
    "expired",
    "needs_review",
    "approved",
    "declined",
    // One that no client knows.
    "on_hold",
];
pub const NEEDS_REVIEW: u8 = 5;
const ON_HOLD: u8 = 8;

/// What happened to an inquiry, in the order of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    Created,
    Started,
    Completed,
    Failed,
    Marked,
    CaseOpened,
    Decided,
    Expired,
}

pub const MOMENTS: [Moment; 8] = [
    Moment::Created,
    Moment::Started,
    Moment::Completed,
    Moment::Failed,
    Moment::Marked,
    Moment::CaseOpened,
    Moment::Decided,
    Moment::Expired,
];

/// How a verification went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing was handed in yet.
    Initiated,
    Passed,
    /// It was tried again.
    Retried,
    /// With this many required checks failed, and this many signals.
    Failed {
        required: usize,
        signals: usize,
    },
}

impl Plan {
    /// Oldest first, dense towards the start.
    pub fn created(&self, inquiry: u64) -> Timestamp {
        let back = (self.inquiries - inquiry) as f64 / self.inquiries as f64;
        self.start - SPAN.mul_f64(back * back) - SignedDuration::from_mins(6)
    }

    fn is_fresh(&self, inquiry: u64) -> bool {
        self.start.duration_since(self.created(inquiry)) < FRESH
    }

    /// When something happened, if it did.
    pub fn at(&self, inquiry: u64, moment: Moment) -> Timestamp {
        let minutes = match moment {
            Moment::Created => 0,
            Moment::Started => 1,
            Moment::Completed | Moment::Failed => 3,
            Moment::Marked => 4,
            Moment::CaseOpened => 5,
            // What is new was decided at once: nothing happens after the start.
            Moment::Decided if self.is_fresh(inquiry) => 5,
            Moment::Decided => 60,
            Moment::Expired => 24 * 60,
        };
        self.created(inquiry) + SignedDuration::from_mins(minutes)
    }

    /// The last thing that happened to an inquiry that stands so.
    pub fn latest(status: &str) -> Moment {
        match status {
            "created" => Moment::Created,
            "pending" => Moment::Started,
            "failed" => Moment::Failed,
            "needs_review" => Moment::Marked,
            "approved" | "declined" => Moment::Decided,
            "expired" => Moment::Expired,
            _ => Moment::Completed,
        }
    }

    /// Everything that happened to an inquiry that stands so, but for its case.
    pub fn history(status: &str) -> impl Iterator<Item = Moment> {
        let latest = Self::latest(status);
        let through = match latest {
            Moment::Marked | Moment::Decided => [Moment::Started, Moment::Completed].as_slice(),
            Moment::Created | Moment::Started => &[],
            _ => &[Moment::Started],
        };
        let first = Some(Moment::Created).filter(|first| *first != latest);
        first.into_iter().chain(through.iter().copied()).chain([latest])
    }

    /// A place in [`STATUSES`].
    pub fn status(&self, inquiry: u64) -> u8 {
        if self.novelties == Novelties::Some && inquiry % 97 == 41 {
            return ON_HOLD;
        }
        // Spread evenly, so that a small world has all of them as well.
        let roll = (inquiry * 61 + self.seed % 100) % 100;
        if self.is_fresh(inquiry) {
            return match roll {
                0..52 => NEEDS_REVIEW,
                52..62 => 0,
                62..72 => 1,
                72..80 => 2,
                80..90 => 6,
                90..95 => 7,
                _ => 3,
            };
        }
        match roll {
            0..55 => 6,
            55..75 => 7,
            75..83 => 2,
            83..91 => 3,
            _ => 4,
        }
    }

    pub fn status_name(&self, inquiry: u64) -> &'static str {
        STATUSES[usize::from(self.status(inquiry))]
    }

    /// Some people come more than once: every sixth inquiry is another one of the person before.
    pub fn account_of(inquiry: u64) -> u64 {
        inquiry - inquiry / 6
    }

    pub fn accounts(&self) -> u64 {
        self.inquiries.checked_sub(1).map_or(0, |last| Self::account_of(last) + 1)
    }

    /// The first inquiry of an account.
    pub fn first_inquiry_of(account: u64) -> u64 {
        account + account.saturating_sub(1) / 5
    }

    pub fn person(&self, account: u64) -> Person {
        let made = |account| people::person(&mut dice(self.seed, "person", account));
        let mut person = made(account);
        match (account % 12, self.declined_before(account)) {
            // The same contact under another name.
            (5 | 11, Some(other)) => {
                let other = made(other);
                (person.email, person.phone) = (other.email, other.phone);
            }
            // The same document, at another age.
            (3, Some(other)) => person.document = made(other).document,
            _ => {}
        }
        person
    }

    /// The nearest account before one that waits for a review whose first inquiry was declined.
    fn declined_before(&self, account: u64) -> Option<u64> {
        let stood = |account| self.status_name(Self::first_inquiry_of(account));
        if stood(account) != "needs_review" {
            return None;
        }
        let before = (1..=40).map_while(|back| account.checked_sub(back));
        before.into_iter().find(|before| stood(*before) == "declined")
    }

    /// The inquiry whose device is used in this one, too: rings of people who were declined, whose
    /// device comes back with somebody who waits for a review.
    pub fn lender(&self, inquiry: u64) -> u64 {
        let rings = (self.inquiries / RING / 2).max(1);
        let first = match self.status_name(inquiry) {
            "declined" if inquiry / RING % 2 == 0 && inquiry.is_multiple_of(2) => {
                inquiry / RING * RING
            }
            "needs_review" if inquiry % 5 == 2 => inquiry / 5 % rings * 2 * RING,
            _ => return inquiry,
        };
        // Nobody has a device before it was there.
        if first < inquiry { first } else { inquiry }
    }

    /// A firm that an inquiry of this account may be about.
    pub fn firm_name(&self, account: u64) -> String {
        people::firm(&mut dice(self.seed, "firm of", account))
    }

    pub fn template(&self, inquiry: u64) -> &'static Template {
        let mut roll = dice(self.seed, "template", inquiry).u8(..100);
        let chosen = TEMPLATES.iter().find(|template| match roll.checked_sub(template.share) {
            Some(rest) => {
                roll = rest;
                false
            }
            None => true,
        });
        chosen.unwrap_or(&TEMPLATES[0])
    }

    pub fn is_about_a_firm(&self, inquiry: u64) -> bool {
        self.template(inquiry).id == TEMPLATES[BUSINESS].id
    }

    pub fn is_finished(status: &str) -> bool {
        !matches!(status, "created" | "pending" | "expired")
    }

    /// An inquiry's verifications, in order, when it stands so.
    pub fn verifications(&self, inquiry: u64, status: &str) -> Vec<(&'static str, Outcome)> {
        let template = self.template(inquiry);
        let id_comes_first = template.kinds.first() == Some(&"government-id");
        if !Self::is_finished(status) {
            let begun = id_comes_first && status != "created";
            return Vec::from_iter(begun.then_some(("government-id", Outcome::Initiated)));
        }
        let mut rng = dice(self.seed, "verifications", inquiry);
        let choice = template.choice.get(rng.usize(..template.choice.len().max(1)));
        let novel = self.novelties == Novelties::Some && inquiry % 29 == 7;
        let kinds = template.kinds.iter().chain(choice).copied();
        let kinds = kinds.chain(novel.then_some("retina-scan"));
        let again = id_comes_first && rng.u8(..8) == 0;
        let first = again.then_some(("government-id", Outcome::Retried));
        let went = self.status_name(inquiry);
        first.into_iter().chain(kinds.map(|kind| (kind, outcome(&mut rng, went)))).collect()
    }
}

fn outcome(rng: &mut fastrand::Rng, status: &str) -> Outcome {
    match (status, rng.u8(..10)) {
        ("needs_review", 0..7) => {
            Outcome::Failed { required: rng.usize(..3), signals: rng.usize(..3) }
        }
        ("failed" | "declined", _) => {
            Outcome::Failed { required: 1 + rng.usize(..2), signals: rng.usize(..3) }
        }
        _ => Outcome::Passed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_and_inquiries_find_each_other() {
        let mut last = None;
        for inquiry in 0..1_000 {
            let account = Plan::account_of(inquiry);
            if last != Some(account) {
                assert_eq!(Plan::first_inquiry_of(account), inquiry, "of account {account}");
            }
            last = Some(account);
        }
    }

    #[test]
    fn lives_end_where_they_stand() {
        use Moment::{Completed, Created, Decided, Expired, Started};
        let life = |status| Plan::history(status).collect::<Vec<_>>();
        assert_eq!(life("created"), [Created]);
        assert_eq!(life("pending"), [Created, Started]);
        assert_eq!(life("expired"), [Created, Started, Expired]);
        assert_eq!(life("completed"), [Created, Started, Completed]);
        assert_eq!(life("approved"), [Created, Started, Completed, Decided]);
    }
}
