//! Endpoints below `/api/v1`: from a request to the world and back.

use fastrand::Rng;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::{
    accounts::RELATION_KEYS,
    limits::Left,
    rules::Step,
    world::{Object, Refusal, World, written},
};

/// A request whose key was accepted.
pub struct Asked<'a> {
    pub method: &'a str,
    /// Segments after `/api/v1/`.
    pub path: Vec<&'a str>,
    /// Decoded, in order.
    pub query: Vec<(String, String)>,
    pub body: Value,
    pub left: Left,
    pub now: Timestamp,
}

type Answer = Result<(u16, Value), Refusal>;

pub fn route(world: &mut World, asked: &Asked<'_>) -> Answer {
    match (asked.method, asked.path.as_slice()) {
        ("GET", ["inquiries"]) => list(world, asked, "inquiry", INQUIRY_FILTERS),
        ("POST", ["inquiries"]) => create_inquiry(world, asked),
        ("GET", ["inquiries", id]) => retrieve(world, asked, id, "inquiry"),
        ("POST", ["inquiries", id, "generate-one-time-link"]) => one_time_link(world, asked, id),
        ("POST", ["inquiries", id, verb]) => match Step::named(verb) {
            Some(step) => inquiry_step(world, asked, id, step),
            None => Err(no_route()),
        },
        ("GET", ["cases"]) => list(world, asked, "case", CASE_FILTERS),
        ("GET", ["cases", id]) => retrieve(world, asked, id, "case"),
        ("POST", ["cases", id, "set-status"]) => {
            let status = meta_text(asked, "status")?;
            world.set_case_status(id, &status, asked.now)?;
            retrieve(world, asked, id, "case")
        }
        ("POST", ["cases", id, "assign"]) => {
            let email = meta_text(asked, "user-email-address")?;
            world.assign(id, &email, asked.now)?;
            retrieve(world, asked, id, "case")
        }
        ("GET", ["accounts"]) => list(world, asked, "account", ACCOUNT_FILTERS),
        ("GET", ["accounts", id]) => retrieve(world, asked, id, "account"),
        ("GET", ["accounts", id, "relations"]) => relations(world, asked, id),
        ("GET", ["events"]) => list(world, asked, "event", EVENT_FILTERS),
        ("GET", ["events", id]) => retrieve(world, asked, id, "event"),
        ("GET", ["rate-limits"]) => Ok((
            200,
            json!({ "data": [{
            "type": "rate-limit/api",
            "attributes": {
                "limit": asked.left.limit, "remaining": asked.left.remaining,
                "seconds-to-reset": asked.left.reset,
            },
        }] }),
        )),
        _ => Err(no_route()),
    }
}

fn no_route() -> Refusal {
    Refusal::new(404, "Record not found", "there is no such endpoint")
}

fn bad_request(details: impl Into<String>) -> Refusal {
    Refusal::new(400, "Bad Request", details)
}

