//! What each command does to the state. Refusals are sentences in a toast.

use super::{
    Effect, Pane, State, Tone, album, ask, bulk, claim, copy, evidence, filter, follow, goto, lock,
    marks, measure, open, relate, relations, reveal, snooze, stage, stats, tag, views,
};
use crate::{
    model::{ReportId, Subject, filter::List},
    tui::{
        available::{self, available},
        command::Command,
        guard,
        palette::Palette,
        panes::detail,
        relations::walk::Way,
        state::{File, Leaving, Overlay, Tab},
        undoing,
        unsent::Unsent,
    },
};

pub fn act(state: &mut State, command: Command) -> Vec<Effect> {
    if command != Command::Interrupt {
        state.leaving = Leaving::No;
    }
    let (mut effects, waits) = follow::before(state, command);
    if waits {
        return effects;
    }
    match available(state, command) {
        Ok(()) => effects.extend(take(state, command)),
        Err(why) => effects.extend(refuse(state, why)),
    }
    effects
}

fn take(state: &mut State, command: Command) -> Vec<Effect> {
    if let Some(effects) = bulk::take(state, command) {
        return effects;
    }
    match command {
        Command::Down => step(state, 1),
        Command::Up => step(state, -1),
        Command::PageDown => step(state, half_page(state)),
        Command::PageUp => step(state, -half_page(state)),
        Command::First => step(state, i64::MIN / 2),
        Command::Last => step(state, i64::MAX / 2),
        Command::Open => open_selected(state),
        Command::Back => back(state),
        Command::NextItem => neighbour(state, 1),
        Command::PreviousItem => neighbour(state, -1),
        Command::JumpBack => goto::back(state),
        Command::JumpForward => goto::forward(state),
        Command::NextPane => turn(state, Turn::Next),
        Command::PreviousPane => turn(state, Turn::Previous),
        Command::InquiriesPane => views::on(state, 1),
        Command::CasesPane => views::on(state, 2),
        Command::View4 => views::on(state, 4),
        Command::View5 => views::on(state, 5),
        Command::View6 => views::on(state, 6),
        Command::View7 => views::on(state, 7),
        Command::View8 => views::on(state, 8),
        Command::View9 => views::on(state, 9),
        Command::RelationsPane => focus(state, Pane::Relations),
        Command::Approve | Command::Decline if available::joins(state) => {
            stage::inquiries(state, command)
        }
        Command::Approve | Command::Decline | Command::Escalate | Command::OneTimeLink => {
            stage::verdict(state, command)
        }
        Command::AssignToMe => match state.detail.as_ref().map(|detail| &detail.file) {
            Some(File::Inquiry(_)) => claim::claim(state),
            _ => stage::verdict(state, command),
        },
        Command::Fetch => {
            state.toast = None;
            claim::fetch(state)
        }
        Command::Release => claim::release(state),
        Command::Tag => tag::open(state),
        Command::CaseStatus => status_menu(state),
        Command::Dismiss => stage::dismissal(state),
        Command::Undo => match undoing::wanted(state) {
            Ok(effect) => vec![effect],
            Err(why) => refuse(state, why),
        },
        Command::Repeat => stage::again(state),
        Command::Mark
        | Command::MarkRange
        | Command::MarkAll
        | Command::InvertMarks
        | Command::ClearMarks => marks::take(state, command),
        Command::Snooze => snooze::open(state),
        Command::Relations => relations::show(state),
        Command::Fold => relations::fold(state),
        Command::Walk => relations::walk(state),
        Command::AddRelation => relate::add(state),
        Command::RemoveRelation => relate::remove(state),
        Command::NextTab => turn_tab(state, 1),
        Command::PreviousTab => turn_tab(state, -1),
        Command::Checks => {
            if let Some(detail) = &mut state.detail {
                detail.checks = detail.checks.next();
                (detail.cursor, detail.scroll) = (0, 0);
            }
            Vec::new()
        }
        Command::Copy => copy::menu(state),
        Command::Photos => album::open(state),
        Command::Reveal => reveal::value(state),
        Command::RevealItem => reveal::item(state),
        Command::Filter => filter::open(state),
        Command::ClearFilter => filter::clear(state),
        Command::Views => views::list(state),
        Command::LastView => views::back(state),
        Command::Order => views::explain(state),
        Command::AskPersona => match filter::list_of(state.list_pane()) {
            Some(list) => views::ask_persona(state, list),
            None => refuse(state, "only inquiries and cases are asked for by a filter"),
        },
        Command::Refetch => match state.detail.as_ref().map(|detail| detail.subject.clone()) {
            Some(subject) => {
                state.album.forget_failures();
                state.detail.as_mut().map(evidence::forget);
                let mut effects = vec![ask(state, subject)];
                effects.extend(evidence::wanted(state));
                if state.focus == Pane::Relations {
                    effects.extend(relations::refetch(state));
                }
                effects
            }
            None => Vec::new(),
        },
        Command::Outbox => {
            state.overlay = Some(Overlay::Outbox { cursor: 0 });
            Vec::new()
        }
        Command::Mismatches => {
            state.overlay = Some(Overlay::Mismatches { cursor: 0 });
            vec![Effect::LookAtMismatches]
        }
        Command::Stats => {
            state.overlay = Some(Overlay::Stats);
            vec![stats(state)]
        }
        Command::Results => vec![Effect::WriteResults(state.settings.results.clone())],
        Command::Prompt => {
            // It takes the toast's place.
            state.toast = None;
            state.palette = Some(Palette::default());
            Vec::new()
        }
        Command::Repaint => vec![Effect::Repaint],
        Command::Help => {
            state.overlay = Some(Overlay::Help { scroll: 0 });
            Vec::new()
        }
        Command::Lock => lock::lock(state, None),
        Command::Suspend => vec![Effect::Suspend],
        Command::Interrupt => interrupt(state),
        Command::Quit => quit(state),
    }
}

