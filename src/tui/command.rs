//! Everything a reviewer can ask of the console: one row each, and from these rows come the help,
//! the footer's hints, the default keys and the names that are typed after `:`.

mod table;

pub use self::table::TABLE;

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
    Repeat,
    Mark,
    MarkRange,
    MarkAll,
    InvertMarks,
    ClearMarks,
    Snooze,
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
    Stats,
    Results,
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
                | Self::Stats
                | Self::Results
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
