//! Answers that nobody would give, over real sockets: bodies, headers, links and cursors. Nothing
//! panics, nothing waits for ever, the key goes nowhere else, and errors name their place.

use std::{sync::Arc, time::Duration};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{AccountId, IdempotencyKey, InquiryId, Lane},
    persona::{
        Answer, Client, DecodeError, Document, Endpoint, Error, ErrorKind, Link, PageFrom, Read,
        Request, Write, accounts, cases, files::FileLink, inquiries, limits,
    },
};
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};
use serde_json::{Value, json};
use tokio::{runtime::Runtime, task::yield_now};

use crate::{
    client::{client, given},
    contract::Contract,
    endpoints::{Asks, all},
    mutation::{mutated, mutation, odd},
    story::noon,
    wire::Parrot,
};

const KEY: &str = "persona_sandbox_hostile";

/// A client, the server that it trusts, and one that it must not go to.
struct Line {
    runtime: Runtime,
    server: Parrot,
    elsewhere: Parrot,
    client: Client,
    clock: Clock,
    recorder: Arc<Recorder>,
}

/// Any endpoint of the table, as a read and as a write.
struct Any<'a>(&'a dyn Asks);

struct Whatever;

impl Answer for Whatever {
    fn read(_: &Document) -> Result<Self, DecodeError> {
        Ok(Self)
    }
}

impl Endpoint for Any<'_> {
    type Output = Whatever;

    fn request(&self) -> Request {
        self.0.request()
    }

    fn decode(&self, answer: &Document) -> Result<Whatever, DecodeError> {
        self.0.read(answer).map(|()| Whatever)
    }
}
impl Read for Any<'_> {}
impl Write for Any<'_> {}

impl Line {
    fn open() -> Self {
        let runtime = Runtime::new().unwrap();
        let nothing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
        let (server, elsewhere) =
            runtime.block_on(async { (Parrot::says(nothing).await, Parrot::says(nothing).await) });
        let clock = Clock::manual(noon());
        let recorder = Arc::new(Recorder::new(Thresholds::default()));
        let client = client(&server.url, given(KEY), &clock, &recorder).unwrap();
        Self { runtime, server, elsewhere, client, clock, recorder }
    }

    /// What comes of it, while time goes by: a month at most.
    fn wait<T>(&self, work: impl Future<Output = T>) -> T {
        let time = async {
            for _ in 0..30 * 24 * 360 {
                self.clock.advance(Duration::from_secs(10));
                yield_now().await;
            }
        };
        self.runtime.block_on(async {
            tokio::select! {
                done = work => done,
                () = time => panic!("it waits for ever"),
            }
        })
    }

    fn ask(&self, endpoint: &dyn Asks) -> Result<(), Error> {
        let key = IdempotencyKey::random();
        let any = Any(endpoint);
        let asked = match endpoint.request().method.as_str() {
            "GET" => self.wait(self.client.read(&any, Lane::Front)),
            _ => self.wait(self.client.write(&any, &key, Lane::Front)),
        };
        if let Err(why) = &asked {
            told_well(why);
        }
        asked.map(|_| ())
    }

    /// Whatever was answered before: a right answer is taken.
    fn works(&self) {
        self.server.learns(answer(200, &[], br#"{"data":[]}"#));
        self.wait(self.client.read(&limits::RateLimits, Lane::Back)).unwrap();
    }

    /// The key went to the API alone.
    fn key_stayed(&self) {
        assert_eq!(self.elsewhere.asked(), [""; 0], "nothing is asked there");
        for asked in self.server.asked() {
            let path = asked.split(' ').nth(1).unwrap_or_default();
            assert!(path.starts_with("/api/v1/"), "{path}");
        }
    }
}

fn told_well(why: &Error) {
    let told = format!("{why} {why:?}");
    assert!(!told.contains(KEY), "{told}");
    assert!(!why.to_string().chars().any(char::is_control), "{why}");
    if let ErrorKind::Unreadable { path, .. } = why.kind() {
        assert!(!path.is_empty(), "{why}");
    }
}

fn answer(status: u16, headers: &[(String, Vec<u8>)], body: &[u8]) -> Vec<u8> {
    let mut raw = format!("HTTP/1.1 {status} Said\r\nConnection: close\r\n").into_bytes();
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-length")) {
        raw.extend(format!("Content-Length: {}\r\n", body.len()).bytes());
    }
    for (name, value) in headers {
        raw.extend(name.bytes().chain(*b": ").chain(value.iter().copied()).chain(*b"\r\n"));
    }
    raw.extend(b"\r\n");
    raw.extend(body);
    raw
}

fn runner(cases: u32) -> TestRunner {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha))
}

