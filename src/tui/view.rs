//! The whole screen, as a pure function of the state.

use ratatui::{
    Frame,
    buffer::Buffer,
    layout::Rect,
    style::Style,
    text::{Line, Span},
    widgets::Block,
};

use super::{
    command::Command,
    direction, format,
    keymap::Context,
    layout, overlays, panes,
    state::{Overlay, Pane, SMALLEST, State},
    theme::Theme,
    widgets::{commit_bar, header, health, hints, prompt, strip, tutor},
};

pub fn draw(frame: &mut Frame<'_>, state: &State, theme: &Theme) {
    all(frame, state, theme);
    direction::settle(frame.buffer_mut());
}

fn all(frame: &mut Frame<'_>, state: &State, theme: &Theme) {
    if state.lock.is_on() {
        return locked(frame, state, theme);
    }
    let Some(areas) = layout::areas(state) else {
        return too_small(frame, state);
    };
    header::draw(frame, areas.header, state, theme);
    if let Some(area) = areas.views {
        strip::draw(frame, area, state, theme);
    }
    if let Some(area) = areas.inquiries {
        panes::inquiries::draw(frame, area, state, theme);
    }
    if let Some(area) = areas.cases {
        panes::cases::draw(frame, area, state, theme);
    }
    if let Some(area) = areas.relations {
        panes::relations::draw(frame, area, state, theme);
    }
    panes::detail::draw(frame, areas.detail, state, theme);
    if let (Some(area), Some(staged)) = (areas.commit, &state.staged) {
        commit_bar::draw(frame, area, staged, state, theme);
    }
    match &state.palette {
        Some(open) => prompt::draw(frame, areas.hints, open, theme),
        None => hints::draw(frame, areas.hints, state, theme),
    }
    health::draw(frame, areas.health, state, theme);
    if let Some(open) = &state.palette {
        // What is staged stays in sight, and what is taught.
        let below = areas.tutor.or(areas.commit).unwrap_or(areas.hints);
        overlays::palette::draw(frame, below, open, state, theme);
    }
    match &state.overlay {
        None => {}
        Some(Overlay::Help { scroll }) => overlays::help::draw(frame, *scroll, state, theme),
        Some(Overlay::Outbox { cursor }) => overlays::outbox::draw(frame, *cursor, state, theme),
        Some(Overlay::Mismatches { cursor }) => {
            overlays::mismatches::draw(frame, *cursor, state, theme);
        }
        Some(Overlay::Stats) => overlays::stats::draw(frame, state, theme),
        Some(Overlay::Views { cursor }) => overlays::views::draw(frame, *cursor, state, theme),
        Some(Overlay::Order { list, standing }) => {
            overlays::order::draw(frame, *list, standing.as_ref(), state, theme);
        }
        Some(Overlay::Statuses { current, known, cursor, .. }) => {
            overlays::statuses::draw(frame, current, known, *cursor, state, theme);
        }
        Some(Overlay::Copy { choices, cursor, .. }) => {
            overlays::copy::draw(frame, choices, *cursor, state, theme);
        }
        Some(Overlay::Tags(menu)) => overlays::tags::draw(frame, menu, theme),
        Some(Overlay::Snooze(menu)) => overlays::snooze::draw(frame, menu, state, theme),
        Some(Overlay::AddRelation(adding)) => overlays::add_relation::draw(frame, adding, theme),
        Some(Overlay::Link { subject, link, .. }) => {
            let copy = state.key(Command::Copy);
            overlays::link::draw(frame, subject, link, &copy, theme);
        }
        Some(Overlay::Photos(viewer)) => {
            overlays::viewer::draw(frame, viewer, state, theme);
            if let Some(hand_off) = &viewer.hand_off {
                let code = state.settings.keys.first(Context::HandOff, "code");
                overlays::hand_off::draw(frame, hand_off, &code, theme);
            }
        }
        Some(Overlay::Leave(unsent)) => {
            overlays::leave::draw(frame, *unsent, state.settings.is_shared, theme);
        }
    }
    let covers_all = matches!(state.overlay, Some(Overlay::Photos(_)));
    if let (Some(area), Some(said), false) = (areas.tutor, &state.tutor, covers_all) {
        tutor::draw(frame, area, said, state, theme);
    }
}

/// Nothing of Persona's, and how to come back.
fn locked(frame: &mut Frame<'_>, state: &State, theme: &Theme) {
    let said = "caseload is locked: Enter comes back. What was decided goes on its way.";
    let width = usize::from(state.size.0.saturating_sub(1));
    let lines = format::wrap(said, width).into_iter();
    let lines = lines.map(|line| Line::styled(format!(" {line}"), theme.dim)).collect();
    draw_lines(frame, frame.area(), lines);
}

fn too_small(frame: &mut Frame<'_>, state: &State) {
    let (columns, rows) = SMALLEST;
    let said = format!(
        "caseload needs {columns}×{rows}; this terminal is {}×{}. Nothing is lost: make it larger.",
        state.size.0, state.size.1
    );
    let width = usize::from(state.size.0);
    let lines: Vec<Line<'_>> = format::wrap(&said, width).into_iter().map(Line::from).collect();
    draw_lines(frame, frame.area(), lines);
}

/// The frame of a pane: its title in the border, brighter where the focus is.
pub fn pane_block<'a>(title: Vec<Span<'a>>, pane: Pane, state: &State, theme: &Theme) -> Block<'a> {
    let style = if state.focus == pane { theme.accent } else { theme.dim };
    Block::bordered().border_style(style).title(Line::from(title))
}

/// Draws lines into an area from its left edge, and cuts what is too long. A paragraph would take
/// letters apart twice, and this is most of what a key costs.
pub fn draw_lines(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'_>>) {
    let area = area.intersection(frame.area());
    for (row, line) in area.rows().zip(&lines) {
        let mut left = row;
        for span in &line.spans {
            let style = line.style.patch(span.style);
            let end = draw_text(frame.buffer_mut(), left, &span.content, style);
            left = Rect { x: end, width: row.right().saturating_sub(end), ..row };
        }
    }
}

/// Draws a text into a row from its left edge. Where it ends.
fn draw_text(buffer: &mut Buffer, row: Rect, text: &str, style: Style) -> u16 {
    if !format::is_plain(text) || row.is_empty() {
        return buffer.set_stringn(row.x, row.y, text, usize::from(row.width), style).0;
    }
    let first = buffer.index_of(row.x, row.y);
    let cells = &mut buffer.content[first..first + usize::from(row.width)];
    let mut end = row.x;
    for (cell, letter) in cells.iter_mut().zip(text.chars()) {
        cell.set_char(letter).set_style(style);
        end += 1;
    }
    end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whatever way a text is drawn, it is as the library draws it.
        #[test]
        fn a_text_is_drawn_as_the_library_does(text in "[ -~•─é]{0,12}|\\PC{0,12}", x in 0_u16..9, width in 0_u16..9) {
            let style = Style::new().bold();
            let (mut ours, mut theirs) = (Buffer::empty(Rect::new(0, 0, 9, 1)), Buffer::empty(Rect::new(0, 0, 9, 1)));
            let row = Rect::new(x, 0, width.min(9 - x), 1);
            let end = draw_text(&mut ours, row, &text, style);
            let theirs_ends = theirs.set_stringn(x, 0, &text, usize::from(row.width), style).0;
            prop_assert_eq!((ours, end), (theirs, theirs_ends));
        }
    }
}
