//! Who a verification says a person is: typed where the kind is known, so that two sources can be
//! compared value by value.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{DocumentId, Pii, Text};

/// Every part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Identity {
    pub first: Option<Pii>,
    pub middle: Option<Pii>,
    pub last: Option<Pii>,
    /// `YYYY-MM-DD` where Persona could read it.
    pub birthdate: Option<Pii>,
    pub street_1: Option<Pii>,
    pub street_2: Option<Pii>,
    pub city: Option<Pii>,
    pub subdivision: Option<Pii>,
    pub postal_code: Option<Pii>,
    pub email: Option<Pii>,
    pub phone: Option<Pii>,
    pub identification_number: Option<Pii>,
    pub document_number: Option<Pii>,
}

/// What a kind of verification says beyond its checks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub enum Detail {
    /// `government-id` and `government-id-nfc`
    GovernmentId(Box<GovernmentId>),
    Selfie(Box<Selfie>),
    /// `database`, `aamva` and their kin: what was looked up.
    Database(Box<Identity>),
    Document {
        /// As the template names it.
        document_type: Option<Text>,
        document: Option<DocumentId>,
    },
    EmailAddress(Option<Pii>),
    PhoneNumber {
        number: Option<Pii>,
        /// Telesign's; higher is riskier.
        risk_score: Option<f64>,
    },
    /// A kind that is not typed: its values are among the verification's fields.
    #[default]
    Other,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct GovernmentId {
    pub identity: Identity,
    /// `upload`, `api`, …: how the pictures were made.
    pub capture_method: Option<Text>,
    /// `dl`, `pp`, `id`, …
    pub id_class: Option<Text>,
    pub issuing_authority: Option<Text>,
    pub issuing_subdivision: Option<Text>,
    pub nationality: Option<Text>,
    pub sex: Option<Text>,
    pub issued: Option<Date>,
    pub expires: Option<Date>,
    /// 0 to 100: that it is the same person as elsewhere.
    pub confidence: Option<f64>,
    pub confidence_reasons: Vec<Text>,
    pub document: Option<DocumentId>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Selfie {
    /// `photo` or `video`
    pub capture_method: Option<Text>,
    /// 0 to 100: to the portrait on the document.
    pub document_similarity: Option<f64>,
    /// 0 to 100: of the poses to each other.
    pub left_similarity: Option<f64>,
    pub right_similarity: Option<f64>,
    pub confidence_reasons: Vec<Text>,
}
