//! Values that must not be seen, and where the API key comes from.
//!
//! A [`Secret`] prints as `[redacted]` and is zeroed when dropped. A [`KeySource`] is read again
//! after a 401, so a rotated key is picked up without a restart. [`WebhookSecrets`] are read
//! again when none of them fits. A [`FieldKey`] is read once.

mod field_key;
mod store_url;
mod webhook;

use std::{
    fmt, fs, io,
    io::Read,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use zeroize::{Zeroize, Zeroizing};

pub use self::{
    field_key::{FIELD_KEY_VARIABLE, FieldKey, FieldKeyError, FieldKeySource},
    store_url::{STORE_URL_VARIABLE, StoreUrl},
    webhook::{SECRETS_VARIABLE, WebhookSecrets, WebhookSecretsError},
};
use crate::model::Text;

/// The environment variable that holds the key.
pub const KEY_VARIABLE: &str = "PERSONA_API_KEY";

pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value itself; every use of it can be found by this name.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize + Clone> Clone for Secret<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Where the API key is read from.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// An environment variable, by name.
    Env(&'static str),
    /// A file that only its owner may read; its first line is the key.
    File(PathBuf),
    /// A key that this process made itself: the demo's.
    Given(Secret<String>),
}

/// Why there is no key. Says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(
        "no API key: set {0}, or put the key into a private file and name it as persona.api_key_file"
    )]
    Unset(&'static str),
    #[error("the API key file {path} cannot be read: {why}")]
    Unreadable { path: String, why: String },
    #[error(
        "the API key file {path} can be read by others (mode {mode:03o}): run chmod 600 {path}"
    )]
    NotPrivate { path: String, mode: u32 },
    #[error(
        "the API key from {0} has characters that no key has: is it the whole key, and only the key?"
    )]
    Malformed(String),
}

impl KeySource {
    /// Reads the key.
    ///
    /// # Errors
    /// If there is none, or it is where others can read it, or it cannot be a key.
    pub fn read(&self) -> Result<Secret<String>, KeyError> {
        let (raw, place) = match self {
            Self::Env(name) => {
                let raw = std::env::var(name).map_err(|_| KeyError::Unset(name))?;
                (Secret::new(raw), (*name).to_owned())
            }
            Self::File(path) => (read_private(path)?, path.display().to_string()),
            Self::Given(key) => (key.clone(), "this process".to_owned()),
        };
        let key = raw.expose().lines().next().unwrap_or_default().trim();
        match self {
            Self::Env(name) if key.is_empty() => return Err(KeyError::Unset(name)),
            _ => {}
        }
        let printable = !key.is_empty() && key.bytes().all(|b| b.is_ascii_graphic());
        if printable { Ok(Secret::new(key.to_owned())) } else { Err(KeyError::Malformed(place)) }
    }
}

fn read_private(path: &Path) -> Result<Secret<String>, KeyError> {
    private_text(path).map_err(|why| match why {
        NotRead::Io(why) => {
            KeyError::Unreadable { path: path.display().to_string(), why: why.to_string() }
        }
        NotRead::ByOthers(mode) => KeyError::NotPrivate { path: path.display().to_string(), mode },
    })
}

/// Why a file's secret was not taken.
enum NotRead {
    Io(io::Error),
    /// Others can read it; its mode.
    ByOthers(u32),
}

/// What is in a file that only its owner can read. The file that is looked at is the one that is
/// read, whatever its name is given to meanwhile.
fn private_text(path: &Path) -> Result<Secret<String>, NotRead> {
    let mut file = fs::File::open(path).map_err(NotRead::Io)?;
    let mode = file.metadata().map_err(NotRead::Io)?.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(NotRead::ByOthers(mode));
    }
    let mut text = Secret::new(String::with_capacity(LONGEST_KEY));
    let read = (&mut file).take(LONGEST_KEY as u64).read_to_string(&mut text.0);
    read.map(|_| text).map_err(NotRead::Io)
}

/// No key is longer, in bytes; a text that had to grow would leave copies behind.
const LONGEST_KEY: usize = 4_096;

/// The last four characters of a key, by which its owner knows it. None of a key so short that
/// they would give it away.
pub fn ends(key: &Secret<String>) -> Option<Text> {
    let key = key.expose();
    (key.len() >= SHORTEST_NAMED).then(|| Text::new(&key[key.len() - 4..]))
}

const SHORTEST_NAMED: usize = 24;

/// Which of Persona's environments a key opens, told by its prefix. Persona may change prefixes,
/// so `Unknown` is an honest answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyEnvironment {
    Sandbox,
    Production,
    Unknown,
}

impl KeyEnvironment {
    pub fn of(key: &Secret<String>) -> Self {
        let key = key.expose();
        if key.starts_with("persona_sandbox_") {
            Self::Sandbox
        } else if key.starts_with("persona_production_") {
            Self::Production
        } else {
            Self::Unknown
        }
    }

    /// For paths and screens: `sandbox`, `production`, `unknown`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sandbox => "sandbox",
            Self::Production => "production",
            Self::Unknown => "unknown",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_secret_does_not_print() {
        let key = Secret::new("persona_sandbox_abc".to_owned());
        assert_eq!(
            format!("{key:?} {:?}", KeySource::Given(key.clone())),
            "[redacted] Given([redacted])"
        );
        assert_eq!(KeyEnvironment::of(&key), KeyEnvironment::Sandbox);
    }

    #[test]
    fn a_long_key_is_known_by_its_end() {
        let of = |key: &str| ends(&Secret::new(key.to_owned()));
        assert_eq!(of("persona_sandbox_0123456789"), Some(Text::new("6789")));
        assert_eq!(of("persona_sandbox_1"), None);
    }

    #[test]
    fn a_key_file_must_be_private_and_hold_a_key() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        let read = || KeySource::File(path.clone()).read().map(|key| key.expose().clone());
        assert!(matches!(read(), Err(KeyError::Unreadable { .. })));
        fs::write(&path, "persona_sandbox_abc\n").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(matches!(read(), Err(KeyError::NotPrivate { mode: 0o640, .. })));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert_eq!(read().unwrap(), "persona_sandbox_abc");
        fs::write(&path, "two words\n").unwrap();
        assert!(matches!(read(), Err(KeyError::Malformed(_))));
    }
}
