//! What to do next for an action: look at the object, send, or finish without sending.
//!
//! ```text
//!  never sent ───────────────▶ look ──▶ as on the screen ──▶ send
//!  sent, no answer or 429 ───▶ send again, same key (for an hour)
//!  sent, 5xx or stale 409 ───▶ look ──▶ done by now ───────▶ done
//!  key older than an hour ───▶ look ──▶ as on the screen ──▶ send, new key
//!                                   └─▶ anything else ─────▶ stopped
//! ```

use jiff::{SignedDuration, Timestamp};

use super::dismiss;
use crate::model::{
    AccountId, Action, ActionState, CaseId, Evidence, InquiryId, InquiryStatus, Match, NewInquiry,
    ReportId, Subject, Text, Tie, Verb,
};

/// An object as Persona has it now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// Where a relation is decided on, whether it is there: [`Tie::standing`].
    pub status: Text,
    pub updated_at: Option<Timestamp>,
    /// Of a case.
    pub assignee: Option<Text>,
}

/// One call that changes something at Persona.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Call {
    Approve(InquiryId),
    Decline(InquiryId),
    MarkForReview(InquiryId),
    /// The first half of a link for an expired inquiry.
    Resume(InquiryId),
    Link {
        id: InquiryId,
        expires_in_seconds: Option<u32>,
    },
    SetStatus {
        id: CaseId,
        status: Text,
    },
    Assign {
        id: CaseId,
        email: Text,
    },
    Tag {
        of: Subject,
        tag: Text,
    },
    Untag {
        of: Subject,
        tag: Text,
    },
    Create(NewInquiry),
    Dismiss {
        id: ReportId,
        matched: Option<Match>,
    },
    AddRelation {
        id: AccountId,
        tie: Tie,
    },
    RemoveRelation {
        id: AccountId,
        tie: Tie,
    },
}

/// Which idempotency key a call goes out with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyUse {
    /// The one that is stored: a repetition can have no second effect.
    Stored,
    /// A new one, durable first: Persona keeps the stored one's failure and would only repeat it.
    Fresh,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Ask Persona for the object, then plan again with the reading.
    Read,
    Send(Call, KeyUse),
    Finish(ActionState),
    /// An earlier call made this inquiry, as a look for it told.
    Made(InquiryId),
}

/// For how long a key is relied on. Persona promises more, but once promised less.
const KEY_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// Whether the object has to be looked at, though its call may have been sent.
pub fn must_look(action: &Action, now: Timestamp) -> bool {
    let expired = |sent: Timestamp| now.duration_since(sent) >= KEY_LIFE;
    action.must_read || action.key_sent_at.is_some_and(expired)
}

/// Decides the next step; `reading` is the object as it was read for this attempt. What has no
/// object yet is planned by [`create`](super::create).
pub fn plan(action: &Action, reading: Option<&Reading>, now: Timestamp) -> Step {
    let Some(call) = call(action) else {
        let reason =
            format!("{} is no decision about a {}", action.verb.words(), action.subject.kind());
        return stopped(&reason);
    };
    let must_look = must_look(action, now);
    let key = if must_look { KeyUse::Fresh } else { KeyUse::Stored };
    // A second time changes nothing, and nobody's evidence is a tag.
    if action.verb.is_tag() {
        return Step::Send(call, key);
    }
    let Some(reading) = reading else {
        let unanswered = action.key_sent_at.is_some() && !must_look;
        // A link has two steps; only a look tells which of them is left.
        return match call {
            Call::Link { .. } => Step::Read,
            call if unanswered => Step::Send(call, key),
            _ => Step::Read,
        };
    };
    if let Call::Link { id, .. } = &call {
        return match InquiryStatus::parse(reading.status.as_str()) {
            InquiryStatus::Expired => Step::Send(Call::Resume(id.clone()), key),
            status if status.is_decided() => stopped(&format!(
                "the inquiry is {status}: there is nothing left for the applicant to do"
            )),
            _ => Step::Send(call, key),
        };
    }
    match (reached(&action.verb, reading), action.key_sent_at.is_some()) {
        (true, true) => Step::Finish(ActionState::Done),
        (true, false) => stopped(&reached_before(action, reading)),
        (false, _) => match moved(&action.evidence, reading) {
            None => Step::Send(call, key),
            Some(what) => stopped(&what),
        },
    }
}

