//! Webhooks: where Persona delivers events, and the secrets that prove them.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{
    endpoint::{Endpoint, Object, Read, Request, Write, answers},
    jsonapi::{DecodeError, Json, Resource, lookup},
    page::{Page, PageFrom},
};
use crate::{
    model::{Text, WebhookId},
    secret::Secret,
};

#[derive(Debug, Clone)]
pub struct Webhook {
    pub id: WebhookId,
    /// `enabled`, `disabled`, `archived`, or what Persona may add.
    pub status: Text,
    pub url: Option<Text>,
    pub name: Option<Text>,
    pub description: Option<Text>,
    /// Event names, or `*`.
    pub enabled_events: Vec<Text>,
    pub api_version: Option<Text>,
    pub created_at: Option<Timestamp>,
    /// Told when it is created, cloned or its secret rotated, and not otherwise.
    pub secrets: Vec<WebhookSecret>,
}

#[derive(Debug, Clone)]
pub struct WebhookSecret {
    pub value: Secret<String>,
    /// None: until it is rotated.
    pub expires_at: Option<Timestamp>,
}

answers!(Webhook);

const WEBHOOK_ATTRIBUTES: &[&str] = &[
    "status",
    "url",
    "name",
    "description",
    "secret",
    "secrets",
    "api-version",
    "api-key-inflection",
    "api-attributes-blocklist",
    "file-access-token-expires-in",
    "enabled-events",
    "payload-filter",
    "included-allowlist",
    "relationship-allowlist",
    "custom-http-headers",
    "created-at",
];

impl Object for Webhook {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("webhook")?;
        resource.expect_attributes(WEBHOOK_ATTRIBUTES, &[]);
        let secret = |value: &Json<'_>| {
            let secret = value.as_object()?;
            let expires_at = lookup(secret, "expires-at").and_then(|at| at.as_str()?.parse().ok());
            let value = Secret::new(secret.get("value")?.as_str()?.to_owned());
            Some(WebhookSecret { value, expires_at })
        };
        let mut secrets: Vec<_> =
            resource.objects_in("secrets").iter().filter_map(secret).collect();
        if secrets.is_empty()
            && let Some(only) = resource.attribute("secret").and_then(Json::as_str)
        {
            let value = Secret::new(only.to_owned());
            secrets.push(WebhookSecret { value, expires_at: None });
        }
        Ok(Self {
            id: resource.id(WebhookId::new)?,
            status: resource.text("status").unwrap_or_default(),
            url: resource.text("url"),
            name: resource.text("name"),
            description: resource.text("description"),
            enabled_events: resource.texts("enabled-events"),
            api_version: resource.text("api-version"),
            created_at: resource.instant("created-at"),
            secrets,
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Webhook>;

    fn request(&self) -> Request {
        Request::get("/webhooks", "list webhooks").refusing(&[400, 401, 403, 429]).page(&self.page)
    }
}
impl Read for List {}

const WEBHOOK: &str = "/webhooks/{webhook-id}";

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: WebhookId,
}

impl Endpoint for Retrieve {
    type Output = Webhook;

    fn request(&self) -> Request {
        Request::get(WEBHOOK, "retrieve webhook").of(&self.id)
    }
}
impl Read for Retrieve {}

/// Made disabled; the answer has its secret. Deliveries come in this client's version, with
/// everything that belongs to an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    pub name: Text,
    pub url: Text,
    /// Event names, or `*`.
    pub enabled_events: Vec<Text>,
}

impl Endpoint for Create {
    type Output = Webhook;

    fn request(&self) -> Request {
        let events: Vec<&str> = self.enabled_events.iter().map(Text::as_str).collect();
        Request::post("/webhooks", "create a webhook")
            .refusing(&[400, 401, 403, 409, 422, 429])
            .body(json!({ "data": { "attributes": {
                "name": self.name.as_str(), "url": self.url.as_str(), "enabled-events": events,
                "api-version": super::VERSION, "included-allowlist": { "state": "include_all" },
            } } }))
    }
}
impl Write for Create {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    pub id: WebhookId,
    pub name: Option<Text>,
    pub url: Option<Text>,
    pub enabled_events: Option<Vec<Text>>,
}

impl Endpoint for Update {
    type Output = Webhook;

    fn request(&self) -> Request {
        let mut attributes = Map::new();
        for (name, text) in [("name", &self.name), ("url", &self.url)] {
            if let Some(text) = text {
                attributes.insert(name.into(), text.as_str().into());
            }
        }
        if let Some(events) = &self.enabled_events {
            let events = events.iter().map(|name| Value::from(name.as_str()));
            attributes.insert("enabled-events".into(), events.collect());
        }
        Request::patch(WEBHOOK, "update webhook")
            .of(&self.id)
            .body(json!({ "data": { "attributes": attributes } }))
    }
}
impl Write for Update {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enable {
    pub id: WebhookId,
}

impl Endpoint for Enable {
    type Output = Webhook;

    fn request(&self) -> Request {
        Request::post("/webhooks/{webhook-id}/enable", "enable webhook").of(&self.id)
    }
}
impl Write for Enable {}

/// Pending deliveries are given up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disable {
    pub id: WebhookId,
}

impl Endpoint for Disable {
    type Output = Webhook;

    fn request(&self) -> Request {
        Request::post("/webhooks/{webhook-id}/disable", "disable webhook").of(&self.id)
    }
}
impl Write for Disable {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Archive {
    pub id: WebhookId,
}

impl Endpoint for Archive {
    type Output = Webhook;

    fn request(&self) -> Request {
        Request::post("/webhooks/{webhook-id}/archive", "archive webhook").of(&self.id)
    }
}
impl Write for Archive {}

/// Makes a new secret; both prove deliveries until the old one ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotateSecret {
    pub id: WebhookId,
    /// What is left to the old one; at once without.
    pub expires_in_seconds: Option<u32>,
}

impl Endpoint for RotateSecret {
    type Output = Webhook;

    fn request(&self) -> Request {
        let path = "/webhooks/{webhook-id}/rotate-secret";
        let request = Request::post(path, "rotate the secret of webhook").of(&self.id);
        match self.expires_in_seconds {
            Some(seconds) => request.body(json!({ "meta": { "expires-in-seconds": seconds } })),
            None => request,
        }
    }
}
impl Write for RotateSecret {}
