//! Inquiries: lists, decisions, links, printing, redaction.

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Replied, Reply, any_of},
        query::{Filter, bad_request},
        rules::Step,
        world::{Object, Refusal},
    },
    Operation, created, delete, get, patch, post, redaction, searches, simulated, tags,
};

const FILTERS: &[Filter] = &[
    Filter { name: "inquiry-id", passes: |object, ids| any_of(ids, |id| object.id == id) },
    Filter { name: "account-id", passes: |object, ids| related(object, "account", ids) },
    Filter {
        name: "status",
        passes: |object, names| any_of(names, |name| is_status(object, name)),
    },
    Filter { name: "reference-id", passes: |object, value| object.text("reference-id") == value },
    Filter { name: "note", passes: |object, value| object.text("note") == value },
    Filter {
        name: "inquiry-template-id",
        passes: |object, ids| related(object, "inquiry-template", ids),
    },
    Filter { name: "template-id", passes: |object, ids| related(object, "template", ids) },
    Filter {
        name: "created-at-start",
        passes: |object, at| instant(object.text("created-at")) >= instant(at),
    },
    Filter {
        name: "created-at-end",
        passes: |object, at| instant(object.text("created-at")) <= instant(at),
    },
];

const COMMENT: &str = "{meta: {comment: string}}";

pub const OPERATIONS: &[Operation] = &[
    get("inquiries", list).paged().filtered(FILTERS),
    post("inquiries", created::inquiry).body(created::INQUIRY).quota("create_inquiry"),
    post("inquiries/search", searches::inquiries).body(searches::BODY).paged(),
    get("inquiries/{}", retrieve),
    patch("inquiries/{}", update).body(
        "{data: {attributes: {
            note: string?, tags: [string], redirect-uri: string?, fields: {
                name-first: string?, name-middle: string?, name-last: string?, birthdate: string?,
                address-street-1: string?, address-street-2: string?, address-city: string?,
                address-subdivision: string?, address-postal-code: string?,
                address-country-code: string?, email-address: string?, phone-number: string?,
                identification-number: string?, *
            }?
        }}}",
    ),
    delete("inquiries/{}", redact),
    post("inquiries/{}/approve", |call| step(call, Step::Approve)).body(COMMENT),
    post("inquiries/{}/decline", |call| step(call, Step::Decline)).body(COMMENT),
    post("inquiries/{}/mark-for-review", |call| step(call, Step::MarkForReview)),
    post("inquiries/{}/expire", |call| step(call, Step::Expire)),
    post("inquiries/{}/resume", resume),
    post("inquiries/{}/generate-one-time-link", one_time_link)
        .body("{meta: {expires-in-seconds: integer}}"),
    post("inquiries/{}/add-tag", |call| tags::add(call, "inquiry", TAGGED)).body(tags::ONE),
    post("inquiries/{}/remove-tag", |call| tags::remove(call, "inquiry", TAGGED)).body(tags::ONE),
    post("inquiries/{}/set-tags", |call| tags::set(call, "inquiry", TAGGED)).body(tags::ALL),
    post("inquiries/{}/perform-simulate-actions", simulated::perform).body(simulated::BODY),
    get("inquiries/{}/print", print),
];

const TAGGED: Option<&str> = Some("inquiry.updated-tags");

/// What versions until 2023-01-05 embed in a single inquiry.
const UNASKED: &[&str] = &["reports", "verifications", "sessions", "documents", "inquiry-template"];

fn related(object: &Object, relationship: &str, ids: &str) -> bool {
    any_of(ids, |id| object.related(relationship).contains(&id))
}

/// Spaces and hyphens stand for the underscore.
fn is_status(object: &Object, name: &str) -> bool {
    object.text("status") == name.replace([' ', '-'], "_")
}

