//! Whether the lines of a journal are whole and in order: the first that is not, and what is
//! wrong with it. Line by line, so a journal of any length needs the memory of one line.
//!
//! ```text
//!  line 1       line 2              line 3
//!  hash = H(0 · text)   H(hash of 1 · text)   H(hash of 2 · text)  …  = the recorded end
//! ```

use std::fmt;

use serde::Deserialize;

use super::{ROOT, link};
use crate::model::Text;

/// Checks lines as they come.
#[derive(Debug, Clone)]
pub struct Chain {
    lines: u64,
    /// The hash of the last line, and of the one before it.
    last: String,
    before: String,
    name: Option<Text>,
    environment: Option<Text>,
    /// A hash that somebody noted, and the line that has it.
    noted: Option<(String, Option<u64>)>,
    flaw: Option<Flaw>,
}

/// Where a journal ends, as it was recorded with its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// What the journal calls itself.
    pub name: Option<Text>,
    pub lines: u64,
    pub hash: String,
    /// Whose data lies beside the journal.
    pub environment: Option<Text>,
}

/// A whole journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    pub lines: u64,
    /// The last line's hash: noted elsewhere, it proves later that all up to it is still there.
    pub head: String,
    pub name: Option<Text>,
    pub environment: Option<Text>,
    /// The line whose hash was noted.
    pub noted_at: Option<u64>,
}

/// The first line that is not what it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {wrong}")]
pub struct Flaw {
    /// From 1.
    pub line: u64,
    pub wrong: Wrong,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The line, or the hash that it follows, is not as it was written.
    Changed,
    Missing,
    /// It is there, but elsewhere.
    Moved,
    /// Nobody wrote it here.
    Added,
    /// It and all after it are gone.
    CutOff,
    /// All hashes fit, but the last one is not the one that was recorded.
    Rewritten,
    /// It belongs to another journal or another environment.
    Foreign,
    /// No line has the hash that was noted elsewhere.
    NotAsNoted,
}

impl Wrong {
    /// One word, for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Missing => "missing",
            Self::Moved => "moved",
            Self::Added => "added",
            Self::CutOff => "cut_off",
            Self::Rewritten => "rewritten",
            Self::Foreign => "foreign",
            Self::NotAsNoted => "not_as_noted",
        }
    }
}

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Changed => "it was changed, or the line before it was changed with its hash",
            Self::Missing => "it is missing",
            Self::Moved => "it was moved to another place",
            Self::Added => "it was added by somebody else",
            Self::CutOff => "it and all after it were cut off",
            Self::Rewritten => {
                "the journal ends with another line than was recorded: it, or more before it, was rewritten"
            }
            Self::Foreign => "it is of another journal or of another environment",
            Self::NotAsNoted => "up to here no line has the hash that was noted",
        })
    }
}

/// What a line says of itself.
#[derive(Default, Deserialize)]
struct Own {
    line: Option<u64>,
    journal: Option<Text>,
    key: Option<Key>,
}

#[derive(Deserialize)]
struct Key {
    environment: Option<Text>,
}

impl Default for Chain {
    fn default() -> Self {
        Self {
            lines: 0,
            last: ROOT.to_owned(),
            before: ROOT.to_owned(),
            name: None,
            environment: None,
            noted: None,
            flaw: None,
        }
    }
}

impl Chain {
    /// Also looks for a hash that was noted elsewhere.
    pub fn noted(hash: &str) -> Self {
        Self { noted: Some((hash.to_lowercase(), None)), ..Self::default() }
    }

    /// The next line of the journal; `number` as it is stored.
    pub fn take(&mut self, number: u64, text: &str, hash: &str) {
        let own: Own = serde_json::from_str(text).unwrap_or_default();
        if let Some(flaw) = &mut self.flaw {
            // What was missed may only have been moved.
            if flaw.wrong == Wrong::Missing && own.line == Some(flaw.line) {
                flaw.wrong = Wrong::Moved;
            }
            return;
        }
        let next = self.lines + 1;
        let flaw = |line, wrong| Some(Flaw { line, wrong });
        let follows = link(&self.last, text) == hash;
        self.flaw = if number > next {
            flaw(next, if own.line == Some(next) { Wrong::Moved } else { Wrong::Missing })
        } else if !follows && self.lines > 0 && link(&self.before, text) == hash {
            flaw(self.lines, Wrong::Added)
        } else {
            match own.line {
                Some(own) if own > next => flaw(next, Wrong::Missing),
                Some(own) if own < next => flaw(next, Wrong::Added),
                _ if follows => None,
                _ => flaw(next, Wrong::Changed),
            }
        };
        if self.flaw.is_none() && !self.belongs(own) {
            self.flaw = flaw(next, Wrong::Foreign);
        }
        self.lines = next;
        self.before = std::mem::replace(&mut self.last, hash.to_owned());
        if let Some((noted, at @ None)) = &mut self.noted
            && noted == hash
        {
            *at = Some(next);
        }
    }

    /// Takes the journal's name and environment from the first lines that tell them.
    fn belongs(&mut self, own: Own) -> bool {
        if let Some(name) = own.journal
            && self.name.replace(name).is_some()
        {
            // A journal begins once.
            return false;
        }
        match own.key.and_then(|key| key.environment) {
            None => true,
            Some(environment) => {
                *self.environment.get_or_insert(environment.clone()) == environment
            }
        }
    }

    /// The verdict, after the last line. Without a recorded end a cut-off one is not noticed.
    ///
    /// # Errors
    /// The first line that is not what it must be.
    pub fn prove(self, end: Option<&End>) -> Result<Proof, Flaw> {
        if let Some(flaw) = self.flaw {
            return Err(flaw);
        }
        let broken = |line, wrong| Err(Flaw { line, wrong });
        if let Some(end) = end {
            if self.lines < end.lines {
                return broken(self.lines + 1, Wrong::CutOff);
            }
            if self.lines > end.lines {
                return broken(end.lines + 1, Wrong::Added);
            }
            if self.last != end.hash {
                return broken(self.lines, Wrong::Rewritten);
            }
            let differ = |told: &Option<Text>, beside: &Option<Text>| matches!((told, beside), (Some(told), Some(beside)) if told != beside);
            if self.name != end.name || differ(&self.environment, &end.environment) {
                return broken(self.lines.min(1), Wrong::Foreign);
            }
        }
        let noted_at = match self.noted {
            Some((_, None)) => return broken(self.lines, Wrong::NotAsNoted),
            Some((_, at)) => at,
            None => None,
        };
        let Self { lines, last: head, name, environment, .. } = self;
        Ok(Proof { lines, head, name, environment, noted_at })
    }
}
