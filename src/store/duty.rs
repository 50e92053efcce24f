//! What one process does for everybody on this store: one keeps it in step with Persona, one takes
//! webhooks in.
//!
//! Whoever is on duty holds a lock of the operating system, which a killed process cannot keep,
//! and says in the lock's own file how it stands. That is no write to the store, so it wakes nobody.

use std::{
    fs::{File, TryLockError},
    io,
    os::unix::fs::{FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Serialize, de::DeserializeOwned};

use super::{Error, Store};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    Sync,
    Receive,
}

impl Duty {
    /// `caseload.db` → `caseload.lock`
    fn file(self, store: &Path) -> PathBuf {
        store.with_extension(match self {
            Self::Sync => "lock",
            Self::Receive => "receiving",
        })
    }
}

/// Held by the process on duty; dropping it lets the next one take over.
#[derive(Debug)]
pub struct OnDuty(File);

impl OnDuty {
    /// Tells whoever looks how it stands.
    ///
    /// # Errors
    /// If the file cannot be written; the duty is held all the same.
    pub fn say(&self, how: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_vec(how)?;
        // What is looked at meanwhile is half of it, and is looked at again.
        self.0.write_all_at(&text, 0)?;
        self.0.set_len(text.len() as u64)
    }
}

/// What is seen of the process on duty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watch<T> {
    Nobody,
    /// Somebody; how it stands, as far as it can be read just now.
    Somebody(Option<T>),
}

impl Store {
    /// Takes a duty up; none if another process has it.
    ///
    /// # Errors
    /// If the store's folder cannot be used.
    pub fn take_up(&self, duty: Duty) -> Result<Option<OnDuty>, Error> {
        let path = duty.file(&self.0.path);
        let unusable = |why| Error::Folder { path: path.display().to_string(), why };
        let mut options = File::options();
        options.create(true).truncate(false).read(true).write(true).mode(0o600);
        let file = options.open(&path).map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).map_err(unusable)?;
                Ok(Some(OnDuty(file)))
            }
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(why)) => Err(unusable(why)),
        }
    }

    /// Looks how the process on duty stands.
    ///
    /// # Errors
    /// If the store's folder cannot be used.
    pub fn look_at<T: DeserializeOwned>(&self, duty: Duty) -> Result<Watch<T>, Error> {
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
        let seen = || two.look_at::<String>(Duty::Sync).unwrap();
        assert_eq!(seen(), Watch::Nobody, "nobody was ever there");
        let duty = one.take_up(Duty::Sync).unwrap().expect("it is free");
        assert_eq!(seen(), Watch::Somebody(None));
        assert!(two.take_up(Duty::Sync).unwrap().is_none());
        assert!(two.take_up(Duty::Receive).unwrap().is_some(), "that is another duty");
        duty.say(&"a long story").unwrap();
        duty.say(&"well").unwrap();
        assert_eq!(seen(), Watch::Somebody(Some("well".to_owned())));
        drop(duty);
        assert_eq!(seen(), Watch::Nobody);
        assert!(two.take_up(Duty::Sync).unwrap().is_some());
    }
}
