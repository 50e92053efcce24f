//! The console in lines, for a screen reader or a script: one state, one `update`, one table of
//! commands, and a second way to read and to write. What is typed becomes commands, keys and text of
//! the same console (`read`, `steps`); what is said are lines made of `&State` (`say`), appended and
//! never drawn again. No mode of the terminal is changed.

mod perform;
mod read;
mod run;
mod say;
mod steps;
mod words;

use std::collections::VecDeque;

use crossterm::event::{Event, KeyCode, KeyEvent};

pub use self::run::run;
use self::{
    read::Situation,
    say::{
        health,
        item::{self, Point},
        lists, menu,
        menu::{Menu, Takes},
        news::{self, Known},
        place::{Item, Place, place},
        staged,
    },
    steps::Step,
};
use super::{
    Console, Errand,
    keymap::Keys,
    msg::Msg,
    state::{Overlay, Pane},
    unsent::Unsent,
};
use crate::model::Subject;

/// Columns and rows for what goes by a screen's size: whole lines, and three pages of a list.
const SIZE: (u16, u16) = (1_000, 60);

/// Lines that are said at once; the rest waits until it is asked for.
const MOST: usize = 60;

/// The console for whoever types lines and reads lines.
pub struct Talk {
    console: Console,
    /// What the last line is still to do, each when the one before has come to something.
    steps: VecDeque<Step>,
    /// What was said of where the reviewer is; nothing: it is to be said.
    told: Option<Place>,
    /// The question and the choices that were said.
    asked: Vec<String>,
    /// What was known when it was listened to last; nothing before the first time.
    known: Option<Known>,
    /// What the numbers of a list stand for, and of an item's lines.
    rows: Vec<(usize, Subject)>,
    points: Vec<Point>,
    /// How many rows the tree had when it was said.
    branches: usize,
    /// The row that the list is said from.
    first: u64,
    /// Answers to the last line that are no part of the state.
    out: Vec<String>,
    /// Of what was said last, what is still to be said.
    rest: Vec<String>,
    /// Somebody waits until what was decided has left.
    waits: bool,
    /// Longer than that is not waited for: said so.
    is_late: bool,
}

impl Talk {
    /// Takes a console over. Whatever names a key names a command from now on.
    pub fn new(mut console: Console) -> Self {
        console.state.settings.keys = Keys::in_words();
        console.set_means(None);
        console.toasts = Some(Vec::new());
        console.input(Event::Resize(SIZE.0, SIZE.1));
        Self {
            console,
            known: None,
            steps: VecDeque::new(),
            told: None,
            asked: Vec::new(),
            rows: Vec::new(),
            points: Vec::new(),
            branches: 0,
            first: 0,
            out: Vec::new(),
            rest: Vec::new(),
            waits: false,
            is_late: false,
        }
    }

    pub fn console(&mut self) -> &mut Console {
        &mut self.console
    }

    /// Whose console this is.
    pub fn hello(&self) -> String {
        health::hello(&self.console.state)
    }

    /// Begins with what a line asks for; `go_on` does the rest of it.
    pub fn hear(&mut self, line: &str) {
        self.is_late = false;
        self.close_what_was_said();
        self.console.apply(Msg::Attended);
        self.steps = self.steps_of(line).into();
        self.go_on();
    }

    /// The next step, when the one before has come to something. False if there was none.
    pub fn go_on(&mut self) -> bool {
        let Some(step) = self.steps.pop_front() else { return false };
        // A link that came meanwhile takes no step for itself.
        if matches!(self.console.state.overlay, Some(Overlay::Link { .. })) {
            self.close_what_was_said();
        }
        self.perform(step);
        // Nobody waits for a cursor to rest.
        self.console.rest();
        true
    }

    /// Whether all that the last line asked for is there.
    pub fn is_settled(&self) -> bool {
        let unsent = self.console.state.outbox.iter().any(|action| action.state.is_on_its_way());
        self.console.is_settled() && !(self.waits && unsent)
    }

    /// Whether it is waited until what was decided has left.
    pub fn waits(&self) -> bool {
        self.waits
    }

