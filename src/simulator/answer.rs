//! From a request to an answer, in Persona's order: the key, the rate window, replays, the route.
//! Faults strike where they would in life.

use jiff::Timestamp;
use serde_json::Value;

use super::{
    call::{Call, Content, Reply},
    fault::Fault,
    idempotency::{Seen, Stored, fingerprint},
    inflect::Inflection,
    keys::Caller,
    limits::Left,
    persona::Persona,
    query::{Query, bad_request},
    render::Look,
    reply::{Answer, Body, Delivery, errors},
    request::Request,
    routes::{self, Meant, Operation},
    scenario::Strike,
    shape::{Shape, Unknown},
    version::Version,
    world::Refusal,
};

/// What goes back, if anything does.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    Answer(Answer),
    /// The connection is closed.
    Closed,
    /// The connection stays open for good.
    Silent,
}

/// The key of a request that was told to wait belongs to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    Held,
    None,
}

/// An answer in the making.
struct Words {
    status: u16,
    body: Body,
    /// What is left of the quota, for creates.
    quota: Option<Left>,
}

impl Words {
    fn refused(refusal: &Refusal) -> Self {
        let body = Body::Json(errors(refusal));
        Self { status: refusal.status, body, quota: None }
    }
}

impl Persona {
    pub fn answer(
        &mut self,
        request: &Request<'_>,
        strike: Strike,
        claim: Claim,
        now: Timestamp,
    ) -> Outcome {
        self.catch_up(now);
        let outcome = self.judge(request, strike, claim, now);
        self.tell_new_events(now);
        let status = match &outcome {
            Outcome::Answer(answer) => Some(answer.status),
            Outcome::Closed | Outcome::Silent => None,
        };
        self.receive(request, status);
        outcome
    }

    fn judge(
        &mut self,
        request: &Request<'_>,
        strike: Strike,
        claim: Claim,
        now: Timestamp,
    ) -> Outcome {
        match strike.fault {
            Fault::LostRequest => return Outcome::Closed,
            Fault::Stuck => return Outcome::Silent,
            _ => {}
        }
        let caller = request.bearer().and_then(|value| self.ring.caller(&self.world, value, now));
        let Some(mut caller) = caller.filter(|_| strike.fault != Fault::Unauthorized) else {
            let refusal = Refusal::new(401, "Must be authenticated to access this endpoint", "");
            // Before anything is known of the caller, so without the other headers.
            return Outcome::Answer(Answer::plain(401, errors(&refusal)));
        };
        let left = self.count(&caller, strike.others, now);
        if !left.allowed || strike.fault == Fault::RateLimited {
            let limit = left.limit;
            let details = format!(
                "You have hit your rate limit of {limit} requests / min. Please reach out to support if you need this changed."
            );
            let refusal = Refusal::new(429, "Rate limit exceeded", details);
            let words = Words::refused(&refusal);
            return self.finish(request, words, Left { remaining: 0, ..left }, strike, now);
        }
        if let Some(refusal) = strike.fault.unstored() {
            return self.finish(request, Words::refused(&refusal), left, strike, now);
        }
        let key = request.header("idempotency-key").filter(|_| request.method == "POST");
        let print = fingerprint(request.method, request.path, request.body);
        match key.filter(|_| claim == Claim::None).map(|key| self.keys.look(key, print, now)) {
            // A replay does nothing, so it leaves no trace either.
            Some(Seen::Replay(stored)) => {
                let answer = self.headed(stored.status, Body::Text(stored.body), left, None);
                return Outcome::Answer(answer);
            }
            Some(Seen::Mismatch) => {
                let details = "Keys for idempotent requests can only be used with the same parameters they were first used with";
                let refusal = Refusal::new(400, "Idempotency error", details);
                return self.finish(request, Words::refused(&refusal), left, strike, now);
            }
            Some(Seen::Running) => {
                let details = "A request with this idempotency key is still being processed";
                let refusal = Refusal::new(409, "Conflict", details);
                return self.finish(request, Words::refused(&refusal), left, strike, now);
            }
            Some(Seen::New) | None => {}
        }
        let mut words = match strike.fault.stored() {
            Some(refusal) => Words::refused(&refusal),
            None => self.route(request, &mut caller, strike, left, now),
        };
        if strike.fault == Fault::ErrorAfter {
            let broken = Fault::Error.stored().expect("an error has words");
            words = Words { quota: words.quota, ..Words::refused(&broken) };
        }
        match key {
            // Refused before the layer that keeps answers.
            Some(key) if words.status == 429 => self.keys.forget(key),
            Some(key) => {
                let stored = Stored { status: words.status, body: words.body.text() };
                self.keys.store(key, print, stored, now);
            }
            None => {}
        }
        match strike.fault {
            Fault::LostAnswer => Outcome::Closed,
            Fault::StuckAfter => Outcome::Silent,
            _ => self.finish(request, words, left, strike, now),
        }
    }

    /// Counts the request against all together and against its key: the tighter limit is told.
    fn count(&mut self, caller: &Caller, others: u32, now: Timestamp) -> Left {
        if others > 0 {
            self.window.taken_by_others(others, now);
        }
        let all = self.window.take(now);
        match self.ring.take(&caller.key, now) {
            Some(own) if !own.allowed || own.remaining < all.remaining => {
                Left { allowed: own.allowed && all.allowed, ..own }
            }
            _ => all,
        }
    }

