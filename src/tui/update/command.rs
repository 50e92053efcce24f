//! What each command does to the state. Refusals are sentences in a toast.

use tui_input::Input;

use super::{
    Effect, Pane, State, Tone, album, ask, copy, dialog, evidence, follow, load_cases,
    load_inquiries, lock, measure, open, relate, relations, reveal, stage, undo,
};
use crate::{
    desk::{CaseView, InquiryView},
    model::{InquiryStatus, ReportId, Subject},
    tui::{
        command::Command,
        guard,
        panes::detail,
        prompt::Prompt,
        relations::walk::Way,
        state::{Filter, Leaving, Overlay, Tab},
    },
};

pub fn act(state: &mut State, command: Command) -> Vec<Effect> {
    if command != Command::Interrupt {
        state.leaving = Leaving::No;
    }
    let (mut effects, waits) = follow::before(state, command);
    if !waits {
        effects.extend(take(state, command));
    }
    effects
}

fn take(state: &mut State, command: Command) -> Vec<Effect> {
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
        Command::NextPane => turn(state, Turn::Next),
        Command::PreviousPane => turn(state, Turn::Previous),
        Command::InquiriesPane => focus(state, Pane::Inquiries),
        Command::CasesPane => focus(state, Pane::Cases),
        Command::RelationsPane => focus(state, Pane::Relations),
        Command::Approve
        | Command::Decline
        | Command::Escalate
        | Command::OneTimeLink
        | Command::AssignToMe => stage::verdict(state, command),
        Command::CaseStatus => status_menu(state),
        Command::Dismiss => stage::dismissal(state),
        Command::Undo => undo::undo(state),
        Command::Relations => relations::show(state),
        Command::Fold => match state.focus {
            Pane::Relations => relations::fold(state),
            _ => refuse(state, "only the tree of relations folds"),
        },
        Command::Walk => relations::walk(state),
        Command::AddRelation if state.staged.is_some() => dialog::refuse_while_staged(state),
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
        Command::Filter => filter(state),
        Command::ClearFilter => clear_filter(state),
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
            None => refuse(state, "nothing is selected"),
        },
        Command::Outbox => {
            state.overlay = Some(Overlay::Outbox { cursor: 0 });
            Vec::new()
        }
        Command::Mismatches => {
            state.overlay = Some(Overlay::Mismatches { cursor: 0 });
            vec![Effect::LookAtMismatches]
        }
        Command::Prompt => {
            // It takes the toast's place.
            state.toast = None;
            state.prompt = Some(Prompt::default());
            Vec::new()
        }
        Command::Repaint => vec![Effect::Repaint],
        Command::Help => {
            state.overlay = Some(Overlay::Help { scroll: 0 });
            Vec::new()
        }
        Command::Lock => lock::lock(state, None),
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

fn step(state: &mut State, rows: i64) -> Vec<Effect> {
    match state.focus {
        Pane::Detail => {
            if let Some(detail) = &mut state.detail {
                let at = i64::try_from(detail.cursor).unwrap_or(i64::MAX).saturating_add(rows);
                detail.cursor = usize::try_from(at.max(0)).unwrap_or(usize::MAX);
            }
            super::clamp_scroll(state);
            Vec::new()
        }
        _ => {
            move_cursor(state, rows);
            follow::cursor_at_rest(state)
        }
    }
}

/// Looking at another part of the evidence is going to it: the keys are the detail's from then on.
fn turn_tab(state: &mut State, tabs: isize) -> Vec<Effect> {
    let Some(detail) = &mut state.detail else { return refuse(state, "nothing is selected") };
    if !matches!(detail.subject, Subject::Inquiry(_)) {
        return refuse(state, "only an inquiry's evidence has tabs");
    }
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
    match (target, state.focus) {
        (Some(subject), _) => open(state, subject),
        (None, Pane::Detail) => Vec::new(),
        (None, _) => refuse(state, "there is nothing to open here"),
    }
}

