//! Text that identifies a person: it prints masked everywhere unless somebody asks for it by name.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{
    mask,
    text::{REMOVED, Text},
};

/// `Display` and `Debug` are masked; [`Pii::reveal`] is the only way to the value, so every place
/// that shows it can be found by that name.
///
/// What a person wrote cannot pass for what this program draws, either: where it has parts of frames
/// or the marks of checks, there is [`REMOVED`].
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "Text", into = "Text")]
pub struct Pii(Text);

impl Pii {
    pub fn new(raw: &str) -> Self {
        Self::from(Text::new(raw))
    }

    pub fn reveal(&self) -> &Text {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shape without the value, judged by the value alone: see [`mask`].
    pub fn masked(&self) -> String {
        mask::value(self.0.as_str())
    }

    /// The same for the value of a field whose name says what it is.
    pub fn masked_as(&self, field: &str) -> String {
        mask::field(field, self.0.as_str())
    }
}

/// Parts of frames, blocks, and the marks that checks and cursors have on the screen.
fn imitates(c: char) -> bool {
    matches!(c, '\u{2500}'..='\u{259f}' | '✓' | '✔' | '✕' | '✖' | '✗' | '✘' | '▸' | '▶' | '≠' | '≈')
}

impl From<Text> for Pii {
    fn from(text: Text) -> Self {
        match text.as_str().is_ascii() || !text.as_str().contains(imitates) {
            true => Self(text),
            false => {
                Self(Text::new(&text.as_str().replace(imitates, REMOVED.encode_utf8(&mut [0; 4]))))
            }
        }
    }
}

impl From<Pii> for Text {
    fn from(personal: Pii) -> Self {
        personal.0
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
    fn it_is_masked_in_every_format() {
        let name = Pii::new("Ada Lovelace");
        assert_eq!(name.to_string(), "A• L••");
        assert_eq!(format!("{name:?}"), "Pii(•••)");
        assert_eq!(name.reveal().as_str(), "Ada Lovelace");
    }

    #[test]
    fn it_cannot_pass_for_what_is_drawn_here() {
        let value = Pii::new("Ada ✓ passed │ ▸ next");
        assert_eq!(value.reveal().as_str(), "Ada \u{fffd} passed \u{fffd} \u{fffd} next");
        let json = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Pii>(&json).unwrap(), value);
        assert_eq!(serde_json::from_str::<Pii>("\"✗\"").unwrap().reveal().as_str(), "\u{fffd}");
    }
}
