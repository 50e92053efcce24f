//! What an id or a link names: found in typed or pasted text, with whatever stands around it.

use crate::model::{AccountId, CaseId, InquiryId, ReportId, Subject, VerificationId};

/// What can be opened by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    Item(Subject),
    /// Read among the evidence of what it belongs to.
    Report(ReportId),
    Verification(VerificationId),
}

impl Target {
    pub fn id(&self) -> &str {
        match self {
            Self::Item(subject) => subject.id(),
            Self::Report(id) => id.as_str(),
            Self::Verification(id) => id.as_str(),
        }
    }

    /// In a word.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Item(subject) => subject.kind(),
            Self::Report(_) => "report",
            Self::Verification(_) => "verification",
        }
    }
}

/// What else of Persona's has ids, and what it is.
const OTHERS: &[(&str, &str)] = &[
    ("txn_", "a transaction"),
    ("doc_", "a document"),
    ("iqse_", "a session"),
    ("dev_", "a device"),
    ("evt_", "an event"),
    ("itmpl_", "a template"),
    ("tmpl_", "a template"),
    ("ctmpl_", "a template"),
    ("wfl_", "a workflow"),
    ("wfr_", "a workflow run"),
    ("wbh_", "a webhook"),
    ("usr_", "a user"),
    ("lst_", "a list"),
];

/// Shorter ones are words, not ids.
const SHORTEST: usize = 2;

/// # Errors
/// With a sentence where there is no id, one of something else, or more than one.
pub fn found(text: &str) -> Result<Target, String> {
    let mut targets: Vec<Target> = Vec::new();
    let mut other = None;
    for place in text.split_whitespace() {
        // A link names what it leads to first, and parts of it after that.
        let is_link = place.contains('/');
        let mut of_place = pieces(place).filter_map(target);
        let of_place: Vec<Target> = match is_link {
            true => of_place.next().into_iter().collect(),
            false => of_place.collect(),
        };
        if of_place.is_empty() {
            other = other.or_else(|| pieces(place).find_map(named_otherwise));
        }
        for target in of_place {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
    }
    match (targets.as_slice(), other) {
        ([only], _) => Ok(only.clone()),
        ([], Some(what)) => Err(format!(
            "this is {what}: inquiries, cases, accounts, reports and verifications are opened here"
        )),
        ([], None) => Err(
            "there is no id of Persona's in it: one begins with inq_, case_, act_, rep_ or ver_"
                .to_owned(),
        ),
        (several, _) => Err(format!("there are {} ids in it: which one?", several.len())),
    }
}

/// Words of characters that ids are made of.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let of_ids = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    text.split(move |c| !of_ids(c)).map(|piece| piece.trim_matches(['.', '-']))
}

fn target(piece: &str) -> Option<Target> {
    let (prefix, rest) = piece.split_once('_')?;
    if rest.len() < SHORTEST {
        return None;
    }
    let subject = match prefix {
        "inq" => Subject::Inquiry(InquiryId::new(piece).ok()?),
        "case" => Subject::Case(CaseId::new(piece).ok()?),
        "act" => Subject::Account(AccountId::new(piece).ok()?),
        "rep" => return ReportId::new(piece).ok().map(Target::Report),
        "ver" => return VerificationId::new(piece).ok().map(Target::Verification),
        _ => return None,
    };
    Some(Target::Item(subject))
}

fn named_otherwise(piece: &str) -> Option<&'static str> {
    let long = |prefix: &str| piece.len() >= prefix.len() + SHORTEST;
    OTHERS.iter().find(|(p, _)| piece.starts_with(p) && long(p)).map(|(_, what)| *what)
}

/// Whether typed text may become an id that the local copy knows.
pub fn begins(typed: &str) -> bool {
    let typed = typed.trim();
    let prefixes = ["inq_", "case_", "act_"];
    prefixes.iter().any(|prefix| typed.len() > prefix.len() && typed.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_found_in_whatever_is_pasted() {
        let table = [
            ("inq_7Q2mK9xTzB4uLhW1eRvN5aCd", "inquiry inq_7Q2mK9xTzB4uLhW1eRvN5aCd"),
            ("  'inq_7Q2m', \n", "inquiry inq_7Q2m"),
            ("see (case_17).", "case case_17"),
            ("https://app.withpersona.com/dashboard/inquiries/inq_7Q2m", "inquiry inq_7Q2m"),
            (
                "https://app.withpersona.com/dashboard/inquiries/inq_7Q2m/verifications/ver_9x?tab=1#top",
                "inquiry inq_7Q2m",
            ),
            ("<https://withpersona.com/dashboard/cases/case_17?x=inq_99>", "case case_17"),
            ("withpersona.com/dashboard/accounts/act_A1/", "account act_A1"),
            (
                "https://api.withpersona.com/api/v1/verification/database/ver_9x",
                "verification ver_9x",
            ),
            ("GET /api/v1/reports/rep_5z", "report rep_5z"),
            ("inq_7Q2m inq_7Q2m", "inquiry inq_7Q2m"),
        ];
        for (pasted, expected) in table {
            let target = found(pasted).unwrap();
            assert_eq!(format!("{} {}", target.kind(), target.id()), expected, "{pasted}");
        }
        let refused = [
            ("", "no id"),
            ("hello world", "no id"),
            ("inq_", "no id"),
            ("case_a", "no id"),
            ("inq_7Q2m case_17", "2 ids"),
            ("txn_9rK2", "a transaction"),
            ("https://app.withpersona.com/dashboard/templates/itmpl_5g", "a template"),
            ("persona_sandbox_verysecret", "no id"),
        ];
        for (pasted, why) in refused {
            let said = found(pasted).unwrap_err();
            assert!(said.contains(why) && !said.contains("verysecret"), "{pasted}: {said}");
        }
        assert!(begins(" inq_7") && !begins("inq_") && !begins("approve"));
    }
}
