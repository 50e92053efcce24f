//! What was verified of an inquiry: written when it is fetched, and who waits for it.

use jiff::Timestamp;

use super::{
    Error, Store,
    batch::micros,
    db::{Row, query},
    seal::Seal,
    shared,
    together::Tx,
    tombstone,
    worklist::instant,
};
use crate::model::{Inquiry, InquiryId, Verification, forget::Forget, verification::Weight};

/// A verification whose inquiry may be known; what it showed is forgotten.
pub async fn put_redacted(
    tx: &mut Tx,
    seal: &Seal,
    verification: &Verification,
) -> Result<bool, Error> {
    let mut remains = verification.clone();
    remains.forget();
    let (id, json) = (remains.id.as_str(), serde_json::to_string(&remains)?);
    let known = query("SELECT id, body FROM verification WHERE id = $1")
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    let Some(known) = known else { return Ok(false) };
    if seal.json::<Verification>(&known)? == json {
        return Ok(false);
    }
    let updated = query("UPDATE verification SET body = $2 WHERE id = $1 RETURNING inquiry_id")
        .bind(id)
        .bind(seal.body::<Verification>(id, json)?)
        .fetch_one(&mut *tx)
        .await?;
    shared::put_checks(tx, seal, &updated.try_get::<String, _>(0)?).await?;
    Ok(true)
}

/// Writes down what was verified; false if that was known, and is confirmed.
pub async fn hydrate(
    tx: &mut Tx,
    seal: &Seal,
    inquiry: &Inquiry,
    verifications: &[&Verification],
    now: Timestamp,
) -> Result<bool, Error> {
    // Of a redacted one nothing is left to look at.
    let redacted =
        tombstone::of(tx, seal, "inquiry", inquiry.id.as_str(), inquiry.redacted_at).await?;
    let verifications = if redacted.is_some() { &[] } else { verifications };
    let bodies: Vec<String> =
        verifications.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    if is_known(tx, seal, inquiry, &bodies).await? {
        query(
            "UPDATE inquiry SET hydrated_at = $2, hydrated_version = $3, fetched_at = $2
             WHERE id = $1",
        )
        .bind(inquiry.id.as_str())
        .bind(now.as_microsecond())
        .bind(micros(inquiry.updated_at))
        .execute(&mut *tx)
        .await?;
        return Ok(false);
    }
    query("DELETE FROM verification WHERE inquiry_id = $1")
        .bind(inquiry.id.as_str())
        .execute(&mut *tx)
        .await?;
    let mut counts = [0_i64; 4];
    let mut kinds: Vec<&str> = Vec::new();
    for (position, (verification, json)) in verifications.iter().zip(bodies).enumerate() {
        let body = seal.body::<Verification>(verification.id.as_str(), json)?;
        query(
            "INSERT INTO verification (id, inquiry_id, position, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET
                 inquiry_id = excluded.inquiry_id, position = excluded.position, body = excluded.body",
        )
        .bind(verification.id.as_str())
        .bind(inquiry.id.as_str())
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(body)
        .execute(&mut *tx)
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
    query(
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
    .execute(&mut *tx)
    .await?;
    shared::put_checks(tx, seal, inquiry.id.as_str()).await?;
    Ok(true)
}

async fn is_known(
    tx: &mut Tx,
    seal: &Seal,
    inquiry: &Inquiry,
    bodies: &[String],
) -> Result<bool, Error> {
    let hydrated = query("SELECT 1 FROM inquiry WHERE id = $1 AND hydrated_at IS NOT NULL")
        .bind(inquiry.id.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    let known = query("SELECT id, body FROM verification WHERE inquiry_id = $1 ORDER BY position")
        .bind(inquiry.id.as_str())
        .fetch_all(&mut *tx)
        .await?;
    let known = known.iter().map(|row| seal.json::<Verification>(row));
    let known: Vec<String> = known.collect::<Result<_, _>>()?;
    Ok(hydrated.is_some() && known == bodies)
}

impl Store {
    /// Inquiries that wait for review and whose checks are not known, or of an older version:
    /// longest waiting first, each with the version that is known.
    pub async fn unhydrated(
        &self,
        limit: u32,
    ) -> Result<Vec<(InquiryId, Option<Timestamp>)>, Error> {
        let rows = query(
            "SELECT id, updated_at FROM inquiry WHERE status = 'needs_review'
                 AND (hydrated_at IS NULL OR hydrated_version IS DISTINCT FROM updated_at)
             ORDER BY place, id LIMIT $1",
        )
        .bind(limit)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let version = |row: &Row| {
            let id: String = row.try_get(0)?;
            Ok((InquiryId::new(&id)?, instant(row.try_get(1)?)))
        };
        rows.iter().map(version).collect()
    }

    /// All inquiries that wait for review as far as is known.
    pub async fn under_review(&self) -> Result<Vec<InquiryId>, Error> {
        let rows = query("SELECT id FROM inquiry WHERE status = 'needs_review'")
            .fetch_all(&self.0.backend.reader)
            .await?;
        rows.iter().map(|row| Ok(InquiryId::new(&row.try_get::<String, _>(0)?)?)).collect()
    }
}
