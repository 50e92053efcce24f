//! The relations of accounts as the rows of a tree: what is known and what is folded come in, lines
//! to be drawn go out. Pure.
//!
//! ```text
//! ▾ A••• D•••                     the account asked for
//!   ▾ beneficial_owners 2         a relation key
//!     ▸ B••• E•••                 folded: its relations are asked for when it is unfolded
//!     ▾ C••• F•••
//!       ▾ business 1
//!         ↑ A••• D•••  seen above    not followed, so that a ring of accounts ends
//! ```

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::{
    desk::{AccountRelations, RelationGroup, RelationRow},
    model::{AccountId, Text},
};

/// What is known of the relations of one account.
#[derive(Debug)]
pub struct Branch {
    pub account: AccountId,
    /// None until the local copy answered.
    pub known: Option<AccountRelations>,
    /// Why Persona's newest list could not be had.
    pub problem: Option<String>,
    /// When Persona answered last, or did not.
    pub asked_at: Option<Timestamp>,
}

impl Branch {
    pub fn of(account: AccountId) -> Self {
        Self { account, known: None, problem: None, asked_at: None }
    }
}

/// Keys and ids from the root to a row, in turns; that of the root is empty.
pub type Place = Vec<Text>;

/// What somebody folded and unfolded.
#[derive(Debug, Default)]
pub struct Folds {
    /// Accounts below the root that are unfolded.
    pub open: HashSet<Place>,
    /// Keys that are folded.
    pub closed: HashSet<Place>,
}

/// One line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// 0 is the root.
    pub depth: usize,
    /// The row that it hangs on.
    pub above: Option<usize>,
    pub what: What,
}

/// Numbers go into the branches, their groups and the groups' rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum What {
    Root { branch: usize },
    Group { branch: usize, group: usize, fold: Fold },
    Node { branch: usize, group: usize, nth: usize, fold: Fold },
    Note(Note),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fold {
    Open,
    Folded,
    /// No account, or a key under which there is none.
    Leaf,
    /// Its relations stand further up.
    Seen,
    /// Unfolded, but as deep as a tree gets.
    Deep,
}

/// A line that says something about the branch above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    Loading,
    /// Persona is being asked.
    Asking,
    /// See the branch's `problem`.
    Problem {
        branch: usize,
    },
    /// Nothing is known, and nothing is being asked.
    NoRelations,
    /// Of a group that was not read to its end.
    More {
        read: usize,
    },
    /// As long as a tree gets.
    Cut,
}

/// Generations below the root.
pub const DEEPEST: usize = 12;

/// Lines of a tree.
pub const LONGEST: usize = 20_000;

/// The lines of the tree whose root is the first branch. Each account shows its relations at most
/// once, so there are never many more lines than there are relations known.
pub fn flatten(branches: &[Branch], folds: &Folds, asking: &[AccountId]) -> Vec<Row> {
    let Some(root) = branches.first() else { return Vec::new() };
    let numbers = branches.iter().enumerate().map(|(nth, branch)| (branch.account.as_str(), nth));
    let mut flat = Flat {
        branches,
        folds,
        asking,
        numbers: numbers.collect(),
        shown: HashSet::from([root.account.as_str()]),
        place: Vec::new(),
        rows: vec![Row { depth: 0, above: None, what: What::Root { branch: 0 } }],
    };
    flat.branch(0, 1, 0);
    flat.rows
}

struct Flat<'a> {
    branches: &'a [Branch],
    folds: &'a Folds,
    asking: &'a [AccountId],
    numbers: HashMap<&'a str, usize>,
    /// Accounts whose relations stand in `rows`.
    shown: HashSet<&'a str>,
    place: Place,
    rows: Vec<Row>,
}

impl<'a> Flat<'a> {
    /// False once the tree is as long as it gets.
    fn push(&mut self, depth: usize, above: usize, what: What) -> bool {
        let is_room = self.rows.len() < LONGEST;
        let what = if is_room { what } else { What::Note(Note::Cut) };
        if self.rows.len() <= LONGEST {
            self.rows.push(Row { depth, above: Some(above), what });
        }
        is_room
    }

    /// What hangs on the row `above`, which is an account's.
    fn branch(&mut self, branch: usize, depth: usize, above: usize) {
        let branches = self.branches;
        let Branch { account, known, problem, .. } = &branches[branch];
        let asking = self.asking.contains(account);
        if problem.is_some() {
            self.push(depth, above, What::Note(Note::Problem { branch }));
        }
        if asking {
            self.push(depth, above, What::Note(Note::Asking));
        }
        let Some(known) = known else {
            if !asking {
                self.push(depth, above, What::Note(Note::Loading));
            }
            return;
        };
        if known.groups.is_empty() && !asking && problem.is_none() {
            self.push(depth, above, What::Note(Note::NoRelations));
        }
        for (group, of) in known.groups.iter().enumerate() {
            self.place.push(of.key.clone());
            let fold = match () {
                () if of.rows.is_empty() => Fold::Leaf,
                () if self.folds.closed.contains(&self.place) => Fold::Folded,
                () => Fold::Open,
            };
            let at = self.rows.len();
            let went_on = self.push(depth, above, What::Group { branch, group, fold });
            if went_on && fold == Fold::Open {
                self.group(branch, group, of, depth + 1, at);
            }
            self.place.pop();
            if !went_on {
                return;
            }
        }
    }

