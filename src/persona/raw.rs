//! An object as Persona wrote it, for people who want to see all of it. What opens a file or a
//! flow for whoever has it is taken out.

use serde_json::Value;

use super::{
    endpoint::{Answer, Endpoint, Read, Request},
    fields::opens_a_file,
    inquiries,
    jsonapi::{DecodeError, Document},
};
use crate::model::{InquiryId, field::normalised};

/// With everything that a review asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inquiry {
    pub id: InquiryId,
}

/// A whole body.
#[derive(Debug, Clone, PartialEq)]
pub struct Body(pub Value);

impl Endpoint for Inquiry {
    type Output = Body;

    fn request(&self) -> Request {
        inquiries::Retrieve { id: self.id.clone() }.request()
    }
}
impl Read for Inquiry {}

impl Answer for Body {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        answer.one()?;
        let mut body = answer.to_value();
        without_secrets(&mut body);
        Ok(Self(body))
    }
}

const TAKEN_OUT: &str = "(not shown: whoever has it can use it)";

fn without_secrets(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (name, value) in object.iter_mut() {
                match value {
                    Value::String(text) if is_secret(name) || opens_a_file(text) => {
                        TAKEN_OUT.clone_into(text);
                    }
                    value => without_secrets(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|value| match value {
            Value::String(text) if opens_a_file(text) => TAKEN_OUT.clone_into(text),
            value => without_secrets(value),
        }),
        _ => {}
    }
}

fn is_secret(name: &str) -> bool {
    let name = normalised(name);
    name.ends_with("token") || name == "confirmation_code" || name.contains("one_time_link")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn links_and_tokens_are_taken_out() {
        let mut body = json!({ "meta": { "session-token": "s" }, "included": [{ "attributes": {
            "front-photo-url": "https://files.withpersona.com/a.jpg?access_token=x",
            "confirmation-code": "1", "photos": ["https://h.test/a?access_token=y"],
            "list": { "url": "https://list.test" },
        } }] });
        without_secrets(&mut body);
        let text = body.to_string();
        assert!(!text.contains("access_token") && !text.contains("\"1\""), "{text}");
        assert!(text.contains("https://list.test"), "{text}");
        assert_eq!(text.matches(TAKEN_OUT).count(), 4);
    }
}
