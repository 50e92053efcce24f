//! The casing of keys: kebab inside, kebab, snake or camel outside. Keys within `fields` belong to a
//! template; since 2025-10-27 they are left as they are.

use serde_json::{Map, Value};

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Inflection {
    Camel,
    #[default]
    Kebab,
    Snake,
}

/// Whose keys within `fields` are turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FieldKeys {
    Keep,
    Turn,
}

impl Inflection {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "camel" => Some(Self::Camel),
            "kebab" => Some(Self::Kebab),
            "snake" => Some(Self::Snake),
            _ => None,
        }
    }

    /// Spells the keys of an answer this way.
    pub fn apply(self, body: Value, fields: FieldKeys) -> Value {
        match body {
            Value::Object(members) => Value::Object(
                members
                    .into_iter()
                    .map(|(key, value)| {
                        let value = match (key.as_str(), fields) {
                            // Names of headers are nobody's to turn.
                            ("fields", FieldKeys::Keep) | ("headers", _) => value,
                            _ => self.apply(value, fields),
                        };
                        (self.spell(&key), value)
                    })
                    .collect::<Map<_, _>>(),
            ),
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.apply(item, fields)).collect())
            }
            plain => plain,
        }
    }

    fn spell(self, key: &str) -> String {
        let kebab = to_kebab(key);
        match self {
            Self::Kebab => kebab,
            Self::Snake => kebab.replace('-', "_"),
            Self::Camel => camel(&kebab),
        }
    }
}

fn camel(kebab: &str) -> String {
    let mut words = kebab.split('-');
    let mut spelled = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        spelled.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        spelled.push_str(letters.as_str());
    }
    spelled
}

/// `reference_id` and `referenceId` are `reference-id`.
pub fn to_kebab(key: &str) -> String {
    let mut spelled = String::with_capacity(key.len() + 2);
    for (at, c) in key.char_indices() {
        match c {
            '_' => spelled.push('-'),
            c if c.is_ascii_uppercase() => {
                // An acronym's letters and a first letter begin no word.
                let begins = at > 0 && key[..at].ends_with(|c: char| c.is_ascii_lowercase());
                if begins {
                    spelled.push('-');
                }
                spelled.push(c.to_ascii_lowercase());
            }
            c => spelled.push(c),
        }
    }
    spelled
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_turn_but_those_of_templates_do_not() {
        let body = json!({ "reference-id": 1, "photo-urls": [{"byte-size": 1}], "fields": {"name-first": 1} });
        let snake = json!({ "reference_id": 1, "photo_urls": [{"byte_size": 1}], "fields": {"name-first": 1} });
        assert_eq!(Inflection::Snake.apply(body.clone(), FieldKeys::Keep), snake);
        let camel =
            json!({ "referenceId": 1, "photoUrls": [{"byteSize": 1}], "fields": {"nameFirst": 1} });
        assert_eq!(Inflection::Camel.apply(body, FieldKeys::Turn), camel);
    }

    #[test]
    fn every_casing_is_the_same_key() {
        for key in ["one-time-link", "one_time_link", "oneTimeLink", "OneTimeLink"] {
            assert_eq!(to_kebab(key), "one-time-link");
        }
        assert_eq!(to_kebab("address-street-1"), "address-street-1");
    }
}
