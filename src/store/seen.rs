//! The checks that the local copy had when something was decided: kept beside the journal, which
//! has their hash. Names and results; no value of a person's.

use serde_json::{Value, json};

use super::{Error, Store, db::query, seal::Seal, together::Tx};
use crate::{
    journal::sha256,
    model::{Action, ActionId, CheckStatus, Evidence, Inquiry, Seen, Subject, Text, Verification},
};

/// Keeps the checks behind a decision. None where there are none to see.
pub async fn keep(tx: &mut Tx, seal: &Seal, action: &Action) -> Result<Option<Seen>, Error> {
    let sql = match action.subject {
        Subject::Inquiry(_) => "SELECT id, body FROM inquiry WHERE id = $1",
        Subject::Case(_) => {
            "SELECT id, body FROM inquiry JOIN case_inquiry ON case_inquiry.inquiry_id = inquiry.id
             WHERE case_inquiry.case_id = $1 ORDER BY inquiry.id"
        }
        Subject::Account(_) | Subject::Report(_) | Subject::NewInquiry(_) => return Ok(None),
    };
    let rows = query(sql).bind(action.subject.id()).fetch_all(&mut *tx).await?;
    let (mut inquiries, mut checks, mut failed) = (Vec::new(), 0, 0);
    for row in &rows {
        let inquiry: Inquiry = seal.object(row)?;
        let verifications = verifications(tx, seal, &inquiry).await?;
        let all = || verifications.iter().flat_map(|verification| &verification.checks);
        checks += all().count() as u64;
        failed += all().filter(|check| check.status == CheckStatus::Failed).count() as u64;
        inquiries.push(told(&inquiry, &verifications));
    }
    if inquiries.is_empty() {
        return Ok(None);
    }
    let record = json!({ "kind": "checks", "action": action.id, "subject": action.subject.id(),
        "inquiries": inquiries });
    let text = record.to_string();
    let sha256 = Text::new(&sha256(text.as_bytes()));
    query("INSERT INTO decision_record (action, body) VALUES ($1, $2)")
        .bind(action.id.as_str())
        .bind(text)
        .execute(&mut *tx)
        .await?;
    Ok(Some(Seen { checks, failed, sha256 }))
}

async fn verifications(
    tx: &mut Tx,
    seal: &Seal,
    inquiry: &Inquiry,
) -> Result<Vec<Verification>, Error> {
    let sql = "SELECT id, body FROM verification WHERE inquiry_id = $1 ORDER BY position";
    let rows = query(sql).bind(inquiry.id.as_str()).fetch_all(&mut *tx).await?;
    rows.iter().map(|row| seal.object(row)).collect()
}

fn told(inquiry: &Inquiry, verifications: &[Verification]) -> Value {
    let version =
        Evidence { status: Text::new(inquiry.status.as_str()), updated_at: inquiry.updated_at };
    let verification = |verification: &Verification| {
        let checks = verification.checks.iter().map(|check| {
            json!({ "name": check.name, "status": check.status,
                "requirement": check.requirement, "reasons": check.reasons })
        });
        json!({ "id": verification.id, "kind": verification.kind, "status": verification.status,
            "checks": checks.collect::<Value>() })
    };
    json!({ "id": inquiry.id, "version": version,
        "verifications": verifications.iter().map(verification).collect::<Value>() })
}

impl Store {
    /// The record of the checks behind a decision, as it was kept.
    pub async fn checks_seen(&self, action: &ActionId) -> Result<Option<String>, Error> {
        let row = query("SELECT body FROM decision_record WHERE action = $1")
            .bind(action.as_str())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }
}
