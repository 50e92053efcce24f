//! The work that `update` asks for, and the one runner that does it.
//!
//! A slot has at most one running and one waiting piece of work: a newer question replaces the
//! one that waits (`slot`). Everything is cancelled when the runner is dropped.

use std::{collections::HashMap, sync::Arc};

use tokio::{sync::mpsc, task::JoinSet};

use super::{
    album::{Order, Way},
    msg::{Msg, Then},
    photo::{self, Means, Picture},
    slot::Slot,
    target::Target,
};
use crate::{
    busy::{Busy, Token},
    desk::{CaseView, Confirmation, CountedView, Desk, Draft, InquiryView, Note, Queue, Window},
    model::{
        AccountId, ActionId, CaseId, FileRef, InquiryId, Subject, Text, Tie,
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
    /// The views that are saved.
    LoadViews,
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
    /// In this order, together.
    Submit(Vec<Draft>),
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
        let tasks = if effect.is_question() { &mut self.questions } else { &mut self.deeds };
        tasks.spawn(async move {
            let msg = perform(&desk, effect).await;
            if let Some(slot) = slot {
                let _ = done.send(slot);
            }
            let _ = tx.send((msg, Some(token)));
        });
    }

    /// Whether the store has been asked for rows, a file or the header's figures and has not answered
    /// yet.
    pub fn awaits_store(&self) -> bool {
        let asked = [Slot::Inquiries, Slot::Cases, Slot::File, Slot::Glance];
        asked.iter().any(|slot| self.slots.contains_key(slot))
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
        Effect::LoadViews => Msg::Views(None, words(desk.saved_views().await)),
        Effect::CountViews(views) => {
            let mut figures = Vec::with_capacity(views.len());
            for (name, view) in views {
                match desk.figures(&view).await {
                    Ok(counted) => figures.push((name, counted)),
                    Err(why) => return Msg::Counted(Err(why.to_string())),
                }
            }
            Msg::Counted(Ok(figures))
        }
        Effect::SaveView(view) => {
            let said = format!("saved: :view {} shows it again", view.name);
            Msg::Views(Some(said), words(desk.save_view(&view).await))
        }
        Effect::DeleteView(name) => {
            let said = format!("the view {name} is deleted");
            Msg::Views(Some(said), words(desk.delete_view(&name).await))
        }
        Effect::Explain(view, subject) => Msg::Explained(
            words(desk.standing(&view, &subject).await).map(|found| found.map(Box::new)),
        ),
        Effect::AskPersona(list, filter) => Msg::Asked(words(desk.search(list, &filter).await)),
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
        Effect::LoadRelations(accounts) => {
            let mut answers = Vec::with_capacity(accounts.len());
            for account in accounts {
                let answer = words(desk.relations(&account).await);
                answers.push((account, answer));
            }
            Msg::Relations(answers)
        }
        Effect::LoadRelationKeys(account) => {
            let answer = desk.relation_keys(&account).await;
            Msg::RelationKeys(account, words(answer))
        }
        Effect::CheckRelated(source, tie) => {
            let answer = desk.related(&tie.target).await;
            Msg::Related(source, tie, words(answer).map(Box::new))
        }
        Effect::LoadStatuses(case) => {
            let answer = desk.case_statuses(&case).await;
            Msg::Statuses(case, words(answer))
        }
        Effect::LoadIds(start) => {
            let answer = desk.ids_beginning(&start).await;
            Msg::Ids(start, words(answer))
        }
        Effect::FindOwner(target) => {
            let answer = match &target {
                Target::Item(subject) => Ok(Some(subject.clone())),
                Target::Report(id) => desk.owner_of_report(id).await,
                Target::Verification(id) => desk.owner_of_verification(id).await,
            };
            Msg::Owner(target, words(answer))
        }
        Effect::LoadEvents(id) => {
            let answer = desk.events(&id).await;
            Msg::Events(id, words(answer))
        }
        Effect::LoadRaw(id) => {
            let answer = desk.raw(&id).await;
            Msg::Raw(id, words(answer))
        }
        Effect::Refresh(subject) => {
            let answer = desk.refresh(&subject).await;
            Msg::Refreshed(subject, words(answer))
        }
        Effect::FetchAhead(subject) => {
            let _ = desk.fetch_ahead(&subject).await;
            Msg::FetchedAhead
        }
        Effect::FetchRelations(account) => {
            let answer = desk.fetch_relations(&account).await;
            Msg::RelationsFetched(account, words(answer))
        }
        Effect::Claim(subject) => {
            let claim = words(desk.claim(&subject).await);
            Msg::Claimed(subject, claim)
        }
        Effect::ClaimNext(queue, but) => Msg::Next(words(desk.next_of(&queue, &but).await)),
        Effect::Release(id) => {
            let answer = words(desk.release(&id).await);
            Msg::Released(id, answer)
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
        Effect::FetchPhoto { inquiry, file } => {
            let content = match desk.file(&inquiry, &file).await {
                Ok(bytes) => apart(move || photo::decode(&bytes)).await.and_then(words),
                Err(why) => Err(why.to_string()),
            };
            Msg::Photo(file, content)
        }
        Effect::DrawPhoto { side, order, picture, means } => {
            let (look, room) = (order.look, order.room);
            let drawing = apart(move || Arc::new(photo::draw(&picture, &look, room, &means))).await;
            Msg::PhotoDrawn(side, order, drawing)
        }
        Effect::ForgetLinks => {
            desk.forget_links().await;
            Msg::LinksForgotten
        }
        Effect::HandOff { inquiry, file, way } => {
            let link = desk.hand_off(&inquiry, &file).await;
            Msg::HandedOff(file, way, words(link))
        }
        Effect::JournalFirst(note, then) => Msg::Recorded(then, words(desk.journal(note).await)),
        Effect::Copy(_) | Effect::Repaint | Effect::Suspend | Effect::Edit(_) => {
            unreachable!("the loop keeps what needs the terminal to itself")
        }
    }
}

/// Slow work without waiting, away from the threads that wait. What breaks in it is not the
/// console's end: photos come from outside.
async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| "this file cannot be read".to_owned())
}

fn words<T>(answer: Result<T, impl std::fmt::Display>) -> Result<T, String> {
    answer.map_err(|why| why.to_string())
}
