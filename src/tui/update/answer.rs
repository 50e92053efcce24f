//! What the desk says: rows, files, results of deeds, and news that nobody asked for. What came of
//! decisions is `decided`'s, figures and the connection are `health`'s.

use super::{
    Effect, State, Tone, Touched, album, bulk, claim, command, decided, evidence, follow,
    forgotten, goto, health, load_cases, load_inquiries, marks, measure, palette, relate,
    relations, reveal, snooze, stats, unfinished, views,
};
use crate::{
    desk::{Changes, Note, Placed},
    model::{Subject, difference},
    tui::{
        listing::List,
        msg::{Answer, Msg},
        state::{File, Overlay},
    },
};

pub fn take(state: &mut State, msg: Msg) -> Vec<Effect> {
    if msg.ends_a_wait() {
        state.toast.take_if(|toast| toast.tone == Tone::Progress);
    }
    match msg {
        Msg::Changed(changes) => changed(state, &changes),
        // What is on the screen stays; the header says why nothing newer comes.
        Msg::Inquiries(_, Err(_)) if state.away.is_some() && state.inquiries.loaded => Vec::new(),
        Msg::Cases(_, Err(_)) if state.away.is_some() && state.cases.loaded => Vec::new(),
        Msg::Glance(Err(_)) | Msg::Counted(Err(_)) | Msg::Mismatches(Err(_))
            if state.away.is_some() =>
        {
            Vec::new()
        }
        Msg::Inquiries(view, answer) if view == state.inquiry_view => {
            let seek = state.seek.as_ref().map(Subject::id);
            place(&mut state.inquiries, (state.touched, seek), answer, |row| row.id.as_str());
            follow::rows(state)
        }
        Msg::Cases(view, answer) if view == state.case_view => {
            let seek = state.seek.as_ref().map(Subject::id);
            place(&mut state.cases, (state.touched, seek), answer, |row| row.id.as_str());
            follow::rows(state)
        }
        Msg::Inquiries(..) | Msg::Cases(..) => Vec::new(),
        Msg::Glance(Ok((glance, outbox))) => {
            state.glance = glance;
            (state.outbox, state.bulks) = (outbox.actions, outbox.bulks);
            Vec::new()
        }
        Msg::Mismatches(Ok(known)) => {
            if let Some(Overlay::Mismatches { cursor }) = &mut state.overlay {
                *cursor = (*cursor).min(known.list.len().saturating_sub(1));
            }
            state.mismatches = known;
            Vec::new()
        }
        Msg::Judgements(Ok(judgements)) => {
            state.judgements = Some(judgements);
            Vec::new()
        }
        Msg::Results(answer) => {
            bulk::written(state, answer);
            Vec::new()
        }
        Msg::Views(said, answer) => views::saved(state, said, answer),
        Msg::Forgotten(answer) => forgotten::came(state, answer),
        Msg::Counted(Ok(figures)) => views::came(state, figures),
        Msg::Explained(answer) => views::explained(state, answer.map(|found| found.map(|it| *it))),
        Msg::Asked(answer) => views::found(state, answer),
        Msg::InquiryFile(id, file) => {
            let file = file.map(|file| file.map_or(File::Missing, File::Inquiry));
            shown(state, &Subject::Inquiry(id), file)
        }
        Msg::CaseFile(id, file) => {
            let file = file.map(|file| file.map_or(File::Missing, File::Case));
            shown(state, &Subject::Case(id), file)
        }
        Msg::AccountFile(id, file) => {
            let file = file.map(|file| file.map_or(File::Missing, File::Account));
            shown(state, &Subject::Account(id), file)
        }
        Msg::Relations(answers) => relations::loaded(state, answers),
        Msg::RelationsFetched(account, answer) => relations::fetched(state, &account, answer),
        Msg::RelationKeys(account, Ok(keys)) => relate::keys(state, account, keys),
        Msg::Related(source, tie, answer) => relate::checked(state, &source, &tie, answer),
        Msg::Ids(typed, answer) => {
            palette::ids(state, &typed, answer.unwrap_or_default());
            Vec::new()
        }
        Msg::Owner(target, answer) => goto::owner(state, &target, answer),
        Msg::Statuses(id, Ok(known)) => {
            let subject = Subject::Case(id);
            let detail = state.detail.as_ref().filter(|detail| detail.subject == subject);
            if let Some(evidence) = detail.and_then(|detail| detail.evidence()) {
                let current = evidence.status.clone();
                let cursor = 0;
                state.overlay =
                    Some(Overlay::Statuses { subject, evidence, current, known, cursor });
            }
            Vec::new()
        }
        Msg::Events(id, answer) => evidence::came(state, id, answer, |detail| &mut detail.events),
        Msg::Raw(id, answer) => evidence::came(state, id, answer, |detail| &mut detail.raw.body),
        Msg::Refreshed(subject, answer) => {
            if let Some(detail) = &mut state.detail
                && detail.subject == subject
            {
                detail.asking = false;
                detail.problem = answer.err();
            }
            Vec::new()
        }
        Msg::FetchedAhead => Vec::new(),
        Msg::Claimed(subject, answer) => claim::claimed(state, &subject, answer),
        Msg::Next(answer) => claim::fetched(state, answer),
        Msg::Released(id, answer) => claim::released(state, &id, answer),
        Msg::Submitted(answer) => decided::submitted(state, answer),
        Msg::Confirmed(answer) => decided::confirmed(state, answer),
        Msg::Marks(edits, answer) => marks::came(state, edits, answer),
        Msg::ToMark(answer) => marks::found(state, answer),
        Msg::Parts(wanted, answer) => bulk::came(state, *wanted, answer),
        Msg::SubmittedBulk(answer) => bulk::submitted(state, answer),
        Msg::Snoozes(answer) => snooze::came(state, answer),
        Msg::Snoozed(deed, answer) => snooze::done(state, deed, answer),
        Msg::Undone(Ok(undone)) => {
            decided::taken_back(state, undone);
            Vec::new()
        }
        Msg::Link { subject, action, link } if state.lock.is_on() => {
            // Nobody is there to take it.
            state.overlay = Some(Overlay::Link { subject, action, link });
            Vec::new()
        }
        Msg::Link { subject, action, link } => {
            let note = Note::CopiedLink { subject: subject.clone(), action: action.clone() };
            let copy = Effect::Copy(link.clone());
            state.overlay = Some(Overlay::Link { subject, action, link });
            vec![copy, Effect::Journal(note)]
        }
        Msg::Photo(..) | Msg::PhotoDrawn(..) | Msg::HandedOff(..) => album::take(state, msg),
        Msg::LinksForgotten => Vec::new(),
        Msg::Recorded(then, answer) => reveal::recorded(state, then, answer),
        Msg::Stats(stats) => {
            health::judge(state, stats);
            Vec::new()
        }
        // Who looks is nothing that anybody waits for.
        Msg::Looks(answer) => {
            state.looking.others = answer.unwrap_or_default();
            Vec::new()
        }
        Msg::Looked => Vec::new(),
        Msg::Kept(kept) => {
            health::kept(state, kept);
            Vec::new()
        }
        Msg::Database(away) => {
            health::database(state, away.as_ref());
            Vec::new()
        }
        Msg::ApiKey(key) => {
            state.api_key = key;
            Vec::new()
        }
        Msg::Sync(sync) => {
            health::synced(state, sync);
            Vec::new()
        }
        Msg::Acknowledged(Ok(()))
        | Msg::Journaled(Ok(()))
        | Msg::KeptUnfinished(Ok(()))
        | Msg::Marked(Ok(()))
        | Msg::Welcomed(Ok(()))
        | Msg::LookedAtMismatches(Ok(())) => Vec::new(),
        Msg::Glance(Err(why))
        | Msg::Counted(Err(why))
        | Msg::KeptUnfinished(Err(why))
        | Msg::Mismatches(Err(why))
        | Msg::Judgements(Err(why))
        | Msg::LookedAtMismatches(Err(why))
        | Msg::Statuses(_, Err(why))
        | Msg::RelationKeys(_, Err(why))
        | Msg::Marked(Err(why))
        | Msg::Welcomed(Err(why))
        | Msg::Undone(Err(why))
        | Msg::Acknowledged(Err(why))
        | Msg::Journaled(Err(why)) => {
            state.say(why, Tone::Bad);
            Vec::new()
        }
        Msg::Key(_)
        | Msg::Paste(_)
        | Msg::Mouse(..)
        | Msg::Attended
        | Msg::Named(_)
        | Msg::Pointed(_)
        | Msg::Resized(..)
        | Msg::Woke
        | Msg::Rested
        | Msg::Edited(_)
        | Msg::Refused(_)
        | Msg::Drawn
        | Msg::Terminate => {
            unreachable!("update takes these itself")
        }
    }
}

