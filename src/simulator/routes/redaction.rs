//! Redaction: what is personal goes for good; what belongs to the object follows a little later.

use jiff::Timestamp;
use serde_json::Value;

use super::super::{
    call::{Call, Replied, Reply, is_kind},
    world::{Object, Refusal, World, written},
};

/// Attributes that say nothing about a person and stay.
const KEPT: [&str; 16] = [
    "status",
    "reference-id",
    "tags",
    "creator",
    "name",
    "resolution",
    "checks",
    "account-type-name",
    "account-status",
    "report-template-version-name",
    "has-match",
    "is-continuous",
    "is-recurring",
    "previous-step-name",
    "next-step-name",
    "kind",
];

/// What is never null.
const ALWAYS_OBJECTS: [&str; 7] = [
    "fields",
    "behaviors",
    "query",
    "result",
    "ignore-list-media",
    "metadata",
    "extracted-identity",
];

/// Redacts the object in the path; a second time is refused (409).
pub fn object(call: &mut Call<'_>, kind: &str, word: &str, event: Option<&str>) -> Replied {
    let object = call.object(kind)?;
    if object.attributes.get("redacted-at").is_some_and(|at| !at.is_null()) {
        return Err(Refusal::new(409, "Conflict", format!("{word} already redacted")));
    }
    let id = object.id.clone();
    redact(call.world, &id, call.now);
    if let Some(event) = event {
        call.world.tell(event, &id, call.now);
    }
    // A case goes alone; what is attached to it stays.
    if kind != "case" {
        call.later.extend(children(call.world, &object));
    }
    Ok(Reply::one(id))
}

fn children(world: &World, object: &Object) -> Vec<String> {
    let names = ["verifications", "reports", "documents", "selfies"];
    let mut ids: Vec<String> =
        names.iter().flat_map(|name| object.related(name)).map(str::to_owned).collect();
    if object.kind == "account" {
        let own = |inquiry: &Object| inquiry.related("account").contains(&object.id.as_str());
        let inquiries = world.list("inquiry").candidates("account-id", &object.id);
        ids.extend(inquiries.filter(own).map(|inquiry| inquiry.id));
    }
    ids
}

/// Empties an object of everything personal.
pub fn redact(world: &mut World, id: &str, now: Timestamp) {
    world.change(id, |object| {
        let is_case = object.kind == "case";
        // What cannot be null is gone altogether.
        if !shows_null(object) {
            object.attributes.retain(|name, value| is_kept(name) || !value.is_string());
        }
        for (name, value) in &mut object.attributes {
            let stays = is_kept(name) || (is_case && names_somebody(name));
            if !stays {
                empty(name, value);
            }
        }
        // Others do not say when they were redacted.
        if !["selfie", "document", "transaction"].iter().any(|kind| is_kind(object, kind)) {
            object.set("redacted-at", written(now));
        }
        if object.attributes.contains_key("updated-at") {
            object.set("updated-at", written(now));
        }
    });
    world.changed(id);
}

/// Whether text of this object can be null. Reports show what they were asked, and verifications
/// of rarer kinds what they were given, always as text.
fn shows_null(object: &Object) -> bool {
    const NULLABLE: [&str; 4] = ["government-id", "selfie", "database", "document"];
    match object.kind.split_once('/') {
        Some(("report", _)) => false,
        Some(("verification", kind)) => NULLABLE.contains(&kind),
        _ => true,
    }
}

fn is_kept(name: &str) -> bool {
    KEPT.contains(&name) || name.ends_with("-at") || name.ends_with("-ts")
}

/// Who worked on a case stays.
fn names_somebody(name: &str) -> bool {
    name.ends_with("-id") || name.ends_with("-type")
}

/// Values are gone; what is always an object or a list stays as an empty one.
fn empty(name: &str, value: &mut Value) {
    match value {
        Value::Array(items) => items.clear(),
        Value::Object(members) if ALWAYS_OBJECTS.contains(&name) => members.clear(),
        Value::Bool(_) => {}
        other => *other = Value::Null,
    }
}
