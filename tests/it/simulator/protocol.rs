//! What stands before the resources: casing, versions, headers, limits, replays, pages, includes.

use caseload::simulator::Options;
use futures::future::{Either, select};
use serde_json::{Value, json};

use super::Bench;

fn new_inquiry() -> Value {
    json!({ "data": { "attributes": {
        "inquiry-template-id": "itmpl_1", "fields": { "name-first": "Ada", "shoe_size": 44 },
    } } })
}

#[tokio::test]
async fn keys_are_inflected_but_not_those_of_fields() {
    let bench = Bench::start().await;
    let made = bench.post("/inquiries").body(new_inquiry()).now().await;
    let path = format!("/inquiries/{}", made.id());
    let snake = bench.get(&path).header("key-inflection", "snake").now().await;
    assert!(snake.attribute("created_at").is_string());
    assert_eq!(snake.attribute("fields")["name-first"]["value"], "Ada");
    assert!(snake.body["data"]["relationships"]["inquiry_template"].is_object());
    let camel = bench.get(&path).header("key-inflection", "camel").now().await;
    assert!(camel.attribute("createdAt").is_string());
    let wrong = bench.get(&path).header("key-inflection", "pascal").now().await;
    assert_eq!(wrong.status, 400);
    // Until 2023-01-05 fields were turned as well.
    let old = bench.get(&path).header("key-inflection", "snake");
    let old = old.header("persona-version", "2023-01-05").now().await;
    assert_eq!(old.attribute("fields")["name_first"]["value"], "Ada");
    // Requests come in any casing.
    for key in ["inquiryTemplateId", "inquiry_template_id"] {
        let body = json!({ "data": { "attributes": { key: "itmpl_1" } } });
        assert_eq!(bench.post("/inquiries").body(body).now().await.status, 201, "{key}");
    }
}

#[tokio::test]
async fn versions_differ_as_documented() {
    let bench = Bench::start().await;
    let id = bench.waiting();
    let path = format!("/inquiries/{id}");
    let new = bench.get(&path).now().await;
    assert!(new.body.get("included").is_none() && new.attribute("name-first").is_null());
    let old = bench.get(&path).header("persona-version", "2023-01-05").now().await;
    assert!(!old.body["included"].as_array().unwrap().is_empty());
    assert_eq!(*old.attribute("name-first"), new.attribute("fields")["name-first"]["value"]);
    let silent = bench.get(format!("{path}?include=")).header("persona-version", "2023-01-05");
    assert!(silent.now().await.body.get("included").is_none());

    let case = bench.simulator.open_cases()[0].clone();
    let status = bench.get(format!("/cases/{case}")).now().await.attribute("status").clone();
    let flat = json!({ "data": { "attributes": { "status": status } } });
    let set = format!("/cases/{case}/set-status");
    assert_eq!(bench.post(&set).body(flat.clone()).now().await.status, 400);
    let old = bench.post(&set).body(flat).header("persona-version", "2023-01-05").now().await;
    assert_eq!(old.status, 200, "{old:?}");

    let query = json!({ "data": { "type": "report/watchlist",
        "attributes": { "query": { "term": "Ada" } } } });
    let report = bench.post("/reports").body(query).now().await;
    assert!(report.attribute("run-history").is_null());
    let report = bench.get(format!("/reports/{}", report.id()));
    let report = report.header("persona-version", "2025-10-27").now().await;
    assert!(report.attribute("run-history").is_array());
    let unknown = bench.get(&path).header("persona-version", "2024-02-30").now().await;
    assert_eq!((unknown.status, unknown.title()), (400, "Bad Request"));
}

#[tokio::test]
async fn a_key_has_a_version_of_its_own() {
    let bench = Bench::with(Options { version: "2023-01-05".into(), ..Options::default() }).await;
    let path = format!("/inquiries/{}", bench.waiting());
    assert!(bench.get(&path).now().await.attribute("name-first").is_string());
    let newer = bench.get(&path).header("persona-version", "2025-12-08").now().await;
    assert!(newer.attribute("name-first").is_null());
}

#[tokio::test]
async fn authenticated_answers_carry_the_headers_and_others_none() {
    let bench = Bench::start().await;
    let names = [
        "ratelimit-limit",
        "ratelimit-remaining",
        "ratelimit-reset",
        "request-id",
        "persona-environment-id",
        "persona-organization-id",
    ];
    let mut seen = std::collections::HashSet::new();
    for path in ["/inquiries", "/inquiries/inq_none", "/nonsense"] {
        let answer = bench.get(path).now().await;
        assert!(names.iter().all(|name| answer.header(name).is_some()), "{path}");
        assert!(seen.insert(answer.header("request-id").unwrap().to_owned()));
    }
    let stranger = bench.get("/inquiries").key("persona_sandbox_wrong").now().await;
    assert_eq!(stranger.status, 401);
    assert!(names.iter().all(|name| stranger.header(name).is_none()));
    assert_eq!(stranger.body["errors"][0].as_object().unwrap().len(), 1, "a title alone");
    let put = bench.ask(reqwest::Method::PUT, "/inquiries").now().await;
    assert_eq!((put.status, put.header("allow")), (405, Some("GET, POST")));
}

