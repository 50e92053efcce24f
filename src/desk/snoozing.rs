//! Putting items off, for this reviewer alone: Persona knows of none of this, and nobody else does.

use super::{Desk, StoreError};
use crate::{
    model::{Snooze, Subject},
    store::{PutOff, Snoozes},
};

impl Desk {
    /// Puts items off, or wakes those that come with none: all of them, or nothing.
    pub async fn snooze(&self, steps: &[(Subject, Option<Snooze>)]) -> Result<PutOff, StoreError> {
        self.store.snooze(&self.reviewer, steps).await
    }

    /// What is put off, and what is back and was not told yet.
    pub async fn snoozes(&self) -> Result<Snoozes, StoreError> {
        self.store.snoozes(&self.reviewer).await
    }

    /// The reviewer was told that these are back.
    pub async fn welcome(&self, back: &[Subject]) -> Result<(), StoreError> {
        self.store.welcome(&self.reviewer, back).await
    }
}
