//! What keys mean where something is open over the panes: one table for each such place. A row
//! follows commands of the big table: their keys mean the same here.

use super::super::command::Command;

/// Where keys have a meaning of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    Commit,
    Menu,
    Line,
    Comment,
    Filter,
    Palette,
    Viewer,
    HandOff,
    Locked,
}

/// What a press means while a decision is staged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staging {
    Commit,
    LetGo,
    /// The nth reason, from 0.
    Reason(usize),
    Comment,
    /// The comment in the reviewer's own editor.
    Editor,
    /// Not the commit bar's: whatever it means elsewhere.
    Other,
}

/// What a press means in a comment that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commenting {
    Done,
    Editor,
    /// It would leave the line.
    Nothing,
    Text,
}

/// What a press means in a line of text or in a menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialog {
    Accept,
    Cancel,
    Down,
    Up,
    PageDown,
    PageUp,
    /// Copy again, where there is something to copy.
    Copy,
    /// The nth entry, from 0.
    Pick(usize),
    /// The entry that goes by this letter.
    Letter(char),
    Other,
}

/// What a press means while photos are over the whole screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewing {
    Nearer,
    Farther,
    Fit,
    Turn,
    Left,
    Down,
    Up,
    Right,
    Next,
    Previous,
    OtherSide,
    OneOrTwo,
    HandOff,
    Reveal,
    Again,
    Close,
}

/// What a press means when a photo is to be handed off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandingOff {
    Copy,
    Code,
    Leave,
    Other,
}

/// What a press means in the filter line that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filtering {
    Keep,
    Restore,
    Complete,
    /// It would leave the line.
    Nothing,
    Text,
}

/// What a press means in the palette that is no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompting {
    Run,
    Leave,
    Complete,
    Erase,
    Down,
    Up,
    Text,
}

/// A row of a context's table, without what it means.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// What it is called; with its context's name before it, what it is configured by.
    pub title: &'static str,
    /// Keys of this row alone.
    pub keys: &'static [&'static str],
    /// Commands whose keys mean this here.
    pub follows: &'static [Command],
    /// A sentence's worth, for the help.
    pub help: &'static str,
    /// How hints name it: nothing joins it with the next, none leaves it out.
    pub hint: Option<&'static str>,
    /// Its own keys can be configured. Those without which one is trapped cannot.
    pub is_free: bool,
}

const fn fixed(
    title: &'static str,
    keys: &'static [&'static str],
    follows: &'static [Command],
    help: &'static str,
) -> Row {
    Row { title, keys, follows, help, hint: None, is_free: false }
}

const fn free(
    title: &'static str,
    keys: &'static [&'static str],
    follows: &'static [Command],
    help: &'static str,
    hint: Option<&'static str>,
) -> Row {
    Row { title, keys, follows, help, hint, is_free: true }
}

pub const DIGITS: &[&str] = &["1", "2", "3", "4", "5", "6", "7", "8", "9"];

use Command as C;

pub const COMMIT: &[(Staging, Row)] = &[
    (
        Staging::Commit,
        fixed("commit", &["Enter"], &[], "send what is staged, after the hold window"),
    ),
    (
        Staging::LetGo,
        fixed("let go", &["Esc"], &[C::Back, C::Undo, C::Quit], "let go of it: nothing is sent"),
    ),
    (Staging::Reason(0), fixed("reason", DIGITS, &[], "give a reason, or take it back")),
    (
        Staging::Comment,
        free("comment", &["c"], &[], "write a comment, where Persona takes one", None),
    ),
    (
        Staging::Editor,
        free("editor", &["C"], &[], "write the comment in your own editor: $VISUAL, $EDITOR", None),
    ),
];

