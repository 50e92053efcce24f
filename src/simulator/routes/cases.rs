//! Cases: lists, writes, their status and assignee, what is attached to them.

use base64::{Engine, prelude::BASE64_STANDARD as BASE64};
use jiff::ToSpan;
use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Replied, Reply, any_of, filled},
        query::{Filter, bad_request},
        rules::CASE_TEMPLATES,
        world::{Object, Refusal, written},
    },
    Operation, created, delete, get, patch, post, redaction, searches, tags,
};

const FILTERS: &[Filter] = &[
    Filter {
        name: "status",
        passes: |object, name| object.text("status").eq_ignore_ascii_case(name),
    },
    Filter { name: "case-template-id", passes: |object, id| has(object, "case-template", id) },
    Filter { name: "account-id", passes: |object, id| has(object, "accounts", id) },
    Filter { name: "inquiry-id", passes: |object, id| has(object, "inquiries", id) },
    Filter { name: "report-id", passes: |object, id| has(object, "reports", id) },
    // The reference of an account; the list looks it up before.
    Filter { name: "reference-id", passes: |_, _| true },
];

const CREATE: &str = "{
    data!: {attributes!: {
        case-template-id!: string, creator-email-address: string, case-queue-id: string, fields: map
    }},
    meta: {object-ids: [string], sla-expires-in-seconds: number?}
}";
const UPDATE: &str = "{
    data: {attributes: {
        attachments: [{data: string, filename: string}], case-queue-id: string?, fields: map
    }},
    meta: {sla-expires-in-seconds: number?}
}";
const OBJECTS: &str = "{meta: {object-ids: [string]?}}";
const TAGGED: Option<&str> = Some("case.updated-tags");
/// Longer than ninety days no case may wait.
const LONGEST_SLA_SECONDS: f64 = 90.0 * 24.0 * 3_600.0;

pub const OPERATIONS: &[Operation] = &[
    get("cases", list).paged().filtered(FILTERS),
    post("cases", create).body(CREATE).quota("create_case"),
    post("cases/search", searches::cases).body(searches::BODY).paged(),
    get("cases/{}", |call| Ok(Reply::one(call.object("case")?.id).unasked(RETRIEVED))),
    patch("cases/{}", update).body(UPDATE),
    delete("cases/{}", |call| redaction::object(call, "case", "Case", Some("case.redacted"))),
    post("cases/{}/set-status", set_status).body("{data: any, meta: {status!: string}}"),
    post("cases/{}/assign", assign).body("{meta!: {user-email-address!: string}}"),
    post("cases/{}/add-objects", |call| attach(call, Attaching::Add)).body(OBJECTS),
    post("cases/{}/remove-objects", |call| attach(call, Attaching::Remove)).body(OBJECTS),
    post("cases/{}/add-tag", |call| tags::add(call, "case", TAGGED)).body(tags::ONE),
    post("cases/{}/remove-tag", |call| tags::remove(call, "case", TAGGED)).body(tags::ONE),
    post("cases/{}/set-tags", |call| tags::set(call, "case", TAGGED)).body(tags::ALL),
    get("case-templates/{}", |call| Ok(Reply::one(call.object("case-template")?.id))),
];

const RETRIEVED: &[&str] = &["accounts", "inquiries", "reports", "verifications", "case-comments"];
const UPDATED: &[&str] = &["accounts", "inquiries", "reports", "case-comments"];
const CREATED: &[&str] = &["accounts", "inquiries", "reports"];

fn has(case: &Object, relationship: &str, ids: &str) -> bool {
    any_of(ids, |id| case.related(relationship).contains(&id))
}

fn list(call: &mut Call<'_>) -> Replied {
    let Some(reference) = call.query.filter("reference-id") else { return call.list("case") };
    let account = super::accounts::by_reference(call.world, reference).map(|account| account.id);
    call.list_of("case", "account-id", account.as_deref(), |case, id| has(case, "accounts", id))
}

