//! The simulated Persona on a socket, and the handle by which a test asks what it believes.

use std::{
    future::pending,
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, Uri, header},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    Options, Scenario,
    answer::{Outcome, Persona, Request},
    rules::Step,
};
use crate::{clock::Clock, secret::Secret};

/// A running simulator; dropping it stops it.
pub struct Simulator {
    address: SocketAddr,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

/// A request that came, and the status it was answered with; none if the answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub method: String,
    pub path: String,
    pub query: String,
    pub idempotency_key: Option<String>,
    pub status: Option<u16>,
}

struct Shared {
    persona: Mutex<Persona>,
    clock: Clock,
}

impl Shared {
    fn persona(&self) -> MutexGuard<'_, Persona> {
        self.persona.lock().expect("no route panics")
    }
}

/// Starts to serve. Port 0 takes any free one.
///
/// # Errors
/// If the address cannot be listened on.
pub async fn start(listen: SocketAddr, options: Options, clock: Clock) -> io::Result<Simulator> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let persona = Mutex::new(Persona::new(options, clock.now()));
    let shared = Arc::new(Shared { persona, clock });
    let app = Router::new().fallback(handle).with_state(Arc::clone(&shared));
    let server = tokio::spawn(async move {
        if let Err(why) = axum::serve(listener, app).await {
            tracing::error!(%why, "the simulator stopped");
        }
    });
    Ok(Simulator { address, shared, server })
}

impl Drop for Simulator {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Simulator {
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `http://127.0.0.1:4010/api/v1`
    pub fn base_url(&self) -> String {
        format!("http://{}/api/v1", self.address)
    }

    /// An object as this Persona has it now.
    pub fn object(&self, id: &str) -> Option<Value> {
        self.shared.persona().world.get(id).map(super::world::Object::json)
    }

    /// The status of an inquiry or a case.
    pub fn status(&self, id: &str) -> Option<String> {
        Some(self.object(id)?["attributes"]["status"].as_str()?.to_owned())
    }

    /// Ids of inquiries in a status, oldest first.
    pub fn inquiries(&self, status: &str) -> Vec<String> {
        self.ids("inquiry", |object| object.text("status") == status)
    }

    /// Ids of open cases, oldest first.
    pub fn open_cases(&self) -> Vec<String> {
        self.ids("case", |object| object.attributes["resolved-at"].is_null())
    }

    fn ids(&self, list: &str, keep: impl Fn(&super::world::Object) -> bool) -> Vec<String> {
        let persona = self.shared.persona();
        let ids = persona.world.list(list).iter();
        ids.filter(|id| persona.world.get(id).is_some_and(&keep)).cloned().collect()
    }

    /// How often a write really changed an object; replays and reads do not count.
    pub fn effects(&self, id: &str) -> usize {
        self.shared.persona().world.effects(id)
    }

    /// All requests so far, oldest first.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.persona().received.clone()
    }

    /// Changes what goes wrong from now on.
    pub fn set_scenario(&self, scenario: Scenario) {
        self.shared.persona().scenario = scenario;
    }

    /// From now on only this key is accepted.
    pub fn set_key(&self, key: &str) {
        self.shared.persona().key = Secret::new(key.to_owned());
    }

    /// Lets another reviewer take a step: `approve`, `decline`, `mark-for-review`, `expire`.
    ///
    /// # Panics
    /// If there is no such step, or it is refused.
    pub fn elsewhere(&self, inquiry: &str, step: &str) {
        let step = Step::named(step).expect("a step of an inquiry");
        let now = self.shared.clock.now();
        let mut persona = self.shared.persona();
        persona
            .world
            .step(inquiry, step, Some("by another reviewer"), now)
            .expect("a step it can take");
    }
}

async fn handle(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        bearer: text(header::AUTHORIZATION.as_str())
            .and_then(|value| value.strip_prefix("Bearer ")),
        idempotency_key: text("idempotency-key"),
        body: &body,
    };
    let (latency, fault) = shared.persona().strike(&request);
    if latency > Duration::ZERO {
        tokio::time::sleep(latency).await;
    }
    let outcome = shared.persona().answer(&request, fault, shared.clock.now());
    match outcome {
        Outcome::Answer(answer) => {
            let mut response = Response::builder()
                .status(answer.status)
                .header(header::CONTENT_TYPE, "application/json; charset=utf-8");
            for (name, value) in answer.headers {
                response = response.header(name, value);
            }
            response.body(Body::from(answer.body)).expect("these headers are plain text")
        }
        // A body that breaks off takes the connection with it.
        Outcome::Closed => {
            let broken = futures::stream::once(async { Err::<Bytes, _>(io::Error::other("lost")) });
            Response::new(Body::from_stream(broken))
        }
        Outcome::Silent => pending().await,
    }
}
