//! The checker itself: it allows what Persona shows, and tells what it does not allow.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{
    check::{self, Answered, Asked, errors},
    document::{Contract, escaped},
};

#[test]
fn official_examples_are_allowed() {
    let Some(contract) = Contract::at_hand() else { return };
    let (mut held, mut problems) = (0, BTreeSet::new());
    for operation in contract.operations() {
        let mut hold = |content: &Value, place: &str, what: &str| {
            let content = &content["application/json"];
            for (name, example) in content["examples"].as_object().into_iter().flatten() {
                let value = &contract.resolved(example)["value"];
                let place = format!("{place}/{}/schema", escaped("application/json"));
                let what = format!("{} {} {what} {name}", operation.method, operation.template);
                problems.extend(errors(contract, &place, value, &what));
                held += 1;
            }
        };
        for status in operation.statuses() {
            let Some((answer, place)) = operation.answer(status) else { continue };
            hold(&answer["content"], &format!("{place}/content"), &status.to_string());
        }
        if let Some((content, place)) = operation.body() {
            hold(&Value::Object(content.clone()), &place, "asked");
        }
    }
    // Its days have one digit there: an example that contradicts its own schema.
    problems.retain(|why| !why.contains("/graph-queries"));
    let told: Vec<String> = problems.into_iter().collect();
    assert!(told.is_empty(), "{} problems:\n{}", told.len(), told.join("\n"));
    assert!(held > 1_500, "only {held} examples were found");
}

fn get(path: &str, query: &str) -> Asked {
    let headers = vec![("authorization".to_owned(), "Bearer x".to_owned())];
    Asked { method: "GET".into(), path: path.into(), query: query.into(), headers, body: vec![] }
}

fn post(path: &str, body: &str) -> Asked {
    let mut asked = Asked { method: "POST".into(), body: body.into(), ..get(path, "") };
    asked.headers.push(("content-type".to_owned(), "application/json".to_owned()));
    asked
}

