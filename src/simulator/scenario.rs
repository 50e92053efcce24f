//! What goes wrong: rules from a TOML file, each matching some requests and doing one thing.
//!
//! ```toml
//! strict = true                # refuse every parameter and member that the contract does not name
//!
//! [[rule]]
//! method = "POST"              # any method if left out
//! path = "/approve"            # a part of the path; any path if left out
//! share = 0.5                  # of the matching requests; all if left out
//! times = 3                    # so often at most
//! latency_ms = 200             # wait before anything happens,
//! jitter_ms = 800              # and up to so much more
//! pause_ms = 200               # between the pieces of a slow body
//! others = 20                  # others use up so much of the shared rate limit
//! retry_after = 7              # a 429 or 503 says when to come back, in seconds
//! fault = "lost-answer"        # one of the faults; nothing but the above if left out
//!
//! [webhooks]
//! duplicates = 0.2             # the share of deliveries that are sent twice
//! reorder = true               # later events may be delivered first
//! lost = 0.1                   # the share of deliveries that nobody ever sees
//! late_seconds = 30            # every other delivery sets out so much later
//! ```

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fault::Fault;

/// Rules in order; the first that matches and has not worn off applies.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// Requests are held to the letter of the contract.
    #[serde(default)]
    pub strict: bool,
    #[serde(default)]
    pub webhooks: Disorder,
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    rules: Vec<Rule>,
}

/// How deliveries of webhooks go astray.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Disorder {
    /// From 0.0 to 1.0.
    pub duplicates: f64,
    pub reorder: bool,
    /// From 0.0 to 1.0.
    pub lost: f64,
    pub late_seconds: u32,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    method: Option<String>,
    path: Option<String>,
    #[serde(default = "always")]
    share: f64,
    times: Option<u32>,
    #[serde(default)]
    latency_ms: u64,
    #[serde(default)]
    jitter_ms: u64,
    #[serde(default = "fifth_of_a_second")]
    pause_ms: u64,
    #[serde(default)]
    others: u32,
    retry_after: Option<u32>,
    #[serde(default)]
    fault: Fault,
}

/// What strikes one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Strike {
    pub latency: Duration,
    pub pause: Duration,
    pub others: u32,
    pub retry_after: Option<u32>,
    pub fault: Fault,
}

fn always() -> f64 {
    1.0
}

fn fifth_of_a_second() -> u64 {
    200
}

/// There is no scenario of that name.
#[derive(Debug, thiserror::Error)]
#[error("there is no scenario {0:?}; there are: {1}")]
pub struct UnknownScenario(String, String);

macro_rules! shipped {
    ($($name:literal),* $(,)?) => {
        const SHIPPED: &[(&str, &str)] =
            &[$(($name, include_str!(concat!("../../assets/scenarios/", $name, ".toml")))),*];
    };
}

shipped![
    "calm",
    "strict",
    "slow",
    "storm",
    "shared",
    "flaky",
    "lost-answers",
    "errors",
    "outage",
    "stuck",
    "odd-answers",
    "webhook-chaos",
];

impl Scenario {
    /// One of those that come with the program.
    ///
    /// # Errors
    /// If there is none of that name; the error lists them.
    pub fn named(name: &str) -> Result<Self, UnknownScenario> {
        let text = SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| text);
        let text =
            text.ok_or_else(|| UnknownScenario(name.to_owned(), Self::names().join(", ")))?;
        Ok(Self::parse(text).expect("a test reads every shipped scenario"))
    }

    pub fn names() -> Vec<&'static str> {
        SHIPPED.iter().map(|(name, _)| *name).collect()
    }

    /// # Errors
    /// With line and column, if the text is not a scenario.
    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// Puts the rules of another scenario before these.
    pub fn first(&mut self, urgent: Self) {
        self.rules.splice(0..0, urgent.rules);
    }

    /// What happens to a request; wears off rules that apply a number of times.
    pub fn strike(&mut self, method: &str, path: &str, dice: &mut fastrand::Rng) -> Strike {
        for rule in &mut self.rules {
            let matches = rule.method.as_ref().is_none_or(|wanted| wanted == method)
                && rule.path.as_ref().is_none_or(|part| path.contains(part.as_str()))
                && rule.times != Some(0)
                && dice.f64() < rule.share;
            if matches {
                rule.times = rule.times.map(|left| left - 1);
                let jitter = if rule.jitter_ms > 0 { dice.u64(0..=rule.jitter_ms) } else { 0 };
                return Strike {
                    latency: Duration::from_millis(rule.latency_ms.saturating_add(jitter)),
                    pause: Duration::from_millis(rule.pause_ms),
                    others: rule.others,
                    retry_after: rule.retry_after,
                    fault: rule.fault,
                };
            }
        }
        Strike::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_scenario_is_read() {
        for name in Scenario::names() {
            Scenario::named(name).unwrap();
        }
        assert!(Scenario::named("nonsense").unwrap_err().to_string().contains("calm, strict"));
    }

    #[test]
    fn a_bad_file_is_told_with_its_place() {
        let why = Scenario::parse("[[rule]]\nfault = \"lost\"\n").unwrap_err().to_string();
        assert!(why.contains("line 2, column 9"), "{why}");
    }

    #[test]
    fn rules_wear_off_and_match_by_method_and_path() {
        let text = "[[rule]]\nmethod = \"POST\"\npath = \"/approve\"\ntimes = 1\nfault = \"lost-answer\"\n";
        let mut scenario = Scenario::parse(text).unwrap();
        let mut dice = fastrand::Rng::with_seed(1);
        let mut strike = |method: &str| scenario.strike(method, "/inquiries/x/approve", &mut dice);
        assert_eq!(strike("GET").fault, Fault::None);
        assert_eq!(strike("POST").fault, Fault::LostAnswer);
        assert_eq!(strike("POST").fault, Fault::None);
    }
}
