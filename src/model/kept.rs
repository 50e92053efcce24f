//! Decisions that a reviewer made while the team's database was away, kept on their own machine until
//! it is back.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{ActionId, Evidence, GivenReason, IdempotencyKey, Subject, Text, Verb};

/// All of one commit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptCommit {
    pub reviewer: Text,
    pub at: Timestamp,
    /// In the order in which they go; each after the one before it.
    pub decisions: Vec<KeptDecision>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptDecision {
    /// What it is recorded under, once.
    pub action: ActionId,
    pub key: IdempotencyKey,
    pub subject: Subject,
    pub verb: Verb,
    /// The version that was on the screen.
    pub evidence: Evidence,
    pub reason: Option<GivenReason>,
    pub comment: Option<Text>,
    pub looked_at: Vec<Text>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shown_at: Option<Timestamp>,
}

impl KeptCommit {
    pub fn about(&self, subject: &Subject) -> Option<&KeptDecision> {
        self.decisions.iter().find(|decision| decision.subject == *subject)
    }

    pub fn has(&self, action: &ActionId) -> bool {
        self.decisions.iter().any(|decision| decision.action == *action)
    }
}
