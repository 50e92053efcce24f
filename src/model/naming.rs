//! Whether words name a person: a saved view may, and goes with them. Pure.

use super::{Account, Case, Field, Inquiry, Pii, Text, filter::SavedView};

/// What a person is named by, as far as an object tells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Named {
    /// Each of them is enough: ids, e-mail addresses, telephone numbers.
    alone: Vec<String>,
    /// Words of the name, which are enough all together.
    name: Vec<String>,
}

impl Named {
    pub fn of_inquiry(inquiry: &Inquiry) -> Self {
        Self::of(
            inquiry.id.as_str(),
            inquiry.reference_id.as_ref(),
            inquiry.name(),
            &inquiry.fields,
        )
    }

    pub fn of_case(case: &Case) -> Self {
        Self::of(case.id.as_str(), None, None, &case.fields)
    }

    pub fn of_account(account: &Account) -> Self {
        Self::of(
            account.id.as_str(),
            account.reference_id.as_ref(),
            account.name(),
            &account.fields,
        )
    }

    fn of(id: &str, reference: Option<&Text>, name: Option<Pii>, fields: &[Field]) -> Self {
        let is_telling = |field: &&Field| {
            ["email", "phone", "identification_number"]
                .iter()
                .any(|part| field.key().contains(part))
        };
        let told = fields.iter().filter(is_telling).map(|field| field.value.reveal().as_str());
        let alone = [id].into_iter().chain(reference.map(Text::as_str)).chain(told);
        let alone = alone.map(|word| word.trim().to_lowercase());
        let name = name.map_or_else(Vec::new, |name| words(name.reveal().as_str()));
        Self {
            // Less than that is in many words.
            alone: alone.filter(|word| word.chars().count() > 3).collect(),
            name: if name.len() > 1 { name } else { Vec::new() },
        }
    }

    /// By its name or by its filter. A single word of a name is anybody's, so it names nobody.
    pub fn is_in(&self, view: &SavedView) -> bool {
        let said = format!("{} {}", view.name, view.filter).to_lowercase();
        let known = words(&said);
        self.alone.iter().any(|word| has(&said, word))
            || !self.name.is_empty() && self.name.iter().all(|word| known.contains(word))
    }
}

/// As a whole: the number of a house is in many telephone numbers.
fn has(said: &str, word: &str) -> bool {
    let goes_on = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    said.match_indices(word).any(|(at, _)| {
        let (before, after) = (&said[..at], &said[at + word.len()..]);
        !goes_on(before.chars().next_back()) && !goes_on(after.chars().next())
    })
}

fn words(text: &str) -> Vec<String> {
    let parts = text.split(|letter: char| !letter.is_alphanumeric());
    parts.filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::filter::List;

    #[test]
    fn a_view_names_somebody_by_all_of_their_name_or_by_what_is_theirs_alone() {
        let inquiry: Inquiry = serde_json::from_value(serde_json::json!({
            "id": "inq_7", "status": "approved", "verifications": [], "tags": [],
            "reference_id": "customer-0007",
            "fields": [
                { "name": "name-first", "value": "Ada" }, { "name": "name-last", "value": "Love-Lace" },
                { "name": "email-address", "value": "ada@example.test" },
                { "name": "phone-number", "value": "77" },
            ],
        }))
        .unwrap();
        let named = Named::of_inquiry(&inquiry);
        let table = [
            ("mine", "ada lovelace", false),
            ("mine", "ada", false),
            ("mine", "!\"lace ada\" love", true),
            ("mine", "~ADA ~love ~lace", true),
            ("Ada Love-Lace", "failed:>0", true),
            ("mine", "inq_7", true),
            ("mine", "inq_77", false),
            ("mine", "ada@example.test", true),
            ("mine", "\"Customer-0007\"", true),
            ("mine", "status:any 77", false),
            ("late", "late:yes order:risk", false),
        ];
        for (name, filter, expected) in table {
            let view = SavedView {
                name: Text::new(name),
                list: List::Inquiries,
                filter: Text::new(filter),
            };
            assert_eq!(named.is_in(&view), expected, "{name}: {filter}");
        }
    }
}
