//! What the fields of a related account mean: its name, its role, its share, its status.
//!
//! Relations carry nothing but whole objects, and their fields are the organisation's own, so a
//! mapping says which of them mean what. What does not fit is told as a [`Gap`] and shown raw.

use super::{Account, Field, Pii, Text, field::normalised};

/// Where each meaning is found; of several places the first that has a value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping {
    /// The usual name fields, if empty.
    pub name: Vec<Place>,
    pub role: Vec<Place>,
    pub share: Vec<Place>,
    /// The account's own status, if empty.
    pub status: Vec<Place>,
    /// What a share without a percent sign is; not said, it counts as percent.
    pub share_unit: Option<ShareUnit>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShareUnit {
    /// 25 is a quarter.
    Percent,
    /// 0.25 is a quarter.
    Fraction,
}

/// A field, or several that make one value together.
///
/// Case and separators do not count, nor whether a field is nested: `name.first`, `nameFirst` and
/// `Name-First` are one. A field that has parts is all of them: `name` is `name.first` and
/// `name.last`. `account_status` and `reference_id` are the account's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(Vec<String>);

impl Place {
    /// `name_first + name_last`. None if a name is empty.
    pub fn parse(written: &str) -> Option<Self> {
        let fields: Vec<String> = written.split('+').map(|field| folded(field.trim())).collect();
        fields.iter().all(|field| !field.is_empty()).then_some(Self(fields))
    }

    fn value(&self, account: &Account) -> Option<Pii> {
        let values: Vec<String> = self.0.iter().filter_map(|key| value(account, key)).collect();
        (!values.is_empty()).then(|| Pii::new(&values.join(" ")))
    }

    fn uses(&self, field: &Field) -> bool {
        self.0.iter().any(|key| is_or_is_part_of(field, key))
    }

    fn words(&self) -> String {
        self.0.join(" + ")
    }
}

/// What is known of a related account. Role, share and status are shown as they are: naming a
/// field so says that it identifies nobody.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Related {
    pub name: Option<Pii>,
    pub role: Option<Text>,
    /// In percent, 0 to 100.
    pub share: Option<f64>,
    pub status: Option<Text>,
    /// All that is not mapped, where there is no mapping or it does not fit.
    pub raw: Vec<Field>,
}

/// Where a mapping and an account do not fit together; never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    pub path: String,
    pub expected: &'static str,
    pub found: &'static str,
}

/// What an account is by its mapping; without one, by the usual names and its own status.
pub fn read(mapping: Option<&Mapping>, account: &Account) -> (Related, Vec<Gap>) {
    let none = Mapping::default();
    let used = mapping.unwrap_or(&none);
    let mut gaps = Vec::new();
    if mapping.is_none() && !account.fields.is_empty() {
        gaps.push(Gap {
            path: "fields".to_owned(),
            expected: "a mapping in the configuration",
            found: "none",
        });
    }
    let usual = usual_names();
    let names = if used.name.is_empty() { &usual } else { &used.name };
    let mut related = Related {
        name: first(names, account),
        role: first(&used.role, account).map(|role| role.reveal().clone()),
        status: match used.status.is_empty() {
            true => account.status.clone(),
            false => first(&used.status, account).map(|status| status.reveal().clone()),
        },
        ..Related::default()
    };
    let mut missing = |places: &[Place], there: bool, expected| {
        if let (Some(place), false) = (places.first(), there) {
            gaps.push(Gap { path: field_path(place), expected, found: "missing" });
        }
    };
    missing(&used.name, related.name.is_some(), "a name");
    missing(&used.role, related.role.is_some(), "a role");
    missing(&used.status, related.status.is_some(), "a status");
    let share = first(&used.share, account);
    missing(&used.share, share.is_some(), "a share");
    if let (Some(share), Some(place)) = (share, used.share.first()) {
        let (percent, odd) = parse_share(share.reveal().as_str(), used.share_unit);
        related.share = percent;
        gaps.extend(odd.map(|(expected, found)| Gap { path: field_path(place), expected, found }));
    }
    if account.redacted_at.is_some() {
        // It lacks on purpose.
        gaps.clear();
    }
    if !gaps.is_empty() {
        let read_as_is = [names, &used.role, &used.status];
        let mut shown: Vec<&Place> = read_as_is.into_iter().flatten().collect();
        if related.share.is_some() {
            shown.extend(&used.share);
        }
        let rest = account.fields.iter().filter(|field| !shown.iter().any(|p| p.uses(field)));
        related.raw = rest.cloned().collect();
    }
    (related, gaps)
}

