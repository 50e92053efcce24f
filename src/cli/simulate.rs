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
    secret::{KEY_VARIABLE, KeySource, Secret},
    simulator::{self, DEMO_KEY, Options, Scenario},
};

/// The world that the arguments describe, with the demo's public key.
pub fn options(world: &World) -> anyhow::Result<Options> {
    Ok(Options {
        seed: world.seed,
        inquiries: world.inquiries,
        scenario: Scenario::named(&world.scenario)?,
        key: Secret::new(DEMO_KEY.to_owned()),
        ..Options::default()
    })
}

/// Serves until SIGINT or SIGTERM. It accepts the key in PERSONA_API_KEY if that is set, else the
/// demo's public one, which is printed.
pub fn run(listen: SocketAddr, world: &World) -> anyhow::Result<ExitCode> {
    let mut options = options(world)?;
    let given = KeySource::Env(KEY_VARIABLE).read().ok();
    let key_words = match &given {
        Some(_) => format!("the one in {KEY_VARIABLE}"),
        None => DEMO_KEY.to_owned(),
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
        writeln!(out, "console  PERSONA_BASE_URL={url} PERSONA_API_KEY=… caseload")?;
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
