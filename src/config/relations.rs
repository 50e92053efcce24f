//! Relations: the organisation's keys, and which fields of the related accounts mean what.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Deserializer, Serialize, de};

use super::check::Problem;
use crate::model::mapping::{Mapping, Place, ShareUnit};

/// Persona has no call that lists relation keys, and says nothing about what fields mean.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Relations {
    pub keys: Vec<String>,
    /// Instead of `keys`, for accounts of a type.
    pub by_type: BTreeMap<String, Vec<String>>,
    /// By the type of the account that has the relation (`*`: any other), then by relation key.
    pub mapping: BTreeMap<String, BTreeMap<String, Meaning>>,
}

/// Which fields of the related account mean what.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Meaning {
    pub name: Fields,
    pub role: Fields,
    pub share: Fields,
    pub status: Fields,
    pub share_unit: Option<Unit>,
}

/// One field or several to look in; several joined by ` + ` make one value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Fields(pub Vec<String>);

/// What a share without a percent sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    Percent,
    Fraction,
}

impl Meaning {
    /// Fields that cannot be read as such are left out; `check` names them.
    pub fn mapping(&self) -> Mapping {
        let places = |fields: &Fields| fields.0.iter().filter_map(|f| Place::parse(f)).collect();
        Mapping {
            name: places(&self.name),
            role: places(&self.role),
            share: places(&self.share),
            status: places(&self.status),
            share_unit: self.share_unit.map(|unit| match unit {
                Unit::Percent => ShareUnit::Percent,
                Unit::Fraction => ShareUnit::Fraction,
            }),
        }
    }

    fn fields(&self) -> [(&'static str, &Fields); 4] {
        [
            ("name", &self.name),
            ("role", &self.role),
            ("share", &self.share),
            ("status", &self.status),
        ]
    }
}

/// # Errors
/// With the first mapping that cannot be used.
pub fn check(relations: &Relations) -> Result<(), Problem> {
    for (account_type, keys) in &relations.mapping {
        for (key, meaning) in keys {
            let bad = |name: Option<&str>, what: &str| {
                let below = [Some(account_type.as_str()), Some(key.as_str()), name];
                Err(Problem {
                    setting: "relations.mapping",
                    below: below.into_iter().flatten().map(str::to_owned).collect(),
                    what: what.to_owned(),
                })
            };
            for (name, fields) in meaning.fields() {
                if fields.0.iter().any(|field| Place::parse(field).is_none()) {
                    return bad(Some(name), "a field needs a name, on both sides of a +");
                }
            }
            if meaning.share_unit.is_some() && meaning.share.0.is_empty() {
                return bad(Some("share_unit"), "share_unit goes with share: say which field");
            }
            if meaning.fields().iter().all(|(_, fields)| fields.0.is_empty()) {
                return bad(None, "a mapping names a field for name, role, share or status");
            }
        }
    }
    Ok(())
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrSeveral;

        impl<'de> de::Visitor<'de> for OneOrSeveral {
            type Value = Fields;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field in quotes, or a list of them: […]")
            }

            fn visit_str<E: de::Error>(self, field: &str) -> Result<Fields, E> {
                Ok(Fields(vec![field.to_owned()]))
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Fields, A::Error> {
                let mut fields = Vec::new();
                while let Some(field) = seq.next_element()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_any(OneOrSeveral)
    }
}
