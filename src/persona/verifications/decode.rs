//! A verification of any kind: the shared attributes and what is known of its kind typed, the rest
//! as named values.

use super::detail;
use crate::{
    model::{
        AccountId, Check, CheckStatus, InquiryId, Requirement, Text, Verification, VerificationId,
        field,
    },
    persona::{
        endpoint::{Object, answers},
        fields, files,
        jsonapi::{DecodeError, Json, Members, Resource, member},
        mismatches::{type_of, word},
    },
};

answers!(Verification);

const STATUSES: &[&str] = &[
    "initiated",
    "submitted",
    "tentatively_passed",
    "tentatively_failed",
    "passed",
    "failed",
    "requires_retry",
    "skipped",
    "canceled",
    "confirmed",
];

impl Object for Verification {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        let kind = resource.kind_of("verification")?;
        if !KINDS.contains(&kind) {
            resource.note("type", "a known kind", &word(kind));
        }
        let checks = resource.objects_in("checks");
        // A document's own values are under `fields`, as in an inquiry.
        let mut fields = fields::of(resource);
        for (name, value) in resource.attributes().filter(|(name, _)| is_evidence(name)) {
            fields::keep(&mut fields, resource, name, value);
        }
        let mut accounts = resource.many("accounts", AccountId::new);
        accounts.extend(resource.one("account", AccountId::new));
        Ok(Self {
            id: resource.id(VerificationId::new)?,
            kind: Text::new(kind),
            status: resource.word("status", STATUSES),
            inquiry: resource.one("inquiry", InquiryId::new),
            created_at: resource.instant("created-at"),
            submitted_at: resource.instant("submitted-at"),
            completed_at: resource.instant("completed-at"),
            redacted_at: resource.instant("redacted-at"),
            country_code: resource.text("country-code"),
            tags: resource.texts("tags"),
            accounts,
            checks: checks.iter().filter_map(|value| check(resource, value)).collect(),
            detail: detail::of(kind, resource),
            files: files::without_links(resource),
            fields,
        })
    }
}

/// The kinds of the contract.
const KINDS: &[&str] = &[
    "aamva",
    "bank-pennydrop",
    "brand-asset",
    "business-website",
    "certificate-korea",
    "credit-card",
    "database",
    "database-aadhaar",
    "database-business",
    "database-business-footprint",
    "database-ecbsv",
    "database-phone-carrier",
    "database-serpro",
    "database-standard",
    "database-tin",
    "database-vat-number",
    "digital-id-connect-id",
    "digital-id-e-do-app",
    "digital-id-finnish-trust-network",
    "digital-id-france-identite",
    "digital-id-generic",
    "digital-id-idin",
    "digital-id-its-me",
    "digital-id-kcb-credit-card",
    "digital-id-mit-id",
    "digital-id-one-id",
    "digital-id-philsys",
    "digital-id-serpro",
    "digital-id-singpass",
    "digital-id-swedish-bank-id",
    "digital-id-uk-sharecode",
    "digital-id-world-id",
    "document",
    "email-address",
    "government-id",
    "government-id-nfc",
    "jp-my-number-nfc-scan",
    "mdoc",
    "persona-fff-inquiry",
    "phone-number",
    "phone-number-silent-network-authentication",
    "qes-infocert",
    "selfie",
    "verifiable-credential",
];

fn check(resource: &Resource<'_>, value: &Json<'_>) -> Option<Check> {
    let text = |name: &str, known: &[&str]| {
        let text = Text::new(member(value, name).and_then(Json::as_str).unwrap_or_default());
        if !known.is_empty() && !known.contains(&text.as_str()) {
            resource.note(
                &format!("attributes.checks[].{name}"),
                "a known word",
                &word(text.as_str()),
            );
        }
        text.to_string()
    };
    let name = Text::from(text("name", &[]));
    if name.is_empty() {
        resource.note("attributes.checks[]", "a check with a name", type_of(value));
        return None;
    }
    let reasons = member(value, "reasons").and_then(Json::as_array);
    let mut metadata = Vec::new();
    for (name, value) in
        member(value, "metadata").and_then(Json::as_object).into_iter().flat_map(Members::iter)
    {
        fields::keep(&mut metadata, resource, name, value);
    }
    Some(Check {
        name,
        status: CheckStatus::from(text("status", &["passed", "failed", "not_applicable"])),
        requirement: Requirement::from(text(
            "requirement",
            &["required", "not_required", "requires_retry"],
        )),
        reasons: reasons.map_or_else(Vec::new, |reasons| {
            reasons.iter().filter_map(Json::as_str).map(Text::new).collect()
        }),
        metadata,
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
