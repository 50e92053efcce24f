//! What hangs on an inquiry or a case beside its verifications: written as a whole when it is
//! fetched, read as a whole for the detail.

use super::{
    Error, Store,
    db::{On, Reader, query},
    forgotten,
    seal::Seal,
    together::Tx,
    tombstone,
};
use crate::model::{Exhibit, Exhibits, Report, ReportId, Subject};

/// Writes down all that hangs on an object; false if that was known.
pub async fn put(
    tx: &mut Tx,
    seal: &Seal,
    owner: &Subject,
    pieces: &[Exhibit],
) -> Result<bool, Error> {
    // Of a redacted object nothing is left to look at.
    let redacted = tombstone::of(tx, seal, owner.kind(), owner.id(), None).await?;
    let pieces = if redacted.is_some() { &[] } else { pieces };
    let bodies: Vec<String> = pieces.iter().map(serde_json::to_string).collect::<Result<_, _>>()?;
    let known = query("SELECT id, body FROM exhibit WHERE owner = $1 ORDER BY position")
        .bind(owner.id())
        .fetch_all(&mut *tx)
        .await?;
    let known = known.iter().map(|row| seal.json::<Exhibit>(row));
    if known.collect::<Result<Vec<String>, Error>>()? == bodies {
        return Ok(false);
    }
    query("DELETE FROM exhibit WHERE owner = $1").bind(owner.id()).execute(&mut *tx).await?;
    for (position, (piece, json)) in pieces.iter().zip(bodies).enumerate() {
        let id = format!("{}/{}", owner.id(), piece.id());
        let body = seal.body::<Exhibit>(&id, json)?;
        query(
            "INSERT INTO exhibit (id, owner, position, body) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO NOTHING",
        )
        .bind(id)
        .bind(owner.id())
        .bind(i64::try_from(position).unwrap_or(i64::MAX))
        .bind(body)
        .execute(&mut *tx)
        .await?;
    }
    Ok(true)
}

pub async fn of(reader: &Reader, seal: &Seal, owner: &str) -> Result<Exhibits, Error> {
    let rows = query("SELECT id, body FROM exhibit WHERE owner = $1 ORDER BY position")
        .bind(owner)
        .fetch_all(reader)
        .await?;
    rows.iter().map(|row| seal.object::<Exhibit>(row)).collect()
}

/// Writes a report down as it is now, wherever it hangs; false if that was known, or nothing has
/// it.
pub async fn renew(tx: &mut Tx, seal: &Seal, report: &Report) -> Result<bool, Error> {
    let piece = Exhibit::Report(report.clone());
    let json = serde_json::to_string(&piece)?;
    let known = query("SELECT id, body FROM exhibit WHERE piece = $1")
        .bind(piece.id())
        .fetch_all(&mut *tx)
        .await?;
    if report.redacted_at.is_some() {
        tombstone::beside(tx, seal, "report", piece.id()).await?;
    }
    let mut moved = false;
    for row in &known {
        if seal.json::<Exhibit>(row)? == json {
            continue;
        }
        let id: String = row.try_get("id")?;
        let body = seal.body::<Exhibit>(&id, json.clone())?;
        query("UPDATE exhibit SET body = $2 WHERE id = $1")
            .bind(id)
            .bind(body)
            .execute(&mut *tx)
            .await?;
        moved = true;
    }
    if moved && report.redacted_at.is_some() {
        forgotten::count(tx).await?;
    }
    Ok(moved)
}

/// A report that hangs on something.
pub async fn report(reader: impl On, seal: &Seal, id: &ReportId) -> Result<Option<Report>, Error> {
    let row = query("SELECT id, body FROM exhibit WHERE piece = $1 LIMIT 1")
        .bind(id.as_str())
        .fetch_optional(reader)
        .await?;
    let piece = row.map(|row| seal.object::<Exhibit>(&row)).transpose()?;
    Ok(match piece {
        Some(Exhibit::Report(report)) => Some(report),
        _ => None,
    })
}

impl Store {
    /// As it hangs on an inquiry or a case.
    pub async fn report(&self, id: &ReportId) -> Result<Option<Report>, Error> {
        report(&self.0.backend.reader, &self.0.seal, id).await
    }
}
