//! Ids alone: those that begin in a certain way, and whom a piece of evidence belongs to.

use sqlx::AssertSqlSafe;

use super::{Error, Store, db::query};
use crate::model::{AccountId, CaseId, InquiryId, ReportId, Subject, VerificationId};

/// Of each kind.
const MOST: u32 = 8;

impl Store {
    /// Inquiries, cases and accounts whose id begins so.
    pub async fn ids_beginning(&self, start: &str) -> Result<Vec<Subject>, Error> {
        let found = |table: &'static str| async move {
            // Ids are ASCII: what begins so sorts before the last character there is.
            let sql = format!(
                "SELECT id FROM {table} WHERE id >= $1 AND id < $2 ORDER BY id LIMIT {MOST}"
            );
            let rows = query(AssertSqlSafe(sql))
                .bind(start)
                .bind(format!("{start}\x7f"))
                .fetch_all(&self.0.backend.reader)
                .await?;
            rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, sqlx::Error>>()
        };
        let mut ids = Vec::new();
        for id in found("inquiry").await? {
            ids.extend(InquiryId::new(&id).map(Subject::Inquiry));
        }
        for id in found("review_case").await? {
            ids.extend(CaseId::new(&id).map(Subject::Case));
        }
        for id in found("account").await? {
            ids.extend(AccountId::new(&id).map(Subject::Account));
        }
        Ok(ids)
    }

    /// The inquiry of a verification that is in the local copy.
    pub async fn inquiry_of(&self, id: &VerificationId) -> Result<Option<InquiryId>, Error> {
        let row = query("SELECT inquiry_id FROM verification WHERE id = $1")
            .bind(id.as_str())
            .fetch_optional(&self.0.backend.reader)
            .await?;
        let id = row.map(|row| row.try_get::<String, _>(0)).transpose()?;
        Ok(id.and_then(|id| InquiryId::new(&id).ok()))
    }

    /// What a report hangs on; an inquiry where it hangs on one and on cases too.
    pub async fn owner_of(&self, id: &ReportId) -> Result<Option<Subject>, Error> {
        let row = query(
            "SELECT owner, (SELECT count(*) FROM inquiry WHERE id = owner) AS of_inquiry
             FROM exhibit WHERE piece = $1 ORDER BY of_inquiry DESC LIMIT 1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.0.backend.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let (owner, of_inquiry): (String, bool) = (row.try_get(0)?, row.try_get(1)?);
        Ok(match of_inquiry {
            true => InquiryId::new(&owner).ok().map(Subject::Inquiry),
            false => CaseId::new(&owner).ok().map(Subject::Case),
        })
    }
}
