//! Webhooks into the local copy: what is believed, what is durable, and what a shift comes to when
//! they are lost, doubled, late and out of order.

use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener},
    os::unix::fs::PermissionsExt,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use caseload::{
    busy::Busy,
    clock::Clock,
    journal::sha256,
    metrics::{Happening, Recorder, Thresholds, Verdict, Way},
    model::{AccountId, IdempotencyKey, Lane, Text, Timestamp, WebhookId},
    persona::{self, Client, PageFrom, Roots, accounts, events, webhooks},
    secret::{KeySource, Secret, Source, WebhookSecrets},
    simulator::{self, DEMO_KEY, Scenario, Simulator},
    store::{AccountFilter, CaseFilter, Duty, InquiryFilter, ListedCase, Store, Watch},
    sync::{
        Hearing,
        receive::{self, Receive, Reception, Served, Tls},
    },
};
use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use reqwest::{StatusCode, header};
use serde_json::json;
use sha2::Sha256;
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    runtime::{Builder, Runtime},
    sync::Notify,
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    postgres::fixture,
    story::{Beginning, Story, noon},
};

const SECRET: &str = "wbhsec_of_the_test";

/// A receiver on a store of its own.
struct Receiver {
    store: Store,
    client: Arc<Client>,
    clock: Clock,
    folder: Arc<TempDir>,
    address: SocketAddr,
    http: reqwest::Client,
    cancel: CancellationToken,
    task: JoinHandle<Result<(), receive::ReceiveError>>,
    /// Its own, so that everything of it ends at once when it is killed.
    process: Option<Runtime>,
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.process.take().expect("it is dropped once").shutdown_background();
    }
}

fn client(base_url: &str, clock: &Clock) -> Client {
    client_that_trusts(Roots::Bundled, base_url, clock)
}

fn client_that_trusts(roots: Roots, base_url: &str, clock: &Clock) -> Client {
    let settings = persona::Settings {
        base_url: base_url.parse().unwrap(),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(10),
        roots,
    };
    let key = KeySource::given(Secret::new(DEMO_KEY.to_owned()));
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    Client::new(settings, key, clock.clone(), recorder).unwrap()
}

fn socket() -> TcpListener {
    TcpListener::bind(("127.0.0.1", 0)).unwrap()
}

impl Receiver {
    async fn start() -> Self {
        let secrets = WebhookSecrets::Given(vec![Secret::new(SECRET.to_owned())]);
        let folder = Arc::new(TempDir::new().unwrap());
        Self::at(folder, socket(), Clock::manual(noon()), secrets, Reception::default()).await
    }

    async fn at(
        folder: Arc<TempDir>,
        socket: TcpListener,
        clock: Clock,
        secrets: WebhookSecrets,
        reception: Reception,
    ) -> Self {
        Self::with_tls(folder, socket, clock, secrets, (reception, None, Arc::default())).await
    }

    async fn with_tls(
        folder: Arc<TempDir>,
        socket: TcpListener,
        clock: Clock,
        secrets: WebhookSecrets,
        (reception, tls, reload): (Reception, Option<Tls>, Arc<Notify>),
    ) -> Self {
        let path = folder.path().join("store/caseload.db");
        let store = Store::open(&path, clock.clone()).await.unwrap();
        let address = socket.local_addr().unwrap();
        let cancel = CancellationToken::new();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let process = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let client = Arc::new(client("http://127.0.0.1:9/api/v1", &clock));
        let receive = Receive {
            store: store.clone(),
            client: Arc::clone(&client),
            clock: clock.clone(),
            busy: Busy::default(),
            duty: store.take_up(Duty::Receive).await.unwrap().expect("nobody else receives"),
            secrets,
            reception,
        };
        let served = Served { socket, tls, reload };
        let task = process.spawn(receive::run(vec![receive], served, cancel.clone()));
        Self { store, client, clock, folder, address, http, cancel, task, process: Some(process) }
    }

    fn url(&self) -> String {
        format!("http://{}/persona", self.address)
    }

