//! Tags of inquiries, cases, accounts and reports: the same three calls on each. An organisation
//! has at most 1000 active tags; one more is a 422.

use serde_json::{Value, json};

use super::{
    Document,
    decode::entity,
    endpoint::{Answer, Endpoint, Request, Write},
    jsonapi::DecodeError,
};
use crate::model::{AccountId, CaseId, Entity, InquiryId, ReportId, Text};

/// What tags hang on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Tagged {
    Inquiry(InquiryId),
    Case(CaseId),
    Account(AccountId),
    Report(ReportId),
}

/// The object after the call: all its tags, and itself where it is one that is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Tags {
    pub tags: Vec<Text>,
    pub object: Option<Entity>,
}

impl Answer for Tags {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        let resource = answer.one()?;
        let object = match resource.kind {
            "inquiry" | "case" | "account" => entity(&resource),
            _ => None,
        };
        Ok(Self { tags: resource.texts("tags"), object })
    }
}

/// By name; a name that is new makes a tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    pub to: Tagged,
    pub tag: Text,
}

impl Endpoint for Add {
    type Output = Tags;

    fn request(&self) -> Request {
        let (template, words) = match self.to {
            Tagged::Inquiry(_) => ("/inquiries/{inquiry-id}/add-tag", "tag inquiry"),
            Tagged::Case(_) => ("/cases/{case-id}/add-tag", "tag case"),
            Tagged::Account(_) => ("/accounts/{account-id}/add-tag", "tag account"),
            Tagged::Report(_) => ("/reports/{report-id}/add-tag", "tag report"),
        };
        of(Request::post(template, words), &self.to, self.tag.as_str().into())
    }
}
impl Write for Add {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remove {
    pub from: Tagged,
    pub tag: Text,
}

impl Endpoint for Remove {
    type Output = Tags;

    fn request(&self) -> Request {
        let (template, words) = match self.from {
            Tagged::Inquiry(_) => ("/inquiries/{inquiry-id}/remove-tag", "untag inquiry"),
            Tagged::Case(_) => ("/cases/{case-id}/remove-tag", "untag case"),
            Tagged::Account(_) => ("/accounts/{account-id}/remove-tag", "untag account"),
            Tagged::Report(_) => ("/reports/{report-id}/remove-tag", "untag report"),
        };
        of(Request::post(template, words), &self.from, self.tag.as_str().into())
    }
}
impl Write for Remove {}

/// Replaces all of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    pub of: Tagged,
    pub tags: Vec<Text>,
}

impl Endpoint for Set {
    type Output = Tags;

    fn request(&self) -> Request {
        let (template, words) = match self.of {
            Tagged::Inquiry(_) => ("/inquiries/{inquiry-id}/set-tags", "set the tags of inquiry"),
            Tagged::Case(_) => ("/cases/{case-id}/set-tags", "set the tags of case"),
            Tagged::Account(_) => ("/accounts/{account-id}/set-tags", "set the tags of account"),
            Tagged::Report(_) => ("/reports/{report-id}/set-tags", "set the tags of report"),
        };
        let tags = self.tags.iter().map(|tag| Value::from(tag.as_str())).collect();
        of(Request::post(template, words), &self.of, tags)
    }
}
impl Write for Set {}

fn of(request: Request, object: &Tagged, tags: Value) -> Request {
    let request = match object {
        Tagged::Inquiry(id) => request.of(id),
        Tagged::Case(id) => request.of(id),
        Tagged::Account(id) => request.of(id),
        Tagged::Report(id) => request.of(id),
    };
    request.body(json!({ "meta": { "tag-name": tags } }))
}