/// Reloads what moved.
fn changed(state: &mut State, changes: &Changes) -> Vec<Effect> {
    let mut effects = Vec::new();
    if changes.mismatches {
        effects.push(Effect::LoadMismatches);
    }
    let may_go = changes.inquiries || changes.cases;
    let may_go = may_go || changes.snoozes;
    if changes.marks || may_go && !state.marks.is_empty() {
        effects.push(marks::load(state));
    }
    // What is decided ends its snooze, and so may what Persona tells.
    if changes.snoozes || changes.any_rows() && !state.snoozes.is_empty() {
        effects.push(Effect::LoadSnoozes);
    }
    if changes.looks {
        effects.push(Effect::LoadLooks);
    }
    if changes.inquiries || changes.cases || changes.accounts {
        effects.push(forgotten::look(state));
    }
    if !changes.any_rows() {
        return effects;
    }
    views::moved(state);
    if changes.inquiries || changes.actions || changes.snoozes {
        effects.push(load_inquiries(state));
    }
    if changes.cases || changes.actions || changes.snoozes {
        effects.push(load_cases(state));
    }
    effects.push(Effect::LoadGlance);
    if let Some(detail) = &state.detail {
        effects.push(Effect::LoadFile(detail.subject.clone()));
    }
    if state.relations.root().is_some() {
        effects.push(relations::load(state));
    }
    if state.tutor.is_some() || matches!(state.overlay, Some(Overlay::Stats)) {
        effects.push(stats(state));
    }
    effects
}

