//! What those who watch a process are told: figures that agree with the footer, by two ways.

use std::net::{SocketAddr, TcpListener};

use axum::{Json, Router, extract::State, http::HeaderMap, routing::post};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::story::{Beginning, Story};

fn socket() -> (TcpListener, SocketAddr) {
    let socket = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = socket.local_addr().unwrap();
    (socket, address)
}

/// A scrape, which is as long as the format says.
async fn scrape(address: SocketAddr) -> String {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = http.get(format!("http://{address}/metrics"));
    let answer = ask.header("accept", "application/openmetrics-text").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert!(kind.starts_with("application/openmetrics-text; version=1.0.0"), "{kind}");
    let text = answer.text().await.unwrap();
    assert!(text.ends_with("# EOF\n"), "{text}");
    text
}

/// The values of all samples whose name and labels have these words.
fn values(text: &str, name: &str, labels: &[&str]) -> Vec<f64> {
    let samples = text.lines().filter(|line| !line.starts_with('#'));
    let of_name = samples.filter(|line| {
        line.strip_prefix(name).is_some_and(|rest| rest.starts_with(['{', ' ']))
            && labels.iter().all(|label| line.contains(label))
    });
    of_name.map(|line| line.rsplit(' ').next().unwrap().parse().unwrap()).collect()
}

#[track_caller]
fn value(text: &str, name: &str, labels: &[&str]) -> f64 {
    let values = values(text, name, labels);
    assert_eq!(values.len(), 1, "{name} {labels:?} in\n{text}");
    values[0]
}

/// As the footer writes a latency.
fn latency(seconds: f64) -> String {
    let ms = (seconds * 1_000.0 + 1e-6).floor() as u64;
    if ms < 1_000 { format!("{ms} ms") } else { format!("{}.{} s", ms / 1_000, ms % 1_000 / 100) }
}

