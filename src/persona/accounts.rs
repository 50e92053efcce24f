//! Accounts: list, retrieve, update, and their relations.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    Client, Error,
    endpoint::{Endpoint, Found, Object, Read, Request, Write},
    jsonapi::{DecodeError, Resource},
    page::{Page, PageFrom},
};
use crate::model::{self, Account, AccountId, Lane, RelatedId, Relation, Text};

/// Newest first; all of them without `reference_ids`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub reference_ids: Vec<Text>,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Account>;

    fn request(&self) -> Request {
        Request::get("/accounts", "list accounts")
            .page(&self.page)
            .with("filter[reference-id]", &self.reference_ids)
    }
}
impl Read for List {}

const ACCOUNT: &str = "/accounts/{account-id}";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: AccountId,
}

impl Endpoint for Retrieve {
    type Output = Found<Account>;

    fn request(&self) -> Request {
        Request::get(ACCOUNT, "retrieve account").of(&self.id).with("include", ["account-type"])
    }
}
impl Read for Retrieve {}

/// Changes what is given and leaves the rest. Fields by the account type's own keys, flat values.
#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub id: AccountId,
    pub reference_id: Option<Text>,
    /// Of the account type's own.
    pub status: Option<Text>,
    /// All of them: others are taken away.
    pub tags: Option<Vec<Text>>,
    pub fields: Map<String, Value>,
}

impl Endpoint for Update {
    type Output = Account;

    fn request(&self) -> Request {
        let mut attributes = Map::new();
        for (name, text) in [("reference-id", &self.reference_id), ("account-status", &self.status)]
        {
            if let Some(text) = text {
                attributes.insert(name.into(), text.as_str().into());
            }
        }
        if let Some(tags) = &self.tags {
            let tags = tags.iter().map(|tag| Value::from(tag.as_str()));
            attributes.insert("tags".into(), tags.collect());
        }
        if !self.fields.is_empty() {
            attributes.insert("fields".into(), self.fields.clone().into());
        }
        Request::patch(ACCOUNT, "update account")
            .of(&self.id)
            .body(json!({ "data": { "attributes": attributes } }))
    }
}
impl Write for Update {}

/// Targets under one key: whole accounts and transactions. The key is required, and travels as
/// `filter[key]`; the list documents no `page` parameter and no `include` that is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relations {
    pub id: AccountId,
    pub key: Text,
    /// When the relation was made, which the answer does not tell.
    pub made_from: Option<Timestamp>,
    pub made_to: Option<Timestamp>,
    pub page: PageFrom,
}

impl Relations {
    pub fn under(id: AccountId, key: Text, page: PageFrom) -> Self {
        Self { id, key, made_from: None, made_to: None, page }
    }
}

impl Endpoint for Relations {
    type Output = Page<Relation>;

    fn request(&self) -> Request {
        let words = format!("list the {} of account", self.key);
        Request::get("/accounts/{account-id}/relations", &words)
            .of(&self.id)
            .refusing(&[400, 401, 403, 404, 409, 422, 429])
            .linked(&self.page)
            .with("filter[key]", [&self.key])
            .with("filter[created-at-start]", self.made_from)
            .with("filter[created-at-end]", self.made_to)
    }
}
impl Read for Relations {}

/// The list takes no size of a page, so a page is ten of them: so many pages are read.
const MOST_PAGES: usize = 50;

/// All targets under one key, page by page; `more` says that there are others, which were not read.
///
/// # Errors
/// As each page.
pub async fn all_relations(
    client: &Client,
    source: &AccountId,
    key: &Text,
    lane: Lane,
) -> Result<model::Relations, Error> {
    let mut targets = Vec::new();
    let mut page = Some(PageFrom::first(100));
    for _ in 0..MOST_PAGES {
        let Some(from) = page.take() else { break };
        let answer =
            client.read(&Relations::under(source.clone(), key.clone(), from), lane).await?;
        targets.extend(answer.items);
        page = answer.next.map(PageFrom::Link);
    }
    let more = page.is_some();
    Ok(model::Relations { source: source.clone(), key: key.clone(), targets, more })
}

impl Object for Relation {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        if resource.kind == "account" {
            return Account::object(resource).map(Self::Account);
        }
        if resource.kind != "transaction" {
            resource.note(
                "type",
                "account or transaction",
                &super::mismatches::word(resource.kind),
            );
        }
        Ok(Self::Other {
            kind: Text::new(resource.kind),
            id: Text::new(resource.id),
            status: resource.text("status"),
        })
    }
}

/// Another account or a transaction, by its id, under a key of the account type's schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddRelation {
    pub id: AccountId,
    pub key: Text,
    pub target: RelatedId,
}

impl Endpoint for AddRelation {
    type Output = Account;

    fn request(&self) -> Request {
        Request::post("/accounts/{account-id}/add-relation", "add a relation to account")
            .of(&self.id)
            .body(relation(&self.key, &self.target))
    }
}
impl Write for AddRelation {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveRelation {
    pub id: AccountId,
    pub key: Text,
    pub target: RelatedId,
}

impl Endpoint for RemoveRelation {
    type Output = Account;

    fn request(&self) -> Request {
        Request::post("/accounts/{account-id}/remove-relation", "remove a relation from account")
            .of(&self.id)
            .body(relation(&self.key, &self.target))
    }
}
impl Write for RemoveRelation {}

fn relation(key: &Text, target: &RelatedId) -> Value {
    json!({ "meta": { "relation-schema-key": key.as_str(), "target-object-id": target.as_str() } })
}
