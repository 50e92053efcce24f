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
    /// Personal data was dropped: it is to be gone from the disk too.
    pub dropped: bool,
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
            dropped: false,
        }
    }

    /// Rows that panes show.
    pub fn any_rows(&self) -> bool {
        Self { mismatches: false, dropped: false, ..*self }.any()
    }

    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}
