//! The API key: where it comes from, which environment it opens, and the one that is in use.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{Secret, Source, Unread, note};
use crate::model::{ApiKeyId, Text};

/// The environment variable that holds the key.
pub const KEY_VARIABLE: &str = "PERSONA_API_KEY";

const FILE: &str = "API key file";

/// How long a command that was just asked in vain is left alone: it may ask somebody.
const BETWEEN_COMMANDS: Duration = Duration::from_secs(15);

/// Where the API key is read from, and the key that was read: clones share it, so that a command is
/// run once.
#[derive(Debug, Clone)]
pub struct KeySource {
    from: Origin,
    declared: Declared,
    held: Arc<Mutex<Held>>,
}

/// What the configuration says of the key.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    /// Keys of another environment are refused.
    pub environment: Option<KeyEnvironment>,
    /// All that it is meant to be permitted.
    pub permissions: Option<Vec<String>>,
}

#[derive(Debug, Clone)]
enum Origin {
    Source(Source),
    /// A key that this process made itself: the demo's.
    Given(Secret<String>),
}

#[derive(Debug, Default)]
struct Held {
    key: Option<Secret<String>>,
    id: Option<ApiKeyId>,
    read_at: Option<Instant>,
    /// Why there was none, the last time.
    failed: Option<KeyError>,
}

/// Why there is no key. Says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    #[error(
        "no API key: set {0}, or name a private file as persona.api_key_file, a credential of systemd's as persona.api_key_credential, or a command as persona.api_key_command"
    )]
    Unset(&'static str),
    #[error("no API key: {0}")]
    Unread(Unread),
    #[error(
        "the API key from {0} has characters that no key has: is it the whole key, and only the key?"
    )]
    Malformed(String),
    #[error(
        "the API key from {from} is of {found}, but persona.environment says {only}: use a key of {only}, or another configuration"
    )]
    OtherEnvironment { from: String, found: &'static str, only: &'static str },
}

impl KeySource {
    pub fn new(source: Source) -> Self {
        Self::of(Origin::Source(source))
    }

    /// A key that this process has already.
    pub fn given(key: Secret<String>) -> Self {
        Self::of(Origin::Given(key))
    }

    fn of(from: Origin) -> Self {
        Self { from, declared: Declared::default(), held: Arc::default() }
    }

    /// The same, with what is known of the key beforehand.
    #[must_use]
    pub fn declaring(self, declared: Declared) -> Self {
        Self { declared, ..self }
    }

    pub fn declared(&self) -> &Declared {
        &self.declared
    }

    /// Where it is read from; none for a key of this process's own.
    pub fn source(&self) -> Option<&Source> {
        match &self.from {
            Origin::Source(source) => Some(source),
            Origin::Given(_) => None,
        }
    }

    /// The key in use, read if none was read yet. That may wait for a command.
    ///
    /// # Errors
    /// If there is none, or it is where others can read it, or it cannot be a key.
    pub fn read(&self) -> Result<Secret<String>, KeyError> {
        if let Some(key) = self.held() {
            return Ok(key);
        }
        let failed = self.lock().failed.clone();
        match failed {
            Some(why) if !self.may_be_read_again() => Err(why),
            _ => self.read_again(),
        }
    }

    /// The key as it is there now, which is in use from then on. Without one, the old one stays.
    ///
    /// # Errors
    /// As `read`.
    pub fn read_again(&self) -> Result<Secret<String>, KeyError> {
        let read = self.read_now();
        let mut held = self.lock();
        held.read_at = Some(Instant::now());
        held.failed = read.as_ref().err().cloned();
        let (key, id) = read?;
        held.key = Some(key.clone());
        held.id = id;
        Ok(key)
    }

    fn read_now(&self) -> Result<(Secret<String>, Option<ApiKeyId>), KeyError> {
        let text = match &self.from {
            Origin::Given(key) => key.clone(),
            Origin::Source(source) => source.text(FILE).map_err(|why| match why {
                Unread::Unset(name) => KeyError::Unset(name),
                why => KeyError::Unread(why),
            })?,
        };
        Ok((self.checked(&text)?, note::id(text.expose())))
    }

