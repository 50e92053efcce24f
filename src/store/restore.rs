//! A copy put in place of the store: proved first, for nobody else meanwhile, and at one stroke.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    Copied, Error, Store,
    backend::{NEWEST_VERSION, private_file},
    backup::{examine, read_first, sha256_of, unfit},
    inspect::inspect,
    reseal::alone,
};
use crate::{
    clock::Clock,
    config::private_folder,
    model::{Exported, JournalEntry, Text},
    secret::FieldKey,
};

/// What is to be put where, and by whom.
pub struct Restore<'a> {
    pub copy: &'a Path,
    pub store: &'a Path,
    pub key: Option<&'a FieldKey>,
    pub who: &'a Text,
    pub clock: &'a Clock,
}

/// What is in place now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Restored {
    pub copied: Copied,
    /// Of the copy, in lower-case hex.
    pub sha256: String,
    /// Where the store that was there is now.
    pub aside: Option<PathBuf>,
}

impl Restore<'_> {
    /// # Errors
    /// If the copy is not whole, is not of this environment, does not open with this key, or
    /// somebody has the store open. The store is as it was then.
    pub async fn run(&self) -> Result<Restored, Error> {
        let folder = self.store.parent().unwrap_or(Path::new("."));
        let failed = |why: io::Error| Error::Folder { path: folder.display().to_string(), why };
        let copied = examine(self.copy).await?;
        let look = inspect(self.copy).await?.ok_or_else(|| unfit(self.copy, "it is not there"))?;
        if look.version > NEWEST_VERSION {
            return Err(Error::Newer { path: self.copy.display().to_string() });
        }
        if let Some(refusal) = copied.seal.refusal(self.key, look.rows, self.copy) {
            return Err(refusal);
        }
        private_folder(folder).map_err(failed)?;
        // Whoever opens the store waits until another is there.
        let lock = private_file(self.store).await.map_err(failed)?;
        let is_there = self.store.metadata().map_err(failed)?.len() > 0;
        if is_there {
            let own = inspect(self.store).await.ok().flatten().and_then(|own| own.environment);
            let environments = own.zip(look.environment);
            if environments.is_some_and(|(own, its)| own != its) {
                return Err(unfit(self.copy, "it is of another environment than the local copy"));
            }
            match alone(self.store).await {
                // Nobody has it open, and nothing of it is left in a log.
                Ok(db) => db.close().await,
                Err(why @ Error::InUse { .. }) => return Err(why),
                // What cannot be opened is put aside as it is.
                Err(why) => tracing::warn!(%why, "the local copy is put aside unread"),
            }
        }
        let part = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        fs::copy(self.copy, part.path()).map_err(failed)?;
        private(part.path()).map_err(failed)?;
        read_first(part.path()).await?;
        part.as_file().sync_all().map_err(failed)?;
        let (sha256, _) = sha256_of(self.copy).map_err(failed)?;
        let aside = match is_there {
            true => Some(self.put_aside().map_err(failed)?),
            false => None,
        };
        part.persist(self.store).map_err(|why| failed(why.error))?;
        fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        drop(lock);
        let store = Store::open_with(self.store, self.key, self.clock.clone()).await?;
        store.journal(self.line(&copied, &sha256)).await?;
        Ok(Restored { copied, sha256, aside })
    }

    /// A second name for what is there: it has one at every moment.
    fn put_aside(&self) -> io::Result<PathBuf> {
        let at = self.clock.now().strftime("%Y%m%dT%H%M%S%6fZ");
        let aside = self.store.with_extension(format!("db.before-{at}"));
        fs::hard_link(self.store, &aside)?;
        for log in ["-wal", "-shm"] {
            let beside = |file: &Path| {
                let mut name = file.as_os_str().to_owned();
                name.push(log);
                PathBuf::from(name)
            };
            // One that was opened has none any more.
            match fs::rename(beside(self.store), beside(&aside)) {
                Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
                _ => {}
            }
        }
        Ok(aside)
    }

    fn line(&self, copied: &Copied, sha256: &str) -> JournalEntry {
        let export = Exported::of("backup", copied.journal.lines, sha256);
        let line = JournalEntry::new(self.clock.now(), self.who, "restored");
        JournalEntry { export: Some(export), ..line }
    }
}

/// Copying a file copies its mode too.
fn private(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(file, fs::Permissions::from_mode(0o600))
}
