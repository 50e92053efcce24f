//! What is pressed, and how large the terminal is by now: read by the thread that draws.

use std::{
    io::{self, Stdin, stdin},
    pin::Pin,
    task::{self, Poll},
    time::Duration,
};

use crossterm::event::{self, Event};
use futures::Stream;
use tokio::{
    io::unix::AsyncFd,
    signal::unix::{Signal, SignalKind, signal},
};

use super::asking::{Late, has_hung_up};

/// Nothing comes from it while somebody else has the terminal.
pub struct Keyboard {
    terminal: Option<AsyncFd<Stdin>>,
    resized: Signal,
    late: Late,
}

impl Keyboard {
    /// It reads nothing yet.
    pub fn new() -> io::Result<Self> {
        let resized = signal(SignalKind::window_change())?;
        Ok(Self { terminal: None, resized, late: Late::default() })
    }

    #[expect(deprecated, reason = "what would be unsound is a file that is closed; this one stays")]
    pub fn read(&mut self) -> io::Result<()> {
        self.terminal = Some(AsyncFd::new(stdin())?);
        Ok(())
    }

    pub fn leave(&mut self) {
        self.terminal = None;
    }

    /// The terminal may still answer what it was asked.
    pub fn await_late(&mut self) {
        self.late = Late::awaited();
    }
}

impl Stream for Keyboard {
    type Item = io::Result<Event>;

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> Poll<Option<io::Result<Event>>> {
        let this = &mut *self;
        let Some(terminal) = &this.terminal else { return Poll::Pending };
        loop {
            // More may have been read than was taken, so what is there is asked for first.
            match there(&mut this.late) {
                Ok(None) => {}
                event => return Poll::Ready(event.transpose()),
            }
            let resized = this.resized.poll_recv(context).is_ready();
            match terminal.poll_read_ready(context) {
                Poll::Ready(Ok(mut ready)) => ready.clear_ready(),
                Poll::Ready(Err(why)) => return Poll::Ready(Some(Err(why))),
                Poll::Pending if resized => {}
                Poll::Pending => return Poll::Pending,
            }
        }
    }
}

/// What has arrived, but for answers that come late.
fn there(late: &mut Late) -> io::Result<Option<Event>> {
    loop {
        // Of a terminal that is gone crossterm would read for ever, and hear no signal either.
        if has_hung_up() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if !event::poll(Duration::ZERO)? {
            return Ok(None);
        }
        let event = event::read()?;
        if !late.swallows(&event) {
            return Ok(Some(event));
        }
    }
}
