//! Persona's own records: requests by API, and what users did in the dashboard.

use super::{
    endpoint::{Endpoint, Object, Read, Request, answers},
    jsonapi::{DecodeError, Json, Resource, lookup},
    page::{Page, PageFrom},
};
use crate::model::{ApiLogId, AuditLogId, Pii, Text};
use jiff::Timestamp;

/// A request that reached Persona. Parameters and headers are not read: they are personal data.
/// Repetitions under one idempotency key are not logged again.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiLog {
    /// The request's id in its answer's headers.
    pub id: ApiLogId,
    pub method: Option<Text>,
    /// Without its parameters.
    pub path: Option<Text>,
    pub ip_address: Option<Pii>,
    pub status: Option<u64>,
    pub created_at: Option<Timestamp>,
    pub redacted_at: Option<Timestamp>,
}

/// What a user did in the dashboard. Of production only, for six months.
#[derive(Debug, Clone, PartialEq)]
pub struct AuditLog {
    pub id: AuditLogId,
    /// `user_…`
    pub user: Option<Text>,
    pub method: Option<Text>,
    pub path: Option<Text>,
    pub ip_address: Option<Pii>,
    pub status: Option<u64>,
    /// Somebody of Persona's acted as the user.
    pub impersonator: Option<Text>,
    pub created_at: Option<Timestamp>,
}

answers!(ApiLog, AuditLog);

impl Object for ApiLog {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("api-log")?;
        resource.expect_attributes(&["request", "response", "created-at", "redacted-at"], &[]);
        let of = |part: &str, name: &str| {
            lookup(resource.attribute(part)?.as_object()?, name).filter(|value| !value.is_null())
        };
        let text = |name: &str| of("request", name).and_then(Json::as_str);
        Ok(Self {
            id: resource.id(ApiLogId::new)?,
            method: text("method").map(Text::new),
            path: text("path").map(without_query),
            ip_address: text("ip-address").map(Pii::new),
            status: of("response", "status").and_then(Json::as_u64),
            created_at: resource.instant("created-at"),
            redacted_at: resource.instant("redacted-at"),
        })
    }
}

fn without_query(path: &str) -> Text {
    Text::new(path.split('?').next().unwrap_or_default())
}

const AUDIT_LOG: &[&str] = &[
    "path",
    "method",
    "get-params",
    "post-params",
    "ip-address",
    "user-agent",
    "response-status",
    "created-at",
    "impersonator-email-address",
    "context",
];

impl Object for AuditLog {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("user-audit-log")?;
        resource.expect_attributes(AUDIT_LOG, &[]);
        Ok(Self {
            id: resource.id(AuditLogId::new)?,
            user: resource.related_id("user").map(Text::new),
            method: resource.text("method"),
            path: resource.text("path").map(|path| without_query(path.as_str())),
            ip_address: resource.pii("ip-address"),
            status: resource.count("response-status"),
            impersonator: resource.text("impersonator-email-address"),
            created_at: resource.instant("created-at"),
        })
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiLogs {
    pub page: PageFrom,
}

impl Endpoint for ApiLogs {
    type Output = Page<ApiLog>;

    fn request(&self) -> Request {
        Request::get("/api-logs", "list API logs").page(&self.page)
    }
}
impl Read for ApiLogs {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveApiLog {
    pub id: ApiLogId,
}

impl Endpoint for RetrieveApiLog {
    type Output = ApiLog;

    fn request(&self) -> Request {
        Request::get("/api-logs/{api-log-id}", "retrieve API log").of(&self.id)
    }
}
impl Read for RetrieveApiLog {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLogs {
    pub page: PageFrom,
}

impl Endpoint for AuditLogs {
    type Output = Page<AuditLog>;

    fn request(&self) -> Request {
        Request::get("/user-audit-logs", "list audit logs").page(&self.page)
    }
}
impl Read for AuditLogs {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveAuditLog {
    pub id: AuditLogId,
}

impl Endpoint for RetrieveAuditLog {
    type Output = AuditLog;

    fn request(&self) -> Request {
        Request::get("/user-audit-logs/{user-audit-log-id}", "retrieve audit log").of(&self.id)
    }
}
impl Read for RetrieveAuditLog {}
