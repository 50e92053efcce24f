//! Putting an item off: until when, or until what happens to it, and what of a change counts. Pure.

use jiff::Timestamp;

use super::{Case, Inquiry, InquiryStatus, Text, difference};

/// How long an item is put off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snooze {
    pub since: Timestamp,
    /// None: until something happens, however long that takes.
    pub until: Option<Timestamp>,
    /// What brings it back before that.
    pub awaits: Awaits,
    /// Why, in the reviewer's own words.
    pub note: Option<Text>,
}

/// What has to happen to an item at Persona.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Awaits {
    /// Anything but tags, which is how colleagues claim.
    #[default]
    Change,
    /// The applicant is done with it, or it has expired.
    Finish,
}

impl Awaits {
    /// As the store keeps it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Change => "change",
            Self::Finish => "finish",
        }
    }

    pub fn parse(kept: &str) -> Self {
        match kept {
            "finish" => Self::Finish,
            _ => Self::Change,
        }
    }

    /// `it changes`
    pub fn words(self) -> &'static str {
        match self {
            Self::Change => "it changes",
            Self::Finish => "the applicant finishes",
        }
    }
}

/// What happened to an inquiry, in words, if that is what was waited for.
pub fn of_inquiry(awaits: Awaits, before: &Inquiry, after: &Inquiry) -> Option<String> {
    let is_new = is_newer(before.updated_at, after.updated_at);
    if awaits == Awaits::Finish {
        return step(&before.status, &after.status).filter(|_| is_done(&after.status) && is_new);
    }
    let moved = || difference::of_inquiries((before, &[]), (after, &[]));
    let said = step(&before.status, &after.status);
    said.or_else(|| told(&moved(), before.tags != after.tags)).filter(|_| is_new)
}

/// What happened to a case. Its applicants finish their inquiries.
pub fn of_case(awaits: Awaits, before: &Case, after: &Case) -> Option<String> {
    if awaits == Awaits::Finish || !is_newer(before.updated_at, after.updated_at) {
        return None;
    }
    told(&difference::of_cases(before, after), before.tags != after.tags)
}

/// The same version may be told with more than was known: that is no change.
fn is_newer(before: Option<Timestamp>, after: Option<Timestamp>) -> bool {
    match (before, after) {
        (Some(before), Some(after)) => after > before,
        _ => true,
    }
}

/// Whether the applicant has nothing more to do.
fn is_done(status: &InquiryStatus) -> bool {
    !matches!(status, InquiryStatus::Created | InquiryStatus::Pending)
}

/// One status after another, as somebody would tell it.
fn step(before: &InquiryStatus, after: &InquiryStatus) -> Option<String> {
    use InquiryStatus as S;
    let was_open = matches!(before, S::Created | S::Pending | S::Expired);
    Some(match after {
        after if before == after => return None,
        S::Expired => "it expired".to_owned(),
        S::Completed | S::NeedsReview | S::Failed if was_open => {
            format!("the applicant finished ({})", after.words())
        }
        S::Pending if was_open => "the applicant is at it".to_owned(),
        after => format!("status {} → {}", before.words(), after.words()),
    })
}

/// Tags alone bring nothing back.
fn told(moved: &[String], tagged: bool) -> Option<String> {
    let others: Vec<String> = moved.iter().filter(|part| *part != "tags").cloned().collect();
    match difference::words(&others) {
        Some(words) => Some(format!("changed: {words}")),
        None if tagged => None,
        None => Some("it changed at Persona".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn inquiry(status: &str, minute: u8, more: &[(&str, Value)]) -> Inquiry {
        let mut body = json!({
            "id": "inq_1", "status": status, "verifications": [], "tags": ["vip"], "fields": [],
            "updated_at": format!("2026-03-02T12:{minute:02}:00Z"),
        });
        for (name, value) in more {
            body[*name] = value.clone();
        }
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn what_happens_to_an_inquiry_brings_it_back_or_not() {
        use Awaits::{Change, Finish};
        let tags = |minute| inquiry("pending", minute, &[("tags", json!(["reviewing:joan"]))]);
        let sessions = ("sessions", json!(["iqse_1"]));
        let before = inquiry("pending", 0, &[]);
        let table = [
            ("nothing", Change, inquiry("pending", 0, &[]), None),
            ("an older version", Change, inquiry("completed", 0, &[]), None),
            ("a tag", Change, tags(1), None),
            ("only the version", Change, inquiry("pending", 1, &[]), Some("it changed at Persona")),
            ("completed", Change, inquiry("completed", 1, &[]), Some("finished (completed)")),
            ("completed", Finish, inquiry("completed", 1, &[]), Some("finished (completed)")),
            ("to review", Finish, inquiry("needs_review", 1, &[]), Some("(needs review)")),
            ("expired", Finish, inquiry("expired", 1, &[]), Some("it expired")),
            ("declined", Finish, inquiry("declined", 1, &[]), Some("status pending → declined")),
            (
                "more known of the same",
                Change,
                inquiry("pending", 0, std::slice::from_ref(&sessions)),
                None,
            ),
            (
                "a session",
                Change,
                inquiry("pending", 1, std::slice::from_ref(&sessions)),
                Some("changed: sessions"),
            ),
            ("a session", Finish, inquiry("pending", 1, &[sessions]), None),
        ];
        for (what, awaits, after, said) in table {
            let told = of_inquiry(awaits, &before, &after);
            match said {
                None => assert_eq!(told, None, "{what} for {awaits:?}"),
                Some(said) => assert!(
                    told.as_ref().is_some_and(|told| told.contains(said)),
                    "{what} for {awaits:?}: {told:?}"
                ),
            }
        }
        let expired = inquiry("expired", 0, &[]);
        let resumed = inquiry("pending", 1, &[]);
        assert_eq!(of_inquiry(Finish, &expired, &resumed), None, "the applicant has only begun");
        assert_eq!(
            of_inquiry(Change, &expired, &resumed).as_deref(),
            Some("the applicant is at it")
        );
    }

    #[test]
    fn what_happens_to_a_case_brings_it_back_or_not() {
        let case = |status: &str, minute: u8, tags: &[&str]| -> Case {
            serde_json::from_value(json!({
                "id": "case_1", "status": status, "tags": tags, "inquiries": [], "accounts": [],
                "fields": [], "updated_at": format!("2026-03-02T12:{minute:02}:00Z"),
            }))
            .unwrap()
        };
        let before = case("Open", 0, &[]);
        let told = |awaits, after: &Case| of_case(awaits, &before, after);
        let pending = case("Pending", 1, &[]);
        assert_eq!(
            told(Awaits::Change, &pending).as_deref(),
            Some("changed: status Open → Pending")
        );
        assert_eq!(told(Awaits::Finish, &pending), None, "no applicant finished anything");
        assert_eq!(told(Awaits::Change, &case("Open", 1, &["vip"])), None);
        assert_eq!(told(Awaits::Change, &case("Pending", 0, &[])), None, "of the same version");
    }
}
