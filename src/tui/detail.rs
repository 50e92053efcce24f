//! What the detail shows: one item, the tab of its evidence that is open, and where in it the
//! reviewer is.

use std::collections::BTreeSet;

use jiff::Timestamp;

use super::{album::photos, command::Command, reveal::Reveals, state::Pane};
use crate::{
    desk::{AccountFile, CaseFile, InquiryFile},
    model::{AccountId, Action, Evidence, Exhibits, Report, Subject, Text, timeline::Happened},
};

/// What the detail pane shows: the selected item, or one that was followed to.
#[derive(Debug)]
pub struct Detail {
    pub subject: Subject,
    /// The pane it was reached from, and `h` leads back to.
    pub from: Pane,
    pub file: File,
    /// Of an inquiry's evidence.
    pub tab: Tab,
    /// The file has been on the screen: only then can it be decided.
    pub drawn: bool,
    /// Since when it has been on the screen without a break, and was not decided.
    pub shown_at: Option<Timestamp>,
    /// The version of which the journal was told that it was opened.
    pub opened: Option<Evidence>,
    /// The list moved and brought this item under the cursor unasked: keys meant for the one
    /// before are refused until then.
    pub look_until: Option<Timestamp>,
    /// The line of the page that the cursor is on, and the first that is on the screen.
    pub cursor: usize,
    pub scroll: usize,
    pub checks: Checks,
    /// Of its timeline.
    pub events: Loaded<Vec<Happened>>,
    pub raw: Raw,
    /// Personal data that is shown for a while.
    pub reveals: Reveals,
    /// Persona is being asked for it.
    pub asking: bool,
    pub problem: Option<String>,
    /// A key that came before the file it is about, and is taken when that is here.
    pub then: Option<Command>,
}

#[derive(Debug)]
pub enum File {
    /// The store has not answered yet.
    Loading,
    /// The store has no such object.
    Missing,
    Inquiry(Box<InquiryFile>),
    Case(Box<CaseFile>),
    Account(Box<AccountFile>),
}

/// What is asked for only when somebody looks at it.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Loaded<T> {
    #[default]
    No,
    Asking,
    Here(T),
    /// Why not, as a sentence.
    Failed(String),
}

/// The object as Persona writes it.
#[derive(Debug, Default)]
pub struct Raw {
    pub body: Loaded<serde_json::Value>,
    /// Where it is folded, as JSON pointers.
    pub folded: BTreeSet<String>,
    /// Lines without it are left out.
    pub find: String,
}

impl<T> Loaded<T> {
    pub fn is_wanted(&self) -> bool {
        matches!(self, Self::No)
    }

    /// It has to be asked for again; what is being asked for is waited for.
    pub fn forget(&mut self) {
        if !matches!(self, Self::Asking) {
            *self = Self::No;
        }
    }
}

impl<T> From<Result<T, String>> for Loaded<T> {
    fn from(answer: Result<T, String>) -> Self {
        match answer {
            Ok(here) => Self::Here(here),
            Err(why) => Self::Failed(why),
        }
    }
}

/// A part of an inquiry's evidence, in Persona's order.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tab {
    #[default]
    Checks,
    Compare,
    Photos,
    Sessions,
    Reports,
    Documents,
    Timeline,
    Raw,
}

/// Which checks are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Checks {
    /// All but those that passed, which are counted.
    #[default]
    Unpassed,
    Failed,
    All,
}

impl Tab {
    pub const ALL: [Self; 8] = [
        Self::Checks,
        Self::Compare,
        Self::Photos,
        Self::Sessions,
        Self::Reports,
        Self::Documents,
        Self::Timeline,
        Self::Raw,
    ];

    pub fn title(self) -> &'static str {
        match self {
            Self::Checks => "Checks",
            Self::Compare => "Compare",
            Self::Photos => "Photos",
            Self::Sessions => "Sessions",
            Self::Reports => "Reports",
            Self::Documents => "Documents",
            Self::Timeline => "Timeline",
            Self::Raw => "Raw",
        }
    }

    /// In the journal and in sentences: `photos`.
    pub fn word(self) -> Text {
        Text::from(self.title().to_lowercase())
    }

    /// So many tabs on, round and round.
    pub fn turned(self, tabs: isize) -> Self {
        let all = Self::ALL.len();
        let at = Self::ALL.iter().position(|tab| *tab == self).unwrap_or(0);
        let turns = tabs.rem_euclid(isize::try_from(all).unwrap_or(1)).unsigned_abs();
        Self::ALL[(at + turns) % all]
    }
}