pub fn refuse(state: &mut State, why: impl Into<String>) -> Vec<Effect> {
    state.say(why, Tone::Bad);
    Vec::new()
}

fn half_page(state: &State) -> i64 {
    let height = match state.focus {
        Pane::Cases => state.cases.height,
        Pane::Inquiries => state.inquiries.height,
        Pane::Relations => state.relations.height,
        Pane::Detail => state.size.1 / 2,
    };
    i64::from((height / 2).max(1))
}

pub fn step(state: &mut State, rows: i64) -> Vec<Effect> {
    match state.focus {
        Pane::Detail => {
            scroll(state, rows);
            Vec::new()
        }
        _ => {
            move_cursor(state, rows);
            follow::cursor_at_rest(state)
        }
    }
}

/// Moves the cursor of the detail, wherever the keys are.
pub fn scroll(state: &mut State, rows: i64) {
    if let Some(detail) = &mut state.detail {
        let at = i64::try_from(detail.cursor).unwrap_or(i64::MAX).saturating_add(rows);
        detail.cursor = usize::try_from(at.max(0)).unwrap_or(usize::MAX);
    }
    super::clamp_scroll(state);
}

/// Looking at another part of the evidence is going to it: the keys are the detail's from then on.
fn turn_tab(state: &mut State, tabs: isize) -> Vec<Effect> {
    let Some(detail) = &mut state.detail else { return Vec::new() };
    detail.tab = detail.tab.turned(tabs);
    (detail.cursor, detail.scroll) = (0, 0);
    state.focus = Pane::Detail;
    measure(state);
    evidence::wanted(state)
}

fn move_cursor(state: &mut State, rows: i64) {
    match state.list_pane() {
        Pane::Inquiries => state.inquiries.move_by(rows),
        Pane::Cases => state.cases.move_by(rows),
        Pane::Relations | Pane::Detail => {
            let cursor = i64::try_from(state.relations.cursor()).unwrap_or(0).saturating_add(rows);
            state.relations.move_to(usize::try_from(cursor.max(0)).unwrap_or(0));
        }
    }
}

fn open_selected(state: &mut State) -> Vec<Effect> {
    let target = match state.focus {
        Pane::Detail => match detail::under_cursor(state) {
            Some(detail::On::Subject(subject)) => Some(subject),
            Some(detail::On::Report(report) | detail::On::Match { report, .. }) => {
                return open_report(state, &report);
            }
            Some(detail::On::Photo) => return album::open(state),
            Some(detail::On::Fold(pointer)) => return fold(state, pointer),
            _ => state.detail.as_ref().and_then(|detail| detail.inquiry_behind()),
        },
        _ => state.selected(),
    };
    match target {
        Some(subject) => open(state, subject),
        None => available::found_nothing(state)
            .map_or_else(Vec::new, |list| views::look_further(state, list)),
    }
}

/// A report is read among the evidence of the inquiry that it is about.
fn open_report(state: &mut State, id: &ReportId) -> Vec<Effect> {
    let exhibits = state.detail.as_ref().and_then(|detail| detail.exhibits());
    let inquiry = exhibits.and_then(|exhibits| exhibits.report(id)?.inquiry.clone());
    let Some(inquiry) = inquiry.map(Subject::Inquiry) else { return Vec::new() };
    let effects = open(state, inquiry);
    if let Some(detail) = &mut state.detail {
        detail.tab = Tab::Reports;
    }
    effects
}

