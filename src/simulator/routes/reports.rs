//! Reports: ordered, run again, watched or not, and their matches dismissed.

use serde_json::{Map, Value, json};

use super::{
    super::{
        call::{Call, Content, Replied, Reply, filled},
        print,
        query::{Filter, bad_request},
        world::{Object, Refusal, written},
    },
    Operation, delete, dismissals, get, post, redaction, tags, value,
};

const FILTERS: &[Filter] = &[
    Filter { name: "account-id", passes: |object, id| object.related("account").contains(&id) },
    // The reference of an account; the list looks it up before.
    Filter { name: "reference-id", passes: |_, _| true },
];

const CREATE: &str = "{
    data!: {type: string, attributes!: {
        account-id: string, reference-id: string, report-template-id: string, query: map
    }},
    meta: {
        auto-create-account: boolean, auto-create-account-type-id: string,
        auto-create-account-reference-id: string, processing-mode: string, request-flags: [string]
    }
}";

pub const OPERATIONS: &[Operation] = &[
    get("reports", list).paged().filtered(FILTERS),
    post("reports", create).body(CREATE).quota("create_report"),
    get("reports/{}", |call| Ok(Reply::one(call.object("report")?.id))),
    delete("reports/{}", |call| redaction::object(call, "report", "Report", None)),
    post("reports/{}/dismiss", dismissals::dismiss).body(dismissals::BODY),
    post("reports/{}/run", run),
    post("reports/{}/pause", |call| watch(call, Watch::Paused)),
    post("reports/{}/resume", |call| watch(call, Watch::Resumed)),
    get("reports/{}/history", history).paged(),
    get("reports/{}/print", printed),
    post("reports/{}/add-tag", |call| tags::add(call, "report", None)).body(tags::ONE),
    post("reports/{}/remove-tag", |call| tags::remove(call, "report", None)).body(tags::ONE),
    post("reports/{}/set-tags", |call| tags::set(call, "report", None)).body(tags::ALL),
];

/// Kinds that can be ordered, with what their query must hold.
const KINDS: [(&str, &[&str]); 14] = [
    (
        "address-lookup",
        &[
            "address-street-1",
            "address-city",
            "address-subdivision",
            "address-postal-code",
            "address-country-code",
        ],
    ),
    ("adverse-media", &[]),
    ("business-adverse-media", &[]),
    (
        "business-lookup",
        &[
            "business-name",
            "address-street-1",
            "address-city",
            "address-subdivision",
            "address-postal-code",
        ],
    ),
    ("business-watchlist", &[]),
    ("crypto-address-watchlist", &["crypto-address"]),
    ("email-address", &["email-address"]),
    ("phone-number", &["phone-number"]),
    ("politically-exposed-person", &[]),
    ("profile", &[]),
    ("profile-non-authoritative", &[]),
    ("social-media", &[]),
    (
        "synthetic",
        &[
            "name-first",
            "name-last",
            "birthdate",
            "address-street-1",
            "address-city",
            "address-subdivision",
            "address-postal-code",
            "address-country-code",
        ],
    ),
    ("watchlist", &[]),
];

/// Whether a report is run again and again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Watch {
    Paused,
    Resumed,
}

fn list(call: &mut Call<'_>) -> Replied {
    let Some(reference) = call.query.filter("reference-id") else { return call.list("report") };
    let account = super::accounts::by_reference(call.world, reference).map(|account| account.id);
    call.list_of("report", "account-id", account.as_deref(), |report, id| {
        report.related("account").contains(&id)
    })
}

fn create(call: &mut Call<'_>) -> Replied {
    let kind = filled(&call.body["data"]["type"], "data.type")?;
    let kind = kind.strip_prefix("report/").unwrap_or(kind).to_owned();
    let Some((_, required)) = KINDS.iter().find(|(known, _)| *known == kind) else {
        return Err(bad_request(format!("data.type cannot be {kind:?}")));
    };
    let query = query(call, required)?;
    let account = match call.attribute("account-id").as_str() {
        Some(id) => Some(call.named("account", id, "data.attributes.account_id")?.id),
        None => None,
    };
    let template = call.attribute("report-template-id").as_str();
    let template = template.unwrap_or("rptp_Simulated0000000000000001").to_owned();
    let id = call.world.new_id("rep");
    let at = written(call.now);
    let mut attributes = json!({
        "status": "ready", "created-at": at, "completed-at": at, "redacted-at": null,
        "report-template-version-name": "v1", "has-match": false, "is-continuous": false,
        "is-recurring": false, "tags": [],
    });
    for (name, value) in shown(&kind, &query) {
        // A term that was not given is not shown as null.
        if !(name == "term" && value.is_null()) {
            attributes[name] = value;
        }
    }
    let relationships = json!({
        "inquiry": { "data": null },
        "account": { "data": account.map(|id| json!({ "type": "account", "id": id })) },
        "transaction": { "data": null },
        "report-template":
            { "data": { "type": format!("report-template/{kind}"), "id": template } },
    });
    let name = format!("report/{kind}");
    call.world.add("report", super::object(&name, &id, attributes, Some(relationships)));
    call.world.changed(&id);
    call.world.tell(&format!("{name}.ready"), &id, call.now);
    Ok(Reply::one(id).status(201))
}

