//! `caseload simulate`: a Persona on this machine.

use std::{
    fs,
    io::{Write, stdout},
    net::SocketAddr,
    process::ExitCode,
};

use anyhow::{Context, ensure};
use clap::{Args, builder::PossibleValuesParser};
use jiff::SignedDuration;
use tokio::signal::unix::{SignalKind, signal};

use super::World;
use crate::{
    clock::Clock,
    config::BASE_URL_VARIABLE,
    secret::{KEY_VARIABLE, KeyError, KeySource, Source},
    simulator::{self, DEMO_KEY, Options, Scenario, VERSIONS},
};

/// How it is served; the world comes with it.
#[derive(Debug, Args)]
pub struct Arguments {
    /// Address to listen on.
    #[arg(long, default_value = "127.0.0.1:4010", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Address of the port that controls it, on this machine only [default: none]
    #[arg(long, value_name = "ADDRESS")]
    control: Option<SocketAddr>,
    /// The API version that the key asks for [default: 2025-12-08]
    #[arg(long, value_name = "DATE", value_parser = PossibleValuesParser::new(VERSIONS))]
    version: Option<String>,
    /// Requests per minute, over all keys [default: 300]
    #[arg(long, value_name = "N")]
    rate_limit: Option<u32>,
    /// Requests per minute of each single key [default: no such limit]
    #[arg(long, value_name = "N")]
    key_rate_limit: Option<u32>,
    /// Creates per minute, for each product [default: 150]
    #[arg(long, value_name = "N")]
    quota: Option<u32>,
    /// Seconds until the search knows of a change [default: 60]
    #[arg(long, value_name = "SECONDS")]
    search_lag: Option<u32>,
    /// Seconds for which the URLs of files are good [default: 21600]
    #[arg(long, value_name = "SECONDS")]
    file_life: Option<u32>,
    /// The host name in URLs of files [default: localhost]
    #[arg(long, value_name = "NAME")]
    file_host: Option<String>,
    /// Webhooks are tried again so many times faster than in life [default: 1]
    #[arg(long, value_name = "TIMES")]
    webhook_haste: Option<u32>,
    /// So many webhooks are delivered at the same time [default: 1]
    #[arg(long, value_name = "N")]
    webhook_abreast: Option<usize>,
    /// So many of the newest events are listed; older ones are forgotten [default: 20000]
    #[arg(long, value_name = "N")]
    events_kept: Option<usize>,
    #[command(flatten)]
    world: World,
}

/// A scenario by its name, or from a file.
pub fn scenario(name: &str) -> Result<Scenario, String> {
    let unknown = match Scenario::named(name) {
        Ok(scenario) => return Ok(scenario),
        Err(unknown) => unknown,
    };
    match fs::read_to_string(name) {
        Ok(text) => Scenario::parse(&text).map_err(|why| format!("{name}: {why}")),
        Err(_) => Err(format!("{unknown}; nor is there such a file")),
    }
}

/// The world that these describe, with the demo's public key.
pub fn options(world: &World) -> Options {
    let usual = Options::default();
    Options {
        seed: world.seed.unwrap_or(usual.seed),
        inquiries: world.inquiries.unwrap_or(usual.inquiries),
        scenario: world.scenario.clone().unwrap_or(usual.scenario),
        ..Options::default()
    }
}

fn served(arguments: &Arguments) -> Options {
    let usual = options(&arguments.world);
    let lag = arguments.search_lag.map(|seconds| SignedDuration::from_secs(seconds.into()));
    Options {
        version: arguments.version.clone().unwrap_or(usual.version),
        rate_limit: arguments.rate_limit.unwrap_or(usual.rate_limit),
        key_rate_limit: arguments.key_rate_limit,
        quota: arguments.quota.unwrap_or(usual.quota),
        search_lag: lag.unwrap_or(usual.search_lag),
        file_life_seconds: arguments.file_life.unwrap_or(usual.file_life_seconds),
        file_host: arguments.file_host.clone().unwrap_or(usual.file_host),
        webhook_haste: arguments.webhook_haste.unwrap_or(usual.webhook_haste),
        webhook_abreast: arguments.webhook_abreast.unwrap_or(usual.webhook_abreast),
        events_kept: arguments.events_kept.unwrap_or(usual.events_kept),
        control: arguments.control,
        ..options(&arguments.world)
    }
}

/// Serves until SIGINT or SIGTERM. It accepts the key in PERSONA_API_KEY if that is set, else the
/// demo's public one, which is printed.
pub fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let listen = arguments.listen;
    let at_home = arguments.control.is_none_or(|control| control.ip().is_loopback());
    ensure!(at_home, "--control needs an address of this machine, such as 127.0.0.1:4011");
    let mut options = served(arguments);
    let given = match KeySource::new(Source::Env(KEY_VARIABLE)).read() {
        Ok(key) => Some(key),
        Err(KeyError::Unset(_)) => None,
        Err(unusable) => return Err(unusable.into()),
    };
    let (key_words, assignment) = match &given {
        Some(_) => (format!("the one in {KEY_VARIABLE}"), String::new()),
        None => (DEMO_KEY.to_owned(), format!("{KEY_VARIABLE}={DEMO_KEY} ")),
    };
    options.key = given.unwrap_or(options.key);
    let runtime = tokio::runtime::Runtime::new().context("the runtime cannot start")?;
    runtime.block_on(async {
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let simulator =
            simulator::start(listen, options, Clock::system()).await.with_context(|| {
                match arguments.control {
                    Some(control) => format!("cannot listen on {listen} and {control}"),
                    None => format!("cannot listen on {listen}"),
                }
            })?;
        let url = simulator.base_url();
        let mut out = stdout().lock();
        writeln!(out, "A simulated Persona answers at {url}")?;
        writeln!(out, "key      {key_words}")?;
        writeln!(out, "files    {}", simulator.file_origin())?;
        if let Some(control) = simulator.control() {
            writeln!(out, "control  http://{control} (GET / tells what it can do)")?;
        }
        writeln!(out, "console  {BASE_URL_VARIABLE}={url} {assignment}caseload")?;
        if !listen.ip().is_loopback() {
            writeln!(
                out,
                "warning  {listen} can be reached from other machines, without encryption"
            )?;
        }
        writeln!(out, "Ctrl-c stops it; its world is gone then.")?;
        out.flush()?;
        drop(out);
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
        Ok(ExitCode::SUCCESS)
    })
}
