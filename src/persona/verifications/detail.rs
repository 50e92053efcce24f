//! What is typed of the kinds that a reviewer meets most.

use crate::{
    model::{Detail, DocumentId, GovernmentId, Identity, Pii, Selfie},
    persona::jsonapi::{Json, Resource, lookup},
};
use jiff::civil::Date;

pub fn of(kind: &str, resource: &Resource<'_>) -> Detail {
    match kind {
        "government-id" | "government-id-nfc" => {
            Detail::GovernmentId(Box::new(government_id(resource)))
        }
        "selfie" => Detail::Selfie(Box::new(selfie(resource))),
        "document" => Detail::Document {
            document_type: resource.text("document-type"),
            document: resource.one("document", DocumentId::new),
        },
        "email-address" => Detail::EmailAddress(resource.pii("email-address")),
        "phone-number" => Detail::PhoneNumber {
            number: resource.pii("phone-number"),
            risk_score: risk_score(resource),
        },
        "aamva" | "database" => Detail::Database(Box::new(identity(resource))),
        kind if kind.starts_with("database-") => Detail::Database(Box::new(identity(resource))),
        _ => Detail::Other,
    }
}

fn identity(resource: &Resource<'_>) -> Identity {
    let pii = |name: &str| -> Option<Pii> { resource.pii(name) };
    Identity {
        first: pii("name-first"),
        middle: pii("name-middle"),
        last: pii("name-last"),
        birthdate: pii("birthdate"),
        street_1: pii("address-street-1"),
        street_2: pii("address-street-2"),
        city: pii("address-city"),
        subdivision: pii("address-subdivision"),
        postal_code: pii("address-postal-code"),
        email: pii("email-address"),
        phone: pii("phone-number"),
        identification_number: pii("identification-number"),
        document_number: pii("document-number"),
    }
}

fn government_id(resource: &Resource<'_>) -> GovernmentId {
    GovernmentId {
        identity: identity(resource),
        capture_method: resource.text("capture-method"),
        id_class: resource.text("id-class"),
        issuing_authority: resource.text("issuing-authority"),
        issuing_subdivision: resource.text("issuing-subdivision"),
        nationality: resource.text("nationality"),
        sex: resource.text("sex"),
        issued: date(resource, "issue-date"),
        expires: date(resource, "expiration-date"),
        confidence: resource.number("entity-confidence-score"),
        confidence_reasons: resource.texts("entity-confidence-reasons"),
        document: resource.one("document", DocumentId::new),
    }
}

fn selfie(resource: &Resource<'_>) -> Selfie {
    Selfie {
        capture_method: resource.text("capture-method"),
        document_similarity: resource.number("document-similarity-score"),
        left_similarity: resource.number("selfie-similarity-score-left"),
        right_similarity: resource.number("selfie-similarity-score-right"),
        confidence_reasons: resource.texts("entity-confidence-reasons"),
    }
}

fn date(resource: &Resource<'_>, name: &str) -> Option<Date> {
    let text = resource.text(name)?;
    let date = text.as_str().parse().ok();
    if date.is_none() {
        resource.note(&format!("attributes.{name}"), "a date", "a text");
    }
    date
}

fn risk_score(resource: &Resource<'_>) -> Option<f64> {
    let metadata = resource.attribute("metadata").and_then(Json::as_object)?;
    lookup(metadata, "telesign-risk-score")?.as_f64()
}
