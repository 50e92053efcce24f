//! `caseload store`: the local copy as a file. Nothing of it asks Persona.

mod backup;
mod copy;
mod key;
mod reseal;
mod restore;

use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{
    exit::Exit,
    output::Format,
    profile::{self, LocalCopy},
};
use crate::{
    clock::Clock,
    config::{Loaded, Paths},
    model::Text,
    secret,
    store::{self, Goal, Store},
    telemetry,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a field key in a private file. Nothing is overwritten.
    NewKey {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    /// Seal personal data at rest with the configured field key; no console may be open.
    Seal,
    /// Write personal data in the clear again; no console may be open.
    Unseal,
    /// Copy all of it into a private file, beside running consoles, and prove the copy.
    Backup(backup::Backup),
    /// Put a backup in place of the local copy, which is kept beside it; no console may be open.
    Restore(restore::Restore),
    /// Carry all of it between a file and the shared database that is configured.
    Copy(copy::Copy),
    /// Compare a file with the shared database, table by table.
    Check(copy::Check),
    /// Bring the schema up to date, which every start does where it may.
    Migrate,
}

pub async fn run(command: Command, file: Option<&Path>, format: Format) -> anyhow::Result<Exit> {
    match command {
        Command::NewKey { file } => key::make(&file, format),
        Command::Seal => reseal::run(Goal::Sealed, &Place::of_a_file(file, SEAL)?, format).await,
        Command::Unseal => reseal::run(Goal::Clear, &Place::of_a_file(file, SEAL)?, format).await,
        Command::Backup(asked) => {
            backup::run(asked, &Place::of_a_file(file, BACKUP)?, format).await
        }
        Command::Restore(asked) => {
            restore::run(&asked, &Place::of_a_file(file, BACKUP)?, format).await
        }
        Command::Copy(asked) => copy::copy(asked, &Place::find(file)?, format).await,
        Command::Check(asked) => copy::check(asked, &Place::find(file)?, format).await,
        Command::Migrate => copy::migrate(&Place::find(file)?, format).await,
    }
}

/// What is for a file alone, and what stands in its place where the store is a shared database.
const SEAL: &str = "it is sealed from its first row on, where there is a field key then: begin with an empty database";
const BACKUP: &str = "pg_dump and pg_restore make and restore its backups: docs/shared.md says how";

/// The configured local copy, and who works on it.
struct Place {
    loaded: Loaded,
    copy: LocalCopy,
    reviewer: Text,
    clock: Clock,
    _log: Option<telemetry::Guard>,
}

impl Place {
    fn find(file: Option<&Path>) -> anyhow::Result<Self> {
        let paths = Paths::of_user()?;
        let loaded = profile::load(file, &paths)?;
        let copy = profile::local_copy(&loaded, &paths)?;
        let reviewer = profile::reviewer(&loaded.config);
        let log = loaded.config.log.file.clone().unwrap_or(paths.log);
        let log = profile::start_log(&log, &loaded.config);
        Ok(Self { loaded, copy, reviewer, clock: Clock::system(), _log: log })
    }

    /// For what only a file can do.
    fn of_a_file(file: Option<&Path>, instead: &'static str) -> anyhow::Result<Self> {
        let place = Self::find(file)?;
        match place.copy.server {
            Some(_) => Err(store::Error::Shared { what: instead }.into()),
            None => Ok(place),
        }
    }

    /// The local copy, which has to be there.
    async fn open(&self) -> anyhow::Result<Store> {
        self.must_be_there()?;
        let (place, field_key) = (self.copy.place(), self.copy.field_key.as_ref());
        let store = Store::open_at(&place, field_key, self.clock.clone()).await?;
        let key = self.loaded.key.clone();
        store.sign_with(Box::new(move || key.read().ok().and_then(|key| secret::ends(&key))));
        Ok(store)
    }

    fn must_be_there(&self) -> anyhow::Result<()> {
        let file = &self.copy.file;
        match file.try_exists() {
            Ok(true) => Ok(()),
            Ok(false) => {
                let file = file.display();
                Err(Exit::NotFound
                    .told(format!("there is no local copy yet: {file} is made at the first start")))
            }
            Err(why) => Err(store::Error::Folder { path: file.display().to_string(), why }.into()),
        }
    }
}
