//! Dismissing what a report found: it moves from the matches to the ignore list.

use serde_json::{Value, json};

use super::{
    super::{
        call::{Call, Replied, Reply, filled},
        query::bad_request,
        world::{Object, Refusal, written},
    },
    reports::{entry, unredacted},
    value,
};

pub const BODY: &str =
    "{data!: {attributes!: {dismiss-type: string, entity-id: string, reason: string}}}";

pub fn dismiss(call: &mut Call<'_>) -> Replied {
    let report = unredacted(call)?;
    filled(call.attribute("reason"), "data.attributes.reason")?;
    let media = report.kind.ends_with("adverse-media");
    let wanted = match call.attribute("dismiss-type").as_str() {
        Some("entity" | "media") => true,
        Some(_) => {
            return Err(bad_request("data.attributes.dismiss_type must be entity or media"));
        }
        None => false,
    };
    let entity = call.attribute("entity-id").as_str().unwrap_or_default().to_owned();
    if media && (!wanted || entity.is_empty()) {
        let why = "data.attributes.dismiss_type and data.attributes.entity_id must be filled";
        return Err(bad_request(why));
    }
    if !value(&report, "has-match").as_bool().unwrap_or_default() {
        return Err(Refusal::new(409, "Conflict", "Report has no match to dismiss"));
    }
    let ignored = json!({
        "ignored-at": written(call.now), "user": "API",
        "run-history-completed-at": value(&report, "completed-at"),
        "ignore-reason": call.attribute("reason"),
    });
    let mut after = report.clone();
    match (media, call.attribute("dismiss-type") == "media") {
        (false, _) => ignore_all(&mut after, &ignored),
        (true, false) => ignore_entity(&mut after, &entity, &ignored)?,
        (true, true) => ignore_media(&mut after, &entity, &ignored)?,
    }
    call.touch(&report.id, |report| *report = after);
    let entry = entry(call, "dismiss");
    call.history.entry(report.id.clone()).or_default().push(entry);
    call.world.tell(&format!("{}.dismissed", report.kind), &report.id, call.now);
    Ok(Reply::one(report.id))
}

/// What can stand in the ignore list of offices.
const OF_AN_OFFICE: [&str; 6] =
    ["entity-id", "name", "birthdates", "death-dates", "locations", "country"];

fn taken(report: &mut Object, name: &str) -> Vec<Value> {
    match report.attributes.get_mut(name).map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

/// `ignored` with what it is about.
fn entry_of(ignored: &Value, found: Value) -> Value {
    let mut entry = ignored.clone();
    entry["match"] = found;
    entry
}

/// All matches of lists and offices, which then stand in the ignore list.
fn ignore_all(report: &mut Object, ignored: &Value) {
    let (name, is_office) = match report.attributes.contains_key("result") {
        true => ("result", true),
        false => ("matched-lists", false),
    };
    if report.attributes.contains_key("ignore-list") {
        let found = taken(report, name).into_iter().map(|mut found| {
            match found.as_object_mut() {
                Some(all) if is_office => {
                    all.retain(|name, _| OF_AN_OFFICE.contains(&name.as_str()))
                }
                _ => without_birthdates(&mut found),
            }
            entry_of(ignored, found)
        });
        let found: Vec<Value> = found.collect();
        let mut known = taken(report, "ignore-list");
        known.extend(found);
        report.set(name, json!([]));
        report.set("ignore-list", known);
    }
    report.set("has-match", false);
}

/// Here the contract wants the year of a birth to be a whole date, and its month to have a time.
fn without_birthdates(listed: &mut Value) {
    for entity in listed["entities"].as_array_mut().into_iter().flatten() {
        entity["birthdates"] = json!([]);
    }
}

fn not_found() -> Refusal {
    Refusal::new(422, "Record invalid", "Entity is not among the matches")
        .at("/data/attributes/entity-id")
}

/// One of those in the media, by the id that it has in this kind of report.
fn ignore_entity(report: &mut Object, id: &str, ignored: &Value) -> Result<(), Refusal> {
    let mut left = taken(report, "related-sources");
    let is_it = |one: &Value| one["entity-id"] == id || one["id"] == id;
    let at = left.iter().position(is_it).ok_or_else(not_found)?;
    let found = left.remove(at);
    if report.attributes.contains_key("ignore-list-entity") {
        let mut known = taken(report, "ignore-list-entity");
        known.push(entry_of(ignored, found));
        report.set("ignore-list-entity", known);
    }
    report.set("has-match", !left.is_empty());
    report.set("related-sources", left);
    Ok(())
}

/// One article; whoever has none left is no match any more.
fn ignore_media(report: &mut Object, id: &str, ignored: &Value) -> Result<(), Refusal> {
    let mut left = taken(report, "related-sources");
    let mut found = None;
    for one in &mut left {
        let Some(media) = one["media"].as_array_mut() else { continue };
        if let Some(at) = media.iter().position(|one| one["url"] == id) {
            found = Some(media.remove(at));
        }
    }
    let found = found.ok_or_else(not_found)?;
    left.retain(|one| one["media"].as_array().is_some_and(|media| !media.is_empty()));
    if let Some(Value::Object(known)) = report.attributes.get_mut("ignore-list-media") {
        known.insert(id.to_owned(), entry_of(ignored, found));
    }
    report.set("has-match", !left.is_empty());
    report.set("related-sources", left);
    Ok(())
}