    /// What was asked for takes longer than anybody is kept waiting: the rest comes later.
    pub fn give_up(&mut self) {
        self.steps.clear();
        self.is_late = true;
    }

    pub fn is_over(&self) -> bool {
        self.console.is_over()
    }

    /// No line will come any more: what has not left is sent the next time.
    pub fn end(&mut self) -> Vec<String> {
        let state = &self.console.state;
        let said = Unsent::of(state).words(state.settings.is_shared);
        self.console.apply(Msg::Terminate);
        if said.is_empty() { said } else { vec![said.join(" ")] }
    }

    /// Before what is typed.
    pub fn prompt(&self) -> String {
        let state = &self.console.state;
        let said = match (self.situation(), menu::menu(state), &state.staged) {
            (Situation::Locked, ..) => "locked, Enter comes back".to_owned(),
            (_, Some(menu), _) => menu.prompt.to_owned(),
            (_, None, Some(staged)) => staged::prompt(staged),
            (Situation::Item, ..) => match &state.detail {
                Some(detail) if matches!(detail.subject, Subject::Inquiry(_)) => {
                    format!("{} {}", say::short(&detail.subject), detail.tab.word())
                }
                Some(detail) => say::short(&detail.subject),
                None => "item".to_owned(),
            },
            (Situation::Tree, ..) => "relations".to_owned(),
            _ if state.focus == Pane::Cases => "cases".to_owned(),
            _ => "inquiries".to_owned(),
        };
        format!("{said}: ")
    }

    /// What there is to say since the last time, in lines. It counts as read.
    pub fn speak(&mut self) -> Vec<String> {
        let toasts = self.console.toasts.replace(Vec::new()).unwrap_or_default();
        let mut said = Vec::new();
        if self.console.state.lock.is_on() {
            (self.told, self.asked, self.waits) = (None, Vec::new(), false);
            self.out.clear();
            self.rest.clear();
            return vec![LOCKED.to_owned()];
        }
        said.extend(toasts.iter().map(|toast| say::sentence(&words::text(toast))));
        said.extend(self.copies());
        let known = self.known.replace(Known::of(&self.console.state));
        let news = known.map(|known| news::since(&known, &self.console.state)).unwrap_or_default();
        said.extend(news.iter().map(|said| say::sentence(&words::text(said))));
        said.append(&mut self.out);
        said.extend(self.say_place());
        // That it was read counts for the question.
        let is_read = matches!(&self.told, Some(Place::Item(item)) if !item.is_awaited());
        if is_read && self.console.state.focus == Pane::Detail {
            self.console.drawn();
        }
        // What is asked is never among what waits.
        if said.len() > MOST {
            self.rest = said.split_off(MOST);
            said.push(format!("{} more lines: more goes on.", self.rest.len()));
        }
        said.extend(self.say_question());
        if self.is_late {
            said.push("Still loading. Enter says what has come.".to_owned());
        }
        self.waits = false;
        if said.is_empty() {
            said.push("Nothing new.".to_owned());
        }
        if self.menu().is_some_and(|menu| menu.takes == Takes::Nothing) {
            self.key(KeyCode::Esc);
            self.asked.clear();
        }
        said
    }

    /// What would be on the clipboard elsewhere stands in a line by itself. Nothing else can be done
    /// by whoever reads lines.
    fn copies(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        for errand in self.console.errands() {
            match errand {
                // A one-time link is said with what it is.
                Errand::Copy(_)
                    if matches!(self.console.state.overlay, Some(Overlay::Link { .. })) => {}
                Errand::Copy(text) => said.push(text.expose().clone()),
                Errand::Edit(_) => {
                    let why = "comment and your words write it here".to_owned();
                    self.console.edited(Err(why));
                }
                Errand::Repaint | Errand::Suspend => {}
            }
        }
        said
    }

