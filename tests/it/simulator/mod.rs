//! The simulator by itself, over real HTTP: one test for each point of its checklist.

mod faults;
mod hooks;
mod protocol;
mod resources;
mod world;

use std::{collections::HashMap, time::Duration};

use caseload::{
    clock::Clock,
    simulator::{self, DEMO_KEY, Options, Scenario, Simulator},
};
use reqwest::Method;
use serde_json::Value;

use crate::story::noon;

/// A simulator on a clock of its own, and somebody who asks it.
struct Bench {
    simulator: Simulator,
    clock: Clock,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug, Clone, PartialEq)]
struct Answer {
    status: u16,
    headers: HashMap<String, String>,
    body: Value,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    fn number(&self, name: &str) -> i64 {
        self.header(name).unwrap().parse().unwrap()
    }

    fn details(&self) -> &str {
        self.body["errors"][0]["details"].as_str().unwrap_or_default()
    }

    fn title(&self) -> &str {
        self.body["errors"][0]["title"].as_str().unwrap_or_default()
    }

    /// An attribute of the one object in it.
    fn attribute(&self, name: &str) -> &Value {
        &self.body["data"]["attributes"][name]
    }

    fn id(&self) -> &str {
        self.body["data"]["id"].as_str().unwrap()
    }

    fn ids(&self) -> Vec<&str> {
        let data = self.body["data"].as_array().unwrap();
        data.iter().map(|one| one["id"].as_str().unwrap()).collect()
    }
}

/// A request in the making.
struct Ask<'a> {
    bench: &'a Bench,
    method: Method,
    path: String,
    key: String,
    headers: Vec<(&'static str, String)>,
    body: Option<Value>,
}

impl Ask<'_> {
    fn header(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    fn key(self, key: &str) -> Self {
        Self { key: key.to_owned(), ..self }
    }

    fn body(self, body: Value) -> Self {
        Self { body: Some(body), ..self }
    }

    async fn sent(self) -> Result<Answer, reqwest::Error> {
        let origin = format!("http://{}", self.bench.simulator.address());
        let url = match self.path.strip_prefix("/api/v1") {
            Some(_) => format!("{origin}{}", self.path),
            None => format!("{origin}/api/v1{}", self.path),
        };
        let mut request = self.bench.http.request(self.method, url).bearer_auth(self.key);
        for (name, value) in self.headers {
            request = request.header(name, value);
        }
        if let Some(body) = self.body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await?;
        let status = response.status().as_u16();
        let headers = response.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        let body = response.bytes().await?;
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Ok(Answer { status, headers, body })
    }

    async fn now(self) -> Answer {
        self.sent().await.unwrap()
    }
}

impl Bench {
    async fn start() -> Self {
        Self::with(Options::default()).await
    }

    async fn with(options: Options) -> Self {
        Self::of(Options { inquiries: 80, ..options }).await
    }

    async fn of(options: Options) -> Self {
        let clock = Clock::manual(noon());
        let listen = ([127, 0, 0, 1], 0).into();
        let simulator = simulator::start(listen, options, clock.clone()).await.unwrap();
        // One that is there already will do.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // A connection of its own for each request: one that is cut takes no other with it.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        Self { simulator, clock, http }
    }

    fn ask(&self, method: Method, path: impl Into<String>) -> Ask<'_> {
        let (path, key) = (path.into(), DEMO_KEY.to_owned());
        Ask { bench: self, method, path, key, headers: Vec::new(), body: None }
    }

    fn get(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask(Method::GET, path)
    }

    fn post(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask(Method::POST, path)
    }

    fn patch(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask(Method::PATCH, path)
    }

    fn delete(&self, path: impl Into<String>) -> Ask<'_> {
        self.ask(Method::DELETE, path)
    }

    fn scenario(&self, text: &str) {
        self.simulator.set_scenario(Scenario::parse(text).unwrap());
    }

    fn waiting(&self) -> String {
        self.simulator.inquiries("needs_review")[0].clone()
    }

    fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}
