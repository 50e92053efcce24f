//! A store as a busy organisation has it after a few years: made by number, so that every run has
//! the same, and written through the store's own door.

use std::path::Path;

use caseload::{
    clock::Clock,
    model::{
        Account, Batch, Case, Check, Entity, Event, EventId, Field, Inquiry, Pii, Text, Timestamp,
        Verification,
    },
    store::Store,
};
use jiff::SignedDuration;
use serde_json::json;

/// Inquiries in one transaction.
const BATCH: usize = 10_000;

/// A new inquiry so often, in milliseconds: a million of them take two years.
const APART: i64 = 63_000;

const FIRST: [&str; 8] = ["Ada", "Grace", "Nils", "Thandiwe", "太郎", "ส้ม", "José", "عائشة"];

/// The last names are numbered beyond these, so that there are common ones and rare ones.
const LAST: [&str; 6] = ["Muster", "Ejemplo", "Sample", "Próba", "山田", "Пример"];

/// When the newest inquiry of such a store was made.
fn made(nth: usize, of: usize) -> Timestamp {
    let newest: Timestamp = "2026-03-02T12:00:00Z".parse().expect("a time");
    let ago = i64::try_from(of - nth).expect("a small number") * APART;
    newest - SignedDuration::from_millis(ago)
}

/// Spreads numbers so that ids lie in no order, as Persona's do.
fn id(prefix: &str, nth: usize) -> String {
    let mixed = |salt: u64| {
        (nth as u64 + salt).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
            ^ (nth as u64).wrapping_mul(0xd6e8_feb8_6659_fd93)
    };
    format!("{prefix}_{:012x}{:012x}", mixed(1) >> 16, mixed(2) >> 16)
}

fn status(nth: usize) -> &'static str {
    match nth % 20 {
        0..4 => "needs_review",
        4..12 => "approved",
        12..15 => "declined",
        15..17 => "completed",
        17 => "expired",
        18 => "failed",
        _ => "pending",
    }
}

fn field(name: &str, value: &str) -> Field {
    Field { name: Text::new(name), value: Pii::new(value) }
}

pub fn inquiry(nth: usize, of: usize) -> Inquiry {
    let bare = json!({
        "id": id("inq", nth), "status": status(nth), "reference_id": format!("cust-{nth}"),
        "account": id("act", nth / 3), "template": format!("itmpl_{}", nth % 7),
        "verifications": [id("ver", 2 * nth), id("ver", 2 * nth + 1)],
        "tags": if nth.is_multiple_of(50) { vec!["vip"] } else { Vec::new() }, "fields": [],
    });
    let at = made(nth, of);
    let last = LAST[nth % LAST.len()];
    let last = if nth.is_multiple_of(3) { last.to_owned() } else { format!("{last}{}", nth / 40) };
    Inquiry {
        created_at: Some(at),
        updated_at: Some(at + SignedDuration::from_mins(9)),
        started_at: Some(at + SignedDuration::from_mins(1)),
        completed_at: Some(at + SignedDuration::from_mins(6)),
        marked_for_review_at: (status(nth) == "needs_review")
            .then(|| at + SignedDuration::from_mins(7)),
        fields: vec![
            field("name-first", FIRST[nth % FIRST.len()]),
            field("name-last", &last),
            field("birthdate", "1990-02-03"),
            field("email-address", &format!("applicant{nth}@example.test")),
            field("phone-number", &format!("+1555{nth:07}")),
            field("address-street-1", &format!("{} Musterstraße", nth % 300)),
            field("address-city", "Villa Ejemplo"),
            field("address-postal-code", "00000"),
            field("address-country-code", "KE"),
        ],
        ..serde_json::from_value(bare).expect("an inquiry")
    }
}

