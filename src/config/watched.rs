//! What is told to those who watch from outside, and when: figures, limits, breaches.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::check::{Problem, within};

/// When the footer warns.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Health {
    /// Above this p95 latency, in milliseconds.
    pub sla_ms: u64,
    /// Above this share of failed requests, 0 to 100.
    pub error_rate_percent: f64,
}

impl Default for Health {
    fn default() -> Self {
        Self { sla_ms: 5_000, error_rate_percent: 5.0 }
    }
}

/// Where a console's figures go.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Metrics {
    /// Where a console answers `/metrics`, `/healthz` and `/readyz`; nowhere without it.
    pub address: Option<SocketAddr>,
    /// A collector that takes OTLP over HTTP, from consoles and receivers; none without it.
    pub otlp_url: Option<String>,
    /// How often it is sent figures, 5 to 3600.
    pub otlp_seconds: u64,
}

impl Default for Metrics {
    fn default() -> Self {
        Self { address: None, otlp_url: None, otlp_seconds: 60 }
    }
}

/// Who is told of a breach of the limits in `health`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Breach {
    /// Program and arguments; nobody is told without them.
    pub command: Vec<String>,
    /// How long figures are bad before it is told, 0 to 3600.
    pub after_seconds: u64,
    /// How long they are good before it is over, 1 to 1440.
    pub clear_minutes: u64,
    /// When the command is killed, 1 to 300.
    pub timeout_seconds: u64,
}

impl Default for Breach {
    fn default() -> Self {
        Self { command: Vec::new(), after_seconds: 60, clear_minutes: 5, timeout_seconds: 10 }
    }
}

/// # Errors
/// With the first setting that cannot be used.
pub fn check(health: &Health, metrics: &Metrics, breach: &Breach) -> Result<(), Problem> {
    within("health.sla_ms", health.sla_ms, 1..=600_000)?;
    if !(0.0..=100.0).contains(&health.error_rate_percent) {
        return Err(("health.error_rate_percent", "must be from 0 to 100".to_owned()).into());
    }
    within("metrics.otlp_seconds", metrics.otlp_seconds, 5..=3_600)?;
    if let Some(url) = &metrics.otlp_url {
        collector(url).map_err(|what| ("metrics.otlp_url", what))?;
    }
    if breach.command.first().is_some_and(|program| program.trim().is_empty()) {
        return Err(("breach.command", "the first entry is the program".to_owned()).into());
    }
    within("breach.after_seconds", breach.after_seconds, 0..=3_600)?;
    within("breach.clear_minutes", breach.clear_minutes, 1..=1_440)?;
    within("breach.timeout_seconds", breach.timeout_seconds, 1..=300)
}

fn collector(raw: &str) -> Result<(), String> {
    let example = "one looks like http://127.0.0.1:4318/v1/metrics";
    let url = url::Url::parse(raw).map_err(|why| format!("not a URL ({why}); {example}"))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user name or password is not accepted".to_owned());
    }
    match url.scheme() {
        "http" | "https" if url.host().is_some() => Ok(()),
        _ => Err(format!("http and https are spoken here; {example}")),
    }
}
