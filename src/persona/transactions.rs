//! Transactions: retrieved where a relation or an inquiry leads to one.

use super::{
    endpoint::{Endpoint, Object, Read, Request, answers},
    fields,
    jsonapi::{DecodeError, Resource},
};
use crate::model::{Transaction, TransactionId};

answers!(Transaction);

impl Object for Transaction {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("transaction")?;
        let known = &["status", "reference-id", "fields", "tags", "created-at", "updated-at"];
        resource.expect_attributes(known, &["label"]);
        Ok(Self {
            id: resource.id(TransactionId::new)?,
            status: resource.text("status").unwrap_or_default(),
            reference_id: resource.text("reference-id"),
            created_at: resource.instant("created-at"),
            updated_at: resource.instant("updated-at"),
            tags: resource.texts("tags"),
            fields: fields::of(resource),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: TransactionId,
}

impl Endpoint for Retrieve {
    type Output = Transaction;

    fn request(&self) -> Request {
        Request::get("/transactions/{transaction-id}", "retrieve transaction").of(&self.id)
    }
}
impl Read for Retrieve {}
