//! Persona's reason codes in plain words. An open set: what is not known here is told by its code.

/// What a code of a check means.
pub fn words(code: &str) -> Option<&'static str> {
    Some(match code {
        "disabled" | "not_enabled" => "this check is switched off",
        "no_account" => "there is no account to compare with",
        "no_inquiry" => "there is nothing typed to compare with",
        "no_government_id" => "there is no document to compare with",
        "no_account_selfie_present" => "the account has no selfie to compare with",
        "no_reference_birthdate" => "there is no birth date to compare with",
        "no_selfie" => "there is no selfie to compare with",
        "no_country" => "the country is not known",
        "no_expiration_date" => "no expiry date could be read",
        "no_required_properties" => "nothing is required to be read",
        "missing_birthdate" => "no birth date could be read",
        "missing_address" => "no address could be read",
        "missing_properties" => "required details could not be read",
        "invalid_country" => "this country is not allowed",
        "barcode_not_decoded" => "the barcode could not be read",
        "mrz_not_found" => "the machine-readable lines could not be read",
        "type_not_detected" => "the kind of document was not recognised",
        "side_submitted_twice" => "one side was handed in twice",
        "replica_detected" => "a picture of a screen or a printout",
        "cannot_verify_id" => "the document could not be verified",
        "low_confidence_entity_match" => "probably not the same person",
        "low_confidence_match" => "faces probably do not match",
        "too_much_glare" => "too much glare",
        "portrait_not_found" => "no portrait was found",
        "low_liveness_confidence" => "probably not a live person",
        "expired" => "past its expiry date",
        _ => return None,
    })
}

/// `past its expiry date (expired)`, or the code as words.
pub fn in_words(code: &str) -> String {
    match words(code) {
        Some(words) => format!("{words} ({code})"),
        None => code.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_stands_beside_its_words() {
        assert_eq!(in_words("expired"), "past its expiry date (expired)");
        assert_eq!(in_words("of_tomorrow"), "of tomorrow");
    }
}
