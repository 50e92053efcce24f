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
    /// Of objects, by id, as last told.
    statuses: BTreeMap<String, String>,
}

/// Of one kind.
const MOST: usize = 1_000;

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

    /// The same, those of one status beside each other.
    pub fn ids_by_status(&self, id: &str) -> Vec<Vec<String>> {
        let mut groups = BTreeMap::<&str, Vec<String>>::new();
        for id in self.ids_like(id) {
            let status = self.statuses.get(id).map_or("", String::as_str);
            groups.entry(status).or_default().push(id.clone());
        }
        groups.into_values().collect()
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

/// How ids begin that stand where this name is: `inquiry-id`, `object-ids`.
pub fn prefix_of(name: &str) -> Option<&'static str> {
    Some(match name {
        "inquiry-id" | "object-ids" => "inq_",
        "case-id" => "case_",
        "account-id" | "target-object-id" => "act_",
        "verification-id" => "ver_",
        "report-id" => "rep_",
        "inquiry-session-id" => "iqse_",
        "device-id" => "dev_",
        "document-id" => "doc_",
        "transaction-id" => "txn_",
        "event-id" => "evt_",
        "webhook-id" => "wbh_",
        "api-key-id" => "api_",
        "api-log-id" => "req_",
        "user-audit-log-id" => "ual_",
        "workflow-id" => "wfl_",
        "workflow-run-id" => "wfr_",
        "account-type-id" => "acttp_",
        "case-template-id" => "ctmpl_",
        "case-queue-id" => "cqueue_",
        "inquiry-template-id" => "itmpl_",
        _ => return None,
    })
}
