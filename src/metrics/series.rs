//! Attempts counted by what they asked for and what they came to, with how long they took: what a
//! scraper of metrics wants.

use std::{collections::HashMap, time::Duration};

use super::{Attempt, Class};
use crate::model::Lane;

/// The upper bounds of the buckets in milliseconds; a last bucket holds whatever took longer.
pub const BOUNDS_MS: [u64; 12] =
    [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

/// All attempts of one kind since the start. There are only so many kinds: templates and not paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Series {
    pub method: &'static str,
    /// `/inquiries/{inquiry-id}/approve`
    pub template: &'static str,
    pub lane: Lane,
    pub class: Class,
    pub count: u64,
    /// Of these, not the first try.
    pub retries: u64,
    /// Of these, slower than the SLA.
    pub slow: u64,
    /// The latencies of all together.
    pub total: Duration,
    /// Attempts that took at most the bound of the same place, and more than the one before.
    pub buckets: [u64; BOUNDS_MS.len() + 1],
}

impl Series {
    /// The bound that at least `percent` of the attempts kept; none if it is beyond all bounds.
    pub fn percentile(&self, percent: u64) -> Option<Duration> {
        let rank = (self.count * percent).div_ceil(100);
        let mut within = 0;
        let kept = self.buckets.iter().zip(BOUNDS_MS).find(|(count, _)| {
            within += **count;
            within >= rank
        });
        kept.map(|(_, bound)| Duration::from_millis(bound))
    }
}

#[derive(Debug, Default)]
pub(super) struct AllSeries(HashMap<Kind, Series>);

type Kind = (&'static str, &'static str, Lane, Class);

impl AllSeries {
    pub(super) fn count(&mut self, attempt: &Attempt, sla: Duration) {
        let &Attempt { method, template, lane, class, latency, number, .. } = attempt;
        let series = self.0.entry((method, template, lane, class)).or_insert_with(|| Series {
            method,
            template,
            lane,
            class,
            count: 0,
            retries: 0,
            slow: 0,
            total: Duration::ZERO,
            buckets: [0; BOUNDS_MS.len() + 1],
        });
        let place = BOUNDS_MS.iter().position(|bound| latency <= Duration::from_millis(*bound));
        series.count += 1;
        series.retries += u64::from(number > 1);
        series.slow += u64::from(latency > sla && class != Class::Abandoned);
        series.total += latency;
        series.buckets[place.unwrap_or(BOUNDS_MS.len())] += 1;
    }

    /// In an order that stays the same.
    pub(super) fn snapshot(&self) -> Vec<Series> {
        let mut all: Vec<Series> = self.0.values().cloned().collect();
        all.sort_by_key(|series| {
            (series.template, series.method, series.lane.as_str(), series.class.as_str())
        });
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_counted_by_kind_and_latency() {
        let attempt = |template, class, millis| Attempt {
            at: jiff::Timestamp::UNIX_EPOCH,
            method: "GET",
            template,
            status: Some(200),
            request_id: None,
            latency: Duration::from_millis(millis),
            lane: Lane::Back,
            number: 1,
            class,
        };
        let sla = Duration::from_millis(90);
        let mut all = AllSeries::default();
        for millis in [3, 5, 6, 90, 60_000] {
            all.count(&attempt("/inquiries", Class::Ok, millis), sla);
        }
        all.count(&attempt("/inquiries", Class::NoAnswer, 7), sla);
        all.count(&Attempt { number: 2, ..attempt("/cases", Class::Ok, 7) }, sla);
        let told = all.snapshot();
        let kinds: Vec<_> = told.iter().map(|one| (one.template, one.class, one.count)).collect();
        let expected = [
            ("/cases", Class::Ok, 1),
            ("/inquiries", Class::NoAnswer, 1),
            ("/inquiries", Class::Ok, 5),
        ];
        assert_eq!(kinds, expected);
        let (cases, lists) = (&told[0], &told[2]);
        assert_eq!((cases.retries, cases.slow), (1, 0));
        assert_eq!((lists.retries, lists.slow), (0, 1), "as long as the SLA is no breach");
        assert_eq!(lists.buckets, [2, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(lists.total, Duration::from_millis(60_104));
        let ms = |n| Some(Duration::from_millis(n));
        let percentiles = [1, 40, 50, 80, 95].map(|percent| lists.percentile(percent));
        assert_eq!(percentiles, [ms(5), ms(5), ms(10), ms(100), None]);
    }
}
