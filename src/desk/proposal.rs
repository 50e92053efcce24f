//! Maker and checker: what one reviewer proposed, another confirms or returns. Enforced here, and by
//! nothing at Persona.

use jiff::Timestamp;

use super::{Desk, StoreError};
use crate::{
    model::{
        Action, ActionId, Evidence, InquiryStatus, Subject, Text, Verification, difference,
        proposal::{Objection, is_same},
    },
    store::{Confirmed, SubmitError},
};

/// A second person's word for what somebody proposed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmation {
    pub action: ActionId,
    /// The item on the screen, at the version that is there. A script reads all of it before.
    pub seen: Option<(Subject, Evidence)>,
    /// Since when that was on the screen without a break.
    pub shown_at: Option<Timestamp>,
}

/// Why nothing was confirmed. Nothing was sent.
#[derive(Debug, thiserror::Error)]
pub enum NotConfirmed {
    #[error("it is not proposed any more: look again")]
    Gone,
    #[error("{0}")]
    Refused(Objection),
    /// What the policy in force asks for.
    #[error("{0}")]
    Policy(String),
    #[error("it is stopped, since {0}")]
    Moved(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Desk {
    /// Lets what somebody else proposed go on its way, with all that was proposed together with it.
    /// Where an object is not any more as it was proposed on, all of it is stopped.
    ///
    /// # Errors
    /// If this is no second person, something was not opened that must be, or it is too late.
    pub async fn confirm(&self, confirmation: &Confirmation) -> Result<(), NotConfirmed> {
        let Confirmation { action: id, seen, shown_at } = confirmation;
        for part in self.store.proposed(id).await? {
            if is_same(&part.reviewer, &self.reviewer) {
                return Err(NotConfirmed::Refused(Objection::SamePerson));
            }
            let sees_another = seen.as_ref().is_some_and(|(subject, version)| {
                *subject == part.subject && *version != part.evidence
            });
            if sees_another {
                return Err(self.stopped(&part).await?);
            }
            match self.is_opened(&part.verb, &part.subject, &part.evidence).await {
                Ok(()) => {}
                // What moved cannot be opened as it was: then that is what is to be said.
                Err(SubmitError::Policy(_)) if !self.is_current(&part).await? => {}
                Err(SubmitError::Policy(why)) => return Err(NotConfirmed::Policy(why)),
                Err(SubmitError::Store(why)) => return Err(why.into()),
                Err(why @ SubmitError::AlreadyOpen { .. }) => {
                    return Err(NotConfirmed::Policy(why.to_string()));
                }
            }
        }
        let until = self.clock.now() + self.hold;
        let checker = (&self.reviewer, *shown_at);
        match self.store.confirm(id, checker, &self.worker, until).await? {
            Confirmed::Held => Ok(()),
            Confirmed::Gone => Err(NotConfirmed::Gone),
            Confirmed::Refused(why) => Err(NotConfirmed::Refused(why)),
            Confirmed::Moved(part) => Err(self.stopped(&part).await?),
        }
    }

    /// Stops what was proposed together with a part that moved, and says what moved.
    async fn stopped(&self, part: &Action) -> Result<NotConfirmed, StoreError> {
        let what = match difference::words(&self.moved(part).await?) {
            Some(moved) => format!(" ({moved})"),
            None => String::new(),
        };
        let maker = &part.reviewer;
        let said = format!("{} changed after {maker} looked{what}", part.subject.short());
        match self.store.give_back(&part.id, &self.reviewer, "stopped", &Text::new(&said)).await? {
            true => Ok(NotConfirmed::Moved(said)),
            false => Ok(NotConfirmed::Gone),
        }
    }

    /// Returns what somebody else proposed, and says to whom; none if there is nothing to return.
    pub(super) async fn returned(&self, id: &ActionId) -> Result<Option<Text>, StoreError> {
        let parts = self.store.proposed(id).await?;
        let Some(maker) = parts.first().map(|part| &part.reviewer) else { return Ok(None) };
        if is_same(maker, &self.reviewer) {
            return Ok(None);
        }
        let reason = Text::new(&format!("{} returned it", self.reviewer));
        let returned = self.store.give_back(id, &self.reviewer, "returned", &reason).await?;
        Ok(returned.then(|| maker.clone()))
    }

    /// All that was proposed together with this; empty if it is not proposed any more.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn proposed(&self, id: &ActionId) -> Result<Vec<Action>, StoreError> {
        self.store.proposed(id).await
    }

    async fn is_current(&self, part: &Action) -> Result<bool, StoreError> {
        Ok(self.version(&part.subject).await?.as_ref() == Some(&part.evidence))
    }

    /// The version that the store has, of what has one.
    pub(super) async fn version(&self, subject: &Subject) -> Result<Option<Evidence>, StoreError> {
        Ok(match subject {
            Subject::Inquiry(id) => self.store.inquiry(id).await?.map(|file| Evidence {
                status: Text::new(file.inquiry.status.as_str()),
                updated_at: file.inquiry.updated_at,
            }),
            Subject::Case(id) => self.store.case(id).await?.map(|file| Evidence {
                status: file.case.status.clone(),
                updated_at: file.case.updated_at,
            }),
            Subject::Report(id) => self.store.report(id).await?.map(|report| report.evidence()),
            Subject::Account(_) | Subject::NewInquiry(_) => None,
        })
    }

    /// What is another than when it was proposed, as far as the record of it tells: the status, and
    /// checks.
    async fn moved(&self, part: &Action) -> Result<Vec<String>, StoreError> {
        let Some(now) = self.version(&part.subject).await? else { return Ok(Vec::new()) };
        let mut moved = Vec::new();
        if now.status != part.evidence.status {
            let words = |status: &Text| match &part.subject {
                Subject::Inquiry(_) => InquiryStatus::parse(status.as_str()).words(),
                _ => status.to_string(),
            };
            let (before, after) = (words(&part.evidence.status), words(&now.status));
            moved.push(format!("status {before} → {after}"));
        }
        if let Subject::Inquiry(id) = &part.subject
            && let Some(record) = self.store.checks_seen(&part.id).await?
            && let Some(file) = self.store.inquiry(id).await?
        {
            moved.extend(difference::of_checks(&recorded(&record), &file.verifications));
        }
        Ok(moved)
    }
}

/// The verifications of a record of what was seen, as far as they can be read.
fn recorded(record: &str) -> Vec<Verification> {
    let record: serde_json::Value = serde_json::from_str(record).unwrap_or_default();
    let inquiries = record["inquiries"].as_array().into_iter().flatten();
    let kept = inquiries.filter_map(|inquiry| inquiry["verifications"].as_array()).flatten();
    let read = kept.filter_map(|verification| {
        let mut whole = verification.clone();
        whole["fields"] = serde_json::json!([]);
        serde_json::from_value(whole).ok()
    });
    read.collect()
}
