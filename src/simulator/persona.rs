//! The whole Persona: its world and what stands before it, and what happens to it besides requests.

use std::collections::{HashMap, HashSet, VecDeque};

use fastrand::Rng;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    Options, Scenario,
    base::Base,
    call::{Content, Reply},
    files::Files,
    idempotency::{Keys, fingerprint},
    index::Index,
    keys::{self, KeyRing, PERMISSIONS},
    limits::{Left, Quotas, RateWindow},
    reply::{Answer, Body},
    request::Request,
    routes, rows,
    scenario::Strike,
    serve::Received,
    version::Version,
    webhooks::Hooks,
    world::{Object, Refusal, World, written},
};
use crate::simulator::{answer::Claim, idempotency, rules::Step};

/// Requests that are remembered: for API logs, and for whoever asks what came.
const REMEMBERED: usize = 20_000;
const LOGGED: usize = 1_000;
/// What belongs to a redacted object is redacted so much later.
const LATER: SignedDuration = SignedDuration::from_secs(2);
/// So many of the newest cases are watched for their SLA from the start.
const WATCHED: usize = 2_000;

pub struct Persona {
    pub world: World,
    pub scenario: Scenario,
    pub received: VecDeque<Received>,
    pub files: Files,
    pub hooks: Hooks,
    pub(super) ring: KeyRing,
    pub(super) window: RateWindow,
    pub(super) quotas: Quotas,
    pub(super) keys: Keys,
    pub(super) index: Index,
    pub(super) locks: HashSet<String>,
    pub(super) history: HashMap<String, Vec<Value>>,
    pub(super) logs: VecDeque<Value>,
    redactions: Vec<(Timestamp, String)>,
    /// Cases by when their SLA ends.
    slas: Vec<(Timestamp, String)>,
    /// Events that webhooks were told of.
    told: usize,
    main_key: String,
    dice: Rng,
    requests: u64,
    environment: String,
}

impl Persona {
    /// `files` is where files are served.
    pub fn new(options: Options, files: String, start: Timestamp) -> Self {
        let mut dice = Rng::with_seed(options.seed ^ 0xd1ce);
        let environment: String = (0..24).map(|_| dice.alphanumeric()).collect();
        let mut secret = [0; 32];
        dice.fill(&mut secret);
        let base = Base::new(options.seed, options.inquiries, start, options.novelties);
        let mut world = World::new(base, options.seed, start, options.events_kept);
        let mut ring = KeyRing::new(options.key_rate_limit);
        let main_key = main_key(&mut world, &options, start);
        ring.issue(options.key.expose(), &main_key);
        let told = rows::count(&world, "event");
        let mut persona = Self {
            scenario: options.scenario,
            received: VecDeque::new(),
            files: Files::new(files, secret),
            hooks: Hooks::new(options.webhook_haste, options.webhook_abreast, options.seed),
            ring,
            window: RateWindow::new(options.rate_limit),
            quotas: Quotas::new(options.quota),
            keys: Keys::default(),
            index: Index::new(options.search_lag),
            locks: HashSet::new(),
            history: HashMap::new(),
            logs: VecDeque::new(),
            redactions: Vec::new(),
            slas: Vec::new(),
            told,
            main_key,
            dice,
            requests: 0,
            environment: format!("env_{environment}"),
            world,
        };
        let cases: Vec<Object> = rows::all(&persona.world, "case").take(WATCHED).collect();
        for case in cases {
            persona.watch(&case, start);
        }
        persona
    }

    /// From now on only this value opens the door for the main key.
    pub fn set_key(&mut self, value: &str) {
        self.ring.replace(value, &self.main_key);
    }

    /// This value opens the door for the main key, too.
    pub fn add_key(&mut self, value: &str) {
        self.ring.issue(value, &self.main_key);
    }

    /// What strikes this request. One that has to wait holds its idempotency key meanwhile.
    pub fn strike(&mut self, request: &Request<'_>, now: Timestamp) -> (Strike, Claim) {
        let strike = self.scenario.strike(request.method, request.path, &mut self.dice);
        let key = request.header("idempotency-key").filter(|_| request.method == "POST");
        if let Some(key) = key.filter(|_| !strike.latency.is_zero()) {
            let print = fingerprint(request.method, request.path, request.body);
            if self.keys.look(key, print, now) == idempotency::Seen::New {
                self.keys.begin(key, print, now);
                return (strike, Claim::Held);
            }
        }
        (strike, Claim::None)
    }

    /// A request that waited was given up by its sender.
    pub fn give_up(&mut self, key: &str) {
        self.keys.forget(key);
    }

    /// What time brings: late redactions, and SLAs that end.
    pub fn catch_up(&mut self, now: Timestamp) {
        let due = |list: &mut Vec<(Timestamp, String)>| -> Vec<String> {
            list.extract_if(.., |(at, _)| *at <= now).map(|(_, id)| id).collect()
        };
        for id in due(&mut self.redactions) {
            let redacted = |object: &Object| {
                object.attributes.get("redacted-at").is_some_and(|at| !at.is_null())
            };
            if self.world.get(&id).is_some_and(|object| !redacted(&object)) {
                routes::redact(&mut self.world, &id, now);
            }
        }
        for id in due(&mut self.slas) {
            let late = |case: &Object| {
                let ends = case.text("sla-expires-at").parse::<Timestamp>();
                ends.is_ok_and(|at| at <= now) && case.text("resolved-at").is_empty()
            };
            if self.world.get(&id).is_some_and(|case| late(&case)) {
                self.world.tell("case.sla-expired", &id, now);
            }
        }
        self.tell_new_events(now);
    }

    pub(super) fn redact_later(&mut self, ids: Vec<String>, now: Timestamp) {
        self.redactions.extend(ids.into_iter().map(|id| (now + LATER, id)));
    }

