//! What inquiries, cases, accounts, files and the search do.

use caseload::simulator::{DEMO_KEY, Options};
use serde_json::{Value, json};

use super::{Answer, Bench};

fn comment(text: &str) -> Value {
    json!({ "meta": { "comment": text } })
}

#[tokio::test]
async fn inquiries_step_as_their_lifecycle_says() {
    let bench = Bench::start().await;
    let id = bench.waiting();
    let at = |verb: &str| format!("/inquiries/{id}/{verb}");
    assert_eq!(bench.post(at("mark-for-review")).now().await.status, 409);
    assert_eq!(bench.post(at("resume")).now().await.status, 409);
    let before = bench.get(format!("/inquiries/{id}")).now().await;
    bench.pass(1);
    let approved = bench.post(at("approve")).body(comment("looks right")).now().await;
    assert_eq!(approved.attribute("status"), "approved");
    assert_eq!(approved.attribute("reviewer-comment"), "looks right");
    assert!(approved.attribute("decisioned-at").is_string());
    assert_ne!(approved.attribute("updated-at"), before.attribute("updated-at"));
    assert_eq!(bench.post(at("approve")).now().await.status, 409);
    assert_eq!(
        bench.post(at("decline")).body(json!({"meta": {"comment": 1}})).now().await.status,
        400
    );
    assert_eq!(bench.post(at("decline")).now().await.status, 200, "decisions can be reversed");
    assert_eq!(bench.post("/inquiries/inq_none/approve").now().await.status, 404);
}

#[tokio::test]
async fn an_inquiry_goes_from_create_to_review_in_sandbox() {
    let bench = Bench::start().await;
    let body = json!({
        "data": { "attributes": { "inquiry-template-id": "itmpl_1", "reference-id": "cust-new" } },
        "meta": { "auto-create-inquiry-session": true, "auto-create-one-time-link": true },
    });
    let made = bench.post("/inquiries").body(body).now().await;
    assert_eq!((made.status, made.attribute("status")), (201, &json!("created")));
    for name in ["session-token", "one-time-link", "one-time-link-short"] {
        assert!(made.body["meta"][name].is_string(), "{name}");
    }
    let account = &made.body["data"]["relationships"]["account"]["data"]["id"];
    let account = bench.get(format!("/accounts/{}", account.as_str().unwrap())).now().await;
    assert_eq!(account.attribute("reference-id"), "cust-new");
    let id = made.id();
    let actions = json!({ "meta": { "simulate-actions": [
        { "type": "start_inquiry" },
        { "type": "create_failed_verification", "data": { "verification-template-id": "vtmpl_1" } },
        { "type": "complete_inquiry" },
        { "type": "mark_for_review_inquiry" },
    ] } });
    let done = bench.post(format!("/inquiries/{id}/perform-simulate-actions")).body(actions);
    assert_eq!(done.now().await.attribute("status"), "needs_review");
    let events = bench.get(format!("/events?filter[object-id]={id}")).now().await;
    let names: Vec<&str> = events.body["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["attributes"]["name"].as_str().unwrap())
        .collect();
    let expected =
        ["inquiry.marked-for-review", "inquiry.completed", "inquiry.started", "inquiry.created"];
    assert_eq!(names, expected);
    let pdf = bench.http.get(format!("{}/inquiries/{id}/print", bench.simulator.base_url()));
    let pdf = pdf.bearer_auth(DEMO_KEY).send().await.unwrap();
    assert_eq!(pdf.headers()["content-type"], "application/pdf");
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-"));
}

async fn a_case(bench: &Bench) -> Answer {
    let id = bench.simulator.open_cases()[0].clone();
    let seen = bench.get(format!("/cases/{id}")).now().await;
    let template = &seen.body["data"]["relationships"]["case-template"]["data"]["id"];
    let body = json!({
        "data": { "attributes": { "case-template-id": template } },
        "meta": { "object-ids": [bench.waiting()], "sla-expires-in-seconds": 30 },
    });
    let made = bench.post("/cases").body(body).now().await;
    assert_eq!(made.status, 201, "{made:?}");
    made
}

#[tokio::test]
async fn a_case_is_resolved_reopened_assigned_and_late() {
    let bench = Bench::start().await;
    let case = a_case(&bench).await;
    let id = case.id();
    assert_eq!(case.body["data"]["relationships"]["inquiries"]["data"][0]["id"], bench.waiting());
    let template = &case.body["data"]["relationships"]["case-template"]["data"]["id"];
    let template = bench.get(format!("/case-templates/{}", template.as_str().unwrap())).now().await;
    let end = &template.attribute("resolutions")[0];
    let set = |status: &Value| {
        let body = json!({ "meta": { "status": status } });
        bench.post(format!("/cases/{id}/set-status")).body(body).now()
    };
    let unknown = set(&json!("Perhaps")).await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.body["errors"][0]["source"]["pointer"].is_string());
    let resolved = set(end).await;
    assert_eq!((resolved.attribute("status"), resolved.attribute("resolution")), (end, end));
    assert!(resolved.attribute("resolved-at").is_string());
    let reopened = set(case.attribute("status")).await;
    assert!(reopened.attribute("resolution").is_null());
    assert!(reopened.attribute("resolved-at").is_null());

    let assign = |email: &str| {
        let body = json!({ "meta": { "user-email-address": email } });
        bench.post(format!("/cases/{id}/assign")).body(body).now()
    };
    assert_eq!(assign("nobody@example.test").await.status, 422);
    let assigned = assign("jane@example.test").await;
    assert_eq!(assigned.attribute("assignee-id"), "jane@example.test");
    assert!(assigned.attribute("assigned-at").is_string());

    bench.pass(31);
    let late = bench.get(format!("/events?filter[name]=case.sla-expired&filter[object-id]={id}"));
    assert_eq!(late.now().await.ids().len(), 1);
    let detached = json!({ "meta": { "object-ids": [bench.waiting(), "inq_none"] } });
    let detached = bench.post(format!("/cases/{id}/remove-objects")).body(detached).now().await;
    assert_eq!(detached.body["data"]["relationships"]["inquiries"]["data"], json!([]));
}

