//! What Persona said, written down: newer wins, and only what moved is told.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{
    Changes, Error, Store,
    db::query,
    exhibits,
    hydrated::{hydrate, put_redacted},
    inquiries,
    known::{Known, News},
    listing::folded,
    seal::Seal,
    shared, snoozed,
    together::Tx,
};
use crate::model::{
    Account, Batch, Case, Entity, Relation, Relations, Subject, Text, Verification,
};

impl Store {
    /// Writes a batch in one transaction.
    pub async fn apply(&self, batch: Batch) -> Result<Changes, Error> {
        if batch.is_empty() {
            return Ok(Changes::default());
        }
        let mut tx = self.0.backend.begin().await?;
        let changes = apply_in(&mut tx, &self.0.seal, &batch, self.0.clock.now(), None).await?;
        tx.commit().await?;
        self.committed(changes).await;
        Ok(changes)
    }
}

/// `by`: whose deed Persona answers.
pub async fn apply_in(
    tx: &mut Tx,
    seal: &Seal,
    batch: &Batch,
    now: Timestamp,
    by: Option<&Text>,
) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    let mut known = Known::read(tx, seal, batch).await?;
    let mut verifications: HashMap<&str, &Verification> = HashMap::new();
    changes = changes.and(inquiries::put(tx, seal, &mut known, &batch.entities, now, by).await?);
    for entity in &batch.entities {
        match entity {
            Entity::Inquiry(_) => {}
            Entity::Case(case) => {
                let moved = put_case(tx, seal, &mut known, case, by).await?;
                changes.cases |= moved;
                changes.dropped |= moved && case.redacted_at.is_some();
            }
            Entity::Account(account) => {
                let moved = put_account(tx, seal, &mut known, account).await?;
                changes.accounts |= moved;
                changes.dropped |= moved && account.redacted_at.is_some();
            }
            Entity::Verification(verification) => {
                if verification.redacted_at.is_some() {
                    let moved = put_redacted(tx, seal, verification).await?;
                    changes.inquiries |= moved;
                    changes.dropped |= moved;
                }
                verifications.insert(verification.id.as_str(), verification);
            }
        }
    }
    for id in &batch.hydrated {
        let inquiry = batch.entities.iter().find_map(|entity| match entity {
            Entity::Inquiry(inquiry) if inquiry.id == *id => Some(inquiry),
            _ => None,
        });
        if let Some(inquiry) = inquiry {
            let wanted = inquiry.verifications.iter().map(|id| id.as_str());
            let own: Vec<&Verification> =
                wanted.filter_map(|id| verifications.get(id).copied()).collect();
            changes.inquiries |= hydrate(tx, seal, inquiry, &own, now).await?;
        }
    }
    for (owner, pieces) in &batch.exhibits {
        let moved = exhibits::put(tx, seal, owner, pieces).await?;
        match owner {
            Subject::Case(_) => changes.cases |= moved,
            _ => changes.inquiries |= moved,
        }
        if let (Subject::Inquiry(id), true) = (owner, moved) {
            shared::put_sessions(tx, seal, id.as_str()).await?;
        }
    }
    for report in &batch.reports {
        let moved = exhibits::renew(tx, seal, report).await?;
        changes.inquiries |= moved;
        changes.cases |= moved;
    }
    for relations in &batch.relations {
        put_relations(tx, seal, &mut known, relations, now).await?;
        changes.relations = true;
    }
    Ok(changes)
}

async fn put_case(
    tx: &mut Tx,
    seal: &Seal,
    known: &mut Known,
    case: &Case,
    by: Option<&Text>,
) -> Result<bool, Error> {
    let Some(News { before, object: case, json }) = known.newest(tx, seal, case).await? else {
        return Ok(false);
    };
    let name = case.name.as_ref().map_or("", |name| name.as_str());
    let assignee = case.assignee.as_ref().map_or("", |assignee| assignee.as_str());
    let search = format!("{} {name} {assignee} {}", case.id, case.status).to_lowercase();
    query(
        "INSERT INTO review_case (id, status, template, resolved, resolution, sla_expires_at,
             created_at, updated_at, queue, assignee, search, body)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
         ON CONFLICT (id) DO UPDATE SET
             status = excluded.status, template = excluded.template, resolved = excluded.resolved,
             resolution = excluded.resolution, sla_expires_at = excluded.sla_expires_at,
             created_at = excluded.created_at, updated_at = excluded.updated_at,
             queue = excluded.queue, assignee = excluded.assignee,
             search = excluded.search, body = excluded.body, purged_at = NULL",
    )
    .bind(case.id.as_str())
    .bind(case.status.as_str())
    .bind(case.template.as_ref().map(|id| id.as_str()))
    .bind(case.is_resolved())
    .bind(case.resolution.as_ref().map(|resolution| resolution.as_str()))
    .bind(micros(case.sla_expires_at))
    .bind(micros(case.created_at))
    .bind(micros(case.updated_at))
    .bind(case.queue.as_ref().map(|queue| queue.as_str()))
    .bind(case.assignee.as_ref().map(|assignee| assignee.as_str().to_lowercase()))
    .bind(search)
    .bind(seal.body::<Case>(case.id.as_str(), json)?)
    .execute(&mut *tx)
    .await?;
    if let Some(before) = before.as_ref().filter(|_| known.is_awaited(case.id.as_str())) {
        snoozed::case_moved(tx, before, &case, by).await?;
    }
    let ties_stay =
        |before: &Case| before.inquiries == case.inquiries && before.accounts == case.accounts;
    if !before.as_ref().is_some_and(ties_stay) {
        put_ties(tx, &case).await?;
    }
    Ok(true)
}

