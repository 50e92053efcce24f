//! The loop on the terminal: events in, frames out, and what only the owner of a terminal can do.

use std::{
    io, panic,
    process::ExitStatus,
    sync::Arc,
    time::{Duration, Instant},
};

use crossterm::event::Event;
use futures::FutureExt;
use tokio::{
    process::Command,
    runtime,
    signal::unix::{Signal, SignalKind, signal},
    sync::mpsc,
    task::{JoinHandle, spawn_blocking},
};

use super::{
    Console, Errand, Settings,
    asking::{self, Answer, Said, Wanted},
    clipboard::Way,
    editor,
    glyphs::Glyphs,
    job,
    keyboard::Keyboard,
    means::{self, Around},
    msg::Msg,
    pace::{FIRST_ROWS, FRAME, Reloads, STAND, STORE},
    photo::Means,
    terminal::{Screen, colours},
    theme::{Theme, Wish},
    tutor::Tutor,
};
use crate::{
    config::{Photos, Ui},
    desk::{Desk, News},
};

/// How long an editor may take to end when the console is told to.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs the console on the terminal until the reviewer leaves, the terminal goes away or the
/// process is told to end. `begin` is called when the first screen has stood for a moment: what
/// is then begun takes no time from it, and from the keys that are pressed at once. Returns what
/// the tutor has seen, where there was one.
///
/// # Errors
/// If the terminal cannot be taken or written to.
///
/// # Panics
/// As whoever draws does, when the terminal has been given back.
pub async fn run(
    desk: Arc<Desk>,
    news: mpsc::UnboundedReceiver<News>,
    settings: Settings,
    ui: Ui,
    begin: impl FnOnce() + Send + 'static,
) -> io::Result<Option<Tutor>> {
    // Whoever draws has a thread, and waits for keys on it: no other thread is woken first.
    let own = runtime::Builder::new_current_thread().enable_all().build()?;
    let shown = move || own.block_on(draw(desk, news, settings, &ui, begin));
    match spawn_blocking(shown).await {
        Ok(ended) => ended,
        Err(fell) => panic::resume_unwind(fell.into_panic()),
    }
}

