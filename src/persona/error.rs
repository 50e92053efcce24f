//! What went wrong with a request: what happened, to what, and what to do.

use std::{fmt, time::Duration};

use crate::{
    model::{PersonaSaid, Text},
    secret::KeyError,
};

/// A request that did not get what it asked for.
#[derive(Debug)]
pub struct Error {
    kind: Box<ErrorKind>,
    /// What was asked, in words: `approve inquiry inq_…`.
    words: String,
    status: Option<u16>,
    request_id: Option<Text>,
    /// Persona's own words, title and details.
    said: Vec<Text>,
}

#[derive(Debug)]
pub enum ErrorKind {
    /// There is no usable key.
    Key(KeyError),
    /// 401
    Unauthorized,
    /// 403: the key may not, or its address is not allowed.
    Forbidden,
    /// 404
    NotFound,
    /// 409. `stale`: the object was changed at the same time; reading it again helps.
    Conflict { stale: bool },
    /// 400, 422 and other refusals.
    Invalid,
    /// 408: Persona gave up waiting for the request.
    TimedOut,
    /// 429
    RateLimited { retry_after: Option<Duration> },
    /// 429 or 403: the quota of creates is used up, which says nothing about other requests.
    QuotaSpent { retry_after: Option<Duration> },
    /// 409: the first request with this idempotency key is still being worked on.
    KeyInUse,
    /// 400: this idempotency key belongs to another request. What that one did is not known.
    KeyMisused,
    /// 5xx: whether it took effect is not known.
    Server { retry_after: Option<Duration> },
    /// Whether it took effect is not known either.
    NoAnswer(NoAnswer),
    /// The answer is not one this client can read. `path`: where in the JSON.
    Unreadable { path: String, why: String },
    /// 3xx. The key does not travel to another address.
    Redirected,
    /// The key answers for another environment than the local copy holds.
    OtherEnvironment { expected: Text, found: Text },
    /// Not sent: it would not have been safe.
    Refused(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// No connection was made: nothing was sent.
    Connect,
    Timeout,
    /// The connection broke.
    Cut,
    /// Who answered could not be trusted, or does not speak TLS: nothing was sent.
    Tls,
}

impl ErrorKind {
    /// How long Persona asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match *self {
            Self::RateLimited { retry_after }
            | Self::QuotaSpent { retry_after }
            | Self::Server { retry_after } => retry_after,
            _ => None,
        }
    }

    /// What a status that is not 2xx means, read with Persona's own words: there are no codes.
    pub fn of_status(status: u16, said: &[Text], asked: Asked) -> Self {
        match status {
            300..=399 => Self::Redirected,
            400 if mentions(said, "idempoten") => Self::KeyMisused,
            401 => Self::Unauthorized,
            // A used-up quota is documented as either.
            403 | 429 if mentions(said, "quota") => Self::QuotaSpent { retry_after: asked.quota },
            429 => Self::RateLimited { retry_after: asked.rate_limit },
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::TimedOut,
            409 if mentions(said, "idempoten") => Self::KeyInUse,
            409 => {
                Self::Conflict { stale: mentions(said, "stale") || mentions(said, "just modified") }
            }
            500.. => Self::Server { retry_after: asked.here },
            _ => Self::Invalid,
        }
    }
}

/// For how long the headers of a refusal ask to be left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// By this answer itself.
    pub here: Option<Duration>,
    /// Or until the window, or the quota, is there again.
    pub rate_limit: Option<Duration>,
    pub quota: Option<Duration>,
}

fn mentions(said: &[Text], word: &str) -> bool {
    said.iter().any(|text| text.as_str().to_lowercase().contains(word))
}

impl Error {
    pub fn new(kind: ErrorKind, words: &str) -> Self {
        Self {
            kind: Box::new(kind),
            words: words.to_owned(),
            status: None,
            request_id: None,
            said: Vec::new(),
        }
    }

