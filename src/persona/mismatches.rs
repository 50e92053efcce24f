//! Where answers were not what the model expects: each shape once, with how often it came.
//!
//! Decoding notes shapes and goes on; nothing is refused for being new. The notes of one body are
//! [`Notes`]; the client gathers them here, and whoever keeps them takes them from time to time.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard},
};

use jiff::Timestamp;
use tokio::sync::Notify;

use super::jsonapi::Json;
use crate::model::{Mismatch, Shape, Text};

/// A server that invents attributes without end fills no memory.
const MOST_SHAPES: usize = 1_000;
/// Of one body.
const MOST_NOTES: usize = 100;
/// Of a word that is shown as it came, in characters.
const LONGEST_WORD: usize = 40;

/// What decoding one body noticed.
#[derive(Debug, Default)]
pub struct Notes(Mutex<Vec<Shape>>);

impl Notes {
    pub fn add(&self, kind: &str, path: &str, expected: &str, found: &str) {
        let mut notes = self.0.lock().expect("nothing panics while the notes are held");
        if notes.len() < MOST_NOTES {
            let [kind, path, expected, found] = [kind, path, expected, found].map(Text::new);
            notes.push(Shape { kind, path, expected, found });
        }
    }

    pub fn into_shapes(self) -> Vec<Shape> {
        self.0.into_inner().expect("nothing panics while the notes are held")
    }
}

