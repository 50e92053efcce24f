//! What the console has to say by itself: a sentence for a while, and a warning that stays.

use jiff::Timestamp;

/// One sentence for the reviewer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Toast {
    pub text: String,
    pub tone: Tone,
    pub until: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    Plain,
    Good,
    Bad,
    /// Something takes a while; it goes when that is over.
    Progress,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    pub text: String,
    /// The figures are good again; the words stay until the next key.
    pub over: bool,
}
