//! Every attempt is a record: for the footer, and for the log.

use std::time::Duration;

use jiff::Timestamp;

use crate::{
    metrics::{Attempt, Class, Recorder},
    model::Lane,
    persona::{ErrorKind, Request},
};

/// What an attempt came to, in the recorder's classes.
pub fn class(error: Option<&ErrorKind>) -> Class {
    match error {
        None => Class::Ok,
        Some(ErrorKind::RateLimited { .. }) => Class::RateLimited,
        Some(ErrorKind::Server | ErrorKind::TimedOut) => Class::ServerError,
        Some(ErrorKind::NoAnswer(_)) => Class::NoAnswer,
        Some(ErrorKind::Unreadable { .. }) => Class::Unreadable,
        Some(_) => Class::Refused,
    }
}

/// The facts of one attempt that only the caller knows.
pub struct Facts<'a> {
    pub at: Timestamp,
    pub request: &'a Request,
    pub status: Option<u16>,
    pub request_id: Option<String>,
    pub latency: Duration,
    pub lane: Lane,
    pub number: u32,
    pub error: Option<&'a ErrorKind>,
}

pub fn record(recorder: &Recorder, facts: Facts<'_>) {
    let attempt = Attempt {
        at: facts.at,
        method: facts.request.method.as_str(),
        template: facts.request.template,
        status: facts.status,
        request_id: facts.request_id,
        latency: facts.latency,
        lane: facts.lane,
        number: facts.number,
        class: class(facts.error),
    };
    tracing::info!(
        method = attempt.method,
        template = attempt.template,
        status = attempt.status,
        request_id = attempt.request_id,
        latency_ms = u64::try_from(attempt.latency.as_millis()).unwrap_or(u64::MAX),
        lane = attempt.lane.as_str(),
        attempt = attempt.number,
        class = attempt.class.as_str(),
        "request"
    );
    recorder.record(&attempt);
}
