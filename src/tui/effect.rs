//! The work that `update` asks for, and the one runner that does it.
//!
//! A slot has at most one running and one waiting piece of work: a newer question replaces the
//! one that waits (`slot`). Everything is cancelled when the runner is dropped.

mod perform;

use std::{collections::HashMap, path::PathBuf, sync::Arc};

use jiff::Timestamp;
use tokio::{sync::mpsc, task::JoinSet};

use self::perform::perform;
use super::{
    album::{Order, Way},
    msg::{Msg, Then},
    photo::{Means, Picture},
    slot::Slot,
    target::Target,
    update::Deed,
};
use crate::{
    busy::{Busy, Token},
    desk::{
        CaseView, Confirmation, CountedView, Desk, Draft, InquiryView, Note, Queue, Stretch,
        Wanted, Window,
    },
    model::{
        AccountId, ActionId, CaseId, FileRef, InquiryId, Snooze, Subject, Text, Tie, Unfinished,
        filter::{Filter, List, SavedView},
    },
    secret::Secret,
};

#[derive(Debug)]
pub enum Effect {
    LoadInquiries {
        view: InquiryView,
        window: Window,
        anchor: Option<InquiryId>,
    },
    LoadCases {
        view: CaseView,
        window: Window,
        anchor: Option<CaseId>,
    },
    LoadGlance,
    LoadMismatches,
    /// The reviewer's own decisions since then.
    LoadJudgements(Timestamp),
    /// Write down into a folder what came of what was decided last in one go.
    WriteResults(PathBuf),
    /// The views that are saved.
    LoadViews,
    /// Keep what this one has not finished.
    KeepUnfinished(Unfinished),
    /// Which of these were forgotten, if anybody was since that was so often.
    LookForgotten(u64, Vec<Subject>),
    /// Views in figures, by their names.
    CountViews(Vec<(Text, CountedView)>),
    SaveView(SavedView),
    DeleteView(Text),
    /// Why an item stands where it does.
    Explain(CountedView, Subject),
    /// Ask Persona's index for what a filter is about.
    AskPersona(List, Filter),
    LoadFile(Subject),
    LoadRelations(Vec<AccountId>),
    LoadRelationKeys(AccountId),
    LoadStatuses(CaseId),
    /// Ids that begin with what is typed.
    LoadIds(String),
    /// What shows a report or a verification.
    FindOwner(Target),
    /// Ask Persona for what it tells of an inquiry.
    LoadEvents(InquiryId),
    /// Ask Persona for an inquiry as it writes it.
    LoadRaw(InquiryId),
    /// Ask Persona for an object now.
    Refresh(Subject),
    /// Ask Persona for what may be wanted next; nobody waits for it.
    FetchAhead(Subject),
    /// Ask Persona for an account's relations now.
    FetchRelations(AccountId),
    /// Whether what is to be related to an account is there; Persona is asked if need be.
    CheckRelated(AccountId, Tie),
    /// Take an item for review.
    Claim(Subject),
    /// Take the first of a queue that is free, but for these.
    ClaimNext(Queue, Vec<Subject>),
    Release(InquiryId),
    /// What is marked, as these lists show it; the number of changes so far comes back with it.
    LoadMarks(InquiryView, CaseView, u64),
    /// Mark (true) and unmark (false), in this order.
    Mark(Vec<(Subject, bool)>),
    /// The ids of a part of a list, to be marked.
    FindIds(CountedView, Stretch),
    /// What can be decided of all that is marked.
    LoadParts(Wanted),
    /// In this order, together.
    Submit(Vec<Draft>),
    /// None of them depends on another.
    SubmitBulk(Vec<Draft>),
    /// What is put off, and what has come back.
    LoadSnoozes,
    /// Put off, or wake those that come with none.
    Snooze(Vec<(Subject, Option<Snooze>)>, Deed),
    /// What colleagues have open.
    LoadLooks,
    /// Tell them what is open here.
    Look(Option<Subject>),
    /// The reviewer was told that these are back.
    Welcome(Vec<Subject>),
    /// A second person's word.
    Confirm(Confirmation),
    Undo(ActionId),
    Acknowledge(ActionId),
    Journal(Note),
    /// Get a file of an inquiry and see what it is.
    FetchPhoto {
        inquiry: InquiryId,
        file: FileRef,
    },
    /// Make a look at a photo ready for the terminal.
    DrawPhoto {
        side: usize,
        order: Box<Order>,
        picture: Arc<Picture>,
        means: Means,
    },
    /// No photo is looked at any more.
    ForgetLinks,
    HandOff {
        inquiry: InquiryId,
        file: FileRef,
        way: Way,
    },
    /// What needs a line in the journal before it is done.
    JournalFirst(Note, Then),
    /// The mismatches are on the screen: they are no news any more.
    LookAtMismatches,
    /// Hand a secret to the terminal's clipboard; done by the loop, which owns the terminal.
    Copy(Secret<String>),
    /// Draw everything anew; done by the loop, like the rest.
    Repaint,
    /// Give the terminal back to the shell until somebody comes back.
    Suspend,
    /// Let the reviewer's own editor have this comment.
    Edit(String),
}

