//! One object of a body: its attributes by name and type, in whichever casing they came.

use super::{DecodeError, Json, Members, included, is_spelled, lookup, member};
use crate::{
    model::{Entity, Pii, Text, id::InvalidId},
    persona::{
        decode,
        mismatches::{Notes, type_of, word},
    },
};

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
    attributes: Option<&'a Members<'a>>,
    relationships: Option<&'a Members<'a>>,
    notes: &'a Notes,
}

impl<'a> Resource<'a> {
    pub fn read(value: &'a Json<'a>, place: Place, notes: &'a Notes) -> Result<Self, DecodeError> {
        let text = |name: &str| {
            let found = member(value, name).and_then(Json::as_str).filter(|text| !text.is_empty());
            found.ok_or_else(|| place.wrong(name, "not a text"))
        };
        let (kind, id) = (text("type")?, text("id")?);
        let members = |name: &str| {
            let found = member(value, name).filter(|found| !found.is_null())?;
            if !found.is_object() {
                notes.add(kind, name, "an object", type_of(found));
            }
            found.as_object()
        };
        let (attributes, relationships) = (members("attributes"), members("relationships"));
        Ok(Self { kind, id, place, attributes, relationships, notes })
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

    /// The same for a family of types: `report` for `report/watchlist`. Gives what comes behind.
    pub fn kind_of(&self, family: &str) -> Result<&'a str, DecodeError> {
        let kind = self.kind.strip_prefix(family).and_then(|rest| rest.strip_prefix('/'));
        kind.ok_or_else(|| self.place.wrong("type", "another type than was asked for"))
    }

    /// Says that something is not as expected; `path` from the object on.
    pub fn note(&self, path: &str, expected: &str, found: &str) {
        self.notes.add(self.kind, path, expected, found);
    }

    fn note_attribute(&self, name: &str, expected: &str, found: &Json<'_>) {
        self.note(&format!("attributes.{name}"), expected, type_of(found));
    }

    /// Notes attributes that are neither in `known`, which is in the contract's order, nor in
    /// `legacy`, which older versions have.
    pub fn expect_attributes(&self, known: &[&str], legacy: &[&str]) {
        let mut next = 0;
        for (name, value) in self.attributes() {
            // Nearly always in order, so nearly always the first comparison.
            if known.get(next).is_some_and(|known| *known == name) {
                next += 1;
            } else if let Some(at) = known.iter().position(|known| is_spelled(known, name)) {
                next = at + 1;
            } else if !legacy.iter().any(|known| is_spelled(known, name)) {
                self.note_attribute(name, "no such attribute", value);
            }
        }
    }

    /// An attribute in any casing; none if missing or null.
    pub fn attribute(&self, name: &str) -> Option<&'a Json<'a>> {
        lookup(self.attributes?, name).filter(|value| !value.is_null())
    }

    pub fn attributes(&self) -> impl Iterator<Item = (&'a str, &'a Json<'a>)> {
        self.attributes.into_iter().flat_map(Members::iter)
    }

    /// An attribute of the type that `read` takes; noted if it is of another.
    fn typed<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl Fn(&'a Json<'a>) -> Option<T>,
    ) -> Option<T> {
        let value = self.attribute(name)?;
        let found = read(value);
        if found.is_none() {
            self.note_attribute(name, expected, value);
        }
        found
    }

    pub fn text(&self, name: &str) -> Option<Text> {
        let read = |value: &Json<'_>| match value {
            Json::Str(text) => Some(Text::new(text)),
            Json::Number(number) => Some(Text::from(number.to_string())),
            _ => None,
        };
        self.typed(name, "a text", read).filter(|text| !text.is_empty())
    }

    /// A text that identifies a person.
    pub fn pii(&self, name: &str) -> Option<Pii> {
        self.text(name).map(Pii::from)
    }

    /// A word of a set that Persona may add to: others are kept, and noted. Empty if missing, which
    /// any attribute may be.
    pub fn word(&self, name: &str, known: &[&str]) -> Text {
        let text = self.text(name).unwrap_or_default();
        if !text.is_empty() && !known.contains(&text.as_str()) {
            self.note(&format!("attributes.{name}"), "a known word", &word(text.as_str()));
        }
        text
    }

    pub fn texts(&self, name: &str) -> Vec<Text> {
        let list = self.objects_in(name);
        list.iter()
            .filter_map(|value| match value {
                Json::Str(text) => Some(Text::new(text)),
                Json::Null => None,
                other => {
                    self.note_attribute(&format!("{name}[]"), "a text", other);
                    None
                }
            })
            .collect()
    }

    pub fn flag(&self, name: &str) -> Option<bool> {
        self.typed(name, "a boolean", Json::as_bool)
    }

    pub fn number(&self, name: &str) -> Option<f64> {
        self.typed(name, "a number", Json::as_f64)
    }

    pub fn count(&self, name: &str) -> Option<u64> {
        self.typed(name, "a whole number", Json::as_u64)
    }

    pub fn objects_in(&self, name: &str) -> &'a [Json<'a>] {
        self.typed(name, "a list", Json::as_array).unwrap_or_default()
    }

    /// An instant; none if it is not one.
    pub fn instant(&self, name: &str) -> Option<jiff::Timestamp> {
        self.typed(name, "a date-time", |value| value.as_str()?.parse().ok())
    }

    /// Ids of a to-one or to-many relationship; `{}` and null are none.
    pub fn related(&self, name: &str) -> Vec<&'a str> {
        let Some(data) = self.relationships.and_then(|all| member(lookup(all, name)?, "data"))
        else {
            return Vec::new();
        };
        let id = |value: &'a Json<'a>| {
            let id = member(value, "id").and_then(Json::as_str);
            let none = value.is_null() || value.as_object().is_some_and(Members::is_empty);
            if id.is_none() && !none {
                self.note(&format!("relationships.{name}"), "type and id", type_of(value));
            }
            id
        };
        match data {
            Json::Array(list) => list.iter().filter_map(id).collect(),
            one => id(one).into_iter().collect(),
        }
    }

    /// The id of a to-one relationship.
    pub fn related_id(&self, name: &str) -> Option<&'a str> {
        self.related(name).first().copied()
    }

    /// A related object's id as what it is to be.
    pub fn one<T>(&self, name: &str, new: impl Fn(&str) -> Result<T, InvalidId>) -> Option<T> {
        self.many(name, new).into_iter().next()
    }

    pub fn many<T>(&self, name: &str, new: impl Fn(&str) -> Result<T, InvalidId>) -> Vec<T> {
        let read = |raw| {
            let id = new(raw).ok();
            if id.is_none() {
                self.note(&format!("relationships.{name}"), "an id", "a text");
            }
            id
        };
        self.related(name).into_iter().filter_map(read).collect()
    }

    /// The body that an attribute holds: its object, and what came along.
    pub fn nested(&self, name: &'static str) -> (Option<Entity>, Vec<Entity>) {
        let Some(body) = self.attribute(name) else { return (None, Vec::new()) };
        let object =
            match member(body, "data").map(|data| Self::read(data, Place::at(name), self.notes)) {
                Some(Ok(resource)) => decode::entity(&resource),
                _ => {
                    self.note(&format!("attributes.{name}.data"), "an object", "something else");
                    None
                }
            };
        let along = included(member(body, "included"), name, self.notes);
        (object, along.iter().filter_map(decode::entity).collect())
    }
}
