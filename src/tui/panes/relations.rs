//! Relations of an account as a tree: what each related account is, and where it stands.
//!
//! ```text
//! ▾ A••• D•••                 Individual    active
//!   ▾ beneficial_owners 2
//!     ▸ B••• E•••   director     25 %  verified · inquiry approved
//!     ▸ C••• F•••   shareholder  10 %  active
//!         ownership.kind: d•••   of the chosen one, what no mapping gives a meaning
//! ```

use jiff::SignedDuration;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};

use crate::{
    desk::{Origin, RelationGroup, RelationRow},
    model::{Action, Subject, Text, Tie, Verb},
    tui::{
        format, pending,
        relations::tree::{self, Fold, Note, Row, What},
        state::{Pane, State},
        theme::Theme,
        view::{draw_lines, pane_block},
    },
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let block = pane_block(title(state), Pane::Relations, state, theme);
    let inner = block.inner(area);
    let below =
        state.relations.rows.len().saturating_sub(state.relations.top + usize::from(inner.height));
    let block = match below {
        0 => block,
        n => {
            block.title_bottom(Line::styled(format!(" {n} more below "), theme.dim).right_aligned())
        }
    };
    frame.render_widget(block, area);
    draw_lines(frame, inner, lines(state, inner, theme));
}

/// All rows with how deep each is, for where nothing is drawn. Columns never run out.
pub fn all<'a>(state: &State, width: usize) -> Vec<(usize, Line<'a>)> {
    let (mut columns, theme) = (None, Theme::mono());
    let rows = state.relations.rows.iter();
    rows.map(|row| (row.depth, line(row, state, width, &mut columns, &theme))).collect()
}

pub fn title<'a>(state: &State) -> Vec<Span<'a>> {
    let pane = &state.relations;
    let account = pane.root().map_or(String::new(), |id| format!("─ {} ", id.short()));
    let depth = "‹".repeat(pane.trail.len().min(8));
    let walk = pane
        .walk
        .as_ref()
        .map_or(String::new(), |walk| format!("─ walk: {} of {} left ", walk.left, walk.met()));
    vec![Span::raw(format!("3 Relations {depth}{account}{walk}"))]
}

/// The rows that are on the screen, and no others.
fn lines<'a>(state: &State, area: Rect, theme: &Theme) -> Vec<Line<'a>> {
    let (pane, width) = (&state.relations, usize::from(area.width));
    if pane.rows.is_empty() {
        return vec![Line::styled(" r shows the relations of the item's account", theme.dim)];
    }
    let beside = pane.row().and_then(|row| beside(row, state, width, theme));
    let height = usize::from(area.height);
    // What belongs to the row under the cursor is seen with it.
    let is_cut = beside.is_some() && pane.cursor() + 1 >= pane.top + height;
    let top = pane.top + usize::from(is_cut && height > 1);
    let mut lines = Vec::with_capacity(height + 1);
    let mut columns = None;
    for (nth, row) in pane.rows.iter().enumerate().skip(top).take(height) {
        let mut line = line(row, state, width, &mut columns, theme);
        if nth == pane.cursor() {
            let is_focused = state.focus == Pane::Relations;
            line = if is_focused { theme.lit(line) } else { line.patch_style(theme.shadow) };
            lines.push(line);
            lines.extend(beside.clone());
        } else {
            lines.push(line);
        }
    }
    lines
}

/// The columns of the group that was drawn last, with its number.
type Drawn = Option<((usize, usize), Columns)>;

