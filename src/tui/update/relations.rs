//! The tree of relations: showing one, folding, following, and walking along what needs a review.

use super::{Effect, Pane, State, Tone, command::refuse, follow, measure, open};
use crate::{
    desk::AccountRelations,
    model::{AccountId, InquiryId, Subject},
    tui::{
        available,
        command::Command,
        msg::Answer,
        relations::{
            tree::{Branch, Fold, What},
            walk::{self, Walk, Way},
        },
        state::Toast,
    },
};

/// Shows the relations of the item's account; in the tree, makes the account under the cursor its
/// root.
pub fn show(state: &mut State) -> Vec<Effect> {
    let Some(account) = available::account(state) else { return Vec::new() };
    let from = state.relations.root().cloned();
    match (state.focus, from) {
        (Pane::Relations, Some(from)) if from != account => state.relations.trail.push(from),
        (Pane::Relations, _) => {}
        _ => state.relations.trail.clear(),
    }
    plant(state, account)
}

/// Shows the tree of an account.
pub fn plant(state: &mut State, account: AccountId) -> Vec<Effect> {
    state.relations.plant(account.clone());
    state.focus = Pane::Relations;
    measure(state);
    let mut effects = vec![load(state)];
    effects.extend(fetch(state, account));
    effects
}

/// Back to the root before this one.
pub fn back(state: &mut State) -> Option<Vec<Effect>> {
    let account = state.relations.trail.pop()?;
    state.relations.plant(account);
    Some(vec![load(state)])
}

/// Folds what is under the cursor, or unfolds it.
pub fn fold(state: &mut State) -> Vec<Effect> {
    let pane = &mut state.relations;
    let place = pane.place().clone();
    match pane.row().map(|row| row.what) {
        Some(What::Group { .. }) if !pane.folds.closed.remove(&place) => {
            pane.folds.closed.insert(place);
        }
        Some(What::Node { .. }) => match (pane.fold(), pane.account()) {
            (Some(Fold::Open | Fold::Deep), _) if pane.folds.open.remove(&place) => {}
            (Some(Fold::Folded), Some(account)) => {
                pane.folds.open.insert(place);
                if pane.branch_mut(&account).is_none() {
                    pane.branches.push(Branch::of(account));
                    pane.flatten();
                    return vec![load(state)];
                }
            }
            _ => {}
        },
        _ => {}
    }
    pane.flatten();
    follow::cursor(state)
}

/// Asks the store for all that the tree shows.
pub fn load(state: &State) -> Effect {
    let branches = state.relations.branches.iter();
    Effect::LoadRelations(branches.map(|branch| branch.account.clone()).collect())
}

/// Asks Persona for an account's relations, one account after the other.
pub fn fetch(state: &mut State, account: AccountId) -> Vec<Effect> {
    let pane = &mut state.relations;
    if pane.asking.contains(&account) {
        return Vec::new();
    }
    if let Some(branch) = pane.branch_mut(&account) {
        branch.problem = None;
    }
    pane.asking.push(account.clone());
    pane.flatten();
    match pane.asking.as_slice() {
        [_] => vec![Effect::FetchRelations(account)],
        _ => Vec::new(),
    }
}

/// The relations under the cursor are asked for again.
pub fn refetch(state: &mut State) -> Vec<Effect> {
    match state.relations.owner() {
        Some(account) if state.relations.branch_mut(&account).is_some() => fetch(state, account),
        _ => Vec::new(),
    }
}

/// What the store knows.
pub fn loaded(
    state: &mut State,
    answers: Vec<(AccountId, Answer<AccountRelations>)>,
) -> Vec<Effect> {
    let (now, pane) = (state.now, &mut state.relations);
    let mut wanted = Vec::new();
    for (account, answer) in answers {
        match answer {
            Ok(known) => {
                if pane.take(&account, known, now) {
                    wanted.push(account);
                }
            }
            Err(why) => {
                if let Some(branch) = pane.branch_mut(&account) {
                    branch.problem = Some(why);
                }
            }
        }
    }
    if let Some(walk) = &mut pane.walk {
        walk.decided.clear();
    }
    pane.flatten();
    let mut effects: Vec<Effect> =
        wanted.into_iter().flat_map(|account| fetch(state, account)).collect();
    effects.extend(follow::rows(state));
    effects
}

