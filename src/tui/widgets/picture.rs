//! One photo in its frame: what it is, the picture or a sentence instead, and how it is shown.

use ratatui::{
    buffer::Buffer,
    layout::Rect,
    style::{Color, Style},
    text::Line,
    widgets::{Paragraph, Widget},
};

use crate::{
    model::Shows,
    tui::{
        album::{self, Held},
        command::Command,
        format,
        frames::{Frame, Hidden, centred, hidden},
        keymap::Context,
        photo::{Cells, Colour, Content, Paint},
        state::State,
        theme::Theme,
    },
};

/// `active`: keys are about this one.
pub fn draw(buffer: &mut Buffer, frame: &Frame, active: bool, state: &State, theme: &Theme) {
    let width = usize::from(frame.label.width);
    let style = if active { theme.accent } else { theme.text };
    let label = format!(" {}", label(frame, state));
    Line::styled(format::cut(&label, width), style).render(frame.label, buffer);
    let foot = format::wrap(&foot(frame, state), width.saturating_sub(1));
    let foot: Vec<Line<'_>> =
        foot.into_iter().map(|line| Line::styled(format!(" {line}"), theme.dim)).collect();
    Paragraph::new(foot).render(frame.foot, buffer);
    let drawing = state.album.drawing(frame.side, &frame.photo.file);
    match (instead(frame, state), drawing.map(|drawing| &drawing.paint)) {
        (Some(said), _) => say(buffer, frame.picture, &said, theme),
        (None, Some(Paint::Cells(cells))) => {
            paint(buffer, centred(frame.picture, cells.columns, cells.rows), cells);
        }
        // The terminal draws it over blanks.
        (None, Some(Paint::Graphic(_)) | None) => {}
    }
}

/// `document front · 18h07m ago · auto`
fn label(frame: &Frame, state: &State) -> String {
    let photo = &frame.photo;
    let mut parts = vec![photo.shows.words().to_owned()];
    parts.extend((photo.later > 0).then(|| "earlier attempt".to_owned()));
    parts.extend(photo.taken_at.map(|at| format!("{} ago", format::age(at, state.now))));
    parts.extend(photo.capture.as_ref().map(ToString::to_string));
    parts.join(" · ")
}

/// `200 % · half blocks: not fit for fine print · 34 KiB sent · JPEG 4000×3000 1.2 MiB`
fn foot(frame: &Frame, state: &State) -> String {
    let file = &frame.photo.file;
    if hidden(state).is_some() {
        return String::new();
    }
    let mut parts = Vec::new();
    if let Some(Held::Here(Content::Picture(_, original))) = state.album.held.get(file) {
        if original.damaged {
            parts.push("DAMAGED FILE".to_owned());
        }
        parts.extend(state.album.is_drawing(frame.side).then(|| "drawing…".to_owned()));
        let look = state.album.look(file);
        if look.zoom() != 100 {
            parts.push(format!("{} %", look.zoom()));
        }
        parts.extend(state.album.drawing(frame.side, file).map(|drawing| album::cost(drawing)));
        let size = format::bytes(original.bytes as u64);
        let (width, height) = (original.width, original.height);
        parts.push(format!("{} {width}×{height} {size}", original.format));
    }
    parts.join(" · ")
}

/// A sentence where there is no picture.
fn instead(frame: &Frame, state: &State) -> Option<String> {
    let file = &frame.photo.file;
    let hand_off = state.settings.keys.first(Context::Viewer, "hand off");
    match hidden(state) {
        Some(Hidden::Masked) => {
            return Some(format!("masked: {} shows it", state.key(Command::Reveal)));
        }
        Some(Hidden::Off) => {
            return Some(format!(
                "photos are off in the configuration; {hand_off} in the viewer hands this one off"
            ));
        }
        None => {}
    }
    match state.album.held.get(file) {
        None if frame.photo.shows == Shows::Video => Some(format!(
            "a video{} is not drawn here; {hand_off} in the viewer hands it off",
            frame.photo.size.map_or(String::new(), |size| format!(" of {}", format::bytes(size)))
        )),
        None | Some(Held::Asked) => Some("fetching…".to_owned()),
        Some(Held::Failed(why)) => {
            Some(format!("{why}; {} tries again", state.key(Command::Refetch)))
        }
        Some(Held::Here(Content::Other { what, bytes })) => Some(format!(
            "{what} of {} is not drawn here; {hand_off} in the viewer hands it off",
            format::bytes(*bytes as u64)
        )),
        Some(Held::Here(Content::Picture(..))) => {
            let canvas = state.album.canvases.get(frame.side);
            let problem = canvas.and_then(|canvas| canvas.problem.clone());
            let is_there = state.album.drawing(frame.side, file).is_some();
            problem.or_else(|| (!is_there).then(|| "drawing…".to_owned()))
        }
    }
}

fn say(buffer: &mut Buffer, area: Rect, said: &str, theme: &Theme) {
    let lines = format::wrap(said, usize::from(area.width.saturating_sub(2)));
    let rows = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    let lines: Vec<Line<'_>> =
        lines.into_iter().map(|line| Line::styled(line, theme.dim)).collect();
    Paragraph::new(lines).centered().render(centred(area, area.width, rows), buffer);
}

fn paint(buffer: &mut Buffer, area: Rect, cells: &Cells) {
    let rows = cells.cells.chunks(usize::from(cells.columns.max(1)));
    for (y, row) in (area.top()..area.bottom()).zip(rows) {
        for (x, painted) in (area.left()..area.right()).zip(row) {
            let Some(cell) = buffer.cell_mut((x, y)) else { continue };
            let colour = |colour: Option<Colour>| match colour {
                None => Color::Reset,
                Some(Colour::Rgb(r, g, b)) => Color::Rgb(r, g, b),
                Some(Colour::Indexed(n)) => Color::Indexed(n),
            };
            cell.set_char(painted.glyph);
            cell.set_style(Style::reset().fg(colour(painted.front)).bg(colour(painted.back)));
        }
    }
}
