//! How objects leave: versions, fieldsets, blocklists, included objects, URLs of files, casing.

use std::collections::{BTreeMap, HashSet};

use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value, json};

use super::{
    call::{Content, Includes, Reply},
    files::Files,
    flat,
    inflect::{FieldKeys, Inflection},
    keys::Caller,
    page,
    query::Query,
    version::Version,
    world::World,
};
use crate::model::field::normalised;

/// How this answer is to look.
pub struct Look<'a> {
    pub version: Version,
    pub inflection: Inflection,
    pub blocklist: &'a [String],
    pub files: &'a Files,
    pub files_until: Timestamp,
}

impl<'a> Look<'a> {
    /// As the caller and the headers of the request want it.
    pub fn of(caller: &'a Caller, files: &'a Files, now: Timestamp) -> Self {
        Self {
            version: caller.version,
            inflection: caller.inflection,
            blocklist: &caller.blocklist,
            files,
            files_until: now + caller.file_life_seconds.clamp(0, 3 * 24 * 3_600).seconds(),
        }
    }

    /// A whole answer; a print is none.
    pub fn body(&self, world: &World, reply: Reply, query: &Query, path: &str) -> Option<Value> {
        let Reply { content, meta, unasked, shown_once, includes, .. } = reply;
        let one = |id: &str| self.object(world, id, query).unwrap_or_default();
        let mut body = match content {
            Content::Pdf(_) => return None,
            Content::Plain(body) => body,
            Content::Many(ids) => {
                json!({ "data": ids.iter().map(|id| one(id)).collect::<Vec<_>>() })
            }
            Content::Page(found) => {
                let data: Vec<Value> = found.ids.iter().map(|id| one(id)).collect();
                let mut body = json!({ "data": data, "links": links(path, query, &found) });
                if path.ends_with("/user-audit-logs") {
                    let ids: Vec<&String> = found.ids.iter().collect();
                    body["included"] = self.included(world, &ids, &["user".to_owned()], query);
                }
                body
            }
            Content::One(id) => {
                let mut data = one(&id);
                if let Some(Value::Object(attributes)) = data.get_mut("attributes") {
                    attributes.extend(shown_once);
                }
                let mut body = json!({ "data": data });
                let unasked = if self.version.is_flat() { unasked } else { &[] };
                let names = query.include.clone();
                let names =
                    names.unwrap_or_else(|| unasked.iter().map(ToString::to_string).collect());
                if includes == Includes::Asked && !names.is_empty() {
                    body["included"] = self.included(world, &[&id], &names, query);
                }
                body
            }
        };
        if let Some(meta) = meta {
            body["meta"] = meta;
        }
        Some(self.finish(body))
    }

    /// What a webhook is sent.
    pub fn event(&self, world: &World, id: &str) -> Option<Value> {
        let event = self.object(world, id, &Query::default())?;
        Some(self.finish(json!({ "data": event })))
    }

    fn finish(&self, mut body: Value) -> Value {
        self.files.link(&mut body, self.files_until);
        let fields = self.version.field_keys();
        match (self.inflection, fields) {
            (Inflection::Kebab, FieldKeys::Keep) => body,
            (inflection, fields) => inflection.apply(body, fields),
        }
    }

    fn object(&self, world: &World, id: &str, query: &Query) -> Option<Value> {
        let object = world.get(id)?;
        let kind = object.kind.clone();
        let mut json = object.json();
        if let Some(Value::Object(attributes)) = json.get_mut("attributes") {
            if self.version.is_flat() {
                flat::add(&kind, attributes);
            }
            if self.version.has_run_history() && kind.starts_with("report/") {
                attributes.insert("run-history".to_owned(), json!([]));
            }
            self.block(attributes);
        }
        if let Some(wanted) = self.fieldset(&kind, &query.fieldsets) {
            keep(&mut json, wanted);
        }
        Some(json)
    }

