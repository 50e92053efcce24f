//! The console: keys in, frames out.
//!
//! ```text
//!  keys, resizes ─┐                       ┌─ Effect ─▶ Runner ─▶ Desk
//!  desk's news ───┼─▶ Msg ─▶ update ──────┤
//!  answers ───────┘         (State)       └─ view(&State) ─▶ terminal
//! ```
//!
//! The loop draws when something changed, at most once in ten milliseconds, input first: all keys
//! that are there are taken before a frame is drawn. There is no tick: when nothing happens it
//! sleeps until the next thing on the screen would change.

mod adding;
mod album;
mod asking;
mod available;
mod bulk;
mod casework;
mod clipboard;
mod command;
mod copying;
mod detail;
mod direction;
mod easel;
mod editor;
mod effect;
mod fetching;
mod filtering;
mod follow;
mod format;
mod frames;
mod glyphs;
mod guard;
mod job;
mod jumps;
mod keyboard;
mod keymap;
mod layout;
mod listing;
mod lock;
mod looking;
mod marks;
mod means;
mod mnemonic;
mod msg;
mod overlays;
mod pace;
mod palette;
mod panes;
mod pen;
mod pending;
pub mod photo;
mod plain;
mod relations;
mod repeating;
mod reveal;
mod run;
mod settings;
mod slot;
mod snoozing;
mod staged;
mod standing;
mod state;
mod tagging;
mod target;
mod terminal;
mod theme;
mod times;
mod toast;
mod tutor;
mod undoing;
mod unfinished;
mod unsent;
mod update;
mod view;
mod views;
mod wake;
mod widgets;

use std::{io, sync::Arc};

use crossterm::event::{Event, KeyEventKind};
use futures::{Stream, StreamExt};
use jiff::Timestamp;
use ratatui::Frame;
use tokio::sync::mpsc;

pub use self::{
    easel::{Easel, Hanging},
    editor::chosen as chosen_editor,
    format::wrap,
    keymap::{Keys, Problem as KeyProblem, markdown as keys_in_markdown, text as keys_in_text},
    photo::Means,
    plain::{Talk, run as run_in_lines},
    run::run,
    state::{SMALLEST, Searched, Settings},
    terminal::{colours, size},
    theme::Theme,
    tutor::{Lesson, Score, Tutor, WORLD as PRACTICE_WORLD},
    views::View,
};
use self::{
    effect::{Delivery, Effect, Runner},
    msg::{Msg, Pointer},
    pace::{KEYS, Reloads},
    state::{Leaving, State},
};
use crate::{
    busy::Busy,
    clock::Clock,
    desk::{Changes, Desk, News},
    secret::Secret,
};

/// The console without a terminal: what a story drives, and what the loop below draws.
pub struct Console {
    state: State,
    theme: Theme,
    clock: Clock,
    busy: Busy,
    runner: Runner,
    inbox: mpsc::UnboundedReceiver<Delivery>,
    news: mpsc::UnboundedReceiver<News>,
    /// What moved since the panes were reloaded.
    moved: Changes,
    reloads: Reloads,
    /// What only the owner of the terminal can do.
    errands: Vec<Errand>,
    dirty: bool,
    /// A key was pressed since the last frame: somebody waits for it.
    hasty: bool,
    /// What it had to say since somebody listened; none where the screen shows it.
    toasts: Option<Vec<String>>,
}

/// Work for whoever owns the terminal.
#[derive(Debug)]
pub enum Errand {
    Copy(Secret<String>),
    Repaint,
    /// To be stopped, as Ctrl-Z does elsewhere.
    Suspend,
    /// To be handed to the reviewer's own editor.
    Edit(String),
}

