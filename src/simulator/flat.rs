//! Personal data flat among the attributes, as versions until 2023-01-05 show it.

use serde_json::{Map, Value};

use crate::model::field::normalised;

/// Flat attributes of an inquiry; each repeats the field of its name.
const INQUIRY: [&str; 15] = [
    "birthdate",
    "name-first",
    "name-middle",
    "name-last",
    "phone-number",
    "email-address",
    "social-security-number",
    "address-street-1",
    "address-street-2",
    "address-city",
    "address-subdivision",
    "address-postal-code",
    "address-subdivision-abbr",
    "address-postal-code-abbr",
    "identification-number",
];

/// Flat attributes of an account, and where its fields hold them.
const ACCOUNT: [(&str, &[&str]); 13] = [
    ("name-first", &["name", "first"]),
    ("name-middle", &["name", "middle"]),
    ("name-last", &["name", "last"]),
    ("birthdate", &["birthdate"]),
    ("address-street-1", &["address", "street_1"]),
    ("address-street-2", &["address", "street_2"]),
    ("address-city", &["address", "city"]),
    ("address-subdivision", &["address", "subdivision"]),
    ("address-postal-code", &["address", "postal_code"]),
    ("country-code", &["address", "country_code"]),
    ("phone-number", &["phone_number"]),
    ("email-address", &["email_address"]),
    ("social-security-number", &["social_security_number"]),
];

/// Where the fields of an account hold what a flat attribute says.
pub fn place(attribute: &str) -> Option<&'static [&'static str]> {
    ACCOUNT.iter().find(|(name, _)| *name == attribute).map(|(_, path)| *path)
}

/// Adds what an older version shows of an object of this kind.
pub fn add(kind: &str, attributes: &mut Map<String, Value>) {
    let fields = attributes.get("fields").cloned().unwrap_or_default();
    match kind {
        "inquiry" => {
            for name in INQUIRY {
                attributes.insert(name.to_owned(), at(&fields, &[name]));
            }
        }
        "account" => {
            for (name, path) in ACCOUNT {
                attributes.insert(name.to_owned(), at(&fields, path));
            }
        }
        _ => {}
    }
}

/// A value below wrapped fields; null if it is not there.
fn at(fields: &Value, path: &[&str]) -> Value {
    let Some((first, rest)) = path.split_first() else { return Value::Null };
    let wanted = normalised(first);
    let members = fields.as_object().into_iter().flatten();
    let field = members.into_iter().find(|(key, _)| normalised(key) == wanted);
    match (field, rest) {
        (None, _) => Value::Null,
        (Some((_, field)), []) => field["value"].clone(),
        (Some((_, field)), rest) => at(&field["value"], rest),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn fields_come_flat_as_well() {
        let fields = json!({ "fields": {
            "name": { "type": "hash", "value": { "first": { "type": "string", "value": "Ada" } } },
            "email_address": { "type": "string", "value": "ada@example.test" },
        } });
        let Value::Object(mut attributes) = fields else { panic!("an object by its literal") };
        add("account", &mut attributes);
        assert_eq!(attributes["name-first"], "Ada");
        assert_eq!(attributes["email-address"], "ada@example.test");
        assert_eq!(attributes["name-last"], Value::Null);
    }
}
