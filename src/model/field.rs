//! One named value of a template: what an applicant typed, or what a case or account carries.

use serde::{Deserialize, Serialize};

use super::{Pii, Text};

/// A field as the template spells it. `value` is rendered to one line; nested values are flattened
/// into several fields with dotted names (`address.city`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// In the spelling that was read, so that it can be written back.
    pub name: Text,
    pub value: Pii,
}

impl Field {
    /// The name with case and separators folded, for look-ups: `nameFirst`, `name-first` and
    /// `name_first` are one key.
    pub fn key(&self) -> String {
        normalised(self.name.as_str())
    }
}

/// `nameFirst`, `name-first`, `Name First` → `name_first`. Dots stay.
pub fn normalised(name: &str) -> String {
    let mut key = String::with_capacity(name.len() + 2);
    let mut after_lower = false;
    for c in name.chars() {
        match c {
            '-' | ' ' | '_' => {
                if !key.ends_with('_') {
                    key.push('_');
                }
                after_lower = false;
            }
            c if c.is_uppercase() => {
                if after_lower {
                    key.push('_');
                }
                key.extend(c.to_lowercase());
                after_lower = false;
            }
            c => {
                key.push(c);
                after_lower = c.is_lowercase() || c.is_numeric();
            }
        }
    }
    key
}

/// The value of the first of `keys` (normalised) that is there and not empty.
pub fn find<'a>(fields: &'a [Field], keys: &[&str]) -> Option<&'a Pii> {
    keys.iter().find_map(|key| {
        fields.iter().find(|f| !f.value.is_empty() && f.key() == *key).map(|f| &f.value)
    })
}

/// A person's or a business's name, from whichever of the usual fields are there.
pub fn display_name(fields: &[Field]) -> Option<Pii> {
    let part = |keys: &[&str]| find(fields, keys).map(|p| p.reveal().as_str().to_owned());
    let whole: Vec<String> = [
        part(&["name_first", "name.first", "first_name"]),
        part(&["name_middle", "name.middle"]),
        part(&["name_last", "name.last", "last_name"]),
    ]
    .into_iter()
    .flatten()
    .collect();
    if whole.is_empty() {
        part(&["name", "full_name", "business_name", "legal_name", "company_name", "name.full"])
            .map(|name| Pii::new(&name))
    } else {
        Some(Pii::new(&whole.join(" ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_casing_is_one_key() {
        for name in ["name-first", "name_first", "nameFirst", "Name First", "NameFirst"] {
            assert_eq!(normalised(name), "name_first", "{name}");
        }
        assert_eq!(normalised("address.street-1"), "address.street_1");
    }

    #[test]
    fn a_name_is_found_in_person_and_business_shapes() {
        let field = |n: &str, v: &str| Field { name: Text::new(n), value: Pii::new(v) };
        let person = [field("nameLast", "Test"), field("name-first", "Ada")];
        assert_eq!(display_name(&person).unwrap().reveal().as_str(), "Ada Test");
        let firm = [field("business-name", "Acme Ltd")];
        assert_eq!(display_name(&firm).unwrap().reveal().as_str(), "Acme Ltd");
        assert_eq!(display_name(&[]), None);
    }
}
