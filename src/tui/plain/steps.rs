//! What a line comes to in the console: steps, each done when the one before has come to something.

use crossterm::event::KeyCode;

use super::{
    Talk,
    read::{Asked, Situation, numbers, read},
    say::{health, help, item::Point, lists::PAGE, menu::Takes},
};
use crate::{
    model::{Action, ActionState, Subject},
    tui::{
        command::{Command, Danger, Section},
        detail::{Checks, Tab},
        guard, marks,
        palette::Entry,
        panes::detail::On,
        state::Pane,
        target,
    },
};

#[derive(Debug)]
pub enum Step {
    Ask(Command),
    Run(Entry),
    /// The cursor goes to this row of what has the focus.
    Point(u64),
    /// The cursor goes to this line of the item.
    Line(Point),
    /// This row of the list is opened.
    Open(Subject),
    Mark(Subject),
    Press(KeyCode),
    /// What stands in the line that is open goes.
    Clear,
    /// In place of it.
    Write(String),
    /// The filter stays as it is written, or it is said why it cannot be used.
    Keep,
    Turn(Tab),
    /// A decision, about what was read and nothing else.
    Decide(Command),
    Reason(String),
    Comment(String),
    Choose(String),
    Leave,
    Said(String),
}

impl Talk {
    /// What a line asks for, where it is typed.
    pub(super) fn steps_of(&mut self, line: &str) -> Vec<Step> {
        let at = self.situation();
        match read(line, at) {
            Asked::Nothing if at == Situation::Locked => vec![Step::Press(KeyCode::Enter)],
            Asked::Nothing => Vec::new(),
            Asked::Unknown(why) => vec![Step::Said(why)],
            Asked::Yes => self.yes(at),
            Asked::No => match at {
                Situation::Menu | Situation::Staged | Situation::Counting => {
                    vec![Step::Press(KeyCode::Esc)]
                }
                _ => vec![Step::Said("There is nothing to let go of.".to_owned())],
            },
            Asked::Count(count) => {
                let keys = count.chars().map(|digit| Step::Press(KeyCode::Char(digit)));
                std::iter::once(Step::Clear)
                    .chain(keys)
                    .chain([Step::Press(KeyCode::Enter)])
                    .collect()
            }
            Asked::Choice(typed) => vec![Step::Choose(typed)],
            Asked::Number(number) => self.number(number, at),
            Asked::More => self.more(),
            Asked::Earlier => {
                self.turn_page(self.first.checked_sub(PAGE), "This is the first page.")
            }
            Asked::Again => {
                self.told = None;
                self.asked.clear();
                Vec::new()
            }
            Asked::Health => self.tell(health::lines(&self.console.state)),
            Asked::Help(None) => self.tell(help::all(&self.console.state)),
            Asked::Help(Some(command)) => self.tell(help::about(command, &self.console.state)),
            Asked::Here => self.tell(help::here(&self.console.state)),
            Asked::Wait => {
                self.waits = true;
                Vec::new()
            }
            Asked::Leave => vec![Step::Leave],
            Asked::Reason(words) => vec![Step::Reason(words)],
            Asked::Comment(words) => vec![Step::Comment(words)],
            Asked::HandOff(number) => self.hand_off(&number),
            Asked::Confirm => self.second_word(true),
            Asked::Return => self.second_word(false),
            Asked::Tab(tab) => match self.opened() {
                Ok(()) => vec![Step::Turn(tab)],
                Err(why) => vec![Step::Said(why)],
            },
            Asked::View(line) => {
                self.told = None;
                vec![Step::Run(Entry::View(line))]
            }
            Asked::Target(target) => vec![Step::Run(Entry::Object(target))],
            Asked::Command(command, rest) => self.command(command, rest.trim()),
        }
    }

    fn tell(&mut self, lines: Vec<String>) -> Vec<Step> {
        self.out.extend(lines);
        Vec::new()
    }

    /// Only what was asked is committed.
    fn yes(&mut self, at: Situation) -> Vec<Step> {
        let asks_for_word = self.menu().is_some_and(|menu| menu.takes == Takes::Word);
        match at {
            Situation::Menu if asks_for_word => vec![Step::Press(KeyCode::Enter)],
            Situation::Menu => vec![Step::Said("Type a number, or no.".to_owned())],
            Situation::Counting => vec![Step::Said("Type the number, or no.".to_owned())],
            Situation::Staged if !self.is_as_read() => {
                vec![Step::Said("Nothing is sent yet: more has come.".to_owned())]
            }
            Situation::Staged => {
                let said = super::staged::question(&self.console.state);
                match said == self.asked {
                    true => vec![Step::Press(KeyCode::Enter)],
                    false => vec![Step::Said("This is not what you were asked:".to_owned())],
                }
            }
            _ => vec![Step::Said("There is nothing to say yes to.".to_owned())],
        }
    }

