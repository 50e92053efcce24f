//! Personal columns at rest: sealed with the field key where there is one, else as they are.
//!
//! In the file a clear column is TEXT, a sealed one a BLOB; on a server both are bytea. Sealed it is a version byte, a nonce, and the text under
//! XChaCha20-Poly1305, bound to its place (column and row), so that it opens nowhere else. These
//! columns are read and written as [`Kept`], which only a [`Seal`] turns into text; the database
//! itself refuses clear text in a sealed store (see `sealed`).

use std::sync::Arc;

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use hmac::{Hmac, Mac};
use serde::{Serialize, de::DeserializeOwned};
use sha2::Sha256;
use sqlx::{
    Decode, Encode, Postgres, Sqlite, Type, TypeInfo, ValueRef,
    encode::IsNull,
    error::BoxDynError,
    postgres::{PgArgumentBuffer, PgTypeInfo, PgValueRef},
    sqlite::{SqliteArgumentsBuffer, SqliteTypeInfo, SqliteValueRef},
};
use zeroize::Zeroizing;

use super::{Error, db::Row};
use crate::{
    model::{Account, Case, Exhibit, Inquiry, Verification, filter::SavedView},
    secret::FieldKey,
};

/// A column with a person's data, by its table and name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    pub table: &'static str,
    pub name: &'static str,
}

pub const INQUIRY: Column = Column { table: "inquiry", name: "body" };
pub const VERIFICATION: Column = Column { table: "verification", name: "body" };
pub const CASE: Column = Column { table: "review_case", name: "body" };
pub const ACCOUNT: Column = Column { table: "account", name: "body" };
pub const EXHIBIT: Column = Column { table: "exhibit", name: "body" };
pub const VERB: Column = Column { table: "action", name: "verb" };
pub const COMMENT: Column = Column { table: "action", name: "comment" };
pub const SHARED_KEY: Column = Column { table: "shared_key", name: "body" };
pub const SAVED_VIEW: Column = Column { table: "saved_view", name: "body" };
pub const NOTE: Column = Column { table: "snoozed", name: "note" };
pub const REASON: Column = Column { table: "action", name: "reason" };

/// All that are sealed; the search of inquiries is hidden in its own way (see `marks`).
pub const COLUMNS: [Column; 11] = [
    INQUIRY,
    VERIFICATION,
    CASE,
    ACCOUNT,
    EXHIBIT,
    VERB,
    COMMENT,
    REASON,
    SHARED_KEY,
    SAVED_VIEW,
    NOTE,
];

/// An object that is the body of a row.
pub trait Body: Serialize + DeserializeOwned {
    const COLUMN: Column;
}

impl Body for Inquiry {
    const COLUMN: Column = INQUIRY;
}

impl Body for Verification {
    const COLUMN: Column = VERIFICATION;
}

impl Body for Case {
    const COLUMN: Column = CASE;
}

impl Body for Exhibit {
    const COLUMN: Column = EXHIBIT;
}

impl Body for SavedView {
    const COLUMN: Column = SAVED_VIEW;
}

impl Body for Account {
    const COLUMN: Column = ACCOUNT;
}

/// What lies in a personal column. It has no `Debug`: it may be clear.
#[derive(Clone, PartialEq, Eq)]
pub enum Kept {
    Clear(String),
    Sealed(Vec<u8>),
}

/// What personal columns are read and written through. Clones share the keys.
#[derive(Clone)]
pub struct Seal(Option<Arc<Keys>>);

/// Derived from the field key, so that it is never used for two things.
struct Keys {
    columns: XChaCha20Poly1305,
    words: Zeroizing<[u8; 32]>,
    check: String,
}

const VERSION: u8 = 1;
const NONCE: usize = 24;

impl Seal {
    /// Columns lie as they are.
    pub fn none() -> Self {
        Self(None)
    }

    pub fn with(key: &FieldKey) -> Self {
        let columns = derived(key, b"caseload columns");
        Self(Some(Arc::new(Keys {
            columns: XChaCha20Poly1305::new_from_slice(columns.as_slice())
                .expect("the derived key has 32 bytes"),
            words: derived(key, b"caseload words"),
            check: hex::encode(&derived(key, b"caseload check")[..16]),
        })))
    }

