//! Makes Persona's facts reach the store: fills it once, then follows the events.
//!
//! ```text
//!  starting ──▶ filling ──▶ current ◀──▶ offline     no answer: tried again with growing pauses
//!                            ▲  │ └────▶ refused     the key: tried again, a new one is noticed
//!                            │  ▼
//!                         catching up                after a gap: events followed, or listed again
//! ```
//!
//! Events come by polling and, where a receiver runs, by webhooks; both end in `Store::ingest`.
//! Everything goes in the Back lane and page by page, so the console is usable from the first
//! page on and a person never waits behind it.

mod ears;
mod events;
mod fill;
mod hydrate;
mod once;
pub mod pace;
pub mod receive;
mod state;

use std::{sync::Arc, time::Duration};

use futures::future::join;
use jiff::Timestamp;
use tokio::sync::{broadcast, watch};
use tokio_util::sync::CancellationToken;

pub use self::{
    ears::{Ears, Hearing},
    fill::is_filled,
    once::{Caught, Depth, once},
    state::{Phase, Repair, Repaired, SyncState},
};

use self::{ears::LastPoll, events::Gap};
use crate::{
    busy::Busy,
    clock::Clock,
    model::{Batch, Entity, Lane, Subject, Text},
    persona::{self, Client, ErrorKind, accounts, cases, inquiries, reports},
    store::{self, Changes, Duty, Store, Watch},
};

/// How often Persona is asked for events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// While things happen.
    pub poll: Duration,
    /// The longest pause, when nothing happens.
    pub quiet: Duration,
    /// Where a receiver brings what happens.
    pub beneath: Duration,
    /// So many pages of a hundred events are followed after a gap; beyond them it is cheaper to
    /// list again.
    pub followed: usize,
}

impl Default for Settings {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self { poll: seconds(5), quiet: seconds(15), beneath: seconds(60), followed: 100 }
    }
}

/// What the task works with.
#[derive(Clone)]
pub struct Sync {
    pub store: Store,
    pub client: Arc<Client>,
    pub clock: Clock,
    pub busy: Busy,
    pub state: watch::Sender<SyncState>,
    pub settings: Settings,
}

/// Why a round ended early. The next one takes up where it stopped.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error(transparent)]
    Persona(#[from] persona::Error),
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl Trouble {
    /// For a log: without words of Persona's.
    pub fn for_log(&self) -> String {
        match self {
            Self::Persona(why) => why.for_log(),
            Self::Store(why) => why.to_string(),
        }
    }
}

/// Runs until cancelled; what was written until then stays.
pub async fn run(sync: Sync, cancel: CancellationToken) {
    tokio::select! {
        () = cancel.cancelled() => {}
        () = forever(&sync) => {}
    }
}

async fn forever(sync: &Sync) {
    let mut mind = Mind::new(sync.clock.now());
    let (mut quiet, mut failures) = (0, 0);
    loop {
        let changes = sync.store.changes();
        let pause = match round(sync, &mut mind).await {
            Ok(round) => {
                failures = 0;
                quiet = if round.events > 0 { 0 } else { quiet + 1 };
                match (round.more, round.gap) {
                    (More::Yes, _) => continue,
                    (More::No, Gap::Always) => pace::BETWEEN_LISTINGS,
                    (More::No, _) => pace::between_polls(&sync.settings, traffic(sync, quiet)),
                }
            }
            Err(why) => {
                failures += 1;
                mind.has_failed = true;
                // What failed for one inquiry may have been the beginning of this.
                mind.hydrated.forget();
                failed(sync, &why);
                let pause = pace::after_failure(failures, retry_after(&why), fastrand::f64());
                sync.clock.sleep(pause).await;
                continue;
            }
        };
        tokio::select! {
            () = sync.clock.sleep(pause) => {}
            () = attend(sync, &mut mind, changes) => {}
        }
    }
}

/// What the task remembers from round to round.
struct Mind {
    hydrated: hydrate::Memory,
    fill: fill::Fill,
    /// When a poll last found what a receiver should have heard.
    missed_at: Option<Timestamp>,
    polled: LastPoll,
    /// A round failed since: what kept it may have kept the receiver, which has not said so yet.
    has_failed: bool,
}

impl Mind {
    fn new(now: Timestamp) -> Self {
        Self {
            hydrated: hydrate::Memory::default(),
            fill: fill::Fill::default(),
            missed_at: None,
            polled: LastPoll { at: now, sent_away_until: None },
            has_failed: false,
        }
    }
}

/// What a round came to.
struct Round {
    /// Events that were not seen before.
    events: usize,
    gap: Gap,
    more: More,
}

/// Whether there is work that need not wait for the next poll.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum More {
    Yes,
    No,
}