#[tokio::test]
async fn the_window_is_fixed_and_shared_by_all_keys() {
    let options = Options { rate_limit: 5, key_rate_limit: Some(4), ..Options::default() };
    let bench = Bench::with(options).await;
    let named = json!({ "data": { "attributes": { "name": "second" } } });
    let second = bench.post("/api-keys").body(named).now().await;
    let second = second.attribute("value").as_str().unwrap().to_owned();
    for left in [2, 1] {
        assert_eq!(bench.get("/rate-limits").now().await.number("ratelimit-remaining"), left);
    }
    // The other key has used nothing of its own, but shares what is left of the window.
    let other = bench.get("/accounts").key(&second).now().await;
    assert_eq!((other.status, other.number("ratelimit-remaining")), (200, 1));
    assert_eq!(bench.get("/accounts").now().await.status, 200);
    bench.pass(59);
    let refused = bench.get("/accounts").key(&second).now().await;
    assert_eq!((refused.status, refused.title()), (429, "Rate limit exceeded"));
    assert_eq!(refused.number("ratelimit-reset"), 1);
    assert_eq!(refused.header("retry-after"), None);
    bench.pass(1);
    assert_eq!(bench.get("/accounts").key(&second).now().await.status, 200);
}

#[tokio::test]
async fn others_use_up_the_budget_and_a_refusal_can_say_when() {
    let bench = Bench::with(Options { rate_limit: 100, ..Options::default() }).await;
    bench.scenario("[[rule]]\nothers = 60\nretry_after = 9\n");
    assert_eq!(bench.get("/cases").now().await.number("ratelimit-remaining"), 39);
    let refused = bench.get("/cases").now().await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("9")));
}

#[tokio::test]
async fn creates_have_quotas_that_do_not_stop_reads() {
    let bench = Bench::with(Options { quota: 1, ..Options::default() }).await;
    let made = bench.post("/inquiries").body(new_inquiry()).now().await;
    assert_eq!((made.status, made.number("quota-remaining")), (201, 0));
    let create = || bench.post("/inquiries").body(new_inquiry()).header("idempotency-key", "k");
    let refused = create().now().await;
    assert_eq!((refused.status, refused.title()), (429, "Quota exceeded"));
    assert!(refused.details().contains("create_inquiry"));
    let read = bench.get("/inquiries").now().await;
    assert_eq!((read.status, read.header("quota-limit")), (200, None));
    bench.pass(60);
    assert_eq!(create().now().await.status, 201, "a refused create is not stored for its key");
}

#[tokio::test]
async fn replays_give_the_first_answer_and_leave_no_trace() {
    let bench = Bench::start().await;
    let id = bench.waiting();
    let path = format!("/inquiries/{id}/approve");
    let approve = |comment: &str| {
        let body = json!({ "meta": { "comment": comment } });
        bench.post(&path).body(body).header("idempotency-key", "one")
    };
    let first = approve("a").now().await;
    let logs = bench.get("/api-logs?page[size]=100").now().await.ids().len();
    let again = approve("a").now().await;
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_ne!(first.header("request-id"), again.header("request-id"));
    assert_eq!(bench.simulator.effects(&id), 1);
    let after = bench.get("/api-logs?page[size]=100").now().await.ids().len();
    assert_eq!(after, logs + 1, "only the listing itself was logged since");
    let other = approve("b").now().await;
    assert_eq!((other.status, other.title()), (400, "Idempotency error"));
    // Refusals are kept too, and a day later the key is forgotten.
    let refused = bench.post(&path).header("idempotency-key", "two").now().await;
    assert_eq!(refused.status, 409);
    bench.pass(24 * 60 * 60);
    let anew = approve("a").now().await;
    assert_eq!(anew.status, 409, "approved already: the pruned key begins anew");
}

#[tokio::test]
async fn what_comes_before_the_layer_is_not_stored() {
    let bench = Bench::start().await;
    let path = format!("/inquiries/{}/approve", bench.waiting());
    let approve = || bench.post(&path).header("idempotency-key", "k");
    bench.scenario("[[rule]]\ntimes = 1\nfault = \"rate-limited\"\n");
    assert_eq!(approve().now().await.status, 429);
    assert_eq!(approve().key("wrong").now().await.status, 401);
    assert_eq!(approve().now().await.status, 200);
    let read = format!("/inquiries/{}", bench.waiting());
    for _ in 0..2 {
        let ignored = bench.get(&read).header("idempotency-key", "k").now().await;
        assert_eq!(ignored.status, 200, "reads do not look at keys");
    }
}

