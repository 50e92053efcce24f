//! Accounts: lists, writes, relations to other accounts and transactions, consolidation.

use serde_json::{Value, json};

use super::{
    super::{
        base::RELATION_KEYS,
        call::{Call, Content, Replied, Reply, any_of, filled},
        flat,
        query::{Filter, bad_request},
        world::{Object, Refusal, World, written},
    },
    Operation, created, delete, get, patch, post, redaction, searches, tags,
};

const FILTERS: &[Filter] = &[Filter {
    name: "reference-id",
    passes: |object, values| any_of(values, |value| object.text("reference-id") == value),
}];

const RELATION_FILTERS: &[Filter] = &[
    Filter { name: "key!", passes: |_, _| true },
    Filter { name: "created-at-start", passes: |_, _| true },
    Filter { name: "created-at-end", passes: |_, _| true },
];

const CREATE: &str = "{
    data: {attributes: {
        account-type-id: string, account-status: string, reference-id: string, tags: [string]?,
        selfie-photo: {data: {data: string, filename: string}}, fields: map,
        country-code: string, social-security-number: string, birthdate: date,
        name-first: string, name-middle: string, name-last: string, phone-number: string,
        email-address: string, address-street-1: string, address-street-2: string,
        address-city: string, address-subdivision: string, address-postal-code: string
    }},
    meta: {upsert-by: string?}
}";
const UPDATE: &str = "{data: {attributes: {
    reference-id: string, account-status: string, tags: [string]?,
    selfie-photo: {data: {data: string, filename: string}?}, fields: map,
    country-code: string, social-security-number: string, birthdate: date,
    name-first: string, name-middle: string, name-last: string, phone-number: string,
    email-address: string, address-street-1: string, address-street-2: string,
    address-city: string, address-subdivision: string, address-postal-code: string
}}}";
pub const RELATION: &str = "{meta!: {relation-schema-key!: string, target-object-id!: string}}";

const TAGGED: Option<&str> = Some("account.updated-tags");

pub const OPERATIONS: &[Operation] = &[
    get("accounts", |call| call.list("account")).paged().filtered(FILTERS),
    post("accounts", create).body(CREATE),
    post("accounts/search", searches::accounts).body(searches::BODY).paged(),
    get("accounts/{}", |call| Ok(Reply::one(call.object("account")?.id))),
    patch("accounts/{}", update).body(UPDATE),
    delete("accounts/{}", redact),
    post("accounts/{}/add-tag", |call| tags::add(call, "account", TAGGED)).body(tags::ONE_IN_META),
    post("accounts/{}/remove-tag", |call| tags::remove(call, "account", TAGGED))
        .body(tags::ONE_IN_META),
    post("accounts/{}/set-tags", |call| tags::set(call, "account", TAGGED)).body(tags::ALL_IN_META),
    get("accounts/{}/relations", relations).paged().filtered(RELATION_FILTERS),
    post("accounts/{}/add-relation", |call| relate(call, Relating::Add)).body(RELATION),
    post("accounts/{}/remove-relation", |call| relate(call, Relating::Remove)).body(RELATION),
    post("accounts/{}/consolidate", consolidate).body("{meta!: {source-account-ids!: [string]}}"),
    get("account-types/{}", |call| Ok(Reply::one(call.object("account-type")?.id))),
];

pub fn by_reference(world: &World, reference: &str) -> Option<Object> {
    world
        .list("account")
        .candidates("reference-id", reference)
        .find(|account| account.text("reference-id") == reference)
}

/// A new account of a type, the first there is if none is named.
pub fn new(
    call: &mut Call<'_>,
    kind: Option<&str>,
    reference: Option<&str>,
) -> Result<Object, Refusal> {
    let kind = match kind {
        Some(id) => Some(call.find("account-type", id).ok_or_else(unknown_type)?),
        None => super::super::rows::all(call.world, "account-type").next(),
    };
    let name = kind.as_ref().map_or("User", |kind| kind.text("name"));
    let id = call.world.new_id("act");
    let at = written(call.now);
    let attributes = json!({
        "reference-id": reference, "account-type-name": name, "account-status": "Default",
        "created-at": at, "updated-at": at, "redacted-at": null, "fields": {}, "tags": [],
    });
    let kind = kind.map_or_else(|| "acttp_User00000000000000000000".to_owned(), |kind| kind.id);
    let relationships =
        json!({ "account-type": { "data": { "type": "account-type", "id": kind } } });
    let account = super::object("account", &id, attributes, Some(relationships));
    call.world.add("account", account.clone());
    call.world.changed(&id);
    call.world.tell("account.created", &id, call.now);
    Ok(account)
}

