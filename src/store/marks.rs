//! What a search looks in, and what it looks for: clear words, and marks of hidden ones.
//!
//! Where a store is sealed, names, reference ids and tags are not in the text that is searched.
//! In their place stand marks: of each of their words, and of each beginning of a word. A mark is
//! a keyed hash in three characters that nobody types, so that it is one entry of the index of
//! three characters in a row (see `search`). The words of a search are marked alike.

use std::collections::BTreeSet;

use super::seal::{Seal, mac};

/// Beginnings of a word that are marked, in characters.
const SHORTEST: usize = 3;
const LONGEST: usize = 16;

/// A word of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Occurs anywhere in what is clear.
    pub text: String,
    /// Or stands there for a hidden word, or a beginning of one.
    pub mark: Option<String>,
}

impl Word {
    /// A word that is looked for in what is never hidden.
    pub fn clear(text: &str) -> Self {
        Self { text: text.to_owned(), mark: None }
    }
}

impl Seal {
    /// What a row is found by. Marks stand in the order of their own, so that they do not tell
    /// which name comes first.
    pub fn search(&self, clear: &[&str], personal: &[&str]) -> String {
        let clear = clear.iter().map(|text| text.to_lowercase());
        let personal = personal.iter().map(|text| text.to_lowercase());
        let words: Vec<String> = match self.words_key() {
            None => clear.chain(personal).collect(),
            Some(key) => {
                let beginnings: BTreeSet<String> =
                    personal.flat_map(|text| beginnings(&text)).collect();
                let marks: BTreeSet<String> =
                    beginnings.iter().map(|word| mark(key, word)).collect();
                clear.chain(marks).collect()
            }
        };
        words.join(" ")
    }

    /// A word of a search, in lower case.
    pub fn word(&self, text: &str) -> Word {
        let mark = self.words_key().map(|key| mark(key, text));
        Word { text: text.to_owned(), mark }
    }
}

/// The words of a text, their parts between hyphens and the like, and how each of them begins.
fn beginnings(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for word in text.split_whitespace() {
        let parts = word.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
        for word in parts.chain([word]) {
            found.insert(word.to_owned());
            let ends = word.char_indices().map(|(at, _)| at).skip(SHORTEST);
            found.extend(ends.take(LONGEST + 1 - SHORTEST).map(|end| word[..end].to_owned()));
        }
    }
    found
}

/// 48 bits of a keyed hash, as characters for private use.
fn mark(key: &[u8; 32], word: &str) -> String {
    let hash = mac(key, word.as_bytes());
    let pairs = hash.chunks_exact(2).take(3);
    pairs.map(|pair| character(u16::from_be_bytes([pair[0], pair[1]]))).collect()
}

fn character(bits: u16) -> char {
    // The last two of the plane are no characters.
    let below = u32::from(bits).min(0xfffd);
    char::from_u32(0xf_0000 + below).expect("plane 15 has characters up to U+FFFFD")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::FieldKey;

    #[test]
    fn words_and_beginnings_are_found_and_nothing_is_read() {
        let seal = Seal::with(&FieldKey::random().unwrap());
        let search = seal.search(&["inq_1", "act_9"], &["Li Anne-Marie Ærøskøbing", "REF-000123"]);
        assert!(search.starts_with("inq_1 act_9 "), "{search}");
        assert!(search.split(' ').skip(2).all(|mark| mark.chars().count() == 3), "{search}");
        let finds = |word: &str| {
            let word = seal.word(&word.to_lowercase());
            search.contains(&word.text) || word.mark.is_some_and(|mark| search.contains(&mark))
        };
        for word in ["li", "Anne", "ann", "Anne-Marie", "anne-m", "mar", "Ærø", "ref-000123"] {
            assert!(finds(word), "{word}");
        }
        for word in ["000123", "0001", "q_1", "act_9"] {
            assert!(finds(word), "{word}");
        }
        for word in ["an", "nne", "købing", "l", "nobody", "00123"] {
            assert!(!finds(word), "{word}");
        }
        let other = Seal::with(&FieldKey::random().unwrap());
        assert_ne!(other.word("anne").mark, seal.word("anne").mark);
    }

    #[test]
    fn a_clear_store_is_searched_in_as_it_is() {
        assert_eq!(Seal::none().search(&["inq_1"], &["Jane DOE"]), "inq_1 jane doe");
        assert_eq!(Seal::none().word("jane").mark, None);
    }

    #[test]
    fn a_long_word_is_marked_as_a_whole() {
        let found = beginnings("abcdefghijklmnopqrstuvwxyz");
        assert!(found.contains("abcdefghijklmnop") && !found.contains("abcdefghijklmnopq"));
        assert!(found.contains("abcdefghijklmnopqrstuvwxyz"));
        assert_eq!(found.len(), LONGEST - SHORTEST + 2);
    }
}
