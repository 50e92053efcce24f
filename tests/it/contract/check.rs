//! One request and its answer against the contract: path, parameters, headers, body, status.
//!
//! The contract is OpenAPI 3.1, so its schemas are JSON Schema 2020-12: null is a type like any
//! other and `unevaluatedProperties` refuses what is not documented. Formats are checked as well.

use std::fmt;

use serde_json::{Map, Value};

use super::document::{Contract, Operation, escaped};

/// A request as it went over the wire.
#[derive(Clone, Default)]
pub struct Asked {
    pub method: String,
    /// Below the base URL.
    pub path: String,
    /// Encoded.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug, Clone, Default)]
pub struct Answered {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let found = headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.as_str())
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}?{}", self.method, self.path, self.query)?;
        for (name, value) in &self.headers {
            write!(f, " {name}: {value:?}")?;
        }
        write!(f, " {}", brief(&text(&self.body)))
    }
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }
}

impl Answered {
    pub fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }
}

/// What of a request the contract does not know.
pub fn request(contract: &Contract, asked: &Asked) -> Vec<String> {
    let Some(operation) = contract.operation(&asked.method, &asked.path) else {
        return vec![format!("there is no {} {}", asked.method, asked.path)];
    };
    let mut problems = query(contract, &operation, &asked.query);
    if !asked.header("authorization").is_some_and(|value| value.starts_with("Bearer ")) {
        problems.push("no bearer token".into());
    }
    for (parameter, place) in operation.parameters("header") {
        let name = parameter["name"].as_str().expect("parameters have names");
        match asked.header(name) {
            Some(value) => {
                let value = Value::from(value);
                problems.extend(errors(contract, &place, &value, &format!("header {name}")));
            }
            None if parameter["required"] == true => problems.push(format!("no header {name}")),
            None => {}
        }
    }
    problems.extend(body(contract, &operation, asked));
    problems
}

fn query(contract: &Contract, operation: &Operation<'_>, query: &str) -> Vec<String> {
    let mut problems = Vec::new();
    let mut given: Vec<(String, String)> =
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    for (parameter, place) in operation.parameters("query") {
        let name = parameter["name"].as_str().expect("parameters have names");
        let deep = parameter["style"] == "deepObject";
        let own = |key: &str| match deep {
            true => key.strip_prefix(name).is_some_and(|rest| rest.starts_with('[')),
            false => key == name,
        };
        let values: Vec<(String, String)> = given.extract_if(.., |(key, _)| own(key)).collect();
        if values.is_empty() {
            if parameter["required"] == true {
                problems.push(format!("the parameter {name} is missing"));
            }
            continue;
        }
        let schema = contract.resolved(&parameter["schema"]);
        let value = match deep {
            true => deep_object(contract, schema, &values),
            false if values.len() > 1 => Err(format!("{name} is given twice")),
            false => Ok(of_type(schema, &values[0].1)),
        };
        match value {
            Ok(value) => problems.extend(errors(contract, &place, &value, name)),
            Err(why) => problems.push(why),
        }
    }
    problems.extend(given.iter().map(|(key, _)| format!("there is no parameter {key}")));
    problems
}

/// `filter[status]=a` and `filter[identifier][key]=b` as the object they stand for.
fn deep_object(
    contract: &Contract,
    schema: &Value,
    values: &[(String, String)],
) -> Result<Value, String> {
    let mut whole = Value::Object(Map::new());
    for (key, value) in values {
        let (mut at, mut schema) = (&mut whole, schema);
        let names = key.split_once('[').and_then(|(_, rest)| rest.strip_suffix(']'));
        for name in names.ok_or_else(|| format!("{key} has no end"))?.split("][") {
            schema = contract.resolved(match &schema["properties"][name] {
                Value::Null => &schema["additionalProperties"],
                known => known,
            });
            let object = at.as_object_mut().ok_or_else(|| format!("{key} is given twice"))?;
            at = object.entry(name).or_insert_with(|| Value::Object(Map::new()));
        }
        if at.as_object().is_none_or(|object| !object.is_empty()) {
            return Err(format!("{key} is given twice"));
        }
        *at = of_type(schema, value);
    }
    Ok(whole)
}

/// A text as the number or boolean that its schema wants, if it can be one.
fn of_type(schema: &Value, text: &str) -> Value {
    let typed = match schema["type"].as_str() {
        Some("number" | "integer" | "boolean") => serde_json::from_str(text).ok(),
        _ => None,
    };
    typed
        .filter(|value: &Value| value.is_number() || value.is_boolean())
        .unwrap_or_else(|| text.into())
}

fn body(contract: &Contract, operation: &Operation<'_>, asked: &Asked) -> Vec<String> {
    let Some((content, place)) = operation.body() else {
        let none = asked.body.is_empty();
        return if none { vec![] } else { vec!["a body where there is none".into()] };
    };
    if asked.body.is_empty() {
        let needed = operation.needs_body();
        return if needed { vec!["the body is missing".into()] } else { vec![] };
    }
    let media = media_type(asked.header("content-type"));
    if !content.contains_key(media) {
        return vec![format!("a body of type {media:?}")];
    }
    let Ok(value) = serde_json::from_slice::<Value>(&asked.body) else {
        return vec!["the body is not JSON".into()];
    };
    errors(contract, &format!("{place}/{}/schema", escaped(media)), &value, "body")
}

