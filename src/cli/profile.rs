//! From the configuration to what the house is built from.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use jiff::tz::TimeZone;

use super::output;
use crate::{
    config::{
        self, CaseStatus, Config, Loaded, Paths, Policy, Required,
        policy::{self, InForce, Places},
    },
    desk::{
        self, CaseStatuses, KnownStatus, Mappings, RelationKeys,
        breach::{Hook, Patience},
    },
    metrics::Thresholds,
    model::{ClaimTag, Text},
    persona::{self, Roots},
    secret::{
        FieldKey, FieldKeyError, KEY_VARIABLE, KeyEnvironment, KeySource, SECRETS_VARIABLE, Source,
    },
    store::{Place, Server},
    sync, telemetry, tui,
};

/// Names a configuration file where `--config` does not.
const CONFIG_VARIABLE: &str = "CASELOAD_CONFIG";

/// The file that somebody named: with the flag, else in the environment.
pub fn named(flag: Option<PathBuf>) -> Option<PathBuf> {
    let variable = || std::env::var_os(CONFIG_VARIABLE).filter(|file| !file.is_empty());
    flag.or_else(|| variable().map(PathBuf::from))
}

/// The configuration in force: the named file, which must be there, or the usual one.
pub fn load(named: Option<&Path>, paths: &Paths) -> Result<Loaded, config::Error> {
    load_with(named, paths, |name| std::env::var(name).ok())
}

