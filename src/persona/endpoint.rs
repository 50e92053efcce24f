//! A request is a value: what is asked, of which path, what the answer is read as, and which
//! refusals the contract names.

use std::fmt::Display;

use serde_json::Value;

use super::{DecodeError, Document, Link, PageFrom, jsonapi::Resource};
use crate::model::{Account, Attached, Batch, Case, Entity, Exhibit, Inquiry, Subject};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Patch,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// Statuses that the contract documents beside success. Any call may answer 5xx as well.
pub type Documented = &'static [u16];

const OF_A_READ: Documented = &[400, 401, 403, 404, 429];
const OF_A_WRITE: Documented = &[400, 401, 403, 404, 409, 422, 429];

/// One request, before it has a key, a lane or a host.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub method: Method,
    /// The path with placeholders, `/inquiries/{inquiry-id}`: for records.
    pub template: &'static str,
    /// Below the base URL, beginning with `/`. Ids are safe in it by their type.
    pub path: String,
    /// Percent-encoded when sent: `page[size]` travels as `page%5Bsize%5D`.
    pub query: Vec<(&'static str, String)>,
    /// Followed instead of path and query: a page that Persona named.
    pub link: Option<Link>,
    pub body: Option<Value>,
    /// The media type that is asked for.
    pub accept: &'static str,
    /// For errors: `approve inquiry inq_…`.
    pub words: String,
    pub refusals: Documented,
}

impl Request {
    fn new(method: Method, template: &'static str, words: &str, refusals: Documented) -> Self {
        Self {
            method,
            template,
            path: template.to_owned(),
            query: Vec::new(),
            link: None,
            body: None,
            accept: "application/json",
            words: words.to_owned(),
            refusals,
        }
    }

    pub fn get(template: &'static str, words: &str) -> Self {
        Self::new(Method::Get, template, words, OF_A_READ)
    }

    pub fn post(template: &'static str, words: &str) -> Self {
        Self::new(Method::Post, template, words, OF_A_WRITE)
    }

    pub fn patch(template: &'static str, words: &str) -> Self {
        Self::new(Method::Patch, template, words, OF_A_WRITE)
    }

    pub fn delete(template: &'static str, words: &str) -> Self {
        Self::new(Method::Delete, template, words, OF_A_WRITE)
    }

    /// Puts an id where the template's next placeholder is, and behind the words.
    pub fn of(mut self, id: impl Display) -> Self {
        let id = id.to_string();
        if let (Some(open), Some(close)) = (self.path.find('{'), self.path.find('}')) {
            self.path.replace_range(open..=close, &id);
        }
        self.words = format!("{} {id}", self.words);
        self
    }

    /// A parameter with one value or several; none without a value.
    pub fn with<V: Display>(
        mut self,
        name: &'static str,
        values: impl IntoIterator<Item = V>,
    ) -> Self {
        let values: Vec<String> = values.into_iter().map(|value| value.to_string()).collect();
        if !values.is_empty() {
            self.query.push((name, values.join(",")));
        }
        self
    }

    /// From where on, and for a first page how many objects.
    pub fn page(mut self, from: &PageFrom) -> Self {
        self.query.extend(from.query());
        self.link = from.link();
        self
    }

    /// The same for lists that document links but no `page` parameter.
    pub fn linked(mut self, from: &PageFrom) -> Self {
        self.link = from.link();
        self
    }

    pub fn body(mut self, body: Value) -> Self {
        self.body = Some(body);
        self
    }

    /// For the few calls whose refusals are not those of their kind.
    pub fn refusing(mut self, refusals: Documented) -> Self {
        self.refusals = refusals;
        self
    }
}

pub trait Endpoint {
    type Output: Answer;

    fn request(&self) -> Request;

    /// # Errors
    /// If the answer lacks what makes it an answer; attributes may be missing.
    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        Self::Output::read(answer)
    }
}

/// Has no effect: may be repeated freely.
pub trait Read: Endpoint {}

/// Has an effect. How it may be repeated after silence is told by its method: a POST with the same
/// idempotency key, a PATCH once the object has been read again, a DELETE freely.
pub trait Write: Endpoint {}

/// What a whole body is read as.
pub trait Answer: Sized {
    /// # Errors
    /// As [`Endpoint::decode`].
    fn read(answer: &Document) -> Result<Self, DecodeError>;
}

/// What one object of a body is read as.
pub trait Object: Sized {
    /// # Errors
    /// If it is of another type, or has no usable id.
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError>;
}

/// Objects that are an answer by themselves.
macro_rules! answers {
    ($($object:ty),* $(,)?) => {$(
        impl $crate::persona::endpoint::Answer for $object {
            fn read(answer: &$crate::persona::Document) -> Result<Self, $crate::persona::DecodeError> {
                $crate::persona::endpoint::Object::object(&answer.one()?)
            }
        }
    )*};
}
pub(super) use answers;

/// An object and what came along with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    pub object: T,
    pub included: Vec<Entity>,
    pub exhibits: Vec<Exhibit>,
}

impl<T: Object> Answer for Found<T> {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        let object = T::object(&answer.one()?)?;
        Ok(Self { object, included: answer.entities(), exhibits: answer.exhibits() })
    }
}

impl Found<Inquiry> {
    /// As facts to keep; its verifications are complete, since they were asked for.
    pub fn into_batch(self) -> Batch {
        let hydrated = vec![self.object.id.clone()];
        let exhibits = vec![(Subject::Inquiry(self.object.id.clone()), self.exhibits)];
        let entities = std::iter::once(Entity::Inquiry(self.object)).chain(self.included).collect();
        Batch { entities, hydrated, exhibits, ..Batch::default() }
    }
}

impl Found<Account> {
    pub fn into_batch(self) -> Batch {
        Batch::of(std::iter::once(Entity::Account(self.object)).chain(self.included))
    }
}

impl Found<Case> {
    pub fn into_batch(self) -> Batch {
        // They belong to inquiries, and say here only how they stand.
        let attached = self.included.iter().filter_map(|entity| match entity {
            Entity::Verification(verification) => {
                Some(Exhibit::Verification(Attached::from(verification)))
            }
            _ => None,
        });
        let exhibits = self.exhibits.into_iter().chain(attached).collect();
        let exhibits = vec![(Subject::Case(self.object.id.clone()), exhibits)];
        let entities = std::iter::once(Entity::Case(self.object)).chain(self.included).collect();
        Batch { entities, exhibits, ..Batch::default() }
    }
}
