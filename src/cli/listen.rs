//! `caseload listen`: receives Persona's webhooks for the local copy, until it is told to stop.

use std::{
    collections::HashSet,
    io::{IsTerminal, Write, stdin, stdout},
    net::{SocketAddr, TcpListener},
    path::{Path, PathBuf},
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

use super::{
    exit::Exit,
    profile::{self, LocalCopy},
};
use crate::{
    busy::Busy,
    clock::Clock,
    config::{self, Config, Loaded, Paths},
    desk::{self, Heard, Listening, Manager},
    secret::{Source, WebhookSecrets},
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
    let first = profile::load(file, &paths)?;
    let also = also(&first, &paths);
    let mut configured = vec![(file.map(Path::to_owned), first)];
    for (file, loaded) in also {
        configured.push((Some(file), loaded?));
    }
    apart(configured.iter().map(|(_, loaded)| loaded), &paths)?;
    let config = configured[0].1.config.clone();
    let log = config.log.file.clone().unwrap_or_else(|| paths.log.clone());
    let _log = profile::start_log(&log, &config);
    let (mut heard, mut places) = (Vec::new(), Vec::new());
    for (file, loaded) in configured {
        let store = profile::local_copy(&loaded, &paths)?;
        places.push((loaded.config.listen.path.clone(), store.name()));
        heard.push(environment(loaded, file.as_deref(), &paths, store)?);
    }
    let address = arguments.address.unwrap_or(config.listen.address);
    let socket = TcpListener::bind(address)
        .with_context(|| format!("nothing can be received at {address}"))?;
    let tls = tls(&config).await?;
    let scheme = if tls.is_some() { "https" } else { "http" };
    let origin = format!("{scheme}://{}", socket.local_addr()?);
    let mut told = String::new();
    for ((path, store), one) in places.iter().zip(&heard) {
        told += &format!("receiving webhooks at {origin}{path} for {store}\n");
        if let Some(metrics) = &one.options.reporting.metrics {
            told += &format!("metrics at http://{}/metrics\n", metrics.local_addr()?);
        }
    }
    let cancel = CancellationToken::new();
    let reload = Arc::new(Notify::new());
    let stop = heed_signals(cancel.clone(), Arc::clone(&reload))?;
    // Who started it need not read this.
    let _ = stdout().write_all(told.as_bytes()).and_then(|()| stdout().flush());
    let manager = Manager::named(|name| std::env::var_os(name), std::process::id());
    let listening = Listening { socket, tls, reload, manager };
    let received = desk::listen(heard, listening, Clock::system(), Busy::default(), cancel).await;
    stop.abort();
    received?;
    Ok(Exit::Done)
}

const ONE_LEVEL: &str = "also: one configuration names all others; this one is named by another";

/// The configurations of other environments that one names, each with its file.
pub fn also(first: &Loaded, paths: &Paths) -> Vec<(PathBuf, Result<Loaded, config::Error>)> {
    let load = |file: &PathBuf| {
        let loaded = profile::load_beside(file, paths)?;
        if !loaded.config.listen.also.is_empty() {
            return Err(loaded.wrong(&["listen", "also"], ONE_LEVEL));
        }
        // Those variables hold the first one's.
        if let Some(Source::Env(name)) = loaded.key.source() {
            return Err(loaded.wrong(&["persona"], &first_ones("api_key_file", name)));
        }
        if let WebhookSecrets::From(Source::Env(name)) = &loaded.webhook_secrets {
            return Err(loaded.wrong(&["listen"], &first_ones("secrets_file", name)));
        }
        Ok(loaded)
    };
    first.config.listen.also.iter().map(|file| (file.clone(), load(file))).collect()
}

fn first_ones(setting: &str, variable: &str) -> String {
    format!(
        "{setting}: {variable} is for the configuration that names this one: name a file, a credential or a command here"
    )
}

/// What two environments say must never meet, so neither a path nor a store is of two of them.
///
/// # Errors
/// At the first that shares one with another before it.
pub fn apart<'a>(
    configured: impl IntoIterator<Item = &'a Loaded>,
    paths: &Paths,
) -> Result<(), config::Error> {
    let mut taken = HashSet::new();
    for loaded in configured {
        let path = &loaded.config.listen.path;
        if !taken.insert(path.clone()) {
            let what = format!("path: {path} is received at for another environment: name another");
            return Err(loaded.wrong(&["listen", "path"], &what));
        }
        if !taken.insert(profile::store_name(loaded, paths)) {
            let what =
                "also: two configurations lead to one store: one environment is received for once";
            return Err(loaded.wrong(&["listen"], what));
        }
    }
    Ok(())
}

/// All that one environment is received with.
fn environment(
    loaded: Loaded,
    file: Option<&Path>,
    paths: &Paths,
    store: LocalCopy,
) -> anyhow::Result<Heard> {
    let config = loaded.config;
    let policy = profile::policy(file, paths, &config)?.policy;
    loaded.key.read()?;
    let secrets = loaded.webhook_secrets;
    // What has to be asked for is asked for once.
    if secrets.is_cheap() {
        secrets.read()?;
    }
    let metrics = config.listen.metrics_address.map(metrics).transpose()?;
    let (name, sends) = (store.name(), config.listen.sends);
    let mut options = profile::desk(&config, &policy, loaded.key, store, Duration::ZERO);
    options.reporting.metrics = metrics;
    Ok(Heard { name, options, secrets, reception: reception(&config), sends })
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