/// What of an answer the contract does not know. `asked` says which answer it is.
pub fn answer(contract: &Contract, asked: &Asked, answered: &Answered) -> Vec<String> {
    let status = answered.status;
    let Some(operation) = contract.operation(&asked.method, &asked.path) else {
        // What there is not is not documented either, but that answers say so in one shape is.
        let told = answered.json().is_some_and(|body| body["errors"].is_array());
        let missing = status == 404 && told;
        return if missing { vec![] } else { vec![format!("{status} for what there is not")] };
    };
    let Some((documented, place)) = operation.answer(status) else {
        return vec![format!("{status} is not documented: {}", brief(&text(&answered.body)))];
    };
    let mut problems = headers(contract, documented, &place, answered);
    let media = media_type(header(&answered.headers, "content-type"));
    let schema = &documented["content"][media]["schema"];
    if schema.is_null() {
        problems.push(format!("an answer of type {media:?}"));
    } else if media != "application/json" {
        let pdf = answered.body.starts_with(b"%PDF-");
        problems.extend((!pdf).then(|| format!("it is no {media}")));
    } else if !is_of_another_shape(asked) {
        match answered.json() {
            Some(body) => {
                let place = format!("{place}/content/{}/schema", escaped(media));
                let mut wrong = errors(contract, &place, &body, "body");
                // What was not asked for is not missed.
                if is_sparse(asked) {
                    wrong.retain(|why| !why.contains("is a required property"));
                }
                problems.extend(wrong);
            }
            None => problems.push("the body is not JSON".into()),
        }
    }
    problems
}

/// The contract describes one version in one casing; other answers cannot be held against it.
fn is_of_another_shape(asked: &Asked) -> bool {
    asked.header("persona-version").is_some_and(|version| version != "2025-12-08")
        || asked.header("key-inflection").is_some_and(|casing| casing != "kebab")
}

/// Whether only some attributes were asked for: the schemas know of no such answers.
fn is_sparse(asked: &Asked) -> bool {
    let mut names = url::form_urlencoded::parse(asked.query.as_bytes()).map(|(name, _)| name);
    names.any(|name| name.starts_with("fields["))
}

/// Persona gives the headers that it documents with every answer of that kind.
fn headers(
    contract: &Contract,
    documented: &Value,
    place: &str,
    answered: &Answered,
) -> Vec<String> {
    let mut problems = Vec::new();
    for (name, value) in documented["headers"].as_object().into_iter().flatten() {
        let schema = &contract.resolved(value)["schema"];
        let place = match value["$ref"].as_str() {
            Some(reference) => format!("{}/schema", reference.trim_start_matches('#')),
            None => format!("{place}/headers/{name}/schema"),
        };
        match header(&answered.headers, name) {
            Some(text) => {
                let value = of_type(schema, text);
                problems.extend(errors(contract, &place, &value, &format!("header {name}")));
            }
            None => problems.push(format!("no header {name}")),
        }
    }
    problems
}

fn media_type(header: Option<&str>) -> &str {
    header.and_then(|value| value.split(';').next()).unwrap_or_default().trim()
}

fn text(body: &[u8]) -> String {
    String::from_utf8_lossy(body).into_owned()
}

/// What is wrong with a value by the schema at `place`.
pub fn errors(contract: &Contract, place: &str, value: &Value, what: &str) -> Vec<String> {
    let validator = contract.validator(place);
    let told = |why: jsonschema::ValidationError<'_>| {
        let at = pointed(value, why.instance_path().as_str());
        format!("{what}{at}: {}", brief(&why.to_string()))
    };
    validator.iter_errors(value).map(told).collect()
}

/// A JSON pointer that is the same for every object of a list, and names the object's type.
fn pointed(value: &Value, pointer: &str) -> String {
    let (mut at, mut told) = (value, String::new());
    for part in pointer.split('/').skip(1) {
        let nth = part.parse::<usize>().ok().filter(|_| at.is_array());
        at = match nth {
            Some(nth) => &at[nth],
            None => &at[part.replace("~1", "/").replace("~0", "~")],
        };
        let kind = at["type"].as_str().filter(|_| at["id"].is_string());
        told += &match (nth, kind) {
            (Some(_), Some(kind)) => format!("[{kind}]"),
            (Some(_), None) => "[]".to_owned(),
            (None, Some(kind)) => format!(".{part}<{kind}>"),
            (None, None) => format!(".{part}"),
        };
    }
    told
}

fn brief(told: &str) -> String {
    let chars: Vec<char> = told.chars().collect();
    match chars.len() {
        0..=320 => told.to_owned(),
        all => chars[..120].iter().chain(&[' ', '…', ' ']).chain(&chars[all - 190..]).collect(),
    }
}
