//! `caseload store restore`: a backup in place of the local copy.

use std::{
    io::{BufRead, IsTerminal, Write, stderr, stdin},
    path::PathBuf,
};

use clap::Args;
use serde_json::json;

use super::Place;
use crate::{
    cli::{
        exit::Exit,
        output::{self, Format},
    },
    store::{self, Copied, SealState},
};

/// It is proved first. Decisions that are open in it are compared with Persona before anything is
/// sent; what was decided after it was made is in the file that is put aside.
#[derive(Debug, Args)]
pub struct Restore {
    /// A file that `store backup` made.
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub async fn run(asked: &Restore, place: &Place, format: Format) -> anyhow::Result<Exit> {
    if !asked.yes && !confirmed(asked, place)? {
        return Err(Exit::Refused.told("nothing was changed"));
    }
    let restore = store::Restore {
        copy: &asked.file,
        store: &place.copy.file,
        key: place.copy.field_key.as_ref(),
        who: &place.reviewer,
        clock: &place.clock,
    };
    let restored = restore.run().await?;
    let Copied { journal, seal, inquiries, cases, accounts, open } = restored.copied;
    let told = json!({
        "kind": "restore", "file": place.copy.file, "aside": restored.aside,
        "sha256": restored.sha256, "sealed": seal != SealState::Clear, "inquiries": inquiries,
        "cases": cases, "accounts": accounts, "open_decisions": open, "lines": journal.lines,
        "head": journal.head,
    });
    output::print(&output::object(format, &told))?;
    Ok(Exit::Done)
}

/// Asks the person at the terminal; without one nobody can be asked.
fn confirmed(asked: &Restore, place: &Place) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        return Err(Exit::Usage.told("nobody is there to confirm it: --yes says so for you"));
    }
    let (copy, store) = (asked.file.display(), place.copy.file.display());
    write!(stderr(), "Put {copy} in place of {store}? Type yes: ")?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
