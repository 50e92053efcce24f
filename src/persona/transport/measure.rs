//! Every attempt is a record: for the footer, for the log, for metrics. Also one that is given up
//! before its answer came.

use std::time::{Duration, Instant};

use super::judge::Seen;
use crate::{
    clock::Clock,
    metrics::{Attempt, Class, Recorder},
    model::{Lane, Text},
    persona::{ErrorKind, Request},
};

/// What an attempt came to, in the recorder's classes.
pub fn class(error: Option<&ErrorKind>) -> Class {
    match error {
        None => Class::Ok,
        Some(ErrorKind::RateLimited { .. } | ErrorKind::QuotaSpent { .. }) => Class::RateLimited,
        Some(ErrorKind::Server { .. } | ErrorKind::TimedOut) => Class::ServerError,
        Some(ErrorKind::NoAnswer(_)) => Class::NoAnswer,
        Some(ErrorKind::Unreadable { .. }) => Class::Unreadable,
        Some(_) => Class::Refused,
    }
}

/// An attempt that is on the wire. It is recorded when it ends, and as abandoned if it is dropped
/// before.
#[must_use = "an attempt is recorded by what it comes to"]
pub struct UnderWay<'a> {
    recorder: &'a Recorder,
    clock: &'a Clock,
    request: &'a Request,
    lane: Lane,
    number: u32,
    sent: Instant,
    ended: bool,
}

impl<'a> UnderWay<'a> {
    /// `number`: 1 for the first try.
    pub fn begin(
        recorder: &'a Recorder,
        clock: &'a Clock,
        request: &'a Request,
        lane: Lane,
        number: u32,
    ) -> Self {
        Self { recorder, clock, request, lane, number, sent: Instant::now(), ended: false }
    }

    /// How long it has been under way.
    pub fn latency(&self) -> Duration {
        self.sent.elapsed()
    }

    /// Records what it came to, if anything was sent.
    pub fn end(mut self, seen: Seen, latency: Duration, error: Option<&ErrorKind>) {
        self.ended = true;
        if let Seen::Sent { status, request_id } = seen {
            self.record(status, request_id, latency, class(error));
        }
    }

    fn record(
        &self,
        status: Option<u16>,
        request_id: Option<Text>,
        latency: Duration,
        class: Class,
    ) {
        let attempt = Attempt {
            at: self.clock.now(),
            method: self.request.method.as_str(),
            template: self.request.template,
            status,
            request_id: request_id.as_ref().map(Text::to_string),
            latency,
            lane: self.lane,
            number: self.number,
            class,
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
        self.recorder.record(&attempt);
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.record(None, None, self.latency(), Class::Abandoned);
        }
    }
}
