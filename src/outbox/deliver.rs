//! One action from claimed to settled: follows the plan, one request at a time.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{
    LinkReady,
    create::{self, Sighting},
    dismiss,
    looked::{differences, read, unread},
    make,
    plan::{Call, KeyUse, Reading, Step, plan},
    relate,
    release::release,
    tagging, together,
    verdict::{self, Look, Verdict, Whom, Why},
};
use crate::{
    clock::Clock,
    metrics::Happening,
    model::{
        Account, Action, ActionState, Batch, ClaimTag, Entity, IdempotencyKey, InquiryId,
        PersonaSaid, Subject, Text, Tie, Verb, difference,
    },
    persona::{self, Client, accounts, cases, inquiries, reports},
    secret::Secret,
    store::{Claim, Error, Outcome, Store},
};

#[derive(Clone)]
pub struct Delivery {
    pub store: Store,
    pub client: Arc<Client>,
    pub clock: Clock,
    /// Who claims, unique per process.
    pub worker: String,
    /// Made links go out here and nowhere else.
    pub links: mpsc::UnboundedSender<LinkReady>,
    /// How inquiries are claimed, if they are.
    pub claims: Option<ClaimTag>,
    /// Whose process it is, for those who see who sends.
    pub reviewer: Text,
}

/// What a delivery tells of whoever delivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Told,
    /// Persona refuses this process, whatever it sends.
    Unwelcome,
}

/// An action under way, and what was learnt on the way.
struct Course {
    action: Action,
    /// Its object, if it was looked at.
    reading: Option<Reading>,
    /// What was found in place of an object that is to be made, if it was looked for.
    sightings: Option<Vec<Sighting>>,
    learnt: Batch,
}

/// How a delivery ended, for now.
struct End {
    state: ActionState,
    /// For the journal.
    outcome: Outcome,
    link: Option<Secret<String>>,
    /// Whom Persona refused, if anybody.
    refused: Whom,
}

/// What a call brought back.
#[derive(Default)]
struct Answer {
    learnt: Batch,
    said: Option<PersonaSaid>,
    link: Option<Secret<String>>,
    /// What is there now and was not before.
    made: Option<InquiryId>,
}

impl Delivery {
    /// Takes a claimed action as far as it gets now.
    ///
    /// # Errors
    /// If the store failed; the action then stays claimed until its lease runs out.
    pub async fn deliver(&self, action: Action) -> Result<Ended, Error> {
        let learnt = Batch::default();
        let mut course = Course { action, reading: None, sightings: None, learnt };
        let end = loop {
            let now = self.clock.now();
            let step = match &course.action.verb {
                Verb::CreateInquiry(new) => {
                    create::plan(&course.action, new, course.sightings.as_deref(), now)
                }
                _ => plan(&course.action, course.reading.as_ref(), now),
            };
            let ended = match step {
                Step::Finish(state) => {
                    Some(End::told_by_looking(self.named(&course, state).await?))
                }
                Step::Made(id) => {
                    course.action.subject = Subject::Inquiry(id);
                    Some(End::told_by_looking(ActionState::Done))
                }
                Step::Read => self.look_first(&mut course).await?,
                Step::Send(call, key) => match self.intend(&mut course.action, key).await? {
                    Claim::Held => self.call(&mut course, &call).await,
                    Claim::Lost => return Ok(Ended::Told),
                },
            };
            if let Some(end) = ended {
                break end;
            }
        };
        let Course { action, learnt, .. } = course;
        if end.refused == Whom::Key && self.is_handed_back(&action, &end.state).await? {
            return Ok(Ended::Told);
        }
        let state = together::told(&action, end.state);
        let settled = self.store.settle(&action, &self.worker, &state, &learnt, end.outcome).await;
        if let Some(ended) = Happening::ended(&action.verb, &state) {
            self.client.recorder().count(ended);
        }
        if let Some(link) = end.link {
            // Made is made, whether or not it could be written down. Without a reader there is
            // nobody to show it to.
            let _ = self.links.send(LinkReady { action: action.id, subject: action.subject, link });
        }
        settled.map(|_| match end.refused {
            Whom::Sender => Ended::Unwelcome,
            Whom::Key | Whom::Nobody => Ended::Told,
        })
    }

    /// What this key may not do, the key of whoever decided may: if that is another process, and it
    /// is still there, it tries.
    async fn is_handed_back(&self, action: &Action, state: &ActionState) -> Result<bool, Error> {
        let (ActionState::Rejected { reason } | ActionState::Stopped { reason }) = state else {
            return Ok(false);
        };
        Ok(self.store.hand_back(action, &self.worker, reason).await? == Claim::Held)
    }