fn call(action: &Action) -> Option<Call> {
    Some(match (&action.subject, &action.verb) {
        (Subject::Inquiry(id), Verb::Approve) => Call::Approve(id.clone()),
        (Subject::Inquiry(id), Verb::Decline) => Call::Decline(id.clone()),
        (Subject::Inquiry(id), Verb::MarkForReview) => Call::MarkForReview(id.clone()),
        (Subject::Inquiry(id), Verb::OneTimeLink { expires_in_seconds }) => {
            Call::Link { id: id.clone(), expires_in_seconds: *expires_in_seconds }
        }
        (Subject::Case(id), Verb::SetCaseStatus(status)) => {
            Call::SetStatus { id: id.clone(), status: status.clone() }
        }
        (Subject::Case(id), Verb::AssignCase(email)) => {
            Call::Assign { id: id.clone(), email: email.clone() }
        }
        (
            Subject::Inquiry(_) | Subject::Case(_) | Subject::Account(_),
            Verb::AddTag(tag) | Verb::RemoveTag(tag),
        ) => {
            let (of, tag) = (action.subject.clone(), tag.clone());
            match action.verb {
                Verb::AddTag(_) => Call::Tag { of, tag },
                _ => Call::Untag { of, tag },
            }
        }
        (Subject::Report(id), Verb::DismissMatches(matched)) => {
            Call::Dismiss { id: id.clone(), matched: matched.clone() }
        }
        (Subject::Account(id), Verb::AddRelation(tie)) => {
            Call::AddRelation { id: id.clone(), tie: tie.clone() }
        }
        (Subject::Account(id), Verb::RemoveRelation(tie)) => {
            Call::RemoveRelation { id: id.clone(), tie: tie.clone() }
        }
        _ => return None,
    })
}

pub fn stopped(reason: &str) -> Step {
    Step::Finish(ActionState::Stopped { reason: Text::new(reason) })
}

fn reached(verb: &Verb, reading: &Reading) -> bool {
    let is = |wanted: InquiryStatus| InquiryStatus::parse(reading.status.as_str()) == wanted;
    match verb {
        Verb::Approve => is(InquiryStatus::Approved),
        Verb::Decline => is(InquiryStatus::Declined),
        Verb::MarkForReview => is(InquiryStatus::NeedsReview),
        // Each link is a new one.
        Verb::OneTimeLink { .. } => false,
        Verb::SetCaseStatus(status) => same(status, &reading.status),
        Verb::AssignCase(email) => {
            reading.assignee.as_ref().is_some_and(|assignee| same(assignee, email))
        }
        Verb::CreateInquiry(_) | Verb::AddTag(_) | Verb::RemoveTag(_) => false,
        Verb::DismissMatches(_) => reading.status.as_str() == dismiss::DISMISSED,
        Verb::AddRelation(_) => reading.status == Tie::standing(true),
        Verb::RemoveRelation(_) => reading.status == Tie::standing(false),
    }
}

/// The words for a decision that is true already, though it was never sent.
fn reached_before(action: &Action, reading: &Reading) -> String {
    let seen = same_status(&action.evidence.status, &reading.status);
    let did = match &action.verb {
        Verb::Approve => "approved it".to_owned(),
        Verb::Decline => "declined it".to_owned(),
        Verb::MarkForReview => "marked it for review".to_owned(),
        Verb::OneTimeLink { .. } => "made a link".to_owned(),
        Verb::SetCaseStatus(status) => format!("set it to {status}"),
        Verb::AssignCase(email) => format!("assigned it to {email}"),
        Verb::AddTag(_) | Verb::RemoveTag(_) => "tagged it".to_owned(),
        Verb::CreateInquiry(_) => "made it".to_owned(),
        Verb::DismissMatches(_) => "dismissed it".to_owned(),
        Verb::AddRelation(_) => "added it".to_owned(),
        Verb::RemoveRelation(_) => "removed it".to_owned(),
    };
    match &action.verb {
        Verb::AssignCase(email) => format!("it is assigned to {email} already"),
        _ if seen => format!("it is {} already", words(&reading.status)),
        _ => format!("somebody else {did} meanwhile"),
    }
}

/// What is not as it was on the screen, in words; none if nothing moved.
fn moved(evidence: &Evidence, reading: &Reading) -> Option<String> {
    if !same_status(&evidence.status, &reading.status) {
        return Some(format!(
            "it is {} now and was {} on the screen: look again",
            words(&reading.status),
            words(&evidence.status)
        ));
    }
    match (evidence.updated_at, reading.updated_at) {
        (Some(seen), Some(now)) if seen != now => Some(format!(
            "it changed at {} UTC, after what was on the screen: look again",
            now.strftime("%H:%M:%S")
        )),
        _ => None,
    }
}

fn words(status: &Text) -> String {
    status.as_str().replace('_', " ")
}