    fn number(&mut self, number: usize, at: Situation) -> Vec<Step> {
        match at {
            Situation::Staged => vec![Step::Reason(number.to_string())],
            Situation::Tree => vec![self.branch(number), Step::Ask(Command::Open)],
            Situation::Item => match self.point(number) {
                Err(why) => vec![Step::Said(why)],
                Ok(Point { on: On::Value { .. }, .. }) => vec![Step::Said(format!(
                    "{number} is a personal value: reveal {number} shows it, copy {number} writes it out."
                ))],
                Ok(Point { on: On::Photo, .. }) => vec![Step::Said(format!(
                    "Photos are not shown in plain mode: hand-off {number} makes a link to it."
                ))],
                Ok(point) => vec![Step::Line(point), Step::Ask(Command::Open)],
            },
            _ => match self.row(number) {
                Ok(subject) => vec![Step::Open(subject)],
                Err(why) => vec![Step::Said(why)],
            },
        }
    }

    /// The row of the list that was said with this number.
    fn row(&self, number: usize) -> Result<Subject, String> {
        let row = self.rows.iter().find(|(known, _)| *known == number);
        row.map(|(_, subject)| subject.clone()).ok_or_else(|| {
            match (self.rows.first(), self.rows.last()) {
                (Some((first, _)), Some((last, _))) => {
                    format!("There is no row {number}: {first} to {last} were read. more goes on.")
                }
                _ => format!("There is no row {number}: this list is empty."),
            }
        })
    }

    /// The line of the item that was said with this number.
    fn point(&self, number: usize) -> Result<Point, String> {
        let point = number.checked_sub(1).and_then(|nth| self.points.get(nth));
        point.cloned().ok_or_else(|| match self.points.len() {
            0 => format!("There is no line {number}: no line of this page has a number."),
            last => format!("There is no line {number}: 1 to {last} have numbers here."),
        })
    }

    fn branch(&self, number: usize) -> Step {
        let rows = self.console.state.relations.rows.len();
        match number.checked_sub(1).filter(|nth| *nth < rows) {
            _ if rows != self.branches => {
                Step::Said("The tree has changed: read says it again.".to_owned())
            }
            Some(nth) => Step::Point(nth as u64),
            None => Step::Said(format!("There is no row {number} in the tree: it has {rows}.")),
        }
    }

