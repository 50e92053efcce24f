//! From a request to an answer, in Persona's order: the key, the rate window, replays, the route.
//! Faults strike where they would in life.

use fastrand::Rng;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Options, Scenario,
    idempotency::{Keys, Seen, Stored, fingerprint},
    limits::{Left, RateWindow},
    routes::{self, Asked},
    scenario::Fault,
    seed,
    serve::Received,
    world::{Refusal, World},
};
use crate::secret::Secret;

/// The whole Persona: its world and what stands before it.
pub struct Persona {
    pub world: World,
    pub key: Secret<String>,
    pub scenario: Scenario,
    pub received: Vec<Received>,
    window: RateWindow,
    keys: Keys,
    dice: Rng,
    requests: u64,
    environment: String,
}

/// A request as it came.
pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    pub query: &'a str,
    pub bearer: Option<&'a str>,
    pub idempotency_key: Option<&'a str>,
    pub body: &'a [u8],
}

/// What goes back, if anything does.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Answer(Answer),
    /// The connection is closed.
    Closed,
    /// The connection stays open for good.
    Silent,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    pub status: u16,
    pub body: String,
    pub headers: Vec<(&'static str, String)>,
}

impl Persona {
    pub fn new(options: Options, start: Timestamp) -> Self {
        let mut dice = Rng::with_seed(options.seed ^ 0xd1ce);
        let environment: String = (0..24).map(|_| dice.alphanumeric()).collect();
        Self {
            world: seed::world(options.seed, options.inquiries, start),
            key: options.key,
            scenario: options.scenario,
            received: Vec::new(),
            window: RateWindow::new(options.rate_limit),
            keys: Keys::default(),
            dice,
            requests: 0,
            environment: format!("env_{environment}"),
        }
    }

    /// What strikes this request, and how long before anything happens.
    pub fn strike(&mut self, request: &Request<'_>) -> (std::time::Duration, Fault) {
        self.scenario.strike(request.method, request.path, &mut self.dice)
    }

    pub fn answer(&mut self, request: &Request<'_>, fault: Fault, now: Timestamp) -> Outcome {
        let outcome = self.judge(request, fault, now);
        self.received.push(Received {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            query: request.query.to_owned(),
            idempotency_key: request.idempotency_key.map(str::to_owned),
            status: match &outcome {
                Outcome::Answer(answer) => Some(answer.status),
                Outcome::Closed | Outcome::Silent => None,
            },
        });
        outcome
    }

    fn judge(&mut self, request: &Request<'_>, fault: Fault, now: Timestamp) -> Outcome {
        match fault {
            Fault::LostRequest => return Outcome::Closed,
            Fault::Stuck => return Outcome::Silent,
            _ => {}
        }
        if request.bearer != Some(self.key.expose()) {
            let refusal = Refusal::new(401, "Must be authenticated to access this endpoint", "");
            // Before anything is known of the caller, so without the other headers.
            return Outcome::Answer(Answer {
                status: 401,
                body: errors(&refusal),
                headers: Vec::new(),
            });
        }
        let left = self.window.take(now);
        if !left.allowed || fault == Fault::RateLimited {
            let details = format!("You have hit your rate limit of {} requests / min.", left.limit);
            let refusal = Refusal::new(429, "Rate limit exceeded", details);
            let left = Left { remaining: 0, ..left };
            return self.headed(429, errors(&refusal), left);
        }
        if fault == Fault::Unavailable {
            let refusal = Refusal::new(503, "Service unavailable", "try again later");
            return self.headed(503, errors(&refusal), left);
        }
        let key = request.idempotency_key.filter(|_| request.method == "POST");
        let print = fingerprint(request.path, request.body);
        match key.map(|key| self.keys.look(key, print, now)) {
            Some(Seen::Replay(stored)) => return self.headed(stored.status, stored.body, left),
            Some(Seen::Mismatch) => {
                let details = "Keys for idempotent requests can only be used with the same parameters they were first used with";
                let refusal = Refusal::new(400, "Idempotency error", details);
                return self.headed(400, errors(&refusal), left);
            }
            Some(Seen::New) | None => {}
        }
        let (status, body) = match fault {
            Fault::Error => {
                (500, errors(&Refusal::new(500, "Internal error", "something went wrong")))
            }
            Fault::Stale => {
                let details =
                    "Attempted to update a record that was just modified. Please try again.";
                (409, errors(&Refusal::new(409, "Stale object error", details)))
            }
            _ => self.route(request, left, now),
        };
        let (status, body) = match fault {
            Fault::ErrorAfter => {
                (500, errors(&Refusal::new(500, "Internal error", "something went wrong")))
            }
            _ => (status, body),
        };
        if let Some(key) = key {
            self.keys.store(key, print, Stored { status, body: body.clone() }, now);
        }
        match fault {
            Fault::LostAnswer => Outcome::Closed,
            _ => self.headed(status, body, left),
        }
    }

    fn route(&mut self, request: &Request<'_>, left: Left, now: Timestamp) -> (u16, String) {
        let refused = |refusal: &Refusal| (refusal.status, errors(refusal));
        let body = match request.body {
            [] => Ok(Value::Null),
            body => serde_json::from_slice(body),
        };
        let Ok(body) = body else {
            return refused(&Refusal::new(400, "Bad Request", "the body is not JSON"));
        };
        let Some(path) = request.path.strip_prefix("/api/v1/") else {
            return refused(&Refusal::new(404, "Record not found", "there is no such endpoint"));
        };
        let query = url::form_urlencoded::parse(request.query.as_bytes());
        let asked = Asked {
            method: request.method,
            path: path.split('/').collect(),
            query: query.map(|(key, value)| (key.into_owned(), value.into_owned())).collect(),
            body,
            left,
            now,
        };
        match routes::route(&mut self.world, &asked) {
            Ok((status, answer)) => (status, answer.to_string()),
            Err(refusal) => refused(&refusal),
        }
    }

    fn headed(&mut self, status: u16, body: String, left: Left) -> Outcome {
        self.requests += 1;
        let headers = vec![
            ("RateLimit-Limit", left.limit.to_string()),
            ("RateLimit-Remaining", left.remaining.to_string()),
            ("RateLimit-Reset", left.reset.to_string()),
            ("Request-Id", format!("req_simulated{:015}", self.requests)),
            ("Persona-Environment-Id", self.environment.clone()),
            ("Persona-Organization-Id", "org_Simulated0000000000001".to_owned()),
        ];
        Outcome::Answer(Answer { status, body, headers })
    }
}

fn errors(refusal: &Refusal) -> String {
    let mut error = json!({ "title": refusal.title });
    if !refusal.details.is_empty() {
        error["details"] = refusal.details.as_str().into();
    }
    if let Some(pointer) = refusal.pointer {
        error["source"] = json!({ "pointer": pointer });
    }
    json!({ "errors": [error] }).to_string()
}
