//! That somebody was forgotten, for whoever keeps words about them elsewhere: consoles, and the
//! files that consoles leave. The store counts how often that was; whoever sees the count move asks
//! what of theirs is about somebody who is gone.

use super::{Error, Store, db::query, exhibits, together::Tx};
use crate::model::{ReportId, Subject};

/// How often, among the store's small facts.
const COUNT: &str = "forgotten";

/// What is about a person, by its kind, and those of it whose data is gone.
const GONE: [(&str, &str); 3] = [
    (
        "inquiry",
        "SELECT id FROM tombstone WHERE kind = 'inquiry' AND id IN (SELECT value FROM json_each($1))
         UNION SELECT id FROM inquiry WHERE purged_at IS NOT NULL
             AND id IN (SELECT value FROM json_each($1))",
    ),
    (
        "case",
        "SELECT id FROM tombstone WHERE kind = 'case' AND id IN (SELECT value FROM json_each($1))
         UNION SELECT id FROM review_case WHERE purged_at IS NOT NULL
             AND id IN (SELECT value FROM json_each($1))",
    ),
    (
        "account",
        "SELECT id FROM tombstone WHERE kind = 'account' AND id IN (SELECT value FROM json_each($1))
         UNION SELECT id FROM account WHERE purged_at IS NOT NULL
             AND id IN (SELECT value FROM json_each($1))",
    ),
];

/// Somebody is forgotten in this transaction.
pub async fn count(tx: &mut Tx) -> Result<(), Error> {
    query(
        "INSERT INTO cursor (name, value) VALUES ($1, '1') ON CONFLICT (name) DO UPDATE
         SET value = CAST(CAST(cursor.value AS BIGINT) + 1 AS TEXT)",
    )
    .bind(COUNT)
    .execute(&mut *tx)
    .await?;
    Ok(())
}

impl Store {
    /// How often somebody was forgotten here so far.
    pub async fn forgotten(&self) -> Result<u64, Error> {
        let known = self.cursor(COUNT).await?;
        Ok(known.and_then(|count| count.parse().ok()).unwrap_or(0))
    }

    /// Those whose personal data is not here any more: redacted, purged, or of a report that hangs on
    /// nothing.
    pub async fn forgotten_of(&self, subjects: &[Subject]) -> Result<Vec<Subject>, Error> {
        let mut gone = Vec::new();
        for (kind, sql) in GONE {
            let own: Vec<&Subject> = subjects.iter().filter(|one| one.kind() == kind).collect();
            if own.is_empty() {
                continue;
            }
            let ids: Vec<&str> = own.iter().map(|one| one.id()).collect();
            let rows = query(sql)
                .bind(serde_json::to_string(&ids)?)
                .fetch_all(&self.0.backend.reader)
                .await?;
            for row in &rows {
                let id: &str = row.try_get(0)?;
                gone.extend(own.iter().find(|one| one.id() == id).map(|one| (*one).clone()));
            }
        }
        for subject in subjects {
            if let Subject::Report(id) = subject
                && self.is_report_gone(id).await?
            {
                gone.push(subject.clone());
            }
        }
        Ok(gone)
    }

    async fn is_report_gone(&self, id: &ReportId) -> Result<bool, Error> {
        let known = exhibits::report(&self.0.backend.reader, &self.0.seal, id).await?;
        Ok(known.is_none_or(|report| report.redacted_at.is_some()))
    }
}
