//! Whether reading loses anything: every value of the official examples is found again in what was
//! read of it, in today's version and in the casings and shapes of older ones.

use std::collections::BTreeSet;

use caseload::{
    model::{Account, Case, Inquiry, Report, Session, Timestamp, Verification},
    persona::{Answer, DecodeError, Document, Object},
};
use serde::Serialize;
use serde_json::{Value, json};

use crate::{
    bodies::{camel, recased, snake},
    contract::Contract,
};

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

/// Types that are not kept, and read only to be shown.
fn shown(kind: &str, body: &Document) -> Option<Result<String, DecodeError>> {
    fn read<T: Answer + std::fmt::Debug>(body: &Document) -> Result<String, DecodeError> {
        T::read(body).map(|object| format!("{object:?}"))
    }
    fn listed<T: Object + std::fmt::Debug>(body: &Document) -> Result<String, DecodeError> {
        let objects: Vec<T> = body.objects()?;
        Ok(format!("{objects:?}"))
    }
    Some(match kind {
        "device" => read::<caseload::model::Device>(body),
        "event" => listed::<caseload::model::Event>(body),
        "webhook" => listed::<caseload::persona::webhooks::Webhook>(body),
        "api-key" => listed::<caseload::persona::api_keys::ApiKey>(body),
        "api-log" => listed::<caseload::persona::logs::ApiLog>(body),
        "user-audit-log" => listed::<caseload::persona::logs::AuditLog>(body),
        "inquiry-template" => listed::<caseload::persona::templates::InquiryTemplate>(body),
        "inquiry-template-version" => {
            listed::<caseload::persona::templates::InquiryTemplateVersion>(body)
        }
        "case-template" => listed::<caseload::model::CaseTemplate>(body),
        "account-type" => listed::<caseload::persona::templates::AccountType>(body),
        "workflow-run" => listed::<caseload::persona::workflows::WorkflowRun>(body),
        "workflow-version" => listed::<caseload::persona::workflows::WorkflowVersion>(body),
        "transaction" => listed::<caseload::model::Transaction>(body),
        _ => return None,
    })
}

/// What of these types is not read: how the dashboard configured something, and the headers of
/// logged calls. Values of persons and secrets are read and do not print.
const NOT_SHOWN: &[(&str, &[&str])] = &[
    ("account-type", &["created-at", "updated-at", "field-schemas"]),
    ("case-template", &["created-at", "updated-at", "field-schemas"]),
    (
        "inquiry-template",
        &[
            "embedded-flow-domain-allowlist",
            "hosted-flow-redirect-uri-schemes",
            "hosted-flow-subdomains",
            "field-schemas",
        ],
    ),
    (
        "inquiry-template-version",
        &["created-at", "updated-at", "description", "enabled-locales", "last-updater", "live"],
    ),
    (
        "workflow-version",
        &[
            "created-at",
            "updated-at",
            "description",
            "last-updater",
            "live",
            "inputs",
            "outputs",
            "rollout-label",
            "rollout-percentage",
            "trigger-type",
        ],
    ),
    (
        "webhook",
        &[
            "api-attributes-blocklist",
            "api-key-inflection",
            "file-access-token-expires-in",
            "included-allowlist",
            "relationship-allowlist",
            "payload-filter",
            "secret",
            "secrets",
        ],
    ),
    ("api-key", &["value"]),
    ("api-log", &["request", "response"]),
    // The payload's objects are read as what they are; see the other test.
    ("event", &["payload", "context"]),
    ("transaction", &["fields"]),
];

#[test]
fn what_is_only_shown_is_read_as_far_as_it_is_named() {
    let Some(contract) = Contract::at_hand() else { return };
    let (mut found, mut problems, mut seen) = (Vec::new(), BTreeSet::new(), 0);
    objects(&contract.whole["components"]["examples"], &mut found);
    for object in found {
        let kind = object["type"].as_str().unwrap_or_default();
        let data = if kind == "device" { object.clone() } else { json!([object]) };
        let body = json!({ "data": data }).to_string();
        let Some(words) = shown(kind, &Document::parse(body).expect("it is JSON")) else {
            continue;
        };
        let words = words.unwrap_or_else(|why| panic!("{kind}: {why}"));
        seen += 1;
        let left_out = NOT_SHOWN.iter().find(|(of, _)| *of == kind);
        let left_out = left_out.map_or(&[][..], |(_, attributes)| attributes);
        for (name, value) in object["attributes"].as_object().into_iter().flatten() {
            let mut wanted = Vec::new();
            leaves(value, name, &mut wanted);
            wanted.retain(|(_, text)| !words.contains(text.as_str()));
            if !left_out.contains(&name.as_str()) {
                problems.extend(wanted.iter().map(|(path, text)| format!("{kind} {path}: {text}")));
            }
        }
    }
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(told.is_empty(), "{} losses:\n{}", told.len(), told.join("\n"));
    assert!(seen > 40, "only {seen} objects were found");
}

/// To-one relationships without an object, as some answers of older versions have them.
fn emptied(object: &Value) -> Value {
    let mut old = object.clone();
    for (_, relationship) in old["relationships"].as_object_mut().into_iter().flatten() {
        if relationship["data"].is_null() {
            *relationship = json!({ "data": {} });
        }
    }
    old
}

#[test]
fn no_value_of_an_official_example_is_lost_in_any_version() {
    let Some(contract) = Contract::at_hand() else { return };
    let mut found = Vec::new();
    objects(&contract.whole["components"]["examples"], &mut found);
    objects(&contract.whole["webhooks"], &mut found);
    objects(&contract.whole["paths"], &mut found);
    let typed = found.iter().filter(|o| reader(o["type"].as_str().unwrap_or("")).is_some()).count();
    assert!(typed > 150, "only {typed} objects were found");
    let mut problems = BTreeSet::new();
    for object in found {
        for version in [
            object.clone(),
            recased(object, snake),
            recased(object, camel),
            flat(object),
            emptied(object),
        ] {
            match lost(&version) {
                Ok(lost) => problems.extend(lost),
                Err(why) => _ = problems.insert(why.to_string()),
            }
        }
    }
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(told.is_empty(), "{} losses:\n{}", told.len(), told.join("\n"));
}
