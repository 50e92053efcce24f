//! What consoles leave aside: a private file beside the store for each, sealed where the store is.
//!
//! It is no row, since it is written whenever a reviewer rests, and a write to the store wakes every
//! other console. A console that is gone is told by its worker's lock, as for the outbox.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use super::{
    Error, Store,
    seal::{Column, Kept},
    workers::is_alive,
};
use crate::model::{Text, unfinished::Unfinished};

/// What it is sealed for; no table has it.
const BODY: Column = Column { table: "unfinished", name: "body" };

/// Larger ones are none of ours.
const LARGEST: u64 = 256 * 1024;

impl Store {
    /// Keeps what this console has unfinished, in place of what it kept before.
    ///
    /// # Errors
    /// If the store's folder cannot be written.
    pub fn keep_unfinished(&self, worker: &str, unfinished: &Unfinished) -> Result<(), Error> {
        let path = self.beside("unfinished", worker);
        let unusable = |why| Error::Folder { path: path.display().to_string(), why };
        if unfinished.is_empty() {
            return remove(&path).map_err(unusable);
        }
        let text = serde_json::to_string(unfinished)?;
        let bytes = match self.0.seal.seal(BODY, worker, text)? {
            Kept::Clear(text) => text.into_bytes(),
            Kept::Sealed(bytes) => bytes,
        };
        let new = self.beside("unwritten", worker);
        write(&new, &bytes).and_then(|()| fs::rename(&new, &path)).map_err(unusable)
    }

    /// Takes over what this reviewer's consoles left that are gone. What cannot be read any more is
    /// removed: it is no decision.
    ///
    /// # Errors
    /// If the store's folder cannot be used.
    pub fn take_unfinished(
        &self,
        worker: &str,
        reviewer: &Text,
    ) -> Result<Option<Unfinished>, Error> {
        let folder = self.0.path.parent().unwrap_or(Path::new("."));
        let unusable = |why| Error::Folder { path: folder.display().to_string(), why };
        let begins = self.beside("unfinished", "");
        let Some(begins) = begins.file_name().and_then(|name| name.to_str()) else {
            return Ok(None);
        };
        let mut left = Vec::new();
        for file in fs::read_dir(folder).map_err(unusable)? {
            let file = file.map_err(unusable)?;
            let name = file.file_name();
            let owner = name.to_str().and_then(|name| name.strip_prefix(begins));
            let Some(owner) = owner.filter(|owner| *owner != worker) else { continue };
            if is_alive(&self.beside("worker", owner)) {
                continue;
            }
            match self.read_unfinished(&file.path(), owner) {
                Ok(theirs) if theirs.reviewer != *reviewer => {}
                Ok(theirs) => {
                    let written = file.metadata().and_then(|known| known.modified()).ok();
                    left.push((written, file.path(), theirs));
                }
                Err(why) => {
                    tracing::warn!(%why, "what a console left unfinished cannot be read");
                    remove(&file.path()).map_err(unusable)?;
                }
            }
        }
        left.sort_by_key(|(written, ..)| *written);
        let now = self.0.clock.now();
        let (mut all, mut paths) = (None, Vec::new());
        for (_, path, newer) in left {
            all = Some(match all {
                Some(older) => newer.and(older, now),
                None => newer.and(Unfinished::default(), now),
            });
            paths.push(path);
        }
        // It is this console's before it is nobody's.
        if let Some(all) = &all {
            self.keep_unfinished(worker, all)?;
        }
        paths.iter().try_for_each(|path| remove(path)).map_err(unusable)?;
        Ok(all)
    }

    fn read_unfinished(&self, path: &Path, owner: &str) -> Result<Unfinished, Error> {
        let unusable = |why| Error::Folder { path: path.display().to_string(), why };
        let file = File::open(path).map_err(unusable)?;
        if file.metadata().map_err(unusable)?.len() > LARGEST {
            return Err(Error::Damaged("it is too large".to_owned()));
        }
        let bytes = fs::read(path).map_err(unusable)?;
        // A sealed one begins with its version, and no text does.
        let kept = match String::from_utf8(bytes) {
            Ok(text) if text.starts_with('{') => Kept::Clear(text),
            Ok(text) => Kept::Sealed(text.into_bytes()),
            Err(sealed) => Kept::Sealed(sealed.into_bytes()),
        };
        Ok(serde_json::from_str(&self.0.seal.open(BODY, owner, kept)?)?)
    }

    /// `store.db` → `store.db.worker-0192…`
    pub(super) fn beside(&self, what: &str, worker: &str) -> PathBuf {
        let mut name = self.0.path.clone().into_os_string();
        name.push(format!(".{what}-{worker}"));
        name.into()
    }
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.create(true).truncate(true).write(true).mode(0o600).open(path)?.write_all(bytes)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, model::Written, secret::FieldKey};

    fn wrote(reviewer: &str, comment: &str) -> Unfinished {
        let written = Written {
            subject: crate::model::Subject::Inquiry("inq_1".parse().unwrap()),
            verb: crate::model::Verb::Decline,
            comment: Text::new(comment),
            at: "2026-03-02T12:00:00Z".parse().unwrap(),
        };
        Unfinished { reviewer: Text::new(reviewer), place: None, written: vec![written] }
    }

    #[tokio::test]
    async fn it_is_sealed_like_the_store_and_goes_to_its_reviewer_when_its_console_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("store.db");
        let key = FieldKey::random().unwrap();
        let clock = Clock::manual("2026-03-02T13:00:00Z".parse().unwrap());
        let store = Store::open_with(&path, Some(&key), clock).await.unwrap();
        let (jane, joe) = (Text::new("jane"), Text::new("joe"));
        let present = store.sign_on("one").await.unwrap();
        store.keep_unfinished("one", &wrote("jane", "the photo is of a screen")).unwrap();
        let file = store.beside("unfinished", "one");
        let lies = fs::read(&file).unwrap();
        assert!(!lies.windows(5).any(|bytes| bytes == b"photo"));
        // Its console runs; it is another's; then it is there, once.
        assert_eq!(store.take_unfinished("two", &jane).unwrap(), None);
        drop(present);
        assert_eq!(store.take_unfinished("two", &joe).unwrap(), None);
        let taken = store.take_unfinished("two", &jane).unwrap().unwrap();
        assert_eq!(taken, wrote("jane", "the photo is of a screen"));
        assert!(!file.exists() && store.beside("unfinished", "two").exists());
        // Of two consoles both; what cannot be read is removed; with nothing left there is no file.
        store.keep_unfinished("three", &wrote("jane", "another")).unwrap();
        fs::write(store.beside("unfinished", "four"), "{}").unwrap();
        let both = store.take_unfinished("five", &jane).unwrap().unwrap();
        assert_eq!(both.written.len(), 2);
        store.keep_unfinished("five", &Unfinished::default()).unwrap();
        let names = fs::read_dir(folder.path()).unwrap();
        let names = names.map(|file| file.unwrap().file_name().into_string().unwrap());
        assert!(!names.into_iter().any(|name| name.contains("unfinished")));
    }
}
