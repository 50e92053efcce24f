//! What to do next for an inquiry that is to be made. It has no id to read it by, so whether an
//! earlier call made it is told by looking for it.
//!
//! ```text
//!  never sent ───────────────▶ send
//!  sent, no answer or 429 ───▶ send again, same key (for an hour)
//!  sent, 5xx; key is old ────▶ look for it ──▶ none like it ─────────▶ send, new key
//!                                         ├──▶ one, made since then ─▶ made
//!                                         └──▶ who can tell? ────────▶ stopped
//! ```

use jiff::{SignedDuration, Timestamp};

use super::plan::{Call, KeyUse, Step, must_look, stopped};
use crate::model::{Action, InquiryId, NewInquiry};

/// An inquiry that may be the one: of the same template, account and reference, and made by no
/// other decision of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    pub id: InquiryId,
    pub created_at: Option<Timestamp>,
}

/// How far Persona's clock may be from ours.
const SKEW: SignedDuration = SignedDuration::from_mins(5);

/// From when on an inquiry may be the one.
pub fn earliest(action: &Action) -> Timestamp {
    action.decided_at - SKEW
}

/// Decides the next step; `seen` is what a look found for this attempt.
pub fn plan(action: &Action, new: &NewInquiry, seen: Option<&[Sighting]>, now: Timestamp) -> Step {
    let send = |key| Step::Send(Call::Create(new.clone()), key);
    if !must_look(action, now) {
        return send(KeyUse::Stored);
    }
    let Some(seen) = seen else { return Step::Read };
    let is_tied = new.account.is_some() || new.reference_id.is_some();
    match seen {
        [] => send(KeyUse::Fresh),
        [one] if is_tied && one.created_at.is_some_and(|at| at >= action.decided_at) => {
            Step::Made(one.id.clone())
        }
        some => {
            let ids: Vec<String> = some.iter().map(|seen| seen.id.to_string()).collect();
            stopped(&format!(
                "Persona failed while making it, and whether {} is it cannot be told: look, and \
                 create it again if it is not there",
                ids.join(" or ")
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{AccountId, ActionId, ActionState, Subject, TemplateId, Text, Verb},
        outbox::samples::{action, at},
    };

    fn new() -> NewInquiry {
        NewInquiry {
            template: TemplateId::new("itmpl_1").unwrap(),
            account: Some(AccountId::new("act_1").unwrap()),
            reference_id: None,
            fields: Vec::new(),
            link_seconds: None,
        }
    }

    fn planned(action: Action, new: &NewInquiry, seen: Option<&[Sighting]>) -> Step {
        let subject = Subject::NewInquiry(ActionId::new("a1").unwrap());
        plan(&Action { subject, ..action }, new, seen, at(100))
    }

    fn sent(minutes: i64) -> Action {
        let verb = Verb::CreateInquiry(new());
        Action { key_sent_at: Some(at(100 - minutes)), attempts: 1, ..action(verb) }
    }

    fn seen(id: &str, minute: i64) -> Sighting {
        Sighting { id: InquiryId::new(id).unwrap(), created_at: Some(at(minute)) }
    }

    #[test]
    fn silence_repeats_the_key_and_a_failure_looks_first() {
        let doubtful = Action { must_read: true, ..sent(1) };
        let send = |key| Step::Send(Call::Create(new()), key);
        let table = [
            ("never sent", action(Verb::CreateInquiry(new())), send(KeyUse::Stored)),
            ("silence", sent(1), send(KeyUse::Stored)),
            ("silence for long", sent(59), send(KeyUse::Stored)),
            ("the key is old", sent(60), Step::Read),
            ("answered 5xx", doubtful, Step::Read),
        ];
        for (case, action, step) in table {
            assert_eq!(planned(action, &new(), None), step, "{case}");
        }
    }

    #[test]
    fn what_is_found_is_it_or_is_not_or_stops() {
        let doubtful = || Action { must_read: true, ..sent(1) };
        let one = InquiryId::new("inq_1").unwrap();
        let untied = NewInquiry { account: None, ..new() };
        let referred = NewInquiry { reference_id: Some(Text::new("cust-1")), ..untied.clone() };
        let undated = Sighting { created_at: None, ..seen("inq_1", 0) };
        let again = |new: &NewInquiry| Some(Step::Send(Call::Create(new.clone()), KeyUse::Fresh));
        // Samples are decided at minute 0; none for a stop.
        let table = [
            ("nothing", new(), vec![], again(&new())),
            ("made since", new(), vec![seen("inq_1", 1)], Some(Step::Made(one.clone()))),
            ("by reference", referred, vec![seen("inq_1", 1)], Some(Step::Made(one))),
            ("a moment before", new(), vec![seen("inq_1", -1)], None),
            ("when is not told", new(), vec![undated], None),
            ("two", new(), vec![seen("inq_1", 1), seen("inq_2", 2)], None),
            ("anybody's", untied.clone(), vec![seen("inq_1", 1)], None),
            ("nobody's", untied.clone(), vec![], again(&untied)),
        ];
        for (case, new, seen, step) in table {
            let planned = planned(doubtful(), &new, Some(&seen));
            match step {
                Some(step) => assert_eq!(planned, step, "{case}"),
                None => match planned {
                    Step::Finish(ActionState::Stopped { reason }) => {
                        assert!(reason.as_str().contains("inq_1"), "{case}: {reason}");
                    }
                    other => panic!("{case}: {other:?}"),
                },
            }
        }
    }
}
