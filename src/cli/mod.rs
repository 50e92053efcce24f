//! The command line: one file per subcommand.
//!
//! Exit codes: 0 done, 1 failed, 2 wrong usage or a bad configuration.

mod config;
mod console;
mod profile;
mod simulate;

use std::{
    io::{Write, stderr},
    path::PathBuf,
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};

/// A terminal review console for Persona.
///
/// Without a command it opens the console. The API key comes from PERSONA_API_KEY or a private
/// file, never from the command line.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// Read this configuration file instead of the usual one.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// Try the console: a simulated Persona on this machine, and nothing kept afterwards.
    #[arg(long)]
    demo: bool,
    #[command(flatten)]
    world: World,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a simulated Persona to develop and test against.
    Simulate {
        /// Address to listen on.
        #[arg(long, default_value = "127.0.0.1:4010", value_name = "ADDRESS")]
        listen: std::net::SocketAddr,
        #[command(flatten)]
        world: World,
    },
    /// Check, find and document the configuration.
    #[command(subcommand)]
    Config(config::Command),
}

/// The simulated world.
#[derive(Debug, Args)]
struct World {
    /// The same seed makes the same world.
    #[arg(long, default_value_t = 42)]
    seed: u64,
    /// How many inquiries there are.
    #[arg(long, default_value_t = 300, value_name = "N")]
    inquiries: usize,
    /// What goes wrong: calm, slow, storm, flaky, lost-answers, outage, stuck, …
    #[arg(long, default_value = "calm", value_name = "NAME")]
    scenario: String,
}

/// Parses the arguments and runs what they ask for.
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(help_or_error) => {
            let code = help_or_error.exit_code();
            // A reader that closed the pipe has read enough.
            let _ = help_or_error.print();
            return ExitCode::from(u8::try_from(code).unwrap_or(2));
        }
    };
    match run(cli) {
        Ok(code) => code,
        Err(why) if is_broken_pipe(&why) => ExitCode::SUCCESS,
        Err(why) => {
            // The terminal may be gone; then there is nobody to tell.
            let _ = writeln!(stderr(), "caseload: {why:#}");
            let usage = why.is::<crate::config::Error>() || why.is::<crate::config::PathsError>();
            ExitCode::from(if usage { 2 } else { 1 })
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if cli.demo && cli.command.is_some() {
        anyhow::bail!("--demo opens the console: it goes with no other command");
    }
    match cli.command {
        None if cli.demo => console::demo(cli.config.as_deref(), &cli.world),
        None => console::open(cli.config.as_deref()),
        Some(Command::Simulate { listen, world }) => simulate::run(listen, &world),
        Some(Command::Config(command)) => config::run(command, cli.config.as_deref()),
    }
}

fn is_broken_pipe(why: &anyhow::Error) -> bool {
    let io = why.downcast_ref::<std::io::Error>();
    io.is_some_and(|why| why.kind() == std::io::ErrorKind::BrokenPipe)
}
