//! Earlier verdicts on a person, and whether a new one contradicts them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AccountId, InquiryId, InquiryStatus, Pii, Shared, Text, Verb};

/// An inquiry was approved or declined.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    pub inquiry: InquiryId,
    pub account: AccountId,
    /// Approved or declined.
    pub status: InquiryStatus,
    pub at: Option<Timestamp>,
    /// The reviewer of this copy; else whom Persona names.
    pub by: Option<Text>,
    /// The code of the reason, where this copy knows it.
    pub reason: Option<Text>,
    /// What Persona was told.
    pub comment: Option<Pii>,
    /// It is about another account, which shares this.
    pub shares: Option<Shared>,
}

/// A verdict that a new one contradicts, in ids and codes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contradicted {
    /// `approved` or `declined`
    pub verdict: Text,
    pub inquiry: InquiryId,
    pub at: Option<Timestamp>,
    pub by: Option<Text>,
    pub reason: Option<Text>,
}

/// The newest verdict on the same person that says the opposite; `history`: newest first.
pub fn contradicted(history: &[Verdict], verb: &Verb) -> Option<Contradicted> {
    let opposite = match verb {
        Verb::Approve => InquiryStatus::Declined,
        Verb::Decline => InquiryStatus::Approved,
        _ => return None,
    };
    let is_same_person = |verdict: &&Verdict| verdict.shares.is_none_or(Shared::is_same_person);
    let found = history.iter().filter(is_same_person).find(|known| known.status == opposite)?;
    Some(Contradicted {
        verdict: Text::new(found.status.as_str()),
        inquiry: found.inquiry.clone(),
        at: found.at,
        by: found.by.clone(),
        reason: found.reason.clone(),
    })
}

/// `3 Nov`, with the year where it is another one.
pub fn day(at: Timestamp, now: Timestamp) -> String {
    let same = at.strftime("%Y").to_string() == now.strftime("%Y").to_string();
    at.strftime(if same { "%-d %b" } else { "%-d %b %Y" }).to_string()
}

impl Contradicted {
    /// `declined 3 Nov for suspected_fraud by jane@acme.test`
    pub fn words(&self, now: Timestamp) -> String {
        let at = self.at.map_or(String::new(), |at| format!(" {}", day(at, now)));
        let reason = self.reason.as_ref().map_or(String::new(), |code| format!(" for {code}"));
        let by = self.by.as_ref().map_or(String::new(), |by| format!(" by {by}"));
        format!("{}{at}{reason}{by}", self.verdict)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(id: &str, status: InquiryStatus, shares: Option<Shared>) -> Verdict {
        Verdict {
            inquiry: InquiryId::new(id).unwrap(),
            account: AccountId::new("act_1").unwrap(),
            status,
            at: Some("2025-11-03T10:00:00Z".parse().unwrap()),
            by: Some(Text::new("jane")),
            reason: Some(Text::new("suspected_fraud")),
            comment: None,
            shares,
        }
    }

    #[test]
    fn only_the_opposite_on_the_same_person_is_contradicted() {
        use InquiryStatus::{Approved, Declined};
        let history = [
            verdict("inq_3", Declined, Some(Shared::Device)),
            verdict("inq_2", Approved, None),
            verdict("inq_1", Declined, Some(Shared::Document)),
        ];
        let of = |verb: &Verb| contradicted(&history, verb).map(|it| it.inquiry.to_string());
        assert_eq!(of(&Verb::Approve).as_deref(), Some("inq_1"), "a device is another person's");
        assert_eq!(of(&Verb::Decline).as_deref(), Some("inq_2"));
        assert_eq!(of(&Verb::MarkForReview), None);
        assert_eq!(contradicted(&[], &Verb::Approve), None);
    }

    #[test]
    fn it_is_named_with_its_day_reason_and_reviewer() {
        let history = [verdict("inq_1", InquiryStatus::Declined, None)];
        let found = contradicted(&history, &Verb::Approve).unwrap();
        let at = |now: &str| found.words(now.parse().unwrap());
        assert_eq!(at("2025-12-24T00:00:00Z"), "declined 3 Nov for suspected_fraud by jane");
        assert_eq!(at("2026-01-02T00:00:00Z"), "declined 3 Nov 2025 for suspected_fraud by jane");
        let bare = Contradicted { at: None, by: None, reason: None, ..found };
        assert_eq!(bare.words(Timestamp::UNIX_EPOCH), "declined");
    }
}
