//! The loop in lines: a line in, lines out, a prompt. Standard input and output may be pipes.

use std::{
    io::{self, BufRead, IsTerminal, Write, stdin, stdout},
    sync::Arc,
    thread,
    time::Duration,
};

use futures::stream;
use tokio::{
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    time::{Instant, timeout_at},
};

use super::{SIZE, Talk};
use crate::{
    desk::{Desk, News, Phase},
    model::Text,
    tui::{Console, Settings, msg::Msg, pace::Reloads, theme::Theme},
};

/// So long an answer is waited for before it is said that it is still loading.
const MOMENT: Duration = Duration::from_secs(2);

/// So long the first rows are waited for, while the local copy is filled.
const FIRST: Duration = Duration::from_secs(15);

/// So long it is waited until what was decided has left.
const UNSENT: Duration = Duration::from_secs(120);

/// A longer line is cut.
const LONGEST: u64 = 64 * 1024;

/// Runs the console in lines until the reviewer leaves, the input ends or the process is told to.
/// `begin` is called when the first line has been said.
///
/// # Errors
/// If nothing can be written, unless it is only that nobody reads any more.
pub async fn run(
    desk: Arc<Desk>,
    news: mpsc::UnboundedReceiver<News>,
    settings: Settings,
    begin: impl FnOnce() + Send + 'static,
) -> io::Result<()> {
    let reloads = Reloads::of(desk.is_shared());
    let mut console = Console::new(desk, news, settings, Theme::mono(), SIZE);
    console.reloads = reloads;
    let mut talk = Talk::new(console);
    let ended = converse(&mut talk, begin).await;
    // A decision that was just committed becomes durable.
    talk.console.runner.finish().await;
    match ended {
        Err(why) if why.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended,
    }
}

async fn converse(talk: &mut Talk, begin: impl FnOnce()) -> io::Result<()> {
    let mut signals = Signals::new()?;
    let mut lines = lines();
    let mut page = Paper { echoes: !stdin().is_terminal() };
    page.write(&[talk.hello()])?;
    begin();
    first_rows(talk, &mut signals).await;
    loop {
        settle(talk, &mut signals).await;
        while talk.go_on() {
            settle(talk, &mut signals).await;
        }
        if talk.is_over() {
            return Ok(());
        }
        let said = talk.speak();
        page.write(&said)?;
        if talk.is_over() {
            return Ok(());
        }
        page.prompt(&talk.prompt())?;
        match line(talk, &mut lines, &mut signals).await {
            Some(typed) => {
                page.typed(&typed)?;
                talk.hear(&typed);
            }
            None => {
                // The prompt stands in the line.
                page.write(&[String::new()])?;
                let said = talk.end();
                return page.write(&said);
            }
        }
    }
}

/// Waits for the local copy to be filled as far as that takes no longer than a person waits.
async fn first_rows(talk: &mut Talk, signals: &mut Signals) {
    let deadline = Instant::now() + FIRST;
    loop {
        talk.console.take_answers();
        let state = &talk.console.state;
        let fills = match state.sync.phase {
            Phase::Filling { .. } => true,
            Phase::Starting => state.inquiries.rows.total == 0,
            _ => false,
        };
        if !fills || talk.is_over() || !turn(talk, signals, deadline).await {
            return;
        }
    }
}

/// Waits until what was asked for is there, or too long.
async fn settle(talk: &mut Talk, signals: &mut Signals) {
    let patience = if talk.waits() { UNSENT } else { MOMENT };
    let deadline = Instant::now() + patience;
    loop {
        talk.console.rest();
        talk.console.take_answers();
        if talk.is_settled() || talk.is_over() {
            return;
        }
        if !turn(talk, signals, deadline).await {
            return talk.give_up();
        }
    }
}

/// One turn of the console's loop. False if the time is over.
async fn turn(talk: &mut Talk, signals: &mut Signals, deadline: Instant) -> bool {
    let (console, mut no_keys) = (&mut talk.console, stream::pending());
    let turned = async {
        tokio::select! {
            biased;
            () = signals.end() => true,
            () = console.turn(&mut no_keys) => false,
        }
    };
    match timeout_at(deadline, turned).await {
        Ok(true) => talk.console.apply(Msg::Terminate),
        Ok(false) => {}
        Err(_) => return false,
    }
    true
}

/// The next line. None: no other will come, or it is time to end.
async fn line(
    talk: &mut Talk,
    lines: &mut mpsc::Receiver<String>,
    signals: &mut Signals,
) -> Option<String> {
    let mut no_keys = stream::pending();
    loop {
        talk.console.take_answers();
        tokio::select! {
            biased;
            () = signals.end() => return None,
            line = lines.recv() => return line,
            () = talk.console.turn(&mut no_keys) => {}
        }
        if talk.is_over() {
            return None;
        }
    }
}

/// Reads standard input on a thread of its own: nobody waits for it when the console is left.
fn lines() -> mpsc::Receiver<String> {
    let (tx, rx) = mpsc::channel(16);
    thread::spawn(move || {
        let mut input = stdin().lock();
        loop {
            let mut line = Vec::new();
            let read = io::Read::take(&mut input, LONGEST).read_until(b'\n', &mut line);
            // What cannot be read any more has ended.
            if !matches!(read, Ok(1..)) {
                return;
            }
            let line = Text::new(String::from_utf8_lossy(&line).trim_end()).to_string();
            if tx.blocking_send(line).is_err() {
                return;
            }
        }
    });
    rx
}

/// What is written on: lines are added and stay.
struct Paper {
    /// What is typed is not seen by itself.
    echoes: bool,
}

impl Paper {
    fn write(&mut self, lines: &[String]) -> io::Result<()> {
        let mut out = stdout().lock();
        for line in lines {
            let line: String = line.chars().filter(|c| !c.is_control()).collect();
            writeln!(out, "{line}")?;
        }
        out.flush()
    }

    fn prompt(&mut self, prompt: &str) -> io::Result<()> {
        let mut out = stdout().lock();
        write!(out, "{prompt}")?;
        out.flush()
    }

    fn typed(&mut self, line: &str) -> io::Result<()> {
        match self.echoes {
            true => self.write(&[line.to_owned()]),
            false => Ok(()),
        }
    }
}

/// What ends it from outside.
struct Signals([Signal; 3]);

impl Signals {
    fn new() -> io::Result<Self> {
        let kinds = [SignalKind::terminate(), SignalKind::hangup(), SignalKind::interrupt()];
        let [terminate, hang_up, interrupt] = kinds.map(signal);
        Ok(Self([terminate?, hang_up?, interrupt?]))
    }

    async fn end(&mut self) {
        let [terminate, hang_up, interrupt] = &mut self.0;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
            _ = interrupt.recv() => {}
        }
    }
}
