//! Inquiries: list, search, retrieve, update; deciding, links and creating have files of their own.

mod create;
mod decide;
mod link;
mod simulate;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

pub use self::{
    create::{Create, Created, Expirations, NewAccount, WithLink, WithSession},
    decide::{Approve, Decline, Expire, MarkForReview},
    link::{GenerateOneTimeLink, OneTimeLink, Resume},
    simulate::{PerformSimulateActions, SimulateAction},
};
use super::{
    endpoint::{Endpoint, Found, Read, Request, Write},
    page::{Page, PageFrom},
};
use crate::model::{AccountId, Inquiry, InquiryId, InquiryStatus, TemplateId, Text};

/// What is needed to review an inquiry, in one request.
pub const REVIEW: &str =
    "account,verifications,reports,sessions,documents,selfies,reviewer,inquiry-template";

/// Filters of the list; an empty one asks for everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub ids: Vec<InquiryId>,
    pub accounts: Vec<AccountId>,
    pub statuses: Vec<InquiryStatus>,
    /// Of either generation.
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
        let f = &self.filter;
        let (legacy, dynamic): (Vec<&TemplateId>, Vec<_>) =
            f.templates.iter().partition(|id| is_legacy(id));
        Request::get("/inquiries", "list inquiries")
            .refusing(&[400, 401, 403, 429])
            .page(&self.page)
            .with("filter[inquiry-id]", &f.ids)
            .with("filter[account-id]", &f.accounts)
            .with("filter[status]", &f.statuses)
            .with("filter[inquiry-template-id]", dynamic)
            .with("filter[template-id]", legacy)
            .with("filter[reference-id]", &f.reference_id)
            .with("filter[note]", &f.note)
            .with("filter[created-at-start]", f.created_from)
            .with("filter[created-at-end]", f.created_to)
    }
}
impl Read for List {}

/// Templates from before the dynamic flow have parameters of their own.
fn is_legacy(template: &TemplateId) -> bool {
    template.as_str().starts_with("tmpl_") || template.as_str().starts_with("blu_")
}

const INQUIRY: &str = "/inquiries/{inquiry-id}";

/// With everything that [`REVIEW`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: InquiryId,
}

impl Endpoint for Retrieve {
    type Output = Found<Inquiry>;

    fn request(&self) -> Request {
        Request::get(INQUIRY, "retrieve inquiry").of(&self.id).with("include", [REVIEW])
    }
}
impl Read for Retrieve {}

/// Changes what is given and leaves the rest. Fields by the template's own keys, flat values.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Changes {
    /// The inner none takes the note away.
    pub note: Option<Option<Text>>,
    pub fields: Map<String, Value>,
    /// All of them: others are taken away.
    pub tags: Option<Vec<Text>>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub id: InquiryId,
    pub changes: Changes,
}

impl Endpoint for Update {
    type Output = Inquiry;

    fn request(&self) -> Request {
        let mut attributes = Map::new();
        if let Some(note) = &self.changes.note {
            attributes.insert("note".into(), json!(note.as_ref().map(Text::as_str)));
        }
        if !self.changes.fields.is_empty() {
            attributes.insert("fields".into(), self.changes.fields.clone().into());
        }
        if let Some(tags) = &self.changes.tags {
            let tags: Vec<&str> = tags.iter().map(Text::as_str).collect();
            attributes.insert("tags".into(), json!(tags));
        }
        Request::patch(INQUIRY, "update inquiry")
            .of(&self.id)
            .body(json!({ "data": { "attributes": attributes } }))
    }
}
impl Write for Update {}
