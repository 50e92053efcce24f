//! What went wrong with a request: what happened, to what, and what to do.

use std::{fmt, time::Duration};

use crate::{model::Text, secret::KeyError};

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
    /// 5xx: whether it took effect is not known.
    Server,
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
    /// What a status that is not 2xx means, read with Persona's own words.
    pub fn of_status(status: u16, said: &[Text], retry_after: Option<Duration>) -> Self {
        match status {
            300..=399 => Self::Redirected,
            401 => Self::Unauthorized,
            429 => Self::RateLimited { retry_after },
            // A used-up quota is documented as either.
            403 if mentions(said, "quota") => Self::RateLimited { retry_after },
            403 => Self::Forbidden,
            404 => Self::NotFound,
            408 => Self::TimedOut,
            409 => {
                Self::Conflict { stale: mentions(said, "stale") || mentions(said, "just modified") }
            }
            500.. => Self::Server,
            _ => Self::Invalid,
        }
    }
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
        match *self.kind {
            ErrorKind::RateLimited { retry_after } => retry_after,
            _ => None,
        }
    }

    /// A quota of creates is used up, which says nothing about other requests.
    pub fn is_quota(&self) -> bool {
        mentions(&self.said, "quota")
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
            ErrorKind::Server => {
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
        let wait = Some(Duration::from_secs(7));
        let table = [
            (302, "", "Redirected"),
            (400, "Bad Request", "Invalid"),
            (401, "Token is invalid", "Unauthorized"),
            (403, "Forbidden", "Forbidden"),
            (
                403,
                "You have hit your create_inquiry quota limit",
                "RateLimited { retry_after: Some(7s) }",
            ),
            (404, "Record not found", "NotFound"),
            (408, "Request Timeout", "TimedOut"),
            (409, "Inquiry already redacted", "Conflict { stale: false }"),
            (409, "Stale object error", "Conflict { stale: true }"),
            (409, "a record that was just modified.", "Conflict { stale: true }"),
            (418, "", "Invalid"),
            (422, "Record invalid", "Invalid"),
            (429, "Rate limit exceeded", "RateLimited { retry_after: Some(7s) }"),
            (500, "", "Server"),
            (503, "Service unavailable", "Server"),
        ];
        for (status, said, kind) in table {
            let found = ErrorKind::of_status(status, &[Text::new(said)], wait);
            assert_eq!(format!("{found:?}"), kind, "{status} {said}");
        }
    }

    #[test]
    fn an_error_says_what_happened_to_what_in_personas_words() {
        let said = ["Conflict", "Inquiry already redacted"].map(Text::new).to_vec();
        let kind = ErrorKind::of_status(409, &said, None);
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
