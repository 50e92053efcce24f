//! Requests made from the contract against the simulator: whatever is asked, right or wrong, the
//! answer is one that the contract documents, and none is a failure of the server.

use std::collections::{BTreeMap, BTreeSet};

use caseload::{
    clock::Clock,
    model::{InquiryId, ReportId, VerificationId},
    persona::print::Print,
    simulator::{self, DEMO_KEY, Simulator},
};
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use serde_json::Value;
use tokio::runtime::Runtime;

use super::{
    check::{self, Answered, Asked},
    document::{Contract, Operation},
    known::Known,
    strategies::{Maker, examples},
};
use crate::{
    endpoints,
    mutation::{mutated, mutation, odd},
    story::noon,
};

/// A simulator that is asked one thing after the other.
struct Line {
    simulator: Simulator,
    http: reqwest::Client,
    runtime: Runtime,
}

impl Line {
    fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = Runtime::new().expect("a runtime");
        let options =
            simulator::Options { rate_limit: 1_000_000, inquiries: 150, ..Default::default() };
        let started = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::manual(noon()));
        let simulator = runtime.block_on(started).expect("a free port");
        let http = reqwest::Client::builder().no_proxy().build().expect("a plain client");
        Self { simulator, http, runtime }
    }

    fn ask(&self, asked: &Asked) -> Result<Answered, String> {
        self.runtime.block_on(async {
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
        })
    }

    /// Lists, and what belongs to the first of each: so that requests can name what is there.
    fn look_around(&self, contract: &Contract) -> Known {
        let mut known = Known::default();
        known.hear("user-email-address", "jane@example.test");
        known.hear("key", "beneficial_owners");
        let get = |path: &str, query: &str| {
            let (path, query) = (path.to_owned(), query.to_owned());
            let asked = Asked { method: "get".into(), path, query, ..with_key() };
            self.ask(&asked).ok().filter(|answered| answered.status == 200)?.json()
        };
        for operation in contract.operations() {
            if operation.method == "get" && !operation.template.contains('{') {
                get(operation.template, "page%5Bsize%5D=40").inspect(|body| known.learn(body));
            }
        }
        for (list, id, include) in [
            ("inquiries", "inq_", caseload::persona::inquiries::REVIEW),
            ("cases", "case_", caseload::persona::cases::REVIEW),
            ("accounts", "act_", "account-type"),
        ] {
            for id in known.ids_like(id).to_vec().iter().take(20) {
                let path = format!("/{list}/{id}");
                get(&path, &format!("include={include}")).inspect(|body| known.learn(body));
            }
        }
        known
    }
}

fn with_key() -> Asked {
    let headers = vec![("Authorization".to_owned(), format!("Bearer {DEMO_KEY}"))];
    Asked { headers, ..Asked::default() }
}

/// A segment of a path, whatever is in it.
fn segment(text: &str) -> String {
    let encoded: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    // These mean something to a path even so.
    match text {
        "" | "." | ".." => "x".to_owned(),
        _ => encoded.replace('+', "%20"),
    }
}

fn path(operation: &Operation<'_>, known: &Known) -> BoxedStrategy<String> {
    let mut parts: Vec<BoxedStrategy<String>> = Vec::new();
    for part in operation.template.split('/').skip(1) {
        if !part.starts_with('{') {
            parts.push(Just(part.to_owned()).boxed());
            continue;
        }
        let like = operation
            .parameters("path")
            .iter()
            .flat_map(|(parameter, _)| {
                let of_schema = examples(&parameter["schema"]);
                let own = parameter["example"].as_str().map(str::to_owned);
                own.into_iter().chain(of_schema)
            })
            .chain(prefixes(part))
            .find(|id| !known.ids_like(id).is_empty());
        let there = like.map(|like| known.ids_like(&like).to_vec()).unwrap_or_default();
        let anything = prop_oneof![
            Just("inq_unknown".to_owned()),
            "[a-z]{2,5}_[a-zA-Z0-9]{1,28}",
            any::<String>(),
        ];
        parts.push(match there.is_empty() {
            true => anything.prop_map(|text| segment(&text)).boxed(),
            false => prop_oneof![5 => select(there), 1 => anything]
                .prop_map(|text| segment(&text))
                .boxed(),
        });
    }
    parts.prop_map(|parts| format!("/{}", parts.join("/"))).boxed()
}

