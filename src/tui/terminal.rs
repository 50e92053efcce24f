//! The terminal, taken and given back: raw mode, alternate screen, bracketed paste, cursor.
//!
//! It is given back on every way out: a clean end, an error, a panic, a signal.

use std::{
    io::{self, Stdout, Write, stdout},
    mem::ManuallyDrop,
    panic,
    thread::{self, ThreadId},
};

use crossterm::{
    cursor::{MoveTo, Show},
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    style::Print,
    terminal::{
        Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
        enable_raw_mode,
    },
};
use ratatui::{Frame, Terminal, backend::WindowSize, layout::Size};

use super::{
    easel::{Easel, Hanging},
    glyphs::Glyphs,
    pen::Pen,
};

/// Columns and rows, if standard output is a terminal that says so.
pub fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

/// The same for a frame, with the size of a cell where the terminal tells.
fn window() -> io::Result<WindowSize> {
    // Asked at every frame: crossterm would open the terminal anew each time.
    let size = rustix::termios::tcgetwinsize(stdout())?;
    Ok(WindowSize {
        columns_rows: Size::new(size.ws_col, size.ws_row),
        pixels: Size::new(size.ws_xpixel, size.ws_ypixel),
    })
}

/// How many colours the environment says that the terminal has.
pub fn colours() -> u16 {
    crossterm::style::available_color_count()
}

/// Buttons and the wheel, and not every movement between them; places as numbers.
const MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
const NO_MOUSE: &str = "\x1b[?1006l\x1b[?1000l";

/// Dropping it gives the terminal back.
pub struct Screen {
    /// Not dropped: the library would report on standard error that the cursor of a terminal that
    /// is gone cannot be shown, and fall over if that is gone as well.
    terminal: ManuallyDrop<Terminal<Pen<Stdout>>>,
    /// What a graphics protocol has put on it.
    easel: Easel,
    /// It is told of the mouse; the terminal's own selection then needs Shift.
    mouse: bool,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// If standard output is no terminal, or its modes cannot be set.
    pub fn take(glyphs: Glyphs, mouse: bool) -> io::Result<Self> {
        restore_on_panic(thread::current().id());
        let terminal =
            enter(mouse).and_then(|()| Terminal::new(Pen::new(stdout(), window, glyphs)));
        match terminal {
            Ok(terminal) => {
                Ok(Self { terminal: ManuallyDrop::new(terminal), easel: Easel::default(), mouse })
            }
            Err(why) => {
                restore();
                Err(why)
            }
        }
    }

    /// Gives it back for a while, as it was found.
    pub fn give_back(&mut self) {
        let gone = self.easel.clear();
        let _ = self.send(&gone);
        restore();
    }

    /// Takes it again. The next frame draws all of it.
    ///
    /// # Errors
    /// If it is gone, or its modes cannot be set.
    pub fn take_again(&mut self) -> io::Result<()> {
        enter(self.mouse)?;
        self.terminal.backend_mut().forget();
        self.clear()
    }

    /// Draws one frame. Whether it changed anything: else nothing is written.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<bool> {
        let before = self.terminal.backend().frames();
        self.terminal.draw(render)?;
        Ok(self.terminal.backend().frames() != before)
    }

    /// Takes away the pictures that are not wanted any more; before a frame is drawn.
    pub fn take_away(&mut self, wanted: &[Hanging]) -> io::Result<()> {
        let bytes = self.easel.take_away(wanted);
        self.send(&bytes)
    }

    /// Puts up the pictures that are not there yet; after a frame is drawn.
    pub fn put_up(&mut self, wanted: &[Hanging]) -> io::Result<()> {
        let bytes = self.easel.put_up(wanted);
        self.send(&bytes)
    }

    /// Sends what is no frame.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        self.terminal.backend_mut().send(bytes)
    }

    /// Clears the screen, so that the next frame draws all of it. Not by the library's own
    /// `clear`: that asks the terminal where the cursor is, and the answer would be lost among
    /// the keys.
    pub fn clear(&mut self) -> io::Result<()> {
        let gone = self.easel.clear();
        self.send(&gone)?;
        let area = self.terminal.size()?;
        self.terminal.resize(area.into())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let gone = self.easel.clear();
        let _ = self.send(&gone);
        // The panic hook was here before: a second time would write over its report.
        if !thread::panicking() {
            restore();
        }
    }
}

/// The modes first: a job in the background is stopped there, before it writes anything.
fn enter(mouse: bool) -> io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste)?;
    if mouse { execute!(stdout(), Print(MOUSE)) } else { Ok(()) }
}

/// Best effort: on the way out there is nobody left to tell.
fn restore() {
    // Where there is no other screen to leave, nothing of Persona's stays on this one.
    let _ = execute!(
        stdout(),
        Print(NO_MOUSE),
        DisableBracketedPaste,
        Clear(ClearType::All),
        MoveTo(0, 0),
        LeaveAlternateScreen,
        Show
    );
    let _ = disable_raw_mode();
    let _ = stdout().flush();
}

/// A panic of the thread that draws ends the console, so the terminal is given back first. A
/// panic elsewhere is a task's own, and must not tear the screen from under the console.
fn restore_on_panic(drawing: ThreadId) {
    let report = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        if thread::current().id() == drawing {
            restore();
            report(panic);
        } else {
            tracing::error!(%panic, "a task panicked");
        }
    }));
}
