//! Cases: list, retrieve, create, update, set status, assign, objects, and their templates.

use serde_json::{Map, Value, json};

use super::{
    endpoint::{Endpoint, Found, Read, Request, Write},
    page::{Page, PageFrom},
};
use crate::model::{AccountId, Case, CaseId, InquiryId, ReportId, TemplateId, Text};

/// All that a case can be asked for together with.
pub const REVIEW: &str =
    "accounts,inquiries,reports,verifications,txns,case-template,case-queue,case-comments";

/// Filters of the list; an empty one asks for everything. Queue, assignee and SLA are for
/// [`Search`](super::search::Search).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// As the template spells it.
    pub status: Option<Text>,
    pub template: Option<TemplateId>,
    pub account: Option<AccountId>,
    pub reference_id: Option<Text>,
    pub inquiry: Option<InquiryId>,
    pub report: Option<ReportId>,
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
        let f = &self.filter;
        Request::get("/cases", "list cases")
            .page(&self.page)
            .with("filter[status]", &f.status)
            .with("filter[case-template-id]", &f.template)
            .with("filter[account-id]", &f.account)
            .with("filter[reference-id]", &f.reference_id)
            .with("filter[inquiry-id]", &f.inquiry)
            .with("filter[report-id]", &f.report)
    }
}
impl Read for List {}

const CASE: &str = "/cases/{case-id}";

/// With everything that [`REVIEW`] names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: CaseId,
}

impl Endpoint for Retrieve {
    type Output = Found<Case>;

    fn request(&self) -> Request {
        Request::get(CASE, "retrieve case").of(&self.id).with("include", [REVIEW])
    }
}
impl Read for Retrieve {}

/// May also be answered with 503, and is subject to a quota.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    pub template: TemplateId,
    /// E-mail of a user.
    pub creator: Option<Text>,
    /// `cqueue_…`
    pub queue: Option<Text>,
    /// By the template's own keys, flat values.
    pub fields: Map<String, Value>,
    /// Ids of accounts, inquiries, reports, documents and so on.
    pub objects: Vec<Text>,
    /// At most 90 days.
    pub sla_seconds: Option<u32>,
}

impl Endpoint for Create {
    type Output = Case;

    fn request(&self) -> Request {
        let mut attributes = Map::new();
        attributes.insert("case-template-id".into(), self.template.as_str().into());
        for (name, text) in
            [("creator-email-address", &self.creator), ("case-queue-id", &self.queue)]
        {
            if let Some(text) = text {
                attributes.insert(name.into(), text.as_str().into());
            }
        }
        if !self.fields.is_empty() {
            attributes.insert("fields".into(), self.fields.clone().into());
        }
        let mut meta = Map::new();
        if !self.objects.is_empty() {
            meta.insert("object-ids".into(), texts(&self.objects));
        }
        if let Some(seconds) = self.sla_seconds {
            meta.insert("sla-expires-in-seconds".into(), seconds.into());
        }
        Request::post("/cases", "create a case")
            .refusing(&[400, 401, 403, 404, 409, 422, 429, 503])
            .body(json!({ "data": { "attributes": attributes }, "meta": meta }))
    }
}
impl Write for Create {}

fn texts(texts: &[Text]) -> Value {
    texts.iter().map(|text| Value::from(text.as_str())).collect()
}

/// What an update does to a value that can be taken away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Change<T> {
    #[default]
    Keep,
    Set(T),
    Clear,
}

impl<T> Change<T> {
    fn value(&self, json: impl Fn(&T) -> Value) -> Option<Value> {
        match self {
            Self::Keep => None,
            Self::Set(value) => Some(json(value)),
            Self::Clear => Some(Value::Null),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Update {
    pub id: CaseId,
    /// `cqueue_…`
    pub queue: Change<Text>,
    pub fields: Map<String, Value>,
    /// At most 90 days from now.
    pub sla_seconds: Change<u32>,
}

impl Endpoint for Update {
    type Output = Case;

    fn request(&self) -> Request {
        let (mut attributes, mut meta) = (Map::new(), Map::new());
        if let Some(queue) = self.queue.value(|queue| queue.as_str().into()) {
            attributes.insert("case-queue-id".into(), queue);
        }
        if !self.fields.is_empty() {
            attributes.insert("fields".into(), self.fields.clone().into());
        }
        if let Some(seconds) = self.sla_seconds.value(|seconds| (*seconds).into()) {
            meta.insert("sla-expires-in-seconds".into(), seconds);
        }
        Request::patch(CASE, "update case")
            .of(&self.id)
            .body(json!({ "data": { "attributes": attributes }, "meta": meta }))
    }
}
impl Write for Update {}

/// Always by `meta.status`: older ways were taken away. A status that the template does not have is
/// a 422.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStatus {
    pub id: CaseId,
    /// As the template spells it.
    pub status: Text,
}

impl Endpoint for SetStatus {
    type Output = Case;

    fn request(&self) -> Request {
        Request::post("/cases/{case-id}/set-status", "set the status of case")
            .of(&self.id)
            .body(json!({ "meta": { "status": self.status.as_str() } }))
    }
}
impl Write for SetStatus {}

/// There is no way to take an assignment away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assign {
    pub id: CaseId,
    /// Of a user of the organisation.
    pub email: Text,
}

impl Endpoint for Assign {
    type Output = Case;

    fn request(&self) -> Request {
        Request::post("/cases/{case-id}/assign", "assign case")
            .of(&self.id)
            .body(json!({ "meta": { "user-email-address": self.email.as_str() } }))
    }
}
impl Write for Assign {}

/// Attaches objects by their ids, of any type that cases take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddObjects {
    pub id: CaseId,
    pub objects: Vec<Text>,
}

impl Endpoint for AddObjects {
    type Output = Case;

    fn request(&self) -> Request {
        Request::post("/cases/{case-id}/add-objects", "add objects to case")
            .of(&self.id)
            .body(json!({ "meta": { "object-ids": texts(&self.objects) } }))
    }
}
impl Write for AddObjects {}

/// What is not attached is passed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoveObjects {
    pub id: CaseId,
    pub objects: Vec<Text>,
}

impl Endpoint for RemoveObjects {
    type Output = Case;

    fn request(&self) -> Request {
        Request::post("/cases/{case-id}/remove-objects", "remove objects from case")
            .of(&self.id)
            .body(json!({ "meta": { "object-ids": texts(&self.objects) } }))
    }
}
impl Write for RemoveObjects {}
