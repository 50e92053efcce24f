//! Template values as named fields: wrapped or flat, nested or not, one line each.

use super::{
    files::is_file,
    jsonapi::{Json, Members, Resource, is_spelled},
    mismatches::type_of,
};
use crate::model::{Field, Pii, Text, field::normalised};

/// Values under `fields`, in wire order and in the spelling that was read.
pub fn of(resource: &Resource<'_>) -> Vec<Field> {
    under(resource, "fields")
}

/// The same for another attribute that holds named values.
pub fn under(resource: &Resource<'_>, name: &str) -> Vec<Field> {
    let mut out = Vec::new();
    match resource.attribute(name) {
        None => {}
        Some(Json::Object(all)) => {
            for (name, value) in all.iter() {
                keep(&mut out, resource, name, value);
            }
        }
        Some(other) => resource.note(&format!("attributes.{name}"), "an object", type_of(other)),
    }
    out
}

/// Adds a value of an object, and notes if it was too much.
pub fn keep(out: &mut Vec<Field>, resource: &Resource<'_>, name: &str, value: &Json<'_>) {
    if flatten(out, name, value) == Kept::InPart {
        let expected = format!("{MOST_FIELDS} values, {DEEPEST} deep");
        resource.note(&format!("attributes.{name}"), &expected, "more");
    }
}

/// Versions up to 2023-01-05 carried these beside `fields`.
pub const LEGACY: &[&str] = &[
    "name-first",
    "name-middle",
    "name-last",
    "birthdate",
    "phone-number",
    "email-address",
    "address-street-1",
    "address-street-2",
    "address-city",
    "address-subdivision",
    "address-postal-code",
    "address-subdivision-abbr",
    "address-postal-code-abbr",
    "country-code",
    "social-security-number",
    "identification-number",
    "identification-numbers",
];

/// The same, and what older versions carry beside `fields` where that lacks it.
pub fn with_legacy(resource: &Resource<'_>) -> Vec<Field> {
    let mut out = of(resource);
    for (name, value) in resource.attributes() {
        let known = LEGACY.iter().find(|known| is_spelled(known, name));
        if known.is_some_and(|known| !has(&out, &normalised(known))) {
            keep(&mut out, resource, name, value);
        }
    }
    out
}

/// Whether `fields` has `key`, flat (`name_first`) or nested (`name.first`), or parts of it.
fn has(fields: &[Field], key: &str) -> bool {
    fields.iter().any(|field| {
        let rest = field.key().replace('.', "_");
        rest.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
    })
}

/// Bounds on what a body can make us do.
/// What was ignored in a list of sanctions lies seven deep.
const DEEPEST: usize = 8;
const MOST_FIELDS: usize = 500;

/// Whether a value was taken whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept {
    Whole,
    InPart,
}

/// Adds a value under its name: nested values get dotted names, `{"type", "value"}` wrappers are
/// taken off, and of a file only its name is kept.
pub fn flatten(out: &mut Vec<Field>, name: &str, value: &Json<'_>) -> Kept {
    add(out, name, value, 0)
}

fn add(out: &mut Vec<Field>, name: &str, value: &Json<'_>, depth: usize) -> Kept {
    let value = unwrapped(value);
    if value.is_null() {
        return Kept::Whole;
    }
    if depth > DEEPEST || out.len() >= MOST_FIELDS {
        return Kept::InPart;
    }
    match value {
        Json::Object(file) if is_file(file) => {
            if let Some(file) = file.get("filename").and_then(Json::as_str) {
                push(out, name, file);
            }
        }
        Json::Object(object) => {
            return all(object
                .iter()
                .map(|(part, value)| add(out, &format!("{name}.{part}"), value, depth + 1)));
        }
        Json::Array(list) => {
            let words: Option<Vec<String>> =
                list.iter().map(|value| plain(unwrapped(value))).collect();
            match words {
                Some(words) => push(out, name, &words.join(", ")),
                None => {
                    return all(list.iter().enumerate().map(|(nth, value)| {
                        add(out, &format!("{name}.{}", nth + 1), value, depth + 1)
                    }));
                }
            }
        }
        value => {
            if let Some(text) = plain(value) {
                push(out, name, &text);
            }
        }
    }
    Kept::Whole
}

