//! What the clauses of a filter mean to rows: each becomes a condition on clear columns, or is
//! judged row by row where SQL cannot tell (`judged`).

use jiff::Timestamp;

use super::{
    judged::{Judged, Question},
    window::Selection,
    worklist::{CaseView, InquiryView, asleep},
};
use crate::model::{
    InquiryStatus, Text,
    filter::{Clause, Field, Test, Than, Value},
};

/// No id has a character that comes behind this one.
const LAST: char = '\u{10ffff}';

pub fn of_inquiries(selection: &mut Selection, view: &InquiryView, now: Timestamp) {
    for clause in &view.clauses {
        let made = match &clause.test {
            Test::Is(Field::Snoozed, value) => {
                Some(put_off(selection, "inquiry", value, &view.me, now))
            }
            Test::Is(field, value) => inquiry(selection, *field, value, now.as_microsecond()),
            _ => None,
        };
        add(selection, clause, made);
    }
}

pub fn of_cases(selection: &mut Selection, view: &CaseView, now: Timestamp) {
    for clause in &view.clauses {
        let made = match &clause.test {
            Test::Is(Field::Snoozed, value) => {
                Some(put_off(selection, "case", value, &view.me, now))
            }
            Test::Is(field, value) => {
                case(selection, *field, value, &view.me, now.as_microsecond())
            }
            _ => None,
        };
        add(selection, clause, made);
    }
}

/// `made`: what the clause comes to in SQL.
fn add(selection: &mut Selection, clause: &Clause, made: Option<String>) {
    selection.capped = true;
    let question = match (&clause.test, made) {
        // Found by their ids: few.
        (Test::Is(Field::Snoozed, Value::Yes), Some(sql)) if !clause.inverse => {
            return selection.holds(sql);
        }
        (_, Some(sql)) => {
            // What is not known is not what it is asked for.
            let truth = if clause.inverse { "IS NOT TRUE" } else { "IS TRUE" };
            return selection.holds(format!("({sql}) {truth}"));
        }
        // Plain words are the search; what is here must not occur.
        (Test::Word(word), None) => {
            let nth = selection.bind(word.as_str().to_lowercase());
            let truth = if clause.inverse { "=" } else { ">" };
            return selection.holds(format!("instr(list.search, ${nth}) {truth} 0"));
        }
        (Test::Like(word), None) => Question::Like(word.as_str().to_lowercase()),
        (Test::Is(_, Value::Texts(tags)), None) => {
            Question::Tags(tags.iter().map(|tag| tag.as_str().to_lowercase()).collect())
        }
        (Test::Is(..), None) => return,
    };
    selection.tally = None;
    selection.judged.push(Judged { inverse: clause.inverse, question });
}

fn inquiry(selection: &mut Selection, field: Field, value: &Value, now: i64) -> Option<String> {
    let open_case = "EXISTS (SELECT 1 FROM case_inquiry JOIN review_case
         ON review_case.id = case_inquiry.case_id WHERE case_inquiry.inquiry_id = list.id
         AND +review_case.resolved = 0)";
    Some(match field {
        Field::Status => any_of(
            selection,
            value,
            |text| InquiryStatus::parse(text).to_string(),
            |n| format!("list.status = ${n}"),
        ),
        Field::Template => any_of(selection, value, lower, begins("list.template")),
        Field::Kind => any_of(
            selection,
            value,
            |kind| lower(kind).replace([' ', '_'], "-"),
            |n| format!("instr(list.kinds, ${n}) > 0"),
        ),
        Field::Failed => number("list.failed", value),
        Field::Signals => number("list.signals", value),
        Field::Age => age("list.waiting_since", value, now),
        Field::Late => yes(&format!("list.due < {now}"), value),
        Field::Sla => deadline("list.due", value, now),
        Field::Account => {
            // A range, for the index.
            any_of(selection, value, str::to_owned, |n| {
                format!("list.account_id >= ${n} AND list.account_id < ${n} || '{LAST}'")
            })
        }
        Field::Case => yes(open_case, value),
        Field::Tag => return None,
        Field::Assignee | Field::Queue | Field::Snoozed => "false".to_owned(),
    })
}

