//! What this reviewer decided lately: nobody else's.

use super::{Desk, StoreError};
use crate::model::{Timestamp, day::Judgement};

impl Desk {
    /// Oldest first.
    pub async fn judgements(&self, since: Timestamp) -> Result<Vec<Judgement>, StoreError> {
        self.store.judgements(&self.reviewer, since).await
    }
}
