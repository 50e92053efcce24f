//! Workflows: triggered, and how their runs went.

use serde_json::json;

use super::{
    super::{
        call::{Call, Replied, Reply, any_of, not_found},
        query::Filter,
        world::written,
    },
    Operation, get, post,
};

const OF_STATUS: &[Filter] = &[Filter {
    name: "status",
    passes: |object, names| any_of(names, |name| object.text("status") == name),
}];
const OF_WORKFLOW: &[Filter] = &[Filter {
    name: "workflow-id!",
    passes: |object, ids| any_of(ids, |id| object.related("workflow").contains(&id)),
}];

pub const OPERATIONS: &[Operation] = &[
    post("workflows/{}/trigger", trigger)
        .body("{data!: {attributes!: {fields: map}}, meta: {params: map}}"),
    get("workflow-runs", |call| call.list("workflow-run")).paged().filtered(OF_STATUS),
    get("workflow-runs/{}", |call| Ok(Reply::one(call.object("workflow-run")?.id))),
    get("workflow-versions", |call| call.list("workflow-version")).paged().filtered(OF_WORKFLOW),
];

fn trigger(call: &mut Call<'_>) -> Replied {
    let workflow = call.id().to_owned();
    if !workflow.starts_with("wfl_") {
        return Err(not_found());
    }
    let flat = call.caller_takes_flat();
    if call.attribute("fields").is_null() && !flat {
        let why = "data.attributes.fields is missing";
        return Err(super::super::query::bad_request(why));
    }
    let id = call.world.new_id("wfr");
    let attributes = json!({
        "status": "in_progress", "created-at": written(call.now), "completed-at": null,
    });
    let relationships = json!({
        "creator": { "data": null },
        "workflow": { "data": { "type": "workflow", "id": workflow } },
        "workflow-version":
            { "data": { "type": "workflow-version", "id": "wfv_Published000000000000001" } },
    });
    call.world
        .add("workflow-run", super::object("workflow-run", &id, attributes, Some(relationships)));
    call.world.changed(&id);
    call.world.tell("workflow-run.created", &id, call.now);
    Ok(Reply::one(id))
}
