//! What a policy file can ask of those who decide, and what is in force of two such files.
//!
//! `load` reads the organisation's file and the user's, `check` knows what types cannot say, `merge`
//! lets the stricter of both win. `policy.example.toml` documents every setting; a test holds it
//! against these structs. All of it is enforced by this client, and by nothing at Persona.

mod check;
mod load;
mod merge;

use std::{fmt, path::PathBuf, time::Duration};

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

pub use self::{
    load::{Places, ROOT, load, parse},
    merge::merge,
};
use super::{Config, Mask, Reason};

/// One file. What it does not say is left to the other file, or not asked for. Unknown names are
/// errors, so that a typing mistake cannot pass for a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PolicyFile {
    pub approve: Asked,
    pub decline: Asked,
    pub escalate: Asked,
    pub case_status: Asked,
    pub dismiss: Asked,
    pub bulk: BulkAsked,
    pub retention: Retention,
    pub session: Session,
    pub display: Display,
}

/// What a file asks of one verdict.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asked {
    pub reason: Option<Demand>,
    /// The evidence must have been opened, at the very version that is decided on.
    pub opened: Option<bool>,
    /// Another reviewer must confirm it, with another key.
    pub second_person: Option<bool>,
    /// All reasons that can be given; nine at most.
    pub reasons: Option<Vec<Reason>>,
}

/// Whether a reason must be given; the stricter is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demand {
    Optional,
    /// Where a required check failed.
    WhenFailed,
    Required,
}

/// What a file allows of verdicts that are given to many items in one go.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BulkAsked {
    /// Off where no file allows it.
    pub verdicts: Option<bool>,
    /// Of so many items at most, 2 to 1000.
    pub most: Option<u32>,
    /// So many of them must have been opened, 1 to 1000.
    pub sample: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Retention {
    /// Cached personal data of what nobody waits for is kept for so long at most, 1 to 3650.
    pub days: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Session {
    /// The console locks after so long without a key, 1 to 1440.
    pub lock_minutes: Option<u64>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Display {
    /// So much is masked at least.
    pub mask: Option<Mask>,
}

/// What is in force.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub approve: Rule,
    pub decline: Rule,
    pub escalate: Rule,
    pub case_status: Rule,
    pub dismiss: Rule,
    pub bulk: BulkRule,
    pub retention_days: Setting<u32>,
    /// None: only when somebody asks for it.
    pub lock_minutes: Setting<Option<u64>>,
    pub mask: Setting<Mask>,
}

/// What is in force for one verdict.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub reason: Setting<Demand>,
    pub opened: Setting<bool>,
    pub second_person: Setting<bool>,
    /// What can be given.
    pub reasons: Setting<Vec<Reason>>,
}

/// What is in force for verdicts in bulk.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRule {
    pub verdicts: Setting<bool>,
    pub most: Setting<u32>,
    /// Of each number of failed checks some.
    pub sample: Setting<u32>,
}

/// A value and whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting<T> {
    pub value: T,
    pub from: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    Default,
    /// It refuses anything else.
    Persona,
    /// The user's `config.toml`.
    Configuration,
    /// The user's `policy.toml`.
    Yours,
    Organisation,
}

/// In a sentence: whose policy asks.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "the default",
            Self::Persona => "Persona",
            Self::Configuration => "your config.toml",
            Self::Yours => "your policy.toml",
            Self::Organisation => "your organisation's policy",
        })
    }
}

/// The policy in force, with what is to be said of where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct InForce {
    pub policy: Policy,
    /// The files that were read, the organisation's first.
    pub files: Vec<(Source, PathBuf)>,
    /// What a user's file asks for and does not get, each a sentence.
    pub without_effect: Vec<String>,
}

impl Default for Policy {
    fn default() -> Self {
        let nothing = PolicyFile::default();
        merge(&nothing, &nothing, &Config::default()).0
    }
}

impl Policy {
    /// For how long after its last change personal data is kept of what nobody waits for.
    pub fn kept(&self) -> SignedDuration {
        SignedDuration::from_hours(i64::from(self.retention_days.value) * 24)
    }

    /// After how long without a key the console locks, if it does so by itself.
    pub fn lock_after(&self) -> Option<Duration> {
        self.lock_minutes.value.map(|minutes| Duration::from_secs(minutes * 60))
    }

    /// Every setting in words, and whose it is, in the order of the file.
    pub fn told(&self) -> Vec<(String, Source)> {
        let rules = [
            ("approve", &self.approve),
            ("decline", &self.decline),
            ("escalate", &self.escalate),
            ("case_status", &self.case_status),
            ("dismiss", &self.dismiss),
        ];
        let mut told = Vec::new();
        for (name, rule) in rules {
            let mut say = |setting: &str, value: String, from| {
                told.push((format!("{name}.{setting} = {value}"), from))
            };
            say("reason", rule.reason.value.to_string(), rule.reason.from);
            say("opened", rule.opened.value.to_string(), rule.opened.from);
            say("second_person", rule.second_person.value.to_string(), rule.second_person.from);
            let codes: Vec<&str> =
                rule.reasons.value.iter().map(|reason| reason.code.as_str()).collect();
            say("reasons", format!("[{}]", codes.join(", ")), rule.reasons.from);
        }
        let BulkRule { verdicts, most, sample } = &self.bulk;
        told.push((format!("bulk.verdicts = {}", verdicts.value), verdicts.from));
        told.push((format!("bulk.most = {}", most.value), most.from));
        told.push((format!("bulk.sample = {}", sample.value), sample.from));
        let days = &self.retention_days;
        told.push((format!("retention.days = {}", days.value), days.from));
        let lock = &self.lock_minutes;
        let minutes = lock.value.map_or("never".to_owned(), |minutes| minutes.to_string());
        told.push((format!("session.lock_minutes = {minutes}"), lock.from));
        told.push((format!("display.mask = {}", self.mask.value), self.mask.from));
        told
    }
}

impl fmt::Display for Demand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Optional => "optional",
            Self::WhenFailed => "when-failed",
            Self::Required => "required",
        })
    }
}

impl fmt::Display for Mask {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Everything => "everything",
            Self::Lists => "lists",
            Self::Nothing => "nothing",
        })
    }
}
