//! What a commit moved, in the grain that panes reload by.

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Changes {
    pub inquiries: bool,
    pub cases: bool,
    pub accounts: bool,
    pub relations: bool,
    /// The outbox: what is pending, waiting or refused.
    pub actions: bool,
    /// What is marked.
    pub marks: bool,
    /// What is put off.
    pub snoozes: bool,
    /// Where answers were not as expected.
    pub mismatches: bool,
    /// What colleagues have open.
    pub looks: bool,
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
            marks: true,
            snoozes: true,
            mismatches: true,
            looks: true,
            dropped: false,
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
            marks: self.marks || other.marks,
            snoozes: self.snoozes || other.snoozes,
            mismatches: self.mismatches || other.mismatches,
            looks: self.looks || other.looks,
            dropped: self.dropped || other.dropped,
        }
    }

    /// Rows that panes show.
    pub fn any_rows(&self) -> bool {
        Self { marks: false, mismatches: false, looks: false, dropped: false, ..*self }.any()
    }

    pub fn any(&self) -> bool {
        *self != Self::default()
    }
}
