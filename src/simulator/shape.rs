//! What a request's body must look like: a shape, read from one line of text, held against JSON.
//!
//! ```text
//! {data!: {attributes!: {name!: string, note: string?, tags: [string]}}}
//! ```
//!
//! `!` marks a required member, `?` a value that may be null, `map` an object whose keys belong to
//! somebody else, `*` among members that there may be such keys besides. Keys of requests come in kebab, snake or camel case; they leave here in kebab.

use serde_json::{Map, Value};

use super::{inflect::to_kebab, world::Refusal};

#[derive(Debug, Clone, PartialEq)]
pub enum Shape {
    Any,
    Text,
    Integer,
    Number,
    Boolean,
    Date,
    /// Its keys are not ours.
    Map,
    Nullable(Box<Shape>),
    List(Box<Shape>),
    Members(Vec<Member>),
    /// Some of its keys are known, the others belong to somebody else: all are kept as written.
    Open(Vec<Member>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    name: String,
    required: bool,
    shape: Shape,
}

/// What to do with a member that the shape does not name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unknown {
    Keep,
    Refuse,
}

impl Shape {
    /// Reads a shape from its text.
    ///
    /// # Panics
    /// If the text is no shape; a test reads all of ours.
    pub fn parse(text: &str) -> Self {
        let tokens = tokens(text);
        let mut rest = tokens.as_slice();
        let shape = read(&mut rest);
        assert!(rest.is_empty(), "a shape ends where its text ends: {rest:?}");
        shape
    }

    /// The body with its keys in kebab case, or why it is refused (400).
    pub fn hold(&self, body: Value, unknown: Unknown) -> Result<Value, Refusal> {
        // A missing body is an empty one: what is required is then missing.
        let body = if body.is_null() { Value::Object(Map::new()) } else { body };
        self.check(body, &mut Vec::new(), unknown)
    }

    fn check(
        &self,
        value: Value,
        at: &mut Vec<String>,
        unknown: Unknown,
    ) -> Result<Value, Refusal> {
        let wrong = |must: &str| Err(refusal(at, &format!("must be {must}")));
        match (self, value) {
            (Self::Nullable(_), Value::Null) => Ok(Value::Null),
            (Self::Nullable(inner), value) => inner.check(value, at, unknown),
            (Self::Members(members), Value::Object(given)) => {
                hold_members(members, given, at, unknown)
            }
            (Self::List(inner), Value::Array(items)) => {
                let mut held = Vec::with_capacity(items.len());
                for (nth, item) in items.into_iter().enumerate() {
                    at.push(nth.to_string());
                    held.push(inner.check(item, at, unknown)?);
                    at.pop();
                }
                Ok(Value::Array(held))
            }
            (Self::Any, value) => Ok(value),
            (Self::Map, value) if value.is_object() => Ok(value),
            (Self::Text, value) if value.is_string() => Ok(value),
            (Self::Boolean, value) if value.is_boolean() => Ok(value),
            (Self::Number, value) if value.is_number() => Ok(value),
            (Self::Integer, value) if is_whole(&value) => Ok(value),
            (Self::Date, value)
                if value.as_str().is_some_and(|day| day.parse::<jiff::civil::Date>().is_ok()) =>
            {
                Ok(value)
            }
            (Self::Open(members), Value::Object(given)) => hold_open(members, given, at, unknown),
            (Self::Map | Self::Members(_) | Self::Open(_), _) => wrong("an object"),
            (Self::Text, _) => wrong("a string"),
            (Self::Boolean, _) => wrong("boolean"),
            (Self::Number, _) => wrong("a number"),
            (Self::Integer, _) => wrong("an integer"),
            (Self::Date, _) => wrong("a date"),
            (Self::List(_), _) => wrong("an array"),
        }
    }
}

fn hold_members(
    members: &[Member],
    given: Map<String, Value>,
    at: &mut Vec<String>,
    unknown: Unknown,
) -> Result<Value, Refusal> {
    let mut held = Map::new();
    for (key, value) in given {
        let name = to_kebab(&key);
        let Some(member) = members.iter().find(|member| member.name == name) else {
            if unknown == Unknown::Refuse {
                at.push(name);
                return Err(refusal(at, "is not allowed"));
            }
            held.insert(name, value);
            continue;
        };
        at.push(name.clone());
        held.insert(name, member.shape.check(value, at, unknown)?);
        at.pop();
    }
    for member in members.iter().filter(|member| member.required) {
        if !held.contains_key(&member.name) {
            at.push(member.name.clone());
            return Err(refusal(at, "is missing"));
        }
    }
    Ok(Value::Object(held))
}

