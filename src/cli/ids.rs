//! Ids as arguments. Persona's ids are opaque, but one that plainly names another kind of object
//! is a mistake.

use crate::model::{AccountId, CaseId, InquiryId, Subject, TemplateId, id::InvalidId};

/// Prefixes that are known, and what they name.
const KINDS: [(&str, &str); 6] = [
    ("inq_", "an inquiry"),
    ("case_", "a case"),
    ("act_", "an account"),
    ("itmpl_", "a template of inquiries"),
    ("ctmpl_", "a template of cases"),
    ("ver_", "a verification"),
];

/// What an id names, told by its prefix.
pub fn subject(raw: &str) -> Result<Subject, String> {
    match kind(raw) {
        Some("an inquiry") => inquiry(raw).map(Subject::Inquiry),
        Some("a case") => case(raw).map(Subject::Case),
        Some("an account") => account(raw).map(Subject::Account),
        _ => Err("an id of an inquiry (inq_…), a case (case_…) or an account (act_…)".to_owned()),
    }
}

pub fn inquiry(raw: &str) -> Result<InquiryId, String> {
    checked(raw, "an inquiry", InquiryId::new)
}

pub fn case(raw: &str) -> Result<CaseId, String> {
    checked(raw, "a case", CaseId::new)
}

pub fn account(raw: &str) -> Result<AccountId, String> {
    checked(raw, "an account", AccountId::new)
}

pub fn inquiry_template(raw: &str) -> Result<TemplateId, String> {
    checked(raw, "a template of inquiries", TemplateId::new)
}

pub fn case_template(raw: &str) -> Result<TemplateId, String> {
    checked(raw, "a template of cases", TemplateId::new)
}

fn checked<T>(
    raw: &str,
    wanted: &str,
    new: impl Fn(&str) -> Result<T, InvalidId>,
) -> Result<T, String> {
    match kind(raw) {
        Some(kind) if kind != wanted => Err(format!("this is the id of {kind}, not of {wanted}")),
        _ => new(raw).map_err(|why| why.to_string()),
    }
}

fn kind(raw: &str) -> Option<&'static str> {
    KINDS.iter().find(|(prefix, _)| raw.starts_with(prefix)).map(|(_, kind)| *kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_another_kind_is_a_mistake_and_an_unknown_prefix_is_not() {
        assert!(inquiry("inq_1").is_ok() && inquiry("novel_1").is_ok());
        assert_eq!(inquiry("case_1").unwrap_err(), "this is the id of a case, not of an inquiry");
        assert!(inquiry("inq_../x").unwrap_err().starts_with("not an id"));
        assert!(matches!(subject("act_1"), Ok(Subject::Account(_))));
        assert!(subject("ver_1").is_err() && subject("").is_err());
        assert!(inquiry_template("tmpl_1").is_ok() && inquiry_template("ctmpl_1").is_err());
    }
}
