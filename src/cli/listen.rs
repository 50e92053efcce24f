//! `caseload listen`: receives Persona's webhooks for the local copy, until it is told to stop.

use std::{
    io::{Write, stdout},
    net::{SocketAddr, TcpListener},
    path::Path,
    time::Duration,
};

use anyhow::Context;
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use super::{exit::Exit, profile};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{Config, Paths},
    desk::{self, Listening},
    sync::receive::Reception,
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
    let reception = reception(&loaded.config);
    let told = format!(
        "receiving webhooks at http://{}{} for {}\n",
        socket.local_addr()?,
        reception.path,
        store.name()
    );
    let cancel = CancellationToken::new();
    let stop = stop_on_signal(cancel.clone())?;
    // Who started it need not read this.
    let _ = stdout().write_all(told.as_bytes()).and_then(|()| stdout().flush());
    let options = profile::desk(&loaded.config, &policy, loaded.key, store, Duration::ZERO);
    let listening = Listening { socket, secrets, reception };
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

fn stop_on_signal(cancel: CancellationToken) -> anyhow::Result<tokio::task::JoinHandle<()>> {
    let mut term = signal(SignalKind::terminate())?;
    let mut int = signal(SignalKind::interrupt())?;
    let mut hup = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
            _ = hup.recv() => {}
        }
        cancel.cancel();
    }))
}
