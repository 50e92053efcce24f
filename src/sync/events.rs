//! Follows the events: newest first until the last known one, page by page into the store.

use std::collections::HashSet;

use jiff::Timestamp;

use super::{
    Phase, Sync, Trouble, answered,
    ears::{self, Hearing},
    pin_environment,
};
use crate::{
    metrics::{Happening, Way},
    model::{Event, EventId, Lane},
    persona::{ErrorKind, PageFrom, events},
    store,
};

/// What a poll brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Polled {
    /// Events that were not seen before.
    pub new: usize,
    /// Of these, what a receiver should have heard.
    pub missed: u64,
    pub gap: Gap,
    /// Up to when everything that happened was known before, as far as events tell.
    pub reached: Option<Timestamp>,
    /// The newest event that is listed now, and when it happened.
    newest: Option<(EventId, Option<Timestamp>)>,
}

/// Whether events were missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gap {
    None,
    /// More happened than can be followed, or Persona no longer tells of it.
    Some,
    /// Events cannot be followed at all.
    Always,
}

/// The newest event up to which nothing is missing.
const NEWEST: &str = "events/newest";
/// When it happened, in microseconds.
const NEWEST_AT: &str = "events/newest-at";

/// So many pages are nothing unusual. Where a receiver listened all the while, they are looked
/// through for what it missed, and those behind them only while they have something new.
const LOOKED_THROUGH: usize = 5;

/// Takes in what happened since the last poll; `in_doubt`: a receiver may not have taken all of that.
pub async fn poll(
    sync: &Sync,
    receiver: Option<Hearing>,
    in_doubt: bool,
) -> Result<Polled, Trouble> {
    let newest = sync.store.cursor(NEWEST).await?.filter(|id| !id.is_empty());
    let reached = reached(sync).await?;
    let all_heard = !in_doubt && ears::has_heard_all(receiver, reached);
    let mut polled = Polled { new: 0, missed: 0, gap: Gap::Some, reached, newest: None };
    let mut listed: HashSet<EventId> = HashSet::new();
    let mut page = PageFrom::first(100);
    for nth in 1..=sync.settings.followed {
        let ask = events::List { names: Vec::new(), objects: Vec::new(), page };
        let answer = match sync.client.read(&ask, Lane::Back).await {
            Ok(answer) => answer,
            // Where the page before ended is gone meanwhile: there is no more to be had of what lies behind it.
            Err(why) if nth > 1 && is_gone(why.kind()) => {
                tracing::warn!(why = why.for_log(), "a page of the events is not there");
                break;
            }
            // Without the right to events, or a server without them: listing is all there is.
            Err(why) if matches!(why.kind(), ErrorKind::Forbidden | ErrorKind::NotFound) => {
                tracing::warn!(why = why.for_log(), "events cannot be followed: listing instead");
                polled.gap = Gap::Always;
                return Ok(polled);
            }
            Err(why) => return Err(why.into()),
        };
        pin_environment(sync).await?;
        let known = answer.items.iter().any(|event| Some(event.id.as_str()) == newest.as_deref());
        // A list that repeats itself leads nowhere.
        let mut went_on = false;
        for event in &answer.items {
            polled.newest.get_or_insert_with(|| (event.id.clone(), event.created_at));
            went_on |= listed.insert(event.id.clone());
        }
        // Page by page: the place that is known is moved only when all between is there, so what
        // a crash cuts off is followed again.
        let new = take_in(sync, &answer.items, receiver, &mut polled).await?;
        let heard = all_heard && new == 0 && nth >= LOOKED_THROUGH;
        // The very first poll has nothing to reach back to: the fill lists it all.
        if known || heard || newest.is_none() {
            polled.gap = Gap::None;
            break;
        }
        match answer.next {
            Some(next) if went_on => page = PageFrom::Link(next),
            _ => break,
        }
        if nth >= LOOKED_THROUGH {
            answered(sync, Phase::CatchingUp { done: listed.len() as u64 }).await?;
        }
    }
    Ok(polled)
}

/// Moves the known place to what a poll reached: once it is written down what has to be listed for
/// a gap behind it, or a crash in between would lose the gap.
pub async fn settle(sync: &Sync, polled: &Polled) -> Result<(), store::Error> {
    if polled.gap == Gap::Always {
        return Ok(());
    }
    let (id, at) = match &polled.newest {
        Some((id, at)) => (id.as_str(), *at),
        None => ("", None),
    };
    if sync.store.cursor(NEWEST).await?.as_deref().unwrap_or_default() != id {
        sync.store.set_cursor(NEWEST, id).await?;
        let at = at.map(|at| at.as_microsecond().to_string()).unwrap_or_default();
        sync.store.set_cursor(NEWEST_AT, &at).await?;
    }
    Ok(())
}

/// What an answer to a cursor says that is none any more; which, Persona does not document.
fn is_gone(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Refused(_))
}

/// How many of them were not seen before.
async fn take_in(
    sync: &Sync,
    events: &[Event],
    receiver: Option<Hearing>,
    polled: &mut Polled,
) -> Result<usize, store::Error> {
    let ingested = sync.store.ingest(events).await?;
    polled.new += ingested.new.len();
    let new: HashSet<&EventId> = ingested.new.iter().collect();
    let new = events.iter().filter(|event| new.contains(&event.id));
    for event in new.clone() {
        sync.client.recorder().count(Happening::event(&event.name, Way::Poll));
    }
    if let Some(receiver) = receiver {
        let now = sync.clock.now();
        let missed = new.filter(|event| ears::is_missed(receiver, event.created_at, now));
        polled.missed += missed.count() as u64;
    }
    Ok(ingested.new.len())
}

async fn reached(sync: &Sync) -> Result<Option<Timestamp>, store::Error> {
    let at = sync.store.cursor(NEWEST_AT).await?;
    Ok(at.and_then(|at| Timestamp::from_microsecond(at.parse().ok()?).ok()))
}