    fn more(&mut self) -> Vec<Step> {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return self.tell(rest);
        }
        let state = &self.console.state;
        let total = match state.focus {
            Pane::Inquiries => state.inquiries.rows.total,
            Pane::Cases => state.cases.rows.total,
            Pane::Relations | Pane::Detail => 0,
        };
        let next = Some(self.first + PAGE).filter(|next| *next < total);
        self.turn_page(next, "There is no more.")
    }

    fn turn_page(&mut self, to: Option<u64>, otherwise: &str) -> Vec<Step> {
        let is_list = matches!(self.console.state.focus, Pane::Inquiries | Pane::Cases);
        match to.filter(|_| is_list) {
            Some(first) => {
                self.first = first;
                vec![Step::Point(first)]
            }
            None => vec![Step::Said(otherwise.to_owned())],
        }
    }

    fn hand_off(&self, number: &str) -> Vec<Step> {
        let is_there = self.console.state.detail.as_ref().is_some_and(|it| it.tab == Tab::Photos);
        if self.console.state.focus != Pane::Detail || !is_there {
            return vec![Step::Said("Go to the photos first: photos lists them.".to_owned())];
        }
        match number
            .parse::<usize>()
            .map_err(|_| "Which photo? hand-off 1 is the first.".to_owned())
        {
            Err(why) => vec![Step::Said(why)],
            Ok(number) => match self.point(number) {
                Err(why) => vec![Step::Said(why)],
                Ok(point) => vec![
                    Step::Line(point),
                    Step::Ask(Command::Photos),
                    Step::Press(KeyCode::Char('o')),
                ],
            },
        }
    }

    /// What somebody proposed for the open item is confirmed, or returned to them.
    fn second_word(&self, confirms: bool) -> Vec<Step> {
        if let Err(why) = self.opened() {
            return vec![Step::Said(why)];
        }
        let state = &self.console.state;
        let is_proposed = |action: &&Action| matches!(action.state, ActionState::Proposed { .. });
        let below = || {
            let detail = state.detail.as_ref()?;
            state.decisions_below(detail).find(is_proposed)
        };
        let Some(action) = guard::proposed(state).or_else(below) else {
            return vec![Step::Said("Nothing is proposed for this item.".to_owned())];
        };
        let nth = state.outbox.iter().position(|known| known.id == action.id);
        match (confirms, guard::command_of(&action.verb), nth) {
            (true, Command::Dismiss, _) => vec![Step::Said(
                "dismiss and the number of its line confirms what is proposed for a report."
                    .to_owned(),
            )],
            (true, command, _) => vec![Step::Decide(command)],
            (false, _, Some(nth)) => {
                vec![Step::Ask(Command::Outbox), Step::Choose((nth + 1).to_string())]
            }
            (false, _, None) => vec![Step::Ask(Command::Undo)],
        }
    }

    /// Whether an item is open, so that something can be asked about it.
    fn opened(&self) -> Result<(), String> {
        match self.console.state.focus {
            Pane::Detail | Pane::Relations => Ok(()),
            _ if self.rows.is_empty() => Err("There is no item to open here.".to_owned()),
            _ => Err("Open an item first: type its number.".to_owned()),
        }
    }

    fn command(&mut self, command: Command, rest: &str) -> Vec<Step> {
        use Command as C;
        let is_about_item = match command {
            C::Undo | C::Fetch | C::ClearMarks | C::MarkAll | C::InvertMarks | C::Mark => false,
            C::Filter | C::ClearFilter | C::Order | C::AskPersona | C::Outbox | C::Mismatches => {
                false
            }
            C::Stats | C::Results => false,
            command => matches!(command.spec().section, Section::Deciding | Section::Looking),
        };
        let is_of_marked = marks::in_force(&self.console.state).is_some();
        if let (true, false, Err(why)) = (is_about_item, is_of_marked, self.opened()) {
            return vec![Step::Said(why)];
        }
        let at_tree = self.console.state.focus == Pane::Relations;
        let in_list = matches!(self.console.state.focus, Pane::Inquiries | Pane::Cases);
        let number = rest.parse::<usize>().ok();
        match (command, number) {
            (C::Approve | C::Decline | C::Escalate, _) if !rest.is_empty() => {
                vec![Step::Decide(command), Step::Reason(rest.to_owned())]
            }
            (C::CaseStatus | C::Tag, _) if !rest.is_empty() => {
                vec![Step::Decide(command), Step::Choose(rest.to_owned())]
            }
            (C::Reveal | C::Dismiss, None) if !at_tree => {
                let name = command.spec().name();
                vec![Step::Said(format!("Which line? Type its number, as in {name} 3."))]
            }
            (C::Open, None) if !rest.is_empty() => match target::found(rest) {
                Ok(target) => vec![Step::Run(Entry::Object(target))],
                Err(why) => vec![Step::Said(super::words::text(&why))],
            },
            (C::Open, None) if in_list => {
                vec![Step::Said("Which one? Type its number.".to_owned())]
            }
            (C::Open, Some(number)) if in_list => self.number(number, Situation::List),
            (C::Order, Some(number)) if in_list => match self.row(number) {
                Ok(_) => vec![Step::Point(number as u64 - 1), Step::Ask(C::Order)],
                Err(why) => vec![Step::Said(why)],
            },
            (C::Mark, _) if in_list => self.marks(rest),
            (C::Undo, Some(_)) => vec![Step::Ask(C::Outbox), Step::Choose(rest.to_owned())],
            (command, Some(number)) if at_tree => vec![self.branch(number), asks(command)],
            (C::Open | C::Reveal | C::Dismiss | C::Copy | C::Fold, Some(number)) => {
                match self.point(number) {
                    Ok(point) => vec![Step::Line(point), asks(command)],
                    Err(why) => vec![Step::Said(why)],
                }
            }
            (C::Filter, _) if rest.is_empty() => vec![Step::Said(
                "Narrow by what? Type words, or as in filter status:any failed:>0. clear-filter shows \
                 all again."
                    .to_owned(),
            )],
            (C::Filter, _) => {
                vec![Step::Ask(C::Filter), Step::Write(rest.to_owned()), Step::Keep]
            }
            (C::Checks, _) => self.checks(rest),
            _ => vec![asks(command)],
        }
    }

    /// The checks: those that are listed now, the next choice of them, or those that are named.
    fn checks(&mut self, which: &str) -> Vec<Step> {
        let Some(detail) = &self.console.state.detail else { return vec![asks(Command::Checks)] };
        let (is_there, mut listed) = (detail.tab == Tab::Checks, detail.checks);
        let wanted = match which {
            "" if is_there => listed.next(),
            "" => listed,
            "all" => Checks::All,
            "failed" => Checks::Failed,
            _ => return vec![Step::Said("Type checks, checks all or checks failed.".to_owned())],
        };
        let mut steps = vec![Step::Turn(Tab::Checks)];
        while listed != wanted {
            listed = listed.next();
            steps.push(Step::Ask(Command::Checks));
        }
        steps
    }

    fn marks(&self, rest: &str) -> Vec<Step> {
        let rows = numbers(rest).and_then(|numbers| {
            numbers.into_iter().map(|number| self.row(number)).collect::<Result<Vec<_>, _>>()
        });
        match rows {
            Ok(subjects) => subjects.into_iter().map(Step::Mark).collect(),
            Err(why) => vec![Step::Said(why)],
        }
    }
}

/// A command by itself; what decides anything only about what was read.
fn asks(command: Command) -> Step {
    match (command, command.spec().danger) {
        (Command::Repeat, _) | (_, Danger::Decision) => Step::Decide(command),
        (_, Danger::Harmless) => Step::Ask(command),
    }
}
