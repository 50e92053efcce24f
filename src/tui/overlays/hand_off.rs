//! Handing a photo off to where it can be seen in full: the question, and the link as a code that a
//! telephone reads.

use fast_qr::{ECL, QRBuilder, QRCode};
use ratatui::{
    Frame,
    buffer::Buffer,
    style::{Color, Style},
    text::Line,
    widgets::Clear,
};

use crate::tui::{album::HandOff, format, frames::centred, theme::Theme, widgets::popup};

const WIDTH: u16 = 64;

/// Light around a code, without which readers do not find it.
const QUIET: usize = 4;

/// Of the 256 colours those that no terminal's theme changes.
const BLACK: Color = Color::Indexed(16);
const WHITE: Color = Color::Indexed(231);

/// `code`: the key that asks for a code.
pub fn draw(frame: &mut Frame<'_>, hand_off: &HandOff, code: &str, theme: &Theme) {
    match hand_off {
        HandOff::Asked => ask(frame, code, theme),
        HandOff::Waited(_) => {
            let lines = vec![Line::styled("asking Persona for a new link…", theme.warn)];
            popup::draw(frame, "hand off", "Esc does not wait", lines, WIDTH, 0, theme);
        }
        HandOff::Code(link) => match QRBuilder::new(link.expose().as_str()).ecl(ECL::L).build() {
            Ok(code) => show(frame, &code, theme),
            Err(_) => refuse(frame, "the link is too long for a code", theme),
        },
    }
}

fn ask(frame: &mut Frame<'_>, code: &str, theme: &Theme) {
    let inner = usize::from(WIDTH.min(frame.area().width.saturating_sub(2))).saturating_sub(4);
    let said = "Makes a link to this photo in full quality. It opens for anybody who has it, without a \
                key, for up to 6 hours, and cannot be taken back. The journal says that you made it.";
    let mut lines: Vec<Line<'_>> = format::wrap(said, inner).into_iter().map(Line::from).collect();
    lines.push(Line::raw(""));
    lines.push(Line::styled("Enter sends it to your terminal's clipboard,", theme.accent));
    lines.push(Line::styled(format!("{code} shows it as a QR code."), theme.accent));
    popup::draw(frame, "hand off this photo?", "Esc does not", lines, WIDTH, 0, theme);
}

fn refuse(frame: &mut Frame<'_>, why: &str, theme: &Theme) {
    let said = format!("{why}: Esc, and then Enter sends the link to the clipboard instead");
    let lines = format::wrap(&said, usize::from(WIDTH) - 4).into_iter().map(Line::from).collect();
    popup::draw(frame, "no code", "Esc closes", lines, WIDTH, 0, theme);
}

/// Dark on light whatever the terminal's colours are: two modules to a cell.
fn show(frame: &mut Frame<'_>, code: &QRCode, theme: &Theme) {
    let side = code.size + 2 * QUIET;
    let cells = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let (columns, rows) = (cells(side), cells(side.div_ceil(2)));
    let screen = frame.area();
    if columns > screen.width || rows.saturating_add(1) > screen.height {
        let why = format!("the code needs a terminal of {columns}×{}", rows.saturating_add(1));
        return refuse(frame, &why, theme);
    }
    let area = centred(screen, columns, rows + 1);
    frame.render_widget(Clear, area);
    let buffer: &mut Buffer = frame.buffer_mut();
    let is_dark = |x: usize, y: usize| {
        let inside = QUIET..QUIET + code.size;
        inside.contains(&x) && inside.contains(&y) && code[y - QUIET][x - QUIET].value()
    };
    // Characters as well as colours, for terminals that show none.
    let glyph = |upper: bool, lower: bool| match (upper, lower) {
        (false, false) => ' ',
        (true, false) => '▀',
        (false, true) => '▄',
        (true, true) => '█',
    };
    let style = Style::reset().fg(BLACK).bg(WHITE);
    for row in 0..rows {
        for column in 0..columns {
            let (x, y) = (usize::from(column), usize::from(row) * 2);
            let Some(cell) = buffer.cell_mut((area.x + column, area.y + row)) else { continue };
            cell.set_char(glyph(is_dark(x, y), is_dark(x, y + 1)));
            cell.set_style(style);
        }
    }
    let below = ratatui::layout::Rect { y: area.bottom() - 1, height: 1, ..area };
    let said = format::cut(" opens for whoever has it · Esc forgets it", usize::from(area.width));
    frame.render_widget(Line::styled(said, theme.accent), below);
}