/// Statuses are template text: compared without case.
fn same(one: &Text, other: &Text) -> bool {
    one.as_str().to_lowercase() == other.as_str().to_lowercase()
}

/// As [`same`], and with Persona's several spellings of an inquiry's status.
fn same_status(one: &Text, other: &Text) -> bool {
    same(one, other) || InquiryStatus::parse(one.as_str()) == InquiryStatus::parse(other.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RelatedId;
    use crate::outbox::samples::{action, at, case_action};

    fn reading(status: &str, minute: i64) -> Reading {
        Reading { status: Text::new(status), updated_at: Some(at(minute)), assignee: None }
    }

    fn stop(reason: &str) -> Step {
        stopped(reason)
    }

    /// An action that left once, `minutes` before now.
    fn sent(verb: Verb, minutes: i64) -> Action {
        Action { key_sent_at: Some(at(NOW - minutes)), attempts: 1, ..action(verb) }
    }

    /// Samples were seen at minute 0 and are planned at this one.
    const NOW: i64 = 100;

    fn planned(action: &Action, reading: Option<&Reading>) -> Step {
        plan(action, reading, at(NOW))
    }

    #[test]
    fn without_a_reading_only_an_unanswered_call_is_sent() {
        let id = || InquiryId::new("inq_1").unwrap();
        let must_read = Action { must_read: true, ..sent(Verb::Approve, 1) };
        let link = Verb::OneTimeLink { expires_in_seconds: None };
        let table = [
            ("never sent", action(Verb::Approve), Step::Read),
            ("silence", sent(Verb::Approve, 1), Step::Send(Call::Approve(id()), KeyUse::Stored)),
            ("silence", sent(Verb::Decline, 59), Step::Send(Call::Decline(id()), KeyUse::Stored)),
            ("the key is old", sent(Verb::Approve, 60), Step::Read),
            ("answered 5xx", must_read, Step::Read),
            ("a link", sent(link, 1), Step::Read),
        ];
        for (case, action, step) in table {
            assert_eq!(planned(&action, None), step, "{case}");
        }
    }

    #[test]
    fn a_reading_is_held_against_what_was_on_the_screen() {
        let id = || InquiryId::new("inq_1").unwrap();
        let first = || action(Verb::Approve);
        let doubtful = || Action { must_read: true, ..sent(Verb::Approve, 1) };
        let again = "it changed at 10:01:00 UTC, after what was on the screen: look again";
        let gone = "it is declined now and was needs review on the screen: look again";
        let table = [
            (
                "unchanged",
                first(),
                reading("needs_review", 0),
                Step::Send(Call::Approve(id()), KeyUse::Stored),
            ),
            (
                "another spelling",
                first(),
                reading("needs review", 0),
                Step::Send(Call::Approve(id()), KeyUse::Stored),
            ),
            ("newer", first(), reading("needs_review", 1), stop(again)),
            ("decided", first(), reading("declined", 1), stop(gone)),
            (
                "the same by another",
                first(),
                reading("approved", 1),
                stop("somebody else approved it meanwhile"),
            ),
            (
                "5xx, not done",
                doubtful(),
                reading("needs_review", 0),
                Step::Send(Call::Approve(id()), KeyUse::Fresh),
            ),
            ("5xx, done", doubtful(), reading("approved", 1), Step::Finish(ActionState::Done)),
            ("5xx, moved", doubtful(), reading("needs_review", 1), stop(again)),
            ("5xx, decided", doubtful(), reading("declined", 1), stop(gone)),
            (
                "old key, not done",
                sent(Verb::Approve, 60),
                reading("needs_review", 0),
                Step::Send(Call::Approve(id()), KeyUse::Fresh),
            ),
            (
                "old key, done",
                sent(Verb::Approve, 60),
                reading("approved", 1),
                Step::Finish(ActionState::Done),
            ),
        ];
        for (case, action, reading, step) in table {
            assert_eq!(planned(&action, Some(&reading)), step, "{case}");
        }
        let mut unknown = reading("needs_review", 0);
        unknown.updated_at = None;
        assert!(
            matches!(planned(&first(), Some(&unknown)), Step::Send(..)),
            "no version to compare"
        );
    }

    #[test]
    fn a_link_needs_an_inquiry_that_is_not_over_but_no_version() {
        let id = || InquiryId::new("inq_1").unwrap();
        let link = || Verb::OneTimeLink { expires_in_seconds: Some(60) };
        let make = || Call::Link { id: id(), expires_in_seconds: Some(60) };
        let doubtful = Action { must_read: true, ..sent(link(), 1) };
        let table = [
            (action(link()), "expired", Step::Send(Call::Resume(id()), KeyUse::Stored)),
            (action(link()), "pending", Step::Send(make(), KeyUse::Stored)),
            (action(link()), "created", Step::Send(make(), KeyUse::Stored)),
            (sent(link(), 1), "pending", Step::Send(make(), KeyUse::Stored)),
            (doubtful.clone(), "pending", Step::Send(make(), KeyUse::Fresh)),
            (doubtful, "expired", Step::Send(Call::Resume(id()), KeyUse::Fresh)),
            (
                action(link()),
                "approved",
                stop("the inquiry is approved: there is nothing left for the applicant to do"),
            ),
        ];
        for (action, status, step) in table {
            assert_eq!(planned(&action, Some(&reading(status, 7))), step, "{status}");
        }
    }

    #[test]
    fn case_statuses_and_people_are_compared_without_case() {
        let set = |status: &str| case_action(Verb::SetCaseStatus(Text::new(status)));
        let id = CaseId::new("case_1").unwrap();
        let sent_off = Call::SetStatus { id: id.clone(), status: Text::new("Pending") };
        assert_eq!(
            planned(&set("Pending"), Some(&reading("open", 0))),
            Step::Send(sent_off, KeyUse::Stored)
        );
        assert_eq!(
            planned(&set("Pending"), Some(&reading("pending", 1))),
            stop("somebody else set it to Pending meanwhile")
        );
        assert_eq!(planned(&set("Open"), Some(&reading("open", 0))), stop("it is open already"));
        let mut hers = reading("Open", 0);
        hers.assignee = Some(Text::new("Jane@acme.test"));
        let assign = case_action(Verb::AssignCase(Text::new("jane@acme.test")));
        assert_eq!(planned(&assign, Some(&hers)), stop("it is assigned to jane@acme.test already"));
    }

    #[test]
    fn a_relation_is_decided_on_by_whether_it_is_there() {
        let tie = Tie { key: Text::new("business"), target: RelatedId::new("act_2").unwrap() };
        let id = AccountId::new("act_1").unwrap();
        let of = |verb, was: bool| Action {
            subject: Subject::Account(id.clone()),
            evidence: Evidence { status: Tie::standing(was), updated_at: None },
            ..action(verb)
        };
        let (add, remove) = (Verb::AddRelation(tie.clone()), Verb::RemoveRelation(tie.clone()));
        let doubtful =
            |action| Action { must_read: true, key_sent_at: Some(at(NOW - 1)), ..action };
        let call = Call::AddRelation { id: id.clone(), tie: tie.clone() };
        let undo = Call::RemoveRelation { id: id.clone(), tie };
        let done = || Step::Finish(ActionState::Done);
        let table = [
            ("not there", of(add.clone(), false), false, Step::Send(call.clone(), KeyUse::Stored)),
            ("there", of(add.clone(), false), true, stop("somebody else added it meanwhile")),
            ("5xx, done", doubtful(of(add.clone(), false)), true, done()),
            ("5xx, not", doubtful(of(add, false)), false, Step::Send(call, KeyUse::Fresh)),
            ("there", of(remove.clone(), true), true, Step::Send(undo, KeyUse::Stored)),
            ("gone", of(remove.clone(), true), false, stop("somebody else removed it meanwhile")),
            ("silence, done", doubtful(of(remove, true)), false, done()),
        ];
        for (case, action, is_there, step) in table {
            let reading = Reading {
                status: Tie::standing(is_there),
                updated_at: Some(at(3)),
                assignee: None,
            };
            assert_eq!(planned(&action, Some(&reading)), step, "{case}");
        }
    }

    #[test]
    fn tags_are_sent_without_a_look() {
        let add = || Verb::AddTag(Text::new("vip"));
        let of = Subject::Inquiry(InquiryId::new("inq_1").unwrap());
        let call = || Call::Tag { of: of.clone(), tag: Text::new("vip") };
        let doubtful = Action { must_read: true, ..sent(add(), 1) };
        assert_eq!(planned(&action(add()), None), Step::Send(call(), KeyUse::Stored));
        assert_eq!(planned(&sent(add(), 1), None), Step::Send(call(), KeyUse::Stored));
        assert_eq!(planned(&doubtful, None), Step::Send(call(), KeyUse::Fresh));
    }

    #[test]
    fn a_verb_of_another_kind_of_object_is_refused() {
        let wrong = Action {
            subject: Subject::Case(CaseId::new("case_1").unwrap()),
            ..action(Verb::Approve)
        };
        assert_eq!(planned(&wrong, None), stop("approve is no decision about a case"));
    }
}
