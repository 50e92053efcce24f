//! Search: clauses over the attributes that a resource lets be searched, as pure functions.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{query::bad_request, world::Refusal};

/// Boolean clauses may be nested this deep.
const DEEPEST: usize = 2;
/// Clauses in one `and` or `or`.
const MOST: usize = 20;

#[derive(Debug, Clone, PartialEq)]
pub enum Clause {
    All(Vec<Clause>),
    Any(Vec<Clause>),
    Not(Box<Clause>),
    Test { attribute: String, operator: Operator, value: Value },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    Eq,
    Gt,
    Gte,
    Lt,
    Lte,
}

/// How the hits are ordered; newest first if nothing is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    pub attribute: String,
    pub descending: bool,
}

/// Attributes that can be searched; `fields.` stands for all that begin so.
pub type Searchable = &'static [&'static str];

pub const INQUIRIES: Searchable =
    &["status", "created_at", "updated_at", "reference_id", "inquiry_template_id"];
pub const CASES: Searchable = &[
    "template",
    "status",
    "state",
    "created_at",
    "updated_at",
    "resolved_at",
    "sla_expires_at",
    "assignee",
    "case_queue",
    "resolver",
    "fields.",
];
pub const ACCOUNTS: Searchable =
    &["type", "status", "created_at", "updated_at", "identifiers.", "fields."];

impl Clause {
    /// Reads the `query` of a search; none finds everything.
    pub fn read(query: Option<&Value>, searchable: Searchable) -> Result<Self, Refusal> {
        match query {
            None => Ok(Self::All(Vec::new())),
            Some(query) => Self::nested(query, searchable, 0),
        }
    }

    fn nested(clause: &Value, searchable: Searchable, depth: usize) -> Result<Self, Refusal> {
        let members = clause.as_object().ok_or_else(|| bad_request("query must be an object"))?;
        let several = |name: &str| -> Result<Vec<Self>, Refusal> {
            deep_enough(depth)?;
            let list = members[name].as_array();
            let list = list.ok_or_else(|| bad_request(format!("query.{name} must be an array")))?;
            if list.len() > MOST {
                let why = format!("query.{name} must have at most {MOST} clauses");
                return Err(bad_request(why));
            }
            list.iter().map(|clause| Self::nested(clause, searchable, depth + 1)).collect()
        };
        let mut keys = members.keys();
        match (keys.next().map(String::as_str), keys.next()) {
            (Some("and"), None) => Ok(Self::All(several("and")?)),
            (Some("or"), None) => Ok(Self::Any(several("or")?)),
            (Some("not"), None) => {
                deep_enough(depth)?;
                Ok(Self::Not(Box::new(Self::nested(&members["not"], searchable, depth + 1)?)))
            }
            _ => test(members, searchable),
        }
    }

    /// Filters that everything it finds passes, with their values in lower case.
    pub fn certain(&self) -> Vec<(&'static str, String)> {
        match self {
            Self::All(clauses) => clauses.iter().flat_map(Self::certain).collect(),
            Self::Test { attribute, operator: Operator::Eq, value: Value::String(value) } => {
                let filter = filter_of(attribute).filter(|_| !value.contains(','));
                filter.into_iter().map(|filter| (filter, value.to_lowercase())).collect()
            }
            Self::Any(_) | Self::Not(_) | Self::Test { .. } => Vec::new(),
        }
    }

    /// Whether something with these values is found. `values` gives all values of an attribute.
    pub fn finds(&self, values: &dyn Fn(&str) -> Vec<Value>) -> bool {
        match self {
            Self::All(clauses) => clauses.iter().all(|clause| clause.finds(values)),
            Self::Any(clauses) => clauses.iter().any(|clause| clause.finds(values)),
            Self::Not(clause) => !clause.finds(values),
            Self::Test { attribute, operator, value } => {
                values(attribute).iter().any(|own| operator.holds(own, value))
            }
        }
    }
}

/// Names of attributes under which lists are filtered as well.
fn filter_of(attribute: &str) -> Option<&'static str> {
    match attribute {
        "status" => Some("status"),
        "reference_id" | "identifiers.reference_id" => Some("reference-id"),
        _ => None,
    }
}

fn deep_enough(depth: usize) -> Result<(), Refusal> {
    if depth >= DEEPEST {
        return Err(bad_request(format!("query must be nested at most {DEEPEST} levels deep")));
    }
    Ok(())
}

fn test(members: &Map<String, Value>, searchable: Searchable) -> Result<Clause, Refusal> {
    if let Some(other) =
        members.keys().find(|key| !["attribute", "operator", "value"].contains(&key.as_str()))
    {
        return Err(bad_request(format!("query.{other} is not allowed")));
    }
    let text = |name: &str| {
        let value =
            members.get(name).ok_or_else(|| bad_request(format!("query.{name} is missing")))?;
        value.as_str().ok_or_else(|| bad_request(format!("query.{name} must be a string")))
    };
    let attribute = text("attribute")?;
    check_attribute("query.attribute", attribute, searchable)?;
    let operator = match text("operator")? {
        "eq" => Operator::Eq,
        "gt" => Operator::Gt,
        "gte" => Operator::Gte,
        "lt" => Operator::Lt,
        "lte" => Operator::Lte,
        other => return Err(bad_request(format!("query.operator cannot be {other:?}"))),
    };
    match members.get("value") {
        Some(value @ (Value::String(_) | Value::Number(_) | Value::Bool(_))) => {
            Ok(Clause::Test { attribute: attribute.to_owned(), operator, value: value.clone() })
        }
        Some(_) => Err(bad_request("query.value must be a string, a number or a boolean")),
        None => Err(bad_request("query.value is missing")),
    }
}