    /// Looks at the object, or for it, so that the plan can go on.
    async fn look_first(&self, course: &mut Course) -> Result<Option<End>, Error> {
        let looked = match &course.action.verb {
            Verb::CreateInquiry(new) => make::look_for(&self.client, new, &course.action).await,
            _ => self.look(&course.action).await,
        };
        Ok(match looked {
            Ok(batch) => {
                if let Subject::NewInquiry(_) = course.action.subject {
                    course.sightings = Some(make::sightings(&self.store, &batch).await?);
                    course.learnt = batch;
                    return Ok(None);
                }
                course.reading = read(&course.action, &batch);
                course.learnt = batch;
                course.reading.is_none().then(|| End::stopped(unread(&course.action)))
            }
            Err(why) => {
                let (now, words) = (self.clock.now(), why.to_string());
                let judged = Why { kind: why.kind(), words: &words };
                let verdict = verdict::of_look(&course.action, &judged, now, fastrand::f64());
                Some(self.fail(course, verdict, &why).await)
            }
        })
    }

    /// Says of what stopped it what it is that moved, if the store still has what was seen.
    async fn named(&self, course: &Course, state: ActionState) -> Result<ActionState, Error> {
        let ActionState::Stopped { reason } = state else { return Ok(state) };
        let moved = differences(&self.store, &course.action, &course.learnt).await?;
        Ok(ActionState::Stopped {
            reason: match difference::words(&moved) {
                Some(moved) => Text::new(&format!("{reason} ({moved})")),
                None => reason,
            },
        })
    }

    /// Writes down that it is sent, and with which key, before it is.
    async fn intend(&self, action: &mut Action, key: KeyUse) -> Result<Claim, Error> {
        if key == KeyUse::Fresh {
            action.key = IdempotencyKey::random();
            action.key_sent_at = None;
        }
        action.attempts += 1;
        action.must_read = false;
        action.key_sent_at.get_or_insert(self.clock.now());
        self.store.sending(&action.id, &self.worker, &action.key).await
    }

    async fn call(&self, course: &mut Course, call: &Call) -> Option<End> {
        match self.send(call, &course.action).await {
            Ok(answer) if matches!(call, Call::Resume(_)) => {
                // The first half is done; the plan goes on with the inquiry as it is now.
                let before = course.reading.take();
                course.reading = read(&course.action, &answer.learnt);
                course.learnt = answer.learnt;
                let status = |reading: &Option<Reading>| reading.as_ref().map(|r| r.status.clone());
                (status(&before) == status(&course.reading))
                    .then(|| End::stopped("Persona resumed the inquiry, but it is still expired"))
            }
            Ok(answer) => {
                course.learnt = answer.learnt;
                if let Some(claims) = &self.claims {
                    release(self, claims, &course.action, &mut course.learnt).await;
                }
                if let Some(made) = answer.made {
                    course.action.subject = Subject::Inquiry(made);
                }
                let outcome = Outcome { said: answer.said, ..Outcome::default() };
                let (state, refused) = (ActionState::Done, Whom::Nobody);
                Some(End { state, outcome, link: answer.link, refused })
            }
            Err(why) => {
                let (now, words) = (self.clock.now(), why.to_string());
                let judged = Why { kind: why.kind(), words: &words };
                let verdict = verdict::of_call(&course.action, &judged, now, fastrand::f64());
                Some(self.fail(course, verdict, &why).await)
            }
        }
    }

    /// Ends what did not succeed, after the look that the verdict asks for.
    async fn fail(&self, course: &mut Course, verdict: Verdict, why: &persona::Error) -> End {
        course.action.must_read = verdict.look == Look::BeforeTheNextTry;
        if verdict.look == Look::Now {
            match self.look(&course.action).await {
                Ok(batch) => course.learnt = batch,
                Err(why) => {
                    let why = why.for_log();
                    tracing::warn!(why, "what made Persona refuse could not be read");
                }
            }
        }
        let outcome = Outcome { said: Some(why.told()), ..Outcome::default() };
        End { state: verdict.state, outcome, link: None, refused: verdict::whom(why.kind()) }
    }

    async fn look(&self, action: &Action) -> Result<Batch, persona::Error> {
        match &action.subject {
            Subject::Inquiry(id) => {
                let ask = inquiries::Retrieve { id: id.clone() };
                Ok(self.client.read(&ask, action.lane()).await?.into_batch())
            }
            Subject::Case(id) => {
                let ask = cases::Retrieve { id: id.clone() };
                Ok(self.client.read(&ask, action.lane()).await?.into_batch())
            }
            Subject::Account(id) => relate::look(&self.client, id, &action.verb).await,
            Subject::Report(id) => dismiss::look(&self.client, id).await,
            // There is nothing to look at yet.
            Subject::NewInquiry(_) => Ok(Batch::default()),
        }
    }

