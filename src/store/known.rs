//! What is known of the objects of a batch, read before it is written: one statement for all of a kind,
//! since whoever writes keeps the others of a team waiting.

use std::collections::{BTreeSet, HashMap, HashSet};

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Error,
    batch::micros,
    db::query,
    newer::winner,
    seal::{Body, Kept, Seal},
    together::Tx,
    tombstone,
    worklist::instant,
};
use crate::model::{Account, Batch, Case, Entity, Inquiry, Relation, forget::Forget};

/// An object that Persona changes, of which the newest version is kept.
pub trait Versioned: Body + Forget {
    /// As tombstones call it.
    const KIND: &'static str;

    fn id(&self) -> &str;
    fn updated_at(&self) -> Option<Timestamp>;
    fn was_redacted_at(&self) -> Option<Timestamp>;
}

macro_rules! versioned {
    ($($of:ty: $kind:literal),+) => {
        $(impl Versioned for $of {
            const KIND: &'static str = $kind;

            fn id(&self) -> &str {
                self.id.as_str()
            }

            fn updated_at(&self) -> Option<Timestamp> {
                self.updated_at
            }

            fn was_redacted_at(&self) -> Option<Timestamp> {
                self.redacted_at
            }
        })+
    };
}

versioned!(Inquiry: "inquiry", Case: "case", Account: "account");

/// A kind and an id.
type Name = (&'static str, String);

#[derive(Default)]
pub struct Known {
    versions: HashMap<Name, Version>,
    redacted: HashMap<Name, Timestamp>,
    awaited: HashSet<String>,
}

struct Version {
    at: Option<i64>,
    json: String,
}

/// A version that has to be written.
pub struct News<T> {
    /// What it replaces.
    pub before: Option<T>,
    pub object: T,
    /// The object, as it is kept.
    pub json: String,
}

impl Known {
    pub async fn read(tx: &mut Tx, seal: &Seal, batch: &Batch) -> Result<Self, Error> {
        let mut ids: [BTreeSet<&str>; 3] = Default::default();
        for entity in &batch.entities {
            match entity {
                Entity::Inquiry(inquiry) => ids[0].insert(inquiry.id()),
                Entity::Case(case) => ids[1].insert(case.id()),
                Entity::Account(account) => ids[2].insert(account.id()),
                Entity::Verification(_) => false,
            };
        }
        for target in batch.relations.iter().flat_map(|relations| &relations.targets) {
            if let Relation::Account(account) = target {
                ids[2].insert(account.id());
            }
        }
        let mut known = Self::default();
        let [inquiries, cases, accounts] = &ids;
        known.read_all::<Inquiry>(tx, seal, inquiries).await?;
        known.read_all::<Case>(tx, seal, cases).await?;
        known.read_all::<Account>(tx, seal, accounts).await?;
        known.read_awaited(tx, inquiries.union(cases).copied().collect()).await?;
        Ok(known)
    }

    async fn read_all<T: Versioned>(
        &mut self,
        tx: &mut Tx,
        seal: &Seal,
        ids: &BTreeSet<&str>,
    ) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let (table, kind) = (T::COLUMN.table, T::KIND);
        let sql = format!(
            "SELECT value, {table}.updated_at, {table}.body, tombstone.redacted_at
             FROM json_each($1) LEFT JOIN {table} ON {table}.id = value
             LEFT JOIN tombstone ON tombstone.kind = '{kind}' AND tombstone.id = value"
        );
        let rows =
            query(AssertSqlSafe(sql)).bind(serde_json::to_string(ids)?).fetch_all(tx).await?;
        for row in rows {
            let id: String = row.try_get(0)?;
            let redacted_at = instant(row.try_get(3)?);
            self.redacted.extend(redacted_at.map(|at| ((kind, id.clone()), at)));
            if let Some(body) = row.try_get::<Option<Kept>, _>(2)? {
                let json = seal.open(T::COLUMN, &id, body)?;
                self.versions.insert((kind, id), Version { at: row.try_get(1)?, json });
            }
        }
        Ok(())
    }

    async fn read_awaited(&mut self, tx: &mut Tx, ids: Vec<&str>) -> Result<(), Error> {
        if ids.is_empty() {
            return Ok(());
        }
        let rows = query(
            "SELECT object FROM snoozed
             WHERE woken IS NULL AND object IN (SELECT value FROM json_each($1))
             UNION SELECT inquiry_id FROM case_inquiry
             WHERE inquiry_id IN (SELECT value FROM json_each($1)) AND case_id IN
                 (SELECT object FROM snoozed WHERE woken IS NULL AND kind = 'case')",
        )
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(tx)
        .await?;
        for row in rows {
            self.awaited.insert(row.try_get(0)?);
        }
        Ok(())
    }

    /// Whether somebody may have put an object off, or a case with it, until something happens to it.
    pub fn is_awaited(&self, id: &str) -> bool {
        self.awaited.contains(id)
    }

    /// What has to be written of an object, which is known from then on; none if what is known stands.
    /// Of one that was redacted it is what remains.
    pub async fn newest<T: Versioned>(
        &mut self,
        tx: &mut Tx,
        seal: &Seal,
        incoming: &T,
    ) -> Result<Option<News<T>>, Error> {
        let name: Name = (T::KIND, incoming.id().to_owned());
        if let Some(at) = incoming.was_redacted_at() {
            tombstone::bury(tx, seal, T::KIND, incoming.id(), at).await?;
            self.redacted.insert(name.clone(), at);
        }
        let known = self.versions.get(&name);
        let before = known.map(|known| (known.at, known.json.as_str()));
        let newest = match winner(before, incoming.updated_at(), serde_json::to_string(incoming)?)?
        {
            Some(json) => Some((json.clone(), serde_json::from_str(&json)?)),
            None => None,
        };
        let newest: Option<(String, T)> = match self.redacted.get(&name) {
            Some(at) => {
                let came = newest.map(|(_, object)| object);
                tombstone::remains(*at, came, before.map(|(_, json)| json))?
            }
            None => newest,
        };
        let Some((json, object)) = newest else { return Ok(None) };
        let before = known.map(|known| serde_json::from_str(&known.json)).transpose()?;
        self.versions.insert(name, Version { at: micros(object.updated_at()), json: json.clone() });
        Ok(Some(News { before, object, json }))
    }
}
