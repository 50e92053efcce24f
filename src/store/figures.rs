//! A view in figures: how many rows, since when the oldest waits, how many are late. Never counts
//! further than a strip on the screen can say.

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
            let mut late = inquiry_selection(&self.0.seal, view, now);
            late.source = "inquiry AS list INDEXED BY inquiry_urgent";
            late.holds(format!("list.urgency < {}", now.as_microsecond()));
            let sql = format!(
                "SELECT count(*) FROM (SELECT 1 FROM {} {} LIMIT {MOST}) AS counted",
                late.source,
                late.filter()
            );
            let late = late.ask(sql).fetch_one(&self.0.backend.reader);
            let late = late.await?.try_get::<i64, _>(0)?.unsigned_abs();
            return self.of_queue(selection, late).await;
        }
        self.figures(selection, columns).await
    }

    pub async fn case_figures(&self, view: &CaseView) -> Result<Figures, Error> {
        let now = self.0.clock.now();
        let selection = case_selection(view, now);
        let late = format!("list.resolved = 0 AND list.sla_expires_at < {}", now.as_microsecond());
        self.figures(selection, ("list.created_at", late)).await
    }

    /// Of the whole queue, as long as it may be: it is counted by its tally, and its oldest is the
    /// first in the order of age.
    async fn of_queue(&self, mut selection: Selection, late: u64) -> Result<Figures, Error> {
        let mut tx = self.0.backend.reader.begin().await?;
        self.narrow(&mut tx, &mut selection).await?;
        let (count, extent) = selection.total(&mut tx, MOST).await?;
        let sql = format!(
            "SELECT list.place FROM {} {} ORDER BY list.place LIMIT 1",
            selection.source,
            selection.filter_and("list.place <> 0")
        );
        let row = selection.ask(sql).fetch_optional(&mut tx).await?;
        let oldest = row.map(|row| row.try_get(0)).transpose()?;
        Ok(Figures { count, extent, oldest: instant(oldest), late })
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
                 SELECT {since} AS since, CASE WHEN {late} THEN 1 ELSE 0 END AS late
                 FROM {} {} LIMIT {MOST}) AS counted",
            selection.source,
            selection.filter()
        );
        let row = selection.ask(sql).fetch_one(&mut tx).await?;
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
