//! What is decided while a team's database is away, where that is wished for: a private file beside
//! what the console keeps for itself, one for each console, sealed where the store is.
//!
//! A line for what is kept and a line for what is over, each on the disk before anybody is told. The
//! file goes when nothing in it is left. What a console that is gone left is the next one's.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use super::{
    Error, Store,
    seal::{Column, Kept as Sealed},
    workers::is_alive,
};
use crate::model::{ActionId, KeptCommit, Text};

/// What it is sealed for; no table has it.
const LINE: Column = Column { table: "spool", name: "line" };

/// How a line begins: what it does can be counted without the key.
const KEEPS: char = '+';
const ENDS: char = '-';

#[derive(Serialize, Deserialize)]
enum Line {
    Keeps(KeptCommit),
    /// Recorded or taken back: by the first of its decisions.
    Ends(ActionId),
}

/// What this console keeps.
#[derive(Default)]
pub struct Spool {
    kept: watch::Sender<Vec<KeptCommit>>,
    /// How many lines its file has. Held while it is written.
    lines: Mutex<u64>,
}

impl Store {
    /// What is kept here; told when it moves.
    pub fn kept(&self) -> watch::Receiver<Vec<KeptCommit>> {
        match &self.0.server {
            Some(server) => server.spool.kept.subscribe(),
            None => watch::Sender::default().subscribe(),
        }
    }

    /// Keeps a commit until the database is back. It is on the disk when this returns.
    ///
    /// # Errors
    /// If the store's folder cannot be written, or this store is a file.
    pub fn keep(&self, worker: &str, kept: &KeptCommit) -> Result<(), Error> {
        let Some(server) = &self.0.server else {
            return Err(Error::Database("only for a shared database something is kept".into()));
        };
        let mut lines = server.spool.lines.lock().unwrap_or_else(PoisonError::into_inner);
        self.append(worker, &mut lines, &Line::Keeps(kept.clone()))?;
        server.spool.kept.send_modify(|all| all.push(kept.clone()));
        Ok(())
    }

    /// A commit is over that this decision is of; false if it was not kept here.
    ///
    /// # Errors
    /// If the store's folder cannot be written.
    pub fn let_go(&self, worker: &str, action: &ActionId) -> Result<bool, Error> {
        let Some(server) = &self.0.server else { return Ok(false) };
        let mut lines = server.spool.lines.lock().unwrap_or_else(PoisonError::into_inner);
        let known = server.spool.kept.borrow().iter().position(|kept| kept.has(action));
        let Some(nth) = known else { return Ok(false) };
        let first = server.spool.kept.borrow()[nth].decisions.first().map(|it| it.action.clone());
        if server.spool.kept.borrow().len() == 1 {
            let path = self.beside("spool", worker);
            remove(&path).map_err(|why| unusable(&path, why))?;
            *lines = 0;
        } else if let Some(first) = first {
            self.append(worker, &mut lines, &Line::Ends(first))?;
        }
        server.spool.kept.send_modify(|all| {
            all.remove(nth);
        });
        Ok(true)
    }

    /// Takes over what this reviewer's consoles kept that are gone. What cannot be read stays where it
    /// is: it is told of and never thrown away.
    ///
    /// # Errors
    /// If the store's folder cannot be used.
    pub fn take_kept(&self, worker: &str, reviewer: &Text) -> Result<(), Error> {
        if !self.is_shared() {
            return Ok(());
        }
        for (path, owner) in files(&self.0.path).map_err(|why| unusable(&self.0.path, why))? {
            if owner == worker || is_alive(&self.beside("worker", &owner)) {
                continue;
            }
            match self.read_kept(&path, &owner) {
                Ok(theirs) if theirs.iter().any(|kept| kept.reviewer != *reviewer) => {}
                Ok(theirs) => {
                    // They are this console's before they are nobody's; twice is once, by their ids.
                    for kept in &theirs {
                        self.keep(worker, kept)?;
                    }
                    remove(&path).map_err(|why| unusable(&path, why))?;
                }
                Err(why) => {
                    tracing::error!(%why, path = %path.display(), "what was kept there cannot be read");
                }
            }
        }
        Ok(())
    }

