//! One attempt over HTTP. The only file that knows the HTTP library.

use std::{fs, io, path::PathBuf, time::Duration};

use jiff::Timestamp;
use reqwest::{
    Certificate, Client, ClientBuilder,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue},
    redirect,
};
use tokio::sync::OnceCell;
use url::Url;

use super::rate_limit::Said;
use crate::{
    model::{IdempotencyKey, Text},
    persona::{Method, NoAnswer, VERSION},
    secret::Secret,
};

/// Which certificates a server is trusted by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Roots {
    /// The host's; the bundled ones on a host that has none.
    System,
    /// Mozilla's, as of the build.
    Bundled,
    /// A PEM file alone.
    File(PathBuf),
}

#[derive(Debug, Clone)]
pub struct Options {
    pub roots: Roots,
    pub connect_timeout: Duration,
    /// For a whole answer.
    pub timeout: Duration,
    /// The server is on this machine: no proxy is asked.
    pub local: bool,
}

/// What is sent.
#[derive(Debug)]
pub struct Wire<'a> {
    pub method: Method,
    pub url: Url,
    pub accept: &'static str,
    /// None where no key is to travel: links to files.
    pub key: Option<Secret<String>>,
    pub idempotency_key: Option<&'a IdempotencyKey>,
    pub body: Option<String>,
    /// The largest answer that is read, in bytes.
    pub most: usize,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Headers,
    pub body: Vec<u8>,
}

/// What is read from the headers; each may be missing or absurd.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Headers {
    /// Without parameters.
    pub content_type: String,
    pub request_id: Option<Text>,
    pub environment: Option<Text>,
    /// Which Persona does not document.
    pub retry_after: Option<Duration>,
    /// `RateLimit-*`
    pub rate_limit: Said,
    /// `Quota-*`, on creates; also seen as `QuotaLimit-*`.
    pub quota: Said,
    /// The server's clock.
    pub date: Option<Timestamp>,
}

/// Why there was no attempt, or no answer to it.
#[derive(Debug)]
pub enum Failure {
    /// The HTTP client cannot be made: a certificate file that cannot be read, a key that cannot
    /// be a header.
    Setup(String),
    NoAnswer(NoAnswer),
    /// More bytes than are read.
    TooLarge {
        most: usize,
    },
}

/// The largest answer of the API that is read: a page of 100 inquiries is well under one megabyte.
pub const MOST_BYTES: usize = 32 * 1024 * 1024;

/// A connection that is not used for so long is not used again.
const IDLE: Duration = Duration::from_secs(45);

/// Whatever `Retry-After` says, after an hour it is worth another look.
const LONGEST_ASKED: Duration = Duration::from_secs(60 * 60);

/// Made at the first request: reading the host's certificates takes too long for a first frame.
pub struct Http {
    options: Options,
    client: OnceCell<Client>,
}

impl Http {
    pub fn new(options: Options) -> Self {
        Self { options, client: OnceCell::new() }
    }

    pub async fn send(&self, wire: &Wire<'_>) -> Result<Reply, Failure> {
        let client = self.client.get_or_try_init(|| build(self.options.clone())).await?;
        let mut headers = HeaderMap::new();
        let setup = |_| Failure::Setup("the API key cannot be sent as a header".into());
        headers.insert(ACCEPT, HeaderValue::from_static(wire.accept));
        if let Some(key) = &wire.key {
            let bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose()));
            let mut bearer = bearer.map_err(setup)?;
            bearer.set_sensitive(true);
            headers.insert(AUTHORIZATION, bearer);
            headers.insert("Persona-Version", HeaderValue::from_static(VERSION));
            headers.insert("Key-Inflection", HeaderValue::from_static("kebab"));
        }
        if let Some(key) = wire.idempotency_key {
            let key = HeaderValue::from_str(key.as_str());
            headers.insert("Idempotency-Key", key.map_err(setup)?);
        }
        let method = match wire.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = client.request(method, wire.url.clone()).headers(headers);
        if let Some(body) = &wire.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let mut response = request.send().await.map_err(|why| no_answer(&why))?;
        let status = response.status().as_u16();
        let headers = read_headers(response.headers());
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|why| no_answer(&why))? {
            if body.len() + chunk.len() > wire.most {
                return Err(Failure::TooLarge { most: wire.most });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, headers, body })
    }
}

/// The error's own text holds the URL with its query, so it is told apart and dropped.
fn no_answer(why: &reqwest::Error) -> Failure {
    Failure::NoAnswer(match why {
        why if why.is_connect() && is_tls(why) => NoAnswer::Tls,
        why if why.is_connect() => NoAnswer::Connect,
        why if why.is_timeout() => NoAnswer::Timeout,
        _ => NoAnswer::Cut,
    })
}

/// Whether the cause is TLS's own; an I/O error hides what it wraps from its chain of sources.
fn is_tls(why: &(dyn std::error::Error + 'static)) -> bool {
    let within = why.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    why.is::<rustls::Error>()
        || within.is_some_and(|within| is_tls(within))
        || why.source().is_some_and(is_tls)
}

async fn build(options: Options) -> Result<Client, Failure> {
    let made = tokio::task::spawn_blocking(move || {
        // Already installed by somebody else is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        match &options.roots {
            Roots::System => builder(&options).build().or_else(|why| {
                tracing::warn!(%why, "the host has no usable certificates: the bundled ones are used");
                builder(&options).tls_certs_only(bundled()).build()
            }).map_err(|why| why.to_string()),
            Roots::Bundled => {
                builder(&options).tls_certs_only(bundled()).build().map_err(|why| why.to_string())
            }
            Roots::File(path) => {
                let pem = fs::read(path).map_err(|why| format!("{}: {why}", path.display()))?;
                let roots = Certificate::from_pem_bundle(&pem).map_err(|why| why.to_string())?;
                builder(&options).tls_certs_only(roots).build().map_err(|why| why.to_string())
            }
        }
    });
    match made.await {
        Ok(made) => made.map_err(Failure::Setup),
        Err(why) => Err(Failure::Setup(why.to_string())),
    }
}