impl Console {
    /// Asks for the first rows; nothing is drawn yet. `size` in columns and rows.
    pub fn new(
        desk: Arc<Desk>,
        news: mpsc::UnboundedReceiver<News>,
        settings: Settings,
        theme: Theme,
        size: (u16, u16),
    ) -> Self {
        let (tx, inbox) = mpsc::unbounded_channel();
        let (clock, busy) = (desk.clock().clone(), desk.busy().clone());
        let left = desk.take_unfinished().map_err(|why| why.to_string());
        let runner = Runner::new(desk, busy.clone(), tx);
        let mut state = State::new(settings, size, clock.now());
        let first = update::start(&mut state, left);
        let mut console = Self {
            state,
            theme,
            clock,
            busy,
            runner,
            inbox,
            news,
            moved: Changes::default(),
            reloads: Reloads::default(),
            errands: Vec::new(),
            dirty: true,
            hasty: false,
            toasts: None,
        };
        console.perform(first);
        console
    }

    /// Applies one event of the terminal.
    pub fn input(&mut self, event: Event) {
        match event {
            Event::Key(key) if key.kind != KeyEventKind::Release => self.apply(Msg::Key(key)),
            Event::Paste(text) => self.apply(Msg::Paste(text)),
            Event::Resize(columns, rows) => self.apply(Msg::Resized(columns, rows)),
            Event::Mouse(mouse) => match Pointer::of(mouse.kind) {
                Some(what) => self.apply(Msg::Mouse(what, (mouse.column, mouse.row))),
                None => return,
            },
            Event::Key(_) | Event::FocusGained | Event::FocusLost => return,
        }
        self.hasty = true;
    }

    /// Applies all that has arrived from the desk. True if there was anything.
    pub fn take_answers(&mut self) -> bool {
        let mut any = false;
        while let Ok((msg, tokens)) = self.inbox.try_recv() {
            self.apply(msg);
            drop(tokens);
            any = true;
        }
        while let Ok(news) = self.news.try_recv() {
            self.hear(news);
            any = true;
        }
        self.runner.reap();
        if !self.runner.awaits_store() {
            self.reloads.end();
        }
        if self.moved.any() && self.reloads.wait().is_zero() {
            self.reloads.begin();
            let moved = std::mem::take(&mut self.moved);
            self.apply(Msg::Changed(moved));
        }
        self.runner.reap();
        any
    }

    /// To be called when time has gone by: applies what it alone changes, if it does by now.
    pub fn wake(&mut self) {
        if self.clock.now() >= wake::next_change(&self.state) {
            self.apply(Msg::Woke);
        }
    }

    /// What came of an errand to the reviewer's editor: what is written there now.
    pub fn edited(&mut self, text: Result<String, String>) {
        self.apply(Msg::Edited(text));
    }

    /// As when the cursor of a list has rested for a while, for whoever waits for no time.
    pub fn rest(&mut self) {
        if self.state.follow.is_some() {
            self.apply(Msg::Rested);
        }
    }

    /// Work under way, for whoever waits until there is none.
    pub fn busy(&self) -> &Busy {
        &self.busy
    }

    /// Whether anything happened since the last frame.
    pub fn wants_frame(&self) -> bool {
        self.dirty
    }

    pub fn draw(&mut self, frame: &mut Frame<'_>) {
        let size = frame.area().as_size();
        // The terminal may have changed before its event arrived: the frame is the truth.
        if self.state.size != (size.width, size.height) {
            self.apply(Msg::Resized(size.width, size.height));
        }
        view::draw(frame, &self.state, &self.theme);
    }

    /// The pictures that a graphics protocol has to put on the frame that was drawn.
    pub fn hangings(&self) -> Vec<Hanging> {
        frames::hangings(&self.state)
    }

    /// How photos get to this terminal; none: they are not shown.
    pub fn set_means(&mut self, means: Option<Means>) {
        self.state.means = means;
        self.dirty = true;
    }

    /// What it looks like from the next frame on.
    pub fn set_theme(&mut self, theme: Theme) {
        self.theme = theme;
        self.dirty = true;
    }

