//! The client: sends requests by the policies, with the key, in its lane.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::{Duration, Instant},
};

use tokio::sync::Notify;
use url::{Host, Url};

use super::{
    Document, Endpoint, Error, ErrorKind, Read, Request, Write,
    transport::{
        http::{Failure, Http, MOST_BYTES, Options, Reply, Roots, Wire},
        measure,
        rate_limit::{self, Admit, Window},
        retry::{self, Decision},
    },
};
use crate::{
    clock::Clock,
    metrics::{Budget, Recorder},
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
    window: Mutex<Window>,
    /// Somebody was answered: the budget is known anew.
    answered: Notify,
    environments: Mutex<Environments>,
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
        if settings.base_url.scheme() != "https" && !local {
            let why = "plain http would send the API key in the clear: use https";
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
            clock,
            recorder,
            window: Mutex::default(),
            answered: Notify::new(),
            environments: Mutex::default(),
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
        self.attempt(endpoint, &request, Some(key), lane, 1).await
    }

    /// The environment that last answered.
    pub fn environment(&self) -> Option<Text> {
        held(&self.environments).last.clone()
    }

    /// From now on an answer from any other environment is an error.
    pub fn pin_environment(&self, expected: Text) {
        held(&self.environments).pinned = Some(expected);
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
        let ticket = self.admitted(lane).await;
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
        let now = self.clock.now();
        if let Ok(reply) = &reply {
            self.learn(reply, now);
        }
        drop(ticket);
        let (status, request_id) = match &reply {
            Ok(reply) => {
                (Some(reply.status), reply.headers.request_id.as_ref().map(Text::to_string))
            }
            Err(_) => (None, None),
        };
        let outcome = self.judge(endpoint, request, reply);
        let error = outcome.as_ref().err().map(Error::kind);
        let facts =
            measure::Facts { at: now, request, status, request_id, latency, lane, number, error };
        measure::record(&self.recorder, facts);
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
        let body = serde_json::from_slice(&reply.body).map(Document::new);
        if !(200..300).contains(&reply.status) {
            let said = body.map(|body| body.errors()).unwrap_or_default();
            let kind = kind_of(reply.status, &said, reply.headers.retry_after.or(reset_of(&reply)));
            return Err(Error::new(kind, words).answered(
                reply.status,
                reply.headers.request_id.clone(),
                said,
            ));
        }
        self.check_environment(&reply, words)?;
        let body = body.map_err(|why| {
            unreadable(format!("line {}, column {}", why.line(), why.column()), "not JSON".into())
        })?;
        endpoint.decode(&body).map_err(|why| unreadable(why.path, why.why.to_owned()))
    }

    fn check_environment(&self, reply: &Reply, words: &str) -> Result<(), Error> {
        let Some(found) = &reply.headers.environment else { return Ok(()) };
        let mut environments = held(&self.environments);
        environments.last = Some(found.clone());
        match &environments.pinned {
            Some(expected) if expected != found => {
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

    fn learn(&self, reply: &Reply, now: jiff::Timestamp) {
        let mut window = held(&self.window);
        rate_limit::learn(&mut window, reply.headers.rate_limit, now);
        if reply.status == 429 {
            rate_limit::exhausted(&mut window, reply.headers.retry_after, now);
        }
        if let Some(resets_at) = window.resets_at
            && window.limit > 0
        {
            let budget = Budget { limit: window.limit, remaining: window.remaining, resets_at };
            self.recorder.budget(budget);
        }
    }

    /// Waits for the lane's turn.
    async fn admitted(&self, lane: Lane) -> Ticket<'_> {
        let mut waiting: Option<Waiting<'_>> = None;
        loop {
            let answered = self.answered.notified();
            let until = {
                let mut window = held(&self.window);
                match rate_limit::admit(&window, lane, self.clock.now()) {
                    Admit::Go => {
                        window.in_flight += 1;
                        return Ticket { client: self };
                    }
                    Admit::Wait(until) => {
                        if lane == Lane::Front && waiting.is_none() {
                            window.front_waiting += 1;
                            waiting = Some(Waiting { client: self });
                        }
                        until
                    }
                }
            };
            tokio::select! {
                () = self.clock.sleep_until(until) => {}
                () = answered => {}
            }
        }
    }
}

/// A request under way; dropped when it is answered or abandoned.
struct Ticket<'a> {
    client: &'a Client,
}

impl Drop for Ticket<'_> {
    fn drop(&mut self) {
        held(&self.client.window).in_flight -= 1;
        self.client.answered.notify_waiters();
    }
}

/// A person's request that waits for budget.
struct Waiting<'a> {
    client: &'a Client,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        held(&self.client.window).front_waiting -= 1;
    }
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().expect("nothing panics while these locks are held")
}

/// For a 429 without Retry-After.
fn reset_of(reply: &Reply) -> Option<Duration> {
    reply.headers.rate_limit.map(|(.., seconds)| Duration::from_secs(seconds.into()))
}

fn kind_of(status: u16, said: &[Text], retry_after: Option<Duration>) -> ErrorKind {
    let mentions = |word: &str| said.iter().any(|text| text.as_str().to_lowercase().contains(word));
    match status {
        300..=399 => ErrorKind::Redirected,
        401 => ErrorKind::Unauthorized,
        // A used-up quota is documented as either.
        429 => ErrorKind::RateLimited { retry_after },
        403 if mentions("quota") => ErrorKind::RateLimited { retry_after },
        403 => ErrorKind::Forbidden,
        404 => ErrorKind::NotFound,
        408 => ErrorKind::TimedOut,
        409 => ErrorKind::Conflict { stale: mentions("stale") || mentions("just modified") },
        500.. => ErrorKind::Server,
        _ => ErrorKind::Invalid,
    }
}

fn is_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
