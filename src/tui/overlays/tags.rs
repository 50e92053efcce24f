//! The tags of an item: those it has, those others have, and what is typed.

use ratatui::Frame;
use ratatui::text::{Line, Span};

use crate::tui::{
    tagging::{Entry, TagMenu},
    theme::Theme,
    widgets::popup,
};

const WIDTH: u16 = 60;

/// So many rows are shown; typing narrows the rest.
const ROWS: usize = 12;

pub fn draw(frame: &mut Frame<'_>, menu: &TagMenu, theme: &Theme) {
    let entries = menu.entries();
    let first = (menu.cursor + 1).saturating_sub(ROWS);
    let mut lines = vec![Line::from(vec![
        Span::styled(" tag ", theme.dim),
        Span::raw(format!("{}▏", menu.input.value())),
    ])];
    let shown = entries.iter().enumerate().skip(first).take(ROWS);
    lines.extend(shown.map(|(nth, entry)| {
        let (mark, tag, what) = match entry {
            Entry::On(tag) => ("✓", tag, "Enter removes it"),
            Entry::Off(tag) => (" ", tag, ""),
            Entry::New(tag) => ("+", tag, "a new tag"),
        };
        let line = Line::from(vec![
            Span::styled(format!(" {mark} "), theme.accent),
            Span::raw(tag.to_string()),
            Span::styled(format!("  {what}"), theme.dim),
        ]);
        if nth == menu.cursor { theme.lit(line) } else { line }
    }));
    if entries.is_empty() {
        lines.push(Line::styled(" no tag is known here: type one", theme.dim));
    }
    match entries.len().saturating_sub(first + ROWS) {
        0 => {}
        more => lines.push(Line::styled(format!("   {more} more: type to narrow"), theme.dim)),
    }
    let title = match menu.many {
        Some((_, count)) => format!("tags of all {count} marked"),
        None => format!("tags of {}", menu.subject.short()),
    };
    popup::draw(frame, &title, "Enter stages · Esc closes", lines, WIDTH, 0, theme);
}