async fn draw(
    desk: Arc<Desk>,
    news: mpsc::UnboundedReceiver<News>,
    settings: Settings,
    ui: &Ui,
    begin: impl FnOnce() + Send + 'static,
) -> io::Result<Option<Tutor>> {
    let size = crossterm::terminal::size()?;
    if let Err(why) = editor::sweep(&settings.drafts) {
        tracing::warn!(%why, "drafts of an earlier run cannot be removed");
    }
    let looks = Looks::of(ui, settings.photo_limit);
    let reloads = Reloads::of(desk.is_shared());
    let mut console = Console::new(desk, news, settings, looks.theme(Answer::default()), size);
    console.reloads = reloads;
    console.set_means(looks.means(Answer::default()));
    let mut screen = Screen::take(looks.glyphs, ui.mouse)?;
    // Frames do not wait for what the terminal says of itself; its keys do, for a moment.
    let mut asked = looks.wanted().any().then(|| {
        let wanted = looks.wanted();
        spawn_blocking(move || asking::ask(wanted))
    });
    let mut keyboard = Keyboard::new()?;
    if asked.is_none() {
        keyboard.read()?;
    }
    let mut signals = Signals::new()?;
    // When a frame was drawn, and when one was written that changed anything.
    let (mut drawn, mut written): (Option<Instant>, Option<Instant>) = (None, None);
    // Until then a frame waits for the store.
    let mut patience = Instant::now() + FIRST_ROWS;
    let mut begin = Some(begin);
    while !console.is_over() {
        for errand in console.errands() {
            match errand {
                Errand::Copy(text) => match looks.clipboard.sequence(text.expose()) {
                    Ok(sequence) => screen.send(&sequence)?,
                    Err(why) => console.apply(Msg::Refused(why)),
                },
                Errand::Repaint => screen.clear()?,
                Errand::Suspend => {
                    suspend(&mut console, &mut screen, &mut keyboard, &mut signals).await?;
                }
                Errand::Edit(text) => {
                    edit(&mut console, &mut screen, &mut keyboard, &mut signals, &text).await?;
                }
            }
        }
        let last = if console.hasty { written } else { drawn };
        let since = last.map_or(Duration::ZERO, |at| FRAME.saturating_sub(at.elapsed()));
        let wait = match console.awaits_store() {
            true => since.max(patience.saturating_duration_since(Instant::now())),
            false => since,
        };
        if console.wants_frame() && wait.is_zero() {
            screen.take_away(&console.hangings())?;
            let is_new = screen.draw(|frame| console.draw(frame))?;
            screen.put_up(&console.hangings())?;
            console.drawn();
            drawn = Some(Instant::now());
            if let Some(begin) = begin.take() {
                tokio::spawn(tokio::time::sleep(STAND).map(|()| begin()));
            }
            written = if is_new { drawn } else { written };
            continue;
        }
        let was_drawn = !console.dirty;
        tokio::select! {
            biased;
            heard = signals.next() => match heard {
                Heard::End | Heard::Interrupt => console.apply(Msg::Terminate),
                Heard::Stop => console.errands.push(Errand::Suspend),
                // Stopped by what nothing catches: the modes may be the shell's by now.
                Heard::GoOn => {
                    screen.give_back();
                    take_again(&mut console, &mut screen);
                }
            },
            said = heard_back(&mut asked) => {
                console.set_theme(looks.theme(said.answer));
                console.set_means(looks.means(said.answer));
                said.typed.into_iter().for_each(|event| console.input(event));
                if looks.wanted().ground && !said.is_whole {
                    keyboard.await_late();
                }
                keyboard.read()?;
            }
            () = console.turn(&mut keyboard) => {}
            () = tokio::time::sleep(wait), if console.dirty => {}
        }
        if was_drawn {
            patience = Instant::now() + STORE;
        }
        console.take_answers();
    }
    // The terminal goes back first; then a decision that was just committed becomes durable.
    drop(keyboard);
    drop(screen);
    let tutor = console.state.tutor.take();
    console.runner.finish().await;
    Ok(tutor)
}

/// Stops, and goes on when the shell says so, with the screen as it is by then.
async fn suspend(
    console: &mut Console,
    screen: &mut Screen,
    keyboard: &mut Keyboard,
    signals: &mut Signals,
) -> io::Result<()> {
    if !job::has_shell() {
        console.apply(Msg::Refused(
            "there is no shell to go back to: this runs instead of one".into(),
        ));
        return Ok(());
    }
    keyboard.leave();
    screen.give_back();
    signals.stop_here().await?;
    take_again(console, screen);
    keyboard.read()
}

/// Hands a comment to the reviewer's editor, and the terminal with it.
async fn edit(
    console: &mut Console,
    screen: &mut Screen,
    keyboard: &mut Keyboard,
    signals: &mut Signals,
    text: &str,
) -> io::Result<()> {
    let line = editor::chosen(|name| std::env::var(name).ok());
    let draft = match editor::Draft::new(&console.state.settings.drafts, text) {
        Ok(draft) => draft,
        Err(why) => {
            console.edited(Err(format!("no file can be made for the editor: {why}")));
            return Ok(());
        }
    };
    keyboard.leave();
    screen.give_back();
    let ended = watch(draft.command(&line).into(), signals).await?;
    if let Some(ended) = ended {
        console.edited(draft.read(&line, ended));
        take_again(console, screen);
        keyboard.read()?;
    } else {
        console.apply(Msg::Terminate);
    }
    Ok(())
}