#[tokio::test]
async fn a_key_cannot_be_used_twice_at_the_same_time() {
    let bench = Bench::start().await;
    let path = format!("/inquiries/{}/approve", bench.waiting());
    bench.scenario("[[rule]]\ntimes = 1\nlatency_ms = 86400000\n");
    let approve = || bench.post(&path).header("idempotency-key", "k");
    // One of them waits for a day and holds the key.
    let (one, two) = (Box::pin(approve().now()), Box::pin(approve().now()));
    let (refused, waiting) = match select(one, two).await {
        Either::Left((refused, waiting)) | Either::Right((refused, waiting)) => (refused, waiting),
    };
    assert_eq!(refused.status, 409);
    assert!(refused.details().contains("idempotency key"));
    // Its sender goes away, and the key is free again.
    drop(waiting);
    while approve().now().await.status == 409 {}
    assert_eq!(approve().now().await.attribute("status"), "approved");
}

#[tokio::test]
async fn pages_are_walked_by_their_links() {
    let bench = Bench::start().await;
    let path = "/inquiries?page%5Bsize%5D=7&filter%5Bstatus%5D=approved,needs_review";
    let mut next = Some(path.to_owned());
    let mut walked = Vec::new();
    let mut times = Vec::new();
    while let Some(path) = next {
        let page = bench.get(&path).now().await;
        assert!(page.ids().len() <= 7);
        walked.extend(page.ids().into_iter().map(str::to_owned));
        for one in page.body["data"].as_array().unwrap() {
            times.push(one["attributes"]["created-at"].as_str().unwrap().to_owned());
        }
        next = page.body["links"]["next"].as_str().map(str::to_owned);
        if let Some(next) = &next {
            assert!(next.starts_with("/api/v1/inquiries?page%5Bafter%5D=inq_"), "{next}");
            assert!(next.contains("filter%5Bstatus%5D=approved%2Cneeds_review"), "{next}");
        }
    }
    let known = bench.simulator.inquiries("approved").len() + bench.waiting_count();
    assert_eq!(walked.len(), known);
    assert!(times.is_sorted_by(|newer, older| newer >= older));
    assert_eq!(bench.get("/inquiries").now().await.ids().len(), 10, "ten by default");
    for wrong in ["page[size]=0", "page[size]=101", "page[after]=inq_none", "filter[colour]=red"] {
        let refused = bench.get(format!("/inquiries?{wrong}")).now().await;
        assert_eq!((refused.status, refused.title()), (400, "Bad Request"), "{wrong}");
    }
}

impl Bench {
    fn waiting_count(&self) -> usize {
        self.simulator.inquiries("needs_review").len()
    }
}

#[tokio::test]
async fn include_embeds_what_it_names_once() {
    let bench = Bench::start().await;
    let id = bench.waiting();
    let list = bench.get("/inquiries?include=verifications").now().await;
    assert_eq!((list.status, list.body.get("included")), (200, None), "lists ignore it");
    let path = format!("/inquiries/{id}?include=verifications,account,verifications,nonsense");
    let answer = bench.get(path).now().await;
    let included = answer.body["included"].as_array().unwrap();
    let mut ids: Vec<&str> = included.iter().map(|one| one["id"].as_str().unwrap()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert!(count > 1 && ids.len() == count);
    assert!(included.iter().any(|one| one["type"] == "account"));
}

#[tokio::test]
async fn a_fieldset_keeps_personal_data_out() {
    let bench = Bench::start().await;
    let path = format!("/inquiries/{}?fields[inquiry]=status,fields.name_first", bench.waiting());
    let answer = bench.get(path).now().await;
    let attributes = answer.body["data"]["attributes"].as_object().unwrap();
    assert_eq!(attributes.keys().collect::<Vec<_>>(), ["status", "fields"]);
    assert_eq!(attributes["fields"].as_object().unwrap().len(), 1);
}

#[tokio::test]
async fn strictness_refuses_what_the_contract_does_not_name() {
    let bench = Bench::start().await;
    let body =
        json!({ "data": { "attributes": { "inquiry-template-id": "itmpl_1", "colour": 1 } } });
    assert_eq!(bench.post("/inquiries").body(body.clone()).now().await.status, 201);
    assert_eq!(bench.get("/inquiries?colour=red").now().await.status, 200);
    bench.scenario("strict = true\n");
    let refused = bench.post("/inquiries").body(body).now().await;
    assert_eq!((refused.status, refused.details()), (400, "data.attributes.colour is not allowed"));
    assert_eq!(bench.get("/inquiries?colour=red").now().await.status, 400);
}
