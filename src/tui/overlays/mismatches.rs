//! Where Persona's answers were not what this console expects; shapes, never a person's values.
//!
//! ```text
//! inquiry  attributes.checks[].status                      12 times, last 3 min ago
//!   expected a known status, found on_hold
//! ```

use ratatui::{
    Frame,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use crate::{
    desk::MOST_MISMATCHES,
    model::Mismatch,
    tui::{format, state::State, theme::Theme, widgets::popup},
};

const WIDTH: u16 = 110;
const LINES_EACH: usize = 2;

pub fn draw(frame: &mut Frame<'_>, cursor: usize, state: &State, theme: &Theme) {
    let list = &state.mismatches.list;
    let screen = frame.area();
    let inner = usize::from(WIDTH.min(screen.width.saturating_sub(2))).saturating_sub(4);
    let fit = (usize::from(screen.height).saturating_sub(4) / LINES_EACH).max(1);
    // Only what is on the screen is made.
    let top = cursor.saturating_sub(fit / 2).min(list.len().saturating_sub(fit));
    let mut lines = Vec::new();
    for (nth, one) in list.iter().enumerate().skip(top).take(fit) {
        lines.extend(entry(one, nth == cursor, inner, state, theme));
    }
    if list.is_empty() {
        let said = "Every answer so far was what this console expects. What is not would be \
                    listed here, and shown as it came.";
        lines.extend(format::wrap(said, inner).into_iter().map(Line::from));
    }
    let foot = match list.len() {
        0 => "Esc closes".to_owned(),
        len => format!("{} of {} · j k scroll · Esc closes", cursor + 1, count(len)),
    };
    popup::draw(frame, "mismatches", &foot, lines, WIDTH, 0, theme);
}

fn count(len: usize) -> String {
    let kept = usize::try_from(MOST_MISMATCHES).unwrap_or(usize::MAX);
    if len < kept { len.to_string() } else { format!("the newest {kept}") }
}

fn entry<'a>(
    one: &Mismatch,
    chosen: bool,
    width: usize,
    state: &State,
    theme: &Theme,
) -> [Line<'a>; LINES_EACH] {
    let shape = &one.shape;
    let often = match one.times {
        1 => format!("once, {} ago", format::age(one.last_seen, state.now)),
        times => format!("{times} times, last {} ago", format::age(one.last_seen, state.now)),
    };
    let place = width.saturating_sub(often.len() + 2);
    let kind = format::cut(shape.kind.as_str(), place / 2);
    let path = format!("  {}", shape.path);
    let path = format::fit(&path, place.saturating_sub(kind.width()));
    let head = Line::from(vec![
        Span::styled(kind, theme.accent),
        Span::raw(path),
        Span::styled(format!("  {often}"), theme.dim),
    ]);
    let head = if chosen { head.patch_style(theme.cursor) } else { head };
    let said = format!("  expected {}, found {}", shape.expected, shape.found);
    [head, Line::raw(format::cut(&said, width))]
}