    fn group(
        &mut self,
        branch: usize,
        group: usize,
        of: &'a RelationGroup,
        depth: usize,
        above: usize,
    ) {
        for (nth, node) in of.rows.iter().enumerate() {
            self.place.push(node.id.clone());
            let fold = self.fold(node, depth);
            let at = self.rows.len();
            let went_on = self.push(depth, above, What::Node { branch, group, nth, fold });
            if went_on
                && fold == Fold::Open
                && let Some(own) = self.numbers.get(node.id.as_str()).copied()
            {
                self.shown.insert(node.id.as_str());
                self.branch(own, depth + 1, at);
            }
            self.place.pop();
            if !went_on {
                return;
            }
        }
        if of.more {
            self.push(depth, above, What::Note(Note::More { read: of.rows.len() }));
        }
    }

    fn fold(&self, node: &RelationRow, depth: usize) -> Fold {
        let is_open = || self.folds.open.contains(&self.place);
        match () {
            () if !node.is_account() => Fold::Leaf,
            () if self.shown.contains(node.id.as_str()) => Fold::Seen,
            () if !is_open() => Fold::Folded,
            // Each generation is a key and an account.
            () if depth >= DEEPEST * 2 => Fold::Deep,
            () => Fold::Open,
        }
    }
}

#[cfg(test)]
pub mod samples {
    //! Relations for table tests.

    use super::*;
    use crate::model::InquiryStatus;

    pub fn id(name: &str) -> AccountId {
        AccountId::new(name).expect("a short name is an id")
    }

    /// `txn…` is a transaction; all else an account without an inquiry.
    pub fn node(name: &str) -> RelationRow {
        let kind = if name.starts_with("txn") { "transaction" } else { "account" };
        RelationRow {
            kind: Text::new(kind),
            id: Text::new(name),
            name: None,
            type_name: None,
            role: None,
            share: None,
            status: None,
            raw: Vec::new(),
            latest_inquiry: None,
        }
    }

    pub fn with_inquiry(name: &str, status: &str) -> RelationRow {
        let id = crate::model::InquiryId::new(&format!("inq_{name}")).expect("an id");
        let status = InquiryStatus::parse(status);
        let latest = crate::desk::LatestInquiry { id, status, action: None };
        RelationRow { latest_inquiry: Some(latest), ..node(name) }
    }

    /// An account with groups of related ones.
    pub fn branch(name: &str, groups: &[(&str, &[RelationRow])]) -> Branch {
        let group = |(key, rows): &(&str, &[RelationRow])| RelationGroup {
            key: Text::new(key),
            origin: crate::desk::Origin::Persona,
            fetched_at: None,
            more: false,
            stale: false,
            rows: rows.to_vec(),
        };
        let groups = groups.iter().map(group).collect();
        let known = Some(AccountRelations { account: node(name), groups });
        Branch { known, ..Branch::of(id(name)) }
    }

    pub fn place(steps: &[&str]) -> Place {
        steps.iter().map(|step| Text::new(step)).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        samples::{branch, id, node, place},
        *,
    };

    /// The rows as a drawing.
    fn drawn(branches: &[Branch], folds: &Folds) -> String {
        let rows = flatten(branches, folds, &[]);
        let line = |row: &Row| {
            let group = |branch: usize, group: usize| {
                &branches[branch].known.as_ref().expect("it has groups").groups[group]
            };
            let text = match row.what {
                What::Root { branch } => branches[branch].account.to_string(),
                What::Group { branch, group: nth, fold } => {
                    format!("{} {}", mark(fold), group(branch, nth).key)
                }
                What::Node { branch, group: of, nth, fold } => {
                    format!("{} {}", mark(fold), group(branch, of).rows[nth].id)
                }
                What::Note(note) => format!("({note:?})"),
            };
            format!("{}{text}", "  ".repeat(row.depth))
        };
        rows.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn mark(fold: Fold) -> &'static str {
        match fold {
            Fold::Open => "v",
            Fold::Folded => ">",
            Fold::Leaf => "-",
            Fold::Seen => "^",
            Fold::Deep => "!",
        }
    }

