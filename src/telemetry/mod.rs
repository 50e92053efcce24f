//! The log: JSON lines in a private file, never on the terminal.

mod rotating;

use std::{io, path::Path, sync::Mutex};

use tracing_subscriber::{EnvFilter, fmt::format::FmtSpan};

use self::rotating::Rotating;

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
    let file = Rotating::open(path)?;
    // Libraries speak at warn; what matters to us is ours.
    let filter = EnvFilter::new(format!("warn,caseload={level}"));
    tracing_subscriber::fmt()
        .json()
        .with_writer(Mutex::new(file))
        // A full disk is no reason to write across the screen.
        .log_internal_errors(false)
        .with_env_filter(filter)
        .with_span_events(FmtSpan::NONE)
        .try_init()
        .map_err(|_| io::Error::other("a log is running already"))?;
    Ok(Guard(()))
}
