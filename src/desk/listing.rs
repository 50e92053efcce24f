//! Lists for scripts, and the relations under one key.

use super::{Desk, RefreshError, StoreError};
use crate::{
    model::{Account, AccountId, Action, Batch, Entity, Lane, Subject, Text},
    persona::{PageFrom, accounts},
    store::{AccountFilter, CaseFilter, InquiryFilter, ListedCase, ListedInquiry, Rows},
};

/// A million accounts; a list that has not come to an end by then has none.
const MOST_PAGES: usize = 10_000;

impl Desk {
    pub async fn list_inquiries(
        &self,
        filter: &InquiryFilter,
        most: u32,
    ) -> Result<Rows<ListedInquiry>, StoreError> {
        self.store.list_inquiries(filter, most).await
    }

    pub async fn list_cases(
        &self,
        filter: &CaseFilter,
        most: u32,
    ) -> Result<Rows<ListedCase>, StoreError> {
        self.store.list_cases(filter, most).await
    }

    /// Of the accounts that were seen.
    pub async fn list_known_accounts(
        &self,
        filter: &AccountFilter,
        most: u32,
    ) -> Result<Rows<Account>, StoreError> {
        self.store.list_accounts(filter, most).await
    }

    /// Accounts as Persona has them now, newest first, until there are `most` that pass. Says
    /// whether there may be more.
    ///
    /// # Errors
    /// If Persona does not answer, or the store cannot take them.
    pub async fn list_accounts(
        &self,
        filter: &AccountFilter,
        most: u32,
    ) -> Result<(Vec<Account>, bool), RefreshError> {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let mut found = Vec::new();
        if let Some(id) = &filter.id {
            let ask = accounts::Retrieve { id: id.clone() };
            found.push(self.client.read(&ask, Lane::Front).await?.object);
            self.keep(&found).await?;
            found.retain(|account| filter.passes(account));
            return Ok((found, false));
        }
        let mut page = PageFrom::first(u8::try_from(most.clamp(1, 100)).unwrap_or(100));
        for _ in 0..MOST_PAGES {
            let ask = accounts::List { reference_ids: Vec::new(), page };
            let answer = self.client.read(&ask, Lane::Front).await?;
            self.keep(&answer.items).await?;
            found.extend(answer.items.into_iter().filter(|account| filter.passes(account)));
            match answer.next {
                Some(next) if found.len() < most => page = PageFrom::Link(next),
                next => {
                    let more = next.is_some() || found.len() > most;
                    found.truncate(most);
                    return Ok((found, more));
                }
            }
        }
        Ok((found, true))
    }

    async fn keep(&self, accounts: &[Account]) -> Result<(), RefreshError> {
        self.store.apply(Batch::of(accounts.iter().cloned().map(Entity::Account))).await?;
        self.pin().await?;
        Ok(())
    }

    /// How many inquiries, cases and accounts the local copy holds.
    pub async fn counts(&self) -> Result<(u64, u64, u64), StoreError> {
        self.store.counts().await
    }

    /// The decision that an object shows: on its way, or refused and not read yet.
    pub async fn shown_action(&self, subject: &Subject) -> Result<Option<Action>, StoreError> {
        self.store.shown_action(subject).await
    }

    /// Every decision on its way, and those that did not get through and were not read yet.
    pub async fn outbox(&self) -> Result<Vec<Action>, StoreError> {
        self.store.open_actions().await
    }

    /// As [`Desk::refresh`], for a store that nobody syncs: the first answer decides whose data
    /// it holds.
    ///
    /// # Errors
    /// Whatever keeps Persona from answering, or the store from writing.
    pub async fn look(&self, subject: &Subject) -> Result<(), RefreshError> {
        self.refresh(subject).await?;
        Ok(self.pin().await?)
    }

    /// Fetches an account's relations into the store: under one key, whether or not it is
    /// configured, or under every configured one.
    ///
    /// # Errors
    /// Whatever keeps Persona from answering, or the store from writing.
    pub async fn look_at_relations(
        &self,
        id: &AccountId,
        key: Option<&Text>,
    ) -> Result<(), RefreshError> {
        match key {
            None => self.fetch_relations(id).await?,
            Some(key) => {
                let account = self.account_or_fetched(id).await?;
                self.fetch_relations_under(&account, key).await?;
            }
        }
        Ok(self.pin().await?)
    }

    async fn pin(&self) -> Result<(), StoreError> {
        if let Some(environment) = self.client.environment()
            && self.store.pinned_environment().await?.is_none()
        {
            self.store.pin_environment(&environment).await?;
            self.client.pin_environment(environment);
        }
        Ok(())
    }
}
