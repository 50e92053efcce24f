//! Verifications and their checks, passing or failing in plausible ways.

use fastrand::Rng;
use serde_json::{Map, Value, json};

use super::people::Person;

/// How a verification went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    /// With this many required checks failed, and this many signals.
    Failed {
        required: usize,
        signals: usize,
    },
}

const GOVERNMENT_ID: &[(&str, bool)] = &[
    ("id_account_comparison", false),
    ("id_age_comparison", true),
    ("id_age_inconsistency_detection", false),
    ("id_barcode_detection", true),
    ("id_barcode_inconsistency_detection", false),
    ("id_blur_detection", false),
    ("id_color_inconsistency_detection", false),
    ("id_compromised_detection", true),
    ("id_disallowed_country_detection", true),
    ("id_disallowed_type_detection", true),
    ("id_double_side_detection", true),
    ("id_electronic_replica_detection", true),
    ("id_entity_detection", false),
    ("id_expired_detection", true),
    ("id_extracted_properties_detection", true),
    ("id_extraction_inconsistency_detection", false),
    ("id_fabrication_detection", true),
    ("id_glare_detection", false),
    ("id_inconsistent_repeat_detection", false),
    ("id_inquiry_comparison", true),
    ("id_mrz_detection", true),
    ("id_mrz_inconsistency_detection", false),
    ("id_number_format_inconsistency_detection", false),
    ("id_po_box_detection", false),
    ("id_portrait_clarity_detection", true),
    ("id_portrait_detection", true),
    ("id_public_figure_detection", false),
    ("id_repeat_detection", false),
    ("id_selfie_comparison", true),
    ("id_tamper_detection", true),
    ("id_unprocessable_submission_detection", true),
];

const SELFIE: &[(&str, bool)] = &[
    ("selfie_id_comparison", true),
    ("selfie_liveness_detection", true),
    ("selfie_pose_detection", true),
    ("selfie_image_quality_detection", false),
];

const DATABASE: &[(&str, bool)] = &[
    ("database_name_comparison", true),
    ("database_birthdate_comparison", true),
    ("database_address_comparison", false),
];

fn reason(check: &str) -> &'static str {
    match check {
        "id_expired_detection" => "expired",
        "id_portrait_clarity_detection" | "id_portrait_detection" => "portrait_not_found",
        "id_barcode_detection" | "id_barcode_inconsistency_detection" => "barcode_not_decoded",
        "id_mrz_detection" => "mrz_not_found",
        "id_glare_detection" => "too_much_glare",
        "id_electronic_replica_detection" => "replica_detected",
        "selfie_id_comparison" | "id_selfie_comparison" => "low_confidence_match",
        "selfie_liveness_detection" => "low_liveness_confidence",
        "id_double_side_detection" => "side_submitted_twice",
        _ => "cannot_verify_id",
    }
}

fn checks(rng: &mut Rng, table: &[(&str, bool)], outcome: Outcome) -> Vec<Value> {
    let (required, signals) = match outcome {
        Outcome::Passed => (0, 0),
        Outcome::Failed { required, signals } => (required, signals),
    };
    let mut failing = choose(rng, table, true, required);
    failing.extend(choose(rng, table, false, signals));
    table
        .iter()
        .map(|(name, is_required)| {
            let failed = failing.contains(name);
            let unproven = !failed && !is_required && rng.u8(..12) == 0;
            let (status, reasons) = match (failed, unproven) {
                (true, _) => ("failed", json!([reason(name)])),
                (false, true) => ("not_applicable", json!(["not_enabled"])),
                (false, false) => ("passed", json!([])),
            };
            let requirement = if *is_required { "required" } else { "not_required" };
            json!({ "name": name, "status": status, "reasons": reasons, "requirement": requirement, "metadata": {} })
        })
        .collect()
}

fn choose<'a>(
    rng: &mut Rng,
    table: &[(&'a str, bool)],
    required: bool,
    count: usize,
) -> Vec<&'a str> {
    let mut names: Vec<&str> =
        table.iter().filter(|(_, is)| *is == required).map(|(name, _)| *name).collect();
    rng.shuffle(&mut names);
    names.truncate(count);
    names
}

/// Kind and attributes of a verification; instants are set by the caller.
pub fn verification(
    rng: &mut Rng,
    kind: &str,
    person: &Person,
    outcome: Outcome,
) -> Map<String, Value> {
    let table = match kind {
        "government-id" => GOVERNMENT_ID,
        "selfie" => SELFIE,
        "database" => DATABASE,
        _ => &[("novel_detection", true)],
    };
    let status = if outcome == Outcome::Passed { "passed" } else { "failed" };
    let mut attributes = json!({
        "status": status,
        "country-code": person.country,
        "tags": [],
        "redacted-at": null,
        "checks": checks(rng, table, outcome),
    });
    let own = match kind {
        "government-id" => {
            // What was read differs from what was typed now and then.
            let first = if rng.u8(..10) == 0 { "Alexander" } else { person.first.as_str() };
            json!({
                "entity-confidence-score": 98.5, "entity-confidence-reasons": [],
                "front-photo-url": null, "back-photo-url": null, "selfie-photo-url": null,
                "video-url": null, "photo-urls": [], "selfie-photo": null,
                "id-class": "pp", "capture-method": "auto",
                "name-first": first, "name-middle": null, "name-last": person.last, "name-suffix": null,
                "native-name-first": null, "native-name-middle": null, "native-name-last": null, "native-name-title": null,
                "birthdate": person.birthdate, "birthplace": null,
                "address-street-1": person.street, "address-street-2": null, "address-city": person.city,
                "address-subdivision": null, "address-postal-code": "00000",
                "issuing-authority": person.country, "issuing-subdivision": null, "nationality": person.country,
                "document-number": person.document, "identification-number": person.document,
                "visa-status": null, "issue-date": "2018-05-01", "expiration-date": "2028-05-01",
                "designations": null, "endorsements": null, "height": null, "sex": null,
                "restrictions": null, "vehicle-class": null, "from-reusable-persona": false,
            })
        }
        "selfie" => json!({
            "capture-method": "photo", "center-photo-url": null, "left-photo-url": null,
            "right-photo-url": null, "video-url": null, "photo-urls": [],
            "center-photo-face-coordinates": null,
            "document-similarity-score": 93.2, "selfie-similarity-score-left": 90, "selfie-similarity-score-right": 91.5,
            "entity-confidence-reasons": [], "from-reusable-persona": false,
        }),
        "database" => json!({
            "name-first": person.first, "name-middle": null, "name-last": person.last,
            "birthdate": person.birthdate, "phone-number": person.phone, "email-address": person.email,
            "address-street-1": person.street, "address-street-2": null, "address-city": person.city,
            "address-subdivision": null, "address-postal-code": "00000",
            "normalized-address-street-1": null, "normalized-address-street-2": null,
            "normalized-address-city": null, "normalized-address-subdivision": null,
            "normalized-address-postal-code": null, "identification-number": null,
            "document-number": null, "document-issuing-date": null, "document-expiry-date": null,
            "document-issuing-subdivision": null,
        }),
        _ => json!({ "novel-score": "0.7" }),
    };
    let (Value::Object(attributes), Value::Object(own)) = (&mut attributes, own) else {
        unreachable!("both are objects by their literals")
    };
    attributes.extend(own);
    std::mem::take(attributes)
}
