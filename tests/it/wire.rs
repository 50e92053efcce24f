//! What servers and networks do to requests: redirects, pages of other people, bodies without end,
//! strangers who do not speak TLS.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{IdempotencyKey, InquiryId, Lane},
    persona::{Client, ErrorKind, NoAnswer, PageFrom, cases, files::FileLink, inquiries, limits},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

use crate::{
    client::{client, given},
    story::noon,
};

/// A client of whatever listens at `url`.
fn stranger(url: &str) -> (Client, Arc<Recorder>) {
    stranger_on(&Clock::manual(noon()), url)
}

fn stranger_on(clock: &Clock, url: &str) -> (Client, Arc<Recorder>) {
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let client = client(url, given("persona_sandbox_x"), clock, &recorder);
    (client.unwrap(), recorder)
}

/// Lets time go by for as long as this is waited for.
async fn time_goes_by(clock: &Clock) {
    loop {
        clock.advance(Duration::from_millis(500));
        tokio::task::yield_now().await;
    }
}

/// A server that gives every request one answer, and keeps what it was asked.
pub struct Parrot {
    pub url: String,
    answer: Arc<Mutex<Vec<u8>>>,
    asked: Arc<Mutex<Vec<String>>>,
    server: JoinHandle<()>,
}

impl Parrot {
    pub async fn says(answer: impl Into<Vec<u8>>) -> Self {
        let answer = Arc::new(Mutex::new(answer.into()));
        let learnt = Arc::clone(&answer);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        let server = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let mut request = Vec::new();
                let mut chunk = [0; 4096];
                // A TLS hello, which begins with 0x16, is answered as it is.
                while !request.windows(4).any(|end| end == b"\r\n\r\n")
                    && !request.starts_with(&[0x16])
                {
                    match stream.read(&mut chunk).await {
                        Ok(read @ 1..) => request.extend_from_slice(&chunk[..read]),
                        _ => break,
                    }
                }
                heard.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
                let answer = learnt.lock().unwrap().clone();
                // The client may hang up before it has heard everything.
                let _ = stream.write_all(&answer).await;
            }
        });
        Self { url, answer, asked, server }
    }

    /// From now on.
    pub fn learns(&self, answer: impl Into<Vec<u8>>) {
        *self.answer.lock().unwrap() = answer.into();
    }

    pub fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

impl Drop for Parrot {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_the_key_stays() {
    let elsewhere = Parrot::says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let head = format!("HTTP/1.1 302 Found\r\nLocation: {}\r\n", elsewhere.url);
    let parrot =
        Parrot::says(format!("{head}Content-Length: 0\r\nConnection: close\r\n\r\n")).await;
    let (client, recorder) = stranger(&parrot.url);
    let why = client.read(&limits::RateLimits, Lane::Front).await.unwrap_err();
    assert!(matches!(why.kind(), ErrorKind::Redirected), "{why}");
    assert_eq!(elsewhere.asked(), Vec::<String>::new());
    assert_eq!(recorder.stats().attempts, 1);

