//! Opens the console: on the configured Persona, or on a simulated one.

use std::{
    io::{IsTerminal, stdin, stdout},
    net::TcpListener,
    path::Path,
    process::ExitCode,
};

use anyhow::{Context, bail};

use super::{
    World,
    exit::Exit,
    output,
    profile::{self, LocalCopy},
};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{self, Config, Paths, Policy},
    desk,
    model::day,
    secret::{KeyEnvironment, KeyError, KeySource},
    simulator,
    tui::{self, Lesson, Score},
};

/// What the simulated organisation would configure.
const DEMO_RELATIONS: &str = r#"
keys = ["beneficial_owners", "business", "counterparties"]
mapping."*".beneficial_owners = { name = "name", role = "role", share = "ownership_share" }
mapping."*".business = { name = "business_name", role = "role" }
mapping."*".counterparties = { name = "legal_name", share = "registration.ownership_share", share_unit = "fraction" }
"#;

/// Persona does not list the statuses of a case's template, and lays nothing out.
const DEMO_CASES: &str = r#"
statuses.KYC = [
    { name = "Open", kind = "initial" }, { name = "Pending", kind = "intermediate" },
    { name = "Approved", kind = "end" }, { name = "Declined", kind = "end" },
]
statuses.AML = [
    { name = "Open", kind = "initial" }, { name = "Waiting for documents", kind = "intermediate" },
    { name = "Escalated", kind = "intermediate" }, { name = "Cleared", kind = "end" },
    { name = "Reported", kind = "end" },
]
statuses.MRR = [
    { name = "New", kind = "initial" }, { name = "In progress", kind = "intermediate" },
    { name = "Done", kind = "end" },
]
layout.AML = { fields = ["risk_rating", "amount_at_risk"], sections = ["fields", "reports"] }
"#;

/// How the console speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// Drawn on the whole terminal.
    Screen,
    /// In lines that are added: what reads and writes them need not be a terminal.
    Lines,
}

/// The console on the configured Persona.
pub fn open(file: Option<&Path>, how: How) -> anyhow::Result<ExitCode> {
    let paths = Paths::of_user()?;
    let loaded = profile::load(file, &paths)?;
    // Without a key there is nothing to show: say so before the screen is taken.
    if let Err(why) = loaded.key.read() {
        output::note(&why);
        if matches!(why, KeyError::Unset(_)) {
            output::note("no Persona at hand? caseload tutor teaches the console on a made-up one");
        }
        return Ok(Exit::of(&why.into()).into());
    }
    let policy = profile::policy(file, &paths, &loaded.config)?.policy;
    let environment = profile::environment(&loaded.key);
    let store = profile::local_copy(&loaded, &paths)?;
    let log = loaded.config.log.file.clone().unwrap_or_else(|| paths.log.clone());
    let _log = profile::start_log(&log, &loaded.config);
    let words = match environment {
        KeyEnvironment::Sandbox => "SANDBOX",
        KeyEnvironment::Production => "PRODUCTION",
        KeyEnvironment::Unknown => "ENVIRONMENT UNKNOWN",
    };
    let (config, key) = (&loaded.config, loaded.key);
    let house = profile::desk(config, &policy, key.clone(), store.clone(), profile::hold(config));
    let folders = (paths.drafts, paths.results);
    let settings = || profile::console(config, &policy, words, &key, &store, folders);
    runtime()?.block_on(show(config, house, settings, how))?;
    Ok(ExitCode::SUCCESS)
}

/// The console on a simulated Persona, in a folder that goes away with it. A policy holds where a
/// configuration is named: the one beside it can be tried, and nothing real is decided.
pub fn demo(file: Option<&Path>, world: &World, how: How) -> anyhow::Result<ExitCode> {
    let (config, policy) = match file {
        Some(_) => {
            let paths = Paths::of_user()?;
            let config = profile::load(file, &paths)?.config;
            let policy = profile::policy(file, &paths, &config)?.policy;
            (config, policy)
        }
        None => (Config::default(), Policy::default()),
    };
    let shown = Sandbox { world, environment: "DEMO", lesson: None, how };
    runtime()?.block_on(sandbox(config, &policy, shown))?;
    Ok(ExitCode::SUCCESS)
}

/// A simulated Persona, and what the console says of it.
pub struct Sandbox<'a> {
    pub world: &'a World,
    /// In the header.
    pub environment: &'a str,
    pub lesson: Option<Lesson>,
    pub how: How,
}

