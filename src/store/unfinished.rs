//! What consoles leave aside: a private file beside the store for each, sealed where the store is.
//!
//! It is no row, since it is written whenever a reviewer rests, and a write to the store wakes every
//! other console. A console that is gone is told by its worker's lock, as for the outbox. Who is
//! forgotten is forgotten there too: a console that runs sees to its own, and whoever looks to those
//! of the dead.

use std::{
    fs::{self, File},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::SystemTime,
};

use super::{
    Error, Store,
    seal::{Column, Kept, Seal},
    workers::is_alive,
};
use crate::model::{Text, unfinished::Unfinished};

/// What it is sealed for; no table has it.
const BODY: Column = Column { table: "unfinished", name: "body" };

/// The file of a console, and what it is while it is written.
const KEPT: &str = "unfinished";
const UNWRITTEN: &str = "unwritten";

/// Larger ones are none of ours: twenty comments about a thousand items each are less.
const LARGEST: u64 = 2 * 1024 * 1024;

/// What a console left that is gone.
struct Left {
    owner: String,
    path: PathBuf,
    written: Option<SystemTime>,
    what: Unfinished,
}

impl Store {
    /// Keeps what this console has unfinished, in place of what it kept before.
    ///
    /// # Errors
    /// If the store's folder cannot be written.
    pub fn keep_unfinished(&self, worker: &str, unfinished: &Unfinished) -> Result<(), Error> {
        keep(&self.0.path, &self.0.seal, worker, unfinished)
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
        let mut left = self.left_behind(worker)?;
        left.retain(|left| left.what.reviewer == *reviewer);
        left.sort_by_key(|left| left.written);
        let now = self.0.clock.now();
        let (mut all, mut paths) = (None, Vec::new());
        for Left { path, what: newer, .. } in left {
            let count = newer.forgotten;
            let nothing = Unfinished { forgotten: count, ..Unfinished::default() };
            all = Some(newer.and(all.unwrap_or(nothing), now));
            paths.push(path);
        }
        // It is this console's before it is nobody's.
        if let Some(all) = &all {
            self.keep_unfinished(worker, all)?;
        }
        paths.iter().try_for_each(|path| remove(path).map_err(|why| unusable(path, why)))?;
        Ok(all)
    }

    /// Takes out of what consoles left that are gone, whoever's they are, what is about somebody who
    /// was forgotten since.
    ///
    /// # Errors
    /// If the store or its folder cannot be used.
    pub async fn sweep_unfinished(&self, worker: &str) -> Result<(), Error> {
        let left = self.left_behind(worker)?;
        if left.is_empty() {
            return Ok(());
        }
        let count = self.forgotten().await?;
        for Left { owner, path, mut what, .. } in left {
            if what.forgotten == count {
                continue;
            }
            what.forget(&self.forgotten_of(&what.subjects()).await?);
            what.forgotten = count;
            // Somebody may have taken it over meanwhile.
            if path.exists() {
                self.keep_unfinished(&owner, &what)?;
            }
        }
        Ok(())
    }

    /// What consoles left that are gone; what cannot be read, or was not written to its end, is removed.
    fn left_behind(&self, worker: &str) -> Result<Vec<Left>, Error> {
        let store = &self.0.path;
        for (path, owner) in files(store, UNWRITTEN)? {
            if owner != worker && !is_alive(&self.beside("worker", &owner)) {
                remove(&path).map_err(|why| unusable(&path, why))?;
            }
        }
        let mut left = Vec::new();
        for (path, owner) in files(store, KEPT)? {
            if owner == worker || is_alive(&self.beside("worker", &owner)) {
                continue;
            }
            let text = read(&path).and_then(|kept| self.0.seal.open(BODY, &owner, kept));
            match text.and_then(|text| Ok(serde_json::from_str(&text)?)) {
                Ok(what) => {
                    let written = path.metadata().and_then(|known| known.modified()).ok();
                    left.push(Left { owner, path, written, what });
                }
                Err(why) => {
                    tracing::warn!(%why, "what a console left unfinished cannot be read");
                    remove(&path).map_err(|why| unusable(&path, why))?;
                }
            }
        }
        Ok(left)
    }