/// Runs a program that has the terminal. None if it had to end, since all of this has to.
async fn watch(
    mut program: Command,
    signals: &mut Signals,
) -> io::Result<Option<io::Result<ExitStatus>>> {
    let mut running = match program.spawn() {
        Ok(running) => running,
        Err(why) => return Ok(Some(Err(why))),
    };
    loop {
        tokio::select! {
            ended = running.wait() => {
                // What was pressed there is not meant for the console.
                signals.forget_interrupts();
                return Ok(Some(ended));
            }
            heard = signals.next() => match heard {
                // Ctrl-C is the program's, which shares the terminal.
                Heard::Interrupt | Heard::GoOn => {}
                Heard::Stop => signals.stop_here().await?,
                Heard::End => {
                    running.id().into_iter().for_each(job::end);
                    if tokio::time::timeout(LAST_WORDS, running.wait()).await.is_err() {
                        running.kill().await?;
                    }
                    return Ok(None);
                }
            }
        }
    }
}

/// As it was before, at the size that the terminal has now.
fn take_again(console: &mut Console, screen: &mut Screen) {
    // What time alone changes has changed: a lock falls before anything is shown.
    console.wake();
    let size = screen.take_again().and_then(|()| crossterm::terminal::size());
    match size {
        Ok((columns, rows)) => console.input(Event::Resize(columns, rows)),
        // The terminal went away meanwhile.
        Err(_) => console.apply(Msg::Terminate),
    }
}

/// What the terminal says of itself, once.
async fn heard_back(asked: &mut Option<JoinHandle<io::Result<Said>>>) -> Said {
    let Some(answer) = asked else { return std::future::pending().await };
    let said = answer.await;
    *asked = None;
    // A terminal that cannot be asked is one that said nothing.
    said.ok().and_then(Result::ok).unwrap_or_default()
}

/// What the screen looks like: as configured, as the environment says, as the terminal answers.
struct Looks {
    wish: Wish,
    glyphs: Glyphs,
    clipboard: Way,
    photos: Photos,
    photo_limit: usize,
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

impl Looks {
    fn of(ui: &Ui, photo_limit: usize) -> Self {
        Self {
            wish: Wish::of(ui.theme, &variable),
            glyphs: Glyphs::of(ui.glyphs, &variable("TERM").unwrap_or_default()),
            clipboard: Way::of(&variable),
            photos: ui.photos,
            photo_limit,
        }
    }

    fn around(&self) -> Around<'static> {
        Around { variable: &variable, colours: colours(), mono: self.wish == Wish::Mono }
    }

    fn wanted(&self) -> Wanted {
        Wanted {
            ground: matches!(self.wish, Wish::Ask(_)) && asking::answers(&variable),
            pictures: means::asks(self.photos, &self.around()),
        }
    }

    fn theme(&self, answer: Answer) -> Theme {
        self.wish.theme(colours(), answer.ground)
    }

    fn means(&self, answer: Answer) -> Option<Means> {
        means::find(self.photos, self.photo_limit, &self.around(), answer)
    }
}

enum Heard {
    End,
    Interrupt,
    Stop,
    GoOn,
}

/// What the system tells.
struct Signals {
    terminate: Signal,
    hang_up: Signal,
    interrupt: Signal,
    stop: Signal,
    go_on: Signal,
}

impl Signals {
    fn new() -> io::Result<Self> {
        Ok(Self {
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            stop: signal(SignalKind::from_raw(job::ASKED_TO_STOP))?,
            go_on: signal(SignalKind::from_raw(job::GOES_ON))?,
        })
    }

    async fn next(&mut self) -> Heard {
        tokio::select! {
            biased;
            _ = self.terminate.recv() => Heard::End,
            _ = self.hang_up.recv() => Heard::End,
            _ = self.interrupt.recv() => Heard::Interrupt,
            _ = self.stop.recv() => Heard::Stop,
            _ = self.go_on.recv() => Heard::GoOn,
        }
    }

    /// Stops until somebody lets it go on, which is no news afterwards.
    async fn stop_here(&mut self) -> io::Result<()> {
        job::stop()?;
        self.go_on.recv().await;
        Ok(())
    }

    fn forget_interrupts(&mut self) {
        while self.interrupt.recv().now_or_never().is_some() {}
    }
}
