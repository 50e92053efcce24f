//! The client through a validating proxy to the simulator: every endpoint that it has, until each
//! was answered with success.

use std::{collections::BTreeSet, sync::Arc};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{IdempotencyKey, Lane},
    persona::{Answer, Client, DecodeError, Document, Endpoint, Error, Read, Request, Write},
    simulator::{self, DEMO_KEY},
};
use serde_json::Value;

use super::{document::Contract, known::Known, proxy::Proxy};
use crate::{
    client::{client, given},
    endpoints::{Asks, all},
    story::noon,
};

/// An endpoint of the table about objects that are there.
struct About<'a> {
    endpoint: &'a dyn Asks,
    request: Request,
}

struct Whatever;

impl Answer for Whatever {
    fn read(_: &Document) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

impl Endpoint for About<'_> {
    type Output = Whatever;

    fn request(&self) -> Request {
        self.request.clone()
    }

    fn decode(&self, answer: &Document) -> Result<Whatever, DecodeError> {
        self.endpoint.read(answer).map(|()| Whatever)
    }
}
impl Read for About<'_> {}
impl Write for About<'_> {}

/// The table names objects `inq_1`, `act_2`: here they get the ids of objects that are there.
struct Ids {
    known: Known,
    /// Other objects with every attempt.
    attempt: usize,
}

impl Ids {
    fn id(&self, text: &str) -> Option<String> {
        let (_, nth) = text.split_once('_')?;
        let nth: usize = nth.parse().ok()?;
        let known = self.known.ids_like(text);
        known.get((self.attempt + nth - 1) % known.len().max(1)).cloned()
    }

    fn text(&self, text: &str, separator: char) -> String {
        let id = |part: &str| self.id(part).unwrap_or_else(|| part.to_owned());
        text.split(separator).map(id).collect::<Vec<_>>().join(&separator.to_string())
    }

    fn value(&self, value: &mut Value) {
        match value {
            Value::String(text) => *text = self.text(text, ','),
            Value::Array(list) => list.iter_mut().for_each(|value| self.value(value)),
            Value::Object(object) => object.values_mut().for_each(|value| self.value(value)),
            _ => {}
        }
    }

    fn about<'a>(&self, endpoint: &'a dyn Asks) -> About<'a> {
        let mut request = endpoint.request();
        request.path = self.text(&request.path, '/');
        for (_, value) in &mut request.query {
            *value = self.text(value, ',');
        }
        if let Some(body) = &mut request.body {
            self.value(body);
        }
        About { endpoint, request }
    }
}

async fn send(client: &Client, about: &About<'_>) -> Result<(), Error> {
    let sent = match about.request.method.as_str() {
        "GET" => client.read(about, Lane::Front).await,
        _ => client.write(about, &IdempotencyKey::random(), Lane::Front).await,
    };
    sent.map(|_| ())
}

fn called(endpoint: &dyn Asks) -> String {
    let request = endpoint.request();
    format!("{} {}", request.method.as_str().to_lowercase(), request.template)
}

/// On how many objects an endpoint is tried before it is said to be refused by all.
const ATTEMPTS: usize = 40;

#[tokio::test]
#[ignore = "until the simulator has all endpoints"]
async fn every_endpoint_passes_a_validating_proxy() {
    let Some(contract) = Contract::at_hand() else { return };
    let options =
        simulator::Options { rate_limit: 1_000_000, inquiries: 200, ..Default::default() };
    let clock = Clock::manual(noon());
    let listen = ([127, 0, 0, 1], 0).into();
    let simulator = simulator::start(listen, options, clock.clone()).await.unwrap();
    let proxy = Proxy::before(&simulator.base_url(), contract).await;
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let client = client(&proxy.base_url, given(DEMO_KEY), &clock, &recorder).unwrap();
    let (endpoints, mut refused) = (all(), BTreeSet::new());
    // What is listed first tells of what can be asked next, and what ends things comes last.
    let ends = |endpoint: &dyn Asks| match endpoint.request() {
        request if request.method.as_str() == "DELETE" => 3,
        request if ["archive", "expire"].iter().any(|end| request.template.ends_with(end)) => 2,
        request => usize::from(request.template.contains('{')),
    };
    for step in 0..4 {
        for endpoint in endpoints.iter().filter(|endpoint| ends(endpoint.as_ref()) == step) {
            let mut last = String::new();
            for attempt in 0..ATTEMPTS {
                let ids = Ids { known: proxy.known(), attempt };
                match send(&client, &ids.about(endpoint.as_ref())).await {
                    Ok(()) => {
                        last.clear();
                        break;
                    }
                    Err(why) => last = why.to_string(),
                }
            }
            if !last.is_empty() {
                refused.insert(format!("{}: {last}", called(endpoint.as_ref())));
            }
        }
    }
    proxy.found_nothing();
    let refused: Vec<String> = refused.into_iter().collect();
    assert!(refused.is_empty(), "{} never succeed:\n{}", refused.len(), refused.join("\n"));
}
