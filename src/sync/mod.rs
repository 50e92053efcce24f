//! Makes Persona's facts reach the store: fills it once, then follows the events.
//!
//! ```text
//!  starting ──▶ filling ──▶ live ◀──▶ offline     no answer: tried again with growing pauses
//!                            ▲ └────▶ refused     the key: tried again, a new one is noticed
//!                            └─ after a gap in the events: filling again
//! ```
//!
//! Everything goes in the Back lane and page by page, so the console is usable from the first
//! page on and a person never waits behind it.

mod events;
mod fill;
mod hydrate;
mod once;
pub mod pace;

use std::{sync::Arc, time::Duration};

use futures::future::join;
use jiff::Timestamp;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

pub use self::{
    fill::is_filled,
    once::{Caught, Depth, once},
};

use self::events::Gap;
use crate::{
    busy::Busy,
    clock::Clock,
    model::{Batch, Entity, Lane, Subject, Text},
    persona::{self, Client, ErrorKind, accounts, cases, inquiries},
    store::{self, Store},
};

/// How often Persona is asked for events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// While things happen.
    pub poll: Duration,
    /// The longest pause, when nothing happens.
    pub quiet: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { poll: Duration::from_secs(5), quiet: Duration::from_secs(15) }
    }
}

/// What the header says of the connection.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncState {
    pub phase: Phase,
    /// When Persona last answered this task.
    pub last_ok: Option<Timestamp>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Phase {
    #[default]
    Starting,
    /// `done` objects have been listed; Persona does not say how many there are.
    Filling {
        done: u64,
    },
    Live,
    /// Another process with this store does it.
    Elsewhere,
    /// No answer, or none that can be used.
    Offline {
        since: Timestamp,
        reason: Text,
    },
    /// The key is not accepted, or opens something else.
    Refused {
        reason: Text,
    },
}

/// What the task works with.
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
    let (mut memory, mut fill) = (hydrate::Memory::default(), fill::Fill::default());
    let (mut quiet, mut failures) = (0, 0);
    loop {
        let pause = match round(sync, &mut memory, &mut fill).await {
            Ok(round) => {
                failures = 0;
                quiet = if round.events > 0 { 0 } else { quiet + 1 };
                match (round.more, round.gap) {
                    (More::Yes, _) => continue,
                    (More::No, Gap::Always) => pace::BETWEEN_LISTINGS,
                    (More::No, _) => pace::between_polls(&sync.settings, quiet),
                }
            }
            Err(why) => {
                failures += 1;
                // What failed for one inquiry may have been the beginning of this.
                memory.forget();
                failed(sync, &why);
                pace::after_failure(failures, retry_after(&why), fastrand::f64())
            }
        };
        sync.clock.sleep(pause).await;
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

async fn round(
    sync: &Sync,
    memory: &mut hydrate::Memory,
    fill: &mut fill::Fill,
) -> Result<Round, Trouble> {
    let _token = sync.busy.token();
    // Events first: what happens while the store is filled is then found by the next poll.
    let polled = events::poll(sync).await?;
    if polled.new > 0 {
        memory.forget();
    }
    if !fill.is_under_way() {
        fill.again(sync, polled.gap).await?;
    }
    let (filled, hydrated) = join(fill.some(sync), hydrate::some(sync, memory)).await;
    let (filled, hydrated) = (filled?, hydrated?);
    if filled == More::No {
        answered(sync, Phase::Live).await?;
    }
    let more = if filled == More::Yes || hydrated == More::Yes { More::Yes } else { More::No };
    Ok(Round { events: polled.new, gap: polled.gap, more })
}

/// Tells that Persona answered, and takes up again what waited for that.
async fn answered(sync: &Sync, phase: Phase) -> Result<(), store::Error> {
    let now = sync.clock.now();
    let was_cut =
        matches!(sync.state.borrow().phase, Phase::Offline { .. } | Phase::Refused { .. });
    sync.state.send_modify(|state| *state = SyncState { phase, last_ok: Some(now) });
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
        // There is nothing to fetch yet.
        Subject::NewInquiry(_) => Batch::default(),
    })
}
