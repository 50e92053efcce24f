//! Brings the house up: store, client, and the tasks that talk to Persona.
//!
//! Nothing here waits for the network, so the first frame never does.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{
    CaseStatuses, Desk, News, Note, RelationKeys, Reporting, SyncState,
    api_key::{self, KeyState},
    exposed::Exposed,
    held::Held,
    kept, mismatches, news, purge, reporting,
};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{Policy, WhenLost},
    metrics::{Recorder, Stats, Thresholds},
    model::{ClaimTag, Text},
    outbox::{self, Delivery, LinkReady},
    persona::{self, Client},
    secret::{FieldKey, KeySource},
    store::{self, Duty, OnDuty, Place, Standby, Store, Watch},
    sync,
};

/// What the house is built from; all of it decided by the caller.
pub struct Options {
    /// The store's file, whose folder is made private, or its server.
    pub store: Place,
    /// What the store is sealed with.
    pub field_key: Option<FieldKey>,
    pub persona: persona::Settings,
    pub key: KeySource,
    pub thresholds: Thresholds,
    pub reviewer: Text,
    pub hold: Duration,
    pub relation_keys: RelationKeys,
    pub case_statuses: CaseStatuses,
    /// How inquiries are claimed, if they are.
    pub claims: Option<ClaimTag>,
    pub sync: sync::Settings,
    /// What is in force of the organisation's policy and the user's.
    pub policy: Policy,
    /// What becomes of decisions while a team's database is away.
    pub when_lost: WhenLost,
    pub reporting: Reporting,
}

