//! `[keys]`: keys of the reviewer's own, by the command's name, and what of them a terminal sends.
//! Which names there are and which keys collide is the console's to say, which has the table.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::check::Problem;

/// By the name of what they ask for.
pub type Keys = BTreeMap<String, Bound>;

/// Spellings of keys instead of the default ones; none takes them away.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Bound(pub Vec<String>);

impl<'de> Deserialize<'de> for Bound {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct OneOrMore;
        impl<'de> de::Visitor<'de> for OneOrMore {
            type Value = Bound;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key in quotes, or a list of them: […]")
            }

            fn visit_str<E: de::Error>(self, one: &str) -> Result<Bound, E> {
                Ok(Bound(vec![one.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Bound, A::Error> {
                let mut keys = Vec::new();
                while let Some(key) = list.next_element()? {
                    keys.push(key);
                }
                Ok(Bound(keys))
            }
        }
        from.deserialize_any(OneOrMore)
    }
}

/// One press, or up to three in a row: `a`, `Ctrl-d`, `gg`, `Ctrl-x w`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord(Vec<String>);

impl Chord {
    pub fn presses(&self) -> &[String] {
        &self.0
    }

    /// The press that it is, if it is one alone.
    pub fn alone(&self) -> Option<&str> {
        match self.0.as_slice() {
            [one] => Some(one),
            _ => None,
        }
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = self.0.iter().all(|press| press.chars().count() == 1);
        f.write_str(&self.0.join(if plain { "" } else { " " }))
    }
}

/// Keys with a name, as they are written.
const NAMED: &[&str] = &[
    "Enter",
    "Esc",
    "Space",
    "Tab",
    "Shift-Tab",
    "Backspace",
    "Up",
    "Down",
    "Left",
    "Right",
    "Home",
    "End",
    "PageUp",
    "PageDown",
];

const LONGEST: usize = 3;

/// Reads a spelling. Presses with a name stand apart: `Ctrl-x w`; letters may stand together: `gg`.
///
/// # Errors
/// Why no terminal sends it, or that it is no key; what is no key is not repeated.
pub fn chord(spelling: &str) -> Result<Chord, String> {
    let mut presses = Vec::new();
    for word in spelling.split_whitespace() {
        match press(word)? {
            Some(press) => presses.push(press),
            None => {
                for letter in word.chars() {
                    if letter.is_control() {
                        return Err(NO_KEY.to_owned());
                    }
                    presses.push(letter.to_string());
                }
            }
        }
    }
    match presses.len() {
        0 => Err(NO_KEY.to_owned()),
        1..=LONGEST => Ok(Chord(presses)),
        _ => Err(format!("more than {LONGEST} presses, or no key: {NO_KEY}")),
    }
}

const NO_KEY: &str = "a key is written like \"a\", \"Ctrl-d\", \"Space\", \"gg\" or \"Ctrl-x w\"";

/// A key by its name, or with Ctrl; none: letters, each a press.
fn press(word: &str) -> Result<Option<String>, String> {
    if let Some(name) = NAMED.iter().find(|name| name.eq_ignore_ascii_case(word)) {
        return Ok(Some((*name).to_owned()));
    }
    if word.chars().count() == 1 {
        return Ok(None);
    }
    let folded = word.to_lowercase();
    if let Some(letter) = folded.strip_prefix("ctrl-").or_else(|| folded.strip_prefix("c-")) {
        return control(letter).map(Some);
    }
    let alt = ["alt-", "meta-", "m-", "option-", "super-", "cmd-", "win-"];
    if alt.iter().any(|prefix| folded.starts_with(prefix)) {
        return Err("Alt and the like do not reach every terminal: take Ctrl, or a chord".into());
    }
    if folded.starts_with("shift-") {
        return Err("a terminal sends what Shift makes of a key: write \"A\" itself".into());
    }
    let number = folded.strip_prefix('f').and_then(|number| number.parse::<u8>().ok());
    if number.is_some_and(|number| (1..=24).contains(&number)) {
        return Err("function keys do not reach every terminal: take a letter, or a chord".into());
    }
    Ok(None)
}

fn control(key: &str) -> Result<String, String> {
    let same = |what: &str| Err(format!("Ctrl-{key} is {what} to a terminal: take another key"));
    match key {
        "i" => same("Tab"),
        "m" => same("Enter"),
        "[" => same("Esc"),
        "h" => same("Backspace"),
        _ => match key.as_bytes() {
            [letter] if letter.is_ascii_lowercase() => Ok(format!("Ctrl-{key}")),
            _ => Err("with Ctrl a terminal sends letters only: take Ctrl-a, or a chord".into()),
        },
    }
}

/// A key that somebody may choose.
fn own(spelling: &str) -> Result<(), String> {
    let chord = chord(spelling)?;
    let has = |kept: &str| chord.0.iter().any(|press| press == kept);
    match (has("Ctrl-c"), has("Ctrl-z")) {
        (true, _) => Err("Ctrl-c always interrupts: take another key".into()),
        (_, true) => Err("Ctrl-z always goes back to the shell: take another key".into()),
        (false, false) => Ok(()),
    }
}

/// # Errors
/// With the first key that no terminal sends, or that is not to be had.
pub fn check(keys: &Keys) -> Result<(), Problem> {
    for (name, bound) in keys {
        for spelling in &bound.0 {
            own(spelling).map_err(|what| Problem {
                setting: "keys",
                below: vec![name.clone()],
                what,
            })?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_are_presses_or_it_is_said_why_not() {
        let table = [
            ("a", "a"),
            ("A", "A"),
            ("<", "<"),
            ("ü", "ü"),
            ("gg", "g g"),
            ("g g", "g g"),
            ("Ctrl-D", "Ctrl-d"),
            ("ctrl-x w", "Ctrl-x w"),
            ("space", "Space"),
            (" Shift-tab ", "Shift-Tab"),
            ("esc", "Esc"),
            ("u p", "u p"),
            ("up", "Up"),
            ("g-", "g -"),
        ];
        for (spelling, presses) in table {
            assert_eq!(chord(spelling).unwrap().presses().join(" "), presses, "{spelling}");
        }
        let refused = [
            ("", "a key is written like"),
            ("verysecret", "more than 3 presses"),
            ("a\u{1b}", "a key is written like"),
            ("Alt-a", "Alt and the like"),
            ("Ctrl-Enter", "letters only"),
            ("Ctrl-1", "letters only"),
            ("F5", "function keys"),
            ("Ctrl-i", "is Tab to a terminal"),
            ("Ctrl-m", "is Enter to a terminal"),
            ("Ctrl-[", "is Esc to a terminal"),
            ("Ctrl-h", "is Backspace to a terminal"),
            ("Shift-a", "what Shift makes of a key"),
        ];
        for (spelling, why) in refused {
            let said = chord(spelling).unwrap_err();
            assert!(said.contains(why), "{spelling:?}: {said}");
            assert!(!said.contains("verysecret"));
        }
        assert!(own("Ctrl-c").unwrap_err().contains("always interrupts") && own("c").is_ok());
        assert!(own("Ctrl-z").unwrap_err().contains("back to the shell"));
        assert_eq!(chord("gg").unwrap().to_string(), "gg");
        assert_eq!(chord("Ctrl-x w").unwrap().to_string(), "Ctrl-x w");
    }
}
