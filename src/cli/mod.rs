//! The command line: one file per family of subcommands; `exit` lists the exit codes.

mod config;
mod console;
mod decide;
mod delivery;
mod doctor;
mod exit;
mod handbook;
mod ids;
mod inquiry;
mod journal;
mod key;
mod list;
mod listen;
mod outbox;
mod output;
mod print;
mod private;
mod profile;
mod purge;
mod record;
mod script;
mod session;
mod show;
mod simulate;
mod stats;
mod store;
mod sync;
mod terminal;
mod tutor;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand, error::ErrorKind};

use self::{exit::Exit, output::Format, script::Script};
use crate::{secret, simulator::Scenario};

/// A terminal review console for Persona.
///
/// Without a command it opens the console. The API key comes from PERSONA_API_KEY, a private
/// file, systemd or a command, never from the command line.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// Read this configuration file instead of the usual one or the one CASELOAD_CONFIG names.
    #[arg(long, value_name = "FILE", global = true)]
    config: Option<PathBuf>,
    /// How commands print what they found or did [default: table]
    #[arg(long, value_name = "FORMAT", global = true)]
    format: Option<Format>,
    /// Try the console: a simulated Persona on this machine, and nothing kept afterwards.
    #[arg(long)]
    demo: bool,
    /// The console in lines that are only added, for a screen reader, a braille display or a pipe.
    #[arg(long)]
    plain: bool,
    #[command(flatten)]
    world: World,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a simulated Persona to develop and test against.
    Simulate(simulate::Arguments),
    /// Learn the console in ten minutes: a lesson, then items with known answers, and a score. It runs on a
    /// simulated Persona, and nothing is kept.
    Tutor(tutor::Arguments),
    /// Receive Persona's webhooks for the local copy, where Persona can reach this machine.
    Listen(listen::Arguments),
    /// Check, find and document the configuration.
    #[command(subcommand)]
    Config(config::Command),
    /// Say what works and what to do about the rest. Exit code 0: nothing failed; 1: something did.
    Doctor,
    /// Show what Persona knows of the API key, or rotate it.
    #[command(subcommand)]
    Key(key::Command),
    /// Prove the journal, or export it for those who audit it.
    #[command(subcommand)]
    Journal(journal::Command),
    /// Seal the local copy, back it up, put a backup in its place.
    #[command(subcommand)]
    Store(store::Command),
    /// Print the completions of a shell, to be put where it looks for them.
    Completions(handbook::Completions),
    /// Write the manual's pages into a folder.
    Man(handbook::Pages),
    #[command(flatten)]
    Script(Script),
}

/// The simulated world.
#[derive(Debug, Default, Args)]
struct World {
    /// The same seed makes the same world [default: 42]
    #[arg(long)]
    seed: Option<u64>,
    /// How many inquiries there are [default: 300]
    #[arg(long, value_name = "N")]
    inquiries: Option<usize>,
    /// What goes wrong: calm, strict, slow, storm, shared, flaky, lost-answers, errors, outage,
    /// stuck, odd-answers, webhook-chaos, or a TOML file of rules [default: calm]
    #[arg(long, value_name = "NAME|FILE", value_parser = simulate::scenario)]
    scenario: Option<Scenario>,
}

impl World {
    fn is_described(&self) -> bool {
        self.seed.is_some() || self.inquiries.is_some() || self.scenario.is_some()
    }
}

/// Parses the arguments and runs what they ask for.
pub fn main() -> ExitCode {
    secret::keep_to_itself();
    let matches = with_codes(Cli::command()).try_get_matches();
    let parsed = matches.and_then(|matches| Cli::from_arg_matches(&matches));
    match parsed.map_err(anyhow::Error::from).and_then(run) {
        Ok(code) => code,
        Err(why) => tell(&why),
    }
}

