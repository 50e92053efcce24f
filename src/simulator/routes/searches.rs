//! Searches over inquiries, cases and accounts, as the index sees them.

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Content, Replied, Reply},
        index::Seen,
        page::{self, Rows},
        query::{Page, bad_request},
        rules,
        search::{ACCOUNTS, CASES, Clause, INQUIRIES, Searchable, Sort},
        world::{Object, Refusal, World},
    },
    value,
};
use crate::model::StatusKind;

pub const BODY: &str = "{
    query: map, sort: {attribute!: string, direction!: string},
    page: {after: string, before: string, size: integer}
}";

pub fn inquiries(call: &mut Call<'_>) -> Replied {
    search(call, "inquiry", INQUIRIES, inquiry)
}

pub fn cases(call: &mut Call<'_>) -> Replied {
    search(call, "case", CASES, case)
}

pub fn accounts(call: &mut Call<'_>) -> Replied {
    search(call, "account", ACCOUNTS, account)
}

/// The values of a searchable attribute.
type Values = fn(&World, &Object, &str) -> Vec<Value>;

fn search(call: &mut Call<'_>, kind: &str, searchable: Searchable, values: Values) -> Replied {
    let clause = Clause::read(call.body.get("query"), searchable)?;
    let sort = Sort::read(call.body.get("sort"), searchable)?;
    let page = page_of(call)?;
    let world = &*call.world;
    let seen = |now: Object| match call.index.sees(&now.id, call.now) {
        Seen::Now => Some(now),
        Seen::Then(before) => Some(before),
        Seen::Never => None,
    };
    let finds = |object: &Object| clause.finds(&|attribute| values(world, object, attribute));
    let rows = world.list(kind);
    let certain = clause.certain();
    let certain: Vec<(&str, &str)> =
        certain.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let may_pass = rows.sieve(&certain);
    if sort.is_newest_first() {
        // Lists are in that order already: only what is on the page is looked for.
        let keep = |id: &str| world.get(id).and_then(seen).is_some_and(|object| finds(&object));
        return Ok(Reply::new(Content::Page(page::cut(&rows, &page, may_pass, keep)?)));
    }
    let mut hits: Vec<(Value, String)> = Vec::new();
    for place in (0..rows.len()).rev().filter(|place| may_pass(*place)) {
        let Some(object) = world.get(&rows.at(place)).and_then(seen) else { continue };
        if finds(&object) {
            let key = values(world, &object, &sort.attribute).into_iter().next();
            hits.push((key.unwrap_or_default(), object.id));
        }
    }
    // Pages are cut from the end, so the first hit comes last.
    hits.sort_by(|one, other| sort.compare(&other.0, &one.0));
    let ids: Vec<String> = hits.into_iter().map(|(_, id)| id).collect();
    let found = page::cut(ids.as_slice(), &page, |_| true, |_| true)?;
    Ok(Reply::new(Content::Page(found)))
}

/// The page that the body asks for, else the query string.
fn page_of(call: &Call<'_>) -> Result<Page, Refusal> {
    let asked = &call.body["page"];
    let text = |name: &str| asked[name].as_str().map(str::to_owned);
    let size = match asked["size"].as_f64() {
        None => call.query.page.size,
        Some(size) if (1.0..=100.0).contains(&size) => Some(size as usize),
        Some(_) => return Err(bad_request("page.size must be from 1 to 100")),
    };
    let own = &call.query.page;
    Ok(Page {
        after: text("after").or_else(|| own.after.clone()),
        before: text("before").or_else(|| own.before.clone()),
        size,
    })
}

fn ids(object: &Object, relationship: &str) -> Vec<Value> {
    object.related(relationship).into_iter().map(Value::from).collect()
}

/// An attribute by its name in snake case.
fn own(object: &Object, attribute: &str) -> Vec<Value> {
    vec![value(object, &attribute.replace('_', "-")).clone()]
}

fn inquiry(_: &World, inquiry: &Object, attribute: &str) -> Vec<Value> {
    match attribute {
        "inquiry_template_id" => ids(inquiry, "inquiry-template"),
        _ => own(inquiry, attribute),
    }
}

fn case(world: &World, case: &Object, attribute: &str) -> Vec<Value> {
    match attribute {
        "template" => ids(case, "case-template"),
        "case_queue" => ids(case, "case-queue"),
        "state" => vec![state(case).into()],
        "assignee" => people(world, case.text("assignee-id")),
        "resolver" => people(world, case.text("resolver-id")),
        _ => field(case, attribute).unwrap_or_else(|| own(case, attribute)),
    }
}

fn account(_: &World, account: &Object, attribute: &str) -> Vec<Value> {
    match attribute {
        "type" => ids(account, "account-type"),
        "status" => own(account, "account_status"),
        "identifiers.reference_id" => own(account, "reference_id"),
        _ => field(account, attribute).unwrap_or_else(|| own(account, attribute)),
    }
}

/// Where a case stands, whatever its template calls it.
fn state(case: &Object) -> &'static str {
    let template = case.related("case-template").first().copied().unwrap_or_default();
    match rules::case_status(template, case.text("status")).map(|(_, kind)| kind) {
        Some(StatusKind::Initial) => "open",
        Some(StatusKind::End) => "resolved",
        _ => "pending",
    }
}

/// Cases name people by e-mail, searches by the id of the user: both are found.
fn people(world: &World, email: &str) -> Vec<Value> {
    if email.is_empty() {
        return Vec::new();
    }
    let same = |user: &Object| user.text("email-address") == email;
    let user = super::super::rows::all(world, "user").find(same).map(|user| json!(user.id));
    [Some(json!(email)), user].into_iter().flatten().collect()
}

/// `fields.priority`, or `identifiers.x`, which is a field as well.
fn field(object: &Object, attribute: &str) -> Option<Vec<Value>> {
    let name = attribute.strip_prefix("fields.").or(attribute.strip_prefix("identifiers."))?;
    let wanted = crate::model::field::normalised(name);
    let fields = object.attributes.get("fields").and_then(Value::as_object);
    let own = fields.into_iter().flatten();
    let own = own.filter(|(key, _)| crate::model::field::normalised(key) == wanted);
    Some(own.map(|(_, field)| field["value"].clone()).collect())
}