    pub fn answered(mut self, status: u16, request_id: Option<Text>, said: Vec<Text>) -> Self {
        (self.status, self.request_id, self.said) = (Some(status), request_id, said);
        self
    }

    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// The HTTP status, if there was an answer.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// How long Persona asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        self.kind.retry_after()
    }

    /// What kind of failure it was, in our words.
    pub fn class(&self) -> &'static str {
        match &*self.kind {
            ErrorKind::Key(_) => "no usable key",
            ErrorKind::Unauthorized => "unauthorized",
            ErrorKind::Forbidden => "forbidden",
            ErrorKind::NotFound => "not found",
            ErrorKind::Conflict { stale: true } => "stale object",
            ErrorKind::Conflict { stale: false } => "conflict",
            ErrorKind::Invalid => "invalid",
            ErrorKind::TimedOut => "request timeout",
            ErrorKind::RateLimited { .. } => "rate limited",
            ErrorKind::QuotaSpent { .. } => "quota used up",
            ErrorKind::KeyInUse => "idempotency key in use",
            ErrorKind::KeyMisused => "idempotency key of another request",
            ErrorKind::Server { .. } => "server error",
            ErrorKind::NoAnswer(NoAnswer::Connect) => "no connection",
            ErrorKind::NoAnswer(NoAnswer::Timeout) => "no answer in time",
            ErrorKind::NoAnswer(NoAnswer::Cut) => "connection broke",
            ErrorKind::NoAnswer(NoAnswer::Tls) => "no trusted connection",
            ErrorKind::Unreadable { .. } => "unreadable",
            ErrorKind::Redirected => "redirected",
            ErrorKind::OtherEnvironment { .. } => "another environment",
            ErrorKind::Refused(_) => "not sent",
        }
    }

    /// For the journal, likewise without Persona's own words.
    pub fn told(&self) -> PersonaSaid {
        PersonaSaid {
            status: self.status,
            class: Text::new(self.class()),
            request_id: self.request_id.clone(),
        }
    }

    /// The error for a log: without Persona's own words, which may repeat what an applicant
    /// typed, and without what was asked for by name.
    pub fn for_log(&self) -> String {
        let kind = self.class();
        let status = self.status.map_or(String::new(), |status| format!(" ({status})"));
        let id = self.request_id.as_ref().map_or(String::new(), |id| format!(", request {id}"));
        format!("{kind}{status}{id}")
    }

    pub fn request_id(&self) -> Option<&Text> {
        self.request_id.as_ref()
    }

    /// Persona's words alone, for a journal line or a refused decision.
    pub fn said(&self) -> String {
        match self.said.is_empty() {
            true => self.to_string(),
            false => self.said.iter().map(Text::as_str).collect::<Vec<_>>().join(": "),
        }
    }
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = &self.words;
        match &*self.kind {
            ErrorKind::Key(why) => return write!(f, "{why}"),
            ErrorKind::Unauthorized => {
                return write!(
                    f,
                    "Persona does not accept the API key (401): check it, or rotate it"
                );
            }
            ErrorKind::Forbidden => write!(f, "the key may not {words} (403)"),
            ErrorKind::NotFound => write!(f, "{words}: Persona does not have it (404)"),
            ErrorKind::Conflict { stale: true } => {
                write!(f, "{words}: it was changed at the same time (409)")
            }
            ErrorKind::Conflict { stale: false } => {
                write!(f, "{words}: not in its present state (409)")
            }
            ErrorKind::Invalid => write!(f, "{words}: refused ({})", self.status.unwrap_or(400)),
            ErrorKind::TimedOut => write!(f, "{words}: Persona gave up waiting (408)"),
            ErrorKind::RateLimited { .. } => {
                write!(f, "{words}: the rate limit is used up (429); it is tried again")
            }
            ErrorKind::QuotaSpent { .. } => {
                write!(f, "{words}: the quota of creates is used up; it is tried again")
            }
            ErrorKind::KeyInUse => {
                write!(f, "{words}: Persona is still at it (409); it is asked again")
            }
            ErrorKind::KeyMisused => {
                write!(f, "{words}: its idempotency key belongs to another request (400)")
            }
            ErrorKind::Server { .. } => {
                write!(f, "{words}: Persona failed ({})", self.status.unwrap_or(500))
            }
            ErrorKind::NoAnswer(NoAnswer::Connect) => {
                return write!(
                    f,
                    "Persona cannot be reached: check the network and persona.base_url"
                );
            }
            ErrorKind::NoAnswer(NoAnswer::Tls) => {
                return write!(
                    f,
                    "Persona cannot be reached safely: its certificate is not one that persona.tls_roots trusts"
                );
            }
            ErrorKind::NoAnswer(NoAnswer::Timeout) => {
                return write!(f, "{words}: no answer in time");
            }
            ErrorKind::NoAnswer(NoAnswer::Cut) => {
                return write!(f, "{words}: the connection broke");
            }
            ErrorKind::Unreadable { path, why } => {
                return write!(f, "{words}: the answer cannot be read at {path}: {why}");
            }
            ErrorKind::Redirected => {
                write!(f, "{words}: redirected elsewhere; is persona.base_url right, with /api/v1?")
            }
            ErrorKind::OtherEnvironment { expected, found } => {
                return write!(
                    f,
                    "the key opens environment {found}, but the local copy holds {expected}: use that key, or another store.dir"
                );
            }
            ErrorKind::Refused(why) => return write!(f, "{words}: not sent: {why}"),
        }?;
        if !self.said.is_empty() {
            write!(f, ": {}", self.said())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_mean_what_the_contract_says() {
        let seconds = |n| Some(Duration::from_secs(n));
        let asked = Asked { here: seconds(5), rate_limit: seconds(7), quota: seconds(9) };
        let table = [
            (302, "", "Redirected"),
            (400, "Bad Request", "Invalid"),
            (401, "Token is invalid", "Unauthorized"),
            (403, "Forbidden", "Forbidden"),
            (
                403,
                "You have hit your create_inquiry quota limit",
                "QuotaSpent { retry_after: Some(9s) }",
            ),
            (400, "Idempotency error", "KeyMisused"),
            (409, "A request with this idempotency key is still running", "KeyInUse"),
            (429, "Quota exceeded", "QuotaSpent { retry_after: Some(9s) }"),
            (404, "Record not found", "NotFound"),
            (408, "Request Timeout", "TimedOut"),
            (409, "Inquiry already redacted", "Conflict { stale: false }"),
            (409, "Stale object error", "Conflict { stale: true }"),
            (409, "a record that was just modified.", "Conflict { stale: true }"),
            (418, "", "Invalid"),
            (422, "Record invalid", "Invalid"),
            (429, "Rate limit exceeded", "RateLimited { retry_after: Some(7s) }"),
            (500, "", "Server { retry_after: Some(5s) }"),
            (503, "Service unavailable", "Server { retry_after: Some(5s) }"),
        ];
        for (status, said, kind) in table {
            let found = ErrorKind::of_status(status, &[Text::new(said)], asked);
            assert_eq!(format!("{found:?}"), kind, "{status} {said}");
        }
    }

    #[test]
    fn an_error_says_what_happened_to_what_in_personas_words() {
        let said = ["Conflict", "Inquiry already redacted"].map(Text::new).to_vec();
        let kind = ErrorKind::of_status(409, &said, Asked::default());
        let error = Error::new(kind, "approve inquiry inq_1").answered(409, None, said);
        assert_eq!(
            error.to_string(),
            "approve inquiry inq_1: not in its present state (409): Conflict: Inquiry already redacted"
        );
        assert_eq!(error.said(), "Conflict: Inquiry already redacted");
        let silent = Error::new(ErrorKind::NoAnswer(NoAnswer::Cut), "list cases");
        assert_eq!(silent.to_string(), "list cases: the connection broke");
    }
}
