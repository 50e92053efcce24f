//! API keys: issued, changed, cloned, expired.

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Replied, Reply, filled},
        keys::{self, Environment},
        query::{Filter, bad_request},
        world::{Object, Refusal, written},
    },
    Operation, get, patch, post,
    webhooks::{check_shared, expiry},
};

const FILTERS: &[Filter] =
    &[Filter { name: "name", passes: |object, name| object.text("name") == name }];

const CREATE: &str = "{data!: {attributes!: {
    name!: string, note: string, api-version: string, api-key-inflection: string,
    api-attributes-blocklist: [string], ip-address-allowlist: [string], permissions: [string],
    file-access-token-expires-in: integer
}}}";
const UPDATE: &str = "{data!: {attributes!: {
    name: string, note: string, api-version: string, api-key-inflection: string,
    api-attributes-blocklist: [string], ip-address-allowlist: [string], permissions: [string],
    file-access-token-expires-in: integer
}}}";

pub const OPERATIONS: &[Operation] = &[
    get("api-keys", list).paged().filtered(FILTERS),
    post("api-keys", create).body(CREATE),
    get("api-keys/{}", retrieve),
    patch("api-keys/{}", update).body(UPDATE),
    post("api-keys/{}/expire", expire).body("{meta!: {expires-in-seconds!: integer}}"),
    post("api-keys/{}/clone", clone),
];

fn list(call: &mut Call<'_>) -> Replied {
    let ids: Vec<String> = call.world.list("api-key").objects().map(|key| key.id).collect();
    for id in ids {
        note_use(call, &id);
    }
    call.list("api-key")
}

/// The use of a key is no change of it: nobody is told.
fn note_use(call: &mut Call<'_>, id: &str) {
    if let Some(at) = call.keys.last_use(id) {
        call.world.change(id, |key| key.set("last-used-at", written(at)));
    }
}

/// A single key is the one thing that declares no 404.
fn retrieve(call: &mut Call<'_>) -> Replied {
    let key = call.find("api-key", call.id());
    let id = key.ok_or_else(|| bad_request("api_key is not found"))?.id;
    note_use(call, &id);
    Ok(Reply::one(id))
}

fn create(call: &mut Call<'_>) -> Replied {
    let name = filled(call.attribute("name"), "data.attributes.name")?.to_owned();
    check(call)?;
    let attributes = keys::attributes(&name, call.caller.version, call.now);
    let id = call.world.new_id("api");
    let mut key = super::object("api-key", &id, attributes, None);
    write(call, &mut key);
    call.world.add("api-key", key);
    let value = issue(call, &id);
    Ok(Reply::one(id).status(201).showing("value", value.into()))
}

fn update(call: &mut Call<'_>) -> Replied {
    let mut key = call.object("api-key")?;
    check(call)?;
    write(call, &mut key);
    let id = key.id.clone();
    call.touch(&id, |object| *object = key);
    Ok(Reply::one(id))
}

fn check(call: &Call<'_>) -> Result<(), Refusal> {
    check_shared(call)?;
    for permission in call.attribute("permissions").as_array().into_iter().flatten() {
        if !permission.as_str().is_some_and(|name| keys::PERMISSIONS.contains(&name)) {
            let why = format!("Permissions contain {permission}, which is none");
            let pointer = "/data/attributes/permissions";
            return Err(Refusal::new(422, "Record invalid", why).at(pointer));
        }
    }
    Ok(())
}

fn write(call: &Call<'_>, key: &mut Object) {
    let known = [
        "name",
        "note",
        "api-version",
        "api-key-inflection",
        "api-attributes-blocklist",
        "ip-address-allowlist",
        "permissions",
        "file-access-token-expires-in",
    ];
    for (name, value) in call.attributes().filter(|(name, _)| known.contains(&name.as_str())) {
        key.set(name, value.clone());
    }
}

fn expire(call: &mut Call<'_>) -> Replied {
    let key = call.object("api-key")?;
    let at = expiry(call)?.unwrap_or(call.now);
    call.touch(&key.id, |key| key.set("expires-at", written(at)));
    Ok(Reply::one(key.id))
}

fn clone(call: &mut Call<'_>) -> Replied {
    let key = call.object("api-key")?;
    let id = call.world.new_id("api");
    let mut copy = Object { id: id.clone(), ..key };
    copy.set("created-at", written(call.now));
    copy.set("expires-at", Value::Null);
    copy.set("last-used-at", Value::Null);
    call.world.add("api-key", copy);
    let value = issue(call, &id);
    Ok(Reply::one(id).showing("value", json!(value)))
}

/// The value of a new key; no other answer shows it.
fn issue(call: &mut Call<'_>, id: &str) -> String {
    let environment = match call.caller.environment {
        Environment::Sandbox => "sandbox",
        Environment::Production => "production",
    };
    let tail = call.world.new_id("key");
    let value = format!("persona_{environment}_{}", tail.trim_start_matches("key_"));
    call.keys.issue(&value, id);
    value
}
