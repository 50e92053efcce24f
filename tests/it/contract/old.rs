//! The simulator's answers against Persona's official contract, where that is at hand.

use std::{
    collections::{BTreeSet, HashMap},
    path::Path,
};

use caseload::{
    clock::Clock,
    simulator::{self, DEMO_KEY, Options, Simulator},
};
use jsonschema::Validator;
use serde_json::{Value, json};

use crate::story::noon;

const REVIEW: &str =
    "include=account,verifications,reports,sessions,documents,selfies,reviewer,inquiry-template";

/// The contract lies beside the repository where it is developed, and is not part of it.
fn contract() -> Option<Value> {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/persona/openapi-2025-12-08.json");
    match std::fs::read(path) {
        Ok(text) => Some(serde_json::from_slice(&text).expect("the contract is JSON")),
        Err(_) => {
            eprintln!("skipped: the official contract is not here");
            None
        }
    }
}

struct Bench {
    contract: Value,
    simulator: Simulator,
    http: reqwest::Client,
    /// Made once: each holds the contract's components.
    validators: HashMap<(String, String, u16), Option<Validator>>,
    violations: BTreeSet<String>,
}

impl Bench {
    async fn ask(&self, method: &str, path: &str, body: Option<&Value>, key: &str) -> (u16, Value) {
        let url = format!("{}{path}", self.simulator.base_url());
        let request = match method {
            "GET" => self.http.get(url),
            _ => self.http.post(url),
        };
        let request = request.bearer_auth(key).body(body.map_or(String::new(), Value::to_string));
        let answer = request.send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).expect("a JSON body"))
    }

    /// The schema of an operation's answer.
    fn validator(&self, template: &str, method: &str, status: u16) -> Option<Validator> {
        let operation = &self.contract["paths"][template][method.to_lowercase()];
        let mut answer = &operation["responses"][status.to_string()];
        if let Some(name) = answer["$ref"].as_str().and_then(|name| name.rsplit('/').next()) {
            answer = &self.contract["components"]["responses"][name];
        }
        let mut schema = answer["content"]["application/json"]["schema"].clone();
        schema.as_object_mut()?.insert("components".into(), self.contract["components"].clone());
        Some(jsonschema::validator_for(&schema).expect("the contract's schema"))
    }

    async fn check(
        &mut self,
        template: &str,
        method: &str,
        path: &str,
        body: Option<Value>,
        expected: u16,
    ) -> Value {
        let key = if expected == 401 { "wrong" } else { DEMO_KEY };
        let (status, answer) = self.ask(method, path, body.as_ref(), key).await;
        assert_eq!(status, expected, "{method} {path}: {answer}");
        let operation = (template.to_owned(), method.to_owned(), status);
        if !self.validators.contains_key(&operation) {
            let made = self.validator(template, method, status);
            self.validators.insert(operation.clone(), made);
        }
        match &self.validators[&operation] {
            None => {
                _ = self
                    .violations
                    .insert(format!("{method} {template}: {status} is not documented"))
            }
            Some(validator) => {
                for why in validator.iter_errors(&answer) {
                    let why =
                        format!("{method} {template} {status} at {}: {why}", why.instance_path());
                    self.violations.insert(why.chars().take(400).collect());
                }
            }
        }
        answer
    }
}

