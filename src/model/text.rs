//! Text from outside, made inert once: it can neither move the cursor nor hide, and says where
//! something tried to.
//!
//! Escapes, other control characters, what turns the direction of text and hidden tags leave one
//! [`REMOVED`] where a run of them stood. What is invisible and harmless goes without a trace:
//! joiners, marks of direction, soft hyphens, variation selectors, fillers. Every kind of blank
//! becomes a space, and a letter keeps a few of the marks that are piled on it.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthChar;

/// Cleaned text: no control, escape, bidi or zero-width character is ever inside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Text(String);

/// Stands where something was taken out that a terminal acts on or that misleads a reader.
pub const REMOVED: char = '\u{fffd}';

/// The longest text kept, in bytes; the rest is cut at a character boundary.
const MAX_BYTES: usize = 16 * 1024;

/// The most marks on one letter: scripts that are read pile up four at most.
const MAX_MARKS: usize = 5;

/// What becomes of one character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Kept,
    Blank,
    /// One [`REMOVED`] stands for a run of these.
    Marked,
    Dropped,
}

impl Text {
    /// Cleans `raw`. Cleaning what is clean changes nothing.
    pub fn new(raw: &str) -> Self {
        // Most text is plain, and most of the time of reading a page would go into cleaning it.
        if raw.len() <= MAX_BYTES && raw.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Self(raw.to_owned());
        }
        let mut clean = String::with_capacity(raw.len().min(MAX_BYTES));
        let (mut marks, mut is_marked) = (0, false);
        for c in raw.chars() {
            let was_marked = std::mem::replace(&mut is_marked, false);
            let c = match fate(c) {
                Fate::Kept if c.width() == Some(0) => {
                    marks += 1;
                    if marks > MAX_MARKS {
                        continue;
                    }
                    c
                }
                Fate::Kept => {
                    marks = 0;
                    c
                }
                Fate::Blank => {
                    marks = 0;
                    ' '
                }
                Fate::Marked => {
                    is_marked = true;
                    if was_marked {
                        continue;
                    }
                    marks = 0;
                    REMOVED
                }
                Fate::Dropped => {
                    is_marked = was_marked;
                    continue;
                }
            };
            if clean.len() + c.len_utf8() > MAX_BYTES {
                break;
            }
            clean.push(c);
        }
        Self(clean)
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn fate(c: char) -> Fate {
    match c {
        // letters of most text
        'a'..='z' | 'A'..='Z' | '0'..='9' => Fate::Kept,
        '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' => Fate::Blank,
        // controls (C0, DEL, C1: escape sequences start here)
        '\u{00}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // bidi embeddings, overrides and isolates, old shapers of digits
        | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        // annotations, and tags: text that nobody sees
        | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}' => Fate::Marked,
        // soft hyphen, grapheme joiner, Arabic letter mark, Khmer and Mongolian invisibles
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        // zero-width space and joiners, bidi marks, word joiner and invisible operators
        | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2065}'
        // Hangul fillers, which are letters without a form
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'
        // variation selectors, byte order mark, what is no character
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fdd0}'..='\u{fdef}' | '\u{fffe}' | '\u{ffff}'
        // controls of hieroglyphs, shorthand and music, the rest of that plane
        | '\u{13430}'..='\u{1343f}' | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0080}'..='\u{e0fff}' => Fate::Dropped,
        // of Braille the pattern without a dot
        '\u{2800}' => Fate::Blank,
        c if c.is_whitespace() => Fate::Blank,
        // what comes to have no width with a newer Unicode is still a mark on the letter before
        _ => Fate::Kept,
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<String> for Text {
    fn from(raw: String) -> Self {
        Self::new(&raw)
    }
}

impl From<&str> for Text {
    fn from(raw: &str) -> Self {
        Self::new(raw)
    }
}

impl From<Text> for String {
    fn from(text: Text) -> String {
        text.0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn text_cannot_move_the_cursor_or_hide_and_says_where_something_was() {
        let table = [
            ("Ada\u{1b}[2J\u{202e}evil", "Ada\u{fffd}[2J\u{fffd}evil"),
            ("\u{1b}]52;c;QQ==\u{7}", "\u{fffd}]52;c;QQ==\u{fffd}"),
            ("a\u{9b}1m\u{e0041}\u{e0042}b", "a\u{fffd}1m\u{fffd}b"),
            ("\u{8}\u{8}\u{0}x", "\u{fffd}x"),
            ("\u{1b}\u{200b}\u{1b}x", "\u{fffd}x"),
            ("two\nlines\r\n\tand\u{85}more", "two lines   and more"),
            ("so\u{ad}ft\u{200d}\u{feff}\u{fe0f}", "soft"),
            ("\u{200e}left\u{200f}", "left"),
            ("山田\u{3000}太郎", "山田 太郎"),
            ("\u{3164}\u{2800}\u{a0}", "  "),
            ("عائشة 山田 é 한", "عائشة 山田 é 한"),
        ];
        for (raw, clean) in table {
            assert_eq!(Text::new(raw).as_str(), clean, "{raw:?}");
        }
    }

    #[test]
    fn marks_are_kept_as_far_as_scripts_need_them() {
        for name in
            ["Nguye\u{302}\u{303}n", "น้ำผึ้ง", "नमूना", "עַ֥ל", "བསྒྲུབས", "\u{1112}\u{1161}\u{11ab}"]
        {
            assert_eq!(Text::new(name).as_str(), name);
        }
        let piled = format!("Z{}a", "\u{301}".repeat(400));
        assert_eq!(Text::new(&piled).as_str(), format!("Z{}a", "\u{301}".repeat(MAX_MARKS)));
    }

    #[test]
    fn it_is_cut_at_a_character() {
        let long = Text::new(&"é".repeat(MAX_BYTES));
        assert_eq!(long.as_str().len(), MAX_BYTES);
    }

    proptest! {
        #[test]
        fn whatever_comes_is_inert_and_cleaned_once(raw in any::<String>(), more in "[\u{0}-\u{ff}\u{200b}-\u{206f}\u{e0000}-\u{e01ff}a\u{301}]*") {
            let text = Text::new(&format!("{raw}{more}"));
            let is_bad = |c: char| {
                c.is_control() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
                    | '\u{2060}'..='\u{206f}' | '\u{e0000}'..='\u{e0fff}')
            };
            prop_assert!(!text.as_str().contains(is_bad), "{text:?}");
            prop_assert_eq!(Text::new(text.as_str()), text);
        }
    }
}
