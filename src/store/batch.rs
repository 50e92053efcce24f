//! What Persona said, written down: newer wins, and only what moved is told.

use std::collections::HashMap;

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use sqlx::{Row, sqlite::SqliteRow};

use super::{Changes, Error, Store, newer::winner, together::Tx, tombstone, worklist::instant};
use crate::model::{
    Account, Batch, Case, Entity, Inquiry, InquiryId, Relation, Relations, Verification,
    forget::Forget, verification::Weight,
};

impl Store {
    /// Writes a batch in one transaction.
    pub async fn apply(&self, batch: Batch) -> Result<Changes, Error> {
        if batch.is_empty() {
            return Ok(Changes::default());
        }
        let mut tx = self.0.backend.begin().await?;
        let changes = apply_in(&mut tx, &batch, self.0.clock.now()).await?;
        tx.commit().await?;
        self.committed(changes).await;
        Ok(changes)
    }
}

pub async fn apply_in(tx: &mut Tx, batch: &Batch, now: Timestamp) -> Result<Changes, Error> {
    let mut changes = Changes::default();
    let mut verifications: HashMap<&str, &Verification> = HashMap::new();
    for entity in &batch.entities {
        match entity {
            Entity::Inquiry(inquiry) => {
                let moved = put_inquiry(tx, inquiry, now).await?;
                changes.inquiries |= moved;
                changes.dropped |= moved && inquiry.redacted_at.is_some();
            }
            Entity::Case(case) => {
                let moved = put_case(tx, case).await?;
                changes.cases |= moved;
                changes.dropped |= moved && case.redacted_at.is_some();
            }
            Entity::Account(account) => {
                let moved = put_account(tx, account).await?;
                changes.accounts |= moved;
                changes.dropped |= moved && account.redacted_at.is_some();
            }
            Entity::Verification(verification) => {
                if verification.redacted_at.is_some() {
                    let moved = put_redacted(tx, verification).await?;
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
            changes.inquiries |= hydrate(tx, inquiry, &own, now).await?;
        }
    }
    for relations in &batch.relations {
        put_relations(tx, relations, now).await?;
        changes.relations = true;
    }
    Ok(changes)
}

/// False if what is there is newer, or the same.
async fn put_inquiry(tx: &mut Tx, inquiry: &Inquiry, now: Timestamp) -> Result<bool, Error> {
    let known = sqlx::query("SELECT updated_at, body FROM inquiry WHERE id = $1")
        .bind(inquiry.id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let redacted = tombstone::of(tx, "inquiry", inquiry.id.as_str(), inquiry.redacted_at).await?;
    let newest = newest(known.as_ref(), inquiry.updated_at, redacted, inquiry)?;
    let Some((body, inquiry)) = newest else { return Ok(false) };
    sqlx::query(
        "INSERT INTO inquiry
             (id, status, created_at, updated_at, waiting_since, account_id, template, search,
              body, fetched_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         ON CONFLICT (id) DO UPDATE SET
             status = excluded.status, created_at = excluded.created_at,
             updated_at = excluded.updated_at, waiting_since = excluded.waiting_since,
             account_id = excluded.account_id, template = excluded.template,
             search = excluded.search, body = excluded.body, fetched_at = excluded.fetched_at,
             purged_at = NULL",
    )
    .bind(inquiry.id.as_str())
    .bind(inquiry.status.as_str())
    .bind(micros(inquiry.created_at))
    .bind(micros(inquiry.updated_at))
    .bind(micros(inquiry.waiting_since()))
    .bind(inquiry.account.as_ref().map(|id| id.as_str()))
    .bind(inquiry.template.as_ref().map(|id| id.as_str()))
    .bind(inquiry_search(&inquiry))
    .bind(body)
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

/// What has to be written, as JSON and as an object; none if what is known stands.
fn newest<T: Forget + Serialize + DeserializeOwned>(
    known: Option<&SqliteRow>,
    at: Option<Timestamp>,
    redacted: Option<Timestamp>,
    incoming: &T,
) -> Result<Option<(String, T)>, Error> {
    let known = match known {
        Some(row) => Some((row.try_get(0)?, row.try_get(1)?)),
        None => None,
    };
    let newest = match winner(known, at, serde_json::to_string(incoming)?)? {
        Some(body) => Some((body.clone(), serde_json::from_str(&body)?)),
        None => None,
    };
    match redacted {
        Some(at) => tombstone::remains(at, newest.map(|(_, it)| it), known.map(|(_, body)| body)),
        None => Ok(newest),
    }
}

/// A verification whose inquiry may be known; what it showed is forgotten.
async fn put_redacted(tx: &mut Tx, verification: &Verification) -> Result<bool, Error> {
    let mut remains = verification.clone();
    remains.forget();
    let written = sqlx::query("UPDATE verification SET body = $2 WHERE id = $1 AND body IS NOT $2")
        .bind(remains.id.as_str())
        .bind(serde_json::to_string(&remains)?)
        .execute(&mut **tx)
        .await?;
    Ok(written.rows_affected() > 0)
}

/// Writes down what was verified; false if that was known, and is confirmed.
async fn hydrate(
    tx: &mut Tx,
    inquiry: &Inquiry,
    verifications: &[&Verification],
    now: Timestamp,
) -> Result<bool, Error> {
    // Of a redacted one nothing is left to look at.
    let redacted = tombstone::of(tx, "inquiry", inquiry.id.as_str(), inquiry.redacted_at).await?;
    let verifications = if redacted.is_some() { &[] } else { verifications };
    let bodies: Vec<String> =
        verifications.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    if is_known(tx, inquiry, &bodies).await? {
        sqlx::query(
            "UPDATE inquiry SET hydrated_at = $2, hydrated_version = $3, fetched_at = $2
             WHERE id = $1",
        )
        .bind(inquiry.id.as_str())
        .bind(now.as_microsecond())
        .bind(micros(inquiry.updated_at))
        .execute(&mut **tx)
        .await?;
        return Ok(false);
    }
    sqlx::query("DELETE FROM verification WHERE inquiry_id = $1")
        .bind(inquiry.id.as_str())
        .execute(&mut **tx)
        .await?;
    let mut counts = [0_i64; 4];
    let mut kinds: Vec<&str> = Vec::new();
    for (position, (verification, body)) in verifications.iter().zip(&bodies).enumerate() {
        sqlx::query(
            "INSERT INTO verification (id, inquiry_id, position, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET
                 inquiry_id = excluded.inquiry_id, position = excluded.position, body = excluded.body",
        )
        .bind(verification.id.as_str())
        .bind(inquiry.id.as_str())
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(body)
        .execute(&mut **tx)
        .await?;
        if !kinds.contains(&verification.kind.as_str()) {
            kinds.push(verification.kind.as_str());
        }
        for check in &verification.checks {
            counts[match check.weight() {
                Weight::Decides => 0,
                Weight::Retry | Weight::Signal => 1,
                Weight::Unproven => 2,
                Weight::Passed => 3,
            }] += 1;
        }
    }
    sqlx::query(
        "UPDATE inquiry SET hydrated_at = $2, hydrated_version = $3, kinds = $4,
             failed = $5, signals = $6, unproven = $7, passed = $8, fetched_at = $2 WHERE id = $1",
    )
    .bind(inquiry.id.as_str())
    .bind(now.as_microsecond())
    .bind(micros(inquiry.updated_at))
    .bind(serde_json::to_string(&kinds)?)
    .bind(counts[0])
    .bind(counts[1])
    .bind(counts[2])
    .bind(counts[3])
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

async fn is_known(tx: &mut Tx, inquiry: &Inquiry, bodies: &[String]) -> Result<bool, Error> {
    let hydrated = sqlx::query("SELECT 1 FROM inquiry WHERE id = $1 AND hydrated_at IS NOT NULL")
        .bind(inquiry.id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let known =
        sqlx::query("SELECT body FROM verification WHERE inquiry_id = $1 ORDER BY position")
            .bind(inquiry.id.as_str())
            .fetch_all(&mut **tx)
            .await?;
    let known: Vec<&str> = known.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>()?;
    Ok(hydrated.is_some() && known == bodies)
}

async fn put_case(tx: &mut Tx, case: &Case) -> Result<bool, Error> {
    let known = sqlx::query("SELECT updated_at, body FROM review_case WHERE id = $1")
        .bind(case.id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let redacted = tombstone::of(tx, "case", case.id.as_str(), case.redacted_at).await?;
    let Some((body, case)) = newest(known.as_ref(), case.updated_at, redacted, case)? else {
        return Ok(false);
    };
    let name = case.name.as_ref().map_or("", |name| name.as_str());
    let assignee = case.assignee.as_ref().map_or("", |assignee| assignee.as_str());
    let search = format!("{} {name} {assignee} {}", case.id, case.status).to_lowercase();
    sqlx::query(
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
    .bind(body)
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM case_inquiry WHERE case_id = $1")
        .bind(case.id.as_str())
        .execute(&mut **tx)
        .await?;
    for inquiry in &case.inquiries {
        sqlx::query("INSERT OR IGNORE INTO case_inquiry (case_id, inquiry_id) VALUES ($1, $2)")
            .bind(case.id.as_str())
            .bind(inquiry.as_str())
            .execute(&mut **tx)
            .await?;
    }
    Ok(true)
}

async fn put_account(tx: &mut Tx, account: &Account) -> Result<bool, Error> {
    let known = sqlx::query("SELECT updated_at, body FROM account WHERE id = $1")
        .bind(account.id.as_str())
        .fetch_optional(&mut **tx)
        .await?;
    let redacted = tombstone::of(tx, "account", account.id.as_str(), account.redacted_at).await?;
    let newest = newest(known.as_ref(), account.updated_at, redacted, account)?;
    let Some((body, account)) = newest else { return Ok(false) };
    sqlx::query(
        "INSERT INTO account (id, created_at, updated_at, body) VALUES ($1, $2, $3, $4)
         ON CONFLICT (id) DO UPDATE SET created_at = excluded.created_at,
             updated_at = excluded.updated_at, body = excluded.body, purged_at = NULL",
    )
    .bind(account.id.as_str())
    .bind(micros(account.created_at))
    .bind(micros(account.updated_at))
    .bind(body)
    .execute(&mut **tx)
    .await?;
    Ok(true)
}

async fn put_relations(tx: &mut Tx, relations: &Relations, now: Timestamp) -> Result<(), Error> {
    let (source, key) = (relations.source.as_str(), relations.key.as_str());
    sqlx::query(
        "INSERT INTO relation_list (source, key, fetched_at) VALUES ($1, $2, $3)
         ON CONFLICT (source, key) DO UPDATE SET fetched_at = excluded.fetched_at",
    )
    .bind(source)
    .bind(key)
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM relation WHERE source = $1 AND key = $2")
        .bind(source)
        .bind(key)
        .execute(&mut **tx)
        .await?;
    for (position, target) in relations.targets.iter().enumerate() {
        let (kind, id, status) = match target {
            Relation::Account(account) => {
                put_account(tx, account).await?;
                ("account", account.id.as_str(), account.status.as_ref())
            }
            Relation::Other { kind, id, status } => (kind.as_str(), id.as_str(), status.as_ref()),
        };
        sqlx::query(
            "INSERT INTO relation (source, key, position, kind, target, status)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(source)
        .bind(key)
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(kind)
        .bind(id)
        .bind(status.map(|status| status.as_str()))
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

fn micros(at: Option<Timestamp>) -> Option<i64> {
    at.map(|at| at.as_microsecond())
}

/// What a filter's words are looked for in, in lower case.
fn inquiry_search(inquiry: &Inquiry) -> String {
    let mut words = vec![inquiry.id.as_str().to_owned()];
    words.extend(inquiry.reference_id.as_ref().map(ToString::to_string));
    words.extend(inquiry.name().map(|name| name.reveal().to_string()));
    words.extend(inquiry.account.as_ref().map(ToString::to_string));
    words.extend(inquiry.tags.iter().map(ToString::to_string));
    words.join(" ").to_lowercase()
}

impl Store {
    /// Inquiries that wait for review and whose checks are not known, or of an older version:
    /// longest waiting first, each with the version that is known.
    pub async fn unhydrated(
        &self,
        limit: u32,
    ) -> Result<Vec<(InquiryId, Option<Timestamp>)>, Error> {
        let rows = sqlx::query(
            "SELECT id, updated_at FROM inquiry WHERE status = 'needs_review'
                 AND (hydrated_at IS NULL OR hydrated_version IS NOT updated_at)
             ORDER BY place, id LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let version = |row: &SqliteRow| {
            let id: String = row.try_get(0)?;
            Ok((InquiryId::new(&id)?, instant(row.try_get(1)?)))
        };
        rows.iter().map(version).collect()
    }

    /// All inquiries that wait for review as far as is known.
    pub async fn under_review(&self) -> Result<Vec<InquiryId>, Error> {
        let rows = sqlx::query("SELECT id FROM inquiry WHERE status = 'needs_review'")
            .fetch_all(&self.0.backend.reader)
            .await?;
        rows.iter().map(|row| Ok(InquiryId::new(&row.try_get::<String, _>(0)?)?)).collect()
    }
}
