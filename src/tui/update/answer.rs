//! What the desk says: rows, files, results of deeds, and news that nobody asked for.

use jiff::SignedDuration;

use super::{
    Effect, Leaving, Pane, State, Tone, Touched, album, ask, evidence, follow_cursor, follow_rows,
    load_cases, load_inquiries, measure, relate, relations, reveal,
};
use crate::{
    desk::{Changes, Note, Placed, SyncState, TakenBack},
    metrics::Stats,
    model::{Subject, Verb, difference},
    tui::{
        format,
        listing::List,
        msg::{Answer, Msg},
        pending,
        staged::{Purpose, Staged},
        state::{Breach, File, Overlay},
        widgets::health,
    },
};

pub fn take(state: &mut State, msg: Msg) -> Vec<Effect> {
    match msg {
        Msg::Changed(changes) => changed(state, &changes),
        Msg::Inquiries(view, answer) if view == state.inquiry_view => {
            place(&mut state.inquiries, state.touched, answer, |row| row.id.clone());
            follow_rows(state)
        }
        Msg::Cases(view, answer) if view == state.case_view => {
            place(&mut state.cases, state.touched, answer, |row| row.id.clone());
            follow_rows(state)
        }
        Msg::Inquiries(..) | Msg::Cases(..) => Vec::new(),
        Msg::Glance(Ok((glance, outbox))) => {
            state.glance = glance;
            state.outbox = outbox;
            Vec::new()
        }
        Msg::Mismatches(Ok(known)) => {
            if let Some(Overlay::Mismatches { cursor }) = &mut state.overlay {
                *cursor = (*cursor).min(known.list.len().saturating_sub(1));
            }
            state.mismatches = known;
            Vec::new()
        }
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
        Msg::Submitted(answer) => submitted(state, answer),
        Msg::Confirmed(answer) => confirmed(state, answer),
        Msg::Undone(Ok(undone)) => {
            taken_back(state, undone);
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
            judge(state, stats);
            Vec::new()
        }
        Msg::Sync(sync) => {
            synced(state, sync);
            Vec::new()
        }
        Msg::Acknowledged(Ok(())) | Msg::Journaled(Ok(())) | Msg::LookedAtMismatches(Ok(())) => {
            Vec::new()
        }
        Msg::Glance(Err(why))
        | Msg::Mismatches(Err(why))
        | Msg::LookedAtMismatches(Err(why))
        | Msg::Statuses(_, Err(why))
        | Msg::RelationKeys(_, Err(why))
        | Msg::Undone(Err(why))
        | Msg::Acknowledged(Err(why))
        | Msg::Journaled(Err(why)) => {
            state.say(why, Tone::Bad);
            Vec::new()
        }
        Msg::Key(_)
        | Msg::Paste(_)
        | Msg::Resized(..)
        | Msg::Woke
        | Msg::Drawn
        | Msg::Terminate => {
            unreachable!("update takes these itself")
        }
    }
}

/// Reloads what moved.
fn changed(state: &State, changes: &Changes) -> Vec<Effect> {
    let mut effects = Vec::new();
    if changes.mismatches {
        effects.push(Effect::LoadMismatches);
    }
    if !changes.any_rows() {
        return effects;
    }
    if changes.inquiries || changes.actions {
        effects.push(load_inquiries(state));
    }
    if changes.cases || changes.actions {
        effects.push(load_cases(state));
    }
    effects.push(Effect::LoadGlance);
    if let Some(detail) = &state.detail {
        effects.push(Effect::LoadFile(detail.subject.clone()));
    }
    if state.relations.root().is_some() {
        effects.push(relations::load(state));
    }
    effects
}

