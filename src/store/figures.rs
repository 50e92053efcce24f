//! A view in figures: how many rows, since when the oldest waits, how many are late. Never counts
//! further than a strip on the screen can say.

use sqlx::Row;

use super::{
    CaseView, Error, InquiryView, Store, Total,
    window::Selection,
    worklist::{case_selection, inquiry_selection, instant},
};
use crate::model::{InquiryStatus, Timestamp, filter::Order};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    pub count: u64,
    pub extent: Total,
    /// Since when the oldest of them waits.
    pub oldest: Option<Timestamp>,
    /// Their deadline has passed.
    pub late: u64,
}

/// `999+`
const MOST: u64 = 1_000;

impl Store {
    pub async fn inquiry_figures(&self, view: &InquiryView) -> Result<Figures, Error> {
        let now = self.0.clock.now();
        // By age there is an index for any status.
        let by_age = InquiryView { order: Order::Age, ..view.clone() };
        let selection = inquiry_selection(&self.0.seal, &by_age, now);
        let columns = ("list.waiting_since", format!("list.due < {}", now.as_microsecond()));
        let is_queue = view.status == Some(InquiryStatus::NeedsReview);
        if is_queue && selection.tally.is_some() {
            let glance = self.glance().await?;
            let sql = format!(
                "SELECT count(*) FROM (SELECT 1 FROM inquiry INDEXED BY inquiry_urgent
                 WHERE status = 'needs_review' AND urgency < {} LIMIT {MOST})",
                now.as_microsecond()
            );
            let late = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch_one(&self.0.backend.reader);
            let late = late.await?.try_get::<i64, _>(0)?.unsigned_abs();
            let (count, oldest) = (glance.to_review, glance.oldest);
            return Ok(Figures { count, extent: Total::Exact, oldest, late });
        }
        self.figures(selection, columns).await
    }

    pub async fn case_figures(&self, view: &CaseView) -> Result<Figures, Error> {
        let now = self.0.clock.now();
        let selection = case_selection(view, now);
        let late = format!("list.resolved = 0 AND list.sla_expires_at < {}", now.as_microsecond());
        self.figures(selection, ("list.created_at", late)).await
    }

    /// `since` and `late`: expressions of a row.
    async fn figures(
        &self,
        mut selection: Selection,
        (since, late): (&str, String),
    ) -> Result<Figures, Error> {
        let mut tx = self.0.backend.reader.begin().await?;
        self.narrow(&mut tx, &mut selection).await?;
        let counted = match &selection.tally {
            Some(tally) => Some(tally.total(&mut tx).await?),
            None => None,
        };
        let sql = format!(
            "SELECT count(*), min(since), coalesce(sum(late), 0) FROM (
                 SELECT {since} AS since, coalesce({late}, 0) AS late FROM {} {} LIMIT {MOST})",
            selection.source,
            selection.filter()
        );
        let row = selection.ask(sql).fetch_one(&mut *tx).await?;
        let seen = row.try_get::<i64, _>(0)?.unsigned_abs();
        let (count, extent) = match counted {
            Some(counted) => (counted, Total::Exact),
            None if seen >= MOST => (MOST - 1, Total::AtLeast),
            None => (seen, Total::Exact),
        };
        let late = row.try_get::<i64, _>(2)?.unsigned_abs();
        Ok(Figures { count, extent, oldest: instant(row.try_get(1)?), late })
    }
}