fn load_with(
    named: Option<&Path>,
    paths: &Paths,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<Loaded, config::Error> {
    let (file, required) = match named {
        Some(file) => (file, Required::Yes),
        None => (paths.config.as_path(), Required::No),
    };
    let loaded = config::load(file, required, variable)?;
    // Which names and keys there are, the console knows.
    tui::Keys::of(&loaded.config.keys)
        .map_err(|problem| loaded.wrong(&["keys", &problem.name], &problem.told()))?;
    Ok(loaded)
}

/// The configuration of another environment beside the first: the variables that hold the first one's key
/// and secrets are not its own.
pub fn load_beside(file: &Path, paths: &Paths) -> Result<Loaded, config::Error> {
    let own = |name: &str| ![KEY_VARIABLE, SECRETS_VARIABLE].contains(&name);
    load_with(Some(file), paths, |name| std::env::var(name).ok().filter(|_| own(name)))
}

/// The policy in force: of the organisation's file and of the one beside the configuration.
///
/// # Errors
/// If a file that is there cannot be used. Then nothing is opened.
pub fn policy(
    named: Option<&Path>,
    paths: &Paths,
    config: &Config,
) -> Result<InForce, config::Error> {
    policy::load(&Places::beside(named.unwrap_or(&paths.config)), config)
}

/// Which environment the key opens: as the configuration says, else as far as its prefix tells.
pub fn environment(key: &KeySource) -> KeyEnvironment {
    // A key that says otherwise is refused, so it need not be read for this.
    let declared = key.declared().environment;
    let told = || key.read().map_or(KeyEnvironment::Unknown, |key| KeyEnvironment::of(&key));
    declared.unwrap_or_else(told)
}

/// The folder of one server's copy. What two servers said never meets in one store: a decision
/// that is still on its way to one would be sent to the other.
pub fn store_folder(environment: KeyEnvironment, base_url: &str) -> String {
    let environment = environment.as_str();
    if base_url.trim_end_matches('/') == persona::DEFAULT_BASE_URL {
        return environment.to_owned();
    }
    let address = base_url.split_once("://").map_or(base_url, |(_, address)| address);
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let address: String = address.trim_end_matches('/').chars().map(safe).collect();
    format!("{environment}-{address}")
}

/// A local copy: its file, and what it is sealed with.
#[derive(Debug, Clone)]
pub struct LocalCopy {
    /// Of a shared one there is none, but what a console keeps for itself lies beside it.
    pub file: PathBuf,
    /// The database that a team shares, in place of the file.
    pub server: Option<Server>,
    pub field_key: Option<FieldKey>,
}

impl LocalCopy {
    pub fn place(&self) -> Place {
        match &self.server {
            Some(server) => Place::Server(server.clone()),
            None => Place::File(self.file.clone()),
        }
    }

    /// How it is called to a person; a password is not in it.
    pub fn name(&self) -> String {
        match &self.server {
            Some(server) => server.to_string(),
            None => self.file.display().to_string(),
        }
    }
}

/// How a configured store is called to a person, as [`LocalCopy::name`] says it.
pub fn store_name(loaded: &Loaded, paths: &Paths) -> String {
    match store_server(loaded, paths) {
        Some(server) => server.to_string(),
        None => store_file(loaded, paths).display().to_string(),
    }
}

/// The configured local copy.
///
/// # Errors
/// If there is to be a field key and none can be had.
pub fn local_copy(loaded: &Loaded, paths: &Paths) -> Result<LocalCopy, FieldKeyError> {
    let (file, server) = (store_file(loaded, paths), store_server(loaded, paths));
    Ok(LocalCopy { file, server, field_key: loaded.field_key.read()? })
}

/// The shared database, if the store is one. Its environments are named as folders are.
pub fn store_server(loaded: &Loaded, paths: &Paths) -> Option<Server> {
    let url = loaded.store_url.clone()?;
    let base_url = &loaded.config.persona.base_url;
    let environment = store_folder(environment(&loaded.key), base_url);
    Some(Server { url, environment, beside: store_file(loaded, paths) })
}

/// The local copy's file of what a key opens.
pub fn store_file(loaded: &Loaded, paths: &Paths) -> PathBuf {
    let folder = loaded.config.store.dir.as_deref().unwrap_or(&paths.data);
    let server = store_folder(environment(&loaded.key), &loaded.config.persona.base_url);
    folder.join(server).join("caseload.db")
}

/// What the house is built from; `hold` is how long a decision can be taken back.
pub fn desk(
    config: &Config,
    policy: &Policy,
    key: KeySource,
    copy: LocalCopy,
    hold: Duration,
) -> desk::Options {
    desk::Options {
        store: copy.place(),
        field_key: copy.field_key,
        persona: persona(config),
        key,
        thresholds: thresholds(config),
        reviewer: reviewer(config),
        hold,
        relation_keys: relation_keys(config),
        case_statuses: case_statuses(config),
        claims: ClaimTag::new(&config.review.claim_tag),
        sync: sync(config),
        policy: policy.clone(),
        when_lost: config.store.when_lost,
        reporting: reporting(config),
    }
}

/// How long a decision can be taken back where nothing else is said.
pub fn hold(config: &Config) -> Duration {
    Duration::from_secs(config.review.hold_seconds)
}

/// What is told to those who watch, but for the address of metrics.
fn reporting(config: &Config) -> desk::Reporting {
    let seconds = Duration::from_secs;
    let breach = (!config.breach.command.is_empty()).then(|| Hook {
        command: config.breach.command.clone(),
        patience: Patience {
            after: seconds(config.breach.after_seconds),
            clear: seconds(config.breach.clear_minutes * 60),
        },
        limit: seconds(config.breach.timeout_seconds),
    });
    let otlp = config.metrics.otlp_url.as_ref().map(|url| desk::Push {
        collector: persona::CollectorSettings {
            url: url.parse().expect("the configuration was checked"),
            roots: persona(config).roots,
            timeout: seconds(10),
        },
        every: seconds(config.metrics.otlp_seconds),
    });
    desk::Reporting { metrics: None, breach, otlp }
}

/// Without a log everything still works; it says so on the terminal.
pub fn start_log(path: &Path, config: &Config) -> Option<telemetry::Guard> {
    match telemetry::start(path, &config.log.level) {
        Ok(guard) => Some(guard),
        Err(why) => {
            output::note(format!("no log is written: {}: {why}", path.display()));
            None
        }
    }
}

/// For the screen, where there is room for a file's name only.
pub fn key_words(key: &KeySource) -> String {
    match key.source() {
        Some(Source::File(path)) => {
            let name = path.file_name().map_or(path.as_os_str(), |name| name);
            format!("from {}", name.display())
        }
        Some(Source::Command(line)) => {
            let program = line.first().map(Path::new).and_then(Path::file_name);
            format!("from {}", program.unwrap_or_default().display())
        }
        Some(Source::Credential(name)) => format!("from {name}"),
        Some(Source::Env(name)) => format!("from {name}"),
        None => "of the demo".to_owned(),
    }
}

/// The configured e-mail address, else the login name.
pub fn reviewer(config: &Config) -> Text {
    let login = || ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let who =
        config.reviewer.email.clone().or_else(login).unwrap_or_else(|| "unnamed reviewer".into());
    Text::new(&who)
}

pub fn persona(config: &Config) -> persona::Settings {
    let persona = &config.persona;
    persona::Settings {
        base_url: persona.base_url.parse().expect("the configuration was checked"),
        connect_timeout: Duration::from_secs(persona.connect_timeout_seconds),
        timeout: Duration::from_secs(persona.timeout_seconds),
        roots: match persona.tls_roots.as_str() {
            "system" => Roots::System,
            "bundled" => Roots::Bundled,
            file => Roots::File(file.into()),
        },
    }
}

pub fn thresholds(config: &Config) -> Thresholds {
    Thresholds {
        sla: Duration::from_millis(config.health.sla_ms),
        error_rate: config.health.error_rate_percent / 100.0,
    }
}

pub fn relation_keys(config: &Config) -> RelationKeys {
    let texts = |keys: &Vec<String>| keys.iter().map(|key| Text::new(key)).collect();
    let by_type = config.relations.by_type.iter();
    let mut mappings = Mappings::default();
    for (account_type, keys) in &config.relations.mapping {
        for (key, meaning) in keys {
            mappings.add(account_type, key, meaning.mapping());
        }
    }
    RelationKeys {
        all: texts(&config.relations.keys),
        by_type: by_type.map(|(name, keys)| (name.to_lowercase(), texts(keys))).collect(),
        mappings,
    }
}

pub fn case_statuses(config: &Config) -> CaseStatuses {
    let known = |statuses: &Vec<CaseStatus>| {
        let known = |s: &CaseStatus| KnownStatus { name: Text::new(&s.name), kind: s.kind };
        statuses.iter().map(known).collect::<Vec<_>>()
    };
    let by_template = config.cases.statuses.iter();
    CaseStatuses {
        by_template: by_template.map(|(name, statuses)| (name.clone(), known(statuses))).collect(),
        default: known(&config.cases.default_statuses),
    }
}

pub fn sync(config: &Config) -> sync::Settings {
    sync::Settings {
        poll: Duration::from_secs(config.sync.poll_seconds),
        quiet: Duration::from_secs(config.sync.quiet_poll_seconds),
        beneath: Duration::from_secs(config.sync.webhook_poll_seconds),
        ..sync::Settings::default()
    }
}

pub fn console(
    config: &Config,
    policy: &Policy,
    environment: &str,
    key: &KeySource,
    copy: &LocalCopy,
    (drafts, results): (PathBuf, PathBuf),
) -> tui::Settings {
    let thresholds = thresholds(config);
    tui::Settings {
        environment: Text::new(environment),
        key_source: Text::new(&key_words(key)),
        reviewer: reviewer(config),
        zone: zone(),
        mask: policy.mask.value,
        reveal: Duration::from_secs(config.review.reveal_seconds),
        hold: hold(config),
        link_expires: Duration::from_secs(config.review.link_expires_hours * 3_600),
        policy: policy.clone(),
        layouts: config.cases.layout.clone(),
        searched: match copy.field_key {
            None => tui::Searched::Anywhere,
            Some(_) => tui::Searched::ByBeginnings,
        },
        order: config.queue.first(),
        views: views(config),
        sla: thresholds.sla,
        error_rate: thresholds.error_rate,
        claims: ClaimTag::new(&config.review.claim_tag),
        photos: config.ui.photos,
        photo_limit: usize::try_from(config.ui.photo_kib)
            .unwrap_or(usize::MAX)
            .saturating_mul(1024),
        keys: tui::Keys::of(&config.keys).expect("they were checked when they were read"),
        drafts,
        results,
        is_shared: copy.server.is_some(),
        when_lost: config.store.when_lost,
        lesson: None,
    }
}

/// In which days begin: this machine's.
pub fn zone() -> TimeZone {
    TimeZone::try_system().unwrap_or(TimeZone::UTC)
}

/// Views of the configuration, which was checked.
fn views(config: &Config) -> Vec<tui::View> {
    let views = config.queue.views.iter();
    views.filter_map(|view| tui::View::new(&view.name, view.list, &view.filter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_do_not_share_a_store() {
        let folder = |url| store_folder(KeyEnvironment::Sandbox, url);
        assert_eq!(folder("https://api.withpersona.com/api/v1"), "sandbox");
        assert_eq!(folder("https://api.withpersona.com/api/v1/"), "sandbox");
        assert_eq!(folder("http://127.0.0.1:4010/api/v1"), "sandbox-127.0.0.1-4010-api-v1");
        assert_ne!(folder("http://127.0.0.1:4010/api/v1"), folder("http://127.0.0.1:4011/api/v1"));
        assert_eq!(folder("https://[::1]/../x"), "sandbox----1--..-x");
    }
}
