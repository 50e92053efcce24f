//! Accounts: retrieve, and the relations under one key.

use super::{
    decode,
    endpoint::{Endpoint, Found, Read, Request},
    jsonapi::{DecodeError, Document, Resource},
    page::{Page, PageFrom},
};
use crate::model::{Account, AccountId, Relation, Text};

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
