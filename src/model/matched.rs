//! Matches of a report as decisions name them: which one, on what it is decided, and whether somebody
//! said already that it does not matter. Pure.

use serde::{Deserialize, Serialize};

use super::{Evidence, Field, Report, Text, field::normalised};

/// One thing that a report found, by the id that Persona knows it by.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Match {
    pub kind: MatchKind,
    pub id: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MatchKind {
    /// A person or a business.
    Entity,
    /// An article about one.
    Media,
}

impl MatchKind {
    /// As Persona spells it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Entity => "entity",
            Self::Media => "media",
        }
    }
}

/// How a report stands that found something, and one that found nothing.
pub const MATCH: &str = "match";
pub const NO_MATCH: &str = "no match";

impl Report {
    /// Its matches are dismissed one by one.
    pub fn is_media(&self) -> bool {
        self.kind.as_str().ends_with("adverse-media")
    }

    /// What a decision about its matches is based on. A report has no time of its own change; each
    /// run completes it anew.
    pub fn evidence(&self) -> Evidence {
        let status = match (self.status.as_str(), self.has_match) {
            ("ready", Some(true)) => MATCH,
            ("ready", Some(false)) => NO_MATCH,
            (status, _) => status,
        };
        Evidence { status: Text::new(status), updated_at: self.completed_at }
    }

    /// Whether nothing is left to dismiss: of one match, or of all.
    pub fn has_dismissed(&self, matched: Option<&Match>) -> bool {
        match matched {
            None => self.has_match == Some(false),
            Some(one) => {
                let is_it = |field: &&Field| field.value.reveal() == &one.id;
                let mut named = self.fields.iter().filter(is_it).peekable();
                named.peek().is_none() || named.any(is_ignored)
            }
        }
    }
}

/// What was dismissed stands in `ignore-list`, `ignore-list-entity` and so on.
fn is_ignored(field: &Field) -> bool {
    normalised(field.name.as_str()).starts_with("ignore_list")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn report(kind: &str, has_match: bool, fields: &[(&str, &str)]) -> Report {
        let fields: Vec<_> =
            fields.iter().map(|(name, value)| json!({ "name": name, "value": value })).collect();
        serde_json::from_value(json!({ "id": "rep_1", "kind": kind, "status": "ready",
            "has_match": has_match, "tags": [], "fields": fields }))
        .unwrap()
    }

    fn entity(id: &str) -> Match {
        Match { kind: MatchKind::Entity, id: Text::new(id) }
    }

    #[test]
    fn what_is_left_to_dismiss_is_told() {
        let one = [("related-sources.1.entity-id", "E1")];
        let gone = [("ignore-list-entity.1.match.entity-id", "E1")];
        let both = [one[0], gone[0]];
        let media = |fields| report("adverse-media", true, fields);
        assert!(!media(&one).has_dismissed(Some(&entity("E1"))));
        assert!(media(&gone).has_dismissed(Some(&entity("E1"))));
        assert!(media(&both).has_dismissed(Some(&entity("E1"))));
        assert!(media(&one).has_dismissed(Some(&entity("E9"))), "it is not there any more");
        assert!(!media(&one).has_dismissed(None));
        assert!(report("watchlist", false, &[]).has_dismissed(None));
    }
}
