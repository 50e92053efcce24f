//! Where answers were not as expected: from the client into the store, and to whoever looks.

use std::{sync::Arc, time::Duration};

use super::{Desk, KnownMismatches, StoreError};

/// The same shapes come with every page; what comes within this is written down together.
const GATHER: Duration = Duration::from_secs(2);

impl Desk {
    /// What was noticed so far, by any process with this store.
    pub async fn mismatches(&self) -> Result<KnownMismatches, StoreError> {
        self.store.mismatches().await
    }

    /// Somebody looked at them: they are no news any more.
    pub async fn look_at_mismatches(&self) -> Result<(), StoreError> {
        self.store.look_at_mismatches().await
    }

    /// Writes down what the client noticed since the last time.
    pub async fn keep_mismatches(&self) -> Result<(), StoreError> {
        let _busy = self.busy.token();
        self.store.note_mismatches(&self.client.mismatches().take_new()).await
    }
}

/// Keeps writing down what the client notices, until it is dropped.
pub async fn keep(desk: Arc<Desk>) {
    loop {
        desk.client.mismatches().changed().await;
        write(&desk).await;
        desk.clock.sleep(GATHER).await;
    }
}

pub async fn write(desk: &Desk) {
    if let Err(why) = desk.keep_mismatches().await {
        tracing::warn!(%why, "what was not as expected is not written down");
    }
}
