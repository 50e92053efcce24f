//! An object of the world, how it is kept where there are many, and why a request about it is refused.

use serde_json::{Map, Value, json};

#[derive(Debug, Clone, PartialEq)]
pub struct Object {
    pub kind: String,
    pub id: String,
    pub attributes: Map<String, Value>,
    /// Events have none.
    pub relationships: Option<Map<String, Value>>,
}

impl Object {
    pub fn json(&self) -> Value {
        let mut json = json!({ "type": self.kind, "id": self.id, "attributes": self.attributes });
        if let Some(relationships) = &self.relationships {
            json["relationships"] = Value::Object(relationships.clone());
        }
        json
    }

    pub fn text(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).and_then(Value::as_str).unwrap_or_default()
    }

    pub fn set(&mut self, attribute: &str, value: impl Into<Value>) {
        self.attributes.insert(attribute.to_owned(), value.into());
    }

    /// Ids in a relationship, to-one or to-many.
    pub fn related(&self, name: &str) -> Vec<&str> {
        let data = self.relationships.as_ref().and_then(|all| all.get(name)?.get("data"));
        match data {
            Some(Value::Array(list)) => list.iter().filter_map(|one| one["id"].as_str()).collect(),
            Some(one) => one["id"].as_str().into_iter().collect(),
            None => Vec::new(),
        }
    }
}

/// Why a step was refused: status, title, details, pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub status: u16,
    pub title: &'static str,
    pub details: String,
    pub pointer: Option<&'static str>,
}

impl Refusal {
    pub fn new(status: u16, title: &'static str, details: impl Into<String>) -> Self {
        Self { status, title, details: details.into(), pointer: None }
    }

    pub fn at(self, pointer: &'static str) -> Self {
        Self { pointer: Some(pointer), ..self }
    }
}

/// An object that is kept for long and looked at rarely: as text it takes a tenth of the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed(Box<str>);

impl Packed {
    pub fn of(object: &Object) -> Self {
        Self(object.json().to_string().into_boxed_str())
    }

    pub fn object(&self) -> Object {
        let json = serde_json::from_str(&self.0).expect("it was written as an object");
        let Value::Object(mut json) = json else { unreachable!("it was written as an object") };
        let mut map = |name: &str| match json.remove(name) {
            Some(Value::Object(map)) => Some(map),
            _ => None,
        };
        let (attributes, relationships) =
            (map("attributes").unwrap_or_default(), map("relationships"));
        let mut text = |name: &str| match json.remove(name) {
            Some(Value::String(text)) => text,
            _ => String::new(),
        };
        Object { kind: text("type"), id: text("id"), attributes, relationships }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_packed_is_what_it_was() {
        let of = |relationships: Option<Value>| Object {
            kind: "case".into(),
            id: "case_1".into(),
            attributes: json!({ "b": 1.5, "a": [null, { "x": "é" }] }).as_object().unwrap().clone(),
            relationships: relationships.map(|it| it.as_object().unwrap().clone()),
        };
        for object in [of(None), of(Some(json!({}))), of(Some(json!({ "y": { "data": [] } })))] {
            let unpacked = Packed::of(&object).object();
            assert_eq!(unpacked, object);
            assert_eq!(unpacked.json().to_string(), object.json().to_string(), "in the same order");
        }
    }
}
