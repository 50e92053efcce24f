//! Whatever arrives is read without a panic, and the contract's own examples are read whole.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{
    Document, Endpoint, Found, PageFrom, accounts,
    bodies::{account_id, case, included, inquiry, inquiry_id, read, values},
    cases, events, inquiries, limits,
};
use crate::model::{Case, Inquiry, TemplateId, Text};

/// Reads a body as every answer that there is; what comes out does not matter.
fn read_as_everything(body: &Value) {
    let page = || PageFrom::first(10);
    let document = Document::parse(body.to_string()).unwrap();
    let _ = document.errors();
    let _ = inquiry(body).map(Found::<Inquiry>::into_batch);
    let _ = case(body).map(Found::<Case>::into_batch);
    let _ = accounts::Retrieve { id: account_id() }.decode(&document);
    let _ = accounts::List { reference_ids: vec![], page: page() }.decode(&document);
    let relations = accounts::Relations::under(account_id(), Text::new("k"), page());
    let _ = relations.decode(&document);
    let _ = inquiries::List { filter: Default::default(), page: page() }.decode(&document);
    let _ = cases::List { filter: Default::default(), page: page() }.decode(&document);
    let _ = events::List { names: vec![], objects: vec![], page: page() }.decode(&document);
    let _ = limits::RateLimits.decode(&document);
    let link = inquiries::GenerateOneTimeLink { id: inquiry_id(), expires_in_seconds: None };
    let _ = link.decode(&document);
    let create = inquiries::Create::of(TemplateId::new("itmpl_1").unwrap());
    let _ = create.decode(&document);
}

/// JSON that often looks like a body: the member names and values that decoding asks for.
fn nearly_a_body() -> impl Strategy<Value = Value> {
    let name = prop_oneof![
        4 => prop::sample::select(vec![
            "data", "included", "links", "next", "meta", "errors", "title", "details", "type", "id",
            "attributes", "relationships", "fields", "value", "url", "filename", "status", "checks",
            "name", "reasons", "payload", "created-at", "createdAt", "account", "verifications",
            "one-time-link", "tags", "limit", "remaining", "seconds-to-reset",
        ])
        .prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        prop::sample::select(vec![
            "inquiry",
            "case",
            "account",
            "event",
            "verification/selfie",
            "verification/",
            "inq_1",
            "2026-03-02T09:00:00Z",
            "9999999-99-99T99:99:99Z",
            "hash",
            "",
        ])
        .prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 96, 8, move |inner| {
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            3 => prop::collection::vec((name.clone(), inner), 0..8)
                .prop_map(|members| members.into_iter().collect::<serde_json::Map<_, _>>().into()),
        ]
    })
}

proptest! {
    #[test]
    fn nothing_that_arrives_makes_us_panic(data in nearly_a_body(), body in nearly_a_body()) {
        read_as_everything(&body);
        read_as_everything(&json!({ "data": data }));
        read_as_everything(&json!({ "data": [data], "included": [body], "meta": body }));
        let object = json!({ "type": "inquiry", "id": "inq_1", "attributes": data, "relationships": body });
        read_as_everything(&json!({ "data": object, "included": [object] }));
        for kind in ["case", "account", "event", "verification/government-id"] {
            let object = json!({ "type": kind, "id": "x_1", "attributes": data, "relationships": body });
            read_as_everything(&json!({ "data": object, "included": [object] }));
            read_as_everything(&json!({ "data": [object] }));
        }
    }
}

/// The official contract's examples, where a copy of it is at hand: beside the project, or named
/// by `PERSONA_CONTRACT`.
#[test]
fn the_contracts_own_examples_are_read() {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/persona/openapi-2025-12-08.json");
    let path = std::env::var("PERSONA_CONTRACT").unwrap_or_else(|_| beside.to_owned());
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("skipped: no contract at {path}");
        return;
    };
    let contract: Value = serde_json::from_str(&text).unwrap();
    let mut read_so_far = 0;
    for (path, operations) in contract["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            let Some(responses) = operation.get("responses").and_then(Value::as_object) else {
                continue;
            };
            for (status, response) in responses {
                let content = &followed(&contract, response)["content"]["application/json"];
                for (name, example) in content["examples"].as_object().into_iter().flatten() {
                    let body = &followed(&contract, example)["value"];
                    let body =
                        body.get("value").filter(|_| body.get("data").is_none()).unwrap_or(body);
                    let place = format!("{method} {path} {status} {name}");
                    read_so_far += usize::from(example_is_read(path, method, status, body, &place));
                    read_as_everything(body);
                }
            }
        }
    }
    println!("{read_so_far} examples of our endpoints");
    assert!(read_so_far >= 15, "only {read_so_far} examples were found");
}

