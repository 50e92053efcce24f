//! The checks of a verification, passing or failing in plausible ways.

use fastrand::Rng;
use serde_json::{Value, json};

use super::{
    kinds::{FAILED, NOT_APPLICABLE},
    plan::Outcome,
};

/// What a failed check means for its verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Requirement {
    Required,
    Retry,
    Signal,
}

fn read(word: &str) -> (&str, Requirement) {
    match (word.strip_suffix('!'), word.strip_suffix('~')) {
        (Some(name), _) => (name, Requirement::Required),
        (None, Some(name)) => (name, Requirement::Retry),
        (None, None) => (word, Requirement::Signal),
    }
}

/// Checks from their names in a row, going as the outcome says.
pub fn checks(rng: &mut Rng, names: &str, outcome: Outcome) -> Vec<Value> {
    if outcome == Outcome::Initiated {
        return Vec::new();
    }
    let table: Vec<(&str, Requirement)> = names.split_whitespace().map(read).collect();
    let failing = failing(rng, &table, outcome);
    let one = |(name, requirement): &(&str, Requirement)| {
        let failed = failing.contains(name);
        let unproven = !failed && *requirement == Requirement::Signal && rng.u8(..9) == 0;
        let (status, reasons) = match (failed, unproven) {
            (true, _) => ("failed", json!([reason(&FAILED, name)])),
            (false, true) => ("not_applicable", json!([reason(&NOT_APPLICABLE, name)])),
            (false, false) => ("passed", json!([])),
        };
        let requirement = match requirement {
            Requirement::Required => "required",
            Requirement::Retry => "requires_retry",
            Requirement::Signal => "not_required",
        };
        json!({
            "name": name, "status": status, "reasons": reasons, "requirement": requirement,
            "metadata": metadata(name),
        })
    };
    table.iter().map(one).collect()
}

/// The checks of a chip say nothing of what they are required for.
pub fn without_requirements(checks: &mut [Value]) {
    for check in checks.iter_mut().filter_map(Value::as_object_mut) {
        check.remove("requirement");
    }
}

/// Whether any check that decides has failed.
pub fn is_failed(checks: &[Value]) -> bool {
    checks.iter().any(|check| check["status"] == "failed" && check["requirement"] == "required")
}

fn failing<'a>(rng: &mut Rng, table: &[(&'a str, Requirement)], outcome: Outcome) -> Vec<&'a str> {
    let mut choose = |wanted: Requirement, count: usize| {
        let mut names: Vec<&str> = table
            .iter()
            .filter(|(_, requirement)| *requirement == wanted)
            .map(|(name, _)| *name)
            .collect();
        rng.shuffle(&mut names);
        names.truncate(count);
        names
    };
    match outcome {
        Outcome::Initiated | Outcome::Passed => Vec::new(),
        Outcome::Retried => choose(Requirement::Retry, 1),
        Outcome::Failed { required, signals } => {
            let mut failing = choose(Requirement::Required, required);
            failing.extend(choose(Requirement::Signal, signals));
            failing
        }
    }
}

fn reason(table: &[(&str, &'static str)], check: &str) -> &'static str {
    let fits = table.iter().find(|(part, _)| check.contains(part));
    fits.map_or("cannot_verify_id", |(_, reason)| reason)
}

fn metadata(check: &str) -> Value {
    match check {
        "id_age_comparison" => json!({ "minimum-age": 18 }),
        "id_disallowed_country_detection" => json!({ "disallowed-countries": ["XX"] }),
        "business_website_backlink_detection" => {
            json!({ "backlink-count": 24, "backlink-threshold": 10 })
        }
        _ => json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: &str = "id_glare_detection~ id_expired_detection! id_repeat_detection";

    fn failed(outcome: Outcome) -> Vec<String> {
        let checks = checks(&mut Rng::with_seed(1), NAMES, outcome);
        let failed = checks.iter().filter(|check| check["status"] == "failed");
        failed.map(|check| check["reasons"][0].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn what_fails_is_as_told() {
        assert!(failed(Outcome::Initiated).is_empty() && failed(Outcome::Passed).is_empty());
        assert_eq!(failed(Outcome::Retried), ["too_much_glare"]);
        assert_eq!(failed(Outcome::Failed { required: 2, signals: 0 }), ["expired"]);
        let both =
            checks(&mut Rng::with_seed(1), NAMES, Outcome::Failed { required: 1, signals: 1 });
        assert!(is_failed(&both) && both.len() == 3);
    }
}
