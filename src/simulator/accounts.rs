//! Accounts of three types, and how they are related.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    people::{self, Person},
    seed::{SPAN, object, text, to_one},
    world::{World, written},
};

/// The relation keys that accounts of this organisation have.
pub const RELATION_KEYS: [&str; 3] = ["beneficial_owners", "business", "counterparties"];

pub fn individual(world: &mut World, person: &Person, created: Timestamp) -> String {
    let id = world.new_id("act");
    let at = written(created);
    let hash = |pairs: &[(&str, Value)]| {
        let value: Map<String, Value> =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        json!({ "type": "hash", "value": value })
    };
    let fields = json!({
        "name": hash(&[("first", text(&person.first)), ("middle", json!({"type": "string", "value": null})), ("last", text(&person.last))]),
        "birthdate": { "type": "date", "value": person.birthdate },
        "address": hash(&[("street_1", text(&person.street)), ("city", text(&person.city)), ("country_code", text(&person.country))]),
        "email_address": text(&person.email),
        "phone_number": text(&person.phone),
    });
    let attributes = json!({
        "reference-id": null, "account-type-name": "Individual", "account-status": "active",
        "created-at": at, "updated-at": at, "redacted-at": null, "fields": fields, "tags": [],
    });
    let relationships =
        json!({ "account-type": to_one("account-type", "acttp_Individual000000000000001") });
    world.add("account", object("account", id.clone(), attributes, relationships));
    id
}

fn business(world: &mut World, rng: &mut Rng, created: Timestamp) -> String {
    let id = world.new_id("act");
    let at = written(created);
    let attributes = json!({
        "reference-id": format!("firm-{}", rng.u16(100..999)), "account-type-name": "Business", "account-status": "approved",
        "created-at": at, "updated-at": at, "redacted-at": null, "tags": [],
        "fields": { "business_name": text(&people::firm(rng)), "employees": { "type": "integer", "value": rng.u16(1..900) } },
    });
    let relationships =
        json!({ "account-type": to_one("account-type", "acttp_Business0000000000000002") });
    world.add("account", object("account", id.clone(), attributes, relationships));
    id
}

/// Shaped differently on purpose: another name field, nesting in another casing, a status of its
/// own.
fn counterparty(world: &mut World, rng: &mut Rng, created: Timestamp) -> String {
    let id = world.new_id("act");
    let at = written(created);
    let attributes = json!({
        "account-type-name": "Counterparty", "account-status": "Watch list",
        "created-at": at, "updated-at": at, "redacted-at": null, "tags": ["imported"],
        "fields": {
            "legal_name": text(&people::firm(rng)),
            "Registration": { "type": "hash", "value": { "registryCode": { "type": "string", "value": "HRB 000" }, "OwnershipShare": { "type": "number", "value": 0.25 } } },
        },
    });
    world.add("account", object("account", id.clone(), attributes, json!({})));
    id
}

fn transaction(world: &mut World, created: Timestamp) -> String {
    let id = world.new_id("txn");
    let at = written(created);
    let attributes = json!({
        "status": "needs review", "reference-id": "wire-0001", "fields": { "amount": { "type": "number", "value": 950.5 } },
        "created-at": at, "updated-at": at, "tags": [],
    });
    let relationships = json!({
        "reviewer": { "data": null }, "transaction-label": { "data": null },
        "transaction-type": { "data": { "type": "transaction-type", "id": "txntp_Wire000000000000000001" } },
        "related-objects": { "data": [] },
    });
    world.add("transaction", object("transaction", id.clone(), attributes, relationships));
    id
}

pub fn relations(
    world: &mut World,
    rng: &mut Rng,
    reviewable: &[(String, String, Timestamp)],
    start: Timestamp,
) {
    let mut firms = Vec::new();
    for nth in 0..(reviewable.len() / 3).max(1) {
        let created = start - SPAN + SignedDuration::from_hours(i64::try_from(nth).unwrap_or(0));
        firms.push(business(world, rng, created));
    }
    for (nth, (_, account, created)) in reviewable.iter().enumerate() {
        if nth % 4 == 3 {
            continue;
        }
        let firm = firms[rng.usize(..firms.len())].clone();
        world.relate(account, "business", &firm);
        world.relate(&firm, "beneficial_owners", account);
        let (_, partner, _) = &reviewable[rng.usize(..reviewable.len())];
        if partner != account {
            world.relate(account, "beneficial_owners", partner);
        }
        if nth % 3 == 0 {
            let target = counterparty(world, rng, *created);
            world.relate(account, "counterparties", &target);
            let wire = transaction(world, *created);
            world.relate(account, "counterparties", &wire);
        }
    }
}
