//! The journal's proof: pure functions over lines and over bundles of them.
//!
//! Each line's hash covers its text and the hash before it, so no line can be changed, dropped or
//! moved without breaking every hash after it. [`chain`] checks that, [`bundle`] makes and checks
//! the evidence file of one decision.

pub mod bundle;
pub mod chain;

use sha2::{Digest, Sha256};

pub use self::chain::{Chain, End, Flaw, Proof, Wrong};
use crate::model::JournalEntry;

/// What the first line is chained to.
pub const ROOT: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// The text of an entry as it is stored and hashed.
pub fn canonical(entry: &JournalEntry) -> String {
    serde_json::to_string(entry).expect("an entry is plain text and numbers")
}

/// The hash of a line, in lower-case hex: SHA-256 over the hash before it and its text.
pub fn link(previous: &str, line: &str) -> String {
    let mut digest = Sha256::new();
    digest.update(previous);
    digest.update(line);
    hex::encode(digest.finalize())
}

/// SHA-256 in lower-case hex.
pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// Checks lines of (text, hash) from the first on, in their order.
///
/// # Errors
/// The first line that is not what it must be.
pub fn verify<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Proof, Flaw> {
    let mut chain = Chain::default();
    for ((text, hash), number) in lines.into_iter().zip(1..) {
        chain.take(number, text, hash);
    }
    chain.prove(None)
}
