//! Verifications, and the documents and selfies that they looked at.

use jiff::SignedDuration;
use serde_json::{Map, Value, json};

use super::{
    super::{
        people::Person,
        photo,
        world::{Object, written},
    },
    Base, Novelties, checks,
    kinds::kind,
    named::Named,
    numbers::dice,
    object,
    plan::{Outcome, Plan},
    to_one,
    values::About,
};

/// Attributes of a document that its verification read as well.
const READ: &str = "id-class name-first name-middle name-last name-suffix native-name-first
    native-name-middle native-name-last native-name-title birthdate issuing-authority
    issuing-subdivision nationality document-number visa-status issue-date expiration-date
    designations birthplace height sex endorsements restrictions vehicle-class
    identification-number address-street-1 address-street-2 address-city address-subdivision
    address-postal-code";

/// Kinds of verification that look at a document, and the kind of that.
const DOCUMENTS: [(&str, &str); 4] = [
    ("government-id", "document/government-id"),
    ("government-id-nfc", "document/government-id-nfc"),
    ("mdoc", "document/mdoc"),
    ("document", "document/generic"),
];

const SELFIES: [&str; 3] =
    ["selfie/profile-and-center", "selfie/center-only", "selfie/configurable-poses"];

/// The kind of document that a kind of verification looks at.
pub fn document_kind(kind: &str) -> Option<&'static str> {
    DOCUMENTS.iter().find(|(of, _)| *of == kind).map(|(_, document)| *document)
}

impl Base {
    /// Kind and outcome of an inquiry's nth verification.
    pub(super) fn attempt(&self, inquiry: u64, nth: u64) -> Option<(&'static str, Outcome)> {
        let attempts = self.plan.verifications(inquiry, self.plan.status_name(inquiry));
        attempts.get(usize::try_from(nth).ok()?).copied()
    }

    /// What an inquiry points at besides: verifications, documents and selfies, while it stands so.
    pub(super) fn evidence(&self, inquiry: u64, status: &str) -> [Value; 3] {
        let (mut verifications, mut documents, mut selfies) = (Vec::new(), Vec::new(), Vec::new());
        let attempts = self.plan.verifications(inquiry, status);
        for (nth, (kind, outcome)) in (0..).zip(attempts) {
            let one = |kind: &str, named| json!({ "type": kind, "id": self.id(named) });
            let full = format!("verification/{kind}");
            verifications.push(one(&full, Named::Verification(inquiry, nth)));
            if outcome == Outcome::Initiated {
                continue;
            }
            if let Some(document) = document_kind(kind) {
                documents.push(one(document, Named::Document(inquiry, nth)));
            }
            if kind == "selfie" {
                selfies.push(one(self.selfie_kind(inquiry), Named::Selfie(inquiry, nth)));
            }
        }
        [verifications, documents, selfies].map(Value::Array)
    }

    /// What was read differs from what was typed now and then.
    fn as_read(&self, inquiry: u64, nth: u64) -> Person {
        let mut person = self.plan.person(Plan::account_of(inquiry));
        if dice(self.plan.seed, "misread", inquiry * 8 + nth).u8(..12) == 0 {
            person.first = "Alexander".to_owned();
        }
        person
    }

    /// None: the inquiry has fewer.
    pub(super) fn verification(&self, inquiry: u64, nth: u64) -> Option<Object> {
        let plan = &self.plan;
        let (name, outcome) = self.attempt(inquiry, nth)?;
        let kind = kind(name)?;
        let mut rng = dice(plan.seed, name, inquiry * 8 + nth);
        let id = self.id(Named::Verification(inquiry, nth));
        let begun = outcome != Outcome::Initiated;
        let person = self.as_read(inquiry, nth);
        let mut checks = checks::checks(&mut rng, kind.checks, outcome);
        let status = match outcome {
            Outcome::Initiated => "initiated",
            Outcome::Retried => "requires_retry",
            _ if checks::is_failed(&checks) => "failed",
            _ if matches!(name, "email-address" | "phone-number") => "confirmed",
            _ => "passed",
        };
        if plan.novelties == Novelties::Some
            && inquiry % 31 == 5
            && nth == 0
            && let Some(check) = checks.first_mut()
        {
            check["status"] = "inconclusive".into();
        }
        if name == "government-id-nfc" {
            checks::without_requirements(&mut checks);
        }
        let mut attributes = Map::new();
        attributes.insert("status".into(), status.into());
        // A second try begins half a minute after the first.
        let created = plan.created(inquiry)
            + SignedDuration::from_secs(60 + 5 * i64::try_from(nth).unwrap_or_default());
        for (name, seconds) in [("created-at", 0), ("submitted-at", 40), ("completed-at", 70)] {
            let at = created + SignedDuration::from_secs(seconds);
            let known = begun || name == "created-at";
            attributes.insert(name.into(), known.then(|| written(at)).into());
            attributes.insert(format!("{name}-ts"), known.then_some(at.as_second()).into());
        }
        attributes.insert("redacted-at".into(), Value::Null);
        attributes.insert("country-code".into(), person.country.as_str().into());
        attributes.insert("tags".into(), json!([]));
        attributes.insert("checks".into(), checks.into());
        let firm = plan.firm_name(Plan::account_of(inquiry));
        let about =
            About { person: &person, firm: &firm, id: &id, kind: name, created, chance: rng.f64() };
        for attribute in kind.own.split_whitespace() {
            let value = match attribute {
                _ if begun => about.value(attribute),
                "from-reusable-persona" => false.into(),
                "entity-confidence-reasons" => json!([]),
                _ => Value::Null,
            };
            attributes.insert(attribute.into(), value);
        }
        let relationships = self.of_verification(inquiry, nth, name, outcome);
        let made = object(&format!("verification/{name}"), id, Value::Null, relationships);
        Some(Object { attributes, ..made })
    }

