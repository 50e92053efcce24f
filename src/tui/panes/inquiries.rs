//! The queue of inquiries: how long each waits, who, what was verified, what failed.

use jiff::Timestamp;
use ratatui::{
    Frame,
    layout::Rect,
    text::{Line, Span},
};
use unicode_width::UnicodeWidthStr;

use crate::{
    desk::InquiryRow,
    model::{
        InquiryStatus, Subject,
        filter::{Field, List},
    },
    tui::{
        format, looking, pending, snoozing,
        state::{Pane, Searched, State},
        theme::Theme,
        view::pane_block,
        widgets::{filter_line, health, list},
    },
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let mut block = pane_block(title(state, theme), Pane::Inquiries, state, theme);
    // Below, where no filter's words leave it without room.
    if let Some(marked) = state.marks.title(List::Inquiries) {
        block = block.title_bottom(Span::styled(format!(" {marked} "), theme.accent));
    }
    let inner = block.inner(area);
    frame.render_widget(block, area);
    let mixed = state.inquiry_view.status.is_none();
    list::draw(
        frame,
        inner,
        &state.inquiries,
        state.focus == Pane::Inquiries,
        theme,
        empty(state),
        |item, width| {
            let here = state.inquiries.selected().is_some_and(|selected| selected.id == item.id);
            let subject = Subject::Inquiry(item.id.clone());
            let marker = list::marker(here, state.marks.has(&subject));
            let claim = claim(item, state).or(looking::sign(state, &subject));
            let snoozed = snoozing::of_row(state, &subject);
            let columns = Columns { mixed, names: state.shows_rows(), claim, snoozed };
            row(item, marker, width, columns, state.now, theme)
        },
    );
}

/// `1 Inquiries ─ needs review 41`
pub fn title<'a>(state: &State, theme: &Theme) -> Vec<Span<'a>> {
    let total = format::total(&state.inquiries.rows);
    if let Some(line) = state.filter.as_ref().filter(|line| line.pane == Pane::Inquiries) {
        return filter_line::title(line, total, theme);
    }
    let filter = &state.inquiry_filter;
    let name = match (state.views.of(List::Inquiries, filter), &state.inquiry_view.status) {
        (Some(view), _) => view.name.to_string(),
        (None, Some(status)) => status.words() + &filter_line::beyond_status(filter),
        (None, None) => "any status".to_owned() + &filter_line::beyond_status(filter),
    };
    vec![Span::raw(format!("1 Inquiries ─ {name} {total} "))]
}

/// Why there is no row.
pub fn empty(state: &State) -> String {
    let filtered = !state.inquiry_filter.without(Field::Status).clauses.is_empty();
    match &state.inquiry_view.status {
        _ if filtered => {
            let nothing = match state.settings.searched {
                Searched::Anywhere => "nothing matches",
                Searched::ByBeginnings => "no id has it and no word begins so",
            };
            match state.inquiry_filter.is_of_what_waits() {
                true => format!("{nothing} of what waits; Enter looks in every status"),
                false => format!("{nothing} here; Enter asks Persona; \\ shows the whole queue"),
            }
        }
        Some(InquiryStatus::NeedsReview) if state.sync.last_ok.is_none() => {
            match health::trouble(&state.sync.phase) {
                Some(why) => format!("nothing here yet. {why}"),
                None => "nothing here yet: waiting for Persona".to_owned(),
            }
        }
        Some(InquiryStatus::NeedsReview) => match state.snoozes.inquiries() {
            0 => "the queue is clear".to_owned(),
            snoozed => format!("the queue is clear; snoozed: {snoozed}, :view snoozed shows them"),
        },
        Some(status) => format!("no inquiry is {}; Enter asks Persona", status.words()),
        None if state.inquiry_filter.clauses.len() > 1 => {
            "nothing matches here; Enter asks Persona".to_owned()
        }
        None => "there is no inquiry yet".to_owned(),
    }
}

