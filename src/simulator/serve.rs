//! The simulated Persona on its sockets: the API, the host of files, and the port that controls it.

use std::{
    future::pending,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{ConnectInfo, Path, Query, State},
    http::{HeaderMap, Method, Response, StatusCode, Uri, header},
    response::IntoResponse,
    routing,
};
use futures::{StreamExt, stream};
use tokio::{net::TcpListener, sync::Notify};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::{
    Options,
    answer::{Claim, Outcome},
    control, deliver, files,
    line::{Lines, Scissors},
    persona::Persona,
    reply::{Answer, Delivery},
    request::Request,
    running::Simulator,
};
use crate::clock::Clock;

/// A request that came, and the status it was answered with; none if the answer was lost.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Received {
    pub method: String,
    pub path: String,
    pub query: String,
    pub idempotency_key: Option<String>,
    pub status: Option<u16>,
}

/// What every connection works on.
pub struct Shared {
    persona: Mutex<Persona>,
    pub clock: Clock,
    /// Something may be due for webhooks.
    pub news: Notify,
}

impl Shared {
    pub fn persona(&self) -> MutexGuard<'_, Persona> {
        self.persona.lock().expect("no route panics")
    }
}

/// Starts to serve. Port 0 takes any free one.
///
/// # Errors
/// If an address cannot be listened on.
pub async fn start(listen: SocketAddr, options: Options, clock: Clock) -> io::Result<Simulator> {
    let listener = TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    // Files live on another host name and port, as they do in life.
    let files = TcpListener::bind((listen.ip(), 0)).await?;
    let origin = format!("http://{}:{}", options.file_host, files.local_addr()?.port());
    let control = match options.control {
        Some(at) => Some(TcpListener::bind(at).await?),
        None => None,
    };
    let control_address = control.as_ref().map(TcpListener::local_addr).transpose()?;
    let persona = Mutex::new(Persona::new(options, origin, clock.now()));
    let shared = Arc::new(Shared { persona, clock, news: Notify::new() });
    let end = CancellationToken::new();
    let api = Router::new().fallback(answer).with_state(Arc::clone(&shared));
    let api = api.into_make_service_with_connect_info::<Scissors>();
    let lines = Lines::new(listener, end.clone());
    spawn(&end, async move { axum::serve(lines, api).await });
    let host = Router::new().route("/{name}", routing::get(file)).with_state(Arc::clone(&shared));
    spawn(&end, async move { axum::serve(files, host).await });
    if let Some(control) = control {
        let router = control::router(Arc::clone(&shared));
        spawn(&end, async move { axum::serve(control, router).await });
    }
    let deliveries = deliver::run(Arc::clone(&shared));
    spawn(&end, async move {
        deliveries.await;
        Ok(())
    });
    let end: DropGuard = end.drop_guard();
    Ok(Simulator::new(address, control_address, shared, end))
}

fn spawn(
    end: &CancellationToken,
    work: impl IntoFuture<Output = io::Result<()>, IntoFuture: Send> + Send + 'static,
) {
    let end = end.clone();
    let work = work.into_future();
    tokio::spawn(async move {
        tokio::select! {
            () = end.cancelled() => {}
            done = work => if let Err(why) = done {
                tracing::error!(%why, "the simulator stopped");
            }
        }
    });
}

/// Lets go of the idempotency key of a request whose sender went away while it waited.
struct Waiting<'a> {
    shared: &'a Shared,
    key: Option<&'a str>,
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        if let Some(key) = self.key {
            self.shared.persona().give_up(key);
        }
    }
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    ConnectInfo(line): ConnectInfo<Scissors>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let request = Request {
        method: method.as_str(),
        path: uri.path(),
        query: uri.query().unwrap_or_default(),
        headers: &headers,
        body: &body,
        peer: canonical(line.peer.ip()),
    };
    let (strike, claim) = shared.persona().strike(&request, shared.clock.now());
    if !strike.latency.is_zero() {
        let key = request.header("idempotency-key").filter(|_| claim == Claim::Held);
        let mut waiting = Waiting { shared: &shared, key };
        tokio::time::sleep(strike.latency).await;
        waiting.key = None;
    }
    let outcome = shared.persona().answer(&request, strike, claim, shared.clock.now());
    shared.news.notify_one();
    match outcome {
        Outcome::Answer(answer) => respond(answer),
        Outcome::Closed => {
            line.cut();
            pending().await
        }
        Outcome::Silent => pending().await,
    }
}

fn canonical(address: IpAddr) -> IpAddr {
    address.to_canonical()
}

fn respond(answer: Answer) -> Response<Body> {
    let mut response =
        Response::builder().status(answer.status).header(header::CONTENT_TYPE, answer.content_type);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let body = match answer.delivery {
        Delivery::AtOnce => Body::from(answer.body),
        Delivery::Slow(pause) => slow(answer.body, pause),
    };
    response.body(body).expect("these headers are plain text")
}

/// Ten pieces, each after a pause.
fn slow(body: Vec<u8>, pause: Duration) -> Body {
    let size = (body.len() / 10).max(1);
    let pieces: Vec<Bytes> = body.chunks(size).map(Bytes::copy_from_slice).collect();
    let pieces = stream::iter(pieces).then(move |piece| async move {
        tokio::time::sleep(pause).await;
        Ok::<Bytes, io::Error>(piece)
    });
    Body::from_stream(pieces)
}

#[derive(serde::Deserialize)]
struct Access {
    access_token: Option<String>,
}

async fn file(
    State(shared): State<Arc<Shared>>,
    Path(name): Path<String>,
    Query(access): Query<Access>,
) -> Response<Body> {
    let (kept, sheet) = {
        let persona = shared.persona();
        let token = access.access_token.as_deref();
        if let Err(why) = persona.files.check(&name, token, shared.clock.now()) {
            let why = match why {
                files::NoAccess::Missing => "An access token is needed",
                files::NoAccess::Wrong => "Access token is invalid",
                files::NoAccess::Expired => "Access token is expired",
            };
            return (StatusCode::FORBIDDEN, why).into_response();
        }
        let kept = persona.files.upload(&name).map(<[u8]>::to_vec);
        let sheet = if kept.is_none() { persona.world.file(&name) } else { None };
        (kept, sheet)
    };
    // Drawing takes a while, and nobody else waits for it.
    let drawn = match sheet {
        None => None,
        Some(sheet) => tokio::task::spawn_blocking(|| sheet.bytes()).await.ok(),
    };
    match kept.or(drawn) {
        Some(bytes) => {
            ([(header::CONTENT_TYPE, files::content_type(&name))], bytes).into_response()
        }
        None => (StatusCode::NOT_FOUND, "There is no such file").into_response(),
    }
}
