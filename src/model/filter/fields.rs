//! The table of what a filter can ask for: a row here, and what it means to rows in the store.

use super::List;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Field {
    Status,
    Template,
    Tag,
    Kind,
    Failed,
    Signals,
    Age,
    Late,
    Sla,
    Account,
    Case,
    Assignee,
    Queue,
    Snoozed,
}

/// What kind of value a field takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// Texts, or one of these words.
    Texts(&'static [&'static str]),
    Number,
    /// How long something lasts already.
    Age,
    /// How long is left, `late` or `none`.
    Deadline,
    YesNo,
    /// Or whichever.
    YesNoAny,
}

#[derive(Debug, Clone, Copy)]
pub struct FieldSpec {
    pub field: Field,
    pub name: &'static str,
    pub on: &'static [List],
    pub takes: Takes,
    /// What it is about, for the help.
    pub help: &'static str,
}

const BOTH: &[List] = &[List::Inquiries, List::Cases];
const INQUIRIES: &[List] = &[List::Inquiries];
const CASES: &[List] = &[List::Cases];

const fn row(
    field: Field,
    name: &'static str,
    on: &'static [List],
    takes: Takes,
    help: &'static str,
) -> FieldSpec {
    FieldSpec { field, name, on, takes, help }
}

const TABLE: &[FieldSpec] = &[
    row(Field::Status, "status", BOTH, Takes::Texts(&["any"]), "a status, or any"),
    row(
        Field::Template,
        "template",
        BOTH,
        Takes::Texts(&[]),
        "the template's id, or its beginning",
    ),
    row(Field::Tag, "tag", BOTH, Takes::Texts(&[]), "a whole tag"),
    row(Field::Kind, "kind", INQUIRIES, Takes::Texts(&[]), "what was verified: government-id, …"),
    row(Field::Failed, "failed", INQUIRIES, Takes::Number, "required checks that failed"),
    row(Field::Signals, "signals", INQUIRIES, Takes::Number, "other checks that failed"),
    row(Field::Age, "age", BOTH, Takes::Age, "how long it waits: >2h, <30m"),
    row(Field::Late, "late", BOTH, Takes::YesNo, "its deadline has passed"),
    row(Field::Sla, "sla", BOTH, Takes::Deadline, "what is left: <1h, late, none"),
    row(Field::Account, "account", BOTH, Takes::Texts(&[]), "the account's id, or its beginning"),
    row(Field::Case, "case", INQUIRIES, Takes::YesNo, "an open case is about it"),
    row(Field::Assignee, "assignee", CASES, Takes::Texts(&["me", "none"]), "me, none, or whose"),
    row(Field::Queue, "queue", CASES, Takes::Texts(&["none"]), "the queue's id, or its beginning"),
    row(Field::Snoozed, "snoozed", BOTH, Takes::YesNoAny, "put off by you: yes, no, or any"),
];

impl Field {
    pub fn spec(self) -> &'static FieldSpec {
        let row = TABLE.iter().find(|spec| spec.field == self);
        row.expect("every field has a row in the table")
    }
}

/// What can be asked of a list.
pub fn fields(list: List) -> impl Iterator<Item = &'static FieldSpec> {
    TABLE.iter().filter(move |spec| spec.on.contains(&list))
}

/// A line whose last word begins the name of a field, with that name; none if it could be several
/// or none.
pub fn completed(line: &str, list: List) -> Option<String> {
    let start = line.rfind(char::is_whitespace).map_or(0, |at| at + 1);
    let (before, word) = line.split_at(start);
    let typed = word.trim_start_matches('!');
    let mark = &word[..word.len() - typed.len()];
    if typed.is_empty() || typed.contains(':') {
        return None;
    }
    let own = fields(list).map(|spec| spec.name);
    let mut found = own.chain(["order"]).filter(|name| name.starts_with(&typed.to_lowercase()));
    match (found.next(), found.next()) {
        (Some(name), None) => Some(format!("{before}{mark}{name}:")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_field_is_completed_where_it_is_certain() {
        let table = [
            ("st", Some("status:")),
            ("jane !fai", Some("jane !failed:")),
            ("s", None),
            ("sn", Some("snoozed:")),
            ("status:", None),
            ("", None),
            ("assig", None),
            ("ord", Some("order:")),
        ];
        for (line, expected) in table {
            assert_eq!(completed(line, List::Inquiries).as_deref(), expected, "{line}");
        }
        assert_eq!(completed("assig", List::Cases).as_deref(), Some("assignee:"));
    }
}
