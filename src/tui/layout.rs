//! Where things are on the screen, for any size.
//!
//! ```text
//!  from 100 columns                     below
//! ┌ header ───────────────────────┐   ┌ header ──────────────┐
//! │ views, from 30 rows           │   │                      │
//! │ inquiries  │ detail           │   │ the list with focus  │
//! │ cases      │                  │   ├──────────────────────┤
//! │ relations  │                  │   │ detail               │
//! ├────────────┴──────────────────┤   ├──────────────────────┤
//! │ the tutor, where there is one │   │ the tutor            │
//! │ commit bar, while staged      │   │ commit bar           │
//! │ hints or a toast              │   │ hints or a toast     │
//! │ health                        │   │ health               │
//! └───────────────────────────────┘   └──────────────────────┘
//! ```

use ratatui::layout::{Constraint, Layout, Rect};

use super::{
    staged::Staged,
    state::{Pane, SMALLEST, State},
};

/// Panes without an area are not drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Areas {
    pub header: Rect,
    /// The views, where there is room.
    pub views: Option<Rect>,
    pub inquiries: Option<Rect>,
    pub cases: Option<Rect>,
    pub relations: Option<Rect>,
    pub detail: Rect,
    pub tutor: Option<Rect>,
    pub commit: Option<Rect>,
    pub hints: Rect,
    pub health: Rect,
}

/// Rows inside the frames.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heights {
    pub inquiries: u16,
    pub cases: u16,
    pub relations: u16,
    pub detail: u16,
}

const WIDE: u16 = 100;

/// From so many rows on the views have one.
const HIGH: u16 = 30;

/// Below so many the tutor says its sentence in one line.
const LOW: u16 = 20;

/// None if the terminal is too small for panes.
pub fn areas(state: &State) -> Option<Areas> {
    let (columns, rows) = state.size;
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        return None;
    }
    let commit_rows = state.staged.as_ref().map_or(0, Staged::rows);
    let views_rows = u16::from(columns >= WIDE && rows >= HIGH);
    let tutor_rows = match state.tutor {
        Some(_) if rows < LOW => 3,
        Some(_) => 4,
        None => 0,
    };
    let [header, views, body, tutor, commit, hints, health] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Length(views_rows),
        Constraint::Fill(1),
        Constraint::Length(tutor_rows),
        Constraint::Length(commit_rows),
        Constraint::Length(1),
        Constraint::Length(1),
    ])
    .areas(Rect::new(0, 0, columns, rows));
    let commit = (commit_rows > 0).then_some(commit);
    let views = (views_rows > 0).then_some(views);
    let tutor = (tutor_rows > 0).then_some(tutor);
    let mut areas = Areas { header, views, tutor, commit, hints, health, ..Areas::default() };
    if columns >= WIDE {
        wide(&mut areas, body, state)
    } else {
        narrow(&mut areas, body, state)
    }
    Some(areas)
}

fn wide(areas: &mut Areas, body: Rect, state: &State) {
    // A tree needs room while somebody is in it.
    let (left, weights) = match state.list_pane() {
        Pane::Relations => ((body.width / 2).clamp(46, 84), [2, 1, 3]),
        _ => ((body.width * 2 / 5).clamp(46, 64), [2, 1, 1]),
    };
    let [lists, detail] =
        Layout::horizontal([Constraint::Length(left), Constraint::Fill(1)]).areas(body);
    let [inquiries, cases, relations] =
        Layout::vertical(weights.map(Constraint::Fill)).areas(lists);
    (areas.inquiries, areas.cases, areas.relations) =
        (Some(inquiries), Some(cases), Some(relations));
    areas.detail = detail;
}

fn narrow(areas: &mut Areas, body: Rect, state: &State) {
    let reading = state.focus == Pane::Detail;
    let list_rows = if reading { 5 } else { body.height * 2 / 5 };
    let [list, detail] =
        Layout::vertical([Constraint::Length(list_rows), Constraint::Fill(1)]).areas(body);
    let slot = match state.list_pane() {
        Pane::Cases => &mut areas.cases,
        Pane::Relations => &mut areas.relations,
        Pane::Inquiries | Pane::Detail => &mut areas.inquiries,
    };
    *slot = Some(list);
    areas.detail = detail;
}

/// Rows for content, frames taken off; sensible figures where a pane is not drawn.
pub fn heights(state: &State) -> Heights {
    let areas = areas(state).unwrap_or_default();
    let inside = |area: Option<Rect>| area.map_or(10, |area| area.height.saturating_sub(2));
    Heights {
        inquiries: inside(areas.inquiries),
        cases: inside(areas.cases),
        relations: inside(areas.relations),
        detail: inside(Some(areas.detail)),
    }
}
