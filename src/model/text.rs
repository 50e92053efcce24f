//! Text from outside, made inert once: it can neither move the cursor nor pass for something else.
//!
//! `Text` is what Persona or an applicant wrote, cleaned. `Pii` is a `Text` that identifies a
//! person: it prints masked everywhere unless somebody asks for it by name.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Cleaned text: no control, escape, bidi or zero-width character is ever inside.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Text(String);

/// The longest text kept, in bytes; the rest is cut at a character boundary.
const MAX_BYTES: usize = 16 * 1024;

impl Text {
    /// Cleans `raw`: line breaks and tabs become spaces, what is invisible or moves the cursor goes.
    pub fn new(raw: &str) -> Self {
        // Most text is plain, and most of the time of reading a page would go into cleaning it.
        if raw.len() <= MAX_BYTES && raw.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            return Self(raw.to_owned());
        }
        let mut clean = String::with_capacity(raw.len().min(MAX_BYTES));
        for c in raw.chars() {
            if clean.len() + c.len_utf8() > MAX_BYTES {
                break;
            }
            match c {
                '\n' | '\r' | '\t' | '\u{2028}' | '\u{2029}' => clean.push(' '),
                c if is_inert(c) => clean.push(c),
                _ => {}
            }
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

/// False for characters that a terminal acts on or a reader cannot see.
fn is_inert(c: char) -> bool {
    !matches!(c,
        // controls (C0, DEL, C1: escape sequences start here)
        '\u{00}'..='\u{1f}' | '\u{7f}'..='\u{9f}'
        // soft hyphen, Arabic letter mark, Mongolian vowel separator
        | '\u{ad}' | '\u{61c}' | '\u{180e}'
        // zero-width space and joiners, bidi marks and embeddings, word joiner, isolates
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        // variation selectors, byte order mark, annotations, tags
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        | '\u{e0000}'..='\u{e0fff}')
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

/// Text that identifies a person. `Display` and `Debug` are masked; [`Pii::reveal`] is the only
/// way to the value, so every place that shows it can be found by that name.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pii(Text);

impl Pii {
    pub fn new(raw: &str) -> Self {
        Self(Text::new(raw))
    }

    pub fn reveal(&self) -> &Text {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shape without the value: the first letter of each word, then three dots whatever the
    /// length; digits give nothing away but their separators (`19••-••-••` shows the century of
    /// a date, since an age class is what a reviewer compares first).
    pub fn masked(&self) -> String {
        let value = self.0.as_str();
        if is_date(value) {
            return format!("{}••-••-••", &value[..2]);
        }
        value.split_whitespace().map(masked_word).collect::<Vec<_>>().join(" ")
    }
}

fn is_date(value: &str) -> bool {
    value.len() == 10
        && value.bytes().enumerate().all(|(at, b)| match at {
            4 | 7 => b == b'-',
            _ => b.is_ascii_digit(),
        })
}

fn masked_word(word: &str) -> String {
    match word.graphemes(true).next() {
        Some(first) if first.chars().all(char::is_alphabetic) => format!("{first}•••"),
        Some(_) => "••••".to_owned(),
        None => String::new(),
    }
}

impl From<Text> for Pii {
    fn from(text: Text) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Pii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pii(•••)")
    }
}

impl fmt::Display for Pii {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_move_the_cursor_or_hide() {
        let hostile = "Ada\u{1b}[2J\u{202e}evil\u{200d}\n\tT\u{9b}1m\u{e0041}";
        assert_eq!(Text::new(hostile).as_str(), "Ada[2Jevil  T1m");
        assert_eq!(Text::new("عائشة 山田 é").as_str(), "عائشة 山田 é");
    }

    #[test]
    fn pii_is_masked_in_every_format() {
        let name = Pii::new("Ada Lovelace");
        assert_eq!(name.to_string(), "A••• L•••");
        assert_eq!(format!("{name:?}"), "Pii(•••)");
        assert_eq!(Pii::new("1990-02-03").masked(), "19••-••-••");
        assert_eq!(Pii::new("+1 555 000").masked(), "•••• •••• ••••");
        assert_eq!(Pii::new("").masked(), "");
    }
}
