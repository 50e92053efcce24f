//! Where the reviewer is, as it was said: what is there by now is told apart from it, so that only
//! what differs is said again, and nothing is decided of what was not said.

use super::item;
use crate::{
    desk::{AccountFile, CaseFile, CaseRow, InquiryFile, InquiryRow},
    model::{AccountId, Subject, Timestamp},
    tui::{
        detail::{Checks, Loaded},
        relations::tree::Row,
        state::{File, Pane, State, Tab},
        widgets::filter_line,
    },
};

#[derive(Debug, PartialEq)]
pub enum Place {
    List {
        pane: Pane,
        filter: String,
        first: u64,
        /// Rows came, or all of them went.
        is_empty: bool,
        is_loaded: bool,
    },
    Tree {
        root: Option<AccountId>,
        rows: Vec<Row>,
    },
    Item(Box<Item>),
}

/// The open item as it was read.
#[derive(Debug, PartialEq)]
pub struct Item {
    pub subject: Subject,
    pub content: Content,
    pub tab: Tab,
    checks: Checks,
    /// Whether what only this tab needs was there.
    loaded: (u8, u8),
    find: (String, usize),
    pub shown: Vec<String>,
    /// All of it is in clear.
    shows_all: bool,
    problem: Option<String>,
}

/// What an item says, without when it was fetched and what is on its way about it.
#[derive(Debug, PartialEq)]
pub enum Content {
    Nothing,
    Missing,
    Inquiry(Box<InquiryFile>),
    Case(Box<CaseFile>),
    Account(Box<AccountFile>),
}

/// `first`: the row that a list is said from.
pub fn place(state: &State, first: u64) -> Place {
    let filter = |filter| filter_line::written(filter);
    match (state.focus, &state.detail) {
        (Pane::Cases, _) => Place::List {
            pane: Pane::Cases,
            filter: filter(&state.case_filter),
            first,
            is_empty: state.cases.rows.total == 0,
            is_loaded: state.cases.loaded,
        },
        (Pane::Relations, _) => Place::Tree {
            root: state.relations.root().cloned(),
            rows: state.relations.rows.clone(),
        },
        (Pane::Detail, Some(detail)) => Place::Item(Box::new(Item {
            subject: detail.subject.clone(),
            content: Content::of(&detail.file),
            tab: detail.tab,
            checks: detail.checks,
            loaded: (stage(&detail.events), stage(&detail.raw.body)),
            find: (detail.raw.find.clone(), detail.raw.folded.len()),
            shown: item::shown(state),
            shows_all: state.shows_item(),
            problem: detail.problem.clone(),
        })),
        _ => Place::List {
            pane: Pane::Inquiries,
            filter: filter(&state.inquiry_filter),
            first,
            is_empty: state.inquiries.rows.total == 0,
            is_loaded: state.inquiries.loaded,
        },
    }
}

fn stage<T>(loaded: &Loaded<T>) -> u8 {
    match loaded {
        Loaded::No | Loaded::Asking => 0,
        Loaded::Here(_) => 1,
        Loaded::Failed(_) => 2,
    }
}

impl Content {
    fn of(file: &File) -> Self {
        match file {
            File::Loading => Self::Nothing,
            File::Missing => Self::Missing,
            File::Inquiry(file) => {
                let mut file = file.clone();
                file.action = None;
                file.hydrated_at = file.hydrated_at.map(|_| Timestamp::UNIX_EPOCH);
                file.fetched_at = Timestamp::UNIX_EPOCH;
                file.cases.iter_mut().for_each(without_action);
                Self::Inquiry(file)
            }
            File::Case(file) => {
                let mut file = file.clone();
                file.action = None;
                file.inquiries.iter_mut().for_each(|row: &mut InquiryRow| row.action = None);
                Self::Case(file)
            }
            File::Account(file) => {
                let mut file = file.clone();
                file.action = None;
                file.inquiries.iter_mut().for_each(|row: &mut InquiryRow| row.action = None);
                Self::Account(file)
            }
        }
    }
}

fn without_action(row: &mut CaseRow) {
    row.action = None;
}

impl Place {
    /// Whether both are the same list, on whatever page.
    pub fn is_list_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::List { pane, filter, .. }, Self::List { pane: same, filter: kept, .. }) => {
                pane == same && filter == kept
            }
            _ => false,
        }
    }
}

impl Item {
    /// Nothing is in clear that was not, and less than before.
    pub fn hides(&self, before: &Self) -> bool {
        let is_kept = |place: &String| before.shown.contains(place);
        let less = self.shown.len() < before.shown.len() || !self.shows_all && before.shows_all;
        less && self.shown.iter().all(is_kept) && self.is_as(before)
    }

    /// Whether all of it has to be read, and not only the part that is open.
    pub fn is_new_to(&self, before: &Self) -> bool {
        !self.is_as(before) || self.shows_all != before.shows_all || self.problem != before.problem
    }

    /// Whether it says the same as before, whichever part of it is open.
    pub fn is_as(&self, before: &Self) -> bool {
        self.subject == before.subject && self.content == before.content
    }

    /// Whether only what is in clear differs.
    pub fn differs_in_clear(&self, before: &Self) -> bool {
        let differs = self.shown != before.shown && self.shows_all == before.shows_all;
        (differs || self.hides(before))
            && self.is_as(before)
            && (self.tab, self.checks, self.loaded) == (before.tab, before.checks, before.loaded)
            && (&self.find, &self.problem) == (&before.find, &before.problem)
    }

    /// Nothing of it is there yet.
    pub fn is_awaited(&self) -> bool {
        self.content == Content::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::state::samples;

    #[test]
    fn a_newer_copy_that_says_the_same_is_the_same() {
        let mut state = samples::reading("needs_review");
        let before = place(&state, 0);
        let File::Inquiry(file) = &mut state.detail.as_mut().unwrap().file else { unreachable!() };
        file.fetched_at += std::time::Duration::from_secs(60);
        file.hydrated_at = Some(file.fetched_at);
        assert_eq!(place(&state, 0), before);
        let File::Inquiry(file) = &mut state.detail.as_mut().unwrap().file else { unreachable!() };
        file.hydrated_at = None;
        let unread = place(&state, 0);
        let item = |place: Place| match place {
            Place::Item(item) => item,
            other => panic!("{other:?}"),
        };
        let (before, unread) = (item(before), item(unread));
        assert!(!unread.is_as(&before));
        state.detail.as_mut().unwrap().tab = Tab::Raw;
        let raw = item(place(&state, 0));
        assert!(raw != unread && raw.is_as(&unread));
    }
}
