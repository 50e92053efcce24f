//! Accounts: list, retrieve, and the relations under one key.

use super::{
    decode,
    endpoint::{Endpoint, Found, Read, Request},
    jsonapi::{DecodeError, Document, Resource},
    page::{Page, PageFrom},
};
use crate::model::{Account, AccountId, Relation, Text};

/// Newest first; all of them without `reference_ids`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub reference_ids: Vec<Text>,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Account>;

    fn request(&self) -> Request {
        let mut query = self.page.query();
        if !self.reference_ids.is_empty() {
            let ids: Vec<&str> = self.reference_ids.iter().map(Text::as_str).collect();
            query.push(("filter[reference-id]", ids.join(",")));
        }
        let request = Request::get("/accounts", "/accounts".into(), "list accounts".into());
        Request { query, link: self.page.link(), ..request }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        answer.page(decode::account)
    }
}
impl Read for List {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: AccountId,
}

impl Endpoint for Retrieve {
    type Output = Found<Account>;

    fn request(&self) -> Request {
        let words = format!("retrieve account {}", self.id);
        let query = vec![("include", "account-type".to_owned())];
        Request {
            query,
            ..Request::get("/accounts/{account-id}", format!("/accounts/{}", self.id), words)
        }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        let object = decode::account(&answer.one()?)?;
        Ok(Found {
            object,
            included: answer.included().iter().filter_map(decode::entity).collect(),
        })
    }
}
impl Read for Retrieve {}

/// Targets under one key: whole accounts and transactions. The key is required, and travels as
/// `filter[key]`; `include` is not for lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relations {
    pub id: AccountId,
    pub key: Text,
    pub page: PageFrom,
}

impl Endpoint for Relations {
    type Output = Page<Relation>;

    fn request(&self) -> Request {
        let mut query = vec![("filter[key]", self.key.to_string())];
        query.extend(self.page.query());
        let words = format!("list the {} of account {}", self.key, self.id);
        let path = format!("/accounts/{}/relations", self.id);
        let request = Request::get("/accounts/{account-id}/relations", path, words);
        Request { query, link: self.page.link(), ..request }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        answer.page(relation)
    }
}
impl Read for Relations {}

fn relation(resource: &Resource<'_>) -> Result<Relation, DecodeError> {
    if resource.kind == "account" {
        return decode::account(resource).map(Relation::Account);
    }
    Ok(Relation::Other {
        kind: Text::new(resource.kind),
        id: Text::new(resource.id),
        status: resource.text("status"),
    })
}
