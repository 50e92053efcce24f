//! All endpoints below `/api/v1`: one table for each family, and which entry a request means.

mod accounts;
mod cases;
mod created;
mod dismissals;
mod evidence;
mod inquiries;
mod keys;
mod logs;
mod redaction;
mod reports;
mod searches;
mod sessions;
mod simulated;
mod tags;
mod templates;
mod transactions;
mod webhooks;
mod workflows;

use serde_json::{Map, Value, json};

use super::{
    call::{Call, Replied},
    query::{Filter, Pages, Takes},
    world::Object,
};

pub use self::redaction::redact;

/// One endpoint.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub method: &'static str,
    /// Below `/api/v1/`; `{}` is an id.
    pub path: &'static str,
    pub takes: Takes,
    /// The shape of its body; none: a body is ignored.
    pub body: Option<&'static str>,
    /// What creates are counted against.
    pub quota: Option<&'static str>,
    pub run: fn(&mut Call<'_>) -> Replied,
}

const NOTHING: Takes = Takes { filters: &[], pages: Pages::None };

const fn operation(
    method: &'static str,
    path: &'static str,
    run: fn(&mut Call<'_>) -> Replied,
) -> Operation {
    Operation { method, path, takes: NOTHING, body: None, quota: None, run }
}

const fn get(path: &'static str, run: fn(&mut Call<'_>) -> Replied) -> Operation {
    operation("GET", path, run)
}

const fn post(path: &'static str, run: fn(&mut Call<'_>) -> Replied) -> Operation {
    operation("POST", path, run)
}

const fn patch(path: &'static str, run: fn(&mut Call<'_>) -> Replied) -> Operation {
    operation("PATCH", path, run)
}

const fn delete(path: &'static str, run: fn(&mut Call<'_>) -> Replied) -> Operation {
    operation("DELETE", path, run)
}

impl Operation {
    const fn paged(self) -> Self {
        Self { takes: Takes { pages: Pages::Cursors, ..self.takes }, ..self }
    }

    const fn filtered(self, filters: &'static [Filter]) -> Self {
        Self { takes: Takes { filters, ..self.takes }, ..self }
    }

    const fn body(self, shape: &'static str) -> Self {
        Self { body: Some(shape), ..self }
    }

    const fn quota(self, product: &'static str) -> Self {
        Self { quota: Some(product), ..self }
    }

    /// What a key must be permitted for this; empty for what every key may.
    pub fn permission(&self) -> String {
        let family = self.path.split('/').next().unwrap_or_default();
        let (object, read_only) = match family {
            "inquiries" | "inquiry-sessions" => ("inquiry", false),
            "inquiry-templates" | "inquiry-template-versions" | "devices" => ("inquiry", true),
            "verifications" | "verification" => ("verification", false),
            "cases" => ("case", false),
            "case-templates" => ("case", true),
            "accounts" | "account-types" => ("account", false),
            "reports" => ("report", false),
            "documents" | "document" => ("document", false),
            "events" => ("event", true),
            "webhooks" => ("webhook", false),
            "api-keys" => ("api_key", false),
            "api-logs" => ("api_log", true),
            "user-audit-logs" => ("user_audit_log", true),
            "transactions" => ("txn", false),
            "workflows" | "workflow-runs" | "workflow-versions" => {
                return "workflow.trigger".to_owned();
            }
            _ => return String::new(),
        };
        let reads = read_only || self.method == "GET" || self.path.ends_with("/search");
        format!("{object}.{}", if reads { "read" } else { "write" })
    }
}

const FAMILIES: &[&[Operation]] = &[
    inquiries::OPERATIONS,
    sessions::OPERATIONS,
    evidence::OPERATIONS,
    cases::OPERATIONS,
    accounts::OPERATIONS,
    reports::OPERATIONS,
    logs::OPERATIONS,
    webhooks::OPERATIONS,
    keys::OPERATIONS,
    templates::OPERATIONS,
    transactions::OPERATIONS,
    workflows::OPERATIONS,
];

