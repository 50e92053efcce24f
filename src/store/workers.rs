//! Who works on this store's outbox: each process holds a lock that dies with it, so what a killed
//! one had under way is taken up at once and not after its lease.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::{ffi::OsStrExt, fs::OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::de::IgnoredAny;
use tokio::sync::watch;

use super::{
    Changes, Error, Store,
    db::query,
    duty::{Duty, Watch, on_duty},
};

/// A worker is alive while it holds this.
#[derive(Debug)]
pub struct Present {
    _lock: File,
    path: PathBuf,
    /// On a server, where others are on other machines.
    _there: Option<watch::Sender<()>>,
}

impl Drop for Present {
    fn drop(&mut self) {
        // A file that is left behind says nothing without its lock.
        let _ = fs::remove_file(&self.path);
    }
}

impl Store {
    /// Tells the other processes that this worker is there, and takes over what dead ones left.
    ///
    /// # Errors
    /// If the store's folder cannot be written, or the store cannot.
    pub async fn sign_on(&self, worker: &str) -> Result<Present, Error> {
        let path = self.beside("worker", worker);
        let present =
            sign(&path).map_err(|why| Error::Folder { path: path.display().to_string(), why })?;
        let there = match self.is_shared() {
            true => Some(self.be_there(worker).await?),
            false => None,
        };
        self.take_over(worker).await?;
        Ok(Present { _lock: present, path, _there: there })
    }

    /// Whether a console or a receiver has this store open: in a file on this machine, on a server
    /// anywhere. One that was killed leaves a server after nine seconds.
    pub(super) async fn is_in_use(&self) -> Result<bool, Error> {
        if self.is_shared() {
            return self.is_anybody_present().await;
        }
        for duty in [Duty::Sync, Duty::Receive] {
            if let Watch::Somebody(_) = on_duty::<IgnoredAny>(&self.0.path, duty)? {
                return Ok(true);
            }
        }
        let folder = self.0.path.parent().unwrap_or(Path::new("."));
        let unusable = |why| Error::Folder { path: folder.display().to_string(), why };
        let workers = self.beside("worker", "");
        for entry in fs::read_dir(folder).map_err(unusable)? {
            let path = entry.map_err(unusable)?.path();
            let is_worker = path.as_os_str().as_bytes().starts_with(workers.as_os_str().as_bytes());
            if is_worker && is_alive(&path) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(super) async fn take_over(&self, worker: &str) -> Result<(), Error> {
        let gone = match self.is_shared() {
            true => self.gone(worker).await?,
            false => self.without_a_lock(worker).await?,
        };
        if gone.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.backend.begin().await?;
        for owner in gone {
            query(
                "UPDATE action SET owner = $1, lease_until = $3
                 WHERE owner = $2 AND state IN ('held', 'sending', 'waiting')",
            )
            .bind(worker)
            .bind(&owner)
            .bind(self.0.clock.now().as_microsecond())
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(())
    }

    /// Workers with something under way whose process is gone.
    async fn without_a_lock(&self, but: &str) -> Result<Vec<String>, Error> {
        let owners = query(
            "SELECT DISTINCT owner FROM action
             WHERE state IN ('held', 'sending', 'waiting') AND owner <> $1",
        )
        .bind(but)
        .fetch_all(&self.0.backend.writer)
        .await?;
        let mut gone = Vec::new();
        for owner in owners {
            let owner: String = owner.try_get(0)?;
            if !is_alive(&self.beside("worker", &owner)) {
                gone.push(owner);
            }
        }
        Ok(gone)
    }
}

fn sign(path: &Path) -> io::Result<File> {
    let file =
        OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    file.lock()?;
    Ok(file)
}

/// A lock that is held, or that cannot be asked about, is a living process's.
pub(super) fn is_alive(path: &Path) -> bool {
    match File::open(path) {
        Ok(file) => match file.try_lock() {
            Ok(()) => {
                let _ = fs::remove_file(path);
                false
            }
            Err(_) => true,
        },
        Err(why) => why.kind() != io::ErrorKind::NotFound,
    }
}