    /// Tells one key from another and nothing else of it; none where nothing is sealed.
    pub fn check(&self) -> Option<&str> {
        self.0.as_ref().map(|keys| keys.check.as_str())
    }

    /// Under what words are hidden; none where nothing is.
    pub fn words_key(&self) -> Option<&[u8; 32]> {
        self.0.as_ref().map(|keys| &*keys.words)
    }

    /// # Errors
    /// If the operating system has no random numbers.
    pub fn seal(&self, column: Column, id: &str, text: String) -> Result<Kept, Error> {
        let Some(keys) = &self.0 else { return Ok(Kept::Clear(text)) };
        let mut nonce = [0; NONCE];
        getrandom::fill(&mut nonce)
            .map_err(|why| Error::Database(format!("there are no random numbers: {why}")))?;
        let place = place(column, id);
        let payload = Payload { msg: text.as_bytes(), aad: place.as_bytes() };
        let sealed = keys.columns.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.expect("a column is shorter than the cipher's 256 GiB");
        Ok(Kept::Sealed([&[VERSION], nonce.as_slice(), &sealed].concat()))
    }

    /// # Errors
    /// If it was not sealed for this place with this key.
    pub fn open(&self, column: Column, id: &str, kept: Kept) -> Result<String, Error> {
        let damaged =
            |what: &str| Error::Damaged(format!("{}.{} of {id} {what}", column.table, column.name));
        match (kept, &self.0) {
            (Kept::Clear(text), None) => Ok(text),
            // Nothing is said by it.
            (Kept::Clear(text), Some(_)) if text.is_empty() => Ok(text),
            (Kept::Clear(_), Some(_)) => Err(damaged("is not sealed, as all others are")),
            (Kept::Sealed(_), None) => Err(damaged("is sealed, as no other is")),
            (Kept::Sealed(bytes), Some(keys)) => keys
                .open(&place(column, id), &bytes)
                .ok_or_else(|| damaged("does not open: it was changed, cut or moved there")),
        }
    }

    /// A body to be written.
    pub fn body<T: Body>(&self, id: &str, json: String) -> Result<Kept, Error> {
        self.seal(T::COLUMN, id, json)
    }

    /// The body of a row that has the columns `id` and `body`, as JSON.
    pub fn json<T: Body>(&self, row: &Row) -> Result<String, Error> {
        let id: &str = row.try_get("id")?;
        self.open(T::COLUMN, id, row.try_get("body")?)
    }

    /// The object of a row that has the columns `id` and `body`.
    pub fn object<T: Body>(&self, row: &Row) -> Result<T, Error> {
        Ok(serde_json::from_str(&self.json::<T>(row)?)?)
    }
}

impl Keys {
    fn open(&self, place: &str, bytes: &[u8]) -> Option<String> {
        let (version, rest) = bytes.split_first()?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>()?;
        if *version != VERSION {
            return None;
        }
        let payload = Payload { msg: sealed, aad: place.as_bytes() };
        let text = self.columns.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(text).ok()
    }
}

/// No table or column has a slash in its name, so no two places are written alike.
fn place(column: Column, id: &str) -> String {
    format!("{}/{}/{id}", column.table, column.name)
}

/// 32 random bytes in hex.
///
/// # Errors
/// If the operating system has no random numbers.
pub fn random_key() -> Result<String, Error> {
    let mut key = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *key)
        .map_err(|why| Error::Database(format!("there are no random numbers: {why}")))?;
    Ok(hex::encode(*key))
}

pub fn mac(key: &[u8; 32], text: &[u8]) -> Zeroizing<[u8; 32]> {
    let mut mac =
        <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key).expect("a key of any length is taken");
    mac.update(text);
    Zeroizing::new(mac.finalize().into_bytes().into())
}

fn derived(key: &FieldKey, what: &[u8]) -> Zeroizing<[u8; 32]> {
    mac(key.expose(), what)
}

impl Type<Sqlite> for Kept {
    fn type_info() -> SqliteTypeInfo {
        <String as Type<Sqlite>>::type_info()
    }