fn line<'a>(
    row: &Row,
    state: &State,
    width: usize,
    columns: &mut Drawn,
    theme: &Theme,
) -> Line<'a> {
    let pane = &state.relations;
    let indent = " ".repeat(1 + (row.depth * 2).min(width / 3));
    let room = width.saturating_sub(format::width(&indent));
    match row.what {
        What::Root { branch } => {
            let head = Span::styled(format!("{indent}▾ "), theme.accent);
            let Some(node) = pane.node(row.what) else {
                let account = pane.branches.get(branch).map(|branch| branch.account.short());
                return Line::from(vec![head, Span::raw(account.unwrap_or_default())]);
            };
            let mut line = Columns::of(&[node], room).entry(node, state, theme);
            line.spans.insert(0, head);
            line
        }
        What::Group { branch, fold, .. } => match pane.group(row.what) {
            Some(group) => {
                let adding = adding(state, branch, &group.key);
                group_line(group, fold, adding, (&indent, room), state, theme)
            }
            None => Line::default(),
        },
        What::Node { branch, group: nth, fold, .. } => {
            let (Some(node), Some(group)) = (pane.node(row.what), pane.group(row.what)) else {
                return Line::default();
            };
            if columns.as_ref().is_none_or(|(of, _)| *of != (branch, nth)) {
                *columns = Some(((branch, nth), Columns::of(&group.rows, room)));
            }
            let Some((_, columns)) = columns else { return Line::default() };
            let mut line = match fold {
                _ if let Some(action) = removing(state, branch, &group.key, node) => {
                    let said =
                        format!("{}  remove {}", name(node, state), pending::word(&action.state));
                    Line::styled(
                        format::cut(&said, room.max(2) - 2),
                        pending::style(&action.state, theme),
                    )
                }
                Fold::Seen => Line::from(Span::styled(
                    format::cut(&format!("{}  seen above", name(node, state)), room.max(2) - 2),
                    theme.dim,
                )),
                _ => columns.entry(node, state, theme),
            };
            line.spans.insert(0, Span::styled(format!("{indent}{} ", mark(fold)), theme.dim));
            line
        }
        What::Note(note) => {
            let (said, is_bad) = words(note, state);
            let style = if is_bad { theme.bad } else { theme.dim };
            Line::styled(format!("{indent}{}", format::cut(&said, room)), style)
        }
    }
}

fn mark(fold: Fold) -> &'static str {
    match fold {
        Fold::Open => "▾",
        Fold::Folded => "▸",
        Fold::Leaf => "·",
        Fold::Seen => "↑",
        Fold::Deep => "…",
    }
}

/// A list that was read longer ago says so.
const RECENT: SignedDuration = SignedDuration::from_mins(60);

fn group_line<'a>(
    group: &RelationGroup,
    fold: Fold,
    adding: Option<(&Action, &Tie)>,
    (indent, room): (&str, usize),
    state: &State,
    theme: &Theme,
) -> Line<'a> {
    let count = format!("{}{}", group.rows.len(), if group.more { "+" } else { "" });
    let age = match group.fetched_at {
        None if group.origin == Origin::Copy => String::new(),
        None => "  not read yet".to_owned(),
        Some(_) if group.stale => "  changed since it was read".to_owned(),
        Some(at) if state.now.duration_since(at) > RECENT => {
            format!("  read {} ago", format::age(at, state.now))
        }
        Some(_) => String::new(),
    };
    let text = format::cut(&format!("{} {} {count}", mark(fold), group.key), room);
    let left = room.saturating_sub(format::width(&text));
    let head = match group.origin {
        Origin::Persona => theme.accent,
        Origin::Copy => theme.warn,
    };
    let (beside, style) = match adding {
        None => (age, theme.dim),
        Some((action, tie)) => (
            format!("  + {} {}", tie.target.short(), pending::word(&action.state)),
            pending::style(&action.state, theme),
        ),
    };
    Line::from(vec![
        Span::styled(format!("{indent}{text}"), head),
        Span::styled(format::cut(&beside, left), style),
    ])
}

/// Decisions about the relations of a branch's account that are on their way, or did not get there.
fn decided(state: &State, branch: usize) -> impl Iterator<Item = &Action> {
    let account = state.relations.branches.get(branch).map(|branch| &branch.account);
    state.outbox.iter().filter(move |action| match (&action.subject, account) {
        (Subject::Account(id), Some(account)) => id == account,
        _ => false,
    })
}

fn adding<'a>(state: &'a State, branch: usize, key: &Text) -> Option<(&'a Action, &'a Tie)> {
    decided(state, branch).find_map(|action| match &action.verb {
        Verb::AddRelation(tie) if tie.key == *key => Some((action, tie)),
        _ => None,
    })
}

fn removing<'a>(
    state: &'a State,
    branch: usize,
    key: &Text,
    node: &RelationRow,
) -> Option<&'a Action> {
    decided(state, branch).find(|action| match &action.verb {
        Verb::RemoveRelation(tie) => tie.key == *key && tie.target.as_str() == node.id.as_str(),
        _ => false,
    })
}

