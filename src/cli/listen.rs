//! `caseload listen`: receives Persona's webhooks for the local copy, until it is told to stop.

use std::{
    io::{IsTerminal, Write, stdin, stdout},
    net::{SocketAddr, TcpListener},
    path::Path,
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use clap::Args;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
};
use tokio_util::sync::CancellationToken;

use super::{exit::Exit, profile};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{Config, Paths},
    desk::{self, Listening, Manager},
    sync::receive::{Reception, Tls},
};

#[derive(Debug, Args)]
pub struct Arguments {
    /// Address to listen on, in place of listen.address.
    #[arg(long, value_name = "ADDRESS")]
    address: Option<SocketAddr>,
}

pub async fn run(arguments: &Arguments, file: Option<&Path>) -> anyhow::Result<Exit> {
    let paths = Paths::of_user()?;
    let loaded = profile::load(file, &paths)?;
    let policy = profile::policy(file, &paths, &loaded.config)?.policy;
    loaded.key.read()?;
    let secrets = loaded.webhook_secrets.clone();
    // What has to be asked for is asked for once.
    if secrets.is_cheap() {
        secrets.read()?;
    }
    let store = profile::local_copy(&loaded, &paths)?;
    let log = loaded.config.log.file.clone().unwrap_or(paths.log);
    let _log = profile::start_log(&log, &loaded.config);
    let address = arguments.address.unwrap_or(loaded.config.listen.address);
    let socket = TcpListener::bind(address)
        .with_context(|| format!("nothing can be received at {address}"))?;
    let tls = tls(&loaded.config).await?;
    let metrics = loaded.config.listen.metrics_address.map(metrics).transpose()?;
    let reception = reception(&loaded.config);
    let mut told = format!(
        "receiving webhooks at {}://{}{} for {}\n",
        if tls.is_some() { "https" } else { "http" },
        socket.local_addr()?,
        reception.path,
        store.name()
    );
    if let Some(metrics) = &metrics {
        told += &format!("metrics at http://{}/metrics\n", metrics.local_addr()?);
    }
    let cancel = CancellationToken::new();
    let reload = Arc::new(Notify::new());
    let stop = heed_signals(cancel.clone(), Arc::clone(&reload))?;
    // Who started it need not read this.
    let _ = stdout().write_all(told.as_bytes()).and_then(|()| stdout().flush());
    let mut options = profile::desk(&loaded.config, &policy, loaded.key, store, Duration::ZERO);
    options.reporting.metrics = metrics;
    let manager = Manager::named(|name| std::env::var_os(name), std::process::id());
    let listening = Listening { socket, secrets, reception, tls, reload, manager };
    let received = desk::listen(options, listening, Clock::system(), Busy::default(), cancel).await;
    stop.abort();
    received?;
    Ok(Exit::Done)
}

fn reception(config: &Config) -> Reception {
    let listen = &config.listen;
    Reception {
        path: listen.path.clone(),
        tolerance: Duration::from_secs(listen.max_age_seconds),
        longest_body: usize::try_from(listen.body_limit_kib * 1024).unwrap_or(usize::MAX),
        ..Reception::default()
    }
}

async fn tls(config: &Config) -> anyhow::Result<Option<Tls>> {
    let (Some(certificate), Some(key)) = (&config.listen.certificate, &config.listen.private_key)
    else {
        return Ok(None);
    };
    Ok(Some(Tls::read(certificate.clone(), key.clone()).await?))
}

fn metrics(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).with_context(|| format!("metrics cannot be served at {address}"))
}

/// TERM and INT stop it. HUP has files read again; from a terminal it means that the terminal is
/// gone, and stops it too.
fn heed_signals(
    cancel: CancellationToken,
    reload: Arc<Notify>,
) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let at_a_terminal = stdin().is_terminal();
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut hup = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = term.recv() => break,
                _ = int.recv() => break,
                _ = hup.recv() => {
                    if at_a_terminal {
                        break;
                    }
                    reload.notify_one();
                }
            }
        }
        cancel.cancel();
    }))
}