    async fn deliver(&self, signature: Option<String>, body: &str) -> StatusCode {
        self.try_to_deliver(signature, body).await.expect("it answers")
    }

    async fn try_to_deliver(
        &self,
        signature: Option<String>,
        body: &str,
    ) -> reqwest::Result<StatusCode> {
        let mut request = self.http.post(self.url());
        if let Some(signature) = signature {
            request = request.header("Persona-Signature", signature);
        }
        Ok(request.body(body.to_owned()).send().await?.status())
    }

    fn signed(&self, secret: &str, body: &str) -> Option<String> {
        Some(signature(secret, self.clock.now(), body))
    }

    /// How often something happened that this is a part of, as it prints.
    fn counted(&self, what: &Happening) -> u64 {
        let happened = self.client.recorder().happened();
        happened.iter().find(|(known, _)| known == what).map_or(0, |(_, times)| *times)
    }

    async fn heard(&self) -> Option<Timestamp> {
        match self.store.look_at::<Hearing>(Duty::Receive).await.unwrap() {
            Watch::Somebody(Some(hearing)) => hearing.heard_at,
            _ => None,
        }
    }
}

fn signature(secret: &str, at: Timestamp, body: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("{}.{body}", at.as_second()).as_bytes());
    format!("t={},v1={}", at.as_second(), hex::encode(mac.finalize().into_bytes()))
}

fn event(id: &str, inquiry: &str, status: &str, version: u32) -> String {
    json!({ "data": { "type": "event", "id": id, "attributes": {
        "name": format!("inquiry.{status}"), "created-at": "2026-03-02T11:59:00Z",
        "payload": { "data": { "type": "inquiry", "id": inquiry, "attributes": {
            "status": status, "updated-at": format!("2026-03-02T11:59:{version:02}Z"),
        } } },
    } } })
    .to_string()
}

/// Every object as the store has it: its status, and a hash of the whole.
async fn contents(store: &Store) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    let told = |status: &str, whole: serde_json::Result<String>| {
        format!("{status} {}", &sha256(whole.unwrap().as_bytes())[..8])
    };
    for listed in store.list_inquiries(&InquiryFilter::default(), 10_000).await.unwrap().rows {
        let inquiry = store.inquiry(&listed.inquiry.id).await.unwrap().unwrap().inquiry;
        all.insert(
            inquiry.id.to_string(),
            told(inquiry.status.as_str(), serde_json::to_string(&inquiry)),
        );
    }
    for ListedCase { case, .. } in
        store.list_cases(&CaseFilter::default(), 10_000).await.unwrap().rows
    {
        all.insert(case.id.to_string(), told(case.status.as_str(), serde_json::to_string(&case)));
    }
    for account in store.list_accounts(&AccountFilter::default(), 10_000).await.unwrap().rows {
        all.insert(account.id.to_string(), told("", serde_json::to_string(&account)));
    }
    all
}

