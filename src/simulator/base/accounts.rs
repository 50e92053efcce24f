//! Accounts of three types, and how they are related.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    super::{
        people,
        world::{Object, written},
    },
    Base, Named,
    numbers::dice,
    object,
    plan::{Plan, SPAN},
    text, to_one,
};

/// The relation keys that accounts of this organisation have.
pub const RELATION_KEYS: [&str; 3] = ["beneficial_owners", "business", "counterparties"];

/// A person's reference id: the organisation's own number.
pub fn reference(account: u64) -> String {
    format!("cust-{account:04}")
}

fn hash(pairs: &[(&str, Value)]) -> Value {
    let pairs = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    json!({ "type": "hash", "value": pairs.collect::<Map<_, _>>() })
}

fn number(value: f64) -> Value {
    json!({ "type": "number", "value": value })
}

impl Base {
    /// So that each has some owners.
    pub(super) fn firms(&self) -> u64 {
        (self.plan.accounts() / 3).max(1)
    }

    /// Every third person has one.
    pub(super) fn partners(&self) -> u64 {
        self.plan.accounts().div_ceil(3)
    }

    pub(super) fn person(&self, account: u64) -> Object {
        let person = self.plan.person(account);
        let at = written(self.plan.created(Plan::first_inquiry_of(account)));
        let mut rng = dice(self.plan.seed, "ownership", account);
        let role = ["Director", "Beneficial owner", "Authorised signatory"][rng.usize(..3)];
        let none = json!({ "type": "string", "value": null });
        let fields = json!({
            "name": hash(&[("first", text(&person.first)), ("middle", none), ("last", text(&person.last))]),
            "birthdate": { "type": "date", "value": person.birthdate },
            "address": hash(&[("street_1", text(&person.street)), ("city", text(&person.city)), ("country_code", text(&person.country))]),
            "email_address": text(&person.email),
            "phone_number": text(&person.phone),
            "role": text(role),
            "ownership_share": number(f64::from(rng.u8(5..=60))),
        });
        let attributes = json!({
            "reference-id": reference(account), "account-type-name": "Individual",
            "account-status": "active", "created-at": at, "updated-at": at, "redacted-at": null,
            "fields": fields, "tags": [],
        });
        let kind = to_one("account-type", super::fixed::INDIVIDUAL);
        object("account", self.account_id(0, account), attributes, json!({ "account-type": kind }))
    }

    /// Older than everybody.
    fn founded(&self, nth: u64) -> Timestamp {
        self.plan.start - SPAN - SignedDuration::from_hours(24)
            + SignedDuration::from_secs(i64::try_from(nth % 86_400).expect("it fits"))
    }

    pub(super) fn firm(&self, firm: u64) -> Object {
        let mut rng = dice(self.plan.seed, "firm", firm);
        let at = written(self.founded(firm));
        let attributes = json!({
            "reference-id": format!("firm-{firm:04}"), "account-type-name": "Business",
            "account-status": "approved", "created-at": at, "updated-at": at, "redacted-at": null,
            "tags": [],
            "fields": {
                "business_name": text(&people::firm(&mut rng)),
                "employees": { "type": "integer", "value": rng.u16(1..900) },
                "role": text("Employer"),
            },
        });
        let kind = to_one("account-type", super::fixed::BUSINESS);
        object("account", self.account_id(1, firm), attributes, json!({ "account-type": kind }))
    }

    /// Shaped differently on purpose: another name field, nesting in another casing, a status of
    /// its own.
    pub(super) fn partner(&self, partner: u64) -> Object {
        let mut rng = dice(self.plan.seed, "partner", partner);
        let at = written(self.founded(partner));
        let attributes = json!({
            "account-type-name": "Counterparty", "account-status": "Watch list",
            "created-at": at, "updated-at": at, "redacted-at": null, "tags": ["imported"],
            "fields": {
                "legal_name": text(&people::firm(&mut rng)),
                "Registration": hash(&[
                    ("registryCode", text("HRB 000")), ("OwnershipShare", number(0.25)),
                ]),
            },
        });
        object("account", self.account_id(2, partner), attributes, json!({}))
    }

    pub(super) fn transaction(&self, transaction: u64) -> Object {
        let at = written(self.founded(transaction));
        let attributes = json!({
            "status": "needs review", "reference-id": format!("wire-{transaction:04}"),
            "fields": { "amount": number(950.5) }, "created-at": at, "updated-at": at, "tags": [],
        });
        let relationships = json!({
            "reviewer": { "data": null }, "transaction-label": { "data": null },
            "transaction-type": to_one("transaction-type", "txntp_Wire000000000000000001"),
            "related-objects": { "data": [] },
        });
        object("transaction", self.id("txn", transaction), attributes, relationships)
    }

    /// Three of four people work for a firm, whose owners they are; every third has a partner and
    /// a transaction with it.
    pub(super) fn related(&self, named: Named, key: &str) -> Vec<String> {
        let is_related = |person: &u64| person % 4 != 3;
        match (named, key) {
            (Named::Person(person), _) if !is_related(&person) => Vec::new(),
            (Named::Person(person), "business") => {
                vec![self.account_id(1, person % self.firms())]
            }
            (Named::Person(person), "beneficial_owners") => {
                let other = dice(self.plan.seed, "other", person).u64(..self.plan.accounts());
                let others = Some(other).filter(|other| *other != person);
                others.into_iter().map(|other| self.account_id(0, other)).collect()
            }
            (Named::Person(person), "counterparties") if person % 3 == 0 => {
                vec![self.account_id(2, person / 3), self.id("txn", person / 3)]
            }
            (Named::Firm(firm), "beneficial_owners") => {
                let step = usize::try_from(self.firms()).expect("fewer than inquiries");
                let people = (firm..self.plan.accounts()).step_by(step);
                people.filter(is_related).map(|person| self.account_id(0, person)).collect()
            }
            _ => Vec::new(),
        }
    }
}
