//! The evidence about one item: its state first, then a page of it.
//!
//! ```text
//! ┌ inq_7Q2m…5aCd ─ needs review ─ waiting 3h12m ──┐
//! │ A••• L•••  reference 17                        │  what it is (`inquiry`), what is news about it
//! │ [Checks ✗2] Compare  Photos 4  Sessions 2      │  the tabs of an inquiry (`tabs`)
//! │ ✗ id expired detection     required  expired   │  the page, which scrolls, and the cursor in it
//! └────────────────────────────────────────────────┘
//! ```

mod account;
mod case;
mod checks;
mod compare;
mod documents;
mod history;
mod inquiry;
mod links;
mod page;
mod photos;
mod raw;
mod reports;
mod sessions;
mod tabs;
mod timeline;

use ratatui::{
    Frame,
    layout::{Margin, Rect},
    text::{Line, Span},
};

use self::page::Page;
pub use self::page::{On, Row, Said};
use crate::tui::{
    album,
    command::Command,
    format, frames, layout, looking, pending, snoozing,
    state::{Detail, File, Overlay, Pane, State, Tab},
    theme::Theme,
    view::{draw_lines, pane_block},
    widgets::picture,
};

pub fn draw(frame: &mut Frame<'_>, area: Rect, state: &State, theme: &Theme) {
    let block = pane_block(title(state), Pane::Detail, state, theme);
    let inner = block.inner(area);
    let width = usize::from(inner.width);
    let Some(detail) = &state.detail else {
        frame.render_widget(block, area);
        draw_lines(frame, inner, vec![Line::styled(" nothing is selected", theme.dim)]);
        return;
    };
    let mut lines = head(detail, state, width, theme);
    let room = usize::from(inner.height).saturating_sub(lines.len());
    let pictures = pictures_height(detail, room);
    lines.extend(std::iter::repeat_n(Line::default(), pictures));
    let room = room - pictures;
    let page = page(detail, state, width, theme);
    let below = page.rows.len().saturating_sub(detail.scroll + room);
    let block = match below {
        0 => block,
        n => {
            block.title_bottom(Line::styled(format!(" {n} more below "), theme.dim).right_aligned())
        }
    };
    let block = match detail.reveals.words(state.now) {
        None => block,
        Some(words) => block.title_bottom(Line::styled(format!(" {words} "), theme.warn)),
    };
    frame.render_widget(block, area);
    let reading = state.focus == Pane::Detail;
    let shown = page.rows.into_iter().enumerate().skip(detail.scroll).take(room);
    lines.extend(shown.map(|(nth, row)| match reading && nth == detail.cursor {
        true => at_cursor(row.line, width, theme),
        false => row.line,
    }));
    draw_lines(frame, inner, lines);
    if pictures > 0 && !matches!(state.overlay, Some(Overlay::Photos(_))) {
        draw_pictures(frame, state, theme);
    }
}

fn draw_pictures(frame: &mut Frame<'_>, state: &State, theme: &Theme) {
    let hung = frames::frames(state);
    if let (true, Some(area)) = (hung.is_empty(), pictures(state)) {
        let said = match state.focus == Pane::Detail {
            true => {
                let shows = state.key(Command::Photos);
                format!(
                    "there is no room for photos here: {shows} shows them over the whole screen"
                )
            }
            false => "Enter opens the photos".to_owned(),
        };
        let middle = frames::centred(area, area.width, 1);
        frame.render_widget(Line::styled(said, theme.dim).centered(), middle);
    }
    let chosen = state.detail.as_ref().map_or(0, |detail| detail.cursor);
    let photos = frames::inquiry(state).map(album::photos).unwrap_or_default();
    for hanging in &hung {
        let active = photos.get(chosen).is_some_and(|photo| photo.file == hanging.photo.file);
        picture::draw(frame.buffer_mut(), hanging, active, state, theme);
    }
}

/// How many lines above the page are for pictures.
fn pictures_height(detail: &Detail, room: usize) -> usize {
    match &detail.file {
        File::Inquiry(file) if detail.tab == Tab::Photos => {
            photos::height(album::photos(file).len(), room)
        }
        _ => 0,
    }
}

/// The part of the pane that is for pictures, if there is one.
pub fn pictures(state: &State) -> Option<Rect> {
    let detail = state.detail.as_ref()?;
    let inner = layout::areas(state)?.detail.inner(Margin::new(1, 1));
    let above = head(detail, state, usize::from(inner.width), &Theme::mono()).len();
    let room = usize::from(inner.height).saturating_sub(above);
    let height = pictures_height(detail, room);
    let cells = |n: usize| u16::try_from(n).unwrap_or(inner.height);
    let area = Rect { y: inner.y + cells(above), height: cells(height), ..inner };
    (height > 0).then_some(area)
}

/// The whole row, not only where it has text.
fn at_cursor<'a>(mut line: Line<'a>, width: usize, theme: &Theme) -> Line<'a> {
    let blank = width.saturating_sub(format::line_width(&line));
    line.push_span(Span::raw(" ".repeat(blank)));
    theme.lit(line)
}

/// How many lines the page has, and how many of them fit on the screen.
pub fn extent(state: &State) -> (usize, usize) {
    let Some(detail) = &state.detail else { return (0, 0) };
    let (width, theme) = (width(state), Theme::mono());
    let above = head(detail, state, width, &theme).len();
    let room = usize::from(layout::heights(state).detail).saturating_sub(above);
    let room = room - pictures_height(detail, room);
    (page(detail, state, width, &theme).rows.len(), room)
}