#[tokio::test]
async fn only_what_persona_signed_is_taken_in_and_once() {
    let receiver = Receiver::start().await;
    let body = event("evt_1", "inq_1", "approved", 2);
    let signed = |body: &str| receiver.signed(SECRET, body);
    let old = signature(SECRET, noon() - jiff::SignedDuration::from_secs(301), &body);
    let table: [(&str, Option<String>, &str, u16); 8] = [
        ("unsigned", None, &body, 401),
        ("unreadable", Some("v1=abc".into()), &body, 401),
        ("by another secret", receiver.signed("wbhsec_other", &body), &body, 401),
        ("of another body", signed("{}"), &body, 401),
        ("too old", Some(old), &body, 401),
        ("signed, and no JSON", signed("{"), "{", 400),
        ("signed, and no event", signed("{\"data\":[]}"), "{\"data\":[]}", 400),
        ("the whole is too long", signed(&"x".repeat(2 << 20)), &"x".repeat(2 << 20), 413),
    ];
    for (case, signature, body, expected) in table {
        assert_eq!(receiver.deliver(signature, body).await, expected, "{case}");
    }
    assert!(contents(&receiver.store).await.is_empty() && receiver.heard().await.is_none());
    for _ in 0..2 {
        assert_eq!(receiver.deliver(signed(&body), &body).await, 200);
    }
    let older = event("evt_0", "inq_1", "needs_review", 1);
    assert_eq!(receiver.deliver(signed(&older), &older).await, 200);
    let inquiries = contents(&receiver.store).await;
    assert_eq!(inquiries.len(), 1);
    assert!(inquiries["inq_1"].starts_with("approved"), "newer wins: {inquiries:?}");
    assert_eq!(receiver.heard().await, Some(noon()));
    let unknown = json!({ "data": { "type": "event", "id": "evt_2", "attributes": {
        "name": "novelty.happened", "payload": { "data": { "type": "novelty", "id": "nov_1" } } } } });
    let unknown = unknown.to_string();
    assert_eq!(receiver.deliver(signed(&unknown), &unknown).await, 200, "stored and skipped");
    let verdicts = [
        (Verdict::Unsigned, 1),
        (Verdict::Malformed, 1),
        (Verdict::BadSignature, 2),
        (Verdict::TooOld, 1),
        (Verdict::NotAnEvent, 2),
        (Verdict::TooLarge, 1),
        (Verdict::Accepted, 3),
        (Verdict::Duplicate, 1),
        (Verdict::NoRoom, 0),
    ];
    for (verdict, times) in verdicts {
        assert_eq!(receiver.counted(&Happening::Delivery(verdict)), times, "{verdict:?}");
    }
    let novel = Happening::Event { name: "novelty.happened".to_owned(), way: Way::Webhook };
    assert_eq!(receiver.counted(&novel), 1);
}

#[tokio::test]
async fn whoever_asks_for_something_else_is_told() {
    let receiver = Receiver::start().await;
    let http = &receiver.http;
    let answer = http.get(receiver.url()).send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()[header::ALLOW]),
        (405, &"POST".parse().unwrap())
    );
    let elsewhere = format!("http://{}/other", receiver.address);
    assert_eq!(http.post(elsewhere).send().await.unwrap().status(), 404);
}

