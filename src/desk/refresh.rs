//! Asking Persona now, because a person waits for it.

use super::{Desk, Note};
use crate::{
    model::{Account, AccountId, Batch, Entity, Lane, Relations, Subject, Text},
    persona::{Download, Error as PersonaError, PageFrom, accounts, print::Print},
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

/// Relations are few. Their list takes no size of a page, so a page is ten of them; a list longer
/// than this is cut, and says so in the log.
const RELATION_PAGES: usize = 50;

impl Desk {
    /// Fetches an object with what a reviewer needs of it, in one request, into the store.
    pub async fn refresh(&self, subject: &Subject) -> Result<(), RefreshError> {
        let batch = sync::fetch(&self.client, subject, Lane::Front).await?;
        self.store.apply(batch).await?;
        Ok(())
    }

    /// The same for an object that may be wanted next: whoever waits for something goes first.
    pub async fn fetch_ahead(&self, subject: &Subject) -> Result<(), RefreshError> {
        let batch = sync::fetch(&self.client, subject, Lane::Back).await?;
        self.store.apply(batch).await?;
        Ok(())
    }

    /// Fetches an account's relations under every configured key into the store.
    pub async fn fetch_relations(&self, id: &AccountId) -> Result<(), RefreshError> {
        let account = self.account_or_fetched(id).await?;
        for key in self.relation_keys.of(account.type_name.as_ref()) {
            self.fetch_relations_under(&account, key).await?;
        }
        Ok(())
    }

    /// An account from the store, or from Persona where the store does not have it.
    pub(super) async fn account_or_fetched(&self, id: &AccountId) -> Result<Account, RefreshError> {
        if let Some(account) = self.store.account(id).await? {
            return Ok(account);
        }
        let found = self.client.read(&accounts::Retrieve { id: id.clone() }, Lane::Front).await?;
        let account = found.object.clone();
        self.store.apply(Batch::of([Entity::Account(found.object)])).await?;
        Ok(account)
    }

    /// What the dashboard prints of an object. The journal says so before anybody has it.
    pub async fn print(&self, what: &Print) -> Result<Download, RefreshError> {
        let printed = self.client.print(what, Lane::Front).await?;
        self.journal(Note::Printed { subject: printed_subject(what), id: Text::new(what.id()) })
            .await?;
        Ok(printed)
    }

    /// Fetches an account's relations under one key into the store.
    pub(super) async fn fetch_relations_under(
        &self,
        account: &Account,
        key: &Text,
    ) -> Result<(), RefreshError> {
        let id = &account.id;
        let mut targets = Vec::new();
        let mut page = Some(PageFrom::first(100));
        for _ in 0..RELATION_PAGES {
            let Some(from) = page.take() else { break };
            let asked = accounts::Relations::under(id.clone(), key.clone(), from);
            let answer = self.client.read(&asked, Lane::Front).await?;
            targets.extend(answer.items);
            page = answer.next.map(PageFrom::Link);
        }
        if page.is_some() {
            tracing::warn!(account = %id, %key, kept = targets.len(), "more relations are not read");
        }
        self.note_unfitting(account.type_name.as_ref(), key, &targets);
        let relations = Relations { source: id.clone(), key: key.clone(), targets };
        self.store.apply(Batch { relations: vec![relations], ..Batch::default() }).await?;
        Ok(())
    }
}

fn printed_subject(what: &Print) -> Option<Subject> {
    match what {
        Print::Inquiry(id) => Some(Subject::Inquiry(id.clone())),
        Print::Verification(_) | Print::Report(_) => None,
    }
}
