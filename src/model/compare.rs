//! What several sources say about one person, part by part: what was typed, read from a document,
//! found in a database, kept at the account.
//!
//! Values are compared as people would: case, accents, punctuation and the order of names do not
//! make a difference, but a difference in form is told from none.

use std::collections::BTreeSet;

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::{Field, Inquiry, Pii, field, field::find};

/// What a source says, with its title as a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Source {
    pub title: String,
    values: Vec<(Part, Pii)>,
}

/// A part of an identity that several sources may know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Name,
    Birthdate,
    Address,
    Country,
    Email,
    Phone,
    IdentificationNumber,
    DocumentNumber,
    Expiry,
}

/// How a value stands to the first of its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Agreement {
    /// There is nothing to compare it with, or it is what the others are compared with.
    Alone,
    Same,
    /// The same in another form: an initial, another order, a part more or less.
    Similar,
    Differs,
}

/// One part over all sources.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    pub part: Part,
    /// One for each source.
    pub cells: Vec<Option<(Pii, Agreement)>>,
}

/// An earlier inquiry of the same account, and in which parts it says otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved<'a> {
    pub inquiry: &'a Inquiry,
    pub parts: Vec<(Part, Agreement)>,
}

impl Part {
    pub const ALL: [Self; 9] = [
        Self::Name,
        Self::Birthdate,
        Self::Address,
        Self::Country,
        Self::Email,
        Self::Phone,
        Self::IdentificationNumber,
        Self::DocumentNumber,
        Self::Expiry,
    ];

    pub fn words(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Birthdate => "birth date",
            Self::Address => "address",
            Self::Country => "country",
            Self::Email => "e-mail",
            Self::Phone => "phone",
            Self::IdentificationNumber => "id number",
            Self::DocumentNumber => "document no.",
            Self::Expiry => "expires",
        }
    }

    fn of(self, fields: &[Field]) -> Option<Pii> {
        let first = |keys: &[&str]| find(fields, keys).cloned();
        match self {
            Self::Name => field::display_name(fields),
            Self::Birthdate => first(&["birthdate", "date_of_birth", "dob"]),
            Self::Address => address(fields),
            Self::Country => first(&[
                "address_country_code",
                "country_code",
                "address.country_code",
                "selected_country_code",
            ]),
            Self::Email => first(&["email_address", "email"]),
            Self::Phone => first(&["phone_number", "phone"]),
            Self::IdentificationNumber => {
                first(&["identification_number", "social_security_number", "tin"])
            }
            Self::DocumentNumber => first(&["document_number"]),
            Self::Expiry => first(&["expiration_date", "document_expiry_date", "id_expiry_date"]),
        }
    }
}

impl Source {
    /// None if it says nothing that can be compared.
    pub fn of(title: impl Into<String>, fields: &[Field]) -> Option<Self> {
        let values: Vec<(Part, Pii)> =
            Part::ALL.into_iter().filter_map(|part| Some((part, part.of(fields)?))).collect();
        (!values.is_empty()).then(|| Self { title: title.into(), values })
    }

    fn get(&self, part: Part) -> Option<&Pii> {
        self.values.iter().find(|(of, _)| *of == part).map(|(_, value)| value)
    }
}

/// All parts that any source knows. The first source that knows a part is what the others are
/// compared with.
pub fn rows(sources: &[Source]) -> Vec<Row> {
    let row = |part: Part| {
        let first = sources.iter().find_map(|source| source.get(part))?;
        let mut is_first = true;
        let cells = sources.iter().map(|source| {
            let value = source.get(part)?;
            let agreement = match std::mem::replace(&mut is_first, false) {
                true => Agreement::Alone,
                false => agreement(part, first, value),
            };
            Some((value.clone(), agreement))
        });
        Some(Row { part, cells: cells.collect() })
    };
    Part::ALL.into_iter().filter_map(row).collect()
}

