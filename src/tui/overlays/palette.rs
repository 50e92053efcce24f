//! What may come of what is typed after `:`, above the line it is typed in:
//!
//! ```text
//! ┌ commands ──────────────────────────────────────┐
//! │ approve          a         approve the inquiry │
//! │ escalate         e         is in review already │  dim: it cannot run now
//! └──────────────────── Enter runs · Tab completes ┘
//! ```

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
    widgets::{Block, Clear, Padding, Paragraph},
};

use crate::tui::{
    format,
    palette::{self, Entry, Palette},
    state::State,
    theme::Theme,
};

/// Rows of the list at most.
const MOST: u16 = 14;

/// Columns of the name and of the keys; an id takes both.
const NAME: usize = 18;
const KEYS: usize = 15;

/// `line`: what the list stands on, the typed text or the commit bar above it.
pub fn draw(frame: &mut Frame<'_>, line: Rect, open: &Palette, state: &State, theme: &Theme) {
    let entries = palette::entries(open, &state.recent, &state.settings.keys, &state.views);
    let room = line.y.saturating_sub(3).min(MOST);
    let wanted = u16::try_from(entries.len().max(1)).unwrap_or(u16::MAX);
    let rows = wanted.min(room);
    let area = Rect { y: line.y.saturating_sub(rows + 2), height: rows + 2, ..line };
    let (width, fit) = (usize::from(area.width).saturating_sub(4), usize::from(rows));
    let cursor = open.cursor.min(entries.len().saturating_sub(1));
    let top = (cursor + 1).saturating_sub(fit);
    let shown = entries.iter().enumerate().skip(top).take(fit);
    let mut lines: Vec<Line<'_>> = shown
        .map(|(nth, entry)| {
            let drawn = row(entry, width, state, theme);
            if nth == cursor { theme.lit(drawn) } else { drawn }
        })
        .collect();
    if lines.is_empty() {
        let said = palette::nothing(open.input.value());
        lines.push(Line::styled(format::cut(&said, width), theme.dim));
    }
    let foot = match entries.len() {
        0 => " Esc closes ".to_owned(),
        all => format!(" {} of {all} · Enter runs · Tab completes · Esc closes ", cursor + 1),
    };
    let title = match entries.first() {
        Some(Entry::Object(_)) => " open ",
        _ => " commands ",
    };
    let block = Block::bordered()
        .border_style(theme.accent)
        .title(title)
        .title_bottom(Line::from(foot).right_aligned())
        .padding(Padding::horizontal(1));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(lines).block(block), area);
}

fn row<'a>(entry: &Entry, width: usize, state: &State, theme: &Theme) -> Line<'a> {
    let row = palette::row(entry, state);
    let (name, keys) = match entry {
        Entry::Command(_) => (format::fit(&row.name, NAME), format::fit(&row.keys, KEYS)),
        Entry::View(_) => (format::fit(&row.name, NAME), format::fit(&row.keys, KEYS)),
        Entry::Object(_) => (format::fit(&row.name, NAME + KEYS), String::new()),
    };
    let room = width.saturating_sub(NAME + KEYS + 2);
    let said = match &row.refused {
        Some(why) => format!("not now: {why}"),
        None => row.help,
    };
    let (plain, key) = match row.refused {
        Some(_) => (theme.dim, theme.dim),
        None => (theme.text, theme.accent),
    };
    // To the end, so that the cursor covers the row.
    let said = format::fit(&said, room);
    Line::from(vec![
        Span::styled(format!("{name} "), plain),
        Span::styled(format!("{keys} "), key),
        Span::styled(said, if row.refused.is_some() { theme.dim } else { theme.text }),
    ])
}
