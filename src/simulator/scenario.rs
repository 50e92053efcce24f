//! What goes wrong: rules from a TOML file, each matching some requests and doing one thing.

use std::time::Duration;

use serde::Deserialize;

/// Rules in order; the first that matches and has not worn off applies.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    #[serde(default, rename = "rule")]
    rules: Vec<Rule>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    /// `GET` or `POST`; both if missing.
    method: Option<String>,
    /// A part of the path; any if missing.
    path: Option<String>,
    /// The share of matching requests, 0.0 to 1.0.
    #[serde(default = "always")]
    share: f64,
    /// Only so many times.
    times: Option<u32>,
    /// Before anything else, in milliseconds.
    #[serde(default)]
    latency_ms: u64,
    /// Up to so much more.
    #[serde(default)]
    jitter_ms: u64,
    #[serde(default)]
    fault: Fault,
}

/// What happens to a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing but latency.
    #[default]
    None,
    /// 429, as if others had used the budget up.
    RateLimited,
    /// 503 before it takes effect, not stored.
    Unavailable,
    /// 500 before it takes effect, stored for its key.
    Error,
    /// 500 after it took effect, stored for its key.
    ErrorAfter,
    /// 409, somebody changed the object at the same time.
    Stale,
    /// It takes effect; the answer never comes and the connection is closed.
    LostAnswer,
    /// The connection is closed before it takes effect.
    LostRequest,
    /// Never answered, never closed, no effect.
    Stuck,
}

fn always() -> f64 {
    1.0
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

shipped!["calm", "slow", "storm", "flaky", "lost-answers", "errors", "outage", "stuck"];

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

    pub fn parse(text: &str) -> Result<Self, toml::de::Error> {
        toml::from_str(text)
    }

    /// What happens to a request; wears off rules that apply a number of times.
    pub fn strike(
        &mut self,
        method: &str,
        path: &str,
        dice: &mut fastrand::Rng,
    ) -> (Duration, Fault) {
        for rule in &mut self.rules {
            let matches = rule.method.as_ref().is_none_or(|wanted| wanted == method)
                && rule.path.as_ref().is_none_or(|part| path.contains(part.as_str()))
                && rule.times != Some(0)
                && dice.f64() < rule.share;
            if matches {
                rule.times = rule.times.map(|left| left - 1);
                let jitter = if rule.jitter_ms > 0 { dice.u64(0..=rule.jitter_ms) } else { 0 };
                return (Duration::from_millis(rule.latency_ms + jitter), rule.fault);
            }
        }
        (Duration::ZERO, Fault::None)
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
        assert!(Scenario::named("nonsense").unwrap_err().to_string().contains("calm, slow"));
    }

    #[test]
    fn rules_wear_off_and_match_by_method_and_path() {
        let text = "[[rule]]\nmethod = \"POST\"\npath = \"/approve\"\ntimes = 1\nfault = \"lost-answer\"\n";
        let mut scenario = Scenario::parse(text).unwrap();
        let mut dice = fastrand::Rng::with_seed(1);
        assert_eq!(scenario.strike("GET", "/inquiries/x/approve", &mut dice).1, Fault::None);
        assert_eq!(scenario.strike("POST", "/inquiries/x/approve", &mut dice).1, Fault::LostAnswer);
        assert_eq!(scenario.strike("POST", "/inquiries/x/approve", &mut dice).1, Fault::None);
    }
}
