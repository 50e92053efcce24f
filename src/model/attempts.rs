//! Several attempts of one verification: what changed from one to the next.

use super::{Check, Field, Pii, Text, Verification};

/// An attempt after another of the same kind.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt<'a> {
    pub verification: &'a Verification,
    /// From 2.
    pub nth: usize,
    pub of: usize,
    pub changes: Vec<Change<'a>>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Change<'a> {
    /// A check that came to something else; none where it did not run.
    Check { name: &'a Text, before: Option<&'a Check>, after: Option<&'a Check> },
    /// Something was read otherwise.
    Value { name: &'a Text, before: Option<&'a Pii>, after: Option<&'a Pii> },
}

/// Which attempt of its kind a verification is, and of how many: `(2, 3)`.
pub fn place(all: &[Verification], one: &Verification) -> (usize, usize) {
    let kind = in_order(all, one.kind.as_str());
    let at = kind.iter().position(|other| other.id == one.id).map_or(1, |at| at + 1);
    (at, kind.len().max(1))
}

/// All attempts after first ones, kinds in Persona's order.
pub fn again(all: &[Verification]) -> Vec<Attempt<'_>> {
    let mut kinds: Vec<&str> = Vec::new();
    for verification in all {
        if !kinds.contains(&verification.kind.as_str()) {
            kinds.push(verification.kind.as_str());
        }
    }
    let attempts = |kind| {
        let tries = in_order(all, kind);
        let of = tries.len();
        let pairs: Vec<_> = tries.windows(2).map(|pair| (pair[0], pair[1])).collect();
        pairs.into_iter().zip(2..).map(move |((before, after), nth)| Attempt {
            verification: after,
            nth,
            of,
            changes: changes(before, after),
        })
    };
    kinds.into_iter().flat_map(attempts).collect()
}

fn in_order<'a>(all: &'a [Verification], kind: &str) -> Vec<&'a Verification> {
    let mut tries: Vec<&Verification> =
        all.iter().filter(|one| one.kind.as_str() == kind).collect();
    tries.sort_by_key(|one| one.created_at);
    tries
}

fn changes<'a>(before: &'a Verification, after: &'a Verification) -> Vec<Change<'a>> {
    let was = |name: &Text| before.checks.iter().find(|check| check.name == *name);
    let is = |name: &Text| after.checks.iter().find(|check| check.name == *name);
    let came = after.checks.iter().map(|check| &check.name);
    let gone = before.checks.iter().map(|check| &check.name).filter(|name| is(name).is_none());
    let checks = came.chain(gone).filter_map(|name| {
        let (before, after) = (was(name), is(name));
        let outcome = |check: &'a Check| (&check.status, &check.reasons);
        (before.map(outcome) != after.map(outcome)).then_some(Change::Check { name, before, after })
    });
    let read = |fields: &'a [Field], name: &Text| {
        let found = fields.iter().find(|field| field.name == *name).map(|field| &field.value);
        found.filter(|value| !value.is_empty())
    };
    let came = after.fields.iter().map(|field| &field.name);
    let gone = before.fields.iter().map(|field| &field.name);
    let gone = gone.filter(|name| !after.fields.iter().any(|field| field.name == **name));
    let values = came.chain(gone).filter_map(|name| {
        let (before, after) = (read(&before.fields, name), read(&after.fields, name));
        (before != after).then_some(Change::Value { name, before, after })
    });
    checks.chain(values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::VerificationId;

    fn attempt(id: &str, second: i64, kind: &str, check: (&str, &str), name: &str) -> Verification {
        let json = serde_json::json!({
            "id": id, "kind": kind, "status": "passed", "inquiry": null,
            "created_at": jiff::Timestamp::from_second(second).unwrap(),
            "checks": [{ "name": check.0, "status": check.1, "requirement": "required", "reasons": [] }],
            "fields": [{ "name": "name-first", "value": name }],
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn what_changed_between_attempts_is_told_in_their_order() {
        let all = [
            attempt("ver_2", 20, "selfie", ("blur", "passed"), "Ada"),
            attempt("ver_1", 10, "selfie", ("blur", "failed"), "Eda"),
            attempt("ver_3", 30, "selfie", ("glare", "passed"), "Ada"),
            attempt("ver_4", 5, "document", ("blur", "failed"), "Ada"),
        ];
        let again = again(&all);
        assert_eq!(again.iter().map(|one| (one.nth, one.of)).collect::<Vec<_>>(), [(2, 3), (3, 3)]);
        let told: Vec<String> = again[0]
            .changes
            .iter()
            .map(|change| match change {
                Change::Check { name, before, after } => {
                    let word = |check: &Option<&Check>| {
                        check.map(|check| check.status.as_str().to_owned())
                    };
                    format!("{name} {:?} {:?}", word(before), word(after))
                }
                Change::Value { name, before, after } => {
                    let text = |value: &Option<&Pii>| value.map(|value| value.reveal().to_string());
                    format!("{name} {:?} {:?}", text(before), text(after))
                }
            })
            .collect();
        assert_eq!(
            told,
            [r#"blur Some("failed") Some("passed")"#, r#"name-first Some("Eda") Some("Ada")"#]
        );
        // One check came and one went.
        assert_eq!(again[1].changes.len(), 2);
        let second =
            all.iter().find(|one| one.id == VerificationId::new("ver_2").unwrap()).unwrap();
        assert_eq!(place(&all, second), (2, 3));
    }
}
