//! The client's requests against Persona's official contract, where that is at hand: paths,
//! parameters, bodies and the refusals that are documented. And every official example of an
//! answer, read by the endpoint that it belongs to.

use std::collections::BTreeSet;

use caseload::{
    model::EventId,
    persona::{Document, Method, Request, events},
};
use serde_json::{Map, Value};

use crate::{
    contract,
    endpoints::{Asks, all},
};

pub struct Contract(pub Value);

impl Contract {
    pub fn at_hand() -> Option<Self> {
        contract::Contract::at_hand().map(|contract| Self(contract.whole.clone()))
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        match value["$ref"].as_str() {
            Some(reference) => {
                let found = self.0.pointer(reference.trim_start_matches('#'));
                self.resolved(found.expect("the contract's references lead somewhere"))
            }
            None => value,
        }
    }

    fn operation(&self, request: &Request) -> &Value {
        let operation = &self.0["paths"][request.template][request.method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{} {}", request.method.as_str(), request.template);
        operation
    }

    /// Names of query parameters: `include`, `filter[status]`.
    fn parameters(&self, request: &Request) -> BTreeSet<String> {
        let of_path = &self.0["paths"][request.template]["parameters"];
        let of_operation = &self.operation(request)["parameters"];
        let lists = [of_path, of_operation].into_iter().filter_map(Value::as_array).flatten();
        let mut names = BTreeSet::new();
        for parameter in lists.map(|parameter| self.resolved(parameter)) {
            let name = parameter["name"].as_str().unwrap_or_default();
            match self.resolved(&parameter["schema"])["properties"].as_object() {
                Some(members) => names.extend(members.keys().map(|key| format!("{name}[{key}]"))),
                None => _ = names.insert(name.to_owned()),
            }
        }
        names
    }

    fn body_problems(&self, request: &Request) -> Vec<String> {
        let schema = &self.operation(request)["requestBody"];
        let schema = &self.resolved(schema)["content"]["application/json"]["schema"];
        match (&request.body, schema.as_object()) {
            (None, _) => Vec::new(),
            (Some(_), None) => vec!["there is no body in the contract".to_owned()],
            (Some(body), Some(schema)) => {
                let mut schema: Map<String, Value> = schema.clone();
                schema.insert("components".into(), self.0["components"].clone());
                let schema = Value::Object(schema);
                let validator = jsonschema::validator_for(&schema).expect("the contract's schema");
                let problem = |why: jsonschema::ValidationError<'_>| {
                    let told: String = why.to_string().chars().take(300).collect();
                    format!("body at {}: {told}", why.instance_path())
                };
                validator.iter_errors(body).map(problem).collect()
            }
        }
    }

    fn refusals(&self, request: &Request) -> Vec<u16> {
        let answers = self.operation(request)["responses"].as_object().expect("answers");
        let codes = answers.keys().filter_map(|code| code.parse::<u16>().ok());
        let mut codes: Vec<u16> = codes.filter(|code| *code >= 400).collect();
        codes.sort_unstable();
        codes
    }

    /// The contract's examples of an operation's answers.
    fn examples(&self, request: &Request) -> Vec<(String, &Value)> {
        let answers = self.operation(request)["responses"].as_object().expect("answers");
        let mut found = Vec::new();
        for (_, answer) in answers.iter().filter(|(code, _)| code.starts_with('2')) {
            let content = &self.resolved(answer)["content"]["application/json"];
            for (name, example) in content["examples"].as_object().into_iter().flatten() {
                let value = &self.resolved(example)["value"];
                if !value.is_null() {
                    found.push((name.clone(), value));
                }
            }
            if !content["example"].is_null() {
                found.push(("example".to_owned(), &content["example"]));
            }
        }
        found
    }
}

fn called(request: &Request) -> String {
    format!("{} {}", request.method.as_str(), request.template)
}

#[test]
fn every_request_is_one_that_the_contract_knows() {
    let Some(contract) = Contract::at_hand() else { return };
    let mut problems = Vec::new();
    for endpoint in all() {
        let request = endpoint.request();
        let name = called(&request);
        assert!(!request.path.contains('{') && !request.words.is_empty(), "{name}");
        let known = contract.parameters(&request);
        let unknown = request.query.iter().filter(|(name, _)| !known.contains(*name));
        problems.extend(unknown.map(|(parameter, _)| format!("{name}: no parameter {parameter}")));
        problems
            .extend(contract.body_problems(&request).iter().map(|why| format!("{name}: {why}")));
        if request.refusals != contract.refusals(&request) {
            problems.push(format!(
                "{name}: refusals {:?}, documented {:?}",
                request.refusals,
                contract.refusals(&request)
            ));
        }
        let bodied = matches!(request.method, Method::Post | Method::Patch);
        assert!(request.body.is_none() || bodied, "{name}: a body without effect");
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
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
        for (example, body) in contract.examples(&request) {
            take(endpoint.as_ref(), format!("{} {example}", called(&request)), body);
        }
    }
    // A delivery of a webhook is an event.
    let event = events::Retrieve { id: EventId::new("evt_1").expect("an id") };
    for (name, hook) in contract.0["webhooks"].as_object().expect("webhooks") {
        let content = &hook["post"]["requestBody"]["content"]["application/json"];
        for (example, body) in content["examples"].as_object().into_iter().flatten() {
            let body = &contract.resolved(body)["value"];
            take(&event, format!("{name} {example}"), body);
        }
    }
    let told: Vec<&str> = problems.iter().map(String::as_str).collect();
    assert!(problems.is_empty(), "{} problems:\n{}", told.len(), told.join("\n"));
    assert!(read > 200, "only {read} examples were found");
}
