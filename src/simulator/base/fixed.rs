//! What an organisation has whatever its inquiries are: types, templates, queues, users, workflows.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        rules::CASE_TEMPLATES,
        world::{Object, USERS, written},
    },
    RELATION_KEYS, object, reports,
    templates::TEMPLATES,
    to_one,
};
use crate::model::StatusKind;

pub const INDIVIDUAL: &str = "acttp_Individual000000000000001";
pub const BUSINESS: &str = "acttp_Business0000000000000002";
pub const COUNTERPARTY: &str = "acttp_Counterparty000000000003";
pub const WIRE: &str = "txntp_Wire000000000000000001";
pub const LABEL: &str = "txnlbl_Unusual00000000000000001";
pub const WORKFLOW: &str = "wfl_OnboardingAndReview000001";
pub const WORKFLOW_VERSION: &str = "wfv_Published000000000000001";

/// Queues of cases, and their names.
pub const QUEUES: [(&str, &str); 3] = [
    ("cqueue_FirstLook000000000000001", "First look"),
    ("cqueue_Escalations0000000000002", "Escalations"),
    ("cqueue_ZweiteDurchsicht00000003", "Zweite Durchsicht"),
];

pub fn user_id(nth: usize) -> String {
    format!("user_Reviewer{nth:016}")
}

/// Each with the list that it belongs to, oldest first.
pub fn objects(made: Timestamp) -> Vec<(&'static str, Object)> {
    let at = written(made);
    let mut all = Vec::new();
    account_types(&at, &mut all);
    case_templates(&at, &mut all);
    inquiry_templates(&at, &mut all);
    report_templates(&at, &mut all);
    workflow(&at, &mut all);
    transactions(&at, &mut all);
    for (nth, email) in USERS.iter().enumerate() {
        let first = email.split('@').next().unwrap_or_default();
        let attributes =
            json!({ "email-address": email, "name-first": first, "name-last": "Example" });
        all.push(("user", bare("user", &user_id(nth), attributes)));
    }
    all
}

