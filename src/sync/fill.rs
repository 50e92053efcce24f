//! The first fill: lists everything once, newest work first, page by page.
//!
//! After each page its successor is noted in the store, so a fill that was cut off goes on where
//! it stopped. A gap in the events asks for another fill, of all that may have changed.
//!
//! The rate limit is to be what limits a fill, not the way to Persona and back: lists that do not
//! need each other are listed together, and a page is asked for while the one before is written.

use std::{
    collections::HashSet,
    sync::atomic::{AtomicU64, Ordering},
};

use futures::future::{join, join_all};
use jiff::Timestamp;

use super::{
    More, Phase, Repair, Repaired, Sync, Trouble, answered,
    events::{Gap, Polled},
    pace::BETWEEN_LISTINGS,
    pin_environment,
};
use crate::{
    clock::Moment,
    model::{Batch, Entity, InquiryStatus, Lane, Subject},
    persona::{ErrorKind, Link, Page, PageFrom, cases, inquiries},
    store,
};

/// What is listed: the queue first, then the others together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Inquiries that wait for review: the console is useful from here on.
    Review,
    Cases,
    /// All inquiries.
    Rest,
}

impl Stage {
    const ALL: [Self; 3] = [Self::Review, Self::Cases, Self::Rest];

    fn cursor(self) -> &'static str {
        match self {
            Self::Review => "fill/review",
            Self::Cases => "fill/cases",
            Self::Rest => "fill/rest",
        }
    }
}

/// In place of the link to go on with: the stage is complete.
const DONE: &str = "done";
/// Likewise: only the newest are to be listed again. An empty one asks for the whole list.
const NEWEST: &str = "newest";

/// While a gap is listed over: since when something may be missing, in microseconds.
const REPAIR: &str = "fill/repair";
/// It is not known since when.
const FROM_THE_START: &str = "start";

/// Pages of a list of which only the newest are wanted.
const NEWEST_PAGES: usize = 10;

/// A million objects; a server that has not come to an end by then has none.
const MOST_PAGES: usize = 10_000;

/// Pages of each list between two polls, so that a long fill does not delay what happens now.
const AT_A_TIME: usize = 5;

/// A fill under way in this process.
#[derive(Debug, Default)]
pub struct Fill {
    /// Objects listed so far.
    done: AtomicU64,
    /// When listing over a gap was last begun.
    repaired_at: Option<Moment>,
    /// Everything was there once, and is listed again.
    is_repair: bool,
    listings: Vec<Listing>,
}

/// What is said of a fill under way.
#[derive(Debug, Clone, Copy)]
struct Done<'a> {
    objects: &'a AtomicU64,
    is_repair: bool,
}

impl Done<'_> {
    fn and(self, objects: u64) -> Phase {
        let done = self.objects.fetch_add(objects, Ordering::Relaxed) + objects;
        if self.is_repair { Phase::CatchingUp { done } } else { Phase::Filling { done } }
    }
}

/// One stage, page by page.
#[derive(Debug)]
struct Listing {
    stage: Stage,
    from: PageFrom,
    /// That page, if it was fetched while the one before was written.
    ahead: Option<Result<Paged, Trouble>>,
    pages_left: usize,
    /// It goes on where another process stopped.
    resumed: bool,
    /// Where Persona has led so far, and what it has shown: a list must not go round in circles.
    links: HashSet<Link>,
    ids: HashSet<String>,
}

/// The objects of a page, and where the next one is.
type Paged = (Batch, Option<Link>);

impl Fill {
    fn is_under_way(&self) -> bool {
        !self.listings.is_empty()
    }

    /// Has what may have been missed listed again.
    pub async fn again(&mut self, sync: &Sync, polled: &Polled) -> Result<(), store::Error> {
        let (gap, now) = (polled.gap, sync.clock.moment());
        let just_now = self.repaired_at.is_some_and(|at| now.since(at) < BETWEEN_LISTINGS);
        // Without any events, the newest of each list has to do.
        let cursor = match gap {
            Gap::None => return Ok(()),
            Gap::Always if just_now || self.is_under_way() => return Ok(()),
            Gap::Always => NEWEST,
            // It is being listed over already.
            Gap::Some if just_now && self.is_under_way() => return Ok(()),
            Gap::Some => "",
        };
        tracing::warn!(?gap, "events were missed: listing again what may have changed");
        *self = Self { repaired_at: Some(now), ..Self::default() };
        if gap == Gap::Some && is_filled(&sync.store).await? {
            let since = polled.reached.map(|at| at.as_microsecond().to_string());
            sync.store.set_cursor(REPAIR, since.as_deref().unwrap_or(FROM_THE_START)).await?;
        }
        sync.store.set_cursor(Stage::Review.cursor(), "").await?;
        // What a first fill has not come to yet, it will.
        for stage in [Stage::Cases, Stage::Rest] {
            if sync.store.cursor(stage.cursor()).await?.as_deref() == Some(DONE) {
                sync.store.set_cursor(stage.cursor(), cursor).await?;
            }
        }
        Ok(())
    }

