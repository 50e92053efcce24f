//! `caseload purge`: drops cached personal data and prints a receipt.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin};

use clap::Args;
use jiff::SignedDuration;
use serde_json::json;

use super::{exit::Exit, ids, output, session::Session};
use crate::{clock::Clock, desk::Whose, model::Subject};

/// Ids, statuses and times stay, and so do the journal and every decision on its way.
#[derive(Debug, Args)]
pub struct Purge {
    /// The objects: inq_…, case_…, act_…
    #[arg(value_name = "ID", value_parser = ids::subject, required_unless_present_any = ["older_than", "all"])]
    objects: Vec<Subject>,
    /// Of all objects that nobody waits for and that have not changed for so many days.
    #[arg(long, value_name = "DAYS", conflicts_with_all = ["objects", "all"],
        value_parser = clap::value_parser!(u32).range(0..=36_500))]
    older_than: Option<u32>,
    /// Of all objects, also those that wait for review: they are fetched again when they are
    /// looked at.
    #[arg(long, conflicts_with = "objects")]
    all: bool,
    /// Do not ask.
    #[arg(long)]
    yes: bool,
}

pub async fn run(asked: Purge, session: &Session) -> anyhow::Result<Exit> {
    let (whose, words) = match (asked.older_than, asked.all) {
        (Some(days), _) => {
            let since = Clock::system().now() - SignedDuration::from_hours(i64::from(days) * 24);
            (Whose::Unchanged(since), format!("what has not changed for {days} days"))
        }
        (None, true) => (Whose::Everybody, "everything".to_owned()),
        (None, false) => {
            let named = asked.objects.iter().map(Subject::id).collect::<Vec<_>>().join(", ");
            (Whose::Only(asked.objects), named)
        }
    };
    if !asked.yes && !confirmed(&words)? {
        return Err(Exit::Refused.told("nothing was dropped"));
    }
    let receipt = session.desk().purge(&whose).await?;
    output::print(&output::object(
        session.format,
        &json!({
            "kind": "receipt", "receipt": receipt.id, "at": receipt.at,
            "inquiries": receipt.inquiries, "cases": receipt.cases, "accounts": receipt.accounts,
            "sha256": receipt.sha256,
        }),
    ))?;
    Ok(Exit::Done)
}

/// Asks the person at the terminal; without one nobody can be asked.
fn confirmed(words: &str) -> anyhow::Result<bool> {
    if !stdin().is_terminal() {
        return Err(Exit::Usage.told("nobody is there to confirm it: --yes says so for you"));
    }
    write!(stderr(), "Drop the cached personal data of {words}? Type yes: ")?;
    let mut answer = String::new();
    stdin().lock().read_line(&mut answer)?;
    Ok(answer.trim() == "yes")
}
