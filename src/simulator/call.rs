//! A request that was let in, on its way through a route, and what the route replies.

use std::collections::{HashMap, HashSet, VecDeque};

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::{
    files::Files,
    index::Index,
    keys::{Caller, KeyRing},
    limits::Left,
    page::{self, Found, Rows},
    query::{Filter, Query, bad_request},
    render,
    webhooks::Hooks,
    world::{Object, Refusal, World},
};

/// Everything a route may look at and touch.
pub struct Call<'a> {
    pub world: &'a mut World,
    pub keys: &'a mut KeyRing,
    pub hooks: &'a mut Hooks,
    pub files: &'a mut Files,
    pub index: &'a Index,
    /// Objects that are redacted a little later.
    pub later: &'a mut Vec<String>,
    /// Verifications that are under investigation.
    pub locks: &'a mut HashSet<String>,
    /// What happened to reports, oldest first, by id.
    pub history: &'a mut HashMap<String, Vec<Value>>,
    /// The latest requests, oldest first.
    pub logs: &'a VecDeque<Value>,
    pub caller: &'a Caller,
    /// `/api/v1/inquiries`
    pub path: &'a str,
    /// What stands in the places of the path, in order.
    pub ids: Vec<&'a str>,
    pub filters: &'static [Filter],
    pub query: Query,
    /// Held against the endpoint's shape.
    pub body: Value,
    pub left: Left,
    pub now: Timestamp,
}

/// What a route replies, before it is put into words.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub content: Content,
    pub meta: Option<Value>,
    /// Relationships that versions with flat data embed unasked.
    pub unasked: &'static [&'static str],
    /// Attributes that only this answer shows.
    pub shown_once: Map<String, Value>,
    pub includes: Includes,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    One(String),
    Many(Vec<String>),
    Page(Found),
    Plain(Value),
    Pdf(Vec<u8>),
}

/// Whether `include` is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Includes {
    Asked,
    Never,
}

pub type Replied = Result<Reply, Refusal>;

impl Reply {
    pub fn new(content: Content) -> Self {
        let (meta, shown_once) = (None, Map::new());
        Self { status: 200, content, meta, unasked: &[], shown_once, includes: Includes::Asked }
    }

    pub fn one(id: impl Into<String>) -> Self {
        Self::new(Content::One(id.into()))
    }

    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    pub fn meta(self, meta: Value) -> Self {
        Self { meta: Some(meta), ..self }
    }

    pub fn unasked(self, unasked: &'static [&'static str]) -> Self {
        Self { unasked, ..self }
    }

    pub fn showing(mut self, attribute: &str, value: Value) -> Self {
        self.shown_once.insert(attribute.to_owned(), value);
        self
    }

    pub fn without_included(self) -> Self {
        Self { includes: Includes::Never, ..self }
    }
}

impl Call<'_> {
    /// The first id in the path.
    pub fn id(&self) -> &str {
        self.ids.first().copied().unwrap_or_default()
    }

    /// The object in the path, if it is of that kind. `verification` covers `verification/selfie`.
    pub fn object(&self, kind: &str) -> Result<Object, Refusal> {
        self.find(kind, self.id()).ok_or_else(not_found)
    }

    pub fn find(&self, kind: &str, id: &str) -> Option<Object> {
        self.world.get(id).filter(|object| is_kind(object, kind))
    }

    /// An object that the body names.
    pub fn named(&self, kind: &str, id: &str, at: &str) -> Result<Object, Refusal> {
        self.find(kind, id)
            .ok_or_else(|| Refusal::new(404, "Record not found", format!("{at} is not found")))
    }

    pub fn meta(&self, name: &str) -> &Value {
        &self.body["meta"][name]
    }

    pub fn attribute(&self, name: &str) -> &Value {
        &self.body["data"]["attributes"][name]
    }

    pub fn attributes(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.body["data"]["attributes"].as_object().into_iter().flatten()
    }

    /// Whether flat attributes of the body are taken for fields.
    pub fn caller_takes_flat(&self) -> bool {
        self.caller.version.is_flat()
    }

    /// The links of a page that a route words itself.
    pub fn links(&self, found: &Found) -> Value {
        render::links(self.path, &self.query, found)
    }

    /// Changes an object for good, and dates the change.
    pub fn touch(&mut self, id: &str, change: impl FnOnce(&mut Object)) {
        let at = self.world.moment(self.now);
        self.world.change(id, |object| {
            change(object);
            if object.attributes.contains_key("updated-at") {
                object.set("updated-at", at);
            }
        });
        self.world.changed(id);
    }

    /// A page of a list of the world.
    pub fn list(&self, name: &str) -> Replied {
        let keep = |object: &Object| {
            self.filters.iter().all(|filter| match self.query.filter(filter.name) {
                Some(value) => (filter.passes)(object, value),
                None => true,
            })
        };
        let rows = self.world.list(name);
        let given = self.query.filters.iter();
        let given: Vec<(&str, &str)> =
            given.map(|(filter, value)| (filter.as_str(), value.as_str())).collect();
        let may_pass = rows.sieve(&given);
        let found = page::cut(&rows, &self.query.page, may_pass, |id| {
            self.world.get(id).is_some_and(|object| keep(&object))
        })?;
        Ok(Reply::new(Content::Page(found)))
    }

    /// A page of what belongs to an object, of nothing if there is no such object.
    pub fn list_of(
        &self,
        name: &str,
        filter: &str,
        id: Option<&str>,
        keep: impl Fn(&Object, &str) -> bool,
    ) -> Replied {
        let Some(id) = id else { return self.page([].as_slice(), |_| false) };
        let rows = self.world.list(name);
        let kept = |one: &str| self.world.get(one).is_some_and(|object| keep(&object, id));
        let found = page::cut(&rows, &self.query.page, rows.sieve(&[(filter, id)]), kept)?;
        Ok(Reply::new(Content::Page(found)))
    }

    pub fn page(&self, rows: &(impl Rows + ?Sized), keep: impl Fn(&Object) -> bool) -> Replied {
        let found = page::cut(
            rows,
            &self.query.page,
            |_| true,
            |id| self.world.get(id).is_some_and(|object| keep(&object)),
        )?;
        Ok(Reply::new(Content::Page(found)))
    }
}

pub fn is_kind(object: &Object, kind: &str) -> bool {
    object.kind == kind || object.kind.strip_prefix(kind).is_some_and(|rest| rest.starts_with('/'))
}

pub fn not_found() -> Refusal {
    Refusal::new(404, "Record not found", "")
}

/// Text that is there and not empty.
pub fn filled<'a>(value: &'a Value, at: &str) -> Result<&'a str, Refusal> {
    value
        .as_str()
        .filter(|text| !text.is_empty())
        .ok_or_else(|| bad_request(format!("{at} must be filled")))
}

/// Whether one of the values in a comma-separated list is it.
pub fn any_of(values: &str, is: impl Fn(&str) -> bool) -> bool {
    values.split(',').any(|value| is(value.trim()))
}
