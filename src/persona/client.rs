//! The client: sends requests by the policies, with the key, in its lane.

use std::{
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use jiff::SignedDuration;
use url::Url;

use super::{
    Document, Endpoint, Error, ErrorKind, Method, Mismatches, NoAnswer, Read, Request, Write,
    address::Address,
    download::{self, Download},
    files::FileLink,
    held_key::HeldKey,
    print::Print,
    transport::{
        gate::{Gate, Ticket},
        http::{Headers, Http, MOST_BYTES, Options, Reply, Roots, Wire},
        judge::{Seen, accepted},
        measure::UnderWay,
        quota,
        retry::{self, Decision, Effect},
    },
};
use crate::{
    clock::Clock,
    metrics::Recorder,
    model::{IdempotencyKey, Lane, PersonaSaid, Text},
    secret::KeySource,
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
    address: Address,
    http: Http,
    key: HeldKey,
    clock: Clock,
    recorder: Arc<Recorder>,
    gate: Gate,
    environments: Mutex<Environments>,
    mismatches: Mismatches,
    skew: Mutex<Option<SignedDuration>>,
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
        let address = Address::checked(settings.base_url)?;
        let http = Http::new(Options {
            roots: settings.roots,
            connect_timeout: settings.connect_timeout,
            timeout: settings.timeout,
            local: address.is_local(),
        });
        Ok(Self {
            address,
            http,
            key: HeldKey::new(source),
            gate: Gate::new(clock.clone(), Arc::clone(&recorder)),
            clock,
            recorder,
            environments: Mutex::default(),
            mismatches: Mismatches::default(),
            skew: Mutex::default(),
        })
    }

    /// What every attempt is taken into.
    pub fn recorder(&self) -> &Arc<Recorder> {
        &self.recorder
    }

    /// Asks, and asks again where the retry policy says so.
    pub async fn read<E: Read>(&self, endpoint: &E, lane: Lane) -> Result<E::Output, Error> {
        let request = endpoint.request();
        let read = |reply| self.decoded(endpoint, &request, reply);
        self.repeated(&request, Effect::None, None, lane, 1, read).await
    }

    /// Sends a POST or a PATCH once, whatever comes of it; a DELETE again where the retry policy
    /// says so, since it may be repeated freely. `key` must be durable already: after silence
    /// the same key is sent again with a POST. It does not travel with a PATCH: read again, then
    /// repeat.
    pub async fn write<E: Write>(
        &self,
        endpoint: &E,
        key: &IdempotencyKey,
        lane: Lane,
    ) -> Result<E::Output, Error> {
        self.write_nth(endpoint, key, lane, 1).await.map(|(output, _)| output)
    }

    /// The same for whoever repeats a write and keeps what was answered: `nth` is the number of
    /// this try, for its record.
    pub async fn write_nth<E: Write>(
        &self,
        endpoint: &E,
        key: &IdempotencyKey,
        lane: Lane,
        nth: u32,
    ) -> Result<(E::Output, PersonaSaid), Error> {
        let request = endpoint.request();
        self.check_environment(&request.words)?;
        let read = |reply: Reply| {
            let said = PersonaSaid {
                status: Some(reply.status),
                class: Text::new("done"),
                request_id: reply.headers.request_id.clone(),
            };
            Ok((self.decoded(endpoint, &request, reply)?, said))
        };
        let effect = Effect::of(request.method);
        self.repeated(&request, effect, Some(key), lane, nth, read).await
    }

    /// What the dashboard prints: a PDF.
    pub async fn print(&self, print: &Print, lane: Lane) -> Result<Download, Error> {
        let request = print.request();
        let read = |reply| download::pdf(&request, reply);
        self.repeated(&request, Effect::None, None, lane, 1, read).await
    }

    /// A file behind the evidence, if it has at most so many bytes. The API key does not travel there,
    /// and the rate limit does not count it; a link that has expired is a 403.
    pub async fn download(
        &self,
        link: &FileLink,
        most: usize,
        lane: Lane,
    ) -> Result<Download, Error> {
        let request = download::request();
        let url = download::checked(link, self.address.base())?;
        let wire = Wire {
            method: request.method,
            url,
            accept: request.accept,
            key: None,
            idempotency_key: None,
            body: None,
            most,
        };
        let mut nth = 1;
        loop {
            let under_way = UnderWay::begin(&self.recorder, &self.clock, &request, lane, nth);
            let reply = self.http.send(&wire).await;
            let (seen, latency) = (Seen::of(&reply), under_way.latency());
            let outcome = accepted(&request, reply).map(Download::from);
            under_way.end(seen, latency, outcome.as_ref().err().map(Error::kind));
            match outcome {
                Ok(file) => return Ok(file),
                Err(why) => self.pause(Effect::None, nth, lane, why).await?,
            }
            nth += 1;
        }
    }

    /// Sends, and sends again where the retry policy says so. `number` is that of the first try.
    async fn repeated<T>(
        &self,
        request: &Request,
        effect: Effect,
        key: Option<&IdempotencyKey>,
        lane: Lane,
        mut number: u32,
        read: impl Fn(Reply) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut nth = 1;
        loop {
            match self.attempt(request, key, lane, &mut number, &read).await {
                Ok(output) => return Ok(output),
                Err(why) => self.pause(effect, nth, lane, why).await?,
            }
            nth += 1;
        }
    }

    /// Waits for the next try after the `nth`, if the retry policy knows of one.
    async fn pause(&self, effect: Effect, nth: u32, lane: Lane, why: Error) -> Result<(), Error> {
        match retry::decide(effect, nth, why.kind(), lane, fastrand::f64()) {
            Decision::GiveUp => Err(why),
            Decision::Again { after } => {
                self.clock.sleep(after).await;
                Ok(())
            }
        }
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

    /// Whether the key is known to be for another environment than is expected.
    pub fn is_elsewhere(&self) -> bool {
        self.check_environment("").is_err()
    }

    /// The last four characters of the key in use, or of the one that would be used.
    pub fn key_ends(&self) -> Option<Text> {
        self.key.ends()
    }

    /// The key that requests go with.
    pub fn key(&self) -> &HeldKey {
        &self.key
    }

    /// How far this machine's clock was ahead of the server's at the last answer, to the second.
    pub fn clock_skew(&self) -> Option<SignedDuration> {
        *held(&self.skew)
    }

    /// Where answers were not what the model expects.
    pub fn mismatches(&self) -> &Mismatches {
        &self.mismatches
    }

    async fn attempt<T>(
        &self,
        request: &Request,
        key: Option<&IdempotencyKey>,
        lane: Lane,
        number: &mut u32,
        read: &impl Fn(Reply) -> Result<T, Error>,
    ) -> Result<T, Error> {
        if let Some(left) = quota::product(request).and_then(|product| self.gate.quota(product)) {
            let kind = ErrorKind::QuotaSpent { retry_after: Some(left) };
            return Err(Error::new(kind, &request.words));
        }
        let unusable = |why| Error::new(ErrorKind::Key(why), &request.words);
        let wire = Wire {
            method: request.method,
            url: self.address.of(request)?,
            accept: request.accept,
            key: Some(self.key.get().await.map_err(unusable)?),
            idempotency_key: key.filter(|_| request.method == Method::Post),
            body: request.body.as_ref().map(ToString::to_string),
            most: MOST_BYTES,
        };
        match self.once(request, &wire, lane, number, read).await {
            // The key may have been rotated: a new one is tried at once. A 401 is answered before
            // idempotency, so the same idempotency key is right.
            Err(why) if matches!(why.kind(), ErrorKind::Unauthorized) => {
                let Some(refused) = &wire.key else { return Err(why) };
                let fresh = self.key.after(refused).await.map_err(unusable)?;
                if fresh.expose() == refused.expose() {
                    return Err(why);
                }
                let wire = Wire { key: Some(fresh), ..wire };
                self.once(request, &wire, lane, number, read).await
            }
            answer => answer,
        }
    }

    async fn once<T>(
        &self,
        request: &Request,
        wire: &Wire<'_>,
        lane: Lane,
        number: &mut u32,
        read: &impl Fn(Reply) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let ticket = self.gate.enter(lane).await;
        let under_way = UnderWay::begin(&self.recorder, &self.clock, request, lane, *number);
        *number += 1;
        let reply = self.http.send(wire).await;
        let (seen, latency) = (Seen::of(&reply), under_way.latency());
        let headers = reply.as_ref().ok().map(|reply| reply.headers.clone());
        if let Some(headers) = &headers {
            if let Some(date) = headers.date {
                *held(&self.skew) = Some(self.clock.now().duration_since(date));
            }
            if let Some(environment) = &headers.environment {
                held(&self.environments).last = Some(environment.clone());
            }
        }
        let outcome = accepted(request, reply).and_then(|reply| {
            self.check_environment(&request.words)?;
            read(reply)
        });
        let error = outcome.as_ref().err().map(Error::kind);
        let never_left = matches!(seen, Seen::Unsent)
            || matches!(error, Some(ErrorKind::NoAnswer(NoAnswer::Connect | NoAnswer::Tls)));
        match headers {
            Some(headers) => self.learn(request, ticket, &headers, error),
            None if never_left => ticket.uncounted(),
            None => drop(ticket),
        }
        under_way.end(seen, latency, error);
        outcome
    }

    /// Takes what an answer told of the budget and of a quota.
    fn learn(
        &self,
        request: &Request,
        ticket: Ticket<'_>,
        headers: &Headers,
        error: Option<&ErrorKind>,
    ) {
        match error {
            Some(ErrorKind::RateLimited { retry_after }) => {
                ticket.refused(headers.rate_limit, *retry_after);
            }
            Some(ErrorKind::Unauthorized) => ticket.uncounted(),
            _ => ticket.answered(headers.rate_limit),
        }
        let Some(product) = quota::product(request) else { return };
        match error {
            Some(ErrorKind::QuotaSpent { retry_after }) => {
                self.gate.quota_refused(product, *retry_after);
            }
            _ => self.gate.quota_answered(product, headers.quota),
        }
    }

    fn decoded<E: Endpoint>(
        &self,
        endpoint: &E,
        request: &Request,
        reply: Reply,
    ) -> Result<E::Output, Error> {
        let unreadable = |path: String, why: String| {
            Error::new(ErrorKind::Unreadable { path, why }, &request.words).answered(
                reply.status,
                reply.headers.request_id.clone(),
                Vec::new(),
            )
        };
        let body = Document::from_bytes(reply.body).map_err(|why| {
            unreadable(format!("line {}, column {}", why.line, why.column), "not JSON".into())
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
}

fn held<T>(lock: &Mutex<T>) -> MutexGuard<'_, T> {
    lock.lock().expect("nothing panics while these locks are held")
}