#[tokio::test]
async fn who_sends_slowly_is_let_go() {
    let secrets = WebhookSecrets::Given(vec![Secret::new(SECRET.to_owned())]);
    let patience = Duration::from_millis(200);
    let reception = Reception { patience, ..Reception::default() };
    let folder = Arc::new(TempDir::new().unwrap());
    let receiver = Receiver::at(folder, socket(), Clock::system(), secrets, reception).await;
    let slowly = async |beginning: &str| {
        let mut line = TcpStream::connect(receiver.address).await.unwrap();
        line.write_all(beginning.as_bytes()).await.unwrap();
        let mut answer = String::new();
        line.read_to_string(&mut answer).await.unwrap();
        answer
    };
    let header = slowly("POST /persona HTTP/1.1\r\nHost: a\r\nPersona-Sig").await;
    assert!(header.is_empty() || header.contains(" 408 "), "{header}");
    let body = "POST /persona HTTP/1.1\r\nHost: a\r\nContent-Length: 99\r\n\r\n{";
    let answer = slowly(body).await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn a_secret_that_was_rotated_is_known_without_a_restart() {
    let folder = Arc::new(TempDir::new().unwrap());
    let file = folder.path().join("secrets");
    let write = |text: &str| {
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    };
    write("wbhsec_old\n");
    let secrets = WebhookSecrets::From(Source::File(file.clone()));
    let receiver = Receiver::at(
        Arc::clone(&folder),
        socket(),
        Clock::manual(noon()),
        secrets,
        Reception::default(),
    )
    .await;
    let body = event("evt_1", "inq_1", "approved", 2);
    let by = async |secret: &str| {
        // Files are read again once a second at most.
        receiver.clock.advance(Duration::from_secs(2));
        receiver.deliver(receiver.signed(secret, &body), &body).await.as_u16()
    };
    assert_eq!((by("wbhsec_old").await, by("wbhsec_new").await), (200, 401));
    write("wbhsec_new\nwbhsec_old\n");
    assert_eq!((by("wbhsec_new").await, by("wbhsec_old").await), (200, 200));
    write("wbhsec_new\n");
    // What is known stays good until something does not fit; then the file decides.
    assert_eq!((by("wbhsec_gone").await, by("wbhsec_old").await), (401, 401));
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    assert_eq!((by("wbhsec_gone").await, by("wbhsec_new").await), (401, 200));
}

#[tokio::test]
async fn without_its_store_nothing_is_called_received() {
    let receiver = Receiver::start().await;
    let body = event("evt_1", "inq_1", "approved", 2);
    let file = receiver.folder.path().join("store/caseload.db");
    let away = receiver.folder.path().join("away.db");
    fs::rename(&file, &away).unwrap();
    let deliver = async || receiver.deliver(receiver.signed(SECRET, &body), &body).await;
    assert_eq!(deliver().await, 503);
    fs::write(&file, "another file").unwrap();
    assert_eq!(deliver().await, 503);
    fs::rename(&away, &file).unwrap();
    assert_eq!(deliver().await, 200);
}

#[tokio::test]
async fn under_load_all_that_was_answered_with_200_is_kept_also_when_it_leaves() {
    let secrets = WebhookSecrets::Given(vec![Secret::new(SECRET.to_owned())]);
    let reception = Reception { at_once: 4, waiting: 60, ..Reception::default() };
    let folder = Arc::new(TempDir::new().unwrap());
    let clock = Clock::manual(noon());
    let receiver = Receiver::at(folder, socket(), clock, secrets, reception).await;
    let bodies: Vec<(String, String)> = (0..400)
        .map(|n| {
            (format!("inq_{n}"), event(&format!("evt_{n}"), &format!("inq_{n}"), "approved", 1))
        })
        .collect();
    let answered = AtomicUsize::new(0);
    let deliver = async |id: &str, body: &str| {
        let signature = receiver.signed(SECRET, body).unwrap();
        let request = receiver.http.post(receiver.url()).header("Persona-Signature", signature);
        // Who is let in no more, or not to the end, is not told 200.
        let answer = request.body(body.to_owned()).send().await.ok()?;
        let status = answer.status().as_u16();
        if status == 503 {
            assert_eq!(answer.headers()[header::RETRY_AFTER], "5");
        }
        if status == 200 && answered.fetch_add(1, Ordering::Relaxed) == 40 {
            receiver.cancel.cancel();
        }
        Some((id.to_owned(), status))
    };
    let all = bodies.iter().map(|(id, body)| deliver(id, body));
    let answers: Vec<_> = futures::future::join_all(all).await.into_iter().flatten().collect();
    let kept = contents(&receiver.store).await;
    let promised = answers.iter().filter(|(_, status)| *status == 200);
    let lost: Vec<_> = promised.filter(|(id, _)| !kept.contains_key(id)).collect();
    assert!(lost.is_empty(), "{lost:?}");
    assert!(answered.load(Ordering::Relaxed) > 40, "{answers:?}");
    assert!(answers.iter().all(|(_, status)| [200, 503].contains(status)), "{answers:?}");
    let sent_away = answers.iter().filter(|(_, status)| *status == 503).count() as u64;
    assert!(receiver.counted(&Happening::Delivery(Verdict::NoRoom)) >= sent_away);
    let Receiver { store, .. } = &receiver;
    while !receiver.task.is_finished() {
        tokio::task::yield_now().await;
    }
    assert_eq!(store.look_at::<Hearing>(Duty::Receive).await.unwrap(), Watch::Nobody);
}

/// Any server that speaks TLS will do for it: this one knows nothing of Persona's paths.
#[tokio::test]
async fn who_has_an_authority_of_their_own_trusts_that_one_alone() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let folder = Arc::new(TempDir::new().unwrap());
    let key = folder.path().join("key.pem");
    fs::copy(fixture("first").with_extension("key"), &key).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    let tls = Tls::read(fixture("first").with_extension("pem"), key);
    let clock = Clock::manual(noon());
    let receiver = Receiver::with_tls(
        folder,
        socket(),
        clock.clone(),
        WebhookSecrets::Given(vec![Secret::new(SECRET.to_owned())]),
        (Reception::default(), Some(tls.await.unwrap()), Arc::default()),
    )
    .await;
    let url = format!("https://{}/api/v1", receiver.address);
    let asks = async |roots: Roots| {
        let client = client_that_trusts(roots, &url, &clock);
        let ask = accounts::Retrieve { id: AccountId::new("act_1").unwrap() };
        client.read(&ask, Lane::Front).await.err().unwrap().to_string()
    };
    let file = |name: &str| Roots::File(fixture(name).with_extension("pem"));
    let trusted = asks(file("first")).await;
    assert!(!trusted.contains("cannot be reached"), "{trusted}");
    for others in [file("second"), Roots::Bundled] {
        let refused = asks(others).await;
        assert!(refused.contains("one that persona.tls_roots trusts"), "{refused}");
    }
}