struct Columns {
    /// Rows of several statuses: each says its own.
    mixed: bool,
    /// Names are shown, not masked.
    names: bool,
    /// Who has claimed it.
    claim: Option<String>,
    /// Until when it is put off.
    snoozed: Option<String>,
}

/// `▸ 3h12m  D••• A•••  gov id, selfie  ✗2 !1`
fn row<'a>(
    item: &InquiryRow,
    marker: &'a str,
    width: usize,
    columns: Columns,
    now: Timestamp,
    theme: &Theme,
) -> Line<'a> {
    let waits = item.waiting_since.map_or("–".to_owned(), |since| format::age(since, now));
    let name = match (&item.name, columns.names) {
        (None, _) => item.id.short(),
        (Some(name), true) => name.reveal().to_string(),
        (Some(name), false) => name.masked(),
    };
    let rest = width.saturating_sub(10);
    let name_width = (rest * 2 / 5).clamp(8, 28);
    let (marks, marks_width) = marks(item, theme);
    let what_width = rest.saturating_sub(name_width + 1 + marks_width + 1);
    let mut spans = vec![
        Span::styled(marker, theme.accent),
        Span::raw(format!("{waits:>6}  ")),
        Span::raw(format::fit(&name, name_width)),
        Span::raw(" "),
    ];
    let what_width = match &columns.claim {
        None => what_width,
        Some(who) => {
            let said = format::cut(&format!("{who} "), what_width);
            let left = what_width.saturating_sub(said.width());
            spans.push(Span::styled(said, theme.warn));
            left
        }
    };
    match (&item.action, columns.snoozed) {
        (Some(action), _) => {
            let said = pending::brief(&action.verb, &action.state);
            let style = pending::style(&action.state, theme);
            spans.push(Span::styled(format::fit(&said, what_width + marks_width + 1), style));
        }
        (None, Some(snoozed)) => {
            let said = match columns.mixed {
                true => format!("{snoozed}, {}", item.status.words()),
                false => snoozed,
            };
            spans.push(Span::styled(format::fit(&said, what_width + marks_width + 1), theme.dim));
        }
        (None, None) => {
            let what = if columns.mixed { item.status.words() } else { kinds(item) };
            spans.push(Span::styled(format::fit(&what, what_width), theme.dim));
            spans.push(Span::raw(" "));
            spans.extend(marks);
        }
    }
    Line::from(spans)
}

/// `@jane`, or `@me`: whose it is.
pub fn claim(item: &InquiryRow, state: &State) -> Option<String> {
    let (claims, me) = (state.settings.claims.as_ref()?, &state.settings.reviewer);
    if let Some(other) = claims.taken_by(&item.tags, me) {
        let name = other.as_str().split('@').next().unwrap_or_default();
        return Some(format!("@{name}"));
    }
    claims.is_mine(&item.tags, me).then(|| "@me".to_owned())
}

/// What was verified.
pub fn kinds(item: &InquiryRow) -> String {
    if !item.hydrated {
        return "not looked at".to_owned();
    }
    item.kinds.iter().map(|kind| format::kind(kind.as_str())).collect::<Vec<_>>().join(", ")
}

const MARKS: usize = 12;

fn marks<'a>(item: &InquiryRow, theme: &Theme) -> (Vec<Span<'a>>, usize) {
    let mut spans = Vec::new();
    let mut width = 0;
    let mut push = |text: String, style| {
        width += text.chars().count();
        spans.push(Span::styled(text, style));
    };
    if item.failed > 0 {
        push(format!("✗{} ", item.failed), theme.bad);
    }
    if item.signals > 0 {
        push(format!("!{} ", item.signals), theme.warn);
    }
    if item.hydrated && item.failed + item.signals == 0 {
        push("✓ ".to_owned(), theme.good);
    }
    if item.has_late_case {
        push("late ".to_owned(), theme.warn);
    }
    spans.push(Span::raw(" ".repeat(MARKS.saturating_sub(width))));
    (spans, MARKS.max(width))
}
