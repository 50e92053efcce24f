//! The first world: objects as they were before anybody asked, made when they are asked for, so
//! that a million of them cost nothing until then.
//!
//! ```text
//!  id ─▶ numbers ─▶ kind and number ─▶ plan: whose, when, how ─▶ the object
//!  list and place ─────────▶ number ─┘
//! ```

mod accounts;
mod cases;
mod fixed;
mod inquiries;
pub mod numbers;
mod plan;

use jiff::Timestamp;
use serde_json::{Value, json};

pub use self::accounts::RELATION_KEYS;
use self::plan::{NEEDS_REVIEW, Plan, STATUSES};
use super::{call::any_of, world::Object};

/// Whether there is what no client knows: a status, a kind of verification, a status of a check.
/// The official contract does not have them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Novelties {
    #[default]
    None,
    Some,
}

/// Objects by number; a byte is kept of each inquiry, and the numbers of those that wait.
#[derive(Debug)]
pub struct Base {
    plan: Plan,
    /// Places in [`STATUSES`].
    statuses: Vec<u8>,
    /// Inquiries that wait for review, oldest first.
    waiting: Vec<u32>,
}

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Inquiry(u64),
    /// Of an inquiry, and which.
    Verification(u64, u64),
    Person(u64),
    Firm(u64),
    Partner(u64),
    Transaction(u64),
    /// By the place of its inquiry among those that wait.
    Case(u64),
    Event(u64),
}

/// Accounts of three makings share one prefix: the upper bits tell them apart.
const MAKING: u32 = 48;
/// An inquiry has at most so many verifications.
const SLOTS: u64 = 4;

impl Base {
    pub fn new(seed: u64, inquiries: usize, start: Timestamp, novelties: Novelties) -> Self {
        let count = u64::try_from(inquiries).unwrap_or(u64::MAX).min(u64::from(u32::MAX));
        let plan = Plan { seed, inquiries: count, start, novelties };
        let statuses: Vec<u8> = (0..count).map(|inquiry| plan.status(inquiry)).collect();
        let numbers = (0_u32..).zip(&statuses);
        let waiting = numbers.filter(|(_, status)| **status == NEEDS_REVIEW);
        let waiting = waiting.map(|(number, _)| number).collect();
        Self { plan, statuses, waiting }
    }

    /// What an organisation has whatever its inquiries are: types, templates, users.
    pub fn fixed(&self) -> Vec<(&'static str, Object)> {
        fixed::objects(self.plan.start - plan::SPAN)
    }

    pub fn object(&self, id: &str) -> Option<Object> {
        Some(match self.named(id)? {
            Named::Inquiry(inquiry) => self.inquiry(inquiry),
            Named::Verification(inquiry, nth) => self.verification(inquiry, nth)?,
            Named::Person(account) => self.person(account),
            Named::Firm(firm) => self.firm(firm),
            Named::Partner(partner) => self.partner(partner),
            Named::Transaction(transaction) => self.transaction(transaction),
            Named::Case(waiting) => self.case(waiting),
            Named::Event(waiting) => self.event(waiting),
        })
    }

    fn named(&self, id: &str) -> Option<Named> {
        let (prefix, _) = id.split_once('_')?;
        let number = numbers::number(self.plan.seed, prefix, id)?;
        let below = |limit: u64| (number < limit).then_some(number);
        let waiting = self.waiting.len() as u64;
        Some(match prefix {
            "inq" => Named::Inquiry(below(self.plan.inquiries)?),
            "ver" => {
                let number = below(self.plan.inquiries * SLOTS)?;
                Named::Verification(number / SLOTS, number % SLOTS)
            }
            "act" => {
                let (making, number) = (number >> MAKING, number & ((1 << MAKING) - 1));
                match making {
                    0 if number < self.plan.accounts() => Named::Person(number),
                    1 if number < self.firms() => Named::Firm(number),
                    2 if number < self.partners() => Named::Partner(number),
                    _ => return None,
                }
            }
            "txn" => Named::Transaction(below(self.partners())?),
            "case" => Named::Case(below(waiting).filter(|number| number % 3 != 2)?),
            "evt" => Named::Event(below(waiting)?),
            _ => return None,
        })
    }

    fn id(&self, prefix: &str, number: u64) -> String {
        numbers::id(self.plan.seed, prefix, number)
    }

    /// How many objects a list begins with.
    pub fn count(&self, list: &str) -> usize {
        let count = match list {
            "inquiry" => self.plan.inquiries,
            "account" => self.firms() + self.partners() + self.plan.accounts(),
            "transaction" => self.partners(),
            // Two of three that wait have one.
            "case" => (self.waiting.len() * 2).div_ceil(3) as u64,
            "event" => self.waiting.len() as u64,
            _ => 0,
        };
        usize::try_from(count).expect("as many as there are inquiries")
    }

    /// The id at a place of a list, oldest first.
    ///
    /// # Panics
    /// If there is no such place.
    pub fn at(&self, list: &str, place: usize) -> String {
        let place = place as u64;
        match list {
            "inquiry" => self.id("inq", place),
            "account" => self.account_at(place),
            "transaction" => self.id("txn", place),
            "case" => self.id("case", place / 2 * 3 + place % 2),
            "event" => self.id("evt", place),
            _ => unreachable!("this list begins empty"),
        }
    }

    /// Firms are the oldest, then partners, then people.
    fn account_at(&self, place: u64) -> String {
        let (firms, partners) = (self.firms(), self.partners());
        let (making, number) = match place {
            place if place < firms => (1, place),
            place if place < firms + partners => (2, place - firms),
            place => (0, place - firms - partners),
        };
        self.account_id(making, number)
    }

