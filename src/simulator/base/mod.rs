//! The first world: objects as they were before anybody asked, made when they are asked for, so
//! that a million of them cost nothing until then.
//!
//! ```text
//!  id ─▶ numbers ─▶ named: kind and number ─▶ plan: whose, when, how ─▶ the object
//!  list and place ───▶ named                  sieve: which places a filter leaves, by the plan alone
//! ```

mod accounts;
mod activity;
mod cases;
mod checks;
mod events;
mod files;
mod fixed;
mod hits;
mod inquiries;
mod kinds;
mod named;
pub mod numbers;
mod places;
mod plan;
mod reports;
mod sessions;
mod sieve;
mod templates;
#[cfg(test)]
mod tests;
mod values;
mod verifications;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use self::{accounts::RELATION_KEYS, sieve::Sieve};
use self::{
    events::Brief,
    named::Named,
    plan::{NEEDS_REVIEW, Plan},
};
use super::world::Object;

/// Whether there is what no client knows: a status, a kind of verification, a status of a check,
/// attributes. The official contract does not have them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Novelties {
    #[default]
    None,
    Some,
}

/// Objects by number; of each inquiry a byte is kept, and four for each event.
#[derive(Debug)]
pub struct Base {
    plan: Plan,
    /// Places in [`plan::STATUSES`].
    statuses: Vec<u8>,
    /// Inquiries that wait for review, oldest first.
    waiting: Vec<u32>,
    /// Oldest first.
    events: Vec<Brief>,
}

impl Base {
    pub fn new(seed: u64, inquiries: usize, start: Timestamp, novelties: Novelties) -> Self {
        let count = u64::try_from(inquiries).unwrap_or(u64::MAX).min(Brief::MOST);
        let plan = Plan { seed, inquiries: count, start, novelties };
        let statuses: Vec<u8> = (0..count).map(|inquiry| plan.status(inquiry)).collect();
        let numbers = (0_u32..).zip(&statuses);
        let waiting = numbers.filter(|(_, status)| **status == NEEDS_REVIEW);
        let waiting: Vec<u32> = waiting.map(|(number, _)| number).collect();
        let events = events::in_order(&plan, &statuses, &waiting);
        Self { plan, statuses, waiting, events }
    }

    /// What an organisation has whatever its inquiries are: types, templates, users.
    pub fn fixed(&self) -> Vec<(&'static str, Object)> {
        fixed::objects(self.plan.start - plan::SPAN)
    }

    pub fn object(&self, id: &str) -> Option<Object> {
        Some(match self.named(id)? {
            Named::Inquiry(inquiry) => self.inquiry(inquiry),
            Named::Verification(inquiry, nth) => self.verification(inquiry, nth)?,
            Named::Document(inquiry, nth) => self.document(inquiry, nth)?,
            Named::DocumentFile(inquiry, nth, page) => self.document_file(inquiry, nth, page)?,
            Named::Selfie(inquiry, nth) => self.selfie(inquiry, nth)?,
            Named::Session(inquiry, nth) => self.session(inquiry, nth),
            Named::Device(inquiry, nth) => self.device(inquiry, nth),
            Named::Network(inquiry, nth) => self.network(inquiry, nth),
            Named::Report(inquiry, nth) => self.report(inquiry, nth),
            Named::Person(account) => self.person(account),
            Named::Firm(firm) => self.firm(firm),
            Named::Partner(partner) => self.partner(partner),
            Named::Transaction(transaction) => self.transaction(transaction),
            Named::Case(waiting) => self.case(waiting),
            Named::Comment(waiting, nth) => self.comment(waiting, nth)?,
            Named::Run(inquiry) => self.run(inquiry),
            Named::Event(inquiry, moment) => self.event(inquiry, moment)?,
            Named::Audit(nth) => self.audit(nth),
        })
    }

    /// Ids under a relation key.
    pub fn relations(&self, account: &str, key: &str) -> Vec<String> {
        let related = self.named(account).map_or_else(Vec::new, |named| self.related(named, key));
        related.into_iter().map(|named| self.id(named)).collect()
    }
}

fn object(kind: &str, id: String, attributes: Value, relationships: Value) -> Object {
    let map = |value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Object {
        kind: kind.to_owned(),
        id,
        attributes: map(attributes),
        relationships: Some(map(relationships)),
    }
}

fn to_one(kind: &str, id: &str) -> Value {
    json!({ "data": { "type": kind, "id": id } })
}

fn text(value: &str) -> Value {
    json!({ "type": "string", "value": value })
}
