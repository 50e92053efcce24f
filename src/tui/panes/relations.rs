//! Relations of an account, under each key: what they are and where they stand.
//!
//! ```text
//! beneficial_owners 2
//! ├ A••• D•••       director     25 %  verified · inquiry approved
//! └ B••• E•••       shareholder  10 %  active
//!     ownership.kind: d••• · since: 20••-••-••   of the chosen one, what no mapping gives a meaning
//! ```

use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    desk::{RelationGroup, RelationRow},
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

/// The lines, and the last of those that belong to the row under the cursor.
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
        let columns = Columns::of(group, width);
        lines.push(Line::styled(format!(" {} {count}", group.key), theme.accent));
        for (in_group, row) in group.rows.iter().enumerate() {
            let branch = if in_group + 1 == count { "└" } else { "├" };
            let mut line = columns.entry(row, branch, state.shows_rows(), theme);
            if nth == relations.cursor {
                let focused = state.focus == Pane::Relations;
                line = line.patch_style(if focused { theme.cursor } else { theme.shadow });
                lines.push(line);
                lines.extend(raw(row, width, state.shows_rows(), theme));
                at = lines.len() - 1;
            } else {
                lines.push(line);
            }
            nth += 1;
        }
    }
    if relations.groups.is_empty() && !relations.asking && relations.problem.is_none() {
        lines.push(Line::styled(" no relation is known for this account", theme.dim));
    }
    (lines, at)
}

/// How wide each part is; a column that no row of the group needs is left out.
struct Columns {
    name: usize,
    /// The type, where no mapping gives a role or a share.
    kind: usize,
    role: usize,
    share: usize,
    status: usize,
}

impl Columns {
    fn of(group: &RelationGroup, width: usize) -> Self {
        let roomy = width >= 60;
        let needs = |has: fn(&RelationRow) -> bool| group.rows.iter().any(has);
        let role = match (needs(|row| row.role.is_some()), roomy) {
            (false, _) => 0,
            (true, false) => 10,
            (true, true) => 16,
        };
        let share = if needs(|row| row.share.is_some()) { 7 } else { 0 };
        let kind = if role + share == 0 { 13 } else { 0 };
        let status = if roomy { 20 } else { 12 };
        let name = width.saturating_sub(3 + kind + role + share + status).clamp(8, 28);
        Self {
            name,
            kind,
            role,
            share,
            status: width.saturating_sub(3 + kind + role + share + name),
        }
    }

    fn entry<'a>(&self, row: &RelationRow, branch: &str, names: bool, theme: &Theme) -> Line<'a> {
        let name = match (&row.name, names) {
            (None, _) => format::cut(row.id.as_str(), 16),
            (Some(name), true) => name.reveal().to_string(),
            (Some(name), false) => name.masked(),
        };
        let kind = row.type_name.as_ref().unwrap_or(&row.kind);
        let share = row.share.map_or(String::new(), format::share);
        let status = row.status.as_ref().map_or("–".to_owned(), ToString::to_string);
        // A part ends with a blank, whatever was cut.
        let part = |text: &str, width: usize| match width {
            0 => String::new(),
            width => format!("{} ", format::fit(text, width - 1)),
        };
        let mut spans = vec![
            Span::styled(format!(" {branch} "), theme.dim),
            Span::raw(part(&name, self.name)),
            Span::styled(part(kind.as_str(), self.kind), theme.dim),
            Span::raw(part(row.role.as_ref().map_or("", |role| role.as_str()), self.role)),
            Span::raw(part(&format!("{share:>6}"), self.share)),
            Span::raw(format::cut(&status, self.status)),
        ];
        let room = self.status.saturating_sub(format::width(&status));
        if let Some((_, inquiry)) = &row.latest_inquiry {
            let words = format!(" · {}", inquiry.words());
            spans.push(Span::styled(format::cut(&words, room), theme.warn));
        }
        Line::from(spans)
    }
}

/// What no mapping gives a meaning, on one line; the account itself shows all of it.
fn raw<'a>(row: &RelationRow, width: usize, names: bool, theme: &Theme) -> Option<Line<'a>> {
    let shown = row.raw.iter().map(|field| match names {
        true => format!("{}: {}", field.name, field.value.reveal()),
        false => format!("{}: {}", field.name, field.value.masked_as(field.name.as_str())),
    });
    let shown = shown.collect::<Vec<_>>().join(" · ");
    (!shown.is_empty()).then(|| {
        Line::styled(format!("     {}", format::cut(&shown, width.saturating_sub(6))), theme.dim)
    })
}