    fn account_id(&self, making: u64, number: u64) -> String {
        self.id("act", (making << MAKING) | number)
    }

    /// Where an id stands in its list.
    pub fn place(&self, list: &str, id: &str) -> Option<usize> {
        let place = match (list, self.named(id)?) {
            ("inquiry", Named::Inquiry(number))
            | ("account", Named::Firm(number))
            | ("transaction", Named::Transaction(number))
            | ("event", Named::Event(number)) => number,
            ("account", Named::Partner(number)) => self.firms() + number,
            ("account", Named::Person(number)) => self.firms() + self.partners() + number,
            ("case", Named::Case(number)) => number / 3 * 2 + number % 3,
            _ => return None,
        };
        usize::try_from(place).ok()
    }

    /// Whether a filter certainly leaves out what stands there; false if only the object can tell.
    pub fn leaves_out(&self, list: &str, place: usize, filter: &str, value: &str) -> bool {
        let number = place as u64;
        match (list, filter) {
            ("inquiry", "status") => {
                let status = STATUSES[usize::from(self.statuses[place])];
                !any_of(value, |name| name == status)
            }
            ("inquiry", "note" | "template-id") => true,
            ("inquiry", "inquiry-id") => {
                !any_of(value, |id| self.place("inquiry", id) == Some(place))
            }
            ("inquiry", "account-id") => {
                let account = Named::Person(Plan::account_of(number));
                !any_of(value, |id| self.named(id) == Some(account))
            }
            ("inquiry", "reference-id") => accounts::reference(Plan::account_of(number)) != value,
            ("event", "name") => !any_of(value, |name| name == MARKED),
            ("event", "object-id") => {
                let about = Named::Inquiry(u64::from(self.waiting[place]));
                !any_of(value, |id| self.named(id) == Some(about))
            }
            ("account", "reference-id") => {
                let people = self.firms() + self.partners();
                let account = number.checked_sub(people);
                account.is_some_and(|account| {
                    let own = accounts::reference(account);
                    !any_of(value, |reference| reference == own)
                })
            }
            _ => false,
        }
    }

    /// Ids under a relation key.
    pub fn relations(&self, account: &str, key: &str) -> Vec<String> {
        self.named(account).map_or_else(Vec::new, |named| self.related(named, key))
    }

    /// Of each inquiry that waits, that it was marked.
    fn event(&self, waiting: u64) -> Object {
        let inquiry = u64::from(self.waiting[usize::try_from(waiting).expect("it was counted")]);
        let at = self.plan.created(inquiry) + jiff::SignedDuration::from_mins(4);
        let attributes = json!({
            "name": MARKED, "payload": { "data": self.inquiry(inquiry).json() },
            "created-at": super::world::written(at), "context": {},
        });
        let made = object("event", self.id("evt", waiting), attributes, Value::Null);
        Object { relationships: None, ..made }
    }
}

const MARKED: &str = "inquiry.marked-for-review";

fn object(kind: &str, id: String, attributes: Value, relationships: Value) -> Object {
    let map = |value| match value {
        Value::Object(map) => map,
        _ => serde_json::Map::new(),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn base(inquiries: usize) -> Base {
        let start = "2026-03-02T12:00:00Z".parse().unwrap();
        Base::new(42, inquiries, start, Novelties::None)
    }

    #[test]
    fn a_million_are_there_when_they_are_asked_for() {
        let base = base(1_000_000);
        for list in ["inquiry", "account", "transaction", "case", "event"] {
            let count = base.count(list);
            assert!(count > 10_000, "{list}");
            for place in [0, 1, count / 3, count / 2, count - 2, count - 1] {
                let id = base.at(list, place);
                assert_eq!(base.place(list, &id), Some(place), "{list} {place}");
                let object = base.object(&id).unwrap();
                assert_eq!((object.kind.as_str(), &object.id), (list, &id));
                assert_eq!(base.object(&id), Some(object), "it is the same every time");
            }
        }
    }

    #[test]
    fn whatever_an_object_points_at_is_there() {
        let base = base(60);
        let fixed: Vec<String> = base.fixed().into_iter().map(|(_, object)| object.id).collect();
        for list in ["inquiry", "account", "transaction", "case"] {
            for place in 0..base.count(list) {
                let object = base.object(&base.at(list, place)).unwrap();
                for name in object.relationships.clone().unwrap_or_default().keys() {
                    for id in object.related(name) {
                        let outside = ["itmplv_", "txntp_"].iter().any(|kind| id.starts_with(kind));
                        let there =
                            base.object(id).is_some() || fixed.iter().any(|known| known == id);
                        assert!(there || outside, "{} {name} {id}", object.id);
                    }
                }
            }
        }
    }

    #[test]
    fn related_accounts_are_there_and_firms_know_their_owners() {
        let base = base(60);
        for place in 0..base.count("account") {
            let id = base.at("account", place);
            for key in RELATION_KEYS {
                for target in base.relations(&id, key) {
                    assert!(base.object(&target).is_some(), "{id} {key} {target}");
                    if key == "business" {
                        assert!(base.relations(&target, "beneficial_owners").contains(&id));
                    }
                }
            }
        }
    }

    #[test]
    fn a_filter_leaves_out_only_what_it_must() {
        let base = base(300);
        for place in 0..300 {
            let object = base.object(&base.at("inquiry", place)).unwrap();
            let out = |filter: &str, value: &str| base.leaves_out("inquiry", place, filter, value);
            assert!(!out("status", &format!("novel,{}", object.text("status"))));
            assert!(out("status", "novel"));
            assert!(!out("account-id", object.related("account")[0]));
            assert!(!out("inquiry-id", &object.id));
            assert!(!out("reference-id", object.text("reference-id")));
        }
    }
}
