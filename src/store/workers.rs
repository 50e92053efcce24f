//! Who works on this store's outbox: each process holds a lock that dies with it, so what a killed
//! one had under way is taken up at once and not after its lease.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sqlx::Row;

use super::{Changes, Error, Store};

/// A worker is alive while it holds this.
#[derive(Debug)]
pub struct Present {
    _lock: File,
    path: PathBuf,
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
        self.take_over(worker).await?;
        Ok(Present { _lock: present, path })
    }

    async fn take_over(&self, worker: &str) -> Result<(), Error> {
        let mut tx = self.0.backend.begin().await?;
        let owners = sqlx::query(
            "SELECT DISTINCT owner FROM action
             WHERE state IN ('held', 'sending', 'waiting') AND owner <> $1",
        )
        .bind(worker)
        .fetch_all(&mut *tx)
        .await?;
        let mut changes = Changes::default();
        for owner in owners {
            let owner: String = owner.try_get(0)?;
            if is_alive(&self.beside("worker", &owner)) {
                continue;
            }
            sqlx::query(
                "UPDATE action SET owner = $1, lease_until = $3
                 WHERE owner = $2 AND state IN ('held', 'sending', 'waiting')",
            )
            .bind(worker)
            .bind(&owner)
            .bind(self.0.clock.now().as_microsecond())
            .execute(&mut *tx)
            .await?;
            changes.actions = true;
        }
        tx.commit().await?;
        self.tell(changes);
        Ok(())
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