#[tokio::test]
async fn a_certificate_that_was_renewed_is_taken_and_a_bad_one_is_not() {
    let folder = Arc::new(TempDir::new().unwrap());
    let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
    let fixtures = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/fixtures/tls"));
    let put = |name: &str| {
        fs::copy(fixtures.join(format!("{name}.pem")), &chain).unwrap();
        fs::copy(fixtures.join(format!("{name}.key")), &key).unwrap();
        fs::set_permissions(&key, fs::Permissions::from_mode(0o640)).unwrap();
    };
    put("first");
    let _ = rustls::crypto::ring::default_provider().install_default();
    let tls = Tls::read(chain.clone(), key.clone()).await.unwrap();
    let reload = Arc::new(Notify::new());
    let secrets = WebhookSecrets::Given(vec![Secret::new(SECRET.to_owned())]);
    let receiver = Receiver::with_tls(
        Arc::clone(&folder),
        socket(),
        Clock::manual(noon()),
        secrets,
        (Reception::default(), Some(tls), Arc::clone(&reload)),
    )
    .await;
    let body = event("evt_1", "inq_1", "approved", 2);
    let deliver = async |trusted: &str| {
        let pem = fs::read(fixtures.join(format!("{trusted}.pem"))).unwrap();
        let root = reqwest::Certificate::from_pem(&pem).unwrap();
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([root]).build().unwrap();
        let url = format!("https://{}/persona", receiver.address);
        let signature = receiver.signed(SECRET, &body).unwrap();
        let request = http.post(url).header("Persona-Signature", signature).body(body.clone());
        request.send().await.map(|answer| answer.status().as_u16()).ok()
    };
    assert_eq!((deliver("first").await, deliver("second").await), (Some(200), None));
    let plain = receiver.http.post(receiver.url()).body("x").send().await;
    assert!(plain.is_err(), "nothing is taken without TLS");
    // A chain whose key is still the old one.
    fs::copy(fixtures.join("second.pem"), &chain).unwrap();
    reload.notify_one();
    assert_eq!(deliver("first").await, Some(200));
    put("second");
    let mut taken = None;
    for _ in 0..200 {
        reload.notify_one();
        taken = deliver("second").await;
        if taken.is_some() {
            break;
        }
    }
    assert_eq!((taken, deliver("first").await), (Some(200), None));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let refused = Tls::read(chain.clone(), key.clone()).await.err().unwrap().to_string();
    assert!(refused.contains("chmod o="), "{refused}");
    fs::set_permissions(&key, fs::Permissions::from_mode(0o600)).unwrap();
    fs::copy(fixtures.join("first.pem"), &chain).unwrap();
    let refused = Tls::read(chain, key).await.err().unwrap().to_string();
    assert!(refused.contains("make no TLS"), "{refused}");
}

