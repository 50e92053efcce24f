//! Receives webhooks: a server that believes nothing unsigned and says 200 only to what is durable.
//!
//! ```text
//!  POST ─▶ room? ─▶ body, in time ─▶ signature ─▶ event ─▶ intake ─▶ commit ─▶ 200
//!            503      408 · 413         401         400       503
//! ```
//!
//! Persona tries again for two days whatever is not answered with 2xx within five seconds, so
//! nothing has to be kept that is not in the store.

mod intake;
mod secrets;

use std::{net::TcpListener, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_server::Handle;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use self::{
    intake::{Intake, Outcome, Scribe},
    secrets::Live,
};
use crate::{
    busy::Busy,
    clock::Clock,
    persona::{
        Client,
        delivery::{self, Doubt},
    },
    secret::{WebhookSecrets, WebhookSecretsError},
    store::{OnDuty, Store},
};

/// How deliveries are received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reception {
    /// `/persona`
    pub path: String,
    /// A signature is of another time when it is older than this, or so far in the future.
    pub tolerance: Duration,
    /// In bytes.
    pub longest_body: usize,
    /// Until the header of a request has to be there, and then its body.
    pub patience: Duration,
}

impl Default for Reception {
    fn default() -> Self {
        Self {
            path: "/persona".to_owned(),
            tolerance: Duration::from_secs(300),
            longest_body: 1024 * 1024,
            patience: Duration::from_secs(10),
        }
    }
}

/// What a receiver works with.
pub struct Receive {
    pub store: Store,
    /// Notes what was not as expected; nothing is asked of it.
    pub client: Arc<Client>,
    pub clock: Clock,
    pub busy: Busy,
    /// Held as long as this process receives.
    pub duty: OnDuty,
    pub secrets: WebhookSecrets,
    pub reception: Reception,
}

/// Why webhooks cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error(transparent)]
    Secrets(#[from] WebhookSecretsError),
    #[error("the receiver of webhooks stopped: {0}")]
    Server(#[from] std::io::Error),
}

/// So many bodies are read at the same time: what they take of memory is bounded.
const MOST_AT_ONCE: usize = 32;

/// In bytes.
const LONGEST_HEADER: usize = 64 * 1024;

/// When nobody has room, in seconds.
const COME_AGAIN: &str = "5";

/// How long leaving waits for deliveries under way.
const PARTING: Duration = Duration::from_secs(5);

struct Door {
    reception: Reception,
    live: Live,
    room: Semaphore,
    intake: Intake,
    client: Arc<Client>,
    clock: Clock,
    busy: Busy,
}

/// Receives until cancelled; then takes in what is under way, and no more.
///
/// # Errors
/// If there is no secret, or the socket fails.
pub async fn run(
    receive: Receive,
    socket: TcpListener,
    cancel: CancellationToken,
) -> Result<(), ReceiveError> {
    let Receive { store, client, clock, busy, duty, secrets, reception } = receive;
    let live = Live::read(secrets, clock.clone())?;
    let scribe = Scribe { store, clock: clock.clone(), busy: busy.clone(), duty };
    let (intake, writing) = intake::open(scribe);
    let patience = reception.patience;
    let room = Semaphore::new(MOST_AT_ONCE);
    let door = Arc::new(Door { reception, live, room, intake, client, clock, busy });
    let app = Router::new().fallback(answer).with_state(door);
    let handle = Handle::new();
    let mut server = axum_server::from_tcp(socket)?.handle(handle.clone()).http1_only();
    server.http_builder().http1().header_read_timeout(patience).max_buf_size(LONGEST_HEADER);
    let serving = server.serve(app.into_make_service());
    let leave = async {
        cancel.cancelled().await;
        handle.graceful_shutdown(Some(PARTING));
        std::future::pending().await
    };
    // The server owns the door, and with it the only intake: what it took in is written down
    // before the writing ends.
    let served = async {
        tokio::select! {
            served = serving => served,
            never = leave => never,
        }
    };
    let (served, ()) = tokio::join!(served, writing);
    Ok(served?)
}

async fn answer(State(door): State<Arc<Door>>, request: Request) -> Response {
    let _token = door.busy.token();
    match door.take_in(request).await {
        Ok(()) => StatusCode::OK.into_response(),
        Err(refusal) => {
            tracing::warn!(%refusal, "a delivery is not taken in");
            refusal.into_response()
        }
    }
}

/// What is answered to a delivery that is not taken in.
#[derive(Debug, thiserror::Error)]
enum Refusal {
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
                headers.insert(header::ALLOW, header::HeaderValue::from_static("POST"));
            }
            StatusCode::SERVICE_UNAVAILABLE => {
                let later = header::HeaderValue::from_static(COME_AGAIN);
                headers.insert(header::RETRY_AFTER, later);
            }
            _ => {}
        }
        (status, headers, format!("{self}\n")).into_response()
    }
}

impl Door {
    async fn take_in(&self, request: Request) -> Result<(), Refusal> {
        if request.uri().path() != self.reception.path {
            return Err(Refusal::Path);
        }
        if request.method() != Method::POST {
            return Err(Refusal::Method);
        }
        let _room = self.room.try_acquire().map_err(|_| Refusal::NoRoom)?;
        let signature = signature(request.headers());
        let body = self.body(request.into_body()).await?;
        self.prove(signature.as_deref(), &body).await?;
        let (event, shapes) =
            delivery::event(body).map_err(|why| Refusal::NotAnEvent(why.to_string()))?;
        self.client.mismatches().note(shapes, self.clock.now());
        match self.intake.keep(event).await {
            Outcome::Kept => Ok(()),
            Outcome::NotKept => Err(Refusal::NotKept),
        }
    }

    async fn body(&self, body: Body) -> Result<Vec<u8>, Refusal> {
        let most = self.reception.longest_body;
        let read = tokio::time::timeout(self.reception.patience, to_bytes(body, most)).await;
        match read {
            Err(_) => Err(Refusal::Slow),
            Ok(Err(_)) => Err(Refusal::TooLong(most)),
            Ok(Ok(bytes)) => Ok(bytes.into()),
        }
    }

    async fn prove(&self, signature: Option<&str>, body: &[u8]) -> Result<(), Doubt> {
        let prove = |secrets: &[_]| {
            delivery::prove(signature, body, secrets, self.clock.now(), self.reception.tolerance)
        };
        match prove(&self.live.secrets()) {
            Err(Doubt::Unproven) => match self.live.read_again().await {
                Some(secrets) => prove(&secrets),
                None => Err(Doubt::Unproven),
            },
            proof => proof,
        }
    }
}

/// All there is of it, as one text.
fn signature(headers: &HeaderMap) -> Option<String> {
    let values = headers.get_all(delivery::SIGNATURE);
    let texts: Vec<&str> = values.iter().map(|value| value.to_str().unwrap_or("?")).collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}
