//! `caseload journal export --bundle`: the evidence file of one decision, as a folder.

use std::path::Path;

use anyhow::Context;
use serde_json::{Value, json};

use super::{
    super::{exit::Exit, ids, private},
    Desk, export,
};
use crate::{
    cli::{
        output,
        record::{self, Sight},
    },
    journal::{
        Proof, ROOT,
        bundle::{self, Evidence, Place, Tied},
    },
    model::{ActionId, Exported, JournalEntry, Subject},
    store,
};

/// The journal was proved just now; `proof` says where it stood.
pub async fn run(
    id: &str,
    output: &Path,
    sight: Sight,
    proof: &Proof,
    desk: &Desk,
) -> anyhow::Result<Exit> {
    let store = &desk.store;
    let unknown = || Exit::NotFound.told(format!("the journal knows of no decision {id}"));
    let action = match ids::subject(id) {
        Ok(_) => store.latest_decision(id).await?,
        Err(_) => ActionId::new(id).ok(),
    };
    let action = action.ok_or_else(unknown)?;
    let lines = lines(desk, &action, proof.lines).await?;
    let subject = subject(&lines).ok_or_else(unknown)?;
    if sight == Sight::Plain {
        let line = JournalEntry::new(desk.clock.now(), &desk.reviewer, "revealed");
        let line = JournalEntry { subject: Some(subject.clone()), ..line };
        store.journal(line).await.context("nothing is revealed without the journal")?;
    }
    let evidence = Evidence {
        program: store::program(),
        made_at: desk.clock.now(),
        made_by: desk.reviewer.clone(),
        action: action.clone(),
        journal: Place { name: proof.name.clone(), lines: proof.lines, head: proof.head.clone() },
        checks: store.checks_seen(&action).await?,
        copy: copy(desk, &subject, sight).await?,
        lines,
    };
    let (files, hash) = bundle::make(&evidence)
        .map_err(|why| Exit::Broken.told(format!("the decision cannot be proved: {why}")))?;
    let exported = Exported::of("bundle", evidence.lines.len() as u64, &hash);
    export::tell(desk, exported, Some(subject)).await?;
    let parts = files.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice()));
    let (seal, parts): (Vec<_>, Vec<_>) = parts.partition(|(name, _)| *name == bundle::SEAL);
    private::folder(output, parts.into_iter(), seal[0])
        .with_context(|| format!("{} cannot be written", output.display()))?;
    output::note(format!("{}: manifest {hash}", output.display()));
    Ok(Exit::Done)
}

/// The lines of a decision, those that it says came before it, and the first of the journal.
async fn lines(desk: &Desk, action: &ActionId, upto: u64) -> anyhow::Result<Vec<Tied>> {
    let of_it = desk.store.journal_of(action).await?;
    let mut numbers: Vec<u64> = of_it.iter().map(|line| line.number).collect();
    for line in &of_it {
        let entry: Option<JournalEntry> = serde_json::from_str(&line.text).ok();
        let before = entry.and_then(|entry| entry.decision).map(|decision| decision.before);
        numbers.extend(before.iter().flat_map(|before| before.lines()));
    }
    numbers.push(1);
    numbers.retain(|number| *number <= upto);
    numbers.sort_unstable();
    numbers.dedup();
    let mut tied = Vec::new();
    for line in desk.store.journal_at(&numbers).await? {
        let before = desk.store.journal_at(&[line.number.saturating_sub(1)]).await?;
        let previous = before.first().map_or_else(|| ROOT.to_owned(), |line| line.hash.clone());
        tied.push(Tied { number: line.number, previous, hash: line.hash, text: line.text });
    }
    Ok(tied)
}

/// What was decided on, or what came of it where it was to be made.
fn subject(lines: &[Tied]) -> Option<Subject> {
    let mut entries = lines.iter().rev().filter_map(|line| {
        serde_json::from_str::<JournalEntry>(&line.text).ok().filter(|entry| entry.action.is_some())
    });
    entries.find_map(|entry| entry.subject)
}

/// The object as the local copy has it now, which may be another version than was decided on.
async fn copy(desk: &Desk, subject: &Subject, sight: Sight) -> anyhow::Result<Option<Value>> {
    let store = &desk.store;
    let object = match subject {
        Subject::Inquiry(id) => {
            store.inquiry(id).await?.map(|file| record::inquiry_file(&file, sight))
        }
        Subject::Case(id) => store.case(id).await?.map(|file| record::case_file(&file, sight)),
        Subject::Account(_) | Subject::Report(_) | Subject::NewInquiry(_) => None,
    };
    Ok(object.map(|object| json!({ "kind": "copy", "as_of": desk.clock.now(), "object": object })))
}
