//! `caseload simulate`: a Persona on this machine.

use std::{
    io::{Write, stdout},
    net::SocketAddr,
    process::ExitCode,
};

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};

use super::World;
use crate::{
    clock::Clock,
    config::BASE_URL_VARIABLE,
    secret::{KEY_VARIABLE, KeyError, KeySource},
    simulator::{self, DEMO_KEY, Options, Scenario},
};

/// The world that the arguments describe, with the demo's public key.
pub fn options(world: &World) -> anyhow::Result<Options> {
    let usual = Options::default();
    let scenario = match &world.scenario {
        Some(name) => Scenario::named(name)?,
        None => usual.scenario,
    };
    Ok(Options {
        seed: world.seed.unwrap_or(usual.seed),
        inquiries: world.inquiries.unwrap_or(usual.inquiries),
        scenario,
        ..usual
    })
}

/// Serves until SIGINT or SIGTERM. It accepts the key in PERSONA_API_KEY if that is set, else the
/// demo's public one, which is printed.
pub fn run(listen: SocketAddr, world: &World) -> anyhow::Result<ExitCode> {
    let mut options = options(world)?;
    let given = match KeySource::Env(KEY_VARIABLE).read() {
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
        let simulator = simulator::start(listen, options, Clock::system())
            .await
            .with_context(|| format!("cannot listen on {listen}"))?;
        let url = simulator.base_url();
        let mut out = stdout().lock();
        writeln!(out, "A simulated Persona answers at {url}")?;
        writeln!(out, "key      {key_words}")?;
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
