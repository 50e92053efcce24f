//! Who is asking: API keys, what they permit, and how their answers look.

use std::{collections::HashMap, net::IpAddr};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    inflect::Inflection,
    limits::{Left, RateWindow},
    version::Version,
    world::{Object, Refusal, World, written},
};

/// What keys can be permitted. Those on keys themselves are off unless asked for.
pub const PERMISSIONS: [&str; 25] = [
    "account.read",
    "account.write",
    "api_log.read",
    "api_key.read",
    "api_key.write",
    "case.read",
    "case.write",
    "document.read",
    "document.write",
    "event.read",
    "inquiry.read",
    "inquiry.write",
    "list.read",
    "list.write",
    "api_key.scim",
    "report.read",
    "report.write",
    "txn.read",
    "txn.write",
    "user_audit_log.read",
    "verification.read",
    "verification.write",
    "webhook.read",
    "webhook.write",
    "workflow.trigger",
];

/// How long the URLs of files are good if a key says nothing else: six hours.
pub const FILE_LIFE_SECONDS: i64 = 6 * 60 * 60;

/// The environment a key belongs to; the beginning of its value tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    Sandbox,
    Production,
}

/// A key that was accepted, and how it wants to be answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Caller {
    pub key: String,
    pub environment: Environment,
    pub version: Version,
    pub inflection: Inflection,
    pub file_life_seconds: i64,
    pub blocklist: Vec<String>,
    permissions: Vec<String>,
    addresses: Vec<String>,
}

/// The keys of this organisation. Their attributes are objects of the world, their values are not.
pub struct KeyRing {
    /// Ids by value.
    issued: HashMap<String, String>,
    /// When each was used last.
    used: HashMap<String, Timestamp>,
    windows: HashMap<String, RateWindow>,
    limit: Option<u32>,
}

impl KeyRing {
    /// `limit`: requests per minute of each key, below the limit of all together.
    pub fn new(limit: Option<u32>) -> Self {
        Self { issued: HashMap::new(), used: HashMap::new(), windows: HashMap::new(), limit }
    }

    /// From now on this value opens the door for the key with that id.
    pub fn issue(&mut self, value: &str, id: &str) {
        self.issued.insert(value.to_owned(), id.to_owned());
    }

    /// Every other value of this key is refused from now on.
    pub fn replace(&mut self, value: &str, id: &str) {
        self.issued.retain(|_, known| known != id);
        self.issue(value, id);
    }

    /// Who comes with this value.
    pub fn caller(&self, world: &World, value: &str, now: Timestamp) -> Option<Caller> {
        let key = world.get(self.issued.get(value)?)?;
        let expired = key.text("expires-at").parse::<Timestamp>().is_ok_and(|at| at <= now);
        let production = value.contains("production");
        (!expired).then(|| Caller {
            environment: if production { Environment::Production } else { Environment::Sandbox },
            version: Version::named(key.text("api-version")).unwrap_or(Version::NEWEST),
            inflection: Inflection::named(key.text("api-key-inflection")).unwrap_or_default(),
            file_life_seconds: file_life(&key),
            blocklist: texts(&key, "api-attributes-blocklist"),
            permissions: texts(&key, "permissions"),
            addresses: texts(&key, "ip-address-allowlist"),
            key: key.id,
        })
    }

    /// When a key was used last.
    pub fn last_use(&self, key: &str) -> Option<Timestamp> {
        self.used.get(key).copied()
    }

    /// Counts a request against the key's own window, if keys have one.
    pub fn take(&mut self, key: &str, now: Timestamp) -> Option<Left> {
        self.used.insert(key.to_owned(), now);
        let limit = self.limit?;
        let window = self.windows.entry(key.to_owned()).or_insert_with(|| RateWindow::new(limit));
        Some(window.take(now))
    }
}

impl Caller {
    /// Refused (403) from an address that is not on the list, or without the permission.
    pub fn admit(&self, peer: IpAddr, permission: &str) -> Result<(), Refusal> {
        let listed = self.addresses.iter().any(|known| known == "*" || *known == peer.to_string());
        if !listed {
            let why = "IP address is not permitted access to current environment";
            return Err(Refusal::new(403, "Forbidden", why));
        }
        if !permission.is_empty() && !self.permissions.iter().any(|known| known == permission) {
            let why = format!("API key does not have the permission {permission}");
            return Err(Refusal::new(403, "Forbidden", why));
        }
        Ok(())
    }

    /// Refused (403) where only production keys are served.
    pub fn needs(&self, environment: Environment) -> Result<(), Refusal> {
        if self.environment == environment {
            return Ok(());
        }
        let why = match environment {
            Environment::Production => "This endpoint is not available in sandbox",
            Environment::Sandbox => "This endpoint is only available in sandbox",
        };
        Err(Refusal::new(403, "Forbidden", why))
    }
}

/// The attributes of a new key.
pub fn attributes(name: &str, version: Version, now: Timestamp) -> Value {
    let permissions: Vec<&str> =
        PERMISSIONS.into_iter().filter(|name| !name.starts_with("api_key.")).collect();
    json!({
        "name": name, "note": null, "api-version": version.name(), "api-key-inflection": "kebab",
        "api-attributes-blocklist": [], "permissions": permissions, "ip-address-allowlist": ["*"],
        "file-access-token-expires-in": FILE_LIFE_SECONDS, "last-used-at": null, "expires-at": null,
        "created-at": written(now),
    })
}

/// For how long an object with such a setting hands out URLs, in seconds.
pub fn file_life(object: &Object) -> i64 {
    object
        .attributes
        .get("file-access-token-expires-in")
        .and_then(Value::as_i64)
        .unwrap_or(FILE_LIFE_SECONDS)
}

fn texts(object: &Object, attribute: &str) -> Vec<String> {
    let list = object.attributes.get(attribute).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
