//! One line of the journal: who did what to which object, when, on what evidence, and what
//! Persona answered. Ids, codes and figures only: no name, comment, link or key is ever in it.
//!
//! Lines are read tolerantly: those of older versions have fewer fields and a sentence in
//! `detail`, those of newer ones may have more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ActionId, ApiKeyId, Contradicted, Evidence, Subject, Text};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// Its place in the journal, from 1. Set when it is appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    pub at: Timestamp,
    /// The reviewer's identity from the configuration.
    pub who: Text,
    /// With which key. Set when it is appended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<KeyProfile>,
    /// `decided`, `proposed`, `confirmed`, `undone`, `done`, `stopped`, `opened`, `revealed`, …
    pub what: Text,
    pub subject: Option<Subject>,
    pub action: Option<ActionId>,
    /// Shared by the lines of all that was decided in one go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bulk: Option<Text>,
    /// Of a decision when it is made, or confirmed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decided>,
    /// Of a decision when it is settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<PersonaSaid>,
    /// How often a decision was sent until it was settled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attempts: Option<u32>,
    /// The version that was opened.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Evidence>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub export: Option<Exported>,
    /// Of a rotation of the API key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotation: Option<KeyRotation>,
    /// The random name of this journal, in the line that begins it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<Text>,
    /// `caseload 0.1.0`
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<Text>,
    /// What is left to say, in our own words.
    #[serde(default, skip_serializing_if = "Text::is_empty")]
    pub detail: Text,
}

/// What may be known of a key by everybody.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyProfile {
    /// `env_…`, once Persona has told.
    pub environment: Option<Text>,
    /// Its last four characters, as Persona's dashboard shows them.
    pub ends: Option<Text>,
}

/// Which key was put in the place of which, by their ids; the keys themselves are never written.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyRotation {
    /// As far as it is known by then.
    pub old: Option<ApiKeyId>,
    pub new: Option<ApiKeyId>,
    /// How long the old one was to go on.
    pub grace_seconds: u64,
    /// When it ends, once Persona has said so.
    pub old_ends_at: Option<Timestamp>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// `approve`, `set status Pending`, `create inquiry of itmpl_…`
    pub verb: Text,
    pub reason: Option<GivenReason>,
    /// Whether there is a comment beside the reason. What it says is not written here.
    pub commented: bool,
    /// The version that was decided on; none where there was nothing yet.
    pub evidence: Option<Evidence>,
    /// The checks that the local copy had.
    pub seen: Option<Seen>,
    /// Which parts of the evidence the reviewer had on the screen, of this version: `checks`,
    /// `photos`, …
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub looked_at: Vec<Text>,
    /// Since when the item was on the reviewer's screen without a break, opened or beside the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_at: Option<Timestamp>,
    /// An earlier verdict on the same person that says the opposite, as far as this copy knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contradicts: Option<Contradicted>,
    /// Lines about this object by this reviewer since it was last decided.
    pub before: Before,
}

/// A reason from the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenReason {
    pub code: Text,
    /// As configured at the time; empty where that is not known.
    pub text: Text,
}

/// A decision's record of the checks, which is kept beside the journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    pub checks: u64,
    pub failed: u64,
    /// Of the record's text, in lower-case hex.
    pub sha256: Text,
}

/// Numbers of lines, oldest first, at most [`Before::MOST`] of each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Before {
    pub opened: Vec<u64>,
    pub revealed: Vec<u64>,
    /// Personal values and links to files that were handed out; links that were copied or printed.
    pub copied: Vec<u64>,
    pub exported: Vec<u64>,
    /// PDFs.
    pub printed: Vec<u64>,
}

impl Before {
    pub const MOST: usize = 50;

    /// Takes a line in, if it tells of such a deed.
    pub fn note(&mut self, what: &str, line: u64) {
        let lines = match what {
            "opened" => &mut self.opened,
            "revealed" => &mut self.revealed,
            "copied" | "copied link" | "printed link" | "handed off file" => &mut self.copied,
            "exported" => &mut self.exported,
            "printed" => &mut self.printed,
            _ => return,
        };
        if lines.len() < Self::MOST {
            lines.push(line);
        }
    }

    pub fn lines(&self) -> impl Iterator<Item = u64> {
        let all = [&self.opened, &self.revealed, &self.copied, &self.exported, &self.printed];
        all.into_iter().flatten().copied()
    }
}

/// What Persona answered, without its words: they may repeat what an applicant typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonaSaid {
    /// Of HTTP; none if there was no answer.
    pub status: Option<u16>,
    /// `done`, `invalid`, `conflict`, `no answer in time`, …
    pub class: Text,
    /// `req_…`, the name of its log at Persona.
    pub request_id: Option<Text>,
}

/// What of the journal was exported.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exported {
    /// `json`, `csv`, `bundle`, `backup`
    pub format: Text,
    pub from: Option<Timestamp>,
    /// Exclusive.
    pub to: Option<Timestamp>,
    pub reviewer: Option<Text>,
    pub lines: u64,
    /// Of a bundle's manifest, of a backup's file, or of one with a bulk's results.
    pub sha256: Option<Text>,
}

impl Exported {
    /// All lines, in a file with this hash.
    pub fn of(format: &str, lines: u64, sha256: &str) -> Self {
        Self {
            format: Text::new(format),
            from: None,
            to: None,
            reviewer: None,
            lines,
            sha256: Some(Text::new(sha256)),
        }
    }
}

impl JournalEntry {
    /// Whether it tells that a decision was made, for others to confirm or not.
    pub fn tells_of_a_decision(&self) -> bool {
        matches!(self.what.as_str(), "decided" | "proposed")
    }

    pub fn new(at: Timestamp, who: &Text, what: &str) -> Self {
        Self {
            line: None,
            at,
            who: who.clone(),
            key: None,
            what: Text::new(what),
            subject: None,
            action: None,
            bulk: None,
            decision: None,
            answer: None,
            attempts: None,
            version: None,
            export: None,
            rotation: None,
            journal: None,
            program: None,
            detail: Text::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_version_are_read() {
        let old = r#"{"at":"2026-03-02T10:00:00Z","who":"jane","what":"decided","subject":{"Inquiry":"inq_1"},"action":"a1","detail":"approve on needs_review"}"#;
        let entry: JournalEntry = serde_json::from_str(old).unwrap();
        assert_eq!(serde_json::to_string(&entry).unwrap(), old, "and written as they were");
        let new = old.replace("\"who\"", "\"of_tomorrow\":{\"x\":1},\"who\"");
        assert_eq!(serde_json::from_str::<JournalEntry>(&new).unwrap(), entry);
    }
}
