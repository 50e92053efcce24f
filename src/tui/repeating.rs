//! What `.` does again on another item: the last tag, assignment, claim, link or snooze. Never a
//! verdict.

use super::{
    command::Command,
    guard,
    snoozing::{self, Choice},
    state::{File, State},
};
use crate::{
    desk::policy,
    model::{Evidence, Subject, Verb},
};

#[derive(Debug, Clone, PartialEq)]
pub enum Repeat {
    Verb(Verb),
    Claim,
    Snooze(Choice),
}

/// What a decision leaves to be repeated.
pub fn of(verb: &Verb) -> Option<Repeat> {
    match verb {
        Verb::AddTag(_) | Verb::RemoveTag(_) | Verb::AssignCase(_) | Verb::OneTimeLink { .. } => {
            Some(Repeat::Verb(verb.clone()))
        }
        Verb::Approve
        | Verb::Decline
        | Verb::MarkForReview
        | Verb::SetCaseStatus(_)
        | Verb::CreateInquiry(_)
        | Verb::DismissMatches(_)
        | Verb::AddRelation(_)
        | Verb::RemoveRelation(_) => None,
    }
}

/// What repeating comes to for the item on the screen.
#[derive(Debug, Clone, PartialEq)]
pub enum Again {
    Claim,
    Decide(Subject, Verb, Evidence),
    Snooze(Vec<Subject>, Choice),
}

/// # Errors
/// Why it cannot be repeated here.
pub fn again(state: &State) -> Result<Again, String> {
    let repeat = state.repeat.as_ref().ok_or(
        "there is nothing to repeat yet: tags, assignments, claims, links and snoozes can be; verdicts never",
    )?;
    let file = state.detail.as_ref().map(|detail| &detail.file);
    match (repeat, file) {
        (Repeat::Snooze(choice), _) => {
            Ok(Again::Snooze(snoozing::subjects(state)?, choice.clone()))
        }
        (Repeat::Claim, Some(File::Inquiry(_))) => guard::claimable(state).map(|()| Again::Claim),
        (Repeat::Claim, _) => Err("a claim is repeated on an inquiry".into()),
        (Repeat::Verb(verb), _) if verb.is_tag() => {
            let (subject, evidence, _) = guard::taggable(state)?;
            match file {
                Some(File::Inquiry(file)) => policy::inquiry(&file.inquiry, verb)?,
                Some(File::Case(file)) => policy::case(&file.case, verb)?,
                _ => {}
            }
            Ok(Again::Decide(subject, verb.clone(), evidence))
        }
        (Repeat::Verb(verb), _) => {
            let command = match verb {
                Verb::AssignCase(_) => Command::AssignToMe,
                _ => Command::OneTimeLink,
            };
            match guard::verdict(state, command)? {
                guard::Wanted::Decide(verb) => {
                    let detail = state.detail.as_ref().ok_or("nothing is selected")?;
                    let evidence =
                        detail.evidence().ok_or("this item is not in the local copy yet")?;
                    Ok(Again::Decide(detail.subject.clone(), verb, evidence))
                }
                _ => Err("something is proposed for this item".into()),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::Text, tui::state::samples};

    #[test]
    fn a_verdict_is_never_repeated() {
        let table = [
            (Verb::Approve, false),
            (Verb::Decline, false),
            (Verb::MarkForReview, false),
            (Verb::SetCaseStatus(Text::new("Done")), false),
            (Verb::DismissMatches(None), false),
            (Verb::AddTag(Text::new("vip")), true),
            (Verb::RemoveTag(Text::new("vip")), true),
            (Verb::AssignCase(Text::new("jane@acme.test")), true),
            (Verb::OneTimeLink { expires_in_seconds: None }, true),
        ];
        for (verb, repeats) in table {
            assert_eq!(of(&verb).is_some(), repeats, "{verb:?}");
        }
    }

    #[test]
    fn what_is_repeated_passes_the_same_guards() {
        let mut state = samples::reading("needs_review");
        assert!(again(&state).unwrap_err().contains("nothing to repeat"));
        state.repeat = of(&Verb::AddTag(Text::new("vip")));
        assert!(matches!(again(&state), Ok(Again::Decide(_, Verb::AddTag(_), _))));
        state.repeat = of(&Verb::AssignCase(Text::new("jane@acme.test")));
        assert!(again(&state).unwrap_err().contains("this is an inquiry"));
        state.repeat = of(&Verb::RemoveTag(Text::new("vip")));
        assert_eq!(again(&state), Err("it has no tag vip".to_owned()));
    }
}
