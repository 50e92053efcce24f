//! Events: what happened, newest first. There is no filter by time.

use super::{
    endpoint::{Endpoint, Object, Read, Request, answers},
    fields,
    jsonapi::{DecodeError, Resource},
    page::{Page, PageFrom},
};
use crate::model::{Event, EventId, Text};

answers!(Event);

/// What names a webhook's body where shapes are noted.
pub const DELIVERY: &str = "webhook";

impl Object for Event {
    /// The payload is a body of its own, as of then.
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("event")?;
        resource.expect_attributes(&["name", "payload", "created-at", "context"], &[]);
        let (subject, included) = resource.nested("payload");
        Ok(Self {
            id: resource.id(EventId::new)?,
            name: resource.text("name").unwrap_or_default(),
            created_at: resource.instant("created-at"),
            subject,
            context: fields::under(resource, "context"),
            included,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    /// `inquiry.approved` and so on; all of them if empty.
    pub names: Vec<Text>,
    /// Ids of the objects they are about; of all if empty.
    pub objects: Vec<Text>,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Event>;

    fn request(&self) -> Request {
        Request::get("/events", "list events")
            .refusing(&[400, 401, 403, 429])
            .page(&self.page)
            .with("filter[name]", &self.names)
            .with("filter[object-id]", &self.objects)
    }
}
impl Read for List {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: EventId,
}

impl Endpoint for Retrieve {
    type Output = Event;

    fn request(&self) -> Request {
        Request::get("/events/{event-id}", "retrieve event").of(&self.id)
    }
}
impl Read for Retrieve {}