async fn round(sync: &Sync, mind: &mut Mind) -> Result<Round, Trouble> {
    let _token = sync.busy.token();
    let receiver = receiver(sync).await?;
    // Events first: what happens while the store is filled is then found by the next poll.
    let at = sync.clock.now();
    let polled = events::poll(sync, receiver, mind.has_failed).await?;
    let sent_away_until = receiver.and_then(|receiver| receiver.sent_away_until);
    (mind.polled, mind.has_failed) = (LastPoll { at, sent_away_until }, false);
    if polled.new > 0 {
        mind.hydrated.forget();
    }
    if polled.missed > 0 {
        missed(sync, mind, polled.missed);
    }
    listen(sync, mind, receiver);
    mind.fill.again(sync, &polled).await?;
    events::settle(sync, &polled).await?;
    let (filled, hydrated) =
        join(mind.fill.some(sync), hydrate::some(sync, &mut mind.hydrated)).await;
    let (filled, hydrated) = (filled?, hydrated?);
    if filled == More::No {
        answered(sync, Phase::Current).await?;
    }
    let more = if filled == More::Yes || hydrated == More::Yes { More::Yes } else { More::No };
    Ok(Round { events: polled.new, gap: polled.gap, more })
}

/// Between two polls: looks at what others write into the store, such as a receiver. Returns when
/// something has to be looked into by a whole round.
async fn attend(sync: &Sync, mind: &mut Mind, mut changes: broadcast::Receiver<Changes>) {
    loop {
        let mut moved = match changes.recv().await {
            Ok(changes) => changes.inquiries,
            Err(broadcast::error::RecvError::Lagged(_)) => true,
            Err(broadcast::error::RecvError::Closed) => return std::future::pending().await,
        };
        let _token = sync.busy.token();
        while let Ok(changes) = changes.try_recv() {
            moved |= changes.inquiries;
        }
        match receiver(sync).await {
            Ok(receiver) => {
                listen(sync, mind, receiver);
                if mind.polled.is_stale(receiver, sync.settings.poll, sync.clock.now()) {
                    return;
                }
            }
            Err(why) => tracing::warn!(%why, "the receiver of webhooks cannot be seen"),
        }
        while moved {
            match hydrate::some(sync, &mut mind.hydrated).await {
                Ok(more) => moved = more == More::Yes,
                Err(_) => return,
            }
        }
    }
}

/// Who receives webhooks for this store, if anybody.
async fn receiver(sync: &Sync) -> Result<Option<Hearing>, store::Error> {
    Ok(match sync.store.look_at(Duty::Receive).await? {
        Watch::Somebody(hearing) => hearing,
        Watch::Nobody => None,
    })
}

/// Takes into the state what is known of a receiver.
fn listen(sync: &Sync, mind: &Mind, receiver: Option<Hearing>) {
    let ears = ears::judge(receiver, mind.missed_at);
    let heard_at = receiver.and_then(|receiver| receiver.heard_at).filter(|_| ears == Ears::Open);
    sync.state.send_if_modified(|state| {
        let is_other = std::mem::replace(&mut state.ears, ears) != ears;
        let is_later = state.phase == Phase::Current
            && heard_at > state.last_ok
            && ears::is_news(state.last_ok, heard_at);
        if is_later {
            state.last_ok = heard_at;
        }
        is_other || is_later
    });
}