    async fn send(&self, call: &Call, action: &Action) -> Result<Answer, persona::Error> {
        let (client, key, lane, nth) = (&self.client, &action.key, action.lane(), action.attempts);
        let comment = action.signed_comment();
        let inquiry = |(inquiry, said)| (Entity::Inquiry(inquiry), said);
        let case = |(case, said)| (Entity::Case(case), said);
        let (entity, said) = match call.clone() {
            Call::Approve(id) => {
                let ask = inquiries::Approve { id, comment };
                inquiry(client.write_nth(&ask, key, lane, nth).await?)
            }
            Call::Decline(id) => {
                let ask = inquiries::Decline { id, comment };
                inquiry(client.write_nth(&ask, key, lane, nth).await?)
            }
            Call::MarkForReview(id) => {
                let ask = inquiries::MarkForReview { id };
                inquiry(client.write_nth(&ask, key, lane, nth).await?)
            }
            Call::Resume(id) => {
                let key = key.step("resume");
                inquiry(client.write_nth(&inquiries::Resume { id }, &key, lane, nth).await?)
            }
            Call::SetStatus { id, status } => {
                case(client.write_nth(&cases::SetStatus { id, status }, key, lane, nth).await?)
            }
            Call::Assign { id, email } => {
                case(client.write_nth(&cases::Assign { id, email }, key, lane, nth).await?)
            }
            Call::Link { id, expires_in_seconds } => {
                let ask = inquiries::GenerateOneTimeLink { id, expires_in_seconds };
                let (made, said) = client.write_nth(&ask, key, lane, nth).await?;
                let learnt = Batch::of([Entity::Inquiry(made.inquiry)]);
                return Ok(Answer { learnt, said: Some(said), link: Some(made.link), made: None });
            }
            Call::Dismiss { id, matched } => {
                // Nothing is dismissed without one.
                let reason = comment.unwrap_or_default();
                let ask = reports::Dismiss { id, reason, matched };
                let (report, said) = client.write_nth(&ask, key, lane, nth).await?;
                let learnt = Batch { reports: vec![report], ..Batch::default() };
                return Ok(Answer { learnt, said: Some(said), ..Answer::default() });
            }
            Call::AddRelation { id, tie } => {
                let Tie { key: under, target } = tie;
                let ask = accounts::AddRelation { id, key: under, target };
                let (account, said) = client.write_nth(&ask, key, lane, nth).await?;
                return Ok(self.related(account, said, action).await);
            }
            Call::RemoveRelation { id, tie } => {
                let Tie { key: under, target } = tie;
                let ask = accounts::RemoveRelation { id, key: under, target };
                let (account, said) = client.write_nth(&ask, key, lane, nth).await?;
                return Ok(self.related(account, said, action).await);
            }
            Call::Tag { .. } | Call::Untag { .. } => {
                let (learnt, said) = tagging::send(client, call, key, lane, nth).await?;
                return Ok(Answer { learnt, said: Some(said), ..Answer::default() });
            }
            Call::Create(new) => {
                let (created, said) = client.write_nth(&make::ask_for(new), key, lane, nth).await?;
                let made = Some(created.inquiry.id.clone());
                let learnt = Batch::of([Entity::Inquiry(created.inquiry)]);
                return Ok(Answer { learnt, said: Some(said), link: created.link, made });
            }
        };
        Ok(Answer { learnt: Batch::of([entity]), said: Some(said), ..Answer::default() })
    }

    /// An account whose relations were changed does not tell them: they are read again.
    async fn related(&self, account: Account, said: PersonaSaid, action: &Action) -> Answer {
        let mut learnt = match relate::look(&self.client, &account.id, &action.verb).await {
            Ok(batch) => batch,
            Err(why) => {
                let why = why.for_log();
                tracing::warn!(why, "what was changed is not read: its event will tell");
                Batch::default()
            }
        };
        learnt.entities.push(Entity::Account(account));
        Answer { learnt, said: Some(said), ..Answer::default() }
    }
}

impl End {
    fn told_by_looking(state: ActionState) -> Self {
        let said = match &state {
            ActionState::Stopped { reason } => reason.as_str(),
            _ => "told by looking",
        };
        Self { outcome: said.into(), state, link: None, refused: Whom::Nobody }
    }

    fn stopped(reason: &str) -> Self {
        let state = ActionState::Stopped { reason: Text::new(reason) };
        Self { state, outcome: reason.into(), link: None, refused: Whom::Nobody }
    }
}
