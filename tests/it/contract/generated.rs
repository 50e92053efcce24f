//! Requests made from the contract against the simulator: whatever is asked, right or wrong, the
//! answer is one that the contract documents, and none is a failure of the server.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
};

use caseload::{
    clock::Clock,
    secret::Secret,
    simulator::{self, DEMO_KEY, Scenario, Simulator},
};
use proptest::{
    prelude::*,
    sample::select,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use tokio::runtime::Runtime;

use super::{
    check::{self, Answered, Asked},
    document::Contract,
    known::Known,
    requests::{ours, request, segment},
};
use crate::story::noon;

/// A simulator that is asked one thing after the other.
struct Line {
    simulator: Simulator,
    http: reqwest::Client,
    runtime: Runtime,
    key: &'static str,
    known: RefCell<Known>,
}

impl Line {
    fn open(key: &'static str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().expect("a runtime");
        let options = simulator::Options {
            rate_limit: 1_000_000,
            inquiries: 150,
            key: Secret::new(key.to_owned()),
            ..Default::default()
        };
        let started = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::manual(noon()));
        let simulator = runtime.block_on(started).expect("a free port");
        let http = reqwest::Client::builder().no_proxy().build().expect("a plain client");
        let mut known = Known::default();
        for (name, text) in [
            ("user-email-address", "jane@example.test"),
            ("key", "beneficial_owners"),
            ("relation-schema-key", "beneficial_owners"),
            ("url", "https://hooks.example.test/persona"),
            ("created-at-start", "2026-01-01T00:00:00Z"),
            ("created-at-end", "2026-12-31T00:00:00Z"),
        ] {
            known.hear(name, text);
        }
        Self { simulator, http, runtime, key, known: RefCell::new(known) }
    }

    fn ask(&self, asked: &Asked) -> Result<Answered, String> {
        let answered = self.runtime.block_on(self.answer(asked))?;
        answered.json().inspect(|body| self.known.borrow_mut().learn(body));
        Ok(answered)
    }

    async fn answer(&self, asked: &Asked) -> Result<Answered, String> {
        let mark = if asked.query.is_empty() { "" } else { "?" };
        let base = self.simulator.base_url();
        let url = format!("{base}{}{mark}{}", asked.path, asked.query);
        let method = asked.method.to_uppercase().parse().expect("a method");
        let mut request = self.http.request(method, url).body(asked.body.clone());
        for (name, value) in &asked.headers {
            request = request.header(name, value);
        }
        let answer = request.send().await.map_err(|why| format!("no answer: {why}"))?;
        let status = answer.status().as_u16();
        let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
        let headers = answer.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
        let body = answer.bytes().await.map_err(|why| format!("no whole answer: {why}"))?;
        Ok(Answered { status, headers, body: body.to_vec() })
    }

    fn get(&self, path: &str, query: &str) {
        let headers = vec![("Authorization".to_owned(), format!("Bearer {}", self.key))];
        let (path, query) = (path.to_owned(), query.to_owned());
        let asked = Asked { method: "get".into(), path, query, headers, body: vec![] };
        self.ask(&asked).expect("an answer");
    }

    /// Lists, and what belongs to some of each: so that requests can name what is there.
    fn look_around(&self, contract: &Contract) {
        for operation in ours(contract) {
            if operation.method == "get" && !operation.template.contains('{') {
                self.get(operation.template, "page%5Bsize%5D=100");
            }
        }
        for (list, id, include) in [
            ("inquiries", "inq_", caseload::persona::inquiries::REVIEW),
            ("cases", "case_", caseload::persona::cases::REVIEW),
            ("accounts", "act_", "account-type"),
        ] {
            let ids = self.known.borrow().ids_like(id).to_vec();
            for id in ids.iter().take(12) {
                self.get(&format!("/{list}/{id}"), &format!("include={include}"));
            }
        }
    }
}