fn create(call: &mut Call<'_>) -> Replied {
    let wanted = filled(call.attribute("case-template-id"), "data.attributes.case_template_id")?;
    let template = CASE_TEMPLATES.iter().find(|template| template.id == wanted);
    let template = template.ok_or_else(|| {
        Refusal::new(404, "Record not found", "data.attributes.case_template_id is not found")
    })?;
    let sla = sla(call)?.flatten();
    let objects = objects(call)?;
    let queue = queue(call)?;
    let id = call.world.new_id("case");
    let number = super::super::rows::count(call.world, "case") + 1;
    let at = written(call.now);
    let creator = call.attribute("creator-email-address").clone();
    let attributes = json!({
        "status": template.statuses[0].0, "name": format!("{}-{number}", template.key),
        "resolution": null, "created-at": at, "updated-at": at, "assigned-at": null,
        "resolved-at": null, "redacted-at": null, "sla-expires-at": sla,
        "creator-id": creator, "creator-type": creator.as_str().map(|_| "user"),
        "assignee-id": null, "assigner-id": null, "assigner-type": null, "resolver-id": null,
        "resolver-type": null, "updater-id": null, "updater-type": null, "tags": [],
        "fields": {}, "attachments": [],
    });
    let none = json!({ "data": [] });
    let relationships = json!({
        "accounts": none, "case-comments": none,
        "case-template": { "data": { "type": "case-template", "id": template.id } },
        "case-queue": { "data": queue }, "inquiries": none, "reports": none,
        "verifications": none, "txns": none,
    });
    let mut case = super::object("case", &id, attributes, Some(relationships));
    write_fields(call, &mut case);
    for object in &objects {
        connect(&mut case, object, Attaching::Add);
    }
    call.world.add("case", case);
    call.world.changed(&id);
    call.world.tell("case.created", &id, call.now);
    Ok(Reply::one(id).status(201).unasked(CREATED))
}

fn update(call: &mut Call<'_>) -> Replied {
    let case = unredacted(call)?;
    let sla = sla(call)?;
    let queue = match call.attribute("case-queue-id") {
        Value::Null => call.body["data"]["attributes"].get("case-queue-id").map(|_| Value::Null),
        _ => Some(queue(call)?),
    };
    let mut after = case.clone();
    write_fields(call, &mut after);
    if let Some(sla) = sla {
        after.set("sla-expires-at", sla);
    }
    if let (Some(queue), Some(relationships)) = (queue, &mut after.relationships) {
        relationships.insert("case-queue".into(), json!({ "data": queue }));
    }
    let uploads = uploads(call)?;
    if let Some(Value::Array(files)) = after.attributes.get_mut("attachments") {
        for (name, bytes) in uploads {
            let size = bytes.len();
            let url = call.files.keep(&case.id, &name, bytes);
            files.push(json!({ "filename": name, "url": url, "byte-size": size }));
        }
    }
    call.touch(&case.id, |object| *object = after);
    call.world.tell("case.updated", &case.id, call.now);
    Ok(Reply::one(case.id).unasked(UPDATED))
}

/// Attachments of the body: their names and what they hold.
fn uploads(call: &Call<'_>) -> Result<Vec<(String, Vec<u8>)>, Refusal> {
    let given = call.attribute("attachments").as_array().into_iter().flatten();
    given
        .map(|given| {
            let name = given["filename"].as_str().unwrap_or("attachment").to_owned();
            let bytes = BASE64.decode(given["data"].as_str().unwrap_or_default());
            let bytes = bytes.map_err(|_| {
                let pointer = "/data/attributes/attachments";
                Refusal::new(422, "Record invalid", "File data is not base64").at(pointer)
            })?;
            Ok((name, bytes))
        })
        .collect()
}

fn unredacted(call: &Call<'_>) -> Result<Object, Refusal> {
    let case = call.object("case")?;
    if super::value(&case, "redacted-at").is_null() {
        return Ok(case);
    }
    Err(Refusal::new(409, "Conflict", "Case already redacted"))
}

/// Fields of the body; versions until 2023-01-05 take unknown attributes for fields as well.
fn write_fields(call: &Call<'_>, case: &mut Object) {
    for (key, value) in call.attribute("fields").as_object().into_iter().flatten() {
        created::set_field(case, key, value);
    }
    let own =
        ["case-template-id", "creator-email-address", "case-queue-id", "fields", "attachments"];
    if call.caller_takes_flat() {
        for (key, value) in call.attributes().filter(|(key, _)| !own.contains(&key.as_str())) {
            created::set_field(case, key, value);
        }
    }
}

