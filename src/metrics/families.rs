//! Everything that is told of a process, as families of figures: what `/metrics` and OTLP say alike.
//!
//! Names follow Prometheus: `caseload_`, a unit at the end, and `_total` behind what only grows.

use std::{collections::BTreeMap, time::Duration};

use jiff::Timestamp;

use super::{BOUNDS_MS, Class, Happening, Recorder, Series, Verdict};

/// What is told beside what the recorder knows.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Around {
    pub now: Timestamp,
    pub sync: Option<SyncFigures>,
    /// What is on its way; none where it could not be read.
    pub outbox: Option<Vec<Depth>>,
    /// Whether a process sends for everybody, where that is one's duty.
    pub is_sent: Option<bool>,
    /// Webhooks are received here.
    pub receives: bool,
    pub process: Process,
}

/// What this process uses, as far as the system tells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Process {
    pub resident_bytes: Option<u64>,
    /// Files and connections.
    pub open_files: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncFigures {
    pub phase: &'static str,
    /// All that there are.
    pub phases: &'static [&'static str],
    /// When Persona last told how things are.
    pub last_ok: Option<Timestamp>,
}

/// How many decisions are in a state, and since when the oldest of them waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    pub state: &'static str,
    pub count: u64,
    pub oldest: Option<Timestamp>,
}

