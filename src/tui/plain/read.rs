//! What a typed line asks for. Pure: the line and where it is typed come in, what is meant goes out.

use crate::tui::{
    command::{Command, TABLE},
    detail::Tab,
    keymap::{Keys, Resolved},
    target::{self, Target},
    views,
};

/// Where a line is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    Locked,
    /// Many are decided in one go, and their number is to be typed.
    Counting,
    /// Something is staged.
    Staged,
    /// Choices are numbered, or a word is awaited.
    Menu,
    List,
    Item,
    Tree,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Nothing,
    Yes,
    No,
    Number(usize),
    /// The number that commits many.
    Count(String),
    /// In a menu: which one.
    Choice(String),
    More,
    Earlier,
    Again,
    Health,
    Wait,
    Help(Option<Command>),
    Here,
    Leave,
    Reason(String),
    Comment(String),
    HandOff(String),
    /// A second person's word about what is proposed.
    Confirm,
    Return,
    Tab(Tab),
    View(String),
    Target(Target),
    Command(Command, String),
    /// Why it is nothing, as a sentence.
    Unknown(String),
}

/// What is typed besides the names of commands.
pub const OWN: &[(&str, &str)] = &[
    ("a number", "opens that row or line, chooses from a list, or gives a reason while deciding"),
    ("an id or a link", "opens what it names"),
    ("Enter alone", "says what is new"),
    ("more", "goes on with a list or a long answer"),
    ("read", "says again what is open: the list, or the item"),
    ("yes", "commits what is asked"),
    ("no", "lets go of it, or closes a list of choices"),
    ("reason", "and a number or words: the reason of what is being decided"),
    ("comment", "and your words: the comment that goes with it"),
    ("confirm", "a second person's word: what somebody proposed for this item is to be done"),
    ("return", "a second person's word: it is not, and goes back to who proposed it"),
    ("tab", "and its name: checks, compare, photos, sessions, reports, documents, timeline, raw"),
    ("hand-off", "and the number of a photo: a link to it in full quality"),
    ("health", "how Persona answers, and how old the data is"),
    ("wait", "waits until what was decided has left"),
    ("?", "what can be done here"),
];

/// Commands that move what only a screen has.
pub fn is_meant_for_keys(command: Command) -> bool {
    use Command as C;
    matches!(
        command,
        C::Down
            | C::Up
            | C::PageDown
            | C::PageUp
            | C::First
            | C::Last
            | C::NextPane
            | C::PreviousPane
            | C::MarkRange
            | C::Prompt
            | C::Repaint
            | C::Suspend
            | C::Interrupt
    )
}

/// What is meant by a line.
pub fn read(line: &str, at: Situation) -> Asked {
    let line = line.trim();
    let typed = line.strip_prefix(':').unwrap_or(line).trim();
    let low = typed.to_lowercase();
    match (at, low.as_str()) {
        (_, "") => return Asked::Nothing,
        (Situation::Locked, _) => return Asked::Again,
        (_, "yes") => return Asked::Yes,
        (Situation::Menu | Situation::Staged | Situation::Counting, "y") => return Asked::Yes,
        (_, "no" | "n" | "cancel") => return Asked::No,
        (Situation::Menu, "close" | "back" | "quit" | "q" | "exit") => return Asked::No,
        (Situation::Menu, _) => return Asked::Choice(typed.to_owned()),
        (Situation::Staged | Situation::Counting, "back" | "undo" | "u") => return Asked::No,
        _ => {}
    }
    if let Ok(number) = low.parse::<usize>() {
        return match at {
            Situation::Counting => Asked::Count(low),
            _ => Asked::Number(number),
        };
    }
    if let Some(words) = line.strip_prefix('/') {
        return Asked::Command(Command::Filter, words.trim().to_owned());
    }
    let (first, rest) = low.split_once(char::is_whitespace).unwrap_or((&low, ""));
    // As it is written: names and comments keep their capitals.
    let written = typed.get(first.len()..).unwrap_or_default().trim().to_owned();
    if let Some(asked) = own(first, rest.trim(), &written, at) {
        return asked;
    }
    if views::is_typed(typed) {
        return match rest.trim().parse().ok().and_then(view) {
            Some(command) => Asked::Command(command, String::new()),
            None => Asked::View(typed.to_owned()),
        };
    }
    if let Some((command, rest)) = named(typed) {
        return asked_of(command, rest);
    }
    if let Ok(target) = target::found(typed) {
        return Asked::Target(target);
    }
    if let Resolved::Command(command) = Keys::default().resolve(&[typed.to_owned()]) {
        return asked_of(command, String::new());
    }
    Asked::Unknown(unknown(&low))
}

