//! What an organisation has whatever its inquiries are: account types, templates, users.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        rules::CASE_TEMPLATES,
        world::{Object, USERS, written},
    },
    object,
    plan::TEMPLATES,
};
use crate::model::StatusKind;

pub const INDIVIDUAL: &str = "acttp_Individual000000000000001";
pub const BUSINESS: &str = "acttp_Business0000000000000002";

/// Each with the list that it belongs to, oldest first.
pub fn objects(made: Timestamp) -> Vec<(&'static str, Object)> {
    let at = written(made);
    let mut all = Vec::new();
    // The newest is what a new account gets that names none.
    for (id, name) in [(BUSINESS, "Business"), (INDIVIDUAL, "Individual")] {
        let attributes = json!({
            "name": name, "created-at": at, "updated-at": at, "field-schemas": [],
        });
        let relationships = json!({
            "account-statuses": { "data": [] }, "default-account-status": { "data": null },
        });
        all.push((
            "account-type",
            object("account-type", id.to_owned(), attributes, relationships),
        ));
    }
    for template in CASE_TEMPLATES {
        let ends = template.statuses.iter().filter(|(_, kind)| *kind == StatusKind::End);
        let ends: Vec<&str> = ends.map(|(name, _)| *name).collect();
        let attributes = json!({
            "name": template.name, "status": "active", "resolutions": ends,
            "created-at": at, "updated-at": at, "archived-at": null, "field-schemas": [],
        });
        all.push(("case-template", bare("case-template", template.id, attributes)));
    }
    for (id, name) in
        TEMPLATES.iter().zip(["Government ID and selfie", "Government ID", "Database"])
    {
        let attributes = json!({
            "name": name, "status": "active", "embedded-flow-domain-allowlist": [],
            "hosted-flow-subdomains": [], "hosted-flow-redirect-uri-schemes": [],
            "field-schemas": [],
        });
        let relationships = json!({ "latest-published-version": { "data": null } });
        let made = object("inquiry-template", (*id).to_owned(), attributes, relationships);
        all.push(("inquiry-template", made));
    }
    for (nth, email) in USERS.iter().enumerate() {
        let first = email.split('@').next().unwrap_or_default();
        let attributes =
            json!({ "email-address": email, "name-first": first, "name-last": "Example" });
        all.push(("user", bare("user", &format!("user_Reviewer{nth:016}"), attributes)));
    }
    all
}

/// Some types have no relationships at all.
fn bare(kind: &str, id: &str, attributes: Value) -> Object {
    Object { relationships: None, ..object(kind, id.to_owned(), attributes, Value::Null) }
}