#[tokio::test]
async fn the_footer_and_metrics_agree_and_count_what_happened() {
    let (socket, address) = socket();
    let beginning = Beginning { metrics: Some(socket), ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    story.press("a<enter>").await.pass(6).await.settle().await;
    let text = scrape(address).await;
    for percentile in ["50", "95"] {
        let label = format!("percentile=\"{percentile}\"");
        let told = latency(value(&text, "caseload_recent_latency_seconds", &[&label]));
        story.sees(&format!("p{percentile} {told}"));
    }
    let left = value(&text, "caseload_budget_remaining", &[]);
    story.sees(&format!("{left}/{}", value(&text, "caseload_budget_limit", &[])));
    assert_eq!(value(&text, "caseload_recent_error_ratio", &[]), 0.0);
    // Each request is counted once, by whichever name.
    let sum = |name: &str| values(&text, name, &[]).iter().sum::<f64>();
    let requests = sum("caseload_requests_total");
    assert_eq!(requests, sum("caseload_request_duration_seconds_count"));
    assert_eq!(requests, story.simulator.requests().len() as f64);
    let approved = ["kind=\"approve\""];
    assert_eq!(value(&text, "caseload_decisions_total", &approved), 1.0);
    assert_eq!(
        value(&text, "caseload_decisions_ended_total", &[approved[0], "outcome=\"done\""]),
        1.0
    );
    let template = "template=\"/inquiries/{inquiry-id}/approve\"";
    let asked = ["method=\"POST\"", template, "class=\"ok\"", "lane=\"front\""];
    assert_eq!(value(&text, "caseload_requests_total", &asked), 1.0);
    assert_eq!(value(&text, "caseload_sync_phase", &["phase=\"current\""]), 1.0);
    assert!(value(&text, "caseload_sync_lag_seconds", &[]) < 30.0);
    assert!(sum("caseload_events_total") >= 1.0, "{text}");
    assert!(values(&text, "caseload_webhook_deliveries_total", &[]).is_empty());
    // One that waits is counted with its age, and what fails with its class.
    story.simulator.set_scenario(
        caseload::simulator::Scenario::parse("[[rule]]\nfault = \"unavailable\"\n").unwrap(),
    );
    story.press("a<enter>").await.pass(20).await.settle().await;
    let text = scrape(address).await;
    let failed = values(&text, "caseload_requests_total", &["class=\"server-error\""]);
    assert!(failed.iter().sum::<f64>() >= 1.0, "{text}");
    assert!(value(&text, "caseload_recent_error_ratio", &[]) > 0.0);
    let waiting = ["state=\"waiting\""];
    assert_eq!(value(&text, "caseload_outbox_decisions", &waiting), 1.0, "{text}");
    assert!(value(&text, "caseload_outbox_oldest_seconds", &waiting) >= 5.0, "{text}");
    for (path, status) in [("healthz", 200), ("readyz", 200), ("elsewhere", 404)] {
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let answer = http.get(format!("http://{address}/{path}")).send().await.unwrap();
        assert_eq!(answer.status(), status, "{path}");
    }
    // Without its file the console cannot record anything, and says so.
    let file = story.folder.path().join("store/caseload.db");
    std::fs::rename(&file, story.folder.path().join("away.db")).unwrap();
    let answer = reqwest::get(format!("http://{address}/readyz")).await.unwrap();
    assert_eq!(answer.status(), 503);
    assert!(answer.text().await.unwrap().contains("moved away"));
}

#[tokio::test]
async fn a_collector_is_sent_the_same_figures() {
    let (bodies, mut arrived) = mpsc::unbounded_channel::<(HeaderMap, Value)>();
    let take = async |State(bodies): State<mpsc::UnboundedSender<(HeaderMap, Value)>>,
                      headers: HeaderMap,
                      Json(body): Json<Value>| {
        let _ = bodies.send((headers, body));
        Json(serde_json::json!({ "partialSuccess": {} }))
    };
    let app = Router::new().route("/v1/metrics", post(take)).with_state(bodies);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/v1/metrics", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
    let (socket, address) = socket();
    let beginning = Beginning { metrics: Some(socket), otlp: Some(url), ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    while arrived.try_recv().is_ok() {}
    story.pass(60).await;
    let (headers, body) = arrived.recv().await.expect("it comes once a minute");
    assert_eq!(headers["content-type"], "application/json");
    assert!(!headers.contains_key("authorization"), "no key travels");
    let resource = &body["resourceMetrics"][0];
    let named = |list: &Value, key: &str| -> Option<String> {
        let pairs = list.as_array()?;
        let pair = pairs.iter().find(|pair| pair["key"] == key)?;
        pair["value"]["stringValue"].as_str().map(str::to_owned)
    };
    assert_eq!(
        named(&resource["resource"]["attributes"], "service.name").as_deref(),
        Some("caseload")
    );
    let metrics = resource["scopeMetrics"][0]["metrics"].as_array().unwrap();
    let metric = |name: &str| metrics.iter().find(|metric| metric["name"] == name).unwrap();
    let text = scrape(address).await;
    // What was counted when it was sent is at most what is counted now, kind by kind.
    let sum = metric("caseload_requests");
    assert_eq!(
        (&sum["sum"]["isMonotonic"], &sum["sum"]["aggregationTemporality"]),
        (&true.into(), &2.into())
    );
    for point in sum["sum"]["dataPoints"].as_array().unwrap() {
        let attributes = &point["attributes"];
        let labels: Vec<String> = ["method", "template", "lane", "class"]
            .map(|key| format!("{key}=\"{}\"", named(attributes, key).unwrap()))
            .into();
        let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
        let sent: f64 = point["asInt"].as_str().unwrap().parse().unwrap();
        let now = value(&text, "caseload_requests_total", &labels);
        assert!(sent >= 1.0 && sent <= now, "{point} {now}");
    }
    let histogram = &metric("caseload_request_duration_seconds")["histogram"]["dataPoints"][0];
    let counts = histogram["bucketCounts"].as_array().unwrap();
    assert_eq!(counts.len(), histogram["explicitBounds"].as_array().unwrap().len() + 1);
    let all: u64 = counts.iter().map(|n| n.as_str().unwrap().parse::<u64>().unwrap()).sum();
    assert_eq!(all.to_string(), histogram["count"].as_str().unwrap());
}
