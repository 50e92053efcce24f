//! The house for one command of a script: no sync in the background, and an outbox only where
//! something is decided.

use std::sync::Arc;

use tokio::{
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_util::{sync::CancellationToken, task::AbortOnDropHandle};

use super::{BootError, Desk, Options, SyncState, boot, mismatches};
use crate::{
    busy::Busy,
    clock::Clock,
    model::{Action, ActionId, ActionState},
    outbox::LinkReady,
    secret::Secret,
    store::{self, Duty},
    sync::{self, Caught, Depth, Sync, Trouble},
};

/// A house with its tasks; dropping it stops them. What was decided is in the store.
pub struct Once {
    pub desk: Arc<Desk>,
    settings: sync::Settings,
    links: (mpsc::UnboundedSender<LinkReady>, mpsc::UnboundedReceiver<LinkReady>),
    cancel: CancellationToken,
    outbox: Option<AbortOnDropHandle<()>>,
    tasks: JoinSet<()>,
}

/// What came of catching up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaughtUp {
    Here(Caught),
    /// Another process keeps this store up to date.
    Elsewhere,
}

/// Until when a decision is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Until {
    /// Done, refused, stopped or taken back.
    Settled,
    /// Or tried once in vain.
    Tried,
}

/// Opens the store and makes a client; nothing is sent yet.
///
/// # Errors
/// If the store cannot be opened, or the key would not be safe on its way.
pub async fn once(options: Options, clock: Clock, busy: Busy) -> Result<Once, BootError> {
    let settings = options.sync.clone();
    let parts = boot::build(options, clock, busy).await?;
    Ok(Once {
        desk: parts.desk,
        settings,
        links: mpsc::unbounded_channel(),
        cancel: CancellationToken::new(),
        outbox: None,
        tasks: JoinSet::new(),
    })
}

impl Once {
    /// Starts to deliver what is decided here, and what dead processes left; once.
    pub fn deliver(&mut self) {
        if self.outbox.is_some() {
            return;
        }
        let (store, clock) = (self.desk.store.clone(), self.desk.clock.clone());
        self.tasks.spawn(boot::look_across(
            store,
            clock,
            self.desk.busy.clone(),
            self.cancel.clone(),
        ));
        let outbox = boot::start_outbox(&self.desk, self.links.0.clone(), self.cancel.clone());
        self.outbox = Some(outbox);
    }

    /// Whether the store was ever filled.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn is_filled(&self) -> Result<bool, store::Error> {
        sync::is_filled(&self.desk.store).await
    }

    /// Fills the store, or catches up with what happened.
    ///
    /// # Errors
    /// Whatever keeps Persona from answering, or the store from writing.
    pub async fn catch_up(&self, depth: Depth) -> Result<CaughtUp, Trouble> {
        let Some(duty) = self.desk.store.take_up(Duty::Sync).await? else {
            return Ok(CaughtUp::Elsewhere);
        };
        let sync = Sync {
            store: self.desk.store.clone(),
            client: Arc::clone(&self.desk.client),
            clock: self.desk.clock.clone(),
            busy: self.desk.busy.clone(),
            state: watch::Sender::new(SyncState::default()),
            settings: self.settings.clone(),
        };
        let caught = sync::once(&sync, depth).await.map(CaughtUp::Here);
        duty.give_up().await;
        caught
    }

    /// The link that a decision made, if it was made here: nobody else has it.
    pub async fn link(&mut self, action: &ActionId) -> Option<Secret<String>> {
        // A decision is settled a moment before its link is handed over.
        let _ = tokio::time::timeout(boot::PARTING, self.desk.busy.idle()).await;
        while let Ok(ready) = self.links.1.try_recv() {
            if ready.action == *action {
                return Some(ready.link);
            }
        }
        None
    }

    /// Stops the tasks; a delivery under way is let finish for a moment.
    pub async fn shut_down(mut self) {
        self.cancel.cancel();
        if let Some(outbox) = self.outbox.take() {
            let _ = tokio::time::timeout(boot::PARTING, outbox).await;
        }
        self.tasks.shutdown().await;
        mismatches::write(&self.desk).await;
    }
}

impl Desk {
    /// Returns a decision when it has come so far. It goes on its way without a listener too.
    ///
    /// # Errors
    /// If the store cannot be read, or there is no such decision.
    pub async fn follow(&self, id: &ActionId, until: Until) -> Result<Action, store::Error> {
        let mut changes = self.store.changes();
        loop {
            let action = self.store.action(id).await?;
            let action = action.ok_or_else(|| {
                store::Error::Damaged(format!("a decision that was recorded is gone: {id}"))
            })?;
            let waits = match action.state {
                // What is due is about to be tried, maybe by another process.
                ActionState::Waiting { until, .. } => until > self.clock.now(),
                // What is proposed waits for a person.
                ActionState::Proposed { .. } => true,
                _ => false,
            };
            let tried = until == Until::Tried && waits;
            if tried || !action.state.is_open() {
                return Ok(action);
            }
            // What was missed is read again all the same, also what a server told before this process
            // could hear it.
            tokio::select! {
                _ = changes.recv() => {}
                () = self.clock.sleep(boot::LOOK_ACROSS) => {}
            }
        }
    }

    /// One decision as it is now.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn action(&self, id: &ActionId) -> Result<Option<Action>, store::Error> {
        self.store.action(id).await
    }

    /// Has what waits tried now: one decision, or all.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn hurry(&self, id: Option<&ActionId>) -> Result<(), store::Error> {
        match id {
            Some(id) => self.store.hurry_one(id).await,
            None => self.store.hurry().await,
        }
    }
}
