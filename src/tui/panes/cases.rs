//! The open cases: name, status, how long the SLA still runs, whose they are.

use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    desk::{CaseRow, Scope},
    model::{Subject, filter::List},
    tui::{
        format, pending, snoozing,
        state::{Pane, State},
        theme::Theme,
        view::pane_block,
        widgets::{filter_line, list},
    },
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let mut block = pane_block(title(state, theme), Pane::Cases, state, theme);
    // Below, where no filter's words leave it without room.
    if let Some(marked) = state.marks.title(List::Cases) {
        block = block.title_bottom(Span::styled(format!(" {marked} "), theme.accent));
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    list::draw(
        frame,
        inner,
        &state.cases,
        state.focus == Pane::Cases,
        theme,
        empty(state).to_owned(),
        |item, width| {
            let here = state.cases.selected().is_some_and(|selected| selected.id == item.id);
            let subject = Subject::Case(item.id.clone());
            let marker = list::marker(here, state.marks.has(&subject));
            let snoozed = snoozing::of_row(state, &subject);
            row(item, marker, width, snoozed, state.now, theme)
        },
    );
}

/// Why there is no row.
pub fn empty(state: &State) -> &'static str {
    let filter = &state.case_filter;
    match (filter.clauses.is_empty(), filter.is_of_what_waits()) {
        (true, _) => "no case is open",
        (_, true) => "nothing matches of what is open; Enter looks in every status",
        (_, false) => "nothing matches here; Enter asks Persona; \\ shows all open cases",
    }
}

/// `2 Cases ─ open 12`
pub fn title<'a>(state: &State, theme: &Theme) -> Vec<Span<'a>> {
    let total = format::total(&state.cases.rows);
    if let Some(line) = state.filter.as_ref().filter(|line| line.pane == Pane::Cases) {
        return filter_line::title(line, total, theme);
    }
    let filter = &state.case_filter;
    let named = state.views.of(List::Cases, filter).filter(|_| !filter.clauses.is_empty());
    let name = match (named, state.case_view.scope) {
        (Some(view), _) => view.name.to_string(),
        (None, Scope::Open) => "open".to_owned() + &filter_line::beyond_status(filter),
        (None, Scope::All) => filter_line::written(filter),
    };
    vec![Span::raw(format!("2 Cases ─ {name} {total} "))]
}

/// `▸ KYC-17    Open        SLA 42m   jane@acme.test`
fn row<'a>(
    item: &CaseRow,
    marker: &'a str,
    width: usize,
    snoozed: Option<String>,
    now: Timestamp,
    theme: &Theme,
) -> Line<'a> {
    let name = item.name.as_ref().map_or_else(|| item.id.short(), ToString::to_string);
    let status_width = width.saturating_sub(36).clamp(12, 22);
    let mut spans = vec![
        Span::styled(marker, theme.accent),
        Span::raw(format!("{} ", format::fit(&name, 10))),
        Span::raw(format!("{} ", format::fit(item.status.as_str(), status_width))),
    ];
    let rest = width.saturating_sub(14 + status_width);
    if let Some(action) = &item.action {
        let said = pending::brief(&action.verb, &action.state);
        spans.push(Span::styled(format::fit(&said, rest), pending::style(&action.state, theme)));
        return Line::from(spans);
    }
    if let Some(snoozed) = snoozed {
        spans.push(Span::styled(format::fit(&snoozed, rest), theme.dim));
        return Line::from(spans);
    }
    let (sla, style) = match item.sla_expires_at {
        _ if item.resolved => ("resolved".to_owned(), theme.dim),
        None => ("no SLA".to_owned(), theme.dim),
        Some(at) => match format::left(at, now) {
            None => (format!("late {}", format::age(at, now)), theme.bad),
            Some(left) if at.duration_since(now).as_secs() < 3_600 => {
                (format!("SLA {left}"), theme.warn)
            }
            Some(left) => (format!("SLA {left}"), theme.text),
        },
    };
    spans.push(Span::styled(format::fit(&sla, 11), style));
    let assignee = item.assignee.as_ref().map_or("–", |assignee| assignee.as_str());
    spans.push(Span::styled(format::cut(assignee, rest.saturating_sub(11)), theme.dim));
    Line::from(spans)
}
