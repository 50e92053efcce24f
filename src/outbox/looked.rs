//! What a look at the object of an action tells: how it is now, and what differs from what was decided on.

use super::{dismiss, plan::Reading, relate};
use crate::{
    model::{Action, Batch, Entity, Subject, Text, Verb, Verification, difference},
    store::{Error, Store},
};

/// Why an answer says nothing about what it was asked for.
pub fn unread(action: &Action) -> &'static str {
    match action.verb.tie() {
        Some(_) => "its relations are too many to be read: whether it is there cannot be told",
        None => "Persona answered with another object",
    }
}

/// The object of an action as a batch has it.
pub fn read(action: &Action, batch: &Batch) -> Option<Reading> {
    if let Verb::DismissMatches(matched) = &action.verb {
        return dismiss::read(&action.subject, matched.as_ref(), batch);
    }
    if let Some(relations) = batch.relations.first() {
        return relate::read(&action.verb, relations);
    }
    batch.entities.iter().find_map(|entity| match (&action.subject, entity) {
        (Subject::Inquiry(id), Entity::Inquiry(inquiry)) if inquiry.id == *id => Some(Reading {
            status: Text::new(inquiry.status.as_str()),
            updated_at: inquiry.updated_at,
            assignee: None,
        }),
        (Subject::Case(id), Entity::Case(case)) if case.id == *id => Some(Reading {
            status: case.status.clone(),
            updated_at: case.updated_at,
            assignee: case.assignee.clone(),
        }),
        _ => None,
    })
}

/// What differs between the version that was decided on and what was learnt; empty if the store
/// has another version by now.
pub async fn differences(
    store: &Store,
    action: &Action,
    learnt: &Batch,
) -> Result<Vec<String>, Error> {
    let seen = |updated_at| updated_at == action.evidence.updated_at;
    for entity in &learnt.entities {
        match (&action.subject, entity) {
            (Subject::Inquiry(id), Entity::Inquiry(now)) if now.id == *id => {
                let before = store.inquiry(id).await?;
                let Some(before) = before.filter(|file| seen(file.inquiry.updated_at)) else {
                    break;
                };
                let verifications = learnt.entities.iter().filter_map(|entity| match entity {
                    Entity::Verification(verification) => Some(verification.clone()),
                    _ => None,
                });
                let checks: Vec<Verification> = verifications.collect();
                return Ok(difference::of_inquiries(
                    (&before.inquiry, &before.verifications),
                    (now, &checks),
                ));
            }
            (Subject::Case(id), Entity::Case(now)) if now.id == *id => {
                let before = store.case(id).await?;
                let Some(before) = before.filter(|file| seen(file.case.updated_at)) else { break };
                return Ok(difference::of_cases(&before.case, now));
            }
            _ => {}
        }
    }
    Ok(Vec::new())
}
