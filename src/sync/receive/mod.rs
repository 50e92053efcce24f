//! Receives webhooks: a server that believes nothing unsigned and says 200 only to what is durable.
//!
//! ```text
//!  POST ─▶ turn? ─▶ body, in time ─▶ signature ─▶ event ─▶ intake ─▶ commit ─▶ 200
//!            503      408 · 413         401         400       503
//! ```
//!
//! One server can receive for several environments: each has a path, secrets and a store of its own.
//!
//! Persona tries again for two days whatever is not answered with 2xx within five seconds, so
//! nothing has to be kept that is not in the store.

mod intake;
mod refusal;
mod secrets;
mod server;
mod tls;

use std::{
    net::TcpListener,
    sync::{Arc, Weak},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use axum_server::Handle;
use futures::future::join_all;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;

pub use self::tls::{Tls, TlsError};
use self::{
    intake::{Intake, Outcome, Scribe},
    refusal::Refusal,
    secrets::Live,
};
use crate::{
    busy::Busy,
    clock::Clock,
    metrics::{Happening, Verdict},
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
    /// So many bodies are read at the same time: what they take of memory is bounded.
    pub at_once: usize,
    /// So many more may wait for that; who comes then is sent away and comes again.
    pub waiting: usize,
}

impl Default for Reception {
    fn default() -> Self {
        Self {
            path: "/persona".to_owned(),
            tolerance: Duration::from_secs(300),
            longest_body: 1024 * 1024,
            patience: Duration::from_secs(10),
            at_once: 32,
            waiting: 512,
        }
    }
}

/// What a receiver works with, for one environment.
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

/// Where all of them are received.
pub struct Served {
    pub socket: TcpListener,
    /// Its own TLS; without it a proxy in front of it ends TLS.
    pub tls: Option<Tls>,
    /// Somebody asks that files be read again.
    pub reload: Arc<Notify>,
}

/// Why webhooks cannot be received.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    #[error(transparent)]
    Secrets(#[from] WebhookSecretsError),
    #[error("the receiver of webhooks stopped: {0}")]
    Server(#[from] std::io::Error),
}

/// How long a delivery waits for its turn: Persona takes what is not answered within five seconds
/// for lost.
const TURN: Duration = Duration::from_secs(2);

/// How long leaving waits for deliveries under way.
const PARTING: Duration = Duration::from_secs(5);

struct Door {
    reception: Reception,
    live: Live,
    room: Semaphore,
    queue: Semaphore,
    intake: Intake,
    client: Arc<Client>,
    clock: Clock,
    busy: Busy,
}

/// Receives until cancelled; then takes in what is under way, and no more. Of several paths that are the
/// same the first is meant.
///
/// # Errors
/// If one of them has no secret, or the socket fails.
pub async fn run(
    receives: Vec<Receive>,
    served: Served,
    cancel: CancellationToken,
) -> Result<(), ReceiveError> {
    let Served { socket, tls, reload } = served;
    let patience = receives.iter().map(|one| one.reception.patience).max().unwrap_or_default();
    let clock = receives.first().map_or_else(Clock::system, |one| one.clock.clone());
    let (mut doors, mut writings) = (Vec::new(), Vec::new());
    for receive in receives {
        let (door, writing) = Door::open(receive)?;
        doors.push(door);
        writings.push(writing);
    }
    let doors: Arc<[Door]> = doors.into();
    let app = Router::new().fallback(answer).with_state(Arc::clone(&doors));
    let handle = Handle::new();
    let serving = server::serve(socket, app, tls.as_ref(), handle.clone(), patience)?;
    // Weak, so that the server owns the doors, and with them the only intakes: what they took in is
    // written down before the writing ends.
    let fresh = keep_fresh(Arc::downgrade(&doors), tls, reload, clock);
    drop(doors);
    let leave = async {
        cancel.cancelled().await;
        handle.graceful_shutdown(Some(PARTING));
        std::future::pending().await
    };
    let served = async {
        tokio::select! {
            served = serving => served,
            never = leave => never,
            never = fresh => never,
        }
    };
    let (served, _) = tokio::join!(served, join_all(writings));
    Ok(served?)
}

/// Reads certificates again when their files change, and everything when it is asked for.
async fn keep_fresh<Never>(
    doors: Weak<[Door]>,
    tls: Option<Tls>,
    reload: Arc<Notify>,
    clock: Clock,
) -> Never {
    loop {
        tokio::select! {
            () = reload.notified() => {
                if let Some(doors) = doors.upgrade() {
                    for door in doors.iter() {
                        door.live.read_again().await;
                    }
                }
            }
            () = clock.sleep(tls::BETWEEN_LOOKS) => {}
        }
        if let Some(tls) = &tls {
            tls.look().await;
        }
    }
}

async fn answer(State(doors): State<Arc<[Door]>>, request: Request) -> Response {
    let path = request.uri().path();
    let meant = doors.iter().find(|door| door.reception.path == path);
    // What nobody meant is counted by the first.
    let Some(door) = meant.or_else(|| doors.first()) else {
        return Refusal::Path.into_response();
    };
    let _token = door.busy.token();
    match door.take_in(request).await {
        Ok(verdict) => {
            door.count(verdict);
            StatusCode::OK.into_response()
        }
        Err(refusal) => {
            door.count(refusal.verdict());
            tracing::warn!(path = door.reception.path, %refusal, "a delivery is not taken in");
            refusal.into_response()
        }
    }
}

impl Door {
    /// The door, and what writes down what comes in by it until it is gone.
    fn open(receive: Receive) -> Result<(Self, impl Future<Output = ()>), ReceiveError> {
        let Receive { store, client, clock, busy, duty, secrets, reception } = receive;
        let live = Live::read(secrets, clock.clone())?;
        let recorder = Arc::clone(client.recorder());
        let scribe = Scribe { store, clock: clock.clone(), busy: busy.clone(), recorder, duty };
        let (intake, writing) = intake::open(scribe);
        let room = Semaphore::new(reception.at_once);
        let queue = Semaphore::new(reception.at_once.saturating_add(reception.waiting));
        Ok((Self { reception, live, room, queue, intake, client, clock, busy }, writing))
    }

    fn count(&self, verdict: Verdict) {
        self.client.recorder().count(Happening::Delivery(verdict));
    }

    async fn take_in(&self, request: Request) -> Result<Verdict, Refusal> {
        if request.uri().path() != self.reception.path {
            return Err(Refusal::Path);
        }
        if request.method() != Method::POST {
            return Err(Refusal::Method);
        }
        let _place = self.queue.try_acquire().map_err(|_| Refusal::NoRoom)?;
        let turn = tokio::time::timeout(TURN, self.room.acquire()).await;
        let _room = turn.map_err(|_| Refusal::NoRoom)?.map_err(|_| Refusal::NoRoom)?;
        let signature = signature(request.headers());
        let body = self.body(request.into_body()).await?;
        self.prove(signature.as_deref(), &body).await?;
        let (event, shapes) =
            delivery::event(body).map_err(|why| Refusal::NotAnEvent(why.to_string()))?;
        self.client.mismatches().note(shapes, self.clock.now());
        match self.intake.keep(event).await {
            Outcome::Kept => Ok(Verdict::Accepted),
            Outcome::Known => Ok(Verdict::Duplicate),
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
