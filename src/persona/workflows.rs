//! Workflows: trigger one, and see how its runs went.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    endpoint::{Endpoint, Object, Read, Request, Write, answers},
    jsonapi::{DecodeError, Resource},
    page::{Page, PageFrom},
};
use crate::model::{Text, WorkflowId, WorkflowRunId};

#[derive(Debug, Clone, PartialEq)]
pub struct WorkflowRun {
    pub id: WorkflowRunId,
    /// `in_progress` and so on: an open set.
    pub status: Text,
    pub workflow: Option<WorkflowId>,
    /// A user, an administrator or an event.
    pub creator: Option<Text>,
    pub created_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
}

answers!(WorkflowRun);

impl Object for WorkflowRun {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("workflow-run")?;
        resource.expect_attributes(&["completed-at", "created-at", "status"], &[]);
        Ok(Self {
            id: resource.id(WorkflowRunId::new)?,
            status: resource.text("status").unwrap_or_default(),
            workflow: resource.one("workflow", WorkflowId::new),
            creator: resource.related_id("creator").map(Text::new),
            created_at: resource.instant("created-at"),
            completed_at: resource.instant("completed-at"),
        })
    }
}

/// A version of a workflow, as it was published.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkflowVersion {
    /// `wfv_…`
    pub id: Text,
    pub workflow_name: Option<Text>,
    pub status: Option<Text>,
    pub live: Option<bool>,
    pub published_at: Option<Timestamp>,
}

impl Object for WorkflowVersion {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("workflow-version")?;
        Ok(Self {
            id: Text::new(resource.id),
            workflow_name: resource.text("workflow-name"),
            status: resource.text("status"),
            live: resource.flag("live"),
            published_at: resource.instant("published-at"),
        })
    }
}

/// The only way to set one off; only `fields` are taken.
#[derive(Debug, Clone, PartialEq)]
pub struct Trigger {
    pub id: WorkflowId,
    /// What the workflow's trigger asks for.
    pub fields: Map<String, Value>,
}

impl Endpoint for Trigger {
    type Output = WorkflowRun;

    fn request(&self) -> Request {
        Request::post("/workflows/{workflow-id}/trigger", "trigger workflow")
            .of(&self.id)
            .body(json!({ "data": { "attributes": { "fields": self.fields } } }))
    }
}
impl Write for Trigger {}

/// Newest first. Its documented filter means something else than it says, so there is none here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runs {
    pub page: PageFrom,
}

impl Endpoint for Runs {
    type Output = Page<WorkflowRun>;

    fn request(&self) -> Request {
        Request::get("/workflow-runs", "list workflow runs")
            .refusing(&[400, 401, 403, 429])
            .page(&self.page)
    }
}
impl Read for Runs {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveRun {
    pub id: WorkflowRunId,
}

impl Endpoint for RetrieveRun {
    type Output = WorkflowRun;

    fn request(&self) -> Request {
        Request::get("/workflow-runs/{workflow-run-id}", "retrieve workflow run").of(&self.id)
    }
}
impl Read for RetrieveRun {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versions {
    pub workflow: WorkflowId,
    pub page: PageFrom,
}

impl Endpoint for Versions {
    type Output = Page<WorkflowVersion>;

    fn request(&self) -> Request {
        Request::get("/workflow-versions", "list workflow versions")
            .page(&self.page)
            .with("filter[workflow-id]", [&self.workflow])
    }
}
impl Read for Versions {}
