//! Walking a tree as a queue: which of its accounts still need a review, and which is next. Pure.

use std::collections::HashSet;

use super::RelationsPane;
use crate::{
    desk::{Origin, RelationRow},
    model::{InquiryId, InquiryStatus, Text},
};

/// A walk that goes on.
#[derive(Debug, Default)]
pub struct Walk {
    /// Decided in this console; the local copy tells a moment later.
    pub decided: HashSet<InquiryId>,
    /// Accounts that needed a review at some time since it began.
    met: HashSet<Text>,
    /// How many need one now.
    pub left: usize,
}

/// An account that needs a review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stop {
    /// The row where the account stands first.
    pub row: usize,
    /// Its inquiry that waits; none if it never had one.
    pub inquiry: Option<InquiryId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
}

impl Walk {
    /// What is left, from top to bottom, as the tree stands now.
    pub fn stops(&self, pane: &RelationsPane) -> Vec<Stop> {
        let mut named = HashSet::new();
        let mut stops = Vec::new();
        for (row, line) in pane.rows.iter().enumerate() {
            let Some(node) = pane.node(line.what) else { continue };
            // Who only shares something is no part of the tree that is walked.
            let is_related =
                pane.group(line.what).is_none_or(|group| group.origin == Origin::Persona);
            let is_stop = is_related && node.is_account() && named.insert(node.id.as_str());
            if let (true, Some(inquiry)) = (is_stop, self.waits(node)) {
                stops.push(Stop { row, inquiry });
            }
        }
        stops
    }

    /// Counts what is left.
    pub fn count(&mut self, pane: &RelationsPane) {
        let stops = self.stops(pane);
        let nodes = stops.iter().filter_map(|stop| pane.node(pane.rows.get(stop.row)?.what));
        self.met.extend(nodes.map(|node| node.id.clone()));
        self.left = stops.len();
    }

    /// The inquiry to be reviewed, or that there is none; nothing if nothing is left to do.
    fn waits(&self, node: &RelationRow) -> Option<Option<InquiryId>> {
        let Some(latest) = &node.latest_inquiry else { return Some(None) };
        let on_its_way = latest.action.as_ref().is_some_and(|action| action.state.is_open());
        let is_left = latest.status == InquiryStatus::NeedsReview
            && !on_its_way
            && !self.decided.contains(&latest.id);
        is_left.then(|| Some(latest.id.clone()))
    }

    /// How many accounts it was about so far.
    pub fn met(&self) -> usize {
        self.met.len()
    }
}

/// The nearest stop on the way from a row; `from` itself counts only if there is none.
pub fn next(stops: &[Stop], from: Option<usize>, way: Way) -> Option<&Stop> {
    match (from, way) {
        (None, _) => stops.first(),
        (Some(from), Way::Down) => stops.iter().find(|stop| stop.row > from),
        (Some(from), Way::Up) => stops.iter().rfind(|stop| stop.row < from),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::tree::samples::{branch, node, with_inquiry},
        *,
    };

    fn pane() -> RelationsPane {
        let owners = [
            with_inquiry("b", "needs_review"),
            with_inquiry("c", "approved"),
            node("d"),
            node("txn_1"),
        ];
        let mut root = branch("a", &[("firm", &[node("b")]), ("owners", &owners)]);
        // The same account is one stop, wherever it stands.
        root.known.as_mut().unwrap().groups[0].rows[0] = owners[0].clone();
        root.known.as_mut().unwrap().account = with_inquiry("a", "needs_review");
        let mut pane = RelationsPane { branches: vec![root], ..RelationsPane::default() };
        pane.flatten();
        pane
    }

    #[test]
    fn a_walk_stops_at_what_waits_and_at_what_was_never_looked_at() {
        let (pane, mut walk) = (pane(), Walk::default());
        walk.count(&pane);
        let stops = walk.stops(&pane);
        let told: Vec<_> = stops
            .iter()
            .map(|stop| (stop.row, stop.inquiry.as_ref().map(ToString::to_string)))
            .collect();
        let inquiry = |name: &str| Some(format!("inq_{name}"));
        assert_eq!(told, [(0, inquiry("a")), (2, inquiry("b")), (6, None)]);
        assert_eq!(walk.met(), 3);
        walk.decided.insert(InquiryId::new("inq_b").unwrap());
        walk.count(&pane);
        assert_eq!((walk.left, walk.met()), (2, 3), "what is done was part of it");
    }

    #[test]
    fn the_next_stop_is_the_nearest_on_the_way() {
        let stops = Walk::default().stops(&pane());
        let row = |from, way| next(&stops, from, way).map(|stop| stop.row);
        assert_eq!(row(None, Way::Down), Some(0));
        assert_eq!(row(Some(0), Way::Down), Some(2));
        assert_eq!(row(Some(3), Way::Down), Some(6));
        assert_eq!(row(Some(6), Way::Down), None);
        assert_eq!(row(Some(6), Way::Up), Some(2));
        assert_eq!(row(Some(0), Way::Up), None);
    }
}
