//! The house of a receiver: webhooks into the store, and, while no console does it, the polls
//! beneath them. Nobody decides here and nothing is sent but questions.

use std::{net::TcpListener, sync::Arc, time::Duration};

use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use super::{
    BootError, Manager, Options, StoreError, SyncState, api_key, boot, exposed::Exposed,
    mismatches, purge, reporting,
};
use crate::{
    busy::Busy,
    clock::Clock,
    secret::WebhookSecrets,
    store::{Duty, OnDuty, Store},
    sync::{
        self,
        receive::{self, Receive, ReceiveError, Reception, Tls},
    },
};

/// What is received, and where.
pub struct Listening {
    pub socket: TcpListener,
    pub secrets: WebhookSecrets,
    pub reception: Reception,
    pub tls: Option<Tls>,
    /// Notified when files are to be read again.
    pub reload: Arc<Notify>,
    pub manager: Manager,
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
    mut options: Options,
    listening: Listening,
    clock: Clock,
    busy: Busy,
    cancel: CancellationToken,
) -> Result<(), ListenError> {
    let (settings, kept) = (options.sync.clone(), options.policy.kept());
    let told = std::mem::take(&mut options.reporting);
    let desk = boot::build(options, clock.clone(), busy.clone()).await?.desk;
    let (store, client) = (desk.store.clone(), Arc::clone(&desk.client));
    let duty = alone(&store, &clock).await?;
    let mut tasks = JoinSet::new();
    tasks.spawn(boot::look_across(store.clone(), clock.clone(), busy.clone(), cancel.clone()));
    tasks.spawn(mismatches::keep(Arc::clone(&desk)));
    tasks.spawn(purge::expire(Arc::clone(&desk), kept));
    let nobody = watch::Sender::default();
    tasks.spawn(api_key::watch(Arc::clone(&desk), nobody, cancel.clone()));
    let state = watch::Sender::new(SyncState::default());
    let exposed = Exposed {
        store: store.clone(),
        recorder: Arc::clone(client.recorder()),
        clock: clock.clone(),
        sync: state.subscribe(),
        receives: true,
        leaving: cancel.clone(),
    };
    reporting::start(told, &exposed, &mut tasks);
    let sync = sync::Sync {
        store: store.clone(),
        client: Arc::clone(&client),
        clock: clock.clone(),
        busy: busy.clone(),
        state,
        settings,
    };
    tasks.spawn(boot::sync_when_alone(sync, cancel.clone()));
    let Listening { socket, secrets, reception, tls, reload, manager } = listening;
    let stopping = cancel.clone();
    let receive = Receive { store, client, clock, busy, duty, secrets, reception, tls, reload };
    let receiving = receive::run(receive, socket, cancel);
    // Connections wait in the socket from before this moment on.
    manager.ready();
    let received = tokio::select! {
        received = receiving => received,
        never = keep_told(&manager, &exposed, stopping) => never,
    };
    tasks.shutdown().await;
    mismatches::write(&desk).await;
    Ok(received?)
}

/// Tells the service manager that the work goes on, as long as the store answers at all, and when
/// the end begins. A store that answers with an error is no reason to be started again.
async fn keep_told<Never>(
    manager: &Manager,
    exposed: &Exposed,
    stopping: CancellationToken,
) -> Never {
    let beat = async {
        let Some(every) = manager.beat() else { return std::future::pending::<()>().await };
        loop {
            if tokio::time::timeout(every, exposed.ready()).await.is_ok() {
                manager.alive();
            }
            exposed.clock.sleep(every).await;
        }
    };
    tokio::select! {
        () = stopping.cancelled() => manager.stopping(),
        () = beat => {}
    }
    std::future::pending().await
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