fn builder(options: &Options) -> ClientBuilder {
    let builder = Client::builder()
        .user_agent(concat!("caseload/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(options.connect_timeout)
        .timeout(options.timeout)
        // Before a server or a load balancer closes it: they wait a minute.
        .pool_idle_timeout(IDLE)
        // The key must not travel to wherever an answer points.
        .redirect(redirect::Policy::none());
    if options.local { builder.no_proxy() } else { builder }
}

fn bundled() -> Vec<Certificate> {
    webpki_root_certs::TLS_SERVER_ROOT_CERTS
        .iter()
        .filter_map(|der| Certificate::from_der(der).ok())
        .collect()
}

fn read_headers(headers: &HeaderMap) -> Headers {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| text(name)?.parse::<u32>().ok();
    let said = |family: &str| Said {
        limit: number(&format!("{family}-Limit")),
        remaining: number(&format!("{family}-Remaining")),
        reset: number(&format!("{family}-Reset")),
    };
    let quota = said("Quota");
    let seconds = |name: &str| number(name).map(|n| Duration::from_secs(n.into()));
    let content_type = text(CONTENT_TYPE.as_str()).and_then(|kind| kind.split(';').next());
    Headers {
        content_type: content_type.unwrap_or_default().trim().to_ascii_lowercase(),
        request_id: text("Request-Id").map(Text::new),
        environment: text("Persona-Environment-Id").map(Text::new),
        retry_after: seconds("Retry-After")
            .or_else(|| between(text("Date")?, text("Retry-After")?))
            .map(|asked| asked.min(LONGEST_ASKED)),
        rate_limit: said("RateLimit"),
        quota: if quota == Said::default() { said("QuotaLimit") } else { quota },
        date: text("Date").and_then(instant),
    }
}

/// From one HTTP date to another, by the server's own clock; none backwards.
fn between(from: &str, to: &str) -> Option<Duration> {
    instant(to)?.duration_since(instant(from)?).try_into().ok()
}

fn instant(date: &str) -> Option<Timestamp> {
    Some(jiff::fmt::rfc2822::parse(date).ok()?.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[(&'static str, &'static str)]) -> Headers {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            let name = reqwest::header::HeaderName::from_bytes(name.as_bytes()).unwrap();
            headers.insert(name, HeaderValue::from_static(value));
        }
        read_headers(&headers)
    }

    #[test]
    fn limits_are_read_or_absent() {
        let said = |limit, remaining, reset| Said { limit, remaining, reset };
        let none = Said::default();
        let all = said(Some(300), Some(7), Some(42));
        type Given = &'static [(&'static str, &'static str)];
        let table: [(Given, Said, Said); 8] = [
            (&[], none, none),
            (
                &[
                    ("ratelimit-limit", "300"),
                    ("RateLimit-Remaining", "7"),
                    ("RateLimit-Reset", "42"),
                ],
                all,
                none,
            ),
            (&[("RateLimit-Remaining", " 7 ")], said(None, Some(7), None), none),
            (
                &[("RateLimit-Limit", "-1"), ("RateLimit-Remaining", "x"), ("RateLimit-Reset", "")],
                none,
                none,
            ),
            (&[("RateLimit-Limit", "99999999999"), ("RateLimit-Remaining", "0.5")], none, none),
            (&[("Quota-Limit", "300"), ("Quota-Remaining", "7"), ("Quota-Reset", "42")], none, all),
            (
                &[
                    ("QuotaLimit-Limit", "300"),
                    ("QuotaLimit-Remaining", "7"),
                    ("QuotaLimit-Reset", "42"),
                ],
                none,
                all,
            ),
            (
                &[("Quota-Remaining", "0"), ("QuotaLimit-Remaining", "9")],
                none,
                said(None, Some(0), None),
            ),
        ];
        for (given, limit, quota) in table {
            let read = read(given);
            assert_eq!((read.rate_limit, read.quota), (limit, quota), "{given:?}");
        }
    }

    #[test]
    fn a_pause_that_is_asked_for_is_in_seconds_or_a_date() {
        const DATE: (&str, &str) = ("Date", "Wed, 21 Oct 2026 07:28:00 GMT");
        type Given = &'static [(&'static str, &'static str)];
        let table: [(Given, Option<u64>); 9] = [
            (&[], None),
            (&[("Retry-After", "5"), ("RateLimit-Reset", "42")], Some(5)),
            (&[("Retry-After", "0")], Some(0)),
            (&[("Retry-After", "4000000000")], Some(3_600)),
            (&[("Retry-After", "-5")], None),
            (&[("Retry-After", "soon")], None),
            (&[DATE, ("Retry-After", "Wed, 21 Oct 2026 07:28:09 GMT")], Some(9)),
            (&[DATE, ("Retry-After", "Wed, 21 Oct 2026 07:27:00 GMT")], None),
            (&[("Retry-After", "Wed, 21 Oct 2026 07:28:09 GMT")], None),
        ];
        for (given, wait) in table {
            assert_eq!(read(given).retry_after, wait.map(Duration::from_secs), "{given:?}");
        }
    }
}
