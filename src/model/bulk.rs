//! Many items decided in one go: what was marked, what can be decided of it, how far it is.

use super::{Evidence, Subject, Text, Verb};

/// An item that a bulk decision is about, as it was when it was staged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    pub subject: Subject,
    pub evidence: Evidence,
    /// How many of its required checks failed.
    pub failed: u64,
}

/// What a verb comes to for all that is marked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    pub parts: Vec<Part>,
    /// Why others are left out, and how many for each reason.
    pub left_out: Vec<(String, usize)>,
}

impl Parts {
    /// One more that is left out.
    pub fn leave_out(&mut self, why: impl Into<String>) {
        let why = why.into();
        match self.left_out.iter_mut().find(|(known, _)| *known == why) {
            Some((_, count)) => *count += 1,
            None => self.left_out.push((why, 1)),
        }
    }
}

/// How far a bulk decision is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Progress {
    pub bulk: Text,
    pub verb: Verb,
    pub total: u64,
    pub done: u64,
    /// Refused by Persona, or not sent because the item moved.
    pub refused: u64,
    pub cancelled: u64,
}

impl Progress {
    /// `7 of 12 done, 1 refused, 2 taken back`
    pub fn words(&self) -> String {
        let mut said = format!("{} of {} done", self.done, self.total);
        for (count, what) in [(self.refused, "refused"), (self.cancelled, "taken back")] {
            if count > 0 {
                said.push_str(&format!(", {count} {what}"));
            }
        }
        said
    }
}

/// Which items of a bulk verdict must be looked at: of each number of failed checks some, those with
/// most failures first, in turn, until there are `size`. The same items give the same sample, in
/// whatever order they come, and nobody chooses it.
pub fn sample(parts: &[Part], size: usize) -> Vec<Subject> {
    let mut strata: Vec<(u64, Vec<&Part>)> = Vec::new();
    for part in parts {
        match strata.iter_mut().find(|(failed, _)| *failed == part.failed) {
            Some((_, stratum)) => stratum.push(part),
            None => strata.push((part.failed, vec![part])),
        }
    }
    strata.sort_by_key(|(failed, _)| std::cmp::Reverse(*failed));
    for (_, stratum) in &mut strata {
        stratum.sort_by_key(|part| (scattered(part.subject.id()), part.subject.id().to_owned()));
    }
    let longest = strata.iter().map(|(_, stratum)| stratum.len()).max().unwrap_or(0);
    let rounds = (0..longest).flat_map(|nth| strata.iter().filter_map(move |(_, s)| s.get(nth)));
    rounds.take(size).map(|part| part.subject.clone()).collect()
}

/// Far apart for ids that are close (FNV-1a).
fn scattered(id: &str) -> u64 {
    id.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::InquiryId;

    fn part(id: &str, failed: u64) -> Part {
        Part {
            subject: Subject::Inquiry(InquiryId::new(id).unwrap()),
            evidence: Evidence { status: Text::new("needs_review"), updated_at: None },
            failed,
        }
    }

    #[test]
    fn a_sample_has_some_of_each_number_of_failed_checks() {
        // Failed checks of the marked, the size asked for, failed checks of the sample in its order.
        let table: [(&[u64], usize, &[u64]); 7] = [
            (&[], 5, &[]),
            (&[0, 0, 0], 5, &[0, 0, 0]),
            (&[0, 0, 0, 0, 0, 0], 2, &[0, 0]),
            (&[0, 0, 0, 0, 0, 2], 2, &[2, 0]),
            (&[0, 0, 1, 1, 3], 5, &[3, 1, 0, 1, 0]),
            (&[0, 0, 1, 1, 3], 2, &[3, 1]),
            (&[0, 1], 0, &[]),
        ];
        for (failed, size, expected) in table {
            let mut parts: Vec<Part> =
                (0..).zip(failed).map(|(n, f)| part(&format!("inq_{n}"), *f)).collect();
            let chosen = sample(&parts, size);
            let failed_of =
                |subject: &Subject| parts.iter().find(|p| p.subject == *subject).unwrap().failed;
            let found: Vec<u64> = chosen.iter().map(failed_of).collect();
            assert_eq!(found, expected, "{failed:?} {size}");
            parts.reverse();
            assert_eq!(sample(&parts, size), chosen, "in whatever order they come");
        }
    }

    #[test]
    fn what_is_left_out_is_counted_by_its_reason() {
        let mut parts = Parts::default();
        for why in ["a", "b", "a"] {
            parts.leave_out(why);
        }
        assert_eq!(parts.left_out, [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    }

    #[test]
    fn progress_says_only_what_there_is() {
        let mut progress = Progress {
            bulk: Text::new("b"),
            verb: Verb::AddTag(Text::new("vip")),
            total: 12,
            done: 7,
            refused: 0,
            cancelled: 0,
        };
        assert_eq!(progress.words(), "7 of 12 done");
        (progress.refused, progress.cancelled) = (1, 2);
        assert_eq!(progress.words(), "7 of 12 done, 1 refused, 2 taken back");
    }
}
