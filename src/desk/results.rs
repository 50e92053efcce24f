//! What came of each that was decided in one go, in a file for the reviewer alone: ids, codes and
//! times, and neither a comment nor what Persona said, which may repeat what somebody typed.

use std::{
    fs::{File, OpenOptions},
    io::{self, ErrorKind, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use jiff::Timestamp;

use super::{Desk, StoreError};
use crate::{
    config::private_folder,
    journal::sha256,
    model::{
        Action, ActionState, Exported, JournalEntry,
        records::{csv, inert},
    },
};

/// A file that was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    pub path: PathBuf,
    pub count: usize,
    /// So many have not come to an end.
    pub open: usize,
}

#[derive(Debug, thiserror::Error)]
pub enum NoResults {
    #[error("nothing was decided in one go here: marks and a verb do that")]
    Nothing,
    #[error("{path} cannot be written: {why}")]
    File { path: String, why: io::Error },
    #[error(transparent)]
    Store(#[from] StoreError),
}

const HEAD: [&str; 14] = [
    "kind",
    "id",
    "verb",
    "reason",
    "result",
    "decided_at",
    "decided_by",
    "settled_at",
    "attempts",
    "http_status",
    "class",
    "request_id",
    "decision",
    "bulk",
];

/// Files of one bulk and one second: nobody writes more of them.
const MOST_NAMES: u32 = 99;

impl Desk {
    /// Writes down what came so far of what this reviewer decided last in one go, into a file of its
    /// own in this folder. The journal has a line about it first.
    ///
    /// # Errors
    /// If there is nothing, or something cannot be written: then there is no file.
    pub async fn write_results(&self, folder: &Path) -> Result<Results, NoResults> {
        let all = self.store.last_bulk(&self.reviewer).await?;
        let Some((first, _)) = all.first() else { return Err(NoResults::Nothing) };
        let rows = all.iter().map(|(action, line)| row(action, line.as_ref()));
        let text = csv(std::iter::once(HEAD.map(str::to_owned).to_vec()).chain(rows));
        let count = all.len() as u64;
        let export = Exported {
            reviewer: Some(self.reviewer.clone()),
            ..Exported::of("csv", count, &sha256(text.as_bytes()))
        };
        let line = JournalEntry::new(self.clock.now(), &self.reviewer, "exported");
        let (export, bulk) = (Some(export), first.bulk.clone());
        self.store.journal(JournalEntry { export, bulk, ..line }).await?;
        let name = format!("{}-{}", first.decided_at.strftime("%Y%m%dT%H%M%SZ"), first.verb.kind());
        let path = write(folder, &name, text.as_bytes())
            .map_err(|why| NoResults::File { path: folder.display().to_string(), why })?;
        let open = all.iter().filter(|(action, _)| action.state.is_open()).count();
        Ok(Results { path, count: all.len(), open })
    }
}

/// Nothing is overwritten: what was written before has the name, and this one gets a number.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    private_folder(folder)?;
    let mut options = OpenOptions::new();
    let options = options.write(true).create_new(true).mode(0o600);
    for nth in 1..=MOST_NAMES {
        let number = if nth == 1 { String::new() } else { format!("-{nth}") };
        let path = folder.join(format!("{name}{number}.csv"));
        let mut file = match options.open(&path) {
            Err(why) if why.kind() == ErrorKind::AlreadyExists => continue,
            opened => opened?,
        };
        let written = file.write_all(bytes).and_then(|()| file.sync_all());
        if let Err(why) = written.and_then(|()| File::open(folder)?.sync_all()) {
            let _ = std::fs::remove_file(&path);
            return Err(why);
        }
        return Ok(path);
    }
    Err(ErrorKind::AlreadyExists.into())
}

fn row(action: &Action, line: Option<&JournalEntry>) -> Vec<String> {
    let at = |at: Timestamp| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let settled = line.filter(|_| !action.state.is_open());
    let said = settled.and_then(|line| line.answer.as_ref());
    let text = |text: Option<String>| text.unwrap_or_default();
    let cells = [
        action.subject.kind().to_owned(),
        action.subject.id().to_owned(),
        action.verb.in_full(),
        text(action.reason_code.as_ref().map(ToString::to_string)),
        result(&action.state).to_owned(),
        at(action.decided_at),
        action.reviewer.to_string(),
        text(settled.map(|line| at(line.at))),
        action.attempts.to_string(),
        text(said.and_then(|said| said.status).map(|status| status.to_string())),
        text(said.map(|said| said.class.to_string())),
        text(said.and_then(|said| said.request_id.as_ref()).map(ToString::to_string)),
        action.id.to_string(),
        text(action.bulk.as_ref().map(ToString::to_string)),
    ];
    cells.into_iter().map(inert).collect()
}

fn result(state: &ActionState) -> &'static str {
    match state {
        ActionState::Done => "done",
        ActionState::Rejected { .. } => "refused",
        ActionState::Stopped { .. } => "stopped",
        ActionState::Cancelled => "taken back",
        ActionState::Proposed { .. } => "proposed",
        ActionState::Held { .. } | ActionState::Sending | ActionState::Waiting { .. } => {
            "on its way"
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_is_private_and_in_nobodys_place() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("state/results");
        let one = write(&folder, "20260302T120000Z-approve", b"1").unwrap();
        let two = write(&folder, "20260302T120000Z-approve", b"2").unwrap();
        assert_eq!(two.file_name().unwrap(), "20260302T120000Z-approve-2.csv");
        assert_eq!(std::fs::read(&one).unwrap(), b"1");
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&folder), mode(&one), mode(&two)), (0o700, 0o600, 0o600));
    }
}
