//! Evidence that is asked for only when somebody looks at it: it is kept in memory and nowhere
//! else.

use super::{Desk, RefreshError};
use crate::{
    model::{
        Entity, InquiryId, Lane, Text,
        timeline::{self, Happened},
    },
    persona::{PageFrom, events, raw},
};

/// Events of one page, and objects that are asked about: a URL takes no more.
const EVENTS: u8 = 100;
const OBJECTS: usize = 60;

impl Desk {
    /// What Persona tells of an inquiry and of what hangs on it: the newest hundred events.
    pub async fn events(&self, id: &InquiryId) -> Result<Vec<Happened>, RefreshError> {
        let mut objects = vec![Text::new(id.as_str())];
        if let Some(file) = self.store.inquiry(id).await? {
            let all = &file.exhibits;
            let verifications = file.verifications.iter().map(|one| one.id.as_str());
            let sessions = all.sessions.iter().map(|one| one.id.as_str());
            let reports = all.reports.iter().map(|one| one.id.as_str());
            let documents = all.documents.iter().map(|one| one.id.as_str());
            let ids = verifications.chain(sessions).chain(reports).chain(documents);
            objects.extend(ids.map(Text::new));
        }
        objects.truncate(OBJECTS);
        let asked = events::List { names: Vec::new(), objects, page: PageFrom::first(EVENTS) };
        let page = self.client.read(&asked, Lane::Front).await?;
        let told = page.items.iter().filter_map(|event| {
            let about = event.subject.as_ref().map_or(id.as_str(), id_of);
            timeline::told(event, about)
        });
        Ok(told.collect())
    }

    /// An inquiry as Persona writes it, with all that comes along, but for links and tokens.
    pub async fn raw(&self, id: &InquiryId) -> Result<serde_json::Value, RefreshError> {
        let asked = raw::Inquiry { id: id.clone() };
        Ok(self.client.read(&asked, Lane::Front).await?.0)
    }
}

fn id_of(entity: &Entity) -> &str {
    match entity {
        Entity::Inquiry(inquiry) => inquiry.id.as_str(),
        Entity::Case(case) => case.id.as_str(),
        Entity::Account(account) => account.id.as_str(),
        Entity::Verification(verification) => verification.id.as_str(),
    }
}
