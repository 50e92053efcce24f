//! Asking Persona for relations: under every key that is known for the account's type, and whether
//! what is to be related is there.

use jiff::SignedDuration;

use super::{Desk, RefreshError, RelationRow, StoreError, relations};
use crate::{
    model::{Account, AccountId, Batch, Lane, RelatedId, Text, TransactionId},
    persona::{ErrorKind, accounts, templates, transactions},
    store::KeptRelation,
};

/// For how long it is believed which keys a type of accounts defines.
const DEFINED: SignedDuration = SignedDuration::from_hours(24);

/// How Persona's list of a type's fields calls a relation.
const RELATION: &str = "relation-schema";

impl Desk {
    /// Fetches an account's relations under every known key into the store.
    ///
    /// # Errors
    /// Also if no key is known, or Persona refuses one that is configured; the others are fetched.
    pub async fn fetch_relations(&self, id: &AccountId) -> Result<(), RefreshError> {
        let account = self.account_or_fetched(id).await?;
        self.learn_keys(&account).await?;
        let account_type = account.type_name.as_ref();
        let keys = self.keys_of_type(account_type).await?;
        if keys.is_empty() {
            return Err(RefreshError::NoKeys);
        }
        let mut refused = None;
        for key in &keys {
            match self.fetch_relations_under(&account, key).await {
                Err(RefreshError::Persona(why)) if matches!(why.kind(), ErrorKind::Invalid) => {
                    // What was learnt of other accounts need not fit this one.
                    match self.relation_keys.of(account_type).contains(key) {
                        true => refused = refused.or(Some(why)),
                        false => tracing::info!(account = %id, %key, "has no such relations"),
                    }
                }
                fetched => fetched?,
            }
        }
        refused.map_or(Ok(()), |why| Err(why.into()))
    }

    /// Fetches an account's relations under one key into the store.
    pub(super) async fn fetch_relations_under(
        &self,
        account: &Account,
        key: &Text,
    ) -> Result<(), RefreshError> {
        let id = &account.id;
        let relations = accounts::all_relations(&self.client, id, key, Lane::Front).await?;
        if relations.more {
            let kept = relations.targets.len();
            tracing::warn!(account = %id, %key, kept, "more relations are not read");
        }
        self.note_unfitting(account.type_name.as_ref(), key, &relations.targets);
        self.store.apply(Batch { relations: vec![relations], ..Batch::default() }).await?;
        Ok(())
    }

    /// Asks which relation keys an account's type defines, unless that is known. Nobody is kept
    /// from what is known by a key that may not ask.
    async fn learn_keys(&self, account: &Account) -> Result<(), StoreError> {
        let Some(id) = &account.type_id else { return Ok(()) };
        let known = self.store.type_asked_at(id).await?;
        if known.is_some_and(|at| self.clock.now().duration_since(at) < DEFINED) {
            return Ok(());
        }
        let ask = templates::RetrieveAccountType { id: id.clone() };
        match self.client.read(&ask, Lane::Front).await {
            Ok(defined) => {
                let relations = defined.fields.into_iter().filter(|f| f.kind.as_str() == RELATION);
                let keys: Vec<Text> = relations.map(|field| field.key).collect();
                let name = account.type_name.as_ref().or(defined.name.as_ref());
                self.store.learn_type(id, name, &keys).await
            }
            Err(why) => {
                let refused = matches!(
                    why.kind(),
                    ErrorKind::Forbidden | ErrorKind::NotFound | ErrorKind::Invalid
                );
                let why = why.for_log();
                tracing::warn!(why, "which relations a type of accounts has is not told");
                match refused {
                    true => self.store.learn_type(id, None, &[]).await,
                    false => Ok(()),
                }
            }
        }
    }

    /// What is to be related, as its relatives will show it.
    ///
    /// # Errors
    /// Whatever keeps Persona from answering; that it is not there, too.
    pub async fn related(&self, id: &RelatedId) -> Result<RelationRow, RefreshError> {
        // Ids are opaque, but there are two kinds of targets and one question for each.
        if !id.as_str().starts_with("txn_") {
            let account = AccountId::new(id.as_str()).map_err(StoreError::from)?;
            let account = self.account_or_fetched(&account).await?;
            return Ok(relations::row(None, self.store.as_related(&account.id).await?));
        }
        let transaction = TransactionId::new(id.as_str()).map_err(StoreError::from)?;
        let found =
            self.client.read(&transactions::Retrieve { id: transaction }, Lane::Front).await?;
        let kept = KeptRelation {
            kind: Text::new("transaction"),
            id: Text::new(found.id.as_str()),
            account: None,
            status: Some(found.status),
            latest_inquiry: None,
        };
        Ok(relations::row(None, kept))
    }
}
