//! Makes the world from a seed and a start time.

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    accounts::{individual, relations},
    checks::{self, Outcome},
    people::{self, Person},
    rules::CASE_TEMPLATES,
    world::{Object, USERS, World, written},
};

const INQUIRY_TEMPLATES: [&str; 3] = [
    "itmpl_GovernmentIdAndSelfie0001",
    "itmpl_GovernmentIdOnly0000002",
    "itmpl_DatabaseOnly00000003",
];

pub const SPAN: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Younger ones may still wait for review.
const FRESH: SignedDuration = SignedDuration::from_hours(60);

/// An inquiry about to be made.
struct Plan {
    nth: usize,
    created: Timestamp,
    status: &'static str,
    person: Person,
    account: String,
}

pub fn world(seed: u64, inquiries: usize, start: Timestamp) -> World {
    let mut world = World::new(seed, start);
    let mut rng = Rng::with_seed(seed);
    templates(&mut world, start);
    let mut account = String::new();
    let mut person = people::person(&mut rng);
    let mut reviewable = Vec::new();
    for nth in 0..inquiries {
        let created = created_at(&mut rng, nth, inquiries, start);
        // Some people come more than once.
        if nth == 0 || rng.u8(..6) > 0 {
            person = people::person(&mut rng);
            account = individual(&mut world, &person, created);
        }
        let status = status(&mut rng, nth, start.duration_since(created));
        let plan = Plan { nth, created, status, person: person.clone(), account: account.clone() };
        let id = inquiry(&mut world, &mut rng, plan, start);
        if status == "needs_review" {
            reviewable.push((id, account.clone(), created));
        }
    }
    relations(&mut world, &mut rng, &reviewable, start);
    cases(&mut world, &mut rng, &reviewable, start);
    for (id, _, created) in &reviewable {
        world.tell("inquiry.marked-for-review", id, *created + SignedDuration::from_mins(4));
    }
    world
}

/// Oldest first, dense towards now.
fn created_at(rng: &mut Rng, nth: usize, of: usize, start: Timestamp) -> Timestamp {
    let back = (of - nth) as f64 / of as f64;
    let jitter = SignedDuration::from_secs(rng.i64(0..60));
    start - SPAN.mul_f64(back * back) - SignedDuration::from_mins(6) - jitter
}

fn status(rng: &mut Rng, nth: usize, age: SignedDuration) -> &'static str {
    if nth % 97 == 41 {
        // A status that no client knows.
        return "on_hold";
    }
    let roll = rng.u8(..100);
    if age < FRESH {
        return match roll {
            0..52 => "needs_review",
            52..62 => "created",
            62..72 => "pending",
            72..80 => "completed",
            80..90 => "approved",
            90..95 => "declined",
            _ => "failed",
        };
    }
    match roll {
        0..55 => "approved",
        55..75 => "declined",
        75..83 => "completed",
        83..91 => "failed",
        _ => "expired",
    }
}

pub fn object(kind: &str, id: String, attributes: Value, relationships: Value) -> Object {
    let map = |value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Object {
        kind: kind.to_owned(),
        id,
        attributes: map(attributes),
        relationships: Some(map(relationships)),
    }
}

pub fn to_one(kind: &str, id: &str) -> Value {
    json!({ "data": { "type": kind, "id": id } })
}

pub fn text(value: &str) -> Value {
    json!({ "type": "string", "value": value })
}

fn templates(world: &mut World, start: Timestamp) {
    let at = written(start - SPAN);
    for template in CASE_TEMPLATES {
        let ends: Vec<&str> = template
            .statuses
            .iter()
            .filter(|(_, kind)| *kind == crate::model::StatusKind::End)
            .map(|(name, _)| *name)
            .collect();
        let attributes = json!({
            "name": template.name, "status": "active", "resolutions": ends,
            "created-at": at, "updated-at": at, "archived-at": null, "field-schemas": [],
        });
        let made = object("case-template", template.id.into(), attributes, json!({}));
        // Templates of cases come without relationships.
        world.add("case-template", Object { relationships: None, ..made });
    }
    for (id, name) in
        INQUIRY_TEMPLATES.iter().zip(["Government ID and selfie", "Government ID", "Database"])
    {
        let attributes = json!({ "name": name, "status": "active" });
        world.add(
            "inquiry-template",
            object("inquiry-template", (*id).into(), attributes, json!({})),
        );
    }
}

