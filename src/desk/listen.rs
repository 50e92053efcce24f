//! The house of a receiver: webhooks into the store, and, while no console does it, the polls
//! beneath them. Nobody decides here and nothing is sent but questions.

use std::{net::TcpListener, sync::Arc, time::Duration};

use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;

use super::{BootError, Options, StoreError, SyncState, api_key, boot, mismatches, purge};
use crate::{
    busy::Busy,
    clock::Clock,
    secret::WebhookSecrets,
    store::{Duty, OnDuty, Store},
    sync::{
        self,
        receive::{self, Receive, ReceiveError, Reception},
    },
};

/// What is received, and where.
pub struct Listening {
    pub socket: TcpListener,
    pub secrets: WebhookSecrets,
    pub reception: Reception,
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(transparent)]
    Boot(#[from] BootError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("another process receives webhooks for this store already: one is enough")]
    Elsewhere,
    #[error(transparent)]
    Receive(#[from] ReceiveError),
}

/// Whoever looks who receives is in the way for a moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Receives until cancelled. What was answered with 200 is in the store.
///
/// # Errors
/// If the store or the secrets cannot be used, the socket fails, or another process receives.
pub async fn listen(
    options: Options,
    listening: Listening,
    clock: Clock,
    busy: Busy,
    cancel: CancellationToken,
) -> Result<(), ListenError> {
    let (settings, kept) = (options.sync.clone(), options.policy.kept());
    let desk = boot::build(options, clock.clone(), busy.clone()).await?.desk;
    let (store, client) = (desk.store.clone(), Arc::clone(&desk.client));
    let duty = alone(&store, &clock).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(boot::look_across(store.clone(), clock.clone(), busy.clone(), cancel.clone()));
    tasks.spawn(mismatches::keep(Arc::clone(&desk)));
    tasks.spawn(purge::expire(Arc::clone(&desk), kept));
    let nobody = watch::Sender::default();
    tasks.spawn(api_key::watch(Arc::clone(&desk), nobody, cancel.clone()));
    let sync = sync::Sync {
        store: store.clone(),
        client: Arc::clone(&client),
        clock: clock.clone(),
        busy: busy.clone(),
        state: watch::Sender::new(SyncState::default()),
        settings,
    };
    tasks.spawn(boot::sync_when_alone(sync, cancel.clone()));
    let Listening { socket, secrets, reception } = listening;
    let receive = Receive { store, client, clock, busy, duty, secrets, reception };
    let received = receive::run(receive, socket, cancel).await;
    tasks.shutdown().await;
    mismatches::write(&desk).await;
    Ok(received?)
}

async fn alone(store: &Store, clock: &Clock) -> Result<OnDuty, ListenError> {
    for _ in 0..TRIES {
        if let Some(duty) = store.take_up(Duty::Receive).await? {
            return Ok(duty);
        }
        clock.sleep(BETWEEN_TRIES).await;
    }
    Err(ListenError::Elsewhere)
}