/// How ids begin that stand in a place of this name, where the contract gives no example.
fn prefixes(placeholder: &str) -> Option<String> {
    let prefix = match placeholder.trim_matches(['{', '}']) {
        "inquiry-id" => "inq_",
        "case-id" => "case_",
        "account-id" => "act_",
        "verification-id" => "ver_",
        "report-id" => "rep_",
        "inquiry-session-id" => "iqse_",
        "device-id" => "dev_",
        "document-id" => "doc_",
        "transaction-id" => "txn_",
        "event-id" => "evt_",
        "webhook-id" => "wbh_",
        "api-key-id" => "api_",
        "api-log-id" => "req_",
        "user-audit-log-id" => "ual_",
        "workflow-id" => "wfl_",
        "workflow-run-id" => "wfr_",
        "account-type-id" => "acttp_",
        "case-template-id" => "ctmpl_",
        "inquiry-template-id" => "itmpl_",
        _ => return None,
    };
    Some(prefix.to_owned())
}

/// Of the objects that a path is about.
fn kind(template: &str) -> &str {
    match template.split('/').nth(1).expect("a path") {
        "inquiries" => "inquiry",
        "inquiry-sessions" => "inquiry-session",
        plural => plural.trim_end_matches('s'),
    }
}

fn query(operation: &Operation<'_>, maker: &Maker<'_>) -> BoxedStrategy<String> {
    let mut members: Vec<BoxedStrategy<Vec<(String, String)>>> = Vec::new();
    for (parameter, _) in operation.parameters("query") {
        let name = parameter["name"].as_str().expect("parameters have names").to_owned();
        let value = match name.as_str() {
            "include" => prop_oneof![
                Just("account,inquiries,verifications,reports,sessions,documents".to_owned()),
                Just(String::new()),
                any::<String>(),
            ]
            .prop_map(Value::from)
            .boxed(),
            _ => maker.value(&parameter["schema"]),
        };
        let value = prop_oneof![4 => value, 1 => odd().boxed()];
        let likely = if parameter["required"] == true { 0.9 } else { 0.3 };
        let given = prop::option::weighted(likely, value);
        let spelled =
            move |value: Option<Value>| value.map(|value| flat(&name, &value)).unwrap_or_default();
        members.push(given.prop_map(spelled).boxed());
    }
    let stray = ("[a-z\\[\\]]{1,12}", any::<String>());
    members.push(
        prop::option::weighted(0.05, stray).prop_map(|one| one.into_iter().collect()).boxed(),
    );
    let encoded = |given: Vec<Vec<(String, String)>>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(given.into_iter().flatten()).finish()
    };
    members.prop_map(encoded).boxed()
}

/// `page` = `{"size": 3}` as `page[size]` = `3`.
fn flat(name: &str, value: &Value) -> Vec<(String, String)> {
    match value {
        Value::Object(members) => {
            let each = members.iter().take(5);
            each.flat_map(|(key, value)| flat(&format!("{name}[{key}]"), value)).collect()
        }
        Value::String(text) => vec![(name.to_owned(), text.chars().take(2_000).collect())],
        other => vec![(name.to_owned(), other.to_string())],
    }
}

fn body(operation: &Operation<'_>, maker: &Maker<'_>) -> BoxedStrategy<Vec<u8>> {
    let schema = operation.body().map(|(content, _)| &content["application/json"]["schema"]);
    let Some(schema) = schema.filter(|schema| !schema.is_null()) else {
        return prop_oneof![9 => Just(Vec::new()), 1 => odd().prop_map(bytes)].boxed();
    };
    let right = maker.value(schema);
    let nearly = (right.clone(), any::<Index>(), mutation())
        .prop_map(|(value, at, how)| mutated(value, at, &how));
    prop_oneof![
        6 => right.prop_map(bytes),
        4 => nearly.prop_map(bytes),
        1 => odd().prop_map(bytes),
        1 => Just(Vec::new()),
        1 => prop::collection::vec(any::<u8>(), 0..60),
    ]
    .boxed()
}