pub const MENU: &[(Dialog, Row)] = &[
    (Dialog::Accept, fixed("take", &["Enter"], &[C::Open], "take the entry under the cursor")),
    (
        Dialog::Cancel,
        fixed("close", &["Esc"], &[C::Back, C::Quit, C::Interrupt], "close; nothing happens"),
    ),
    (Dialog::Down, fixed("down", &[], &[C::Down], "one entry down")),
    (Dialog::Up, fixed("up", &[], &[C::Up], "one entry up")),
    (Dialog::PageDown, fixed("page down", &[], &[C::PageDown], "some entries down")),
    (Dialog::PageUp, fixed("page up", &[], &[C::PageUp], "some entries up")),
    (Dialog::Copy, fixed("copy", &[], &[C::Copy], "copy, where there is something to copy")),
    (Dialog::Pick(0), fixed("entry", DIGITS, &[], "take this entry, where entries have numbers")),
];

pub const LINE: &[(Dialog, Row)] = &[
    (Dialog::Accept, fixed("take", &["Enter"], &[], "take what is written")),
    (Dialog::Cancel, fixed("leave", &["Esc"], &[C::Interrupt], "leave it as it was")),
    (Dialog::Down, fixed("down", &["Down"], &[], "nothing: a line has no rows")),
    (Dialog::Up, fixed("up", &["Up"], &[], "nothing: a line has no rows")),
];

pub const COMMENT: &[(Commenting, Row)] = &[
    (
        Commenting::Done,
        fixed(
            "done",
            &["Enter", "Esc"],
            &[C::Interrupt],
            "back to the decision; the comment stays",
        ),
    ),
    (
        Commenting::Editor,
        free("editor", &["Ctrl-g"], &[], "go on in your own editor: $VISUAL, $EDITOR", None),
    ),
    (Commenting::Nothing, fixed("stay", &["Down", "Up"], &[], "nothing: a line has no rows")),
];

pub const FILTER: &[(Filtering, Row)] = &[
    (Filtering::Keep, fixed("keep", &["Enter"], &[], "keep the list as it is narrowed")),
    (Filtering::Restore, fixed("restore", &["Esc"], &[C::Interrupt], "the list as it was before")),
    (Filtering::Complete, fixed("complete", &["Tab"], &[], "complete the name of a field")),
    (
        Filtering::Nothing,
        fixed("stay", &["Down", "Up", "Shift-Tab"], &[], "nothing: a line has no rows"),
    ),
];

pub const PALETTE: &[(Prompting, Row)] = &[
    (Prompting::Run, fixed("run", &["Enter"], &[], "run the command, or open what was found")),
    (Prompting::Leave, fixed("leave", &["Esc"], &[C::Interrupt], "close; nothing happens")),
    (Prompting::Complete, fixed("complete", &["Tab"], &[], "complete what is typed")),
    (Prompting::Down, fixed("down", &["Down", "Ctrl-n"], &[], "one row down")),
    (Prompting::Up, fixed("up", &["Up", "Ctrl-p"], &[], "one row up")),
    (
        Prompting::Erase,
        fixed("erase", &["Backspace"], &[], "erase a letter; where there is none, close"),
    ),
];

pub const VIEWER: &[(Viewing, Row)] = &[
    (Viewing::Nearer, free("nearer", &["+", "="], &[], "nearer", Some("nearer"))),
    (Viewing::Farther, free("farther", &["-"], &[], "farther", Some("farther"))),
    (Viewing::Left, free("left", &["h", "Left"], &[], "move to the left", Some(""))),
    (Viewing::Down, free("down", &[], &[C::Down], "move down", Some(""))),
    (Viewing::Up, free("up", &[], &[C::Up], "move up", Some(""))),
    (Viewing::Right, free("right", &["l", "Right"], &[], "move to the right", Some("move"))),
    (Viewing::Fit, free("fit", &["0"], &[], "all of it, as large as fits", Some("fit"))),
    (Viewing::Turn, free("turn", &["r"], &[], "turn by a quarter", Some("turn"))),
    (Viewing::Next, free("next", &["n", "Space"], &[C::NextItem], "the next photo", Some("next"))),
    (Viewing::Previous, free("previous", &["N"], &[C::PreviousItem], "the photo before", None)),
    (
        Viewing::OtherSide,
        free(
            "other side",
            &[],
            &[C::NextPane, C::PreviousPane],
            "keys go to the other photo",
            Some("other side"),
        ),
    ),
    (
        Viewing::OneOrTwo,
        free("one or two", &["s"], &[], "one photo, or two side by side", Some("one or two")),
    ),
    (
        Viewing::HandOff,
        free("hand off", &["o"], &[], "make a link to the photo in full quality", Some("hand off")),
    ),
    (
        Viewing::Reveal,
        free(
            "reveal",
            &[],
            &[C::Reveal, C::RevealItem],
            "show the photos for a while; journaled",
            Some("reveal"),
        ),
    ),
    (
        Viewing::Again,
        free(
            "fetch again",
            &[],
            &[C::Refetch],
            "ask Persona for the photos again",
            Some("fetch again"),
        ),
    ),
    (
        Viewing::Close,
        Row {
            hint: Some("close"),
            ..fixed("close", &["Esc"], &[C::Photos, C::Quit, C::Interrupt], "back to the panes")
        },
    ),
];

