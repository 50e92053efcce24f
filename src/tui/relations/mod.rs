//! What the relations pane shows: plain data, written by `update` alone. `tree` makes its rows,
//! `walk` goes along those that need a review.

pub mod tree;
pub mod walk;

use jiff::{SignedDuration, Timestamp};

use self::{
    tree::{Branch, Fold, Folds, Place, Row, What},
    walk::Walk,
};
use crate::{
    desk::{AccountRelations, Origin, RelationGroup, RelationRow},
    model::{AccountId, RelatedId, Subject, Text, Tie},
};

/// What was read so lately is not asked for again when it is unfolded.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// Between two questions about one account that nobody asked for.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);

#[derive(Debug, Default)]
pub struct RelationsPane {
    /// The first is the root; the others are those that were unfolded.
    pub branches: Vec<Branch>,
    pub folds: Folds,
    /// Whose relations Persona is being asked for, and will be next.
    pub asking: Vec<AccountId>,
    /// Made from all of these whenever one of them moves.
    pub rows: Vec<Row>,
    cursor: usize,
    /// Where the row under the cursor stands.
    at: Place,
    /// The first visible row.
    pub top: usize,
    /// Rows on the screen, as of the last layout.
    pub height: u16,
    /// Accounts on the way here, to go back to.
    pub trail: Vec<AccountId>,
    pub walk: Option<Walk>,
}

impl RelationsPane {
    pub fn root(&self) -> Option<&AccountId> {
        self.branches.first().map(|branch| &branch.account)
    }

    /// Begins anew with an account as the root.
    pub fn plant(&mut self, account: AccountId) {
        let (trail, height) = (std::mem::take(&mut self.trail), self.height);
        let branches = vec![Branch::of(account)];
        *self = Self { branches, trail, height, ..Self::default() };
        self.flatten();
    }

    /// Makes the rows anew; the cursor stays on what it was on.
    pub fn flatten(&mut self) {
        let was_note = self.is_on_note();
        self.rows = tree::flatten(&self.branches, &self.folds, &self.asking);
        // A note has no name: by its place what it is about would be found.
        let is_there = was_note
            && self.is_on_note()
            && place_of(&self.branches, &self.rows, self.cursor) == self.at;
        let found = (self.cursor > 0 && !is_there).then(|| self.find(&self.at)).flatten();
        self.move_to(found.unwrap_or(self.cursor));
        self.count();
    }

    pub fn cursor(&self) -> usize {
        self.cursor
    }

    pub fn move_to(&mut self, row: usize) {
        self.cursor = row.min(self.rows.len().saturating_sub(1));
        self.at = place_of(&self.branches, &self.rows, self.cursor);
        self.scroll();
    }

    /// Counts anew what is left of a walk.
    pub fn count(&mut self) {
        if let Some(mut walk) = self.walk.take() {
            walk.count(self);
            self.walk = Some(walk);
        }
    }

