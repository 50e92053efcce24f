//! What a verification read: the value of an attribute by its name, whatever kind shows it.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::super::{people::Person, photo, world::written};

/// Whom a verification is about, and what it calls its files.
pub struct About<'a> {
    pub person: &'a Person,
    pub firm: &'a str,
    /// `ver_…`, with which the names of its files begin.
    pub id: &'a str,
    pub kind: &'a str,
    pub created: Timestamp,
    /// From 0.0 to 1.0, of its own.
    pub chance: f64,
}

impl About<'_> {
    /// Null for what is seldom known.
    pub fn value(&self, attribute: &str) -> Value {
        let person = self.person;
        match attribute {
            "name-first" => person.first.as_str().into(),
            "name-last" => person.last.as_str().into(),
            "name-full" | "name" => self.full_name().into(),
            "birthdate" => person.birthdate.as_str().into(),
            "phone-number" | "phone" => person.phone.as_str().into(),
            "email-address" | "email" => person.email.as_str().into(),
            "confirmation-code" => "000000".into(),
            "address" => format!("{}, {}", person.street, person.city).into(),
            "sex" | "gender" => if self.chance < 0.5 { "F" } else { "M" }.into(),
            "identification-number"
            | "identity-number"
            | "document-number"
            | "cpf"
            | "tin"
            | "pcn"
            | "license-number"
            | "reference-number"
            | "sharecode" => person.document.as_str().into(),
            "issue-date" | "valid-from-date" | "document-issuing-date" => "2019-05-01".into(),
            "expiration-date"
            | "document-expiry-date"
            | "id-expiry-date"
            | "pass-expiry-date"
            | "valid-until-date" => "2029-05-01".into(),
            "nationality"
            | "issuing-authority"
            | "issuing-country"
            | "issuer"
            | "issuing-jurisdiction"
            | "birth-country"
            | "identity-coi"
            | "response-country"
            | "selected-country-code" => person.country.as_str().into(),
            "business-name" | "name-business" | "registered-business-name" => self.firm.into(),
            "business-website" | "website-url" => "https://sample.example".into(),
            "registration-number" | "vat-number" => format!("R-{}", person.document).into(),
            "id-class" => if self.chance < 0.4 { "pp" } else { "dl" }.into(),
            "capture-method" if self.kind == "selfie" => "photo".into(),
            "capture-method" => "auto".into(),
            "from-reusable-persona" => (self.chance > 0.95).into(),
            "response-status" => "success".into(),
            "tin-type" => "ssn".into(),
            "certificate-type" | "selected-digital-id-type" => "sample".into(),
            "level-of-assurance" => "substantial".into(),
            "document-type" => "utility_bill".into(),
            "serpro-selfie-available" | "meets-minimum-age" => true.into(),
            "age-in-years" => 2026_i32.saturating_sub(self.born()).into(),
            "signature-timestamp" | "selected-credential-issuance-date" => {
                written(self.created).into()
            }
            "selected-credential-expiration-date" => {
                written(self.created + SignedDuration::from_hours(365 * 24)).into()
            }
            "signature-ip" => "203.0.113.7".into(),
            "selected-credential-issuer" => "did:example:issuer".into(),
            "selected-credential-types" => json!(["VerifiableCredential", "SampleCredential"]),
            "metadata" => json!({ "telesign-risk-score": (self.chance * 999.0) as i64 }),
            "novel-score" => "0.7".into(),
            "fields" => json!({}),
            _ => self
                .address(attribute)
                .or_else(|| self.score(attribute))
                .or_else(|| self.file(attribute))
                .unwrap_or_default(),
        }
    }

    fn full_name(&self) -> String {
        format!("{} {}", self.person.first, self.person.last).trim_end().to_owned()
    }

    fn born(&self) -> i32 {
        let year = self.person.birthdate.split('-').next();
        year.and_then(|year| year.parse().ok()).unwrap_or(1990)
    }

    /// As it was typed, as it is normalised and as it is registered: always the same one.
    fn address(&self, attribute: &str) -> Option<Value> {
        let person = self.person;
        let part = attribute.strip_prefix("normalized-").unwrap_or(attribute);
        let part = part.strip_prefix("registered-").unwrap_or(part).strip_prefix("address-")?;
        Some(match part {
            "street-1" | "street" => person.street.as_str().into(),
            "street-2" if attribute.starts_with("normalized-") => "".into(),
            "city" => person.city.as_str().into(),
            "subdivision" | "state" => "Sample State".into(),
            "postal-code" => "00000".into(),
            "country-code" => person.country.as_str().into(),
            _ => Value::Null,
        })
    }

    fn score(&self, attribute: &str) -> Option<Value> {
        let high = 80.0 + (self.chance * 199.0).round() / 10.0;
        Some(match attribute {
            "entity-confidence-score"
            | "document-similarity-score"
            | "selfie-similarity-score-left"
            | "selfie-similarity-score" => high.into(),
            // A whole number, which is a number as well.
            "selfie-similarity-score-right" => (high as i64).into(),
            "entity-confidence-reasons" if high < 85.0 => json!(["low_confidence_entity_match"]),
            "entity-confidence-reasons" => json!([]),
            "center-photo-face-coordinates" => {
                let ([left, top], [right, bottom]) = photo::face_on(self.id);
                json!({
                    "top-left": [left, top], "top-right": [right, top],
                    "bottom-left": [left, bottom], "bottom-right": [right, bottom],
                })
            }
            "extracted-identity" => json!({
                "business-names": [{ "value": self.firm, "source": "https://sample.example" }],
                "addresses": null, "phone-numbers": null, "emails": null,
            }),
            _ => return None,
        })
    }

    fn file(&self, attribute: &str) -> Option<Value> {
        let name = |page: &str| format!("{}-{page}.{}", self.id, photo::ending(self.id, page));
        let url = |page: &str| format!("file:{}", name(page));
        let size = |page: &str| photo::byte_size(self.id, page);
        let named = |page: &str| json!({ "filename": name(page), "url": url(page), "byte-size": size(page) });
        Some(match attribute {
            "front-photo-url" => url("front").into(),
            // A passport has no back.
            "back-photo-url" if self.value("id-class") == "pp" => Value::Null,
            "back-photo-url" => url("back").into(),
            "center-photo-url" => url("center").into(),
            "left-photo-url" => url("left").into(),
            "right-photo-url" => url("right").into(),
            "selfie-photo-url" | "selfie-compare-image-url" => url("portrait").into(),
            "selfie-photo" if self.kind == "government-id" => named("portrait"),
            "selfie-photo" | "portrait-photo" => {
                json!({ "url": url("portrait"), "byte-size": size("portrait") })
            }
            "photo-urls" if self.kind == "selfie" => {
                let page = |page: &str| {
                    json!({
                        "page": format!("{page}_photo"), "filename": name(page), "url": url(page),
                        "byte-size": size(page),
                    })
                };
                json!([page("left"), page("center"), page("right")])
            }
            "photo-urls" => {
                let pages: &[&str] =
                    if self.value("id-class") == "pp" { &["front"] } else { &["front", "back"] };
                let page = |page: &&str| {
                    json!({
                        "page": page, "filename": name(page), "url": url(page),
                        "normalized-url": url(page), "original-urls": [url(page)],
                        "byte-size": size(page),
                    })
                };
                pages.iter().map(page).collect()
            }
            "files" | "files-normalized" => json!([named("statement")]),
            "extraction-responses" => json!([{
                "extraction-type": "guided", "field-name": "name", "structured-results": [],
                "results": [{
                    "value": self.full_name(), "page": 1, "match-level": "full", "metadata": null,
                }],
            }]),
            _ => return None,
        })
    }
}
