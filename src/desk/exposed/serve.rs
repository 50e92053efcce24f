//! `/metrics`, `/healthz` and `/readyz`: a small server on an address of its own.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::sync::Semaphore;

use super::Exposed;
use crate::metrics::{self, Format};

/// Until a request has to be there, and an answer too.
const PATIENCE: Duration = Duration::from_secs(5);

/// In bytes.
const LONGEST_HEADER: usize = 16 * 1024;

/// So many answers are made at the same time; nobody needs more.
const MOST_AT_ONCE: usize = 4;

struct Door {
    exposed: Exposed,
    room: Semaphore,
}

/// Answers until it is dropped.
///
/// # Errors
/// If the socket fails.
pub async fn serve(exposed: Exposed, socket: TcpListener) -> io::Result<()> {
    let door = Arc::new(Door { exposed, room: Semaphore::new(MOST_AT_ONCE) });
    let app = Router::new()
        .route("/metrics", get(figures))
        .route("/healthz", get(health))
        .route("/readyz", get(readiness))
        .fallback(nothing)
        .with_state(door);
    let mut server = axum_server::from_tcp(socket)?.http1_only();
    server.http_builder().http1().header_read_timeout(PATIENCE).max_buf_size(LONGEST_HEADER);
    server.serve(app.into_make_service()).await
}

async fn figures(State(door): State<Arc<Door>>, headers: HeaderMap) -> Response {
    let Ok(_room) = door.room.try_acquire() else { return too_many() };
    match tokio::time::timeout(PATIENCE, door.exposed.families()).await {
        Ok(families) => {
            let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
            let format = Format::accepted(accept.unwrap_or_default());
            let kind = [(header::CONTENT_TYPE, format.content_type())];
            (kind, metrics::text(families, format)).into_response()
        }
        Err(_) => {
            (StatusCode::SERVICE_UNAVAILABLE, "the local copy does not answer\n").into_response()
        }
    }
}

/// That this is answered is all that it says.
async fn health() -> &'static str {
    "well\n"
}

async fn readiness(State(door): State<Arc<Door>>) -> Response {
    let Ok(_room) = door.room.try_acquire() else { return too_many() };
    let why = match tokio::time::timeout(PATIENCE, door.exposed.ready()).await {
        Ok(Ok(())) => return "ready\n".into_response(),
        Ok(Err(why)) => why,
        Err(_) => "the local copy does not answer".to_owned(),
    };
    (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")).into_response()
}

fn too_many() -> Response {
    let later = [(header::RETRY_AFTER, "1")];
    (StatusCode::SERVICE_UNAVAILABLE, later, "too many ask at the same time\n").into_response()
}

async fn nothing() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "there are /metrics, /healthz and /readyz\n")
}
