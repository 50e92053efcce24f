//! What is marked, what can be decided of it in one go, and deciding it.

use super::{CountedView, Desk, Draft, StoreError, Window, obey::Standing, policy};
use crate::{
    model::{
        ActionState, CaseId, Evidence, Subject, Text, Verb,
        bulk::{Part, Parts, sample},
        filter::List,
    },
    store::{Deed, Ids, MOST_MARKED, Marked, Pending, SubmitError},
};

/// Which part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stretch {
    All,
    /// From one item to another, both included, whichever comes first.
    Between(Subject, Subject),
}

/// What is to be decided of all that is marked in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    pub list: List,
    pub verb: Verb,
    /// Only cases of this one's template: another has statuses of its own.
    pub like: Option<CaseId>,
}

/// What came of deciding in one go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recorded {
    pub decided: usize,
    /// Something else was decided about them in the last moment.
    pub left_out: usize,
}

impl Desk {
    /// Marks (true) and unmarks (false), in this order.
    pub async fn mark(&self, steps: &[(Subject, bool)]) -> Result<(), StoreError> {
        self.store.mark(&self.reviewer, steps).await
    }

    pub async fn marked(
        &self,
        inquiries: &super::InquiryView,
        cases: &super::CaseView,
    ) -> Result<Marked, StoreError> {
        self.store.marked(&self.reviewer, inquiries, cases).await
    }

    /// The ids of a part of a list; none if an end of it is not in the list any more.
    pub async fn ids_of(
        &self,
        view: &CountedView,
        stretch: &Stretch,
    ) -> Result<Option<Ids>, StoreError> {
        let window = match stretch {
            Stretch::All => Window { first: 0, rows: MOST_MARKED },
            Stretch::Between(one, other) => {
                let ends = (self.place(view, one).await?, self.place(view, other).await?);
                let (Some(one), Some(other)) = ends else { return Ok(None) };
                let (first, last) = (one.min(other), one.max(other));
                Window { first, rows: u32::try_from(last - first + 1).unwrap_or(u32::MAX) }
            }
        };
        Ok(Some(match view {
            CountedView::Inquiries(view) => self.store.inquiry_ids(view, window).await?,
            CountedView::Cases(view) => self.store.case_ids(view, window).await?,
        }))
    }

    async fn place(
        &self,
        view: &CountedView,
        subject: &Subject,
    ) -> Result<Option<u64>, StoreError> {
        match (view, subject) {
            (CountedView::Inquiries(view), Subject::Inquiry(id)) => {
                self.store.inquiry_position(view, id).await
            }
            (CountedView::Cases(view), Subject::Case(id)) => {
                self.store.case_position(view, id).await
            }
            _ => Ok(None),
        }
    }

    /// Of what is marked, what can be decided so, and why the rest cannot: each by the same rules
    /// as if it were alone.
    pub async fn parts(&self, wanted: &Wanted) -> Result<Parts, StoreError> {
        match wanted.list {
            List::Inquiries => self.inquiries_marked(&wanted.verb).await,
            List::Cases => self.cases_marked(&wanted.verb, wanted.like.as_ref()).await,
        }
    }

    async fn inquiries_marked(&self, verb: &Verb) -> Result<Parts, StoreError> {
        let mut parts = Parts::default();
        for marked in self.store.marked_inquiries(&self.reviewer).await? {
            let inquiry = &marked.inquiry;
            if let Err(why) =
                is_free(marked.action.as_ref()).and_then(|()| policy::inquiry(inquiry, verb))
            {
                parts.leave_out(why);
            } else if verb.is_verdict() && !marked.hydrated {
                parts.leave_out("its checks have not been looked at");
            } else {
                let status = Text::new(inquiry.status.as_str());
                parts.parts.push(Part {
                    subject: Subject::Inquiry(inquiry.id.clone()),
                    evidence: Evidence { status, updated_at: inquiry.updated_at },
                    failed: u64::from(marked.failed),
                });
            }
        }
        Ok(parts)
    }

    async fn cases_marked(&self, verb: &Verb, like: Option<&CaseId>) -> Result<Parts, StoreError> {
        let template = match like {
            Some(id) => self.store.case(id).await?.map(|file| file.case.template),
            None => None,
        };
        let mut parts = Parts::default();
        for marked in self.store.marked_cases(&self.reviewer).await? {
            let case = &marked.case;
            if let Err(why) =
                is_free(marked.action.as_ref()).and_then(|()| policy::case(case, verb))
            {
                parts.leave_out(why);
            } else if template.as_ref().is_some_and(|template| *template != case.template) {
                parts.leave_out("this case is of another template");
            } else {
                parts.parts.push(Part {
                    subject: Subject::Case(case.id.clone()),
                    evidence: Evidence { status: case.status.clone(), updated_at: case.updated_at },
                    failed: u64::from(marked.failed),
                });
            }
        }
        Ok(parts)
    }

    /// Makes decisions durable that do not depend on each other: all in one transaction, each with a
    /// line in the journal.
    ///
    /// # Errors
    /// If the policy asks for more of any of them, or the store cannot take them: then nothing
    /// happened.
    pub async fn submit_bulk(&self, drafts: Vec<Draft>) -> Result<Recorded, SubmitError> {
        self.may_decide_many(&drafts).await?;
        let bulk = Text::new(&uuid::Uuid::now_v7().to_string());
        let mut deeds: Vec<Deed> = Vec::new();
        for draft in drafts {
            if self.obeys(std::slice::from_ref(&draft)).await? == Standing::Proposes {
                return Err(SubmitError::Policy(policy::no_proposals()));
            }
            let mut deed = self.deed(draft).await?;
            deed.action.bulk = Some(bulk.clone());
            deeds.push(deed);
        }
        let left_out = self.store.submit_bulk(&deeds, &self.worker).await?;
        // All have one verb, so it is the same whichever were left out.
        self.count(&deeds[left_out..]);
        Ok(Recorded { decided: deeds.len() - left_out, left_out })
    }

    /// What is asked of verdicts in one go beyond what each of them is asked for.
    async fn may_decide_many(&self, drafts: &[Draft]) -> Result<(), SubmitError> {
        let Some(first) = drafts.iter().find(|draft| draft.verb.is_verdict()) else {
            return Ok(());
        };
        policy::verdicts(&self.policy, &first.verb, drafts.len()).map_err(SubmitError::Policy)?;
        if drafts.iter().any(|draft| draft.reason.is_none()) {
            return Err(SubmitError::Policy(policy::reason_of_many(&first.verb)));
        }
        let mut parts = Vec::new();
        for Draft { subject, evidence, .. } in drafts {
            let (subject, evidence) = (subject.clone(), evidence.clone());
            let failed = self.failed(&subject).await?;
            parts.push(Part { subject, evidence, failed });
        }
        for subject in sample(&parts, self.policy.bulk.sample.value as usize) {
            let version = parts.iter().find(|part| part.subject == subject);
            if let Some(Part { evidence, .. }) = version
                && !self.was_opened(&subject, evidence).await?
            {
                let said = format!("{} is of the sample, and was not opened", subject.short());
                return Err(SubmitError::Policy(said));
            }
        }
        Ok(())
    }
}

/// Whether nothing is decided about an item that has not come to an end.
fn is_free(pending: Option<&Pending>) -> Result<(), String> {
    match pending.map(|pending| &pending.state) {
        Some(ActionState::Proposed { .. }) => Err("something is proposed for it already".into()),
        Some(state) if state.is_open() => Err("something is on its way for it already".into()),
        _ => Ok(()),
    }
}
