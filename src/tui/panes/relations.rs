//! Relations of an account, under each key: what they are and where they stand.

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    desk::RelationRow,
    tui::{
        format,
        state::{Pane, State},
        theme::Theme,
        view::{draw_lines, pane_block},
    },
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let relations = &state.relations;
    let account =
        relations.account.as_ref().map_or(String::new(), |id| format!("─ {} ", id.short()));
    let depth = "‹".repeat(relations.trail.len());
    let title = vec![Span::raw(format!("3 Relations {depth}{account}"))];
    let block = pane_block(title, Pane::Relations, state, theme);
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let (lines, at) = lines(state, usize::from(inner.width), theme);
    let top = at.saturating_sub(usize::from(inner.height).saturating_sub(1));
    draw_lines(frame, inner, lines.into_iter().skip(top).collect());
}

/// The lines, and which of them the cursor is on.
fn lines<'a>(state: &State, width: usize, theme: &Theme) -> (Vec<Line<'a>>, usize) {
    let relations = &state.relations;
    let mut lines = Vec::new();
    if relations.account.is_none() {
        lines.push(Line::styled(" r shows the relations of the item's account", theme.dim));
        return (lines, 0);
    }
    if let Some(why) = &relations.problem {
        lines.extend(
            format::wrap(why, width.saturating_sub(1))
                .into_iter()
                .map(|line| Line::styled(format!(" {line}"), theme.bad)),
        );
    }
    if relations.asking {
        lines.push(Line::styled(" asking Persona…", theme.dim));
    }
    let (mut nth, mut at) = (0, 0);
    for group in &relations.groups {
        let count = group.rows.len();
        lines.push(Line::styled(format!(" {} {count}", group.key), theme.accent));
        for (in_group, row) in group.rows.iter().enumerate() {
            let branch = if in_group + 1 == count { "└" } else { "├" };
            let mut line = entry(row, branch, width, state.shows_rows(), theme);
            if nth == relations.cursor {
                at = lines.len();
                let focused = state.focus == Pane::Relations;
                line = line.patch_style(if focused { theme.cursor } else { theme.shadow });
            }
            lines.push(line);
            nth += 1;
        }
    }
    if relations.groups.is_empty() && !relations.asking && relations.problem.is_none() {
        lines.push(Line::styled(" no relation is known for this account", theme.dim));
    }
    (lines, at)
}

/// `├ A••• D•••      Individual  approved · inquiry needs review`
fn entry<'a>(
    row: &RelationRow,
    branch: &str,
    width: usize,
    names: bool,
    theme: &Theme,
) -> Line<'a> {
    let name = match (&row.name, names) {
        (None, _) => format::cut(row.id.as_str(), 16),
        (Some(name), true) => name.reveal().to_string(),
        (Some(name), false) => name.masked(),
    };
    let kind = row.type_name.as_ref().map_or(row.kind.to_string(), ToString::to_string);
    let status = row.status.as_ref().map_or("–".to_owned(), ToString::to_string);
    let name_width = width.saturating_sub(30).clamp(8, 24);
    let mut spans = vec![
        Span::styled(format!(" {branch} "), theme.dim),
        Span::raw(format::fit(&name, name_width)),
        Span::styled(format!(" {} ", format::fit(&kind, 12)), theme.dim),
        Span::raw(status),
    ];
    if let Some((_, status)) = &row.latest_inquiry {
        spans.push(Span::styled(format!(" · {}", status.words()), theme.warn));
    }
    Line::from(spans)
}
