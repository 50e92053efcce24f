//! Why a row stands where it does in its list: the figures that it is ordered by, and how many come
//! before it by each.

use super::{CaseView, Error, InquiryView, Store, Total, Window, db::query, worklist::instant};
use crate::model::{CaseId, InquiryId, InquiryStatus, Text, Timestamp, filter::Order};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// From 0; none if the filter leaves it out by now.
    pub at: Option<u64>,
    pub total: u64,
    pub extent: Total,
    /// The earliest deadline, and the case that has it.
    pub due: Option<(Text, Timestamp)>,
    pub since: Option<Timestamp>,
    /// So many wait longer; of inquiries that wait for review.
    pub older: Option<u64>,
    /// So many are riskier.
    pub riskier: Option<u64>,
    pub failed: u32,
    pub signals: u32,
}

impl Store {
    pub async fn inquiry_standing(
        &self,
        view: &InquiryView,
        id: &InquiryId,
    ) -> Result<Option<Standing>, Error> {
        let row =
            query("SELECT waiting_since, due, failed, signals, status FROM inquiry WHERE id = $1")
                .bind(id.as_str())
                .fetch_optional(&self.0.backend.reader)
                .await?;
        let Some(row) = row else { return Ok(None) };
        let rows = self.inquiries(view, Window { first: 0, rows: 1 }).await?;
        let by = |order| InquiryView { order, ..view.clone() };
        let waits = view.status == Some(InquiryStatus::NeedsReview);
        let (older, riskier) = match waits {
            true => (
                self.inquiry_position(&by(Order::Age), id).await?,
                self.inquiry_position(&by(Order::Risk), id).await?,
            ),
            false => (None, None),
        };
        let count = |name| row.try_get::<i64, _>(name).map(|n| u32::try_from(n).unwrap_or(0));
        let due = match row.try_get::<Option<i64>, _>("due")? {
            Some(due) => self.case_due(id, due).await?,
            None => None,
        };
        Ok(Some(Standing {
            at: self.inquiry_position(view, id).await?,
            total: rows.total,
            extent: rows.extent,
            due,
            since: instant(row.try_get("waiting_since")?),
            older,
            riskier,
            failed: count("failed")?,
            signals: count("signals")?,
        }))
    }

    pub async fn case_standing(
        &self,
        view: &CaseView,
        id: &CaseId,
    ) -> Result<Option<Standing>, Error> {
        let Some(file) = self.case(id).await? else { return Ok(None) };
        let rows = self.cases(view, Window { first: 0, rows: 1 }).await?;
        let by_age = CaseView { order: Order::Age, ..view.clone() };
        let name = file.case.name.clone().unwrap_or_else(|| Text::new(&id.short()));
        Ok(Some(Standing {
            at: self.case_position(view, id).await?,
            total: rows.total,
            extent: rows.extent,
            due: file.case.sla_expires_at.map(|due| (name, due)),
            since: file.case.created_at,
            older: self.case_position(&by_age, id).await?,
            riskier: None,
            failed: 0,
            signals: 0,
        }))
    }

    /// The open case with an inquiry's deadline.
    async fn case_due(&self, id: &InquiryId, due: i64) -> Result<Option<(Text, Timestamp)>, Error> {
        let row = query(
            "SELECT review_case.id FROM case_inquiry
             JOIN review_case ON review_case.id = case_inquiry.case_id
             WHERE case_inquiry.inquiry_id = $1 AND +review_case.resolved = 0
                 AND review_case.sla_expires_at = $2 LIMIT 1",
        )
        .bind(id.as_str())
        .bind(due)
        .fetch_optional(&self.0.backend.reader)
        .await?;
        let Some(row) = row else { return Ok(None) };
        let id = CaseId::new(&row.try_get::<String, _>(0)?)?;
        let name = self.case(&id).await?.and_then(|file| file.case.name);
        Ok(instant(Some(due)).map(|due| (name.unwrap_or_else(|| Text::new(&id.short())), due)))
    }
}
