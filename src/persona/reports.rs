//! Reports: list, retrieve, create, history, dismissing matches, and running them again.

use jiff::{Timestamp, civil::Date};
use serde_json::{Map, Value, json};

use super::{
    endpoint::{Answer, Endpoint, Found, Object, Read, Request, Write, answers},
    fields,
    jsonapi::{DecodeError, Document, Json, Resource, lookup},
    mismatches::word,
    page::{Link, Page, PageFrom},
};
use crate::model::{AccountId, InquiryId, Match, Report, ReportId, Text};

answers!(Report);

/// Read typed; what else a kind has is among the fields.
const SHARED: &[&str] = &[
    "status",
    "created-at",
    "completed-at",
    "redacted-at",
    "report-template-version-name",
    "has-match",
    "is-continuous",
    "is-recurring",
    "tags",
];

impl Object for Report {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        let kind = Text::new(resource.kind_of("report")?);
        let mut fields = Vec::new();
        for (name, value) in resource.attributes() {
            let shared = SHARED.iter().any(|shared| super::jsonapi::is_spelled(shared, name));
            if !shared {
                fields::keep(&mut fields, resource, name, value);
            }
        }
        Ok(Self {
            id: resource.id(ReportId::new)?,
            kind,
            status: resource.word("status", &["pending", "ready", "errored"]),
            has_match: resource.flag("has-match"),
            is_continuous: resource.flag("is-continuous"),
            is_recurring: resource.flag("is-recurring"),
            template_name: resource.text("report-template-version-name"),
            created_at: resource.instant("created-at"),
            completed_at: resource.instant("completed-at"),
            redacted_at: resource.instant("redacted-at"),
            inquiry: resource.one("inquiry", InquiryId::new),
            account: resource.one("account", AccountId::new),
            tags: resource.texts("tags"),
            fields,
        })
    }
}

/// Newest first. There is no filter by inquiry: those reports come along with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub account: Option<AccountId>,
    pub reference_id: Option<Text>,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Report>;

    fn request(&self) -> Request {
        Request::get("/reports", "list reports")
            .refusing(&[400, 401, 403, 429])
            .page(&self.page)
            .with("filter[account-id]", &self.account)
            .with("filter[reference-id]", &self.reference_id)
    }
}
impl Read for List {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: ReportId,
}

impl Endpoint for Retrieve {
    type Output = Found<Report>;

    fn request(&self) -> Request {
        Request::get("/reports/{report-id}", "retrieve report").of(&self.id)
    }
}
impl Read for Retrieve {}

/// May also be answered with 408.
#[derive(Debug, Clone, PartialEq)]
pub struct Create {
    /// The part after `report/`.
    pub kind: Text,
    pub account: Option<AccountId>,
    /// `rptp_…`
    pub template: Option<Text>,
    /// What the kind asks for: `name-first`, `term`, …
    pub query: Map<String, Value>,
}

impl Endpoint for Create {
    type Output = Report;

    fn request(&self) -> Request {
        let mut attributes = Map::new();
        if let Some(account) = &self.account {
            attributes.insert("account-id".into(), account.as_str().into());
        }
        if let Some(template) = &self.template {
            attributes.insert("report-template-id".into(), template.as_str().into());
        }
        attributes.insert("query".into(), self.query.clone().into());
        let kind = format!("report/{}", self.kind);
        Request::post("/reports", "create a report")
            .refusing(&[400, 401, 403, 404, 408, 409, 422, 429])
            .body(json!({ "data": { "type": kind, "attributes": attributes } }))
    }
}
impl Write for Create {}

/// Says that what was found does not matter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dismiss {
    pub id: ReportId,
    pub reason: Text,
    /// Required for adverse media, where matches are dismissed one by one.
    pub matched: Option<Match>,
}

impl Endpoint for Dismiss {
    type Output = Report;

    fn request(&self) -> Request {
        let mut attributes = json!({ "reason": self.reason.as_str() });
        if let Some(matched) = &self.matched {
            attributes["dismiss-type"] = matched.kind.word().into();
            attributes["entity-id"] = matched.id.as_str().into();
        }
        Request::post("/reports/{report-id}/dismiss", "dismiss the matches of report")
            .of(&self.id)
            .body(json!({ "data": { "attributes": attributes } }))
    }
}
impl Write for Dismiss {}

/// Now, once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub id: ReportId,
}

impl Endpoint for Run {
    type Output = Report;

    fn request(&self) -> Request {
        Request::post("/reports/{report-id}/run", "run report").of(&self.id)
    }
}
impl Write for Run {}

/// Of continuous monitoring; needs a permission of its own (403).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    pub id: ReportId,
}

impl Endpoint for Pause {
    type Output = Report;

    fn request(&self) -> Request {
        Request::post("/reports/{report-id}/pause", "pause report").of(&self.id)
    }
}
impl Write for Pause {}

/// Of continuous monitoring; needs a permission of its own (403).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resume {
    pub id: ReportId,
}

impl Endpoint for Resume {
    type Output = Report;

    fn request(&self) -> Request {
        Request::post("/reports/{report-id}/resume", "resume report").of(&self.id)
    }
}
impl Write for Resume {}

/// What happened to a report, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    pub id: ReportId,
    pub page: PageFrom,
}

/// Runs and what people did. An entry is no object: its id may be missing.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryPage {
    pub entries: Vec<HistoryEntry>,
    pub next: Option<Link>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum HistoryEntry {
    Run {
        /// `manual`, `scheduled`, or what Persona may add.
        kind: Text,
        scheduled: Option<Date>,
        completed_at: Option<Timestamp>,
        /// Known when it is completed.
        matches: Option<u64>,
    },
    /// `dismiss`, `review`, `pause`, `resume`, or what Persona may add.
    Act { verb: Text, at: Option<Timestamp>, by: Text },
}

impl Endpoint for History {
    type Output = HistoryPage;

    fn request(&self) -> Request {
        Request::get("/reports/{report-id}/history", "read the history of report")
            .of(&self.id)
            .page(&self.page)
    }
}
impl Read for History {}

impl Answer for HistoryPage {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        let entry = |value: &Json<'_>| {
            let entry = value.as_object()?;
            let text = |name| Text::new(lookup(entry, name).and_then(Json::as_str).unwrap_or(""));
            let instant = |name| lookup(entry, name)?.as_str()?.parse().ok();
            Some(match entry.get("type")?.as_str()? {
                "run" => HistoryEntry::Run {
                    kind: text("run-type"),
                    scheduled: lookup(entry, "scheduled-date")
                        .and_then(|date| date.as_str()?.parse().ok()),
                    completed_at: instant("completed-at"),
                    matches: entry.get("matches").and_then(Json::as_u64),
                },
                verb => {
                    if !["dismiss", "review", "pause", "resume"].contains(&verb) {
                        answer.note("report-history", "type", "a known word", &word(verb));
                    }
                    HistoryEntry::Act {
                        verb: Text::new(verb),
                        at: instant("created-at"),
                        by: text("creator-name"),
                    }
                }
            })
        };
        let mut entries = Vec::new();
        for value in answer.list()? {
            match entry(value) {
                Some(entry) => entries.push(entry),
                None => answer.note("report-history", "data[]", "an entry", "something else"),
            }
        }
        Ok(Self { entries, next: answer.next() })
    }
}
