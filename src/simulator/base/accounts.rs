//! Accounts of three types, transactions between them, and how they are related.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};

use super::{
    super::{
        people,
        world::{Object, USERS, written},
    },
    Base, fixed,
    named::Named,
    numbers::dice,
    object,
    plan::{Plan, SPAN},
    text, to_one, verifications,
};

/// The relation keys that accounts of this organisation have.
pub const RELATION_KEYS: [&str; 3] = ["beneficial_owners", "business", "counterparties"];

/// A person's reference id: the organisation's own number.
pub fn reference(account: u64) -> String {
    format!("cust-{account:04}")
}

/// The person's account that a reference id could be of.
pub fn of_reference(reference_id: &str) -> Option<u64> {
    let account = reference_id.strip_prefix("cust-")?.parse().ok()?;
    (reference(account) == reference_id).then_some(account)
}

fn firm_reference(firm: u64) -> String {
    format!("firm-{firm:04}")
}

fn wire(transaction: u64) -> String {
    format!("wire-{transaction:04}")
}

/// The transaction that a reference id could be of.
pub fn of_wire(reference_id: &str) -> Option<u64> {
    let transaction = reference_id.strip_prefix("wire-")?.parse().ok()?;
    (wire(transaction) == reference_id).then_some(transaction)
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

    /// The account of the first world that a reference id is of.
    pub(super) fn by_reference(&self, reference_id: &str) -> Option<Named> {
        if let Some(account) = of_reference(reference_id) {
            return (account < self.plan.accounts()).then_some(Named::Person(account));
        }
        let firm: u64 = reference_id.strip_prefix("firm-")?.parse().ok()?;
        let is_one = firm < self.firms() && firm_reference(firm) == reference_id;
        is_one.then_some(Named::Firm(firm))
    }

    pub(super) fn person(&self, account: u64) -> Object {
        let person = self.plan.person(account);
        let at = written(self.plan.created(Plan::first_inquiry_of(account)));
        let mut rng = dice(self.plan.seed, "ownership", account);
        let role = ["Director", "Beneficial owner", "Authorised signatory"][rng.usize(..3)];
        let share = f64::from(rng.u8(5..=60));
        let status = if account % 19 == 11 { "Suspended" } else { "active" };
        let id = self.id(Named::Person(account));
        let none = || json!({ "type": "string", "value": null });
        let photo = json!({ "type": "file", "value": verifications::file(&id, "portrait") });
        let document = hash(&[
            ("identification_class", text("pp")),
            ("identification_number", text(&person.document)),
            ("issuing_country", text(&person.country)),
        ]);
        let fields = json!({
            "name": hash(&[
                ("first", text(&person.first)), ("middle", none()), ("last", text(&person.last)),
            ]),
            "birthdate": { "type": "date", "value": person.birthdate },
            "address": hash(&[
                ("street_1", text(&person.street)), ("street_2", none()),
                ("city", text(&person.city)), ("subdivision", none()),
                ("postal_code", text("00000")), ("country_code", text(&person.country)),
            ]),
            "email_address": text(&person.email),
            "phone_number": text(&person.phone),
            "identification_numbers": { "type": "array", "value": [document] },
            "selfie_photo": photo,
            "role": text(role),
            "ownership_share": number(share),
        });
        let attributes = json!({
            "reference-id": reference(account), "account-type-name": "Individual",
            "account-status": status, "created-at": at, "updated-at": at, "redacted-at": null,
            "fields": fields, "tags": if account % 23 == 5 { json!(["returning"]) } else { json!([]) },
        });
        let kind = to_one("account-type", fixed::INDIVIDUAL);
        object("account", id, attributes, json!({ "account-type": kind }))
    }

    /// Older than everybody, those with a low number first: so much of a day, so many days before.
    fn founded(&self, nth: u64, of: u64, days: i64) -> Timestamp {
        let day = SignedDuration::from_hours(24);
        self.plan.start - SPAN - SignedDuration::from_hours(days * 24)
            + day.mul_f64(nth as f64 / of as f64)
    }

    pub(super) fn firm(&self, firm: u64) -> Object {
        let mut rng = dice(self.plan.seed, "firm", firm);
        let at = written(self.founded(firm, self.firms(), 3));
        let attributes = json!({
            "reference-id": firm_reference(firm), "account-type-name": "Business",
            "account-status": "approved", "created-at": at, "updated-at": at, "redacted-at": null,
            "tags": [],
            "fields": {
                "business_name": text(&people::firm(&mut rng)),
                "employees": { "type": "integer", "value": rng.u16(1..900) },
                "role": text("Employer"),
            },
        });
        let kind = to_one("account-type", fixed::BUSINESS);
        let id = self.id(Named::Firm(firm));
        object("account", id, attributes, json!({ "account-type": kind }))
    }

    /// Shaped differently on purpose: another name field, nesting in another casing, a status of
    /// its own.
    pub(super) fn partner(&self, partner: u64) -> Object {
        let mut rng = dice(self.plan.seed, "partner", partner);
        let at = written(self.founded(partner, self.partners(), 2));
        let attributes = json!({
            "reference-id": null, "account-type-name": "Counterparty",
            "account-status": "Watch list", "created-at": at, "updated-at": at,
            "redacted-at": null, "tags": ["imported"],
            "fields": {
                "legal_name": text(&people::firm(&mut rng)),
                "Registration": hash(&[
                    ("registryCode", text("HRB 000")), ("OwnershipShare", number(0.25)),
                ]),
            },
        });
        let kind = to_one("account-type", fixed::COUNTERPARTY);
        let id = self.id(Named::Partner(partner));
        object("account", id, attributes, json!({ "account-type": kind }))
    }

    pub(super) fn transaction(&self, transaction: u64) -> Object {
        let at = written(self.founded(transaction, self.partners(), 2));
        let mut rng = dice(self.plan.seed, "transaction", transaction);
        let status = ["needs review", "created", "approved", "declined"][rng.usize(..4)];
        let reviewed = matches!(status, "approved" | "declined");
        let unusual = status == "needs review";
        let attributes = json!({
            "status": status, "reference-id": wire(transaction),
            "fields": {
                "amount": number(f64::from(rng.u32(..4_000_000)) / 4.0),
                "currency": text(["EUR", "USD", "JPY"][rng.usize(..3)]),
            },
            "created-at": at, "updated-at": at, "tags": [],
        });
        let none = json!({ "data": null });
        let reviewer = to_one("user", &fixed::user_id(rng.usize(..USERS.len())));
        let person = self.id(Named::Person(transaction * 3));
        let relationships = json!({
            "reviewer": if reviewed { reviewer } else { none.clone() },
            "transaction-label":
                if unusual { to_one("transaction-label", fixed::LABEL) } else { none },
            "transaction-type": to_one("transaction-type", fixed::WIRE),
            "related-objects": { "data": [{ "type": "account", "id": person }] },
        });
        let id = self.id(Named::Transaction(transaction));
        object("transaction", id, attributes, relationships)
    }

    /// The transaction that an account has part in.
    pub(super) fn transaction_of(&self, account: Named) -> Option<Named> {
        match account {
            Named::Person(person) if person.is_multiple_of(3) => {
                Some(Named::Transaction(person / 3))
            }
            _ => None,
        }
    }

    /// Three of four people work for a firm, whose owners they are; every third has a partner and
    /// a transaction with it.
    pub(super) fn related(&self, named: Named, key: &str) -> Vec<Named> {
        let is_related = |person: &u64| person % 4 != 3;
        match (named, key) {
            (Named::Person(person), _) if !is_related(&person) => Vec::new(),
            (Named::Person(person), "business") => vec![Named::Firm(person % self.firms())],
            (Named::Person(person), "beneficial_owners") => {
                let other = dice(self.plan.seed, "other", person).u64(..self.plan.accounts());
                Vec::from_iter((other != person).then_some(Named::Person(other)))
            }
            (Named::Person(person), "counterparties") if person.is_multiple_of(3) => {
                vec![Named::Partner(person / 3), Named::Transaction(person / 3)]
            }
            (Named::Firm(firm), "beneficial_owners") => {
                let step = usize::try_from(self.firms()).expect("fewer than inquiries");
                let people = (firm..self.plan.accounts()).step_by(step);
                people.filter(is_related).map(Named::Person).collect()
            }
            _ => Vec::new(),
        }
    }
}