#[tokio::test]
async fn files_have_a_host_of_their_own_and_expire() {
    let bench = Bench::start().await;
    let case = a_case(&bench).await;
    let path = format!("/cases/{}", case.id());
    let body = json!({ "data": { "attributes": {
        "attachments": [{ "data": "aGVsbG8=", "filename": "note one.txt" }],
    } } });
    let answer = bench.patch(&path).body(body).now().await;
    let url = answer.attribute("attachments")[0]["url"].as_str().unwrap().to_owned();
    assert!(url.starts_with(&bench.simulator.file_origin()));
    assert!(!url.contains(&bench.simulator.address().to_string()));
    let fetched = bench.http.get(&url).send().await.unwrap();
    assert_eq!(fetched.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(fetched.bytes().await.unwrap(), "hello");
    let forged = bench.http.get(format!("{url}0")).send().await.unwrap();
    assert_eq!(forged.status(), 403);
    bench.pass(6 * 60 * 60);
    assert_eq!(bench.http.get(&url).send().await.unwrap().status(), 403);
    let again = bench.get(&path).now().await;
    let fresh = again.attribute("attachments")[0]["url"].as_str().unwrap();
    assert_eq!(bench.http.get(fresh).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn redaction_is_for_good_and_reaches_the_children_later() {
    let bench = Bench::start().await;
    let id = bench.waiting();
    let path = format!("/inquiries/{id}");
    let redacted = bench.delete(&path).now().await;
    assert_eq!(redacted.attribute("status"), "needs_review");
    assert!(redacted.attribute("redacted-at").is_string());
    assert_eq!(redacted.attribute("fields"), &json!({}));
    let child = &redacted.body["data"]["relationships"]["verifications"]["data"][0]["id"];
    let child = format!("/verifications/{}", child.as_str().unwrap());
    assert!(bench.get(&child).now().await.attribute("redacted-at").is_null());
    bench.pass(5);
    assert!(bench.get(&child).now().await.attribute("redacted-at").is_string());
    let again = bench.delete(&path).now().await;
    assert_eq!((again.status, again.details()), (409, "Inquiry already redacted"));
    for verb in ["approve", "resume", "generate-one-time-link"] {
        assert_eq!(bench.post(format!("{path}/{verb}")).now().await.status, 409, "{verb}");
    }
    // Until 2023-01-05 a second redaction of an account answered with the account.
    let account = redacted.body["data"]["relationships"]["account"]["data"]["id"].clone();
    let account = format!("/accounts/{}", account.as_str().unwrap());
    assert_eq!(bench.delete(&account).now().await.status, 200);
    assert!(bench.delete(&account).now().await.body["errors"].is_array());
    let old = bench.delete(&account).header("persona-version", "2023-01-05").now().await;
    assert_eq!((old.status, &old.body["data"]["type"]), (409, &json!("account")));
}

#[tokio::test]
async fn the_search_lags_and_knows_its_grammar() {
    let bench = Bench::with(Options { rate_limit: 1_000, ..Options::default() }).await;
    let id = bench.waiting();
    let approved = |size: usize| {
        let query = json!({ "query": { "and": [
            { "attribute": "status", "operator": "eq", "value": "approved" },
            { "attribute": "created_at", "operator": "gt", "value": "2000-01-01T00:00:00Z" },
        ] }, "page": { "size": size } });
        bench.post("/inquiries/search").body(query)
    };
    assert_eq!(bench.post(format!("/inquiries/{id}/approve")).now().await.status, 200);
    let early = approved(100).now().await;
    assert!(!early.ids().contains(&id.as_str()), "the index has not seen it yet");
    bench.pass(60);
    let later = approved(100).now().await;
    assert!(later.ids().contains(&id.as_str()));
    // Links are followed with the same body.
    let first = approved(2).now().await;
    let next = first.body["links"]["next"].as_str().unwrap();
    let body = json!({ "query": { "and": [
        { "attribute": "status", "operator": "eq", "value": "approved" },
    ] }, "page": { "size": 2 } });
    let second = bench.post(next).body(body).now().await;
    assert_eq!([first.ids(), second.ids()].concat(), later.ids()[..4]);
    let leaf = json!({ "attribute": "state", "operator": "eq", "value": "open" });
    let open = bench.post("/cases/search").body(json!({ "query": leaf })).now().await;
    assert!(!open.ids().is_empty());
    let deep = json!({ "query": { "and": [{ "or": [{ "not": leaf }] }] } });
    assert_eq!(bench.post("/cases/search").body(deep).now().await.status, 400);
    let wide = json!({ "query": { "or": vec![leaf; 21] } });
    assert_eq!(bench.post("/cases/search").body(wide).now().await.status, 400);
}

#[tokio::test]
async fn relations_need_their_key() {
    let bench = Bench::start().await;
    let accounts = bench.get("/accounts?page[size]=2").now().await;
    let [one, two] = accounts.ids()[..] else { panic!("there are accounts") };
    let path = format!("/accounts/{one}/relations");
    assert_eq!(bench.get(&path).now().await.status, 400);
    let wire = format!("{path}?filter=%7B%22key%22%3A%22business%22%7D");
    assert_eq!(bench.get(wire).now().await.status, 400, "JSON is no filter");
    assert_eq!(bench.get(format!("{path}?filter[key]=nonsense")).now().await.status, 422);
    let target = json!({ "meta": { "relation-schema-key": "business", "target-object-id": two } });
    let add = format!("/accounts/{one}/add-relation");
    assert_eq!(bench.post(add).body(target).now().await.status, 200);
    let related = bench.get(format!("{path}?filter%5Bkey%5D=business")).now().await;
    assert!(related.ids().contains(&two));
    let event = bench.get("/events?filter[name]=account.added-relation").now().await;
    assert_eq!(event.body["data"][0]["attributes"]["context"]["target-account-id"], two);
}

#[tokio::test]
async fn keys_can_be_narrowed_and_end() {
    let bench = Bench::start().await;
    let body = json!({ "data": { "attributes": {
        "name": "reader", "permissions": ["inquiry.read"], "api-attributes-blocklist": ["birth*"],
        "api-key-inflection": "snake",
    } } });
    let made = bench.post("/api-keys").body(body).now().await;
    let value = made.attribute("value").as_str().unwrap().to_owned();
    let path = format!("/api-keys/{}", made.id());
    assert!(bench.get(&path).now().await.attribute("value").is_null(), "shown once");
    let list = bench.get("/inquiries").key(&value).now().await;
    assert!(list.body["data"][0]["attributes"]["created_at"].is_string());
    assert_eq!(bench.get("/cases").key(&value).now().await.status, 403);
    let elsewhere = json!({ "data": { "attributes": { "ip-address-allowlist": ["192.0.2.1"] } } });
    assert_eq!(bench.patch(&path).body(elsewhere).now().await.status, 200);
    let refused = bench.get("/inquiries").key(&value).now().await;
    assert!(refused.details().starts_with("IP address is not permitted"));
    let copy = bench.post(format!("{path}/clone")).now().await;
    assert_ne!(copy.attribute("value"), &json!(value));
    let expire = json!({ "meta": { "expires-in-seconds": 10 } });
    assert_eq!(bench.post(format!("{path}/expire")).body(expire).now().await.status, 200);
    bench.pass(10);
    assert_eq!(bench.get("/inquiries").key(&value).now().await.status, 401);
}