/// Persona answered, or not; what it said is in the store.
pub fn fetched(state: &mut State, account: &AccountId, answer: Answer<()>) -> Vec<Effect> {
    let (now, pane) = (state.now, &mut state.relations);
    let Some(at) = pane.asking.iter().position(|asked| asked == account) else {
        return Vec::new();
    };
    pane.asking.remove(at);
    let next = pane.asking.first().cloned();
    if let Some(branch) = pane.branch_mut(account) {
        branch.problem = answer.err();
        branch.asked_at = Some(now);
    }
    pane.flatten();
    let mut effects = vec![load(state)];
    effects.extend(next.map(Effect::FetchRelations));
    effects
}

/// Begins a walk, or goes on with it.
pub fn walk(state: &mut State) -> Vec<Effect> {
    if state.relations.walk.is_some() {
        return step(state, Way::Down);
    }
    state.relations.walk = Some(Walk::default());
    state.relations.open_groups();
    go(state, None, Way::Down)
}

/// To the next account of a walk that goes on, or to the one before.
pub fn step(state: &mut State, way: Way) -> Vec<Effect> {
    let from = Some(state.relations.cursor());
    go(state, from, way)
}

/// An inquiry was decided: a walk goes on with what is next.
pub fn decided(state: &mut State, inquiry: &InquiryId) -> Vec<Effect> {
    let Some(walk) = &mut state.relations.walk else { return Vec::new() };
    walk.decided.insert(inquiry.clone());
    state.relations.count();
    step(state, Way::Down)
}

fn go(state: &mut State, from: Option<usize>, way: Way) -> Vec<Effect> {
    let pane = &mut state.relations;
    let Some(walk) = &pane.walk else { return Vec::new() };
    let stops = walk.stops(pane);
    let (left, all) = (walk.left, walk.met());
    let Some(stop) = walk::next(&stops, from, way).cloned() else {
        return match way {
            Way::Up => refuse(state, "this is where the walk begins"),
            Way::Down => end(state, left, all),
        };
    };
    pane.move_to(stop.row);
    let subject = match (stop.inquiry, pane.subject()) {
        (Some(inquiry), _) => Subject::Inquiry(inquiry),
        (None, Some(account)) => {
            also(state, "this account has no inquiry that is known", Tone::Plain);
            account
        }
        (None, None) => return Vec::new(),
    };
    if from.is_none() {
        let (next, before) = (state.key(Command::NextItem), state.key(Command::PreviousItem));
        let said = format!("walk: {left} of {all} left; {next} and {before} go along it");
        also(state, &said, Tone::Plain);
    }
    state.focus = Pane::Relations;
    let effects = open(state, subject);
    if let Some(detail) = &mut state.detail {
        detail.from = Pane::Relations;
    }
    effects
}

fn end(state: &mut State, left: usize, all: usize) -> Vec<Effect> {
    state.relations.walk = None;
    state.focus = Pane::Relations;
    measure(state);
    let again = state.key(Command::Walk);
    let said = match (left, all) {
        (0, 0) => "nothing that is unfolded in this tree needs a review".to_owned(),
        (0, _) => "the walk is over: nothing that is unfolded needs a review any more".to_owned(),
        _ => format!("the walk ends here with {left} of {all} left: {again} begins again"),
    };
    also(state, &said, Tone::Good);
    follow::cursor(state)
}

/// Says something beside what was just said of a decision.
fn also(state: &mut State, text: &str, tone: Tone) {
    match state.toast.take() {
        Some(Toast { text: before, tone: Tone::Good, .. }) => {
            state.say(format!("{before} · {text}"), Tone::Good);
        }
        _ => state.say(text, tone),
    }
}
