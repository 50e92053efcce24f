//! The evidence file of one decision: made from texts, proved from bytes alone.
//!
//! ```text
//!  manifest.json.sha256   the hash of the manifest, as `sha256sum` writes it
//!  manifest.json          name, size and SHA-256 of every part; where the journal stood
//!  journal.tsv            the lines of this decision: number, hash before, hash, text
//!  decision.json          the same, told for people; made again from the lines when proved
//!  checks.json            the checks seen, whose hash is in the journal
//!  copy.json              the object as the local copy had it when the bundle was made
//! ```

use std::{collections::BTreeMap, str};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{link, sha256};
use crate::model::{ActionId, JournalEntry, Text};

pub const MANIFEST: &str = "manifest.json";
pub const SEAL: &str = "manifest.json.sha256";
pub const JOURNAL: &str = "journal.tsv";
pub const DECISION: &str = "decision.json";
pub const CHECKS: &str = "checks.json";
pub const COPY: &str = "copy.json";

const FORMAT: &str = "caseload evidence 1";

/// File names and what is in them.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A line of the journal with the hash that it follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tied {
    pub number: u64,
    pub previous: String,
    pub hash: String,
    pub text: String,
}

/// Where the journal stood when a bundle was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    pub name: Option<Text>,
    pub lines: u64,
    pub head: String,
}

/// What a bundle is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Evidence {
    pub program: Text,
    pub made_at: Timestamp,
    pub made_by: Text,
    pub action: ActionId,
    pub journal: Place,
    /// In the order of the journal.
    pub lines: Vec<Tied>,
    /// As it was kept when it was decided.
    pub checks: Option<String>,
    /// As it is now, if it is still there.
    pub copy: Option<Value>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    format: String,
    program: Text,
    made_at: Timestamp,
    made_by: Text,
    action: ActionId,
    journal: Place,
    parts: Vec<Part>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    name: String,
    bytes: u64,
    sha256: String,
}

/// A bundle that is whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proven {
    pub action: ActionId,
    pub subject: Option<Text>,
    pub decided_by: Text,
    pub decided_at: Timestamp,
    pub made_at: Timestamp,
    pub program: Text,
    pub journal: Place,
    /// How many lines of the journal are in it.
    pub lines: u64,
    pub parts: u64,
    /// Of the manifest; the line that tells of the export has it too.
    pub sha256: String,
}

/// The first part that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part}: {why}")]
pub struct Unproven {
    pub part: String,
    pub why: String,
}

fn unproven<T>(part: &str, why: impl Into<String>) -> Result<T, Unproven> {
    Err(Unproven { part: part.to_owned(), why: why.into() })
}

/// The files of a bundle, and the hash of its manifest.
///
/// # Errors
/// If the lines do not tell of the decision.
pub fn make(evidence: &Evidence) -> Result<(Files, String), Unproven> {
    let mut files = Files::new();
    let lines = evidence.lines.iter().map(|line| {
        let Tied { number, previous, hash, text } = line;
        format!("{number}\t{previous}\t{hash}\t{text}\n")
    });
    files.insert(JOURNAL.to_owned(), lines.collect::<String>().into_bytes());
    let entries = entries(&evidence.lines)?;
    let decision = decision(&evidence.action, &entries)?;
    files.insert(DECISION.to_owned(), pretty(&decision));
    if let Some(checks) = &evidence.checks {
        files.insert(CHECKS.to_owned(), checks.clone().into_bytes());
    }
    if let Some(copy) = &evidence.copy {
        files.insert(COPY.to_owned(), pretty(copy));
    }
    let part = |(name, bytes): (&String, &Vec<u8>)| Part {
        name: name.clone(),
        bytes: bytes.len() as u64,
        sha256: sha256(bytes),
    };
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        program: evidence.program.clone(),
        made_at: evidence.made_at,
        made_by: evidence.made_by.clone(),
        action: evidence.action.clone(),
        journal: evidence.journal.clone(),
        parts: files.iter().map(part).collect(),
    };
    let manifest = serde_json::to_value(manifest).expect("a manifest is plain text and numbers");
    let manifest = pretty(&manifest);
    let hash = sha256(&manifest);
    files.insert(MANIFEST.to_owned(), manifest);
    files.insert(SEAL.to_owned(), seal(&hash).into_bytes());
    prove(&files)?;
    Ok((files, hash))
}

