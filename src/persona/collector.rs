//! A collector of figures: somebody who is not Persona, to whom no key travels. It is here since
//! this is where HTTP is spoken.

use std::time::Duration;

use url::{Host, Url};

use super::{
    Method, NoAnswer, Roots,
    transport::http::{Failure, Http, Options, Wire},
};

/// Where figures go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectorSettings {
    /// The whole of it: `http://127.0.0.1:4318/v1/metrics`.
    pub url: Url,
    pub roots: Roots,
    pub timeout: Duration,
}

pub struct Collector {
    url: Url,
    http: Http,
}

/// What it answers is looked at no further, in bytes.
const MOST: usize = 64 * 1024;

impl Collector {
    pub fn new(settings: CollectorSettings) -> Self {
        let CollectorSettings { url, roots, timeout } = settings;
        let local = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        };
        let options = Options { roots, connect_timeout: timeout, timeout, local };
        Self { url, http: Http::new(options) }
    }

    /// Hands in a body of JSON.
    ///
    /// # Errors
    /// In words, if it was not taken.
    pub async fn post(&self, body: String) -> Result<(), String> {
        let wire = Wire {
            method: Method::Post,
            url: self.url.clone(),
            accept: "application/json",
            key: None,
            idempotency_key: None,
            body: Some(body),
            most: MOST,
        };
        match self.http.send(&wire).await {
            Ok(reply) if (200..300).contains(&reply.status) => Ok(()),
            Ok(reply) => Err(format!("it answers {}", reply.status)),
            Err(Failure::NoAnswer(why)) => Err(match why {
                NoAnswer::Connect => "it cannot be reached",
                NoAnswer::Timeout => "it does not answer in time",
                NoAnswer::Cut => "the connection broke",
                NoAnswer::Tls => "it cannot be trusted, or speaks no TLS",
            }
            .to_owned()),
            Err(Failure::Setup(why)) => Err(why),
            Err(Failure::TooLarge { most }) => Err(format!("it answers more than {most} bytes")),
        }
    }
}
