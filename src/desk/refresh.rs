//! Asking Persona now, because a person waits for it.

use super::Desk;
use crate::{
    model::{AccountId, Batch, Entity, Lane, Relations, Subject},
    persona::{Error as PersonaError, PageFrom, accounts},
    store::Error as StoreError,
    sync,
};

/// Why the newest state could not be had. The store still answers with what it has.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    #[error(transparent)]
    Persona(#[from] PersonaError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Relations are few; a list longer than this is cut, and says so in the log.
const RELATION_PAGES: usize = 5;

impl Desk {
    /// Fetches an object with what a reviewer needs of it, in one request, into the store.
    pub async fn refresh(&self, subject: &Subject) -> Result<(), RefreshError> {
        let batch = sync::fetch(&self.client, subject, Lane::Front).await?;
        self.store.apply(batch).await?;
        Ok(())
    }

    /// Fetches an account's relations under every configured key into the store.
    pub async fn fetch_relations(&self, id: &AccountId) -> Result<(), RefreshError> {
        let account = self.store.account(id).await?;
        let account = match account {
            Some(account) => account,
            None => {
                let found =
                    self.client.read(&accounts::Retrieve { id: id.clone() }, Lane::Front).await?;
                let account = found.object.clone();
                self.store.apply(Batch::of([Entity::Account(found.object)])).await?;
                account
            }
        };
        for key in self.relation_keys.of(account.type_name.as_ref()) {
            let mut targets = Vec::new();
            let mut page = PageFrom::first(100);
            for _ in 0..RELATION_PAGES {
                let asked = accounts::Relations::under(id.clone(), key.clone(), page);
                let answer = self.client.read(&asked, Lane::Front).await?;
                targets.extend(answer.items);
                match answer.next {
                    Some(next) => page = PageFrom::Link(next),
                    None => break,
                }
            }
            self.note_unfitting(account.type_name.as_ref(), key, &targets);
            let relations = Relations { source: id.clone(), key: key.clone(), targets };
            self.store.apply(Batch { relations: vec![relations], ..Batch::default() }).await?;
        }
        Ok(())
    }
}
