//! What a reviewer has not finished, kept for the next console.

use super::{Desk, StoreError};
use crate::model::Unfinished;

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
}