    let approve = inquiries::Approve { id: InquiryId::new("inq_1").unwrap(), comment: None };
    let key = IdempotencyKey::random();
    client.write(&approve, &key, Lane::Front).await.unwrap_err();
    let asked = parrot.asked();
    let headers = asked[1].to_lowercase();
    assert!(headers.starts_with("post /api/v1/inquiries/inq_1/approve http/1.1\r\n"), "{headers}");
    for header in [
        "authorization: bearer persona_sandbox_x",
        "persona-version: 2025-12-08",
        "key-inflection: kebab",
        "accept: application/json",
        "user-agent: caseload/",
        &format!("idempotency-key: {key}"),
    ] {
        assert!(headers.contains(&format!("\r\n{header}")), "{header} in {headers}");
    }
    assert!(!asked[0].to_lowercase().contains("idempotency-key"), "a read needs none");
}

#[tokio::test]
async fn a_file_that_was_cut_off_is_asked_for_again() {
    let head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: image/png\r\n";
    let parrot = Parrot::says(format!("{head}Content-Length: 9\r\n\r\nhalf")).await;
    let clock = Clock::manual(noon());
    let (client, recorder) = stranger_on(&clock, &parrot.url);
    let (file, rest) = (FileLink::new(&parrot.url), async {
        while parrot.asked().is_empty() {
            tokio::task::yield_now().await;
        }
        parrot.learns(format!("{head}Content-Length: 5\r\n\r\nwhole"));
        time_goes_by(&clock).await;
    });
    let came = tokio::select! {
        came = client.download(&file, 1 << 20, Lane::Front) => came.unwrap(),
        () = rest => unreachable!("it goes by for good"),
    };
    assert_eq!((came.content_type.as_str(), came.bytes.as_slice()), ("image/png", &b"whole"[..]));
    assert_eq!((parrot.asked().len(), recorder.stats().attempts), (2, 2));
}

#[tokio::test]
async fn answers_that_are_none_are_told_by_their_place() {
    let answer = |body: &str| {
        let head = "HTTP/1.1 200 OK\r\nConnection: close\r\n";
        format!("{head}Content-Length: {}\r\n\r\n{body}", body.len())
    };
    let page = "<html>Sign in to this network</html>";
    for (body, place) in [(page, "line 1, column 1"), ("{\"data\":3}", "data"), ("", "line 1")] {
        let parrot = Parrot::says(answer(body)).await;
        let (client, _) = stranger(&parrot.url);
        let list = cases::List { filter: Default::default(), page: PageFrom::first(10) };
        let why = client.read(&list, Lane::Front).await.unwrap_err();
        match why.kind() {
            ErrorKind::Unreadable { path, .. } => assert!(path.starts_with(place), "{path}"),
            other => panic!("{other:?}"),
        }
        assert_eq!(parrot.asked().len(), 1, "the same would come again");
    }
    let short = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 999\r\n\r\n{\"data\":[";
    let parrot = Parrot::says(short).await;
    let clock = Clock::manual(noon());
    let (client, _) = stranger_on(&clock, &parrot.url);
    let why = tokio::select! {
        answer = client.read(&limits::RateLimits, Lane::Back) => answer.unwrap_err(),
        () = time_goes_by(&clock) => unreachable!("it goes by for good"),
    };
    assert!(matches!(why.kind(), ErrorKind::NoAnswer(NoAnswer::Cut)), "{why}");
}

#[tokio::test]
async fn a_body_without_end_is_cut_off() {
    let mut endless = b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec();
    endless.resize(endless.len() + 33 * 1024 * 1024, b' ');
    let parrot = Parrot::says(endless).await;
    let (client, _) = stranger(&parrot.url);
    let why = client.read(&limits::RateLimits, Lane::Back).await.unwrap_err();
    assert!(why.to_string().contains("larger than 32 MiB"), "{why}");
}

#[tokio::test]
async fn the_key_never_travels_in_the_clear_or_to_whom_nobody_vouches_for() {
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let clock = Clock::manual(noon());
    for url in ["http://api.withpersona.com/api/v1", "http://192.0.2.1/api/v1", "ftp://localhost/x"]
    {
        let refused = client(url, given("k"), &clock, &recorder).err().unwrap();
        assert!(matches!(refused.kind(), ErrorKind::Refused(_)), "{url}: {refused}");
    }
    // It speaks, but not TLS.
    let parrot = Parrot::says("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await;
    let (client, _) = stranger(&parrot.url.replace("http://", "https://"));
    let why = client.read(&limits::RateLimits, Lane::Back).await.unwrap_err();
    assert!(matches!(why.kind(), ErrorKind::NoAnswer(NoAnswer::Tls)), "{why}");
    let (client, _) = stranger("http://127.0.0.1:1/api/v1");
    let why = client.read(&limits::RateLimits, Lane::Back).await.unwrap_err();
    assert!(matches!(why.kind(), ErrorKind::NoAnswer(NoAnswer::Connect)), "{why}");
}
