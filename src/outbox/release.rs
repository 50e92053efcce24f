//! A claim ends with the verdict that it was made for: its tag is taken off again. That is a
//! courtesy, so nothing waits for it and a failure is only logged: the tag is on a decided inquiry.

use super::deliver::Delivery;
use crate::{
    model::{Action, Batch, ClaimTag, Entity, JournalEntry, Lane, Subject, Verb},
    persona::tags::{Remove, Tagged},
};

/// Takes the claim of whoever decided off the inquiry, if Persona's answer to the verdict has it.
pub async fn release(delivery: &Delivery, claims: &ClaimTag, action: &Action, learnt: &mut Batch) {
    let (Subject::Inquiry(id), Verb::Approve | Verb::Decline) = (&action.subject, &action.verb)
    else {
        return;
    };
    let decided = learnt.entities.iter_mut().find_map(|entity| match entity {
        Entity::Inquiry(inquiry) if inquiry.id == *id => Some(inquiry),
        _ => None,
    });
    let Some(inquiry) = decided.filter(|known| claims.is_mine(&known.tags, &action.reviewer))
    else {
        return;
    };
    let ask = Remove { from: Tagged::Inquiry(id.clone()), tag: claims.of(&action.reviewer) };
    match delivery.client.write_nth(&ask, &action.key.step("release"), Lane::Back, 1).await {
        Ok((tagged, _)) => {
            if let Some(Entity::Inquiry(now)) = tagged.object {
                *inquiry = now;
            }
            let line = JournalEntry::new(delivery.clock.now(), &action.reviewer, "released");
            let line = JournalEntry { subject: Some(action.subject.clone()), ..line };
            if let Err(why) = delivery.store.journal(line).await {
                tracing::warn!(%why, "that a claim was released is not in the journal");
            }
        }
        Err(why) => {
            let why = why.for_log();
            tracing::warn!(why, "a claim stays on an inquiry that was decided");
        }
    }
}
