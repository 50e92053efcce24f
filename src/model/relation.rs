//! Relations of an account: under a key of the organisation's choosing, other accounts or transactions.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Account, AccountId, RelatedId, Text};

/// One target under a key. Persona answers with whole objects, not with links, and says nothing
/// about the relation itself.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Relation {
    Account(Account),
    /// A transaction, or a type this client does not know: kept by type and id.
    Other {
        kind: Text,
        id: Text,
        status: Option<Text>,
    },
}

impl Relation {
    pub fn id(&self) -> &str {
        match self {
            Self::Account(account) => account.id.as_str(),
            Self::Other { id, .. } => id.as_str(),
        }
    }
}

/// All targets of one account under one key, in Persona's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Relations {
    pub source: AccountId,
    pub key: Text,
    pub targets: Vec<Relation>,
    /// There are more, which were not read.
    pub more: bool,
}

/// One relation as seen from the account that has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tie {
    pub key: Text,
    pub target: RelatedId,
}

impl Tie {
    /// For the screen: `beneficial_owners → act_7Q2m…5aCd`
    pub fn short(&self) -> String {
        format!("{} → {}", self.key, self.target.short())
    }

    /// What a decision about a relation is bound to: whether it is there.
    pub fn standing(is_there: bool) -> Text {
        Text::new(if is_there { "related" } else { "not related" })
    }
}

impl fmt::Display for Tie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} → {}", self.key, self.target)
    }
}