    /// `store.db` → `store.db.worker-0192…`
    pub(super) fn beside(&self, what: &str, worker: &str) -> PathBuf {
        beside(&self.0.path, what, worker)
    }
}

/// Lets what consoles left lie as the store is to lie. Nobody has it open.
pub fn reseal(store: &Path, key: &Seal, target: &Seal) -> Result<(), Error> {
    for (path, _) in files(store, UNWRITTEN)? {
        remove(&path).map_err(|why| unusable(&path, why))?;
    }
    for (path, owner) in files(store, KEPT)? {
        let text = read(&path).and_then(|kept| match kept {
            Kept::Clear(text) => Ok(text),
            sealed @ Kept::Sealed(_) => key.open(BODY, &owner, sealed),
        });
        match text.and_then(|text| Ok(serde_json::from_str::<Unfinished>(&text)?)) {
            Ok(what) => keep(store, target, &owner, &what)?,
            // It would not be read later either.
            Err(_) => remove(&path).map_err(|why| unusable(&path, why))?,
        }
    }
    Ok(())
}

fn keep(store: &Path, seal: &Seal, owner: &str, unfinished: &Unfinished) -> Result<(), Error> {
    let path = beside(store, KEPT, owner);
    if unfinished.is_empty() {
        return remove(&path).map_err(|why| unusable(&path, why));
    }
    let text = serde_json::to_string(unfinished)?;
    let bytes = match seal.seal(BODY, owner, text)? {
        Kept::Clear(text) => text.into_bytes(),
        Kept::Sealed(bytes) => bytes,
    };
    let new = beside(store, UNWRITTEN, owner);
    write(&new, &bytes).and_then(|()| fs::rename(&new, &path)).map_err(|why| unusable(&path, why))
}

fn read(path: &Path) -> Result<Kept, Error> {
    let failed = |why| unusable(path, why);
    let file = File::open(path).map_err(failed)?;
    if file.metadata().map_err(failed)?.len() > LARGEST {
        return Err(Error::Damaged("it is too large".to_owned()));
    }
    let bytes = fs::read(path).map_err(failed)?;
    // A sealed one begins with its version, and no text does.
    Ok(match String::from_utf8(bytes) {
        Ok(text) if text.starts_with('{') => Kept::Clear(text),
        Ok(text) => Kept::Sealed(text.into_bytes()),
        Err(sealed) => Kept::Sealed(sealed.into_bytes()),
    })
}

/// Those of all consoles, with whose they are.
fn files(store: &Path, what: &str) -> Result<Vec<(PathBuf, String)>, Error> {
    let folder = store.parent().unwrap_or(Path::new("."));
    let begins = beside(store, what, "");
    let begins = begins.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let mut found = Vec::new();
    for file in fs::read_dir(folder).map_err(|why| unusable(folder, why))? {
        let file = file.map_err(|why| unusable(folder, why))?;
        let name = file.file_name();
        if let Some(owner) = name.to_str().and_then(|name| name.strip_prefix(begins)) {
            found.push((file.path(), owner.to_owned()));
        }
    }
    Ok(found)
}

fn beside(store: &Path, what: &str, worker: &str) -> PathBuf {
    let mut name = store.to_owned().into_os_string();
    name.push(format!(".{what}-{worker}"));
    name.into()
}

fn unusable(path: &Path, why: io::Error) -> Error {
    Error::Folder { path: path.display().to_string(), why }
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
            many: Vec::new(),
            reason: None,
            at: "2026-03-02T12:00:00Z".parse().unwrap(),
        };
        Unfinished {
            reviewer: Text::new(reviewer),
            written: vec![written],
            ..Unfinished::default()
        }
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
