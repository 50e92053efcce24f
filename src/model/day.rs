//! A reviewer's own decisions in figures, by day: how many of which kind and when, how long they
//! took, what came to nothing and what was said otherwise later.

use std::time::Duration;

use jiff::{Timestamp, ToSpan, civil::Date, tz::TimeZone};

use super::{Subject, Verb};

/// Today, and so many days before as make these.
pub const DAYS: usize = 8;

/// A decision that a reviewer made, or confirmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Judgement {
    pub subject: Subject,
    pub verb: Verb,
    /// Somebody else had proposed it.
    pub confirmed: bool,
    pub at: Timestamp,
    /// Since the reviewer opened the object for the first time after it was last decided; of what they
    /// did not open, since it stood beside their list. None where that is not known, as with a script,
    /// and where they decided many in one go.
    pub took: Option<Duration>,
    /// They had it beside the list alone, or not at all.
    pub unopened: bool,
    pub fate: Fate,
    /// Somebody said the opposite later: anybody, here or elsewhere.
    pub overturned: bool,
}

/// What became of a decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Taken back before it left.
    Undone,
    /// Proposed, held, or being sent.
    Open,
    Done,
    /// By Persona.
    Refused,
    /// Something moved, or a second person returned it.
    Stopped,
}

/// Kinds of decisions, in the order in which they are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Approved,
    Declined,
    Escalated,
    /// A case's status.
    Status,
    Confirmed,
    /// Links, tags, assignments, matches, relations, new inquiries.
    Other,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Approved,
        Self::Declined,
        Self::Escalated,
        Self::Status,
        Self::Confirmed,
        Self::Other,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Declined => "declined",
            Self::Escalated => "escalated",
            Self::Status => "case status",
            Self::Confirmed => "confirmed",
            Self::Other => "other",
        }
    }
}

impl Judgement {
    pub fn kind(&self) -> Kind {
        match &self.verb {
            _ if self.confirmed => Kind::Confirmed,
            Verb::Approve => Kind::Approved,
            Verb::Decline => Kind::Declined,
            Verb::MarkForReview => Kind::Escalated,
            Verb::SetCaseStatus(_) => Kind::Status,
            _ => Kind::Other,
        }
    }

    /// Whether its time counts: a tag or a link takes no look at the evidence.
    fn is_timed(&self) -> bool {
        self.fate != Fate::Undone && (self.confirmed || self.verb.is_verdict())
    }
}

/// The decisions of one day. What was taken back is counted as that alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Day {
    pub date: Date,
    /// By the places of [`Kind::ALL`].
    pub kinds: [u64; Kind::ALL.len()],
    pub hours: [u64; 24],
    /// From opening or seeing to deciding, of verdicts and confirmations, of how many it is, and how
    /// many of these were not opened.
    pub median: Option<Duration>,
    pub timed: usize,
    pub unopened: usize,
    pub undone: u64,
    pub overturned: u64,
    pub refused: u64,
    pub stopped: u64,
}

impl Day {
    pub fn decided(&self) -> u64 {
        self.kinds.iter().sum()
    }

    /// Nothing was decided, not even something that was taken back.
    pub fn is_empty(&self) -> bool {
        self.decided() == 0 && self.undone == 0
    }

    fn of(date: Date, judgements: &[&Judgement], zone: &TimeZone) -> Self {
        let count = |passes: &dyn Fn(&Judgement) -> bool| {
            judgements.iter().filter(|one| passes(one)).count() as u64
        };
        let fate = |fate: Fate| count(&|one| one.fate == fate);
        let mut hours = [0; 24];
        for one in judgements.iter().filter(|one| one.fate != Fate::Undone) {
            let hour = one.at.to_zoned_datetime(zone.clone()).hour();
            if let Some(hour) = hours.get_mut(usize::from(hour.unsigned_abs())) {
                *hour += 1;
            }
        }
        let timed = judgements.iter().filter(|one| one.is_timed() && one.took.is_some());
        let unopened = timed.clone().filter(|one| one.unopened).count();
        let times: Vec<Duration> = timed.filter_map(|one| one.took).collect();
        Self {
            date,
            kinds: Kind::ALL
                .map(|kind| count(&|one| one.kind() == kind && one.fate != Fate::Undone)),
            hours,
            timed: times.len(),
            unopened,
            median: median(times),
            undone: fate(Fate::Undone),
            overturned: count(&|one| one.overturned),
            refused: fate(Fate::Refused),
            stopped: fate(Fate::Stopped),
        }
    }
}

/// The first instant that the figures are about.
pub fn since(now: Timestamp, zone: &TimeZone) -> Timestamp {
    let first = dates(now, zone).last();
    let begins = first.and_then(|date| date.to_zoned_datetime(zone.clone()).ok());
    begins.map_or(now, |begins| begins.timestamp())
}

