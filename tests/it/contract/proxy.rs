//! A proxy that lets everything through and writes down what the contract does not allow: stands
//! between a client and a Persona, both as they are.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, Method, Response, StatusCode, Uri},
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::{
    check::{self, Answered, Asked},
    document::Contract,
    known::Known,
};

pub struct Proxy {
    /// What to give to a client: with `/api/v1`.
    pub base_url: String,
    shared: Arc<Shared>,
    server: JoinHandle<()>,
}

struct Shared {
    contract: &'static Contract,
    http: reqwest::Client,
    /// Without `/api/v1`.
    upstream: String,
    book: Mutex<Book>,
}

/// What went through.
#[derive(Default)]
struct Book {
    /// What was not allowed: each once, with how often.
    violations: BTreeMap<String, usize>,
    known: Known,
}

const ROOT: &str = "/api/v1";

impl Proxy {
    /// Before `upstream`, a base URL.
    pub async fn before(upstream: &str, contract: &'static Contract) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http =
            reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let shared = Arc::new(Shared {
            contract,
            http: http.build().expect("a plain client"),
            upstream: upstream.trim_end_matches(ROOT).to_owned(),
            book: Mutex::default(),
        });
        let app = Router::new().fallback(pass).with_state(Arc::clone(&shared));
        let server =
            tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { base_url: format!("http://{address}{ROOT}"), shared, server }
    }

    /// What the answers told so far.
    pub fn known(&self) -> Known {
        self.shared.book().known.clone()
    }

    /// # Panics
    /// If anything was not as the contract says.
    #[track_caller]
    pub fn found_nothing(&self) {
        let book = self.shared.book();
        let told = |(what, times): (&String, &usize)| format!("{times} × {what}");
        let told: Vec<String> = book.violations.iter().map(told).collect();
        assert!(told.is_empty(), "{} violations:\n{}", told.len(), told.join("\n"));
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Shared {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().expect("nothing panics while the book is open")
    }

    fn write_down(&self, asked: &Asked, answered: &Answered) {
        let operation = self.contract.operation(&asked.method, &asked.path);
        let name =
            operation.map(|operation| format!("{} {}", operation.method, operation.template));
        let name = name.unwrap_or_else(|| format!("{} {}", asked.method, asked.path));
        let asked_wrongly = check::request(self.contract, asked);
        let answered_wrongly = check::answer(self.contract, asked, answered);
        let mut book = self.book();
        for why in asked_wrongly {
            *book.violations.entry(format!("asked {name}: {why}")).or_default() += 1;
        }
        for why in answered_wrongly {
            let what = format!("answered {name} with {}: {why}", answered.status);
            *book.violations.entry(what).or_default() += 1;
        }
        if let Some(body) = answered.json() {
            book.known.learn(&body);
        }
    }
}

fn plain(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    headers.iter().map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect()
}

/// Those of the connection and not of the message.
const OF_THE_CONNECTION: [&str; 4] = ["host", "connection", "transfer-encoding", "content-length"];

async fn pass(
    State(shared): State<Arc<Shared>>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let asked = Asked {
        method: method.to_string(),
        path: uri.path().strip_prefix(ROOT).unwrap_or(uri.path()).to_owned(),
        query: uri.query().unwrap_or_default().to_owned(),
        headers: plain(&headers),
        body: body.to_vec(),
    };
    for name in OF_THE_CONNECTION {
        headers.remove(name);
    }
    // What is checked is what is sent.
    headers.remove("accept-encoding");
    let url = format!("{}{uri}", shared.upstream);
    let sent = shared.http.request(method, url).headers(headers).body(body).send().await;
    let answer = match sent {
        Ok(answer) => (answer.status(), answer.headers().clone(), answer.bytes().await),
        Err(_) => return broken(),
    };
    let (status, headers, Ok(body)) = answer else { return broken() };
    let answered =
        Answered { status: status.as_u16(), headers: plain(&headers), body: body.to_vec() };
    shared.write_down(&asked, &answered);
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in &headers {
        if !OF_THE_CONNECTION.contains(&name.as_str()) {
            response.headers_mut().append(name, value.clone());
        }
    }
    response
}

/// As if the other side had hung up.
fn broken() -> Response<Body> {
    let mut response = Response::new(Body::from_stream(futures::stream::once(async {
        Err::<Bytes, _>(std::io::Error::other("no answer"))
    })));
    *response.status_mut() = StatusCode::BAD_GATEWAY;
    response
}
