//! A session of an inquiry: when, from where and on what the applicant went through it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{DeviceId, Field, InquiryId, Pii, SessionId, Text};

/// Every attribute but the id may be missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    /// `new`, `active`, `expired`, or what Persona may add.
    pub status: Text,
    pub inquiry: Option<InquiryId>,
    pub device: Option<DeviceId>,
    pub created_at: Option<Timestamp>,
    pub started_at: Option<Timestamp>,
    pub expired_at: Option<Timestamp>,
    pub ip_address: Option<Pii>,
    pub country_code: Option<Text>,
    /// `low`, `medium`, …
    pub threat_level: Option<Text>,
    pub is_proxy: Option<bool>,
    pub is_tor: Option<bool>,
    pub is_datacenter: Option<bool>,
    pub is_vpn: Option<bool>,
    /// The rest, in wire order: user agent, operating system, browser, place, network.
    pub fields: Vec<Field>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    pub id: DeviceId,
    pub vendor_id: Option<Text>,
    pub fingerprint: Option<Text>,
    pub browser_fingerprint: Option<Text>,
}