fn case(
    selection: &mut Selection,
    field: Field,
    value: &Value,
    me: &Text,
    now: i64,
) -> Option<String> {
    Some(match field {
        Field::Status => any_of(selection, value, lower, |n| format!("lower(list.status) = ${n}")),
        Field::Template => any_of(selection, value, lower, begins("list.template")),
        Field::Assignee if *value == Value::Me => {
            let nth = selection.bind(lower(me.as_str()));
            format!("list.assignee = ${nth}")
        }
        Field::Assignee if *value == Value::Missing => "list.assignee IS NULL".to_owned(),
        Field::Assignee => {
            any_of(selection, value, lower, |n| format!("instr(list.assignee, ${n}) > 0"))
        }
        Field::Queue if *value == Value::Missing => "list.queue IS NULL".to_owned(),
        Field::Queue => any_of(selection, value, lower, begins("list.queue")),
        Field::Age => age("list.created_at", value, now),
        Field::Late => yes(&format!("list.resolved = 0 AND list.sla_expires_at < {now}"), value),
        Field::Sla => deadline("list.sla_expires_at", value, now),
        Field::Account => any_of(selection, value, str::to_owned, |n| {
            format!(
                "EXISTS (SELECT 1 FROM case_account WHERE case_id = list.id
                     AND account_id >= ${n} AND account_id < ${n} || '{LAST}')"
            )
        }),
        Field::Tag => return None,
        Field::Kind | Field::Failed | Field::Signals | Field::Case | Field::Snoozed => {
            "false".to_owned()
        }
    })
}

fn put_off(
    selection: &mut Selection,
    kind: &str,
    value: &Value,
    me: &Text,
    now: Timestamp,
) -> String {
    if *value == Value::Any {
        return "true".to_owned();
    }
    let ids = asleep(selection, kind, me, now);
    yes(&format!("list.id IN ({ids})"), value)
}

fn lower(text: &str) -> String {
    text.to_lowercase()
}

/// Holds for one of the texts.
fn any_of(
    selection: &mut Selection,
    value: &Value,
    bound: impl Fn(&str) -> String,
    sql: impl Fn(usize) -> String,
) -> String {
    let Value::Texts(texts) = value else { return "true".to_owned() };
    let each = texts.iter().map(|text| format!("({})", sql(selection.bind(bound(text.as_str())))));
    each.collect::<Vec<_>>().join(" OR ")
}

fn begins(column: &str) -> impl Fn(usize) -> String {
    move |n| format!("substr(lower({column}), 1, length(${n})) = ${n}")
}

fn number(column: &str, value: &Value) -> String {
    match value {
        Value::Number(than, number) => format!("{column} {} {number}", than.sign()),
        _ => "true".to_owned(),
    }
}

fn micros(seconds: u64) -> i64 {
    i64::try_from(seconds).unwrap_or(i64::MAX / 1_000_000).saturating_mul(1_000_000)
}

/// Longer ago is a smaller instant.
fn age(column: &str, value: &Value, now: i64) -> String {
    let Value::Span(than, seconds) = value else { return "true".to_owned() };
    let sign = match than {
        Than::Less => ">",
        Than::AtMost => ">=",
        Than::Equal => "=",
        Than::AtLeast => "<=",
        Than::More => "<",
    };
    format!("{column} {sign} {}", now.saturating_sub(micros(*seconds)))
}

fn deadline(column: &str, value: &Value, now: i64) -> String {
    match value {
        Value::Late => format!("{column} < {now}"),
        Value::Missing => format!("{column} IS NULL"),
        Value::Span(than, seconds) => {
            format!("{column} {} {}", than.sign(), now.saturating_add(micros(*seconds)))
        }
        _ => "true".to_owned(),
    }
}

fn yes(condition: &str, value: &Value) -> String {
    match value {
        Value::No => format!("({condition}) IS NOT TRUE"),
        _ => condition.to_owned(),
    }
}
