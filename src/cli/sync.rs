//! `caseload sync --once`: fills the local copy or catches up, and ends.

use clap::Args;
use serde_json::json;

use super::{exit::Exit, output, session::Session};
use crate::desk::{CaughtUp, Depth};

#[derive(Debug, Args)]
pub struct Sync {
    /// Catch up and end. (What goes on in the background is the console.)
    #[arg(long, required = true)]
    once: bool,
}

pub async fn run(session: &Session) -> anyhow::Result<Exit> {
    let (result, events, listed) = match session.once.catch_up(Depth::Evidence).await? {
        CaughtUp::Here(caught) => ("caught up", caught.events, caught.listed),
        CaughtUp::Elsewhere => ("another process keeps it up to date", 0, 0),
    };
    let (inquiries, cases, accounts) = session.desk().counts().await?;
    let told = json!({
        "kind": "sync", "result": result, "new_events": events, "listed": listed,
        "inquiries": inquiries, "cases": cases, "accounts": accounts,
    });
    output::print(&output::object(session.format, &told))?;
    Ok(Exit::Done)
}
