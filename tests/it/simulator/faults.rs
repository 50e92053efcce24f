//! What goes wrong on demand, by scenario and by the port of control.

use caseload::simulator::{Options, Scenario};
use serde_json::{Value, json};

use super::{Answer, Bench};

fn once(fault: &str) -> String {
    format!("[[rule]]\ntimes = 1\npause_ms = 1\nfault = \"{fault}\"\n")
}

/// One approval under a key, under a fault, and then the same again.
async fn approved_twice(fault: &str) -> (Bench, String, Option<Answer>, Answer) {
    let bench = Bench::start().await;
    let id = bench.waiting();
    bench.scenario(&once(fault));
    let path = format!("/inquiries/{id}/approve");
    let approve = || bench.post(&path).header("idempotency-key", "k");
    let first = approve().sent().await.ok();
    let second = approve().now().await;
    (bench, id, first, second)
}

#[tokio::test]
async fn refusals_are_stored_or_not_as_in_life() {
    // Fault, its status, whether the second request under the key meets it again, effects.
    let table = [
        ("unauthorized", 401, false, 1),
        ("forbidden", 403, false, 1),
        ("not-found", 404, true, 0),
        ("timed-out", 408, false, 1),
        ("stale", 409, true, 0),
        ("conflict", 409, true, 0),
        ("invalid", 422, true, 0),
        ("rate-limited", 429, false, 1),
        ("error-unstored", 500, false, 1),
        ("error", 500, true, 0),
        ("error-after", 500, true, 1),
        ("unavailable", 503, false, 1),
    ];
    for (fault, status, stored, effects) in table {
        let (bench, id, first, second) = approved_twice(fault).await;
        let first = first.unwrap();
        assert_eq!(first.status, status, "{fault}");
        assert_eq!(second.status, if stored { status } else { 200 }, "{fault}");
        assert_eq!(bench.simulator.effects(&id), effects, "{fault}");
        let texts = [
            ("forbidden", "IP address is not permitted access to current environment"),
            ("stale", "Attempted to update a record that was just modified. Please try again."),
        ];
        for (_, details) in texts.into_iter().filter(|(name, _)| *name == fault) {
            assert_eq!(first.details(), details);
        }
        if fault == "invalid" {
            assert_eq!(first.body["errors"][0]["source"]["pointer"], "/data/attributes/status");
        }
    }
}

#[tokio::test]
async fn connections_are_lost_before_and_after_the_effect() {
    for (fault, effects) in [("lost-request", 1), ("lost-answer", 1)] {
        let (bench, id, first, second) = approved_twice(fault).await;
        assert_eq!(first, None, "{fault}: nothing came back");
        assert_eq!(second.status, 200, "{fault}");
        assert_eq!(bench.simulator.effects(&id), effects, "{fault}");
    }
    let (bench, id) = lost("lost-request").await;
    assert_eq!(bench.simulator.status(&id).unwrap(), "needs_review");
    let (bench, id) = lost("lost-answer").await;
    assert_eq!(bench.simulator.status(&id).unwrap(), "approved");
}

async fn lost(fault: &str) -> (Bench, String) {
    let bench = Bench::start().await;
    let id = bench.waiting();
    bench.scenario(&once(fault));
    assert!(bench.post(format!("/inquiries/{id}/approve")).sent().await.is_err());
    (bench, id)
}

#[tokio::test]
async fn silence_comes_before_or_after_the_effect() {
    for (fault, status) in [("stuck", "needs_review"), ("stuck-after", "approved")] {
        let bench = Bench::start().await;
        let id = bench.waiting();
        bench.scenario(&once(fault));
        let silent = bench.post(format!("/inquiries/{id}/approve")).sent();
        let mut silent = Box::pin(silent);
        // It has come once it is among the requests, and stays unanswered.
        while bench.simulator.requests().is_empty() {
            tokio::select! {
                biased;
                answer = &mut silent => panic!("{fault} answered {answer:?}"),
                () = tokio::task::yield_now() => {}
            }
        }
        assert_eq!(bench.simulator.status(&id).unwrap(), status, "{fault}");
        assert_eq!(bench.simulator.requests()[0].status, None);
    }
}

