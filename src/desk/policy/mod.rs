//! What can be decided about an object as it stands, whoever asks: a refusal is a sentence. `rules`
//! says what the policy in force asks for besides.

mod bulk;
mod rules;

pub use self::{
    bulk::{no_proposals, reason_of_many, verdicts},
    rules::{Part, failed, is_listed, opened_due, reason_due, reasons, rule, second_person},
};
use crate::model::{Case, Inquiry, InquiryStatus, Match, Report, Text, Verb};

/// Whether a verb makes sense for an inquiry.
///
/// # Errors
/// Why not, in words.
pub fn inquiry(inquiry: &Inquiry, verb: &Verb) -> Result<(), String> {
    use InquiryStatus::{Approved, Declined, NeedsReview};
    if inquiry.redacted_at.is_some() {
        return Err("this inquiry was redacted: nothing about it can be decided".into());
    }
    match (verb, &inquiry.status) {
        (Verb::Approve, Approved) => Err("this inquiry is approved already".into()),
        (Verb::Decline, Declined) => Err("this inquiry is declined already".into()),
        (Verb::MarkForReview, NeedsReview) => Err("this inquiry is in review already".into()),
        (Verb::MarkForReview, Approved | Declined) => Err(format!(
            "Persona does not take an inquiry that is {} back into review",
            inquiry.status
        )),
        (Verb::OneTimeLink { .. }, Approved | Declined) => {
            Err(format!("this inquiry is {}: a link would lead nowhere", inquiry.status))
        }
        (Verb::AddTag(tag) | Verb::RemoveTag(tag), _) => tagged(&inquiry.tags, tag, verb),
        _ => Ok(()),
    }
}

/// Whether a verb makes sense for a case.
///
/// # Errors
/// Why not, in words.
pub fn case(case: &Case, verb: &Verb) -> Result<(), String> {
    if case.redacted_at.is_some() {
        return Err("this case was redacted".into());
    }
    match verb {
        Verb::SetCaseStatus(status) if same(status.as_str(), case.status.as_str()) => {
            Err(format!("this case is {} already", case.status))
        }
        Verb::AssignCase(email) => match &case.assignee {
            Some(assignee) if same(assignee.as_str(), email.as_str()) => {
                Err(format!("this case is assigned to {assignee} already"))
            }
            _ => Ok(()),
        },
        Verb::AddTag(tag) | Verb::RemoveTag(tag) => tagged(&case.tags, tag, verb),
        _ => Ok(()),
    }
}

/// Whether a tag is there to be removed, or not there yet.
fn tagged(tags: &[Text], tag: &Text, verb: &Verb) -> Result<(), String> {
    match (verb, tags.contains(tag)) {
        (Verb::AddTag(_), true) => Err(format!("it is tagged {tag} already")),
        (Verb::RemoveTag(_), false) => Err(format!("it has no tag {tag}")),
        _ => Ok(()),
    }
}

/// Whether there is something to dismiss in a report: one match, or all of them.
///
/// # Errors
/// Why not, in words.
pub fn report(report: &Report, matched: Option<&Match>) -> Result<(), String> {
    if report.redacted_at.is_some() {
        return Err("this report was redacted: nothing about it can be decided".into());
    }
    match (report.status.as_str(), report.has_match) {
        ("pending", _) => Err("this report has not run yet: there is nothing to dismiss".into()),
        ("errored", _) => Err("this report could not run: there is nothing to dismiss".into()),
        (_, Some(true)) if report.has_dismissed(matched) => {
            Err("this match is dismissed already".into())
        }
        (_, Some(true)) if matched.is_none() && report.is_media() => {
            Err("matches in the media are dismissed one by one: put the cursor on one".into())
        }
        (_, Some(true)) => Ok(()),
        (..) => Err("this report has no match: there is nothing to dismiss".into()),
    }
}

/// Statuses are a template's text: compared without case.
fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
