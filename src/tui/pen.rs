//! How a frame is written: only what differs, in as few bytes as a terminal understands, and in one
//! piece, so that a key costs little on a slow line.
//!
//! Places are named outright and never counted on from what was written before a gap: terminals
//! do not agree on how wide every character is.

use std::io::{self, Write};

use crossterm::style::Colored;
use ratatui::{
    backend::{Backend, ClearType, WindowSize},
    buffer::Cell,
    layout::{Position, Size},
    style::{Color, Modifier},
};

use super::glyphs::Glyphs;

const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// Writes frames to a terminal. Nothing is sent before `flush`, and nothing at all for a frame that
/// changes nothing.
pub struct Pen<W: Write> {
    to: W,
    /// The frame that is being written.
    frame: Vec<u8>,
    is_cursor_hidden: bool,
    cursor: Position,
    colours: bool,
    size: fn() -> io::Result<WindowSize>,
    glyphs: Glyphs,
    frames: usize,
}

impl<W: Write> Pen<W> {
    /// `size` asks the terminal how large it is.
    pub fn new(to: W, size: fn() -> io::Result<WindowSize>, glyphs: Glyphs) -> Self {
        Self {
            to,
            frame: Vec::new(),
            is_cursor_hidden: false,
            cursor: Position::ORIGIN,
            // As the library's own writer does, for those who want none.
            colours: !Colored::ansi_color_disabled(),
            size,
            glyphs,
            frames: 0,
        }
    }

    /// How many frames were sent.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Somebody else had the terminal: the cursor is shown, and nothing is half written.
    pub fn forget(&mut self) {
        self.frame.clear();
        self.is_cursor_hidden = false;
    }

    /// Sends what is no frame: as it is, and at once.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.to.write_all(bytes)?;
        self.to.flush()
    }
}

impl<W: Write> Backend for Pen<W> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, cells: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        let mut look = Look::default();
        let mut next = None;
        for (x, y, cell) in cells {
            if next != Some((x, y)) {
                match next {
                    // On the same row the column is enough.
                    Some((_, row)) if row == y => write!(self.frame, "\x1b[{}G", x + 1)?,
                    _ => write!(self.frame, "\x1b[{};{}H", y + 1, x + 1)?,
                }
            }
            next = Some((x + 1, y));
            let wanted = Look::of(cell, self.colours);
            look.turn_to(wanted, &mut self.frame);
            look = wanted;
            self.frame.extend_from_slice(self.glyphs.shown(cell.symbol()).as_bytes());
        }
        look.turn_to(Look::default(), &mut self.frame);
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        if !self.is_cursor_hidden {
            self.frame.extend_from_slice(b"\x1b[?25l");
            self.is_cursor_hidden = true;
        }
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        if self.is_cursor_hidden {
            self.frame.extend_from_slice(b"\x1b[?25h");
            self.is_cursor_hidden = false;
        }
        Ok(())
    }

    /// Where it was put last: the terminal is not asked, its answer would be lost among the keys.
    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor = position.into();
        write!(self.frame, "\x1b[{};{}H", self.cursor.y + 1, self.cursor.x + 1)
    }

    fn clear(&mut self) -> io::Result<()> {
        self.clear_region(ClearType::All)
    }

    fn clear_region(&mut self, what: ClearType) -> io::Result<()> {
        self.frame.extend_from_slice(match what {
            ClearType::All => b"\x1b[2J",
            ClearType::AfterCursor => b"\x1b[J",
            ClearType::BeforeCursor => b"\x1b[1J",
            ClearType::CurrentLine => b"\x1b[2K",
            ClearType::UntilNewLine => b"\x1b[K",
        });
        Ok(())
    }

    fn size(&self) -> io::Result<Size> {
        Ok((self.size)()?.columns_rows)
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        (self.size)()
    }

    /// One update, where the terminal knows such a thing.
    fn flush(&mut self) -> io::Result<()> {
        if self.frame.is_empty() {
            return Ok(());
        }
        self.frame.splice(..0, BEGIN.iter().copied());
        self.frame.extend_from_slice(END);
        let sent = self.to.write_all(&self.frame).and_then(|()| self.to.flush());
        self.frame.clear();
        self.frames = self.frames.wrapping_add(1);
        sent
    }
}

/// How a character looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Look {
    text: Color,
    ground: Color,
    weight: Modifier,
}

impl Look {
    fn of(cell: &Cell, colours: bool) -> Self {
        match colours {
            true => Self { text: cell.fg, ground: cell.bg, weight: cell.modifier },
            false => Self { weight: cell.modifier, ..Self::default() },
        }
    }

