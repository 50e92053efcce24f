//! Reads the configuration: defaults, then the file, then the environment. A bad file is answered
//! with its place and the fix, and never with the offending line, which may hold a key.

use std::{
    fmt, fs, io,
    ops::RangeInclusive,
    path::{Path, PathBuf},
};

use super::Config;
use crate::secret::{KEY_VARIABLE, KeySource};

/// Overrides `persona.base_url`.
pub const BASE_URL_VARIABLE: &str = "PERSONA_BASE_URL";

/// A configuration and where it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub config: Config,
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    pub key: KeySource,
    /// The base URL came from the environment.
    pub base_url_from_environment: bool,
}

/// Place, what is wrong, and the fix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub file: String,
    /// From 1.
    pub at: Option<(usize, usize)>,
    pub what: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at {
            Some((line, column)) => write!(f, "{}:{line}:{column}: {}", self.file, self.what),
            None => write!(f, "{}: {}", self.file, self.what),
        }
    }
}

impl std::error::Error for Error {}

/// Reads `file` if it is there, then the environment through `variable`. With `required`, a file
/// that is not there is an error.
///
/// # Errors
/// If the file cannot be read or does not hold a configuration.
pub fn load(
    file: &Path,
    required: Required,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Loaded, Error> {
    let name = file.display().to_string();
    let (mut config, found) = match fs::read_to_string(file) {
        Ok(text) => (parse(&text, &name)?, true),
        Err(why) if why.kind() == io::ErrorKind::NotFound && required == Required::No => {
            (Config::default(), false)
        }
        Err(why) => {
            return Err(Error { file: name, at: None, what: format!("cannot be read: {why}") });
        }
    };
    let base = file.parent().unwrap_or(Path::new("."));
    let paths = [&mut config.persona.api_key_file, &mut config.store.dir, &mut config.log.file];
    for path in paths.into_iter().flatten() {
        *path = absolute(path, base, variable("HOME").as_deref());
    }
    let from_environment = variable(BASE_URL_VARIABLE).filter(|url| !url.is_empty());
    let base_url_from_environment = from_environment.is_some();
    if let Some(url) = from_environment {
        check_url(&url).map_err(|what| Error { file: BASE_URL_VARIABLE.into(), at: None, what })?;
        config.persona.base_url = url;
    }
    let key = match (&config.persona.api_key_file, variable(KEY_VARIABLE)) {
        (Some(path), None) => KeySource::File(path.clone()),
        _ => KeySource::Env(KEY_VARIABLE),
    };
    let file = found.then(|| file.to_owned());
    Ok(Loaded { config, file, key, base_url_from_environment })
}

/// Whether the file must exist: it must when somebody named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    Yes,
    No,
}

/// Reads one file's text; `name` is how errors call it.
pub fn parse(text: &str, name: &str) -> Result<Config, Error> {
    let config: Config = toml::from_str(text).map_err(|why| Error {
        file: name.to_owned(),
        at: why.span().map(|span| place(text, span.start)),
        what: explain(why.message()),
    })?;
    check(&config).map_err(|(path, what)| Error {
        file: name.to_owned(),
        at: find(text, path),
        what: format!("{path}: {what}"),
    })?;
    Ok(config)
}

fn place(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
    (line, column)
}

/// The place of `section.key`, for errors that the parser cannot know.
fn find(text: &str, path: &str) -> Option<(usize, usize)> {
    let (section, key) = path.rsplit_once('.')?;
    let mut inside = false;
    for (nth, line) in text.lines().enumerate() {
        let bare = line.trim_start();
        if let Some(header) = bare.strip_prefix('[') {
            inside =
                header.trim_start_matches('[').split(']').next().map(str::trim) == Some(section);
        } else if inside && bare.split('=').next().map(str::trim) == Some(key) {
            return Some((nth + 1, line.len() - bare.len() + 1));
        }
    }
    None
}

/// The parser's message with the fix, and without any value from the file.
fn explain(message: &str) -> String {
    let message = without_values(message);
    let names: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if let (true, Some((given, known))) =
        (message.starts_with("unknown field"), names.split_first())
    {
        if given.contains("key") && given.contains("api") {
            return format!(
                "`{given}`: keys never go into this file; set {KEY_VARIABLE}, or name a private file as persona.api_key_file"
            );
        }
        let nearest = known
            .iter()
            .map(|name| (strsim::damerau_levenshtein(given, name), *name))
            .filter(|(distance, name)| *distance <= name.len().max(3) / 2)
            .min();
        return match nearest {
            Some((_, name)) => format!("`{given}` is not a setting here; did you mean `{name}`?"),
            None => format!("`{given}` is not a setting here; there are: {}", known.join(", ")),
        };
    }
    message
}

/// Whatever stands in double quotes is from the file, and may be a secret.
fn without_values(message: &str) -> String {
    let mut parts = message.split('"');
    let mut out = parts.next().unwrap_or_default().to_owned();
    while let (Some(_value), rest) = (parts.next(), parts.next()) {
        out.push('…');
        out.push_str(rest.unwrap_or_default());
    }
    out.lines().next().unwrap_or_default().to_owned()
}

