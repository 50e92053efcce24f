//! Verifications of every kind: the shared attributes typed, the rest as named values.

use serde_json::Value;

use super::{
    decode::{bad_id, flatten},
    jsonapi::{DecodeError, Resource},
};
use crate::model::{
    Check, CheckStatus, InquiryId, Requirement, Text, Verification, VerificationId, field,
};

pub fn verification(resource: &Resource<'_>) -> Result<Verification, DecodeError> {
    let kind = resource.kind.strip_prefix("verification/").unwrap_or(resource.kind);
    let checks = resource.attribute("checks").and_then(Value::as_array);
    let mut fields = Vec::new();
    for (name, value) in resource.attributes().filter(|(name, _)| is_evidence(name)) {
        flatten(&mut fields, name, value, 0);
    }
    Ok(Verification {
        id: VerificationId::new(resource.id).map_err(bad_id)?,
        kind: Text::new(kind),
        status: resource.text("status").unwrap_or_default(),
        inquiry: resource.related_id("inquiry").and_then(|id| InquiryId::new(id).ok()),
        created_at: resource.instant("created-at"),
        submitted_at: resource.instant("submitted-at"),
        completed_at: resource.instant("completed-at"),
        country_code: resource.text("country-code"),
        checks: checks.map_or_else(Vec::new, |checks| checks.iter().filter_map(check).collect()),
        fields,
    })
}

fn check(value: &Value) -> Option<Check> {
    let text = |name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let reasons = value.get("reasons").and_then(Value::as_array);
    let name = Text::from(text("name"));
    (!name.is_empty()).then(|| Check {
        name,
        status: CheckStatus::from(Text::from(text("status")).to_string()),
        requirement: Requirement::from(Text::from(text("requirement")).to_string()),
        reasons: reasons.map_or_else(Vec::new, |reasons| {
            reasons.iter().filter_map(Value::as_str).map(Text::new).collect()
        }),
    })
}

/// What a reviewer reads: not the shared attributes, and never a link, a token or a code.
fn is_evidence(name: &str) -> bool {
    const SHARED: &[&str] = &[
        "status",
        "created_at",
        "submitted_at",
        "completed_at",
        "redacted_at",
        "country_code",
        "tags",
        "checks",
        "metadata",
        "capture_method",
        "from_reusable_persona",
        "confirmation_code",
    ];
    let name = field::normalised(name);
    let hidden = ["_ts", "_url", "_urls", "photo", "video", "token", "coordinates", "files"];
    !SHARED.contains(&name.as_str())
        && !hidden.iter().any(|part| name.ends_with(part))
        && !name.contains("photo")
        && !name.starts_with("files")
        && !name.starts_with("entity_confidence")
}
