//! What works and what to do about the rest: the local copy and Persona, looked at from outside.
//!
//! Nothing is written, sent to be kept, or printed that identifies anybody.

mod copy;
mod key;
mod persona;
mod shared;

pub use self::{copy::copy, persona::persona, shared::shared};

/// One line of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// `API key`, `local copy`: what was looked at.
    pub about: &'static str,
    pub verdict: Verdict,
    pub what: String,
    /// What to do; empty where nothing is.
    pub todo: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Ok,
    /// Work goes on, with less than there could be.
    Warn,
    /// Work does not go on until something is done.
    Fail,
}

impl Verdict {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl Finding {
    pub fn ok(about: &'static str, what: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Ok, what: what.into(), todo: String::new() }
    }

    pub fn warn(about: &'static str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Warn, what: what.into(), todo: todo.into() }
    }

    pub fn fail(about: &'static str, what: impl Into<String>, todo: impl Into<String>) -> Self {
        Self { about, verdict: Verdict::Fail, what: what.into(), todo: todo.into() }
    }
}