fn bytes(value: Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn headers() -> BoxedStrategy<Vec<(String, String)>> {
    let one = |name: &'static str, values: BoxedStrategy<String>| {
        prop::option::weighted(0.3, values.prop_map(move |value| (name.to_owned(), value))).boxed()
    };
    let key = "[a-z0-9-]{1,300}".boxed();
    let version = select(vec!["2025-12-08", "2023-01-05", "2025-10-27", "1999-01-01", "soon"]);
    let casing = select(vec!["kebab", "snake", "camel", "KEBAB", ""]);
    let given = vec![
        one("Idempotency-Key", key),
        one("Persona-Version", version.prop_map(str::to_owned).boxed()),
        one("Key-Inflection", casing.prop_map(str::to_owned).boxed()),
    ];
    given
        .prop_map(|given| {
            let mut headers = with_key().headers;
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
            headers.extend(given.into_iter().flatten());
            headers
        })
        .boxed()
}

/// The operations of which the simulator has to know: those that the client asks.
fn ours(contract: &Contract) -> Vec<Operation<'_>> {
    let printed = [
        Print::Inquiry(InquiryId::new("inq_1").expect("an id")),
        Print::Verification(VerificationId::new("ver_1").expect("an id")),
        Print::Report(ReportId::new("rep_1").expect("an id")),
    ];
    let every = endpoints::all();
    let requests = every.iter().map(|one| one.request()).chain(printed.iter().map(Print::request));
    let asked: BTreeSet<_> = requests
        .map(|request| (request.method.as_str().to_lowercase(), request.template))
        .collect();
    let is_ours = |operation: &Operation<'_>| {
        asked.contains(&(operation.method.to_owned(), operation.template))
    };
    contract.operations().filter(is_ours).collect()
}

fn runner(cases: u32) -> TestRunner {
    let config =
        Config { cases, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    // The same requests in every run.
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Of each operation.
const CASES: u32 = 40;

#[test]
#[ignore = "until the simulator has all endpoints"]
fn no_request_gets_an_answer_that_the_contract_does_not_know() {
    let Some(contract) = Contract::at_hand() else { return };
    let line = Line::open();
    let known = line.look_around(contract);
    let (mut problems, mut statuses) = (Vec::new(), BTreeMap::<String, BTreeSet<u16>>::new());
    for operation in ours(contract) {
        let maker = Maker { contract, known: &known, kind: kind(operation.template) };
        let name = format!("{} {}", operation.method, operation.template);
        let method = operation.method.to_owned();
        let request = (
            path(&operation, &known),
            query(&operation, &maker),
            headers(),
            body(&operation, &maker),
        )
            .prop_map(move |(path, query, headers, body)| Asked {
                method: method.clone(),
                path,
                query,
                headers,
                body,
            });
        let seen = std::cell::RefCell::new(BTreeSet::new());
        let done = runner(CASES).run(&request, |asked| {
            let answered = line.ask(&asked).map_err(TestCaseError::fail)?;
            let asked_rightly = check::request(contract, &asked).is_empty();
            if asked_rightly || answered.status >= 300 {
                seen.borrow_mut().insert(answered.status);
            }
            let why = check::answer(contract, &asked, &answered);
            match why.is_empty() {
                true => Ok(()),
                false => {
                    Err(TestCaseError::fail(format!("{}: {}", answered.status, why.join("; "))))
                }
            }
        });
        if let Err(why) = done {
            problems.push(format!("{name}\n{}", told(&why.to_string())));
        }
        statuses.insert(name, seen.into_inner());
    }
    // A generator that is refused everything would prove nothing.
    for (name, seen) in &statuses {
        if !seen.iter().any(|status| (200..300).contains(status)) {
            problems.push(format!("{name} never succeeds: {seen:?}"));
        }
    }
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
}

fn told(why: &str) -> String {
    why.chars().take(2_500).collect()
}

#[test]
fn what_there_is_not_is_not_found() {
    let Some(contract) = Contract::at_hand() else { return };
    let line = Line::open();
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
        let asked = Asked { method: method.to_owned(), path, ..with_key() };
        let answered = line.ask(&asked).map_err(TestCaseError::fail)?;
        prop_assert_eq!(answered.status, 404);
        let told = answered.json().is_some_and(|body| body["errors"][0]["title"].is_string());
        prop_assert!(told, "{}", String::from_utf8_lossy(&answered.body));
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
}