    fn route(
        &mut self,
        request: &Request<'_>,
        caller: &mut Caller,
        strike: Strike,
        left: Left,
        now: Timestamp,
    ) -> Words {
        let (operation, ids) = match self.find(request, caller) {
            Ok(found) => found,
            Err(refusal) => return Words::refused(&refusal),
        };
        let quota = operation.quota.map(|product| (product, self.quotas.take(product, now)));
        if let Some((product, left)) = quota
            && (!left.allowed || strike.fault == Fault::QuotaExceeded)
        {
            let limit = left.limit;
            let details = format!(
                "You have hit your {product} quota limit of {limit} requests. Please reach out to support if you need this changed."
            );
            let refusal = Refusal::new(429, "Quota exceeded", details);
            let left = Left { remaining: 0, ..left };
            return Words { quota: Some(left), ..Words::refused(&refusal) };
        }
        let quota = quota.map(|(_, left)| left);
        let before = ids.first().and_then(|id| self.world.get(id));
        let reply = self.run(request, caller, operation, ids, left, now);
        let (reply, query) = match reply {
            Ok(done) => done,
            Err(refusal) => return Words { quota, ..Words::refused(&refusal) },
        };
        if operation.method != "GET" {
            self.remember(before, &reply, now);
        }
        let status = reply.status;
        if let Content::Pdf(bytes) = reply.content {
            return Words { status, body: Body::Pdf(bytes), quota };
        }
        let look = Look::of(caller, &self.files, now);
        let body = look.body(&self.world, reply, &query, request.path).unwrap_or_default();
        Words { status, body: Body::Json(body), quota }
    }

    /// The endpoint that is meant, if the caller may use it.
    fn find<'a>(
        &self,
        request: &Request<'a>,
        caller: &mut Caller,
    ) -> Result<(&'static Operation, Vec<&'a str>), Refusal> {
        if let Some(name) = request.header("persona-version") {
            let unknown = || bad_request(format!("Persona-Version {name:?} is not a version"));
            caller.version = Version::named(name).ok_or_else(unknown)?;
        }
        if let Some(name) = request.header("key-inflection") {
            let unknown = || bad_request("Key-Inflection must be camel, kebab or snake");
            caller.inflection = Inflection::named(name).ok_or_else(unknown)?;
        }
        match asked(request) {
            Meant::Operation(operation, ids) => {
                caller.admit(request.peer, &operation.permission())?;
                Ok((operation, ids))
            }
            Meant::OtherMethod(allowed) => {
                Err(Refusal::new(405, "Method not allowed", format!("Allowed: {allowed}")))
            }
            Meant::Nothing => {
                Err(Refusal::new(404, "Record not found", "there is no such endpoint"))
            }
        }
    }

    fn run(
        &mut self,
        request: &Request<'_>,
        caller: &Caller,
        operation: &'static Operation,
        ids: Vec<&str>,
        left: Left,
        now: Timestamp,
    ) -> Result<(Reply, Query), Refusal> {
        let unknown = if self.scenario.strict { Unknown::Refuse } else { Unknown::Keep };
        let query = Query::read(request.query, operation.takes, unknown)?;
        let body = match operation.body {
            Some(shape) => Shape::parse(shape).hold(request.json()?, unknown)?,
            None => Value::Null,
        };
        let mut later = Vec::new();
        let mut call = Call {
            world: &mut self.world,
            keys: &mut self.ring,
            hooks: &mut self.hooks,
            files: &mut self.files,
            index: &self.index,
            later: &mut later,
            locks: &mut self.locks,
            history: &mut self.history,
            logs: &self.logs,
            caller,
            path: request.path,
            ids,
            filters: operation.takes.filters,
            query,
            body,
            left,
            now,
        };
        let reply = (operation.run)(&mut call)?;
        let query = call.query;
        self.redact_later(later, now);
        Ok((reply, query))
    }

    /// Puts on the headers, writes the log, and spoils what a fault spoils.
    fn finish(
        &mut self,
        request: &Request<'_>,
        words: Words,
        left: Left,
        strike: Strike,
        now: Timestamp,
    ) -> Outcome {
        let Words { status, mut body, quota } = words;
        if let Body::Json(body) = &mut body {
            strike.fault.spoil(body);
        }
        let mut answer = self.headed(status, body, left, quota);
        if let (429 | 503, Some(seconds)) = (status, strike.retry_after) {
            answer.headers.push(("Retry-After", seconds.to_string()));
        }
        if let (405, Meant::OtherMethod(allowed)) = (status, asked(request)) {
            answer.headers.push(("Allow", allowed));
        }
        self.log(request, &answer, now);
        match strike.fault {
            Fault::AbsurdLimits => answer.make_limits_absurd(),
            Fault::NoLimits => answer.headers.retain(|(name, _)| !name.starts_with("RateLimit")),
            Fault::BrokenJson => answer.break_body(),
            Fault::WrongContentType => answer.become_html(),
            Fault::SlowBody => answer.delivery = Delivery::Slow(strike.pause),
            _ => {}
        }
        Outcome::Answer(answer)
    }
}

fn asked<'a>(request: &Request<'a>) -> Meant<'a> {
    let path = request.path.strip_prefix("/api/v1/").unwrap_or_default();
    routes::meant(request.method, path)
}
