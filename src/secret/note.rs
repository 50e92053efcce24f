//! What stands below the key in its file: which key it is, and how far its rotation has come. All of
//! it is one file, written whole or not at all.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{Secret, Unread, source::Source};
use crate::model::{ApiKeyId, IdempotencyKey};

/// A key and the note below it.
#[derive(Debug, Clone)]
pub struct KeyFile {
    /// None before Persona made it.
    pub key: Option<Secret<String>>,
    pub note: Option<Note>,
}

/// How far a rotation has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// This key is being cloned: the same request is answered with the same key again.
    Cloning { old: ApiKeyId, under: IdempotencyKey, since: Timestamp },
    /// The key above is this one, and the old one does not end yet.
    Replaces { new: ApiKeyId, old: ApiKeyId },
    /// The key above is this one.
    Is(ApiKeyId),
}

const FILE: &str = "API key file";

impl KeyFile {
    /// What is there; none if nothing is.
    ///
    /// # Errors
    /// If it cannot be read, or others can read it.
    pub fn read(path: &Path) -> Result<Option<Self>, Unread> {
        if path.symlink_metadata().is_err_and(|why| why.kind() == io::ErrorKind::NotFound) {
            return Ok(None);
        }
        let text = Source::File(path.to_owned()).text(FILE)?;
        Ok(Some(Self::parse(text.expose())))
    }

    fn parse(text: &str) -> Self {
        let mut lines = text.trim().lines().map(str::trim).peekable();
        let key = lines.next_if(|line| !line.starts_with('#') && !line.is_empty());
        let note = lines.next().and_then(|line| line.strip_prefix('#')).and_then(Note::parse);
        Self { key: key.map(|key| Secret::new(key.to_owned())), note }
    }

    fn text(&self) -> Secret<String> {
        let key = self.key.as_ref().map_or("", |key| key.expose());
        Secret::new(format!(
            "{key}\n{}",
            self.note.as_ref().map_or(String::new(), |note| format!("# {}\n", note.words()))
        ))
    }

    /// Puts it there, private and durable, in place of what is there.
    ///
    /// # Errors
    /// If it cannot be written; what was there still is.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let part = beside(path, ".part");
        // What an interrupted write left.
        match fs::remove_file(&part) {
            Err(why) if why.kind() != io::ErrorKind::NotFound => return Err(why),
            _ => {}
        }
        let mut file =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&part)?;
        let written =
            file.write_all(self.text().expose().as_bytes()).and_then(|()| file.sync_all());
        let kept = written.and_then(|()| fs::rename(&part, path));
        if kept.is_err() {
            let _ = fs::remove_file(&part);
        }
        kept?;
        File::open(folder(path))?.sync_all()
    }
}

/// Where the next key waits until it takes the place of this one.
pub fn next(path: &Path) -> PathBuf {
    beside(path, ".next")
}

fn beside(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    name.into()
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// Held while a key file is rotated; none if somebody else does that in the same folder.
///
/// # Errors
/// If the folder cannot be opened.
pub fn folder_lock(path: &Path) -> io::Result<Option<File>> {
    let folder = File::open(folder(path))?;
    match folder.try_lock() {
        Ok(()) => Ok(Some(folder)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(why)) => Err(why),
    }
}

impl Note {
    fn words(&self) -> String {
        match self {
            Self::Cloning { old, under, since } => {
                format!("clone of {old} under {under} since {since}")
            }
            Self::Replaces { new, old } => format!("{new} replaces {old}"),
            Self::Is(id) => id.to_string(),
        }
    }

    fn parse(words: &str) -> Option<Self> {
        let words: Vec<&str> = words.split_whitespace().collect();
        let id = |word: &str| ApiKeyId::new(word).ok().filter(|_| word.starts_with("api_"));
        match words.as_slice() {
            ["clone", "of", old, "under", under, "since", since, ..] => Some(Self::Cloning {
                old: id(old)?,
                under: IdempotencyKey::stored((*under).to_owned()),
                since: since.parse().ok()?,
            }),
            [new, "replaces", old, ..] => Some(Self::Replaces { new: id(new)?, old: id(old)? }),
            [is, ..] => id(is).map(Self::Is),
            [] => None,
        }
    }
}

/// The id of the key that stands in a text.
pub fn id(text: &str) -> Option<ApiKeyId> {
    match KeyFile::parse(text).note? {
        Note::Replaces { new: id, .. } | Note::Is(id) => Some(id),
        Note::Cloning { .. } => None,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn api(id: &str) -> ApiKeyId {
        ApiKeyId::new(id).unwrap()
    }

    #[test]
    fn notes_are_read_as_they_are_written() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        assert!(KeyFile::read(&path).unwrap().is_none());
        let cloning = Note::Cloning {
            old: api("api_1"),
            under: IdempotencyKey::random(),
            since: "2026-11-26T09:00:00Z".parse().unwrap(),
        };
        let table = [
            (None, Some(cloning), None),
            (
                Some("k1"),
                Some(Note::Replaces { new: api("api_2"), old: api("api_1") }),
                Some("api_2"),
            ),
            (Some("k1"), Some(Note::Is(api("api_2"))), Some("api_2")),
            (Some("k1"), None, None),
        ];
        for (key, note, is) in table {
            let key = key.map(|key| Secret::new(key.to_owned()));
            fs::write(beside(&path, ".part"), "of an interrupted write").unwrap();
            KeyFile { key: key.clone(), note: note.clone() }.write(&path).unwrap();
            assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
            let read = KeyFile::read(&path).unwrap().unwrap();
            assert_eq!(
                read.key.map(|key| key.expose().clone()),
                key.map(|key| key.expose().clone())
            );
            assert_eq!(read.note, note);
            assert_eq!(id(&fs::read_to_string(&path).unwrap()), is.map(api));
        }
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1, "nothing is left beside it");
        assert_eq!(id("k1\n# rotated in May"), None);
    }

    #[test]
    fn one_rotates_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let held = folder_lock(&path).unwrap();
        assert!(held.is_some() && folder_lock(&path).unwrap().is_none());
        drop(held);
        assert!(folder_lock(&path).unwrap().is_some());
    }
}
