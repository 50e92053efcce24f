//! `caseload store copy`, `check` and `migrate`: between a file of one's own and the database that is
//! configured.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::Place;
use crate::{
    cli::{
        exit::Exit,
        output::{self, Format},
        private,
    },
    store::{Compared, Store},
};

/// Which way it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum To {
    /// From the file into the configured database, which has to be empty for this environment.
    Database,
    /// From the configured database into a new file.
    File,
}

/// All of it or nothing. No console may be open on what is copied.
#[derive(Debug, Args)]
pub struct Copy {
    #[arg(long, value_name = "WHERE")]
    to: To,
    /// The file; without it the one that is used where no database is configured.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

/// Whether a file holds what the configured database holds.
#[derive(Debug, Args)]
pub struct Check {
    /// The file; without it the one that is used where no database is configured.
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

pub async fn copy(asked: Copy, place: &Place, format: Format) -> anyhow::Result<Exit> {
    let file = asked.file.unwrap_or_else(|| place.copy.file.clone());
    let database = database(place).await?;
    let (from, to) = match asked.to {
        To::Database => (of_file(place, &file).await?, database),
        To::File => {
            private::free(&file)?;
            let key = place.copy.field_key.as_ref();
            (database, Store::open_with(&file, key, place.clock.clone()).await?)
        }
    };
    let carried = match from.carry_into(&to, &place.reviewer).await {
        Ok(carried) => carried,
        Err(why) => {
            to.close().await;
            if asked.to == To::File {
                // It was made for this, and there is nothing in it.
                let _ = std::fs::remove_file(&file);
            }
            return Err(why.into());
        }
    };
    let told = json!({
        "kind": "copy", "from": name(place, &from, &file), "to": name(place, &to, &file),
        "rows": carried.rows, "lines": carried.journal.lines, "head": carried.journal.head,
    });
    from.close().await;
    to.close().await;
    output::print(&output::object(format, &told))?;
    Ok(Exit::Done)
}

pub async fn check(asked: Check, place: &Place, format: Format) -> anyhow::Result<Exit> {
    let file = asked.file.unwrap_or_else(|| place.copy.file.clone());
    let (one, two) = (of_file(place, &file).await?, database(place).await?);
    let compared = one.compare(&two).await?;
    let differs = |table: &&Compared| !table.same;
    let differing: Vec<_> = compared
        .iter()
        .filter(differs)
        .map(
            |table| json!({ "table": table.table, "file": table.rows.0, "database": table.rows.1 }),
        )
        .collect();
    let same = differing.is_empty();
    let told = json!({
        "kind": "check", "file": file, "database": place.copy.name(),
        "verdict": if same { "same" } else { "different" }, "different": differing,
    });
    output::print(&output::object(format, &told))?;
    Ok(if same { Exit::Done } else { Exit::Broken })
}

/// Opening a store brings its schema up to date; whoever may do that to a database may be somebody
/// else than those who work with it.
pub async fn migrate(place: &Place, format: Format) -> anyhow::Result<Exit> {
    let (at, key) = (place.copy.place(), place.copy.field_key.as_ref());
    Store::open_at(&at, key, place.clock.clone()).await?.close().await;
    let told = json!({ "kind": "schema", "store": place.copy.name(), "verdict": "up to date" });
    output::print(&output::object(format, &told))?;
    Ok(Exit::Done)
}

async fn database(place: &Place) -> anyhow::Result<Store> {
    if place.copy.server.is_none() {
        return Err(Exit::Usage
            .told("no shared database is configured: set store.url or CASELOAD_STORE_URL"));
    }
    let (at, key) = (place.copy.place(), place.copy.field_key.as_ref());
    Ok(Store::open_at(&at, key, place.clock.clone()).await?)
}

async fn of_file(place: &Place, file: &std::path::Path) -> anyhow::Result<Store> {
    if !file.is_file() {
        return Err(Exit::NotFound.told(format!("there is no local copy at {}", file.display())));
    }
    let key = place.copy.field_key.as_ref();
    Ok(Store::open_with(file, key, place.clock.clone()).await?)
}

fn name(place: &Place, store: &Store, file: &std::path::Path) -> String {
    match store.is_shared() {
        true => place.copy.name(),
        false => file.display().to_string(),
    }
}
