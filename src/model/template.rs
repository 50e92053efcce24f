//! What a template says of the cases made from it.

use serde::{Deserialize, Serialize};

use super::{TemplateId, Text, case::is_same_status};

/// A field that a template or a type defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldSchema {
    pub key: Text,
    pub label: Option<Text>,
    /// `string`, `date`, `boolean`, `relation-schema`, … An open set.
    pub kind: Text,
    #[serde(default)]
    pub required: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CaseTemplate {
    pub id: TemplateId,
    pub name: Option<Text>,
    /// `active`, `archived`, or what Persona may add.
    pub status: Text,
    /// Names of the statuses that end a case; the others are not told.
    pub resolutions: Vec<Text>,
    /// In the template's order.
    pub fields: Vec<FieldSchema>,
}

impl CaseTemplate {
    /// Whether a status of this name ends a case.
    pub fn ends_with(&self, status: &Text) -> bool {
        self.resolutions.iter().any(|end| is_same_status(end, status))
    }
}