/// A running house. Dropping it stops its tasks; what was decided is in the store.
pub struct Booted {
    pub desk: Arc<Desk>,
    news: Option<mpsc::UnboundedReceiver<News>>,
    /// Cancelled once the tasks may begin.
    begin: CancellationToken,
    cancel: CancellationToken,
    outbox: AbortOnDropHandle<()>,
    tasks: JoinSet<()>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Store(#[from] store::Error),
    #[error(transparent)]
    Persona(#[from] persona::Error),
}

/// How often a console looks whether another process wrote to the store.
pub const LOOK_ACROSS: Duration = Duration::from_secs(2);

/// How long marking rests.
const BETWEEN_MARKS: Duration = Duration::from_millis(50);

/// How long leaving waits for an answer that is under way.
pub const PARTING: Duration = Duration::from_millis(800);

pub async fn boot(options: Options, clock: Clock, busy: Busy) -> Result<Booted, Error> {
    let booted = prepare(options, clock, busy).await?;
    booted.begin.cancel();
    Ok(booted)
}

/// The same, but its tasks wait until [`Booted::beginning`] is told to go on: until then the machine
/// is for the first screen alone.
///
/// # Errors
/// As `boot`.
pub async fn prepare(mut options: Options, clock: Clock, busy: Busy) -> Result<Booted, Error> {
    let (settings, kept) = (options.sync.clone(), options.policy.kept());
    let told = std::mem::take(&mut options.reporting);
    let Parts { desk, stats } = build(options, clock.clone(), busy.clone()).await?;
    let (store, client) = (desk.store.clone(), Arc::clone(&desk.client));
    let (begin, cancel) = (CancellationToken::new(), CancellationToken::new());
    let (links_tx, links) = mpsc::unbounded_channel();
    let (sync_tx, sync_rx) = watch::channel(SyncState::default());
    let (key_tx, key_rx) = watch::channel(KeyState::default());
    let (news_tx, news) = mpsc::unbounded_channel();
    let mut tasks = JoinSet::new();
    let exposed = Exposed {
        store: store.clone(),
        recorder: Arc::clone(client.recorder()),
        clock: clock.clone(),
        sync: sync_rx.clone(),
        receives: false,
        leaving: cancel.clone(),
    };
    reporting::start(told, &exposed, &mut tasks);
    let (changes, away) = (store.changes(), store.away());
    let sources = news::Sources {
        changes,
        stats,
        sync: sync_rx,
        away,
        kept: store.kept(),
        key: key_rx,
        links,
    };
    tasks.spawn(news::gather(sources, news_tx));
    tasks.spawn(note(Arc::clone(&desk), Note::SessionBegan));
    let outbox = after(&begin, deliver(&desk, links_tx, cancel.clone()));
    let outbox = AbortOnDropHandle::new(tokio::spawn(outbox));
    let across = look_across(store.clone(), clock.clone(), busy.clone(), cancel.clone());
    tasks.spawn(after(&begin, across));
    tasks.spawn(after(&begin, mismatches::keep(Arc::clone(&desk))));
    tasks.spawn(after(&begin, purge::expire(Arc::clone(&desk), kept)));
    tasks.spawn(after(&begin, mark(Arc::clone(&desk))));
    tasks.spawn(after(&begin, kept::go_on(Arc::clone(&desk))));
    tasks.spawn(after(&begin, api_key::watch(Arc::clone(&desk), key_tx, cancel.clone())));
    let sync = sync::Sync { store, client, clock, busy, state: sync_tx, settings };
    tasks.spawn(after(&begin, sync_when_alone(sync, cancel.clone())));
    Ok(Booted { desk, news: Some(news), begin, cancel, outbox, tasks })
}

/// A task that waits for the word to begin.
fn after(
    begin: &CancellationToken,
    task: impl Future<Output = ()> + Send + 'static,
) -> impl Future<Output = ()> + Send + 'static {
    let begin = begin.clone();
    async move {
        begin.cancelled().await;
        task.await;
    }
}

/// What every house has, before any of its tasks is started.
pub struct Parts {
    pub desk: Arc<Desk>,
    pub stats: watch::Receiver<Stats>,
}

pub async fn build(options: Options, clock: Clock, busy: Busy) -> Result<Parts, Error> {
    let (place, field_key, since) = (options.store, options.field_key, clock.clone());
    let opening =
        tokio::spawn(async move { Store::open_at(&place, field_key.as_ref(), since).await });
    // While the store is opened.
    let recorder = Arc::new(Recorder::new(options.thresholds));
    let stats = recorder.subscribe();
    let client = Client::new(options.persona, options.key, clock.clone(), recorder)?;
    let store = opening.await.expect("opening does not panic")?;
    if let Some(environment) = store.pinned_environment().await? {
        client.pin_environment(environment);
    }
    let client = Arc::new(client);
    let signing = Arc::clone(&client);
    store.sign_with(Box::new(move || signing.key_ends()));
    let desk = Arc::new(Desk {
        store,
        client,
        clock,
        busy,
        reviewer: options.reviewer,
        opened: Mutex::default(),
        untold: Mutex::default(),
        held: Held::default(),
        when_lost: options.when_lost,
        links: tokio::sync::Mutex::default(),
        policy: options.policy,
        hold: options.hold,
        relation_keys: options.relation_keys,
        case_statuses: options.case_statuses,
        claims: options.claims,
        worker: uuid::Uuid::now_v7().to_string(),
        runtime: tokio::runtime::Handle::current(),
    });
    Ok(Parts { desk, stats })
}

/// Delivers what is decided at this desk and what dead processes left; on duty, what anybody decides.
fn deliver(
    desk: &Desk,
    links: mpsc::UnboundedSender<LinkReady>,
    cancel: CancellationToken,
) -> impl Future<Output = ()> + Send + 'static {
    outbox::run(
        Delivery {
            store: desk.store.clone(),
            client: Arc::clone(&desk.client),
            clock: desk.clock.clone(),
            worker: desk.worker.clone(),
            links,
            claims: desk.claims.clone(),
            reviewer: desk.reviewer.clone(),
        },
        desk.busy.clone(),
        cancel,
    )
}

/// The same as a task of its own.
pub fn start_outbox(
    desk: &Desk,
    links: mpsc::UnboundedSender<LinkReady>,
    cancel: CancellationToken,
) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(deliver(desk, links, cancel)))
}

impl Booted {
    /// What the house tells by itself; for one listener.
    ///
    /// # Panics
    /// If it was taken before.
    pub fn take_news(&mut self) -> mpsc::UnboundedReceiver<News> {
        self.news.take().expect("news is for one listener")
    }

