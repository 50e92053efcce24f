//! Relations of an account: under a key of the organisation's choosing, other accounts or transactions.

use serde::{Deserialize, Serialize};

use super::{Account, AccountId, Text};

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

/// All targets of one account under one key, in Persona's order.
#[derive(Debug, Clone, PartialEq)]
pub struct Relations {
    pub source: AccountId,
    pub key: Text,
    pub targets: Vec<Relation>,
}
