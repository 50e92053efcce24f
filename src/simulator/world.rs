//! What this Persona believes: the first world and what was changed since, and the steps that
//! change it.

use std::collections::{HashMap, HashSet};

use fastrand::Rng;
use jiff::{Timestamp, ToSpan};
use serde_json::{Value, json};

pub use super::object::{Object, Refusal};
use super::{
    base::{Base, Sieve},
    happened::Happened,
    page::Rows,
    photo::Sheet,
    rules::{self, Step},
};
use crate::model::StatusKind;

#[derive(Debug)]
pub struct World {
    base: Base,
    /// Objects that are new, or not as they were.
    kept: HashMap<String, Object>,
    /// Where objects of the first world stand that are not as they were, by list name.
    changed_places: HashMap<&'static str, HashSet<usize>>,
    /// Ids of new objects by list name, oldest first, and where each stands in its list.
    new: HashMap<&'static str, Vec<String>>,
    places: HashMap<String, usize>,
    happened: Happened,
    /// Relations that are not as they were, by account and key.
    relations: HashMap<(String, String), Vec<String>>,
    /// How often an object was really changed by a write.
    effects: HashMap<String, usize>,
    ids: Rng,
    /// The newest instant given out: no two changes share one.
    latest: Timestamp,
}

/// The list of events.
const EVENTS: &str = "event";

/// Users that cases can be assigned to.
pub const USERS: &[&str] = &["jane@example.test", "omar@example.test", "li@example.test"];

impl World {
    /// `events`: so many of what happens from now on are told of.
    pub fn new(base: Base, seed: u64, start: Timestamp, events: usize) -> Self {
        let fixed = base.fixed();
        let happened = Happened::after(base.count(EVENTS), events);
        let mut world = Self {
            base,
            kept: HashMap::new(),
            changed_places: HashMap::new(),
            new: HashMap::new(),
            places: HashMap::new(),
            happened,
            relations: HashMap::new(),
            effects: HashMap::new(),
            ids: Rng::with_seed(seed ^ 0x1d5),
            latest: start,
        };
        for (list, object) in fixed {
            world.add(list, object);
        }
        world
    }

    /// `inq_` and 24 letters and digits.
    pub fn new_id(&mut self, prefix: &str) -> String {
        let tail: String = (0..24).map(|_| self.ids.alphanumeric()).collect();
        format!("{prefix}_{tail}")
    }

    /// Adds an object at the newest end of a list.
    pub fn add(&mut self, list: &'static str, object: Object) {
        let ids = self.new.entry(list).or_default();
        self.places.insert(object.id.clone(), self.base.count(list) + ids.len());
        ids.push(object.id.clone());
        self.kept.insert(object.id.clone(), object);
    }

    pub fn get(&self, id: &str) -> Option<Object> {
        let kept = self.kept.get(id).cloned().or_else(|| self.happened.get(id));
        kept.or_else(|| self.base.object(id).filter(|object| self.is_told(object)))
    }

