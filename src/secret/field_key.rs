//! The field key: 32 random bytes that personal data is sealed with at rest, and where they lie.

use std::{fmt, io};

use super::{Secret, Source, Unread};

/// The environment variable that holds the field key.
pub const FIELD_KEY_VARIABLE: &str = "CASELOAD_FIELD_KEY";

const BYTES: usize = 32;

/// Written as 64 hexadecimal digits.
#[derive(Debug, Clone)]
pub struct FieldKey(Secret<[u8; BYTES]>);

/// Where the field key is read from; without a source nothing is sealed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldKeySource(pub Option<Source>);

const FILE: &str = "field key file";

/// Why there is no field key, though one is configured. Says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FieldKeyError {
    #[error("no field key: {0}")]
    Unread(Unread),
    #[error("{0}; caseload store new-key makes a new one")]
    Missing(Unread),
    #[error(
        "the field key from {0} is not 64 hexadecimal digits: is it the whole key, and only the key?"
    )]
    Malformed(String),
    #[error(
        "the field key from {0} repeats one byte, so nobody drew it: caseload store new-key makes one"
    )]
    Guessable(String),
}

impl FieldKey {
    /// A new one.
    ///
    /// # Errors
    /// If the operating system has no random numbers.
    pub fn random() -> io::Result<Self> {
        let mut key = Secret::new([0; BYTES]);
        getrandom::fill(key.0.as_mut_slice()).map_err(io::Error::from)?;
        Ok(Self(key))
    }

    /// The bytes themselves; every use of them can be found by this name.
    pub fn expose(&self) -> &[u8; BYTES] {
        self.0.expose()
    }

    /// As a key file has it.
    pub fn digits(&self) -> Secret<String> {
        Secret::new(hex::encode(self.expose()))
    }

    fn parse(raw: &Secret<String>, place: impl fmt::Display) -> Result<Self, FieldKeyError> {
        let text = raw.expose().trim().lines().next().unwrap_or_default().trim();
        let mut key = Secret::new([0; BYTES]);
        if hex::decode_to_slice(text, key.0.as_mut_slice()).is_err() {
            return Err(FieldKeyError::Malformed(place.to_string()));
        }
        let bytes = key.expose();
        if bytes.iter().all(|byte| *byte == bytes[0]) {
            return Err(FieldKeyError::Guessable(place.to_string()));
        }
        Ok(Self(key))
    }
}

impl FieldKeySource {
    /// Reads the key; none if nothing is to be sealed. It may wait for a command.
    ///
    /// # Errors
    /// If it cannot be read, others can read it, or it cannot be a key.
    pub fn read(&self) -> Result<Option<FieldKey>, FieldKeyError> {
        let Some(source) = &self.0 else { return Ok(None) };
        let text = source.text(FILE).map_err(|why| match why {
            why @ Unread::Unreadable { .. } => FieldKeyError::Missing(why),
            why => FieldKeyError::Unread(why),
        })?;
        FieldKey::parse(&text, source).map(Some)
    }
}

impl fmt::Display for FieldKeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("nowhere"),
            Some(source) => source.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt};

    use super::*;

    #[test]
    fn a_key_is_written_read_and_never_printed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("field.key");
        let source = FieldKeySource(Some(Source::File(path.clone())));
        assert!(matches!(source.read(), Err(FieldKeyError::Missing(_))));
        let key = FieldKey::random().unwrap();
        let digits = key.digits().expose().clone();
        fs::write(&path, format!("{digits}\n")).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(source.read().unwrap_err().to_string().contains("(mode 640): run chmod 600"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        let read = source.read().unwrap().unwrap();
        assert_eq!(read.expose(), key.expose());
        assert_eq!(format!("{read:?} {key:?}"), "FieldKey([redacted]) FieldKey([redacted])");
        assert_ne!(FieldKey::random().unwrap().expose(), key.expose());
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_without_repeating_it() {
        let long = "ab".repeat(33);
        let table = [
            ("", "is not 64 hexadecimal digits"),
            ("verysecret", "is not 64 hexadecimal digits"),
            (long.as_str(), "is not 64 hexadecimal digits"),
            (&"0f".repeat(32), "repeats one byte"),
        ];
        for (text, expected) in table {
            let raw = Secret::new(text.to_owned());
            let why = FieldKey::parse(&raw, "/k").unwrap_err().to_string();
            assert!(why.contains(expected) && why.contains("/k"), "{why}");
            assert!(text.is_empty() || !why.contains(text), "{why}");
        }
        assert!(FieldKeySource::default().read().unwrap().is_none());
    }
}
