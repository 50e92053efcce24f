//! Bytes as a whole HTTP answer, through the real client over a real socket: status, headers,
//! framing and body. Nothing panics, nothing waits for ever, and the key is in no error.

use std::{
    sync::{Arc, LazyLock, Mutex},
    time::Duration,
};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{IdempotencyKey, InquiryId, Lane},
    persona::{Client, Roots, Settings, inquiries::Approve, limits::RateLimits},
    secret::{KeySource, Secret},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    runtime::Runtime,
    task::yield_now,
};

const KEY: &str = "persona_sandbox_fuzzed";

struct Line {
    runtime: Runtime,
    client: Client,
    clock: Clock,
    answer: Arc<Mutex<Vec<u8>>>,
}

static LINE: LazyLock<Line> = LazyLock::new(|| {
    let runtime = Runtime::new().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a free port");
    let base_url = format!("http://{}/api/v1", listener.local_addr().expect("a bound port"));
    let answer = Arc::new(Mutex::new(Vec::new()));
    let learnt = Arc::clone(&answer);
    runtime.spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = Vec::new();
            let mut chunk = [0; 4096];
            while !request.windows(4).any(|end| end == b"\r\n\r\n") {
                match stream.read(&mut chunk).await {
                    Ok(read @ 1..) => request.extend_from_slice(&chunk[..read]),
                    _ => break,
                }
            }
            let answer: Vec<u8> = learnt.lock().expect("nothing panics here").clone();
            let _ = stream.write_all(&answer).await;
        }
    });
    let settings = Settings {
        base_url: base_url.parse().expect("a URL"),
        connect_timeout: Duration::from_secs(5),
        timeout: Duration::from_secs(5),
        roots: Roots::Bundled,
    };
    let clock = Clock::manual("2026-03-02T12:00:00Z".parse().expect("a fixed instant"));
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let key = KeySource::given(Secret::new(KEY.to_owned()));
    let client = Client::new(settings, key, clock.clone(), recorder).expect("a client");
    Line { runtime, client, clock, answer }
});

pub fn run(input: &[u8]) {
    let line = &*LINE;
    *line.answer.lock().expect("nothing panics here") = input.to_vec();
    let time = async {
        for _ in 0..1_000_000 {
            line.clock.advance(Duration::from_secs(10));
            yield_now().await;
        }
    };
    let approve = Approve { id: InquiryId::new("inq_1").expect("an id"), comment: None };
    let key = IdempotencyKey::random();
    let asked = async {
        let written = line.client.write(&approve, &key, Lane::Front).await.map(drop);
        let read = line.client.read(&RateLimits, Lane::Back).await.map(drop);
        [written, read]
    };
    let asked = line.runtime.block_on(async {
        tokio::select! {
            asked = asked => asked,
            () = time => panic!("it waits for ever"),
        }
    });
    for why in asked.into_iter().filter_map(Result::err) {
        let told = format!("{why} {why:?}");
        assert!(!told.contains(KEY));
        assert!(!why.to_string().chars().any(char::is_control));
    }
}