/// A Persona that delivers to a receiver.
struct Bench {
    simulator: Arc<Simulator>,
    clock: Clock,
    client: Client,
    webhook: WebhookId,
    secrets: PathBuf,
}

impl Bench {
    async fn simulator(clock: &Clock) -> Arc<Simulator> {
        let options = simulator::Options {
            inquiries: 80,
            rate_limit: 100_000,
            ..simulator::Options::default()
        };
        let listen = ([127, 0, 0, 1], 0).into();
        Arc::new(simulator::start(listen, options, clock.clone()).await.unwrap())
    }

    /// With a webhook for everything, whose secret lies in a file.
    async fn delivering_to(
        url: &str,
        simulator: Arc<Simulator>,
        secrets: PathBuf,
        clock: Clock,
    ) -> Self {
        let client = client(&simulator.base_url(), &clock);
        let create = webhooks::Create {
            name: Text::new("caseload"),
            url: Text::new(url),
            enabled_events: vec![Text::new("*")],
        };
        let key = IdempotencyKey::random;
        let made = client.write(&create, &key(), Lane::Front).await.unwrap();
        let enable = webhooks::Enable { id: made.id.clone() };
        client.write(&enable, &key(), Lane::Front).await.unwrap();
        let bench = Self { simulator, clock, client, webhook: made.id, secrets };
        bench.publish(&made.secrets);
        bench
    }

    /// Puts secrets where the receiver finds them, before those that are there.
    fn publish(&self, new: &[webhooks::WebhookSecret]) {
        let known = fs::read_to_string(&self.secrets).unwrap_or_default();
        let mut text: String =
            new.iter().map(|secret| format!("{}\n", secret.value.expose())).collect();
        text.push_str(&known);
        fs::write(&self.secrets, text).unwrap();
        fs::set_permissions(&self.secrets, fs::Permissions::from_mode(0o600)).unwrap();
    }

    async fn rotate(&self) {
        let rotate =
            webhooks::RotateSecret { id: self.webhook.clone(), expires_in_seconds: Some(60) };
        let rotated = self.client.write(&rotate, &IdempotencyKey::random(), Lane::Front).await;
        self.publish(&rotated.unwrap().secrets[..1]);
    }

    /// Other reviewers work: some steps, each a moment later.
    fn shift(&self, steps: usize, dice: &mut fastrand::Rng) {
        for _ in 0..steps {
            let (status, step) = [
                ("needs_review", "approve"),
                ("needs_review", "decline"),
                ("completed", "mark-for-review"),
                ("approved", "decline"),
                ("declined", "approve"),
                ("pending", "expire"),
            ][dice.usize(0..6)];
            let ids = self.simulator.inquiries(status);
            if let Some(id) = ids.get(dice.usize(0..ids.len().max(1))) {
                self.simulator.elsewhere(id, step);
            }
            self.clock.advance(Duration::from_millis(10));
        }
    }

    /// All events that Persona tells, newest first.
    async fn events(&self) -> Vec<caseload::model::Event> {
        let (mut all, mut page) = (Vec::new(), Some(PageFrom::first(100)));
        while let Some(from) = page {
            let ask = events::List { names: Vec::new(), objects: Vec::new(), page: from };
            let answer = self.client.read(&ask, Lane::Back).await.unwrap();
            all.extend(answer.items);
            page = answer.next.map(PageFrom::Link);
        }
        all
    }

    /// What a store comes to that is told once and in order what has happened since noon.
    async fn clean_run(&self) -> BTreeMap<String, String> {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&folder.path().join("clean.db"), self.clock.clone()).await.unwrap();
        let mut events = self.events().await;
        events.retain(|event| event.created_at > Some(noon()));
        store.ingest(&events).await.unwrap();
        contents(&store).await
    }

    fn disorder(&self, toml: &str) {
        self.simulator.set_scenario(Scenario::parse(toml).unwrap());
    }
}

