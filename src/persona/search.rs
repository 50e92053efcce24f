//! Search: the only way to list cases by queue, assignee or SLA. Its index lags a minute or more
//! behind, so it is never used to see whether a write took effect.

use std::marker::PhantomData;

use serde_json::{Map, Value, json};

use super::{
    endpoint::{Endpoint, Object, Read, Request},
    page::{Page, PageFrom},
};
use crate::model::{Account, Case, Inquiry, Text};

/// Which objects. At most 20 clauses side by side and two levels deep; more is refused (400 or
/// 422).
#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    All(Vec<Clause>),
    Any(Vec<Clause>),
    Not(Box<Clause>),
    /// Attributes in snake case: `created_at`, `assignee`, `fields.priority`.
    Where(Text, Operator, Value),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Eq,
    Gt,
    Gte,
    Lt,
    Lte,
}

impl Clause {
    pub fn equals(attribute: &str, value: &str) -> Self {
        Self::Where(Text::new(attribute), Operator::Eq, value.into())
    }

    fn json(&self) -> Value {
        let each = |clauses: &[Self]| clauses.iter().map(Self::json).collect::<Vec<_>>();
        match self {
            Self::All(clauses) => json!({ "and": each(clauses) }),
            Self::Any(clauses) => json!({ "or": each(clauses) }),
            Self::Not(clause) => json!({ "not": clause.json() }),
            Self::Where(attribute, operator, value) => json!({
                "attribute": attribute.as_str(), "operator": operator.as_str(), "value": value,
            }),
        }
    }
}

impl Operator {
    fn as_str(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Gt => "gt",
            Self::Gte => "gte",
            Self::Lt => "lt",
            Self::Lte => "lte",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sort {
    /// By an attribute in snake case.
    Ascending(Text),
    Descending(Text),
}

/// What can be searched.
pub trait Searchable: Object {
    const PATH: &'static str;
    const WORDS: &'static str;
}

/// By `status`, `created_at`, `updated_at`, `reference_id`, `inquiry_template_id`.
impl Searchable for Inquiry {
    const PATH: &'static str = "/inquiries/search";
    const WORDS: &'static str = "search inquiries";
}

/// By `template`, `status`, `state`, `created_at`, `updated_at`, `resolved_at`, `sla_expires_at`,
/// `assignee` (`user_…`), `case_queue` (`cqueue_…`), `resolver`, and fields that the template makes
/// searchable.
impl Searchable for Case {
    const PATH: &'static str = "/cases/search";
    const WORDS: &'static str = "search cases";
}

/// By `type` (`acttp_…`), `status` (`actst_…`), `created_at`, `updated_at`, identifiers and
/// searchable fields.
impl Searchable for Account {
    const PATH: &'static str = "/accounts/search";
    const WORDS: &'static str = "search accounts";
}

/// A POST without effect; its pages are followed with the same body.
#[derive(Debug, Clone, PartialEq)]
pub struct Search<T> {
    /// Everything without it.
    pub query: Option<Clause>,
    /// As Persona likes without it.
    pub sort: Option<Sort>,
    pub page: PageFrom,
    of: PhantomData<T>,
}

impl<T> Search<T> {
    pub fn new(query: Option<Clause>, sort: Option<Sort>, page: PageFrom) -> Self {
        Self { query, sort, page, of: PhantomData }
    }
}

impl<T: Searchable> Endpoint for Search<T> {
    type Output = Page<T>;

    fn request(&self) -> Request {
        let mut body = Map::new();
        if let Some(query) = &self.query {
            body.insert("query".into(), query.json());
        }
        if let Some(sort) = &self.sort {
            let (attribute, direction) = match sort {
                Sort::Ascending(attribute) => (attribute, "asc"),
                Sort::Descending(attribute) => (attribute, "desc"),
            };
            let sort = json!({ "attribute": attribute.as_str(), "direction": direction });
            body.insert("sort".into(), sort);
        }
        Request::post(T::PATH, T::WORDS).page(&self.page).body(body.into())
    }
}
impl<T: Searchable> Read for Search<T> {}
