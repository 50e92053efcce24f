//! The command line: one file per family of subcommands; `exit` lists the exit codes.

mod config;
mod console;
mod decide;
mod delivery;
mod doctor;
mod exit;
mod ids;
mod inquiry;
mod list;
mod outbox;
mod output;
mod print;
mod profile;
mod record;
mod session;
mod show;
mod simulate;
mod sync;

use std::{
    io::{Write, stderr},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use clap::{
    Args, CommandFactory, Parser, Subcommand, builder::PossibleValuesParser, error::ErrorKind,
};

use self::{exit::Exit, output::Format, session::Session};
use crate::{model::Verb, simulator::Scenario};

/// A terminal review console for Persona.
///
/// Without a command it opens the console. The API key comes from PERSONA_API_KEY or a private
/// file, never from the command line.
#[derive(Debug, Parser)]
#[command(version, after_help = exit::CODES)]
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
    /// Say what works and what to do about the rest. Exit code 0: nothing failed; 1: something did.
    Doctor,
    #[command(flatten)]
    Script(Script),
}

/// What a script can do; all of it works on the same local copy, outbox and journal as the console.
#[derive(Debug, Subcommand)]
#[command(after_help = exit::CODES)]
enum Script {
    /// List inquiries, cases or accounts.
    #[command(subcommand, after_help = exit::CODES)]
    List(list::Command),
    /// Show an inquiry, a case or an account, as Persona has it now.
    #[command(after_help = exit::CODES)]
    Show(show::Show),
    /// Show the relations of an account, under every configured key.
    #[command(after_help = exit::CODES)]
    Relations(show::Relations),
    /// Approve an inquiry.
    #[command(after_help = exit::CODES)]
    Approve(decide::Verdict),
    /// Decline an inquiry.
    #[command(after_help = exit::CODES)]
    Decline(decide::Verdict),
    /// Mark an inquiry for review. Persona takes no comment with it.
    #[command(after_help = exit::CODES)]
    Escalate(decide::Escalate),
    /// Print a one-time link of an inquiry; an expired one is resumed first.
    #[command(after_help = exit::CODES)]
    Link(decide::Link),
    /// Set a case's status, or assign it.
    #[command(subcommand, after_help = exit::CODES)]
    Case(decide::Case),
    /// Make an inquiry.
    #[command(subcommand, after_help = exit::CODES)]
    Inquiry(inquiry::Command),
    /// Save what the dashboard prints of an object as a PDF.
    #[command(after_help = exit::CODES)]
    Print(print::Asked),
    /// What is on its way to Persona: list, send, take back.
    #[command(subcommand, after_help = exit::CODES)]
    Outbox(outbox::Command),
    /// Fill the local copy, or catch up with what happened.
    #[command(after_help = exit::CODES)]
    Sync(sync::Sync),
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
    /// What goes wrong [default: calm]
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(Scenario::names()))]
    scenario: Option<String>,
}

impl World {
    fn is_described(&self) -> bool {
        self.seed.is_some() || self.inquiries.is_some() || self.scenario.is_some()
    }
}

/// Parses the arguments and runs what they ask for.
pub fn main() -> ExitCode {
    match Cli::try_parse().map_err(anyhow::Error::from).and_then(run) {
        Ok(code) => code,
        Err(why) => tell(&why),
    }
}

fn run(cli: Cli) -> anyhow::Result<ExitCode> {
    if cli.command.is_some() && cli.demo {
        return Err(misused("--demo opens the console: it goes with no other command"));
    }
    if !cli.demo && cli.world.is_described() {
        return Err(misused(
            "--seed, --inquiries and --scenario describe a simulated Persona: they go with --demo, or after simulate",
        ));
    }
    let file = profile::named(cli.config);
    let speaks = matches!(cli.command, Some(Command::Script(_) | Command::Doctor));
    if cli.format.is_some() && !speaks {
        return Err(misused("--format goes with commands that list, show or decide"));
    }
    match cli.command {
        None if cli.demo => console::demo(file.as_deref(), &cli.world),
        None => console::open(file.as_deref()),
        Some(Command::Simulate { listen, world }) => simulate::run(listen, &world),
        Some(Command::Config(command)) => config::run(command, file.as_deref()),
        Some(Command::Doctor) => {
            let format = cli.format.unwrap_or_default();
            let exit = console::runtime()?.block_on(doctor::run(file.as_deref(), format))?;
            Ok(exit.into())
        }
        Some(Command::Script(command)) => {
            let format = cli.format.unwrap_or_default();
            let exit = console::runtime()?.block_on(script(command, file.as_deref(), format))?;
            Ok(exit.into())
        }
    }
}

async fn script(command: Script, file: Option<&Path>, format: Format) -> anyhow::Result<Exit> {
    let mut session = Session::open(file, format, command.hold()).await?;
    let exit = command.run(&mut session).await;
    session.once.shut_down().await;
    exit
}

impl Script {
    async fn run(self, session: &mut Session) -> anyhow::Result<Exit> {
        match self {
            Self::List(command) => list::run(command, session).await,
            Self::Show(asked) => show::show(asked, session).await,
            Self::Relations(asked) => show::relations(asked, session).await,
            Self::Approve(asked) => decide::verdict(Verb::Approve, asked, session).await,
            Self::Decline(asked) => decide::verdict(Verb::Decline, asked, session).await,
            Self::Escalate(asked) => decide::escalate(asked, session).await,
            Self::Link(asked) => decide::link(asked, session).await,
            Self::Case(command) => decide::case(command, session).await,
            Self::Inquiry(command) => inquiry::run(command, session).await,
            Self::Print(asked) => print::run(asked, session).await,
            Self::Outbox(command) => outbox::run(command, session).await,
            Self::Sync(_) => sync::run(session).await,
        }
    }

    /// How long what it decides can be taken back.
    fn hold(&self) -> Duration {
        match self {
            Self::Approve(asked) | Self::Decline(asked) => asked.timing.hold(),
            Self::Escalate(asked) => asked.timing.hold(),
            Self::Case(command) => command.hold(),
            Self::Inquiry(command) => inquiry::hold(command),
            _ => Duration::ZERO,
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
        let _ = help_or_usage.print();
    } else {
        let _ = writeln!(stderr(), "caseload: {why:#}");
    }
    Exit::of(why).into()
}

fn is_broken_pipe(why: &anyhow::Error) -> bool {
    let io = why.downcast_ref::<std::io::Error>();
    io.is_some_and(|why| why.kind() == std::io::ErrorKind::BrokenPipe)
}
