//! What is told to those who watch a process: asked for, sent, or by a command.

use std::{net::TcpListener, sync::Arc, time::Duration};

use tokio::task::JoinSet;

use super::{
    breach::{self, Hook},
    exposed::{self, Exposed},
};
use crate::{
    metrics::otlp,
    model::Timestamp,
    persona::{Collector, CollectorSettings},
};

/// To whom; nobody is the default.
#[derive(Default)]
pub struct Reporting {
    /// Where `/metrics`, `/healthz` and `/readyz` are answered.
    pub metrics: Option<TcpListener>,
    pub breach: Option<Hook>,
    pub otlp: Option<Push>,
}

/// Where figures are sent, and how often.
#[derive(Debug, Clone)]
pub struct Push {
    pub collector: CollectorSettings,
    pub every: Duration,
}

/// Starts what is asked for.
pub fn start(reporting: Reporting, exposed: &Exposed, tasks: &mut JoinSet<()>) {
    let Reporting { metrics, breach, otlp } = reporting;
    if let Some(socket) = metrics {
        let exposed = exposed.clone();
        tasks.spawn(async move {
            if let Err(why) = exposed::serve(exposed, socket).await {
                tracing::error!(%why, "metrics are not served");
            }
        });
    }
    if let Some(hook) = breach {
        tasks.spawn(breach::watch(Arc::clone(&exposed.recorder), exposed.clock.clone(), hook));
    }
    if let Some(push) = otlp {
        tasks.spawn(send(push, exposed.clone()));
    }
}

/// Sends all figures to a collector, again and again.
async fn send(push: Push, exposed: Exposed) {
    let collector = Collector::new(push.collector);
    let started = exposed.clock.now();
    let mut failing = false;
    loop {
        exposed.clock.sleep(push.every).await;
        let body = body(&exposed, started).await;
        match collector.post(body).await {
            Ok(()) => {
                if std::mem::take(&mut failing) {
                    tracing::info!("the collector takes figures again");
                }
            }
            // Said once: figures that did not arrive are in the next ones.
            Err(why) if !failing => {
                failing = true;
                tracing::warn!(why, "figures do not reach the collector");
            }
            Err(_) => {}
        }
    }
}

async fn body(exposed: &Exposed, started: Timestamp) -> String {
    let process = std::process::id().to_string();
    let resource = [
        ("service.name", "caseload"),
        ("service.version", env!("CARGO_PKG_VERSION")),
        ("service.instance.id", process.as_str()),
    ];
    otlp(&exposed.families().await, &resource, started, exposed.clock.now()).to_string()
}
