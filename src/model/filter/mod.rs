//! What a list is narrowed by, as it is typed: `status:approved !tag:vip ~muller age:>2h`.
//!
//! `fields` is the table of what can be asked for, `parse` reads a line, and a filter writes itself
//! as the line that reads back as the same. What a clause means to rows is the store's.

mod fields;
mod parse;

use std::fmt;

use serde::{Deserialize, Serialize};

use super::Text;

pub use self::{
    fields::{Field, FieldSpec, Takes, completed, fields},
    parse::{Problem, parse},
};

/// Which list is narrowed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum List {
    #[default]
    Inquiries,
    Cases,
}

/// By what a list is ordered first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The earliest deadline, then the longest waiting, then the riskiest.
    Sla,
    /// The longest waiting.
    #[default]
    Age,
    /// The most failed checks, then the most signals, then the longest waiting.
    Risk,
    Newest,
}

/// A line of a filter: all of its clauses hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub clauses: Vec<Clause>,
    /// As configured without it.
    pub order: Option<Order>,
    /// Where the line was written for one list, by its name.
    pub list: Option<List>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clause {
    /// What it names must not be.
    pub inverse: bool,
    pub test: Test,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Test {
    /// Occurs in what a row is found by.
    Word(Text),
    /// Something like it does.
    Like(Text),
    Is(Field, Value),
}

/// What a field is compared with. Texts are compared without case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// One of these.
    Texts(Vec<Text>),
    Number(Than, u32),
    /// A length of time, in seconds.
    Span(Than, u64),
    Yes,
    No,
    /// Whatever it is.
    Any,
    /// There is none.
    Missing,
    /// The reviewer.
    Me,
    /// A deadline that has passed.
    Late,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Than {
    Less,
    AtMost,
    Equal,
    AtLeast,
    More,
}

/// A view that was saved, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    pub name: Text,
    pub list: List,
    /// The line of its filter.
    pub filter: Text,
}

impl Order {
    pub const ALL: [Self; 4] = [Self::Sla, Self::Age, Self::Risk, Self::Newest];

    pub fn name(self) -> &'static str {
        match self {
            Self::Sla => "sla",
            Self::Age => "age",
            Self::Risk => "risk",
            Self::Newest => "newest",
        }
    }

    /// The whole formula.
    pub fn words(self) -> &'static str {
        match self {
            Self::Sla => "SLA (the earliest deadline), then age, then risk",
            Self::Age => "age: what waits longest comes first",
            Self::Risk => "risk (failed checks, then signals), then age",
            Self::Newest => "the newest first",
        }
    }
}

impl List {
    pub fn name(self) -> &'static str {
        match self {
            Self::Inquiries => "inquiries",
            Self::Cases => "cases",
        }
    }
}

impl Than {
    pub fn sign(self) -> &'static str {
        match self {
            Self::Less => "<",
            Self::AtMost => "<=",
            Self::Equal => "=",
            Self::AtLeast => ">=",
            Self::More => ">",
        }
    }
}

impl Filter {
    /// The plain words, joined.
    pub fn words(&self) -> Option<Text> {
        let words = self.clauses.iter().filter_map(|clause| match (clause.inverse, &clause.test) {
            (false, Test::Word(word)) => Some(word.as_str()),
            _ => None,
        });
        let words = words.collect::<Vec<_>>().join(" ");
        (!words.trim().is_empty()).then(|| Text::new(&words))
    }

    /// The clauses about a field.
    pub fn about(&self, field: Field) -> impl Iterator<Item = (bool, &Value)> {
        self.clauses.iter().filter_map(move |clause| match &clause.test {
            Test::Is(its, value) if *its == field => Some((clause.inverse, value)),
            _ => None,
        })
    }

    /// The same without what is said of a field.
    pub fn without(&self, field: Field) -> Self {
        let about = |clause: &&Clause| matches!(&clause.test, Test::Is(its, _) if *its == field);
        let clauses = self.clauses.iter().filter(|clause| !about(clause)).cloned().collect();
        Self { clauses, ..self.clone() }
    }

    /// The same without what is looked for in names and ids.
    pub fn without_words(&self) -> Self {
        let is_field = |clause: &&Clause| matches!(clause.test, Test::Is(..));
        Self { clauses: self.clauses.iter().filter(is_field).cloned().collect(), ..self.clone() }
    }

    /// Whether it looks for something among what waits alone, as a filter does that names no status.
    pub fn is_of_what_waits(&self) -> bool {
        !self.clauses.is_empty() && self.about(Field::Status).next().is_none()
    }

    /// Whether it narrows or orders anything.
    pub fn is_empty(&self) -> bool {
        self.clauses.is_empty() && self.order.is_none()
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = self.list.map(|list| format!("in:{}", list.name()));
        let order = self.order.map(|order| format!("order:{}", order.name()));
        let clauses = self.clauses.iter().map(Clause::to_string);
        f.write_str(&list.into_iter().chain(clauses).chain(order).collect::<Vec<_>>().join(" "))
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inverse = if self.inverse { "!" } else { "" };
        match &self.test {
            Test::Word(word) => write!(f, "{inverse}{}", quoted(word.as_str(), WORD)),
            Test::Like(word) => write!(f, "{inverse}~{}", quoted(word.as_str(), &[])),
            Test::Is(field, value) => write!(f, "{inverse}{}:{value}", field.spec().name),
        }
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Texts(texts) => {
                let alone = texts.len() == 1;
                let texts = texts.iter().map(|text| text_of(text.as_str(), alone));
                f.write_str(&texts.collect::<Vec<_>>().join(","))
            }
            Self::Number(Than::Equal, n) => write!(f, "{n}"),
            Self::Number(than, n) => write!(f, "{}{n}", than.sign()),
            Self::Span(than, seconds) => write!(f, "{}{}", than.sign(), span(*seconds)),
            Self::Yes => f.write_str("yes"),
            Self::No => f.write_str("no"),
            Self::Any => f.write_str("any"),
            Self::Missing => f.write_str("none"),
            Self::Me => f.write_str("me"),
            Self::Late => f.write_str("late"),
        }
    }
}

/// What makes a word something else than a word.
const WORD: &[char] = &[':', '!', '~'];

fn quoted(text: &str, marks: &[char]) -> String {
    let plain = |c: char| !c.is_whitespace() && c != '"' && !marks.contains(&c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#)),
    }
}

/// A text that could be taken for `any` and the like is quoted.
fn text_of(text: &str, alone: bool) -> String {
    let is_word = ["any", "all", "none", "me", "late"].contains(&text.to_lowercase().as_str());
    match alone && is_word {
        true => format!("\"{text}\""),
        false => quoted(text, &[',']),
    }
}

/// In the largest unit that it is a whole number of: `2h`, `90m`.
pub fn span(seconds: u64) -> String {
    let units = [(604_800, "w"), (86_400, "d"), (3_600, "h"), (60, "m")];
    let whole = units.iter().find(|(unit, _)| seconds > 0 && seconds.is_multiple_of(*unit));
    whole.map_or(format!("{seconds}s"), |(unit, name)| format!("{}{name}", seconds / unit))
}