fn words(note: Note, state: &State) -> (String, bool) {
    match note {
        Note::Loading => ("loading…".to_owned(), false),
        Note::Asking => ("asking Persona…".to_owned(), false),
        Note::Problem { branch } => {
            let branch = state.relations.branches.get(branch);
            let why = branch.and_then(|branch| branch.problem.clone());
            (format!("as last known; {}", why.unwrap_or_default()), true)
        }
        Note::NoRelations => ("no relation is known for this account".to_owned(), false),
        Note::More { read } => (format!("there are more: only the first {read} are read"), false),
        Note::Cut => {
            (format!("the tree is cut at {} lines: fold some of it", tree::LONGEST), false)
        }
    }
}

/// What stands under the row with the cursor: a long problem in full, or values without a mapping.
fn beside<'a>(row: &Row, state: &State, width: usize, theme: &Theme) -> Option<Line<'a>> {
    let node = state.relations.node(row.what)?;
    let What::Node { .. } = row.what else { return None };
    let shown = node.raw.iter().map(|field| match state.shows_rows() {
        true => format!("{}: {}", field.name, field.value.reveal()),
        false => format!("{}: {}", field.name, field.value.masked_as(field.name.as_str())),
    });
    let shown = shown.collect::<Vec<_>>().join(" · ");
    (!shown.is_empty()).then(|| {
        let indent = " ".repeat(5 + (row.depth * 2).min(width / 3));
        let room = width.saturating_sub(format::width(&indent) + 1);
        Line::styled(format!("{indent}{}", format::cut(&shown, room)), theme.dim)
    })
}

fn name(node: &RelationRow, state: &State) -> String {
    match (&node.name, state.shows_rows()) {
        (None, _) => format::cut(node.id.as_str(), 16),
        (Some(name), true) => name.reveal().to_string(),
        (Some(name), false) => name.masked(),
    }
}

/// Where columns are not drawn there is room for all of a part.
const AMPLE: usize = 500;

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
    /// `room`: after the indent; the mark takes two of it.
    fn of<R: std::borrow::Borrow<RelationRow>>(rows: &[R], room: usize) -> Self {
        let room = room.saturating_sub(2);
        let (is_wide, is_ample) = (room >= 54, room >= AMPLE);
        let needs = |has: fn(&RelationRow) -> bool| rows.iter().any(|row| has(row.borrow()));
        let role = match (needs(|row| row.role.is_some()), is_wide) {
            (false, _) => 0,
            (true, false) => 10,
            (true, true) if is_ample => 48,
            (true, true) => 16,
        };
        let share = if needs(|row| row.share.is_some()) { 7 } else { 0 };
        let share = if is_ample { share * 2 } else { share };
        let kind = if is_ample { 48 } else { 13.min(room / 4) };
        let kind = if role + share == 0 { kind } else { 0 };
        // `active · needs review`
        let status = match () {
            () if is_ample => 96,
            () if room >= 44 => 22,
            () => 14,
        };
        let longest = if is_ample { 96 } else { 28 };
        let name = room.saturating_sub(kind + role + share + status).clamp(8, longest);
        Self { name, kind, role, share, status: room.saturating_sub(kind + role + share + name) }
    }

    fn entry<'a>(&self, row: &RelationRow, state: &State, theme: &Theme) -> Line<'a> {
        let kind = row.type_name.as_ref().unwrap_or(&row.kind);
        let share = row.share.map_or(String::new(), format::share);
        let status = row.status.as_ref().map_or("–".to_owned(), ToString::to_string);
        // A part ends with a blank, whatever was cut.
        let part = |text: &str, width: usize| match width {
            0 => String::new(),
            width => format!("{} ", format::fit(text, width - 1)),
        };
        let mut spans = vec![
            Span::raw(part(&name(row, state), self.name)),
            Span::styled(part(kind.as_str(), self.kind), theme.dim),
            Span::raw(part(row.role.as_ref().map_or("", |role| role.as_str()), self.role)),
            Span::raw(part(&format!("{share:>6}"), self.share)),
            Span::raw(format::cut(&status, self.status)),
        ];
        let room = self.status.saturating_sub(format::width(&status));
        let mut add = |words: String, style| {
            spans.push(Span::styled(format::cut(&format!(" · {words}"), room), style));
        };
        match &row.latest_inquiry {
            Some(latest) => match &latest.action {
                Some(action) => add(
                    pending::brief(&action.verb, &action.state),
                    pending::style(&action.state, theme),
                ),
                None => add(latest.status.words(), theme.warn),
            },
            None if row.is_account() => add("no inquiry".to_owned(), theme.dim),
            None => {}
        }
        Line::from(spans)
    }
}
