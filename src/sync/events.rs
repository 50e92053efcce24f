//! Follows the events: newest first until the last known one, then into the store at once.

use super::{Sync, Trouble, pin_environment};
use crate::{
    model::{Event, Lane},
    persona::{ErrorKind, PageFrom, events},
};

/// What a poll brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polled {
    /// Events that were not seen before.
    pub new: usize,
    pub gap: Gap,
}

/// Whether events were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    None,
    /// More happened than can be followed.
    Some,
    /// Events cannot be followed at all.
    Always,
}

/// The newest event that was taken in.
const NEWEST: &str = "events/newest";

/// Beyond this listing again is cheaper than following.
const MOST_PAGES: usize = 5;

/// Takes in what happened since the last poll.
pub async fn poll(sync: &Sync) -> Result<Polled, Trouble> {
    let newest = sync.store.cursor(NEWEST).await?;
    let mut events: Vec<Event> = Vec::new();
    let mut page = PageFrom::first(100);
    let mut gap = Gap::Some;
    for _ in 0..MOST_PAGES {
        let ask = events::List { names: Vec::new(), objects: Vec::new(), page };
        let answer = match sync.client.read(&ask, Lane::Back).await {
            Ok(answer) => answer,
            // Without the right to events, or a server without them: listing is all there is.
            Err(why) if matches!(why.kind(), ErrorKind::Forbidden | ErrorKind::NotFound) => {
                tracing::warn!(why = why.for_log(), "events cannot be followed: listing instead");
                return Ok(Polled { new: 0, gap: Gap::Always });
            }
            Err(why) => return Err(why.into()),
        };
        pin_environment(sync).await?;
        let known = answer.items.iter().any(|event| Some(event.id.as_str()) == newest.as_deref());
        let before = events.len();
        for event in answer.items {
            if !events.iter().any(|known| known.id == event.id) {
                events.push(event);
            }
        }
        let nothing_new = events.len() == before;
        // The very first poll has nothing to reach back to: the fill lists it all.
        match answer.next {
            Some(next) if !known && !nothing_new && newest.is_some() => page = PageFrom::Link(next),
            _ => {
                gap = Gap::None;
                break;
            }
        }
    }
    // All pages in one transaction: were the newest taken in first, a crash could leave a hole
    // behind them.
    let ingested = sync.store.ingest(&events).await?;
    if let Some(first) = events.first() {
        sync.store.set_cursor(NEWEST, first.id.as_str()).await?;
    }
    Ok(Polled { new: ingested.new.len(), gap })
}
