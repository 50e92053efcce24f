//! A durable decision about a Persona object, and the states it passes on its way there.
//!
//! ```text
//!  proposed ─── cancelled (taken back) or stopped (returned, or the evidence moved)
//!   │ a second person confirms, where the policy asks for one
//!   ▼        ┌ cancelled (undone while held)
//!  held ─────┤
//!   │ hold window over
//!   ▼        ┌ done       Persona has it
//!  sending ──┼ rejected   Persona refused it; shown until acknowledged
//!   │  ▲     └ stopped    the evidence moved; the reviewer must look again
//!   ▼  │
//!  waiting   silence, 429, 401 or 5xx: tried again when due
//! ```

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{
    AccountId, ActionId, CaseId, Field, InquiryId, Lane, Match, MatchKind, ReportId, TemplateId,
    Text, Tie, proposal::countersigned,
};

/// The object that an action is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Subject {
    Inquiry(InquiryId),
    Case(CaseId),
    Account(AccountId),
    Report(ReportId),
    /// Persona has not made it yet: it goes by the action that makes it. Once it is there, the
    /// action is about the inquiry.
    NewInquiry(ActionId),
}

impl Subject {
    /// Persona's type name: `inquiry`, `case`, `account`, `report`; or `new inquiry`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Inquiry(_) => "inquiry",
            Self::Case(_) => "case",
            Self::Account(_) => "account",
            Self::Report(_) => "report",
            Self::NewInquiry(_) => "new inquiry",
        }
    }

    pub fn id(&self) -> &str {
        match self {
            Self::Inquiry(id) => id.as_str(),
            Self::Case(id) => id.as_str(),
            Self::Account(id) => id.as_str(),
            Self::Report(id) => id.as_str(),
            Self::NewInquiry(id) => id.as_str(),
        }
    }

    pub fn short(&self) -> String {
        match self {
            Self::Inquiry(id) => id.short(),
            Self::Case(id) => id.short(),
            Self::Account(id) => id.short(),
            Self::Report(id) => id.short(),
            Self::NewInquiry(_) => "new inquiry".to_owned(),
        }
    }
}

/// An inquiry that Persona is to make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewInquiry {
    pub template: TemplateId,
    pub account: Option<AccountId>,
    /// Without an account: of the account, which is found by it or made.
    pub reference_id: Option<Text>,
    /// What is known of the applicant already.
    pub fields: Vec<Field>,
    /// Asks for a one-time link in the same call, which works so long.
    pub link_seconds: Option<u32>,
}

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "verb", content = "to")]
pub enum Verb {
    Approve,
    Decline,
    /// The reviewer says "escalate".
    MarkForReview,
    /// Resumes first if the inquiry has expired.
    OneTimeLink {
        expires_in_seconds: Option<u32>,
    },
    /// The status as the template spells it.
    SetCaseStatus(Text),
    /// An e-mail address.
    AssignCase(Text),
    /// Of an inquiry, a case or an account; a name that is new makes a tag.
    AddTag(Text),
    RemoveTag(Text),
    CreateInquiry(NewInquiry),
    /// Of a report: what it found does not matter. One match, or without one all of them.
    DismissMatches(Option<Match>),
    /// Of an account.
    AddRelation(Tie),
    RemoveRelation(Tie),
}

impl Verb {
    /// As a button would say it: `approve`, `set status Pending`.
    pub fn words(&self) -> String {
        match self {
            Self::Approve => "approve".into(),
            Self::Decline => "decline".into(),
            Self::MarkForReview => "escalate".into(),
            Self::OneTimeLink { .. } => "one-time link".into(),
            Self::SetCaseStatus(status) => format!("set status {status}"),
            Self::AssignCase(email) => format!("assign to {email}"),
            Self::AddTag(tag) => format!("add tag {tag}"),
            Self::RemoveTag(tag) => format!("remove tag {tag}"),
            Self::CreateInquiry(_) => "create inquiry".into(),
            Self::DismissMatches(None) => "dismiss the matches".into(),
            Self::DismissMatches(Some(_)) => "dismiss a match".into(),
            Self::AddRelation(tie) => format!("add {}", tie.short()),
            Self::RemoveRelation(tie) => format!("remove {}", tie.short()),
        }
    }

