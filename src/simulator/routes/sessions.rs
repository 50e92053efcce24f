//! Sessions of inquiries, and the devices they ran on.

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Content, Replied, Reply, any_of},
        query::Filter,
        world::{Object, Refusal, World, written},
    },
    Operation, get, inquiries, post,
};

const OF_INQUIRY: &[Filter] = &[Filter {
    name: "inquiry-id",
    passes: |object, ids| any_of(ids, |id| object.related("inquiry").contains(&id)),
}];

const OF_SESSION: &[Filter] = &[Filter { name: "inquiry-session-id!", passes: |_, _| true }];

pub const OPERATIONS: &[Operation] = &[
    get("inquiry-sessions", list).paged().filtered(OF_INQUIRY),
    post("inquiry-sessions", create).body("{data!: {attributes!: {inquiry-id!: string}}}"),
    post("inquiry-sessions/expire-all", expire_all).body("{meta!: {inquiry-ids!: [string]}}"),
    get("inquiry-sessions/{}", retrieve),
    post("inquiry-sessions/{}/expire", expire),
    post("inquiry-sessions/{}/generate-one-time-link", one_time_link),
    get("devices", devices).paged().filtered(OF_SESSION),
    get("devices/{}", |call| Ok(Reply::one(call.object("device")?.id))),
];

/// An inquiry has at most so many.
const MOST: usize = 25;

/// Ids of an inquiry's sessions, oldest first.
pub fn of(world: &World, inquiry: &str) -> Vec<String> {
    let inquiry = world.get(inquiry);
    inquiry.map_or_else(Vec::new, |inquiry| {
        inquiry.related("sessions").into_iter().map(str::to_owned).collect()
    })
}

/// A new session of an inquiry.
pub fn new(call: &mut Call<'_>, inquiry: &str) -> String {
    let id = call.world.new_id("iqse");
    let mut attributes = json!({ "status": "new", "created-at": written(call.now) });
    for name in [
        "started-at",
        "expired-at",
        "ip-address",
        "user-agent",
        "os-name",
        "os-full-version",
        "device-type",
        "device-name",
        "browser-name",
        "browser-full-version",
        "mobile-sdk-name",
        "mobile-sdk-full-version",
        "device-handoff-method",
        "is-proxy",
        "is-tor",
        "is-datacenter",
        "is-vpn",
        "threat-level",
        "country-code",
        "country-name",
        "region-code",
        "region-name",
        "latitude",
        "longitude",
        "gps-latitude",
        "gps-longitude",
        "gps-precision",
        "ip-connection-type",
        "ip-isp",
        "network-organization",
    ] {
        attributes[name] = Value::Null;
    }
    let relationships = json!({
        "inquiry": { "data": { "type": "inquiry", "id": inquiry } },
        "device": { "data": null }, "network": { "data": null },
    });
    let object = super::object("inquiry-session", &id, attributes, Some(relationships));
    call.world.add("inquiry-session", object);
    call.world.change(inquiry, |inquiry| {
        super::attach(inquiry, "sessions", "inquiry-session", &id);
    });
    id
}

/// The newest session that was not used yet, or a new one.
pub fn usable(call: &mut Call<'_>, inquiry: &str) -> String {
    let unused = |id: &String| call.world.get(id).is_some_and(|one| one.text("status") == "new");
    match of(call.world, inquiry).into_iter().rev().find(unused) {
        Some(id) => id,
        None => new(call, inquiry),
    }
}

pub fn expire_one(call: &mut Call<'_>, id: &str) {
    let at = written(call.now);
    let open = call.world.get(id).is_some_and(|session| session.text("status") != "expired");
    if open {
        call.world.change(id, |session| {
            session.set("status", "expired");
            session.set("expired-at", at);
        });
        call.world.changed(id);
        call.world.tell("inquiry-session.expired", id, call.now);
    }
}

fn list(call: &mut Call<'_>) -> Replied {
    if let Some(ids) = call.query.filter("inquiry-id") {
        let ids: Vec<String> = ids.split(',').flat_map(|id| of(call.world, id.trim())).collect();
        return call.page(ids.as_slice(), |_| true);
    }
    call.list("inquiry-session")
}

fn retrieve(call: &mut Call<'_>) -> Replied {
    Ok(Reply::one(call.object("inquiry-session")?.id))
}

fn create(call: &mut Call<'_>) -> Replied {
    let id = call.attribute("inquiry-id").as_str().unwrap_or_default().to_owned();
    let inquiry = call.named("inquiry", &id, "data.attributes.inquiry_id")?;
    if !super::value(&inquiry, "redacted-at").is_null() {
        return Err(Refusal::new(409, "Conflict", "Inquiry already redacted"));
    }
    if of(call.world, &id).len() >= MOST {
        let why = format!("Inquiry cannot have more than {MOST} sessions");
        return Err(Refusal::new(422, "Unprocessable entity", why));
    }
    let session = new(call, &id);
    call.world.changed(&session);
    Ok(Reply::one(session).status(201))
}

fn expire(call: &mut Call<'_>) -> Replied {
    let id = call.object("inquiry-session")?.id;
    expire_one(call, &id);
    Ok(Reply::one(id))
}

fn expire_all(call: &mut Call<'_>) -> Replied {
    let inquiries: Vec<String> = call
        .meta("inquiry-ids")
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|id| id.as_str().map(str::to_owned))
        .collect();
    let sessions: Vec<String> = inquiries.iter().flat_map(|id| of(call.world, id)).collect();
    for session in &sessions {
        expire_one(call, session);
    }
    Ok(Reply::new(Content::Many(sessions)))
}

fn one_time_link(call: &mut Call<'_>) -> Replied {
    let session = call.object("inquiry-session")?;
    if session.text("status") == "expired" {
        return Err(Refusal::new(409, "Conflict", "Inquiry session already expired"));
    }
    let links = inquiries::links(&session.id, call.now);
    Ok(Reply::one(session.id).meta(links))
}

fn devices(call: &mut Call<'_>) -> Replied {
    let sessions = call.query.filter("inquiry-session-id").unwrap_or_default();
    let device = |id: &str| -> Option<String> {
        let session: Object = call.find("inquiry-session", id)?;
        session.related("device").first().map(ToString::to_string)
    };
    let ids: Vec<String> = sessions.split(',').filter_map(|id| device(id.trim())).collect();
    call.page(ids.as_slice(), |_| true)
}
