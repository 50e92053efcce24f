//! The journal's hash chain: pure functions over entries.
//!
//! Each line's hash covers the line and the hash before it, so no line can be changed, dropped or
//! moved without breaking every hash after it.

use sha2::{Digest, Sha256};

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

/// The first line, from 1, whose hash is not what it must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the journal is broken at line {line}")]
pub struct Broken {
    pub line: usize,
}

/// Checks lines of (text, hash) in their order.
pub fn verify<'a>(lines: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<(), Broken> {
    let mut previous = ROOT.to_owned();
    for (nth, (text, hash)) in lines.into_iter().enumerate() {
        previous = link(&previous, text);
        if previous != hash {
            return Err(Broken { line: nth + 1 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_changed_dropped_or_moved_line_is_found() {
        let mut lines = Vec::new();
        let mut previous = ROOT.to_owned();
        for text in ["one", "two", "three"] {
            previous = link(&previous, text);
            lines.push((text, previous.clone()));
        }
        let check = |lines: &[(&str, String)]| verify(lines.iter().map(|(t, h)| (*t, h.as_str())));
        assert_eq!(check(&lines), Ok(()));
        let mut changed = lines.clone();
        changed[1].0 = "TWO";
        assert_eq!(check(&changed), Err(Broken { line: 2 }));
        let dropped = [lines[0].clone(), lines[2].clone()];
        assert_eq!(check(&dropped), Err(Broken { line: 2 }));
        let moved = [lines[1].clone(), lines[0].clone()];
        assert_eq!(check(&moved), Err(Broken { line: 1 }));
    }
}