/// A receiver did not hear what a poll found.
fn missed(sync: &Sync, mind: &mut Mind, events: u64) {
    let now = sync.clock.now();
    mind.missed_at = Some(now);
    tracing::warn!(events, "webhooks did not bring what polling found");
    sync.state.send_modify(|state| {
        if state.ears == Ears::Open {
            let by = Repaired::Polling(events);
            state.repaired = Some(Repair { at: now, missed_since: None, by });
        }
    });
}

fn traffic(sync: &Sync, quiet_rounds: u32) -> pace::Traffic {
    let budget = sync.client.recorder().stats().budget;
    pace::Traffic {
        quiet_rounds,
        received: sync.state.borrow().ears == Ears::Open,
        budget_left: budget.map(|left| f64::from(left.remaining) / f64::from(left.limit.max(1))),
    }
}

/// Tells that Persona answered, and takes up again what waited for that.
async fn answered(sync: &Sync, phase: Phase) -> Result<(), store::Error> {
    let now = sync.clock.now();
    let was_cut =
        matches!(sync.state.borrow().phase, Phase::Offline { .. } | Phase::Refused { .. });
    sync.state.send_modify(|state| {
        state.phase = phase;
        state.last_ok = Some(now);
    });
    if was_cut { sync.store.hurry().await } else { Ok(()) }
}

/// The first answer decides whose data this store holds; answers of another environment are
/// errors from then on.
async fn pin_environment(sync: &Sync) -> Result<(), store::Error> {
    let Some(environment) = sync.client.environment() else { return Ok(()) };
    if sync.store.pinned_environment().await?.is_none() {
        sync.store.pin_environment(&environment).await?;
        sync.client.pin_environment(environment);
    }
    Ok(())
}

fn failed(sync: &Sync, why: &Trouble) {
    tracing::warn!(why = why.for_log(), "sync stopped for now");
    let reason = Text::new(&why.to_string());
    let now = sync.clock.now();
    sync.state.send_if_modified(|state| {
        let phase = match (why, &state.phase) {
            (Trouble::Persona(why), phase) => match why.kind() {
                ErrorKind::Unauthorized
                | ErrorKind::Key(_)
                | ErrorKind::Forbidden
                | ErrorKind::OtherEnvironment { .. } => Phase::Refused { reason },
                // Slowed down is not cut off.
                ErrorKind::RateLimited { .. } | ErrorKind::QuotaSpent { .. } => phase.clone(),
                _ => offline(phase, now, reason),
            },
            (Trouble::Store(_), phase) => offline(phase, now, reason),
        };
        let moved = state.phase != phase;
        state.phase = phase;
        moved
    });
}

fn offline(phase: &Phase, now: Timestamp, reason: Text) -> Phase {
    match phase {
        Phase::Offline { since, .. } => Phase::Offline { since: *since, reason },
        _ => Phase::Offline { since: now, reason },
    }
}

fn retry_after(why: &Trouble) -> Option<Duration> {
    match why {
        Trouble::Persona(why) => why.retry_after(),
        Trouble::Store(_) => None,
    }
}

/// Fetches one object with what a reviewer needs of it, in one request.
///
/// # Errors
/// Whatever keeps Persona from answering.
pub async fn fetch(
    client: &Client,
    subject: &Subject,
    lane: Lane,
) -> Result<Batch, persona::Error> {
    Ok(match subject {
        Subject::Inquiry(id) => {
            client.read(&inquiries::Retrieve { id: id.clone() }, lane).await?.into_batch()
        }
        Subject::Case(id) => {
            client.read(&cases::Retrieve { id: id.clone() }, lane).await?.into_batch()
        }
        Subject::Account(id) => {
            let found = client.read(&accounts::Retrieve { id: id.clone() }, lane).await?;
            Batch::of(std::iter::once(Entity::Account(found.object)).chain(found.included))
        }
        Subject::Report(id) => {
            let found = client.read(&reports::Retrieve { id: id.clone() }, lane).await?;
            Batch { reports: vec![found.object], ..Batch::default() }
        }
        // There is nothing to fetch yet.
        Subject::NewInquiry(_) => Batch::default(),
    })
}