/// Names of Persona's stock types and of those that organisations often make.
fn usual_names() -> Vec<Place> {
    let usual = [
        "name.first + name.middle + name.last",
        "first_name + last_name",
        "name",
        "full_name",
        "business_name",
        "legal_name",
        "company_name",
    ];
    usual.iter().filter_map(|place| Place::parse(place)).collect()
}

fn first(places: &[Place], account: &Account) -> Option<Pii> {
    places.iter().find_map(|place| place.value(account))
}

fn field_path(place: &Place) -> String {
    format!("fields.{}", place.words())
}

/// `Registration.OwnershipShare` → `registration_ownership_share`
fn folded(name: &str) -> String {
    normalised(name).replace('.', "_")
}

fn value(account: &Account, key: &str) -> Option<String> {
    let filled = || account.fields.iter().filter(|field| !field.value.is_empty());
    let text = |field: &Field| field.value.reveal().to_string();
    if let Some(whole) = filled().find(|field| folded(field.name.as_str()) == key) {
        return Some(text(whole));
    }
    let parts: Vec<String> =
        filled().filter(|field| is_or_is_part_of(field, key)).map(text).collect();
    if !parts.is_empty() {
        return Some(parts.join(" "));
    }
    let own = match key {
        "account_status" => account.status.as_ref(),
        "reference_id" => account.reference_id.as_ref(),
        _ => None,
    };
    own.map(Text::to_string)
}

fn is_or_is_part_of(field: &Field, key: &str) -> bool {
    let name = field.name.as_str();
    let parents = name.match_indices('.').map(|(at, _)| &name[..at]);
    parents.chain([name]).any(|name| folded(name) == key)
}

/// What is odd about a share: what was expected, and what came.
type Odd = (&'static str, &'static str);

