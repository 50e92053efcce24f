//! Why a delivery is not taken in: what is answered, and what it is counted as.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{metrics::Verdict, persona::delivery::Doubt};

/// When nobody has room, in seconds.
const COME_AGAIN: &str = "5";

/// What is answered to a delivery that is not taken in.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    #[error("nothing is received here")]
    Path,
    #[error("webhooks are delivered by POST")]
    Method,
    #[error("too many deliveries at the same time: come again")]
    NoRoom,
    #[error("the body did not come in time")]
    Slow,
    #[error("the body is longer than {0} bytes")]
    TooLong(usize),
    #[error("{0}")]
    Doubtful(#[from] Doubt),
    #[error("{0}")]
    NotAnEvent(String),
    #[error("the event could not be written down: come again")]
    NotKept,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self {
            Self::Path => StatusCode::NOT_FOUND,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Doubtful(_) => StatusCode::UNAUTHORIZED,
            Self::NotAnEvent(_) => StatusCode::BAD_REQUEST,
            Self::NoRoom | Self::NotKept => StatusCode::SERVICE_UNAVAILABLE,
        };
        let mut headers = HeaderMap::new();
        match status {
            StatusCode::METHOD_NOT_ALLOWED => {
                headers.insert(header::ALLOW, HeaderValue::from_static("POST"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                let later = HeaderValue::from_static(COME_AGAIN);
                headers.insert(header::RETRY_AFTER, later);
            }
            _ => {}
        }
        (status, headers, format!("{self}\n")).into_response()
    }
}

impl Refusal {
    /// What it is counted as.
    pub fn verdict(&self) -> Verdict {
        match self {
            Self::Path => Verdict::WrongPath,
            Self::Method => Verdict::WrongMethod,
            Self::NoRoom => Verdict::NoRoom,
            Self::Slow => Verdict::TooSlow,
            Self::TooLong(_) => Verdict::TooLarge,
            Self::Doubtful(Doubt::Unsigned) => Verdict::Unsigned,
            Self::Doubtful(Doubt::Malformed) => Verdict::Malformed,
            Self::Doubtful(Doubt::Unproven) => Verdict::BadSignature,
            Self::Doubtful(Doubt::Stale) => Verdict::TooOld,
            Self::NotAnEvent(_) => Verdict::NotAnEvent,
            Self::NotKept => Verdict::NotKept,
        }
    }
}