fn inquiry(world: &mut World, rng: &mut Rng, plan: Plan, start: Timestamp) -> String {
    let Plan { nth, created, status, person, account } = plan;
    let id = world.new_id("inq");
    let template = rng.usize(..INQUIRY_TEMPLATES.len());
    let after = |minutes: i64| written(created + SignedDuration::from_mins(minutes));
    let started = status != "created";
    let finished = !matches!(status, "created" | "pending" | "expired");
    let decided = matches!(status, "approved" | "declined");
    let review = status == "needs_review";
    let when =
        |is: bool, minutes: i64| if is { Value::String(after(minutes)) } else { Value::Null };
    let open = matches!(status, "created" | "pending");
    let expires = written(
        (created + SignedDuration::from_hours(24)).max(start + SignedDuration::from_mins(90)),
    );
    let kinds: &[&str] = match (finished, template) {
        (false, _) => &[],
        (true, 0) => &["government-id", "selfie"],
        (true, 1) => &["government-id"],
        (true, _) if nth % 29 == 7 => &["database", "retina-scan"],
        (true, _) => &["database"],
    };
    let mut verifications = Vec::new();
    for kind in kinds {
        let outcome = match (status, rng.u8(..10)) {
            ("needs_review", 0..7) => {
                Outcome::Failed { required: rng.usize(..3), signals: rng.usize(..3) }
            }
            ("failed" | "declined", _) => {
                Outcome::Failed { required: 1 + rng.usize(..2), signals: rng.usize(..3) }
            }
            _ => Outcome::Passed,
        };
        verifications
            .push(verification(world, rng, kind, &person, outcome, &id, &account, created));
    }
    if nth % 31 == 5
        && let Some(first) = verifications.first().cloned()
        && let Some(object) = world.get_mut(&first)
        && let Some(check) =
            object.attributes["checks"].as_array_mut().and_then(|checks| checks.first_mut())
    {
        // A status of a check that no client knows.
        check["status"] = "inconclusive".into();
    }
    let attributes = json!({
        "status": status, "reference-id": format!("cust-{nth:04}"), "note": null,
        "behaviors": { "behavior-threat-level": "low", "completion-time": 88.4 },
        "tags": if nth % 17 == 3 { json!(["vip"]) } else { json!([]) },
        "creator": "api@example.test",
        "reviewer-comment": if decided { json!("decided by a workflow") } else { Value::Null },
        "created-at": after(0),
        "started-at": when(started, 1),
        "expires-at": if open { Value::String(expires) } else { Value::Null },
        "completed-at": when(finished && status != "failed", 3),
        "failed-at": when(status == "failed", 3),
        "marked-for-review-at": when(review, 4),
        "decisioned-at": when(decided, 60),
        "expired-at": when(status == "expired", 24 * 60),
        "redacted-at": null,
        "updated-at": after(if decided { 60 } else if review { 4 } else { 3 }),
        "previous-step-name": if finished { "verification_selfie" } else { "start" },
        "next-step-name": if review { "review" } else { "success" },
        "fields": {
            "name-first": text(&person.first),
            "name-last": text(&person.last),
            "birthdate": { "type": "date", "value": person.birthdate },
            "email-address": text(&person.email),
            "phone-number": text(&person.phone),
            "address-street-1": text(&person.street),
            "address-city": text(&person.city),
            "address-country-code": text(&person.country),
        },
    });
    let ids = |kind: &str, ids: &[String]| json!({ "data": ids.iter().map(|id| json!({ "type": kind, "id": id })).collect::<Vec<_>>() });
    let verification_ids: Vec<Value> = verifications
        .iter()
        .filter_map(|id| Some(json!({ "type": world.get(id)?.kind, "id": id })))
        .collect();
    let relationships = json!({
        "account": to_one("account", &account),
        "template": { "data": null },
        "inquiry-template": to_one("inquiry-template", INQUIRY_TEMPLATES[template]),
        "inquiry-template-version": to_one("inquiry-template-version", "itmplv_Published0000000000001"),
        "transaction": { "data": null },
        "reviewer": { "data": null },
        "reports": ids("report/watchlist", &[]),
        "verifications": { "data": verification_ids },
        "sessions": ids("inquiry-session", &[]),
        "documents": ids("document/government-id", &[]),
        "selfies": ids("selfie/profile-and-center", &[]),
    });
    world.add("inquiry", object("inquiry", id.clone(), attributes, relationships));
    id
}