    /// To be called when a frame is on the screen: only what was drawn can be decided.
    pub fn drawn(&mut self) {
        let seen = self.state.album.seen.len();
        let effects = update::update(&mut self.state, Msg::Drawn);
        // That a photo was seen is marked beside it, and on its tab.
        self.dirty = self.state.album.seen.len() != seen;
        self.hasty = false;
        self.perform(effects);
    }

    pub fn errands(&mut self) -> Vec<Errand> {
        std::mem::take(&mut self.errands)
    }

    /// What it has to say now, and until when.
    pub fn said(&self) -> Option<(&str, Timestamp)> {
        self.state.toast.as_ref().map(|toast| (toast.text.as_str(), toast.until))
    }

    /// What the tutor has seen, where there is one.
    pub fn tutor(&self) -> Option<&Tutor> {
        self.state.tutor.as_ref()
    }

    pub fn is_over(&self) -> bool {
        matches!(self.state.leaving, Leaving::Yes | Leaving::Cut)
    }

    /// What moved is gathered and reloaded at once; anything else is applied.
    fn hear(&mut self, news: News) {
        match news {
            News::Changed(changes) => self.moved = self.moved.and(changes),
            news => self.apply(news.into()),
        }
    }

    /// Whether all that was asked for is there, and all that moved.
    fn is_settled(&self) -> bool {
        let arrives = !self.inbox.is_empty() || !self.news.is_empty() || self.moved.any();
        !arrives && self.state.follow.is_none() && !self.runner.is_awaited()
    }

    /// Whether a frame is better drawn when the store has answered.
    fn awaits_store(&self) -> bool {
        self.runner.awaits_store() && (!self.hasty || update::lacks(&self.state))
    }

    fn apply(&mut self, msg: Msg) {
        self.state.now = self.clock.now();
        let before = self.toasts.is_some().then(|| self.state.toast.clone());
        let effects = update::update(&mut self.state, msg);
        if let (Some(toasts), Some(toast)) = (&mut self.toasts, &self.state.toast)
            && before.flatten().as_ref() != Some(toast)
        {
            toasts.push(toast.text.clone());
        }
        self.dirty = true;
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Copy(text) => self.errands.push(Errand::Copy(text)),
                Effect::Repaint => self.errands.push(Errand::Repaint),
                Effect::Suspend => self.errands.push(Errand::Suspend),
                Effect::Edit(text) => self.errands.push(Errand::Edit(text)),
                effect => self.runner.run(effect),
            }
        }
    }

    /// Waits until something has happened and applies it, but for what moved in the store.
    async fn turn(&mut self, input: &mut (impl Stream<Item = io::Result<Event>> + Unpin)) {
        let next_change = wake::next_change(&self.state);
        let clock = self.clock.clone();
        let (moved, until_reload) = (self.moved.any(), self.reloads.wait());
        tokio::select! {
            biased;
            event = input.next() => match event {
                Some(Ok(event)) => {
                    self.input(event);
                    self.take_input(input).await;
                }
                // The terminal is gone: what was decided is durable already.
                Some(Err(_)) | None => self.apply(Msg::Terminate),
            },
            Some((msg, _tokens)) = self.inbox.recv() => self.apply(msg),
            Some(news) = self.news.recv() => self.hear(news),
            () = tokio::time::sleep(until_reload), if moved => {}
            () = clock.sleep_until(next_change) => self.wake(),
        }
    }

    /// Applies the keys that are there already, and waits for none.
    async fn take_input(&mut self, input: &mut (impl Stream<Item = io::Result<Event>> + Unpin)) {
        for _ in 0..KEYS {
            let event = tokio::select! {
                biased;
                event = input.next() => event,
                () = std::future::ready(()) => return,
            };
            match event {
                Some(Ok(event)) => self.input(event),
                Some(Err(_)) | None => return self.apply(Msg::Terminate),
            }
        }
    }
}