/// Whether every part is as it was made, and the decision is what the journal's lines say.
///
/// # Errors
/// The first part that is not.
pub fn prove(files: &Files) -> Result<Proven, Unproven> {
    let file = |name: &str| match files.get(name) {
        Some(bytes) => Ok(bytes),
        None => unproven(name, "it is missing"),
    };
    let bytes = file(MANIFEST)?;
    let hash = sha256(bytes);
    if *file(SEAL)? != seal(&hash).into_bytes() {
        return unproven(MANIFEST, format!("it was changed, or {SEAL} was: its hash is {hash}"));
    }
    let manifest: Manifest = match serde_json::from_slice(bytes) {
        Ok(manifest) => manifest,
        Err(why) => return unproven(MANIFEST, format!("it is no manifest: {why}")),
    };
    if manifest.format != FORMAT {
        return unproven(MANIFEST, format!("its format is not {FORMAT:?}: use a newer caseload"));
    }
    parts(&manifest, files)?;
    let lines = tied(file(JOURNAL)?)?;
    let entries = entries(&lines)?;
    place(&manifest.journal, &lines, &entries)?;
    let decision = decision(&manifest.action, &entries)?;
    if *file(DECISION)? != pretty(&decision) {
        return unproven(DECISION, "it does not say what the lines of the journal say");
    }
    let decided = decided(&manifest.action, &entries)?;
    let seen = decided.decision.as_ref().and_then(|decision| decision.seen.as_ref());
    match (seen, files.get(CHECKS)) {
        (Some(seen), Some(checks)) if sha256(checks) != seen.sha256.as_str() => {
            return unproven(CHECKS, "its hash is not the one in the journal");
        }
        (Some(_), None) => return unproven(CHECKS, "it is missing: the journal has its hash"),
        (None, Some(_)) => return unproven(CHECKS, "the journal knows of no checks"),
        _ => {}
    }
    Ok(Proven {
        action: manifest.action,
        subject: decided.subject.as_ref().map(|subject| Text::new(subject.id())),
        decided_by: decided.who.clone(),
        decided_at: decided.at,
        made_at: manifest.made_at,
        program: manifest.program,
        journal: manifest.journal,
        lines: lines.len() as u64,
        parts: manifest.parts.len() as u64,
        sha256: hash,
    })
}

/// Every part is there, whole, named once, and nothing else is.
fn parts(manifest: &Manifest, files: &Files) -> Result<(), Unproven> {
    let mut named: Vec<&str> = vec![MANIFEST, SEAL];
    for part in &manifest.parts {
        let name = part.name.as_str();
        if !is_plain(name) {
            return unproven(MANIFEST, format!("{name:?} is no name of a part"));
        }
        if named.contains(&name) {
            return unproven(MANIFEST, format!("{name} is named twice"));
        }
        named.push(name);
        let Some(bytes) = files.get(name) else { return unproven(name, "it is missing") };
        if bytes.len() as u64 != part.bytes || sha256(bytes) != part.sha256 {
            return unproven(name, "it was changed");
        }
    }
    match files.keys().find(|name| !named.contains(&name.as_str())) {
        Some(stranger) => unproven(stranger, "the manifest does not name it"),
        None => Ok(()),
    }
}

/// A part lies beside the manifest: its name leads nowhere else.
pub fn is_plain(name: &str) -> bool {
    let plain =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    (1..=64).contains(&name.len()) && name.chars().all(plain) && !name.starts_with('.')
}