    /// Lets the tasks begin when it is called.
    pub fn beginning(&self) -> impl FnOnce() + Send + 'static {
        let begin = self.begin.clone();
        move || begin.cancel()
    }

    /// Stops the tasks. A delivery under way is let finish for a moment; whatever it does not
    /// finish is in the store, and the next console takes it up.
    pub async fn shut_down(mut self) {
        self.begin.cancel();
        self.cancel.cancel();
        let _ = tokio::time::timeout(PARTING, self.outbox).await;
        self.tasks.shutdown().await;
        mismatches::write(&self.desk).await;
        note(Arc::clone(&self.desk), Note::SessionEnded).await;
        // So that the next start has no log of the store's to read.
        let _ = tokio::time::timeout(PARTING, self.desk.store.clone().close()).await;
    }
}

/// Marks what accounts share in what an older version wrote: once, a little at a time, and never
/// so much that somebody who works meanwhile waits for it.
async fn mark(desk: Arc<Desk>) {
    loop {
        let writing = desk.busy.token();
        match desk.store.mark_some().await {
            Ok(true) => {
                drop(writing);
                tokio::time::sleep(BETWEEN_MARKS).await;
            }
            Ok(false) => return,
            Err(why) => return tracing::warn!(%why, "what accounts share is not all known"),
        }
    }
}

/// Nobody is kept from looking by a line that cannot be written; deciding is another thing.
async fn note(desk: Arc<Desk>, what: Note) {
    let _writing = desk.busy.token();
    if let Err(why) = desk.journal(what).await {
        tracing::warn!(%why, "a session is not in the journal");
    }
}

/// Tells this process of what another one wrote into the store they share.
pub async fn look_across(store: Store, clock: Clock, busy: Busy, cancel: CancellationToken) {
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = clock.sleep(LOOK_ACROSS) => {}
        }
        let _looking = busy.token();
        match store.watch_others().await {
            Ok(()) | Err(store::Error::Away(_)) => {}
            Err(why) => tracing::warn!(%why, "cannot see what others write to the store"),
        }
    }
}

/// One process per store talks to Persona on everybody's behalf; the others show how it stands,
/// and take over when it is gone.
pub async fn sync_when_alone(sync: sync::Sync, cancel: CancellationToken) {
    let mut standby = sync.store.stand_by();
    loop {
        let Some(duty) = on_duty(&sync, &mut standby, &cancel).await else { return };
        let told = sync.state.subscribe();
        tokio::select! {
            () = sync::run(sync.clone(), cancel.clone()) => return duty.give_up().await,
            () = tell_others(&duty, told) => {}
        }
    }
}

/// Waits until nobody else has the duty; none if it is cancelled before.
async fn on_duty(
    sync: &sync::Sync,
    standby: &mut Standby,
    cancel: &CancellationToken,
) -> Option<OnDuty> {
    loop {
        let looking = sync.busy.token();
        match sync.store.take_up(Duty::Sync).await {
            Ok(Some(duty)) => {
                tracing::info!("this process keeps the local copy in step for everybody");
                return Some(duty);
            }
            Ok(None) => match sync.store.look_at::<SyncState>(Duty::Sync).await {
                Ok(Watch::Somebody(Some(theirs))) => show(&sync.state, theirs),
                // It writes just now, or has just gone.
                Ok(_) => {}
                Err(why) => tracing::warn!(%why, "it cannot be seen who syncs"),
            },
            Err(store::Error::Away(_)) => {}
            Err(why) => tracing::warn!(%why, "the sync lock cannot be had"),
        }
        drop(looking);
        tokio::select! {
            () = cancel.cancelled() => return None,
            () = standby.may_be_free() => {}
        }
    }
}

fn show(state: &watch::Sender<SyncState>, theirs: SyncState) {
    state.send_if_modified(|mine| {
        let moved = *mine != theirs;
        *mine = theirs;
        moved
    });
}

/// Returns when the duty is lost.
async fn tell_others(duty: &OnDuty, mut state: watch::Receiver<SyncState>) {
    loop {
        let now = state.borrow_and_update().clone();
        if let Err(why) = duty.say(&now) {
            tracing::warn!(%why, "others cannot see how the sync stands");
        }
        tokio::select! {
            moved = state.changed() => {
                if moved.is_err() {
                    return;
                }
            }
            () = duty.lost() => return tracing::warn!("somebody else may sync now"),
        }
    }
}