/// Whether an object passes a filter's value.
type Filter = (&'static str, fn(&Object, &str) -> bool);

fn any_of(values: &str, has: impl Fn(&str) -> bool) -> bool {
    values.split(',').any(|value| has(value.trim()))
}

const INQUIRY_FILTERS: &[Filter] = &[
    ("filter[inquiry-id]", |object, ids| any_of(ids, |id| object.id == id)),
    ("filter[account-id]", |object, ids| any_of(ids, |id| object.related("account").contains(&id))),
    ("filter[status]", |object, names| any_of(names, |name| object.text("status") == name)),
    ("filter[reference-id]", |object, value| object.text("reference-id") == value),
    ("filter[note]", |object, value| object.text("note") == value),
    ("filter[inquiry-template-id]", |object, ids| {
        any_of(ids, |id| object.related("inquiry-template").contains(&id))
    }),
    ("filter[template-id]", |object, ids| {
        any_of(ids, |id| object.related("template").contains(&id))
    }),
    ("filter[created-at-start]", |object, at| instant(object.text("created-at")) >= instant(at)),
    ("filter[created-at-end]", |object, at| instant(object.text("created-at")) <= instant(at)),
];

const CASE_FILTERS: &[Filter] = &[
    ("filter[status]", |object, name| object.text("status").eq_ignore_ascii_case(name)),
    ("filter[case-template-id]", |object, id| object.related("case-template").contains(&id)),
    ("filter[account-id]", |object, id| object.related("accounts").contains(&id)),
    ("filter[inquiry-id]", |object, id| object.related("inquiries").contains(&id)),
    ("filter[report-id]", |object, id| object.related("reports").contains(&id)),
    ("filter[reference-id]", |_, _| false),
];

const ACCOUNT_FILTERS: &[Filter] = &[("filter[reference-id]", |object, values| {
    any_of(values, |value| object.text("reference-id") == value)
})];

const EVENT_FILTERS: &[Filter] = &[
    ("filter[name]", |object, names| any_of(names, |name| object.text("name") == name)),
    ("filter[id]", |object, ids| any_of(ids, |id| object.id == id)),
    ("filter[object-id]", |object, ids| {
        let about = object.attributes["payload"]["data"]["id"].as_str().unwrap_or_default();
        any_of(ids, |id| about == id)
    }),
];

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// A page, newest first.
fn list(world: &World, asked: &Asked<'_>, name: &str, filters: &[Filter]) -> Answer {
    let mut wanted = Vec::new();
    for (key, value) in asked.query.iter().filter(|(key, _)| key.starts_with("filter[")) {
        let known = filters.iter().find(|(name, _)| name == key);
        let (_, passes) =
            known.ok_or_else(|| bad_request(format!("{key} is not a filter of this list")))?;
        if key.contains("created-at") && instant(value).is_none() {
            return Err(bad_request(format!("{key} must be a date-time")));
        }
        wanted.push((passes, value.as_str()));
    }
    let ids = world.list(name);
    page(world, asked, ids, |object| wanted.iter().all(|(passes, value)| passes(object, value)))
}

fn page(
    world: &World,
    asked: &Asked<'_>,
    ids: &[String],
    keep: impl Fn(&Object) -> bool,
) -> Answer {
    let value = |name: &str| {
        asked.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    };
    let size = match value("page[size]") {
        None => 10,
        Some(raw) => raw
            .parse::<usize>()
            .ok()
            .filter(|size| (1..=100).contains(size))
            .ok_or_else(|| bad_request("page.size must be from 1 to 100"))?,
    };
    let place = |id: &str| {
        let own = world.place(id).filter(|at| ids.get(*at).is_some_and(|known| known == id));
        let at = own.or_else(|| ids.iter().position(|known| known == id));
        at.ok_or_else(|| bad_request(format!("{id} is not in this list")))
    };
    let objects = |range: &mut dyn Iterator<Item = usize>| -> Vec<&Object> {
        range
            .filter_map(|at| world.get(&ids[at]))
            .filter(|object| keep(object))
            .take(size + 1)
            .collect()
    };
    let (mut found, backwards) = match (value("page[after]"), value("page[before]")) {
        (Some(after), _) => (objects(&mut (0..place(after)?).rev()), false),
        (None, Some(before)) => (objects(&mut (place(before)? + 1..ids.len())), true),
        (None, None) => (objects(&mut (0..ids.len()).rev()), false),
    };
    let more = found.len() > size;
    found.truncate(size);
    if backwards {
        found.reverse();
    }
    let edge = |object: Option<&&Object>| object.map(|object| object.id.clone());
    let has_prev = value("page[after]").is_some() || (backwards && more);
    let has_next = backwards || more;
    let prev = edge(found.first()).filter(|_| has_prev).map(|id| link(asked, "page[before]", &id));
    let next = edge(found.last()).filter(|_| has_next).map(|id| link(asked, "page[after]", &id));
    let data: Vec<Value> = found.iter().map(|object| object.json()).collect();
    Ok((200, json!({ "data": data, "links": { "prev": prev, "next": next } })))
}

/// Relative, with encoded brackets and every other parameter kept.
fn link(asked: &Asked<'_>, cursor: &str, id: &str) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.append_pair(cursor, id);
    for (key, value) in &asked.query {
        if key != "page[after]" && key != "page[before]" {
            query.append_pair(key, value);
        }
    }
    format!("/api/v1/{}?{}", asked.path.join("/"), query.finish())
}

fn retrieve(world: &World, asked: &Asked<'_>, id: &str, kind: &str) -> Answer {
    let object = world.get(id).filter(|object| object.kind == kind);
    let object =
        object.ok_or_else(|| Refusal::new(404, "Record not found", "no object has this id"))?;
    Ok((200, with_included(world, asked, object)))
}

/// The object and what `include` names, each once.
fn with_included(world: &World, asked: &Asked<'_>, object: &Object) -> Value {
    let mut answer = json!({ "data": object.json() });
    let include =
        asked.query.iter().find(|(key, _)| key == "include").map(|(_, value)| value.as_str());
    if let Some(include) = include.filter(|include| !include.is_empty()) {
        let mut ids: Vec<&str> =
            include.split(',').flat_map(|name| object.related(name.trim())).collect();
        ids.dedup();
        let mut seen = std::collections::HashSet::new();
        let included: Vec<Value> = ids
            .into_iter()
            .filter(|id| seen.insert(*id))
            .filter_map(|id| world.get(id))
            .map(Object::json)
            .collect();
        answer["included"] = Value::Array(included);
    }
    answer
}

fn meta<'a>(asked: &'a Asked<'_>, name: &str) -> Option<&'a Value> {
    let meta = asked.body.get("meta")?.as_object()?;
    let wanted = crate::model::field::normalised(name);
    meta.iter()
        .find(|(key, _)| crate::model::field::normalised(key) == wanted)
        .map(|(_, value)| value)
}

fn meta_text(asked: &Asked<'_>, name: &str) -> Result<String, Refusal> {
    let value = meta(asked, name).and_then(Value::as_str).filter(|text| !text.is_empty());
    value
        .map(str::to_owned)
        .ok_or_else(|| bad_request(format!("meta.{} must be filled", name.replace('-', "_"))))
}

fn inquiry_step(world: &mut World, asked: &Asked<'_>, id: &str, step: Step) -> Answer {
    let comment = match meta(asked, "comment") {
        None | Some(Value::Null) => None,
        Some(Value::String(comment)) => Some(comment.clone()),
        Some(_) => return Err(bad_request("meta.comment must be a string")),
    };
    world.step(id, step, comment.as_deref(), asked.now)?;
    let (status, mut answer) = retrieve(world, asked, id, "inquiry")?;
    if step == Step::Resume {
        answer["meta"] = json!({ "session-token": session_token(id, asked.now) });
    }
    Ok((status, answer))
}

fn one_time_link(world: &mut World, asked: &Asked<'_>, id: &str) -> Answer {
    let inquiry = world.inquiry(id)?;
    if !matches!(inquiry.text("status"), "created" | "pending" | "needs_review" | "completed") {
        let why = format!("Inquiry cannot be continued while it is {}", inquiry.text("status"));
        return Err(Refusal::new(409, "Conflict", why));
    }
    match meta(asked, "expires-in-seconds") {
        None | Some(Value::Null) => {}
        Some(value) if value.as_i64().is_some_and(|seconds| seconds > 0) => {}
        Some(_) => return Err(bad_request("meta.expires_in_seconds must be greater than 0")),
    }
    world.changed(id);
    let (status, mut answer) = retrieve(world, asked, id, "inquiry")?;
    answer["meta"] = links(id, asked.now);
    Ok((status, answer))
}

fn links(id: &str, now: Timestamp) -> Value {
    let code = token(id, now);
    json!({
        "one-time-link": format!("https://verify.example.test/verify?code=us1-{code}"),
        "one-time-link-short": format!("https://go.example.test/v/{}", &code[..10]),
    })
}

fn session_token(id: &str, now: Timestamp) -> String {
    format!("simulated.session.{}", token(id, now))
}

/// A code that looks random and is the same for the same object and instant.
fn token(id: &str, now: Timestamp) -> String {
    let seed = id
        .bytes()
        .fold(now.as_millisecond().unsigned_abs(), |seed, b| seed.wrapping_mul(31) + u64::from(b));
    let mut rng = Rng::with_seed(seed);
    (0..24).map(|_| rng.alphanumeric()).collect()
}

fn create_inquiry(world: &mut World, asked: &Asked<'_>) -> Answer {
    let attributes = asked.body.get("data").and_then(|data| data.get("attributes")?.as_object());
    let empty = Map::new();
    let attributes = attributes.unwrap_or(&empty);
    let given = |name: &str| {
        let wanted = crate::model::field::normalised(name);
        attributes
            .iter()
            .find(|(key, _)| crate::model::field::normalised(key) == wanted)
            .map(|(_, value)| value)
    };
    let template = ["inquiry-template-id", "inquiry-template-version-id", "template-id"]
        .iter()
        .find_map(|name| given(name)?.as_str());
    let template = template
        .ok_or_else(|| bad_request("data.attributes.inquiry_template_id must be filled"))?;
    let account = match given("account-id").and_then(Value::as_str) {
        Some(id) if world.get(id).is_some_and(|object| object.kind == "account") => {
            Some(id.to_owned())
        }
        Some(_) => {
            return Err(Refusal::new(
                404,
                "Record not found",
                "data.attributes.account_id is not found",
            ));
        }
        None => None,
    };
    let fields: Map<String, Value> = given("fields")
        .and_then(Value::as_object)
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), json!({ "type": "string", "value": value })))
        .collect();
    let (at, expires) = (written(asked.now), written(asked.now + 24.hours()));
    let id = world.new_id("inq");
    let made = json!({
        "status": "created", "reference-id": given("reference-id"), "note": given("note"), "behaviors": {},
        "tags": given("tags").cloned().unwrap_or_else(|| json!([])), "creator": "api@example.test",
        "reviewer-comment": null, "created-at": at, "started-at": null, "expires-at": expires,
        "completed-at": null, "failed-at": null, "marked-for-review-at": null, "decisioned-at": null,
        "expired-at": null, "redacted-at": null, "updated-at": at, "previous-step-name": null,
        "next-step-name": "start", "fields": fields,
    });
    let account = account.map_or(Value::Null, |id| json!({ "type": "account", "id": id }));
    let none = json!({ "data": [] });
    let relationships = json!({
        "account": { "data": account }, "template": { "data": null },
        "inquiry-template": { "data": { "type": "inquiry-template", "id": template } },
        "inquiry-template-version": { "data": null }, "transaction": { "data": null }, "reviewer": { "data": null },
        "reports": none, "verifications": none, "sessions": none, "documents": none, "selfies": none,
    });
    let (Value::Object(attributes), Value::Object(relationships)) = (made, relationships) else {
        unreachable!("both are objects by their literals")
    };
    let object = Object {
        kind: "inquiry".into(),
        id: id.clone(),
        attributes,
        relationships: Some(relationships),
    };
    world.add("inquiry", object);
    world.changed(&id);
    world.tell("inquiry.created", &id, asked.now);
    let (_, mut answer) = retrieve(world, asked, &id, "inquiry")?;
    if meta(asked, "auto-create-one-time-link").and_then(Value::as_bool) == Some(true) {
        answer["meta"] = links(&id, asked.now);
        answer["meta"]["session-token"] = session_token(&id, asked.now).into();
    }
    Ok((201, answer))
}

fn relations(world: &World, asked: &Asked<'_>, id: &str) -> Answer {
    let account = world.get(id).filter(|object| object.kind == "account");
    account.ok_or_else(|| Refusal::new(404, "Record not found", "no object has this id"))?;
    let key =
        asked.query.iter().find(|(name, _)| name == "filter[key]").map(|(_, key)| key.as_str());
    let key = key
        .filter(|key| !key.is_empty())
        .ok_or_else(|| bad_request("filter.key must be filled"))?;
    if !RELATION_KEYS.contains(&key) {
        return Err(Refusal::new(
            422,
            "Unprocessable entity",
            format!("{key:?} is not a relation key"),
        )
        .at("/filter/key"));
    }
    page(world, asked, world.relations(id, key), |_| true)
}
