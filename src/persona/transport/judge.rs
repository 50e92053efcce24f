//! Whether what came back is an answer, or what is wrong with it: a pure function.

use super::{
    http::{Failure, Headers, Reply},
    rate_limit::Said,
};
use crate::{
    model::Text,
    persona::{Document, Error, ErrorKind, Request, error::Asked},
};

/// A 2xx answer, or the error that another one is.
pub fn accepted(request: &Request, reply: Result<Reply, Failure>) -> Result<Reply, Error> {
    let words = &request.words;
    let reply = reply.map_err(|why| {
        let kind = match why {
            Failure::Setup(why) => ErrorKind::Refused(why),
            Failure::NoAnswer(how) => ErrorKind::NoAnswer(how),
            Failure::TooLarge { most } => ErrorKind::Unreadable {
                path: "the whole body".into(),
                why: format!("it is larger than {} MiB", most / 1024 / 1024),
            },
        };
        Error::new(kind, words)
    })?;
    if (200..300).contains(&reply.status) {
        return Ok(reply);
    }
    let said = Document::from_bytes(reply.body).map(|body| body.errors()).unwrap_or_default();
    let kind = ErrorKind::of_status(reply.status, &said, asked(&reply.headers));
    Err(Error::new(kind, words).answered(reply.status, reply.headers.request_id, said))
}

/// `Retry-After`, else when the window or the quota is there again.
fn asked(headers: &Headers) -> Asked {
    let after = |said: Said| headers.retry_after.or(said.resets_in());
    Asked {
        here: headers.retry_after,
        rate_limit: after(headers.rate_limit),
        quota: after(headers.quota),
    }
}

/// What a record needs of an attempt, before its answer is read.
pub enum Seen {
    /// Nothing left this machine.
    Unsent,
    Sent {
        status: Option<u16>,
        request_id: Option<Text>,
    },
}

impl Seen {
    pub fn of(reply: &Result<Reply, Failure>) -> Self {
        match reply {
            Err(Failure::Setup(_)) => Self::Unsent,
            Err(_) => Self::Sent { status: None, request_id: None },
            Ok(reply) => Self::Sent {
                status: Some(reply.status),
                request_id: reply.headers.request_id.clone(),
            },
        }
    }
}