type Problem = (&'static str, String);

/// What types cannot say.
fn check(config: &Config) -> Result<(), Problem> {
    check_url(&config.persona.base_url).map_err(|what| ("persona.base_url", what))?;
    within("persona.timeout_seconds", config.persona.timeout_seconds, 1..=120)?;
    within("persona.connect_timeout_seconds", config.persona.connect_timeout_seconds, 1..=60)?;
    within("review.hold_seconds", config.review.hold_seconds, 0..=60)?;
    within("review.reveal_seconds", config.review.reveal_seconds, 5..=600)?;
    within("review.link_expires_hours", config.review.link_expires_hours, 1..=720)?;
    within("sync.poll_seconds", config.sync.poll_seconds, 1..=300)?;
    within("sync.quiet_poll_seconds", config.sync.quiet_poll_seconds, 1..=3_600)?;
    within("health.sla_ms", config.health.sla_ms, 1..=600_000)?;
    if !(0.0..=100.0).contains(&config.health.error_rate_percent) {
        return Err(("health.error_rate_percent", "must be from 0 to 100".into()));
    }
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    if !levels.contains(&config.log.level.as_str()) {
        return Err(("log.level", format!("must be one of {}", levels.join(", "))));
    }
    if config.reviewer.email.as_ref().is_some_and(|email| !email.contains('@')) {
        return Err(("reviewer.email", "must be an e-mail address".into()));
    }
    Ok(())
}

fn within(path: &'static str, value: u64, range: RangeInclusive<u64>) -> Result<(), Problem> {
    if range.contains(&value) {
        return Ok(());
    }
    Err((
        path,
        format!("{value} is out of range: {} to {} is accepted", range.start(), range.end()),
    ))
}

/// HTTPS, or plain HTTP to this machine: the key would travel in the clear otherwise.
fn check_url(raw: &str) -> Result<(), String> {
    let url = url::Url::parse(raw).map_err(|why| {
        format!("not a URL ({why}); one looks like https://api.withpersona.com/api/v1")
    })?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err("a URL with a user name or password is not accepted".into());
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
        other => Err(format!("{other}:// is not spoken here: use https")),
    }
}

fn absolute(path: &Path, base: &Path, home: Option<&str>) -> PathBuf {
    match (path.strip_prefix("~"), home) {
        (Ok(rest), Some(home)) => Path::new(home).join(rest),
        _ => base.join(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse(text, "c.toml").expect_err("the text is bad").to_string()
    }

    #[test]
    fn errors_name_the_place_and_the_fix_and_no_value() {
        let table = [
            (
                "[review]\nhold_second = 3\n",
                "c.toml:2:1: `hold_second` is not a setting here; did you mean `hold_seconds`?",
            ),
            (
                "[persona]\napi_key = \"persona_sandbox_x\"\n",
                "c.toml:2:1: `api_key`: keys never go into this file; set PERSONA_API_KEY, or name a private file as persona.api_key_file",
            ),
            (
                "[review]\n  hold_seconds = 99\n",
                "c.toml:2:3: review.hold_seconds: 99 is out of range: 0 to 60 is accepted",
            ),
            (
                "[persona]\nbase_url = \"http://example.test/api/v1\"\n",
                "c.toml:2:1: persona.base_url: plain http would send the API key in the clear: use https",
            ),
            (
                "[log]\nlevel = \"loud\"\n",
                "c.toml:2:1: log.level: must be one of off, error, warn, info, debug, trace",
            ),
        ];
        for (text, expected) in table {
            assert_eq!(message(text), expected);
        }
        let secret = message("[review]\nhold_seconds = \"persona_sandbox_verysecret\"\n");
        assert!(
            secret.starts_with("c.toml:2:16: invalid type") && !secret.contains("verysecret"),
            "{secret}"
        );
        assert!(message("[review\n").starts_with("c.toml:1:"));
    }

    #[test]
    fn the_environment_overrides_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("config.toml");
        fs::write(
            &file,
            "[persona]\nbase_url = \"https://a.test/api/v1\"\napi_key_file = \"key\"\n",
        )
        .unwrap();
        let plain = load(&file, Required::Yes, |_| None).unwrap();
        assert_eq!(plain.config.persona.base_url, "https://a.test/api/v1");
        assert!(matches!(plain.key, KeySource::File(path) if path == dir.path().join("key")));
        let variable = |name: &str| match name {
            BASE_URL_VARIABLE => Some("http://127.0.0.1:4010/api/v1".to_owned()),
            KEY_VARIABLE => Some("persona_sandbox_x".to_owned()),
            _ => None,
        };
        let loaded = load(&file, Required::Yes, variable).unwrap();
        assert_eq!(loaded.config.persona.base_url, "http://127.0.0.1:4010/api/v1");
        assert!(matches!(loaded.key, KeySource::Env(_)) && loaded.base_url_from_environment);
        let missing = dir.path().join("none.toml");
        assert_eq!(load(&missing, Required::No, |_| None).unwrap().config, Config::default());
        assert!(load(&missing, Required::Yes, |_| None).is_err());
    }
}
