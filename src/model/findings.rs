//! What a report found, as a reviewer reads it: each match by itself, with where it was found.
//!
//! A report's values are kept flat, `matched-lists.1.entities.2.name`; here they are put together
//! again. Kinds that are not known are read in the same way, only without knowing what heads them.

use super::{Field, Pii, Report, Text, field::normalised};

/// One match.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding<'a> {
    /// The attribute it came under: `matched-lists`, `result`, `related-sources`.
    pub group: &'a str,
    /// From 1, in its group.
    pub nth: u32,
    /// What can be dismissed by itself, where a report has such.
    pub entity: Option<Text>,
    /// A list's own name, or a person's.
    pub title: Option<Value<'a>>,
    /// In wire order: `entities 1 name`, `positions 1 name`.
    pub values: Vec<Value<'a>>,
    /// Somebody said that it is not this person.
    pub ignored: bool,
}

/// A named value of a match.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Value<'a> {
    /// Below the match: `entities.1.name`.
    pub name: &'a str,
    pub value: &'a Pii,
    /// It tells of an office, a list or a source, and not of a person.
    pub is_public: bool,
}

/// Values of a match that tell nothing of a person, by the last part of their name.
const PUBLIC: &[&str] = &[
    "list_type",
    "list_types",
    "slug",
    "flag_code",
    "alias_type",
    "match_types",
    "pep_type",
    "pep_class",
    "source_key",
    "topics",
    "types",
    "country_codes",
    "country_code",
    "country",
    "start_date",
    "end_date",
    "granularity",
    "relationship",
    "date",
    "entity_id",
];

/// All matches, in Persona's order; those that were ignored behind them.
pub fn of(report: &Report) -> Vec<Finding<'_>> {
    let mut found: Vec<Finding<'_>> = Vec::new();
    for field in &report.fields {
        let Some((group, nth, name)) = split(field) else { continue };
        let is_same = |one: &Finding<'_>| one.group == group && one.nth == nth;
        let at = found.iter().position(is_same).unwrap_or_else(|| {
            let ignored = normalised(group).starts_with("ignore_list");
            let empty = Finding { group, nth, entity: None, title: None, values: vec![], ignored };
            found.push(empty);
            found.len() - 1
        });
        let finding = &mut found[at];
        let value = Value { name, value: &field.value, is_public: is_public(group, name) };
        match normalised(name).as_str() {
            "entity_id" | "id" => finding.entity = Some(field.value.reveal().clone()),
            "name" | "match.name" | "title" if finding.title.is_none() => {
                finding.title = Some(value);
            }
            _ => finding.values.push(value),
        }
    }
    found.sort_by_key(|one| one.ignored);
    found
}

/// What was asked, and what else the report tells beside its matches.
pub fn asked(report: &Report) -> impl Iterator<Item = &Field> {
    report.fields.iter().filter(|field| split(field).is_none() && !field.value.is_empty())
}

/// `matched-lists.1.entities.2.name` → `("matched-lists", 1, "entities.2.name")`
fn split(field: &Field) -> Option<(&str, u32, &str)> {
    let (group, rest) = field.name.as_str().split_once('.')?;
    let (nth, name) = rest.split_once('.')?;
    Some((group, nth.parse().ok()?, name))
}

fn is_public(group: &str, name: &str) -> bool {
    let key = normalised(name);
    let last = key.rsplit('.').next().unwrap_or(&key);
    let of_source = key.starts_with("positions.")
        || key.starts_with("sources.")
        || key.starts_with("affiliations.")
        // The name and the address of a list.
        || normalised(group) == "matched_lists" && matches!(key.as_str(), "name" | "url");
    of_source || PUBLIC.contains(&last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(fields: &[(&str, &str)]) -> Report {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| serde_json::json!({ "name": name, "value": value }))
            .collect();
        let json = serde_json::json!({
            "id": "rep_1", "kind": "watchlist", "status": "ready", "tags": [], "fields": fields,
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn matches_are_put_together_again() {
        let report = report(&[
            ("term", "Ada Lovelace"),
            ("matched-lists.1.name", "Sanctions"),
            ("matched-lists.1.flag-code", "EU"),
            ("matched-lists.1.entities.1.name", "Ada Lovelace"),
            ("ignore-list.1.match.name", "Fugitives"),
            ("result.1.name", "Ada L"),
            ("result.1.entity-id", "E1"),
            ("result.1.positions.1.name", "Judge"),
        ]);
        let found = of(&report);
        let told: Vec<_> = found
            .iter()
            .map(|one| {
                let title = one.title.map(|title| (title.value.reveal().as_str(), title.is_public));
                (one.group, title, one.values.len(), one.ignored)
            })
            .collect();
        assert_eq!(
            told,
            [
                ("matched-lists", Some(("Sanctions", true)), 2, false),
                ("result", Some(("Ada L", false)), 1, false),
                ("ignore-list", Some(("Fugitives", false)), 0, true),
            ]
        );
        assert_eq!(found[1].entity, Some(Text::new("E1")));
        assert!(!found[0].values[1].is_public && found[1].values[0].is_public);
        assert_eq!(asked(&report).count(), 1);
    }
}