/// The query of a new report, text or null in every member.
fn query(call: &Call<'_>, required: &[&str]) -> Result<Map<String, Value>, Refusal> {
    let given = call.attribute("query").as_object().cloned().unwrap_or_default();
    let query: Map<String, Value> = given
        .into_iter()
        .map(|(key, value)| (super::super::inflect::to_kebab(&key), value))
        .collect();
    for name in required {
        if query.get(*name).is_none_or(Value::is_null) {
            let name = name.replace('-', "_");
            return Err(bad_request(format!("data.attributes.query.{name} is missing")));
        }
    }
    for (name, value) in &query {
        let list = name == "associated-people" && value.is_array();
        if !(value.is_string() || value.is_null() || list) {
            return Err(bad_request(format!("data.attributes.query.{name} must be a string")));
        }
        let day = |text: &str| text.parse::<jiff::civil::Date>().is_ok();
        if name == "birthdate" && !value.as_str().is_none_or(day) {
            return Err(bad_request("data.attributes.query.birthdate must be a date"));
        }
    }
    Ok(query)
}

/// What a report shows of its query: flat in those of lists and media, as a query in others.
fn shown(kind: &str, query: &Map<String, Value>) -> Vec<(&'static str, Value)> {
    let given = |name: &str| query.get(name).cloned().unwrap_or_default();
    match kind {
        "watchlist" => {
            let names = ["name-first", "name-middle", "name-last", "term", "birthdate"];
            let mut shown: Vec<_> = names.map(|name| (name, given(name))).into();
            shown.push(("country-code", given("address-country-code")));
            shown.push(("matched-lists", json!([])));
            shown.push(("ignore-list", json!([])));
            shown
        }
        "adverse-media" => vec![
            ("term", given("term")),
            ("birthdate", given("birthdate")),
            ("country-code", given("country-code")),
        ],
        "politically-exposed-person" => {
            let names =
                ["name-first", "name-middle", "name-last", "term", "birthdate", "country-code"];
            let given = names.into_iter().map(|name| (name.to_owned(), given(name)));
            let shown: Map<String, Value> = given.filter(|(_, value)| !value.is_null()).collect();
            vec![("query", Value::Object(shown)), ("result", json!([]))]
        }
        _ => Vec::new(),
    }
}

pub(super) fn unredacted(call: &Call<'_>) -> Result<Object, Refusal> {
    let report = call.object("report")?;
    if value(&report, "redacted-at").is_null() {
        return Ok(report);
    }
    Err(Refusal::new(409, "Conflict", "Report already redacted"))
}

fn run(call: &mut Call<'_>) -> Replied {
    let report = unredacted(call)?;
    let at = written(call.now);
    call.touch(&report.id, |report| {
        report.set("status", "ready");
        report.set("completed-at", at.clone());
        report.set("is-continuous", true);
    });
    let id = call.world.new_id("rprun");
    let matches = u8::from(value(&report, "has-match").as_bool().unwrap_or_default());
    let entry = json!({
        "id": id, "type": "run", "run-type": "manual", "completed-at": at, "matches": matches,
    });
    call.history.entry(report.id.clone()).or_default().push(entry);
    call.world.tell(&format!("{}.ready", report.kind), &report.id, call.now);
    Ok(Reply::one(report.id))
}

fn watch(call: &mut Call<'_>, watch: Watch) -> Replied {
    let report = unredacted(call)?;
    let recurring = value(&report, "is-recurring").as_bool().unwrap_or_default();
    let (word, after) = match watch {
        Watch::Paused => ("pause", false),
        Watch::Resumed => ("resume", true),
    };
    if recurring == after {
        let why = format!("Report monitoring cannot {word} now");
        return Err(Refusal::new(409, "Conflict", why));
    }
    call.touch(&report.id, |report| report.set("is-recurring", after));
    let entry = entry(call, word);
    call.history.entry(report.id.clone()).or_default().push(entry);
    Ok(Reply::one(report.id))
}

pub(super) fn entry(call: &mut Call<'_>, kind: &str) -> Value {
    let id = call.world.new_id("rphis");
    let at = written(call.now);
    json!({ "id": id, "type": kind, "created-at": at, "creator-name": "API" })
}

/// What happened since it was first run, newest first.
fn history(call: &mut Call<'_>) -> Replied {
    let report = call.object("report")?;
    let first = json!({
        "id": format!("rprun_{}", &report.id[report.id.len().min(4)..]), "type": "run",
        "run-type": "manual", "completed-at": value(&report, "completed-at"),
        "matches": u8::from(value(&report, "has-match").as_bool().unwrap_or_default()),
    });
    let mut all = vec![first];
    all.extend(call.history.get(&report.id).into_iter().flatten().cloned());
    let ids: Vec<String> =
        all.iter().filter_map(|entry| entry["id"].as_str().map(str::to_owned)).collect();
    let found = super::super::page::cut(ids.as_slice(), &call.query.page, |_| true, |_| true)?;
    let data: Vec<&Value> = found
        .ids
        .iter()
        .filter_map(|id| all.iter().find(|entry| entry["id"] == id.as_str()))
        .collect();
    let body = json!({ "data": data, "links": call.links(&found) });
    Ok(Reply::new(Content::Plain(body)))
}

fn printed(call: &mut Call<'_>) -> Replied {
    let report = call.object("report")?;
    Ok(print::pdf(&[
        format!("Report {}", report.id),
        format!("Kind: {}", report.kind),
        format!("Status: {}", report.text("status")),
    ]))
}
