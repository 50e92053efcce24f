//! Tags of anything that has some: added, removed, replaced.

use serde_json::{Value, json};

use super::super::{
    call::{Call, Replied, Reply, not_found},
    query::bad_request,
    world::Refusal,
};

pub const ONE: &str = "{meta: {tag-name: string, tag-id: string}}";
pub const ONE_IN_META: &str = "{meta!: {tag-name: string, tag-id: string}}";
pub const ALL: &str = "{meta: {tag-name: [string], tag-id: [string]}}";
pub const ALL_IN_META: &str = "{meta!: {tag-name: [string], tag-id: [string]}}";

/// What is done to the tags.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Deed {
    Add,
    Remove,
    Set,
}

pub fn add(call: &mut Call<'_>, kind: &str, event: Option<&str>) -> Replied {
    let name = one_name(call)?;
    tag(call, kind, event, Deed::Add, &[name])
}

pub fn remove(call: &mut Call<'_>, kind: &str, event: Option<&str>) -> Replied {
    let name = one_name(call)?;
    tag(call, kind, event, Deed::Remove, &[name])
}

pub fn set(call: &mut Call<'_>, kind: &str, event: Option<&str>) -> Replied {
    let names = match (call.meta("tag-name"), call.meta("tag-id")) {
        (Value::Array(names), _) => {
            names.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>()
        }
        // Ids of tags are shown nowhere, so nobody can know one.
        (_, Value::Array(ids)) if !ids.is_empty() => return Err(unknown_tag()),
        (_, Value::Array(_)) => Vec::new(),
        _ => return Err(bad_request("meta.tag_name must be filled")),
    };
    tag(call, kind, event, Deed::Set, &names)
}

fn one_name(call: &Call<'_>) -> Result<String, Refusal> {
    match (call.meta("tag-name").as_str(), call.meta("tag-id").as_str()) {
        (Some(name), _) if !name.trim().is_empty() => Ok(name.to_owned()),
        (None, Some(_)) => Err(unknown_tag()),
        _ => Err(bad_request("meta.tag_name must be filled")),
    }
}

fn unknown_tag() -> Refusal {
    Refusal { details: "meta.tag_id is not found".to_owned(), ..not_found() }
}

fn tag(
    call: &mut Call<'_>,
    kind: &str,
    event: Option<&str>,
    deed: Deed,
    names: &[String],
) -> Replied {
    let object = call.object(kind)?;
    let before: Vec<String> = object.attributes.get("tags").map_or_else(Vec::new, |tags| {
        tags.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    });
    let mut after = if deed == Deed::Set { Vec::new() } else { before.clone() };
    for name in names {
        match deed {
            Deed::Remove => after.retain(|known| known != name),
            Deed::Add | Deed::Set if !after.contains(name) => after.push(name.clone()),
            Deed::Add | Deed::Set => {}
        }
    }
    if after != before {
        call.touch(&object.id, |object| object.set("tags", json!(after)));
        if let Some(event) = event {
            call.world.tell(event, &object.id, call.now);
        }
    }
    Ok(Reply::one(object.id))
}
