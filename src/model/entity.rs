//! What an answer of Persona's teaches us: typed objects, whatever endpoint they came from.

use super::{Account, Case, Exhibit, Inquiry, Relations, Report, Subject, Verification};

#[derive(Debug, Clone, PartialEq)]
pub enum Entity {
    Inquiry(Inquiry),
    Case(Case),
    Account(Account),
    Verification(Verification),
}

/// Facts to be written together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Batch {
    pub entities: Vec<Entity>,
    /// Complete lists per account and key: they replace what was known.
    pub relations: Vec<Relations>,
    /// Inquiries whose verifications are all in this batch (asked for with `include`), so that
    /// "no checks" can be told from "not looked at yet".
    pub hydrated: Vec<super::InquiryId>,
    /// All that hangs on an inquiry or a case: it replaces what was known.
    pub exhibits: Vec<(Subject, Vec<Exhibit>)>,
    /// As they are now, wherever they hang.
    pub reports: Vec<Report>,
}

impl Batch {
    pub fn of(entities: impl IntoIterator<Item = Entity>) -> Self {
        Self { entities: entities.into_iter().collect(), ..Self::default() }
    }

    pub fn is_empty(&self) -> bool {
        self.entities.is_empty()
            && self.relations.is_empty()
            && self.hydrated.is_empty()
            && self.exhibits.is_empty()
            && self.reports.is_empty()
    }
}
