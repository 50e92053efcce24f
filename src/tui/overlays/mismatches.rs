//! Where Persona's answers were not what this console expects; shapes, never a person's values.
//!
//! ```text
//! verification/government-id  attributes.checks[].status
//!   expected a known word, found inconclusive               12 times, last 3m ago
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
    let fit = (usize::from(screen.height).saturating_sub(6) / LINES_EACH).max(1);
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
        len => format!("{} of {} · {}", cursor + 1, count(len), state.settings.keys.scroll_foot()),
    };
    popup::draw(frame, "mismatches, kept and shown as they came", &foot, lines, WIDTH, 0, theme);
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
    let head = Line::from(vec![
        Span::styled(format!("{}  ", format::cut(shape.kind.as_str(), width / 2)), theme.accent),
        Span::raw(shape.path.to_string()),
    ]);
    let head = if chosen { theme.lit(head) } else { head };
    let age = format::age(one.last_seen, state.now);
    let often = match one.times {
        1 => format!("  once, {age} ago"),
        times => format!("  {times} times, last {age} ago"),
    };
    let said = format!("  expected {}, found {}", shape.expected, shape.found);
    let said = format::fit(&said, width.saturating_sub(often.width()));
    [head, Line::from(vec![Span::raw(said), Span::styled(often, theme.dim)])]
}
