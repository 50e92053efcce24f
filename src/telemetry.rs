//! The log: JSON lines in a private file, never on the terminal.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
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
        fs::rename(path, rotated(path))?;
    }
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    // One that was there before may have been open to others.
    if file.metadata()?.is_file() {
        file.set_permissions(fs::Permissions::from_mode(0o600))?;
    }
    Ok(file)
}

/// `caseload.log` → `caseload.log.1`
fn rotated(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".1");
    name.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_is_private_and_is_moved_aside_when_it_is_long() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("deep/log.txt");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let file = open(&path).unwrap();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        file.set_permissions(fs::Permissions::from_mode(0o644)).unwrap();
        file.set_len(ROTATE_AT + 1).unwrap();
        assert_eq!(open(&path).unwrap().metadata().unwrap().len(), 0);
        assert!(dir.path().join("deep/log.txt.1").exists());
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        drop(open(&path).unwrap());
        assert_eq!(mode(&path), 0o600);
    }
}