    fn watch(&mut self, case: &Object, now: Timestamp) {
        self.slas.retain(|(_, id)| *id != case.id);
        if let Ok(at) = case.text("sla-expires-at").parse::<Timestamp>()
            && at > now
        {
            self.slas.push((at, case.id.clone()));
        }
    }

    /// Webhooks are told of what happened since they were told last.
    pub fn tell_new_events(&mut self, now: Timestamp) {
        let count = rows::count(&self.world, "event");
        let new: Vec<Object> = rows::all(&self.world, "event").take(count - self.told).collect();
        self.told = count;
        for event in new.iter().rev() {
            self.hooks.tell(&self.world, event, self.scenario.webhooks, now);
        }
    }

    /// The index learns of a change only later, and cases are watched for their SLA.
    pub(super) fn remember(&mut self, before: Option<Object>, reply: &Reply, now: Timestamp) {
        let id = match (&before, &reply.content) {
            (Some(object), _) => object.id.clone(),
            (None, Content::One(id)) => id.clone(),
            (None, _) => return,
        };
        let after = self.world.get(&id);
        if after == before {
            return;
        }
        if let Some(case) = after.filter(|object| object.kind == "case") {
            self.watch(&case, now);
        }
        self.index.changed(&id, before, now);
    }

    /// Another reviewer takes a step.
    pub fn elsewhere(&mut self, inquiry: &str, step: Step, now: Timestamp) -> Result<(), Refusal> {
        self.catch_up(now);
        let before = self.world.get(inquiry);
        self.world.step(inquiry, step, Some("by another reviewer"), now)?;
        self.index.changed(inquiry, before, now);
        self.tell_new_events(now);
        Ok(())
    }

    pub(super) fn receive(&mut self, request: &Request<'_>, status: Option<u16>) {
        if self.received.len() == REMEMBERED {
            self.received.pop_front();
        }
        self.received.push_back(Received {
            method: request.method.to_owned(),
            path: request.path.to_owned(),
            query: request.query.to_owned(),
            idempotency_key: request.header("idempotency-key").map(str::to_owned),
            status,
        });
    }

    /// With the headers that every authenticated answer has.
    pub(super) fn headed(
        &mut self,
        status: u16,
        body: Body,
        left: Left,
        quota: Option<Left>,
    ) -> Answer {
        self.requests += 1;
        let mut headers = vec![
            ("RateLimit-Limit", left.limit.to_string()),
            ("RateLimit-Remaining", left.remaining.to_string()),
            ("RateLimit-Reset", left.reset.to_string()),
            ("Request-Id", format!("req_simulated{:015}", self.requests)),
            ("Persona-Environment-Id", self.environment.clone()),
            ("Persona-Organization-Id", "org_Simulated0000000000001".to_owned()),
            ("Cache-Control", "no-store".to_owned()),
        ];
        if let Some(quota) = quota {
            headers.push(("Quota-Limit", quota.limit.to_string()));
            headers.push(("Quota-Remaining", quota.remaining.to_string()));
            headers.push(("Quota-Reset", quota.reset.to_string()));
        }
        Answer::new(status, body, headers)
    }

    /// Writes the API log of an answer.
    pub(super) fn log(&mut self, request: &Request<'_>, answer: &Answer, now: Timestamp) {
        if self.logs.len() == LOGGED {
            self.logs.pop_front();
        }
        let header = |name: &str| request.header(name).unwrap_or_default();
        let number = |name: &str| {
            let value = answer.headers.iter().find(|(known, _)| *known == name);
            value.and_then(|(_, value)| value.parse::<i64>().ok())
        };
        let text = |name: &str| {
            answer.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone())
        };
        let mut headers = json!({
            "Cache-Control": "no-store", "Request-Id": text("Request-Id"), "Vary": "Accept",
            "Content-Type": answer.content_type,
        });
        for name in [
            "RateLimit-Limit",
            "RateLimit-Remaining",
            "RateLimit-Reset",
            "Quota-Limit",
            "Quota-Remaining",
            "Quota-Reset",
        ] {
            if let Some(number) = number(name) {
                headers[name] = number.into();
            }
        }
        let given: Map<String, Value> = url::form_urlencoded::parse(request.query.as_bytes())
            .map(|(key, value)| (key.into_owned(), value.into_owned().into()))
            .collect();
        let posted = serde_json::from_slice::<Value>(request.body).ok();
        let posted = posted.filter(Value::is_object).unwrap_or_else(|| json!({}));
        self.logs.push_back(json!({
            "type": "api-log", "id": text("Request-Id"), "attributes": {
                "request": {
                    "method": request.method, "path": request.path, "headers": {
                        "Accept": header("accept"), "Authorization": "[FILTERED]",
                        "Host": header("host"), "Persona-Version": header("persona-version"),
                        "User-Agent": header("user-agent"),
                    },
                    "get-params": given, "post-params": posted,
                    "ip-address": request.peer.to_string(),
                },
                "response": { "status": answer.status, "headers": headers },
                "created-at": written(now), "redacted-at": null,
            },
        }));
    }
}

/// The key that everything starts with: it may do all there is.
fn main_key(world: &mut World, options: &Options, start: Timestamp) -> String {
    let id = world.new_id("api");
    let version = Version::named(&options.version).unwrap_or(Version::NEWEST);
    let mut attributes = keys::attributes("main", version, start);
    attributes["permissions"] = json!(PERMISSIONS);
    attributes["file-access-token-expires-in"] = options.file_life_seconds.into();
    let Value::Object(attributes) = attributes else { unreachable!("an object by its literal") };
    let kind = "api-key".to_owned();
    world.add("api-key", Object { kind, id: id.clone(), attributes, relationships: None });
    id
}
