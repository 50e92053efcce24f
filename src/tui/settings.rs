//! What does not change while the console runs.

use std::time::Duration;

use jiff::tz::TimeZone;

use super::{casework::Layouts, keymap::Keys, tutor::Lesson, views::View};
use crate::{
    config::{Mask, Photos, Policy, WhenLost},
    model::{ClaimTag, Text, filter::Order},
};

#[derive(Debug, Clone)]
pub struct Settings {
    /// `SANDBOX`, `PRODUCTION`, …: in words, since colour alone can be missed.
    pub environment: Text,
    /// Where the key comes from; never the key.
    pub key_source: Text,
    pub reviewer: Text,
    /// Of the reviewer's clock on the wall.
    pub zone: TimeZone,
    pub mask: Mask,
    pub reveal: Duration,
    pub hold: Duration,
    pub link_expires: Duration,
    pub policy: Policy,
    /// How cases are shown.
    pub layouts: Layouts,
    pub searched: Searched,
    /// What inquiries that wait are ordered by where their filter says nothing.
    pub order: Order,
    /// Those of the configuration.
    pub views: Vec<View>,
    pub sla: Duration,
    pub error_rate: f64,
    /// How inquiries are claimed, if they are.
    pub claims: Option<ClaimTag>,
    pub photos: Photos,
    /// The most bytes that one photo may cost on the line to the terminal.
    pub photo_limit: usize,
    /// In force: the table's, and the reviewer's own.
    pub keys: Keys,
    /// Where a comment lies while an editor has it.
    pub drafts: std::path::PathBuf,
    /// Where it is written what came of what was decided in one go.
    pub results: std::path::PathBuf,
    /// Whether the store is a team's.
    pub is_shared: bool,
    /// What becomes of decisions while a team's database is away.
    pub when_lost: WhenLost,
    /// What is taught, if anything is.
    pub lesson: Option<Lesson>,
}

/// How the words of a filter are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Searched {
    /// Anywhere in what a row is found by.
    Anywhere,
    /// In ids; names, references and tags by whole words and beginnings: the local copy is sealed.
    ByBeginnings,
}