/// When the SLA ends: not mentioned, taken away, or an instant.
fn sla(call: &Call<'_>) -> Result<Option<Option<String>>, Refusal> {
    match call.body["meta"].get("sla-expires-in-seconds") {
        None => Ok(None),
        Some(Value::Null) => Ok(Some(None)),
        Some(value) => {
            let seconds = value.as_f64().unwrap_or_default();
            if !(0.0..=LONGEST_SLA_SECONDS).contains(&seconds) {
                let why = "meta.sla_expires_in_seconds must be from 0 to 90 days";
                return Err(bad_request(why));
            }
            Ok(Some(Some(written(call.now + (seconds as i64).seconds()))))
        }
    }
}

fn queue(call: &Call<'_>) -> Result<Value, Refusal> {
    let Some(id) = call.attribute("case-queue-id").as_str() else { return Ok(Value::Null) };
    let queue = call.named("case-queue", id, "data.attributes.case_queue_id")?;
    Ok(json!({ "type": "case-queue", "id": queue.id }))
}

fn set_status(call: &mut Call<'_>) -> Replied {
    let case = unredacted(call)?;
    let of_attributes = call.attribute("status");
    let status = match call.meta("status") {
        Value::Null if call.caller_takes_flat() => of_attributes,
        of_meta => of_meta,
    };
    let status = filled(status, "meta.status")?.to_owned();
    call.world.set_case_status(&case.id, &status, call.now)?;
    Ok(Reply::one(case.id).unasked(UPDATED))
}

fn assign(call: &mut Call<'_>) -> Replied {
    let case = unredacted(call)?;
    let email = filled(call.meta("user-email-address"), "meta.user_email_address")?.to_owned();
    call.world.assign(&case.id, &email, call.now)?;
    Ok(Reply::one(case.id).unasked(UPDATED))
}

/// What is done with objects of a case.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attaching {
    Add,
    Remove,
}

fn objects(call: &Call<'_>) -> Result<Vec<Object>, Refusal> {
    let ids = call.meta("object-ids").as_array().into_iter().flatten().filter_map(Value::as_str);
    ids.map(|id| {
        let object = call.world.get(id).filter(|object| relationship(object).is_some());
        let why = format!("meta.object_ids contains {id:?}, which is not found");
        object.ok_or_else(|| Refusal::new(404, "Record not found", why))
    })
    .collect()
}

/// Where a case shows an object; what cannot be attached has no place.
fn relationship(object: &Object) -> Option<&'static str> {
    Some(match object.kind.split('/').next().unwrap_or_default() {
        "account" => "accounts",
        "inquiry" => "inquiries",
        "report" => "reports",
        "verification" => "verifications",
        "transaction" => "txns",
        // Attached as well, but no case shows it.
        "document" => "",
        _ => return None,
    })
}

fn connect(case: &mut Object, object: &Object, attaching: Attaching) {
    match (relationship(object), attaching) {
        (None | Some(""), _) => {}
        (Some(name), Attaching::Add) => super::attach(case, name, &object.kind, &object.id),
        (Some(name), Attaching::Remove) => super::detach(case, name, &object.id),
    }
}

fn attach(call: &mut Call<'_>, attaching: Attaching) -> Replied {
    let case = unredacted(call)?;
    if call.meta("object-ids").is_null() {
        return Err(bad_request("meta.object_ids must be an array"));
    }
    let objects = match attaching {
        Attaching::Add => objects(call)?,
        // What is not attached, or not there at all, need not be detached.
        Attaching::Remove => {
            let ids = call.meta("object-ids").as_array().into_iter().flatten();
            ids.filter_map(|id| call.world.get(id.as_str()?)).collect()
        }
    };
    let mut after = case.clone();
    for object in &objects {
        connect(&mut after, object, attaching);
    }
    if after != case {
        call.touch(&case.id, |object| *object = after);
        call.world.tell("case.updated", &case.id, call.now);
    }
    Ok(Reply::one(case.id).unasked(UPDATED))
}