fn runner(cases: u32) -> TestRunner {
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    // The same requests in every run.
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// What one environment answers to each operation: what is wrong, and the answers there were.
fn held(
    contract: &Contract,
    key: &'static str,
    cases: u32,
    seen: &mut BTreeMap<String, Vec<(bool, Answered)>>,
) -> Vec<String> {
    let base = Line::open(key);
    base.look_around(contract);
    let mut problems = Vec::new();
    for operation in ours(contract) {
        // One step ends what the next would need.
        let step = operation.template.starts_with("/inquiries/{") && operation.method == "post";
        let fresh = step.then(|| {
            let line = Line::open(key);
            line.get("/inquiries", "page%5Bsize%5D=100");
            line
        });
        let line = fresh.as_ref().unwrap_or(&base);
        let name = format!("{} {}", operation.method, operation.template);
        let request = request(contract, operation, &line.known.borrow(), key);
        let answers = RefCell::new(Vec::new());
        let done = runner(cases).run(&request, |asked| {
            let answered = line.ask(&asked).map_err(TestCaseError::fail)?;
            let rightly = check::request(contract, &asked).is_empty();
            answers.borrow_mut().push((rightly, answered.clone()));
            let why = check::answer(contract, &asked, &answered).join("; ");
            match why.is_empty() {
                true => Ok(()),
                false => Err(TestCaseError::fail(format!("{}: {why}", answered.status))),
            }
        });
        problems.extend(done.err().map(|why| format!("{name}\n{}", told(&why.to_string()))));
        seen.entry(name).or_default().append(&mut answers.borrow_mut());
    }
    problems
}

#[test]
fn no_request_gets_an_answer_that_the_contract_does_not_know() {
    let Some(contract) = Contract::at_hand() else { return };
    let mut seen = BTreeMap::new();
    let mut problems = held(contract, DEMO_KEY, 40, &mut seen);
    // Templates and audit logs are there for production alone.
    problems.extend(held(contract, "persona_production_demo", 10, &mut seen));
    // A generator that is refused everything would prove nothing.
    for (name, answers) in &seen {
        let rightly = || answers.iter().filter(|(rightly, _)| *rightly).map(|(_, answer)| answer);
        let succeeds = rightly().any(|answered| (200..300).contains(&answered.status));
        if !succeeds {
            let why = |answered: &Answered| Some(answered.json()?["errors"][0].to_string());
            let whys: BTreeSet<String> = rightly().filter_map(why).collect();
            let whys: Vec<String> = whys.into_iter().collect();
            problems.push(format!("{name} never succeeds: {}", whys.join(" ")));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn told(why: &str) -> String {
    why.chars().take(2_500).collect()
}

#[test]
fn refusals_that_any_request_may_get_are_as_documented() {
    let Some(contract) = Contract::at_hand() else { return };
    let line = Line::open(DEMO_KEY);
    let mut problems = BTreeSet::new();
    for (status, fault, key) in [
        (401, "", "persona_sandbox_wrong"),
        (429, "rate-limited", DEMO_KEY),
        (409, "stale", DEMO_KEY),
    ] {
        let rule = format!("[[rule]]\nfault = \"{fault}\"\n");
        let scenario = Scenario::parse(if fault.is_empty() { "" } else { &rule }).unwrap();
        line.simulator.set_scenario(scenario);
        for operation in ours(contract) {
            // Reads have no such refusal.
            if operation.answer(status).is_none() {
                continue;
            }
            let once = request(contract, operation, &line.known.borrow(), key);
            let mut runner = runner(1);
            let tree = once.new_tree(&mut runner).expect("a request");
            let asked = tree.current();
            let answered = line.ask(&asked).expect("an answer");
            let name = format!("{asked:?}");
            // What is not understood is never stale.
            let before = status == 409 && matches!(answered.status, 400 | 404 | 422);
            if answered.status != status && !before {
                problems.insert(format!("{name}: {} instead of {status}", answered.status));
            }
            let why = check::answer(contract, &asked, &answered);
            problems.extend(why.into_iter().map(|why| format!("{name}: {why}")));
        }
    }
    let told: Vec<String> = problems.into_iter().collect();
    assert!(told.is_empty(), "{} problems:\n{}", told.len(), told.join("\n"));
}

#[test]
fn what_there_is_not_is_not_found() {
    let Some(contract) = Contract::at_hand() else { return };
    let line = Line::open(DEMO_KEY);
    let part = || {
        prop_oneof![
            "[a-z-]{1,16}",
            select(vec!["inquiries", "cases", "inq_1", "approve"]).prop_map(str::to_owned),
            any::<String>()
        ]
    };
    let unknown = prop::collection::vec(part(), 1..6)
        .prop_map(|parts| {
            format!("/{}", parts.iter().map(|part| segment(part)).collect::<Vec<_>>().join("/"))
        })
        .prop_filter("it is in the contract", |path| !contract.knows(path));
    let method = select(vec!["get", "post", "patch", "delete", "put"]);
    let done = runner(200).run(&(method, unknown), |(method, path)| {
        let headers = vec![("Authorization".to_owned(), format!("Bearer {DEMO_KEY}"))];
        let asked = Asked { method: method.to_owned(), path, headers, ..Asked::default() };
        let answered = line.ask(&asked).map_err(TestCaseError::fail)?;
        prop_assert_eq!(answered.status, 404);
        let told = answered.json().is_some_and(|body| body["errors"][0]["title"].is_string());
        prop_assert!(told, "{}", String::from_utf8_lossy(&answered.body));
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
}
