//! Webhooks: who wants to be told of what. Their deliveries are made elsewhere.

use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Replied, Reply, filled},
        keys::FILE_LIFE_SECONDS,
        query::bad_request,
        version::{VERSIONS, Version},
        webhooks::SigningSecret,
        world::{Object, Refusal, written},
    },
    Operation, get, patch, post,
};

pub const OPERATIONS: &[Operation] = &[
    get("webhooks", |call| call.list("webhook")).paged(),
    post("webhooks", create).body(CREATE),
    get("webhooks/{}", |call| Ok(Reply::one(call.object("webhook")?.id))),
    patch("webhooks/{}", update).body(UPDATE),
    post("webhooks/{}/enable", |call| becomes(call, "enabled")),
    post("webhooks/{}/disable", |call| becomes(call, "disabled")),
    post("webhooks/{}/archive", |call| becomes(call, "archived")),
    post("webhooks/{}/rotate-secret", rotate).body("{meta: {expires-in-seconds: integer}}"),
    post("webhooks/{}/clone", clone),
];

/// What can be said of a webhook; a new one must say some of it.
macro_rules! attributes {
    ($must:literal) => {
        concat!(
            "{data",
            $must,
            ": {attributes",
            $must,
            ": {name: string, url",
            $must,
            ": string, enabled-events",
            $must,
            ": [string],
            description: string?, api-version: string, api-key-inflection: string,
            api-attributes-blocklist: [string], file-access-token-expires-in: integer,
            payload-filter: map, relationship-allowlist: {state!: string},
            included-allowlist: {state!: string,
                event-types: [{event-type!: string, relationships!: [string]}]},
            custom-http-headers: map}}}"
        )
    };
}
const CREATE: &str = attributes!("!");
const UPDATE: &str = attributes!("");

/// URLs of files in deliveries are good for three days at most.
const LONGEST_FILE_LIFE_SECONDS: i64 = 3 * 24 * 60 * 60;

fn create(call: &mut Call<'_>) -> Replied {
    if call.caller.version >= Version::NEWEST {
        filled(call.attribute("name"), "data.attributes.name")?;
    }
    check(call)?;
    let attributes = json!({
        "status": "disabled", "url": call.attribute("url"), "name": null, "description": null,
        "api-version": call.caller.version.name(), "api-key-inflection": "kebab",
        "api-attributes-blocklist": [], "file-access-token-expires-in": FILE_LIFE_SECONDS,
        "enabled-events": [], "payload-filter": null,
        "included-allowlist": { "state": "include_none" },
        "relationship-allowlist": { "state": "include_all" }, "created-at": written(call.now),
    });
    let id = call.world.new_id("wbh");
    let mut webhook = super::object("webhook", &id, attributes, None);
    write(call, &mut webhook);
    call.world.add("webhook", webhook);
    remember_headers(call, &id);
    let secrets = call.hooks.rotate(&id, call.now, call.now).to_vec();
    Ok(shown_once(Reply::one(id).status(201), &secrets))
}

fn update(call: &mut Call<'_>) -> Replied {
    let mut webhook = call.object("webhook")?;
    check(call)?;
    write(call, &mut webhook);
    let id = webhook.id.clone();
    call.touch(&id, |object| *object = webhook);
    remember_headers(call, &id);
    Ok(Reply::one(id))
}

/// What cannot be right whatever the caller meant.
fn check(call: &Call<'_>) -> Result<(), Refusal> {
    let invalid = |pointer: &'static str, why: &str| {
        Err(Refusal::new(422, "Record invalid", why).at(pointer))
    };
    if let Some(url) = call.attribute("url").as_str() {
        let known = url::Url::parse(url)
            .is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        if !known {
            return invalid("/data/attributes/url", "Url is invalid");
        }
    }
    check_shared(call)?;
    for event in call.attribute("enabled-events").as_array().into_iter().flatten() {
        let name = event.as_str().unwrap_or_default();
        if name != "*" && !(name.contains('.') && name.chars().all(is_event_letter)) {
            let why = "Enabled events contain an unknown event";
            return invalid("/data/attributes/enabled-events", why);
        }
    }
    let custom = call.attribute("custom-http-headers").as_object().into_iter().flatten();
    for (name, value) in custom {
        if !CUSTOM_HEADERS.contains(&name.as_str()) || !value.is_string() {
            return Err(bad_request(format!("custom_http_headers.{name} is not allowed")));
        }
    }
    check_allowlists(call)
}

/// Only what is included can be listed by type of event.
fn check_allowlists(call: &Call<'_>) -> Result<(), Refusal> {
    let lists: [(&str, &[&str]); 2] = [
        ("included-allowlist", &["include_all", "include_none", "custom"]),
        ("relationship-allowlist", &["include_all", "include_none"]),
    ];
    for (name, states) in lists {
        let list = call.attribute(name);
        let state = list["state"].as_str().unwrap_or_default();
        if !list.is_null() && !states.contains(&state) {
            return Err(bad_request(format!("{name}.state is not one of its values")));
        }
        let types = list["event-types"].as_array();
        let filled =
            |one: &Value| one["relationships"].as_array().is_some_and(|all| !all.is_empty());
        if state == "custom" && !types.is_some_and(|all| !all.is_empty() && all.iter().all(filled))
        {
            return Err(bad_request(format!("{name}.event_types must be filled")));
        }
        if state != "custom" && types.is_some() {
            return Err(bad_request(format!("{name}.event_types goes with the state custom")));
        }
    }
    Ok(())
}

