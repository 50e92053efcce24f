//! How Persona is doing, measured on every attempt: latency, errors, budget.
//!
//! One recorder per process. The footer reads its [`Stats`], `/metrics` these and its [`Series`]; the
//! log gets the same attempts. What happens besides requests is counted by [`Happening`].

mod families;
mod otlp;
mod series;
mod tally;
mod text;

use std::{collections::VecDeque, sync::Mutex, time::Duration};

use jiff::Timestamp;
use tokio::sync::watch;

pub use self::{
    families::{Around, Depth, Family, Kind, Process, Sample, SyncFigures, Value, families},
    otlp::otlp,
    series::{BOUNDS_MS, Series},
    tally::{Happening, Verdict, Way},
    text::{Format, text},
};
use self::{series::AllSeries, tally::Tally};
use crate::model::Lane;

/// How many attempts the figures look back over, and how long.
const WINDOW_ATTEMPTS: usize = 512;
const WINDOW: Duration = Duration::from_secs(5 * 60);

/// One request on the wire and what became of it. Never a body, a key, a link or a name.
#[derive(Debug, Clone, PartialEq)]
pub struct Attempt {
    pub at: Timestamp,
    pub method: &'static str,
    /// The path with placeholders, `/inquiries/{inquiry-id}/approve`.
    pub template: &'static str,
    /// None if no answer came.
    pub status: Option<u16>,
    pub request_id: Option<String>,
    pub latency: Duration,
    pub lane: Lane,
    /// 1 for the first try.
    pub number: u32,
    pub class: Class,
}

/// What an attempt came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    Ok,
    /// 4xx but 429: Persona answered, and said no.
    Refused,
    /// 429
    RateLimited,
    /// 5xx
    ServerError,
    /// Timeout, broken or refused connection.
    NoAnswer,
    /// An answer that could not be understood.
    Unreadable,
    /// Given up by whoever asked, before an answer came.
    Abandoned,
}

impl Class {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::RateLimited => "rate-limited",
            Self::ServerError => "server-error",
            Self::NoAnswer => "no-answer",
            Self::Unreadable => "unreadable",
            Self::Abandoned => "abandoned",
        }
    }

    /// Counts towards the error rate. A refusal does not: it is an answer.
    pub fn is_error(self) -> bool {
        !matches!(self, Self::Ok | Self::Refused | Self::Abandoned)
    }
}

/// Persona's rate limit as last told by a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Requests per window.
    pub limit: u32,
    pub remaining: u32,
    pub resets_at: Timestamp,
}

/// Limits above which the figures are a breach.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    pub sla: Duration,
    /// 0.05 is 5 %.
    pub error_rate: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { sla: Duration::from_millis(5_000), error_rate: 0.05 }
    }
}

/// The figures of the last minutes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Stats {
    /// Attempts that the figures stand on.
    pub attempts: usize,
    pub p50: Option<Duration>,
    pub p95: Option<Duration>,
    /// 0.0 to 1.0; none without attempts.
    pub error_rate: Option<f64>,
    pub budget: Option<Budget>,
    /// Attempts that were slower than the SLA.
    pub slow_attempts: usize,
    /// Attempts that count towards the error rate.
    pub errors: usize,
    /// p95 is above the SLA.
    pub slow: bool,
    /// The error rate is above its threshold.
    pub failing: bool,
}

#[derive(Debug)]
pub struct Recorder {
    thresholds: Thresholds,
    window: Mutex<VecDeque<(Timestamp, Duration, Class)>>,
    stats: watch::Sender<Stats>,
    series: Mutex<AllSeries>,
    tally: Mutex<Tally>,
}

impl Recorder {
    pub fn new(thresholds: Thresholds) -> Self {
        Self {
            thresholds,
            window: Mutex::new(VecDeque::with_capacity(WINDOW_ATTEMPTS)),
            stats: watch::Sender::new(Stats::default()),
            series: Mutex::default(),
            tally: Mutex::default(),
        }
    }

    /// Takes one attempt into the figures.
    pub fn record(&self, attempt: &Attempt) {
        let mut series = self.series.lock().expect("no panic while the series are held");
        series.count(attempt, self.thresholds.sla);
        drop(series);
        // How Persona is doing cannot be told from what was not waited for.
        if attempt.class == Class::Abandoned {
            return;
        }
        let mut window = self.window.lock().expect("no panic while the window is held");
        if window.len() == WINDOW_ATTEMPTS {
            window.pop_front();
        }
        window.push_back((attempt.at, attempt.latency, attempt.class));
        let figures = self.look_back(&mut window, attempt.at);
        drop(window);
        self.stats.send_modify(|stats| *stats = Stats { budget: stats.budget, ..figures });
    }

