//! Each step in the console: a command is asked for, a key is pressed, text is written, as if somebody
//! sat at the screen.

use crossterm::event::{Event, KeyCode, KeyEvent, KeyModifiers};

use super::{
    Talk,
    say::{
        item::Point,
        menu::{Takes, choice},
        place::{Place, place},
    },
    steps::Step,
};
use crate::{
    model::Subject,
    tui::{
        command::Command,
        detail::Tab,
        msg::Msg,
        palette::Entry,
        panes::detail::{self, On},
        state::{Overlay, Pane},
        tagging,
        target::Target,
    },
};

impl Talk {
    pub(super) fn perform(&mut self, step: Step) {
        match step {
            Step::Ask(command) => self.ask(command),
            Step::Run(entry) => self.console.apply(Msg::Named(entry)),
            Step::Point(row) => self.console.apply(Msg::Pointed(row)),
            Step::Line(point) => self.go_to(&point),
            Step::Open(subject) => match self.select(&subject) {
                true => self.ask(Command::Open),
                false => {
                    self.out.push("It has left this list.".to_owned());
                    self.console.apply(Msg::Named(Entry::Object(Target::Item(subject))));
                }
            },
            Step::Mark(subject) => match self.select(&subject) {
                true => self.ask(Command::Mark),
                false => self.answer("It has left this list."),
            },
            Step::Press(code) => self.press(code),
            Step::Clear => {
                let clear = KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL);
                self.console.input(Event::Key(clear));
            }
            Step::Write(text) => {
                self.perform(Step::Clear);
                self.console.input(Event::Paste(text));
            }
            Step::Keep => self.keep(),
            Step::Turn(tab) => self.turn(tab),
            Step::Decide(command) => self.decide(command),
            Step::Reason(words) => self.reason(&words),
            Step::Comment(words) => self.comment(words),
            Step::Choose(typed) => self.choose(&typed),
            Step::Leave => {
                // As when it is interrupted twice, from wherever one is.
                self.ask(Command::Interrupt);
                self.ask(Command::Interrupt);
                self.console.toasts = Some(Vec::new());
            }
            Step::Said(said) => self.answer(said),
        }
    }

    fn ask(&mut self, command: Command) {
        // Whoever goes somewhere hears where that is, even if it is here.
        if leads_somewhere(command) {
            self.told = None;
        }
        self.console.apply(Msg::Named(Entry::Command(command)));
    }

    fn press(&mut self, code: KeyCode) {
        if code == KeyCode::Enter
            && let Some(staged) = &self.console.state.staged
            && staged.writing
        {
            // What was written before it was locked is kept; that is no yes.
            self.key(KeyCode::Esc);
            return;
        }
        self.key(code);
    }

    /// Puts the cursor of the list on a row that was read, wherever it is by now.
    fn select(&mut self, subject: &Subject) -> bool {
        let state = &self.console.state;
        let row = match state.focus {
            Pane::Cases => {
                let rows = &state.cases.rows;
                let found = rows.rows.iter().position(|row| row.id.as_str() == subject.id());
                found.map(|nth| rows.first + nth as u64)
            }
            _ => {
                let rows = &state.inquiries.rows;
                let found = rows.rows.iter().position(|row| row.id.as_str() == subject.id());
                found.map(|nth| rows.first + nth as u64)
            }
        };
        let Some(row) = row else { return false };
        self.console.apply(Msg::Pointed(row));
        self.console.state.selected().as_ref() == Some(subject)
    }

    /// Puts the cursor of the item on a line that was read, if it still says the same.
    fn go_to(&mut self, point: &Point) {
        let rows = detail::lines(&self.console.state).map(|(.., rows)| rows).unwrap_or_default();
        let is_it = |row: &detail::Row<'_>| row.on.as_ref() == Some(&point.on);
        let row = match rows.get(point.row).is_some_and(is_it) || point.on == On::Photo {
            true => Some(point.row),
            false => rows.iter().position(is_it),
        };
        match row {
            Some(row) => self.console.apply(Msg::Pointed(row as u64)),
            None => {
                self.told = None;
                self.answer("That line is not there any more.");
            }
        }
    }

    fn keep(&mut self) {
        let Some(line) = &self.console.state.filter else { return };
        match line.problem.clone() {
            None => self.key(KeyCode::Enter),
            Some(why) => {
                self.key(KeyCode::Esc);
                self.answer(super::words::text(&why));
            }
        }
    }

    /// Goes to a tab by the way on which nothing is asked of Persona.
    fn turn(&mut self, tab: Tab) {
        let Some(from) = self.console.state.detail.as_ref().map(|detail| detail.tab) else {
            return self.ask(Command::NextTab);
        };
        if from == tab {
            // Asked for by itself, it is read again.
            if self.steps.is_empty() {
                self.told = None;
            }
            return;
        }
        let way = |by: isize| {
            let mut passed = Vec::new();
            let mut at = from.turned(by);
            while at != tab {
                passed.push(at);
                at = at.turned(by);
            }
            let asks = passed.iter().filter(|at| matches!(at, Tab::Timeline | Tab::Raw)).count();
            (asks, passed.len() + 1)
        };
        let (on, back) = (way(1), way(-1));
        let (command, turns) = match on <= back {
            true => (Command::NextTab, on.1),
            false => (Command::PreviousTab, back.1),
        };
        for _ in 0..turns {
            let before = self.console.state.detail.as_ref().map(|detail| detail.tab);
            self.ask(command);
            if self.console.state.detail.as_ref().map(|detail| detail.tab) == before {
                return;
            }
        }
    }

    /// Nothing is decided that is not as it was read.
    fn decide(&mut self, command: Command) {
        match self.is_as_read() {
            true => self.ask(command),
            false => self.answer("Nothing is staged: it is not as it was read to you."),
        }
    }

    /// Whether the open item says what was said of it.
    pub(super) fn is_as_read(&self) -> bool {
        match (place(&self.console.state, self.first), &self.told) {
            (Place::Item(now), Some(Place::Item(told))) => now.is_as(told),
            (Place::Item(_), _) => false,
            _ => true,
        }
    }

    fn reason(&mut self, words: &str) {
        let Some(staged) = self.console.state.staged.as_ref().filter(|staged| !staged.submitted)
        else {
            return self.steps.clear();
        };
        let reasons: Vec<String> =
            staged.reasons.iter().take(9).map(|reason| reason.text.clone()).collect();
        let code = staged.reasons.iter().take(9).position(|reason| reason.code == words);
        let chosen = staged.reason;
        if reasons.is_empty() {
            return self.answer("No reason is asked for.");
        }
        match code.map_or_else(|| choice(words, &reasons), Ok) {
            Ok(nth) if chosen == Some(nth) => self.answer("That reason is given already."),
            Ok(nth) => {
                let digit = char::from_digit(nth as u32 + 1, 10).unwrap_or('1');
                self.key(KeyCode::Char(digit));
            }
            Err(why) => self.answer(why),
        }
    }

    fn comment(&mut self, words: String) {
        if self.console.state.staged.is_none() {
            return self.answer("A comment goes with a decision: approve or decline first.");
        }
        self.key(KeyCode::Char('c'));
        if self.console.state.staged.as_ref().is_some_and(|staged| staged.writing) {
            self.perform(Step::Write(words));
            self.key(KeyCode::Enter);
        }
    }

    /// Takes one of what is listed.
    fn choose(&mut self, typed: &str) {
        let Some(menu) = self.menu() else { return self.steps.clear() };
        if menu.takes == Takes::Id {
            self.perform(Step::Write(typed.to_owned()));
            return self.key(KeyCode::Enter);
        }
        let found = choice(typed, &menu.choices);
        match (menu.takes, found) {
            (Takes::Word, _) => self.answer("Type yes or no."),
            (Takes::Text(_), Err(_)) if typed.parse::<usize>().is_err() => self.tag(typed),
            (_, Err(why)) => self.answer(why),
            (Takes::Digit, Ok(nth)) => {
                let digit = char::from_digit(nth as u32 + 1, 10).unwrap_or('1');
                self.key(KeyCode::Char(digit));
            }
            (Takes::Enter(cursor) | Takes::Text(cursor), Ok(nth)) => {
                self.move_by(cursor, nth);
                self.key(KeyCode::Enter);
            }
            (Takes::Undo(cursor), Ok(nth)) => {
                self.move_by(cursor, nth);
                self.key(KeyCode::Char('u'));
                self.key(KeyCode::Esc);
            }
            (Takes::Id | Takes::Nothing, _) => self.key(KeyCode::Esc),
        }
    }

    fn move_by(&mut self, cursor: usize, to: usize) {
        let code = if to > cursor { KeyCode::Down } else { KeyCode::Up };
        for _ in 0..to.abs_diff(cursor) {
            self.key(code);
        }
    }

    /// A tag that is not listed, or is as it is written.
    fn tag(&mut self, typed: &str) {
        self.perform(Step::Write(typed.to_owned()));
        let Some(Overlay::Tags(menu)) = &self.console.state.overlay else { return };
        let is_it = |entry: &tagging::Entry| {
            let (tagging::Entry::On(tag) | tagging::Entry::Off(tag) | tagging::Entry::New(tag)) =
                entry;
            tag.as_str() == typed
        };
        let (cursor, found) = (menu.cursor, menu.entries().iter().position(is_it));
        if let Some(nth) = found {
            self.move_by(cursor, nth);
            self.key(KeyCode::Enter);
        }
    }
}

/// Whether a command goes to a list or the tree.
fn leads_somewhere(command: Command) -> bool {
    use Command as C;
    let views = [C::View4, C::View5, C::View6, C::View7, C::View8, C::View9, C::LastView];
    views.contains(&command)
        || matches!(command, C::InquiriesPane | C::CasesPane | C::RelationsPane)
}