    /// The fieldset of a type; since 2025-10-27 that of a parent covers its kinds.
    fn fieldset<'q>(
        &self,
        kind: &str,
        fieldsets: &'q BTreeMap<String, Vec<String>>,
    ) -> Option<&'q Vec<String>> {
        let parent = kind.split_once('/').map(|(parent, _)| parent);
        let parent = parent.filter(|_| !self.version.is_flat());
        fieldsets.get(kind).or_else(|| fieldsets.get(parent?))
    }

    fn block(&self, attributes: &mut Map<String, Value>) {
        for pattern in self.blocklist {
            let pattern = pattern.trim_start_matches("/data/attributes/");
            match pattern.strip_prefix("fields/") {
                None => attributes.retain(|name, _| !matches(pattern, name)),
                Some(pattern) => {
                    if let Some(Value::Object(fields)) = attributes.get_mut("fields") {
                        fields.retain(|name, _| !matches(pattern, name));
                    }
                }
            }
        }
    }

    /// Related objects by the names of relationships, one more step after a dot, each once.
    fn included(&self, world: &World, of: &[&String], names: &[String], query: &Query) -> Value {
        let mut seen = HashSet::new();
        let mut included = Vec::new();
        for id in of {
            let Some(object) = world.get(id) else { continue };
            for name in names {
                let (first, nested) = match name.split_once('.') {
                    Some((first, nested)) => (first, Some(nested)),
                    None => (name.as_str(), None),
                };
                for id in object.related(&super::inflect::to_kebab(first)) {
                    let mut ids = vec![id.to_owned()];
                    if let (Some(nested), Some(object)) = (nested, world.get(id)) {
                        ids.extend(object.related(nested).into_iter().map(str::to_owned));
                    }
                    for id in ids {
                        if !seen.contains(&id)
                            && let Some(json) = self.object(world, &id, query)
                        {
                            included.push(json);
                            seen.insert(id);
                        }
                    }
                }
            }
        }
        Value::Array(included)
    }
}

pub fn links(path: &str, query: &Query, found: &page::Found) -> Value {
    let link = |cursor: &str, id: &Option<String>| {
        id.as_deref().map(|id| page::link(path, &query.pairs, cursor, id))
    };
    json!({ "prev": link("before", &found.before), "next": link("after", &found.after) })
}

/// Keeps the named attributes, `fields.x` of the fields, and the named relationships.
fn keep(json: &mut Value, wanted: &[String]) {
    let asked = |name: &str| wanted.iter().any(|wanted| wanted == name);
    let fields: Vec<String> =
        wanted.iter().filter_map(|name| name.strip_prefix("fields.")).map(normalised).collect();
    if let Some(Value::Object(attributes)) = json.get_mut("attributes") {
        attributes.retain(|name, value| match value {
            Value::Object(all) if name == "fields" && !asked("fields") => {
                all.retain(|key, _| fields.contains(&normalised(key)));
                !fields.is_empty()
            }
            _ => asked(name),
        });
    }
    if let Some(object) = json.as_object_mut()
        && let Some(Value::Object(relationships)) = object.get_mut("relationships")
    {
        relationships.retain(|name, _| asked(name));
        if relationships.is_empty() {
            object.remove("relationships");
        }
    }
}

/// Whether a name fits a pattern in which `*` stands for anything.
fn matches(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    if !pattern.contains('*') {
        return rest.is_empty();
    }
    let parts: Vec<&str> = parts.collect();
    for (nth, part) in parts.iter().enumerate() {
        if nth + 1 == parts.len() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_fit() {
        assert!(matches("address-*", "address-city") && !matches("address-*", "city"));
        assert!(matches("*-number", "phone-number") && !matches("*-number", "phone-numbers"));
        assert!(matches("birthdate", "birthdate") && !matches("birth", "birthdate"));
        assert!(matches("a*b*c", "a1b2c") && !matches("a*b*c", "a1c2"));
    }

    #[test]
    fn a_fieldset_keeps_what_it_names() {
        let mut json = json!({ "type": "inquiry", "id": "inq_1",
            "attributes": { "status": "a", "note": null, "fields": { "name-first": 1, "name-last": 2 } },
            "relationships": { "account": {}, "reports": {} } });
        keep(&mut json, &["status".into(), "fields.name_first".into(), "account".into()]);
        let expected = json!({ "type": "inquiry", "id": "inq_1",
            "attributes": { "status": "a", "fields": { "name-first": 1 } },
            "relationships": { "account": {} } });
        assert_eq!(json, expected);
    }
}
