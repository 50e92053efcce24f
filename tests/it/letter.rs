//! The client against Persona's official contract, where that is at hand: one request of each
//! endpoint with the refusals that it documents, and every official example of an answer, read by
//! the endpoint that it belongs to.

use std::collections::BTreeSet;

use caseload::{
    model::EventId,
    persona::{Document, Request, events},
};
use serde_json::Value;

use crate::{
    contract::{Contract, check, check::Asked, document::Operation},
    endpoints::{Asks, all},
};

/// As it would be sent.
fn sent(request: &Request) -> Asked {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(&request.query);
    let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    Asked {
        method: request.method.as_str().to_owned(),
        path: request.path.clone(),
        query: query.finish(),
        headers: vec![
            header("authorization", "Bearer x"),
            header("content-type", "application/json"),
        ],
        body: request.body.as_ref().map(ToString::to_string).unwrap_or_default().into_bytes(),
    }
}

fn operation<'a>(contract: &'a Contract, request: &Request) -> Operation<'a> {
    let operation = contract.operation(request.method.as_str(), &request.path);
    let operation = operation.unwrap_or_else(|| panic!("{} is unknown", request.path));
    assert_eq!(operation.template, request.template);
    operation
}

#[test]
fn every_request_is_one_that_the_contract_knows() {
    let Some(contract) = Contract::at_hand() else { return };
    let mut problems = Vec::new();
    for endpoint in all() {
        let request = endpoint.request();
        problems.extend(check::request(contract, &sent(&request)));
        let statuses = operation(contract, &request).statuses();
        let documented: BTreeSet<u16> = statuses.filter(|status| *status >= 400).collect();
        let named: BTreeSet<u16> = request.refusals.iter().copied().collect();
        if named != documented {
            problems.push(format!("{}: {named:?}, documented {documented:?}", request.words));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

/// Examples of a body, by name.
fn examples<'a>(contract: &'a Contract, content: &'a Value) -> Vec<(&'a String, &'a Value)> {
    let content = &content["application/json"];
    let named = content["examples"].as_object().into_iter().flatten();
    named.map(|(name, example)| (name, &contract.resolved(example)["value"])).collect()
}

#[test]
fn every_official_example_is_read_as_it_is() {
    let Some(contract) = Contract::at_hand() else { return };
    let (mut read, mut problems) = (0, BTreeSet::new());
    let mut take = |endpoint: &dyn Asks, name: String, body: &Value| {
        let document = Document::parse(body.to_string()).expect("JSON");
        if let Err(why) = endpoint.read(&document) {
            problems.insert(format!("{name}: {why}"));
        }
        for shape in document.into_mismatches("the body") {
            let (kind, path) = (&shape.kind, &shape.path);
            let told = format!("{kind} {path}: {}, {}", shape.expected, shape.found);
            problems.insert(format!("{name}: {told}"));
        }
        read += 1;
    };
    for endpoint in all() {
        let request = endpoint.request();
        let operation = operation(contract, &request);
        for status in operation.statuses().filter(|status| *status < 300) {
            let Some((answer, _)) = operation.answer(status) else { continue };
            for (name, body) in examples(contract, &answer["content"]) {
                take(endpoint.as_ref(), format!("{} {name}", request.words), body);
            }
        }
    }
    // A delivery of a webhook is an event.
    let event = events::Retrieve { id: EventId::new("evt_1").expect("an id") };
    for (event_name, hook) in contract.whole["webhooks"].as_object().expect("webhooks") {
        for (name, body) in examples(contract, &hook["post"]["requestBody"]["content"]) {
            take(&event, format!("{event_name} {name}"), body);
        }
    }
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", told.len(), told.join("\n"));
    assert!(read > 200, "only {read} examples were found");
}
