//! Templates of inquiries and their versions; only production keys see them.

use super::{
    super::{
        call::{Call, Replied, Reply, any_of},
        keys::Environment,
        query::Filter,
    },
    Operation, get,
};

const OF_TEMPLATE: &[Filter] = &[Filter {
    name: "inquiry-template-id!",
    passes: |object, ids| any_of(ids, |id| object.related("inquiry-template").contains(&id)),
}];

pub const OPERATIONS: &[Operation] = &[
    get("inquiry-templates", list).paged(),
    get("inquiry-templates/{}", retrieve),
    get("inquiry-template-versions", versions).paged().filtered(OF_TEMPLATE),
];

fn list(call: &mut Call<'_>) -> Replied {
    call.caller.needs(Environment::Production)?;
    call.list("inquiry-template")
}

fn retrieve(call: &mut Call<'_>) -> Replied {
    call.caller.needs(Environment::Production)?;
    Ok(Reply::one(call.object("inquiry-template")?.id))
}

/// Versions know their template only by being its latest, so they are found from there.
fn versions(call: &mut Call<'_>) -> Replied {
    call.caller.needs(Environment::Production)?;
    let templates = call.query.filter("inquiry-template-id").unwrap_or_default();
    let of = |id: &str| {
        let template = call.find("inquiry-template", id)?;
        template.related("latest-published-version").first().map(ToString::to_string)
    };
    let ids: Vec<String> = templates.split(',').filter_map(|id| of(id.trim())).collect();
    call.page(ids.as_slice(), |_| true)
}