const CUSTOM_HEADERS: [&str; 5] = [
    "Authorization",
    "Calling-Application",
    "CF-Access-Client-Id",
    "CF-Access-Client-Secret",
    "X-API-Key",
];

fn is_event_letter(c: char) -> bool {
    c.is_ascii_lowercase() || matches!(c, '.' | '-' | '_' | '/')
}

/// What webhooks and keys share.
pub fn check_shared(call: &Call<'_>) -> Result<(), Refusal> {
    let invalid = |pointer: &'static str, why: &str| {
        Err(Refusal::new(422, "Record invalid", why).at(pointer))
    };
    if let Some(version) = call.attribute("api-version").as_str()
        && !VERSIONS.contains(&version)
    {
        return invalid("/data/attributes/api-version", "Api version is not included in the list");
    }
    if let Some(inflection) = call.attribute("api-key-inflection").as_str()
        && super::super::inflect::Inflection::named(inflection).is_none()
    {
        let why = "Api key inflection is not included in the list";
        return invalid("/data/attributes/api-key-inflection", why);
    }
    if let Some(seconds) = call.attribute("file-access-token-expires-in").as_f64()
        && !(1.0..=LONGEST_FILE_LIFE_SECONDS as f64).contains(&seconds)
    {
        let why = "File access token expires in must be from 1 second to 3 days";
        return invalid("/data/attributes/file-access-token-expires-in", why);
    }
    Ok(())
}

fn write(call: &Call<'_>, webhook: &mut Object) {
    let known = [
        "name",
        "url",
        "description",
        "enabled-events",
        "api-version",
        "api-key-inflection",
        "api-attributes-blocklist",
        "file-access-token-expires-in",
        "payload-filter",
        "included-allowlist",
        "relationship-allowlist",
    ];
    for (name, value) in call.attributes().filter(|(name, _)| known.contains(&name.as_str())) {
        webhook.set(name, value.clone());
    }
}

/// Headers of the owner's own are write-only: no answer shows them.
fn remember_headers(call: &mut Call<'_>, id: &str) {
    let given = call.attribute("custom-http-headers").as_object().cloned();
    if let Some(given) = given {
        let text = |(name, value): (String, Value)| Some((name, value.as_str()?.to_owned()));
        call.hooks.set_headers(id, given.into_iter().filter_map(text).collect());
    }
}

fn becomes(call: &mut Call<'_>, status: &str) -> Replied {
    let webhook = call.object("webhook")?;
    if webhook.text("status") == "archived" {
        return Err(Refusal::new(409, "Conflict", "Webhook is archived"));
    }
    call.touch(&webhook.id, |webhook| webhook.set("status", status));
    if status != "enabled" {
        call.hooks.cancel(&webhook.id);
    }
    Ok(Reply::one(webhook.id))
}

fn rotate(call: &mut Call<'_>) -> Replied {
    let webhook = call.object("webhook")?;
    let old_until = expiry(call)?.unwrap_or(call.now);
    let secrets = call.hooks.rotate(&webhook.id, old_until, call.now).to_vec();
    call.world.changed(&webhook.id);
    Ok(shown_once(Reply::one(webhook.id), &secrets))
}

fn clone(call: &mut Call<'_>) -> Replied {
    let webhook = call.object("webhook")?;
    let id = call.world.new_id("wbh");
    let mut copy = Object { id: id.clone(), ..webhook };
    copy.set("status", "disabled");
    copy.set("created-at", written(call.now));
    call.world.add("webhook", copy);
    let secrets = call.hooks.rotate(&id, call.now, call.now).to_vec();
    Ok(shown_once(Reply::one(id), &secrets))
}

fn shown_once(reply: Reply, secrets: &[SigningSecret]) -> Reply {
    let shown: Vec<Value> = secrets
        .iter()
        .map(
            |secret| json!({ "value": secret.value, "expires-at": secret.expires_at.map(written) }),
        )
        .collect();
    let newest = secrets.first().map(|secret| secret.value.clone());
    reply.showing("secret", json!(newest)).showing("secrets", Value::Array(shown))
}

/// An instant that the body gives in seconds from now, at most thirty days.
pub fn expiry(call: &Call<'_>) -> Result<Option<Timestamp>, Refusal> {
    match call.meta("expires-in-seconds") {
        Value::Null => Ok(None),
        value => {
            let seconds = value.as_f64().unwrap_or(-1.0);
            if !(0.0..=30.0 * 24.0 * 3_600.0).contains(&seconds) {
                return Err(bad_request("meta.expires_in_seconds must be from 0 to 30 days"));
            }
            Ok(Some(call.now + (seconds as i64).seconds()))
        }
    }
}
