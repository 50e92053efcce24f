//! The log: JSON lines in a private file, never on the terminal.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::Path,
    sync::Mutex,
};

use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

use crate::config::private_folder;

/// A file of this size is moved aside at the next start; one such file is kept.
const ROTATE_AT: u64 = 10 * 1024 * 1024;

/// The log is written while this lives.
#[must_use = "the log ends with its guard"]
pub struct Guard(());

/// Starts the log for the whole process. `level` as in the configuration; `off` writes nothing.
///
/// # Errors
/// If the file cannot be made private and written, or a log is running already.
pub fn start(path: &Path, level: &str) -> io::Result<Guard> {
    if level == "off" {
        return Ok(Guard(()));
    }
    let file = open(path)?;
    // Libraries speak at warn; what matters to us is ours.
    let filter = EnvFilter::new(format!("warn,caseload={level}"));
    tracing_subscriber::fmt()
        .json()
        .with_writer(Mutex::new(file))
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE)
        .try_init()
        .map_err(|_| io::Error::other("a log is running already"))?;
    Ok(Guard(()))
}

fn open(path: &Path) -> io::Result<File> {
    if let Some(folder) = path.parent() {
        private_folder(folder)?;
    }
    if fs::metadata(path).is_ok_and(|file| file.len() > ROTATE_AT) {
        fs::rename(path, path.with_extension("log.1"))?;
    }
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}
