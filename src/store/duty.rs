//! What one process does for everybody on this store: one keeps it in step with Persona, one takes
//! webhooks in, and on a server one sends what was decided.
//!
//! Whoever is on duty holds a lock of the operating system, which a killed process cannot keep,
//! and says in the lock's own file how it stands. That is no write to the store, so it wakes nobody.
//! On a server it is a row that has to be renewed (see `lease`), which wakes nobody either.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::watch;

use super::{Error, Store, lease::Lease};
use crate::clock::{Clock, Moment};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    Sync,
    Receive,
    Outbox,
}

/// How often whoever waits for a duty looks whether it is free.
const LOOK: Duration = Duration::from_secs(2);

impl Duty {
    fn name(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Receive => "receive",
            Self::Outbox => "outbox",
        }
    }

    /// `caseload.db` → `caseload.lock`
    fn file(self, store: &Path) -> PathBuf {
        store.with_extension(match self {
            Self::Sync => "lock",
            Self::Receive => "receiving",
            Self::Outbox => "sending",
        })
    }
}

/// Held by the process on duty; dropping it lets the next one take over.
#[derive(Debug)]
pub struct OnDuty(Held);

#[derive(Debug)]
enum Held {
    Lock(File),
    Lease(Lease),
}

impl OnDuty {
    /// Tells whoever looks how it stands.
    ///
    /// # Errors
    /// If the file cannot be written; the duty is held all the same.
    pub fn say(&self, how: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string(how)?;
        match &self.0 {
            Held::Lock(file) => {
                // What is looked at meanwhile is half of it, and is looked at again.
                file.write_all_at(text.as_bytes(), 0)?;
                file.set_len(text.len() as u64)
            }
            Held::Lease(lease) => {
                lease.say(text);
                Ok(())
            }
        }
    }

    /// Gives it up, so that another can have it when this returns. Dropping it does the same a moment
    /// later, if the process lives so long.
    pub async fn give_up(self) {
        match self.0 {
            Held::Lock(_) => {}
            Held::Lease(lease) => lease.give_up().await,
        }
    }

    /// Whether the duty may be somebody else's.
    pub fn is_lost(&self) -> bool {
        match &self.0 {
            Held::Lock(_) => false,
            Held::Lease(lease) => lease.is_lost(),
        }
    }

    /// Returns when the duty may be somebody else's. A lock is never lost.
    pub async fn lost(&self) {
        match &self.0 {
            Held::Lock(_) => std::future::pending().await,
            Held::Lease(lease) => lease.lost().await,
        }
    }
}

/// What is seen of the process on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch<T> {
    Nobody,
    /// Somebody; how it stands, as far as it can be read just now.
    Somebody(Option<T>),
}

/// Waits for a duty that somebody else has.
#[derive(Debug)]
pub struct Standby {
    clock: Clock,
    look_at: Moment,
    given_up: Option<watch::Receiver<()>>,
}

impl Standby {
    /// Returns when it may be free: another process of a server gave one up, or it is time to look. To
    /// begin again with waiting takes no longer than to go on.
    pub async fn may_be_free(&mut self) {
        let given_up = async {
            let told = match &mut self.given_up {
                Some(given_up) => given_up.changed().await.is_ok(),
                None => false,
            };
            if !told {
                std::future::pending::<()>().await;
            }
        };
        tokio::select! {
            () = given_up => {}
            () = self.clock.wait_for(self.look_at) => {}
        }
        self.look_at = self.clock.moment() + LOOK;
    }
}

impl Store {
    /// To be asked for before it is looked whether a duty is free.
    pub fn stand_by(&self) -> Standby {
        let clock = self.0.clock.clone();
        Standby {
            look_at: clock.moment() + LOOK,
            clock,
            given_up: self.0.server.as_ref().map(|server| server.given_up.subscribe()),
        }
    }

    /// Takes a duty up; none if another process has it.
    ///
    /// # Errors
    /// If the store's folder, or its server, cannot be used.
    pub async fn take_up(&self, duty: Duty) -> Result<Option<OnDuty>, Error> {
        if self.is_shared() {
            return Ok(self.lease(duty.name()).await?.map(|lease| OnDuty(Held::Lease(lease))));
        }
        let path = duty.file(&self.0.path);
        let unusable = |why| Error::Folder { path: path.display().to_string(), why };
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true).mode(0o600);
        let file = options.open(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(unusable)?;
                Ok(Some(OnDuty(Held::Lock(file))))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(unusable(why)),
        }
    }

    /// Looks how the process on duty stands.
    ///
    /// # Errors
    /// If the store's folder, or its server, cannot be used.
    pub async fn look_at<T: DeserializeOwned>(&self, duty: Duty) -> Result<Watch<T>, Error> {
        if self.is_shared() {
            let says = self.leased(duty.name()).await?;
            return Ok(match says {
                Some(text) => Watch::Somebody(serde_json::from_str(&text).ok()),
                None => Watch::Nobody,
            });
        }
        on_duty(&self.0.path, duty)
    }
}

/// The same from outside, for the store in this file, whether it is there or not.
///
/// # Errors
/// If its folder cannot be used.
pub fn on_duty<T: DeserializeOwned>(store: &Path, duty: Duty) -> Result<Watch<T>, Error> {
    let path = duty.file(store);
    let unusable = |why| Error::Folder { path: path.display().to_string(), why };
    let file = match File::open(&path) {
        Ok(file) => file,
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(Watch::Nobody),
        Err(why) => return Err(unusable(why)),
    };
    // Shared, so that those who look do not stand in each other's way.
    match file.try_lock_shared() {
        Ok(()) => Ok(Watch::Nobody),
        Err(TryLockError::WouldBlock) => {
            let text = io::read_to_string(file).unwrap_or_default();
            Ok(Watch::Somebody(serde_json::from_str(&text).ok()))
        }
        Err(TryLockError::Error(why)) => Err(unusable(why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    #[tokio::test]
    async fn one_is_on_duty_and_the_others_see_how_it_stands() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("store.db");
        let one = Store::open(&path, Clock::system()).await.unwrap();
        let two = Store::open(&path, Clock::system()).await.unwrap();
        let seen = async || two.look_at::<String>(Duty::Sync).await.unwrap();
        assert_eq!(seen().await, Watch::Nobody, "nobody was ever there");
        let duty = one.take_up(Duty::Sync).await.unwrap().expect("it is free");
        assert_eq!(seen().await, Watch::Somebody(None));
        assert!(two.take_up(Duty::Sync).await.unwrap().is_none());
        assert!(two.take_up(Duty::Receive).await.unwrap().is_some(), "that is another duty");
        duty.say(&"a long story").unwrap();
        duty.say(&"well").unwrap();
        assert_eq!(seen().await, Watch::Somebody(Some("well".to_owned())));
        drop(duty);
        assert_eq!(seen().await, Watch::Nobody);
        assert!(two.take_up(Duty::Sync).await.unwrap().is_some());
    }
}
