//! Events, and the webhooks that are told of them.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use caseload::simulator::Options;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::{net::TcpListener, sync::mpsc, task::yield_now};

use super::{Bench, noon};

/// A delivery as it came.
struct Delivered {
    headers: HeaderMap,
    raw: Bytes,
}

impl Delivered {
    fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    fn event(&self) -> Value {
        serde_json::from_slice::<Value>(&self.raw).unwrap()["data"].take()
    }

    /// How many groups of its signature are good under this secret.
    fn signed_by(&self, secret: &str) -> usize {
        let good = |group: &&str| {
            let (time, signature) = group.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
            mac.update(format!("{time}.").as_bytes());
            mac.update(&self.raw);
            mac.verify_slice(&hex::decode(signature).unwrap()).is_ok()
        };
        self.header("persona-signature").split(' ').filter(good).count()
    }
}

/// Somebody who listens, and first refuses so many deliveries.
struct Listener {
    url: String,
    came: mpsc::UnboundedReceiver<Delivered>,
}

type Ear = (mpsc::UnboundedSender<Delivered>, Arc<AtomicUsize>);

impl Listener {
    async fn refusing(first: usize) -> Self {
        let socket = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/hook", socket.local_addr().unwrap());
        let (tell, came) = mpsc::unbounded_channel();
        let ear: Ear = (tell, Arc::new(AtomicUsize::new(first)));
        let app = Router::new().fallback(hear).with_state(ear);
        tokio::spawn(async move { axum::serve(socket, app).await.unwrap() });
        Self { url, came }
    }

    async fn next(&mut self) -> Delivered {
        self.came.recv().await.unwrap()
    }
}

async fn hear(State((tell, refusals)): State<Ear>, headers: HeaderMap, raw: Bytes) -> StatusCode {
    let _ = tell.send(Delivered { headers, raw });
    let refuse =
        refusals.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
    if refuse.is_ok() { StatusCode::INTERNAL_SERVER_ERROR } else { StatusCode::ACCEPTED }
}

/// Registers and enables a webhook; its id and its secret.
async fn hook(bench: &Bench, url: &str, events: &[&str]) -> (String, String) {
    let body = json!({ "data": { "attributes": {
        "name": "test", "url": url, "enabled-events": events,
        "custom-http-headers": { "X-API-Key": "mine" },
    } } });
    let made = bench.post("/webhooks").body(body).now().await;
    assert_eq!(made.attribute("status"), "disabled");
    let secret = made.attribute("secrets")[0]["value"].as_str().unwrap().to_owned();
    let id = made.id().to_owned();
    let enabled = bench.post(format!("/webhooks/{id}/enable")).now().await;
    assert_eq!(enabled.attribute("status"), "enabled");
    assert!(enabled.attribute("secrets").is_null());
    (id, secret)
}

#[tokio::test]
async fn events_are_there_before_the_answer_and_delivered_signed() {
    let bench = Bench::start().await;
    let mut listener = Listener::refusing(0).await;
    let (_, secret) = hook(&bench, &listener.url, &["inquiry.approved"]).await;
    let id = bench.waiting();
    assert_eq!(bench.post(format!("/inquiries/{id}/approve")).now().await.status, 200);
    let newest = bench.get("/events?page[size]=1").now().await;
    assert_eq!(newest.body["data"][0]["attributes"]["name"], "inquiry.approved");
    let came = listener.next().await;
    assert_eq!(came.event(), newest.body["data"][0]);
    assert_eq!(came.signed_by(&secret), 1);
    assert_eq!(came.header("persona-webhook-attempts-made"), "1");
    assert_eq!(came.header("persona-webhook-attempts-left"), "7");
    let first = noon().as_second().to_string();
    assert_eq!(came.header("persona-webhook-first-attempted-at"), first);
    assert_eq!(came.header("x-api-key"), "mine");
}

