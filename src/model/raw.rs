//! An object as Persona wrote it, flattened to lines: what is folded is one line.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Pii, Text};

/// A line of the object.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    pub depth: usize,
    /// Where it is: `/data/attributes/status`.
    pub pointer: String,
    /// A name, or a number in a list; empty at the root.
    pub name: Text,
    pub shown: Shown,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Shown {
    /// An object or a list of so many; whether it is folded.
    Many {
        count: usize,
        bracket: Bracket,
        folded: bool,
    },
    /// A number, a word of a set, a time: nobody is known by it.
    Plain(Text),
    Personal(Pii),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bracket {
    Object,
    List,
}

/// More lines of one object are not listed.
pub const MOST_LINES: usize = 20_000;

/// Names of values that tell nobody: they can be read without revealing.
const PLAIN: &[&str] = &[
    "type",
    "id",
    "status",
    "requirement",
    "reasons",
    "kind",
    "state",
    "self",
    "related",
    "next",
    "prev",
    "code",
];

/// Lines in wire order.
pub fn lines(value: &Value, folded: &BTreeSet<String>) -> Vec<Line> {
    let mut out = Vec::new();
    add(&mut out, value, (0, String::new(), ""), folded);
    out
}

fn add(
    out: &mut Vec<Line>,
    value: &Value,
    (depth, pointer, name): (usize, String, &str),
    folded: &BTreeSet<String>,
) {
    if out.len() >= MOST_LINES {
        return;
    }
    let children: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), value)).collect(),
        Value::Array(list) => {
            list.iter().enumerate().map(|(nth, value)| (nth.to_string(), value)).collect()
        }
        _ => {
            let shown = leaf(&pointer, name, value);
            out.push(Line { depth, pointer, name: Text::new(name), shown });
            return;
        }
    };
    let bracket = if value.is_object() { Bracket::Object } else { Bracket::List };
    let is_folded = folded.contains(&pointer);
    let shown = Shown::Many { count: children.len(), bracket, folded: is_folded };
    out.push(Line { depth, pointer: pointer.clone(), name: Text::new(name), shown });
    if is_folded {
        return;
    }
    for (name, value) in children {
        let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
        add(out, value, (depth + 1, below, &name), folded);
    }
}

fn leaf(pointer: &str, name: &str, value: &Value) -> Shown {
    match value {
        Value::String(text) if is_plain(pointer, name) => Shown::Plain(Text::new(text)),
        Value::String(text) => Shown::Personal(Pii::new(text)),
        // A figure may be a person's too, such as where they are.
        Value::Number(number) if is_personal_figure(name) => {
            Shown::Personal(Pii::new(&number.to_string()))
        }
        other => Shown::Plain(Text::from(other.to_string())),
    }
}

fn is_personal_figure(name: &str) -> bool {
    let in_list = name.bytes().all(|byte| byte.is_ascii_digit());
    in_list || name.ends_with("latitude") || name.ends_with("longitude")
}

fn is_plain(pointer: &str, name: &str) -> bool {
    let below_reasons = pointer.contains("/reasons/");
    let check_name = name == "name" && pointer.contains("/checks/");
    let is_time = name.ends_with("-at") || name.ends_with("_at") || name.ends_with("At");
    below_reasons || check_name || is_time || PLAIN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_folded_is_one_line_and_people_are_personal() {
        let body = json!({ "data": { "id": "inq_1", "attributes": {
            "status": "approved", "created-at": "2026-03-02T10:00:00Z",
            "fields": { "name-first": { "type": "string", "value": "Ada" } },
            "latitude": 1.5, "checks": [{ "name": "id_blur", "reasons": ["expired"] }],
        } } });
        let all = lines(&body, &BTreeSet::new());
        let personal: Vec<&str> = all
            .iter()
            .filter(|line| matches!(line.shown, Shown::Personal(_)))
            .map(|line| line.name.as_str())
            .collect();
        assert_eq!(personal, ["value", "latitude"]);
        let folded = BTreeSet::from(["/data/attributes".to_owned()]);
        let few = lines(&body, &folded);
        assert_eq!(few.len(), 4, "{few:?}");
        assert!(matches!(few[3].shown, Shown::Many { count: 5, folded: true, .. }));
    }
}
