//! Decisions that could not be recorded as they were meant: they stand on the rows of their objects as
//! stopped, with the reason, until somebody has read it.

use super::{
    Changes, Error, Store,
    actions::{insert, is_recorded},
    deed::{Deed, entry, tell},
    tombstone,
};
use crate::model::{Action, ActionState, Text};

impl Store {
    /// Records decisions that are over: nothing of them is sent. What is recorded already stays as it is.
    ///
    /// # Errors
    /// If the store cannot write.
    pub async fn submit_stopped(
        &self,
        deeds: &[Deed],
        owner: &str,
        why: &Text,
    ) -> Result<(), Error> {
        let (now, seal, scribe) = (self.0.clock.now(), &self.0.seal, self.scribe());
        let mut tx = self.0.backend.begin().await?;
        for deed in deeds {
            if is_recorded(&mut tx, &deed.action.id).await? {
                continue;
            }
            let state = ActionState::Stopped { reason: why.clone() };
            let action = Action { state, ..deed.action.clone() };
            insert(&mut tx, seal, &scribe, &action, owner).await?;
            let line = entry(&action, "stopped", &action.reviewer, now, why.as_str().into());
            let deed = Deed { action, spoken: deed.spoken.clone() };
            tell(&mut tx, seal, &scribe, &deed).await?;
            scribe.append(&mut tx, line).await?;
            // Redacted meanwhile: what was said with it is kept nowhere.
            tombstone::tidy(&mut tx, seal, &deed.action.subject).await?;
        }
        tx.commit().await?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(())
    }
}