/// Earlier inquiries, in the order given, with what they say otherwise than this one.
pub fn moved<'a>(inquiry: &Inquiry, earlier: &'a [Inquiry]) -> Vec<Moved<'a>> {
    let Some(now) = Source::of("", &inquiry.fields) else { return Vec::new() };
    let against = |inquiry: &'a Inquiry| {
        let before = Source::of("", &inquiry.fields);
        let differs = |(part, value): &(Part, Pii)| {
            let agreement = agreement(*part, value, before.as_ref()?.get(*part)?);
            (agreement >= Agreement::Similar).then_some((*part, agreement))
        };
        Moved { inquiry, parts: now.values.iter().filter_map(differs).collect() }
    };
    earlier.iter().map(against).collect()
}

fn address(fields: &[Field]) -> Option<Pii> {
    let parts: [&[&str]; 5] = [
        &["address_street_1", "address.street_1", "street_1"],
        &["address_street_2", "address.street_2", "street_2"],
        &["address_postal_code", "address.postal_code"],
        &["address_city", "address.city"],
        &["address_subdivision", "address.subdivision"],
    ];
    let known: Vec<&str> = parts
        .into_iter()
        .filter_map(|keys| find(fields, keys))
        .map(|value| value.reveal().as_str())
        .collect();
    match known.is_empty() {
        true => find(fields, &["address", "address_full"]).cloned(),
        false => Some(Pii::new(&known.join(", "))),
    }
}

/// How one value stands to another of the same part.
pub fn agreement(part: Part, one: &Pii, other: &Pii) -> Agreement {
    let (one, other) = (one.reveal().as_str(), other.reveal().as_str());
    let (ours, theirs) = (words(one), words(other));
    if ours.is_empty() || theirs.is_empty() {
        return Agreement::Alone;
    }
    let (joined, their_joined) = (ours.concat(), theirs.concat());
    let are_similar = match part {
        Part::Name => are_names_similar(&ours, &theirs),
        Part::Address => share_most(&ours, &theirs),
        Part::Birthdate | Part::Expiry => same_set(&ours, &theirs),
        Part::Phone => {
            let (ours, theirs) = (digits(one), digits(other));
            if ours == theirs {
                return Agreement::Same;
            }
            ends_alike(&ours, &theirs)
        }
        Part::Country => joined.starts_with(&their_joined) || their_joined.starts_with(&joined),
        Part::Email | Part::IdentificationNumber | Part::DocumentNumber => false,
    };
    match (joined == their_joined, are_similar) {
        (true, _) => Agreement::Same,
        (false, true) => Agreement::Similar,
        (false, false) => Agreement::Differs,
    }
}

/// Lower case, without accents, cut at everything that is neither letter nor digit.
fn words(value: &str) -> Vec<String> {
    let folded: String =
        value.nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase).collect();
    let words = folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_owned).collect()
}

fn digits(value: &str) -> String {
    value.chars().filter(char::is_ascii_digit).collect()
}

/// A national number and the same with its country's code.
fn ends_alike(one: &str, other: &str) -> bool {
    const NATIONAL: usize = 7;
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let short = short.trim_start_matches('0');
    short.len() >= NATIONAL && long.ends_with(short)
}

fn same_set(one: &[String], other: &[String]) -> bool {
    let set = |words: &[String]| words.iter().cloned().collect::<BTreeSet<_>>();
    set(one) == set(other)
}

/// Another order, initials, or a name more or less.
fn are_names_similar(one: &[String], other: &[String]) -> bool {
    let (few, many) = if one.len() <= other.len() { (one, other) } else { (other, one) };
    let mut left: Vec<&String> = many.iter().collect();
    let fits = |name: &String, of: &&String| {
        **of == *name
            || (is_initial(name) || is_initial(of)) && name.chars().next() == of.chars().next()
    };
    few.iter().all(|name| {
        let at = left
            .iter()
            .position(|of| *of == name)
            .or_else(|| left.iter().position(|of| fits(name, of)));
        at.map(|at| left.remove(at)).is_some()
    })
}

