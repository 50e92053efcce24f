//! What the tutor says, below the panes: it covers no evidence.
//!
//! ```text
//! ── tutor, 4 of 18 ─────────────────────────────────────────────
//!  What failed stands first, and whether it is required. …
//!
//!  press ]
//! ```

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::Clear,
};

use crate::tui::{format, state::State, theme::Theme, tutor::Tutor, view::draw_lines};

pub fn draw(frame: &mut Frame<'_>, area: Rect, tutor: &Tutor, state: &State, theme: &Theme) {
    let said = tutor.says(state);
    let width = usize::from(area.width);
    let title = format!("── tutor, {} of {} ", said.step, said.of);
    let rule = "─".repeat(width.saturating_sub(format::width(&title)));
    let mut lines =
        vec![Line::from(vec![Span::styled(title, theme.accent), Span::styled(rule, theme.dim)])];
    // Between the title and the last line.
    let room = usize::from(area.height.saturating_sub(2)).max(1);
    let text = format::wrap_most(&said.text, width.saturating_sub(2), room);
    lines.extend(text.into_iter().map(|line| Line::styled(format!(" {line}"), theme.text)));
    lines.resize(room + 1, Line::default());
    lines.push(Line::styled(format!(" {}", said.below), theme.accent));
    frame.render_widget(Clear, area);
    draw_lines(frame, area, lines);
}
