//! Rate limits, asked for; every other answer carries them in its headers.

use super::{
    endpoint::{Answer, Endpoint, Read, Request},
    jsonapi::{DecodeError, Document, Json, lookup, member},
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
        Request::get("/rate-limits", "read the rate limits").refusing(&[400, 401, 403, 429])
    }
}
impl Read for RateLimits {}

impl Answer for Vec<RateLimit> {
    /// These objects have no id, so they are read as they are.
    fn read(answer: &Document) -> Result<Self, DecodeError> {
        let limit = |value: &Json<'_>| {
            let attributes = member(value, "attributes")?.as_object()?;
            let number = |name| lookup(attributes, name).and_then(Json::as_u64);
            Some(RateLimit {
                limit: number("limit")?,
                remaining: number("remaining")?,
                seconds_to_reset: number("seconds-to-reset")?,
            })
        };
        let mut limits = Vec::new();
        for value in answer.list()? {
            match limit(value) {
                Some(limit) => limits.push(limit),
                None => answer.note("rate-limit", "attributes", "three numbers", "something else"),
            }
        }
        Ok(limits)
    }
}
