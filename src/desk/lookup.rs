//! Finding an object by its id, or by the beginning of one, in the local copy.

use super::{Desk, StoreError};
use crate::model::{ReportId, Subject, VerificationId};

impl Desk {
    /// Inquiries, cases and accounts whose id begins so; some of them where there are many.
    pub async fn ids_beginning(&self, start: &str) -> Result<Vec<Subject>, StoreError> {
        self.store.ids_beginning(start).await
    }

    /// What shows a report.
    pub async fn owner_of_report(&self, id: &ReportId) -> Result<Option<Subject>, StoreError> {
        self.store.owner_of(id).await
    }

    /// What shows a verification.
    pub async fn owner_of_verification(
        &self,
        id: &VerificationId,
    ) -> Result<Option<Subject>, StoreError> {
        Ok(self.store.inquiry_of(id).await?.map(Subject::Inquiry))
    }
}
