//! Everything a reviewer can ask of the console: one row each, and from these rows come the help,
//! the footer's hints, the default keys and the names that are typed after `:`.

/// What a key or a typed name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Command {
    Down,
    Up,
    PageDown,
    PageUp,
    First,
    Last,
    Open,
    Back,
    NextItem,
    PreviousItem,
    JumpBack,
    JumpForward,
    NextPane,
    PreviousPane,
    InquiriesPane,
    CasesPane,
    View4,
    View5,
    View6,
    View7,
    View8,
    View9,
    LastView,
    Views,
    Order,
    AskPersona,
    RelationsPane,
    Approve,
    Decline,
    Escalate,
    CaseStatus,
    AssignToMe,
    Fetch,
    Release,
    Tag,
    Dismiss,
    OneTimeLink,
    Undo,
    Relations,
    Fold,
    Walk,
    AddRelation,
    RemoveRelation,
    NextTab,
    PreviousTab,
    Checks,
    Photos,
    Reveal,
    RevealItem,
    Copy,
    Filter,
    ClearFilter,
    Refetch,
    Repaint,
    Outbox,
    Mismatches,
    Prompt,
    Help,
    Lock,
    Suspend,
    Interrupt,
    Quit,
}

/// Groups of the help, in its order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    Moving,
    Deciding,
    Looking,
    Console,
}

impl Section {
    pub const ALL: [Self; 4] = [Self::Moving, Self::Deciding, Self::Looking, Self::Console];

    pub fn title(self) -> &'static str {
        match self {
            Self::Moving => "Moving",
            Self::Deciding => "Deciding: a key stages, Enter sends",
            Self::Looking => "Looking",
            Self::Console => "Console",
        }
    }
}

/// Whether a command leads to something that leaves this machine for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Danger {
    Harmless,
    /// Staged first, sent by Enter, and can be taken back while held.
    Decision,
}

/// One row of the table.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    pub command: Command,
    /// One or two words, for hints; joined by hyphens, what is typed after `:`.
    pub title: &'static str,
    /// A sentence's worth, for the help.
    pub help: &'static str,
    pub section: Section,
    pub danger: Danger,
    /// Default keys; the first is the one that hints show. `gg` is two presses.
    /// Without one it is typed by its name.
    pub keys: &'static [&'static str],
}

impl Command {
    pub fn spec(self) -> &'static Spec {
        TABLE
            .iter()
            .find(|spec| spec.command == self)
            .expect("every command has a row in the table")
    }
}

impl Command {
    /// Whether looking at the evidence goes on with it while a decision is staged; whatever would
    /// leave the item has to wait. Another verdict replaces the one that is staged.
    pub fn runs_while_staged(self) -> bool {
        let looks = matches!(
            self,
            Self::NextTab
                | Self::PreviousTab
                | Self::Down
                | Self::Up
                | Self::PageDown
                | Self::PageUp
                | Self::First
                | Self::Last
                | Self::Checks
                | Self::Photos
                | Self::Reveal
                | Self::RevealItem
                | Self::Copy
                | Self::Mismatches
                | Self::Prompt
                | Self::Help
                | Self::Lock
                | Self::Repaint
                | Self::Suspend
                | Self::Interrupt
        );
        looks || self.spec().danger == Danger::Decision
    }
}

impl Command {
    /// Its key is the same for everybody.
    pub fn is_fixed(self) -> bool {
        matches!(self, Self::Interrupt | Self::Suspend)
    }
}

impl Spec {
    /// What is typed after `:` to ask for it: `clear-filter`.
    pub fn name(&self) -> String {
        self.title.replace(' ', "-")
    }
}

const fn row(
    command: Command,
    keys: &'static [&'static str],
    title: &'static str,
    help: &'static str,
    section: Section,
) -> Spec {
    Spec { command, title, help, section, danger: Danger::Harmless, keys }
}

const fn decision(
    command: Command,
    keys: &'static [&'static str],
    title: &'static str,
    help: &'static str,
) -> Spec {
    Spec { command, title, help, section: Section::Deciding, danger: Danger::Decision, keys }
}

use Command as C;
use Section::{Console, Deciding, Looking, Moving};