fn unknown_type() -> Refusal {
    Refusal::new(422, "Record invalid", "Account type must exist")
        .at("/data/attributes/account-type-id")
}

fn create(call: &mut Call<'_>) -> Replied {
    check_fields(call)?;
    let text = |value: &Value| value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let reference = text(call.attribute("reference-id"));
    let known = reference.as_deref().and_then(|reference| by_reference(call.world, reference));
    let upsert = text(call.meta("upsert-by"));
    if upsert.as_deref().is_some_and(|by| by.replace('_', "-") != "reference-id") {
        return Err(bad_request("meta.upsert_by must be reference-id"));
    }
    let (id, status) = match (known, upsert) {
        (Some(known), Some(_)) => (known.id, 200),
        (Some(_), None) => {
            let why = "Resource already exists as an active resource";
            return Err(Refusal::new(409, "Record not unique", why));
        }
        (None, _) => {
            let kind = text(call.attribute("account-type-id"));
            (new(call, kind.as_deref(), reference.as_deref())?.id, 201)
        }
    };
    write(call, &id);
    Ok(Reply::one(id).status(status))
}

fn update(call: &mut Call<'_>) -> Replied {
    check_fields(call)?;
    let account = call.object("account")?;
    if let Some(reference) = call.attribute("reference-id").as_str()
        && by_reference(call.world, reference).is_some_and(|other| other.id != account.id)
    {
        let why = "Resource already exists as an active resource";
        return Err(Refusal::new(409, "Record not unique", why));
    }
    write(call, &account.id);
    call.world.tell("account.updated-fields", &account.id, call.now);
    Ok(Reply::one(account.id))
}

/// Stock fields have the shape of their type.
fn check_fields(call: &Call<'_>) -> Result<(), Refusal> {
    let Some(fields) = call.attribute("fields").as_object() else { return Ok(()) };
    let plain = |value: &Value| value.is_string() || value.is_null();
    for (key, value) in fields {
        let right = match crate::model::field::normalised(key).as_str() {
            "name" | "address" => {
                value.as_object().is_some_and(|parts| parts.values().all(plain)) || value.is_null()
            }
            "birthdate" | "phone_number" | "email_address" => plain(value),
            "identification_numbers" => value.as_array().is_some_and(|numbers| {
                numbers
                    .iter()
                    .all(|one| one.as_object().is_some_and(|parts| parts.values().all(plain)))
            }),
            "selfie_photo" => value.is_null(),
            _ => true,
        };
        if !right {
            let why = format!("{key} has a value of another type");
            let pointer = "/data/attributes/fields";
            return Err(Refusal::new(422, "Record invalid", why).at(pointer));
        }
    }
    Ok(())
}

fn write(call: &mut Call<'_>, id: &str) {
    let attributes = call.body["data"]["attributes"].clone();
    call.touch(id, |account| {
        for (name, value) in attributes.as_object().into_iter().flatten() {
            match name.as_str() {
                "reference-id" | "account-status" => account.set(name, value.clone()),
                "tags" => account.set(name, value.as_array().cloned().unwrap_or_default()),
                "fields" => {
                    for (key, value) in value.as_object().into_iter().flatten() {
                        set(account, key, value);
                    }
                }
                flat => match flat::place(flat) {
                    Some([group, part]) => set(account, group, &json!({ *part: value })),
                    Some([field]) => created::set_field(account, field, value),
                    _ => {}
                },
            }
        }
    });
}

/// Parts of a hash that are not written stay.
fn set(account: &mut Object, key: &str, value: &Value) {
    let known = super::value(account, "fields")[key]["value"].as_object().cloned();
    match (known, value) {
        (Some(known), Value::Object(parts)) => {
            let mut whole = Object { attributes: serde_json::Map::new(), ..account.clone() };
            whole.set("fields", Value::Object(known));
            for (part, value) in parts {
                created::set_field(&mut whole, part, value);
            }
            let merged = super::value(&whole, "fields").clone();
            if let Some(fields) = account.attributes.get_mut("fields") {
                fields[key]["value"] = merged;
            }
        }
        _ => created::set_field(account, key, value),
    }
}

