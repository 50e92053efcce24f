//! From proven deliveries to the store: what comes at the same time is one commit, and each
//! delivery is told when it is durable.

use std::{
    collections::HashSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::sync::{mpsc, oneshot};

use super::super::{Hearing, ears};
use crate::{
    busy::Busy,
    clock::Clock,
    metrics::{Happening, Recorder, Way},
    model::{Event, EventId},
    store::{OnDuty, Store},
};

/// So many deliveries may wait for a commit; who comes then is sent away and comes again.
const MOST_WAITING: usize = 256;

/// So many events go into one commit: a key never waits behind more.
const AT_ONCE: usize = 64;

/// Before a commit to a server, whose lock a whole team waits for, what comes so soon is taken along.
const GATHERS: Duration = Duration::from_millis(20);

/// Where deliveries are handed in.
#[derive(Clone)]
pub struct Intake {
    hand_in: mpsc::Sender<Waiting>,
    /// Some were sent away since that was told last.
    sent_away: Arc<AtomicBool>,
}

struct Waiting {
    event: Event,
    done: oneshot::Sender<Outcome>,
}

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It is durable now.
    Kept,
    /// It was before.
    Known,
    /// It is not: the store cannot take it now.
    NotKept,
}

/// What writes events down.
pub struct Scribe {
    pub store: Store,
    pub clock: Clock,
    pub busy: Busy,
    pub recorder: Arc<Recorder>,
    /// Held while this process receives.
    pub duty: OnDuty,
}

/// Both ends: the work ends when all intakes are dropped.
pub fn open(scribe: Scribe) -> (Intake, impl Future<Output = ()>) {
    let (hand_in, waiting) = mpsc::channel(MOST_WAITING);
    let sent_away = Arc::new(AtomicBool::new(false));
    (Intake { hand_in, sent_away: Arc::clone(&sent_away) }, write_down(scribe, waiting, sent_away))
}

impl Intake {
    /// Returns once the event is durable, or cannot be.
    pub async fn keep(&self, event: Event) -> Outcome {
        let (done, outcome) = oneshot::channel();
        let outcome = match self.hand_in.try_send(Waiting { event, done }) {
            Ok(()) => outcome.await.unwrap_or(Outcome::NotKept),
            Err(_) => Outcome::NotKept,
        };
        if outcome == Outcome::NotKept {
            self.sent_away.store(true, Ordering::Relaxed);
        }
        outcome
    }
}

async fn write_down(
    scribe: Scribe,
    mut waiting: mpsc::Receiver<Waiting>,
    sent_away: Arc<AtomicBool>,
) {
    let since = scribe.clock.now();
    let mut hearing = Hearing { since, heard_at: None, sent_away_until: None };
    say(&scribe, hearing);
    let mut told = None;
    let mut batch = Vec::with_capacity(AT_ONCE);
    while waiting.recv_many(&mut batch, AT_ONCE).await > 0 {
        let _token = scribe.busy.token();
        if scribe.store.is_shared() && batch.len() < AT_ONCE {
            tokio::time::sleep(GATHERS).await;
            while batch.len() < AT_ONCE
                && let Ok(one) = waiting.try_recv()
            {
                batch.push(one);
            }
        }
        let (events, done): (Vec<Event>, Vec<_>) =
            batch.drain(..).map(|one: Waiting| (one.event, one.done)).unzip();
        // First, so that whoever is woken by the commit sees that it was heard.
        hearing.heard_at = Some(scribe.clock.now()).max(hearing.heard_at);
        let mut new: HashSet<EventId> = match scribe.store.ingest(&events).await {
            Ok(ingested) => {
                let sent_away = sent_away.swap(false, Ordering::Relaxed);
                if sent_away {
                    hearing.sent_away_until = hearing.heard_at;
                }
                if sent_away || ears::is_news(told, hearing.heard_at) {
                    say(&scribe, hearing);
                    told = hearing.heard_at;
                }
                ingested.new.into_iter().collect()
            }
            Err(why) => {
                tracing::error!(%why, events = events.len(), "webhooks are not written down");
                for done in done {
                    // Who went away meanwhile comes again.
                    let _ = done.send(Outcome::NotKept);
                }
                continue;
            }
        };
        for (event, done) in events.iter().zip(done) {
            // One that came twice at the same time is new once.
            let outcome = if new.remove(&event.id) { Outcome::Kept } else { Outcome::Known };
            if outcome == Outcome::Kept {
                scribe.recorder.count(Happening::event(&event.name, Way::Webhook));
            }
            let _ = done.send(outcome);
        }
    }
}

fn say(scribe: &Scribe, hearing: Hearing) {
    if let Err(why) = scribe.duty.say(&hearing) {
        tracing::warn!(%why, "others cannot see that webhooks are received");
    }
}