    /// Taking a weight away is written as a new beginning, which is about as short.
    fn turn_to(self, wanted: Self, out: &mut Vec<u8>) {
        if self == wanted {
            return;
        }
        out.extend_from_slice(b"\x1b[");
        if wanted != Self::default() {
            let from = match wanted.weight.contains(self.weight) {
                true => self,
                false => {
                    out.extend_from_slice(b"0;");
                    Self::default()
                }
            };
            for (weight, number) in WEIGHTS {
                if wanted.weight.contains(weight) && !from.weight.contains(weight) {
                    out.extend_from_slice(number);
                }
            }
            for (is, to, base) in [(from.text, wanted.text, 30), (from.ground, wanted.ground, 40)] {
                if is != to {
                    colour(to, base, out);
                }
            }
            // The last of them ends the sequence.
            out.pop();
        }
        out.push(b'm');
    }
}

const WEIGHTS: [(Modifier, &[u8]); 9] = [
    (Modifier::BOLD, b"1;"),
    (Modifier::DIM, b"2;"),
    (Modifier::ITALIC, b"3;"),
    (Modifier::UNDERLINED, b"4;"),
    (Modifier::SLOW_BLINK, b"5;"),
    (Modifier::RAPID_BLINK, b"6;"),
    (Modifier::REVERSED, b"7;"),
    (Modifier::HIDDEN, b"8;"),
    (Modifier::CROSSED_OUT, b"9;"),
];