fn followed<'a>(contract: &'a Value, value: &'a Value) -> &'a Value {
    match value.get("$ref").and_then(Value::as_str).and_then(|path| path.strip_prefix('#')) {
        Some(pointer) => followed(contract, contract.pointer(pointer).unwrap()),
        None => value,
    }
}

/// Whether it is one of ours; panics if ours is not read whole.
fn example_is_read(path: &str, method: &str, status: &str, body: &Value, place: &str) -> bool {
    if !status.starts_with('2') {
        let said = Document::parse(body.to_string()).unwrap().errors();
        assert!(!said.is_empty(), "{place}: nothing is said");
        return false;
    }
    let objects = body["data"].as_array().map_or(0, Vec::len);
    let page = || PageFrom::first(10);
    match (method, path) {
        ("get", "/inquiries") => {
            let list = inquiries::List { filter: Default::default(), page: page() };
            assert_eq!(read(&list, body).unwrap().items.len(), objects, "{place}");
        }
        ("get", "/cases") => {
            let list = cases::List { filter: Default::default(), page: page() };
            assert_eq!(read(&list, body).unwrap().items.len(), objects, "{place}");
        }
        ("get", "/accounts") => {
            let list = accounts::List { reference_ids: vec![], page: page() };
            assert_eq!(read(&list, body).unwrap().items.len(), objects, "{place}");
        }
        ("get", "/accounts/{account-id}/relations") => {
            let list = accounts::Relations::under(account_id(), Text::new("k"), page());
            assert_eq!(read(&list, body).unwrap().items.len(), objects, "{place}");
        }
        ("get", "/events") => {
            let list = events::List { names: vec![], objects: vec![], page: page() };
            let items = read(&list, body).unwrap().items;
            assert_eq!(items.len(), objects, "{place}");
            assert!(items.iter().all(|event| !event.name.is_empty()), "{place}");
        }
        ("get", "/rate-limits") => {
            assert_eq!(read(&limits::RateLimits, body).unwrap().len(), objects, "{place}");
        }
        ("get", "/accounts/{account-id}") => {
            read(&accounts::Retrieve { id: account_id() }, body).expect(place);
        }
        ("post", "/inquiries/{inquiry-id}/generate-one-time-link") => {
            let link =
                inquiries::GenerateOneTimeLink { id: inquiry_id(), expires_in_seconds: None };
            read(&link, body).expect(place);
        }
        (_, "/inquiries/{inquiry-id}") | ("post", "/inquiries") => {
            seen_whole(&inquiry(body).expect(place).object, body, place);
        }
        ("post", path) if path.starts_with("/inquiries/{inquiry-id}/") => {
            seen_whole(&inquiry(body).expect(place).object, body, place);
        }
        ("get", "/cases/{case-id}") | ("post", "/cases") => {
            assert!(!case(body).expect(place).object.status.is_empty(), "{place}");
        }
        ("post", path) if path.starts_with("/cases/{case-id}/") => {
            assert!(!case(body).expect(place).object.status.is_empty(), "{place}");
        }
        ("get", path) if path.starts_with("/verification") && !path.ends_with("print") => {
            // A verification has no endpoint of ours: it comes with its inquiry.
            let carried =
                json!({ "data": { "type": "inquiry", "id": "inq_1" }, "included": [body["data"]] });
            let found = included(inquiry(&carried).unwrap());
            assert_eq!(found.len(), 1, "{place}");
            assert!(!found[0].status.is_empty(), "{place}");
            let checks = body["data"]["attributes"]["checks"].as_array().map_or(0, Vec::len);
            assert_eq!(found[0].checks.len(), checks, "{place}");
            let written = values(&found[0].fields);
            assert!(!written.iter().any(|(_, value)| value.contains("access_token")), "{place}");
        }
        _ => return false,
    }
    true
}

fn seen_whole(inquiry: &Inquiry, body: &Value, place: &str) {
    let attributes = &body["data"]["attributes"];
    assert_eq!(inquiry.status.as_str(), attributes["status"].as_str().unwrap(), "{place}");
    assert_eq!(inquiry.created_at.is_some(), !attributes["created-at"].is_null(), "{place}");
    let filled = |fields: &Value| {
        fields.as_object().is_some_and(|all| all.values().any(|field| !field["value"].is_null()))
    };
    assert_eq!(inquiry.fields.is_empty(), !filled(&attributes["fields"]), "{place}");
}