/// Which inquiries and accounts a case is about.
async fn put_ties(tx: &mut Tx, case: &Case) -> Result<(), Error> {
    // What stays is left alone: each tie that comes or goes moves an inquiry's deadline.
    let ties = serde_json::to_string(&case.inquiries)?;
    query(
        "DELETE FROM case_inquiry WHERE case_id = $1
             AND inquiry_id NOT IN (SELECT value FROM json_each($2))",
    )
    .bind(case.id.as_str())
    .bind(&ties)
    .execute(&mut *tx)
    .await?;
    query(
        "INSERT INTO case_inquiry (case_id, inquiry_id)
         SELECT $1, value FROM json_each($2) WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(case.id.as_str())
    .bind(ties)
    .execute(&mut *tx)
    .await?;
    query("DELETE FROM case_account WHERE case_id = $1")
        .bind(case.id.as_str())
        .execute(&mut *tx)
        .await?;
    for account in &case.accounts {
        query(
            "INSERT INTO case_account (case_id, account_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        )
        .bind(case.id.as_str())
        .bind(account.as_str())
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

async fn put_account(
    tx: &mut Tx,
    seal: &Seal,
    known: &mut Known,
    account: &Account,
) -> Result<bool, Error> {
    let Some(News { object: account, json, .. }) = known.newest(tx, seal, account).await? else {
        return Ok(false);
    };
    query(
        "INSERT INTO account (id, created_at, updated_at, status, type_name, body)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at,
             updated_at = excluded.updated_at, status = excluded.status,
             type_name = excluded.type_name, body = excluded.body, purged_at = NULL",
    )
    .bind(account.id.as_str())
    .bind(micros(account.created_at))
    .bind(micros(account.updated_at))
    .bind(account.status.as_ref().map(folded))
    .bind(account.type_name.as_ref().map(folded))
    .bind(seal.body::<Account>(account.id.as_str(), json)?)
    .execute(&mut *tx)
    .await?;
    shared::put_account(tx, seal, &account).await?;
    Ok(true)
}

async fn put_relations(
    tx: &mut Tx,
    seal: &Seal,
    known: &mut Known,
    relations: &Relations,
    now: Timestamp,
) -> Result<(), Error> {
    let (source, key) = (relations.source.as_str(), relations.key.as_str());
    query(
        "INSERT INTO relation_list (source, key, fetched_at, more) VALUES ($1, $2, $3, $4)
         ON CONFLICT (source, key) DO UPDATE SET
             fetched_at = excluded.fetched_at, more = excluded.more, stale = 0",
    )
    .bind(source)
    .bind(key)
    .bind(now.as_microsecond())
    .bind(relations.more)
    .execute(&mut *tx)
    .await?;
    query("DELETE FROM relation WHERE source = $1 AND key = $2")
        .bind(source)
        .bind(key)
        .execute(&mut *tx)
        .await?;
    for (position, target) in relations.targets.iter().enumerate() {
        let (kind, id, status) = match target {
            Relation::Account(account) => {
                put_account(tx, seal, known, account).await?;
                ("account", account.id.as_str(), account.status.as_ref())
            }
            Relation::Other { kind, id, status } => (kind.as_str(), id.as_str(), status.as_ref()),
        };
        query(
            "INSERT INTO relation (source, key, position, kind, target, status)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(source)
        .bind(key)
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(kind)
        .bind(id)
        .bind(status.map(|status| status.as_str()))
        .execute(&mut *tx)
        .await?;
    }
    Ok(())
}

pub fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.as_microsecond())
}