impl Effect {
    /// What a person waits for, where it may take longer than a moment and its place on the screen
    /// does not say so.
    pub fn words(&self) -> Option<String> {
        Some(match self {
            Self::AskPersona(..) => "asking Persona…".to_owned(),
            Self::ClaimNext(..) => "claiming the next that is free…".to_owned(),
            Self::Claim(subject) => format!("claiming {}…", subject.short()),
            Self::Release(id) => format!("letting go of {}…", id.short()),
            Self::FindIds(..) => "marking…".to_owned(),
            Self::LoadParts(_) => "looking through what is marked…".to_owned(),
            Self::SubmitBulk(drafts) => format!("writing down {} decisions…", drafts.len()),
            Self::WriteResults(_) => "writing a file…".to_owned(),
            Self::FindOwner(target) => format!("looking for {}…", target.id()),
            _ => return None,
        })
    }
}

/// A message with the tokens of the work that made it: the work is over when the message is read.
pub type Delivery = (Msg, Vec<Token>);

pub struct Runner {
    desk: Arc<Desk>,
    busy: Busy,
    /// The work that somebody waits for.
    awaited: Busy,
    tx: mpsc::UnboundedSender<Delivery>,
    /// Slots that are running, with what waits for each.
    slots: HashMap<Slot, Option<Effect>>,
    finished: (mpsc::UnboundedSender<Slot>, mpsc::UnboundedReceiver<Slot>),
    /// Dropped with the runner.
    questions: JoinSet<()>,
    /// Waited for when the console is left.
    deeds: JoinSet<()>,
}

impl Runner {
    pub fn new(desk: Arc<Desk>, busy: Busy, tx: mpsc::UnboundedSender<Delivery>) -> Self {
        Self {
            desk,
            busy,
            awaited: Busy::default(),
            tx,
            slots: HashMap::new(),
            finished: mpsc::unbounded_channel(),
            questions: JoinSet::new(),
            deeds: JoinSet::new(),
        }
    }

    pub fn run(&mut self, effect: Effect) {
        self.reap();
        let slot = effect.slot();
        if let Some(waiting) = slot.and_then(|slot| self.slots.get_mut(&slot)) {
            *waiting = Some(match (waiting.take(), effect) {
                // Marks are added to those that wait: none of them is a question.
                (Some(Effect::Mark(mut steps)), Effect::Mark(more)) => {
                    steps.extend(more);
                    Effect::Mark(steps)
                }
                (_, effect) => effect,
            });
            return;
        }
        if let Some(slot) = slot {
            self.slots.insert(slot, None);
        }
        let (desk, tx, done) = (Arc::clone(&self.desk), self.tx.clone(), self.finished.0.clone());
        let mut tokens = vec![self.busy.token()];
        if effect.is_awaited() {
            tokens.push(self.awaited.token());
        }
        let tasks = if effect.is_question() { &mut self.questions } else { &mut self.deeds };
        let work = async move {
            let msg = perform(&desk, effect).await;
            if let Some(slot) = slot {
                let _ = done.send(slot);
            }
            let _ = tx.send((msg, tokens));
        };
        tasks.spawn_on(work, self.desk.runtime());
    }

    /// Whether the store has been asked for rows, a file or the header's figures and has not answered
    /// yet.
    pub fn awaits_store(&self) -> bool {
        let asked = [Slot::Inquiries, Slot::Cases, Slot::File, Slot::Glance];
        asked.iter().any(|slot| self.slots.contains_key(slot))
    }

    /// Whether anything is under way that somebody waits for.
    pub fn is_awaited(&self) -> bool {
        !self.awaited.is_idle()
    }

    /// Starts what waited for slots that are free now. Called before every wait of the loop: the
    /// message of the finished work has arrived by then.
    pub fn reap(&mut self) {
        while self.questions.try_join_next().is_some() {}
        while self.deeds.try_join_next().is_some() {}
        while let Ok(slot) = self.finished.1.try_recv() {
            if let Some(Some(next)) = self.slots.remove(&slot) {
                self.run(next);
            }
        }
    }

    /// Waits for deeds under way, so that leaving cannot cut a decision in half.
    pub async fn finish(mut self) {
        while self.deeds.join_next().await.is_some() {
            // A deed may wait for another of its kind.
            self.reap();
        }
    }
}
