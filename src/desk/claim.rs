//! Taking an item for review, so that colleagues see it: a tag on an inquiry, the assignee of a
//! case. A claim is read, made, and read in the answer, since two may want the same item.

use super::{CaseView, Desk, InquiryView, RefreshError, Window};
use crate::{
    model::{
        Batch, CaseId, Entity, IdempotencyKey, InquiryId, InquiryStatus, JournalEntry, Lane,
        Subject, Text, proposal::is_same,
    },
    persona::{
        Error as PersonaError, cases,
        tags::{self, Tagged},
    },
    store::Error as StoreError,
};

/// How a claim went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    Mine,
    /// Somebody else was first.
    TakenBy(Text),
    /// It waits for nobody any more.
    Over,
    /// Claims are not in use: it is nobody's.
    Off,
}

/// Why nobody can say whose an item is.
#[derive(Debug, thiserror::Error)]
pub enum ClaimError {
    #[error(transparent)]
    Persona(#[from] PersonaError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What is worked through.
#[derive(Debug, Clone)]
pub enum Queue {
    Inquiries(InquiryView),
    Cases(CaseView),
}

/// Something in a queue that waits.
struct Candidate {
    subject: Subject,
    at: u64,
    /// By somebody else, as far as the store knows.
    taken: bool,
}

/// The next item of a queue.
#[derive(Debug)]
pub struct Next {
    pub subject: Subject,
    /// Its place in the queue, from 0.
    pub at: u64,
    /// Why it could not be claimed; it is there all the same.
    pub unclaimed: Option<String>,
    /// How many before it others had claimed.
    pub passed: usize,
}

/// Rows of a queue that are looked at in one go, and how many are looked through for one that is
/// free.
const LOOK: u32 = 50;
const LOOK_THROUGH: u64 = 1_000;

/// So many that looked free may have been taken meanwhile, before it is left to a second try.
const TRIES: usize = 5;

impl Desk {
    /// Claims an item that waits for review.
    ///
    /// # Errors
    /// If Persona does not answer, or the store cannot take what it says.
    pub async fn claim(&self, subject: &Subject) -> Result<Claim, ClaimError> {
        match subject {
            Subject::Inquiry(id) => self.claim_inquiry(id).await,
            Subject::Case(id) => self.claim_case(id).await,
            _ => Ok(Claim::Off),
        }
    }

    async fn claim_inquiry(&self, id: &InquiryId) -> Result<Claim, ClaimError> {
        let Some(claims) = &self.claims else { return Ok(Claim::Off) };
        let subject = Subject::Inquiry(id.clone());
        self.read_again(&subject).await?;
        let Some(file) = self.store.inquiry(id).await? else { return Ok(Claim::Over) };
        let known = &file.inquiry;
        if known.status != InquiryStatus::NeedsReview || known.redacted_at.is_some() {
            return Ok(Claim::Over);
        }
        if let Some(other) = claims.taken_by(&known.tags, &self.reviewer) {
            return Ok(Claim::TakenBy(other));
        }
        if claims.is_mine(&known.tags, &self.reviewer) {
            return Ok(Claim::Mine);
        }
        let (to, tag) = (Tagged::Inquiry(id.clone()), claims.of(&self.reviewer));
        let key = IdempotencyKey::random();
        let tagged = self.client.write(&tags::Add { to, tag }, &key, Lane::Front).await?;
        self.keep_one(tagged.object).await?;
        if !claims.stands(&tagged.tags, &self.reviewer) {
            self.untag(id).await?;
            let first = claims.holders(&tagged.tags).into_iter().next();
            return Ok(first.map_or(Claim::Over, Claim::TakenBy));
        }
        self.note(&subject, "claimed").await?;
        Ok(Claim::Mine)
    }

    async fn claim_case(&self, id: &CaseId) -> Result<Claim, ClaimError> {
        // Persona assigns by e-mail address only.
        if !self.reviewer.as_str().contains('@') {
            return Ok(Claim::Off);
        }
        let subject = Subject::Case(id.clone());
        self.read_again(&subject).await?;
        let Some(file) = self.store.case(id).await? else { return Ok(Claim::Over) };
        if file.case.is_resolved() || file.case.redacted_at.is_some() {
            return Ok(Claim::Over);
        }
        match &file.case.assignee {
            Some(assignee) if is_same(assignee, &self.reviewer) => return Ok(Claim::Mine),
            Some(assignee) => return Ok(Claim::TakenBy(assignee.clone())),
            None => {}
        }
        let ask = cases::Assign { id: id.clone(), email: self.reviewer.clone() };
        let case = self.client.write(&ask, &IdempotencyKey::random(), Lane::Front).await?;
        self.keep_one(Some(Entity::Case(case))).await?;
        self.note(&subject, "claimed").await?;
        Ok(Claim::Mine)
    }

    /// Lets go of an inquiry that this reviewer claimed. True if it was claimed. Persona has no way
    /// to take the assignee off a case.
    ///
    /// # Errors
    /// If Persona does not answer, or the store cannot take what it says.
    pub async fn release(&self, id: &InquiryId) -> Result<bool, ClaimError> {
        let Some(claims) = &self.claims else { return Ok(false) };
        let file = self.store.inquiry(id).await?;
        if !file.is_some_and(|file| claims.is_mine(&file.inquiry.tags, &self.reviewer)) {
            return Ok(false);
        }
        self.untag(id).await?;
        self.note(&Subject::Inquiry(id.clone()), "released").await?;
        Ok(true)
    }

    async fn untag(&self, id: &InquiryId) -> Result<(), ClaimError> {
        let Some(claims) = &self.claims else { return Ok(()) };
        let (from, tag) = (Tagged::Inquiry(id.clone()), claims.of(&self.reviewer));
        let key = IdempotencyKey::random();
        let tagged = self.client.write(&tags::Remove { from, tag }, &key, Lane::Front).await?;
        self.keep_one(tagged.object).await
    }

    /// Claims the first item of a queue that is free, but for those in `but`.
    ///
    /// # Errors
    /// If the store cannot be read or written.
    pub async fn next_of(
        &self,
        queue: &Queue,
        but: &[Subject],
    ) -> Result<Option<Next>, StoreError> {
        let (mut passed, mut tries) = (0, 0);
        // A list may show what was put off: it is not what comes next.
        let asleep = self.snoozes().await?.asleep;
        for first in (0..LOOK_THROUGH).step_by(LOOK as usize) {
            let (candidates, total) = self.candidates(queue, first).await?;
            for Candidate { subject, at, taken } in candidates {
                if but.contains(&subject) || asleep.contains_key(&subject) {
                    continue;
                }
                let claim = match taken {
                    true => Ok(Claim::TakenBy(Text::default())),
                    false => self.claim(&subject).await,
                };
                let unclaimed = match claim {
                    Ok(Claim::Mine | Claim::Off) => None,
                    Ok(Claim::Over) => continue,
                    Ok(Claim::TakenBy(other)) => {
                        passed += 1;
                        tries += usize::from(!taken);
                        if taken || tries < TRIES {
                            continue;
                        }
                        Some(format!("{other} has claimed it"))
                    }
                    // Reviewing goes on without a line to Persona.
                    Err(ClaimError::Persona(why)) => Some(why.to_string()),
                    Err(ClaimError::Store(why)) => return Err(why),
                };
                return Ok(Some(Next { subject, at, unclaimed, passed }));
            }
            if first + u64::from(LOOK) >= total {
                break;
            }
        }
        Ok(None)
    }

    /// What waits in a part of a queue, and how long the queue is.
    async fn candidates(
        &self,
        queue: &Queue,
        first: u64,
    ) -> Result<(Vec<Candidate>, u64), StoreError> {
        let window = Window { first, rows: LOOK };
        // A window past the end begins before it.
        match queue {
            Queue::Inquiries(view) => {
                let page = self.store.inquiries(view, window).await?;
                let rows = (page.first..).zip(&page.rows).filter(|(at, row)| {
                    *at >= first && !row.status.is_decided() && row.action.is_none()
                });
                let candidates = rows.map(|(at, row)| Candidate {
                    at,
                    subject: Subject::Inquiry(row.id.clone()),
                    taken: self.taken_by(&row.tags).is_some(),
                });
                Ok((candidates.collect(), page.total))
            }
            Queue::Cases(view) => {
                let page = self.store.cases(view, window).await?;
                let rows = (page.first..)
                    .zip(&page.rows)
                    .filter(|(at, row)| *at >= first && !row.resolved && row.action.is_none());
                let candidates = rows.map(|(at, row)| Candidate {
                    at,
                    subject: Subject::Case(row.id.clone()),
                    taken: row.assignee.as_ref().is_some_and(|who| !is_same(who, &self.reviewer)),
                });
                Ok((candidates.collect(), page.total))
            }
        }
    }

    fn taken_by(&self, tags: &[Text]) -> Option<Text> {
        self.claims.as_ref()?.taken_by(tags, &self.reviewer)
    }

    async fn read_again(&self, subject: &Subject) -> Result<(), ClaimError> {
        self.refresh(subject).await.map_err(|why| match why {
            RefreshError::Persona(why) => ClaimError::Persona(why),
            RefreshError::Store(why) => ClaimError::Store(why),
            RefreshError::NoKeys => unreachable!("only relations have keys"),
        })
    }

    async fn keep_one(&self, entity: Option<Entity>) -> Result<(), ClaimError> {
        self.store.apply(Batch::of(entity)).await?;
        Ok(())
    }

    async fn note(&self, subject: &Subject, what: &str) -> Result<(), ClaimError> {
        let line = JournalEntry::new(self.clock.now(), &self.reviewer, what);
        self.store.journal(JournalEntry { subject: Some(subject.clone()), ..line }).await?;
        Ok(())
    }
}
