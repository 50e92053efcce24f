//! What the evidence about an inquiry comes to by the rules of the practice house: which verdict,
//! and what of the evidence says so.

use crate::{
    desk::{InquiryFile, Signal},
    model::{Check, Verb, reasons, verification::Weight},
};

/// What decided, for what there is to practise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// A check failed that is required.
    Required,
    /// Somebody who was declined shares a value that tells a person or a machine.
    Shared,
    /// What failed is a signal, or an attempt that was repeated.
    Signals,
    /// Nothing speaks against it.
    Clean,
}

/// The known answer to an item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Approve or decline.
    pub verb: Verb,
    pub rule: Rule,
    /// Names the evidence, as a sentence without its full stop.
    pub because: String,
}

/// None as long as its checks are not here.
pub fn answer(file: &InquiryFile) -> Option<Answer> {
    file.hydrated_at?;
    let checks = || file.verifications.iter().flat_map(|verification| &verification.checks);
    let of = |weight: Weight| checks().filter(move |check| check.weight() == weight);
    let required: Vec<&Check> = of(Weight::Decides).collect();
    if let Some((first, more)) = required.split_first() {
        let because = match more.len() {
            0 => format!("{} failed and is required{}", name(first), reason(first)),
            1 => format!("{} and {} failed, and are required", name(first), name(more[0])),
            more => format!("{} and {more} more failed, and are required", name(first)),
        };
        return Some(Answer { verb: Verb::Decline, rule: Rule::Required, because });
    }
    let is_telling = |signal: &&Signal| {
        let shared = signal.sharers;
        shared.declined > 0 && !shared.common && !shared.kind.is_weak()
    };
    if let Some(signal) = file.signals.iter().find(is_telling) {
        let because = signal.sharers.words();
        return Some(Answer { verb: Verb::Decline, rule: Rule::Shared, because });
    }
    let approved = |rule, because| Some(Answer { verb: Verb::Approve, rule, because });
    if let Some(check) = of(Weight::Signal).next() {
        let because = format!("{} failed, but is a signal and not required", name(check));
        return approved(Rule::Signals, because);
    }
    if let Some(check) = of(Weight::Retry).next() {
        let because = format!("{} failed at first, and the attempt was repeated", name(check));
        return approved(Rule::Signals, because);
    }
    let because = "nothing that is required failed, and nobody who was declined shares anything";
    approved(Rule::Clean, because.to_owned())
}

fn name(check: &Check) -> String {
    check.name.as_str().replace(['_', '-'], " ")
}

/// `: past its expiry date`
fn reason(check: &Check) -> String {
    let words = check.reasons.iter().find_map(|code| reasons::words(code.as_str()));
    words.map_or(String::new(), |words| format!(": {words}"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        model::{Shared, Sharers, Verification},
        tui::state::{File, samples},
    };

    fn file(checks: &[(&str, &str, &str)], signals: &[(Shared, u64)]) -> InquiryFile {
        let state = samples::reading("needs_review");
        let Some(File::Inquiry(mut file)) = state.detail.map(|detail| detail.file) else {
            unreachable!("a sample of an inquiry")
        };
        let check = |(name, status, requirement): &(&str, &str, &str)| {
            json!({ "name": name, "status": status, "requirement": requirement,
                "reasons": ["expired"] })
        };
        let verification: Verification = serde_json::from_value(json!({
            "id": "ver_1", "kind": "government-id", "status": "failed", "fields": [],
            "checks": checks.iter().map(check).collect::<Vec<_>>(),
        }))
        .unwrap();
        file.verifications = vec![verification];
        let signal = |(kind, declined): &(Shared, u64)| Signal {
            sharers: Sharers {
                kind: *kind,
                others: 1,
                more: false,
                common: false,
                declined: *declined,
            },
            accounts: Vec::new(),
        };
        file.signals = signals.iter().map(signal).collect();
        *file
    }

    #[test]
    fn the_evidence_decides_and_is_named() {
        let expired = ("id_expired_detection", "failed", "required");
        let signal = ("id_entity_detection", "failed", "not_required");
        let glare = ("id_glare_detection", "failed", "requires_retry");
        let passed = ("id_expired_detection", "passed", "required");
        let (decline, approve) = (Verb::Decline, Verb::Approve);
        let table: [(&[_], &[_], _, _, _); 8] = [
            (
                &[passed, expired],
                &[],
                &decline,
                Rule::Required,
                "id expired detection failed and is required: past its expiry date",
            ),
            (
                &[expired, expired],
                &[(Shared::Email, 1)],
                &decline,
                Rule::Required,
                "id expired detection and id expired detection failed, and are required",
            ),
            (
                &[expired, expired, expired],
                &[],
                &decline,
                Rule::Required,
                "id expired detection and 2 more failed, and are required",
            ),
            (
                &[signal],
                &[(Shared::Email, 1)],
                &decline,
                Rule::Shared,
                "1 other account shares this e-mail address, and was declined",
            ),
            (
                &[signal, passed],
                &[(Shared::Email, 0)],
                &approve,
                Rule::Signals,
                "id entity detection failed, but is a signal and not required",
            ),
            (
                &[glare, passed],
                &[(Shared::Ip, 1)],
                &approve,
                Rule::Signals,
                "id glare detection failed at first, and the attempt was repeated",
            ),
            (
                &[passed],
                &[],
                &approve,
                Rule::Clean,
                "nothing that is required failed, and nobody who was declined shares anything",
            ),
            (
                &[],
                &[],
                &approve,
                Rule::Clean,
                "nothing that is required failed, and nobody who was declined shares anything",
            ),
        ];
        for (checks, signals, verb, rule, because) in table {
            let told = answer(&file(checks, signals)).unwrap();
            assert_eq!((&told.verb, told.rule, told.because.as_str()), (verb, rule, because));
        }
        let unread = InquiryFile { hydrated_at: None, ..file(&[expired], &[]) };
        assert_eq!(answer(&unread), None, "nobody can say yet");
    }
}