pub const HAND_OFF: &[(HandingOff, Row)] = &[
    (HandingOff::Copy, fixed("copy", &["Enter"], &[], "send the link to the terminal's clipboard")),
    (HandingOff::Code, free("code", &["r"], &[], "show the link as a QR code", None)),
    (
        HandingOff::Leave,
        fixed("leave", &["Esc"], &[C::Back, C::Quit, C::Interrupt], "make no link; forget one"),
    ),
];

const LOCKED: &[((), Row)] = &[((), fixed("unlock", &["Enter"], &[], "come back"))];

impl Context {
    pub const ALL: [Self; 9] = [
        Self::Commit,
        Self::Menu,
        Self::Line,
        Self::Comment,
        Self::Filter,
        Self::Palette,
        Self::Viewer,
        Self::HandOff,
        Self::Locked,
    ];

    /// Before a row's title, what it is configured by: `photo-nearer`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Commit => "staged",
            Self::Menu => "menu",
            Self::Line => "line",
            Self::Comment => "comment",
            Self::Filter => "filter",
            Self::Palette => "palette",
            Self::Viewer => "photo",
            Self::HandOff => "hand-off",
            Self::Locked => "locked",
        }
    }

    /// A heading of the help.
    pub fn title(self) -> &'static str {
        match self {
            Self::Commit => "While a decision is staged",
            Self::Menu => "In menus and lists over the panes",
            Self::Line => "In a line of text",
            Self::Comment => "While a comment is written",
            Self::Filter => "While a list is filtered",
            Self::Palette => "In the palette",
            Self::Viewer => "Photos over the whole screen",
            Self::HandOff => "Handing a photo off",
            Self::Locked => "While the screen is locked",
        }
    }

    /// Where it is, in a sentence.
    pub fn place(self) -> &'static str {
        match self {
            Self::Commit => "while a decision is staged",
            Self::Menu => "in menus",
            Self::Line => "in a line of text",
            Self::Comment => "in a comment",
            Self::Filter => "while a list is filtered",
            Self::Palette => "in the palette",
            Self::Viewer => "over photos",
            Self::HandOff => "when a photo is handed off",
            Self::Locked => "while locked",
        }
    }

    pub fn rows(self) -> Vec<&'static Row> {
        fn of<T>(table: &'static [(T, Row)]) -> Vec<&'static Row> {
            table.iter().map(|(_, row)| row).collect()
        }
        match self {
            Self::Commit => of(COMMIT),
            Self::Menu => of(MENU),
            Self::Line => of(LINE),
            Self::Comment => of(COMMENT),
            Self::Filter => of(FILTER),
            Self::Palette => of(PALETTE),
            Self::Viewer => of(VIEWER),
            Self::HandOff => of(HAND_OFF),
            Self::Locked => of(LOCKED),
        }
    }

    /// Whether the key that locks is heard there; where keys are text it is a letter.
    pub fn hears_lock(self) -> bool {
        matches!(self, Self::Commit | Self::Menu | Self::Viewer | Self::HandOff)
    }
}

impl Row {
    /// What its own keys are configured by.
    pub fn name(&self, context: Context) -> String {
        format!("{}-{}", context.name(), self.title.replace(' ', "-"))
    }
}
