//! JSON:API bodies, read with tolerance: whatever is missing, null or odd is absent and noted, and
//! only an object without type or id is an error, which names its JSON path.

mod casing;
mod resource;

use std::fmt;

use serde_json::Value;

use self::resource::Place;
pub use self::{
    casing::{is_spelled, lookup},
    resource::Resource,
};
use super::{
    Link, Page, decode,
    endpoint::{Answer, Object},
    mismatches::{Notes, type_of},
};
use crate::model::{Entity, Shape, Text};

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

/// A whole body, and what was odd about it.
#[derive(Debug)]
pub struct Document {
    body: Value,
    notes: Notes,
}

/// The kind of a note about the body as a whole.
const BODY: &str = "";

impl Document {
    pub fn new(body: Value) -> Self {
        Self { body, notes: Notes::default() }
    }

    /// # Errors
    /// If it is not JSON.
    pub fn from_slice(body: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(body).map(Self::new)
    }

    /// What decoding noticed so far. `template` names the body as a whole.
    pub fn into_mismatches(self, template: &str) -> Vec<Shape> {
        let mut shapes = self.notes.into_shapes();
        for shape in shapes.iter_mut().filter(|shape| shape.kind.is_empty()) {
            shape.kind = Text::new(template);
        }
        shapes
    }

    /// The one object under `data`.
    pub fn one(&self) -> Result<Resource<'_>, DecodeError> {
        let data = self.body.get("data");
        let data = data.ok_or(DecodeError { path: "data".into(), why: "missing" })?;
        Resource::read(data, Place::at("data"), &self.notes)
    }

    /// The values under `data`.
    pub fn list(&self) -> Result<&[Value], DecodeError> {
        let data = self.body.get("data").and_then(Value::as_array);
        data.map(Vec::as_slice).ok_or(DecodeError { path: "data".into(), why: "not a list" })
    }

    /// The objects under `data`. One that cannot be read is left out and noted, so that it does
    /// not hide the others.
    pub fn objects<T: Object>(&self) -> Result<Vec<T>, DecodeError> {
        let list = self.list()?;
        let mut objects = Vec::with_capacity(list.len());
        for (nth, value) in list.iter().enumerate() {
            let read = Resource::read(value, Place::nth("data", nth), &self.notes)
                .and_then(|resource| T::object(&resource));
            match read {
                Ok(object) => objects.push(object),
                Err(why) => self.left_out("data[]", &why),
            }
        }
        Ok(objects)
    }

    /// What came along.
    pub fn included(&self) -> Vec<Resource<'_>> {
        included(self.body.get("included"), "included", &self.notes)
    }

    /// The same, as far as it is kept.
    pub fn entities(&self) -> Vec<Entity> {
        self.included().iter().filter_map(decode::entity).collect()
    }

    pub fn meta(&self, name: &str) -> Option<&str> {
        lookup(self.body.get("meta")?.as_object()?, name)?.as_str()
    }

    /// The link to the next page.
    pub fn next(&self) -> Option<Link> {
        let next = self.body.get("links")?.get("next")?;
        if !next.is_null() && !next.is_string() {
            self.notes.add(BODY, "links.next", "a link", type_of(next));
        }
        next.as_str().map(Link::new)
    }

    /// Title and details of each error.
    pub fn errors(&self) -> Vec<Text> {
        let errors = self.body.get("errors").and_then(Value::as_array);
        let text = |error: &Value, names: &[&str]| {
            names.iter().find_map(|name| error.get(name)?.as_str()).map(Text::new)
        };
        errors
            .into_iter()
            .flatten()
            .flat_map(|error| [text(error, &["title"]), text(error, &["details", "detail"])])
            .flatten()
            .collect()
    }

    /// Says that something is not as expected; `path` from what `kind` names.
    pub fn note(&self, kind: &str, path: &str, expected: &str, found: &str) {
        self.notes.add(kind, path, expected, found);
    }

    fn left_out(&self, path: &str, why: &DecodeError) {
        let part = why.path.rsplit('.').next().unwrap_or_default();
        self.notes.add(BODY, &format!("{path}.{part}"), "an object that can be read", why.why);
    }
}

impl<T: Object> Answer for Page<T> {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        Ok(Self { items: answer.objects()?, next: answer.next() })
    }
}

fn included<'a>(
    list: Option<&'a Value>,
    member: &'static str,
    notes: &'a Notes,
) -> Vec<Resource<'a>> {
    let list = match list {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(list)) => list,
        Some(other) => {
            notes.add(BODY, member, "a list", type_of(other));
            return Vec::new();
        }
    };
    let read = |(nth, value)| {
        Resource::read(value, Place::nth(member, nth), notes)
            .map_err(|why| {
                notes.add(BODY, &format!("{member}[]"), "an object that can be read", why.why);
            })
            .ok()
    };
    list.iter().enumerate().filter_map(read).collect()
}
