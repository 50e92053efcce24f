//! `caseload journal`: prove it, and export it for those who audit it. Neither needs Persona.

mod bundle;
mod export;
mod folder;
mod record;
mod verify;

use std::path::Path;

use clap::Subcommand;

use super::{exit::Exit, output::Format, profile};
use crate::{
    clock::Clock,
    config::{Loaded, Paths},
    model::Text,
    secret,
    store::{Place, Store},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Prove that no line was changed, dropped, moved or added, or name the first that was.
    Verify(verify::Verify),
    /// Write lines of a period, or the evidence file of one decision. The journal says so.
    Export(export::Export),
}

pub async fn run(
    command: Command,
    file: Option<&Path>,
    format: Option<Format>,
) -> anyhow::Result<Exit> {
    match command {
        Command::Verify(asked) => verify::run(asked, file, format.unwrap_or_default()).await,
        Command::Export(asked) => export::run(asked, file, format).await,
    }
}

/// Where the configured journal is.
fn place(file: Option<&Path>) -> anyhow::Result<(Loaded, Place)> {
    let paths = Paths::of_user()?;
    let loaded = profile::load(file, &paths)?;
    let store = match profile::store_server(&loaded, &paths) {
        Some(server) => Place::Server(server),
        None => Place::File(profile::store_file(&loaded, &paths)),
    };
    Ok((loaded, store))
}

fn nothing(store: &Path) -> anyhow::Error {
    let store = store.display();
    Exit::NotFound.told(format!("there is no journal yet: {store} is made at the first start"))
}

/// The journal to be written to, and who writes.
struct Desk {
    store: Store,
    clock: Clock,
    reviewer: Text,
}

impl Desk {
    async fn open(loaded: &Loaded, store: &Place) -> anyhow::Result<Self> {
        let clock = Clock::system();
        let field_key = loaded.field_key.read()?;
        let store = Store::open_at(store, field_key.as_ref(), clock.clone()).await?;
        let key = loaded.key.clone();
        store.sign_with(Box::new(move || key.read().ok().and_then(|key| secret::ends(&key))));
        Ok(Self { store, clock, reviewer: profile::reviewer(&loaded.config) })
    }
}