#[tokio::test]
async fn every_answer_is_one_that_persona_could_give() {
    let Some(contract) = contract() else { return };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let options = Options { rate_limit: 10_000, inquiries: 200, ..Options::default() };
    let simulator =
        simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::manual(noon())).await.unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let mut bench = Bench {
        contract,
        simulator,
        http,
        validators: HashMap::new(),
        violations: BTreeSet::new(),
    };
    let (inquiry, case, account) =
        ("/inquiries/{inquiry-id}", "/cases/{case-id}", "/accounts/{account-id}");

    bench.check("/inquiries", "GET", "/inquiries?page%5Bsize%5D=100", None, 200).await;
    let waiting = bench.simulator.inquiries("needs_review");
    for id in waiting.iter().take(12) {
        bench.check(inquiry, "GET", &format!("/inquiries/{id}?{REVIEW}"), None, 200).await;
    }
    let comment = json!({ "meta": { "comment": "fine" } });
    let verbs = [
        ("approve", &waiting[0], Some(comment), 200),
        ("decline", &waiting[1], None, 200),
        ("decline", &waiting[1], None, 409),
        ("mark-for-review", &bench.simulator.inquiries("completed")[0], None, 200),
        ("resume", &bench.simulator.inquiries("expired")[0], None, 200),
        ("generate-one-time-link", &bench.simulator.inquiries("pending")[0], None, 200),
        ("expire", &bench.simulator.inquiries("pending")[1], None, 200),
    ];
    for (verb, id, body, status) in verbs {
        let template = format!("{inquiry}/{verb}");
        bench.check(&template, "POST", &format!("/inquiries/{id}/{verb}"), body, status).await;
    }
    let create = json!({
        "data": { "attributes": { "inquiry-template-id": "itmpl_x", "fields": { "name-first": "Ada" } } },
        "meta": { "auto-create-one-time-link": true },
    });
    bench.check("/inquiries", "POST", "/inquiries", Some(create), 201).await;
    bench.check("/inquiries", "POST", "/inquiries", Some(json!({})), 400).await;
    bench.check(inquiry, "GET", "/inquiries/inq_unknown", None, 404).await;
    bench.check(inquiry, "GET", "/inquiries/inq_unknown", None, 401).await;

    let cases = bench.check("/cases", "GET", "/cases?page%5Bsize%5D=100", None, 200).await;
    for one in cases["data"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        let include = "include=accounts,inquiries,case-template,case-queue,case-comments";
        bench.check(case, "GET", &format!("/cases/{id}?{include}"), None, 200).await;
    }
    let id = cases["data"][0]["id"].as_str().unwrap();
    let assign = json!({ "meta": { "user-email-address": "jane@example.test" } });
    bench
        .check(&format!("{case}/assign"), "POST", &format!("/cases/{id}/assign"), Some(assign), 200)
        .await;
    let status = cases["data"][0]["attributes"]["status"].clone();
    for (status, expected) in [(status, 200), (json!("Nonsense"), 422)] {
        let body = json!({ "meta": { "status": status } });
        let path = format!("/cases/{id}/set-status");
        bench.check(&format!("{case}/set-status"), "POST", &path, Some(body), expected).await;
    }

    let accounts = bench.check("/accounts", "GET", "/accounts?page%5Bsize%5D=100", None, 200).await;
    for one in accounts["data"].as_array().unwrap() {
        let id = one["id"].as_str().unwrap();
        bench.check(account, "GET", &format!("/accounts/{id}"), None, 200).await;
        for key in ["beneficial_owners", "business", "counterparties"] {
            let path = format!("/accounts/{id}/relations?filter%5Bkey%5D={key}");
            bench.check(&format!("{account}/relations"), "GET", &path, None, 200).await;
        }
    }
    let id = accounts["data"][0]["id"].as_str().unwrap();
    let relations = format!("/accounts/{id}/relations");
    bench.check(&format!("{account}/relations"), "GET", &relations, None, 400).await;
    let unknown = format!("{relations}?filter%5Bkey%5D=unknown");
    bench.check(&format!("{account}/relations"), "GET", &unknown, None, 422).await;

    let events = bench.check("/events", "GET", "/events?page%5Bsize%5D=100", None, 200).await;
    let id = events["data"][0]["id"].as_str().unwrap();
    bench.check("/events/{event-id}", "GET", &format!("/events/{id}"), None, 200).await;
    bench.check("/rate-limits", "GET", "/rate-limits", None, 200).await;

    let violations: Vec<&str> = bench.violations.iter().map(String::as_str).collect();
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), violations.join("\n"));
}
