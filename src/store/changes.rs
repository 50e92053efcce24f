//! What a commit moved, in the grain that panes reload by.

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    pub inquiries: bool,
    pub cases: bool,
    pub accounts: bool,
    pub relations: bool,
    /// The outbox: what is pending, waiting or refused.
    pub actions: bool,
    /// Where answers were not as expected.
    pub mismatches: bool,
}

impl Changes {
    pub fn everything() -> Self {
        Self {
            inquiries: true,
            cases: true,
            accounts: true,
            relations: true,
            actions: true,
            mismatches: true,
        }
    }

    /// What either of them moved.
    pub fn and(self, other: Self) -> Self {
        Self {
            inquiries: self.inquiries || other.inquiries,
            cases: self.cases || other.cases,
            accounts: self.accounts || other.accounts,
            relations: self.relations || other.relations,
            actions: self.actions || other.actions,
            mismatches: self.mismatches || other.mismatches,
        }
    }

    /// Rows that panes show.
    pub fn any_rows(&self) -> bool {
        Self { mismatches: false, ..*self }.any()
    }

    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}