/// Waits until a store has this, and everything that waits has been delivered.
async fn until_it_has(store: &Store, bench: &Bench, expected: &BTreeMap<String, String>) {
    for _ in 0..3_000 {
        if bench.simulator.flush_webhooks() == 0 && contents(store).await == *expected {
            return;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(contents(store).await, *expected);
}

#[tokio::test]
async fn doubled_late_and_disordered_webhooks_end_like_a_clean_run_through_kills_and_rotations() {
    let mut dice = fastrand::Rng::with_seed(7);
    let clock = Clock::manual(noon());
    let folder = Arc::new(TempDir::new().unwrap());
    let secrets = folder.path().join("secrets");
    let port = socket();
    let address = port.local_addr().unwrap();
    let simulator = Bench::simulator(&clock).await;
    let url = format!("http://{address}/persona");
    let bench = Bench::delivering_to(&url, simulator, secrets.clone(), clock.clone()).await;
    bench.disorder("[webhooks]\nduplicates = 0.5\nreorder = true\nlate_seconds = 40\n");
    let start = async |port| {
        let secrets = WebhookSecrets::From(Source::File(secrets.clone()));
        let (folder, clock) = (Arc::clone(&folder), clock.clone());
        Receiver::at(folder, port, clock, secrets, Reception::default()).await
    };
    let mut receiver = Some(start(port).await);
    for round in 0..24 {
        bench.clock.advance(Duration::from_secs(20));
        bench.shift(8, &mut dice);
        for _ in 0..dice.usize(0..400) {
            tokio::task::yield_now().await;
        }
        match round % 6 {
            // Killed in the middle of it, and back a round later.
            1 | 3 => drop(receiver.take()),
            2 | 4 => {
                let port = loop {
                    // The killed one's socket goes with its task.
                    match TcpListener::bind(address) {
                        Ok(port) => break port,
                        Err(_) => tokio::task::yield_now().await,
                    }
                };
                receiver = Some(start(port).await);
            }
            5 => bench.rotate().await,
            _ => {}
        }
    }
    let receiver = receiver.expect("it was started again");
    let clean = bench.clean_run().await;
    assert!(clean.len() > 40, "{} objects moved", clean.len());
    until_it_has(&receiver.store, &bench, &clean).await;
}

#[tokio::test]
async fn a_receiver_that_hears_is_live_and_one_that_misses_something_is_not_relied_on() {
    let mut story = Story::begin_with(Beginning { inquiries: 80, ..Beginning::default() }).await;
    story.sees("● polling");
    let secrets = story.folder.path().join("secrets");
    let (clock, port) = (story.clock.clone(), socket());
    let url = format!("http://{}/persona", port.local_addr().unwrap());
    let simulator = Arc::clone(&story.simulator);
    let bench = Bench::delivering_to(&url, simulator, secrets.clone(), clock.clone()).await;
    let secrets = WebhookSecrets::From(Source::File(secrets));
    let folder = Arc::clone(&story.folder);
    let receiver = Receiver::at(folder, port, clock, secrets, Reception::default()).await;
    story.pass(30).await.sees("● polling");
    let id = story.first_in_queue();
    story.simulator.elsewhere(&id, "approve");
    let mut seen = false;
    for _ in 0..200 {
        // Long before the next poll. It is live as soon as something was heard, and what it
        // heard is on the screen when the store told the console.
        story.pass(1).await;
        let screen = story.screen();
        seen = screen.contains("● live") && !screen.contains(&id[id.len() - 4..]);
        if seen {
            break;
        }
    }
    assert!(seen, "{}", story.screen());
    let simulator = Arc::clone(&story.simulator);
    let polls = || {
        let requests = simulator.requests();
        requests.iter().filter(|request| request.path.ends_with("/events")).count()
    };
    let before = polls();
    for _ in 0..5 {
        story.pass(10).await;
    }
    assert!(polls() - before <= 1, "polls lie beneath: {}", polls() - before);

    // What it had to send away is polled for as soon as it can write again.
    let file = story.folder.path().join("store/caseload.db");
    let away = story.folder.path().join("away.db");
    fs::rename(&file, &away).unwrap();
    let id = story.first_in_queue();
    story.simulator.elsewhere(&id, "approve");
    let mut seconds = 0;
    while receiver.counted(&Happening::Delivery(Verdict::NotKept)) == 0 {
        story.pass(1).await;
        seconds += 1;
        assert!(seconds < 40, "it cannot write it down");
    }
    let before = polls();
    fs::rename(&away, &file).unwrap();
    while polls() == before {
        story.pass(1).await;
        seconds += 1;
        assert!(seconds < 40, "the next poll would have been a minute later");
    }

    // Persona gives it up, and nobody is told.
    let disable = webhooks::Disable { id: bench.webhook.clone() };
    bench.client.write(&disable, &IdempotencyKey::random(), Lane::Front).await.unwrap();
    let id = story.first_in_queue();
    story.simulator.elsewhere(&id, "decline");
    story.pass(61).await.pass(61).await;
    story.sees("● polling").sees("a webhook was lost: polling brought what it tells");
}

#[derive(Debug, Clone)]
struct Telling {
    /// Which event is told next, of those that are left or were told before.
    picks: Vec<prop::sample::Index>,
    /// So many of them come in one commit.
    batches: Vec<usize>,
    /// The process dies after these commits.
    kills: Vec<prop::sample::Index>,
}

fn tellings() -> impl Strategy<Value = Telling> {
    let index = any::<prop::sample::Index>;
    let picks = prop::collection::vec(index(), 90);
    let batches = prop::collection::vec(1..12_usize, 90);
    let kills = prop::collection::vec(index(), 0..4);
    (picks, batches, kills).prop_map(|(picks, batches, kills)| Telling { picks, batches, kills })
}

#[test]
fn in_whatever_order_events_come_and_wherever_it_dies_the_store_is_the_same() {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (events, clean, clock) = runtime.block_on(async {
        let clock = Clock::manual(noon());
        let folder = TempDir::new().unwrap();
        let simulator = Bench::simulator(&clock).await;
        let secrets = folder.path().join("secrets");
        let bench =
            Bench::delivering_to("http://127.0.0.1:9/", simulator, secrets, clock.clone()).await;
        bench.clock.advance(Duration::from_secs(1));
        bench.shift(60, &mut fastrand::Rng::with_seed(3));
        let mut events = bench.events().await;
        events.retain(|event| event.created_at > Some(noon()));
        (events, bench.clean_run().await, clock)
    });
    assert!(events.len() > 40 && events.len() <= 90, "{} events", events.len());
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let told = runner.run(&tellings(), |telling| {
        let store = runtime.block_on(tell(&events, &telling, &clock));
        prop_assert_eq!(&store, &clean);
        Ok(())
    });
    told.unwrap();
}

/// Tells all events in an order, some of them twice.
async fn tell(
    events: &[caseload::model::Event],
    telling: &Telling,
    clock: &Clock,
) -> BTreeMap<String, String> {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.db");
    let mut store = Store::open(&path, clock.clone()).await.unwrap();
    let mut left: Vec<_> = events.to_vec();
    let mut order: Vec<caseload::model::Event> = Vec::new();
    for pick in &telling.picks {
        // Now and then one that was told already.
        if !order.is_empty() && pick.index(4) == 0 {
            order.push(pick.get(&order).clone());
        }
        if !left.is_empty() {
            order.push(left.swap_remove(pick.index(left.len())));
        }
    }
    let mut commits = 0;
    let mut batches = telling.batches.iter().cycle();
    let mut rest = order.as_slice();
    while !rest.is_empty() {
        let size = (*batches.next().expect("it goes round")).min(rest.len());
        let (batch, more) = rest.split_at(size);
        store.ingest(batch).await.unwrap();
        rest = more;
        commits += 1;
        if telling.kills.iter().any(|kill| kill.index(30) == commits) {
            drop(store);
            store = Store::open(&path, clock.clone()).await.unwrap();
            // It does not know what it wrote last, and tells it again.
            store.ingest(batch).await.unwrap();
        }
    }
    contents(&store).await
}