    fn checked(&self, text: &Secret<String>) -> Result<Secret<String>, KeyError> {
        let key = text.expose().trim().lines().next().unwrap_or_default().trim();
        if key.is_empty() || !key.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(KeyError::Malformed(self.to_string()));
        }
        let key = Secret::new(key.to_owned());
        match (self.declared.environment, KeyEnvironment::of(&key)) {
            (Some(only), found) if found != KeyEnvironment::Unknown && found != only => {
                let (found, only) = (found.as_str(), only.as_str());
                Err(KeyError::OtherEnvironment { from: self.to_string(), found, only })
            }
            _ => Ok(key),
        }
    }

    /// The key that was read last, without looking.
    pub fn held(&self) -> Option<Secret<String>> {
        self.lock().key.clone()
    }

    /// Its id at Persona, if the line below the key says it: `# api_…`.
    pub fn id(&self) -> Option<ApiKeyId> {
        self.lock().id.clone()
    }

    /// Whether it may be looked for a new key now.
    pub fn may_be_read_again(&self) -> bool {
        self.is_cheap() || self.lock().read_at.is_none_or(|at| at.elapsed() >= BETWEEN_COMMANDS)
    }

    /// Whether reading it again costs next to nothing.
    pub fn is_cheap(&self) -> bool {
        self.source().is_none_or(Source::is_cheap)
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.from {
            Origin::Source(source) => source.fmt(f),
            Origin::Given(_) => f.write_str("this process"),
        }
    }
}

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
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    use super::*;

    fn write(path: &Path, text: &str, mode: u32) {
        fs::write(path, text).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn a_secret_does_not_print() {
        let key = Secret::new("persona_sandbox_abc".to_owned());
        let source = KeySource::given(key.clone());
        source.read().unwrap();
        let shown = format!("{key:?} {source:?} {source}");
        assert!(shown.starts_with("[redacted] KeySource") && !shown.contains("abc"), "{shown}");
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
        let source = KeySource::new(Source::File(path.clone()));
        let read = || source.read_again().map(|key| key.expose().clone());
        assert!(matches!(read(), Err(KeyError::Unread(Unread::Unreadable { .. }))));
        write(&path, "persona_sandbox_abc\n", 0o640);
        let open = read().unwrap_err().to_string();
        assert!(open.contains("(mode 640): run chmod 600 /"), "{open}");
        write(&path, "persona_sandbox_abc\n# api_1 since Monday\n", 0o600);
        assert_eq!(read().unwrap(), "persona_sandbox_abc");
        assert_eq!(source.id().unwrap().as_str(), "api_1");
        write(&path, "two words\n", 0o600);
        assert!(matches!(read(), Err(KeyError::Malformed(_))));
        assert_eq!(source.read().unwrap().expose(), "persona_sandbox_abc", "the old one stays");
    }

    #[test]
    fn a_command_is_run_once_for_all_clones() {
        let dir = tempfile::tempdir().unwrap();
        let count = dir.path().join("count");
        let line = format!("echo x >> {}; echo persona_sandbox_abc", count.display());
        let source = Source::Command(["sh", "-c", &line].map(str::to_owned).to_vec());
        let source = KeySource::new(source);
        let clone = source.clone();
        for key in [source.read(), clone.read(), source.read()] {
            assert_eq!(key.unwrap().expose(), "persona_sandbox_abc");
        }
        assert_eq!(fs::read_to_string(&count).unwrap(), "x\n");
        assert!(!clone.may_be_read_again(), "it may have asked somebody");
        let failing = KeySource::new(Source::Command(vec!["false".into()]));
        let why = failing.read().unwrap_err().to_string();
        assert!(!failing.may_be_read_again() && failing.read().is_err());
        assert_eq!(why, "no API key: the command false ended with 1: run it yourself to see why");
    }

    #[test]
    fn a_key_of_the_other_environment_is_refused_if_one_is_declared() {
        use KeyEnvironment::{Production, Sandbox};
        let read = |key: &str, only| {
            let key = Secret::new(key.to_owned());
            let declared = Declared { environment: only, permissions: None };
            KeySource::given(key)
                .declaring(declared)
                .read()
                .map(drop)
                .map_err(|why| why.to_string())
        };
        let (sandbox, production) = ("persona_sandbox_verysecret", "persona_production_verysecret");
        for (key, only) in [
            (sandbox, None),
            (production, None),
            (sandbox, Some(Sandbox)),
            (production, Some(Production)),
            ("of_no_prefix", Some(Production)),
        ] {
            assert_eq!(read(key, only), Ok(()));
        }
        let why = read(production, Some(Sandbox)).unwrap_err();
        assert!(why.contains("is of production, but persona.environment says sandbox"), "{why}");
        let why = read(sandbox, Some(Production)).unwrap_err();
        assert!(why.contains("use a key of production") && !why.contains("verysecret"), "{why}");
    }
}
