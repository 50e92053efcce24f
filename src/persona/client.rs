//! The client: sends requests by the policies, with the key, in its lane.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use url::{Host, Url};

use super::{
    Document, Endpoint, Error, ErrorKind, Mismatches, Read, Request, Write,
    transport::{
        gate::Gate,
        http::{Failure, Http, MOST_BYTES, Options, Reply, Roots, Wire},
        measure,
        retry::{self, Decision},
    },
};
use crate::{
    clock::Clock,
    metrics::Recorder,
    model::{IdempotencyKey, Lane, Text},
    secret::{KeySource, Secret},
};

pub const DEFAULT_BASE_URL: &str = "https://api.withpersona.com/api/v1";

/// Where Persona is and how long it may take.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `/api/v1` included.
    pub base_url: Url,
    pub connect_timeout: Duration,
    /// For a whole answer.
    pub timeout: Duration,
    pub roots: Roots,
}

/// Talks to one Persona environment. Share it: it holds the budget.
pub struct Client {
    base_url: Url,
    http: Http,
    source: KeySource,
    key: Mutex<Option<Secret<String>>>,
    clock: Clock,
    recorder: Arc<Recorder>,
    gate: Gate,
    environments: Mutex<Environments>,
    mismatches: Mismatches,
}

#[derive(Default)]
struct Environments {
    last: Option<Text>,
    pinned: Option<Text>,
}

impl Client {
    /// Nothing is sent and no key is read yet.
    ///
    /// # Errors
    /// If the base URL would carry the key over a network in the clear.
    pub fn new(
        settings: Settings,
        source: KeySource,
        clock: Clock,
        recorder: Arc<Recorder>,
    ) -> Result<Self, Error> {
        let local = is_local(&settings.base_url);
        let refused = match settings.base_url.scheme() {
            "https" => None,
            "http" if local => None,
            "http" => Some("plain http would send the API key in the clear: use https"),
            _ => Some("persona.base_url is no web address: it begins with https://"),
        };
        if let Some(why) = refused {
            return Err(Error::new(ErrorKind::Refused(why.into()), "reach Persona"));
        }
        let http = Http::new(Options {
            roots: settings.roots,
            connect_timeout: settings.connect_timeout,
            timeout: settings.timeout,
            local,
        });
        Ok(Self {
            base_url: settings.base_url,
            http,
            source,
            key: Mutex::default(),
            gate: Gate::new(clock.clone(), Arc::clone(&recorder)),
            clock,
            recorder,
            environments: Mutex::default(),
            mismatches: Mismatches::default(),
        })
    }

    /// Asks, and asks again where the retry policy says so.
    pub async fn read<E: Read>(&self, endpoint: &E, lane: Lane) -> Result<E::Output, Error> {
        let request = endpoint.request();
        let mut attempt = 1;
        loop {
            let why = match self.attempt(endpoint, &request, None, lane, attempt).await {
                Ok(output) => return Ok(output),
                Err(why) => why,
            };
            match retry::decide(attempt, why.kind(), lane, fastrand::f64()) {
                Decision::GiveUp => return Err(why),
                Decision::Again { after } => self.clock.sleep(after).await,
            }
            attempt += 1;
        }
    }

    /// Sends once. `key` must be durable already: after silence the same key is sent again.
    pub async fn write<E: Write>(
        &self,
        endpoint: &E,
        key: &IdempotencyKey,
        lane: Lane,
    ) -> Result<E::Output, Error> {
        let request = endpoint.request();
        self.check_environment(&request.words)?;
        self.attempt(endpoint, &request, Some(key), lane, 1).await
    }

    /// The environment that last answered.
    pub fn environment(&self) -> Option<Text> {
        held(&self.environments).last.clone()
    }

    /// From now on an answer from any other environment is an error, and nothing is written to
    /// one.
    pub fn pin_environment(&self, expected: Text) {
        held(&self.environments).pinned = Some(expected);
    }

    /// Where answers were not what the model expects.
    pub fn mismatches(&self) -> &Mismatches {
        &self.mismatches
    }

    async fn attempt<E: Endpoint>(
        &self,
        endpoint: &E,
        request: &Request,
        key: Option<&IdempotencyKey>,
        lane: Lane,
        number: u32,
    ) -> Result<E::Output, Error> {
        let url = self.url(request)?;
        let api_key = self.api_key(request)?;
        match self.once(endpoint, request, &url, &api_key, key, lane, number).await {
            // The key may have been rotated: a new one is tried at once. A 401 is answered before
            // idempotency, so the same idempotency key is right.
            Err(why) if matches!(why.kind(), ErrorKind::Unauthorized) => {
                *held(&self.key) = None;
                let fresh = self.api_key(request)?;
                if fresh.expose() == api_key.expose() {
                    return Err(why);
                }
                self.once(endpoint, request, &url, &fresh, key, lane, number + 1).await
            }
            answer => answer,
        }
    }

