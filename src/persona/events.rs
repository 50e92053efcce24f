//! Events: what happened, newest first. There is no filter by time.

use super::{
    decode,
    endpoint::{Endpoint, Read, Request},
    jsonapi::{DecodeError, Document, Place, Resource, read_each},
    page::{Page, PageFrom},
};
use crate::model::{Event, EventId, Text};

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
        let mut query = self.page.query();
        for (name, values) in [("filter[name]", &self.names), ("filter[object-id]", &self.objects)]
        {
            if !values.is_empty() {
                let values: Vec<&str> = values.iter().map(Text::as_str).collect();
                query.push((name, values.join(",")));
            }
        }
        let request = Request::get("/events", "/events".into(), "list events".into());
        Request { query, link: self.page.link(), ..request }
    }

    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        answer.page(event)
    }
}
impl Read for List {}

/// The payload is a body of its own, as of then.
fn event(resource: &Resource<'_>) -> Result<Event, DecodeError> {
    let payload = resource.attribute("payload");
    let subject = payload
        .and_then(|payload| payload.get("data"))
        .and_then(|data| Resource::read(data, Place::at("payload.data")).ok())
        .and_then(|object| decode::entity(&object));
    let included = payload.and_then(|payload| payload.get("included")?.as_array());
    let included = included.map_or_else(Vec::new, |list| read_each(list, "payload.included"));
    Ok(Event {
        id: resource.id(EventId::new)?,
        name: resource.text("name").unwrap_or_default(),
        created_at: resource.instant("created-at"),
        subject,
        included: included.iter().filter_map(decode::entity).collect(),
    })
}