#[test]
fn a_request_that_is_not_documented_is_told() {
    let Some(contract) = Contract::at_hand() else { return };
    let with = |name: &str, value: &str, mut asked: Asked| {
        asked.headers.push((name.to_owned(), value.to_owned()));
        asked
    };
    let create = r#"{"data":{"attributes":{"inquiry-template-id":"itmpl_1"}}}"#;
    let table = [
        (get("/inquiries", ""), ""),
        (get("/inquiries", "page%5Bsize%5D=5&filter%5Bstatus%5D=a%2Cb&filter%5Bnote%5D=x"), ""),
        (get("/inquiries", "filter%5Bcreated-at-start%5D=2026-03-02T12%3A00%3A00Z"), ""),
        (get("/accounts/act_1/relations", "filter%5Bkey%5D=ubo"), ""),
        (post("/inquiries", create), ""),
        (post("/inquiries/inq_1/approve", ""), ""),
        (get("/nothing", ""), "there is no GET /nothing"),
        (post("/rate-limits", ""), "there is no POST /rate-limits"),
        (get("/inquiries", "sort=a"), "there is no parameter sort"),
        (get("/inquiries", "page%5Bnumber%5D=5"), "page: Additional properties"),
        (get("/inquiries", "page%5Bsize%5D=five"), "page.size: \"five\" is not of type"),
        (get("/inquiries", "page%5Bsize%5D=5&page%5Bsize%5D=6"), "page[size] is given twice"),
        (get("/inquiries", "filter%5Bcreated-at-start%5D=soon"), "is not a \"date-time\""),
        (get("/cases/case_1", "include=a&include=b"), "include is given twice"),
        (get("/accounts/act_1/relations", ""), "the parameter filter is missing"),
        (get("/accounts/act_1/relations", "filter%5Bcreated-at-end%5D=x"), "\"key\" is a required"),
        (with("persona-version", "soon", get("/rate-limits", "")), "header Persona-Version"),
        (with("key-inflection", "SNAKE", get("/rate-limits", "")), "header Key-Inflection"),
        (
            post("/inquiries", r#"{"data":{"attributes":{"name-first":"Ada"}}}"#),
            "body.data.attributes",
        ),
        (
            post("/cases/case_1/set-status", r#"{"meta":{"status":3}}"#),
            "body.meta.status: 3 is not",
        ),
        (post("/inquiries", "{"), "the body is not JSON"),
        (
            Asked { method: "GET".into(), path: "/rate-limits".into(), ..Asked::default() },
            "no bearer",
        ),
        (Asked { headers: get("", "").headers, ..post("/inquiries", create) }, "a body of type"),
        (Asked { body: b"{}".to_vec(), ..get("/inquiries", "") }, "a body where there is none"),
    ];
    for (asked, expected) in table {
        let told = check::request(contract, &asked);
        let found = match expected {
            "" => told.is_empty(),
            expected => told.iter().any(|why| why.contains(expected)),
        };
        assert!(found, "{} {}?{}: {told:?}", asked.method, asked.path, asked.query);
    }
}

#[test]
fn an_answer_that_is_not_documented_is_told() {
    let Some(contract) = Contract::at_hand() else { return };
    let headers: Vec<(String, String)> = [
        ("content-type", "application/json; charset=utf-8"),
        ("request-id", "req_1"),
        ("persona-environment-id", "env_1"),
        ("persona-organization-id", "org_1"),
        ("ratelimit-limit", "300"),
        ("ratelimit-remaining", "299"),
        ("ratelimit-reset", "42"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into();
    let answered = |status: u16, body: &Value| Answered {
        status,
        headers: headers.clone(),
        body: body.to_string().into(),
    };
    let limit = |limit: Value| {
        let attributes = json!({ "limit": limit, "remaining": 299, "seconds-to-reset": 42 });
        json!({ "data": [{ "type": "rate-limit/api", "attributes": attributes }] })
    };
    let right = || answered(200, &limit(json!(300)));
    let without = |name: &str| Answered {
        headers: headers.iter().filter(|(known, _)| known != name).cloned().collect(),
        ..right()
    };
    let with = |name: &str, value: &str| {
        let mut answered = without(name);
        answered.headers.push((name.to_owned(), value.to_owned()));
        answered
    };
    let table = [
        (right(), ""),
        (answered(429, &json!({ "errors": [{ "title": "Too Many Requests" }] })), ""),
        (answered(500, &json!({ "errors": [] })), "500 is not documented"),
        (answered(418, &json!({})), "418 is not documented"),
        (answered(200, &limit(json!("many"))), "body.data[].attributes.limit: \"many\" is not"),
        (answered(429, &json!({ "error": "no" })), "body: "),
        (without("request-id"), "no header Request-Id"),
        (with("ratelimit-limit", "many"), "header RateLimit-Limit"),
        (with("content-type", "text/html"), "an answer of type \"text/html\""),
        (Answered { body: b"{".to_vec(), ..right() }, "the body is not JSON"),
    ];
    for (answered, expected) in table {
        let told = check::answer(contract, &get("/rate-limits", ""), &answered);
        let found = match expected {
            "" => told.is_empty(),
            expected => told.iter().any(|why| why.contains(expected)),
        };
        assert!(found, "{expected}: {} {told:?}", answered.status);
    }
    // An object of many kinds is told apart by its type, and held against that kind.
    let document = json!({ "data": { "type": "document/generic", "id": "doc_1" } });
    let told = check::answer(contract, &get("/verifications/ver_1", ""), &answered(200, &document));
    assert!(told.iter().any(|why| why.starts_with("body.data<document/generic>.type")), "{told:?}");
    let selfie = json!({ "data": { "type": "verification/selfie", "id": "ver_1",
        "attributes": { "status": 3 }, "relationships": {} } });
    let told = check::answer(contract, &get("/verifications/ver_1", ""), &answered(200, &selfie));
    let status = "body.data<verification/selfie>.attributes.status: 3 is not of type";
    assert!(told.iter().any(|why| why.starts_with(status)), "{told:?}");
    // A print is a PDF, and its refusals are JSON.
    let print = get("/inquiries/inq_1/print", "");
    let pdf = |body: &str| {
        let typed = with("content-type", "application/pdf");
        check::answer(contract, &print, &Answered { body: body.into(), ..typed })
    };
    assert_eq!(pdf("%PDF-1.7"), [""; 0]);
    assert_eq!(pdf("<html>"), ["it is no application/pdf"]);
}
