//! What this process tells whoever watches it: its figures, and whether it does its work.

mod process;
mod serve;

use std::sync::Arc;

use serde::de::IgnoredAny;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::SyncState;
use crate::{
    clock::Clock,
    metrics::{self, Around, Depth, Family, Recorder, SyncFigures},
    store::{Duty, Store, Watch},
    sync::Phase,
};

pub use self::serve::serve;

/// Where the figures come from. The recorder is the one that the footer reads.
#[derive(Clone)]
pub struct Exposed {
    pub store: Store,
    pub recorder: Arc<Recorder>,
    pub clock: Clock,
    pub sync: watch::Receiver<SyncState>,
    /// Webhooks are received here.
    pub receives: bool,
    /// Cancelled when the process is to end.
    pub leaving: CancellationToken,
}

impl Exposed {
    /// All figures as they are now.
    pub async fn families(&self) -> Vec<Family> {
        let outbox = match self.store.depths().await {
            Ok(depths) => Some(depths),
            Err(why) => {
                tracing::warn!(%why, "the outbox cannot be counted");
                None
            }
        };
        let is_sent = self.is_sent().await;
        let now = self.clock.now();
        // Without new requests what is recent grows old.
        self.recorder.age(now);
        let (phase, last_ok) = {
            let state = self.sync.borrow();
            (state.phase.name(), state.last_ok)
        };
        let depth = |depth: crate::store::Depth| Depth {
            state: depth.state,
            count: depth.count,
            oldest: depth.oldest,
        };
        let around = Around {
            now,
            sync: Some(SyncFigures { phase, phases: Phase::NAMES, last_ok }),
            outbox: outbox.map(|depths| depths.into_iter().map(depth).collect()),
            is_sent,
            receives: self.receives,
            process: process::process(),
        };
        metrics::families(&self.recorder, &around)
    }

    /// Whether anybody sends for everybody; none in a file, where each process sends its own.
    async fn is_sent(&self) -> Option<bool> {
        if !self.store.is_shared() {
            return None;
        }
        let sender = self.store.look_at::<IgnoredAny>(Duty::Outbox).await.ok()?;
        Some(matches!(sender, Watch::Somebody(_)))
    }

    /// Whether it can do its work now: the local copy takes what comes. Persona may be away.
    ///
    /// # Errors
    /// What keeps it from that.
    pub async fn ready(&self) -> Result<(), String> {
        if self.leaving.is_cancelled() {
            return Err("it is about to end".to_owned());
        }
        self.store.answers().await.map_err(|why| why.to_string())
    }
}
