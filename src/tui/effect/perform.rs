//! What each piece of work comes to: the desk is asked, and its answer is a message.

use std::sync::Arc;

use super::Effect;
use crate::{
    desk::{Desk, StoreError},
    model::Subject,
    tui::{msg::Msg, photo, target::Target},
};

/// Does one piece of work and says what came of it.
pub async fn perform(desk: &Desk, effect: Effect) -> Msg {
    match effect {
        Effect::LoadInquiries { view, window, anchor } => {
            let answer = desk.inquiries(&view, window, anchor.as_ref()).await;
            Msg::Inquiries(view, looked(answer))
        }
        Effect::LoadCases { view, window, anchor } => {
            let answer = desk.cases(&view, window, anchor.as_ref()).await;
            Msg::Cases(view, looked(answer))
        }
        Effect::LoadGlance => Msg::Glance(looked(desk.glance().await)),
        Effect::LoadMismatches => Msg::Mismatches(looked(desk.mismatches().await)),
        Effect::LoadJudgements(since) => Msg::Judgements(looked(desk.judgements(since).await)),
        Effect::WriteResults(folder) => Msg::Results(words(desk.write_results(&folder).await)),
        Effect::LoadViews => Msg::Views(None, looked(desk.saved_views().await)),
        Effect::KeepUnfinished(unfinished) => {
            Msg::KeptUnfinished(words(desk.keep_unfinished(unfinished)))
        }
        Effect::LookForgotten(since, about) => {
            Msg::Forgotten(looked(desk.forgotten(since, &about).await))
        }
        Effect::CountViews(views) => {
            let mut figures = Vec::with_capacity(views.len());
            for (name, view) in views {
                match desk.figures(&view).await {
                    Ok(counted) => figures.push((name, counted)),
                    Err(why) => return Msg::Counted(Err(why.when_looking())),
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
            looked(desk.standing(&view, &subject).await).map(|found| found.map(Box::new)),
        ),
        Effect::AskPersona(list, filter) => Msg::Asked(words(desk.search(list, &filter).await)),
        Effect::LookAtMismatches => Msg::LookedAtMismatches(words(desk.look_at_mismatches().await)),
        Effect::LoadFile(Subject::Inquiry(id)) => {
            let file = desk.inquiry(&id).await;
            Msg::InquiryFile(id, looked(file).map(|file| file.map(Box::new)))
        }
        Effect::LoadFile(Subject::Case(id)) => {
            let file = desk.case(&id).await;
            Msg::CaseFile(id, looked(file).map(|file| file.map(Box::new)))
        }
        Effect::LoadFile(Subject::Account(id)) => {
            let file = desk.account(&id).await;
            Msg::AccountFile(id, looked(file).map(|file| file.map(Box::new)))
        }
        Effect::LoadFile(Subject::Report(_) | Subject::NewInquiry(_)) => {
            unreachable!("reports and what is not there yet are in no list: they are not opened")
        }
        Effect::LoadRelations(accounts) => {
            let mut answers = Vec::with_capacity(accounts.len());
            for account in accounts {
                let answer = looked(desk.relations(&account).await);
                answers.push((account, answer));
            }
            Msg::Relations(answers)
        }
        Effect::LoadRelationKeys(account) => {
            let answer = desk.relation_keys(&account).await;
            Msg::RelationKeys(account, looked(answer))
        }
        Effect::CheckRelated(source, tie) => {
            let answer = desk.related(&tie.target).await;
            Msg::Related(source, tie, words(answer).map(Box::new))
        }
        Effect::LoadStatuses(case) => {
            let answer = desk.case_statuses(&case).await;
            Msg::Statuses(case, looked(answer))
        }
        Effect::LoadIds(start) => {
            let answer = desk.ids_beginning(&start).await;
            Msg::Ids(start, looked(answer))
        }
        Effect::FindOwner(target) => {
            let answer = match &target {
                Target::Item(subject) => Ok(Some(subject.clone())),
                Target::Report(id) => desk.owner_of_report(id).await,
                Target::Verification(id) => desk.owner_of_verification(id).await,
            };
            Msg::Owner(target, looked(answer))
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
        Effect::LoadMarks(inquiries, cases, edits) => {
            Msg::Marks(edits, looked(desk.marked(&inquiries, &cases).await))
        }
        Effect::Mark(steps) => Msg::Marked(words(desk.mark(&steps).await)),
        Effect::FindIds(view, stretch) => Msg::ToMark(looked(desk.ids_of(&view, &stretch).await)),
        Effect::LoadParts(wanted) => {
            let parts = looked(desk.parts(&wanted).await);
            Msg::Parts(Box::new(wanted), parts)
        }
        Effect::SubmitBulk(drafts) => Msg::SubmittedBulk(words(desk.submit_bulk(drafts).await)),
        Effect::LoadSnoozes => Msg::Snoozes(looked(desk.snoozes().await)),
        Effect::Snooze(steps, deed) => Msg::Snoozed(deed, words(desk.snooze(&steps).await)),
        Effect::LoadLooks => Msg::Looks(looked(desk.looks().await)),
        Effect::Look(item) => {
            if let Err(why) = desk.tell_look(item.as_ref()).await {
                tracing::warn!(%why, "colleagues cannot see what is open here");
            }
            Msg::Looked
        }
        Effect::Welcome(back) => Msg::Welcomed(words(desk.welcome(&back).await)),
        Effect::Release(id) => {
            let answer = words(desk.release(&id).await);
            Msg::Released(id, answer)
        }
        Effect::Submit(drafts) => Msg::Submitted(words(desk.commit(drafts).await)),
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

/// Of what was only to be read.
fn looked<T>(answer: Result<T, StoreError>) -> Result<T, String> {
    answer.map_err(|why| why.when_looking())
}