/// Puts a window of rows in place and keeps the cursor on the row it was on. Until somebody touches
/// a key it stays at the top: what a first fill brings is older, and more urgent.
fn place<T, I: PartialEq>(
    list: &mut List<T>,
    touched: Touched,
    answer: Answer<Placed<T>>,
    id: impl Fn(&T) -> I,
) {
    match answer {
        Ok(placed) if touched == Touched::NotYet => {
            list.rows = placed.rows;
            list.loaded = true;
            list.problem = None;
            list.move_to(0);
        }
        Ok(placed) => {
            let under_cursor = list.selected().map(&id);
            let offset = list.cursor.saturating_sub(list.top);
            list.rows = placed.rows;
            list.loaded = true;
            list.problem = None;
            let first = list.rows.first;
            let found = list.rows.rows.iter().position(|row| under_cursor == Some(id(row)));
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
            && !staged.submitted
            // Whether a relation is there is no part of the account's version.
            && staged.verb.tie().is_none()
            && detail.version(&staged.subject).as_ref() != Some(&staged.evidence)
    });
    if moved {
        let what =
            difference(&before, &detail.file).map_or(String::new(), |moved| format!(" ({moved})"));
        state.staged = None;
        let said =
            format!("nothing was sent: this item changed while you decided{what}; look again");
        state.say(said, Tone::Bad);
        measure(state);
    }
    super::clamp_scroll(state);
    // What was loaded beside an older version is loaded again.
    if version.is_some()
        && version != now_shown
        && let Some(detail) = &mut state.detail
    {
        evidence::forget(detail);
    }
    evidence::wanted(state)
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

/// A decision is durable, or it is not and stays staged.
fn submitted(state: &mut State, answer: Answer<()>) -> Vec<Effect> {
    let Some(mut staged) = state.staged.take() else { return Vec::new() };
    if let Err(why) = answer {
        staged.submitted = false;
        state.staged = Some(staged);
        state.say(format!("not recorded, nothing was sent: {why}"), Tone::Bad);
        return Vec::new();
    }
    let what = format!("{} of {}{}", staged.verb.words(), staged.subject.short(), staged.too());
    match staged.purpose {
        Purpose::Propose(_) => {
            let said = format!("{what} is proposed: a second person confirms it; u takes it back");
            state.say(said, Tone::Good);
        }
        _ => leaves(state, &what),
    }
    over(state, staged)
}

/// What was proposed goes on its way, or not.
fn confirmed(state: &mut State, answer: Answer<()>) -> Vec<Effect> {
    let staged = state.staged.take();
    match (answer, staged) {
        (Ok(()), Some(staged)) => {
            let what = format!("{} of {}, confirmed,", staged.verb.words(), staged.subject.short());
            leaves(state, &what);
            over(state, staged)
        }
        (answer, _) => {
            if let Err(why) = answer {
                state.say(format!("not confirmed: {why}"), Tone::Bad);
            }
            measure(state);
            Vec::new()
        }
    }
}

fn leaves(state: &mut State, what: &str) {
    let said = match state.settings.hold.as_secs() {
        0 => format!("{what} is on its way"),
        hold => format!("{what} leaves in {hold} s; u takes it back"),
    };
    state.say(said, Tone::Good);
}

/// What was staged is durable: on to the next.
fn over(state: &mut State, staged: Staged) -> Vec<Effect> {
    state.committed = Some((staged.subject.clone(), staged.verb.clone()));
    measure(state);
    match staged.verb {
        Verb::Approve | Verb::Decline | Verb::MarkForReview | Verb::SetCaseStatus(_) => {
            next_item(state, &staged.subject)
        }
        _ => Vec::new(),
    }
}

fn taken_back(state: &mut State, undone: TakenBack) {
    match undone {
        TakenBack::Cancelled => {
            state.committed = None;
            state.say("taken back; nothing was sent", Tone::Good);
        }
        TakenBack::Proposed => {
            state.committed = None;
            state.say("your confirmation is taken back; it is proposed again", Tone::Good);
        }
        TakenBack::Returned { to } => {
            state.say(format!("returned to {to}; nothing was sent"), Tone::Good);
        }
        TakenBack::TooLate => {
            let remedy = state.committed.as_ref().map(|(_, verb)| pending::remedy(verb));
            let said = "too late to take it back: it is on its way to Persona";
            state.say(format!("{said}; {}", remedy.unwrap_or_default()), Tone::Bad);
        }
    }
}

/// The next item of the list, opened if the reviewer reads in the detail.
fn next_item(state: &mut State, decided: &Subject) -> Vec<Effect> {
    if let (Pane::Relations, Subject::Inquiry(inquiry)) = (state.list_pane(), decided) {
        return relations::decided(state, inquiry);
    }
    let reading = state.focus == Pane::Detail;
    // A row that left the list while it was decided has made room for the next one already.
    let is_there = state.selected().as_ref() == Some(decided);
    let (cursor, total) = match (state.list_pane(), decided) {
        (Pane::Inquiries, Subject::Inquiry(_)) => {
            (state.inquiries.cursor, state.inquiries.rows.total)
        }
        (Pane::Cases, Subject::Case(_)) => (state.cases.cursor, state.cases.rows.total),
        _ => return Vec::new(),
    };
    if is_there && cursor + 1 >= total {
        return Vec::new();
    }
    match (is_there, state.list_pane()) {
        (true, Pane::Cases) => state.cases.move_by(1),
        (true, _) => state.inquiries.move_by(1),
        (false, _) => {}
    }
    let mut effects = follow_cursor(state);
    if reading && let Some(subject) = state.detail.as_ref().map(|detail| detail.subject.clone()) {
        effects.push(ask(state, subject));
        effects.extend(evidence::ahead(state));
    }
    effects
}

/// Turns figures above their limits into words, which stay until a key is pressed.
fn judge(state: &mut State, stats: Stats) {
    let mut words = Vec::new();
    if stats.slow
        && let Some(p95) = stats.p95
    {
        let sla = format::latency(state.settings.sla);
        words.push(format!("SLOW: p95 {} is above {sla}", format::latency(p95)));
    }
    if stats.failing
        && let Some(rate) = stats.error_rate
    {
        let limit = format::percent(state.settings.error_rate);
        words.push(format!("FAILING: {} of requests, limit {limit}", format::percent(rate)));
    }
    state.stats = stats;
    match (&mut state.breach, words.is_empty()) {
        (_, false) => state.breach = Some(Breach { text: words.join(" · "), over: false }),
        (Some(breach), true) => breach.over = true,
        (None, true) => {}
    }
}

/// So long a closed gap is news.
const NEWS: SignedDuration = SignedDuration::from_secs(60);

/// Says what changed about the connection, once.
fn synced(state: &mut State, sync: SyncState) {
    let is_another =
        std::mem::discriminant(&sync.phase) != std::mem::discriminant(&state.sync.phase);
    if state.leaving == Leaving::No {
        if is_another && let Some(said) = health::trouble(&sync.phase) {
            state.say(said, Tone::Bad);
        }
        // One of long ago is told to a console that has just come, and no news.
        if sync.repaired != state.sync.repaired
            && let Some(repair) = &sync.repaired
            && state.now.duration_since(repair.at) < NEWS
        {
            state.say(health::repaired(repair, state.now), Tone::Plain);
        }
    }
    state.sync = sync;
}
