//! What types cannot say about a configuration: ranges, addresses, URLs.

use std::ops::RangeInclusive;

use super::{CaseStatus, Config, Reason, cases, keys, queue, relations, watched};
use crate::{
    model::StatusKind,
    secret::{STORE_URL_VARIABLE, StoreUrl},
};

/// What is wrong with a setting.
#[derive(Debug)]
pub struct Problem {
    /// `section.name`
    pub setting: &'static str,
    /// Where in it, by the file's own names; they are not repeated to anybody.
    pub below: Vec<String>,
    pub what: String,
}

impl From<(&'static str, String)> for Problem {
    fn from((setting, what): (&'static str, String)) -> Self {
        Self { setting, below: Vec::new(), what }
    }
}

/// # Errors
/// With the first setting that cannot be used.
pub fn check(config: &Config) -> Result<(), Problem> {
    base_url(&config.persona.base_url).map_err(|what| ("persona.base_url", what))?;
    within("persona.timeout_seconds", config.persona.timeout_seconds, 1..=120)?;
    within("persona.connect_timeout_seconds", config.persona.connect_timeout_seconds, 1..=60)?;
    commands(config)?;
    within("review.hold_seconds", config.review.hold_seconds, 0..=60)?;
    within("store.retention_days", config.store.retention_days.into(), 1..=3650)?;
    store_url(config.store.url.as_deref()).map_err(|what| ("store.url", what))?;
    within("review.reveal_seconds", config.review.reveal_seconds, 5..=600)?;
    within("review.link_expires_hours", config.review.link_expires_hours, 1..=720)?;
    within("sync.poll_seconds", config.sync.poll_seconds, 1..=300)?;
    within("sync.quiet_poll_seconds", config.sync.quiet_poll_seconds, 1..=3_600)?;
    within("sync.webhook_poll_seconds", config.sync.webhook_poll_seconds, 1..=3_600)?;
    within("listen.max_age_seconds", config.listen.max_age_seconds, 30..=3_600)?;
    within("listen.body_limit_kib", config.listen.body_limit_kib, 16..=16_384)?;
    let path = &config.listen.path;
    if !path.starts_with('/') || path.contains(['?', '#', ' ']) {
        return Err(("listen.path", "must be a path, like /persona".to_owned()).into());
    }
    if config.listen.certificate.is_some() != config.listen.private_key.is_some() {
        let (setting, what) = match config.listen.certificate {
            Some(_) => ("listen.certificate", "goes with listen.private_key"),
            None => ("listen.private_key", "goes with listen.certificate"),
        };
        return Err((setting, what.to_owned()).into());
    }
    watched::check(&config.health, &config.metrics, &config.breach)?;
    within("ui.photo_kib", config.ui.photo_kib, 16..=8_192)?;
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    if !levels.contains(&config.log.level.as_str()) {
        return Err(("log.level", format!("must be one of {}", levels.join(", "))).into());
    }
    if config.reviewer.email.as_ref().is_some_and(|email| !email.contains('@')) {
        return Err(("reviewer.email", "must be an e-mail address".to_owned()).into());
    }
    reasons(&config.reasons.approve).map_err(|what| ("reasons.approve", what))?;
    reasons(&config.reasons.decline).map_err(|what| ("reasons.decline", what))?;
    reasons(&config.reasons.dismiss).map_err(|what| ("reasons.dismiss", what))?;
    if config.reasons.dismiss.is_empty() {
        let what = "Persona asks for a reason to dismiss a match: list one".to_owned();
        return Err(("reasons.dismiss", what).into());
    }
    statuses(&config.cases.default_statuses).map_err(|what| ("cases.default_statuses", what))?;
    statuses(config.cases.statuses.values().flatten()).map_err(|what| ("cases.statuses", what))?;
    queue::check(&config.queue)?;
    cases::check(&config.cases.layout)?;
    keys::check(&config.keys)?;
    relations::check(&config.relations)
}

pub fn within(path: &'static str, value: u64, range: RangeInclusive<u64>) -> Result<(), Problem> {
    if range.contains(&value) {
        return Ok(());
    }
    let (least, most) = (range.start(), range.end());
    Err((path, format!("{value} is out of range: {least} to {most} is accepted")).into())
}

/// A digit picks a reason, so there are nine at most.
pub fn reasons(reasons: &[Reason]) -> Result<(), String> {
    if reasons.len() > 9 {
        return Err(format!("{} reasons: a digit picks one, so 9 at most", reasons.len()));
    }
    if reasons.iter().any(|reason| reason.code.trim().is_empty() || reason.text.trim().is_empty()) {
        return Err("a reason needs a code and a text".into());
    }
    Ok(())
}

/// A command has a program, a credential is a name and no path.
fn commands(config: &Config) -> Result<(), Problem> {
    let (persona, store, listen) = (&config.persona, &config.store, &config.listen);
    for (setting, command) in [
        ("persona.api_key_command", &persona.api_key_command),
        ("store.field_key_command", &store.field_key_command),
        ("listen.secrets_command", &listen.secrets_command),
    ] {
        let program = command.as_ref().map(|line| line.first().map_or("", String::as_str));
        if program.is_some_and(|program| program.trim().is_empty()) {
            let what = "must begin with a program: [\"pass\", \"show\", \"persona/key\"]";
            return Err((setting, what.to_owned()).into());
        }
    }
    for (setting, name) in [
        ("persona.api_key_credential", &persona.api_key_credential),
        ("store.field_key_credential", &store.field_key_credential),
        ("listen.secrets_credential", &listen.secrets_credential),
    ] {
        let is_bad = |name: &String| name.is_empty() || name.starts_with('.') || name.contains('/');
        if name.as_ref().is_some_and(is_bad) {
            let what = "must be a name, as in LoadCredential=NAME:/path of the unit";
            return Err((setting, what.to_owned()).into());
        }
    }
    Ok(())
}

fn statuses<'a>(statuses: impl IntoIterator<Item = &'a CaseStatus>) -> Result<(), String> {
    for status in statuses {
        if status.name.trim().is_empty() {
            return Err("a status needs a name".into());
        }
        if status.kind == StatusKind::Unknown {
            return Err("kind must be one of initial, intermediate, end".into());
        }
    }
    Ok(())
}

/// Others may read the file, and it is printed.
fn store_url(raw: Option<&str>) -> Result<(), String> {
    match raw.map(StoreUrl::parse).transpose()? {
        Some(url) if url.has_password() => Err(format!(
            "a password stands in it: leave it out, and put it into ~/.pgpass or the whole URL into {STORE_URL_VARIABLE}"
        )),
        _ => Ok(()),
    }
}

/// HTTPS, or plain HTTP to this machine: the key would travel in the clear otherwise.
///
/// # Errors
/// In words that do not repeat the URL.
pub fn base_url(raw: &str) -> Result<(), String> {
    let url = url::Url::parse(raw).map_err(|why| {
        format!("not a URL ({why}); one looks like https://api.withpersona.com/api/v1")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user name or password is not accepted".into());
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err("the URL ends with its path, /api/v1: no ? and no #".into());
    }
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost",
        Some(url::Host::Ipv4(address)) => address.is_loopback(),
        Some(url::Host::Ipv6(address)) => address.is_loopback(),
        None => return Err("the URL names no host".into()),
    };
    match url.scheme() {
        "https" => Ok(()),
        "http" if local => Ok(()),
        "http" => Err("plain http would send the API key in the clear: use https".into()),
        _ => Err("only https is spoken here".into()),
    }
}
