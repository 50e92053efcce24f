//! New inquiries: from a template and what the caller knows, with an account, a session and a link
//! in the same call.

use jiff::ToSpan;
use serde_json::{Map, Value, json};

use super::super::{
    call::{Call, Replied, Reply},
    query::bad_request,
    world::{Object, Refusal, written},
};

pub const INQUIRY: &str = "{
    data!: {attributes!: {
        template-id: string?, inquiry-template-id: string?, inquiry-template-version-id: string?,
        reference-id: string?, account-id: string?, creator-email-address: string?,
        theme-id: string?, theme-set-id: string?, redirect-uri: string?, note: string?,
        fields: {
            name-first: string?, name-middle: string?, name-last: string?, birthdate: string?,
            address-street-1: string?, address-street-2: string?, address-city: string?,
            address-subdivision: string?, address-postal-code: string?, address-country-code: string?,
            email-address: string?, phone-number: string?, identification-number: string?, *
        }?, tags: [string]?, initial-step-name: string?
    }},
    meta: {
        auto-create-account: boolean, auto-create-account-type-id: string,
        auto-create-account-reference-id: string, auto-create-inquiry-session: boolean,
        auto-create-one-time-link: boolean,
        expiration-after-create-interval-seconds: integer?,
        expiration-after-start-interval-seconds: integer?,
        expiration-after-resume-interval-seconds: integer?,
        one-time-link-expiration-seconds: integer?
    }
}";

/// Attributes of the body that are no fields.
const OWN: [&str; 13] = [
    "template-id",
    "inquiry-template-id",
    "inquiry-template-version-id",
    "reference-id",
    "account-id",
    "creator-email-address",
    "theme-id",
    "theme-set-id",
    "redirect-uri",
    "note",
    "fields",
    "tags",
    "initial-step-name",
];

/// An inquiry expires after a day unless told otherwise.
const DAY_SECONDS: i64 = 24 * 60 * 60;

pub fn inquiry(call: &mut Call<'_>) -> Replied {
    let template = templates(call)?;
    let account = account(call)?;
    let id = call.world.new_id("inq");
    let seconds = call.meta("expiration-after-create-interval-seconds").as_i64();
    // A century is for good; beyond that the calendar ends.
    let seconds = seconds.unwrap_or(DAY_SECONDS).clamp(1, 36_500 * DAY_SECONDS);
    let (at, expires) = (written(call.now), written(call.now + seconds.seconds()));
    let attributes = json!({
        "status": "created", "reference-id": reference(call, account.as_ref()),
        "note": call.attribute("note"), "behaviors": {},
        "tags": call.attribute("tags").as_array().cloned().unwrap_or_default(),
        "creator": call.attribute("creator-email-address").as_str().unwrap_or("api@example.test"),
        "reviewer-comment": null, "created-at": at, "started-at": null, "expires-at": expires,
        "completed-at": null, "failed-at": null, "marked-for-review-at": null,
        "decisioned-at": null, "expired-at": null, "redacted-at": null, "updated-at": at,
        "previous-step-name": null, "next-step-name": "start", "fields": {},
    });
    let account =
        account.map_or(Value::Null, |account| json!({ "type": "account", "id": account.id }));
    let none = json!({ "data": [] });
    let relationships = json!({
        "account": { "data": account }, "template": { "data": template.legacy },
        "inquiry-template": { "data": template.own },
        "inquiry-template-version": { "data": template.version },
        "transaction": { "data": null }, "reviewer": { "data": null }, "reports": none,
        "verifications": none, "sessions": none, "documents": none, "selfies": none,
    });
    let mut object = super::object("inquiry", &id, attributes, Some(relationships));
    let flat = call.caller_takes_flat();
    for (name, value) in call.attributes() {
        match (name.as_str(), value) {
            ("fields", Value::Object(fields)) => {
                fields.iter().for_each(|(key, value)| set_field(&mut object, key, value));
            }
            (name, value) if flat && !OWN.contains(&name) => set_field(&mut object, name, value),
            _ => {}
        }
    }
    call.world.add("inquiry", object);
    call.world.changed(&id);
    call.world.tell("inquiry.created", &id, call.now);
    let meta = at_once(call, &id);
    Ok(Reply::one(id).status(201).meta(meta))
}