pub fn operations() -> impl Iterator<Item = &'static Operation> {
    FAMILIES.iter().copied().flatten()
}

/// What a method and a path mean.
pub enum Meant<'a> {
    Operation(&'static Operation, Vec<&'a str>),
    /// The path exists, for these methods.
    OtherMethod(String),
    Nothing,
}

/// `path` begins after `/api/v1/`.
pub fn meant<'a>(method: &str, path: &'a str) -> Meant<'a> {
    let mut methods = Vec::new();
    for operation in operations() {
        let Some(ids) = ids(operation.path, path) else { continue };
        if operation.method == method {
            return Meant::Operation(operation, ids);
        }
        if !methods.contains(&operation.method) {
            methods.push(operation.method);
        }
    }
    if methods.is_empty() { Meant::Nothing } else { Meant::OtherMethod(methods.join(", ")) }
}

/// What stands in the places of a pattern, if a path fits it.
fn ids<'a>(pattern: &str, path: &'a str) -> Option<Vec<&'a str>> {
    let mut ids = Vec::new();
    let mut parts = path.split('/');
    for wanted in pattern.split('/') {
        match (wanted, parts.next()?) {
            ("{}", "") => return None,
            ("{}", id) => ids.push(id),
            (wanted, part) if wanted == part => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(ids)
}

/// A new object of the world.
fn object(kind: &str, id: &str, attributes: Value, relationships: Option<Value>) -> Object {
    let map = |value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Object {
        kind: kind.to_owned(),
        id: id.to_owned(),
        attributes: map(attributes),
        relationships: relationships.map(map),
    }
}

/// An attribute; null if it is missing.
fn value<'a>(object: &'a Object, attribute: &str) -> &'a Value {
    const MISSING: &Value = &Value::Null;
    object.attributes.get(attribute).unwrap_or(MISSING)
}

/// Puts an object into a to-many relationship, once.
fn attach(object: &mut Object, relationship: &str, kind: &str, id: &str) {
    if object.related(relationship).contains(&id) {
        return;
    }
    if let Some(list) = to_many(object, relationship) {
        list.push(json!({ "type": kind, "id": id }));
    }
}

fn detach(object: &mut Object, relationship: &str, id: &str) {
    if let Some(list) = to_many(object, relationship) {
        list.retain(|one| one["id"] != id);
    }
}

fn to_many<'a>(object: &'a mut Object, relationship: &str) -> Option<&'a mut Vec<Value>> {
    object.relationships.as_mut()?.get_mut(relationship)?.get_mut("data")?.as_array_mut()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::simulator::{keys::PERMISSIONS, shape::Shape};

    #[test]
    fn the_table_is_sound() {
        let mut seen = HashSet::new();
        for operation in operations() {
            assert!(
                seen.insert((operation.method, operation.path)),
                "{operation:?} is there twice"
            );
            if let Some(shape) = operation.body {
                Shape::parse(shape);
            }
            let permission = operation.permission();
            assert!(permission.is_empty() || PERMISSIONS.contains(&permission.as_str()));
        }
    }

    #[test]
    fn paths_are_told_apart() {
        let id = |method, path| match meant(method, path) {
            Meant::Operation(operation, ids) => format!("{} {ids:?}", operation.path),
            Meant::OtherMethod(methods) => methods,
            Meant::Nothing => "nothing".to_owned(),
        };
        assert_eq!(id("GET", "inquiries/inq_1"), "inquiries/{} [\"inq_1\"]");
        assert_eq!(id("POST", "inquiries/search"), "inquiries/search []");
        assert_eq!(id("PUT", "inquiries"), "GET, POST");
        assert_eq!(id("GET", "inquiries/"), "nothing");
        assert_eq!(id("GET", "inquiries/inq_1/nonsense"), "nothing");
    }
}
