//! Inquiries: list, retrieve, create, decide, resume, one-time link.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    decode,
    endpoint::{Endpoint, Found, Read, Request, Write},
    jsonapi::{DecodeError, Document},
    page::{Page, PageFrom},
};
use crate::{
    model::{AccountId, Inquiry, InquiryId, InquiryStatus, TemplateId, Text},
    secret::Secret,
};

/// What is needed to review an inquiry, in one request.
pub const REVIEW: &str =
    "account,verifications,reports,sessions,documents,selfies,reviewer,inquiry-template";

/// Filters of the list; an empty one asks for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub ids: Vec<InquiryId>,
    pub accounts: Vec<AccountId>,
    pub statuses: Vec<InquiryStatus>,
    pub templates: Vec<TemplateId>,
    pub reference_id: Option<Text>,
    /// Exact; must be the only filter.
    pub note: Option<Text>,
    pub created_from: Option<Timestamp>,
    pub created_to: Option<Timestamp>,
}

/// Newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub filter: Filter,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Inquiry>;

    fn request(&self) -> Request {
        let mut query = self.page.query();
        let f = &self.filter;
        let mut add = |name, values: Vec<&str>| {
            if !values.is_empty() {
                query.push((name, values.join(",")));
            }
        };
        add("filter[inquiry-id]", f.ids.iter().map(InquiryId::as_str).collect());
        add("filter[account-id]", f.accounts.iter().map(AccountId::as_str).collect());
        add("filter[status]", f.statuses.iter().map(InquiryStatus::as_str).collect());
        add("filter[inquiry-template-id]", f.templates.iter().map(TemplateId::as_str).collect());
        add("filter[reference-id]", f.reference_id.iter().map(Text::as_str).collect());
        add("filter[note]", f.note.iter().map(Text::as_str).collect());
        let from = f.created_from.map(|at| at.to_string());
        let to = f.created_to.map(|at| at.to_string());
        add("filter[created-at-start]", from.iter().map(String::as_str).collect());
        add("filter[created-at-end]", to.iter().map(String::as_str).collect());
        let request = Request::get("/inquiries", "/inquiries".into(), "list inquiries".into());
        Request { query, link: self.page.link(), ..request }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        answer.page(decode::inquiry)
    }
}
impl Read for List {}

/// With everything that [`REVIEW`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: InquiryId,
}

impl Endpoint for Retrieve {
    type Output = Found<Inquiry>;

    fn request(&self) -> Request {
        let path = format!("/inquiries/{}", self.id);
        let words = format!("retrieve inquiry {}", self.id);
        let query = vec![("include", REVIEW.to_owned())];
        Request { query, ..Request::get("/inquiries/{inquiry-id}", path, words) }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        let object = decode::inquiry(&answer.one()?)?;
        Ok(Found {
            object,
            included: answer.included().iter().filter_map(decode::entity).collect(),
        })
    }
}
impl Read for Retrieve {}

/// A POST to `/inquiries/{id}/{verb}` that answers with the inquiry.
fn act(id: &InquiryId, verb: &str, template: &'static str, body: Option<Value>) -> Request {
    let words = format!("{} inquiry {id}", verb.replace('-', " "));
    Request::post(template, format!("/inquiries/{id}/{verb}"), body, words)
}

