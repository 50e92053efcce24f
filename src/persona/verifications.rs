//! Verifications of every kind: the shared attributes typed, the rest as named values.

use serde_json::Value;

use super::{
    fields::{self, flatten},
    jsonapi::{DecodeError, Resource},
};
use crate::model::{
    Check, CheckStatus, InquiryId, Requirement, Text, Verification, VerificationId, field,
};

pub fn verification(resource: &Resource<'_>) -> Result<Verification, DecodeError> {
    let kind = resource.kind.strip_prefix("verification/").unwrap_or(resource.kind);
    let checks = resource.attribute("checks").and_then(Value::as_array);
    // A document's own values are under `fields`, as in an inquiry.
    let mut fields = fields::of(resource);
    for (name, value) in resource.attributes().filter(|(name, _)| is_evidence(name)) {
        flatten(&mut fields, name, value);
    }
    Ok(Verification {
        id: resource.id(VerificationId::new)?,
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
        "fields",
        "metadata",
        "capture_method",
        "from_reusable_persona",
        "confirmation_code",
    ];
    const HIDDEN_ENDS: &[&str] = &["_ts", "_url", "_urls", "video", "token", "coordinates"];
    let name = field::normalised(name);
    !SHARED.contains(&name.as_str())
        && !HIDDEN_ENDS.iter().any(|end| name.ends_with(end))
        && !name.contains("photo")
        && !name.starts_with("files")
        && !name.starts_with("entity_confidence")
}
