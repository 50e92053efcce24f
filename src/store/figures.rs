//! A view in figures: how many rows, since when the oldest waits, how many are late. Never counts
//! further than a strip on the screen can say.

use super::{
    CaseView, Error, InquiryView, Store, Total,
    window::Selection,
    worklist::{case_selection, inquiry_selection, instant},
};
use crate::model::{
    InquiryStatus, Timestamp,
    filter::{Clause, Field, Order, Test, Than, Value},
};

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

/// The column `danger` tells so many failed checks apart.
const MOST_IN_DANGER: u32 = 31;

/// Where the order of risk has come to items with fewer failed checks than a view asks for, so that
/// none behind it is looked at. None if it does not ask.
fn end_of_risk(view: &InquiryView) -> Option<i64> {
    let least = |clause: &Clause| match &clause.test {
        Test::Is(Field::Failed, Value::Number(than, number)) => match than {
            Than::More => Some(number.saturating_add(1)),
            Than::AtLeast | Than::Equal => Some(*number),
            Than::Less | Than::AtMost => None,
        },
        _ => None,
    };
    let asked = view.clauses.iter().filter(|clause| !clause.inverse).filter_map(least);
    let failed = i64::from(asked.max()?.min(MOST_IN_DANGER));
    (failed > 0).then_some((1_024 - 32 * failed) << 52)
}

impl Store {
    pub async fn inquiry_figures(&self, view: &InquiryView) -> Result<Figures, Error> {
        let now = self.0.clock.now();
        // By age there is an index for any status.
        let by_age = InquiryView { order: Order::Age, ..view.clone() };
        let mut selection = inquiry_selection(&self.0.seal, &by_age, now);
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
        if let Some(end) = end_of_risk(view).filter(|_| is_queue) {
            selection.source = "inquiry AS list INDEXED BY inquiry_danger";
            selection.holds(format!("list.danger < {end}"));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::filter::{List, parse};

    /// As the column is made.
    fn danger(failed: i64, signals: i64, waiting_since: i64) -> i64 {
        ((1_023 - failed.min(31) * 32 - signals.min(31)) << 52)
            + waiting_since.clamp(0, (1 << 52) - 1)
    }

    #[test]
    fn behind_the_end_of_risk_is_nothing_that_is_asked_for() {
        for (line, least) in [
            ("failed:>0", Some(1)),
            ("failed:>=2", Some(2)),
            ("failed:3", Some(3)),
            ("failed:>0 failed:>4", Some(5)),
            ("failed:>30", Some(31)),
            ("failed:>90", Some(31)),
            ("failed:0", None),
            ("failed:<3", None),
            ("!failed:>2", None),
            ("signals:>1", None),
        ] {
            let clauses = parse(line, List::Inquiries).unwrap().clauses;
            let end = end_of_risk(&InquiryView { clauses, ..InquiryView::default() });
            assert_eq!(end.is_some(), least.is_some(), "{line}");
            for (failed, signals) in (0..40).flat_map(|f| [(f, 0), (f, 31), (f, 70)]) {
                for waits in [i64::MIN, 0, i64::MAX] {
                    let before = end.map(|end| danger(failed, signals, waits) < end);
                    let asked = least.map(|least| failed >= least);
                    assert_eq!(before, asked, "{line}: {failed} {signals} {waits}");
                }
            }
        }
    }
}