/// What a value is, without saying which.
pub fn type_of(value: &Json<'_>) -> &'static str {
    match value {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::Str(text) if text.is_empty() => "an empty text",
        Json::Str(_) => "a text",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}

/// A word of one of Persona's own sets, short enough to be shown.
pub fn word(raw: &str) -> String {
    raw.chars().take(LONGEST_WORD).collect()
}

/// All that one client noticed.
#[derive(Debug, Default)]
pub struct Mismatches {
    shapes: Mutex<HashMap<Shape, Seen>>,
    noted: Notify,
}

#[derive(Debug, Clone, Copy)]
struct Seen {
    first: Timestamp,
    last: Timestamp,
    /// Since they were taken last.
    times: u64,
}

impl Mismatches {
    pub fn note(&self, shapes: Vec<Shape>, now: Timestamp) {
        if shapes.is_empty() {
            return;
        }
        let mut known = self.known();
        for shape in shapes {
            let full = known.len() >= MOST_SHAPES;
            match known.get_mut(&shape) {
                Some(seen) => (seen.last, seen.times) = (now, seen.times + 1),
                None if full => {}
                None => {
                    tracing::warn!(kind = %shape.kind, path = %shape.path, expected = %shape.expected, found = %shape.found, "an answer was not as expected");
                    known.insert(shape, Seen { first: now, last: now, times: 1 });
                }
            }
        }
        self.noted.notify_one();
    }

    /// What came since the last call; `times` counts from then.
    pub fn take_new(&self) -> Vec<Mismatch> {
        let mut new = Vec::new();
        for (shape, seen) in self.known().iter_mut().filter(|(_, seen)| seen.times > 0) {
            new.push(Mismatch {
                shape: shape.clone(),
                first_seen: seen.first,
                last_seen: seen.last,
                times: std::mem::take(&mut seen.times),
            });
        }
        new
    }

    /// Until something was noted since this was last waited for.
    pub async fn changed(&self) {
        self.noted.notified().await;
    }

    fn known(&self) -> MutexGuard<'_, HashMap<Shape, Seen>> {
        self.shapes.lock().expect("nothing panics while the shapes are held")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{
        model::Inquiry,
        persona::{Answer, Document, Page},
    };

    /// `kind path: expected, found`
    fn noticed(body: Value) -> Vec<String> {
        let document = Document::parse(body.to_string()).unwrap();
        let _ = Page::<Inquiry>::read(&document);
        let shapes = document.into_mismatches("/inquiries");
        let words = |s: Shape| format!("{} {}: {}, {}", s.kind, s.path, s.expected, s.found);
        shapes.into_iter().map(words).collect()
    }

    #[test]
    fn whatever_is_odd_is_noticed_and_whatever_is_documented_is_not() {
        let inquiry = |attributes: Value, relationships: Value| {
            json!({ "data": [{ "type": "inquiry", "id": "inq_1", "attributes": attributes,
                "relationships": relationships }] })
        };
        let good = json!({ "status": "pending", "created-at": "2026-03-02T09:00:00.000Z",
            "note": null, "tags": ["vip", null], "fields": {} });
        for body in [
            inquiry(
                good.clone(),
                json!({ "account": { "data": null }, "reviewer": { "data": {} } }),
            ),
            inquiry(
                json!({ "status": "pending", "createdAt": "2026-03-02T09:00:00Z" }),
                Value::Null,
            ),
            inquiry(json!({ "status": "pending", "name-first": "Ada" }), json!({})),
            inquiry(json!({}), json!({})),
        ] {
            assert_eq!(noticed(body.clone()), [""; 0], "{body}");
        }
        let table = [
            (
                inquiry(json!({ "status": "on_hold" }), json!({})),
                "inquiry attributes.status: a known word, on_hold",
            ),
            (
                inquiry(json!({ "status": "pending", "created-at": "soon" }), json!({})),
                "inquiry attributes.created-at: a date-time, a text",
            ),
            (
                inquiry(json!({ "status": "pending", "tags": [3] }), json!({})),
                "inquiry attributes.tags[]: a text, a number",
            ),
            (
                inquiry(json!({ "status": "pending", "mood": "Ada" }), json!({})),
                "inquiry attributes.mood: no such attribute, a text",
            ),
            (
                inquiry(json!({ "status": "pending", "fields": 3 }), json!({})),
                "inquiry attributes.fields: an object, a number",
            ),
            (
                inquiry(
                    json!({ "status": "pending" }),
                    json!({ "account": { "data": { "id": 3 } } }),
                ),
                "inquiry relationships.account: type and id, an object",
            ),
            (inquiry(json!([]), json!({})), "inquiry attributes: an object, a list"),
            (
                json!({ "data": [{ "type": "inquiry" }] }),
                "/inquiries data[].id: an object that can be read, not a text",
            ),
            (
                json!({ "data": [], "links": { "next": 3 } }),
                "/inquiries links.next: a link, a number",
            ),
        ];
        for (body, expected) in table {
            assert!(
                noticed(body.clone()).iter().any(|found| found == expected),
                "{:?}",
                noticed(body)
            );
        }
    }

    fn shape(path: &str) -> Shape {
        let [kind, path, expected, found] =
            ["inquiry", path, "a date-time", "a number"].map(Text::new);
        Shape { kind, path, expected, found }
    }

    #[test]
    fn a_shape_is_kept_once_and_counted() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let all = Mismatches::default();
        all.note(vec![shape("attributes.a"), shape("attributes.b")], at(1));
        all.note(vec![shape("attributes.a")], at(2));
        let mut taken = all.take_new();
        taken.sort_by(|a, b| a.shape.path.cmp(&b.shape.path));
        let seen = |m: &Mismatch| (m.first_seen, m.last_seen, m.times);
        assert_eq!(
            taken.iter().map(seen).collect::<Vec<_>>(),
            [(at(1), at(2), 2), (at(1), at(1), 1)]
        );
        assert_eq!(all.take_new(), []);
        all.note(vec![shape("attributes.b")], at(3));
        assert_eq!(all.take_new().iter().map(seen).collect::<Vec<_>>(), [(at(1), at(3), 1)]);
    }

    #[test]
    fn inventions_without_end_are_bounded() {
        let all = Mismatches::default();
        let at = Timestamp::from_second(1).unwrap();
        all.note((0..5_000).map(|n| shape(&format!("attributes.{n}"))).collect(), at);
        assert_eq!(all.take_new().len(), MOST_SHAPES);
        let notes = Notes::default();
        (0..5_000).for_each(|n| notes.add("inquiry", &n.to_string(), "x", "y"));
        assert_eq!(notes.into_shapes().len(), MOST_NOTES);
    }
}
