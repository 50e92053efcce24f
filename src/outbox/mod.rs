//! Makes decisions reach Persona, once.
//!
//! `plan` (`create` for what is not there yet) says what to do next and `verdict` what an answer means; both are pure. `worker` is the
//! loop around them: it claims an action, follows the plan, settles it. All that must survive is
//! in the store before a request leaves, so the process may die between any two steps.

pub mod create;
mod deliver;
mod dismiss;
mod looked;
mod make;
pub mod plan;
mod relate;
mod release;
mod tagging;
mod together;
mod turn;
pub mod verdict;
mod worker;

use crate::{
    model::{ActionId, Subject},
    secret::Secret,
};

pub use deliver::{Delivery, Ended};
pub use turn::Dispatcher;
pub use worker::run;

/// A one-time link that Persona made. It exists in memory only, and only here.
#[derive(Debug)]
pub struct LinkReady {
    pub action: ActionId,
    pub subject: Subject,
    pub link: Secret<String>,
}

#[cfg(test)]
mod samples {
    //! Actions for table tests: seen and decided at minute 0.

    use jiff::{SignedDuration, Timestamp};

    use crate::model::{
        Action, ActionId, ActionState, CaseId, Evidence, IdempotencyKey, InquiryId, Subject, Text,
        Verb,
    };

    /// A minute of a fixed morning, from 10:00 UTC.
    pub fn at(minute: i64) -> Timestamp {
        let start: Timestamp = "2026-03-02T10:00:00Z".parse().unwrap();
        start + SignedDuration::from_mins(minute)
    }

    pub fn action(verb: Verb) -> Action {
        Action {
            id: ActionId::new("a1").unwrap(),
            subject: Subject::Inquiry(InquiryId::new("inq_1").unwrap()),
            verb,
            evidence: Evidence { status: Text::new("needs_review"), updated_at: Some(at(0)) },
            reason_code: None,
            comment: None,
            reviewer: Text::new("jane"),
            decided_at: at(0),
            state: ActionState::Sending,
            key: IdempotencyKey::stored("k1".to_owned()),
            key_sent_at: None,
            attempts: 0,
            must_read: false,
            after: None,
            bulk: None,
            proposed_with: None,
            confirmed_by: None,
        }
    }

    pub fn case_action(verb: Verb) -> Action {
        Action {
            subject: Subject::Case(CaseId::new("case_1").unwrap()),
            evidence: Evidence { status: Text::new("Open"), updated_at: Some(at(0)) },
            ..action(verb)
        }
    }
}
