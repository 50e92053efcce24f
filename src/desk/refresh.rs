//! Asking Persona now, because a person waits for it.

use super::{Desk, Note};
use crate::{
    model::{Account, AccountId, Batch, Entity, Lane, Subject, Text},
    persona::{Download, Error as PersonaError, accounts, print::Print},
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
    #[error(
        "no relation key is known for accounts of this type: name your organisation's under [relations] keys"
    )]
    NoKeys,
}

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
        if let (true, Subject::Inquiry(id)) = (self.store.is_shared(), subject) {
            // So that it can be looked at should the database go away.
            self.inquiry(id).await?;
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
}

fn printed_subject(what: &Print) -> Option<Subject> {
    match what {
        Print::Inquiry(id) => Some(Subject::Inquiry(id.clone())),
        Print::Verification(_) | Print::Report(_) => None,
    }
}