    /// Which verb it is, in one word that stays the same: what it is counted by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Decline => "decline",
            Self::MarkForReview => "mark-for-review",
            Self::OneTimeLink { .. } => "one-time-link",
            Self::SetCaseStatus(_) => "set-case-status",
            Self::AssignCase(_) => "assign-case",
            Self::AddTag(_) => "add-tag",
            Self::RemoveTag(_) => "remove-tag",
            Self::CreateInquiry(_) => "create-inquiry",
            Self::DismissMatches(_) => "dismiss-matches",
            Self::AddRelation(_) => "add-relation",
            Self::RemoveRelation(_) => "remove-relation",
        }
    }

    /// For the journal: the words, and the ids that they are about.
    pub fn in_full(&self) -> String {
        match self {
            Self::CreateInquiry(new) => {
                let account = new.account.as_ref().map_or(String::new(), |id| format!(" for {id}"));
                format!("create inquiry of {}{account}", new.template)
            }
            // What names an article can name a person too.
            Self::DismissMatches(Some(Match { kind: MatchKind::Entity, id })) => {
                format!("dismiss the match {id}")
            }
            Self::AddRelation(tie) => format!("add {tie}"),
            Self::RemoveRelation(tie) => format!("remove {tie}"),
            verb => verb.words(),
        }
    }

    /// The relation that it adds or removes.
    pub fn tie(&self) -> Option<&Tie> {
        match self {
            Self::AddRelation(tie) | Self::RemoveRelation(tie) => Some(tie),
            _ => None,
        }
    }

    /// Changes tags, whatever else was changed meanwhile.
    pub fn is_tag(&self) -> bool {
        matches!(self, Self::AddTag(_) | Self::RemoveTag(_))
    }

    /// Ends the review of an inquiry, or sets a case's status.
    pub fn is_verdict(&self) -> bool {
        matches!(self, Self::Approve | Self::Decline | Self::MarkForReview | Self::SetCaseStatus(_))
    }

    /// Sets a case's status.
    pub fn is_status(&self) -> bool {
        matches!(self, Self::SetCaseStatus(_))
    }

    /// Persona may answer with a link, which whoever decided has to be shown: nobody keeps it.
    pub fn brings_link(&self) -> bool {
        match self {
            Self::OneTimeLink { .. } => true,
            Self::CreateInquiry(new) => new.link_seconds.is_some(),
            _ => false,
        }
    }

    /// Persona takes a comment with these only.
    pub fn takes_comment(&self) -> bool {
        matches!(self, Self::Approve | Self::Decline | Self::DismissMatches(_))
    }
}

/// The version of the object that the reviewer had on the screen.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Evidence {
    /// The wire's word for an inquiry, the template's text for a case; of a report, whether it has
    /// a match; of a relation, whether it is there (see [`Tie::standing`]).
    pub status: Text,
    pub updated_at: Option<Timestamp>,
}

/// Where an action is on its way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ActionState {
    /// A second person must confirm it; nobody sends it.
    Proposed {
        by: Text,
    },
    /// Durable, and can still be undone until then.
    Held {
        until: Timestamp,
    },
    /// A worker has it.
    Sending,
    /// To be tried again; `reason` says in words why it has not arrived yet.
    Waiting {
        until: Timestamp,
        reason: Text,
    },
    Done,
    /// `reason`: Persona's own words.
    Rejected {
        reason: Text,
    },
    /// `reason`: what moved.
    Stopped {
        reason: Text,
    },
    Cancelled,
}

impl ActionState {
    /// Not settled: nothing else can be decided about the object.
    pub fn is_open(&self) -> bool {
        matches!(self, Self::Proposed { .. }) || self.is_on_its_way()
    }

    /// Goes to Persona unless somebody takes it back.
    pub fn is_on_its_way(&self) -> bool {
        matches!(self, Self::Held { .. } | Self::Sending | Self::Waiting { .. })
    }
}

