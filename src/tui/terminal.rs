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
    clipboard::CopyToClipboard,
    cursor::Show,
    event::{DisableBracketedPaste, EnableBracketedPaste},
    execute,
    terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode, enable_raw_mode},
};
use ratatui::{Frame, Terminal, backend::WindowSize, layout::Size};

use super::{
    easel::{Easel, Hanging},
    means::{self, Around},
    pen::Pen,
    photo::Means,
    state::Settings,
};

/// Columns and rows, if standard output is a terminal that says so.
pub fn size() -> Option<(u16, u16)> {
    crossterm::terminal::size().ok()
}

/// The same for a frame, with the size of a cell where the terminal tells.
fn window() -> io::Result<WindowSize> {
    let size = crossterm::terminal::window_size()?;
    Ok(WindowSize {
        columns_rows: Size::new(size.columns, size.rows),
        pixels: Size::new(size.width, size.height),
    })
}

/// How many colours the environment says that the terminal has.
pub fn colours() -> u16 {
    crossterm::style::available_color_count()
}

/// Dropping it gives the terminal back.
pub struct Screen {
    /// Not dropped: the library would report on standard error that the cursor of a terminal that
    /// is gone cannot be shown, and fall over if that is gone as well.
    terminal: ManuallyDrop<Terminal<Pen<Stdout>>>,
    /// What a graphics protocol has put on it.
    easel: Easel,
}

impl Screen {
    /// Takes the terminal.
    ///
    /// # Errors
    /// If standard output is no terminal, or its modes cannot be set.
    pub fn take() -> io::Result<Self> {
        restore_on_panic(thread::current().id());
        enable_raw_mode()?;
        let entered = execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste);
        let terminal = entered.and_then(|()| Terminal::new(Pen::new(stdout(), window)));
        match terminal {
            Ok(terminal) => {
                Ok(Self { terminal: ManuallyDrop::new(terminal), easel: Easel::default() })
            }
            Err(why) => {
                restore();
                Err(why)
            }
        }
    }

    /// Draws one frame. Whether it changed anything: else nothing is written.
    pub fn draw(&mut self, render: impl FnOnce(&mut Frame<'_>)) -> io::Result<bool> {
        let before = self.terminal.backend().frames();
        self.terminal.draw(render)?;
        Ok(self.terminal.backend().frames() != before)
    }

    /// How photos get to it. To be asked before anything reads its keys.
    pub fn means(&self, settings: &Settings, mono: bool) -> Option<Means> {
        let variable = |name: &str| std::env::var(name).ok();
        let around = Around { variable: &variable, colours: colours(), mono };
        means::find(settings.photos, settings.photo_limit, &around)
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

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
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

    /// Hands text to the terminal's clipboard (OSC 52). There is no answer: it may be ignored.
    pub fn copy(&mut self, text: &str) -> io::Result<()> {
        execute!(stdout(), CopyToClipboard::to_clipboard_from(text))
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

/// Best effort: on the way out there is nobody left to tell.
fn restore() {
    let _ = execute!(stdout(), DisableBracketedPaste, LeaveAlternateScreen, Show);
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