/// The lines of the slice; each one's hash covers its text and the hash before it.
fn tied(bytes: &[u8]) -> Result<Vec<Tied>, Unproven> {
    let broken = |nth: usize, why: &str| unproven(JOURNAL, format!("row {nth}: {why}"));
    let Ok(text) = str::from_utf8(bytes) else { return unproven(JOURNAL, "it is not text") };
    let mut lines: Vec<Tied> = Vec::new();
    for (row, nth) in text.lines().zip(1..) {
        let mut cells = row.splitn(4, '\t').map(str::to_owned);
        let row = (cells.next(), cells.next(), cells.next(), cells.next());
        let (Some(number), Some(previous), Some(hash), Some(text)) = row else {
            return broken(nth, "a number, two hashes and a text are expected");
        };
        let Ok(number) = number.parse() else { return broken(nth, "it has no number") };
        let line = Tied { number, previous, hash, text };
        if link(&line.previous, &line.text) != line.hash {
            return broken(nth, "the hash does not fit the text");
        }
        if let Some(before) = lines.last() {
            let follows = before.number.checked_add(1) == Some(number);
            if before.number >= number || (follows && before.hash != line.previous) {
                return broken(nth, "it does not follow the row before it");
            }
        }
        lines.push(line);
    }
    Ok(lines)
}

fn entries(lines: &[Tied]) -> Result<Vec<(u64, JournalEntry)>, Unproven> {
    let mut entries = Vec::new();
    for line in lines {
        let Ok(entry) = serde_json::from_str::<JournalEntry>(&line.text) else {
            return unproven(JOURNAL, format!("line {} cannot be read", line.number));
        };
        if entry.line.is_some_and(|own| own != line.number) {
            return unproven(JOURNAL, format!("line {} says that it is another", line.number));
        }
        entries.push((line.number, entry));
    }
    Ok(entries)
}

/// The slice is of the journal that the manifest names.
fn place(place: &Place, lines: &[Tied], entries: &[(u64, JournalEntry)]) -> Result<(), Unproven> {
    let beyond = lines.last().is_some_and(|line| {
        line.number > place.lines || (line.number == place.lines && line.hash != place.head)
    });
    let named = entries.iter().find_map(|(_, entry)| entry.journal.as_ref());
    if beyond || named.is_some_and(|named| Some(named) != place.name.as_ref()) {
        return unproven(JOURNAL, "its lines are not of the journal that the manifest names");
    }
    Ok(())
}

fn decided<'a>(
    action: &ActionId,
    entries: &'a [(u64, JournalEntry)],
) -> Result<&'a JournalEntry, Unproven> {
    let is_it =
        |entry: &JournalEntry| entry.tells_of_a_decision() && entry.action.as_ref() == Some(action);
    match entries.iter().find(|(_, entry)| is_it(entry)) {
        Some((_, entry)) => Ok(entry),
        None => unproven(JOURNAL, format!("no line tells that {action} was decided")),
    }
}

/// The decision as the lines tell it.
fn decision(action: &ActionId, entries: &[(u64, JournalEntry)]) -> Result<Value, Unproven> {
    let decided = decided(action, entries)?;
    let of_it = || entries.iter().filter(|(_, entry)| entry.action.as_ref() == Some(action));
    let later = of_it().filter(|(_, entry)| !entry.tells_of_a_decision()).map(|(line, entry)| {
        let mut told = json!({ "line": line, "at": entry.at, "who": entry.who,
                "what": entry.what, "answer": entry.answer, "attempts": entry.attempts,
                "detail": entry.detail });
        if let (Some(decision), Some(told)) = (&entry.decision, told.as_object_mut()) {
            // A second person's, with what they had looked at.
            told.insert("key".to_owned(), json!(entry.key));
            told.insert("decision".to_owned(), json!(decision));
        }
        told
    });
    let others = entries.iter().filter(|(_, entry)| entry.action.as_ref() != Some(action));
    let before = others.filter(|(_, entry)| entry.subject.is_some()).map(|(line, entry)| {
        json!({ "line": line, "at": entry.at, "who": entry.who, "what": entry.what,
            "version": entry.version })
    });
    Ok(json!({
        "kind": "decision", "action": action, "subject": decided.subject,
        "reviewer": decided.who, "key": decided.key, "decided_at": decided.at,
        "decision": decided.decision, "detail": decided.detail, "program": decided.program,
        "before": before.collect::<Value>(), "outcome": later.collect::<Value>(),
    }))
}

fn seal(hash: &str) -> String {
    format!("{hash}  {MANIFEST}\n")
}

fn pretty(value: &Value) -> Vec<u8> {
    format!("{value:#}\n").into_bytes()
}