    fn of_verification(&self, inquiry: u64, nth: u64, kind: &str, outcome: Outcome) -> Value {
        let template = self.plan.template(inquiry);
        let account = Named::Person(Plan::account_of(inquiry));
        let mut all = json!({
            "inquiry": to_one("inquiry", &self.id(Named::Inquiry(inquiry))),
            "template": { "data": null },
            "inquiry-template": to_one("inquiry-template", template.id),
            "inquiry-template-version": to_one("inquiry-template-version", template.version),
            "transaction": { "data": null },
            "verification-template":
                to_one(&format!("verification-template/{kind}"), "vtmpl_Default000000000000000001"),
            "verification-template-version": to_one(
                &format!("verification-template-version/{kind}"), "vtmplv_Default00000000000000001",
            ),
            "accounts": { "data": [{ "type": "account", "id": self.id(account) }] },
        });
        if let Some(document) = document_kind(kind).filter(|_| outcome != Outcome::Initiated)
            && kind != "mdoc"
        {
            all["document"] = to_one(document, &self.id(Named::Document(inquiry, nth)));
        }
        all
    }

    /// None: the verification looked at no document.
    pub(super) fn document(&self, inquiry: u64, nth: u64) -> Option<Object> {
        let (name, outcome) = self.attempt(inquiry, nth)?;
        let kind = document_kind(name).filter(|_| outcome != Outcome::Initiated)?;
        let id = self.id(Named::Document(inquiry, nth));
        let verification = self.verification(inquiry, nth)?;
        let created = verification.text("created-at").to_owned();
        let mut attributes = json!({
            "status": "processed", "created-at": created,
            "processed-at": verification.attributes["submitted-at"],
            "processed-at-ts": verification.attributes["submitted-at-ts"],
        });
        let file = |page: &str| file(&id, page);
        let pages = pages(name, &verification);
        match kind {
            "document/government-id" => {
                for attribute in READ.split_whitespace() {
                    attributes[attribute] = verification.attributes[attribute].clone();
                }
                attributes["front-photo"] = file("front");
                attributes["back-photo"] = if pages.len() > 1 { file("back") } else { Value::Null };
                attributes["selfie-photo"] = file("portrait");
            }
            "document/generic" => {
                attributes["kind"] = "document".into();
                attributes["files"] = json!([file("statement")]);
                attributes["files-normalized"] = json!([file("statement")]);
                for attribute in ["extraction-responses", "document-type", "fields"] {
                    attributes[attribute] = verification.attributes[attribute].clone();
                }
            }
            _ => {}
        }
        let file = |page| json!({ "type": "document-file", "id": self.id(Named::DocumentFile(inquiry, nth, page)) });
        let files: Vec<Value> = (0..pages.len() as u64).map(file).collect();
        let template = self.plan.template(inquiry);
        let relationships = json!({
            "inquiry": to_one("inquiry", &self.id(Named::Inquiry(inquiry))),
            "template": { "data": null },
            "inquiry-template": to_one("inquiry-template", template.id),
            "inquiry-template-version": to_one("inquiry-template-version", template.version),
            "transaction": { "data": null },
            "document-files": { "data": files },
        });
        Some(object(kind, id, attributes, relationships))
    }

    /// None: the document has fewer pages.
    pub(super) fn document_file(&self, inquiry: u64, nth: u64, page: u64) -> Option<Object> {
        let (name, _) = self.attempt(inquiry, nth)?;
        let verification = self.verification(inquiry, nth)?;
        let document = self.document(inquiry, nth)?;
        let pages = pages(name, &verification);
        let page_name = pages.get(usize::try_from(page).ok()?)?;
        let attributes = json!({
            "name": page_name,
            "capture-method": if name == "document" { "upload" } else { "auto" },
            "originals": [file(&document.id, page_name)],
        });
        let id = self.id(Named::DocumentFile(inquiry, nth, page));
        Some(Object { relationships: None, ..object("document-file", id, attributes, Value::Null) })
    }

    fn selfie_kind(&self, inquiry: u64) -> &'static str {
        SELFIES[dice(self.plan.seed, "poses", inquiry).usize(..SELFIES.len())]
    }

    /// None: this verification looked at no selfie.
    pub(super) fn selfie(&self, inquiry: u64, nth: u64) -> Option<Object> {
        let verification = self.verification(inquiry, nth)?;
        if verification.kind != "verification/selfie" {
            return None;
        }
        let attributes = json!({
            "status": "processed", "created-at": verification.text("created-at"),
            "processed-at": verification.text("submitted-at"),
        });
        let relationships =
            json!({ "inquiry": to_one("inquiry", &self.id(Named::Inquiry(inquiry))) });
        let id = self.id(Named::Selfie(inquiry, nth));
        Some(object(self.selfie_kind(inquiry), id, attributes, relationships))
    }
}

/// Names of the pages of a verification's document.
fn pages(kind: &str, verification: &Object) -> Vec<&'static str> {
    match kind {
        "government-id" if verification.text("id-class") == "pp" => vec!["front"],
        "government-id" => vec!["front", "back"],
        "document" => vec!["statement"],
        _ => Vec::new(),
    }
}

/// A file whose name begins with its owner's id.
pub fn file(owner: &str, page: &str) -> Value {
    let name = format!("{owner}-{page}.{}", photo::ending(owner, page));
    json!({ "filename": name, "url": format!("file:{name}"), "byte-size": photo::byte_size(owner, page) })
}