    /// Lists the next few pages.
    pub async fn some(&mut self, sync: &Sync) -> Result<More, Trouble> {
        if self.listings.is_empty() {
            self.listings = next_listings(sync).await?;
            self.is_repair = sync.store.cursor(REPAIR).await?.is_some_and(|at| !at.is_empty());
        }
        if self.listings.is_empty() {
            let done = std::mem::take(self.done.get_mut());
            self.is_repair = false;
            repaired(sync, done).await?;
            return Ok(More::No);
        }
        let done = Done { objects: &self.done, is_repair: self.is_repair };
        let listed = self.listings.iter_mut().map(|listing| several(sync, listing, done));
        let mut listed = join_all(listed).await;
        let mut ended = listed.iter().map(|listed| matches!(listed, Ok(More::No)));
        self.listings.retain(|_| !ended.next().expect("one answer for each listing"));
        match listed.iter().position(Result::is_err) {
            Some(failed) => listed.swap_remove(failed),
            None => Ok(More::Yes),
        }
    }
}

/// Lists a few pages of one list.
async fn several(sync: &Sync, listing: &mut Listing, done: Done<'_>) -> Result<More, Trouble> {
    for left in (0..AT_A_TIME).rev() {
        match turn(sync, listing, left, done).await {
            Ok(More::Yes) => {}
            Ok(More::No) => {
                sync.store.set_cursor(listing.stage.cursor(), DONE).await?;
                return Ok(More::No);
            }
            Err(why) if is_gone(&why) && matches!(listing.from, PageFrom::Link(_)) => {
                let noted = listing.resumed && listing.links.is_empty();
                // A place that was noted is gone: from the start again. A page that Persona
                // names and does not have: that was the end.
                let cursor = if noted { "" } else { DONE };
                let why = why.for_log();
                tracing::warn!(why, stage = ?listing.stage, "a page of the list is not there");
                sync.store.set_cursor(listing.stage.cursor(), cursor).await?;
                return Ok(More::No);
            }
            Err(why) => return Err(why),
        }
    }
    Ok(More::Yes)
}

/// Says that a gap is closed, if one was.
async fn repaired(sync: &Sync, objects: u64) -> Result<(), store::Error> {
    let since = sync.store.cursor(REPAIR).await?.filter(|since| !since.is_empty());
    let Some(since) = since else { return Ok(()) };
    sync.store.set_cursor(REPAIR, "").await?;
    let missed_since = since.parse().ok().and_then(|at| Timestamp::from_microsecond(at).ok());
    let at = sync.clock.now();
    tracing::info!(objects, "what may have changed in a gap was listed again");
    let by = Repaired::Listing(objects);
    sync.state.send_modify(|state| state.repaired = Some(Repair { at, missed_since, by }));
    Ok(())
}

/// Whether everything has been listed once. What a gap has to be listed again for was.
pub async fn is_filled(store: &store::Store) -> Result<bool, store::Error> {
    for stage in Stage::ALL {
        match store.cursor(stage.cursor()).await?.as_deref() {
            Some(DONE | NEWEST | "") => {}
            _ => return Ok(false),
        }
    }
    Ok(true)
}

/// The queue by itself, or all that is left.
async fn next_listings(sync: &Sync) -> Result<Vec<Listing>, store::Error> {
    let mut listings = Vec::new();
    for stage in Stage::ALL {
        let cursor = sync.store.cursor(stage.cursor()).await?.unwrap_or_default();
        let (from, pages_left, resumed) = match cursor.as_str() {
            DONE => continue,
            NEWEST => (PageFrom::first(100), NEWEST_PAGES, false),
            "" => (PageFrom::first(100), MOST_PAGES, false),
            link => (PageFrom::Link(Link::new(link)), MOST_PAGES, true),
        };
        let (links, ids) = (HashSet::new(), HashSet::new());
        listings.push(Listing { stage, from, ahead: None, pages_left, resumed, links, ids });
        if stage == Stage::Review {
            break;
        }
    }
    Ok(listings)
}

