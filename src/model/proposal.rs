//! What a second person may do about a decision that somebody else proposed.

use std::fmt;

use super::Text;

/// Somebody at a desk: who they are by the configuration, and how their API key ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    pub name: &'a Text,
    /// None where that is not known.
    pub key_ends: Option<&'a Text>,
}

/// Why somebody is no second person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Objection {
    /// They proposed it.
    SamePerson,
    /// Under another name, with the key that it was proposed with.
    SameKey,
    /// Whether it is another key cannot be told.
    UnknownKey,
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SamePerson => "you proposed it: a second person must confirm it",
            Self::SameKey => {
                "it was proposed with the API key that you use: a second person confirms with a key of their own"
            }
            Self::UnknownKey => {
                "a second person confirms with another API key, and it cannot be told whether this is another"
            }
        })
    }
}

/// Whether two names mean one reviewer.
pub fn is_same(one: &Text, other: &Text) -> bool {
    one.as_str().trim().to_lowercase() == other.as_str().trim().to_lowercase()
}

/// Whether a checker is a second person beside the maker.
///
/// # Errors
/// Why not.
pub fn second(maker: Person<'_>, checker: Person<'_>) -> Result<(), Objection> {
    if is_same(maker.name, checker.name) {
        return Err(Objection::SamePerson);
    }
    match (maker.key_ends, checker.key_ends) {
        (Some(one), Some(other)) if one == other => Err(Objection::SameKey),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Objection::UnknownKey),
    }
}

/// What Persona is told, signed by both. A comment ends with who decided, in brackets or not.
pub fn countersigned(comment: &Text, checker: &Text) -> Text {
    Text::new(&match comment.as_str().strip_suffix(')') {
        Some(open) => format!("{open}, confirmed by {checker})"),
        None => format!("{comment}, confirmed by {checker}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_person_is_another_with_another_key() {
        let table = [
            ("jane@x.test", Some("aaaa"), "joan@x.test", Some("bbbb"), Ok(())),
            ("jane@x.test", Some("aaaa"), " JANE@x.test", Some("bbbb"), Err(Objection::SamePerson)),
            ("jane@x.test", Some("aaaa"), "joan@x.test", Some("aaaa"), Err(Objection::SameKey)),
            ("jane@x.test", None, "joan@x.test", Some("aaaa"), Err(Objection::UnknownKey)),
            ("jane@x.test", Some("aaaa"), "joan@x.test", None, Err(Objection::UnknownKey)),
        ];
        for (maker, maker_key, checker, checker_key, expected) in table {
            let (maker, checker) = (Text::new(maker), Text::new(checker));
            let (one, other) = (maker_key.map(Text::new), checker_key.map(Text::new));
            let found = second(
                Person { name: &maker, key_ends: one.as_ref() },
                Person { name: &checker, key_ends: other.as_ref() },
            );
            assert_eq!(found, expected, "{maker} {maker_key:?} {checker} {checker_key:?}");
        }
    }

    #[test]
    fn comments_are_signed_by_both() {
        let table = [
            ("evidence ok (jane)", "evidence ok (jane, confirmed by joan)"),
            ("decided by jane", "decided by jane, confirmed by joan"),
        ];
        for (comment, signed) in table {
            assert_eq!(countersigned(&Text::new(comment), &Text::new("joan")).as_str(), signed);
        }
    }
}