    /// Events of the first world fall off with the first of those that came after it.
    fn is_told(&self, object: &Object) -> bool {
        object.kind != EVENTS || self.happened.first_place() == 0
    }

    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Object)) {
        if let Some(mut object) = self.get(id) {
            change(&mut object);
            self.keep(object);
        }
    }

    /// An object that is not as it was.
    fn keep(&mut self, object: Object) {
        if self.happened.replace(&object) {
            return;
        }
        if let Some((list, place)) = self.base.place(&object.id) {
            self.changed_places.entry(list).or_default().insert(place);
        }
        self.kept.insert(object.id.clone(), object);
    }

    /// A file by its name, as long as the object that it belongs to shows it.
    pub fn file(&self, name: &str) -> Option<Sheet> {
        let owner = self.get(name.split('-').next()?)?;
        let shown = format!("file:{name}");
        owner.attributes.values().any(|value| shows(value, &shown)).then(|| self.base.file(name))?
    }

    /// A list by its name.
    pub fn list<'a>(&'a self, name: &'a str) -> List<'a> {
        List { world: self, name }
    }

    pub fn relate(&mut self, account: &str, key: &str, target: &str) {
        let targets = self.related(account, key);
        if !targets.iter().any(|known| known == target) {
            targets.push(target.to_owned());
        }
    }

    pub fn unrelate(&mut self, account: &str, key: &str, target: &str) {
        self.related(account, key).retain(|known| known != target);
    }

    fn related(&mut self, account: &str, key: &str) -> &mut Vec<String> {
        let place = (account.to_owned(), key.to_owned());
        self.relations.entry(place).or_insert_with(|| self.base.relations(account, key))
    }

    pub fn relations(&self, account: &str, key: &str) -> Vec<String> {
        let changed = self.relations.get(&(account.to_owned(), key.to_owned()));
        changed.cloned().unwrap_or_else(|| self.base.relations(account, key))
    }

    pub fn effects(&self, id: &str) -> usize {
        self.effects.get(id).copied().unwrap_or(0)
    }

    /// The instant of a change: now, but later than every change before.
    pub fn moment(&mut self, now: Timestamp) -> String {
        self.latest = now.max(self.latest + 1.millisecond());
        written(self.latest)
    }

    /// A step of an inquiry.
    pub fn step(
        &mut self,
        id: &str,
        step: Step,
        comment: Option<&str>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let inquiry = self.inquiry(id)?;
        if !inquiry.attributes["redacted-at"].is_null() {
            return Err(Refusal::new(409, "Conflict", "Inquiry already redacted"));
        }
        let status = rules::step(inquiry.text("status"), step)
            .map_err(|why| Refusal::new(409, "Conflict", why))?;
        let at = self.moment(now);
        let mut inquiry = self.inquiry(id)?;
        inquiry.set("status", status);
        inquiry.set("updated-at", at.clone());
        match step {
            Step::Expire => inquiry.set("expired-at", at),
            Step::Resume => {
                inquiry.set("expired-at", Value::Null);
                inquiry.set("expires-at", written(now + 24.hours()));
            }
            Step::MarkForReview => {
                inquiry.set("marked-for-review-at", at);
                inquiry.set("next-step-name", "review");
            }
            Step::Approve | Step::Decline => {
                inquiry.set("decisioned-at", at);
                inquiry.set("reviewer-comment", comment);
            }
        }
        self.keep(inquiry);
        self.changed(id);
        if let Some(name) = step.event() {
            self.tell(name, id, now);
        }
        Ok(())
    }

    pub fn inquiry(&self, id: &str) -> Result<Object, Refusal> {
        self.get(id).filter(|object| object.kind == "inquiry").ok_or_else(not_found)
    }

    pub fn case(&self, id: &str) -> Result<Object, Refusal> {
        self.get(id).filter(|object| object.kind == "case").ok_or_else(not_found)
    }

    pub fn set_case_status(&mut self, id: &str, name: &str, now: Timestamp) -> Result<(), Refusal> {
        let mut case = self.case(id)?;
        let template = case.related("case-template").first().copied().unwrap_or_default();
        let Some((status, kind)) = rules::case_status(template, name) else {
            let why = format!("{name:?} is not a status of this case's template");
            return Err(Refusal::new(422, "Unprocessable entity", why).at("/meta/status"));
        };
        let was_resolved = !case.attributes["resolved-at"].is_null();
        let at = self.moment(now);
        case.set("status", status);
        case.set("updated-at", at.clone());
        if kind == StatusKind::End {
            case.set("resolution", status);
            case.set("resolved-at", at);
            case.set("resolver-id", USERS[0]);
            case.set("resolver-type", "user");
        } else {
            for attribute in ["resolution", "resolved-at", "resolver-id", "resolver-type"] {
                case.set(attribute, Value::Null);
            }
        }
        self.keep(case);
        self.changed(id);
        self.tell("case.status-updated", id, now);
        match (was_resolved, kind) {
            (false, StatusKind::End) => self.tell("case.resolved", id, now),
            (true, StatusKind::End) => {}
            (true, _) => self.tell("case.reopened", id, now),
            (false, _) => {}
        }
        Ok(())
    }

    pub fn assign(&mut self, id: &str, email: &str, now: Timestamp) -> Result<(), Refusal> {
        let mut case = self.case(id)?;
        if !USERS.contains(&email) {
            let why = format!("no user has the address {email}");
            return Err(Refusal::new(422, "Record invalid", why).at("/meta/user-email-address"));
        }
        let at = self.moment(now);
        case.set("assignee-id", email);
        case.set("assigned-at", at.clone());
        case.set("assigner-id", USERS[0]);
        case.set("assigner-type", "user");
        case.set("updated-at", at);
        self.keep(case);
        self.changed(id);
        self.tell("case.assigned", id, now);
        Ok(())
    }

    /// Counts a change that a write made.
    pub fn changed(&mut self, id: &str) {
        *self.effects.entry(id.to_owned()).or_default() += 1;
    }

    /// Writes an event with the object as it is now.
    pub fn tell(&mut self, name: &str, id: &str, now: Timestamp) {
        let event = self.new_id("evt");
        let at = self.moment(now);
        let payload = self.get(id).map_or(Value::Null, |object| object.json());
        let attributes = json!({ "name": name, "payload": { "data": payload }, "created-at": at, "context": {} });
        let Value::Object(attributes) = attributes else {
            unreachable!("an object by its literal")
        };
        let kind = EVENTS.to_owned();
        self.happened.add(&Object { kind, id: event, attributes, relationships: None });
    }
}

