//! What happens to connections: kept and dead ones, compressed, slow and proxied answers.

use std::{
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{IdempotencyKey, InquiryId, Lane},
    persona::{Client, ErrorKind, NoAnswer, Roots, Settings, inquiries, limits},
    simulator::DEMO_KEY,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

use crate::{
    client::{Line, client, given},
    story::noon,
};

const LIMITS: &str = r#"{"data":[{"type":"rate-limit/api","attributes":{"limit":300,"remaining":299,"seconds-to-reset":60}}]}"#;

/// A server that keeps each connection for so many answers and hangs up on the next request.
struct Moody {
    url: String,
    /// The connection, from 1, and the first line of each request.
    heard: Arc<Mutex<Vec<(usize, String)>>>,
}

impl Moody {
    async fn with(answers: usize, headers: &'static str, body: Vec<u8>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&heard);
        tokio::spawn(async move {
            for connection in 1.. {
                let Ok((mut stream, _)) = listener.accept().await else { return };
                let (told, body) = (Arc::clone(&told), body.clone());
                tokio::spawn(async move {
                    for nth in 0.. {
                        let Some(line) = request(&mut stream).await else { return };
                        told.lock().unwrap().push((connection, line));
                        if nth == answers {
                            return;
                        }
                        let length = body.len();
                        let head =
                            format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{headers}\r\n");
                        stream.write_all(&[head.as_bytes(), &body].concat()).await.unwrap();
                    }
                });
            }
        });
        Self { url, heard }
    }

    fn connections(&self) -> Vec<usize> {
        self.heard.lock().unwrap().iter().map(|(connection, _)| *connection).collect()
    }
}

/// The first line of the next request on a connection; bodies here are none or come with it.
async fn request(stream: &mut TcpStream) -> Option<String> {
    let (mut request, mut chunk) = (Vec::new(), [0; 4096]);
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(read @ 1..) => request.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
    String::from_utf8_lossy(&request).lines().next().map(str::to_owned)
}

fn made(clock: &Clock, url: &str) -> (Client, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    (client(url, given(DEMO_KEY), clock, &recorder).unwrap(), recorder)
}

async fn time_goes_by(clock: &Clock) {
    loop {
        clock.advance(Duration::from_millis(500));
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn connections_are_kept() {
    let moody = Moody::with(100, "", LIMITS.into()).await;
    let (client, _) = made(&Clock::manual(noon()), &moody.url);
    for _ in 0..5 {
        client.read(&limits::RateLimits, Lane::Front).await.unwrap();
    }
    assert_eq!(moody.connections(), [1; 5]);
}

#[tokio::test]
async fn a_question_on_a_dead_connection_is_asked_again_and_a_decision_is_silence() {
    for lane in [Lane::Front, Lane::Back] {
        let moody = Moody::with(1, "", LIMITS.into()).await;
        let clock = Clock::manual(noon());
        let (client, recorder) = made(&clock, &moody.url);
        client.read(&limits::RateLimits, lane).await.unwrap();
        tokio::select! {
            answer = client.read(&limits::RateLimits, lane) => drop(answer.unwrap()),
            () = time_goes_by(&clock) => {}
        }
        assert_eq!(moody.connections(), [1, 1, 2], "asked again on another one");
        assert_eq!(recorder.stats().attempts, 3);
    }

    let moody = Moody::with(1, "", LIMITS.into()).await;
    let (client, _) = made(&Clock::manual(noon()), &moody.url);
    client.read(&limits::RateLimits, Lane::Front).await.unwrap();
    let approve = inquiries::Approve { id: InquiryId::new("inq_1").unwrap(), comment: None };
    let silent = client.write(&approve, &IdempotencyKey::random(), Lane::Front).await.unwrap_err();
    assert!(matches!(silent.kind(), ErrorKind::NoAnswer(NoAnswer::Cut)), "{silent}");
    let posts = moody.heard.lock().unwrap().iter().filter(|it| it.1.starts_with("POST")).count();
    assert_eq!(posts, 1, "who made the key durable sends it again, and nobody below");
}

#[tokio::test]
async fn compressed_answers_are_read() {
    let moody = Moody::with(9, "Content-Encoding: gzip\r\n", gzip(LIMITS.as_bytes())).await;
    let (client, _) = made(&Clock::manual(noon()), &moody.url);
    let limits = client.read(&limits::RateLimits, Lane::Front).await.unwrap();
    assert_eq!(limits[0].limit, 300);

    let mut spoilt = gzip(LIMITS.as_bytes());
    let end = spoilt.len() - 8;
    spoilt[end] ^= 0xff;
    let moody = Moody::with(9, "Content-Encoding: gzip\r\n", spoilt).await;
    let clock = Clock::manual(noon());
    let (client, _) = made(&clock, &moody.url);
    let why = tokio::select! {
        answer = client.read(&limits::RateLimits, Lane::Front) => answer.unwrap_err(),
        () = time_goes_by(&clock) => unreachable!("it goes by for good"),
    };
    assert!(matches!(why.kind(), ErrorKind::NoAnswer(NoAnswer::Cut)), "{why}");
}

/// As it is, in the format's clothes: a stored block with its checksum.
fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    let length = u16::try_from(bytes.len()).unwrap();
    let mut packed = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff, 1];
    packed.extend(length.to_le_bytes());
    packed.extend((!length).to_le_bytes());
    packed.extend(bytes);
    packed.extend((!crc).to_le_bytes());
    packed.extend(u32::from(length).to_le_bytes());
    packed
}

#[tokio::test]
async fn an_answer_that_dribbles_in_is_given_up_in_time() {
    let line = Line::open().await;
    line.fault("fault = \"slow-body\"");
    let settings = Settings {
        base_url: line.simulator.base_url().parse().unwrap(),
        connect_timeout: Duration::from_millis(200),
        timeout: Duration::from_millis(200),
        roots: Roots::Bundled,
    };
    let recorder = Arc::clone(&line.recorder);
    let hasty = Client::new(settings, given(DEMO_KEY), line.clock.clone(), recorder).unwrap();
    let list = inquiries::List {
        filter: Default::default(),
        page: caseload::persona::PageFrom::first(100),
    };
    let why = hasty.read(&list, Lane::Front).await.unwrap_err();
    assert!(matches!(why.kind(), ErrorKind::NoAnswer(NoAnswer::Timeout)), "{why}");
}

/// What the real binary says to a proxy of the environment, if anything.
async fn heard_by_a_proxy(base_url: &str) -> Vec<String> {
    let proxy = Moody::with(0, "", Vec::new()).await;
    let address = proxy.url.trim_end_matches("/api/v1").to_owned();
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_caseload"));
    command.env_clear().env("HOME", home.path()).args(["sync", "--once"]);
    for name in ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"] {
        command.env(name, &address);
    }
    command.env("PERSONA_BASE_URL", base_url).env("PERSONA_API_KEY", DEMO_KEY);
    let run = tokio::task::spawn_blocking(move || command.output().unwrap());
    run.await.unwrap();
    let heard = proxy.heard.lock().unwrap();
    heard.iter().map(|(_, line)| line.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proxy_is_used_for_persona_and_not_for_this_machine() {
    let heard = heard_by_a_proxy("https://api.persona.test/api/v1").await;
    assert!(!heard.is_empty());
    for line in &heard {
        // A tunnel: neither the key nor what is asked goes to the proxy.
        assert_eq!(line, "CONNECT api.persona.test:443 HTTP/1.1");
    }
    let line = Line::open().await;
    assert_eq!(heard_by_a_proxy(&line.simulator.base_url()).await, Vec::<String>::new());
    assert!(!line.simulator.requests().is_empty());
}