/// [`DAYS`] of them, today first, days without a decision included.
pub fn days(judgements: &[Judgement], now: Timestamp, zone: &TimeZone) -> Vec<Day> {
    let day = |date: Date| {
        let on_it = |one: &&Judgement| one.at.to_zoned_datetime(zone.clone()).date() == date;
        Day::of(date, &judgements.iter().filter(on_it).collect::<Vec<_>>(), zone)
    };
    dates(now, zone).map(day).collect()
}

/// Today and the days before, the newest first.
fn dates(now: Timestamp, zone: &TimeZone) -> impl Iterator<Item = Date> {
    let today = now.to_zoned_datetime(zone.clone()).date();
    let days = i64::try_from(DAYS).unwrap_or(1);
    (0..days).map(move |back| today.saturating_sub(back.days()))
}

/// The one in the middle; of an even number half way between two.
pub fn median(mut times: Vec<Duration>) -> Option<Duration> {
    times.sort_unstable();
    let upper = *times.get(times.len() / 2)?;
    Some(match times.len() % 2 {
        1 => upper,
        _ => (times[times.len() / 2 - 1] + upper) / 2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{InquiryId, Text};

    fn judgement(at: &str, verb: Verb, fate: Fate, took: Option<u64>) -> Judgement {
        Judgement {
            subject: Subject::Inquiry(InquiryId::new("inq_1").unwrap()),
            verb,
            confirmed: false,
            at: at.parse().unwrap(),
            took: took.map(Duration::from_secs),
            unopened: took == Some(100),
            fate,
            overturned: false,
        }
    }

    #[test]
    fn a_day_is_told_by_kind_hour_and_fate() {
        let tag = || Verb::AddTag(Text::new("vip"));
        let mut all = vec![
            judgement("2026-03-02T09:05:00Z", Verb::Approve, Fate::Done, Some(40)),
            judgement("2026-03-02T09:50:00Z", Verb::Decline, Fate::Open, Some(20)),
            judgement("2026-03-02T10:00:00Z", Verb::Approve, Fate::Undone, Some(9_000)),
            judgement("2026-03-02T11:00:00Z", Verb::MarkForReview, Fate::Refused, None),
            judgement("2026-03-02T11:01:00Z", tag(), Fate::Done, Some(1)),
            judgement("2026-03-02T11:02:00Z", Verb::Approve, Fate::Stopped, Some(100)),
            judgement("2026-03-01T23:59:00Z", Verb::Approve, Fate::Done, None),
            judgement("2026-02-22T09:00:00Z", Verb::Approve, Fate::Done, None),
        ];
        all[0].overturned = true;
        all.push(Judgement { confirmed: true, ..all[1].clone() });
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        let days = days(&all, now, &TimeZone::UTC);
        assert_eq!(days.len(), DAYS);
        let today = &days[0];
        assert_eq!(today.kinds, [2, 1, 1, 0, 1, 1]);
        assert_eq!((today.decided(), today.undone), (6, 1));
        assert_eq!((today.hours[9], today.hours[10], today.hours[11]), (3, 0, 3));
        assert_eq!((today.overturned, today.refused, today.stopped), (1, 1, 1));
        assert_eq!((today.timed, today.median), (4, Some(Duration::from_secs(30))), "no tag's");
        assert_eq!(today.unopened, 1);
        assert_eq!(days.iter().map(Day::decided).collect::<Vec<_>>(), [6, 1, 0, 0, 0, 0, 0, 0]);
        assert!(days[2].is_empty() && days[2].median.is_none());
        assert_eq!(days[7].date.to_string(), "2026-02-23");
    }

    #[test]
    fn a_day_begins_where_the_reviewer_is() {
        let zone = TimeZone::fixed(jiff::tz::offset(-8));
        let one = [judgement("2026-03-02T07:30:00Z", Verb::Approve, Fate::Done, None)];
        let now = "2026-03-02T09:00:00Z".parse().unwrap();
        let days = days(&one, now, &zone);
        assert_eq!(days[0].decided(), 0, "it is past midnight there");
        assert_eq!((days[1].decided(), days[1].hours[23]), (1, 1));
        assert_eq!(since(now, &zone).to_string(), "2026-02-23T08:00:00Z");
    }

    #[test]
    fn the_median_stands_in_the_middle() {
        let of = |seconds: &[u64]| {
            median(seconds.iter().map(|s| Duration::from_secs(*s)).collect()).map(|it| it.as_secs())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[7]), Some(7));
        assert_eq!(of(&[50, 1, 9]), Some(9));
        assert_eq!(of(&[50, 1, 9, 11]), Some(10));
    }
}