    /// Keeps the cursor on the screen and the screen within the tree.
    pub fn scroll(&mut self) {
        let height = usize::from(self.height.max(1));
        self.top = self.top.min(self.rows.len().saturating_sub(height));
        self.top = self.top.clamp((self.cursor + 1).saturating_sub(height), self.cursor);
    }

    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.cursor)
    }

    fn is_on_note(&self) -> bool {
        self.row().is_some_and(|row| matches!(row.what, What::Note(_)))
    }

    fn known(&self, branch: usize) -> Option<&AccountRelations> {
        self.branches.get(branch)?.known.as_ref()
    }

    pub fn group(&self, what: What) -> Option<&RelationGroup> {
        let (What::Group { branch, group, .. } | What::Node { branch, group, .. }) = what else {
            return None;
        };
        self.known(branch)?.groups.get(group)
    }

    /// The account or transaction of a row.
    pub fn node(&self, what: What) -> Option<&RelationRow> {
        match what {
            What::Root { branch } => self.known(branch).map(|known| &known.account),
            What::Node { nth, .. } => self.group(what)?.rows.get(nth),
            What::Group { .. } | What::Note(_) => None,
        }
    }

    /// The account under the cursor, to be looked at or followed; transactions have no screen of
    /// their own yet.
    pub fn account(&self) -> Option<AccountId> {
        match self.row()?.what {
            What::Root { branch } => Some(self.branches.get(branch)?.account.clone()),
            what => self.node(what)?.account(),
        }
    }

    pub fn subject(&self) -> Option<Subject> {
        self.account().map(Subject::Account)
    }

    /// The account that has what is under the cursor: of a key and what stands under it the one
    /// above, of an account itself.
    pub fn owner(&self) -> Option<AccountId> {
        match self.row()?.what {
            What::Group { branch, .. } => Some(self.branches.get(branch)?.account.clone()),
            _ => self.account(),
        }
    }

    /// The relation under the cursor, and whose it is.
    pub fn tie(&self) -> Option<(AccountId, Tie)> {
        let what = self.row()?.what;
        let What::Node { branch, .. } = what else { return None };
        let group = self.group(what).filter(|group| group.origin == Origin::Persona)?;
        let key = group.key.clone();
        let target = RelatedId::new(self.node(what)?.id.as_str()).ok()?;
        Some((self.branches.get(branch)?.account.clone(), Tie { key, target }))
    }

    /// Where the row under the cursor stands.
    pub fn place(&self) -> &Place {
        &self.at
    }

    fn find(&self, place: &[Text]) -> Option<usize> {
        // A place is as long as its row is deep.
        let as_deep = self.rows.iter().enumerate().filter(|(_, row)| row.depth == place.len());
        let mut named =
            as_deep.filter(|(_, row)| name(&self.branches, row.what).as_ref() == place.last());
        named
            .find(|(nth, _)| place_of(&self.branches, &self.rows, *nth) == place)
            .map(|(nth, _)| nth)
    }

    /// Unfolds all keys, so that nothing that is known is hidden from a walk.
    pub fn open_groups(&mut self) {
        self.folds.closed.clear();
        self.flatten();
    }

    /// Takes in what the local copy knows. Tells whether Persona has to be asked: of what nothing is
    /// known or what was read long ago, once, and of what changed since.
    pub fn take(&mut self, account: &AccountId, known: AccountRelations, now: Timestamp) -> bool {
        let is_asked = self.asking.contains(account);
        let Some(branch) = self.branch_mut(account) else { return false };
        let since = |at: Option<Timestamp>| at.map(|at| now.duration_since(at));
        let is_old = |group: &RelationGroup| since(group.fetched_at).is_none_or(|age| age > FRESH);
        let mut told = known.groups.iter().filter(|group| group.origin == Origin::Persona);
        let is_first = branch.known.is_none() && told.all(is_old);
        let is_stale = known.groups.iter().any(|group| group.stale)
            && since(branch.asked_at).is_none_or(|age| age > PAUSE);
        branch.known = Some(known);
        branch.problem.is_none() && !is_asked && (is_first || is_stale)
    }

    pub fn branch_mut(&mut self, account: &AccountId) -> Option<&mut Branch> {
        self.branches.iter_mut().find(|branch| branch.account == *account)
    }

    /// Whether what is under the cursor can be unfolded, and is.
    pub fn fold(&self) -> Option<Fold> {
        match self.row()?.what {
            What::Root { .. } => Some(Fold::Open),
            What::Group { fold, .. } | What::Node { fold, .. } => Some(fold),
            What::Note(_) => None,
        }
    }
}

/// The key or id by which a row is told from its neighbours.
fn name(branches: &[Branch], what: What) -> Option<Text> {
    let groups = |branch: usize| branches.get(branch)?.known.as_ref().map(|known| &known.groups);
    match what {
        What::Root { .. } | What::Note(_) => None,
        What::Group { branch, group, .. } => Some(groups(branch)?.get(group)?.key.clone()),
        What::Node { branch, group, nth, .. } => {
            Some(groups(branch)?.get(group)?.rows.get(nth)?.id.clone())
        }
    }
}

/// Where a row stands. That of a note is its account's.
pub fn place_of(branches: &[Branch], rows: &[Row], row: usize) -> Place {
    let mut place = Place::new();
    let mut at = rows.get(row);
    while let Some(row) = at {
        place.extend(name(branches, row.what));
        at = row.above.and_then(|above| rows.get(above));
    }
    place.reverse();
    place
}

#[cfg(test)]
mod tests {
    use super::{
        tree::samples::{branch, node},
        *,
    };

    #[test]
    fn the_cursor_stays_on_a_note_when_the_tree_is_read_again() {
        let mut many = branch("a", &[("many", &[node("b"), node("c")])]);
        if let Some(known) = &mut many.known {
            known.groups[0].more = true;
        }
        let mut pane = RelationsPane { branches: vec![many], ..RelationsPane::default() };
        pane.flatten();
        pane.move_to(usize::MAX);
        let last = pane.cursor();
        assert!(pane.is_on_note(), "{:?}", pane.row());
        pane.flatten();
        assert_eq!(pane.cursor(), last);
        // What was more is read: the note is gone, and what it was about is there.
        if let Some(known) = &mut pane.branches[0].known {
            known.groups[0].more = false;
        }
        pane.flatten();
        assert!(matches!(pane.row().map(|row| row.what), Some(What::Group { .. })));
    }
}
