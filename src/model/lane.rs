//! Who waits for a request.

/// Front always goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Lane {
    /// A person waits: opening, refreshing, deciding.
    Front,
    /// Nobody does: first fill, polling, prefetch. Stops below 15 % of the rate budget.
    Back,
}

impl Lane {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Front => "front",
            Self::Back => "back",
        }
    }
}