/// Puts a window of rows in place and keeps the cursor on the row it was on. Until somebody touches
/// a key it stays at the top: what a first fill brings is older, and more urgent.
fn place<T>(
    list: &mut List<T>,
    (touched, seek): (Touched, Option<&str>),
    answer: Answer<Placed<T>>,
    id: impl Fn(&T) -> &str,
) {
    match answer {
        Ok(placed) if touched == Touched::NotYet => {
            list.rows = placed.rows;
            list.loaded = true;
            list.problem = None;
            list.move_to(0);
        }
        Ok(placed) => {
            let under_cursor = seek.or(list.selected().map(&id)).map(str::to_owned);
            let offset = list.cursor.saturating_sub(list.top);
            list.rows = placed.rows;
            list.loaded = true;
            list.problem = None;
            let first = list.rows.first;
            let found =
                list.rows.rows.iter().position(|row| under_cursor.as_deref() == Some(id(row)));
            let at = found.map(|nth| first + nth as u64).or(placed.anchor);
            let at = at.unwrap_or(list.cursor).min(list.rows.total.saturating_sub(1));
            list.cursor = at;
            list.top = at.saturating_sub(offset);
            list.scroll();
        }
        Err(why) => list.problem = Some(why),
    }
}

/// Puts a file into the detail; lets go of a staged decision whose evidence it moved.
fn shown(state: &mut State, subject: &Subject, file: Answer<File>) -> Vec<Effect> {
    let Some(detail) = state.detail.as_mut().filter(|detail| detail.subject == *subject) else {
        return Vec::new();
    };
    let version = detail.evidence();
    let before = match file {
        Ok(file) => std::mem::replace(&mut detail.file, file),
        Err(why) => {
            detail.problem = Some(why);
            return Vec::new();
        }
    };
    let now_shown = detail.evidence();
    let moved = state.staged.as_ref().is_some_and(|staged| {
        let is_of_it = staged.subject == *subject || matches!(staged.subject, Subject::Report(_));
        is_of_it
            && staged.bulk.is_none()
            && !staged.submitted
            // Whether a relation is there is no part of the account's version.
            && staged.verb.tie().is_none()
            && detail.version(&staged.subject).as_ref() != Some(&staged.evidence)
    });
    if moved {
        let what =
            difference(&before, &detail.file).map_or(String::new(), |moved| format!(" ({moved})"));
        unfinished::let_go(state);
        let said =
            format!("nothing was sent: this item changed while you decided{what}; look again");
        state.say(said, Tone::Bad);
        measure(state);
    }
    bulk::shown(state, subject);
    super::clamp_scroll(state);
    // What was loaded beside an older version is loaded again.
    if version.is_some()
        && version != now_shown
        && let Some(detail) = &mut state.detail
    {
        evidence::forget(detail);
    }
    let mut effects = evidence::wanted(state);
    if let Some(command) = state.detail.as_mut().and_then(|detail| detail.then.take()) {
        effects.extend(command::act(state, command));
    }
    effects
}

/// What differs between two looks at an item, in words.
fn difference(before: &File, after: &File) -> Option<String> {
    difference::words(&match (before, after) {
        (File::Inquiry(before), File::Inquiry(after)) => difference::of_inquiries(
            (&before.inquiry, &before.verifications),
            (&after.inquiry, &after.verifications),
        ),
        (File::Case(before), File::Case(after)) => difference::of_cases(&before.case, &after.case),
        _ => Vec::new(),
    })
}
