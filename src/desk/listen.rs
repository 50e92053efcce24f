//! The house of a receiver: webhooks into the store, and, while no console does it, the polls
//! beneath them. Nobody decides here; what is decided elsewhere is sent only where that is wished for.

use std::{net::TcpListener, sync::Arc, time::Duration};

use futures::future::join_all;
use tokio::{
    sync::{Notify, mpsc, watch},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    BootError, Desk, Manager, Options, StoreError, SyncState, api_key, boot, exposed::Exposed,
    mismatches, purge, reporting,
};
use crate::{
    busy::Busy,
    clock::Clock,
    secret::WebhookSecrets,
    store::{Duty, OnDuty, Store},
    sync::{
        self,
        receive::{self, Receive, ReceiveError, Reception, Served, Tls},
    },
};

/// Where webhooks are received.
pub struct Listening {
    pub socket: TcpListener,
    pub tls: Option<Tls>,
    /// Notified when files are to be read again.
    pub reload: Arc<Notify>,
    pub manager: Manager,
}

/// An environment that they are received for.
pub struct Heard {
    /// Of its store, for whoever reads why it cannot begin.
    pub name: String,
    pub options: Options,
    pub secrets: WebhookSecrets,
    pub reception: Reception,
    /// Whether decisions that no console sends are sent from here.
    pub sends: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(transparent)]
    Boot(#[from] BootError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("another process receives webhooks for this store already: one is enough")]
    Elsewhere,
    /// One of several.
    #[error("{name}: {why}")]
    Of { name: String, why: Box<ListenError> },
    #[error(transparent)]
    Receive(#[from] ReceiveError),
}

/// Whoever looks who receives is in the way for a moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Receives until cancelled, for each environment with a house of its own. What was answered with 200 is
/// in its store.
///
/// # Errors
/// If a store or secrets cannot be used, the socket fails, or another process receives.
pub async fn listen(
    heard: Vec<Heard>,
    listening: Listening,
    clock: Clock,
    busy: Busy,
    cancel: CancellationToken,
) -> Result<(), ListenError> {
    let (mut receives, mut houses) = (Vec::new(), Vec::new());
    let are_several = heard.len() > 1;
    for one in heard {
        let name = one.name.clone();
        let opened = open(one, &clock, &busy, &cancel).await;
        let (receive, house) = opened.map_err(|why| match are_several {
            true => ListenError::Of { name, why: Box::new(why) },
            false => why,
        })?;
        receives.push(receive);
        houses.push(house);
    }
    let Listening { socket, tls, reload, manager } = listening;
    let leave = CancellationToken::new();
    let receiving = receive::run(receives, Served { socket, tls, reload }, leave.clone());
    // Connections wait in the socket from before this moment on.
    manager.ready();
    let exposed: Vec<&Exposed> = houses.iter().map(|house| &house.exposed).collect();
    let received = tokio::select! {
        received = receiving => received,
        never = keep_told(&manager, &exposed, &clock, [cancel, leave]) => never,
    };
    for house in houses {
        house.close().await;
    }
    Ok(received?)
}

/// What works for one environment besides the receiver itself.
struct House {
    desk: Arc<Desk>,
    exposed: Exposed,
    tasks: JoinSet<()>,
    outbox: Option<AbortOnDropHandle<()>>,
}

impl House {
    /// A delivery under way is let finish for a moment.
    async fn close(mut self) {
        if let Some(outbox) = self.outbox {
            let _ = tokio::time::timeout(boot::PARTING, outbox).await;
        }
        self.tasks.shutdown().await;
        mismatches::write(&self.desk).await;
    }
}

async fn open(
    heard: Heard,
    clock: &Clock,
    busy: &Busy,
    cancel: &CancellationToken,
) -> Result<(Receive, House), ListenError> {
    let Heard { mut options, secrets, reception, sends, .. } = heard;
    let (settings, kept) = (options.sync.clone(), options.policy.kept());
    let told = std::mem::take(&mut options.reporting);
    let desk = boot::build(options, clock.clone(), busy.clone()).await?.desk;
    let (store, client) = (desk.store.clone(), Arc::clone(&desk.client));
    let duty = alone(&store, clock).await?;
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
    // A link that nobody is here to be shown waits for the console that asked for it, while there is one.
    let (links, _) = mpsc::unbounded_channel();
    let outbox = sends.then(|| boot::start_outbox(&desk, links, cancel.clone()));
    let (clock, busy) = (clock.clone(), busy.clone());
    let receive = Receive { store, client, clock, busy, duty, secrets, reception };
    Ok((receive, House { desk, exposed, tasks, outbox }))
}

/// Tells the service manager that the work goes on, as long as each store answers at all, and when
/// the end begins. A store that answers with an error is no reason to be started again.
async fn keep_told<Never>(
    manager: &Manager,
    exposed: &[&Exposed],
    clock: &Clock,
    [stopping, leave]: [CancellationToken; 2],
) -> Never {
    let beat = async {
        let Some(every) = manager.beat() else { return std::future::pending::<()>().await };
        loop {
            let all = join_all(exposed.iter().map(|one| one.ready()));
            if tokio::time::timeout(every, all).await.is_ok() {
                manager.alive();
            }
            clock.sleep(every).await;
        }
    };
    tokio::select! {
        () = stopping.cancelled() => {
            manager.stopping();
            // After that, since without connections it ends at once.
            leave.cancel();
        }
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