pub const TABLE: &[Spec] = &[
    row(C::Down, &["j", "Down"], "down", "one row down; in the detail, one line", Moving),
    row(C::Up, &["k", "Up"], "up", "one row up", Moving),
    row(C::PageDown, &["Ctrl-d", "PageDown"], "page down", "half a page down", Moving),
    row(C::PageUp, &["Ctrl-u", "PageUp"], "page up", "half a page up", Moving),
    row(C::First, &["gg", "Home"], "first", "to the first row", Moving),
    row(C::Last, &["G", "End"], "last", "to the last row", Moving),
    row(
        C::Open,
        &["l", "Enter", "Right"],
        "open",
        "open the item and fetch it anew from Persona",
        Moving,
    ),
    row(
        C::Back,
        &["h", "Esc", "Left"],
        "back",
        "back to the list; lets go of what is staged",
        Moving,
    ),
    row(C::NextItem, &["J"], "next", "the next item, staying in the detail", Moving),
    row(C::PreviousItem, &["K"], "previous", "the previous item, staying in the detail", Moving),
    row(C::JumpBack, &["Ctrl-o"], "jump back", "to what was open before", Moving),
    row(C::JumpForward, &["gi"], "forward", "and forward again", Moving),
    row(C::NextPane, &["Tab"], "pane", "to the next pane", Moving),
    row(C::PreviousPane, &["Shift-Tab"], "pane back", "to the previous pane", Moving),
    row(C::InquiriesPane, &["1"], "inquiries", "the first view: what needs review", Moving),
    row(C::CasesPane, &["2"], "cases", "the second view: open cases", Moving),
    row(C::RelationsPane, &["3"], "relations pane", "to the account relations", Moving),
    row(C::View4, &["4"], "fourth view", "late cases, unless configured otherwise", Moving),
    row(C::View5, &["5"], "fifth view", "your cases, unless configured otherwise", Moving),
    row(C::View6, &["6"], "sixth view", "failed checks, unless configured otherwise", Moving),
    row(C::View7, &["7"], "seventh view", "a view that was configured or saved", Moving),
    row(C::View8, &["8"], "eighth view", "a view that was configured or saved", Moving),
    row(C::View9, &["9"], "ninth view", "a view that was configured or saved", Moving),
    row(C::LastView, &["-"], "last view", "what was shown before, and back again", Moving),
    row(C::Views, &[], "views", "all views with their figures; :view save NAME makes one", Moving),
    decision(C::Approve, &["a"], "approve", "approve the inquiry"),
    decision(C::Decline, &["d"], "decline", "decline the inquiry"),
    decision(C::Escalate, &["e"], "escalate", "escalate the inquiry: Persona's mark for review"),
    decision(
        C::CaseStatus,
        &["s"],
        "status",
        "set the case's status, from those its template is known to have",
    ),
    row(
        C::Fetch,
        &["f"],
        "fetch",
        "claim and open the next item of this queue that nobody has claimed",
        Deciding,
    ),
    decision(
        C::AssignToMe,
        &["@", "ga"],
        "assign",
        "take the item: assigns the case to you, claims the inquiry",
    ),
    row(C::Release, &["F"], "release", "let go of the inquiry that you claimed", Deciding),
    decision(C::Tag, &["+"], "tag", "add a tag to the item, or remove one"),
    decision(
        C::Dismiss,
        &["D"],
        "dismiss",
        "dismiss what a report found: the match under the cursor, or all of them",
    ),
    decision(
        C::OneTimeLink,
        &["L"],
        "link",
        "make a one-time link for the applicant; resumes first if expired",
    ),
    decision(
        C::AddRelation,
        &["A"],
        "add relation",
        "add a relation to the account under the cursor: a key, then whom",
    ),
    decision(C::RemoveRelation, &["X"], "remove relation", "remove the relation under the cursor"),
    row(
        C::Undo,
        &["u"],
        "undo",
        "let go of what is staged; take back, return, or dismiss a decision",
        Deciding,
    ),
    row(
        C::Relations,
        &["r"],
        "relations",
        "the relations of this item's account; in the tree, follow: make it the root",
        Looking,
    ),
    row(C::Fold, &["z"], "fold", "fold or unfold what is under the cursor of the tree", Looking),
    row(
        C::Walk,
        &["W"],
        "walk",
        "along the tree's accounts that need a review, one after the other; J K too",
        Looking,
    ),
    row(C::NextTab, &["]", "gn"], "tab", "the next tab of the evidence", Looking),
    row(C::PreviousTab, &["[", "gp"], "tab back", "the previous tab of the evidence", Looking),
    row(
        C::Checks,
        &["x"],
        "checks",
        "failed checks only, all of them, or all that did not pass",
        Looking,
    ),
    row(
        C::Photos,
        &["i"],
        "photos",
        "the photos over the whole screen: nearer, turned, side by side",
        Looking,
    ),
    row(
        C::Reveal,
        &["p"],
        "reveal",
        "show the personal value under the detail's cursor for a while; journaled",
        Looking,
    ),
    row(
        C::RevealItem,
        &["P"],
        "reveal all",
        "show all of this item's personal data for a while; journaled",
        Looking,
    ),
    row(
        C::Copy,
        &["y"],
        "copy",
        "copy an id, or a value that is shown, to the terminal's clipboard",
        Looking,
    ),
    row(
        C::Filter,
        &["/"],
        "filter",
        "narrow the list: words, ~like, !not, field:value, as in status:any failed:>0",
        Looking,
    ),
    row(C::ClearFilter, &["\\", "gc"], "clear filter", "the whole queue again", Looking),
    row(
        C::Order,
        &["O"],
        "order",
        "why this item is where it is, and other orders for the list",
        Looking,
    ),
    row(
        C::AskPersona,
        &[],
        "ask persona",
        "ask Persona's index for what the filter is about; Enter where nothing is found",
        Looking,
    ),
    row(C::Refetch, &["R"], "refetch", "ask Persona for this item now", Looking),
    row(
        C::Outbox,
        &["o"],
        "outbox",
        "decisions on their way, and those that Persona refused",
        Looking,
    ),
    row(
        C::Mismatches,
        &[],
        "mismatches",
        "where Persona's answers were not what this console expects",
        Looking,
    ),
    row(
        C::Prompt,
        &[":"],
        "command",
        "find a command by its name, or what an id or a link names; Enter runs it",
        Console,
    ),
    row(C::Repaint, &["Ctrl-l"], "repaint", "draw the whole screen again", Console),
    row(C::Help, &["?"], "help", "this help", Console),
    row(
        C::Lock,
        &["`", "gl"],
        "lock",
        "hide everything until Enter; a comment being written stays",
        Console,
    ),
    row(C::Suspend, &["Ctrl-z"], "suspend", "back to the shell; fg comes back here", Console),
    row(C::Interrupt, &["Ctrl-c"], "interrupt", "twice: quit", Console),
    row(C::Quit, &["q"], "quit", "back, and from the list: quit", Console),
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_command_has_a_name_of_its_own() {
        let names: HashSet<String> = TABLE.iter().map(Spec::name).collect();
        assert_eq!(names.len(), TABLE.len());
        assert!(names.iter().all(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'-')));
    }
}
