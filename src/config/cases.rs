//! How a case is shown: which fields in which order, what they are called, which sections.

use std::collections::{BTreeMap, HashSet};

use serde::{Deserialize, Serialize};

use super::check::Problem;
use crate::model::field::normalised;

/// Of the cases of a template. What is not set is as the template has it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CaseLayout {
    /// Names of fields, first things first; case and separators do not count. `address` is all of
    /// `address.city` and so on. The others come behind them.
    pub fields: Vec<String>,
    /// The others are not shown.
    pub only: bool,
    /// What fields are called, by their names.
    pub labels: BTreeMap<String, String>,
    /// Sections, first things first. The others come behind them.
    pub sections: Vec<Section>,
}

/// A part of a case's page, in the order they have unless it is configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Section {
    Fields,
    /// Fields that are ticked or not.
    Checklist,
    Inquiries,
    Accounts,
    Reports,
    Verifications,
    Transactions,
    Attachments,
    Comments,
}

impl Section {
    pub const ALL: [Self; 9] = [
        Self::Fields,
        Self::Checklist,
        Self::Inquiries,
        Self::Accounts,
        Self::Reports,
        Self::Verifications,
        Self::Transactions,
        Self::Attachments,
        Self::Comments,
    ];
}

impl CaseLayout {
    /// All sections, in this layout's order.
    pub fn sections(&self) -> impl Iterator<Item = Section> {
        let rest = Section::ALL.iter().filter(|section| !self.sections.contains(section));
        self.sections.iter().chain(rest).copied()
    }

    /// Where a field stands, by its normalised name; none if it is not named.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.fields.iter().position(|name| covers(&normalised(name), key))
    }

    /// What a field is called, by its normalised name.
    pub fn label(&self, key: &str) -> Option<&str> {
        let mut labels = self.labels.iter();
        labels.find(|(name, _)| normalised(name) == key).map(|(_, label)| label.as_str())
    }
}

/// `address` covers `address` and `address.city`.
fn covers(name: &str, key: &str) -> bool {
    key.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// # Errors
/// With the first layout that cannot be used.
pub fn check(layouts: &BTreeMap<String, CaseLayout>) -> Result<(), Problem> {
    for (template, layout) in layouts {
        let bad = |name: &str, what: &str| {
            Err(Problem {
                setting: "cases.layout",
                below: vec![template.clone(), name.to_owned()],
                what: what.to_owned(),
            })
        };
        let names: Vec<String> = layout.fields.iter().map(|name| normalised(name)).collect();
        if names.iter().any(String::is_empty) {
            return bad("fields", "a field needs a name");
        }
        if names.iter().collect::<HashSet<_>>().len() < names.len() {
            return bad("fields", "a field stands there twice; case and separators do not count");
        }
        if layout.only && names.is_empty() {
            return bad("only", "only goes with fields: say which are shown");
        }
        if layout.labels.iter().any(|(name, label)| name.is_empty() || label.trim().is_empty()) {
            return bad("labels", "a label needs the name of a field, and a text");
        }
        if layout.sections.iter().collect::<HashSet<_>>().len() < layout.sections.len() {
            return bad("sections", "a section stands there twice");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_in_every_spelling() {
        let layout = CaseLayout {
            fields: vec!["Amount At Risk".into(), "address".into()],
            labels: BTreeMap::from([("amountAtRisk".into(), "At risk".into())]),
            ..CaseLayout::default()
        };
        assert_eq!(layout.place("amount_at_risk"), Some(0));
        assert_eq!(layout.place("address.city"), Some(1));
        assert_eq!(layout.place("addressee"), None);
        assert_eq!(layout.label("amount_at_risk"), Some("At risk"));
    }

    #[test]
    fn sections_that_are_not_named_come_behind() {
        let sections = vec![Section::Comments, Section::Inquiries];
        let layout = CaseLayout { sections, ..CaseLayout::default() };
        let ordered: Vec<Section> = layout.sections().collect();
        assert_eq!(ordered[..3], [Section::Comments, Section::Inquiries, Section::Fields]);
        assert_eq!(ordered.len(), Section::ALL.len());
    }
}
