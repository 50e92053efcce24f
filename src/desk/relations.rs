//! Relations as a reviewer reads them: what is mapped by its meaning, the rest raw.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Desk, StoreError};
use crate::{
    model::{
        AccountId, Field, Pii, Relation, Shape, Text,
        field::normalised,
        mapping::{self, Gap, Mapping},
    },
    store::{KeptRelation, KeptRelations, LatestInquiry, Signal},
};

/// All targets under one key: in Persona's order, the largest share first where there are shares.
#[derive(Debug, Clone, PartialEq)]
pub struct RelationGroup {
    pub key: Text,
    pub origin: Origin,
    /// None if the key is known, and nobody has asked yet.
    pub fetched_at: Option<Timestamp>,
    /// There are more, which were not read.
    pub more: bool,
    /// It changed at Persona since.
    pub stale: bool,
    pub rows: Vec<RelationRow>,
}

/// Who says that accounts belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A relation, under a key.
    Persona,
    /// They share something, as far as this copy knows; the key says what in words.
    Copy,
}

/// An account and all that is known of its relations.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountRelations {
    pub account: RelationRow,
    /// By key.
    pub groups: Vec<RelationGroup>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct RelationRow {
    /// `account`, `transaction`, or whatever else Persona called it.
    pub kind: Text,
    pub id: Text,
    pub name: Option<Pii>,
    pub type_name: Option<Text>,
    pub role: Option<Text>,
    /// In percent, 0 to 100.
    pub share: Option<f64>,
    pub status: Option<Text>,
    /// What no mapping gives a meaning, where there is none or it does not fit.
    pub raw: Vec<Field>,
    /// The newest inquiry of the account that the store knows.
    pub latest_inquiry: Option<LatestInquiry>,
}

impl RelationRow {
    pub fn is_account(&self) -> bool {
        self.kind.as_str() == "account"
    }

    /// None of what is no account.
    pub fn account(&self) -> Option<AccountId> {
        self.is_account().then(|| AccountId::new(self.id.as_str()).ok()).flatten()
    }
}

/// Configured mappings, by the type of the account that has the relation and by relation key.
#[derive(Debug, Clone, Default)]
pub struct Mappings(BTreeMap<(String, String), Mapping>);

/// Stands for every type that has no mapping of its own.
const ANY_TYPE: &str = "*";

impl Mappings {
    pub fn add(&mut self, account_type: &str, key: &str, mapping: Mapping) {
        self.0.insert((account_type.to_lowercase(), normalised(key)), mapping);
    }

    fn of(&self, account_type: Option<&Text>, key: &Text) -> Option<&Mapping> {
        let key = normalised(key.as_str());
        let own = account_type.map(|name| name.as_str().to_lowercase());
        let types = own.into_iter().chain([ANY_TYPE.to_owned()]);
        types.into_iter().find_map(|name| self.0.get(&(name, key.clone())))
    }
}

impl Desk {
    /// All that the local copy knows of an account's relations.
    pub async fn relations(&self, id: &AccountId) -> Result<AccountRelations, StoreError> {
        let source = self.store.account(id).await?;
        let account_type = source.as_ref().and_then(|source| source.type_name.as_ref());
        let mut groups = Vec::new();
        for mut kept in self.store.relations(id).await? {
            let mapping = self.relation_keys.mappings.of(account_type, &kept.key);
            let mut rows: Vec<RelationRow> =
                std::mem::take(&mut kept.rows).into_iter().map(|kept| row(mapping, kept)).collect();
            rows.sort_by(|one, other| {
                let shares = |row: &RelationRow| row.share.unwrap_or(-1.0);
                shares(other).total_cmp(&shares(one))
            });
            let KeptRelations { key, fetched_at, more, stale, .. } = kept;
            let origin = Origin::Persona;
            groups.push(RelationGroup { key, origin, fetched_at, more, stale, rows });
        }
        for signal in self.store.signals(id).await? {
            if !signal.accounts.is_empty() {
                groups.push(self.sharing(&signal).await?);
            }
        }
        let account = row(None, self.store.as_related(id).await?);
        Ok(AccountRelations { account, groups })
    }

    /// Those who share something, as a group of their own.
    async fn sharing(&self, signal: &Signal) -> Result<RelationGroup, StoreError> {
        let mut rows = Vec::with_capacity(signal.accounts.len());
        for account in &signal.accounts {
            rows.push(row(None, self.store.as_related(account).await?));
        }
        Ok(RelationGroup {
            key: Text::new(&format!("shares {}", signal.sharers.kind.words())),
            origin: Origin::Copy,
            fetched_at: None,
            more: false,
            stale: false,
            rows,
        })
    }

    /// The keys under which an account may have relations: configured ones, then learnt ones.
    pub async fn relation_keys(&self, id: &AccountId) -> Result<Vec<Text>, StoreError> {
        let account = self.store.account(id).await?;
        self.keys_of_type(account.and_then(|account| account.type_name).as_ref()).await
    }

    pub(super) async fn keys_of_type(
        &self,
        account_type: Option<&Text>,
    ) -> Result<Vec<Text>, StoreError> {
        let mut keys = self.relation_keys.of(account_type).to_vec();
        for learnt in self.store.relation_keys(account_type).await? {
            if !keys.contains(&learnt) {
                keys.push(learnt);
            }
        }
        Ok(keys)
    }

    /// Notes where fetched targets do not fit their mapping, or have none.
    pub(super) fn note_unfitting(
        &self,
        account_type: Option<&Text>,
        key: &Text,
        targets: &[Relation],
    ) {
        let mapping = self.relation_keys.mappings.of(account_type, key);
        let accounts = targets.iter().filter_map(|target| match target {
            Relation::Account(account) => Some(account),
            Relation::Other { .. } => None,
        });
        let gaps = accounts.flat_map(|account| mapping::read(mapping, account).1);
        let shapes = gaps.map(|gap| shape(account_type, key, &gap)).collect();
        self.client.mismatches().note(shapes, self.clock.now());
    }
}

/// `relation Business/beneficial_owners`
fn shape(account_type: Option<&Text>, key: &Text, gap: &Gap) -> Shape {
    let account_type = account_type.map_or("any", Text::as_str);
    Shape {
        kind: Text::new(&format!("relation {account_type}/{key}")),
        path: Text::new(&gap.path),
        expected: Text::new(gap.expected),
        found: Text::new(gap.found),
    }
}

pub(super) fn row(mapping: Option<&Mapping>, kept: KeptRelation) -> RelationRow {
    let related = kept.account.as_ref().map(|account| mapping::read(mapping, account).0);
    let related = related.unwrap_or_default();
    RelationRow {
        kind: kept.kind,
        id: kept.id,
        name: related.name,
        type_name: kept.account.and_then(|account| account.type_name),
        role: related.role,
        share: related.share,
        status: related.status.or(kept.status),
        raw: related.raw,
        latest_inquiry: kept.latest_inquiry,
    }
}
