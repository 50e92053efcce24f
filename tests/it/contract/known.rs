//! What answers told: which objects there are, and which texts stand under which names. Requests
//! made from a schema alone would ask for nothing that exists.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Debug, Clone, Default)]
pub struct Known {
    /// By prefix, `inq`, in the order in which they came.
    ids: BTreeMap<String, Vec<String>>,
    /// By the object's type and the name of the member, `case.status`.
    texts: BTreeMap<String, Vec<String>>,
}

/// Of one kind.
const MOST: usize = 200;

impl Known {
    pub fn learn(&mut self, value: &Value) {
        self.learn_of("", value);
    }

    /// A text that means something as `name`, which no answer tells.
    pub fn hear(&mut self, name: &str, text: &str) {
        keep(self.texts.entry(name.to_owned()).or_default(), text);
    }

    fn learn_of(&mut self, kind: &str, value: &Value) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| self.learn_of(kind, value)),
            Value::Object(object) => {
                let kind =
                    value["type"].as_str().filter(|_| value["id"].is_string()).unwrap_or(kind);
                for (name, value) in object {
                    match value {
                        Value::String(text) if name == "id" => {
                            keep(self.ids.entry(prefix(text).to_owned()).or_default(), text);
                        }
                        Value::String(text) => {
                            self.hear(&format!("{kind}.{name}"), text);
                        }
                        other => self.learn_of(kind, other),
                    }
                }
            }
            _ => {}
        }
    }

    /// Of objects whose ids begin like this one: `inq_…`.
    pub fn ids_like(&self, id: &str) -> &[String] {
        self.ids.get(prefix(id)).map_or(&[], Vec::as_slice)
    }

    /// Under this name, and in objects of this type under this name.
    pub fn texts_of(&self, kind: &str, name: &str) -> impl Iterator<Item = &String> {
        let names = [name.to_owned(), format!("{kind}.{name}")];
        names.into_iter().filter_map(|name| self.texts.get(&name)).flatten()
    }
}

fn prefix(id: &str) -> &str {
    id.split_once('_').map_or("", |(prefix, _)| prefix)
}

fn keep(known: &mut Vec<String>, text: &str) {
    if known.len() < MOST && !known.iter().any(|known| known == text) {
        known.push(text.to_owned());
    }
}