    #[test]
    fn a_tree_shows_each_account_s_relations_once() {
        let branches = [
            branch("a", &[("owners", &[node("b"), node("c")]), ("wires", &[node("txn_1")])]),
            branch("b", &[("firm", &[node("a"), node("c")])]),
            branch("c", &[]),
        ];
        let mut folds = Folds::default();
        let folded = "a\n  v owners\n    > b\n    > c\n  v wires\n    - txn_1";
        assert_eq!(drawn(&branches, &folds), folded);
        folds.open.insert(place(&["owners", "b"]));
        folds.closed.insert(place(&["wires"]));
        let open =
            "a\n  v owners\n    v b\n      v firm\n        ^ a\n        > c\n    > c\n  > wires";
        assert_eq!(drawn(&branches, &folds), open, "the ring is not followed");
        // Unfolded at two places: further up it stands, below it is only named.
        folds.open.insert(place(&["owners", "c"]));
        folds.open.insert(place(&["owners", "b", "firm", "c"]));
        let twice = drawn(&branches, &folds);
        assert!(twice.contains("        v c\n          (NoRelations)\n    ^ c"), "{twice}");
    }

    #[test]
    fn what_is_not_there_yet_is_said() {
        let loading = Branch::of(id("a"));
        assert_eq!(drawn(&[loading], &Folds::default()), "a\n  (Loading)");
        let mut failed = branch("a", &[("owners", &[node("b")])]);
        failed.problem = Some("no network".to_owned());
        let said = drawn(&[failed], &Folds::default());
        assert_eq!(said, "a\n  (Problem { branch: 0 })\n  v owners\n    > b");
        let mut long = branch("a", &[("owners", &[node("b")])]);
        long.known.as_mut().unwrap().groups[0].more = true;
        assert!(drawn(&[long], &Folds::default()).ends_with("    (More { read: 1 })"));
        assert_eq!(flatten(&[], &Folds::default(), &[]), []);
    }

    #[test]
    fn a_tree_is_neither_deeper_nor_longer_than_can_be_read() {
        let name = |nth: usize| format!("a{nth}");
        let chain: Vec<Branch> =
            (0..20).map(|nth| branch(&name(nth), &[("next", &[node(&name(nth + 1))])])).collect();
        let mut folds = Folds::default();
        let mut steps = Vec::new();
        for nth in 1..20 {
            steps.extend([Text::new("next"), Text::new(&name(nth))]);
            folds.open.insert(steps.clone());
        }
        let rows = flatten(&chain, &folds, &[]);
        assert_eq!(rows.len(), 1 + DEEPEST * 2);
        let deepest = rows.last().unwrap();
        assert!(matches!(deepest.what, What::Node { fold: Fold::Deep, .. }), "{deepest:?}");
        let many: Vec<RelationRow> = (0..LONGEST * 2).map(|nth| node(&name(nth))).collect();
        let rows = flatten(&[branch("a", &[("owners", &many), ("more", &many)])], &folds, &[]);
        assert_eq!(rows.len(), LONGEST + 1);
        assert_eq!(rows.last().unwrap().what, What::Note(Note::Cut));
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

        /// Whatever is related to whatever: it ends, rows hang on rows before them, and no account
        /// shows its relations twice.
        #[test]
        fn random_relations_make_a_tree(
            edges in prop::collection::vec((0..8usize, 0..3usize, 0..8usize), 0..40),
            chosen in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        ) {
            let name = |nth: usize| format!("a{nth}");
            let keys = ["owners", "firm", "wires"];
            let branches: Vec<Branch> = (0..8).map(|source| {
                let groups: Vec<(&str, Vec<RelationRow>)> = keys.iter().enumerate().map(|(key, text)| {
                    let own = edges.iter().filter(|edge| edge.0 == source && edge.1 == key);
                    (*text, own.map(|edge| node(&name(edge.2))).collect())
                }).collect();
                let groups: Vec<(&str, &[RelationRow])> =
                    groups.iter().map(|(key, rows)| (*key, rows.as_slice())).collect();
                branch(&name(source), &groups)
            }).collect();
            let mut folds = Folds::default();
            for pick in chosen {
                let rows = flatten(&branches, &folds, &[]);
                let at = super::super::place_of(&branches, &rows, pick.index(rows.len()));
                folds.open.insert(at.clone());
                folds.closed.remove(&at);
            }
            let rows = flatten(&branches, &folds, &[]);
            let mut unfolded = HashSet::new();
            for (nth, row) in rows.iter().enumerate() {
                if let Some(above) = row.above {
                    prop_assert!(above < nth && rows[above].depth + 1 == row.depth);
                }
                if let What::Node { branch, group, nth, fold: Fold::Open } = row.what {
                    let known = branches[branch].known.as_ref().unwrap();
                    prop_assert!(unfolded.insert(known.groups[group].rows[nth].id.clone()));
                }
            }
            let relations = edges.len() + 8 * keys.len() + 8;
            prop_assert!(rows.len() <= 1 + relations * 2);
        }
    }
}
