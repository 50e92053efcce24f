//! A Persona whose applicants put everything that a terminal acts on into everything they can write:
//! stands before a simulator and changes every text of every answer.

use axum::{
    Router,
    body::{Body, Bytes},
    extract::State,
    http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle};

/// Clearing, colours, titles, the clipboard and links of terminals, as two bytes and as one; turned
/// text, text without width, text that nobody sees; lines, bells, steps back; letters piled up.
pub const POISON: &str = "\u{1b}[2J\u{1b}[31m\u{1b}]0;owned\u{7}\u{1b}]52;c;b3duZWQ=\u{1b}\\\u{9b}1m\u{9d}0;x\u{9c}\
    \u{202e}\u{2066}\u{200b}\u{200e}\u{feff}\u{e0041}\r\n\t\u{8}\u{0}\u{7f}e\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}\u{301}";

/// Whether a terminal would act on it, or a reader could not see it.
pub fn is_poison(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

pub struct Poisoned {
    /// What to give to a client: with `/api/v1`.
    pub base_url: String,
    server: JoinHandle<()>,
}

#[derive(Clone)]
struct Shared {
    http: reqwest::Client,
    /// Without `/api/v1`.
    upstream: String,
}

const ROOT: &str = "/api/v1";

impl Poisoned {
    /// Before `upstream`, a base URL.
    pub async fn before(upstream: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().expect("a plain client");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let shared = Shared { http, upstream: upstream.trim_end_matches(ROOT).to_owned() };
        let app = Router::new().fallback(pass).with_state(shared);
        let server =
            tokio::spawn(async move { axum::serve(listener, app).await.expect("it serves") });
        Self { base_url: format!("http://{address}{ROOT}"), server }
    }
}

impl Drop for Poisoned {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn pass(
    State(shared): State<Shared>,
    method: Method,
    uri: Uri,
    mut headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    for name in ["host", "connection", "content-length", "accept-encoding"] {
        headers.remove(name);
    }
    let url = format!("{}{uri}", shared.upstream);
    let sent = shared.http.request(method, url).headers(headers).body(body).send().await;
    let Ok(answer) = sent else {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::BAD_GATEWAY;
        return response;
    };
    let (status, headers) = (answer.status(), answer.headers().clone());
    let body = answer.bytes().await.unwrap_or_default();
    let body = match serde_json::from_slice::<Value>(&body) {
        Ok(mut json) => {
            document(&mut json);
            json.to_string().into()
        }
        Err(_) => body,
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    for (name, value) in &headers {
        if !["connection", "transfer-encoding", "content-length"].contains(&name.as_str()) {
            response.headers_mut().append(name, value.clone());
        }
    }
    // The bytes of one-byte sequences and of turned text are let through by servers.
    let odd = HeaderValue::from_bytes("req_\u{9b}31m\u{202e}x".as_bytes()).expect("a header");
    response.headers_mut().insert("request-id", odd);
    response
}

/// Errors, and the attributes of all objects; what objects are and how they hang together stays.
fn document(json: &mut Value) {
    for name in ["errors", "meta"] {
        if let Some(words) = json.get_mut(name) {
            texts(words, "");
        }
    }
    for name in ["data", "included"] {
        match json.get_mut(name) {
            Some(Value::Array(objects)) => objects.iter_mut().for_each(object),
            Some(one) => object(one),
            None => {}
        }
    }
}

fn object(one: &mut Value) {
    let kind = one["type"].as_str().unwrap_or_default().to_owned();
    let Some(attributes) = one.get_mut("attributes").and_then(Value::as_object_mut) else { return };
    for (name, value) in attributes.iter_mut() {
        match (kind.as_str(), name.as_str()) {
            // What happened, and to which object.
            ("event", "name") => {}
            ("event", "payload") => document(value),
            // Without these nothing would wait for review.
            ("inquiry", "status") => {}
            _ => texts(value, name),
        }
    }
    if kind == "inquiry" || kind == "account" || kind == "case" {
        let fields =
            attributes.entry("fields").or_insert_with(|| Value::Object(Default::default()));
        if let Some(fields) = fields.as_object_mut() {
            let named = serde_json::json!({ "type": "string", "value": POISON });
            fields.insert(format!("own{POISON}field"), named);
        }
    }
}

fn texts(value: &mut Value, name: &str) {
    match value {
        Value::String(text) if is_fixed(name, text) => {}
        Value::String(text) => *text = format!("{POISON}{text}{POISON}"),
        Value::Array(list) => list.iter_mut().for_each(|value| texts(value, name)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, value)| texts(value, name));
        }
        _ => {}
    }
}

/// Instants, and what says of which kind a value is.
fn is_fixed(name: &str, text: &str) -> bool {
    name == "type" || text.parse::<caseload::model::Timestamp>().is_ok()
}