/// The session and the link that are made with the inquiry, where asked for; null where not.
fn at_once(call: &mut Call<'_>, id: &str) -> Value {
    let wanted = |name: &str| call.meta(name).as_bool() == Some(true);
    let session = wanted("auto-create-inquiry-session");
    let link = wanted("auto-create-one-time-link");
    if session || link {
        super::sessions::new(call, id);
    }
    let mut meta = if link {
        super::inquiries::links(id, call.now)
    } else {
        json!({ "one-time-link": null, "one-time-link-short": null })
    };
    let token = session.then(|| super::inquiries::session_token(id, call.now));
    meta["session-token"] = json!(token);
    meta
}

/// Which templates a new inquiry points at.
struct Templates {
    legacy: Value,
    own: Value,
    version: Value,
}

fn templates(call: &Call<'_>) -> Result<Templates, Refusal> {
    let given = |name: &str| call.attribute(name).as_str().filter(|id| !id.is_empty());
    let pointer = |kind: &str, id: Option<&str>| {
        id.map_or(Value::Null, |id| json!({ "type": kind, "id": id }))
    };
    let (legacy, own, version) =
        (given("template-id"), given("inquiry-template-id"), given("inquiry-template-version-id"));
    if legacy.or(own).or(version).is_none() {
        return Err(bad_request("data.attributes.inquiry_template_id must be filled"));
    }
    // Sandbox keys see no templates, so an id is taken at its word.
    Ok(Templates {
        legacy: pointer("template", legacy),
        own: pointer("inquiry-template", own),
        version: pointer("inquiry-template-version", version),
    })
}

/// The account that is named, or a new one unless that is unwanted.
fn account(call: &mut Call<'_>) -> Result<Option<Object>, Refusal> {
    if let Some(id) = call.attribute("account-id").as_str().filter(|id| !id.is_empty()) {
        return call.named("account", id, "data.attributes.account_id").map(Some);
    }
    let reference = call.meta("auto-create-account-reference-id").as_str().map(str::to_owned);
    if call.meta("auto-create-account").as_bool() == Some(false) {
        if reference.is_some() {
            let why = "meta.auto_create_account_reference_id cannot be used without an account";
            return Err(bad_request(why));
        }
        return Ok(None);
    }
    let reference = reference.or(call.attribute("reference-id").as_str().map(str::to_owned));
    let known = reference
        .as_deref()
        .and_then(|reference| super::accounts::by_reference(call.world, reference));
    if known.is_some() {
        return Ok(known);
    }
    let kind = call.meta("auto-create-account-type-id").as_str().map(str::to_owned);
    super::accounts::new(call, kind.as_deref(), reference.as_deref()).map(Some)
}

fn reference(call: &Call<'_>, account: Option<&Object>) -> Value {
    match call.attribute("reference-id") {
        Value::Null => {
            let own = account.and_then(|account| account.attributes.get("reference-id"));
            own.cloned().unwrap_or_default()
        }
        given => given.clone(),
    }
}

/// Puts a raw value into a field, wrapped the way answers show it.
pub fn set_field(object: &mut Object, key: &str, value: &Value) {
    let Some(Value::Object(fields)) = object.attributes.get_mut("fields") else { return };
    let known = crate::model::field::normalised(key);
    let spelled = fields.keys().find(|name| crate::model::field::normalised(name) == known);
    let spelled = spelled.cloned().unwrap_or_else(|| key.to_owned());
    fields.insert(spelled, wrapped(key, value));
}

fn wrapped(key: &str, value: &Value) -> Value {
    let kind = match value {
        Value::String(_) if key == "birthdate" => "date",
        Value::String(_) | Value::Null => "string",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::Array(items) => {
            let items: Vec<Value> = items.iter().map(|item| wrapped("", item)).collect();
            return json!({ "type": "array", "value": items });
        }
        Value::Object(members) => {
            let members: Map<String, Value> =
                members.iter().map(|(key, value)| (key.clone(), wrapped(key, value))).collect();
            return json!({ "type": "hash", "value": members });
        }
    };
    json!({ "type": kind, "value": value })
}