fn verifications(nth: usize) -> [Verification; 2] {
    [("government-id", 2 * nth), ("selfie", 2 * nth + 1)].map(|(kind, number)| {
        let check = |name: &str, status: &str| {
            let bare = json!({ "name": name, "status": status, "requirement": "required", "reasons": [] });
            serde_json::from_value::<Check>(bare).expect("a check")
        };
        let bare = json!({ "id": id("ver", number), "kind": kind, "status": "passed", "checks": [], "fields": [] });
        Verification {
            checks: vec![check("id_expired_detection", "passed"), check("selfie_liveness", "failed")],
            ..serde_json::from_value(bare).expect("a verification")
        }
    })
}

fn case(nth: usize, of: usize) -> Case {
    let bare = json!({
        "id": id("case", nth), "name": format!("KYC-{nth}"), "status": "Open",
        "template": "ctmpl_1", "queue": format!("cqueue_{}", nth % 5),
        "assignee": format!("reviewer{}@example.test", nth % 40), "tags": [],
        "inquiries": [id("inq", nth)], "accounts": [id("act", nth / 3)], "fields": [],
    });
    let at = made(nth, of);
    Case {
        resolution: (!nth.is_multiple_of(3)).then(|| Text::new("Closed")),
        created_at: Some(at),
        updated_at: Some(at),
        sla_expires_at: (!nth.is_multiple_of(4)).then(|| at + SignedDuration::from_hours(900)),
        ..serde_json::from_value(bare).expect("a case")
    }
}

fn account(nth: usize, of: usize) -> Account {
    let at = made(3 * nth, of).to_string();
    let bare = json!({
        "id": id("act", nth), "status": "Open", "type_name": "Individual", "tags": [],
        "created_at": at, "updated_at": at, "fields": [],
    });
    serde_json::from_value(bare).expect("an account")
}

/// An inquiry that has moved since the store was filled: every second one to another status.
pub fn event(count: usize, of: usize) -> Event {
    let nth = count.wrapping_mul(7_919) % of;
    let at = made(of, of) + SignedDuration::from_millis(i64::try_from(count).expect("a number"));
    let mut subject = Inquiry { updated_at: Some(at), ..inquiry(nth, of) };
    if count.is_multiple_of(2) {
        subject.status = caseload::model::InquiryStatus::Approved;
    }
    Event {
        id: EventId::new(&format!("evt_{count}")).expect("an id"),
        name: Text::new("inquiry.approved"),
        created_at: Some(at),
        subject: Some(Entity::Inquiry(subject)),
        context: Vec::new(),
        included: Vec::new(),
    }
}

/// Everything about these inquiries: each eighth has a case, those that wait have their checks.
fn batch(from: usize, to: usize, of: usize) -> Batch {
    let mut batch = Batch::default();
    for nth in from..to {
        let inquiry = inquiry(nth, of);
        if status(nth) == "needs_review" {
            batch.hydrated.push(inquiry.id.clone());
            batch.entities.extend(verifications(nth).map(Entity::Verification));
        }
        batch.entities.push(Entity::Inquiry(inquiry));
        if nth.is_multiple_of(8) {
            batch.entities.push(Entity::Case(case(nth, of)));
        }
        if nth.is_multiple_of(3) {
            batch.entities.push(Entity::Account(account(nth / 3, of)));
        }
    }
    batch
}

/// Fills a store that may have been filled in part; `told` hears how many inquiries there are.
pub async fn fill(path: &Path, inquiries: usize, mut told: impl FnMut(usize)) -> Store {
    let store = Store::open(path, Clock::system()).await.expect("a store");
    // Nothing is there that an older version wrote.
    while store.mark_some().await.expect("marks") {}
    let (known, ..) = store.counts().await.expect("its counts");
    let known = usize::try_from(known).expect("a number") / BATCH * BATCH;
    for from in (known..inquiries).step_by(BATCH) {
        let to = inquiries.min(from + BATCH);
        store.apply(batch(from, to, inquiries)).await.expect("a batch");
        told(to);
    }
    // Nothing is listed again.
    for stage in ["fill/review", "fill/cases", "fill/rest"] {
        store.set_cursor(stage, "done").await.expect("a cursor");
    }
    store
}
