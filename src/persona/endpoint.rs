//! A request is a value: what is asked, of which path, and what the answer is.

use serde_json::Value;

use super::{DecodeError, Document, Link};
use crate::model::{Account, Batch, Case, Entity, Inquiry};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
        }
    }
}

/// One request, before it has a key, a lane or a host.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    pub method: Method,
    /// For records: the path with placeholders.
    pub template: &'static str,
    /// Below the base URL, beginning with `/`. Ids are safe in it by their type.
    pub path: String,
    /// Percent-encoded when sent: `page[size]` travels as `page%5Bsize%5D`.
    pub query: Vec<(&'static str, String)>,
    /// Followed instead of path and query: a page that Persona named.
    pub link: Option<Link>,
    pub body: Option<Value>,
    /// For errors: `approve inquiry inq_…`.
    pub words: String,
}

impl Request {
    pub fn get(template: &'static str, path: String, words: String) -> Self {
        Self {
            method: Method::Get,
            template,
            path,
            query: Vec::new(),
            link: None,
            body: None,
            words,
        }
    }

    pub fn post(template: &'static str, path: String, body: Option<Value>, words: String) -> Self {
        Self { method: Method::Post, body, ..Self::get(template, path, words) }
    }
}

pub trait Endpoint {
    type Output;

    fn request(&self) -> Request;

    /// # Errors
    /// If the answer lacks what makes it an answer; attributes may be missing.
    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError>;
}

/// May be repeated freely.
pub trait Read: Endpoint {}

/// Has an effect, and so needs an idempotency key.
pub trait Write: Endpoint {}

/// An object and what came along with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Found<T> {
    pub object: T,
    pub included: Vec<Entity>,
}

impl Found<Inquiry> {
    /// As facts to keep; its verifications are complete, since they were asked for.
    pub fn into_batch(self) -> Batch {
        let hydrated = vec![self.object.id.clone()];
        let entities = std::iter::once(Entity::Inquiry(self.object)).chain(self.included).collect();
        Batch { entities, hydrated, ..Batch::default() }
    }
}

impl Found<Account> {
    pub fn into_batch(self) -> Batch {
        Batch::of(std::iter::once(Entity::Account(self.object)).chain(self.included))
    }
}

impl Found<Case> {
    pub fn into_batch(self) -> Batch {
        Batch::of(std::iter::once(Entity::Case(self.object)).chain(self.included))
    }
}
