//! Who has which item open.

use super::{Desk, Look, StoreError};
use crate::model::Subject;

impl Desk {
    /// Tells colleagues what is open here, if anything.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn tell_look(&self, item: Option<&Subject>) -> Result<(), StoreError> {
        self.store.look(&self.worker, &self.reviewer, item).await
    }

    /// What colleagues have open.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn looks(&self) -> Result<Vec<Look>, StoreError> {
        self.store.looks(&self.worker).await
    }
}