    #[expect(clippy::too_many_arguments, reason = "one attempt is exactly these facts")]
    async fn once<E: Endpoint>(
        &self,
        endpoint: &E,
        request: &Request,
        url: &Url,
        api_key: &Secret<String>,
        key: Option<&IdempotencyKey>,
        lane: Lane,
        number: u32,
    ) -> Result<E::Output, Error> {
        let ticket = self.gate.enter(lane).await;
        let wire = Wire {
            method: request.method,
            url: url.clone(),
            key: api_key,
            idempotency_key: key,
            body: request.body.as_ref().map(ToString::to_string),
        };
        let sent = Instant::now();
        let reply = self.http.send(wire).await;
        let latency = sent.elapsed();
        let was_sent = !matches!(reply, Err(Failure::Setup(_)));
        let (mut status, mut request_id) = (None, None);
        if let Ok(reply) = &reply {
            (status, request_id) = (Some(reply.status), reply.headers.request_id.clone());
            self.gate.learn(&reply.headers);
            if let Some(environment) = &reply.headers.environment {
                held(&self.environments).last = Some(environment.clone());
            }
        }
        let outcome = self.judge(endpoint, request, reply);
        let error = outcome.as_ref().err();
        if let Some(why) = error
            && why.status() == Some(429)
            && !why.is_quota()
        {
            self.gate.exhausted(why.retry_after());
        }
        drop(ticket);
        if was_sent {
            let (at, error) = (self.clock.now(), error.map(Error::kind));
            let request_id = request_id.as_ref().map(Text::to_string);
            let facts =
                measure::Facts { at, request, status, request_id, latency, lane, number, error };
            measure::record(&self.recorder, facts);
        }
        outcome
    }

    /// An answer, or what is wrong with it.
    fn judge<E: Endpoint>(
        &self,
        endpoint: &E,
        request: &Request,
        reply: Result<Reply, Failure>,
    ) -> Result<E::Output, Error> {
        let words = &request.words;
        let reply = reply.map_err(|why| {
            let kind = match why {
                Failure::Setup(why) => ErrorKind::Refused(why),
                Failure::NoAnswer(how) => ErrorKind::NoAnswer(how),
                Failure::TooLarge => ErrorKind::Unreadable {
                    path: "the whole body".into(),
                    why: format!("it is larger than {} MiB", MOST_BYTES / 1024 / 1024),
                },
            };
            Error::new(kind, words)
        })?;
        let unreadable = |path: String, why: String| {
            Error::new(ErrorKind::Unreadable { path, why }, words).answered(
                reply.status,
                reply.headers.request_id.clone(),
                Vec::new(),
            )
        };
        let body = Document::from_slice(&reply.body);
        if !(200..300).contains(&reply.status) {
            let said = body.map(|body| body.errors()).unwrap_or_default();
            let kind = ErrorKind::of_status(reply.status, &said, reply.headers.retry_after);
            return Err(Error::new(kind, words).answered(
                reply.status,
                reply.headers.request_id.clone(),
                said,
            ));
        }
        self.check_environment(words)?;
        let body = body.map_err(|why| {
            unreadable(format!("line {}, column {}", why.line(), why.column()), "not JSON".into())
        })?;
        let decoded = endpoint.decode(&body);
        self.mismatches.note(body.into_mismatches(request.template), self.clock.now());
        decoded.map_err(|why| unreadable(why.path, why.why.to_owned()))
    }

    fn check_environment(&self, words: &str) -> Result<(), Error> {
        let environments = held(&self.environments);
        match (&environments.pinned, &environments.last) {
            (Some(expected), Some(found)) if expected != found => {
                let (expected, found) = (expected.clone(), found.clone());
                Err(Error::new(ErrorKind::OtherEnvironment { expected, found }, words))
            }
            _ => Ok(()),
        }
    }

    fn url(&self, request: &Request) -> Result<Url, Error> {
        if let Some(link) = &request.link {
            let why = "Persona's link leads out of its API";
            return link
                .resolve(&self.base_url)
                .ok_or_else(|| Error::new(ErrorKind::Refused(why.into()), &request.words));
        }
        let mut url = self.base_url.clone();
        let root = url.path().trim_end_matches('/');
        url.set_path(&format!("{root}{}", request.path));
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        Ok(url)
    }

    fn api_key(&self, request: &Request) -> Result<Secret<String>, Error> {
        let mut known = held(&self.key);
        if let Some(key) = &*known {
            return Ok(key.clone());
        }
        let key =
            self.source.read().map_err(|why| Error::new(ErrorKind::Key(why), &request.words))?;
        *known = Some(key.clone());
        Ok(key)
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().expect("nothing panics while these locks are held")
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