/// All of it in lines, as it is read where nothing is drawn: what it is, what stays in sight but for the
/// tabs, and the page.
pub fn lines(state: &State) -> Option<(Line<'_>, Vec<Line<'_>>, Vec<Row<'_>>)> {
    let detail = state.detail.as_ref()?;
    let (width, theme) = (width(state), Theme::mono());
    let mut above = head(detail, state, width, &theme);
    if matches!(&detail.file, File::Inquiry(file) if file.inquiry.redacted_at.is_none()) {
        above.pop();
    }
    Some((Line::from(title(state)), above, page(detail, state, width, &theme).rows))
}

/// What the line under the cursor is about.
pub fn under_cursor(state: &State) -> Option<On> {
    let detail = state.detail.as_ref()?;
    let page = page(detail, state, width(state), &Theme::mono());
    page.rows.into_iter().nth(detail.cursor).and_then(|row: Row<'_>| row.on)
}

fn width(state: &State) -> usize {
    usize::from(layout::areas(state).map_or(80, |areas| areas.detail.width.saturating_sub(2)))
}

fn title<'a>(state: &State) -> Vec<Span<'a>> {
    let Some(detail) = &state.detail else { return vec![Span::raw("Detail ")] };
    let mut parts = vec![detail.subject.short()];
    match &detail.file {
        File::Inquiry(file) => {
            parts.push(file.inquiry.status.words());
            if !file.inquiry.status.is_decided()
                && let Some(since) = file.inquiry.waiting_since()
            {
                parts.push(format!("waiting {}", format::age(since, state.now)));
            }
        }
        File::Case(file) => parts.push(file.case.status.to_string()),
        File::Account(file) => parts.extend(file.account.status.as_ref().map(ToString::to_string)),
        File::Loading | File::Missing => {}
    }
    parts.extend(looking::in_full(state, &detail.subject));
    vec![Span::raw(format!("{} ", parts.join(" ─ ")))]
}

/// What stays in sight whatever is read below it.
fn head<'a>(detail: &'a Detail, state: &'a State, width: usize, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = news(detail, state, width, theme);
    if let File::Inquiry(file) = &detail.file {
        inquiry::head(&mut lines, file, detail, state, width, theme);
        if file.inquiry.redacted_at.is_none() {
            lines.push(tabs::line(file, detail, state, width, theme));
        }
    }
    if let File::Case(file) = &detail.file {
        case::head(&mut lines, file, detail, state, width, theme);
    }
    lines
}

/// What must be read before the evidence: a decision on its way, that it is put off, a question that
/// failed.
fn news<'a>(detail: &Detail, state: &State, width: usize, theme: &Theme) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let mut say = |text: &str, style| {
        let wrapped = format::wrap(text, width.saturating_sub(2));
        lines.extend(wrapped.into_iter().map(|line| Line::styled(format!(" {line}"), style)));
    };
    let undo = state.key(Command::Undo);
    if let Some(action) = detail.action() {
        let said = pending::sentence(&action.verb, &action.state, &undo, state.now);
        say(&format!("→ {said}"), pending::style(&action.state, theme));
    }
    if let Some(kept) = state.kept_about(&detail.subject) {
        say(&format!("→ {}", pending::kept(&kept.verb, &undo)), theme.warn);
    }
    for action in state.decisions_below(detail) {
        let said = pending::sentence(&action.verb, &action.state, &undo, state.now);
        let about = action.subject.short();
        say(&format!("→ {about}: {said}"), pending::style(&action.state, theme));
    }
    if let Some(snooze) = state.snoozes.of(&detail.subject) {
        let said = snoozing::in_full(snooze, &snoozing::here(state));
        say(&format!("{said} ({} wakes it)", state.key(Command::Snooze)), theme.warn);
    }
    if let Some(why) = &detail.problem {
        say(&format!("as last known; {why}"), theme.warn);
    }
    lines
}

fn page<'a>(detail: &'a Detail, state: &'a State, width: usize, theme: &Theme) -> Page<'a> {
    let mut page = Page::default();
    let out = &mut page;
    match &detail.file {
        File::Loading => out.push(Line::styled(" loading…", theme.dim)),
        File::Missing => {
            let refetch = state.key(Command::Refetch);
            let said = format!(" not in the local copy yet; {refetch} asks Persona for it");
            out.push(Line::styled(said, theme.dim));
        }
        File::Inquiry(file) if file.inquiry.redacted_at.is_some() => {
            out.push(Line::styled(" redacted: the personal data is gone", theme.warn));
        }
        File::Inquiry(file) => match detail.tab {
            Tab::Checks => {
                links::fill(out, &file.signals, &state.key(Command::Relations), width, theme);
                checks::fill(out, file, detail, state, width, theme);
                history::fill(out, &file.history, state.values(), (state.now, width), theme);
            }
            Tab::Compare => compare::fill(out, file, state, width, theme),
            Tab::Photos => photos::fill(out, file, state, width, theme),
            Tab::Sessions => sessions::fill(out, file, state, width, theme),
            Tab::Reports => reports::fill(out, file, state, width, theme),
            Tab::Documents => documents::fill(out, file, state, width, theme),
            Tab::Timeline => timeline::fill(out, file, detail, state, width, theme),
            Tab::Raw => raw::fill(out, detail, state, width, theme),
        },
        File::Case(file) => case::fill(out, file, state, width, theme),
        File::Account(file) => {
            account::fill(out, file, state, width, theme);
            history::fill(out, &file.history, state.values(), (state.now, width), theme);
        }
    }
    page
}
