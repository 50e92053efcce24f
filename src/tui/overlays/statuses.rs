//! The statuses that a case's template is known to have, and what kind each is.

use ratatui::{
    Frame,
    text::{Line, Span},
};

use crate::{
    desk::KnownStatus,
    model::{StatusKind, Text},
    tui::{format, theme::Theme, widgets::popup},
};

pub fn draw(
    frame: &mut Frame<'_>,
    current: &Text,
    known: &[KnownStatus],
    cursor: usize,
    theme: &Theme,
) {
    let mut lines: Vec<Line<'_>> = known
        .iter()
        .enumerate()
        .map(|(nth, status)| {
            let is_current = status.name.as_str().eq_ignore_ascii_case(current.as_str());
            let line = Line::from(vec![
                Span::styled(format!(" {} ", nth + 1), theme.accent),
                Span::raw(format::fit(status.name.as_str(), 24)),
                Span::styled(format::fit(kind(status.kind), 30), theme.dim),
                Span::raw(if is_current { "now" } else { "" }),
            ]);
            if nth == cursor { line.patch_style(theme.cursor) } else { line }
        })
        .collect();
    if known.is_empty() {
        lines.push(Line::from(
            "No status of this template is known yet: configure [cases] statuses.",
        ));
    }
    let foot = "a digit or Enter stages · Esc closes";
    popup::draw(frame, "case status", foot, lines, 72, 0, theme);
}

fn kind(kind: StatusKind) -> &'static str {
    match kind {
        StatusKind::Initial => "new cases start here",
        StatusKind::Intermediate => "work goes on",
        StatusKind::End => "ends the investigation",
        StatusKind::Unknown => "seen on other cases",
    }
}
