//! What the client costs over a bare loop: both fetch the same page of 100 inquiries from the same
//! server, by turns; the bare one parses it to JSON and stops there.
//!
//! `cargo bench --bench client` prints the ratio of the medians and of each pair. At most 1.3.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{Router, http::header, routing::get};
use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::Lane,
    persona::{Client, PageFrom, Roots, Settings, inquiries},
    secret::{KeySource, Secret},
    simulator::{self, DEMO_KEY, Options},
};

const PAIRS: usize = 400;
const WARM_UP: usize = 40;

fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    // The server has threads of its own, so that it takes none from either side.
    let server = tokio::runtime::Runtime::new().expect("a runtime");
    let address = server.block_on(serve());
    runtime.block_on(compare(&format!("http://{address}/api/v1")));
}

/// A page as the simulated Persona writes it, served as bytes without further work.
async fn serve() -> std::net::SocketAddr {
    let listen = ([127, 0, 0, 1], 0).into();
    let persona = simulator::start(listen, Options::default(), Clock::system()).await;
    let persona = persona.expect("a free port");
    let page = reqwest::Client::new()
        .get(format!("{}/inquiries?page%5Bsize%5D=100", persona.base_url()))
        .bearer_auth(DEMO_KEY)
        .send()
        .await
        .expect("an answer");
    let page = page.bytes().await.expect("a body");
    println!("a page of {} kB", page.len() / 1000);
    let headers = [
        (header::CONTENT_TYPE.as_str(), "application/json; charset=utf-8"),
        ("RateLimit-Limit", "1000000"),
        ("RateLimit-Remaining", "999999"),
        ("RateLimit-Reset", "60"),
        ("Request-Id", "req_1"),
        ("Persona-Environment-Id", "env_1"),
    ];
    let app = Router::new().route("/api/v1/inquiries", get(move || async move { (headers, page) }));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move { axum::serve(listener, app).await });
    address
}

async fn compare(base_url: &str) {
    let settings = Settings {
        base_url: base_url.parse().expect("a URL"),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(5),
        roots: Roots::Bundled,
    };
    let key = KeySource::given(Secret::new(DEMO_KEY.to_owned()));
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let client = Client::new(settings, key, Clock::system(), recorder).expect("a client");
    let list = inquiries::List { filter: inquiries::Filter::default(), page: PageFrom::first(100) };
    let bare = reqwest::Client::builder().no_proxy().build().expect("a client");
    let url = format!("{base_url}/inquiries?page%5Bsize%5D=100");

    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for pair in 0..PAIRS + WARM_UP {
        let start = Instant::now();
        let page = client.read(&list, Lane::Front).await.expect("a page");
        assert_eq!(page.items.len(), 100);
        drop(page);
        let of_client = start.elapsed();

        let start = Instant::now();
        let answer = bare.get(&url).bearer_auth(DEMO_KEY).send().await.expect("an answer");
        let body = answer.bytes().await.expect("a body");
        let value: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
        assert_eq!(value["data"].as_array().map(Vec::len), Some(100));
        drop((value, body));
        let of_bare = start.elapsed();

        if pair >= WARM_UP {
            ours.push(of_client);
            theirs.push(of_bare);
            ratios.push(of_client.as_secs_f64() / of_bare.as_secs_f64());
        }
    }
    ratios.sort_by(f64::total_cmp);
    let (ours, theirs) = (median(&mut ours), median(&mut theirs));
    println!("client {ours:?}, bare {theirs:?}: {:.2}", ours.as_secs_f64() / theirs.as_secs_f64());
    println!(
        "pairs: {:.2} (from {:.2} to {:.2} in nine of ten)",
        ratios[PAIRS / 2],
        ratios[PAIRS / 20],
        ratios[PAIRS - PAIRS / 20 - 1]
    );
}

fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