/// Bodies to begin with: the official ones where they are at hand, and always one of each shape.
fn bodies() -> Vec<Value> {
    let inquiry = json!({ "type": "inquiry", "id": "inq_1",
        "attributes": { "status": "needs_review", "created-at": "2026-03-02T09:00:00.000Z",
            "tags": ["vip"], "fields": { "name-first": { "type": "string", "value": "Ada" } } },
        "relationships": { "account": { "data": { "type": "account", "id": "act_1" } },
            "verifications": { "data": [{ "type": "verification/selfie", "id": "ver_1" }] } } });
    let selfie = json!({ "type": "verification/selfie", "id": "ver_1", "attributes": {
        "status": "passed", "checks": [{ "name": "c", "status": "passed", "reasons": [] }] } });
    let event = json!({ "type": "event", "id": "evt_1", "attributes": {
        "name": "inquiry.approved", "payload": { "data": inquiry, "included": [selfie] } } });
    let mut found = vec![
        json!({ "data": inquiry, "included": [selfie], "meta": { "one-time-link": "https://x" } }),
        json!({ "data": [inquiry, inquiry], "links": { "prev": null, "next": "/api/v1/inquiries" } }),
        json!({ "data": [event] }),
        json!({ "errors": [{ "title": "Bad Request", "details": "status is odd" }] }),
    ];
    if let Some(contract) = Contract::at_hand() {
        found.extend(contract.answers().cloned());
    }
    found
}

