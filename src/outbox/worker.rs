//! The loop: wakes when something is due, claims it, has it delivered. It never polls the outbox.

use std::time::Duration;

use jiff::Timestamp;
use tokio::{sync::broadcast, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{
    deliver::{Delivery, Ended},
    turn::Turn,
};
use crate::{
    busy::Busy,
    clock::Clock,
    model::ActionId,
    store::{Changes, Error, LEASE, Sends},
};

/// Deliveries at the same time, of one process's decisions and of everybody's. Each is about another
/// object, so order per object is kept.
const AT_ONCE: usize = 4;
const AT_ONCE_FOR_ALL: usize = 16;

/// After the store failed: a full disk does not empty itself at once.
const STORE_PAUSE: Duration = Duration::from_secs(5);

/// A clock that is set is noticed after this.
const LOOK_AGAIN: Duration = Duration::from_secs(60);

/// Delivers until cancelled, then lets what is under way finish.
pub async fn run(delivery: Delivery, busy: Busy, cancel: CancellationToken) {
    let Delivery { store, clock, worker, .. } = delivery.clone();
    let _present = match store.sign_on(&worker).await {
        Ok(present) => Some(present),
        Err(why) => {
            tracing::error!(%why, "what an earlier process left is taken up later");
            None
        }
    };
    let mut changes = store.changes();
    let mut under_way = JoinSet::new();
    let mut turn = Turn::new(&delivery, &busy);
    while !cancel.is_cancelled() {
        turn.take().await;
        let due = match claim_all(&turn, &busy, &delivery, &mut under_way).await {
            Ok(due) => due,
            Err(why) => {
                tracing::error!(%why, "the outbox cannot be read");
                Some(clock.now() + STORE_PAUSE)
            }
        };
        tokio::select! {
            () = cancel.cancelled() => {}
            () = moved(&mut changes) => {}
            Some(ended) = under_way.join_next() => {
                if ended.unwrap_or_else(fell_over) == Ended::Unwelcome {
                    turn.step_back().await;
                }
            }
            () = sleep_until(&clock, due) => {}
            () = turn.moves() => {}
        }
    }
    // What is under way is this worker's until its claim runs out, on duty or not.
    turn.end().await;
    while let Some(ended) = under_way.join_next().await {
        ended.unwrap_or_else(fell_over);
    }
}

/// Claims what is due, as much as there is room for, and tells when there will be more. Looked at first,
/// since who claims keeps others from writing.
async fn claim_all(
    turn: &Turn,
    busy: &Busy,
    delivery: &Delivery,
    under_way: &mut JoinSet<Ended>,
) -> Result<Option<Timestamp>, Error> {
    while under_way.len() < at_once(turn.sends()) {
        let token = busy.token();
        let due = delivery.store.next_due(&delivery.worker, turn.sends()).await?;
        if due.is_none_or(|due| due > delivery.clock.now()) {
            return Ok(due);
        }
        let claimed = delivery.store.claim(&delivery.worker, turn.sends()).await?;
        let Some(action) = claimed else { return Ok(due) };
        let delivery = delivery.clone();
        under_way.spawn(async move {
            let id = action.id.clone();
            let delivered = tokio::select! {
                delivered = delivery.deliver(action) => delivered,
                () = keep_claim(&delivery, &id) => Ok(Ended::Told),
            };
            // What is not settled stays claimed; it is taken up again when its lease runs out.
            let ended = delivered.unwrap_or_else(|why| {
                tracing::error!(%why, action = %id, "a decision could not be settled");
                Ended::Told
            });
            drop(token);
            ended
        });
    }
    Ok(None)
}

fn at_once(sends: Sends) -> usize {
    match sends {
        Sends::All => AT_ONCE_FOR_ALL,
        Sends::Own | Sends::Answers => AT_ONCE,
    }
}

/// Renews the claim for as long as the delivery takes: Persona may be slow, or the budget spent.
async fn keep_claim(delivery: &Delivery, id: &ActionId) {
    loop {
        delivery.clock.sleep(LEASE / 3).await;
        if let Err(why) = delivery.store.renew(id, &delivery.worker).await {
            tracing::warn!(%why, action = %id, "a claim could not be renewed");
        }
    }
}

/// Returns when the outbox may have moved.
async fn moved(changes: &mut broadcast::Receiver<Changes>) {
    loop {
        match changes.recv().await {
            Ok(changes) if !changes.actions => {}
            Ok(_) | Err(broadcast::error::RecvError::Lagged(_)) => return,
            // The store outlives the loop that holds it.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

async fn sleep_until(clock: &Clock, due: Option<Timestamp>) {
    match due {
        Some(due) => tokio::select! {
            () = clock.sleep_until(due) => {}
            () = clock.sleep(LOOK_AGAIN) => {}
        },
        None => std::future::pending().await,
    }
}

fn fell_over(why: tokio::task::JoinError) -> Ended {
    tracing::error!(%why, "a delivery fell over; its decision is tried again");
    Ended::Told
}
