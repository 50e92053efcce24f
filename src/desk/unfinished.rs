//! What a reviewer has not finished, kept for the next console; and what of it is about somebody who
//! was forgotten.

use super::{Desk, StoreError};
use crate::model::{Subject, Unfinished};

/// Somebody was forgotten: redacted at Persona, or purged here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// How often that was so far.
    pub count: u64,
    /// Those that were asked about.
    pub gone: Vec<Subject>,
}

impl Desk {
    /// In place of what this console kept before.
    ///
    /// # Errors
    /// If the store's folder cannot be written.
    pub fn keep_unfinished(&self, unfinished: Unfinished) -> Result<(), StoreError> {
        let whose = Unfinished { reviewer: self.reviewer.clone(), ..unfinished };
        self.store.keep_unfinished(&self.worker, &whose)
    }

    /// What this reviewer's consoles left that are gone; it is this one's then.
    ///
    /// # Errors
    /// If the store's folder cannot be used.
    pub fn take_unfinished(&self) -> Result<Option<Unfinished>, StoreError> {
        self.store.take_unfinished(&self.worker, &self.reviewer)
    }

    /// Which of these were forgotten, if anybody was since the store had counted so many; then what
    /// consoles left that are gone is looked through as well.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn forgotten(
        &self,
        since: u64,
        about: &[Subject],
    ) -> Result<Option<Forgotten>, StoreError> {
        let count = self.store.forgotten().await?;
        if count == since {
            return Ok(None);
        }
        let gone = self.store.forgotten_of(about).await?;
        self.sweep_unfinished().await;
        Ok(Some(Forgotten { count, gone }))
    }

    /// Looks through what consoles left that are gone. It is looked through again later.
    pub(super) async fn sweep_unfinished(&self) {
        if let Err(why) = self.store.sweep_unfinished(&self.worker).await {
            tracing::warn!(%why, "what consoles left unfinished is not looked through");
        }
    }
}
