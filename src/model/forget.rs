//! What is left of an object when its personal data is gone: ids, statuses and times.

use jiff::Timestamp;

use super::{Account, Case, Inquiry, Verification};

/// An object that tells of a person.
pub trait Forget {
    /// Drops what is personal, and what the organisation wrote about the person.
    fn forget(&mut self);

    /// When Persona redacted it.
    fn redacted_at(&mut self) -> &mut Option<Timestamp>;
}

impl Forget for Inquiry {
    fn forget(&mut self) {
        self.fields.clear();
        self.behaviors.clear();
        self.tags.clear();
        (self.note, self.reviewer_comment, self.reference_id) = (None, None, None);
    }

    fn redacted_at(&mut self) -> &mut Option<Timestamp> {
        &mut self.redacted_at
    }
}

impl Forget for Case {
    fn forget(&mut self) {
        self.fields.clear();
        self.tags.clear();
        self.attachments.clear();
    }

    fn redacted_at(&mut self) -> &mut Option<Timestamp> {
        &mut self.redacted_at
    }
}

impl Forget for Account {
    fn forget(&mut self) {
        self.fields.clear();
        self.tags.clear();
        self.reference_id = None;
    }

    fn redacted_at(&mut self) -> &mut Option<Timestamp> {
        &mut self.redacted_at
    }
}

impl Forget for Verification {
    fn forget(&mut self) {
        self.fields.clear();
        self.files.clear();
        self.tags.clear();
        self.checks.clear();
        self.detail = Default::default();
        self.country_code = None;
    }

    fn redacted_at(&mut self) -> &mut Option<Timestamp> {
        &mut self.redacted_at
    }
}