    fn compatible(ty: &SqliteTypeInfo) -> bool {
        matches!(ty.name(), "TEXT" | "BLOB")
    }
}

impl Encode<'_, Sqlite> for Kept {
    fn encode_by_ref(&self, arguments: &mut SqliteArgumentsBuffer) -> Result<IsNull, BoxDynError> {
        match self {
            Self::Clear(text) => Encode::<Sqlite>::encode_by_ref(text, arguments),
            Self::Sealed(bytes) => Encode::<Sqlite>::encode_by_ref(bytes, arguments),
        }
    }
}

impl<'r> Decode<'r, Sqlite> for Kept {
    fn decode(value: SqliteValueRef<'r>) -> Result<Self, BoxDynError> {
        let is_blob = value.type_info().name() == "BLOB";
        Ok(match is_blob {
            true => Self::Sealed(Decode::<Sqlite>::decode(value)?),
            false => Self::Clear(Decode::<Sqlite>::decode(value)?),
        })
    }
}

/// On a server the column has bytes in any case: sealed ones begin with their version, and no text
/// that was cleaned begins so.
impl Type<Postgres> for Kept {
    fn type_info() -> PgTypeInfo {
        <Vec<u8> as Type<Postgres>>::type_info()
    }
}

impl Encode<'_, Postgres> for Kept {
    fn encode_by_ref(&self, arguments: &mut PgArgumentBuffer) -> Result<IsNull, BoxDynError> {
        let bytes = match self {
            Self::Clear(text) => text.as_bytes(),
            Self::Sealed(bytes) => bytes,
        };
        <&[u8] as Encode<Postgres>>::encode_by_ref(&bytes, arguments)
    }
}

impl<'r> Decode<'r, Postgres> for Kept {
    fn decode(value: PgValueRef<'r>) -> Result<Self, BoxDynError> {
        let bytes = <Vec<u8> as Decode<Postgres>>::decode(value)?;
        Ok(match bytes.first() {
            Some(&VERSION) => Self::Sealed(bytes),
            _ => Self::Clear(String::from_utf8(bytes)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_is_sealed_opens_in_its_place_and_nowhere_else(
            text in ".*", id in "[a-z_0-9]{1,12}", cut in any::<prop::sample::Index>(),
        ) {
            let seal = Seal::with(&FieldKey::random().unwrap());
            let kept = seal.seal(INQUIRY, &id, text.clone()).unwrap();
            prop_assert_eq!(seal.open(INQUIRY, &id, kept.clone()).unwrap(), text.clone());
            let Kept::Sealed(bytes) = kept else { panic!("it is sealed") };
            let found = bytes.windows(text.len().max(1)).any(|part| part == text.as_bytes());
            prop_assert!(text.len() < 4 || !found);
            let other = Seal::with(&FieldKey::random().unwrap());
            let again = || Kept::Sealed(bytes.clone());
            let mut flipped = bytes.clone();
            flipped[cut.index(bytes.len())] ^= 1;
            let refused = [
                other.open(INQUIRY, &id, again()),
                seal.open(INQUIRY, &format!("{id}2"), again()),
                seal.open(CASE, &id, again()),
                seal.open(INQUIRY, &id, Kept::Sealed(flipped)),
                seal.open(INQUIRY, &id, Kept::Sealed(bytes[..cut.index(bytes.len())].to_vec())),
                Seal::none().open(INQUIRY, &id, again()),
                seal.open(INQUIRY, &id, Kept::Clear("clear".into())),
            ];
            for refused in refused {
                let why = refused.expect_err("it is not what was sealed there").to_string();
                prop_assert!(why.contains(&id), "{}", why);
            }
        }
    }

    #[test]
    fn one_text_is_sealed_otherwise_each_time_and_nothing_is_clear_without_a_key() {
        let seal = Seal::with(&FieldKey::random().unwrap());
        let sealed = || seal.seal(VERB, "a1", "approve".into()).unwrap();
        assert!(sealed() != sealed(), "each has a nonce of its own");
        assert!(Seal::none().seal(VERB, "a1", "x".into()).unwrap() == Kept::Clear("x".into()));
    }
}
