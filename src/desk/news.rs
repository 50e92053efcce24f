//! What the desk tells without being asked, gathered into one channel.

use tokio::sync::{broadcast, mpsc, watch};

use super::{Changes, SyncState, api_key::KeyState};
use crate::{
    metrics::Stats,
    model::{ActionId, KeptCommit, Subject},
    outbox::LinkReady,
    secret::Secret,
    store::Away,
};

#[derive(Debug)]
pub enum News {
    /// The store moved.
    Changed(Changes),
    Stats(Stats),
    Sync(SyncState),
    /// The team's database went away, or is back.
    Database(Option<Away>),
    /// What is kept here until it is back.
    Kept(Vec<KeptCommit>),
    /// What there is to say about the API key.
    ApiKey(KeyState),
    /// A one-time link was made. It exists in memory only.
    Link {
        subject: Subject,
        action: ActionId,
        link: Secret<String>,
    },
}

/// Where news comes from.
pub struct Sources {
    pub changes: broadcast::Receiver<Changes>,
    pub stats: watch::Receiver<Stats>,
    pub sync: watch::Receiver<SyncState>,
    pub away: watch::Receiver<Option<Away>>,
    pub kept: watch::Receiver<Vec<KeptCommit>>,
    pub key: watch::Receiver<KeyState>,
    pub links: mpsc::UnboundedReceiver<LinkReady>,
}

/// Gathers until the reader is gone.
pub async fn gather(mut from: Sources, to: mpsc::UnboundedSender<News>) {
    loop {
        let news = tokio::select! {
            changes = from.changes.recv() => News::Changed(match changes {
                Ok(changes) => changes,
                // Too many to follow one by one: anything may have moved.
                Err(broadcast::error::RecvError::Lagged(_)) => Changes::everything(),
                Err(broadcast::error::RecvError::Closed) => return,
            }),
            Ok(()) = from.stats.changed() => News::Stats(from.stats.borrow_and_update().clone()),
            Ok(()) = from.sync.changed() => News::Sync(from.sync.borrow_and_update().clone()),
            Ok(()) = from.away.changed() => News::Database(from.away.borrow_and_update().clone()),
            Ok(()) = from.kept.changed() => News::Kept(from.kept.borrow_and_update().clone()),
            Ok(()) = from.key.changed() => News::ApiKey(from.key.borrow_and_update().clone()),
            Some(ready) = from.links.recv() => {
                News::Link { subject: ready.subject, action: ready.action, link: ready.link }
            }
        };
        if to.send(news).is_err() {
            return;
        }
    }
}
