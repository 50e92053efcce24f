//! `caseload list`: inquiries, cases, accounts.

use clap::{Args, Subcommand};

use super::{
    exit::Exit,
    ids,
    output::{self, Shape},
    record,
    session::{Privacy, Session, Shown, When},
};
use crate::{
    desk::{AccountFilter, CaseFilter, InquiryFilter},
    model::{AccountId, InquiryStatus, TemplateId, Text},
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Inquiries of the local copy: longest waiting first where they wait for review, else newest
    /// first.
    ///
    /// The first call fills the local copy; later ones answer from it without asking Persona,
    /// unless --refresh is given.
    Inquiries(Inquiries),
    /// Cases of the local copy: open ones first, by what is left of their SLA.
    ///
    /// The first call fills the local copy; later ones answer from it without asking Persona,
    /// unless --refresh is given.
    Cases(Cases),
    /// Accounts, newest first, as Persona lists them now. Where Persona cannot be reached, those
    /// that the local copy has seen.
    Accounts(Accounts),
}

#[derive(Debug, Args)]
pub struct Inquiries {
    /// created, pending, completed, failed, expired, needs_review, approved, declined, …
    #[arg(long)]
    status: Option<String>,
    #[arg(long, value_name = "ID", value_parser = ids::inquiry_template)]
    template: Option<TemplateId>,
    #[arg(long, value_name = "ID", value_parser = ids::account)]
    account: Option<AccountId>,
    #[command(flatten)]
    window: Window,
    #[command(flatten)]
    privacy: Privacy,
}

#[derive(Debug, Args)]
pub struct Cases {
    /// As the template spells it; case does not matter.
    #[arg(long)]
    status: Option<String>,
    /// A queue's id.
    #[arg(long, value_name = "ID")]
    queue: Option<String>,
    #[arg(long, value_name = "EMAIL")]
    assignee: Option<String>,
    #[arg(long, value_name = "ID", value_parser = ids::case_template)]
    template: Option<TemplateId>,
    #[arg(long, value_name = "ID", value_parser = ids::account)]
    account: Option<AccountId>,
    #[command(flatten)]
    window: Window,
}

#[derive(Debug, Args)]
pub struct Accounts {
    #[arg(long)]
    status: Option<String>,
    /// Individual, Business, …: the organisation's own names.
    #[arg(long = "type", value_name = "NAME")]
    type_name: Option<String>,
    #[arg(long, value_name = "ID", value_parser = ids::account)]
    account: Option<AccountId>,
    #[command(flatten)]
    window: Window,
    #[command(flatten)]
    privacy: Privacy,
}

#[derive(Debug, Clone, Copy, Args)]
struct Window {
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
    /// Catch up with Persona first.
    #[arg(long)]
    refresh: bool,
}

pub async fn run(command: Command, session: &Session) -> anyhow::Result<Exit> {
    match command {
        Command::Inquiries(asked) => inquiries(asked, session).await,
        Command::Cases(asked) => cases(asked, session).await,
        Command::Accounts(asked) => accounts(asked, session).await,
    }
}

async fn inquiries(asked: Inquiries, session: &Session) -> anyhow::Result<Exit> {
    session.catch_up(asked.window.when()).await?;
    let filter = InquiryFilter {
        status: asked.status.as_deref().map(InquiryStatus::parse),
        template: asked.template,
        account: asked.account,
    };
    let found = session.desk().list_inquiries(&filter, asked.window.limit).await?;
    let shown = Shown::List(Text::new(&format!("{} inquiries", found.rows.len())));
    let sight = session.sight(asked.privacy, &shown).await?;
    let rows = found.rows.iter().map(|row| record::listed_inquiry(row, sight)).collect();
    print(session, &record::INQUIRIES, rows)?;
    asked.window.cut(found.total);
    Ok(Exit::Done)
}

async fn cases(asked: Cases, session: &Session) -> anyhow::Result<Exit> {
    session.catch_up(asked.window.when()).await?;
    let text = |text: Option<String>| text.map(|text| Text::new(&text));
    let filter = CaseFilter {
        status: text(asked.status),
        queue: text(asked.queue),
        assignee: text(asked.assignee),
        template: asked.template,
        account: asked.account,
    };
    let found = session.desk().list_cases(&filter, asked.window.limit).await?;
    print(session, &record::CASES, found.rows.iter().map(record::listed_case).collect())?;
    asked.window.cut(found.total);
    Ok(Exit::Done)
}

async fn accounts(asked: Accounts, session: &Session) -> anyhow::Result<Exit> {
    let filter = AccountFilter {
        status: asked.status.map(|status| Text::new(&status)),
        type_name: asked.type_name.map(|name| Text::new(&name)),
        id: asked.account,
    };
    let limit = asked.window.limit;
    let (found, more) = match session.desk().list_accounts(&filter, limit).await {
        Ok(found) => found,
        Err(why) => {
            let why = session.fall_back(why)?;
            output::note(format!("{why}; these are the accounts that the local copy has seen"));
            let known = session.desk().list_known_accounts(&filter, limit).await?;
            (known.rows, known.total > u64::from(limit))
        }
    };
    let shown = Shown::List(Text::new(&format!("{} accounts", found.len())));
    let sight = session.sight(asked.privacy, &shown).await?;
    let rows = found.iter().map(|account| record::account(account, sight)).collect();
    print(session, &record::ACCOUNTS, rows)?;
    if more {
        output::note(format!("there are more than {limit}: --limit N shows more"));
    }
    Ok(Exit::Done)
}

fn print(session: &Session, shape: &Shape, rows: Vec<serde_json::Value>) -> std::io::Result<()> {
    output::print(&output::rows(session.format, shape, &rows))
}

impl Window {
    fn when(self) -> When {
        if self.refresh { When::Always } else { When::NeverFilled }
    }

    /// Says that a list was cut.
    fn cut(self, total: u64) {
        if total > u64::from(self.limit) {
            let limit = self.limit;
            output::note(format!("{limit} of {total}: --limit {total} shows all"));
        }
    }
}
