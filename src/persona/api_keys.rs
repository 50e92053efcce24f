//! API keys: list, retrieve, clone and expire, which together are a rotation. A key may see keys only with a
//! permission that is off by default (403).

use jiff::Timestamp;
use serde_json::json;

use super::{
    Document,
    endpoint::{Answer, Endpoint, Object, Read, Request, Write, answers},
    jsonapi::{DecodeError, Json, Resource},
    page::{Page, PageFrom},
};
use crate::{
    model::{ApiKeyId, Text},
    secret::Secret,
};

#[derive(Debug, Clone, PartialEq)]
pub struct ApiKey {
    pub id: ApiKeyId,
    pub name: Option<Text>,
    pub note: Option<Text>,
    pub api_version: Option<Text>,
    /// `kebab`, `snake` or `camel`.
    pub inflection: Option<Text>,
    /// Attributes that this key's answers leave out: `address-*`.
    pub blocklist: Vec<Text>,
    /// `inquiry.read`, `case.write`, …
    pub permissions: Vec<Text>,
    /// `*`: any.
    pub ip_allowlist: Vec<Text>,
    /// For how long links to files work, in seconds.
    pub file_seconds: Option<u64>,
    pub last_used_at: Option<Timestamp>,
    /// None: never.
    pub expires_at: Option<Timestamp>,
    pub created_at: Option<Timestamp>,
}

answers!(ApiKey);

const API_KEY: &[&str] = &[
    "name",
    "note",
    "api-version",
    "api-key-inflection",
    "api-attributes-blocklist",
    "permissions",
    "ip-address-allowlist",
    "file-access-token-expires-in",
    "last-used-at",
    "expires-at",
    "created-at",
    "value",
];

impl Object for ApiKey {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("api-key")?;
        resource.expect_attributes(API_KEY, &[]);
        Ok(Self {
            id: resource.id(ApiKeyId::new)?,
            name: resource.text("name"),
            note: resource.text("note"),
            api_version: resource.text("api-version"),
            inflection: resource.text("api-key-inflection"),
            blocklist: resource.texts("api-attributes-blocklist"),
            permissions: resource.texts("permissions"),
            ip_allowlist: resource.texts("ip-address-allowlist"),
            file_seconds: resource.count("file-access-token-expires-in"),
            last_used_at: resource.instant("last-used-at"),
            expires_at: resource.instant("expires-at"),
            created_at: resource.instant("created-at"),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub name: Option<Text>,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<ApiKey>;

    fn request(&self) -> Request {
        Request::get("/api-keys", "list API keys")
            .refusing(&[400, 401, 403, 429])
            .page(&self.page)
            .with("filter[name]", &self.name)
    }
}
impl Read for List {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: ApiKeyId,
}

impl Endpoint for Retrieve {
    type Output = ApiKey;

    fn request(&self) -> Request {
        Request::get("/api-keys/{api-key-id}", "retrieve API key")
            .refusing(&[400, 401, 403, 429])
            .of(&self.id)
    }
}
impl Read for Retrieve {}

/// A new key with everything of an old one but its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloneKey {
    pub id: ApiKeyId,
}

/// The only time that the value is told.
#[derive(Debug)]
pub struct Cloned {
    pub key: ApiKey,
    pub value: Secret<String>,
}

impl Answer for Cloned {
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        let resource = answer.one()?;
        let value = resource.attribute("value").and_then(Json::as_str);
        let missing = DecodeError { path: "data.attributes.value".into(), why: "missing" };
        Ok(Self {
            key: ApiKey::object(&resource)?,
            value: Secret::new(value.ok_or(missing)?.to_owned()),
        })
    }
}

impl Endpoint for CloneKey {
    type Output = Cloned;

    fn request(&self) -> Request {
        Request::post("/api-keys/{api-key-id}/clone", "clone API key").of(&self.id)
    }
}
impl Write for CloneKey {}

/// Ends a key after a grace period.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expire {
    pub id: ApiKeyId,
    /// At most 30 days.
    pub in_seconds: u32,
}

impl Endpoint for Expire {
    type Output = ApiKey;

    fn request(&self) -> Request {
        Request::post("/api-keys/{api-key-id}/expire", "expire API key")
            .of(&self.id)
            .body(json!({ "meta": { "expires-in-seconds": self.in_seconds } }))
    }
}
impl Write for Expire {}
