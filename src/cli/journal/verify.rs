//! `caseload journal verify`: the chain of a store, or a bundle, proved without Persona.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};

use super::{super::exit::Exit, folder};
use crate::{
    cli::output::{self, Format},
    journal::{Flaw, Proof, bundle},
    store::{self, Place},
};

#[derive(Debug, Args)]
pub struct Verify {
    /// A bundle's folder, or the file of a local copy; without it the configured one.
    #[arg(value_name = "BUNDLE|FILE")]
    what: Option<PathBuf>,
    /// A head that was noted elsewhere: a line must have this hash. For a bundle: its manifest's.
    #[arg(long, value_name = "HASH", value_parser = hash)]
    head: Option<String>,
}

fn hash(raw: &str) -> Result<String, String> {
    let is_hash = raw.len() == 64 && raw.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash {
        Ok(raw.to_lowercase())
    } else {
        Err("a hash has 64 hexadecimal digits".to_owned())
    }
}

pub async fn run(asked: Verify, file: Option<&Path>, format: Format) -> anyhow::Result<Exit> {
    let noted = asked.head.as_deref();
    let (told, exit) = match asked.what {
        Some(path) if path.is_dir() => of_bundle(&path, noted)?,
        Some(path) => of_copy(&path, noted).await?,
        None => of_configured(file, noted).await?,
    };
    output::print(&output::object(format, &told))?;
    Ok(exit)
}

async fn of_configured(file: Option<&Path>, noted: Option<&str>) -> anyhow::Result<(Value, Exit)> {
    let (loaded, place) = super::place(file)?;
    match &place {
        Place::File(path) => of_store(path, noted).await,
        Place::Server(_) => {
            Ok(told(super::Desk::open(&loaded, &place).await?.store.prove(noted).await?))
        }
    }
}

/// A file that somebody named may have been copied while it was written.
async fn of_copy(path: &Path, noted: Option<&str>) -> anyhow::Result<(Value, Exit)> {
    // Looked at before it is opened, which may make one.
    let lacks_log = store::lacks_its_log(path);
    let words = format!(
        "there is no log beside it ({}-wal), where what was written last is while a console is open: copy both, \
         or make the copy with caseload store backup",
        path.display()
    );
    match store::prove(path, noted).await {
        Err(store::Error::Damaged(_)) if lacks_log => {
            Err(Exit::Failed.told(format!("{} is torn: {words}", path.display())))
        }
        Err(why) => Err(why.into()),
        Ok(None) => Err(super::nothing(path)),
        Ok(Some(proved)) => {
            if proved.is_err() && lacks_log {
                output::note(words);
            }
            Ok(told(proved))
        }
    }
}

async fn of_store(path: &Path, noted: Option<&str>) -> anyhow::Result<(Value, Exit)> {
    let proved = store::prove(path, noted).await?.ok_or_else(|| super::nothing(path))?;
    Ok(told(proved))
}

fn told(proved: Result<Proof, Flaw>) -> (Value, Exit) {
    match proved {
        Ok(Proof { lines, head, name, environment, noted_at }) => {
            let told = json!({ "kind": "proof", "of": "journal", "verdict": "whole",
                "lines": lines, "head": head, "journal": name, "environment": environment,
                "noted_at": noted_at });
            (told, Exit::Done)
        }
        Err(Flaw { line, wrong }) => {
            let told = json!({ "kind": "proof", "of": "journal", "verdict": "broken",
                "line": line, "wrong": wrong.as_str(), "what": wrong.to_string() });
            (told, Exit::Broken)
        }
    }
}

fn of_bundle(path: &Path, noted: Option<&str>) -> anyhow::Result<(Value, Exit)> {
    let proved = folder::read(path)?.and_then(|files| bundle::prove(&files));
    let proved = proved.and_then(|proven| match noted {
        Some(noted) if noted != proven.sha256 => Err(bundle::Unproven {
            part: bundle::MANIFEST.to_owned(),
            why: format!("its hash is {}, not the one that was noted", proven.sha256),
        }),
        _ => Ok(proven),
    });
    Ok(match proved {
        Ok(proven) => {
            let told = json!({ "kind": "proof", "of": "bundle", "verdict": "whole",
                "action": proven.action, "subject": proven.subject,
                "decided_by": proven.decided_by, "decided_at": proven.decided_at,
                "made_at": proven.made_at, "program": proven.program, "parts": proven.parts,
                "lines": proven.lines, "journal": proven.journal.name,
                "journal_lines": proven.journal.lines, "journal_head": proven.journal.head,
                "sha256": proven.sha256 });
            (told, Exit::Done)
        }
        Err(unproven) => {
            let told = json!({ "kind": "proof", "of": "bundle", "verdict": "broken",
                "part": unproven.part, "what": unproven.why });
            (told, Exit::Broken)
        }
    })
}