/// Stops at the first that was not taken whole: there is room for no more.
fn all(mut kept: impl Iterator<Item = Kept>) -> Kept {
    if kept.any(|kept| kept == Kept::InPart) { Kept::InPart } else { Kept::Whole }
}

fn push(out: &mut Vec<Field>, name: &str, value: &str) {
    if !value.is_empty() && !opens_a_file(value) {
        out.push(Field { name: Text::new(name), value: Pii::new(value) });
    }
}

/// Whoever has such a link can read the file, so none is kept.
pub fn opens_a_file(value: &str) -> bool {
    value.contains("access_token=") || value.contains("://files.withpersona.com/")
}

fn plain(value: &Json<'_>) -> Option<String> {
    match value {
        Json::Str(text) => Some(text.to_string()),
        Json::Number(number) => Some(number.to_string()),
        Json::Bool(true) => Some("yes".to_owned()),
        Json::Bool(false) => Some("no".to_owned()),
        Json::Null | Json::Array(_) | Json::Object(_) => None,
    }
}

fn unwrapped<'a>(value: &'a Json<'a>) -> &'a Json<'a> {
    match value.as_object() {
        Some(object) if is_wrapper(object) => object.get("value").unwrap_or(&Json::Null),
        _ => value,
    }
}

fn is_wrapper(object: &Members<'_>) -> bool {
    object.len() <= 2
        && object.get("value").is_some()
        && object.get("type").is_some_and(Json::is_string)
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, Value, json};

    use super::*;

    fn read(name: &str, value: &Value) -> Vec<(String, String)> {
        let mut out = Vec::new();
        flatten(&mut out, name, &Json::from(value));
        out.iter().map(|field| (field.name.to_string(), field.value.reveal().to_string())).collect()
    }

    #[test]
    fn every_shape_of_a_value_becomes_lines() {
        let string = |value: &str| json!({ "type": "string", "value": value });
        let secret = "https://files.withpersona.com/a.jpg?access_token=secret";
        type Lines = &'static [(&'static str, &'static str)];
        let table: [(&str, Value, Lines); 14] = [
            ("flat", json!("Ada"), &[("flat", "Ada")]),
            ("name-first", string("Ada"), &[("name-first", "Ada")]),
            ("count", json!({ "type": "integer", "value": 3 }), &[("count", "3")]),
            ("score", json!(0.5), &[("score", "0.5")]),
            ("pep", json!({ "type": "boolean", "value": false }), &[("pep", "no")]),
            ("none", json!({ "type": "string", "value": null }), &[]),
            (
                "list",
                json!({ "type": "array", "value": [string("a"), "b", 3] }),
                &[("list", "a, b, 3")],
            ),
            ("empty", json!({ "type": "array", "value": [] }), &[]),
            (
                "name",
                json!({ "type": "hash", "value": { "first": string("Ada"), "last": string("Test") } }),
                &[("name.first", "Ada"), ("name.last", "Test")],
            ),
            (
                "ids",
                json!([{ "type": "hash", "value": { "class": string("dl") } }, { "class": "pp" }]),
                &[("ids.1.class", "dl"), ("ids.2.class", "pp")],
            ),
            (
                "photo",
                json!({ "type": "file", "value": { "filename": "a.jpg", "url": secret, "byte-size": 3 } }),
                &[("photo", "a.jpg")],
            ),
            ("link", json!(secret), &[]),
            // What has a `url` need not be a file.
            (
                "list",
                json!({ "name": "EU", "url": "https://list.test" }),
                &[("list.name", "EU"), ("list.url", "https://list.test")],
            ),
            // The organisation's own data may use the wrapper's words.
            (
                "own",
                json!({ "type": "x", "value": "y", "more": 1 }),
                &[("own.type", "x"), ("own.value", "y"), ("own.more", "1")],
            ),
        ];
        for (name, value, expected) in table {
            let found = read(name, &value);
            let found: Vec<_> = found.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
            assert_eq!(found, expected, "{value}");
        }
    }

    #[test]
    fn a_body_cannot_make_us_work_without_end() {
        let mut deep = json!("end");
        for _ in 0..100 {
            deep = json!({ "a": deep });
        }
        assert_eq!(read("deep", &deep), []);
        let wide: Map<String, Value> = (0..10_000).map(|n| (n.to_string(), json!(n))).collect();
        assert_eq!(read("wide", &Value::Object(wide)).len(), MOST_FIELDS);
    }
}