#[tokio::test]
async fn answers_are_bent() {
    let bench = Bench::start().await;
    let id = bench.waiting();
    let path = format!("/inquiries/{id}");
    let good = bench.get(&path).now().await;
    let bent = async |fault: &str| {
        bench.scenario(&once(fault));
        bench.get(&path).now().await
    };
    let count = |answer: &Answer| answer.body["data"]["attributes"].as_object().unwrap().len();
    assert_eq!(count(&bent("missing-attributes").await), count(&good).div_ceil(2));
    assert!(count(&bent("extra-attributes").await) > count(&good));
    let empty = bent("empty-relationships").await;
    assert_eq!(empty.body["data"]["relationships"]["transaction"]["data"], json!({}));
    assert_eq!(bent("null-included").await.body["included"], Value::Null);
    assert!(bent("null-included").await.body.as_object().unwrap().contains_key("included"));
    assert_eq!(bent("unknown-values").await.attribute("status"), "quantum_superposed");
    assert_eq!(bent("broken-json").await.body, Value::Null, "no JSON at all");
    let html = bent("wrong-content-type").await;
    assert!(html.header("content-type").unwrap().starts_with("text/html"));
    assert_eq!(bent("absurd-limits").await.header("ratelimit-remaining"), Some("-7"));
    assert_eq!(bent("no-limits").await.header("ratelimit-limit"), None);
    assert_eq!(bent("slow-body").await.body, good.body, "slow, but whole");
    assert_eq!(bench.get(&path).now().await.body, good.body, "it wore off");
}

#[tokio::test]
async fn quotas_are_exceeded_on_demand() {
    let bench = Bench::start().await;
    bench.scenario(&once("quota-exceeded"));
    let body = json!({ "data": { "attributes": { "inquiry-template-id": "itmpl_1" } } });
    let refused = bench.post("/inquiries").body(body).now().await;
    assert_eq!((refused.status, refused.title()), (429, "Quota exceeded"));
}

#[tokio::test]
async fn the_port_of_control_changes_and_shows_what_happens() {
    let control = Some(([127, 0, 0, 1], 0).into());
    let bench = Bench::with(Options { control, ..Options::default() }).await;
    let at = |path: &str| format!("http://{}{path}", bench.simulator.control().unwrap());
    let id = bench.waiting();
    let put = bench.http.put(at("/scenario")).body("outage").send().await.unwrap();
    assert_eq!(put.status(), 204);
    assert_eq!(bench.get("/cases").now().await.status, 503);
    let text = bench.http.get(at("/scenario")).send().await.unwrap().text().await.unwrap();
    Scenario::parse(&text).unwrap();
    assert!(text.contains("unavailable"));
    let wrong = bench.http.put(at("/scenario")).body("[[rule]]\nfault = 1\n").send().await.unwrap();
    assert_eq!(wrong.status(), 400);
    assert!(wrong.text().await.unwrap().contains("line 2"));
    bench.http.put(at("/scenario")).body("calm").send().await.unwrap();
    bench.http.post(at("/faults")).body(once("invalid")).send().await.unwrap();
    assert_eq!(bench.get("/cases").now().await.status, 422);
    assert_eq!(bench.get("/cases").now().await.status, 200);

    let step = at(&format!("/inquiries/{id}/approve"));
    assert_eq!(bench.http.post(&step).send().await.unwrap().status(), 204);
    assert_eq!(bench.http.post(&step).send().await.unwrap().status(), 409);
    let json = async |path: String| -> Value {
        let answer = bench.http.get(at(&path)).send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice(&answer).unwrap()
    };
    let state = json(format!("/state/{id}")).await;
    assert_eq!(state["data"]["attributes"]["status"], "approved");
    assert_eq!(state["effects"], 1);
    let requests = json("/requests".to_owned()).await;
    let statuses: Vec<i64> =
        requests.as_array().unwrap().iter().filter_map(|one| one["status"].as_i64()).collect();
    assert_eq!(statuses, [503, 422, 200]);
}
