//! `caseload show` and `caseload relations`: one object as Persona has it now.

use clap::Args;

use super::{
    exit::Exit,
    ids, output, record,
    session::{Privacy, Session, Shown},
};
use crate::{
    desk::{Desk, Note, Origin, RefreshError},
    model::{AccountId, Evidence, Subject, Text, Timestamp},
};

#[derive(Debug, Args)]
pub struct Show {
    /// An inquiry (inq_…), a case (case_…) or an account (act_…).
    #[arg(value_name = "ID", value_parser = ids::subject)]
    id: Subject,
    #[command(flatten)]
    privacy: Privacy,
}

#[derive(Debug, Args)]
pub struct Relations {
    /// The account's id, act_…
    #[arg(value_name = "ACCOUNT", value_parser = ids::account)]
    account: AccountId,
    /// Only this relation key; it need not be configured.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    #[command(flatten)]
    privacy: Privacy,
}

pub async fn show(asked: Show, session: &Session) -> anyhow::Result<Exit> {
    let desk = session.desk();
    let looked = desk.look(&asked.id).await;
    let sight = session.sight(asked.privacy, &Shown::Item(asked.id.clone())).await?;
    let file = match &asked.id {
        Subject::Inquiry(id) => match desk.inquiry(id).await? {
            Some(file) => {
                let status = Text::new(file.inquiry.status.as_str());
                opened(desk, &asked.id, status, file.inquiry.updated_at).await;
                Some(record::inquiry_file(&file, sight))
            }
            None => None,
        },
        Subject::Case(id) => match desk.case(id).await? {
            Some(file) => {
                opened(desk, &asked.id, file.case.status.clone(), file.case.updated_at).await;
                Some(record::case_file(&file, sight))
            }
            None => None,
        },
        Subject::Account(id) => {
            desk.account(id).await?.map(|file| record::account_file(&file, sight))
        }
        Subject::Report(_) | Subject::NewInquiry(_) => {
            unreachable!("these prefixes are not taken")
        }
    };
    let source = told_by(session, looked, file.is_some())?;
    let file = file.ok_or_else(|| {
        Exit::Failed.told(format!("Persona answered with another object than {}", asked.id.id()))
    })?;
    let file = record::extended(file, serde_json::json!({ "source": source }));
    output::print(&output::object(session.format, &file))?;
    Ok(Exit::Done)
}

/// What is shown counts as opened. Nobody is kept from looking where that cannot be written down.
async fn opened(desk: &Desk, subject: &Subject, status: Text, updated_at: Option<Timestamp>) {
    let version = Evidence { status, updated_at };
    let note = Note::Opened { subject: subject.clone(), version };
    if let Err(why) = desk.journal(note).await {
        output::note(format!("the journal does not say that it was opened: {why}"));
    }
}

pub async fn relations(asked: Relations, session: &Session) -> anyhow::Result<Exit> {
    let desk = session.desk();
    let key = asked.key.map(|key| Text::new(&key));
    let looked = desk.look_at_relations(&asked.account, key.as_ref()).await;
    if let Err(RefreshError::NoKeys) = looked {
        return Err(Exit::Usage.told(
            "which relations? Give --key, or name your organisation's under [relations] keys in the configuration",
        ));
    }
    let groups = desk.relations(&asked.account).await?.groups;
    told_by(session, looked, !groups.is_empty())?;
    let groups = groups.iter().filter(|group| group.origin == Origin::Persona);
    let groups = groups.filter(|group| key.as_ref().is_none_or(|key| *key == group.key));
    let shown = Shown::Item(Subject::Account(asked.account.clone()));
    let sight = session.sight(asked.privacy, &shown).await?;
    let rows: Vec<_> = groups
        .flat_map(|group| group.rows.iter().map(|row| (&group.key, row)))
        .map(|(key, row)| record::relation(&asked.account, key, row, sight))
        .collect();
    output::print(&output::rows(session.format, &record::RELATIONS, &rows))?;
    Ok(Exit::Done)
}

/// Who answers: Persona, or the local copy where Persona is silent and the copy has it.
fn told_by(
    session: &Session,
    looked: Result<(), RefreshError>,
    is_known: bool,
) -> anyhow::Result<&'static str> {
    let Err(why) = looked else { return Ok("persona") };
    match (is_known, &why) {
        (true, _) => {
            let why = session.fall_back(why)?;
            output::note(format!("{why}; this is the local copy"));
            Ok("local")
        }
        (false, _) => Err(why.into()),
    }
}
