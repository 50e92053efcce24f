//! Sends what is due for webhooks: real requests, signed, for each webhook one after another unless
//! several abreast are asked for.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
    time::Duration,
};

use axum::http::{HeaderValue, Request, header};
use futures::{StreamExt, stream::FuturesUnordered};
use http_body_util::Full;
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jiff::{Timestamp, ToSpan};

use super::{
    inflect::Inflection,
    keys::file_life,
    render::Look,
    serve::Shared,
    version::Version,
    webhooks::{Attempt, Delivery},
};

/// Who has not answered by then has failed.
const PATIENCE: Duration = Duration::from_secs(5);

type Sender = Client<HttpConnector, Full<axum::body::Bytes>>;

/// Of one webhook: what is due, and how many are being sent.
#[derive(Default)]
struct Line {
    due: VecDeque<Delivery>,
    under_way: usize,
}

/// Runs until it is dropped.
pub async fn run(shared: Arc<Shared>) {
    let sender: Sender = Client::builder(TokioExecutor::new()).build_http();
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let mut sending = FuturesUnordered::new();
    loop {
        let now = shared.clock.now();
        let (due, next, abreast) = {
            let mut persona = shared.persona();
            let disorder = persona.scenario.webhooks;
            let due = persona.hooks.take_due(disorder, now);
            (due, persona.hooks.next_due(), persona.hooks.abreast())
        };
        for delivery in due {
            lines.entry(delivery.webhook.clone()).or_default().due.push_back(delivery);
        }
        for line in lines.values_mut() {
            while line.under_way < abreast
                && let Some(delivery) = line.due.pop_front()
            {
                line.under_way += 1;
                sending.push(send(&shared, &sender, delivery));
            }
        }
        lines.retain(|_, line| line.under_way > 0);
        tokio::select! {
            Some(webhook) = sending.next() => {
                if let Some(line) = lines.get_mut(&webhook) {
                    line.under_way -= 1;
                }
            }
            () = shared.news.notified() => {}
            () = wait(&shared, next) => {}
        }
    }
}

async fn wait(shared: &Shared, until: Option<Timestamp>) {
    match until {
        Some(until) => shared.clock.sleep_until(until).await,
        None => std::future::pending().await,
    }
}

/// Whose it was, when it is answered for.
async fn send(shared: &Shared, sender: &Sender, delivery: Delivery) -> String {
    let webhook = delivery.webhook.clone();
    let Some(request) = prepare(shared, &delivery) else { return webhook };
    let answer = tokio::time::timeout(PATIENCE, sender.request(request)).await;
    let accepted = matches!(&answer, Ok(Ok(answer)) if matches!(answer.status().as_u16(), 200 | 201 | 202 | 204));
    let attempt = if accepted { Attempt::Accepted } else { Attempt::Failed };
    let now = shared.clock.now();
    let mut persona = shared.persona();
    // Disabled meanwhile: what is pending is given up.
    let listens = persona.world.get(&webhook);
    if listens.is_some_and(|webhook| webhook.text("status") == "enabled") {
        persona.hooks.settle(delivery, attempt, now);
    }
    webhook
}

/// The request as this webhook wants it; none if it cannot be sent at all.
fn prepare(shared: &Shared, delivery: &Delivery) -> Option<Request<Full<axum::body::Bytes>>> {
    let now = shared.clock.now();
    let persona = shared.persona();
    let webhook = persona.world.get(&delivery.webhook)?;
    let blocklist: Vec<String> = webhook
        .attributes
        .get("api-attributes-blocklist")
        .and_then(|list| list.as_array())
        .into_iter()
        .flatten()
        .filter_map(|pattern| pattern.as_str().map(str::to_owned))
        .collect();
    let look = Look {
        version: Version::named(webhook.text("api-version")).unwrap_or(Version::NEWEST),
        inflection: Inflection::named(webhook.text("api-key-inflection")).unwrap_or_default(),
        blocklist: &blocklist,
        files: &persona.files,
        files_until: now + file_life(&webhook).clamp(0, 3 * 24 * 3_600).seconds(),
    };
    let body = look.event(&persona.world, &delivery.event)?.to_string();
    let signature = persona.hooks.signature(&webhook.id, body.as_bytes(), now);
    let first = delivery.first_attempted_at.unwrap_or(now).as_second();
    let mut request = Request::post(webhook.text("url"))
        .header(header::CONTENT_TYPE, "application/json")
        .header("Persona-Signature", signature)
        .header("Persona-Webhook-Attempts-Made", delivery.attempts_made + 1)
        .header("Persona-Webhook-Attempts-Left", delivery.attempts_left())
        .header("Persona-Webhook-First-Attempted-At", first);
    for (name, value) in persona.hooks.headers(&webhook.id) {
        if let Ok(value) = HeaderValue::from_str(value) {
            request = request.header(name, value);
        }
    }
    request.body(Full::from(body)).ok()
}
