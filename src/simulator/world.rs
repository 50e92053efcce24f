//! What this Persona believes: objects by id, lists newest first, and the steps that change them.

use std::collections::HashMap;

use fastrand::Rng;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::rules::{self, Step};
use crate::model::StatusKind;

#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub kind: String,
    pub id: String,
    pub attributes: Map<String, Value>,
    /// Events have none.
    pub relationships: Option<Map<String, Value>>,
}

impl Object {
    pub fn json(&self) -> Value {
        let mut json = json!({ "type": self.kind, "id": self.id, "attributes": self.attributes });
        if let Some(relationships) = &self.relationships {
            json["relationships"] = Value::Object(relationships.clone());
        }
        json
    }

    pub fn text(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn set(&mut self, attribute: &str, value: impl Into<Value>) {
        self.attributes.insert(attribute.to_owned(), value.into());
    }

    /// Ids in a relationship, to-one or to-many.
    pub fn related(&self, name: &str) -> Vec<&str> {
        let data = self.relationships.as_ref().and_then(|all| all.get(name)?.get("data"));
        match data {
            Some(Value::Array(list)) => list.iter().filter_map(|one| one["id"].as_str()).collect(),
            Some(one) => one["id"].as_str().into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// Why a step was refused: status, title, details, pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub title: &'static str,
    pub details: String,
    pub pointer: Option<&'static str>,
}

impl Refusal {
    pub fn new(status: u16, title: &'static str, details: impl Into<String>) -> Self {
        Self { status, title, details: details.into(), pointer: None }
    }

    pub fn at(self, pointer: &'static str) -> Self {
        Self { pointer: Some(pointer), ..self }
    }
}

#[derive(Debug)]
pub struct World {
    objects: HashMap<String, Object>,
    /// Ids by list name, oldest first.
    lists: HashMap<&'static str, Vec<String>>,
    /// Where an id stands in its list.
    places: HashMap<String, usize>,
    relations: HashMap<(String, String), Vec<String>>,
    /// How often an object was really changed by a write.
    effects: HashMap<String, usize>,
    ids: Rng,
    /// The newest instant given out: no two changes share one.
    latest: Timestamp,
}

/// Users that cases can be assigned to.
pub const USERS: &[&str] = &["jane@example.test", "omar@example.test", "li@example.test"];

impl World {
    pub fn new(seed: u64, start: Timestamp) -> Self {
        Self {
            objects: HashMap::new(),
            lists: HashMap::new(),
            places: HashMap::new(),
            relations: HashMap::new(),
            effects: HashMap::new(),
            ids: Rng::with_seed(seed ^ 0x1d5),
            latest: start,
        }
    }

    /// `inq_` and 24 letters and digits.
    pub fn new_id(&mut self, prefix: &str) -> String {
        let tail: String = (0..24).map(|_| self.ids.alphanumeric()).collect();
        format!("{prefix}_{tail}")
    }

    /// Adds an object at the newest end of a list.
    pub fn add(&mut self, list: &'static str, object: Object) {
        let ids = self.lists.entry(list).or_default();
        self.places.insert(object.id.clone(), ids.len());
        ids.push(object.id.clone());
        self.objects.insert(object.id.clone(), object);
    }

    pub fn get(&self, id: &str) -> Option<Object> {
        self.objects.get(id).cloned()
    }

    pub fn change(&mut self, id: &str, change: impl FnOnce(&mut Object)) {
        if let Some(object) = self.objects.get_mut(id) {
            change(object);
        }
    }

    pub fn unrelate(&mut self, account: &str, key: &str, target: &str) {
        if let Some(targets) = self.relations.get_mut(&(account.to_owned(), key.to_owned())) {
            targets.retain(|known| known != target);
        }
    }

    pub fn file(&self, _: &str) -> Option<Vec<u8>> {
        None
    }

    pub fn get_mut(&mut self, id: &str) -> Option<&mut Object> {
        self.objects.get_mut(id)
    }

    /// Ids of a list, oldest first.
    pub fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Where an id stands in its list, oldest first.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.places.get(id).copied()
    }

    pub fn relate(&mut self, account: &str, key: &str, target: &str) {
        let targets = self.relations.entry((account.to_owned(), key.to_owned())).or_default();
        if !targets.iter().any(|known| known == target) {
            targets.push(target.to_owned());
        }
    }

    pub fn relations(&self, account: &str, key: &str) -> &[String] {
        self.relations.get(&(account.to_owned(), key.to_owned())).map_or(&[], Vec::as_slice)
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
        let inquiry = self.objects.get_mut(id).expect("it was found above");
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
        self.changed(id);
        if let Some(name) = step.event() {
            self.tell(name, id, now);
        }
        Ok(())
    }

    pub fn inquiry(&self, id: &str) -> Result<&Object, Refusal> {
        self.objects.get(id).filter(|object| object.kind == "inquiry").ok_or_else(not_found)
    }

    pub fn case(&self, id: &str) -> Result<&Object, Refusal> {
        self.objects.get(id).filter(|object| object.kind == "case").ok_or_else(not_found)
    }

    pub fn set_case_status(&mut self, id: &str, name: &str, now: Timestamp) -> Result<(), Refusal> {
        let case = self.case(id)?;
        let template = case.related("case-template").first().copied().unwrap_or_default();
        let Some((status, kind)) = rules::case_status(template, name) else {
            let why = format!("{name:?} is not a status of this case's template");
            return Err(Refusal::new(422, "Unprocessable entity", why).at("/meta/status"));
        };
        let was_resolved = !case.attributes["resolved-at"].is_null();
        let at = self.moment(now);
        let case = self.objects.get_mut(id).expect("it was found above");
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
        self.case(id)?;
        if !USERS.contains(&email) {
            let why = format!("no user has the address {email}");
            return Err(Refusal::new(422, "Record invalid", why).at("/meta/user-email-address"));
        }
        let at = self.moment(now);
        let case = self.objects.get_mut(id).expect("it was found above");
        case.set("assignee-id", email);
        case.set("assigned-at", at.clone());
        case.set("assigner-id", USERS[0]);
        case.set("assigner-type", "user");
        case.set("updated-at", at);
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
        let payload = self.objects.get(id).map_or(Value::Null, Object::json);
        let attributes = json!({ "name": name, "payload": { "data": payload }, "created-at": at, "context": {} });
        let Value::Object(attributes) = attributes else {
            unreachable!("an object by its literal")
        };
        self.add(
            "event",
            Object { kind: "event".into(), id: event, attributes, relationships: None },
        );
    }
}

fn not_found() -> Refusal {
    Refusal::new(404, "Record not found", "no object has this id")
}

/// UTC with milliseconds, as Persona writes it.
pub fn written(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
