//! Where the reviewer has been: opened items and trees, to go back to and forward again.

use std::collections::VecDeque;

use super::state::{Pane, State};
use crate::model::{AccountId, Subject};

/// More are forgotten, the oldest first.
const MOST: usize = 100;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Item(Subject),
    /// The tree with this account as its root.
    Tree(AccountId),
}

/// Oldest first; `at` is where the reviewer is, or was before going to a list.
#[derive(Debug, Default)]
pub struct Jumps {
    places: VecDeque<Place>,
    at: usize,
}

impl Jumps {
    /// Somebody is there now. What lay ahead is given up for it.
    pub fn visit(&mut self, place: Place) {
        if self.places.get(self.at) == Some(&place) {
            return;
        }
        self.places.truncate(self.at + 1);
        self.places.push_back(place);
        if self.places.len() > MOST {
            self.places.pop_front();
        }
        self.at = self.places.len() - 1;
    }

    /// The place before; from a list, the one that was left for it.
    pub fn before(&self, here: Option<&Place>) -> Option<usize> {
        match self.places.get(self.at) {
            Some(last) if here != Some(last) => Some(self.at),
            _ => self.at.checked_sub(1),
        }
    }

    pub fn after(&self) -> Option<usize> {
        Some(self.at + 1).filter(|next| *next < self.places.len())
    }

    /// Goes to one of them.
    pub fn go(&mut self, to: usize) -> Option<Place> {
        let place = self.places.get(to)?.clone();
        self.at = to;
        Some(place)
    }
}

/// The place that has the focus; a list is none.
pub fn here(state: &State) -> Option<Place> {
    match state.focus {
        Pane::Detail => state.detail.as_ref().map(|detail| Place::Item(detail.subject.clone())),
        Pane::Relations => state.relations.root().cloned().map(Place::Tree),
        Pane::Inquiries | Pane::Cases => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(nth: usize) -> Place {
        Place::Tree(AccountId::new(&format!("act_{nth}")).unwrap())
    }

    #[test]
    fn one_goes_back_and_forward_and_a_new_place_ends_what_lay_ahead() {
        let mut jumps = Jumps::default();
        assert_eq!((jumps.before(None), jumps.after()), (None, None));
        for nth in [1, 2, 2, 3] {
            jumps.visit(place(nth));
        }
        assert_eq!(jumps.before(None), Some(2), "from a list, back to what was left");
        let back = jumps.before(Some(&place(3))).unwrap();
        assert_eq!(jumps.go(back), Some(place(2)));
        jumps.visit(place(2));
        assert_eq!(jumps.after(), Some(2), "being there is no new visit");
        assert_eq!(jumps.before(Some(&place(2))), Some(0));
        jumps.visit(place(4));
        assert_eq!(jumps.after(), None);
        assert_eq!(jumps.go(1), Some(place(2)));
        for nth in 10..300 {
            jumps.visit(place(nth));
        }
        assert_eq!(jumps.places.len(), MOST);
        assert_eq!(jumps.before(Some(&place(299))), Some(MOST - 2));
    }
}