/// In percent. `25`, `25 %` and `25,0%` are a quarter; `0.25` is one only where the unit says so:
/// nothing is guessed from its size, but a share up to 1 of a unit that was not said is told.
fn parse_share(written: &str, unit: Option<ShareUnit>) -> (Option<f64>, Option<Odd>) {
    const NUMBER: &str = "a number or a percentage";
    let trimmed = written.trim();
    let (digits, sign) = match trimmed.strip_suffix('%') {
        Some(digits) => (digits.trim_end(), true),
        None => (trimmed, false),
    };
    let number = match digits.contains('.') {
        true => digits.parse::<f64>(),
        false => digits.replacen(',', ".", 1).parse(),
    };
    let Some(number) = number.ok().filter(|number| number.is_finite()) else {
        return (None, Some((NUMBER, "a text")));
    };
    let percent = match unit {
        Some(ShareUnit::Fraction) if !sign => number * 100.0,
        _ => number,
    };
    match percent {
        ..0.0 => (None, Some((NUMBER, "a negative number"))),
        100.0.. if percent > 100.0 => (None, Some((NUMBER, "more than 100 %"))),
        _ if unit.is_none() && !sign && percent > 0.0 && percent <= 1.0 => {
            (Some(percent), Some(("a share_unit in the configuration", "a number up to 1")))
        }
        _ => (Some(percent), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(fields: &[(&str, &str)]) -> Account {
        let fields: Vec<_> = fields
            .iter()
            .map(|(name, value)| serde_json::json!({ "name": name, "value": value }))
            .collect();
        let json = serde_json::json!({
            "id": "act_1", "status": "active", "reference_id": "r-1", "tags": [], "fields": fields,
        });
        serde_json::from_value(json).expect("every attribute but the id may be missing")
    }

    fn places(written: &str) -> Vec<Place> {
        vec![Place::parse(written).expect("a place")]
    }

    fn found(written: &str, fields: &[(&str, &str)]) -> Option<String> {
        first(&places(written), &account(fields)).map(|value| value.reveal().to_string())
    }

    #[test]
    fn a_place_is_found_in_any_casing_nested_or_flat() {
        type Fields = &'static [(&'static str, &'static str)];
        let nested: Fields =
            &[("name.first", "Ada"), ("name.last", "Test"), ("name-of-pet", "Rex")];
        let table: [(&str, Fields, Option<&str>); 11] = [
            ("role", &[("Role", "director")], Some("director")),
            ("ownership_share", &[("Registration.x", "1"), ("OwnershipShare", "3")], Some("3")),
            ("registration.ownership_share", &[("Registration.OwnershipShare", "3")], Some("3")),
            ("registrationOwnershipShare", &[("Registration.ownership-share", "3")], Some("3")),
            ("name", nested, Some("Ada Test")),
            ("name_first", nested, Some("Ada")),
            ("name.last + name.first", nested, Some("Test Ada")),
            ("name_first + name_middle", nested, Some("Ada")),
            ("account_status", &[], Some("active")),
            ("role", &[("role", "")], None),
            ("rol", &[("role", "x")], None),
        ];
        for (written, fields, expected) in table {
            assert_eq!(found(written, fields).as_deref(), expected, "{written}");
        }
        assert_eq!(Place::parse("a + "), None);
        assert_eq!(Place::parse(""), None);
    }

    #[test]
    fn shares_are_read_by_their_unit_and_never_guessed() {
        use ShareUnit::{Fraction, Percent};
        let table = [
            ("25", None, Some(25.0), ""),
            ("25 %", None, Some(25.0), ""),
            ("25%", Some(Fraction), Some(25.0), ""),
            ("12,5", Some(Percent), Some(12.5), ""),
            ("12.50", None, Some(12.5), ""),
            ("0.25", Some(Fraction), Some(25.0), ""),
            ("0.25", Some(Percent), Some(0.25), ""),
            ("0.25", None, Some(0.25), "a number up to 1"),
            ("0.5 %", None, Some(0.5), ""),
            ("1", None, Some(1.0), "a number up to 1"),
            ("0", None, Some(0.0), ""),
            ("100", None, Some(100.0), ""),
            ("25", Some(Fraction), None, "more than 100 %"),
            ("101", None, None, "more than 100 %"),
            ("-1", None, None, "a negative number"),
            ("a quarter", None, None, "a text"),
            ("25-50", None, None, "a text"),
            ("NaN", None, None, "a text"),
            ("inf", None, None, "a text"),
            ("1,234.5", None, None, "a text"),
            ("", None, None, "a text"),
        ];
        for (written, unit, percent, odd) in table {
            let (read, why) = parse_share(written, unit);
            assert_eq!(read, percent, "{written} {unit:?}");
            assert_eq!(why.map_or("", |(_, found)| found), odd, "{written} {unit:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_a_share_is_none_or_a_percentage(written in ".{0,24}") {
            for unit in [None, Some(ShareUnit::Percent), Some(ShareUnit::Fraction)] {
                let (percent, odd) = parse_share(&written, unit);
                proptest::prop_assert!(percent.is_none_or(|share| (0.0..=100.0).contains(&share)));
                proptest::prop_assert!(percent.is_some() || odd.is_some(), "none is dropped silently");
            }
        }

        #[test]
        fn whatever_is_written_a_place_is_read_or_refused(written in ".{0,40}", name in ".{0,40}") {
            let account = account(&[(name.as_str(), "x")]);
            if let Some(place) = Place::parse(&written) {
                let mapping = Mapping { role: vec![place], ..Mapping::default() };
                let (related, gaps) = read(Some(&mapping), &account);
                proptest::prop_assert_eq!(related.role.is_none(), !gaps.is_empty());
            }
        }
    }

    #[test]
    fn what_is_mapped_is_meant_and_what_does_not_fit_is_told_and_shown() {
        let mapping = Mapping {
            role: places("role"),
            share: places("holding"),
            status: places("state"),
            ..Mapping::default()
        };
        let fitting = account(&[
            ("name_first", "Ada"),
            ("role", "director"),
            ("holding", "40 %"),
            ("state", "verified"),
            ("shoe_size", "39"),
        ]);
        let (related, gaps) = read(Some(&mapping), &fitting);
        assert_eq!(gaps, []);
        assert_eq!(related.name.unwrap().reveal().as_str(), "Ada");
        assert_eq!((related.role, related.share), (Some(Text::new("director")), Some(40.0)));
        assert_eq!((related.status, related.raw), (Some(Text::new("verified")), Vec::new()));

        let unfitting = account(&[("name", "Ada"), ("holding", "most"), ("state", "ok")]);
        let (related, gaps) = read(Some(&mapping), &unfitting);
        let told: Vec<_> = gaps.iter().map(|gap| (gap.path.as_str(), gap.found)).collect();
        assert_eq!(told, [("fields.role", "missing"), ("fields.holding", "a text")]);
        let raw: Vec<_> = related.raw.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(raw, ["holding"], "what is shown elsewhere is not repeated");

        let (related, gaps) = read(None, &fitting);
        assert_eq!((gaps.len(), gaps[0].found), (1, "none"));
        assert_eq!(related.status, Some(Text::new("active")));
        assert_eq!(related.raw.len(), 4, "all but the name");
        let mut redacted = account(&[]);
        redacted.redacted_at = Some(jiff::Timestamp::UNIX_EPOCH);
        assert_eq!(read(Some(&mapping), &redacted).1, []);
    }
}
