//! Sessions of inquiries, and the devices they ran on.

use super::{
    endpoint::{Endpoint, Found, Object, Read, Request, Write, answers},
    fields,
    jsonapi::{DecodeError, Resource, is_spelled},
    page::{Page, PageFrom},
};
use crate::model::{Device, DeviceId, InquiryId, Session, SessionId};

answers!(Session, Device);

/// Read typed; the rest is among the fields.
const TYPED: &[&str] = &[
    "status",
    "created-at",
    "started-at",
    "expired-at",
    "ip-address",
    "country-code",
    "threat-level",
    "is-proxy",
    "is-tor",
    "is-datacenter",
    "is-vpn",
];

impl Object for Session {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("inquiry-session")?;
        let mut rest = Vec::new();
        for (name, value) in resource.attributes() {
            if !TYPED.iter().any(|typed| is_spelled(typed, name)) {
                fields::keep(&mut rest, resource, name, value);
            }
        }
        Ok(Self {
            id: resource.id(SessionId::new)?,
            status: resource.word("status", &["new", "active", "expired"]),
            inquiry: resource.one("inquiry", InquiryId::new),
            device: resource.one("device", DeviceId::new),
            created_at: resource.instant("created-at"),
            started_at: resource.instant("started-at"),
            expired_at: resource.instant("expired-at"),
            ip_address: resource.pii("ip-address"),
            country_code: resource.text("country-code"),
            threat_level: resource.text("threat-level"),
            is_proxy: resource.flag("is-proxy"),
            is_tor: resource.flag("is-tor"),
            is_datacenter: resource.flag("is-datacenter"),
            is_vpn: resource.flag("is-vpn"),
            fields: rest,
        })
    }
}

impl Object for Device {
    fn object(resource: &Resource<'_>) -> Result<Self, DecodeError> {
        resource.expect("device")?;
        resource.expect_attributes(
            &["device-vendor-id", "device-fingerprint", "browser-fingerprint"],
            &[],
        );
        Ok(Self {
            id: resource.id(DeviceId::new)?,
            vendor_id: resource.text("device-vendor-id"),
            fingerprint: resource.text("device-fingerprint"),
            browser_fingerprint: resource.text("browser-fingerprint"),
        })
    }
}

/// Documents links, but no size of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct List {
    pub inquiry: Option<InquiryId>,
    pub page: PageFrom,
}

impl Endpoint for List {
    type Output = Page<Session>;

    fn request(&self) -> Request {
        Request::get("/inquiry-sessions", "list sessions")
            .refusing(&[400, 401, 403, 429])
            .linked(&self.page)
            .with("filter[inquiry-id]", &self.inquiry)
    }
}
impl Read for List {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retrieve {
    pub id: SessionId,
}

impl Endpoint for Retrieve {
    type Output = Found<Session>;

    fn request(&self) -> Request {
        Request::get("/inquiry-sessions/{inquiry-session-id}", "retrieve session")
            .of(&self.id)
            .with("include", ["device,network"])
    }
}
impl Read for Retrieve {}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expire {
    pub id: SessionId,
}

impl Endpoint for Expire {
    type Output = Session;

    fn request(&self) -> Request {
        Request::post("/inquiry-sessions/{inquiry-session-id}/expire", "expire session")
            .of(&self.id)
    }
}
impl Write for Expire {}

/// Of one session. Documents links, but no size of a page; may also be answered with 503.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Devices {
    pub session: SessionId,
    pub page: PageFrom,
}

impl Endpoint for Devices {
    type Output = Page<Device>;

    fn request(&self) -> Request {
        Request::get("/devices", "list devices")
            .refusing(&[400, 401, 403, 429, 503])
            .linked(&self.page)
            .with("filter[inquiry-session-id]", [&self.session])
    }
}
impl Read for Devices {}

/// May also be answered with 503.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RetrieveDevice {
    pub id: DeviceId,
}

impl Endpoint for RetrieveDevice {
    type Output = Device;

    fn request(&self) -> Request {
        Request::get("/devices/{device-id}", "retrieve device")
            .of(&self.id)
            .refusing(&[400, 401, 403, 404, 429, 503])
    }
}
impl Read for RetrieveDevice {}
