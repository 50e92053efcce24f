//! A window of a list: only the rows on the screen are ever made.
//!
//! The row under the cursor is lit where it says which one it is; what is said about it keeps its
//! colours, and a step of the cursor is cheap to draw.

use ratatui::{Frame, layout::Rect, style::Style, text::Line};

use crate::tui::{format, listing::List, theme::Theme, view::draw_lines};

/// So many parts of a row say which one it is: the mark, a figure or a name, a name or a state.
const LIT: usize = 3;

/// The beginning of a row: whether the cursor is on it, and whether it is marked.
pub fn marker(here: bool, marked: bool) -> &'static str {
    match (here, marked) {
        (true, true) => "▸*",
        (true, false) => "▸ ",
        (false, true) => " *",
        (false, false) => "  ",
    }
}

/// Draws the visible rows. `row` makes one line of the given width; `empty` is said where there
/// is nothing to list.
pub fn draw<'a, T>(
    frame: &mut Frame<'_>,
    area: Rect,
    list: &'a List<T>,
    focused: bool,
    theme: &Theme,
    empty: String,
    row: impl Fn(&'a T, usize) -> Line<'a>,
) {
    let lines = match (&list.problem, list.loaded, list.rows.total) {
        (Some(why), ..) => sentence(why, area, theme.bad),
        (None, false, _) => vec![Line::styled(" loading…", theme.dim)],
        (None, true, 0) => sentence(&empty, area, theme.dim),
        _ => (list.top..list.rows.total)
            .take(usize::from(area.height))
            .map(|index| {
                let style = match (index == list.cursor, focused) {
                    (true, true) => theme.cursor,
                    (true, false) => theme.shadow,
                    (false, _) => theme.text,
                };
                match list.at(index) {
                    Some(item) => lit(row(item, usize::from(area.width)), style),
                    None => Line::styled("   …", theme.dim),
                }
            })
            .collect(),
    };
    draw_lines(frame, area, lines);
}

fn lit(mut line: Line<'_>, style: Style) -> Line<'_> {
    for span in line.spans.iter_mut().take(LIT) {
        span.style = span.style.patch(style);
    }
    line
}

fn sentence<'a>(text: &str, area: Rect, style: Style) -> Vec<Line<'a>> {
    let lines = format::wrap(text, usize::from(area.width.saturating_sub(2)));
    lines.into_iter().map(|line| Line::styled(format!(" {line}"), style)).collect()
}