/// What lines have of their own.
fn own(first: &str, rest: &str, written: &str, at: Situation) -> Option<Asked> {
    Some(match (first, rest) {
        ("more", "") => Asked::More,
        ("next" | "n", "") if at == Situation::List => Asked::More,
        ("previous", "") if at == Situation::List => Asked::Earlier,
        ("read" | "list" | "again", "") => Asked::Again,
        ("health", "") => Asked::Health,
        ("wait", "") => Asked::Wait,
        ("?", "") => Asked::Here,
        ("exit" | "quit", "") => Asked::Leave,
        ("help", name) => match named(name) {
            Some((command, _)) => Asked::Help(Some(command)),
            None if name.is_empty() => Asked::Help(None),
            None => Asked::Unknown(unknown(name)),
        },
        ("reason", _) => Asked::Reason(written.to_owned()),
        ("comment", _) => Asked::Comment(written.to_owned()),
        ("confirm", "") => Asked::Confirm,
        ("return", "") => Asked::Return,
        ("hand-off" | "handoff", _) => Asked::HandOff(rest.to_owned()),
        ("tab", name) if !name.is_empty() => match tab(name) {
            Some(tab) => Asked::Tab(tab),
            None => Asked::Unknown(format!("There is no tab called {name}: {}.", tabs())),
        },
        (name, "") if tab(name).is_some_and(|tab| tab != Tab::Checks) => Asked::Tab(tab(name)?),
        _ => return None,
    })
}

/// A few commands mean what lines have of their own.
fn asked_of(command: Command, rest: String) -> Asked {
    match command {
        Command::Help => Asked::Help(None),
        Command::Photos => Asked::Tab(Tab::Photos),
        Command::Quit | Command::Interrupt => Asked::Leave,
        Command::PageDown => Asked::More,
        Command::PageUp => Asked::Earlier,
        Command::Repaint => Asked::Again,
        Command::Prompt => Asked::Unknown("Type a name without a colon: help lists them.".into()),
        Command::Suspend => Asked::Unknown("Ctrl-Z goes to the shell; fg comes back.".to_owned()),
        Command::MarkRange => Asked::Unknown("mark 3-7 marks the rows from 3 to 7.".to_owned()),
        Command::Down | Command::Up | Command::First | Command::Last => {
            Asked::Unknown("There is no cursor here: type the number of a row.".to_owned())
        }
        command => Asked::Command(command, rest),
    }
}

/// The command whose name the line begins with, and the rest of the line. `clear filter` is
/// `clear-filter`, and the longest name counts.
fn named(typed: &str) -> Option<(Command, String)> {
    let words: Vec<&str> = typed.split_whitespace().collect();
    for count in (1..=words.len().min(3)).rev() {
        let name = words[..count].join("-").to_lowercase().replace('_', "-");
        if let Some(spec) = TABLE.iter().find(|spec| spec.name() == name) {
            return Some((spec.command, words[count..].join(" ")));
        }
    }
    None
}

/// The view on a digit.
fn view(digit: usize) -> Option<Command> {
    use Command as C;
    let digits = [
        C::InquiriesPane,
        C::CasesPane,
        C::RelationsPane,
        C::View4,
        C::View5,
        C::View6,
        C::View7,
        C::View8,
        C::View9,
    ];
    digit.checked_sub(1).and_then(|nth| digits.get(nth)).copied()
}

fn tab(name: &str) -> Option<Tab> {
    Tab::ALL.into_iter().find(|tab| tab.title().eq_ignore_ascii_case(name))
}

fn tabs() -> String {
    Tab::ALL.map(|tab| tab.title().to_lowercase()).join(", ")
}

/// How near a name is to be offered: 0.0 has nothing in common, 1.0 is the same.
const NEAR: f64 = 0.75;

fn unknown(typed: &str) -> String {
    let first = typed.split_whitespace().next().unwrap_or(typed);
    let commands = TABLE.iter().filter(|spec| !is_meant_for_keys(spec.command));
    let own = OWN.iter().map(|(name, _)| (*name).to_owned()).filter(|name| !name.contains(' '));
    let names = commands.map(|spec| spec.name()).chain(own).chain(tab_names());
    let mut near: Vec<(f64, String)> = names
        .map(|name| (strsim::jaro_winkler(first, &name), name))
        .filter(|(likeness, _)| *likeness >= NEAR)
        .collect();
    near.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    near.dedup_by(|(_, one), (_, other)| one == other);
    let near: Vec<String> = near.into_iter().take(3).map(|(_, name)| name).collect();
    match near.is_empty() {
        true => format!("Nothing is called {first}. help says what can be typed."),
        false => format!("Nothing is called {first}. Did you mean {}?", near.join(" or ")),
    }
}

fn tab_names() -> impl Iterator<Item = String> {
    Tab::ALL.into_iter().map(|tab| tab.title().to_lowercase())
}