fn instant(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

fn list(call: &mut Call<'_>) -> Replied {
    if call.query.filter("note").is_some() && call.query.filters.len() > 1 {
        return Err(bad_request("filter.note must be the only filter"));
    }
    call.list("inquiry")
}

fn retrieve(call: &mut Call<'_>) -> Replied {
    Ok(Reply::one(call.object("inquiry")?.id).unasked(UNASKED))
}

fn update(call: &mut Call<'_>) -> Replied {
    let inquiry = unredacted(call)?;
    let attributes = call.body["data"]["attributes"].clone();
    let flat = call.caller_takes_flat();
    call.touch(&inquiry.id, |object| {
        for (name, value) in attributes.as_object().into_iter().flatten() {
            match name.as_str() {
                "note" | "tags" => object.set(name, value.clone()),
                "fields" => {
                    for (key, value) in value.as_object().into_iter().flatten() {
                        created::set_field(object, key, value);
                    }
                }
                "redirect-uri" => {}
                other if flat => created::set_field(object, other, value),
                _ => {}
            }
        }
    });
    if attributes.get("tags").is_some() {
        call.world.tell("inquiry.updated-tags", &inquiry.id, call.now);
    }
    Ok(Reply::one(inquiry.id))
}

fn redact(call: &mut Call<'_>) -> Replied {
    redaction::object(call, "inquiry", "Inquiry", Some("inquiry.redacted"))
}

fn unredacted(call: &Call<'_>) -> Result<Object, Refusal> {
    let inquiry = call.object("inquiry")?;
    if super::value(&inquiry, "redacted-at").is_null() {
        return Ok(inquiry);
    }
    Err(Refusal::new(409, "Conflict", "Inquiry already redacted"))
}

fn step(call: &mut Call<'_>, step: Step) -> Replied {
    let id = call.object("inquiry")?.id;
    let comment = call.meta("comment").as_str().map(str::to_owned);
    call.world.step(&id, step, comment.as_deref(), call.now)?;
    if step == Step::Expire {
        for session in super::sessions::of(call.world, &id) {
            super::sessions::expire_one(call, &session);
        }
    }
    Ok(Reply::one(id))
}

fn resume(call: &mut Call<'_>) -> Replied {
    let reply = step(call, Step::Resume)?;
    let id = call.id().to_owned();
    super::sessions::usable(call, &id);
    Ok(reply.meta(json!({ "session-token": session_token(&id, call.now) })))
}

fn one_time_link(call: &mut Call<'_>) -> Replied {
    let inquiry = unredacted(call)?;
    let status = inquiry.text("status");
    if !matches!(status, "created" | "pending" | "needs_review" | "completed") {
        let why = format!("Inquiry cannot be continued while it is {status}");
        return Err(Refusal::new(409, "Conflict", why));
    }
    match call.meta("expires-in-seconds") {
        Value::Null => {}
        value if value.as_f64().is_some_and(|seconds| seconds > 0.0) => {}
        _ => return Err(bad_request("meta.expires_in_seconds must be greater than 0")),
    }
    super::sessions::new(call, &inquiry.id);
    call.world.changed(&inquiry.id);
    let links = links(&inquiry.id, call.now);
    Ok(Reply::one(inquiry.id).meta(links))
}

fn print(call: &mut Call<'_>) -> Replied {
    let inquiry = call.object("inquiry")?;
    let lines = [
        format!("Inquiry {}", inquiry.id),
        format!("Status: {}", inquiry.text("status")),
        format!("Created: {}", inquiry.text("created-at")),
        format!("Comment: {}", inquiry.text("reviewer-comment")),
    ];
    Ok(super::super::print::pdf(&lines))
}

pub fn links(id: &str, now: Timestamp) -> Value {
    let code = token(id, now);
    json!({
        "one-time-link": format!("https://verify.example.test/verify?code=us1-{code}"),
        "one-time-link-short": format!("https://go.example.test/v/{}", &code[..10]),
    })
}

pub fn session_token(id: &str, now: Timestamp) -> String {
    format!("simulated.session.{}", token(id, now))
}

/// A code that looks random and is the same for the same object and instant.
fn token(id: &str, now: Timestamp) -> String {
    let seed = id.bytes().fold(now.as_millisecond().unsigned_abs(), |seed, byte| {
        seed.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    let mut rng = Rng::with_seed(seed);
    (0..24).map(|_| rng.alphanumeric()).collect()
}