/// Every help ends with the exit codes.
fn with_codes(command: clap::Command) -> clap::Command {
    command.after_help(exit::CODES).mut_subcommands(with_codes)
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if cli.command.is_some() && cli.demo {
        return Err(misused("--demo opens the console: it goes with no other command"));
    }
    if cli.command.is_some() && cli.plain {
        return Err(misused("--plain opens the console: it goes with no other command"));
    }
    if !cli.demo && cli.world.is_described() {
        return Err(misused(
            "--seed, --inquiries and --scenario describe a simulated Persona: they go with --demo, or after simulate",
        ));
    }
    let file = profile::named(cli.config);
    let speaks = matches!(
        cli.command,
        Some(
            Command::Script(_)
                | Command::Doctor
                | Command::Journal(_)
                | Command::Key(_)
                | Command::Store(_)
        )
    );
    if cli.format.is_some() && !speaks {
        return Err(misused("--format goes with commands that list, show or decide"));
    }
    let how = if cli.plain { console::How::Lines } else { console::How::Screen };
    match cli.command {
        None if cli.demo => console::demo(file.as_deref(), &cli.world, how),
        None => console::open(file.as_deref(), how),
        Some(Command::Simulate(arguments)) => simulate::run(&arguments),
        Some(Command::Tutor(arguments)) => tutor::run(&arguments, file.as_deref()),
        Some(Command::Listen(arguments)) => {
            let received = listen::run(&arguments, file.as_deref());
            Ok(console::runtime()?.block_on(received)?.into())
        }
        Some(Command::Config(command)) => config::run(command, file.as_deref()),
        Some(Command::Doctor) => {
            let format = cli.format.unwrap_or_default();
            let exit = console::runtime()?.block_on(doctor::run(file.as_deref(), format))?;
            Ok(exit.into())
        }
        Some(Command::Journal(command)) => {
            let ran = journal::run(command, file.as_deref(), cli.format);
            Ok(console::runtime()?.block_on(ran)?.into())
        }
        Some(Command::Key(command)) => {
            let format = cli.format.unwrap_or_default();
            let ran = key::run(command, file.as_deref(), format);
            Ok(console::runtime()?.block_on(ran)?.into())
        }
        Some(Command::Store(command)) => {
            let format = cli.format.unwrap_or_default();
            let ran = store::run(command, file.as_deref(), format);
            Ok(console::runtime()?.block_on(ran)?.into())
        }
        Some(Command::Completions(shell)) => {
            Ok(handbook::completions(&shell, with_codes(Cli::command()))?.into())
        }
        Some(Command::Man(pages)) => {
            Ok(handbook::pages(&pages, with_codes(Cli::command()))?.into())
        }
        Some(Command::Script(command)) => {
            let format = cli.format.unwrap_or_default();
            let exit = console::runtime()?.block_on(command.run(file.as_deref(), format))?;
            Ok(exit.into())
        }
    }
}

fn misused(what: &str) -> anyhow::Error {
    Cli::command().error(ErrorKind::ArgumentConflict, what).into()
}

/// Says what went wrong, if there is still somebody to tell, and with which exit code.
fn tell(why: &anyhow::Error) -> ExitCode {
    if is_broken_pipe(why) {
        // A reader that closed the pipe has read enough.
        return ExitCode::SUCCESS;
    }
    if let Some(help_or_usage) = why.downcast_ref::<clap::Error>() {
        let words = help_or_usage.render().to_string();
        match output::inert_lines(&words) {
            inert if inert == words => {
                let _ = help_or_usage.print();
            }
            // It quotes an argument that has more than words in it.
            inert => output::note(inert),
        }
    } else {
        output::note(format!("{why:#}"));
    }
    Exit::of(why).into()
}

fn is_broken_pipe(why: &anyhow::Error) -> bool {
    let io = why.downcast_ref::<std::io::Error>();
    io.is_some_and(|why| why.kind() == std::io::ErrorKind::BrokenPipe)
}