#[expect(clippy::too_many_arguments, reason = "a verification is made of exactly these")]
fn verification(
    world: &mut World,
    rng: &mut Rng,
    kind: &str,
    person: &Person,
    outcome: Outcome,
    inquiry: &str,
    account: &str,
    created: Timestamp,
) -> String {
    let id = world.new_id("ver");
    let mut attributes = checks::verification(rng, kind, person, outcome);
    for (name, minutes) in [("created-at", 1), ("submitted-at", 2), ("completed-at", 3)] {
        let at = created + SignedDuration::from_mins(minutes);
        attributes.insert(name.into(), written(at).into());
        attributes.insert(format!("{name}-ts"), at.as_second().into());
    }
    let relationships = json!({
        "inquiry": to_one("inquiry", inquiry),
        "template": { "data": null },
        "inquiry-template": to_one("inquiry-template", INQUIRY_TEMPLATES[0]),
        "inquiry-template-version": to_one("inquiry-template-version", "itmplv_Published0000000000001"),
        "transaction": { "data": null },
        "verification-template": { "data": null },
        "verification-template-version": { "data": null },
        "accounts": { "data": [{ "type": "account", "id": account }] },
    });
    let mut made = object(&format!("verification/{kind}"), id.clone(), Value::Null, relationships);
    made.attributes = attributes;
    world.add("verification", made);
    id
}

fn cases(
    world: &mut World,
    rng: &mut Rng,
    reviewable: &[(String, String, Timestamp)],
    start: Timestamp,
) {
    for (nth, (inquiry, account, created)) in reviewable.iter().enumerate() {
        if nth % 3 == 2 {
            continue;
        }
        let template = &CASE_TEMPLATES[nth % CASE_TEMPLATES.len()];
        let (status, kind) = template.statuses[rng.usize(..template.statuses.len())];
        let at = written(*created + SignedDuration::from_mins(5));
        let ended = kind == crate::model::StatusKind::End;
        // Some are late, some press, some have all day, some have none.
        let sla = match nth % 5 {
            0 => json!(written(
                start - SignedDuration::from_mins(20 + i64::try_from(nth).unwrap_or(0))
            )),
            1 => json!(written(start + SignedDuration::from_mins(40))),
            2 | 3 => json!(written(
                start + SignedDuration::from_hours(6 + i64::try_from(nth).unwrap_or(0))
            )),
            _ => Value::Null,
        };
        let assignee = if nth % 2 == 0 { json!(USERS[nth / 2 % USERS.len()]) } else { Value::Null };
        let assigned = !assignee.is_null();
        let attributes = json!({
            "status": status, "name": format!("{}-{}", template.key, nth + 1),
            "resolution": if ended { json!(status) } else { Value::Null },
            "created-at": at, "updated-at": at,
            "assigned-at": if assigned { json!(at) } else { Value::Null },
            "resolved-at": if ended { json!(at) } else { Value::Null },
            "redacted-at": null, "sla-expires-at": sla,
            "creator-id": "wfr_Opened00000000000000001", "creator-type": "workflow-run",
            "assignee-id": assignee,
            "assigner-id": if assigned { json!("cap_RoundRobin000000000001") } else { Value::Null },
            "assigner-type": if assigned { json!("case-assignment-policy") } else { Value::Null },
            "resolver-id": if ended { json!(USERS[1]) } else { Value::Null },
            "resolver-type": if ended { json!("user") } else { Value::Null },
            "updater-id": null, "updater-type": null, "tags": [],
            "fields": { "priority": text(if nth % 4 == 0 { "high" } else { "normal" }) },
            "attachments": [],
        });
        let relationships = json!({
            "accounts": { "data": [{ "type": "account", "id": account }] },
            "inquiries": { "data": [{ "type": "inquiry", "id": inquiry }] },
            "reports": { "data": [] }, "verifications": { "data": [] }, "txns": { "data": [] },
            "case-comments": { "data": [] },
            "case-template": to_one("case-template", template.id),
            "case-queue": { "data": null },
        });
        let id = world.new_id("case");
        world.add("case", object("case", id, attributes, relationships));
    }
}