    fn append(&self, worker: &str, lines: &mut u64, line: &Line) -> Result<(), Error> {
        let path = self.beside("spool", worker);
        let begins = match line {
            Line::Keeps(_) => KEEPS,
            Line::Ends(_) => ENDS,
        };
        let place = format!("{worker}/{lines}");
        let text = match self.0.seal.seal(LINE, &place, serde_json::to_string(line)?)? {
            Sealed::Clear(text) => text,
            Sealed::Sealed(bytes) => hex::encode(bytes),
        };
        append(&path, &format!("{begins}{text}\n")).map_err(|why| unusable(&path, why))?;
        *lines += 1;
        Ok(())
    }

    fn read_kept(&self, path: &Path, owner: &str) -> Result<Vec<KeptCommit>, Error> {
        let text = fs::read_to_string(path).map_err(|why| unusable(path, why))?;
        let mut all: Vec<KeptCommit> = Vec::new();
        for (nth, line) in whole_lines(&text).enumerate() {
            let line = line.strip_prefix([KEEPS, ENDS]).unwrap_or_default();
            let sealed =
                match line.starts_with('{') {
                    true => Sealed::Clear(line.to_owned()),
                    false => Sealed::Sealed(hex::decode(line).map_err(|_| {
                        Error::Damaged(format!("line {} of what was kept", nth + 1))
                    })?),
                };
            let line = self.0.seal.open(LINE, &format!("{owner}/{nth}"), sealed)?;
            match serde_json::from_str(&line)? {
                Line::Keeps(kept) => all.push(kept),
                Line::Ends(first) => all.retain(|kept| !kept.has(&first)),
            }
        }
        Ok(all)
    }
}

/// How many commits are kept beside a store of this name, as seen from outside and without a key; with
/// the files.
///
/// # Errors
/// If the folder cannot be read.
pub fn kept_beside(store: &Path) -> io::Result<(usize, Vec<PathBuf>)> {
    let (mut count, mut paths) = (0, Vec::new());
    for (path, _) in files(store)? {
        let text = fs::read_to_string(&path)?;
        let begun = |with| whole_lines(&text).filter(|line| line.starts_with(with)).count();
        count += begun(KEEPS).saturating_sub(begun(ENDS));
        paths.push(path);
    }
    Ok((count, paths))
}

/// Of what was cut off nobody was told that it is kept.
fn whole_lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n'))
}

/// The files of all consoles, with their names.
fn files(store: &Path) -> io::Result<Vec<(PathBuf, String)>> {
    let folder = store.parent().unwrap_or(Path::new("."));
    let begins = format!("{}.spool-", store.file_name().unwrap_or_default().display());
    let mut found = Vec::new();
    let listed = match fs::read_dir(folder) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(found),
        listed => listed?,
    };
    for file in listed {
        let file = file?;
        let name = file.file_name();
        if let Some(owner) = name.to_str().and_then(|name| name.strip_prefix(&begins)) {
            found.push((file.path(), owner.to_owned()));
        }
    }
    found.sort();
    Ok(found)
}

fn append(path: &Path, line: &str) -> io::Result<()> {
    let is_new = !path.exists();
    let mut options = OpenOptions::new();
    let mut file = options.create(true).append(true).mode(0o600).open(path)?;
    let before = file.metadata()?.len();
    let written = file.write_all(line.as_bytes()).and_then(|()| file.sync_all());
    if let Err(why) = written {
        // Half a line would make one of the next.
        file.set_len(before)?;
        return Err(why);
    }
    if is_new && let Some(folder) = path.parent() {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(why) if why.kind() != io::ErrorKind::NotFound => Err(why),
        _ => Ok(()),
    }
}

fn unusable(path: &Path, why: io::Error) -> Error {
    Error::Folder { path: path.display().to_string(), why }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn it_is_private_and_counted_from_outside_and_what_was_cut_off_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let store = folder.path().join("store.db");
        assert_eq!(kept_beside(&folder.path().join("none/store.db")).unwrap().0, 0);
        let file = folder.path().join("store.db.spool-one");
        append(&file, "+{}\n").unwrap();
        append(&file, "+00\n").unwrap();
        append(&file, "-00\n").unwrap();
        append(&folder.path().join("store.db.spool-two"), "+{}\n").unwrap();
        append(&folder.path().join("store.db.worker-two"), "+{}\n").unwrap();
        append(&file, "+cut").unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let (count, paths) = kept_beside(&store).unwrap();
        assert_eq!((count, paths.len()), (2, 2));
        let names: Vec<String> = files(&store).unwrap().into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["one", "two"]);
    }
}
