//! JSON:API bodies, read with tolerance: whatever is missing, null or odd is absent, and only an
//! object without type or id is an error, which names its JSON path.

use std::fmt;

use serde_json::{Map, Value};

use super::{Link, Page};
use crate::model::{Text, field, id::InvalidId};

/// Where a body is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    /// `data[3].id`
    pub path: String,
    pub why: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.path, self.why)
    }
}

/// A whole body.
#[derive(Debug, Clone, PartialEq)]
pub struct Document(Value);

/// Where in a body an object is: `data`, `included[3]`. Written out only for an error.
#[derive(Debug, Clone, Copy)]
pub struct Place {
    member: &'static str,
    nth: Option<usize>,
}

impl Place {
    pub fn at(member: &'static str) -> Self {
        Self { member, nth: None }
    }

    pub fn nth(member: &'static str, nth: usize) -> Self {
        Self { member, nth: Some(nth) }
    }

    fn wrong(self, part: &str, why: &'static str) -> DecodeError {
        let path = match self.nth {
            Some(nth) => format!("{}[{nth}].{part}", self.member),
            None => format!("{}.{part}", self.member),
        };
        DecodeError { path, why }
    }
}

/// One object of a body.
#[derive(Debug, Clone, Copy)]
pub struct Resource<'a> {
    pub kind: &'a str,
    pub id: &'a str,
    place: Place,
    attributes: Option<&'a Map<String, Value>>,
    relationships: Option<&'a Map<String, Value>>,
}

impl Document {
    pub fn new(body: Value) -> Self {
        Self(body)
    }

    /// The one object under `data`.
    pub fn one(&self) -> Result<Resource<'_>, DecodeError> {
        let data = self.0.get("data").ok_or(DecodeError { path: "data".into(), why: "missing" })?;
        Resource::read(data, Place::at("data"))
    }

    /// The objects under `data`. One that cannot be read is left out and logged, so that it does
    /// not hide the others.
    pub fn many(&self) -> Result<Vec<Resource<'_>>, DecodeError> {
        let data = self.0.get("data").and_then(Value::as_array);
        let data = data.ok_or(DecodeError { path: "data".into(), why: "not a list" })?;
        Ok(read_each(data, "data"))
    }

    /// Attributes of the objects under `data`, for the few types that have no id.
    pub fn attributes_of_each(&self) -> impl Iterator<Item = &Map<String, Value>> {
        let data = self.0.get("data").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        data.iter().filter_map(|object| object.get("attributes")?.as_object())
    }

    pub fn included(&self) -> Vec<Resource<'_>> {
        let included = self.0.get("included").and_then(Value::as_array);
        included.map_or_else(Vec::new, |included| read_each(included, "included"))
    }

    pub fn meta(&self, name: &str) -> Option<&str> {
        lookup(self.0.get("meta")?.as_object()?, name)?.as_str()
    }

    /// A list's page, each object through `decode`.
    pub fn page<T>(
        &self,
        decode: impl Fn(&Resource<'_>) -> Result<T, DecodeError>,
    ) -> Result<Page<T>, DecodeError> {
        let mut items = Vec::new();
        for resource in self.many()? {
            match decode(&resource) {
                Ok(item) => items.push(item),
                Err(why) => tracing::warn!(%why, kind = resource.kind, "an object was left out"),
            }
        }
        let next = self.0.get("links").and_then(|links| links.get("next")).and_then(Value::as_str);
        Ok(Page { items, next: next.map(Link::new) })
    }

    /// Title and details of each error.
    pub fn errors(&self) -> Vec<Text> {
        let errors = self.0.get("errors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let text = |error: &Value, names: &[&str]| {
            names.iter().find_map(|name| error.get(name)?.as_str()).map(Text::new)
        };
        errors
            .iter()
            .flat_map(|error| [text(error, &["title"]), text(error, &["details", "detail"])])
            .flatten()
            .collect()
    }
}

pub fn read_each<'a>(list: &'a [Value], member: &'static str) -> Vec<Resource<'a>> {
    let mut resources = Vec::with_capacity(list.len());
    for (nth, value) in list.iter().enumerate() {
        match Resource::read(value, Place::nth(member, nth)) {
            Ok(resource) => resources.push(resource),
            Err(why) => tracing::warn!(%why, "an object was left out"),
        }
    }
    resources
}

impl<'a> Resource<'a> {
    pub fn read(value: &'a Value, place: Place) -> Result<Self, DecodeError> {
        let text = |name: &str| {
            let found = value.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
            found.ok_or_else(|| place.wrong(name, "not a text"))
        };
        Ok(Self {
            kind: text("type")?,
            id: text("id")?,
            place,
            attributes: value.get("attributes").and_then(Value::as_object),
            relationships: value.get("relationships").and_then(Value::as_object),
        })
    }

    /// The id as what it is to be.
    pub fn id<T>(&self, new: impl Fn(&str) -> Result<T, InvalidId>) -> Result<T, DecodeError> {
        new(self.id).map_err(|_| self.place.wrong("id", "not an id"))
    }

    /// Refuses an object of another type.
    pub fn expect(&self, kind: &str) -> Result<(), DecodeError> {
        if self.kind == kind {
            return Ok(());
        }
        Err(self.place.wrong("type", "another type than was asked for"))
    }

    /// An attribute in any casing; none if missing or null.
    pub fn attribute(&self, name: &str) -> Option<&'a Value> {
        lookup(self.attributes?, name).filter(|value| !value.is_null())
    }

    pub fn attributes(&self) -> impl Iterator<Item = (&'a String, &'a Value)> {
        self.attributes.into_iter().flatten()
    }

    pub fn text(&self, name: &str) -> Option<Text> {
        let value = self.attribute(name)?;
        let text = value
            .as_str()
            .map(Text::new)
            .or_else(|| value.is_number().then(|| Text::from(value.to_string())));
        text.filter(|text| !text.is_empty())
    }

    pub fn texts(&self, name: &str) -> Vec<Text> {
        let list = self.attribute(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        list.iter().filter_map(Value::as_str).map(Text::new).collect()
    }

    /// An instant; none if it is not one.
    pub fn instant(&self, name: &str) -> Option<jiff::Timestamp> {
        self.attribute(name)?.as_str()?.parse().ok()
    }

    /// Ids of a to-one or to-many relationship; `{}` and null are none.
    pub fn related(&self, name: &str) -> Vec<&'a str> {
        let data = self.relationships.and_then(|all| lookup(all, name)?.get("data"));
        let id = |value: &'a Value| value.get("id")?.as_str();
        match data {
            Some(Value::Array(list)) => list.iter().filter_map(id).collect(),
            Some(one) => id(one).into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// The id of a to-one relationship.
    pub fn related_id(&self, name: &str) -> Option<&'a str> {
        self.related(name).first().copied()
    }
}

/// `marked-for-review-at` finds `marked_for_review_at` and `markedForReviewAt`.
pub fn lookup<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.get(name).or_else(|| {
        let wanted = field::normalised(name);
        object.iter().find(|(key, _)| field::normalised(key) == wanted).map(|(_, value)| value)
    })
}
