//! What can go wrong with a request, and how a good answer is spoiled.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::world::Refusal;

/// What happens to a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fault {
    /// Nothing but latency.
    #[default]
    None,
    /// 401, as if the key had been withdrawn.
    Unauthorized,
    /// 403, as if the request came from a wrong address.
    Forbidden,
    /// 404, as if the object were not there.
    NotFound,
    /// 408, the server gave up waiting for the request; not stored.
    TimedOut,
    /// 409, somebody changed the object at the same time; stored.
    Stale,
    /// 409, the resource exists already; stored.
    Conflict,
    /// 422 with a pointer; stored.
    Invalid,
    /// 429, as if others had used the budget up; not stored.
    RateLimited,
    /// 429, the quota of the product is used up; not stored.
    QuotaExceeded,
    /// 500 before anything was looked at; not stored.
    ErrorUnstored,
    /// 500 before it takes effect, stored for its key.
    Error,
    /// 500 after it took effect, stored for its key.
    ErrorAfter,
    /// 503 before it takes effect, not stored.
    Unavailable,
    /// The connection is closed before it takes effect.
    LostRequest,
    /// It takes effect; the answer never comes and the connection is closed.
    LostAnswer,
    /// Never answered, never closed, no effect.
    Stuck,
    /// It takes effect, but is never answered and never closed.
    StuckAfter,
    /// The body comes in small pieces with a pause between them.
    SlowBody,
    /// The body breaks off in the middle of its JSON.
    BrokenJson,
    /// Only every other attribute is there.
    MissingAttributes,
    /// Empty relationships are `data: {}`.
    EmptyRelationships,
    /// `included` is null.
    NullIncluded,
    /// Attributes and relationships that nobody knows.
    ExtraAttributes,
    /// Types, statuses and results of checks that nobody knows.
    UnknownValues,
    /// Rate limits that make no sense.
    AbsurdLimits,
    /// No rate limits at all.
    NoLimits,
    /// A page of HTML where JSON is promised.
    WrongContentType,
}

impl Fault {
    /// The refusal that stands in for the answer, before the key is looked at or stored.
    pub fn unstored(self) -> Option<Refusal> {
        Some(match self {
            Self::Forbidden => {
                let why = "IP address is not permitted access to current environment";
                Refusal::new(403, "Forbidden", why)
            }
            Self::TimedOut => {
                let why = "The server timed out waiting for the request";
                Refusal::new(408, "Request Timeout", why)
            }
            Self::ErrorUnstored => internal_error(),
            Self::Unavailable => Refusal::new(503, "Service unavailable", "Try again later."),
            _ => return None,
        })
    }

    /// The refusal that is kept for the key of the request.
    pub fn stored(self) -> Option<Refusal> {
        Some(match self {
            Self::NotFound => Refusal::new(404, "Record not found", ""),
            Self::Stale => {
                let why = "Attempted to update a record that was just modified. Please try again.";
                Refusal::new(409, "Stale object error", why)
            }
            Self::Conflict => {
                let why = "Resource already exists as an active resource";
                Refusal::new(409, "Record not unique", why)
            }
            Self::Invalid => Refusal::new(422, "Record invalid", "Status can't be blank")
                .at("/data/attributes/status"),
            Self::Error => internal_error(),
            _ => return None,
        })
    }

    /// Bends a body the way this fault does; other faults leave it as it is.
    pub fn spoil(self, body: &mut Value) {
        match self {
            Self::NullIncluded => {
                if let Some(body) = body.as_object_mut() {
                    body.insert("included".into(), Value::Null);
                }
            }
            Self::MissingAttributes
            | Self::EmptyRelationships
            | Self::ExtraAttributes
            | Self::UnknownValues => {
                for member in ["data", "included"] {
                    match body.get_mut(member) {
                        Some(Value::Array(all)) => {
                            all.iter_mut().for_each(|one| self.spoil_object(one));
                        }
                        Some(one) => self.spoil_object(one),
                        None => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn spoil_object(self, object: &mut Value) {
        let Some(object) = object.as_object_mut() else { return };
        match self {
            Self::MissingAttributes => {
                if let Some(Value::Object(attributes)) = object.get_mut("attributes") {
                    let kept = std::mem::take(attributes).into_iter().step_by(2);
                    *attributes = kept.collect();
                }
            }
            Self::EmptyRelationships => {
                for (_, relationship) in members(object, "relationships") {
                    if relationship.get("data").is_some_and(Value::is_null) {
                        relationship["data"] = json!({});
                    }
                }
            }
            Self::ExtraAttributes => {
                insert(object, "attributes", "hologram-depth", json!({ "microns": 12.5 }));
                insert(object, "relationships", "guardians", json!({ "data": [] }));
            }
            Self::UnknownValues => {
                insert(object, "attributes", "status", json!("quantum_superposed"));
                for (name, value) in members(object, "attributes") {
                    if name == "checks" {
                        for check in value.as_array_mut().into_iter().flatten() {
                            check["status"] = json!("inconclusive");
                            check["requirement"] = json!("perhaps");
                        }
                    }
                }
            }
            _ => {}
        }
    }
}

fn internal_error() -> Refusal {
    Refusal::new(500, "Internal server error", "Something went wrong on our side.")
}

fn members<'a>(
    object: &'a mut Map<String, Value>,
    name: &str,
) -> impl Iterator<Item = (&'a String, &'a mut Value)> {
    object.get_mut(name).and_then(Value::as_object_mut).into_iter().flatten()
}

fn insert(object: &mut Map<String, Value>, part: &str, name: &str, value: Value) {
    if let Some(Value::Object(part)) = object.get_mut(part) {
        part.insert(name.to_owned(), value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_spoiled_as_promised() {
        let good = json!({ "data": { "type": "inquiry", "id": "inq_1",
            "attributes": { "status": "created", "note": null, "tags": [] },
            "relationships": { "account": { "data": null } } } });
        let spoiled = |fault: Fault| {
            let mut body = good.clone();
            fault.spoil(&mut body);
            body
        };
        assert_eq!(spoiled(Fault::None), good);
        assert_eq!(spoiled(Fault::NullIncluded)["included"], Value::Null);
        let attributes = &spoiled(Fault::MissingAttributes)["data"]["attributes"];
        assert_eq!(attributes.as_object().unwrap().len(), 2);
        let empty = &spoiled(Fault::EmptyRelationships)["data"]["relationships"]["account"];
        assert_eq!(empty, &json!({ "data": {} }));
        let unknown = &spoiled(Fault::UnknownValues)["data"]["attributes"]["status"];
        assert_eq!(unknown, "quantum_superposed");
    }
}
