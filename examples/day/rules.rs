//! The day as a test of the alert rules, which promtool decides: what was scraped as series, a minute
//! each, and for every minute what fires.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    fs,
    path::Path,
    process::Command,
};

use super::{
    claim::{self, Claim, How},
    clock::{Day, HASTE, MINUTES},
    place::HOLD,
    scrape::Scraped,
};

/// What the rules read, and what becomes of it on the way from the program's time into the day's.
const READ: &[(&str, Scale)] = &[
    ("caseload_breach", Scale::Is),
    ("caseload_breach_requests", Scale::Is),
    ("caseload_sla_breaches_total", Scale::Is),
    ("caseload_request_duration_seconds_count", Scale::Is),
    ("caseload_request_retries_total", Scale::Times(HASTE)),
    ("caseload_budget_limit", Scale::Is),
    ("caseload_budget_remaining", Scale::Is),
    ("caseload_budget_reset_timestamp_seconds", Scale::Instant),
    ("caseload_sync_lag_seconds", Scale::Times(POLLS)),
    ("caseload_sync_phase", Scale::Is),
    ("caseload_outbox_decisions", Scale::Is),
    ("caseload_outbox_oldest_seconds", Scale::Held),
    ("caseload_outbox_on_duty", Scale::Is),
    ("caseload_webhook_deliveries_total", Scale::Is),
];

/// Persona is asked every second, in life once a minute beneath a receiver.
const POLLS: f64 = 60.0;

/// What the output says of it.
pub const SCALES: &str = "ages of decisions ×240, but for the 5 s that they are held; retries ×240 (the rule is about a rate per second); \
    the sync's lag ×60 (polls come every second, in life every minute); the end of the window of requests \
    moved into the day; counts, shares and phases as they are";

#[derive(Debug, Clone, Copy)]
enum Scale {
    Is,
    Times(f64),
    /// An age, of which the time that a decision is held is as long as in life.
    Held,
    Instant,
}

/// Series of figures with their labels, in the notation of promtool.
pub fn series(scraped: &[Scraped], day: Day) -> Vec<(String, String)> {
    let mut series = Vec::new();
    for one in scraped {
        let own = format!(r#"instance="{}",job="{}""#, one.target.instance, one.target.job);
        let up = one.minutes.iter().map(|told| Some(f64::from(told.is_some())));
        series.push((format!("up{{{own}}}"), values(up)));
        let names: BTreeSet<&String> =
            one.minutes.iter().flatten().flat_map(BTreeMap::keys).collect();
        for name in names {
            let stem = name.split('{').next().unwrap_or_default();
            let Some((_, scale)) = READ.iter().find(|(read, _)| *read == stem) else { continue };
            let scaled = |value: &f64| match scale {
                Scale::Is => *value,
                Scale::Times(times) => value * times,
                Scale::Held if *value > HOLD as f64 => (value - HOLD as f64) * HASTE + HOLD as f64,
                Scale::Held => *value,
                Scale::Instant => day.seconds_at(*value),
            };
            let told = one.minutes.iter().map(|told| told.as_ref()?.get(name).map(scaled));
            let labels = match name.split_once('{') {
                Some((_, labels)) => format!("{},{own}", labels.trim_end_matches('}')),
                None => own.clone(),
            };
            series.push((format!("{stem}{{{labels}}}"), values(told)));
        }
    }
    series
}

/// What is not told any more is stale at once, as with a real scraper.
fn values(samples: impl Iterator<Item = Option<f64>>) -> String {
    let mut words: Vec<(String, usize)> = Vec::new();
    let mut before = None;
    for sample in samples {
        let word = match (sample, before) {
            (Some(value), _) => format!("{}", (value * 1e6).round() / 1e6),
            (None, Some(_)) => "stale".to_owned(),
            (None, None) => "_".to_owned(),
        };
        before = sample;
        match words.last_mut() {
            Some((last, times)) if *last == word && word != "stale" => *times += 1,
            _ => words.push((word, 1)),
        }
    }
    let words = words.into_iter().map(|(word, times)| match times {
        1 => word,
        // `_x3` stands for three, `5x3` for a five and three more.
        times if word == "_" => format!("_x{times}"),
        times => format!("{word}x{}", times - 1),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Lines of what promtool says.
const SHOWN: usize = 14;

/// A test of the minutes from one to another.
pub struct Test<'a> {
    pub rules: &'a Path,
    pub series: &'a [(String, String)],
    pub claims: &'a [Claim],
    pub minutes: std::ops::Range<usize>,
}

impl Test<'_> {
    /// Writes it, and lets promtool judge.
    ///
    /// # Errors
    /// In promtool's words, what is not as claimed.
    pub fn run(&self, file: &Path) -> anyhow::Result<Result<(), String>> {
        fs::write(file, self.text()?)?;
        let ran = Command::new("promtool").args(["test", "rules"]).arg(file).output()?;
        if ran.status.success() {
            return Ok(Ok(()));
        }
        let said = String::from_utf8_lossy(&[ran.stdout, ran.stderr].concat()).into_owned();
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        let (first, rest) = lines.split_at(lines.len().min(SHOWN));
        Ok(Err(format!("{}\n… and {} lines more", first.join("\n"), rest.len())))
    }

    fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        writeln!(text, "rule_files: ['{}']", self.rules.display())?;
        writeln!(text, "evaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:")?;
        for (name, values) in self.series {
            writeln!(text, "      - {{ series: '{name}', values: '{values}' }}")?;
        }
        writeln!(text, "    promql_expr_test:")?;
        for minute in self.minutes.clone() {
            let (fires, may) = claim::at(self.claims, minute);
            let but = if may.is_empty() {
                String::new()
            } else {
                format!(r#",alertname!~"{}""#, may.join("|"))
            };
            let query = format!(r#"group by (alertname) (ALERTS{{alertstate="firing"{but}}})"#);
            one(&mut text, &query, minute, &fires)?;
        }
        for claim in self.claims {
            if let How::Once { from, until } = claim.how
                && self.minutes.contains(&claim.begins)
            {
                let (alert, length) = (claim.alert, until - from);
                let query = format!(
                    r#"group by (alertname) (max_over_time(ALERTS{{alertstate="firing",alertname="{alert}"}}[{length}m]))"#
                );
                one(&mut text, &query, until.min(MINUTES - 1), &[alert])?;
            }
        }
        Ok(text)
    }
}

fn one(text: &mut String, query: &str, minute: usize, fires: &[&str]) -> std::fmt::Result {
    let samples =
        fires.iter().map(|alert| format!(r#"{{ labels: '{{alertname="{alert}"}}', value: 1 }}"#));
    let samples: Vec<String> = samples.collect();
    writeln!(
        text,
        "      - {{ expr: '{query}', eval_time: {minute}m, exp_samples: [{}] }}",
        samples.join(", ")
    )
}