/// One row of the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Action {
    pub id: ActionId,
    pub subject: Subject,
    pub verb: Verb,
    pub evidence: Evidence,
    /// From the configured list, such as `document_expired`.
    pub reason_code: Option<Text>,
    /// The text that Persona gets as `meta.comment`, where the endpoint takes one.
    pub comment: Option<Text>,
    /// Who decided.
    pub reviewer: Text,
    pub decided_at: Timestamp,
    pub state: ActionState,
    /// The idempotency key of the current intent to send; durable before it is used.
    pub key: IdempotencyKey,
    /// When `key` first left, if it ever did: keys are not relied on for more than an hour.
    pub key_sent_at: Option<Timestamp>,
    /// How often this action was sent.
    pub attempts: u32,
    /// The last answer was lost or a 5xx: read the object before sending again.
    pub must_read: bool,
    /// Decided together with this one, which has to be done first.
    pub after: Option<ActionId>,
    /// Shared by all that were decided in one go.
    pub bulk: Option<Text>,
    /// The last four characters of the key that it was proposed with, where it was.
    pub proposed_with: Option<Text>,
    /// The second person.
    pub confirmed_by: Option<Text>,
}

impl Action {
    /// A person waits for a single decision, and not for each of many.
    pub fn lane(&self) -> Lane {
        match self.bulk {
            Some(_) => Lane::Back,
            None => Lane::Front,
        }
    }

    /// What Persona is told, signed by all who decided.
    pub fn signed_comment(&self) -> Option<Text> {
        let comment = self.comment.as_ref()?;
        Some(match &self.confirmed_by {
            Some(checker) => countersigned(comment, checker),
            None => comment.clone(),
        })
    }
}

/// Unique per intent, random, and stored before it is sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// A fresh key.
    pub fn random() -> Self {
        Self(uuid::Uuid::now_v7().to_string())
    }

    /// A key that was stored.
    pub fn stored(raw: String) -> Self {
        Self(raw)
    }

    /// The key of a step of the same intent at another endpoint.
    pub fn step(&self, name: &str) -> Self {
        Self(format!("{}-{name}", self.0))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RelatedId;

    #[test]
    fn rows_of_every_version_are_read() {
        let new = NewInquiry {
            template: TemplateId::new("itmpl_1").unwrap(),
            account: None,
            reference_id: Some(Text::new("cust-1")),
            fields: Vec::new(),
            link_seconds: Some(60),
        };
        let table = [
            (r#"{"verb":"approve"}"#, Verb::Approve),
            (r#"{"verb":"mark-for-review"}"#, Verb::MarkForReview),
            (
                r#"{"verb":"one-time-link","to":{"expires_in_seconds":60}}"#,
                Verb::OneTimeLink { expires_in_seconds: Some(60) },
            ),
            (
                r#"{"verb":"dismiss-matches","to":{"kind":"entity","id":"E1"}}"#,
                Verb::DismissMatches(Some(Match { kind: MatchKind::Entity, id: Text::new("E1") })),
            ),
            (r#"{"verb":"dismiss-matches","to":null}"#, Verb::DismissMatches(None)),
            (r#"{"verb":"set-case-status","to":"Open"}"#, Verb::SetCaseStatus(Text::new("Open"))),
            (
                r#"{"verb":"create-inquiry","to":{"template":"itmpl_1","account":null,"reference_id":"cust-1","fields":[],"link_seconds":60}}"#,
                Verb::CreateInquiry(new),
            ),
            (
                r#"{"verb":"add-relation","to":{"key":"business","target":"act_2"}}"#,
                Verb::AddRelation(Tie {
                    key: Text::new("business"),
                    target: RelatedId::new("act_2").unwrap(),
                }),
            ),
        ];
        for (row, verb) in table {
            assert_eq!(serde_json::from_str::<Verb>(row).unwrap(), verb);
            assert_eq!(serde_json::to_string(&verb).unwrap(), row);
            assert_eq!(verb.brings_link(), row.contains("seconds"), "{row}");
        }
    }
}
