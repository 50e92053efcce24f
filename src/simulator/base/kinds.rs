//! What each kind of verification looks like: the attributes of its own and the checks it makes.

/// A kind of verification; lists are words in a row.
pub struct Kind {
    pub name: &'static str,
    /// Attributes beyond those that all verifications share.
    pub own: &'static str,
    /// Names of checks: `!` is required, `~` asks for another try, the others are signals.
    pub checks: &'static str,
}

pub fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

const NAMES: &str = "name-first name-last birthdate";
/// What most digital identities tell.
const DIGITAL: &str =
    "name-first name-last identification-number birthdate response-country response-status";
const DIGITAL_CHECKS: &str =
    "digital_id_inquiry_comparison! digital_id_age_comparison digital_id_account_comparison";

const fn kind_of(name: &'static str, own: &'static str, checks: &'static str) -> Kind {
    Kind { name, own, checks }
}

pub const KINDS: [Kind; 45] = [
    kind_of(
        "government-id",
        "entity-confidence-score entity-confidence-reasons front-photo-url back-photo-url
         photo-urls selfie-photo selfie-photo-url video-url id-class capture-method name-first
         name-middle name-last name-suffix native-name-first native-name-middle native-name-last
         native-name-title birthdate issuing-authority issuing-subdivision nationality
         document-number visa-status issue-date expiration-date designations birthplace
         endorsements height sex restrictions vehicle-class identification-number
         from-reusable-persona address-street-1 address-street-2 address-city address-subdivision
         address-postal-code",
        "id_aamva_database_lookup id_account_comparison id_age_comparison!
         id_age_inconsistency_detection id_barcode_detection! id_barcode_inconsistency_detection
         id_blur_detection~ id_color_inconsistency_detection id_compromised_detection!
         id_disallowed_country_detection! id_disallowed_type_detection! id_double_side_detection!
         id_electronic_replica_detection! id_entity_detection id_expired_detection!
         id_extracted_properties_detection! id_extraction_inconsistency_detection
         id_fabrication_detection! id_glare_detection~ id_handwriting_detection
         id_inconsistent_repeat_detection id_inquiry_comparison! id_mrz_detection!
         id_mrz_inconsistency_detection id_number_format_inconsistency_detection
         id_po_box_detection id_portrait_clarity_detection! id_portrait_detection!
         id_public_figure_detection id_real_id_detection id_repeat_detection id_selfie_comparison!
         id_tamper_detection! id_type_detection! id_unprocessable_submission_detection!
         id_valid_dates_detection",
    ),
    kind_of(
        "selfie",
        "capture-method center-photo-face-coordinates center-photo-url document-similarity-score
         entity-confidence-reasons left-photo-url from-reusable-persona photo-urls right-photo-url
         selfie-similarity-score-left selfie-similarity-score-right video-url",
        "selfie_id_comparison! selfie_liveness_detection! selfie_pose_detection!
         selfie_image_quality_detection~ selfie_glare_detection selfie_account_comparison
         selfie_age_comparison selfie_public_figure_detection selfie_multiple_faces_detection",
    ),
    kind_of(
        "database",
        "birthdate name-first name-middle name-last phone-number email-address address-street-1
         address-street-2 address-city address-subdivision address-postal-code
         normalized-address-street-1 normalized-address-street-2 normalized-address-city
         normalized-address-subdivision normalized-address-postal-code identification-number
         document-number document-issuing-date document-expiry-date document-issuing-subdivision",
        "database_name_comparison! database_birthdate_comparison! database_address_comparison
         database_identity_comparison database_deceased_detection",
    ),
    kind_of(
        "document",
        "fields files files-normalized extraction-responses document-type",
        "document_type_detection! document_expired_detection! document_fabrication_detection!
         document_extracted_properties_detection! document_inquiry_comparison",
    ),
    kind_of("email-address", "email-address confirmation-code", "email_address_deliverable_detection"),
    kind_of(
        "phone-number",
        "phone-number confirmation-code metadata",
        "phone_number_carrier_detection phone_number_risk_detection",
    ),
    kind_of(
        "aamva",
        "name-first name-last birthdate issue-date expiration-date address-postal-code
         issuing-authority identification-number",
        "aamva_name_comparison! aamva_birthdate_comparison! aamva_identification_number_comparison!",
    ),
    kind_of("bank-pennydrop", "", "bank_pennydrop_account_detection!"),
    kind_of(
        "brand-asset",
        "business-name business-website",
        "brand_asset_business_name_comparison! brand_asset_trademark_detection",
    ),
    kind_of(
        "business-website",
        "website-url extracted-identity",
        "business_website_backlink_detection business_website_malicious_website_detection!
         business_website_domain_age_detection",
    ),
    kind_of(
        "certificate-korea",
        "name-first name-last identification-number birthdate certificate-type",
        "certificate_korea_identity_comparison!",
    ),
    kind_of("credit-card", "", "credit_card_name_comparison! credit_card_issuer_detection"),
    kind_of("database-aadhaar", NAMES, "database_aadhaar_identity_comparison!"),
    kind_of(
        "database-business",
        "birthdate name-first name-middle name-last phone-number email-address address-street-1
         address-street-2 address-city address-subdivision address-postal-code business-name
         registration-number address-country-code",
        "database_business_service_available_detection! database_business_enabled_country_detection!
         database_business_active_business_detection! database_business_identity_comparison!
         database_business_associated_persons_comparison",
    ),
    kind_of(
        "database-business-footprint",
        "",
        "database_business_footprint_presence_detection! database_business_footprint_age_detection",
    ),
    kind_of(
        "database-ecbsv",
        "name-first name-last birthdate email-address identification-number signature-timestamp
         signature-ip",
        "database_ecbsv_identity_comparison! database_ecbsv_deceased_detection!",
    ),
    kind_of(
        "database-phone-carrier",
        "name-first name-last birthdate phone-number address-street-1 address-street-2 address-city
         address-subdivision address-postal-code",
        "database_phone_carrier_identity_comparison! database_phone_carrier_sim_swap_detection",
    ),
    kind_of(
        "database-serpro",
        "birthdate cpf name-first name-full name-last",
        "database_serpro_identity_comparison! database_serpro_selfie_comparison",
    ),
    kind_of(
        "database-standard",
        "birthdate name-first name-middle name-last phone-number email-address address-street-1
         address-street-2 address-city address-subdivision address-postal-code
         normalized-address-city normalized-address-postal-code normalized-address-street-1
         normalized-address-street-2 normalized-address-subdivision",
        "database_standard_identity_comparison! database_standard_address_comparison",
    ),
    kind_of(
        "database-tin",
        "tin tin-type name-first name-last name-business",
        "database_tin_identity_comparison!",
    ),
    kind_of(
        "database-vat-number",
        "vat-number business-name address-street-1 address-street-2 address-city
         address-subdivision address-postal-code registered-business-name
         registered-address-street-1 registered-address-street-2 registered-address-city
         registered-address-subdivision registered-address-postal-code
         registered-address-country-code",
        "database_vat_number_active_detection! database_vat_number_name_comparison",
    ),
    kind_of("digital-id-connect-id", "", DIGITAL_CHECKS),
    kind_of("digital-id-e-do-app", DIGITAL, DIGITAL_CHECKS),
    kind_of("digital-id-finnish-trust-network", DIGITAL, DIGITAL_CHECKS),
    kind_of("digital-id-france-identite", DIGITAL, DIGITAL_CHECKS),
    kind_of(
        "digital-id-generic",
        "name-first name-last identification-number birthdate response-country response-status
         selected-country-code selected-digital-id-type",
        DIGITAL_CHECKS,
    ),
    kind_of("digital-id-idin", DIGITAL, DIGITAL_CHECKS),
    kind_of(
        "digital-id-its-me",
        "name-first name-last identification-number birthdate response-country response-status
         address birth-place document-number email gender id-expiry-date id-picture language
         nationality phone",
        DIGITAL_CHECKS,
    ),
    kind_of(
        "digital-id-kcb-credit-card",
        "name-full birthdate sex native-foreigner-code ci di",
        DIGITAL_CHECKS,
    ),
    kind_of(
        "digital-id-mit-id",
        "name-first name-last identification-number birthdate response-country response-status
         level-of-assurance",
        DIGITAL_CHECKS,
    ),
    kind_of("digital-id-one-id", DIGITAL, DIGITAL_CHECKS),
    kind_of(
        "digital-id-philsys",
        "issue-date issuer name-first name-middle name-last suffix sex birthdate place-of-birth pcn",
        DIGITAL_CHECKS,
    ),
    kind_of(
        "digital-id-serpro",
        "qr-code-attachment selfie-compare-image-url cpf name birthdate identification-number
         expiration-date issue-date selfie-comparison-error-code serpro-selfie-available
         selfie-confidence-level selfie-similarity-score",
        DIGITAL_CHECKS,
    ),
    kind_of(
        "digital-id-singpass",
        "identity-number identity-coi name alias-name hanyu-pinyin-name hanyu-pinyin-alias-name
         married-name birthdate sex race secondary-race nationality nationality-description
         birth-country birth-country-description residential-status pass-type pass-status
         pass-expiry-date address-street-1 address-street-2 address-postal-code
         address-country-code address-country-description",
        DIGITAL_CHECKS,
    ),
    kind_of("digital-id-swedish-bank-id", DIGITAL, DIGITAL_CHECKS),
    kind_of(
        "digital-id-uk-sharecode",
        "sharecode birthdate name-full reference-number immigration-status valid-from-date
         valid-until-date",
        DIGITAL_CHECKS,
    ),
    kind_of("digital-id-world-id", "", DIGITAL_CHECKS),
    kind_of(
        "government-id-nfc",
        "birthdate expiration-date id-class identification-number name-first name-last selfie-photo
         selfie-photo-url sex address-street-1 address-street-2 address-city address-subdivision
         address-postal-code",
        "id_nfc_expired_detection! id_nfc_authenticity_detection! id_nfc_inquiry_comparison",
    ),
    kind_of(
        "jp-my-number-nfc-scan",
        "operation address birthdate expiration-date face-image selfie-photo gender
         identification-class identification-number kana-name license-number name-full sex
         vehicle-classes",
        "jp_my_number_signature_detection!",
    ),
    kind_of(
        "mdoc",
        "name-first name-last birthdate address-street address-city address-state
         address-postal-code address-country-code issuing-authority issuing-jurisdiction
         issuing-country nationality expiration-date identification-number age-in-years
         meets-minimum-age validated-issuer-key portrait-photo",
        "mdoc_issuer_detection! mdoc_expired_detection! mdoc_portrait_detection",
    ),
    kind_of("persona-fff-inquiry", "", "persona_fff_inquiry_signal_detection"),
    kind_of(
        "phone-number-silent-network-authentication",
        "phone-number",
        "phone_number_silent_network_authentication_detection!",
    ),
    kind_of("qes-infocert", "tentative-sub-state", "qes_infocert_signature_detection!"),
    kind_of(
        "verifiable-credential",
        "selected-credential-issuer selected-credential-types selected-credential-issuance-date
         selected-credential-expiration-date",
        "verifiable_credential_signature_detection! verifiable_credential_issuer_detection!",
    ),
    // One that no client knows.
    kind_of("retina-scan", "novel-score", "novel_detection!"),
];

