//! `caseload inquiry create`: has Persona make an inquiry, through the outbox.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use clap::{Args, Subcommand};
use serde_json::json;

use super::{
    delivery::{self, Timing, Wait},
    exit::Exit,
    ids, output, record,
    session::{Session, duration},
};
use crate::{
    desk::{Draft, Note},
    model::{
        AccountId, Action, Evidence, Field, InquiryId, NewInquiry, Pii, Subject, TemplateId, Text,
        Verb,
    },
    secret::Secret,
};

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Have Persona make an inquiry, once, whatever happens on the way.
    Create(Create),
}

#[derive(Debug, Args)]
pub struct Create {
    /// itmpl_…, itmplv_… or tmpl_…
    #[arg(long, value_name = "ID", value_parser = ids::inquiry_template)]
    template: TemplateId,
    /// The account that it belongs to. Without it Persona makes one, or finds it by --reference-id.
    #[arg(long, value_name = "ID", value_parser = ids::account)]
    account: Option<AccountId>,
    /// Your own id of the account.
    #[arg(long, value_name = "TEXT", conflicts_with = "account")]
    reference_id: Option<String>,
    /// What is known of the applicant already, such as name-first=Ada; may be repeated. Others on
    /// this machine can see arguments: personal data is better given with --fields.
    #[arg(long = "field", value_name = "KEY=VALUE", value_parser = field)]
    fields: Vec<Field>,
    /// Likewise, as a JSON object of texts in a file; - reads stdin.
    #[arg(long = "fields", value_name = "FILE")]
    fields_file: Option<PathBuf>,
    /// Print a one-time link with it. It waits as long as --wait says, or two minutes.
    #[arg(long)]
    link: bool,
    /// How long the link works, such as 24h; as configured without it.
    #[arg(long, value_name = "DURATION", value_parser = duration, requires = "link")]
    expires: Option<Duration>,
    #[command(flatten)]
    timing: Timing,
}

/// For a link, which only this command can hand out.
const PATIENCE: Duration = Duration::from_secs(120);

fn field(raw: &str) -> Result<Field, String> {
    match raw.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => {
            Ok(Field { name: Text::new(name.trim()), value: Pii::new(value) })
        }
        _ => Err("a field is written like name-first=Ada".to_owned()),
    }
}

/// The fields that a file names.
fn fields(file: &Path) -> anyhow::Result<Vec<Field>> {
    let name = file.display();
    let read = match file.to_str() {
        Some("-") => io::read_to_string(io::stdin()),
        _ => fs::read_to_string(file),
    };
    let text = read.map_err(|why| Exit::Usage.told(format!("{name} cannot be read: {why}")))?;
    // What is wrong is told by its place: the text is personal.
    let fields: BTreeMap<String, String> = serde_json::from_str(&text).map_err(|why| {
        let (line, column) = (why.line(), why.column());
        Exit::Usage.told(format!("{name}:{line}:{column}: not a JSON object of texts"))
    })?;
    let field =
        |(name, value): (String, String)| Field { name: Text::new(&name), value: Pii::new(&value) };
    Ok(fields.into_iter().map(field).collect())
}

pub fn hold(command: &Command) -> Duration {
    let Command::Create(asked) = command;
    asked.timing.hold()
}

pub async fn run(command: Command, session: &mut Session) -> anyhow::Result<Exit> {
    let Command::Create(asked) = command;
    let seconds = session.link_seconds(asked.expires)?;
    let mut known = asked.fields;
    if let Some(file) = &asked.fields_file {
        known.extend(fields(file)?);
    }
    let new = NewInquiry {
        template: asked.template,
        account: asked.account,
        reference_id: asked.reference_id.map(|reference| Text::new(&reference)),
        fields: known,
        link_seconds: asked.link.then_some(seconds),
    };
    let id = session.desk().create_inquiry(new).await?.action;
    session.once.deliver();
    let wait = match asked.timing.wait() {
        Wait::FirstTry | Wait::No if asked.link => Wait::For(asked.timing.hold() + PATIENCE),
        wait => wait,
    };
    let action = delivery::follow(session, &id, &wait).await?;
    let Subject::Inquiry(inquiry) = &action.subject else {
        let told = record::decision(&action);
        let rows = std::slice::from_ref(&told);
        output::print(&output::rows(session.format, &record::DECISIONS, rows))?;
        return Ok(delivery::told(&action));
    };
    let link = match asked.link {
        true => link(session, &action, inquiry, seconds).await?,
        false => None,
    };
    let file = session.desk().inquiry(inquiry).await?;
    let status = file.map(|file| file.inquiry.status);
    let mut told = json!({ "kind": "inquiry", "id": inquiry, "status": status, "action": id });
    if let Some(link) = &link {
        told["link"] = link.expose().as_str().into();
    }
    output::print(&output::object(session.format, &told))?;
    match (asked.link, link) {
        (true, None) => {
            output::note(format!("{inquiry} was made, but no link: `caseload link {inquiry}`"));
            Ok(Exit::OnItsWay)
        }
        _ => Ok(Exit::Done),
    }
}

/// The link that came with the inquiry. Where its answer was lost, a link of its own is asked for.
async fn link(
    session: &mut Session,
    action: &Action,
    inquiry: &InquiryId,
    seconds: u32,
) -> anyhow::Result<Option<Secret<String>>> {
    let (mut id, subject) = (action.id.clone(), action.subject.clone());
    let mut link = session.once.link(&id).await;
    if link.is_none() {
        session.desk().look(&subject).await?;
        let Some(file) = session.desk().inquiry(inquiry).await? else { return Ok(None) };
        let status = Text::new(file.inquiry.status.as_str());
        let evidence = Evidence { status, updated_at: file.inquiry.updated_at };
        let verb = Verb::OneTimeLink { expires_in_seconds: Some(seconds) };
        let draft = Draft {
            subject: subject.clone(),
            verb,
            evidence,
            reason: None,
            comment: None,
            looked_at: Vec::new(),
            shown_at: None,
        };
        id = session.desk().submit(draft).await?.action;
        delivery::follow(session, &id, &Wait::For(PATIENCE)).await?;
        link = session.once.link(&id).await;
    }
    if link.is_some() {
        session.desk().journal(Note::PrintedLink { subject, action: id }).await?;
    }
    Ok(link)
}