    /// Lets go of attempts that are too long ago: without new ones the figures would stand still.
    pub fn age(&self, now: Timestamp) {
        let mut window = self.window.lock().expect("no panic while the window is held");
        let figures = self.look_back(&mut window, now);
        drop(window);
        self.stats.send_if_modified(|stats| {
            let aged = Stats { budget: stats.budget, ..figures };
            let moved = *stats != aged;
            *stats = aged;
            moved
        });
    }

    fn look_back(
        &self,
        window: &mut VecDeque<(Timestamp, Duration, Class)>,
        now: Timestamp,
    ) -> Stats {
        window
            .retain(|(at, ..)| now.duration_since(*at) <= WINDOW.try_into().expect("minutes fit"));
        figures(window.iter().map(|(_, latency, class)| (*latency, *class)), self.thresholds)
    }

    /// Counts what happened besides requests.
    pub fn count(&self, what: Happening) {
        self.tally.lock().expect("no panic while the tally is held").count(what);
    }

    /// How often each of it happened since the start.
    pub fn happened(&self) -> Vec<(Happening, u64)> {
        self.tally.lock().expect("no panic while the tally is held").snapshot()
    }

    pub fn thresholds(&self) -> Thresholds {
        self.thresholds
    }

    /// Takes what the headers of an answer said.
    pub fn budget(&self, budget: Budget) {
        self.stats.send_if_modified(|stats| {
            let moved = stats.budget != Some(budget);
            stats.budget = Some(budget);
            moved
        });
    }

    /// Everything since the start, by kind.
    pub fn series(&self) -> Vec<Series> {
        self.series.lock().expect("no panic while the series are held").snapshot()
    }

    pub fn stats(&self) -> Stats {
        self.stats.borrow().clone()
    }

    /// Told whenever a figure moved.
    pub fn subscribe(&self) -> watch::Receiver<Stats> {
        self.stats.subscribe()
    }
}

fn figures(window: impl Iterator<Item = (Duration, Class)>, thresholds: Thresholds) -> Stats {
    let (mut latencies, mut errors, mut slow_attempts) = (Vec::new(), 0_usize, 0_usize);
    for (latency, class) in window {
        latencies.push(latency);
        slow_attempts += usize::from(latency > thresholds.sla);
        errors += usize::from(class.is_error());
    }
    latencies.sort_unstable();
    let attempts = latencies.len();
    let error_rate = (attempts > 0).then(|| errors as f64 / attempts as f64);
    let p95 = percentile(&latencies, 95);
    Stats {
        attempts,
        p50: percentile(&latencies, 50),
        p95,
        error_rate,
        budget: None,
        slow_attempts,
        errors,
        slow: p95.is_some_and(|p95| p95 > thresholds.sla),
        failing: error_rate.is_some_and(|rate| rate > thresholds.error_rate),
    }
}

/// Nearest rank: the smallest value that at least `percent` of the values do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Option<Duration> {
    let rank = (sorted.len() * percent).div_ceil(100);
    sorted.get(rank.checked_sub(1)?).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(ms: u64) -> Duration {
        Duration::from_millis(ms)
    }

    #[test]
    fn percentiles_are_nearest_rank() {
        let hundred: Vec<_> = (1..=100).map(ms).collect();
        assert_eq!(percentile(&hundred, 50), Some(ms(50)));
        assert_eq!(percentile(&hundred, 95), Some(ms(95)));
        assert_eq!(percentile(&[ms(7)], 50), Some(ms(7)));
        assert_eq!(percentile(&[], 95), None);
    }

    #[test]
    fn breaches_follow_the_thresholds_and_refusals_are_no_errors() {
        let quiet = figures(
            [(ms(80), Class::Ok), (ms(90), Class::Refused)].into_iter(),
            Thresholds::default(),
        );
        assert_eq!((quiet.slow, quiet.failing, quiet.error_rate), (false, false, Some(0.0)));
        let bad = figures(
            [(ms(6_000), Class::Ok), (ms(9), Class::NoAnswer)].into_iter(),
            Thresholds::default(),
        );
        assert_eq!((bad.slow, bad.failing, bad.error_rate), (true, true, Some(0.5)));
        assert_eq!((bad.slow_attempts, bad.errors), (1, 1));
    }

    #[test]
    fn without_new_attempts_the_figures_grow_old() {
        let recorder = Recorder::new(Thresholds::default());
        let at = |second| Timestamp::from_second(second).unwrap();
        recorder.record(&Attempt {
            at: at(0),
            method: "GET",
            template: "/events",
            status: None,
            request_id: None,
            latency: ms(9_000),
            lane: Lane::Back,
            number: 1,
            class: Class::NoAnswer,
        });
        recorder.age(at(300));
        assert!(recorder.stats().failing && recorder.stats().slow);
        recorder.age(at(301));
        assert_eq!(recorder.stats(), Stats::default());
        assert_eq!(recorder.series()[0].count, 1, "what was counted stays counted");
    }
}
