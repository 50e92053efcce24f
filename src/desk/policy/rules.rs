//! What the policy in force asks of a decision: a reason, having looked, a second person. The desk
//! asks when something is decided, the console before that; sentences name whose policy it is.

use crate::{
    config::{
        Policy, Reason,
        policy::{Demand, Rule, Source},
    },
    model::{Verb, Verification, verification::Weight},
};

/// The rule about a verb; none where a policy has nothing to say.
pub fn rule<'a>(policy: &'a Policy, verb: &Verb) -> Option<&'a Rule> {
    match verb {
        Verb::Approve => Some(&policy.approve),
        Verb::Decline => Some(&policy.decline),
        Verb::MarkForReview => Some(&policy.escalate),
        Verb::SetCaseStatus(_) => Some(&policy.case_status),
        Verb::DismissMatches(_) => Some(&policy.dismiss),
        Verb::OneTimeLink { .. }
        | Verb::AssignCase(_)
        | Verb::AddTag(_)
        | Verb::RemoveTag(_)
        | Verb::CreateInquiry(_)
        | Verb::AddRelation(_)
        | Verb::RemoveRelation(_) => None,
    }
}

/// What can be given as the reason of a decision with these parts: there is one for all of it,
/// from the first part that has any.
pub fn reasons<'a, 'v>(
    policy: &'a Policy,
    verbs: impl IntoIterator<Item = &'v Verb>,
) -> &'a [Reason] {
    let mut lists = verbs.into_iter().filter_map(|verb| rule(policy, verb));
    lists
        .find(|rule| !rule.reasons.value.is_empty())
        .map_or(&[], |rule| rule.reasons.value.as_slice())
}

/// One part of a decision, as far as rules go.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    pub verb: &'a Verb,
    /// How many required checks failed.
    pub failed: u64,
}

/// Why a reason must be given; none where it need not.
pub fn reason_due(policy: &Policy, parts: &[Part<'_>]) -> Option<String> {
    parts.iter().find_map(|part| {
        let asked = rule(policy, part.verb)?.reason;
        let verb = part.verb.words();
        match (asked.value, part.failed) {
            (Demand::Optional, _) | (Demand::WhenFailed, 0) => None,
            (Demand::WhenFailed, _) => {
                Some(format!("{} asks for a reason to {verb} where a check failed", asked.from))
            }
            (Demand::Required, _) => Some(format!("{} asks for a reason to {verb}", asked.from)),
        }
    })
}

/// Why an item must be opened before this is decided about it; `item` is what it is called.
pub fn opened_due(policy: &Policy, verb: &Verb, item: &str) -> Option<String> {
    // A match can only be dismissed where it is on the screen.
    let asked = rule(policy, verb).filter(|_| !matches!(verb, Verb::DismissMatches(_)))?.opened;
    let deed = match verb {
        Verb::Approve => "it is approved",
        Verb::Decline => "it is declined",
        Verb::MarkForReview => "it is escalated",
        _ => "its status is set",
    };
    let from = asked.from;
    asked.value.then(|| format!("{from} asks that {item} is opened, as it is now, before {deed}"))
}

/// Whether a reason is one of those that can be given.
///
/// # Errors
/// Which can be given.
pub fn is_listed(reason: &Reason, known: &[Reason]) -> Result<(), String> {
    if known.contains(reason) {
        return Ok(());
    }
    let codes: Vec<&str> = known.iter().map(|reason| reason.code.as_str()).collect();
    Err(match codes.is_empty() {
        true => "no reason can be given for this".to_owned(),
        false => format!("this reason cannot be given; there are: {}", codes.join(", ")),
    })
}

/// Whose policy asks that a second person confirms a decision with these parts, if any does.
pub fn second_person<'v>(
    policy: &Policy,
    verbs: impl IntoIterator<Item = &'v Verb>,
) -> Option<Source> {
    let mut asked = verbs.into_iter().filter_map(|verb| Some(rule(policy, verb)?.second_person));
    asked.find(|asked| asked.value).map(|asked| asked.from)
}

/// How many required checks failed, as rows count them.
pub fn failed(verifications: &[Verification]) -> u64 {
    let checks = verifications.iter().flat_map(|verification| &verification.checks);
    checks.filter(|check| check.weight() == Weight::Decides).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        config::{Config, policy},
        model::Text,
    };

    fn in_force(text: &str) -> Policy {
        let organisation = policy::parse(text, "p.toml").unwrap();
        policy::merge(&organisation, &policy::PolicyFile::default(), &Config::default()).0
    }

    fn status() -> Verb {
        Verb::SetCaseStatus(Text::new("Approved"))
    }

    #[test]
    fn reasons_are_asked_for_by_verdict_and_by_what_failed() {
        let policy = in_force(
            "[approve]\nreason = \"when-failed\"\n[decline]\nreason = \"required\"\n\
             [case_status]\nreason = \"required\"\nreasons = [{ code = \"done\", text = \"done\" }]",
        );
        let due = |parts: &[(&Verb, u64)]| {
            let parts: Vec<_> =
                parts.iter().map(|(verb, failed)| Part { verb, failed: *failed }).collect();
            reason_due(&policy, &parts)
        };
        assert_eq!(due(&[(&Verb::Approve, 0)]), None);
        let why = "your organisation's policy asks for a reason to approve where a check failed";
        assert_eq!(due(&[(&Verb::Approve, 1)]).as_deref(), Some(why));
        let why = "your organisation's policy asks for a reason to decline";
        assert_eq!(due(&[(&Verb::Decline, 0)]).as_deref(), Some(why));
        assert_eq!(due(&[(&Verb::MarkForReview, 9)]), None);
        let link = Verb::OneTimeLink { expires_in_seconds: None };
        assert_eq!(due(&[(&link, 9)]), None);
        assert!(due(&[(&Verb::Approve, 0), (&status(), 0)]).unwrap().contains("set status"));
    }

    #[test]
    fn one_reason_counts_for_all_that_is_decided_together() {
        let policy = in_force("[case_status]\nreasons = [{ code = \"done\", text = \"done\" }]");
        let codes = |verbs: &[&Verb]| {
            let list = reasons(&policy, verbs.iter().copied());
            list.iter().map(|reason| reason.code.clone()).collect::<Vec<_>>()
        };
        assert_eq!(codes(&[&Verb::Approve, &status()]), ["evidence_ok", "manual_match"]);
        assert_eq!(codes(&[&status()]), ["done"]);
        assert_eq!(codes(&[&Verb::MarkForReview, &status()]), ["done"]);
        assert!(codes(&[&Verb::MarkForReview]).is_empty());
    }

    #[test]
    fn opening_and_a_second_person_are_asked_for_by_verdict() {
        let policy =
            in_force("[approve]\nopened = true\nsecond_person = true\n[decline]\nopened = false");
        let why = "your organisation's policy asks that inq_1 is opened, as it is now, before it is approved";
        assert_eq!(opened_due(&policy, &Verb::Approve, "inq_1").as_deref(), Some(why));
        assert_eq!(opened_due(&policy, &Verb::Decline, "inq_1"), None);
        let asks = |verbs: &[&Verb]| second_person(&policy, verbs.iter().copied());
        assert_eq!(asks(&[&Verb::Decline, &status()]), None);
        assert_eq!(asks(&[&Verb::Approve, &status()]), Some(Source::Organisation), "all or none");
        assert_eq!(asks(&[]), None);
    }
}
