//! `caseload store backup`: a proved copy in a private file, named only once it is whole.

use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use anyhow::Context;
use clap::Args;
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};

use super::Place;
use crate::{
    cli::{
        exit::Exit,
        output::{self, Format},
        private,
    },
    model::{Exported, JournalEntry},
    store::{Copied, SealState, Store, sha256_of},
};

/// What is in it is as of one moment; consoles and scripts go on meanwhile.
#[derive(Debug, Args)]
pub struct Backup {
    /// Where to put it. The file is private (0600).
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Put it in place of a file that has this name.
    #[arg(long)]
    replace: bool,
}

pub async fn run(asked: Backup, place: &Place, format: Format) -> anyhow::Result<Exit> {
    if !asked.replace {
        private::free(&asked.file)?;
    }
    own_folder(private::folder_of(&asked.file))?;
    // Heard from now on, so that nothing half is left by it.
    let stopped = stopped().context("signals cannot be waited for")?;
    let store = place.open().await?;
    // What is interrupted is dropped, and the half file with it.
    tokio::select! {
        written = write(&asked, place, &store, format) => written,
        () = stopped => Err(Exit::Failed.told("interrupted: no backup was made")),
    }
}

async fn write(
    asked: &Backup,
    place: &Place,
    store: &Store,
    format: Format,
) -> anyhow::Result<Exit> {
    let path = &asked.file;
    let words = || format!("{} cannot be written", path.display());
    let file = private::File::begin_apart(path).with_context(words)?;
    let copied = store.copy_into(file.part()).await.with_context(words)?;
    let part = file.part().to_owned();
    let hashed = tokio::task::spawn_blocking(move || sha256_of(&part)).await?;
    let (sha256, bytes) = hashed.with_context(words)?;
    let line = JournalEntry::new(place.clock.now(), &place.reviewer, "backed up");
    let export = Some(Exported::of("backup", copied.journal.lines, &sha256));
    let line = JournalEntry { export, ..line };
    store.journal(line).await.context("nothing is backed up without the journal")?;
    let kept = if asked.replace { file.replace() } else { file.keep() };
    kept.with_context(words)?;
    let Copied { journal, seal, inquiries, cases, accounts, open } = copied;
    let told = json!({
        "kind": "backup", "file": path, "bytes": bytes, "sha256": sha256,
        "sealed": seal != SealState::Clear, "inquiries": inquiries, "cases": cases,
        "accounts": accounts, "open_decisions": open, "lines": journal.lines, "head": journal.head,
    });
    output::print(&output::object(format, &told))?;
    Ok(Exit::Done)
}

/// Where others can write they can put another file in its place.
fn own_folder(folder: &Path) -> anyhow::Result<()> {
    const OTHERS_WRITE: u32 = 0o022;
    const OWN_FILES_ONLY: u32 = 0o1000;
    let shown = folder.display();
    let there = fs::metadata(folder).with_context(|| format!("{shown} cannot be used"))?;
    if there.mode() & OTHERS_WRITE != 0 && there.mode() & OWN_FILES_ONLY == 0 {
        return Err(Exit::Usage.told(format!(
            "others can write to {shown}, and so put another file in place of the backup: name a \
             folder of your own"
        )));
    }
    Ok(())
}

/// Somebody wants it to end.
fn stopped() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
            _ = hang_up.recv() => {}
        }
    })
}
