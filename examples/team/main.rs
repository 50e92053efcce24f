//! A whole team under load, for people who carry on the work: consoles in pseudo-terminals, a
//! receiver, a PostgreSQL of their own and a simulated Persona, all real processes.
//!
//! ```text
//! cargo build --release && cargo run --release --example team -- --consoles 8 --events 200 --seconds 120
//! ```
//!
//! Reviewers decide; who syncs is killed, who sends for everybody is killed with decisions on their way, and the
//! server is stopped and started again. Then what Persona was really asked is held against what the screens said, and
//! everything that was written is searched for secrets. It needs PostgreSQL's programs on this machine.

mod console;
mod course;
mod house;
mod judge;
mod marks;
// The run of a day, `examples/day`, uses more of these two.
#[allow(dead_code)]
mod persona;
mod report;
#[allow(dead_code)]
mod reviewer;
mod search;
mod server;
mod team;
mod traffic;
mod watch;

use std::{io::stdout, path::PathBuf, process::ExitCode, sync::Arc, time::Duration};

use clap::Parser;

use self::{report::Report, team::Team};

#[derive(Debug, Parser)]
struct Arguments {
    /// Consoles, each a reviewer's own.
    #[arg(long, default_value_t = 8, value_parser = clap::value_parser!(u8).range(3..=12))]
    consoles: u8,
    /// Events a second at Persona.
    #[arg(long, default_value_t = 200)]
    events: usize,
    /// How long things happen.
    #[arg(long, default_value_t = 120)]
    seconds: u64,
    /// Inquiries that Persona has from the start.
    #[arg(long, default_value_t = 1_000)]
    inquiries: usize,
    /// Tell which statements took the server the most time.
    #[arg(long)]
    statements: bool,
    /// Leave the folder with all that was written.
    #[arg(long)]
    keep: bool,
    /// Where that folder is made.
    #[arg(long, default_value = "/tmp")]
    folder: PathBuf,
}

/// Below it there is no room for what happens one after the other.
const SHORTEST: Duration = Duration::from_secs(90);

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    // A client can be built once there is one, whether it needs it or not.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let arguments = Arguments::parse();
    let mut report = Report::default();
    let team = Arc::new(Team::assemble(&arguments).await?);
    let seconds = Duration::from_secs(arguments.seconds).max(SHORTEST);
    let done = course::run(&team, arguments.events, seconds, &mut report).await?;
    judge::run(team, done, arguments.statements, arguments.keep, &mut report).await?;
    report.print(&mut stdout().lock())?;
    Ok(if report.all_hold() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
