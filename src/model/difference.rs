//! What differs between two versions of an object, in words for a reviewer: what it is that moved,
//! and a value only where it is no person's.

use super::{Case, Field, Inquiry, Text, Verification, field::normalised};

/// So many are named; the rest is counted.
const NAMED: usize = 4;

/// Of an inquiry with its verifications; empty if nothing that is shown differs.
pub fn of_inquiries(
    (before, checked): (&Inquiry, &[Verification]),
    (after, checks): (&Inquiry, &[Verification]),
) -> Vec<String> {
    if before.redacted_at.is_none() && after.redacted_at.is_some() {
        return vec!["redacted".to_owned()];
    }
    let mut moved = Vec::new();
    if before.status != after.status {
        moved.push(format!("status {} → {}", before.status.words(), after.status.words()));
    }
    moved.extend(of_checks(checked, checks));
    moved.extend(of_fields(&before.fields, &after.fields));
    let parts = [
        ("tags", before.tags != after.tags),
        ("account", before.account != after.account),
        ("verifications", before.verifications != after.verifications),
        ("reports", before.reports != after.reports),
        ("documents", before.documents != after.documents),
        ("sessions", before.sessions != after.sessions),
        ("note", before.note != after.note),
        ("reviewer's comment", before.reviewer_comment != after.reviewer_comment),
    ];
    moved.extend(named(&parts));
    moved
}

/// Of a case.
pub fn of_cases(before: &Case, after: &Case) -> Vec<String> {
    if before.redacted_at.is_none() && after.redacted_at.is_some() {
        return vec!["redacted".to_owned()];
    }
    let mut moved = Vec::new();
    if before.status != after.status {
        moved.push(format!("status {} → {}", before.status, after.status));
    }
    moved.extend(of_fields(&before.fields, &after.fields));
    let parts = [
        ("assignee", before.assignee != after.assignee),
        ("queue", before.queue != after.queue),
        ("SLA", before.sla_expires_at != after.sla_expires_at),
        ("tags", before.tags != after.tags),
        ("inquiries", before.inquiries != after.inquiries),
        ("accounts", before.accounts != after.accounts),
        ("reports", before.reports != after.reports),
        ("attachments", before.attachments != after.attachments),
    ];
    moved.extend(named(&parts));
    moved
}

/// `status needs review → declined, tags and 2 more`; none if nothing differs.
pub fn words(moved: &[String]) -> Option<String> {
    let more = moved.len().saturating_sub(NAMED);
    let named = moved[..moved.len() - more].join(", ");
    match (moved.is_empty(), more) {
        (true, _) => None,
        (false, 0) => Some(named),
        (false, more) => Some(format!("{named} and {more} more")),
    }
}

fn named<'a>(parts: &'a [(&'a str, bool)]) -> impl Iterator<Item = String> + 'a {
    parts.iter().filter(|(_, moved)| *moved).map(|(name, _)| (*name).to_owned())
}

/// Of the checks of verifications that were there before.
pub fn of_checks(before: &[Verification], after: &[Verification]) -> Vec<String> {
    let mut moved = Vec::new();
    for verification in after {
        let Some(known) = before.iter().find(|known| known.id == verification.id) else { continue };
        for check in &verification.checks {
            let was = known.checks.iter().find(|was| was.name == check.name);
            let Some(was) = was.filter(|was| was.status != check.status) else { continue };
            moved.push(format!(
                "check {} {} → {}",
                spaced(&check.name),
                was.status.as_str().replace('_', " "),
                check.status.as_str().replace('_', " ")
            ));
        }
    }
    moved
}

/// By name, whichever side has it.
fn of_fields(before: &[Field], after: &[Field]) -> Vec<String> {
    let value = |fields: &[Field], key: &str| {
        fields.iter().find(|field| field.key() == key).map(|field| field.value.clone())
    };
    let mut moved: Vec<String> = Vec::new();
    for field in after.iter().chain(before) {
        let name = spaced(&field.name);
        let key = field.key();
        if value(before, &key) != value(after, &key) && !moved.contains(&name) {
            moved.push(name);
        }
    }
    moved
}

/// `nameFirst`, `name-first` → `name first`
fn spaced(name: &Text) -> String {
    normalised(name.as_str()).replace('_', " ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn inquiry(changes: &[(&str, serde_json::Value)]) -> Inquiry {
        let mut body = json!({
            "id": "inq_1", "status": "needs_review", "verifications": [], "tags": ["vip"],
            "fields": [{ "name": "name-first", "value": "Ada" }, { "name": "city", "value": "Bern" }],
        });
        for (name, value) in changes {
            body[*name] = value.clone();
        }
        serde_json::from_value(body).unwrap()
    }

    fn moved(changes: &[(&str, serde_json::Value)]) -> Option<String> {
        words(&of_inquiries((&inquiry(&[]), &[]), (&inquiry(changes), &[])))
    }

    #[test]
    fn what_moved_is_named_and_nobodys_value_told() {
        let fields =
            json!([{ "name": "nameFirst", "value": "Eve" }, { "name": "zip", "value": "1" }]);
        let table = [
            (vec![], None),
            (vec![("status", json!("declined"))], Some("status needs review → declined")),
            (vec![("fields", fields.clone())], Some("name first, zip, city")),
            (
                vec![
                    ("status", json!("approved")),
                    ("fields", fields),
                    ("tags", json!([])),
                    ("reports", json!(["rep_1"])),
                ],
                Some("status needs review → approved, name first, zip, city and 2 more"),
            ),
        ];
        for (changes, said) in table {
            assert_eq!(moved(&changes).as_deref(), said, "{changes:?}");
        }
    }

    #[test]
    fn a_check_is_told_with_both_its_results() {
        let checked = |status: &str| -> Vec<Verification> {
            let check = json!({ "name": "id_expired_detection", "status": status,
                "requirement": "required", "reasons": [] });
            let body = json!([{ "id": "ver_1", "kind": "government-id", "status": "passed",
                "checks": [check], "fields": [] }]);
            serde_json::from_value(body).unwrap()
        };
        let (one, same) = (inquiry(&[]), checked("passed"));
        let moved = of_inquiries((&one, &same), (&one, &checked("failed")));
        assert_eq!(moved, ["check id expired detection passed → failed"]);
        assert_eq!(of_inquiries((&one, &same), (&one, &same)), [""; 0]);
    }
}