/// Lists one page and notes the next, which is fetched already if more than this one is wanted.
async fn turn(
    sync: &Sync,
    listing: &mut Listing,
    wanted: usize,
    done: Done<'_>,
) -> Result<More, Trouble> {
    let stage = listing.stage;
    let (batch, next) = match listing.ahead.take() {
        Some(paged) => paged?,
        None => page(sync, stage, listing.from.clone()).await?,
    };
    pin_environment(sync).await?;
    let mut new: Vec<String> = batch.entities.iter().filter_map(id).collect();
    new.retain(|id| !listing.ids.contains(id));
    let next = next.filter(|_| listing.pages_left > 1);
    let goes_round = new.is_empty() || next.as_ref().is_some_and(|n| listing.links.contains(n));
    let (next, left_out) = if goes_round { (None, next.is_some()) } else { (next, false) };
    let ahead = async {
        let next = next.clone().filter(|_| wanted > 0)?;
        Some(page(sync, stage, PageFrom::Link(next)).await)
    };
    let (written, ahead) = join(sync.store.apply(batch), ahead).await;
    written?;
    answered(sync, done.and(new.len() as u64)).await?;
    if left_out {
        tracing::warn!(?stage, "Persona's list does not end: the rest is left out");
    }
    if let Some(next) = next {
        // The queue is listed from its start, or nobody could tell what has left it; the newest
        // of a list are soon listed again.
        if stage != Stage::Review && listing.pages_left > NEWEST_PAGES + 1 {
            sync.store.set_cursor(stage.cursor(), next.as_str()).await?;
        }
        listing.ids.extend(new);
        listing.links.insert(next.clone());
        listing.pages_left -= 1;
        (listing.from, listing.ahead) = (PageFrom::Link(next), ahead);
        return Ok(More::Yes);
    }
    listing.ids.extend(new);
    if stage == Stage::Review {
        look_after_the_missing(sync, &listing.ids).await?;
    }
    Ok(More::No)
}

async fn page(sync: &Sync, stage: Stage, page: PageFrom) -> Result<Paged, Trouble> {
    let statuses = match stage {
        Stage::Review => vec![InquiryStatus::NeedsReview],
        Stage::Rest => Vec::new(),
        Stage::Cases => {
            let ask = cases::List { filter: cases::Filter::default(), page };
            let Page { items, next } = sync.client.read(&ask, Lane::Back).await?;
            return Ok((Batch::of(items.into_iter().map(Entity::Case)), next));
        }
    };
    let filter = inquiries::Filter { statuses, ..inquiries::Filter::default() };
    let ask = inquiries::List { filter, page };
    let Page { items, next } = sync.client.read(&ask, Lane::Back).await?;
    Ok((Batch::of(items.into_iter().map(Entity::Inquiry)), next))
}

fn id(entity: &Entity) -> Option<String> {
    match entity {
        Entity::Inquiry(inquiry) => Some(inquiry.id.to_string()),
        Entity::Case(case) => Some(case.id.to_string()),
        Entity::Account(_) | Entity::Verification(_) => None,
    }
}

/// Asks for inquiries that waited for review as far as the store knew and are not listed as
/// such any more: somebody decided them while nobody listened.
async fn look_after_the_missing(sync: &Sync, listed: &HashSet<String>) -> Result<(), Trouble> {
    for id in sync.store.under_review().await? {
        if listed.contains(id.as_str()) {
            continue;
        }
        match super::fetch(&sync.client, &Subject::Inquiry(id.clone()), Lane::Back).await {
            Ok(batch) => _ = sync.store.apply(batch).await?,
            Err(why) if is_refusal(why.kind()) => {
                tracing::warn!(why = why.for_log(), inquiry = %id, "an inquiry of the queue cannot be had");
            }
            Err(why) => return Err(why.into()),
        }
    }
    Ok(())
}

fn is_gone(why: &Trouble) -> bool {
    matches!(why, Trouble::Persona(why) if is_refusal(why.kind()))
}

fn is_refusal(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::Invalid | ErrorKind::NotFound | ErrorKind::Refused(_))
}