fn hold_open(
    members: &[Member],
    given: Map<String, Value>,
    at: &mut Vec<String>,
    unknown: Unknown,
) -> Result<Value, Refusal> {
    let mut held = Map::new();
    for (key, value) in given {
        let name = to_kebab(&key);
        let value = match members.iter().find(|member| member.name == name) {
            None => value,
            Some(member) => {
                at.push(name);
                let value = member.shape.check(value, at, unknown)?;
                at.pop();
                value
            }
        };
        held.insert(key, value);
    }
    Ok(Value::Object(held))
}

/// Whole numbers may be written as `1.0`.
fn is_whole(value: &Value) -> bool {
    value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0)
}

fn refusal(at: &[String], what: &str) -> Refusal {
    let path = if at.is_empty() { "body".to_owned() } else { at.join(".").replace('-', "_") };
    Refusal::new(400, "Bad Request", format!("{path} {what}"))
}

/// Words and signs.
fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_ascii_alphanumeric() {
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after.trim_start();
    }
    tokens
}

fn read(rest: &mut &[&str]) -> Shape {
    let shape = match take(rest) {
        "{" => match members(rest) {
            (members, "*") => Shape::Open(members),
            (members, _) => Shape::Members(members),
        },
        "[" => {
            let inner = read(rest);
            assert_eq!(take(rest), "]", "a list is closed");
            Shape::List(Box::new(inner))
        }
        "any" => Shape::Any,
        "string" => Shape::Text,
        "integer" => Shape::Integer,
        "number" => Shape::Number,
        "boolean" => Shape::Boolean,
        "date" => Shape::Date,
        "map" => Shape::Map,
        other => panic!("{other:?} is no shape"),
    };
    match rest.first() {
        Some(&"?") => {
            take(rest);
            Shape::Nullable(Box::new(shape))
        }
        _ => shape,
    }
}

/// The members up to the closing brace, and whether a `*` stands for more of them.
fn members<'a>(rest: &mut &[&'a str]) -> (Vec<Member>, &'a str) {
    let mut members = Vec::new();
    let mut more = "";
    loop {
        match take(rest) {
            "}" => return (members, more),
            "," => {}
            "*" => more = "*",
            name => {
                let required = rest.first() == Some(&"!");
                if required {
                    take(rest);
                }
                assert_eq!(take(rest), ":", "a member's name is followed by its shape");
                members.push(Member { name: name.to_owned(), required, shape: read(rest) });
            }
        }
    }
}

fn take<'a>(rest: &mut &[&'a str]) -> &'a str {
    let (first, after) = rest.split_first().expect("a shape is closed before its text ends");
    *rest = after;
    first
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SHAPE: &str = "{data!: {attributes!: {name!: string, note: string?, tags: [string], fields: map, count: integer}}}";

    fn hold(body: Value) -> Result<Value, String> {
        Shape::parse(SHAPE).hold(body, Unknown::Keep).map_err(|refusal| refusal.details)
    }

    #[test]
    fn what_is_wrong_is_said_with_its_path() {
        let table = [
            (Value::Null, "data is missing"),
            (json!([]), "body must be an object"),
            (json!({"data": {"attributes": {}}}), "data.attributes.name is missing"),
            (json!({"data": {"attributes": {"name": 1}}}), "data.attributes.name must be a string"),
            (
                json!({"data": {"attributes": {"name": "a", "tags": [1]}}}),
                "data.attributes.tags.0 must be a string",
            ),
            (
                json!({"data": {"attributes": {"name": "a", "count": 1.5}}}),
                "data.attributes.count must be an integer",
            ),
        ];
        for (body, why) in table {
            assert_eq!(hold(body).unwrap_err(), why);
        }
    }

    #[test]
    fn keys_come_in_any_case_and_foreign_ones_stay() {
        let held = hold(
            json!({"data": {"attributes": {"name": "a", "note": null, "fields": {"nameFirst": 1}, "redirectUri": 1}}}),
        );
        let expected = json!({"data": {"attributes": {"name": "a", "note": null, "fields": {"nameFirst": 1}, "redirect-uri": 1}}});
        assert_eq!(held, Ok(expected));
        let open = Shape::parse("{name-first: string?, *}");
        let given = json!({ "nameFirst": "Ada", "shoeSize": 44 });
        assert_eq!(open.hold(given.clone(), Unknown::Refuse), Ok(given));
        assert!(open.hold(json!({ "name_first": 1 }), Unknown::Keep).is_err());
        let strict = Shape::parse("{a: any}").hold(json!({"aB": 1}), Unknown::Refuse);
        assert_eq!(strict.unwrap_err().details, "a_b is not allowed");
    }
}
