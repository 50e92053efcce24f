//! Adding a relation and taking one away: both are staged, and sent by Enter.

use crossterm::event::Event;
use tui_input::{Input, backend::crossterm::EventHandler};

use super::{Effect, State, dialog, stage};
use crate::{
    desk::RelationRow,
    model::{AccountId, Evidence, Subject, Text, Tie, Verb},
    tui::{
        adding::{Adding, Step},
        available,
        command::Command,
        keymap::Dialog,
        msg::Answer,
        relations::tree::What,
        state::{Overlay, Press},
    },
};

/// Asks for the keys of the account under the cursor; with them, a relation can be added.
pub fn add(state: &mut State) -> Vec<Effect> {
    let source = available::available(state, Command::AddRelation)
        .ok()
        .and_then(|()| available::source(state));
    source.map_or_else(Vec::new, |source| vec![Effect::LoadRelationKeys(source)])
}

/// The keys are known: now one is chosen.
pub fn keys(state: &mut State, source: AccountId, keys: Vec<Text>) -> Vec<Effect> {
    let what = state.relations.row().map(|row| row.what);
    let is_here = available::source(state).as_ref() == Some(&source);
    if !is_here || state.overlay.is_some() || state.staged.is_some() || state.lock.is_on() {
        return Vec::new();
    }
    let is_group = |what: &What| matches!(what, What::Group { .. });
    let under = what.filter(is_group).and_then(|what| state.relations.group(what));
    let adding = Adding::of(source, keys, under.map(|group| &group.key));
    state.toast = None;
    state.overlay = Some(Overlay::AddRelation(adding));
    Vec::new()
}

/// A press while a relation is being added.
pub fn press(state: &mut State, mut adding: Adding, key: Press) -> Vec<Effect> {
    adding.refused = None;
    let mut effects = Vec::new();
    match &mut adding.step {
        Step::ChooseKey => {
            let last = adding.keys.len().saturating_sub(1);
            match state.settings.keys.dialog(key) {
                Dialog::Cancel => return effects,
                Dialog::Down => adding.cursor = (adding.cursor + 1).min(last),
                Dialog::Up => adding.cursor = adding.cursor.saturating_sub(1),
                Dialog::Pick(nth) if nth <= last && !adding.keys.is_empty() => {
                    adding.cursor = nth;
                    adding.step = Step::NameTarget(Input::default());
                }
                Dialog::Accept if !adding.keys.is_empty() => {
                    adding.step = Step::NameTarget(Input::default());
                }
                _ => dialog::nothing_here(state, key),
            }
        }
        Step::NameTarget(typed) => match state.settings.keys.line(key) {
            Dialog::Cancel => return effects,
            Dialog::Accept => {
                let typed = typed.value().to_owned();
                let branches = &state.relations.branches;
                let known = branches.iter().find(|branch| branch.account == adding.source);
                match adding.tie(&typed, known) {
                    Ok(tie) => {
                        effects.push(Effect::CheckRelated(adding.source.clone(), tie.clone()));
                        adding.step = Step::Checking(tie);
                    }
                    Err(why) => adding.refused = Some(why),
                }
            }
            Dialog::Down | Dialog::Up => {}
            _ => {
                typed.handle_event(&Event::Key(key));
            }
        },
        Step::Checking(_) => {
            if state.settings.keys.line(key) == Dialog::Cancel {
                return effects;
            }
        }
    }
    state.overlay = Some(Overlay::AddRelation(adding));
    effects
}

/// The target is there and its relation can be staged, or it is said why not.
pub fn checked(
    state: &mut State,
    source: &AccountId,
    tie: &Tie,
    answer: Answer<Box<RelationRow>>,
) -> Vec<Effect> {
    let Some(Overlay::AddRelation(adding)) = &mut state.overlay else { return Vec::new() };
    let is_asked = matches!(&adding.step, Step::Checking(asked) if asked == tie);
    if !is_asked || adding.source != *source {
        return Vec::new();
    }
    match answer {
        Err(why) => {
            adding.step = Step::NameTarget(Input::new(tie.target.to_string()));
            adding.refused = Some(why);
        }
        Ok(target) => {
            state.overlay = None;
            let note = is(&target, state.shows_rows());
            relation(state, source.clone(), Verb::AddRelation(tie.clone()), Some(note));
        }
    }
    Vec::new()
}

/// Who the target is: `J••• D•••, Individual, active`
fn is(target: &RelationRow, names: bool) -> String {
    let name = target.name.as_ref().map(|name| match names {
        true => name.reveal().to_string(),
        false => name.masked(),
    });
    let kind = target.type_name.as_ref().unwrap_or(&target.kind).to_string();
    let status = target.status.as_ref().map(Text::to_string);
    let parts: Vec<String> = name.into_iter().chain([kind]).chain(status).collect();
    format!("{} is {}", target.id, parts.join(", "))
}

/// Stages that the relation under the cursor is taken away.
pub fn remove(state: &mut State) -> Vec<Effect> {
    if let (Ok(()), Some((source, tie))) =
        (available::available(state, Command::RemoveRelation), state.relations.tie())
    {
        relation(state, source, Verb::RemoveRelation(tie), None);
    }
    Vec::new()
}

fn relation(state: &mut State, source: AccountId, verb: Verb, note: Option<String>) {
    let is_there = matches!(verb, Verb::RemoveRelation(_));
    let evidence = Evidence { status: Tie::standing(is_there), updated_at: None };
    stage::decision(state, Subject::Account(source), verb, evidence);
    if let Some(staged) = &mut state.staged {
        staged.note = note;
    }
}