impl Checks {
    pub fn next(self) -> Self {
        match self {
            Self::Unpassed => Self::Failed,
            Self::Failed => Self::All,
            Self::All => Self::Unpassed,
        }
    }
}

/// The tabs of an inquiry that have evidence a decision is based on, and how many pieces.
pub fn evidence(file: &InquiryFile) -> Vec<(Tab, usize)> {
    let checks = file.verifications.iter().map(|verification| verification.checks.len()).sum();
    let files = |tab: Tab| match tab {
        Tab::Checks => checks,
        Tab::Compare => usize::from(!file.verifications.is_empty()),
        Tab::Photos => photos(file).len(),
        Tab::Sessions => file.exhibits.sessions.len(),
        Tab::Reports => file.exhibits.reports.len(),
        Tab::Documents => file.exhibits.documents.len(),
        // What happened, and everything once more: nothing that is not elsewhere.
        Tab::Timeline | Tab::Raw => 0,
    };
    Tab::ALL.into_iter().map(|tab| (tab, files(tab))).filter(|(_, pieces)| *pieces > 0).collect()
}

impl Detail {
    pub fn of(subject: Subject, from: Pane) -> Self {
        Self {
            subject,
            from,
            file: File::Loading,
            tab: Tab::default(),
            drawn: false,
            shown_at: None,
            opened: None,
            look_until: None,
            cursor: 0,
            scroll: 0,
            checks: Checks::default(),
            events: Loaded::No,
            raw: Raw::default(),
            reveals: Reveals::default(),
            asking: false,
            problem: None,
            then: None,
        }
    }

    /// The version of the evidence that is on the screen.
    pub fn evidence(&self) -> Option<Evidence> {
        match &self.file {
            File::Inquiry(file) => Some(Evidence {
                status: Text::new(file.inquiry.status.as_str()),
                updated_at: file.inquiry.updated_at,
            }),
            File::Case(file) => Some(Evidence {
                status: file.case.status.clone(),
                updated_at: file.case.updated_at,
            }),
            File::Loading | File::Missing | File::Account(_) => None,
        }
    }

    /// When the item on the screen was last read from Persona, as far as that is known.
    pub fn fetched_at(&self) -> Option<Timestamp> {
        match &self.file {
            File::Inquiry(file) => Some(file.fetched_at),
            File::Case(_) | File::Loading | File::Missing | File::Account(_) => None,
        }
    }

    /// What hangs on the item.
    pub fn exhibits(&self) -> Option<&Exhibits> {
        match &self.file {
            File::Inquiry(file) => Some(&file.exhibits),
            File::Case(file) => Some(&file.exhibits),
            File::Loading | File::Missing | File::Account(_) => None,
        }
    }

    /// The version on the screen of the item, or of a report that hangs on it.
    pub fn version(&self, subject: &Subject) -> Option<Evidence> {
        match subject {
            Subject::Report(id) => self.exhibits()?.report(id).map(Report::evidence),
            subject => self.evidence().filter(|_| self.subject == *subject),
        }
    }

    /// Since when an item, or a report that hangs on it, has been on the screen.
    pub fn shown_since(&self, subject: &Subject) -> Option<Timestamp> {
        let is_it = self.subject == *subject || matches!(subject, Subject::Report(_));
        self.shown_at.filter(|_| is_it)
    }

    pub fn action(&self) -> Option<&Action> {
        match &self.file {
            File::Inquiry(file) => file.action.as_ref(),
            File::Case(file) => file.action.as_ref(),
            File::Account(file) => file.action.as_ref(),
            File::Loading | File::Missing => None,
        }
    }

    /// The account whose relations `r` asks for.
    pub fn account(&self) -> Option<&AccountId> {
        match &self.file {
            File::Inquiry(file) => file.inquiry.account.as_ref(),
            File::Case(file) => file.case.accounts.first(),
            File::Account(file) => Some(&file.account.id),
            File::Loading | File::Missing => None,
        }
    }

    /// The inquiry that a case or an account leads to.
    pub fn inquiry_behind(&self) -> Option<Subject> {
        let id = match &self.file {
            File::Case(file) => file.case.inquiries.first(),
            File::Account(file) => file.inquiries.first().map(|row| &row.id),
            File::Loading | File::Missing | File::Inquiry(_) => None,
        };
        id.cloned().map(Subject::Inquiry)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tabs_go_round() {
        assert_eq!(Tab::Checks.turned(1), Tab::Compare);
        assert_eq!(Tab::Checks.turned(-1), Tab::Raw);
        assert_eq!(Tab::Raw.turned(1), Tab::Checks);
        assert_eq!(Tab::Photos.turned(16), Tab::Photos);
    }
}