type Made = Vec<(&'static str, Object)>;

/// Some types have no relationships at all.
fn bare(kind: &str, id: &str, attributes: Value) -> Object {
    Object { relationships: None, ..object(kind, id.to_owned(), attributes, Value::Null) }
}

/// A field of a type: `name hash`.
fn field(kind: &str, key: &str) -> Value {
    let mut schema = json!({
        "type": kind, "key": key, "label": key.replace('_', " "),
        "config": {
            "required": false, "archived-at": null, "deactivated-at": null,
            "source-key-path": null, "redaction-policy": "none", "write-policy": "none",
        },
    });
    match kind {
        "relation-schema" => schema["config"]["target"] = "account".into(),
        "hash" => schema["config"]["ignore-unknown-keys"] = true.into(),
        "file" | "array" => {}
        _ => schema["default-value"] = Value::Null,
    }
    schema
}

fn fields(all: &[(&str, &str)]) -> Value {
    all.iter().map(|(kind, key)| field(kind, key)).collect()
}

fn account_types(at: &str, all: &mut Made) {
    let relations = RELATION_KEYS.map(|key| ("relation-schema", key));
    let person = [
        ("hash", "name"),
        ("date", "birthdate"),
        ("hash", "address"),
        ("email-address", "email_address"),
        ("string", "phone_number"),
        ("file", "selfie_photo"),
        ("string", "role"),
        ("number", "ownership_share"),
    ];
    let firm = [("string", "business_name"), ("integer", "employees"), ("string", "role")];
    let partner = [("string", "legal_name"), ("hash", "Registration")];
    // The newest is what a new account gets that names none.
    for (id, name, own) in [
        (COUNTERPARTY, "Counterparty", partner.as_slice()),
        (BUSINESS, "Business", &firm),
        (INDIVIDUAL, "Individual", &person),
    ] {
        let attributes = json!({
            "name": name, "created-at": at, "updated-at": at,
            "field-schemas": fields(&[own, &relations].concat()),
        });
        let status =
            |nth| json!({ "type": "account-status", "id": format!("actst_{name:0<23.23}{nth}") });
        let relationships = json!({
            "account-statuses": { "data": [status(1), status(2)] },
            "default-account-status": { "data": status(1) },
        });
        let made = object("account-type", id.to_owned(), attributes, relationships);
        all.push(("account-type", made));
    }
}

fn case_templates(at: &str, all: &mut Made) {
    for template in CASE_TEMPLATES {
        let ends = template.statuses.iter().filter(|(_, kind)| *kind == StatusKind::End);
        let ends: Vec<&str> = ends.map(|(name, _)| *name).collect();
        let own = [
            ("string", "priority"),
            ("number", "amount_at_risk"),
            ("boolean", "asked_for_documents"),
            ("boolean", "address_confirmed"),
            ("boolean", "source_of_funds_seen"),
            ("string", "risk_rating"),
            ("string", "note_to_reviewer"),
        ];
        let mut schemas = fields(&own);
        for schema in schemas.as_array_mut().into_iter().flatten() {
            schema["config"]["required"] = (schema["key"] == "risk_rating").into();
        }
        let attributes = json!({
            "name": template.name, "status": "active", "resolutions": ends,
            "created-at": at, "updated-at": at, "archived-at": null,
            "field-schemas": schemas,
        });
        all.push(("case-template", bare("case-template", template.id, attributes)));
    }
    for (id, name) in QUEUES {
        let attributes = json!({
            "name": name, "status": "active", "created-at": at, "updated-at": at,
            "archived-at": null,
        });
        all.push(("case-queue", bare("case-queue", id, attributes)));
    }
}

fn inquiry_templates(at: &str, all: &mut Made) {
    for template in &TEMPLATES {
        let own = [
            ("string", "name_first"),
            ("string", "name_last"),
            ("date", "birthdate"),
            ("email-address", "email_address"),
            ("string", "phone_number"),
        ];
        let attributes = json!({
            "name": template.name, "status": "active",
            "embedded-flow-domain-allowlist": ["app.example"],
            "hosted-flow-subdomains": ["verify-sample"],
            "hosted-flow-redirect-uri-schemes": ["https"], "field-schemas": fields(&own),
        });
        let version = to_one("inquiry-template-version", template.version);
        let relationships = json!({ "latest-published-version": version });
        let made = object("inquiry-template", template.id.to_owned(), attributes, relationships);
        all.push(("inquiry-template", made));
        let attributes = json!({
            "name-display": template.name, "description": null, "status": "published",
            "live": true, "last-updater": USERS[0], "enabled-locales": ["en", "de", "ar"],
            "created-at": at, "updated-at": at, "published-at": at,
            "theme": { "color-primary": "#306fcf", "font-family": "Sample Sans" },
        });
        let of = to_one("inquiry-template", template.id);
        let version = template.version.to_owned();
        let relationships = json!({ "inquiry-template": of });
        let made = object("inquiry-template-version", version, attributes, relationships);
        all.push(("inquiry-template-version", made));
    }
}

fn report_templates(at: &str, all: &mut Made) {
    for kind in reports::kinds() {
        let name = kind.replace('-', " ");
        let attributes = json!({ "name": name, "created-at": at, "updated-at": at });
        let kind_of = format!("report-template/{kind}");
        all.push(("report-template", bare(&kind_of, &reports::template_id(kind), attributes)));
    }
}

fn workflow(at: &str, all: &mut Made) {
    let attributes =
        json!({ "status": "active", "name": "Onboarding and review", "created-at": at });
    let relationships = json!({
        "latest-published-version": to_one("workflow-version", WORKFLOW_VERSION),
        "active-deployment": { "data": null },
    });
    all.push(("workflow", object("workflow", WORKFLOW.to_owned(), attributes, relationships)));
    let attributes = json!({
        "workflow-name": "Onboarding and review", "description": null, "status": "published",
        "trigger-type": "event", "live": true, "rollout-label": null, "rollout-percentage": null,
        "last-updater": USERS[0],
        "inputs": [{ "name": "inquiry", "type": "inquiry", "required": true }], "outputs": [],
        "created-at": at, "updated-at": at, "published-at": at,
    });
    let relationships = json!({ "workflow": to_one("workflow", WORKFLOW) });
    let version = WORKFLOW_VERSION.to_owned();
    all.push(("workflow-version", object("workflow-version", version, attributes, relationships)));
}

fn transactions(at: &str, all: &mut Made) {
    let attributes = json!({
        "name": "Wire", "created-at": at, "updated-at": at,
        "field-schemas": fields(&[("number", "amount"), ("string", "currency")]),
    });
    all.push(("transaction-type", bare("transaction-type", WIRE, attributes)));
    let attributes = json!({
        "model-label": "Unusual", "model-version": null, "created-at": at, "updated-at": at,
    });
    all.push(("transaction-label", bare("transaction-label", LABEL, attributes)));
}