/// Why a check fails; the last fits all others.
pub const FAILED: [(&str, &str); 18] = [
    ("_expired_", "expired"),
    ("portrait", "portrait_not_found"),
    ("barcode", "barcode_not_decoded"),
    ("mrz", "mrz_not_found"),
    ("glare", "too_much_glare"),
    ("blur", "too_blurry"),
    ("replica", "replica_detected"),
    ("double_side", "side_submitted_twice"),
    ("type_detection", "type_not_detected"),
    ("id_entity", "low_confidence_entity_match"),
    ("selfie_id_", "low_confidence_match"),
    ("id_selfie_", "low_confidence_match"),
    ("liveness", "low_liveness_confidence"),
    ("extracted_properties", "no_required_properties"),
    ("inconsistency", "missing_properties"),
    ("number_format", "invalid_country"),
    ("_comparison", "low_confidence_match"),
    ("", "cannot_verify_id"),
];

/// Why a signal does not apply; the last fits all others.
pub const NOT_APPLICABLE: [(&str, &str); 9] = [
    ("aamva", "disabled"),
    ("real_id", "disabled"),
    ("account", "no_account"),
    ("age_", "missing_birthdate"),
    ("po_box", "missing_address"),
    ("inquiry", "no_inquiry"),
    ("expired", "no_expiration_date"),
    ("country", "no_country"),
    ("", "not_enabled"),
];