fn fold(state: &mut State, pointer: String) -> Vec<Effect> {
    if let Some(detail) = &mut state.detail
        && !detail.raw.folded.remove(&pointer)
    {
        detail.raw.folded.insert(pointer);
    }
    super::clamp_scroll(state);
    Vec::new()
}

fn back(state: &mut State) -> Vec<Effect> {
    if marks::escape(state) {
        return Vec::new();
    }
    match state.focus {
        Pane::Detail => focus_list_of_detail(state),
        Pane::Relations => relations::back(state).unwrap_or_else(|| focus(state, Pane::Inquiries)),
        Pane::Cases => focus(state, Pane::Inquiries),
        Pane::Inquiries => {
            let quit = state.key(Command::Quit);
            let said = match state.marks.count(List::Inquiries) {
                0 => format!("there is nothing to go back from; {quit} quits"),
                marked => {
                    format!(
                        "{marked} are marked: {} lets go of them",
                        state.key(Command::ClearMarks)
                    )
                }
            };
            state.say(said, Tone::Plain);
            Vec::new()
        }
    }
}

fn focus_list_of_detail(state: &mut State) -> Vec<Effect> {
    focus(state, state.list_pane())
}

pub fn focus(state: &mut State, pane: Pane) -> Vec<Effect> {
    state.focus = pane;
    measure(state);
    follow::cursor(state)
}

enum Turn {
    Next,
    Previous,
}

fn turn(state: &mut State, turn: Turn) -> Vec<Effect> {
    let ring = [Pane::Inquiries, Pane::Cases, Pane::Relations, Pane::Detail];
    let at = ring.iter().position(|pane| *pane == state.focus).unwrap_or(0);
    let next = match turn {
        Turn::Next => ring[(at + 1) % ring.len()],
        Turn::Previous => ring[(at + ring.len() - 1) % ring.len()],
    };
    if next == Pane::Detail && state.detail.is_none() {
        return focus(
            state,
            if matches!(turn, Turn::Next) { Pane::Inquiries } else { Pane::Relations },
        );
    }
    if next == Pane::Detail {
        state.focus = next;
        measure(state);
        return Vec::new();
    }
    focus(state, next)
}

/// The next or previous item of the list, opened if the reviewer reads in the detail.
fn neighbour(state: &mut State, rows: i64) -> Vec<Effect> {
    if state.list_pane() == Pane::Relations && state.relations.walk.is_some() {
        return relations::step(state, if rows > 0 { Way::Down } else { Way::Up });
    }
    let before = state.selected();
    move_cursor(state, rows);
    if state.selected() == before {
        let said = if rows > 0 { "this is the last item" } else { "this is the first item" };
        state.say(said, Tone::Plain);
    }
    if state.focus != Pane::Detail {
        return follow::cursor_at_rest(state);
    }
    let mut effects = follow::cursor(state);
    if !effects.is_empty()
        && let Some(subject) = state.detail.as_ref().map(|detail| detail.subject.clone())
    {
        effects.push(ask(state, subject));
        effects.extend(evidence::ahead(state));
    }
    effects
}

fn status_menu(state: &mut State) -> Vec<Effect> {
    if guard::proposed(state).is_some() {
        return stage::verdict(state, Command::CaseStatus);
    }
    match guard::status_menu(state).map(|case| case.id.clone()) {
        Ok(case) => vec![Effect::LoadStatuses(case)],
        Err(why) => refuse(state, why),
    }
}

fn interrupt(state: &mut State) -> Vec<Effect> {
    match state.leaving {
        Leaving::No => {
            state.leaving = Leaving::Asked;
            state.say(format!("{} again quits", state.key(Command::Interrupt)), Tone::Plain);
        }
        Leaving::Asked | Leaving::Yes | Leaving::Cut => leave(state),
    }
    Vec::new()
}

fn quit(state: &mut State) -> Vec<Effect> {
    match state.focus {
        Pane::Inquiries => {
            leave(state);
            Vec::new()
        }
        _ => back(state),
    }
}

/// Leaves, or asks first where decisions are on their way.
fn leave(state: &mut State) {
    if state.tutor.is_some() {
        // The practice world goes with its console: nobody waits for what was decided there.
        state.leaving = Leaving::Yes;
        return;
    }
    match Unsent::of(state) {
        unsent if unsent.any() => state.overlay = Some(Overlay::Leave(unsent)),
        _ => state.leaving = Leaving::Yes,
    }
}