#[test]
fn any_body_is_read_or_told_by_its_place() {
    let line = Line::open();
    let bodies = bodies();
    let endpoints = all();
    let known = (0..bodies.len()).prop_map(move |nth| bodies[nth].clone());
    let once = (known, any::<Index>(), mutation())
        .prop_map(|(body, at, how)| mutated(body, at, &how))
        .boxed();
    let twice = (once.clone(), any::<Index>(), mutation())
        .prop_map(|(body, at, how)| mutated(body, at, &how));
    let text = |body: Value| body.to_string().into_bytes();
    let cut = (once.clone(), any::<Index>()).prop_map(move |(body, at)| {
        let mut whole = text(body);
        whole.truncate(at.index(whole.len().max(1)));
        whole
    });
    let body = prop_oneof![
        6 => once.prop_map(text),
        4 => twice.prop_map(text),
        1 => odd().prop_map(text),
        1 => cut,
        1 => prop::collection::vec(any::<u8>(), 0..200),
    ]
    .boxed();
    let status =
        prop_oneof![8 => Just(200_u16), 1 => select(vec![201, 202, 204, 400, 409, 422, 500])];
    let case = (0..endpoints.len(), status, body);
    let done = runner(800).run(&case, |(nth, status, body)| {
        line.server.learns(answer(status, &[], &body));
        let asked = line.ask(endpoints[nth].as_ref());
        if let Err(why) = asked
            && status == 200
        {
            let place = matches!(why.kind(), ErrorKind::Unreadable { .. });
            prop_assert!(place, "{}", why);
        }
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
    line.works();
    line.key_stayed();
}

/// Values of headers: what Persona sends, absurd figures, and bytes.
fn header_value() -> impl Strategy<Value = Vec<u8>> {
    let words = select(vec![
        "0",
        "-1",
        "1",
        "60",
        "300",
        "4294967295",
        "4294967296",
        "18446744073709551616",
        "1e9",
        "0x10",
        "3.5",
        "NaN",
        " 42 ",
        "42, 43",
        "",
        "Wed, 21 Oct 2026 07:28:00 GMT",
        "Wed, 21 Oct 9999 07:28:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "req_1",
        "env_1",
        "application/json",
        "text/html; charset=utf-16",
        "gzip",
        "chunked",
        "\u{202e}req",
        "http://127.0.0.1:1/",
        "req\u{1b}[2J",
    ]);
    prop_oneof![
        4 => words.prop_map(|word| word.as_bytes().to_vec()),
        1 => any::<u32>().prop_map(|number| number.to_string().into_bytes()),
        1 => prop::collection::vec(any::<u8>(), 0..64),
        1 => Just(b"long".repeat(2_000)),
    ]
}

#[test]
fn any_header_is_survived() {
    let line = Line::open();
    let name = select(vec![
        "RateLimit-Limit",
        "RateLimit-Remaining",
        "RateLimit-Reset",
        "Retry-After",
        "Date",
        "Request-Id",
        "Quota-Limit",
        "Quota-Remaining",
        "Quota-Reset",
        "Content-Type",
        "Content-Encoding",
        "Content-Length",
        "Transfer-Encoding",
        "Set-Cookie",
        "X-Other",
        "Age",
    ]);
    let elsewhere = line.elsewhere.url.clone();
    let location = ("Location".to_owned(), elsewhere.into_bytes());
    let one = (name, header_value()).prop_map(|(name, value)| (name.to_owned(), value));
    let headers = prop::collection::vec(one, 0..8);
    let status = prop_oneof![
        4 => Just(200_u16),
        4 => Just(429_u16),
        2 => 300_u16..400,
        2 => 400_u16..600,
        1 => 600_u16..1_000,
    ];
    let body = select(vec![r#"{"data":[]}"#, r#"{"errors":[{"title":"Too Many Requests"}]}"#, ""]);
    let case = (status, headers, any::<bool>(), body);
    let done = runner(250).run(&case, |(status, mut headers, redirects, body)| {
        if redirects {
            headers.push(location.clone());
        }
        line.server.learns(answer(status, &headers, body.as_bytes()));
        let asked = line.wait(line.client.read(&limits::RateLimits, Lane::Front));
        if let Err(why) = asked {
            told_well(&why);
            let id = why.request_id().map(ToString::to_string).unwrap_or_default();
            prop_assert!(!id.chars().any(char::is_control), "{:?}", id);
        }
        // Nobody is locked out by what was said.
        line.works();
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
    line.key_stayed();
    assert!(line.recorder.stats().attempts > 0);
}

/// Links to pages: right ones, and all the ways out.
fn link(elsewhere: &str) -> impl Strategy<Value = String> + use<> {
    let host = elsewhere.trim_start_matches("http://").trim_end_matches("/api/v1").to_owned();
    let ways = [
        "http://HOST/api/v1/inquiries",
        "//HOST/api/v1/inquiries",
        "\\\\HOST\\api\\v1\\inquiries",
        "/\\HOST/api/v1/x",
        "http:HOST/api/v1/x",
        "http://x@HOST/api/v1/x",
        "ht\ttp://HOST/api/v1",
        "https://HOST/api/v1/inquiries",
        "/api/v1/../../x",
        "/api/v1/%2e%2e/%2E%2E/x",
        "/api/v1/..;/x",
        "/api/v1",
        "/api/v1/",
        "/api/v1x/y",
        "/x",
        "x",
        "",
        "#",
        "?page%5Bafter%5D=inq_1",
        "../..",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/plain,x",
        "about:blank",
        "mailto:a@b",
        "/api/v1/inquiries?page%5Bafter%5D=inq_1",
        "/api/v1/inquiries?page[after]=inq 1&page[size]=10",
        "/api/v1/inquiries?page%5Bafter%5D=%00%0d%0aAuthorization:%20x",
        "\u{1}/api/v1/cases",
        "/api/v1/inquiries?page%5Bafter%5D=%F0%9F%92%A9",
        "/api/v1//HOST/x",
        " http://HOST/api/v1/x ",
    ];
    let ways: Vec<String> = ways.iter().map(|way| way.replace("HOST", &host)).collect();
    prop_oneof![
        4 => select(ways.clone()),
        2 => (select(ways.clone()), any::<String>()).prop_map(|(way, more)| way + &more),
        2 => (any::<String>(), select(ways)).prop_map(|(more, way)| more + &way),
        1 => any::<String>(),
        1 => "[:/\\\\?#@\\[\\]%.a-f0-9]{0,40}",
    ]
}

#[test]
fn no_link_leads_out_of_the_api() {
    let line = Line::open();
    let base: url::Url = line.server.url.parse().unwrap();
    let done = runner(400).run(&link(&line.elsewhere.url), |next| {
        if let Some(url) = Link::new(&next).resolve(&base) {
            prop_assert_eq!(url.origin(), base.origin());
            prop_assert!(url.path().starts_with("/api/v1/") && url.username().is_empty());
        }
        let page = json!({ "data": [], "links": { "next": next } });
        line.server.learns(answer(200, &[], page.to_string().as_bytes()));
        let list = |page| cases::List { filter: Default::default(), page };
        let first = line.wait(line.client.read(&list(PageFrom::first(10)), Lane::Back)).unwrap();
        let next = first.next.expect("it was there");
        prop_assert_eq!(next.as_str(), page["links"]["next"].as_str().unwrap());
        match line.wait(line.client.read(&list(PageFrom::Link(next)), Lane::Back)) {
            Ok(_) => {}
            Err(why) => {
                told_well(&why);
                prop_assert!(matches!(why.kind(), ErrorKind::Refused(_)), "{}", why);
            }
        }
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
    line.key_stayed();
}

#[test]
fn links_to_files_never_carry_the_key() {
    let line = Line::open();
    let links = link(&line.elsewhere.url);
    let done = runner(200).run(&links, |link| {
        let file = FileLink::new(&link);
        if let Err(why) = line.wait(line.client.download(&file, 1 << 20, Lane::Front)) {
            told_well(&why);
        }
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
    let asked = line.elsewhere.asked();
    assert!(!asked.is_empty(), "files are on another host");
    for asked in asked {
        assert!(!asked.to_lowercase().contains("authorization") && !asked.contains(KEY), "{asked}");
    }
}

#[test]
fn no_id_leads_to_another_path() {
    let base: url::Url = "https://api.withpersona.com/api/v1".parse().unwrap();
    let id = prop_oneof![any::<String>(), "[a-zA-Z0-9_./%?#;\\\\-]{0,20}"];
    let done = runner(2_000).run(&id, |raw| {
        let mut paths = Vec::new();
        if let Ok(id) = InquiryId::new(&raw) {
            paths.push(("/inquiries/", Asks::request(&inquiries::Retrieve { id }).path));
        }
        if let Ok(id) = AccountId::new(&raw) {
            paths.push(("/accounts/", Asks::request(&accounts::Retrieve { id }).path));
        }
        for (list, path) in paths {
            let mut url = base.clone();
            url.set_path(&format!("/api/v1{path}"));
            prop_assert_eq!(url.path(), format!("/api/v1{list}{raw}"));
            prop_assert_eq!((url.query(), url.fragment()), (None, None));
        }
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
}