fn redact(call: &mut Call<'_>) -> Replied {
    let account = call.object("account")?;
    let again = account.attributes.get("redacted-at").is_some_and(|at| !at.is_null());
    if again && call.caller.version.is_flat() {
        // Versions until 2023-01-05 answered with the account instead of an error.
        return Ok(Reply::one(account.id).status(409));
    }
    redaction::object(call, "account", "Account", Some("account.redacted"))
}

fn relations(call: &mut Call<'_>) -> Replied {
    let account = call.object("account")?;
    let key = call.query.filter("key").unwrap_or_default();
    if !RELATION_KEYS.contains(&key) {
        let why = format!("{key:?} is not a relation key");
        return Err(Refusal::new(422, "Unprocessable entity", why).at("/filter/key"));
    }
    let ids: Vec<String> = call.world.relations(&account.id, key);
    call.page(ids.as_slice(), |_| true).map(Reply::without_included)
}

/// What is done to a relation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relating {
    Add,
    Remove,
}

fn relate(call: &mut Call<'_>, relating: Relating) -> Replied {
    let account = call.object("account")?;
    let key = filled(call.meta("relation-schema-key"), "meta.relation_schema_key")?.to_owned();
    let target = filled(call.meta("target-object-id"), "meta.target_object_id")?.to_owned();
    if !RELATION_KEYS.contains(&key.as_str()) {
        let why = format!("{key:?} is not a relation key of this account's type");
        let pointer = "/meta/relation-schema-key";
        return Err(Refusal::new(422, "Unprocessable entity", why).at(pointer));
    }
    let found = call.find("account", &target).or_else(|| call.find("transaction", &target));
    let found = found.ok_or_else(|| {
        Refusal::new(404, "Record not found", "meta.target_object_id is not found")
    })?;
    let event = match relating {
        Relating::Add => {
            call.world.relate(&account.id, &key, &found.id);
            "account.added-relation"
        }
        Relating::Remove => {
            call.world.unrelate(&account.id, &key, &found.id);
            "account.removed-relation"
        }
    };
    call.touch(&account.id, |_| {});
    call.world.tell(event, &account.id, call.now);
    let (target_account, target_txn) =
        if found.kind == "account" { (Some(&found.id), None) } else { (None, Some(&found.id)) };
    let context = json!({
        "relation-schema-key": key, "target-account-id": target_account,
        "target-txn-id": target_txn,
    });
    super::super::rows::tell_more(call.world, context);
    Ok(Reply::one(account.id))
}

/// Sources are archived; what hangs on them moves over.
fn consolidate(call: &mut Call<'_>) -> Replied {
    let account = call.object("account")?;
    let sources: Vec<String> = call
        .meta("source-account-ids")
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect();
    for source in &sources {
        let source = call.named("account", source, "meta.source_account_ids")?;
        if source.id == account.id {
            let why = "An account cannot be consolidated with itself";
            return Err(Refusal::new(422, "Unprocessable entity", why));
        }
        if source.text("account-status") == "archived" {
            return Err(Refusal::new(409, "Conflict", "Account already consolidated"));
        }
    }
    for source in &sources {
        let own = |inquiry: &Object| inquiry.related("account").contains(&source.as_str());
        let inquiries: Vec<Object> =
            call.world.list("inquiry").candidates("account-id", source).filter(own).collect();
        for inquiry in inquiries {
            let pointer = json!({ "data": { "type": "account", "id": account.id } });
            call.touch(&inquiry.id, |inquiry| {
                if let Some(all) = &mut inquiry.relationships {
                    all.insert("account".to_owned(), pointer);
                }
            });
        }
        call.touch(source, |source| source.set("account-status", "archived"));
        call.world.tell("account.archived", source, call.now);
    }
    call.touch(&account.id, |_| {});
    call.world.tell("account.consolidated", &account.id, call.now);
    Ok(Reply::new(Content::One(account.id)).status(202))
}