/// Figures of one name.
#[derive(Debug, Clone, PartialEq)]
pub struct Family {
    /// Without `_total`.
    pub name: &'static str,
    pub help: &'static str,
    pub kind: Kind,
    pub samples: Vec<Sample>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Counter,
    Gauge,
    Histogram,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub labels: Vec<(&'static str, String)>,
    pub value: Value,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    Count(u64),
    Figure(f64),
    Histogram {
        /// In seconds.
        sum: f64,
        count: u64,
        /// Upper bounds in seconds, the last one infinite, and how many lie in each.
        buckets: Vec<(f64, u64)>,
    },
}

impl Family {
    /// The names under which a scraper finds its samples.
    pub fn sample_names(&self) -> Vec<String> {
        let name = self.name;
        match self.kind {
            Kind::Gauge => vec![name.to_owned()],
            Kind::Counter => vec![format!("{name}_total")],
            Kind::Histogram => {
                ["bucket", "sum", "count"].map(|part| format!("{name}_{part}")).to_vec()
            }
        }
    }
}

/// All families, also those of which nothing has happened yet.
pub fn families(recorder: &Recorder, around: &Around) -> Vec<Family> {
    let series = recorder.series();
    let mut all = vec![gauge(
        "caseload_build_info",
        "The version that runs.",
        vec![sample(&[("version", env!("CARGO_PKG_VERSION"))], Value::Figure(1.0))],
    )];
    all.extend(requests(&series));
    all.extend(recent(recorder));
    all.extend(sync(around));
    all.extend(outbox(around));
    all.extend(process(around.process));
    all.extend(happened(recorder.happened(), around.receives));
    all
}

fn requests(series: &[Series]) -> Vec<Family> {
    let labels = |one: &Series| {
        vec![
            ("method", one.method.to_owned()),
            ("template", one.template.to_owned()),
            ("lane", one.lane.as_str().to_owned()),
        ]
    };
    let counted = series.iter().map(|one| {
        let mut labels = labels(one);
        labels.push(("class", one.class.as_str().to_owned()));
        Sample { labels, value: Value::Count(one.count) }
    });
    // How long an answer takes cannot be told from what was not waited for.
    let mut answered: BTreeMap<_, (Duration, u64, [u64; BOUNDS_MS.len() + 1], u64)> =
        BTreeMap::new();
    let mut retries: BTreeMap<_, u64> = BTreeMap::new();
    for one in series {
        *retries.entry(labels(one)).or_default() += one.retries;
        if one.class == Class::Abandoned {
            continue;
        }
        let (total, count, buckets, slow) = answered.entry(labels(one)).or_default();
        *total += one.total;
        *count += one.count;
        *slow += one.slow;
        for (sum, more) in buckets.iter_mut().zip(one.buckets) {
            *sum += more;
        }
    }
    let bounds = || BOUNDS_MS.iter().map(|ms| *ms as f64 / 1_000.0).chain([f64::INFINITY]);
    let durations = answered.iter().map(|(labels, (total, count, buckets, _))| Sample {
        labels: labels.clone(),
        value: Value::Histogram {
            sum: total.as_secs_f64(),
            count: *count,
            buckets: bounds().zip(*buckets).collect(),
        },
    });
    let slow = answered
        .iter()
        .map(|(labels, (.., slow))| Sample { labels: labels.clone(), value: Value::Count(*slow) });
    let retried = retries
        .iter()
        .map(|(labels, retries)| Sample { labels: labels.clone(), value: Value::Count(*retries) });
    vec![
        counter(
            "caseload_requests",
            "Requests to Persona, each try of its own, by what they came to.",
            counted.collect(),
        ),
        Family {
            name: "caseload_request_duration_seconds",
            help: "How long Persona took to answer, or not to.",
            kind: Kind::Histogram,
            samples: durations.collect(),
        },
        counter(
            "caseload_sla_breaches",
            "Requests to Persona that took longer than health.sla_ms.",
            slow.collect(),
        ),
        counter(
            "caseload_request_retries",
            "Requests to Persona that were not the first try.",
            retried.collect(),
        ),
    ]
}

/// What the footer shows.
fn recent(recorder: &Recorder) -> Vec<Family> {
    let (stats, limits) = (recorder.stats(), recorder.thresholds());
    let percentiles = [("50", stats.p50), ("95", stats.p95)];
    let latency = percentiles.into_iter().filter_map(|(percentile, latency)| {
        let value = Value::Figure(latency?.as_secs_f64());
        Some(sample(&[("percentile", percentile)], value))
    });
    let one = |value: Option<f64>| value.map(|value| sample(&[], Value::Figure(value)));
    let all = |value: Option<f64>| one(value).into_iter().collect();
    let breach = [("latency", stats.slow), ("errors", stats.failing)];
    let breach = breach.map(|(kind, is)| sample(&[("kind", kind)], Value::Figure(f64::from(is))));
    let above = [("latency", stats.slow_attempts), ("errors", stats.errors)];
    let above = above.map(|(kind, n)| sample(&[("kind", kind)], Value::Figure(n as f64)));
    let budget = stats.budget;
    vec![
        gauge(
            "caseload_recent_requests",
            "Requests that the recent figures stand on: five minutes, 512 at most.",
            all(Some(stats.attempts as f64)),
        ),
        gauge(
            "caseload_recent_latency_seconds",
            "Percentiles of recent latency, as the footer shows them.",
            latency.collect(),
        ),
        gauge(
            "caseload_recent_error_ratio",
            "The share of recent requests that failed, 0 to 1, as the footer shows it.",
            all(stats.error_rate),
        ),
        gauge(
            "caseload_breach",
            "Whether recent figures are above their limit, as the footer warns.",
            breach.into(),
        ),
        gauge(
            "caseload_breach_requests",
            "Recent requests that were slower than the limit, or failed: of few, one is above it.",
            above.into(),
        ),
        gauge(
            "caseload_sla_seconds",
            "The limit of the 95th percentile of latency: health.sla_ms.",
            all(Some(limits.sla.as_secs_f64())),
        ),
        gauge(
            "caseload_error_ratio_limit",
            "The limit of the error rate: health.error_rate_percent, 0 to 1.",
            all(Some(limits.error_rate)),
        ),
        gauge(
            "caseload_budget_limit",
            "Requests that Persona allows in a window, to everybody of the environment.",
            all(budget.map(|budget| f64::from(budget.limit))),
        ),
        gauge(
            "caseload_budget_remaining",
            "Requests that are left in the window.",
            all(budget.map(|budget| f64::from(budget.remaining))),
        ),
        gauge(
            "caseload_budget_reset_timestamp_seconds",
            "When the window ends.",
            all(budget.map(|budget| seconds(budget.resets_at))),
        ),
    ]
}

fn sync(around: &Around) -> Vec<Family> {
    let (mut phases, mut lag) = (Vec::new(), Vec::new());
    if let Some(sync) = &around.sync {
        let is = |phase: &&'static str| Value::Figure(f64::from(*phase == sync.phase));
        phases = sync.phases.iter().map(|phase| sample(&[("phase", phase)], is(phase))).collect();
        let age = sync.last_ok.map(|at| since(at, around.now));
        lag = age.map(|age| sample(&[], Value::Figure(age))).into_iter().collect();
    }
    vec![
        gauge(
            "caseload_sync_phase",
            "How the local copy stands to Persona: 1 for what is.",
            phases,
        ),
        gauge(
            "caseload_sync_lag_seconds",
            "Since Persona last told how things are: an answer, or a webhook.",
            lag,
        ),
    ]
}

fn outbox(around: &Around) -> Vec<Family> {
    let depths = around.outbox.iter().flatten();
    let counts = depths.clone();
    let counts = counts
        .map(|depth| sample(&[("state", depth.state)], Value::Figure(depth.count as f64)))
        .collect();
    let on_duty = around.is_sent.map(|is_sent| sample(&[], Value::Figure(f64::from(is_sent))));
    // Nothing that waits is no time at all.
    let oldest = depths.map(|depth| {
        let age = depth.oldest.map_or(0.0, |at| since(at, around.now));
        sample(&[("state", depth.state)], Value::Figure(age))
    });
    vec![
        gauge(
            "caseload_outbox_decisions",
            "Decisions that have not reached Persona, by state: those of everybody on this store.",
            counts,
        ),
        gauge(
            "caseload_outbox_oldest_seconds",
            "Since the oldest of them was made.",
            oldest.collect(),
        ),
        gauge(
            "caseload_outbox_on_duty",
            "Of a shared database: 1 where some process sends what everybody decides.",
            on_duty.into_iter().collect(),
        ),
    ]
}

/// By the names that Prometheus' own libraries give them.
fn process(process: Process) -> Vec<Family> {
    let one = |value: Option<f64>| {
        value.map(|value| sample(&[], Value::Figure(value))).into_iter().collect()
    };
    vec![
        gauge(
            "process_resident_memory_bytes",
            "Memory that the process holds.",
            one(process.resident_bytes.map(|bytes| bytes as f64)),
        ),
        gauge(
            "process_open_fds",
            "Files and connections that the process has open.",
            one(process.open_files.map(|files| files as f64)),
        ),
    ]
}

fn happened(all: Vec<(Happening, u64)>, receives: bool) -> Vec<Family> {
    let (mut events, mut decided, mut ended) = (Vec::new(), Vec::new(), Vec::new());
    // A verdict that was never given is told as well, so that its first time is a rise.
    let mut verdicts: BTreeMap<Verdict, u64> = BTreeMap::new();
    if receives {
        verdicts.extend(Verdict::ALL.map(|verdict| (verdict, 0)));
    }
    for (what, times) in all {
        let value = Value::Count(times);
        match what {
            Happening::Event { name, way } => {
                events.push(sample(&[("kind", name.as_str()), ("way", way.as_str())], value));
            }
            Happening::Delivery(verdict) => *verdicts.entry(verdict).or_default() += times,
            Happening::Decided { kind } => decided.push(sample(&[("kind", kind)], value)),
            Happening::Ended { kind, outcome } => {
                ended.push(sample(&[("kind", kind), ("outcome", outcome)], value));
            }
        }
    }
    let verdicts = verdicts
        .into_iter()
        .map(|(verdict, times)| sample(&[("verdict", verdict.as_str())], Value::Count(times)));
    vec![
        counter("caseload_events", "Events of Persona's that were not known before.", events),
        counter(
            "caseload_webhook_deliveries",
            "Webhooks that came in, by what became of them.",
            verdicts.collect(),
        ),
        counter("caseload_decisions", "Decisions that were committed here.", decided),
        counter(
            "caseload_decisions_ended",
            "Decisions that were delivered from here: done, refused by Persona, or stopped.",
            ended,
        ),
    ]
}

fn counter(name: &'static str, help: &'static str, samples: Vec<Sample>) -> Family {
    Family { name, help, kind: Kind::Counter, samples }
}

fn gauge(name: &'static str, help: &'static str, samples: Vec<Sample>) -> Family {
    Family { name, help, kind: Kind::Gauge, samples }
}

fn sample(labels: &[(&'static str, &str)], value: Value) -> Sample {
    let labels = labels.iter().map(|(name, label)| (*name, (*label).to_owned())).collect();
    Sample { labels, value }
}

fn seconds(at: Timestamp) -> f64 {
    at.as_millisecond() as f64 / 1_000.0
}

/// A clock that was set back makes no time negative.
fn since(at: Timestamp, now: Timestamp) -> f64 {
    now.duration_since(at).as_secs_f64().max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        metrics::{Attempt, Thresholds},
        model::Lane,
    };

    fn family(all: &[Family], name: &str) -> Vec<Sample> {
        all.iter().find(|family| family.name == name).expect("it is there").samples.clone()
    }

    #[test]
    fn what_was_not_waited_for_is_counted_and_has_no_duration() {
        let recorder = Recorder::new(Thresholds::default());
        let attempt = |class, seconds, number| Attempt {
            at: Timestamp::UNIX_EPOCH,
            method: "GET",
            template: "/events",
            status: None,
            request_id: None,
            latency: Duration::from_secs(seconds),
            lane: Lane::Back,
            number,
            class,
        };
        recorder.record(&attempt(Class::Ok, 1, 1));
        recorder.record(&attempt(Class::NoAnswer, 7, 2));
        recorder.record(&attempt(Class::Abandoned, 60, 3));
        let all = families(&recorder, &Around::default());
        assert_eq!(family(&all, "caseload_requests").len(), 3);
        let durations = family(&all, "caseload_request_duration_seconds");
        let [Sample { value: Value::Histogram { sum, count, buckets }, .. }] = &durations[..]
        else {
            panic!("{durations:?}");
        };
        assert_eq!((*sum, *count), (8.0, 2));
        assert_eq!(buckets.iter().map(|(_, n)| n).sum::<u64>(), 2);
        assert!(buckets.last().is_some_and(|(bound, _)| bound.is_infinite()));
        let value = |name| family(&all, name)[0].value.clone();
        assert_eq!(value("caseload_sla_breaches"), Value::Count(1));
        assert_eq!(value("caseload_request_retries"), Value::Count(2));
        assert_eq!(value("caseload_recent_requests"), Value::Figure(2.0));
        let above = family(&all, "caseload_breach_requests");
        let above: Vec<Value> = above.into_iter().map(|kind| kind.value).collect();
        assert_eq!(above, [1.0, 1.0].map(Value::Figure));
    }

    #[test]
    fn ages_are_since_then_and_never_negative() {
        let recorder = Recorder::new(Thresholds::default());
        let at = |second| Timestamp::from_second(second).unwrap();
        let depth = |state, count, oldest| Depth { state, count, oldest };
        let around = Around {
            now: at(100),
            sync: Some(SyncFigures { phase: "b", phases: &["a", "b"], last_ok: Some(at(120)) }),
            outbox: Some(vec![depth("held", 0, None), depth("waiting", 3, Some(at(40)))]),
            is_sent: Some(true),
            receives: true,
            process: Process { resident_bytes: Some(7), open_files: None },
        };
        let all = families(&recorder, &around);
        let values = |name| -> Vec<Value> {
            family(&all, name).into_iter().map(|sample| sample.value).collect()
        };
        let figures = |figures: [f64; 2]| figures.map(Value::Figure).to_vec();
        assert_eq!(values("caseload_sync_phase"), figures([0.0, 1.0]));
        assert_eq!(values("caseload_sync_lag_seconds"), [Value::Figure(0.0)]);
        assert_eq!(values("caseload_outbox_decisions"), figures([0.0, 3.0]));
        assert_eq!(values("caseload_outbox_oldest_seconds"), figures([0.0, 60.0]));
        assert_eq!(values("caseload_outbox_on_duty"), [Value::Figure(1.0)]);
        assert_eq!(values("process_resident_memory_bytes"), [Value::Figure(7.0)]);
        assert!(values("process_open_fds").is_empty());
        let verdicts = values("caseload_webhook_deliveries");
        assert_eq!(verdicts, vec![Value::Count(0); Verdict::ALL.len()]);
    }
}
