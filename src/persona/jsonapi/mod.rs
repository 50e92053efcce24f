//! JSON:API bodies, read with tolerance: whatever is missing, null or odd is absent and noted, and
//! only an object without type or id is an error, which names its JSON path.

mod casing;
mod resource;

use std::fmt;

use serde_json_borrow::OwnedValue;

use self::resource::Place;
pub use self::{
    casing::{is_spelled, lookup},
    resource::Resource,
};
use super::{
    Link, Page, decode,
    endpoint::{Answer, Object},
    exhibits,
    mismatches::{Notes, type_of},
};
use crate::model::{Entity, Exhibit, Shape, Text};

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

/// A value as it arrived, borrowed from the body: most of the time of reading a page would else go
/// into copying text that nobody keeps.
pub type Json<'a> = serde_json_borrow::Value<'a>;
pub type Members<'a> = serde_json_borrow::ObjectAsVec<'a>;

/// A member of an object; none of anything else.
pub fn member<'a>(value: &'a Json<'a>, name: &str) -> Option<&'a Json<'a>> {
    value.as_object()?.get(name)
}

/// A whole body, and what was odd about it.
#[derive(Debug)]
pub struct Document {
    body: OwnedValue,
    notes: Notes,
}

/// It cannot be read as JSON at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not JSON at line {line}, column {column}")]
pub struct NotJson {
    /// From 1; 0 if it is not even text.
    pub line: usize,
    pub column: usize,
}

impl NotJson {
    fn at(why: &std::io::Error) -> Self {
        let place = why.get_ref().and_then(|why| why.downcast_ref::<serde_json::Error>());
        let (line, column) = place.map_or((0, 0), |why| (why.line(), why.column()));
        Self { line, column }
    }
}

/// The kind of a note about the body as a whole.
const BODY: &str = "";

impl Document {
    /// # Errors
    /// If it is not JSON.
    pub fn parse(body: String) -> Result<Self, NotJson> {
        let body = OwnedValue::from_string(body).map_err(|why| NotJson::at(&why))?;
        Ok(Self { body, notes: Notes::default() })
    }

    /// The same for bytes as they came.
    ///
    /// # Errors
    /// If they are not text, or it is not JSON.
    pub fn from_bytes(body: Vec<u8>) -> Result<Self, NotJson> {
        let text = String::from_utf8(body).map_err(|_| NotJson { line: 0, column: 0 });
        text.and_then(Self::parse)
    }

    fn member(&self, name: &str) -> Option<&Json<'_>> {
        member(self.body.get_value(), name)
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
        let data = self.member("data");
        let data = data.ok_or(DecodeError { path: "data".into(), why: "missing" })?;
        Resource::read(data, Place::at("data"), &self.notes)
    }

    /// All of it.
    pub fn to_value(&self) -> serde_json::Value {
        serde_json::Value::from(self.body.get_value().clone())
    }

    /// The values under `data`.
    pub fn list(&self) -> Result<&[Json<'_>], DecodeError> {
        let data = self.member("data").and_then(Json::as_array);
        data.ok_or(DecodeError { path: "data".into(), why: "not a list" })
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
        included(self.member("included"), "included", &self.notes)
    }

    /// The same, as far as it is kept.
    pub fn entities(&self) -> Vec<Entity> {
        self.included().iter().filter_map(decode::entity).collect()
    }

    /// The same, as far as it is evidence that goes with the object.
    pub fn exhibits(&self) -> Vec<Exhibit> {
        self.included().iter().filter_map(exhibits::exhibit).collect()
    }

    pub fn meta(&self, name: &str) -> Option<&str> {
        lookup(self.member("meta")?.as_object()?, name)?.as_str()
    }

    /// The link to the next page.
    pub fn next(&self) -> Option<Link> {
        let next = member(self.member("links")?, "next")?;
        if !next.is_null() && !next.is_string() {
            self.notes.add(BODY, "links.next", "a link", type_of(next));
        }
        next.as_str().map(Link::new)
    }

    /// Title and details of each error.
    pub fn errors(&self) -> Vec<Text> {
        let errors = self.member("errors").and_then(Json::as_array);
        let text = |error: &Json<'_>, names: &[&str]| {
            names.iter().find_map(|name| member(error, name)?.as_str()).map(Text::new)
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
    list: Option<&'a Json<'a>>,
    member: &'static str,
    notes: &'a Notes,
) -> Vec<Resource<'a>> {
    let list = match list {
        None | Some(Json::Null) => return Vec::new(),
        Some(Json::Array(list)) => list,
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
