//! Cases: list, retrieve, set status, assign.

use serde_json::json;

use super::{
    decode,
    endpoint::{Endpoint, Found, Read, Request, Write},
    jsonapi::{DecodeError, Document},
    page::{Page, PageFrom},
};
use crate::model::{AccountId, Case, CaseId, InquiryId, TemplateId, Text};

/// Objects of a case that the model keeps, and where it belongs.
pub const REVIEW: &str = "accounts,inquiries,case-template,case-queue,case-comments";

/// Filters of the list; an empty one asks for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// As the template spells it.
    pub status: Option<Text>,
    pub template: Option<TemplateId>,
    pub account: Option<AccountId>,
    pub inquiry: Option<InquiryId>,
}

/// Newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub filter: Filter,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Case>;

    fn request(&self) -> Request {
        let mut query = self.page.query();
        let f = &self.filter;
        let filters = [
            ("filter[status]", f.status.as_ref().map(ToString::to_string)),
            ("filter[case-template-id]", f.template.as_ref().map(ToString::to_string)),
            ("filter[account-id]", f.account.as_ref().map(ToString::to_string)),
            ("filter[inquiry-id]", f.inquiry.as_ref().map(ToString::to_string)),
        ];
        query.extend(filters.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let request = Request::get("/cases", "/cases".into(), "list cases".into());
        Request { query, link: self.page.link(), ..request }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        answer.page(decode::case)
    }
}
impl Read for List {}

/// With everything that [`REVIEW`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: CaseId,
}

impl Endpoint for Retrieve {
    type Output = Found<Case>;

    fn request(&self) -> Request {
        let words = format!("retrieve case {}", self.id);
        let query = vec![("include", REVIEW.to_owned())];
        Request { query, ..Request::get("/cases/{case-id}", format!("/cases/{}", self.id), words) }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        let object = decode::case(&answer.one()?)?;
        Ok(Found {
            object,
            included: answer.included().iter().filter_map(decode::entity).collect(),
        })
    }
}
impl Read for Retrieve {}

/// Always by `meta.status`: older ways were taken away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStatus {
    pub id: CaseId,
    /// As the template spells it.
    pub status: Text,
}

impl Endpoint for SetStatus {
    type Output = Case;

    fn request(&self) -> Request {
        let body = json!({ "meta": { "status": self.status.as_str() } });
        let words = format!("set the status of case {}", self.id);
        Request::post(
            "/cases/{case-id}/set-status",
            format!("/cases/{}/set-status", self.id),
            Some(body),
            words,
        )
    }

    fn decode(&self, answer: &Document) -> Result<Case, DecodeError> {
        decode::case(&answer.one()?)
    }
}
impl Write for SetStatus {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    pub id: CaseId,
    /// Of a user of the organisation.
    pub email: Text,
}

impl Endpoint for Assign {
    type Output = Case;

    fn request(&self) -> Request {
        let body = json!({ "meta": { "user-email-address": self.email.as_str() } });
        let words = format!("assign case {}", self.id);
        Request::post(
            "/cases/{case-id}/assign",
            format!("/cases/{}/assign", self.id),
            Some(body),
            words,
        )
    }

    fn decode(&self, answer: &Document) -> Result<Case, DecodeError> {
        decode::case(&answer.one()?)
    }
}
impl Write for Assign {}
