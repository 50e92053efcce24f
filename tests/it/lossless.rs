//! Whether reading loses anything: every value of the official examples is found again in what was
//! read of it, in today's version and in the casings and shapes of older ones.

use std::collections::BTreeSet;

use caseload::{
    model::{Account, Case, Inquiry, Report, Session, Timestamp, Verification},
    persona::{Answer, DecodeError, Document},
};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::letter::Contract;

/// Left out on purpose: links and codes open doors, twins say the same again, and of who acted the
/// id tells the type.
const LEFT_OUT: &[&str] = &[
    "confirmation-code",
    "creator-type",
    "assigner-type",
    "resolver-type",
    "updater-type",
    "from-reusable-persona",
    "center-photo-face-coordinates",
    "processed-at-ts",
    "created-at-ts",
    "submitted-at-ts",
    "completed-at-ts",
];

type Read = fn(&Document) -> Result<Value, DecodeError>;

fn read<T: Answer + Serialize>(body: &Document) -> Result<Value, DecodeError> {
    T::read(body).map(|object| serde_json::to_value(object).expect("the model is written as JSON"))
}

fn reader(kind: &str) -> Option<Read> {
    Some(match kind.split('/').next()? {
        "inquiry" => read::<Inquiry>,
        "case" => read::<Case>,
        "account" => read::<Account>,
        "verification" => read::<Verification>,
        "report" => read::<Report>,
        "inquiry-session" => read::<Session>,
        "document" => read::<caseload::model::Document>,
        _ => return None,
    })
}

/// Objects of the examples, wherever they stand.
fn objects<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| objects(value, found)),
        Value::Object(object) => {
            if value["type"].is_string()
                && value["id"].is_string()
                && value["attributes"].is_object()
            {
                found.push(value);
            }
            object.values().for_each(|value| objects(value, found));
        }
        _ => {}
    }
}

/// A value as text, instants in one spelling.
fn plain(value: &Value) -> Option<String> {
    Some(match value {
        Value::String(text) => match text.parse::<Timestamp>() {
            Ok(at) => at.to_string(),
            Err(_) => caseload::model::Text::new(text).to_string(),
        },
        // A whole number may come back as one with a point.
        Value::Number(number) => number.as_f64()?.to_string(),
        Value::Bool(flag) => if *flag { "yes" } else { "no" }.to_owned(),
        _ => return None,
    })
}

fn leaves(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| leaves(value, path, found)),
        Value::Object(object) => {
            let wrapper = object.contains_key("type") && object.contains_key("value");
            for (name, value) in object.iter().filter(|(name, _)| !wrapper || *name != "type") {
                leaves(value, &format!("{path}.{name}"), found);
            }
        }
        value => {
            let text = plain(value).filter(|text| !text.is_empty() && !text.contains("://"));
            found.extend(text.map(|text| (path.to_owned(), text)));
        }
    }
}

/// What of `object` is not in what was read.
fn lost(object: &Value) -> Result<Vec<String>, DecodeError> {
    let Some(read) = reader(object["type"].as_str().unwrap_or_default()) else {
        return Ok(Vec::new());
    };
    let kept = read(&Document::parse(json!({ "data": object }).to_string()).expect("JSON"))?;
    let (mut all, mut wanted) = (Vec::new(), Vec::new());
    leaves(&kept, "", &mut all);
    let whole: BTreeSet<&str> = all.iter().map(|(_, text)| text.as_str()).collect();
    // Lists of words are one line, and a file's page is named with its part.
    let parts: BTreeSet<&str> =
        whole.iter().flat_map(|text| text.split(", ").chain(text.split('.'))).collect();
    leaves(&object["attributes"], "", &mut wanted);
    let left_out = |path: &str| {
        path.split('.').any(|part| {
            let part = caseload::model::field::normalised(part).replace('_', "-");
            LEFT_OUT.contains(&part.as_str())
        })
    };
    Ok(wanted
        .into_iter()
        .filter(|(path, text)| {
            !whole.contains(text.as_str()) && !parts.contains(text.as_str()) && !left_out(path)
        })
        .map(|(path, text)| format!("{}{path}: {text}", object["type"].as_str().unwrap_or("")))
        .collect())
}

/// Attributes and relationships in another casing, template fields too: so it was up to 2023-01-05.
fn recased(value: &Value, case: fn(&str) -> String) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (case(key), recased(value, case)))
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(list) => list.iter().map(|value| recased(value, case)).collect(),
        value => value.clone(),
    }
}

fn snake(key: &str) -> String {
    key.replace('-', "_")
}

fn camel(key: &str) -> String {
    let mut parts = key.split('-');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_uppercase() + tail
    })
}

/// The template's values flat beside `fields`, as inquiries and accounts had them.
fn flat(object: &Value) -> Value {
    let mut old = object.clone();
    let fields = old["attributes"].as_object_mut().and_then(|all| all.remove("fields"));
    for (name, value) in fields.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let legacy = ["name-first", "name-last", "birthdate", "address-city", "phone-number"];
        let name = name.replace('_', "-");
        if legacy.contains(&name.as_str()) {
            old["attributes"][name] = value["value"].clone();
        }
    }
    old
}

#[test]
fn no_value_of_an_official_example_is_lost_in_any_version() {
    let Some(contract) = Contract::at_hand() else { return };
    let mut found = Vec::new();
    objects(&contract.0["components"]["examples"], &mut found);
    objects(&contract.0["webhooks"], &mut found);
    objects(&contract.0["paths"], &mut found);
    let typed = found.iter().filter(|o| reader(o["type"].as_str().unwrap_or("")).is_some()).count();
    assert!(typed > 150, "only {typed} objects were found");
    let mut problems = BTreeSet::new();
    for object in found {
        for version in
            [object.clone(), recased(object, snake), recased(object, camel), flat(object)]
        {
            match lost(&version) {
                Ok(lost) => problems.extend(lost),
                Err(why) => _ = problems.insert(why.to_string()),
            }
        }
    }
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(told.is_empty(), "{} losses:\n{}", told.len(), told.join("\n"));
}
