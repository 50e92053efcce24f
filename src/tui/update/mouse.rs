//! The mouse, for those who want it: it looks, and decides nothing.

use ratatui::layout::{Position, Rect};

use super::{
    Effect, Pane, State,
    command::{self, focus, scroll, step},
    lock::is_writing,
};
use crate::tui::{command::Command, layout, msg::Pointer, state::Touched};

/// Rows that one click of the wheel moves.
const WHEEL: i64 = 3;

/// What was done at a column and row of the screen.
pub fn take(state: &mut State, what: Pointer, at: (u16, u16)) -> Vec<Effect> {
    state.touched = Touched::Once;
    state.lock.touch(state.now);
    let is_covered = state.overlay.is_some() || is_writing(state);
    let Some((pane, area)) = pane_at(state, at).filter(|_| !is_covered) else { return Vec::new() };
    let wheel = match what {
        Pointer::WheelUp => Some(-WHEEL),
        Pointer::WheelDown => Some(WHEEL),
        Pointer::Click => None,
    };
    match (pane, wheel) {
        (Pane::Detail, Some(rows)) => {
            scroll(state, rows);
            Vec::new()
        }
        // What is staged stays in sight: only the keyboard leaves it.
        _ if state.staged.is_some() => Vec::new(),
        (Pane::Detail, None) if state.focus == Pane::Detail => Vec::new(),
        (Pane::Detail, None) => command::act(state, Command::Open),
        (list, Some(rows)) => {
            let mut effects = focus_on(state, list);
            effects.extend(step(state, rows));
            effects
        }
        (list, None) => click(state, list, area, at.1),
    }
}

/// The first click on a row selects it, the next one opens it.
fn click(state: &mut State, list: Pane, area: Rect, row: u16) -> Vec<Effect> {
    let mut effects = focus_on(state, list);
    let Some(nth) = row.checked_sub(area.y + 1).filter(|nth| *nth + 2 < area.height) else {
        return effects;
    };
    let (top, cursor, total) = match list {
        Pane::Cases => (state.cases.top, state.cases.cursor, state.cases.rows.total),
        Pane::Relations => {
            let tree = &state.relations;
            (tree.top as u64, tree.cursor() as u64, tree.rows.len() as u64)
        }
        _ => (state.inquiries.top, state.inquiries.cursor, state.inquiries.rows.total),
    };
    let clicked = top + u64::from(nth);
    if clicked >= total {
        return effects;
    }
    effects.extend(match clicked == cursor {
        true => command::act(state, Command::Open),
        false => {
            let rows = i64::try_from(clicked).unwrap_or(i64::MAX)
                - i64::try_from(cursor).unwrap_or(i64::MAX);
            step(state, rows)
        }
    });
    effects
}

fn focus_on(state: &mut State, list: Pane) -> Vec<Effect> {
    if state.focus == list { Vec::new() } else { focus(state, list) }
}

fn pane_at(state: &State, (column, row): (u16, u16)) -> Option<(Pane, Rect)> {
    let areas = layout::areas(state)?;
    let panes = [
        (Pane::Inquiries, areas.inquiries),
        (Pane::Cases, areas.cases),
        (Pane::Relations, areas.relations),
        (Pane::Detail, Some(areas.detail)),
    ];
    let mut panes = panes.into_iter().filter_map(|(pane, area)| Some((pane, area?)));
    panes.find(|(_, area)| area.contains(Position { x: column, y: row }))
}
