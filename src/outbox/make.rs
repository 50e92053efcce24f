//! Making an inquiry: the call for it, and the look for what an earlier call made.

use super::create::{self, Sighting};
use crate::{
    model::{Account, AccountId, Action, Batch, Entity, Inquiry, InquiryId, Lane, NewInquiry},
    persona::{self, Client, PageFrom, accounts, inquiries},
    store::{self, Store},
};

pub fn ask_for(new: NewInquiry) -> inquiries::Create {
    let fields = new.fields.into_iter();
    inquiries::Create {
        account: match new.account {
            Some(account) => inquiries::NewAccount::Known(account),
            None => {
                let reference_id = new.reference_id;
                inquiries::NewAccount::Own { type_id: None, reference_id }
            }
        },
        fields: fields
            .map(|field| (field.name.to_string(), field.value.reveal().as_str().into()))
            .collect(),
        link: match new.link_seconds {
            Some(seconds) => inquiries::WithLink::For { seconds },
            None => inquiries::WithLink::No,
        },
        ..inquiries::Create::of(new.template)
    }
}

/// Lists what may be the inquiry that is to be made.
///
/// # Errors
/// Whatever keeps Persona from answering.
pub async fn look_for(
    client: &Client,
    new: &NewInquiry,
    action: &Action,
) -> Result<Batch, persona::Error> {
    let since = inquiries::Filter {
        created_from: Some(create::earliest(action)),
        ..inquiries::Filter::default()
    };
    let accounts = match (&new.account, &new.reference_id) {
        (Some(account), _) => vec![account.clone()],
        (None, Some(reference)) => accounts_of(client, reference).await?,
        (None, None) => Vec::new(),
    };
    let mut found = Vec::new();
    if !accounts.is_empty() {
        let filter = inquiries::Filter { accounts, ..since.clone() };
        found.extend(list(client, filter).await?);
    }
    if new.account.is_none() {
        // The inquiry itself may carry the reference; without one, time has to tell.
        let filter = inquiries::Filter { reference_id: new.reference_id.clone(), ..since };
        found.extend(list(client, filter).await?);
    }
    // Another generation of templates is not told apart here: then more of them may be it.
    let is_known = new.template.as_str().starts_with("itmpl_");
    found.retain(|inquiry| {
        !is_known || inquiry.template.as_ref().is_none_or(|template| *template == new.template)
    });
    Ok(Batch::of(found.into_iter().map(Entity::Inquiry)))
}

/// What no other decision of ours has made, each once.
///
/// # Errors
/// If the store cannot be read.
pub async fn sightings(store: &Store, batch: &Batch) -> Result<Vec<Sighting>, store::Error> {
    let mut sightings: Vec<Sighting> = Vec::new();
    for entity in &batch.entities {
        let Entity::Inquiry(Inquiry { id, created_at, .. }) = entity else { continue };
        let is_there = |id: &InquiryId| sightings.iter().any(|seen| seen.id == *id);
        if !is_there(id) && !store.has_made(id).await? {
            sightings.push(Sighting { id: id.clone(), created_at: *created_at });
        }
    }
    Ok(sightings)
}

/// One page: more than that is more than can be told apart.
async fn list(client: &Client, filter: inquiries::Filter) -> Result<Vec<Inquiry>, persona::Error> {
    let ask = inquiries::List { filter, page: PageFrom::first(100) };
    Ok(client.read(&ask, Lane::Front).await?.items)
}

async fn accounts_of(
    client: &Client,
    reference: &crate::model::Text,
) -> Result<Vec<AccountId>, persona::Error> {
    let reference_ids = vec![reference.clone()];
    let ask = accounts::List { reference_ids, page: PageFrom::first(100) };
    let found = client.read(&ask, Lane::Front).await?.items;
    Ok(found.into_iter().map(|Account { id, .. }| id).collect())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        model::{Field, Pii, TemplateId, Text},
        persona::Endpoint,
    };

    #[test]
    fn what_is_wanted_is_asked_for() {
        let new = NewInquiry {
            template: TemplateId::new("itmpl_1").unwrap(),
            account: None,
            reference_id: Some(Text::new("cust-1")),
            fields: vec![Field { name: Text::new("name-first"), value: Pii::new("Ada") }],
            link_seconds: Some(60),
        };
        let body = |new: &NewInquiry| ask_for(new.clone()).request().body;
        assert_eq!(
            body(&new),
            Some(json!({
                "data": { "attributes": {
                    "inquiry-template-id": "itmpl_1", "fields": { "name-first": "Ada" },
                } },
                "meta": {
                    "auto-create-account-reference-id": "cust-1",
                    "auto-create-one-time-link": true, "one-time-link-expiration-seconds": 60,
                },
            }))
        );
        let account = Some(AccountId::new("act_1").unwrap());
        let known = NewInquiry { account, fields: Vec::new(), link_seconds: None, ..new };
        assert_eq!(
            body(&known),
            Some(json!({
                "data": { "attributes": {
                    "inquiry-template-id": "itmpl_1", "account-id": "act_1",
                } },
                "meta": { "auto-create-one-time-link": false },
            }))
        );
    }
}
