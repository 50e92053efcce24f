//! Objects into the model: the one place where text from outside is made inert.

use serde_json::{Map, Value};

use super::{
    jsonapi::{DecodeError, Resource},
    verifications,
};
use crate::model::{
    Account, AccountId, Case, CaseId, Entity, Field, Inquiry, InquiryId, InquiryStatus, Pii,
    TemplateId, Text, VerificationId, id::InvalidId,
};

/// An object of a type that is kept; none for other types.
pub fn entity(resource: &Resource<'_>) -> Option<Entity> {
    let decoded = match resource.kind {
        "inquiry" => inquiry(resource).map(Entity::Inquiry),
        "case" => case(resource).map(Entity::Case),
        "account" => account(resource).map(Entity::Account),
        kind if kind.starts_with("verification/") => {
            verifications::verification(resource).map(Entity::Verification)
        }
        _ => return None,
    };
    decoded.map_err(|why| tracing::warn!(%why, kind = resource.kind, "an object was left out")).ok()
}

pub fn inquiry(resource: &Resource<'_>) -> Result<Inquiry, DecodeError> {
    expect(resource, "inquiry")?;
    let template = resource.related_id("inquiry-template").or(resource.related_id("template"));
    let verifications = resource.related("verifications");
    Ok(Inquiry {
        id: InquiryId::new(resource.id).map_err(bad_id)?,
        status: InquiryStatus::parse(resource.text("status").unwrap_or_default().as_str()),
        reference_id: resource.text("reference-id"),
        account: id(resource.related_id("account"), AccountId::new),
        template: id(template, TemplateId::new),
        verifications: verifications
            .iter()
            .filter_map(|(_, raw)| VerificationId::new(raw).ok())
            .collect(),
        created_at: resource.instant("created-at"),
        updated_at: resource.instant("updated-at"),
        started_at: resource.instant("started-at"),
        completed_at: resource.instant("completed-at"),
        failed_at: resource.instant("failed-at"),
        marked_for_review_at: resource.instant("marked-for-review-at"),
        decisioned_at: resource.instant("decisioned-at"),
        expired_at: resource.instant("expired-at"),
        redacted_at: resource.instant("redacted-at"),
        expires_at: resource.instant("expires-at"),
        reviewer: resource.related_id("reviewer").map(Text::new),
        reviewer_comment: resource.text("reviewer-comment").map(|text| Pii::new(text.as_str())),
        creator: resource.text("creator"),
        note: resource.text("note").map(|text| Pii::new(text.as_str())),
        tags: resource.texts("tags"),
        fields: fields_with_legacy(resource),
    })
}

pub fn case(resource: &Resource<'_>) -> Result<Case, DecodeError> {
    expect(resource, "case")?;
    let ids = |name: &str| resource.related(name);
    Ok(Case {
        id: CaseId::new(resource.id).map_err(bad_id)?,
        name: resource.text("name"),
        status: resource.text("status").unwrap_or_default(),
        resolution: resource.text("resolution"),
        template: id(resource.related_id("case-template"), TemplateId::new),
        queue: resource.related_id("case-queue").map(Text::new),
        assignee: resource.text("assignee-id"),
        created_at: resource.instant("created-at"),
        updated_at: resource.instant("updated-at"),
        assigned_at: resource.instant("assigned-at"),
        resolved_at: resource.instant("resolved-at"),
        redacted_at: resource.instant("redacted-at"),
        sla_expires_at: resource.instant("sla-expires-at"),
        tags: resource.texts("tags"),
        inquiries: ids("inquiries").iter().filter_map(|(_, id)| InquiryId::new(id).ok()).collect(),
        accounts: ids("accounts").iter().filter_map(|(_, id)| AccountId::new(id).ok()).collect(),
        fields: fields(resource),
    })
}

pub fn account(resource: &Resource<'_>) -> Result<Account, DecodeError> {
    expect(resource, "account")?;
    Ok(Account {
        id: AccountId::new(resource.id).map_err(bad_id)?,
        reference_id: resource.text("reference-id"),
        type_name: resource.text("account-type-name"),
        status: resource.text("account-status"),
        created_at: resource.instant("created-at"),
        updated_at: resource.instant("updated-at"),
        redacted_at: resource.instant("redacted-at"),
        tags: resource.texts("tags"),
        fields: fields_with_legacy(resource),
    })
}

fn expect(resource: &Resource<'_>, kind: &str) -> Result<(), DecodeError> {
    if resource.kind == kind {
        return Ok(());
    }
    Err(DecodeError { path: "data.type".into(), why: "another type than was asked for" })
}

pub fn bad_id(_: InvalidId) -> DecodeError {
    DecodeError { path: "data.id".into(), why: "not an id" }
}

fn id<T>(raw: Option<&str>, new: impl Fn(&str) -> Result<T, InvalidId>) -> Option<T> {
    raw.and_then(|raw| new(raw).ok())
}

/// Values under `fields`, wrapped or flat, nested ones with dotted names.
pub fn fields(resource: &Resource<'_>) -> Vec<Field> {
    let mut out = Vec::new();
    if let Some(Value::Object(all)) = resource.attribute("fields") {
        for (name, value) in all {
            flatten(&mut out, name, value, 0);
        }
    }
    out
}

/// Versions up to 2023-01-05 carried these beside `fields`.
const LEGACY: &[&str] = &[
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
    "country-code",
    "social-security-number",
    "identification-number",
];

fn fields_with_legacy(resource: &Resource<'_>) -> Vec<Field> {
    let mut out = fields(resource);
    for name in LEGACY {
        let key = crate::model::field::normalised(name);
        if let Some(value) = resource.attribute(name)
            && !out.iter().any(|field| field.key() == key)
        {
            flatten(&mut out, name, value, 0);
        }
    }
    out
}

/// A bound on what a body can make us do.
const DEEPEST: usize = 6;
const MOST_FIELDS: usize = 500;

/// Adds a value; `{"type", "value"}` wrappers are taken off, files give their name only.
pub fn flatten(out: &mut Vec<Field>, name: &str, value: &Value, depth: usize) {
    if depth > DEEPEST || out.len() >= MOST_FIELDS {
        return;
    }
    match unwrap(value) {
        Value::Null => {}
        Value::Object(object) if object.contains_key("url") => {
            if let Some(file) = object.get("filename").and_then(Value::as_str) {
                push(out, name, file);
            }
        }
        Value::Object(object) => {
            for (part, value) in object {
                flatten(out, &format!("{name}.{part}"), value, depth + 1);
            }
        }
        Value::Array(list) => {
            let plain: Option<Vec<String>> =
                list.iter().map(|value| plain(unwrap(value))).collect();
            match plain {
                Some(words) => push(out, name, &words.join(", ")),
                None => {
                    for (nth, value) in list.iter().enumerate() {
                        flatten(out, &format!("{name}.{}", nth + 1), value, depth + 1);
                    }
                }
            }
        }
        value => {
            if let Some(text) = plain(value) {
                push(out, name, &text);
            }
        }
    }
}

fn push(out: &mut Vec<Field>, name: &str, value: &str) {
    out.push(Field { name: Text::new(name), value: Pii::new(value) });
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(true) => Some("yes".to_owned()),
        Value::Bool(false) => Some("no".to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn unwrap(value: &Value) -> &Value {
    match value.as_object() {
        Some(object) if is_wrapper(object) => object.get("value").unwrap_or(&Value::Null),
        _ => value,
    }
}

fn is_wrapper(object: &Map<String, Value>) -> bool {
    object.len() <= 2
        && object.contains_key("value")
        && object.get("type").is_some_and(Value::is_string)
}
