//! How an applicant gets back into an inquiry: resume, and the one-time link.

use serde_json::json;

use crate::{
    model::{Inquiry, InquiryId, Text},
    persona::{
        Document,
        endpoint::{Answer, Endpoint, Object, Request, Write},
        jsonapi::DecodeError,
    },
    secret::Secret,
};

/// Takes a pending or expired inquiry up again; any other is a 409. The session token in the
/// answer is not read: it would open the applicant's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    pub id: InquiryId,
}

impl Endpoint for Resume {
    type Output = Inquiry;

    fn request(&self) -> Request {
        Request::post("/inquiries/{inquiry-id}/resume", "resume inquiry").of(&self.id)
    }
}
impl Write for Resume {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateOneTimeLink {
    pub id: InquiryId,
    /// The template's setting, else 24 hours, without it.
    pub expires_in_seconds: Option<u32>,
}

/// A link that works once; whoever has it can go on as the applicant.
#[derive(Debug)]
pub struct OneTimeLink {
    pub inquiry: Inquiry,
    pub link: Secret<String>,
    /// The same for a message of few characters.
    pub short: Option<Secret<String>>,
}

impl Endpoint for GenerateOneTimeLink {
    type Output = OneTimeLink;

    fn request(&self) -> Request {
        let path = "/inquiries/{inquiry-id}/generate-one-time-link";
        let request = Request::post(path, "make a one-time link for inquiry").of(&self.id);
        match self.expires_in_seconds {
            Some(seconds) => request.body(json!({ "meta": { "expires-in-seconds": seconds } })),
            None => request,
        }
    }
}
impl Write for GenerateOneTimeLink {}

impl Answer for OneTimeLink {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        Ok(Self {
            inquiry: Inquiry::object(&answer.one()?)?,
            link: link(answer, "one-time-link")
                .ok_or(DecodeError { path: "meta.one-time-link".into(), why: "missing" })?,
            short: link(answer, "one-time-link-short"),
        })
    }
}

/// A link is shown on a terminal: it is cleaned like any text from outside.
pub fn link(answer: &Document, name: &str) -> Option<Secret<String>> {
    answer.meta(name).map(|raw| Secret::new(Text::new(raw).to_string()))
}
