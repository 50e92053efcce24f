//! Replays: the first answer to a key is the answer to that key, failures too.

use std::collections::HashMap;

use jiff::{Timestamp, ToSpan};
use sha2::{Digest, Sha256};

/// An answer that was given.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored {
    pub status: u16,
    pub body: String,
}

#[derive(Debug)]
struct Entry {
    request: [u8; 32],
    /// None while the first request is still running.
    answer: Option<Stored>,
    at: Timestamp,
}

/// What a key came to.
#[derive(Debug, PartialEq)]
pub enum Seen {
    New,
    Replay(Stored),
    /// The first request under this key has not been answered.
    Running,
    /// The key was used with other parameters.
    Mismatch,
}

#[derive(Debug, Default)]
pub struct Keys(HashMap<String, Entry>);

impl Keys {
    /// What to do with a request under `key`. Keys live for 24 hours.
    pub fn look(&mut self, key: &str, request: [u8; 32], now: Timestamp) -> Seen {
        match self.0.get(key) {
            Some(entry) if now >= entry.at + 24.hours() => {
                self.0.remove(key);
                Seen::New
            }
            Some(entry) if entry.request != request => Seen::Mismatch,
            Some(Entry { answer: Some(answer), .. }) => Seen::Replay(answer.clone()),
            Some(_) => Seen::Running,
            None => Seen::New,
        }
    }

    /// The first request under this key begins.
    pub fn begin(&mut self, key: &str, request: [u8; 32], now: Timestamp) {
        self.0.entry(key.to_owned()).or_insert(Entry { request, answer: None, at: now });
    }

    /// It ended without an answer that is kept: the key is free again.
    pub fn forget(&mut self, key: &str) {
        self.0.retain(|known, entry| known != key || entry.answer.is_some());
    }

    pub fn store(&mut self, key: &str, request: [u8; 32], answer: Stored, now: Timestamp) {
        if self.0.len().is_multiple_of(PRUNED_EVERY) {
            self.0.retain(|_, entry| now < entry.at + 24.hours());
        }
        if self.0.len() >= MOST {
            self.forget_some();
        }
        self.0.insert(key.to_owned(), Entry { request, answer: Some(answer), at: now });
    }

    /// The older half of what was answered.
    fn forget_some(&mut self) {
        let mut ages: Vec<Timestamp> = self.0.values().map(|entry| entry.at).collect();
        ages.sort_unstable();
        let middle = ages[ages.len() / 2];
        self.0.retain(|_, entry| entry.answer.is_none() || entry.at > middle);
    }
}

/// However many come in a day, no more than these are remembered.
const MOST: usize = 16_384;

/// Old keys are thrown away whenever so many have come.
const PRUNED_EVERY: usize = 1_024;

/// What makes two requests the same.
pub fn fingerprint(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    let mut digest = Sha256::new();
    digest.update(method);
    digest.update([0]);
    digest.update(path);
    digest.update([0]);
    digest.update(body);
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_second(hour * 3_600).unwrap()
    }

    #[test]
    fn the_first_answer_is_the_answer() {
        let failed = Stored { status: 500, body: "{}".into() };
        let (one, other) = (fingerprint("POST", "/a", b"1"), fingerprint("POST", "/a", b"2"));
        let mut keys = Keys::default();
        assert_eq!(keys.look("k", one, at(0)), Seen::New);
        keys.store("k", one, failed.clone(), at(0));
        assert_eq!(keys.look("k", one, at(1)), Seen::Replay(failed));
        assert_eq!(keys.look("k", other, at(1)), Seen::Mismatch);
        assert_eq!(keys.look("k", one, at(24)), Seen::New, "a pruned key starts anew");
    }

    #[test]
    fn a_key_in_use_is_not_used_twice() {
        let print = fingerprint("POST", "/a", b"");
        let mut keys = Keys::default();
        keys.begin("k", print, at(0));
        assert_eq!(keys.look("k", print, at(0)), Seen::Running);
        keys.forget("k");
        assert_eq!(keys.look("k", print, at(0)), Seen::New);
    }

    #[test]
    fn more_keys_than_there_is_room_for_are_forgotten_oldest_first() {
        let answer = Stored { status: 200, body: String::new() };
        let print = fingerprint("POST", "/a", b"");
        let minute = |nth: usize| Timestamp::from_second(i64::try_from(nth).unwrap()).unwrap();
        let mut keys = Keys::default();
        keys.begin("runs", print, minute(0));
        for nth in 0..3 * MOST {
            keys.store(&format!("k{nth}"), print, answer.clone(), minute(nth));
            assert!(keys.0.len() <= MOST, "{nth}");
        }
        let mut look = |key: &str| keys.look(key, print, minute(3 * MOST));
        assert_eq!(look("runs"), Seen::Running);
        assert_eq!(look("k0"), Seen::New);
        assert_eq!(look(&format!("k{}", 3 * MOST - 1)), Seen::Replay(answer));
    }
}