fn check_attribute(at: &str, name: &str, searchable: Searchable) -> Result<(), Refusal> {
    let known = searchable.iter().any(|known| match known.strip_suffix('.') {
        Some(_) => name.len() > known.len() && name.starts_with(known),
        None => *known == name,
    });
    if known { Ok(()) } else { Err(bad_request(format!("{at} {name:?} is not searchable"))) }
}

impl Sort {
    /// Reads the `sort` of a search.
    pub fn read(sort: Option<&Value>, searchable: Searchable) -> Result<Self, Refusal> {
        let Some(sort) = sort else {
            return Ok(Self { attribute: "created_at".into(), descending: true });
        };
        let attribute = sort["attribute"].as_str().unwrap_or_default();
        check_attribute("sort.attribute", attribute, searchable)?;
        let descending = match sort["direction"].as_str() {
            Some("asc") => false,
            Some("desc") => true,
            _ => return Err(bad_request("sort.direction must be asc or desc")),
        };
        Ok(Self { attribute: attribute.to_owned(), descending })
    }

    /// The order in which lists are anyway.
    pub fn is_newest_first(&self) -> bool {
        self.attribute == "created_at" && self.descending
    }

    pub fn compare(&self, one: &Value, other: &Value) -> Ordering {
        let order = compare(one, other).unwrap_or(Ordering::Equal);
        if self.descending { order.reverse() } else { order }
    }
}

impl Operator {
    fn holds(self, own: &Value, value: &Value) -> bool {
        let Some(order) = compare(own, value) else { return false };
        match self {
            Self::Eq => order == Ordering::Equal,
            Self::Gt => order == Ordering::Greater,
            Self::Gte => order != Ordering::Less,
            Self::Lt => order == Ordering::Less,
            Self::Lte => order != Ordering::Greater,
        }
    }
}

/// Instants by time, numbers by size, text without case; null and what differs in kind not at all.
fn compare(one: &Value, other: &Value) -> Option<Ordering> {
    match (one, other) {
        (Value::String(one), Value::String(other)) => {
            match (one.parse::<Timestamp>(), other.parse::<Timestamp>()) {
                (Ok(one), Ok(other)) => Some(one.cmp(&other)),
                _ => Some(one.to_lowercase().cmp(&other.to_lowercase())),
            }
        }
        (Value::Number(one), Value::Number(other)) => one.as_f64()?.partial_cmp(&other.as_f64()?),
        (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn found(query: Value) -> Result<bool, String> {
        let clause = Clause::read(Some(&query), CASES).map_err(|refusal| refusal.details)?;
        Ok(clause.finds(&|attribute| match attribute {
            "status" => vec![json!("Open")],
            "created_at" => vec![json!("2026-03-02T09:00:00.000Z")],
            "fields.priority" => vec![json!(3)],
            _ => Vec::new(),
        }))
    }

    fn leaf(attribute: &str, operator: &str, value: Value) -> Value {
        json!({ "attribute": attribute, "operator": operator, "value": value })
    }

    #[test]
    fn clauses_find() {
        let open = leaf("status", "eq", json!("open"));
        let early = leaf("created_at", "lt", json!("2026-03-02T10:00:00+00:00"));
        let late = leaf("created_at", "gte", json!("2026-03-02T10:00:00Z"));
        let table = [
            (open.clone(), true),
            (early.clone(), true),
            (late.clone(), false),
            (json!({ "not": late }), true),
            (json!({ "and": [open, late] }), false),
            (json!({ "or": [late, early] }), true),
            (leaf("fields.priority", "gt", json!(2)), true),
            (leaf("resolver", "eq", json!("user_1")), false),
        ];
        for (query, expected) in table {
            assert_eq!(found(query.clone()), Ok(expected), "{query}");
        }
    }

    #[test]
    fn what_is_certain_is_known() {
        let open = leaf("status", "eq", json!("Open"));
        let late = leaf("created_at", "gt", json!("2026"));
        let certain = |query: Value| Clause::read(Some(&query), CASES).unwrap().certain();
        assert_eq!(certain(json!({ "and": [late, open] })), [("status", "open".to_owned())]);
        assert!(certain(json!({ "or": [open] })).is_empty());
        assert!(certain(json!({ "not": open })).is_empty());
    }

    #[test]
    fn limits_hold() {
        let open = leaf("status", "eq", json!("open"));
        let refused = |query: Value| found(query).unwrap_err();
        let deep = json!({ "and": [{ "or": [{ "not": open }] }] });
        assert_eq!(refused(deep), "query must be nested at most 2 levels deep");
        let wide = json!({ "and": vec![open.clone(); 21] });
        assert_eq!(refused(wide), "query.and must have at most 20 clauses");
        assert!(found(json!({ "and": [{ "or": vec![open; 20] }] })).unwrap());
        assert!(refused(leaf("name", "eq", json!("a"))).contains("not searchable"));
        assert!(refused(leaf("status", "like", json!("a"))).contains("operator"));
        assert!(refused(leaf("status", "eq", Value::Null)).contains("value"));
        assert!(refused(json!({})).contains("missing"));
    }
}