/// `base` is 30 for the text and 40 for the ground.
fn colour(colour: Color, base: u8, out: &mut Vec<u8>) {
    let plain = |nth: u8| format!("{};", base + nth);
    let bright = |nth: u8| format!("{};", base + 60 + nth);
    let said = match colour {
        Color::Reset => plain(9),
        Color::Black => plain(0),
        Color::Red => plain(1),
        Color::Green => plain(2),
        Color::Yellow => plain(3),
        Color::Blue => plain(4),
        Color::Magenta => plain(5),
        Color::Cyan => plain(6),
        Color::Gray => plain(7),
        Color::DarkGray => bright(0),
        Color::LightRed => bright(1),
        Color::LightGreen => bright(2),
        Color::LightYellow => bright(3),
        Color::LightBlue => bright(4),
        Color::LightMagenta => bright(5),
        Color::LightCyan => bright(6),
        Color::White => bright(7),
        Color::Indexed(nth) => format!("{};5;{nth};", base + 8),
        Color::Rgb(red, green, blue) => format!("{};2;{red};{green};{blue};", base + 8),
    };
    out.extend_from_slice(said.as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ratatui::{
        Terminal, TerminalOptions, Viewport,
        buffer::Buffer,
        layout::Rect,
        style::Style,
        text::{Line, Span},
    };

    use super::*;

    fn unknown() -> io::Result<WindowSize> {
        Err(io::Error::other("the viewport is fixed"))
    }

    /// A terminal in memory, which shows what was written to it.
    struct Shown {
        terminal: Terminal<Pen<Vec<u8>>>,
        reader: vt100::Parser,
    }

    const ROWS: u16 = 3;
    const COLUMNS: u16 = 12;

    impl Shown {
        fn new() -> Self {
            let viewport = Viewport::Fixed(Rect::new(0, 0, COLUMNS, ROWS));
            let mut pen = Pen::new(Vec::new(), unknown, Glyphs::All);
            pen.colours = true;
            let terminal = Terminal::with_options(pen, TerminalOptions { viewport });
            let rows = |n: u16| std::num::NonZeroU16::new(n).unwrap();
            let reader = vt100::Parser::new(rows(ROWS), rows(COLUMNS), 0);
            Self { terminal: terminal.unwrap(), reader }
        }

        /// What a frame of these lines was written as.
        fn draw(&mut self, lines: &[Line<'_>]) -> String {
            let frame = self.terminal.draw(|frame| {
                for (y, line) in (0..ROWS).zip(lines) {
                    frame.render_widget(line.clone(), Rect::new(0, y, COLUMNS, 1));
                }
            });
            let drawn = frame.unwrap().buffer.clone();
            let sent = std::mem::take(&mut self.terminal.backend_mut().to);
            self.reader.process(&sent);
            self.compare(&drawn);
            String::from_utf8(sent).unwrap().replace('\x1b', "^")
        }

        fn compare(&self, drawn: &Buffer) {
            for (x, y) in (0..COLUMNS).flat_map(|x| (0..ROWS).map(move |y| (x, y))) {
                let (wanted, shown) = (&drawn[(x, y)], self.reader.screen().cell(y, x).unwrap());
                if shown.is_wide_continuation() {
                    continue;
                }
                let symbol = if shown.has_contents() { shown.contents() } else { " " };
                assert_eq!(symbol, wanted.symbol(), "{x} {y}");
                let weights = [
                    (shown.bold(), Modifier::BOLD),
                    (shown.dim(), Modifier::DIM),
                    (shown.italic(), Modifier::ITALIC),
                    (shown.underline(), Modifier::UNDERLINED),
                    (shown.inverse(), Modifier::REVERSED),
                ];
                for (is, weight) in weights {
                    assert_eq!(is, wanted.modifier.contains(weight), "{x} {y} {weight:?}");
                }
                assert_eq!(shown.fgcolor(), as_read(wanted.fg), "{x} {y}");
                assert_eq!(shown.bgcolor(), as_read(wanted.bg), "{x} {y}");
            }
        }
    }

    fn as_read(colour: Color) -> vt100::Color {
        match colour {
            Color::Reset => vt100::Color::Default,
            Color::Red => vt100::Color::Idx(1),
            Color::Gray => vt100::Color::Idx(7),
            Color::LightCyan => vt100::Color::Idx(14),
            Color::Indexed(nth) => vt100::Color::Idx(nth),
            Color::Rgb(red, green, blue) => vt100::Color::Rgb(red, green, blue),
            other => unreachable!("{other} is not among the samples"),
        }
    }

    #[test]
    fn only_what_differs_is_written_and_nothing_for_nothing() {
        let mut shown = Shown::new();
        let bold = Style::new().add_modifier(Modifier::BOLD).fg(Color::Red);
        let before = [Line::from("one"), Line::from("two")];
        let first = shown.draw(&before);
        assert!(first.starts_with("^[?2026h") && first.ends_with("^[?25l^[?2026l"), "{first}");
        assert_eq!(shown.draw(&before), "");
        let after = [Line::from(Span::styled("one", bold)), Line::from("t-o")];
        let wanted = "^[?2026h^[1;1H^[1;31mone^[2;2H^[m-^[?2026l";
        assert_eq!(shown.draw(&after), wanted);
        // A gap within a row, and a weight that goes while another stays.
        let both = bold.add_modifier(Modifier::REVERSED);
        let line =
            Line::from(vec![Span::styled("x", both), Span::raw("n"), Span::styled("z", bold)]);
        shown.draw(&[Line::from("..."), Line::from("t-o")]);
        shown.draw(&[line, Line::from("t-o")]);
        assert_eq!(
            shown.draw(&[Line::from("ynw"), Line::from("t-o")]),
            "^[?2026h^[1;1Hy^[3Gw^[?2026l"
        );
    }

    fn colours() -> impl Strategy<Value = Color> {
        prop_oneof![
            Just(Color::Reset),
            Just(Color::Red),
            Just(Color::Gray),
            Just(Color::LightCyan),
            (16..=255_u8).prop_map(Color::Indexed),
            any::<[u8; 3]>().prop_map(|[red, green, blue]| Color::Rgb(red, green, blue)),
        ]
    }

    fn spans() -> impl Strategy<Value = Span<'static>> {
        // Of wide characters that are written over half, terminals make different things.
        let words = prop_oneof![Just("a"), Just("•"), Just("ж"), Just("  "), Just("é x")];
        let weights = (0..32_u16).prop_map(|bits| {
            // Not both: some terminals know only one weight at a time.
            let bits = if bits & 3 == 3 { bits & !1 } else { bits };
            let all = [
                Modifier::BOLD,
                Modifier::DIM,
                Modifier::ITALIC,
                Modifier::UNDERLINED,
                Modifier::REVERSED,
            ];
            let chosen = all.into_iter().enumerate().filter(|(nth, _)| bits & (1 << nth) != 0);
            chosen.fold(Modifier::empty(), |sum, (_, weight)| sum | weight)
        });
        (words, colours(), colours(), weights).prop_map(|(word, text, ground, weight)| {
            Span::styled(word, Style::new().fg(text).bg(ground).add_modifier(weight))
        })
    }

    proptest! {
        #[test]
        fn what_was_drawn_is_what_a_terminal_shows(
            frames in prop::collection::vec(
                prop::collection::vec(prop::collection::vec(spans(), 0..6), 3), 1..6),
        ) {
            let mut shown = Shown::new();
            for frame in frames {
                let lines: Vec<Line<'_>> = frame.into_iter().map(Line::from).collect();
                shown.draw(&lines);
            }
        }
    }
}