/// A list of the world: the first ones, then the new ones.
#[derive(Clone, Copy)]
pub struct List<'a> {
    world: &'a World,
    name: &'a str,
}

impl<'a> List<'a> {
    /// Newest first.
    pub fn objects(self) -> impl Iterator<Item = Object> + use<'a> {
        (self.first()..self.len()).rev().filter_map(move |at| self.world.get(&self.at(at)))
    }

    /// Whether a place may pass all of these filters, told without making what stands there.
    pub fn sieve<'f>(self, filters: &[(&'f str, &'f str)]) -> impl Fn(usize) -> bool + use<'a, 'f>
    where
        'a: 'f,
    {
        let world = self.world;
        let (first, count) = (self.first(), world.base.count(self.name));
        let changed = world.changed_places.get(self.name);
        let sieves = filters.iter();
        let sieves =
            sieves.filter_map(|(filter, value)| world.base.sieve(self.name, filter, value));
        let sieves: Vec<Sieve<'f>> = sieves.collect();
        move |place| {
            // What is new or has changed can only be looked at.
            place >= first
                && (place >= count
                    || changed.is_some_and(|places| places.contains(&place))
                    || sieves.iter().all(|passes| passes(place)))
        }
    }

    /// Where it begins: what stood before has fallen off.
    fn first(self) -> usize {
        if self.name == EVENTS { self.world.happened.first_place() } else { 0 }
    }

    /// Objects that may pass a filter, newest first; some of them still do not.
    pub fn candidates(
        self,
        filter: &'a str,
        value: &'a str,
    ) -> impl Iterator<Item = Object> + use<'a> {
        let passes = self.sieve(&[(filter, value)]);
        let places = (0..self.len()).rev().filter(move |place| passes(*place));
        places.filter_map(move |place| self.world.get(&self.at(place)))
    }
}

impl Rows for List<'_> {
    fn len(&self) -> usize {
        if self.name == EVENTS {
            return self.world.happened.end();
        }
        self.world.base.count(self.name) + self.world.new.get(self.name).map_or(0, Vec::len)
    }

    fn at(&self, place: usize) -> String {
        match place.checked_sub(self.world.base.count(self.name)) {
            None => self.world.base.at(self.name, place),
            Some(_) if self.name == EVENTS => self.world.happened.at(place),
            Some(new) => self.world.new[self.name][new].clone(),
        }
    }

    fn place(&self, id: &str) -> Option<usize> {
        if self.name == EVENTS
            && let Some(place) = self.world.happened.place(id)
        {
            return Some(place);
        }
        let new = self.world.places.get(id).copied();
        let new = new.filter(|place| *place < self.len() && self.at(*place) == id);
        new.or_else(|| {
            let (list, place) = self.world.base.place(id)?;
            (list == self.name && place >= self.first()).then_some(place)
        })
    }
}

/// Whether a text stands somewhere in a value.
fn shows(value: &Value, text: &str) -> bool {
    match value {
        Value::String(own) => own == text,
        Value::Array(items) => items.iter().any(|item| shows(item, text)),
        Value::Object(members) => members.values().any(|value| shows(value, text)),
        _ => false,
    }
}

fn not_found() -> Refusal {
    Refusal::new(404, "Record not found", "no object has this id")
}

/// UTC with milliseconds, as Persona writes it.
pub fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
