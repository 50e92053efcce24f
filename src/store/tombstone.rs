//! Redaction: what Persona redacted is forgotten here in the same transaction as the fact, and
//! nothing that comes late brings it back.

use jiff::Timestamp;
use serde::{Serialize, de::DeserializeOwned};

use super::{
    Error, Store,
    action_row::{verb, write_verb},
    db::{Writer, query},
    exhibits, forgotten,
    seal::Seal,
    together::Tx,
    views,
    worklist::instant,
};
use crate::model::{ActionId, Entity, Event, Subject, Verb, forget::Forget, naming::Named};

/// When an object was redacted, if it was: as it says itself now, or as was learnt before.
pub async fn of(
    tx: &mut Tx,
    seal: &Seal,
    kind: &str,
    id: &str,
    says: Option<Timestamp>,
) -> Result<Option<Timestamp>, Error> {
    if let Some(at) = says {
        bury(tx, seal, kind, id, at).await?;
        return Ok(Some(at));
    }
    let known = query("SELECT redacted_at FROM tombstone WHERE kind = $1 AND id = $2")
        .bind(kind)
        .bind(id)
        .fetch_optional(&mut *tx)
        .await?;
    Ok(match known {
        Some(row) => instant(Some(row.try_get(0)?)),
        None => None,
    })
}

/// What has to be written of a redacted object: the newer of what came and what is known, without
/// a person in it. None if that is known.
pub fn remains<T: Forget + Serialize + DeserializeOwned>(
    at: Timestamp,
    came: Option<T>,
    known: Option<&str>,
) -> Result<Option<(String, T)>, Error> {
    let mut object: T = match (came, known) {
        (Some(came), _) => came,
        (None, Some(known)) => serde_json::from_str(known)?,
        (None, None) => return Ok(None),
    };
    object.forget();
    object.redacted_at().get_or_insert(at);
    let body = serde_json::to_string(&object)?;
    Ok((known != Some(&body)).then_some((body, object)))
}

/// What was kept beside the object goes with it.
pub async fn bury(
    tx: &mut Tx,
    seal: &Seal,
    kind: &str,
    id: &str,
    at: Timestamp,
) -> Result<(), Error> {
    let written = query(
        "INSERT INTO tombstone (kind, id, redacted_at) VALUES ($1, $2, $3)
         ON CONFLICT (kind, id) DO NOTHING",
    )
    .bind(kind)
    .bind(id)
    .bind(at.as_microsecond())
    .execute(&mut *tx)
    .await?;
    if written.rows_affected() > 0 {
        // It is known who that is as long as the object is not written over.
        if let Some(named) = named(tx, seal, kind, id).await? {
            views::let_go(tx, seal, &[named]).await?;
        }
        forgotten::count(tx).await?;
    }
    beside(tx, seal, kind, id).await
}

/// What the person of an object is named by.
async fn named(tx: &mut Tx, seal: &Seal, kind: &str, id: &str) -> Result<Option<Named>, Error> {
    let sql = match kind {
        "inquiry" => "SELECT id, body FROM inquiry WHERE id = $1",
        "case" => "SELECT id, body FROM review_case WHERE id = $1",
        "account" => "SELECT id, body FROM account WHERE id = $1",
        _ => return Ok(None),
    };
    let row = query(sql).bind(id).fetch_optional(&mut *tx).await?;
    let Some(row) = row else { return Ok(None) };
    Ok(Some(match kind {
        "inquiry" => Named::of_inquiry(&seal.object(&row)?),
        "case" => Named::of_case(&seal.object(&row)?),
        _ => Named::of_account(&seal.object(&row)?),
    }))
}

/// What was said of the reports that hang on an object.
const ABOUT_REPORTS: &str = "UPDATE action SET comment = NULL WHERE subject_kind = 'report'
    AND state IN ('proposed', 'done', 'rejected', 'stopped', 'cancelled')
    AND subject_id IN (SELECT piece FROM exhibit WHERE owner = $1)";

/// Drops what is kept beside an object: its checks, what hangs on it, its relations, what it told of
/// things that others have as well, and what was said with decisions about it that are over, or that
/// nobody can confirm any more.
pub async fn beside(tx: &mut Tx, seal: &Seal, kind: &str, id: &str) -> Result<(), Error> {
    let dependents: &[&'static str] = match kind {
        "inquiry" => &[
            ABOUT_REPORTS,
            "DELETE FROM verification WHERE inquiry_id = $1",
            "DELETE FROM exhibit WHERE owner = $1",
            "DELETE FROM shared WHERE owner = $1",
            "UPDATE inquiry SET kinds = '[]', failed = 0, signals = 0, unproven = 0, passed = 0,
                 hydrated_version = updated_at WHERE id = $1",
        ],
        "account" => &[
            "DELETE FROM relation WHERE source = $1",
            "DELETE FROM relation_list WHERE source = $1",
            "DELETE FROM shared WHERE owner = $1",
        ],
        "case" => &[ABOUT_REPORTS, "DELETE FROM exhibit WHERE owner = $1"],
        _ => &[],
    };
    for sql in dependents {
        query(*sql).bind(id).execute(&mut *tx).await?;
    }
    let over = query(
        "UPDATE action SET comment = NULL WHERE subject_kind = $1 AND subject_id = $2
             AND state IN ('proposed', 'done', 'rejected', 'stopped', 'cancelled') RETURNING id, verb",
    )
    .bind(kind)
    .bind(id)
    .fetch_all(&mut *tx)
    .await?;
    for row in over {
        let id: String = row.try_get(0)?;
        let Verb::CreateInquiry(mut new) = verb(seal, &id, row.try_get(1)?)? else { continue };
        new.fields.clear();
        new.reference_id = None;
        let verb = write_verb(seal, &ActionId::new(&id)?, &Verb::CreateInquiry(new))?;
        query("UPDATE action SET verb = $2 WHERE id = $1")
            .bind(id)
            .bind(verb)
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}

/// What was said with a decision about a redacted object goes when the decision is over; about a
/// report, when it hangs on nothing any more.
pub async fn tidy(tx: &mut Tx, seal: &Seal, subject: &Subject) -> Result<(), Error> {
    if let Subject::Report(id) = subject {
        return match exhibits::report(&mut *tx, seal, id).await? {
            Some(_) => Ok(()),
            None => beside(tx, seal, subject.kind(), subject.id()).await,
        };
    }
    match of(tx, seal, subject.kind(), subject.id(), None).await? {
        Some(_) => beside(tx, seal, subject.kind(), subject.id()).await,
        None => Ok(()),
    }
}

/// What an event tells of redaction, for objects that do not say so themselves.
pub fn told(event: &Event) -> Option<Entity> {
    let mut subject = event.subject.clone()?;
    if event.name.as_str().ends_with(".redacted")
        && let Some(at) = event.created_at
    {
        match &mut subject {
            Entity::Inquiry(inquiry) => inquiry.redacted_at.get_or_insert(at),
            Entity::Case(case) => case.redacted_at.get_or_insert(at),
            Entity::Account(account) => account.redacted_at.get_or_insert(at),
            Entity::Verification(verification) => verification.redacted_at.get_or_insert(at),
        };
    }
    Some(subject)
}

impl Store {
    /// Takes what was dropped out of the write-ahead log too; pages that were freed are overwritten
    /// already. A server does both in its own time.
    pub async fn leave_no_trace(&self) -> Result<(), Error> {
        if let Writer::File(_) = self.0.backend.writer {
            query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&self.0.backend.writer).await?;
        }
        Ok(())
    }
}
