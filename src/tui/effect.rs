//! The work that `update` asks for, and the one runner that does it.
//!
//! A slot has at most one running and one waiting piece of work: a newer question replaces the
//! one that waits. Everything is cancelled when the runner is dropped.

use std::{collections::HashMap, sync::Arc};

use tokio::{sync::mpsc, task::JoinSet};

use super::msg::Msg;
use crate::{
    busy::{Busy, Token},
    desk::{CaseView, Confirmation, Desk, Draft, InquiryView, Note, Window},
    model::{AccountId, ActionId, CaseId, InquiryId, Subject},
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
    LoadFile(Subject),
    LoadRelations(AccountId),
    LoadStatuses(CaseId),
    /// Ask Persona for an object now.
    Refresh(Subject),
    /// Ask Persona for an account's relations now.
    FetchRelations(AccountId),
    /// In this order, together.
    Submit(Vec<Draft>),
    /// A second person's word.
    Confirm(Confirmation),
    Undo(ActionId),
    Acknowledge(ActionId),
    Journal(Note),
    /// The mismatches are on the screen: they are no news any more.
    LookAtMismatches,
    /// Hand a secret to the terminal's clipboard; done by the loop, which owns the terminal.
    Copy(Secret<String>),
    /// Draw everything anew; done by the loop.
    Repaint,
}

/// Work that replaces older work of its kind. Deeds have no slot: each of them is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Slot {
    Inquiries,
    Cases,
    Glance,
    Mismatches,
    File,
    Relations,
    Statuses,
    Refresh,
    FetchRelations,
}

impl Effect {
    fn slot(&self) -> Option<Slot> {
        Some(match self {
            Self::LoadInquiries { .. } => Slot::Inquiries,
            Self::LoadCases { .. } => Slot::Cases,
            Self::LoadGlance => Slot::Glance,
            Self::LoadMismatches => Slot::Mismatches,
            Self::LoadFile(_) => Slot::File,
            Self::LoadRelations(_) => Slot::Relations,
            Self::LoadStatuses(_) => Slot::Statuses,
            Self::Refresh(_) => Slot::Refresh,
            Self::FetchRelations(_) => Slot::FetchRelations,
            _ => return None,
        })
    }
}

/// A message with the token of the work that made it: the work is over when the message is read.
pub type Delivery = (Msg, Option<Token>);

pub struct Runner {
    desk: Arc<Desk>,
    busy: Busy,
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
            *waiting = Some(effect);
            return;
        }
        if let Some(slot) = slot {
            self.slots.insert(slot, None);
        }
        let (desk, tx, done) = (Arc::clone(&self.desk), self.tx.clone(), self.finished.0.clone());
        let token = self.busy.token();
        let tasks = if slot.is_some() { &mut self.questions } else { &mut self.deeds };
        tasks.spawn(async move {
            let msg = perform(&desk, effect).await;
            if let Some(slot) = slot {
                let _ = done.send(slot);
            }
            let _ = tx.send((msg, Some(token)));
        });
    }

    /// Whether the store has been asked for rows or a file and has not answered yet.
    pub fn awaits_store(&self) -> bool {
        [Slot::Inquiries, Slot::Cases, Slot::File].iter().any(|slot| self.slots.contains_key(slot))
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
        while self.deeds.join_next().await.is_some() {}
    }
}

async fn perform(desk: &Desk, effect: Effect) -> Msg {
    match effect {
        Effect::LoadInquiries { view, window, anchor } => {
            let answer = desk.inquiries(&view, window, anchor.as_ref()).await;
            Msg::Inquiries(view, words(answer))
        }
        Effect::LoadCases { view, window, anchor } => {
            let answer = desk.cases(&view, window, anchor.as_ref()).await;
            Msg::Cases(view, words(answer))
        }
        Effect::LoadGlance => Msg::Glance(words(desk.glance().await)),
        Effect::LoadMismatches => Msg::Mismatches(words(desk.mismatches().await)),
        Effect::LookAtMismatches => Msg::LookedAtMismatches(words(desk.look_at_mismatches().await)),
        Effect::LoadFile(Subject::Inquiry(id)) => {
            let file = desk.inquiry(&id).await;
            Msg::InquiryFile(id, words(file).map(|file| file.map(Box::new)))
        }
        Effect::LoadFile(Subject::Case(id)) => {
            let file = desk.case(&id).await;
            Msg::CaseFile(id, words(file).map(|file| file.map(Box::new)))
        }
        Effect::LoadFile(Subject::Account(id)) => {
            let file = desk.account(&id).await;
            Msg::AccountFile(id, words(file).map(|file| file.map(Box::new)))
        }
        Effect::LoadFile(Subject::Report(_) | Subject::NewInquiry(_)) => {
            unreachable!("reports and what is not there yet are in no list: they are not opened")
        }
        Effect::LoadRelations(account) => {
            let answer = desk.relations(&account).await;
            Msg::Relations(account, words(answer))
        }
        Effect::LoadStatuses(case) => {
            let answer = desk.case_statuses(&case).await;
            Msg::Statuses(case, words(answer))
        }
        Effect::Refresh(subject) => {
            let answer = desk.refresh(&subject).await;
            Msg::Refreshed(subject, words(answer))
        }
        Effect::FetchRelations(account) => {
            let answer = desk.fetch_relations(&account).await;
            Msg::RelationsFetched(account, words(answer))
        }
        Effect::Submit(drafts) => {
            Msg::Submitted(words(desk.submit_together(drafts).await.map(|_| ())))
        }
        Effect::Confirm(confirmation) => Msg::Confirmed(words(desk.confirm(&confirmation).await)),
        Effect::Undo(id) => {
            let answer = desk.undo(&id).await;
            Msg::Undone(words(answer))
        }
        Effect::Acknowledge(id) => Msg::Acknowledged(words(desk.acknowledge(&id).await)),
        Effect::Journal(note) => Msg::Journaled(words(desk.journal(note).await)),
        Effect::Copy(_) | Effect::Repaint => {
            unreachable!("the loop keeps what needs the terminal to itself")
        }
    }
}

fn words<T>(answer: Result<T, impl std::fmt::Display>) -> Result<T, String> {
    answer.map_err(|why| why.to_string())
}
