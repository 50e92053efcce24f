//! What each object of the first world is about, told by its number alone: when it was made, whose
//! it is, how it stands. Nothing of it is kept but a byte or two.

use jiff::{SignedDuration, Timestamp};

use super::{
    super::{
        checks::Outcome,
        people::{self, Person},
    },
    Novelties,
    numbers::dice,
};

/// The oldest inquiry is so old.
pub const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Younger ones may still wait for review.
const FRESH: SignedDuration = SignedDuration::from_hours(60);

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

pub const TEMPLATES: [&str; 3] = [
    "itmpl_GovernmentIdAndSelfie0001",
    "itmpl_GovernmentIdOnly0000002",
    "itmpl_DatabaseOnly00000003",
];

impl Plan {
    /// Oldest first, dense towards the start.
    pub fn created(&self, inquiry: u64) -> Timestamp {
        let back = (self.inquiries - inquiry) as f64 / self.inquiries as f64;
        self.start - SPAN.mul_f64(back * back) - SignedDuration::from_mins(6)
    }

    /// A place in [`STATUSES`].
    pub fn status(&self, inquiry: u64) -> u8 {
        if self.novelties == Novelties::Some && inquiry % 97 == 41 {
            return ON_HOLD;
        }
        let roll = dice(self.seed, "status", inquiry).u8(..100);
        if self.start.duration_since(self.created(inquiry)) < FRESH {
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
        people::person(&mut dice(self.seed, "person", account))
    }

    pub fn template(&self, inquiry: u64) -> usize {
        dice(self.seed, "template", inquiry).usize(..TEMPLATES.len())
    }

    pub fn is_finished(status: &str) -> bool {
        !matches!(status, "created" | "pending" | "expired")
    }

    /// Kinds of an inquiry's verifications.
    pub fn verifications(&self, inquiry: u64) -> Vec<&'static str> {
        if !Self::is_finished(STATUSES[usize::from(self.status(inquiry))]) {
            return Vec::new();
        }
        match self.template(inquiry) {
            0 => vec!["government-id", "selfie"],
            1 => vec!["government-id"],
            _ if self.novelties == Novelties::Some && inquiry % 29 == 7 => {
                vec!["database", "retina-scan"]
            }
            _ => vec!["database"],
        }
    }

    /// How the nth verification of an inquiry went.
    pub fn outcome(&self, inquiry: u64, nth: u64) -> Outcome {
        let mut rng = dice(self.seed, "outcome", inquiry * 8 + nth);
        match (STATUSES[usize::from(self.status(inquiry))], rng.u8(..10)) {
            ("needs_review", 0..7) => {
                Outcome::Failed { required: rng.usize(..3), signals: rng.usize(..3) }
            }
            ("failed" | "declined", _) => {
                Outcome::Failed { required: 1 + rng.usize(..2), signals: rng.usize(..3) }
            }
            _ => Outcome::Passed,
        }
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
}
