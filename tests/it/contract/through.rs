//! The client through a validating proxy to the simulator: every endpoint that it has, until each
//! was answered with success.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{IdempotencyKey, InquiryId, Lane, ReportId, VerificationId},
    persona::{
        Answer, Client, DecodeError, Document, Endpoint, Error, Read, Request, Write, print::Print,
    },
    secret::Secret,
    simulator::{self, DEMO_KEY, Simulator},
};
use serde_json::Value;

use super::{document::Contract, known::Known, proxy::Proxy};
use crate::{
    client::{client, given},
    endpoints::{Asks, all},
    story::{Beginning, Story, noon},
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
        // A key that this Persona's accounts have.
        if text == "ubo" {
            return Some("beneficial_owners".to_owned());
        }
        let (_, nth) = text.split_once('_')?;
        let nth: usize = nth.parse().ok()?;
        // One of each status after the other.
        let groups = self.known.ids_by_status(text);
        let group = groups.get(self.attempt % groups.len().max(1))?;
        let turn = self.attempt / groups.len() + nth - 1;
        group.get(turn % group.len()).cloned()
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

struct Line {
    simulator: Arc<Simulator>,
    proxy: Proxy,
    clock: Clock,
    contract: &'static Contract,
}

impl Line {
    async fn open(contract: &'static Contract, key: &str) -> Self {
        let options = simulator::Options {
            rate_limit: 1_000_000,
            inquiries: 200,
            key: Secret::new(key.to_owned()),
            ..Default::default()
        };
        let clock = Clock::manual(noon());
        let listen = ([127, 0, 0, 1], 0).into();
        let simulator = simulator::start(listen, options, clock.clone()).await.unwrap();
        let proxy = Proxy::before(&simulator.base_url(), contract).await;
        Self { simulator: Arc::new(simulator), proxy, clock, contract }
    }

    fn needs_filter(&self, template: &str) -> bool {
        let operation = self.contract.operation("get", template).expect("a documented list");
        let parameters = operation.parameters("query");
        parameters.iter().any(|(it, _)| it["name"] == "filter" && it["required"] == true)
    }

    fn client(&self, key: &str) -> Client {
        let recorder = Arc::new(Recorder::new(Thresholds::default()));
        client(&self.proxy.base_url, given(key), &self.clock, &recorder).unwrap()
    }

    /// Tries every endpoint on what is there. Says which operations were refused by all, and with
    /// what.
    async fn tour(&self, key: &str) -> BTreeMap<String, String> {
        let client = self.client(key);
        let (endpoints, mut done, mut refused) = (all(), BTreeSet::new(), BTreeMap::new());
        // What was made in between is read as well.
        let rounds = [0, 1, 2, 1, 3, 4].map(|round| {
            endpoints.iter().filter(move |endpoint| order(endpoint.as_ref()) == round)
        });
        for endpoint in rounds.into_iter().flatten() {
            let name = called(endpoint.as_ref());
            for attempt in 0..ATTEMPTS {
                let ids = Ids { known: self.proxy.known(), attempt };
                match send(&client, &ids.about(endpoint.as_ref())).await {
                    Ok(()) => {
                        done.insert(name.clone());
                        break;
                    }
                    Err(why) => _ = refused.insert(name.clone(), why.to_string()),
                }
            }
            // And all that there is, where that may be asked.
            let mut whole = Ids { known: self.proxy.known(), attempt: 0 }.about(endpoint.as_ref());
            whole.request.query.retain(|(name, _)| !name.starts_with("filter["));
            let narrowed = whole.request.query.len() < endpoint.request().query.len();
            if narrowed && !self.needs_filter(whole.request.template) {
                send(&client, &whole).await.expect("a list is there for all who may see it");
                done.insert(name);
            }
        }
        let ids = Ids { known: self.proxy.known(), attempt: 0 };
        let id = |like: &str| ids.id(like).unwrap_or_else(|| like.to_owned());
        for print in [
            Print::Inquiry(InquiryId::new(&id("inq_1")).unwrap()),
            Print::Verification(VerificationId::new(&id("ver_1")).unwrap()),
            Print::Report(ReportId::new(&id("rep_1")).unwrap()),
        ] {
            let printed = client.print(&print, Lane::Front).await.err();
            let name = format!("get {}", print.request().template);
            refused.extend(printed.map(|why| (name, why.to_string())));
        }
        // What the contract allows is what the model expects; words are open in both.
        let odd = client.mismatches().take_new().into_iter().map(|mismatch| mismatch.shape);
        let odd: Vec<_> = odd.filter(|shape| shape.expected.as_str() != "a known word").collect();
        assert_eq!(odd, []);
        refused.retain(|name, _| !done.contains(name));
        refused
    }
}

/// What is read first tells of what can be asked next, and what ends things comes last.
fn order(endpoint: &dyn Asks) -> usize {
    let request = endpoint.request();
    let ends = ["archive", "expire"].iter().any(|end| request.template.ends_with(end));
    match request.method.as_str() {
        "GET" => usize::from(request.template.contains('{')),
        "DELETE" => 4,
        _ if ends => 3,
        _ => 2,
    }
}

#[tokio::test]
async fn every_endpoint_passes_a_validating_proxy() {
    let Some(contract) = Contract::at_hand() else { return };
    // Some are for production alone, and some for the sandbox.
    let (sandbox, production) = (DEMO_KEY, "persona_production_demo");
    let line = Line::open(contract, sandbox).await;
    let refused = line.tour(sandbox).await;
    line.proxy.found_nothing();
    let line = Line::open(contract, production).await;
    let there = line.tour(production).await;
    line.proxy.found_nothing();
    let refused = refused.iter().filter(|(name, _)| there.contains_key(*name));
    let refused: Vec<String> = refused.map(|(name, why)| format!("{name}: {why}")).collect();
    assert!(refused.is_empty(), "{} never succeed:\n{}", refused.len(), refused.join("\n"));
}

#[tokio::test]
async fn a_day_of_reviewing_passes_a_validating_proxy() {
    let Some(contract) = Contract::at_hand() else { return };
    let line = Line::open(contract, DEMO_KEY).await;
    let beginning =
        Beginning { base_url: Some(line.proxy.base_url.clone()), ..Beginning::default() };
    let simulator = Arc::clone(&line.simulator);
    let mut story = Story::begin_on(simulator, line.clock.clone(), beginning).await;
    let first = story.first_in_queue();
    // Older ones may have come after the cursor was there.
    story.press("gga1<enter>").await.pass(6).await;
    assert_eq!(line.simulator.status(&first).unwrap(), "approved");
    story.press("d2cblurred<enter><enter>").await.pass(6).await;
    let completed = line.simulator.inquiries("completed").pop().unwrap();
    story.press(&format!("/{completed} status:any<enter><enter>e<enter>")).await.pass(6).await;
    assert_eq!(line.simulator.status(&completed).unwrap(), "needs_review");
    let expired = line.simulator.inquiries("expired").pop().unwrap();
    story.press(&format!("<esc>\\/{expired} status:any<enter><enter>L<enter>")).await;
    story.pass(6).await.press("<esc><esc>\\").await;
    story.press("r").await.sees("beneficial_owners");
    story.press("2s").await.sees("case status").press("1").await.sees("set status");
    story.press("<enter>").await.sees("held").pass(6).await;
    line.simulator.elsewhere(&line.simulator.inquiries("needs_review")[0], "decline");
    story.pass(120).await;
    let asked = line.simulator.requests();
    for part in [
        "/approve",
        "/decline",
        "/mark-for-review",
        "/resume",
        "/generate-one-time-link",
        "/set-status",
        "/relations",
        "/events",
    ] {
        assert!(asked.iter().any(|asked| asked.path.ends_with(part)), "{part}");
    }
    line.proxy.found_nothing();
}
