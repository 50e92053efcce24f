//! Rate limits, asked for; every other answer carries them in its headers.

use serde_json::Value;

use super::{
    endpoint::{Endpoint, Read, Request},
    jsonapi::{DecodeError, Document},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimits;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests per window.
    pub limit: u64,
    pub remaining: u64,
    pub seconds_to_reset: u64,
}

impl Endpoint for RateLimits {
    type Output = Vec<RateLimit>;

    fn request(&self) -> Request {
        Request::get("/rate-limits", "/rate-limits".into(), "read the rate limits".into())
    }

    /// These objects have no id, so they are read as they are.
    fn decode(&self, answer: &Document) -> Result<Self::Output, DecodeError> {
        let limits = answer.attributes_of_each().filter_map(|attributes| {
            let number = |name| attributes.get(name).and_then(Value::as_u64);
            Some(RateLimit {
                limit: number("limit")?,
                remaining: number("remaining")?,
                seconds_to_reset: number("seconds-to-reset")?,
            })
        });
        Ok(limits.collect())
    }
}
impl Read for RateLimits {}