fn is_initial(name: &str) -> bool {
    name.chars().count() == 1
}

/// At least half of the words of both together.
fn share_most(one: &[String], other: &[String]) -> bool {
    let set = |words: &[String]| words.iter().cloned().collect::<BTreeSet<_>>();
    let (one, other) = (set(one), set(other));
    let (shared, all) = (one.intersection(&other).count(), one.union(&other).count());
    shared * 2 >= all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    #[test]
    fn values_are_compared_as_people_would() {
        use Agreement::{Alone, Differs, Same, Similar};
        use Part::{Address, Birthdate, Country, DocumentNumber, Email, Name, Phone};
        let table = [
            (Name, "Ada Lovelace", "ADA LOVELACE", Same),
            (Name, "José Núñez", "Jose Nunez", Same),
            (Name, "Ada Lovelace", "Lovelace, Ada", Similar),
            (Name, "Ada King Lovelace", "Ada Lovelace", Similar),
            (Name, "A. Lovelace", "Ada Lovelace", Similar),
            (Name, "Ada Lovelace", "Eda Lovelace", Differs),
            (Name, "山田 太郎", "山田太郎", Same),
            (Name, "山田 太郎", "山田 花子", Differs),
            (Name, "عائشة", "عائشة", Same),
            (Name, "—", "Ada", Alone),
            (Birthdate, "1990-02-03", "1990-02-03", Same),
            (Birthdate, "1990-02-03", "03/02/1990", Similar),
            (Birthdate, "1990-02-03", "1990-02-04", Differs),
            (Address, "1 Main St, Springfield", "1 MAIN ST SPRINGFIELD", Same),
            (Address, "1 Main St, Springfield, IL", "1 Main St, Springfield", Similar),
            (Address, "1 Main St, Springfield", "9 Elm Rd, Shelbyville", Differs),
            (Country, "US", "USA", Similar),
            (Country, "US", "DE", Differs),
            (Email, "Ada@Example.test", "ada@example.test", Same),
            (Email, "ada@example.test", "eda@example.test", Differs),
            (Phone, "+1 415 555 0100", "4155550100", Similar),
            (Phone, "+1 415 555 0100", "+14155550100", Same),
            (Phone, "+1 415 555 0100", "+1 415 555 0199", Differs),
            (DocumentNumber, "AB-123 456", "ab123456", Same),
            (DocumentNumber, "AB123456", "AB123457", Differs),
        ];
        for (part, one, other, expected) in table {
            let found = agreement(part, &Pii::new(one), &Pii::new(other));
            assert_eq!(found, expected, "{part:?} {one} {other}");
            let back = agreement(part, &Pii::new(other), &Pii::new(one));
            assert_eq!(back, expected, "{part:?} {other} {one}");
        }
    }

    fn field(name: &str, value: &str) -> Field {
        Field { name: Text::new(name), value: Pii::new(value) }
    }

    #[test]
    fn the_first_that_knows_a_part_is_what_others_are_compared_with() {
        let typed = Source::of("typed", &[field("name-first", "Ada")]).unwrap();
        let document = [field("name-first", "Eda"), field("birthdate", "1990-02-03")];
        let document = Source::of("document", &document).unwrap();
        let account = Source::of("account", &[field("birthdate", "1990-02-04")]).unwrap();
        let rows = rows(&[typed, document, account]);
        let told: Vec<(Part, Vec<Option<Agreement>>)> = rows
            .into_iter()
            .map(|row| {
                (row.part, row.cells.into_iter().map(|cell| cell.map(|(_, it)| it)).collect())
            })
            .collect();
        let (alone, differs) = (Some(Agreement::Alone), Some(Agreement::Differs));
        assert_eq!(
            told,
            [
                (Part::Name, vec![alone, differs, None]),
                (Part::Birthdate, vec![None, alone, differs])
            ]
        );
        assert_eq!(Source::of("empty", &[field("colour", "blue")]), None);
    }
}