#[tokio::test]
async fn while_secrets_rotate_both_sign() {
    let bench = Bench::start().await;
    let mut listener = Listener::refusing(0).await;
    let (hook, old) = hook(&bench, &listener.url, &["*"]).await;
    let rotate = json!({ "meta": { "expires-in-seconds": 60 } });
    let rotated = bench.post(format!("/webhooks/{hook}/rotate-secret")).body(rotate).now().await;
    let new = rotated.attribute("secrets")[0]["value"].as_str().unwrap().to_owned();
    bench.simulator.elsewhere(&bench.waiting(), "approve");
    let came = listener.next().await;
    assert_eq!((came.signed_by(&old), came.signed_by(&new)), (1, 1));
    bench.pass(60);
    bench.simulator.elsewhere(&bench.waiting(), "decline");
    let came = listener.next().await;
    assert_eq!((came.signed_by(&old), came.signed_by(&new)), (0, 1));
}

#[tokio::test]
async fn refused_deliveries_climb_the_ladder() {
    let bench = Bench::with(Options { webhook_haste: 3, ..Options::default() }).await;
    let mut listener = Listener::refusing(2).await;
    hook(&bench, &listener.url, &["inquiry.declined"]).await;
    bench.simulator.elsewhere(&bench.waiting(), "decline");
    let mut attempts = vec![listener.next().await];
    // Three times faster than in life: after one second, then after twenty-one.
    while attempts.len() < 3 {
        tokio::select! {
            biased;
            came = listener.next() => attempts.push(came),
            () = yield_now() => bench.pass(1),
        }
    }
    let made: Vec<&str> =
        attempts.iter().map(|came| came.header("persona-webhook-attempts-made")).collect();
    assert_eq!(made, ["1", "2", "3"]);
    let times: Vec<i64> = attempts
        .iter()
        .map(|came| {
            let time = came.header("persona-signature").split([',', '=']).nth(1).unwrap();
            time.parse::<i64>().unwrap()
        })
        .collect();
    assert!(times[1] - times[0] >= 1 && times[2] - times[1] >= 21, "{times:?}");
    assert_eq!(attempts[0].event()["id"], attempts[2].event()["id"]);
    let first = attempts[0].header("persona-webhook-first-attempted-at");
    assert_eq!(attempts[2].header("persona-webhook-first-attempted-at"), first);
}

#[tokio::test]
async fn deliveries_come_twice_and_out_of_order_on_demand() {
    let bench = Bench::start().await;
    let mut listener = Listener::refusing(0).await;
    hook(&bench, &listener.url, &["inquiry.started", "inquiry.completed"]).await;
    bench.scenario("[webhooks]\nduplicates = 1.0\nreorder = true\n");
    let body = json!({ "data": { "attributes": { "inquiry-template-id": "itmpl_1" } } });
    let made = bench.post("/inquiries").body(body).now().await;
    let actions = json!({ "meta": { "simulate-actions":
        [{ "type": "start_inquiry" }, { "type": "complete_inquiry" }] } });
    let path = format!("/inquiries/{}/perform-simulate-actions", made.id());
    assert_eq!(bench.post(path).body(actions).now().await.status, 200);
    let mut names = Vec::new();
    for _ in 0..4 {
        names.push(listener.next().await.event()["attributes"]["name"].clone());
    }
    let (late, early) = ("inquiry.completed", "inquiry.started");
    assert_eq!(names, [late, late, early, early]);
}

#[tokio::test]
async fn a_disabled_webhook_is_told_nothing_more() {
    let control = Some(([127, 0, 0, 1], 0).into());
    let bench = Bench::with(Options { control, ..Options::default() }).await;
    let mut listener = Listener::refusing(1).await;
    let (hook, _) = hook(&bench, &listener.url, &["*"]).await;
    let waiting = async || -> i64 {
        let url = format!("http://{}/webhooks/flush", bench.simulator.control().unwrap());
        let answer = bench.http.post(url).send().await.unwrap().bytes().await.unwrap();
        serde_json::from_slice::<Value>(&answer).unwrap()["waiting"].as_i64().unwrap()
    };
    bench.simulator.elsewhere(&bench.waiting(), "approve");
    listener.next().await;
    // A flush makes the second attempt at once, without the clock.
    while waiting().await == 0 {}
    listener.next().await;
    let disabled = bench.post(format!("/webhooks/{hook}/disable")).now().await;
    assert_eq!(disabled.attribute("status"), "disabled");
    bench.simulator.elsewhere(&bench.waiting(), "decline");
    assert_eq!(waiting().await, 0);
    assert!(listener.came.try_recv().is_err());
}
