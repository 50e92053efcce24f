//! A rotation as the journal tells it: what is about to be done, and what came of it. Ids and no key.

use super::rotate::{self, NotRotated, Plan, Rotated, Step};
use crate::{
    clock::Clock,
    model::{JournalEntry, KeyRotation, Text},
    store::Store,
};

/// Where it is written down, and who rotates.
#[derive(Clone, Copy)]
pub struct Record<'a> {
    pub store: &'a Store,
    pub who: &'a Text,
}

/// Rotates as `rotate::rotate` does, with a line in the journal before and another after. A line
/// without the other tells that the rotation was interrupted.
///
/// # Errors
/// If the journal cannot be written: then nothing was begun, or that is said. Else as the rotation.
pub async fn rotate(
    plan: &Plan,
    record: Record<'_>,
    clock: &Clock,
    say: &mut (dyn FnMut(Step) + Send),
) -> Result<Rotated, NotRotated> {
    let mut rotation = KeyRotation {
        old: plan.id.clone().or_else(|| plan.source.id()),
        new: None,
        grace_seconds: plan.grace.as_secs(),
        old_ends_at: None,
    };
    let line = |what, rotation: &KeyRotation| JournalEntry {
        rotation: Some(rotation.clone()),
        ..JournalEntry::new(clock.now(), record.who, what)
    };
    let begun = record.store.journal(line("rotating key", &rotation)).await;
    begun.map_err(NotRotated::Unrecorded)?;
    let rotated = {
        let mut hear = |step: Step| {
            note(&step, &mut rotation);
            say(step);
        };
        rotate::rotate(plan, clock, &mut hear).await
    };
    let last = match &rotated {
        Ok(Rotated::Done { old, new, ends }) => {
            let (old, new, old_ends_at) = (Some(old.clone()), Some(new.clone()), *ends);
            line("rotated key", &KeyRotation { old, new, old_ends_at, ..rotation })
        }
        Ok(Rotated::HandedOver { old, new, .. }) => {
            let (old, new) = (Some(old.clone()), Some(new.clone()));
            line("handed over key", &KeyRotation { old, new, ..rotation })
        }
        Err(why) => JournalEntry {
            answer: why.answered(),
            detail: why.in_short(),
            ..line("key not rotated", &rotation)
        },
    };
    match (record.store.journal(last).await, rotated) {
        (Err(why), Ok(_)) => Err(NotRotated::Untold(why)),
        // Why it did not go on matters more than that it is not written down.
        (_, rotated) => rotated,
    }
}

/// What a step says of the keys, in case that no other step follows.
fn note(step: &Step, rotation: &mut KeyRotation) {
    match step {
        Step::Cloned { old, new } => {
            rotation.old = Some(old.clone());
            rotation.new = Some(new.clone());
        }
        Step::Ends { old, at } => {
            rotation.old = Some(old.clone());
            rotation.old_ends_at = *at;
        }
        Step::Orphan { of, .. } => rotation.old = Some(of.clone()),
        Step::TakenUp | Step::Tried | Step::Switched => {}
    }
}