    /// Where the reviewer is, as far as it differs from what was said.
    fn say_place(&mut self) -> Vec<String> {
        let before = self.told.take();
        let state = &self.console.state;
        // Who comes to a list hears the page that its cursor is on.
        if !before.as_ref().is_some_and(|before| place(state, self.first).is_list_of(before)) {
            self.first = lists::page_of_cursor(state);
        }
        let now = place(state, self.first);
        let lines = match (&now, &before) {
            _ if before.as_ref() == Some(&now) => Vec::new(),
            (Place::Item(now), Some(Place::Item(before))) => {
                let read = item::read(state, now.is_new_to(before) && !now.hides(before));
                let mut lines = changed(now, before);
                match now.differs_in_clear(before) {
                    true if now.hides(before) => {
                        lines.push("Personal data is masked again.".to_owned());
                    }
                    true => lines.extend(in_clear(now, before, &read)),
                    false => lines.extend(read.lines),
                }
                self.points = read.points;
                lines
            }
            (Place::Item(_), _) => {
                let read = item::read(state, true);
                self.points = read.points;
                read.lines
            }
            (Place::List { .. }, _) => {
                let page = lists::page(state, self.first);
                self.rows = page.numbers;
                page.lines
            }
            (Place::Tree { rows, .. }, _) => {
                self.branches = rows.len();
                lists::tree(state)
            }
        };
        self.told = Some(now);
        lines
    }

    /// What is staged, or what is open over it, if that was not said yet.
    fn say_question(&mut self) -> Vec<String> {
        let state = &self.console.state;
        let lines = match menu::menu(state) {
            Some(menu) => menu.lines,
            None => staged::question(state),
        };
        if lines == self.asked {
            return Vec::new();
        }
        self.asked.clone_from(&lines);
        lines
    }

    /// What only had to be said is closed: nothing can be chosen in it.
    fn close_what_was_said(&mut self) {
        let open = menu::menu(&self.console.state);
        if self.console.state.lock.is_on() || open.is_none_or(|menu| menu.takes != Takes::Nothing) {
            return;
        }
        // It came since somebody listened.
        let copied = self.copies();
        self.out.extend(copied);
        let missed = self.say_question();
        self.out.extend(missed);
        self.key(KeyCode::Esc);
        self.asked.clear();
    }

    fn situation(&self) -> Situation {
        let state = &self.console.state;
        match (&state.overlay, &state.staged, state.focus) {
            _ if state.lock.is_on() => Situation::Locked,
            (Some(_), ..) => Situation::Menu,
            (None, Some(staged), _) if staged::counting(staged).is_some() => Situation::Counting,
            (None, Some(_), _) => Situation::Staged,
            (None, None, Pane::Detail) => Situation::Item,
            (None, None, Pane::Relations) => Situation::Tree,
            (None, None, Pane::Inquiries | Pane::Cases) => Situation::List,
        }
    }

    fn menu(&self) -> Option<Menu> {
        menu::menu(&self.console.state)
    }

    fn key(&mut self, code: KeyCode) {
        self.console.input(Event::Key(KeyEvent::from(code)));
    }

    /// Something to be said that is not of the state.
    fn answer(&mut self, said: impl Into<String>) {
        self.out.push(said.into());
        self.steps.clear();
    }
}

const LOCKED: &str = "caseload is locked, nothing more is said. What was said stays in the terminal. \
                      What was decided goes on its way.";

/// That an item is not as it was read.
fn changed(now: &Item, before: &Item) -> Vec<String> {
    let is_same_item = now.subject == before.subject;
    match is_same_item && !before.is_awaited() && now.content != before.content {
        true => vec!["It is not as it was read to you any more:".to_owned()],
        false => Vec::new(),
    }
}

/// Lines whose value is in clear now, and was not, or the other way round.
fn in_clear(now: &Item, before: &Item, read: &item::Read) -> Vec<String> {
    let is_other = |place: &String| now.shown.contains(place) != before.shown.contains(place);
    let is_other = |point: &Point| match &point.on {
        super::panes::detail::On::Value { place, .. } => is_other(place),
        _ => false,
    };
    let points = read.points.iter().enumerate().filter(|(_, point)| is_other(point));
    let numbers = points.map(|(nth, _)| format!("{}. ", nth + 1));
    let line = |number: String| read.lines.iter().find(|line| line.starts_with(&number)).cloned();
    numbers.filter_map(line).collect()
}
