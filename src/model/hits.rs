//! What a report found, told from its flat fields: who or what it is, and whether somebody said
//! already that it does not matter. Pure.

use serde::{Deserialize, Serialize};

use super::{Evidence, Field, Pii, Report, Text, field::normalised};

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

/// An entry of what a report found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// Of a list, a person, a business or an article.
    pub name: Pii,
    /// Where it has one of its own.
    pub id: Option<Text>,
    /// Somebody said that it does not matter.
    pub dismissed: bool,
}

/// How a report stands that found something, and one that found nothing.
pub const MATCH: &str = "match";
pub const NO_MATCH: &str = "no match";

/// Lists of what was found, by the first part of their fields' names.
const LISTS: [&str; 6] = [
    "matched_lists",
    "result",
    "related_sources",
    "sanction_list",
    "fitness_probity_list",
    "warning_list",
];

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

    /// What it found, in its own order.
    pub fn hits(&self) -> Vec<Hit> {
        let mut hits: Vec<(String, Hit)> = Vec::new();
        for field in &self.fields {
            let Some((entry, part)) = entry(field) else { continue };
            if hits.last().is_none_or(|(last, _)| *last != entry) {
                let hit = Hit { name: Pii::default(), id: None, dismissed: false };
                hits.push((entry, hit));
            }
            let Some((_, hit)) = hits.last_mut() else { continue };
            match part.as_str() {
                "name" | "title" if hit.name.is_empty() => hit.name = field.value.clone(),
                "entity_id" | "id" => hit.id = Some(field.value.reveal().clone()),
                _ => {}
            }
        }
        let mut hits: Vec<Hit> = hits.into_iter().map(|(_, hit)| hit).collect();
        hits.retain(|hit| !hit.name.is_empty() || hit.id.is_some());
        for hit in &mut hits {
            let matched = hit.id.clone().map(|id| Match { kind: MatchKind::Entity, id });
            let alone = matched.is_some_and(|one| self.has_dismissed(Some(&one)));
            hit.dismissed = alone || self.has_dismissed(None);
        }
        hits
    }
}

/// Which entry of a list a field is of, and which part of it:
/// `related-sources.2.entity-id` → `related_sources.2` and `entity_id`.
fn entry(field: &Field) -> Option<(String, String)> {
    let key = normalised(field.name.as_str());
    let parts: Vec<&str> = key.split('.').collect();
    if !LISTS.contains(parts.first()?) {
        return None;
    }
    let number = parts.iter().position(|part| part.bytes().all(|b| b.is_ascii_digit()))?;
    let (entry, part) = parts.split_at(number + 1);
    (!part.is_empty()).then(|| (entry.join("."), part.join(".")))
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
    fn entries_are_told_from_flat_fields_of_every_kind() {
        let told = |kind: &str, fields: &[(&str, &str)]| {
            let hits = report(kind, true, fields).hits();
            let words = |hit: &Hit| {
                let id = hit.id.as_ref().map_or("-", |id| id.as_str());
                let dismissed = if hit.dismissed { " dismissed" } else { "" };
                format!("{} {id}{dismissed}", hit.name.reveal())
            };
            hits.iter().map(words).collect::<Vec<_>>().join("; ")
        };
        let lists = [
            ("term", "Ada"),
            ("matched-lists.1.name", "List A"),
            ("matched-lists.1.entities.1.name", "Ada"),
            ("matched-lists.2.name", "List B"),
            ("ignore-list.1.match.name", "List C"),
        ];
        assert_eq!(told("watchlist", &lists), "List A -; List B -");
        let media = [
            ("related-sources.1.akas", "A"),
            ("related-sources.1.media.1.title", "Trial"),
            ("related-sources.1.name", "Ada"),
            ("related-sources.1.entity-id", "E1"),
            ("relatedSources.2.name", "Eve"),
            ("relatedSources.2.entityId", "E2"),
            ("ignore-list-entity.1.match.entity-id", "E2"),
        ];
        assert_eq!(told("adverse-media", &media), "Ada E1; Eve E2 dismissed");
        let business = [("result.adverse-media.1.title", "Fine"), ("query.business-name", "Acme")];
        assert_eq!(told("business-adverse-media", &business), "Fine -");
        assert_eq!(told("email-address", &[("email-domain", "x.test")]), "");
        // What is no entry of a list, and numbers that nobody expects.
        assert_eq!(told("watchlist", &[("matched-lists", "Name"), ("result.1", "x")]), "");
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