/// The console on a simulated Persona, with the local copy in a folder that goes away with it. What
/// the lesson came to, where there was one.
pub async fn sandbox(
    mut config: Config,
    policy: &Policy,
    shown: Sandbox<'_>,
) -> anyhow::Result<Option<Score>> {
    let folder = tempfile::Builder::new().prefix("caseload-demo-").tempdir();
    let folder = folder.context("the demo needs a temporary folder")?;
    let _log = profile::start_log(&folder.path().join("caseload.log"), &config);
    let options = super::simulate::options(shown.world);
    let key = KeySource::given(options.key.clone());
    let listen = ([127, 0, 0, 1], 0).into();
    let simulator = simulator::start(listen, options, Clock::system())
        .await
        .context("the simulated Persona cannot listen on this machine")?;
    config.persona.base_url = simulator.base_url();
    let demo = demo_organisation();
    if config.relations == Default::default() {
        config.relations = demo.relations;
    }
    if config.cases == Default::default() {
        config.cases = demo.cases;
    }
    if config.reviewer.email.is_none() {
        config.reviewer.email = Some("jane@example.test".to_owned());
    }
    let store =
        LocalCopy { file: folder.path().join("caseload.db"), server: None, field_key: None };
    let folders = (folder.path().join("drafts"), folder.path().join("results"));
    let house = profile::desk(&config, policy, key.clone(), store.clone(), profile::hold(&config));
    let settings = || {
        let settings = profile::console(&config, policy, shown.environment, &key, &store, folders);
        tui::Settings { lesson: shown.lesson, ..settings }
    };
    show(&config, house, settings, shown.how).await
}

fn demo_organisation() -> Config {
    let text = format!("[relations]{DEMO_RELATIONS}[cases]{DEMO_CASES}");
    config::parse(&text, "demo").expect("it is a configuration")
}

/// Whether there is what a screen needs; lines need nothing.
fn can_speak(how: How) -> anyhow::Result<()> {
    let is_dumb = std::env::var("TERM").is_ok_and(|term| term == "dumb");
    match how {
        How::Lines => Ok(()),
        How::Screen if !stdin().is_terminal() || !stdout().is_terminal() => bail!(
            "the console needs a terminal for its input and output; caseload --plain needs lines alone"
        ),
        How::Screen if is_dumb => bail!(
            "this terminal can only be written on line by line (TERM=dumb): caseload --plain does that"
        ),
        How::Screen => Ok(()),
    }
}

async fn show(
    config: &Config,
    mut house: desk::Options,
    settings: impl FnOnce() -> tui::Settings,
    how: How,
) -> anyhow::Result<Option<Score>> {
    can_speak(how)?;
    house.reporting.metrics = metrics(config);
    let clock = Clock::system();
    // The store is opened beside the rest of the start.
    let prepared = tokio::spawn(desk::prepare(house, clock.clone(), Busy::default()));
    let settings = settings();
    let first = day::since(clock.now(), &settings.zone);
    let mut booted = prepared.await??;
    let (news, begin) = (booted.take_news(), booted.beginning());
    let desk = booted.desk.clone();
    let shown = match how {
        How::Screen => tui::run(desk, news, settings, config.ui.clone(), begin).await,
        How::Lines => tui::run_in_lines(desk, news, settings, begin).await.map(|()| None),
    };
    let score = match &shown {
        // As the store has it by now: the last decision may be newer than the last frame.
        Ok(Some(tutor)) => Some(tutor.score(&booted.desk.judgements(first).await?)),
        Ok(None) | Err(_) => None,
    };
    booted.shut_down().await;
    shown.context("the terminal failed")?;
    Ok(score)
}

/// Another console may have the address: this one goes on without.
fn metrics(config: &Config) -> Option<TcpListener> {
    let address = config.metrics.address?;
    TcpListener::bind(address)
        .inspect_err(|why| tracing::warn!(%address, %why, "metrics are not served"))
        .ok()
}

pub fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("the runtime cannot start")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_configures_what_its_world_has() {
        let Config { relations, cases, .. } = demo_organisation();
        assert_eq!(relations.keys.len(), 3);
        assert!(!relations.mapping.is_empty());
        assert_eq!((cases.statuses.len(), cases.layout.len()), (3, 1));
    }
}
