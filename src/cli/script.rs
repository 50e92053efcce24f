//! The commands for scripts: what there is, and the session that each runs in.

use std::{path::Path, time::Duration};

use clap::Subcommand;

use super::{
    decide, exit::Exit, inquiry, list, outbox, output::Format, print, purge, session::Session,
    show, stats, sync,
};
use crate::model::Verb;

/// What a script can do; all of it works on the same local copy, outbox and journal as the console.
#[derive(Debug, Subcommand)]
pub enum Script {
    /// List inquiries, cases or accounts.
    #[command(subcommand)]
    List(list::Command),
    /// Show an inquiry, a case or an account, as Persona has it now.
    Show(show::Show),
    /// Show the relations of an account, under every configured key.
    Relations(show::Relations),
    /// Approve an inquiry.
    Approve(decide::Verdict),
    /// Decline an inquiry.
    Decline(decide::Verdict),
    /// Mark an inquiry for review. Persona takes no comment with it.
    Escalate(decide::Escalate),
    /// Print a one-time link of an inquiry; an expired one is resumed first.
    Link(decide::Link),
    /// Set a case's status, or assign it.
    #[command(subcommand)]
    Case(decide::Case),
    /// Make an inquiry.
    #[command(subcommand)]
    Inquiry(inquiry::Command),
    /// Save what the dashboard prints of an object as a PDF.
    Print(print::Asked),
    /// What is on its way to Persona: list, send, take back.
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// Your own decisions: today and the seven days before, in figures.
    Stats(stats::Stats),
    /// Drop cached personal data, and print a receipt.
    Purge(purge::Purge),
    /// Fill the local copy, or catch up with what happened.
    Sync(sync::Sync),
}

impl Script {
    pub async fn run(self, file: Option<&Path>, format: Format) -> anyhow::Result<Exit> {
        let mut session = Session::open(file, format, self.hold()).await?;
        let exit = self.in_session(&mut session).await;
        session.once.shut_down().await;
        exit
    }

    async fn in_session(self, session: &mut Session) -> anyhow::Result<Exit> {
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
            Self::Stats(_) => stats::run(session).await,
            Self::Purge(asked) => purge::run(asked, session).await,
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
            Self::Outbox(command) => command.hold(),
            _ => Duration::ZERO,
        }
    }
}
