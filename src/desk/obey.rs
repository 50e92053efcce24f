//! The one door where the policy in force is held against a decision, whoever makes it.

use std::sync::PoisonError;

use super::{
    Desk, Draft, StoreError,
    policy::{self, Part},
};
use crate::{
    config::policy::Demand,
    model::{Evidence, Subject, Verb},
    store::SubmitError,
};

/// How far one person's word goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Decides,
    /// A second person must confirm it.
    Proposes,
}

impl Desk {
    /// Whether all parts of one decision are as the policy asks, and whether that makes a decision.
    ///
    /// # Errors
    /// What it asks for, or why that cannot be told.
    pub(super) async fn obeys(&self, drafts: &[Draft]) -> Result<Standing, SubmitError> {
        let mut parts = Vec::new();
        for draft in drafts {
            self.is_opened(&draft.verb, &draft.subject, &draft.evidence).await?;
            let asked = policy::rule(&self.policy, &draft.verb).map(|rule| rule.reason.value);
            let failed = match asked {
                Some(Demand::WhenFailed) => self.failed(&draft.subject).await?,
                _ => 0,
            };
            parts.push(Part { verb: &draft.verb, failed });
        }
        let known = policy::reasons(&self.policy, drafts.iter().map(|draft| &draft.verb));
        match drafts.iter().find_map(|draft| draft.reason.as_ref()) {
            Some(reason) => policy::is_listed(reason, known).map_err(SubmitError::Policy)?,
            None => {
                if let Some(why) = policy::reason_due(&self.policy, &parts) {
                    let codes: Vec<&str> = known.iter().map(|known| known.code.as_str()).collect();
                    let said = format!("{why}; there are: {}", codes.join(", "));
                    return Err(SubmitError::Policy(said));
                }
            }
        }
        let verbs = drafts.iter().map(|draft| &draft.verb);
        let Some(source) = policy::second_person(&self.policy, verbs) else {
            return Ok(Standing::Decides);
        };
        // Without that nobody could confirm it.
        match self.client.key_ends() {
            Some(_) => Ok(Standing::Proposes),
            None => Err(SubmitError::Policy(format!(
                "the API key in use cannot be told from another, and {source} asks for a second \
                 person with another"
            ))),
        }
    }

    /// Whether an object was opened at this version, where that is asked for.
    pub(super) async fn is_opened(
        &self,
        verb: &Verb,
        subject: &Subject,
        version: &Evidence,
    ) -> Result<(), SubmitError> {
        let Some(why) = policy::opened_due(&self.policy, verb, subject.id()) else { return Ok(()) };
        match self.was_opened(subject, version).await? {
            true => Ok(()),
            false => Err(SubmitError::Policy(why)),
        }
    }

    pub(super) async fn was_opened(
        &self,
        subject: &Subject,
        version: &Evidence,
    ) -> Result<bool, StoreError> {
        let seen = (subject.clone(), version.clone());
        if self.opened.lock().unwrap_or_else(PoisonError::into_inner).contains(&seen) {
            return Ok(true);
        }
        // A script's session is the commands before it.
        self.store.was_opened(subject.id(), version, &self.reviewer).await
    }

    /// How many required checks of an object failed, as far as the local copy knows.
    pub(super) async fn failed(&self, subject: &Subject) -> Result<u64, StoreError> {
        Ok(match subject {
            Subject::Inquiry(id) => {
                let file = self.store.inquiry(id).await?;
                file.map_or(0, |file| policy::failed(&file.verifications))
            }
            Subject::Case(id) => {
                let rows = self.store.case(id).await?.map(|file| file.inquiries);
                rows.iter().flatten().map(|row| u64::from(row.failed)).sum()
            }
            Subject::Account(_) | Subject::Report(_) | Subject::NewInquiry(_) => 0,
        })
    }
}