/// A report is read among the evidence of the inquiry that it is about.
fn open_report(state: &mut State, id: &ReportId) -> Vec<Effect> {
    let exhibits = state.detail.as_ref().and_then(|detail| detail.exhibits());
    let inquiry = exhibits.and_then(|exhibits| exhibits.report(id)?.inquiry.clone());
    let Some(inquiry) = inquiry.map(Subject::Inquiry) else {
        return refuse(state, "this report is about no inquiry: all that is known of it is here");
    };
    if state.detail.as_ref().is_some_and(|detail| detail.subject == inquiry) {
        return Vec::new();
    }
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
    match state.focus {
        Pane::Detail => focus_list_of_detail(state),
        Pane::Relations => relations::back(state).unwrap_or_else(|| focus(state, Pane::Inquiries)),
        Pane::Cases => focus(state, Pane::Inquiries),
        Pane::Inquiries => Vec::new(),
    }
}

fn focus_list_of_detail(state: &mut State) -> Vec<Effect> {
    focus(state, state.list_pane())
}

fn focus(state: &mut State, pane: Pane) -> Vec<Effect> {
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
    move_cursor(state, rows);
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

fn filter(state: &mut State) -> Vec<Effect> {
    let before = (state.inquiry_view.clone(), state.case_view.clone());
    if let Some(detail) = state.detail.as_ref().filter(|detail| detail.tab == Tab::Raw)
        && state.focus == Pane::Detail
    {
        let input = Input::new(detail.raw.find.clone());
        state.filter = Some(Filter { pane: Pane::Detail, input, before });
        return Vec::new();
    }
    let pane = state.list_pane();
    if pane == Pane::Relations {
        return refuse(
            state,
            "relations are few enough to see: only inquiries and cases are filtered",
        );
    }
    let text = match pane {
        Pane::Cases => case_filter_text(&state.case_view),
        _ => inquiry_filter_text(&state.inquiry_view),
    };
    state.focus = pane;
    measure(state);
    state.filter = Some(Filter { pane, input: Input::new(text), before });
    Vec::new()
}

fn clear_filter(state: &mut State) -> Vec<Effect> {
    if let Some(detail) = state.detail.as_mut().filter(|detail| !detail.raw.find.is_empty()) {
        detail.raw.find.clear();
        return Vec::new();
    }
    match state.list_pane() {
        Pane::Cases => {
            state.case_view = CaseView::default();
            vec![load_cases(state)]
        }
        _ => {
            state.inquiry_view = queue();
            vec![load_inquiries(state)]
        }
    }
}

/// The queue that waits for a person.
pub fn queue() -> InquiryView {
    InquiryView { status: Some(InquiryStatus::NeedsReview), search: None }
}

/// The words that make this view, for editing.
fn inquiry_filter_text(view: &InquiryView) -> String {
    let status = match &view.status {
        Some(InquiryStatus::NeedsReview) => String::new(),
        Some(status) => format!("status:{status} "),
        None => "status:any ".to_owned(),
    };
    status + view.search.as_ref().map_or("", |search| search.as_str())
}

fn case_filter_text(view: &CaseView) -> String {
    let scope = if view == &(CaseView { search: view.search.clone(), ..CaseView::default() }) {
        ""
    } else {
        "status:any "
    };
    scope.to_owned() + view.search.as_ref().map_or("", |search| search.as_str())
}

fn interrupt(state: &mut State) -> Vec<Effect> {
    match state.leaving {
        Leaving::No => {
            state.leaving = Leaving::Asked;
            state.say("Ctrl-c again quits", Tone::Plain);
        }
        Leaving::Asked | Leaving::Yes => leave(state),
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
    // What is proposed waits for somebody else, here or not.
    match state.outbox.iter().filter(|action| action.state.is_on_its_way()).count() {
        0 => state.leaving = Leaving::Yes,
        unsent => state.overlay = Some(Overlay::Leave { unsent }),
    }
}