fn commented(comment: Option<&Text>) -> Option<Value> {
    comment.map(|comment| json!({ "meta": { "comment": comment.as_str() } }))
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approve {
    pub id: InquiryId,
    pub comment: Option<Text>,
}

impl Endpoint for Approve {
    type Output = Inquiry;

    fn request(&self) -> Request {
        act(
            &self.id,
            "approve",
            "/inquiries/{inquiry-id}/approve",
            commented(self.comment.as_ref()),
        )
    }

    fn decode(&self, answer: &Document) -> Result<Inquiry, DecodeError> {
        decode::inquiry(&answer.one()?)
    }
}
impl Write for Approve {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decline {
    pub id: InquiryId,
    pub comment: Option<Text>,
}

impl Endpoint for Decline {
    type Output = Inquiry;

    fn request(&self) -> Request {
        act(
            &self.id,
            "decline",
            "/inquiries/{inquiry-id}/decline",
            commented(self.comment.as_ref()),
        )
    }

    fn decode(&self, answer: &Document) -> Result<Inquiry, DecodeError> {
        decode::inquiry(&answer.one()?)
    }
}
impl Write for Decline {}

/// Takes no comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MarkForReview {
    pub id: InquiryId,
}

impl Endpoint for MarkForReview {
    type Output = Inquiry;

    fn request(&self) -> Request {
        act(&self.id, "mark-for-review", "/inquiries/{inquiry-id}/mark-for-review", None)
    }

    fn decode(&self, answer: &Document) -> Result<Inquiry, DecodeError> {
        decode::inquiry(&answer.one()?)
    }
}
impl Write for MarkForReview {}

/// Takes a pending or expired inquiry up again. The session token in the answer is not read: it
/// would open the applicant's data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    pub id: InquiryId,
}

impl Endpoint for Resume {
    type Output = Inquiry;

    fn request(&self) -> Request {
        act(&self.id, "resume", "/inquiries/{inquiry-id}/resume", None)
    }

    fn decode(&self, answer: &Document) -> Result<Inquiry, DecodeError> {
        decode::inquiry(&answer.one()?)
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
        let body = self
            .expires_in_seconds
            .map(|seconds| json!({ "meta": { "expires-in-seconds": seconds } }));
        act(
            &self.id,
            "generate-one-time-link",
            "/inquiries/{inquiry-id}/generate-one-time-link",
            body,
        )
    }

    fn decode(&self, answer: &Document) -> Result<OneTimeLink, DecodeError> {
        Ok(OneTimeLink {
            inquiry: decode::inquiry(&answer.one()?)?,
            link: link(answer, "one-time-link")
                .ok_or(DecodeError { path: "meta.one-time-link".into(), why: "missing" })?,
            short: link(answer, "one-time-link-short"),
        })
    }
}
impl Write for GenerateOneTimeLink {}

/// A link is shown on a terminal: it is cleaned like any text from outside.
fn link(answer: &Document, name: &str) -> Option<Secret<String>> {
    answer.meta(name).map(|raw| Secret::new(Text::new(raw).to_string()))
}

/// A new inquiry, with a one-time link in the same call if `link` is set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    pub template: TemplateId,
    pub account: Option<AccountId>,
    pub reference_id: Option<Text>,
    /// Flat values by field key.
    pub fields: Vec<(Text, Text)>,
    pub link: WithLink,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WithLink {
    Yes,
    No,
}

#[derive(Debug)]
pub struct Created {
    pub inquiry: Inquiry,
    pub link: Option<Secret<String>>,
}

impl Endpoint for Create {
    type Output = Created;

    fn request(&self) -> Request {
        // Three generations of templates share this call; the prefix tells them apart.
        let template = match self.template.as_str() {
            id if id.starts_with("tmpl_") || id.starts_with("blu_") => "template-id",
            id if id.starts_with("itmplv_") => "inquiry-template-version-id",
            _ => "inquiry-template-id",
        };
        let mut attributes = Map::new();
        attributes.insert(template.into(), self.template.as_str().into());
        if let Some(account) = &self.account {
            attributes.insert("account-id".into(), account.as_str().into());
        }
        if let Some(reference) = &self.reference_id {
            attributes.insert("reference-id".into(), reference.as_str().into());
        }
        if !self.fields.is_empty() {
            let fields =
                self.fields.iter().map(|(name, value)| (name.to_string(), value.as_str().into()));
            attributes.insert("fields".into(), Value::Object(fields.collect()));
        }
        let link = self.link == WithLink::Yes;
        let body = json!({
            "data": { "attributes": attributes },
            "meta": { "auto-create-one-time-link": link },
        });
        Request::post("/inquiries", "/inquiries".into(), Some(body), "create an inquiry".into())
    }

    fn decode(&self, answer: &Document) -> Result<Created, DecodeError> {
        Ok(Created {
            inquiry: decode::inquiry(&answer.one()?)?,
            link: link(answer, "one-time-link"),
        })
    }
}
impl Write for Create {}
