//! The loop: wakes when something is due, claims it, has it delivered. It never polls.

use std::time::Duration;

use tokio::{sync::broadcast, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::deliver::Delivery;
use crate::{
    busy::Busy,
    clock::Clock,
    model::ActionId,
    store::{Changes, Error, LEASE, Store},
};

/// Deliveries at the same time. Each is about another object, so order per object is kept.
const AT_ONCE: usize = 4;

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
    while !cancel.is_cancelled() {
        let due = match claim_all(&store, &worker, &busy, &delivery, &mut under_way).await {
            Ok(()) => store.next_due(&worker).await,
            Err(why) => Err(why),
        };
        let due = match due {
            Ok(due) => due.filter(|_| under_way.len() < AT_ONCE),
            Err(why) => {
                tracing::error!(%why, "the outbox cannot be read");
                Some(clock.now() + STORE_PAUSE)
            }
        };
        tokio::select! {
            () = cancel.cancelled() => {}
            () = moved(&mut changes) => {}
            Some(ended) = under_way.join_next() => ended.unwrap_or_else(fell_over),
            () = sleep_until(&clock, due) => {}
        }
    }
    while let Some(ended) = under_way.join_next().await {
        ended.unwrap_or_else(fell_over);
    }
}

async fn claim_all(
    store: &Store,
    worker: &str,
    busy: &Busy,
    delivery: &Delivery,
    under_way: &mut JoinSet<()>,
) -> Result<(), Error> {
    while under_way.len() < AT_ONCE {
        let token = busy.token();
        let Some(action) = store.claim(worker).await? else { return Ok(()) };
        let delivery = delivery.clone();
        under_way.spawn(async move {
            let id = action.id.clone();
            let delivered = tokio::select! {
                delivered = delivery.deliver(action) => delivered,
                () = keep_claim(&delivery, &id) => Ok(()),
            };
            // What is not settled stays claimed; it is taken up again when its lease runs out.
            if let Err(why) = delivered {
                tracing::error!(%why, action = %id, "a decision could not be settled");
            }
            drop(token);
        });
    }
    Ok(())
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

async fn sleep_until(clock: &Clock, due: Option<jiff::Timestamp>) {
    match due {
        Some(due) => tokio::select! {
            () = clock.sleep_until(due) => {}
            () = clock.sleep(LOOK_AGAIN) => {}
        },
        None => std::future::pending().await,
    }
}

fn fell_over(why: tokio::task::JoinError) {
    tracing::error!(%why, "a delivery fell over; its decision is tried again");
}
