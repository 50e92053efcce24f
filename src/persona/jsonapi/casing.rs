//! Names in Persona's three casings: kebab, snake and camel.

use super::{Json, Members};

/// A member by its kebab-case name, in whichever of Persona's three casings it came.
pub fn lookup<'a>(object: &'a Members<'a>, name: &str) -> Option<&'a Json<'a>> {
    object.get(name).or_else(|| {
        let spelled = |(key, _): &(&str, _)| is_spelled(name, key);
        name.contains('-').then(|| object.iter().find(spelled))?.map(|(_, value)| value)
    })
}

/// Whether `spelling` is the kebab-case name in one of Persona's three casings. A digit starts no
/// word: `address-street-1` is `addressStreet1`.
pub fn is_spelled(name: &str, spelling: &str) -> bool {
    let mut rest = spelling.bytes();
    let mut name = name.bytes();
    while let Some(wanted) = name.next() {
        let matches = match (wanted, rest.next()) {
            (b'-', Some(b'-' | b'_')) => true,
            (b'-', Some(found)) => {
                name.next().is_some_and(|next| next.to_ascii_uppercase() == found)
            }
            (wanted, found) => found == Some(wanted),
        };
        if !matches {
            return false;
        }
    }
    rest.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_casings_are_one_name() {
        for spelling in ["marked-for-review-at", "marked_for_review_at", "markedForReviewAt"] {
            assert!(is_spelled("marked-for-review-at", spelling), "{spelling}");
        }
        assert!(is_spelled("address-street-1", "addressStreet1"));
        for other in
            ["", "marked", "marked-for-review-at-", "markedforreviewat", "MarkedForReviewAt"]
        {
            assert!(!is_spelled("marked-for-review-at", other), "{other}");
        }
    }
}