/// Numbers of rows: `3`, `3-7`, `3 5 9`.
///
/// # Errors
/// With a sentence where it is none.
pub fn numbers(typed: &str) -> Result<Vec<usize>, String> {
    let mut all = Vec::new();
    for part in typed.split([' ', ',']).filter(|part| !part.is_empty()) {
        let (from, to) = part.split_once('-').unwrap_or((part, part));
        match (from.parse::<usize>(), to.parse::<usize>()) {
            (Ok(from), Ok(to)) if from <= to && to - from < MOST => all.extend(from..=to),
            _ => return Err(format!("{part} is no row: type numbers as in 3 or 3-7.")),
        }
    }
    match all.is_empty() {
        true => Err("Which rows? Type numbers as in 3 or 3-7.".to_owned()),
        false => Ok(all),
    }
}

/// More rows than this are not meant by a range.
const MOST: usize = 1_000;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InquiryId, Subject};

    #[test]
    fn a_line_is_read_where_it_is_typed() {
        use Situation::{Counting, Item, List, Locked, Menu, Staged};
        let command = |command, rest: &str| Asked::Command(command, rest.to_owned());
        let inquiry = Target::Item(Subject::Inquiry(InquiryId::new("inq_7Q2m").unwrap()));
        let table = [
            ("", List, Asked::Nothing),
            ("  ", Staged, Asked::Nothing),
            ("approve", Locked, Asked::Again),
            ("yes", Staged, Asked::Yes),
            ("Y", Staged, Asked::Yes),
            ("y", Item, command(Command::Copy, "")),
            ("no", Staged, Asked::No),
            ("3", List, Asked::Number(3)),
            ("12", Counting, Asked::Count("12".into())),
            ("pending", Menu, Asked::Choice("pending".into())),
            ("quit", Menu, Asked::No),
            ("approve", Item, command(Command::Approve, "")),
            (":Approve 2", Item, command(Command::Approve, "2")),
            ("decline Blurred Photo", Item, command(Command::Decline, "Blurred Photo")),
            ("a", Item, command(Command::Approve, "")),
            ("clear filter", List, command(Command::ClearFilter, "")),
            ("mark all", List, command(Command::MarkAll, "")),
            ("mark 3-7", List, command(Command::Mark, "3-7")),
            ("/ status:any Jane", List, command(Command::Filter, "status:any Jane")),
            ("filter failed:>0", List, command(Command::Filter, "failed:>0")),
            ("view 4", List, command(Command::View4, "")),
            ("undo", Staged, Asked::No),
            ("view late", List, Asked::View("view late".into())),
            ("inq_7Q2m", List, Asked::Target(inquiry.clone())),
            (
                "https://app.withpersona.com/dashboard/inquiries/inq_7Q2m",
                List,
                Asked::Target(inquiry),
            ),
            ("next", List, Asked::More),
            ("next", Item, command(Command::NextItem, "")),
            ("photos", Item, Asked::Tab(Tab::Photos)),
            ("tab checks", Item, Asked::Tab(Tab::Checks)),
            ("checks", Item, command(Command::Checks, "")),
            ("comment Not the Same", Staged, Asked::Comment("Not the Same".into())),
            ("reason 2", Staged, Asked::Reason("2".into())),
            ("help approve", List, Asked::Help(Some(Command::Approve))),
            ("?", List, Asked::Here),
            ("quit", List, Asked::Leave),
            ("confirm", Item, Asked::Confirm),
            ("return", Item, Asked::Return),
            ("hand-off 2", Item, Asked::HandOff("2".into())),
            (
                "status Waiting for documents",
                Item,
                command(Command::CaseStatus, "Waiting for documents"),
            ),
        ];
        for (line, at, expected) in table {
            assert_eq!(read(line, at), expected, "{line} {at:?}");
        }
    }

    #[test]
    fn what_is_nothing_is_answered_with_what_is_near() {
        let table = [
            ("aprove", "Did you mean approve"),
            ("timline", "timeline"),
            ("helth", "health"),
            ("%%", "Nothing is called %%. help says"),
            ("tab nonsense", "no tab called nonsense: checks, compare"),
            ("down", "no cursor here"),
            ("help nonsens", "Nothing is called nonsens"),
        ];
        for (line, why) in table {
            match read(line, Situation::Item) {
                Asked::Unknown(said) => assert!(said.contains(why), "{line}: {said}"),
                other => panic!("{line}: {other:?}"),
            }
        }
    }

    #[test]
    fn rows_are_named_by_numbers_and_ranges() {
        assert_eq!(numbers("3"), Ok(vec![3]));
        assert_eq!(numbers("3-5 9, 11"), Ok(vec![3, 4, 5, 9, 11]));
        for bad in ["", "x", "5-3", "1-99999", "3-"] {
            assert!(numbers(bad).is_err(), "{bad}");
        }
    }
}
