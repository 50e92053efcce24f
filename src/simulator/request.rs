//! A request as it came.

use std::net::IpAddr;

use axum::http::HeaderMap;
use serde_json::Value;

use super::{query::bad_request, world::Refusal};

pub struct Request<'a> {
    pub method: &'a str,
    pub path: &'a str,
    /// As it came, without its question mark.
    pub query: &'a str,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
    pub peer: IpAddr,
}

impl<'a> Request<'a> {
    pub fn header(&self, name: &str) -> Option<&'a str> {
        self.headers.get(name)?.to_str().ok()
    }

    pub fn bearer(&self) -> Option<&'a str> {
        self.header("authorization")?.strip_prefix("Bearer ")
    }

    /// Its body as JSON; null if there is none.
    pub fn json(&self) -> Result<Value, Refusal> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        let kind = self.header("content-type").unwrap_or("application/json");
        if !kind.starts_with("application/json") && !kind.starts_with("application/vnd.api+json") {
            return Err(bad_request(format!("Content-Type {kind:?} is not application/json")));
        }
        serde_json::from_slice(self.body).map_err(|_| bad_request("body must be JSON"))
    }
}
