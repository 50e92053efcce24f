//! What happened and who asked: events, API logs, audit logs, and what is left of the rate limit.

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Content, Replied, Reply, any_of, not_found},
        keys::Environment,
        page,
        query::Filter,
        world::Object,
    },
    Operation, get,
};

const EVENTS: &[Filter] = &[
    Filter {
        name: "name",
        passes: |object, names| any_of(names, |name| object.text("name") == name),
    },
    Filter { name: "id", passes: |object, ids| any_of(ids, |id| object.id == id) },
    Filter {
        name: "object-id",
        passes: |object, ids| any_of(ids, |id| subject(object) == Some(id)),
    },
];

pub const OPERATIONS: &[Operation] = &[
    get("events", |call| call.list("event")).paged().filtered(EVENTS),
    get("events/{}", |call| Ok(Reply::one(call.object("event")?.id))),
    get("rate-limits", rate_limits),
    get("api-logs", api_logs).paged(),
    get("api-logs/{}", api_log),
    get("user-audit-logs", audits).paged(),
    get("user-audit-logs/{}", audit),
];

/// The id of what an event is about.
fn subject(event: &Object) -> Option<&str> {
    event.attributes.get("payload")?["data"]["id"].as_str()
}

fn rate_limits(call: &mut Call<'_>) -> Replied {
    let left = call.left;
    let body = json!({ "data": [{
        "type": "rate-limit/api",
        "attributes": {
            "limit": left.limit, "remaining": left.remaining, "seconds-to-reset": left.reset,
        },
    }] });
    Ok(Reply::new(Content::Plain(body)))
}

fn api_logs(call: &mut Call<'_>) -> Replied {
    let id = |log: &Value| log["id"].as_str().map(str::to_owned);
    let ids: Vec<String> = call.logs.iter().filter_map(id).collect();
    let found = page::cut(ids.as_slice(), &call.query.page, |_| true, |_| true)?;
    let data: Vec<Value> = found.ids.iter().filter_map(|id| log(call, id)).collect();
    let body = json!({ "data": data, "links": call.links(&found) });
    Ok(Reply::new(Content::Plain(body)))
}

fn api_log(call: &mut Call<'_>) -> Replied {
    let log = log(call, call.id()).ok_or_else(not_found)?;
    Ok(Reply::new(Content::Plain(json!({ "data": log }))))
}

fn log(call: &Call<'_>, id: &str) -> Option<Value> {
    call.logs.iter().find(|log| log["id"] == id).cloned()
}

fn audits(call: &mut Call<'_>) -> Replied {
    call.caller.needs(Environment::Production)?;
    call.list("user-audit-log")
}

fn audit(call: &mut Call<'_>) -> Replied {
    call.caller.needs(Environment::Production)?;
    Ok(Reply::one(call.object("user-audit-log")?.id))
}
