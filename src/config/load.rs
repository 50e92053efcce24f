//! Reads the configuration: defaults, then the file, then the environment. A bad file is answered
//! with its place and the fix, and never with the offending line, which may hold a key.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    Config, check,
    explain::{self, Error},
    sources,
};
use crate::secret::{FieldKeySource, KeySource, STORE_URL_VARIABLE, StoreUrl, WebhookSecrets};

/// Overrides `persona.base_url`.
pub const BASE_URL_VARIABLE: &str = "PERSONA_BASE_URL";

/// A configuration and where it came from.
#[derive(Debug, Clone)]
pub struct Loaded {
    pub config: Config,
    /// The file that was read, if there was one.
    pub file: Option<PathBuf>,
    pub key: KeySource,
    /// What the local copy is sealed with.
    pub field_key: FieldKeySource,
    /// The shared database, where the store is one.
    pub store_url: Option<StoreUrl>,
    /// What webhooks are proved by.
    pub webhook_secrets: WebhookSecrets,
    /// The base URL came from the environment.
    pub base_url_from_environment: bool,
    /// What the file says; it holds no key of Persona's.
    text: String,
    name: String,
}

impl Loaded {
    /// What somebody else found wrong with a setting: with its place in the file.
    pub fn wrong(&self, setting: &[&str], what: &str) -> Error {
        let at = explain::where_set(&self.text, setting);
        Error { file: self.name.clone(), at, what: format!("{}: {what}", setting[0]) }
    }
}

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
    let (mut config, text) = match fs::read_to_string(file) {
        Ok(text) => (parse(&text, &name)?, Some(text)),
        Err(why) if why.kind() == io::ErrorKind::NotFound && required == Required::No => {
            (Config::default(), None)
        }
        Err(why) => {
            return Err(Error { file: name, at: None, what: format!("cannot be read: {why}") });
        }
    };
    let base = file.parent().unwrap_or(Path::new("."));
    let home = variable("HOME");
    let paths = [
        &mut config.persona.api_key_file,
        &mut config.listen.secrets_file,
        &mut config.listen.certificate,
        &mut config.listen.private_key,
        &mut config.store.dir,
        &mut config.store.field_key_file,
        &mut config.log.file,
    ];
    for path in paths.into_iter().flatten().chain(&mut config.listen.also) {
        *path = absolute(path, base, home.as_deref());
    }
    let roots = &mut config.persona.tls_roots;
    if !matches!(roots.as_str(), "system" | "bundled") {
        let file = absolute(Path::new(&*roots), base, home.as_deref());
        *roots = file.to_string_lossy().into_owned();
    }
    let from_environment = variable(BASE_URL_VARIABLE).filter(|url| !url.is_empty());
    let base_url_from_environment = from_environment.is_some();
    if let Some(url) = from_environment {
        check::base_url(&url).map_err(|what| Error {
            file: BASE_URL_VARIABLE.into(),
            at: None,
            what,
        })?;
        config.persona.base_url = url;
    }
    let commands = [
        &mut config.persona.api_key_command,
        &mut config.listen.secrets_command,
        &mut config.store.field_key_command,
    ];
    for program in commands.into_iter().flatten().filter_map(|line| line.first_mut()) {
        // A name alone is looked for on the path.
        if program.contains('/') {
            let path = absolute(Path::new(&*program), base, home.as_deref());
            *program = path.to_string_lossy().into_owned();
        }
    }
    let sources =
        sources::of(&config, &variable).map_err(|sources::Ambiguous { setting, what }| {
            let path: Vec<&str> = setting.split('.').collect();
            let at = explain::where_set(text.as_deref().unwrap_or_default(), &path);
            Error { file: name.clone(), at, what }
        })?;
    let sources::Sources { key, field_key, webhook_secrets } = sources;
    let named = variable(STORE_URL_VARIABLE).filter(|url| !url.trim().is_empty());
    let store_url = match (named, &config.store.url) {
        (Some(url), _) => Some(StoreUrl::parse(&url).map_err(|what| Error {
            file: STORE_URL_VARIABLE.into(),
            at: None,
            what,
        })?),
        // It was checked with the rest.
        (None, Some(url)) => StoreUrl::parse(url).ok(),
        (None, None) => None,
    };
    let file = text.is_some().then(|| file.to_owned());
    let text = text.unwrap_or_default();
    Ok(Loaded {
        config,
        file,
        key,
        field_key,
        webhook_secrets,
        store_url,
        base_url_from_environment,
        text,
        name,
    })
}

/// Whether the file must exist: it must when somebody named it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Required {
    Yes,
    No,
}

/// Reads one file's text; `name` is how errors call it.
pub fn parse(text: &str, name: &str) -> Result<Config, Error> {
    let bad = |at, what| Error { file: name.to_owned(), at, what };
    if let Some(at) = explain::key_inside(text) {
        let what = format!("an API key stands here: {}", explain::keys_stay_out());
        return Err(bad(Some(at), what));
    }
    let config: Config = toml::from_str(text).map_err(|why| {
        let at = why.span().map(|span| explain::place(text, span.start));
        bad(at, explain::explain(why.message()))
    })?;
    check::check(&config).map_err(|check::Problem { setting, below, what }| {
        let path: Vec<&str> = setting.split('.').chain(below.iter().map(String::as_str)).collect();
        bad(explain::where_set(text, &path), format!("{setting}: {what}"))
    })?;
    Ok(config)
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
    use crate::secret::KEY_VARIABLE;

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
                "c.toml:2:11: an API key stands here: keys never go into this file; set PERSONA_API_KEY, or name a private file as persona.api_key_file, or a command as persona.api_key_command",
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
        let misplaced = message("[review]\nhold_seconds = \"xq9_verysecret\"\n");
        assert_eq!(misplaced, "c.toml:2:16: must be a whole number, 0 or more");
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
        assert_eq!(plain.key.to_string(), dir.path().join("key").display().to_string());
        let variable = |name: &str| match name {
            BASE_URL_VARIABLE => Some("http://127.0.0.1:4010/api/v1".to_owned()),
            KEY_VARIABLE => Some(String::new()),
            _ => None,
        };
        let loaded = load(&file, Required::Yes, variable).unwrap();
        assert_eq!(loaded.config.persona.base_url, "http://127.0.0.1:4010/api/v1");
        assert!(loaded.base_url_from_environment);
        assert_eq!(loaded.key.to_string(), plain.key.to_string(), "an empty variable is no key");
        let both = |name: &str| (name == KEY_VARIABLE).then(|| "persona_sandbox_x".to_owned());
        let why = load(&file, Required::Yes, both).unwrap_err();
        assert_eq!(why.at, Some((3, 1)));
        fs::write(&file, "[persona]\napi_key_command = [\"bin/key\", \"x\"]\n").unwrap();
        let program = load(&file, Required::Yes, |_| None).unwrap().key.to_string();
        assert_eq!(program, format!("the command {}", dir.path().join("bin/key").display()));
        fs::write(&file, "[persona]\ntls_roots = \"ca.pem\"\n").unwrap();
        let roots = load(&file, Required::Yes, |_| None).unwrap().config.persona.tls_roots;
        assert_eq!(Path::new(&roots), dir.path().join("ca.pem"));
        let missing = dir.path().join("none.toml");
        assert_eq!(load(&missing, Required::No, |_| None).unwrap().config, Config::default());
        assert!(load(&missing, Required::Yes, |_| None).is_err());
    }
}
