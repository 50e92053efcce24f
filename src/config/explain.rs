//! Says what is wrong with a file: where, what, and the fix. Never a value of the file: it may be
//! a key that somebody put in the wrong place.

use std::fmt;

use toml::de::{DeTable, DeValue};

use crate::secret::KEY_VARIABLE;

/// Place, what is wrong, and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub file: String,
    /// Line and column, both from 1.
    pub at: Option<(usize, usize)>,
    pub what: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

impl std::error::Error for Error {}

/// Line and column of a byte, both from 1.
pub fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// Where `section.name` is set, however it is spelt: under a header, dotted, or in an inline table.
pub fn where_set(text: &str, path: &[&str]) -> Option<(usize, usize)> {
    let document = DeTable::parse(text).ok()?;
    let mut names = path.iter().peekable();
    let mut table = document.get_ref();
    while let Some(name) = names.next() {
        let (key, value) = table.get_key_value(*name)?;
        if names.peek().is_none() {
            return Some(place(text, key.span().start));
        }
        table = value.get_ref().as_table()?;
    }
    None
}

/// Where a key of Persona's stands, as a value or as a name.
pub fn key_inside(text: &str) -> Option<(usize, usize)> {
    let document = DeTable::parse(text).ok()?;
    key_in_table(document.get_ref()).map(|offset| place(text, offset))
}

fn key_in_table(table: &DeTable<'_>) -> Option<usize> {
    table.iter().find_map(|(name, value)| {
        let name = is_key(name.get_ref()).then(|| name.span().start);
        name.or_else(|| key_in_value(value.get_ref(), value.span().start))
    })
}

fn key_in_value(value: &DeValue<'_>, offset: usize) -> Option<usize> {
    match value {
        DeValue::String(text) => is_key(text).then_some(offset),
        DeValue::Table(table) => key_in_table(table),
        DeValue::Array(values) => {
            values.iter().find_map(|value| key_in_value(value.get_ref(), value.span().start))
        }
        _ => None,
    }
}

fn is_key(text: &str) -> bool {
    let text = text.trim().trim_start_matches("Bearer ");
    ["persona_sandbox_", "persona_production_"].iter().any(|prefix| text.starts_with(prefix))
}

/// What to do about a key in the file.
pub fn keys_stay_out() -> String {
    format!(
        "keys never go into this file; set {KEY_VARIABLE}, or name a private file as persona.api_key_file, or a command as persona.api_key_command"
    )
}

/// The parser's message as a sentence with the fix.
pub fn explain(message: &str) -> String {
    let line = message.lines().next().unwrap_or_default();
    let (given, expected) = line.rsplit_once(", expected ").unwrap_or((line, ""));
    if let Some(name) = given.strip_prefix("unknown field `") {
        return unknown_name(name.trim_end_matches('`'), &quoted(expected));
    }
    if given.starts_with("unknown variant") {
        return format!("must be one of {}", quoted(expected).join(", "));
    }
    if given.starts_with("invalid ") {
        return format!("must be {}", words(expected));
    }
    without_values(line)
}

fn unknown_name(given: &str, known: &[&str]) -> String {
    let folded = given.to_lowercase();
    if folded.contains("api") && folded.contains("key") || folded == "key" || folded == "token" {
        return format!("`{given}`: {}", keys_stay_out());
    }
    let nearest = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), *name))
        .filter(|(distance, name)| *distance <= name.len().max(3) / 2)
        .min();
    match nearest {
        Some((_, name)) => format!("`{given}` is not a setting here; did you mean `{name}`?"),
        // A name like none of ours is not repeated: it may be anything.
        None => format!("this is not a setting here; there are: {}", known.join(", ")),
    }
}

/// What stands in backquotes.
fn quoted(text: &str) -> Vec<&str> {
    text.split('`').skip(1).step_by(2).collect()
}

/// A type of the parser's in a reader's words.
fn words(expected: &str) -> &str {
    match expected {
        "u64" => "a whole number, 0 or more",
        "f64" => "a number",
        "a string" => "text in quotes",
        "path string" => "a path in quotes",
        "a boolean" => "true or false",
        "a sequence" => "a list: […]",
        "a map" => "a table",
        table if table.starts_with("struct ") => "a table",
        other => other,
    }
}

/// What stands in double quotes may be from the file.
fn without_values(line: &str) -> String {
    match (line.find('"'), line.rfind('"')) {
        (Some(first), Some(last)) if first < last => {
            format!("{}…{}", &line[..first], &line[last + 1..])
        }
        _ => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_hold_the_fix_and_no_value() {
        let table = [
            (
                "unknown field `hold_second`, expected one of `hold_seconds`, `mask`",
                "`hold_second` is not a setting here; did you mean `hold_seconds`?",
            ),
            (
                "unknown field `xq9verysecret`, expected `a_setting` or `b_setting`",
                "this is not a setting here; there are: a_setting, b_setting",
            ),
            (
                "unknown variant `very, expected secret`, expected `dark` or `light`",
                "must be one of dark, light",
            ),
            (
                "invalid type: string \"a\\\"verysecret\", expected u64",
                "must be a whole number, 0 or more",
            ),
            ("invalid type: integer `3`, expected struct Persona", "must be a table"),
            ("missing field `code`", "missing field `code`"),
            ("odd \"a\" and \"verysecret\" end", "odd … end"),
        ];
        for (message, expected) in table {
            assert_eq!(explain(message), expected, "{message}");
        }
    }

    #[test]
    fn a_setting_is_found_however_it_is_spelt() {
        for text in ["\n[review]\nmask = 1", "\n\nreview.mask = 1", "\n\n'review' = { mask = 1 }"] {
            let (line, _) = where_set(text, &["review", "mask"]).unwrap();
            assert_eq!(line, 3, "{text}");
        }
        assert_eq!(where_set("[review]\n", &["review", "mask"]), None);
    }

    #[test]
    fn a_key_is_found_wherever_it_stands() {
        for text in [
            "persona_sandbox_x = 1",
            "a = \"persona_production_x\"",
            "a = [{ b = \" Bearer persona_sandbox_x\" }]",
        ] {
            assert!(key_inside(text).is_some(), "{text}");
        }
        assert_eq!(key_inside("a = \"./persona_sandbox_key\" # persona_sandbox_x"), None);
    }
}
