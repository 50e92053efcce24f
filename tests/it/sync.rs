//! The local copy against Persona: filled once, kept current, repaired after a gap.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use caseload::{
    busy::Busy,
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{InquiryId, InquiryStatus},
    persona::{self, Client, Roots},
    secret::{KeySource, Secret},
    simulator::{self, DEMO_KEY, Scenario, Simulator},
    store::{InquiryView, Store, Window},
    sync::{self, Phase, Repaired, Settings, SyncState},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::story::STATUSES;

struct House {
    simulator: Simulator,
    clock: Clock,
    folder: TempDir,
    settings: Settings,
}

/// A sync task and what it says; dropping it is a kill.
struct Running {
    store: Store,
    busy: Busy,
    recorder: Arc<Recorder>,
    state: watch::Receiver<SyncState>,
    task: JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

const ALL: Window = Window { first: 0, rows: 10_000 };

impl House {
    async fn of(inquiries: usize) -> Self {
        Self::limited(inquiries, 100_000).await
    }

    /// With so many requests per minute.
    async fn limited(inquiries: usize, rate_limit: u32) -> Self {
        let clock = Clock::manual("2026-03-02T12:00:00Z".parse().unwrap());
        let options = simulator::Options { inquiries, rate_limit, ..simulator::Options::default() };
        let listen = ([127, 0, 0, 1], 0).into();
        let simulator = simulator::start(listen, options, clock.clone()).await.unwrap();
        Self { simulator, clock, folder: TempDir::new().unwrap(), settings: Settings::default() }
    }

    async fn sync(&self) -> Running {
        self.sync_with(&self.simulator.base_url()).await
    }

    async fn sync_with(&self, base_url: &str) -> Running {
        let (sync, recorder, state) = self.task(base_url).await;
        let (store, busy) = (sync.store.clone(), sync.busy.clone());
        let task = tokio::spawn(sync::run(sync, CancellationToken::new()));
        Running { store, busy, recorder, state, task }
    }

    /// What a task works with, what its client measures, and what it says.
    async fn task(
        &self,
        base_url: &str,
    ) -> (sync::Sync, Arc<Recorder>, watch::Receiver<SyncState>) {
        let path = self.folder.path().join("store.db");
        let store = Store::open(&path, self.clock.clone()).await.unwrap();
        let settings = persona::Settings {
            base_url: base_url.parse().unwrap(),
            connect_timeout: Duration::from_secs(10),
            timeout: Duration::from_secs(10),
            roots: Roots::Bundled,
        };
        let key = KeySource::given(Secret::new(DEMO_KEY.to_owned()));
        let recorder = Arc::new(Recorder::new(Thresholds::default()));
        let client = Client::new(settings, key, self.clock.clone(), Arc::clone(&recorder)).unwrap();
        let (tell, state) = watch::channel(SyncState::default());
        let sync = sync::Sync {
            store,
            client: Arc::new(client),
            clock: self.clock.clone(),
            busy: Busy::default(),
            state: tell,
            settings: self.settings.clone(),
        };
        (sync, recorder, state)
    }

    /// Lets time go by for as long as this is waited for.
    async fn time_goes_by(&self) {
        loop {
            self.clock.advance(Duration::from_millis(500));
            tokio::task::yield_now().await;
        }
    }

    /// Lets seconds pass until the task says so.
    async fn until(&self, running: &mut Running, reached: impl Fn(&SyncState) -> bool) {
        for _ in 0..4_000 {
            if reached(&running.state.borrow_and_update()) {
                return;
            }
            let told = tokio::time::timeout(Duration::from_millis(5), running.state.changed());
            if told.await.is_err() && running.busy.is_idle() {
                self.clock.advance(Duration::from_secs(1));
            }
        }
        panic!("it never came to that: {:?}", running.state.borrow());
    }

    async fn until_live(&self, running: &mut Running) {
        self.until(running, |state| state.phase == Phase::Current).await;
        running.busy.idle().await;
    }

    /// Lets a poll happen.
    async fn poll(&self, running: &mut Running) {
        let before = running.state.borrow().last_ok;
        self.clock.advance(Duration::from_secs(60));
        self.until(running, |state| state.last_ok > before && state.phase == Phase::Current).await;
        running.busy.idle().await;
    }

    fn ids(&self, status: &str) -> BTreeSet<String> {
        self.simulator.inquiries(status).into_iter().collect()
    }

    /// Every inquiry is in the store as Persona has it.
    async fn is_copied(&self, store: &Store) {
        for status in STATUSES {
            assert_eq!(stored(store, Some(status)).await, self.ids(status), "{status}");
        }
    }

    fn misbehave(&self, rules: &str) {
        self.simulator.set_scenario(Scenario::parse(rules).unwrap());
    }

    fn paths(&self) -> Vec<String> {
        self.simulator.requests().into_iter().map(|r| format!("{}?{}", r.path, r.query)).collect()
    }
}

/// A server that answers as a function says, for what the simulator would never do.
struct Server {
    base_url: String,
    asked: Arc<AtomicUsize>,
    task: JoinHandle<()>,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

#[derive(Clone, Copy)]
struct Asked<'a> {
    path: &'a str,
    query: &'a str,
    /// Requests so far.
    nth: usize,
}

impl Server {
    async fn start(
        answer: impl Fn(Asked<'_>) -> (u16, Value) + Clone + Send + Sync + 'static,
    ) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}/api/v1", listener.local_addr().unwrap());
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&asked);
        let app = axum::Router::new().fallback(move |uri: axum::http::Uri| {
            let nth = counter.fetch_add(1, Ordering::Relaxed);
            let (status, body) =
                answer(Asked { path: uri.path(), query: uri.query().unwrap_or_default(), nth });
            async move { (axum::http::StatusCode::from_u16(status).unwrap(), axum::Json(body)) }
        });
        let task = tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        Self { base_url, asked, task }
    }
}

fn inquiry(id: &str, status: &str) -> Value {
    // A decision makes a newer version.
    let updated_at =
        if status == "approved" { "2026-03-02T11:00:00Z" } else { "2026-03-02T10:00:00Z" };
    json!({ "type": "inquiry", "id": id, "attributes": { "status": status, "updated-at": updated_at },
        "relationships": {} })
}

async fn stored(store: &Store, status: Option<&str>) -> BTreeSet<String> {
    let view = InquiryView { status: status.map(InquiryStatus::parse), ..InquiryView::default() };
    let rows = store.inquiries(&view, ALL).await.unwrap().rows;
    rows.into_iter().map(|row| row.id.to_string()).collect()
}

#[tokio::test]
async fn a_first_fill_brings_everything_the_queue_first() {
    let house = House::of(260).await;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    for status in ["needs_review", "approved", "declined", "pending", "created", "expired"] {
        assert_eq!(stored(&running.store, Some(status)).await, house.ids(status), "{status}");
    }
    assert_eq!(stored(&running.store, None).await.len(), 260);
    let glance = running.store.glance(&caseload::model::Text::new("")).await.unwrap();
    assert_eq!(glance.open_cases as usize, house.simulator.open_cases().len());
    assert_eq!(running.store.unhydrated(9).await.unwrap(), [], "the evidence came along");
    let lists: Vec<String> =
        house.paths().into_iter().filter(|path| path.contains("page%5Bsize")).collect();
    assert!(lists[1].contains("needs_review"), "{lists:?}");
}

#[tokio::test]
async fn a_fill_that_was_cut_off_goes_on_where_it_stopped() {
    let house = House::of(900).await;
    house.misbehave("[[rule]]\npath = \"/inquiries\"\nlatency_ms = 3\n");
    let mut running = house.sync().await;
    let enough = |state: &SyncState| matches!(state.phase, Phase::Filling { done } if done > 500);
    house.until(&mut running, enough).await;
    drop(running);
    let asked = house.paths().len();
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    assert_eq!(stored(&running.store, None).await.len(), 900);
    let again = house.paths().split_off(asked);
    let first_page = |path: &&String| {
        path.starts_with("/api/v1/inquiries?")
            && !path.contains("after")
            && !path.contains("filter")
    };
    assert_eq!(again.iter().filter(first_page).count(), 0, "{again:?}");
}

#[tokio::test]
async fn a_filled_store_starts_without_listing_again() {
    let house = House::of(150).await;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    drop(running);
    let asked = house.paths().len();
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    let again = house.paths().split_off(asked);
    assert!(again.iter().all(|path| path.contains("/events")), "{again:?}");
}

#[tokio::test]
async fn what_happens_elsewhere_arrives_with_the_next_poll() {
    let house = House::of(120).await;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    let decided = house.simulator.inquiries("needs_review")[0].clone();
    let fresh = house.simulator.inquiries("completed")[0].clone();
    house.simulator.elsewhere(&decided, "approve");
    house.simulator.elsewhere(&fresh, "mark-for-review");
    let asked = house.paths().len();
    house.poll(&mut running).await;
    assert_eq!(stored(&running.store, Some("needs_review")).await, house.ids("needs_review"));
    let file = running.store.inquiry(&InquiryId::new(&fresh).unwrap()).await.unwrap().unwrap();
    assert!(file.hydrated_at.is_some(), "its evidence was fetched at once");
    let cost = house.paths().len() - asked;
    assert!(cost <= 4, "one poll and one look: {:?}", house.paths().split_off(asked));
}

#[tokio::test]
async fn a_gap_in_the_events_repairs_itself() {
    let mut house = House::of(700).await;
    house.settings.followed = 5;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    drop(running);
    // More than can be followed, and decisions among the oldest of it.
    let decided = house.simulator.inquiries("approved");
    for id in house.simulator.inquiries("needs_review").iter().take(3) {
        house.simulator.elsewhere(id, "decline");
    }
    for nth in 0.. {
        let step = if nth % 2 == 0 { "decline" } else { "approve" };
        for id in &decided {
            house.simulator.elsewhere(id, step);
        }
        if nth * decided.len() > 500 {
            break;
        }
    }
    house.clock.advance(Duration::from_secs(2 * 60 * 60));
    let asked = house.paths().len();
    let mut running = house.sync().await;
    let catching_up =
        |state: &SyncState| matches!(state.phase, Phase::CatchingUp { done } if done > 0);
    house.until(&mut running, catching_up).await;
    house.until_live(&mut running).await;
    house.is_copied(&running.store).await;
    let again = house.paths().split_off(asked);
    assert!(again.iter().any(|path| path.contains("needs_review")), "it was listed: {again:?}");
    let repair = running.state.borrow().repaired.clone().expect("it is said");
    assert!(matches!(repair.by, Repaired::Listing(objects) if objects >= 700), "{repair:?}");
    let since = repair.missed_since.expect("the last event tells").duration_until(repair.at);
    assert!(since.as_hours() >= 2, "{since}");
}

#[tokio::test]
async fn a_day_of_events_is_followed_without_listing() {
    let house = House::of(150).await;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    drop(running);
    let decided = house.simulator.inquiries("approved");
    for nth in 0..1_500 {
        let step = if nth / decided.len() % 2 == 0 { "decline" } else { "approve" };
        house.simulator.elsewhere(&decided[nth % decided.len()], step);
    }
    let asked = house.paths().len();
    let mut running = house.sync().await;
    // A crash in the middle leaves no hole.
    let half = |state: &SyncState| matches!(state.phase, Phase::CatchingUp { done } if done > 700);
    house.until(&mut running, half).await;
    drop(running);
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    house.is_copied(&running.store).await;
    let again = house.paths().split_off(asked);
    assert!(again.iter().all(|path| path.contains("/events")), "{again:?}");
    assert_eq!(running.state.borrow().repaired, None, "nothing was missed");
}

#[tokio::test]
async fn events_that_persona_no_longer_tells_are_a_gap() {
    let told = Arc::new(AtomicBool::new(true));
    let still_told = Arc::clone(&told);
    let server = Server::start(move |asked| {
        let (event, status) = match still_told.load(Ordering::Relaxed) {
            true => ("evt_1", "needs_review"),
            false => ("evt_9", "approved"),
        };
        let event = json!({ "type": "event", "id": event, "attributes": { "name": "inquiry.started",
            "created-at": "2026-03-02T11:00:00Z", "payload": { "data": null } } });
        let one = inquiry("inq_1", status);
        match asked.path {
            // What stood behind the page has fallen off meanwhile.
            "/api/v1/events" if asked.query.contains("after") => {
                (400, json!({ "errors": [{ "title": "Bad request" }] }))
            }
            "/api/v1/events" if event["id"] == "evt_9" => {
                let next = "/api/v1/events?page%5Bafter%5D=evt_9";
                (200, json!({ "data": [event], "links": { "prev": null, "next": next } }))
            }
            "/api/v1/events" => (200, json!({ "data": [event], "links": {} })),
            "/api/v1/inquiries" if asked.query.contains("needs_review") => {
                let waits = if status == "approved" { json!([]) } else { json!([one]) };
                (200, json!({ "data": waits, "links": {} }))
            }
            "/api/v1/inquiries" => (200, json!({ "data": [one], "links": {} })),
            "/api/v1/inquiries/inq_1" => (200, json!({ "data": one })),
            _ => (200, json!({ "data": [], "links": {} })),
        }
    })
    .await;
    let house = House::of(0).await;
    let mut running = house.sync_with(&server.base_url).await;
    house.until_live(&mut running).await;
    assert_eq!(stored(&running.store, Some("needs_review")).await.len(), 1);
    told.store(false, Ordering::Relaxed);
    house.clock.advance(Duration::from_secs(60));
    house.until(&mut running, |state| state.repaired.is_some()).await;
    assert_eq!(stored(&running.store, Some("approved")).await.len(), 1);
    let asked = server.asked.load(Ordering::Relaxed);
    house.poll(&mut running).await;
    assert_eq!(server.asked.load(Ordering::Relaxed) - asked, 1, "it was a gap once");
}

#[tokio::test]
async fn without_the_right_to_events_the_queue_is_listed_instead() {
    let decided = Arc::new(AtomicBool::new(false));
    let elsewhere = Arc::clone(&decided);
    let server = Server::start(move |asked| {
        let status = if decided.load(Ordering::Relaxed) { "approved" } else { "needs_review" };
        let (one, two) = (inquiry("inq_1", "needs_review"), inquiry("inq_2", status));
        match asked.path {
            "/api/v1/events" => (403, json!({ "errors": [{ "title": "Forbidden" }] })),
            // The queue alone: nothing but the gap in it tells of the decision.
            "/api/v1/inquiries" if status == "approved" => {
                (200, json!({ "data": [one], "links": {} }))
            }
            "/api/v1/inquiries" => (200, json!({ "data": [one, two], "links": {} })),
            "/api/v1/inquiries/inq_1" => (200, json!({ "data": one })),
            "/api/v1/inquiries/inq_2" => (200, json!({ "data": two })),
            _ => (200, json!({ "data": [], "links": {} })),
        }
    })
    .await;
    let house = House::of(0).await;
    let mut running = house.sync_with(&server.base_url).await;
    house.until_live(&mut running).await;
    let asked = server.asked.load(Ordering::Relaxed);
    assert!(asked < 10, "{asked} requests");
    assert_eq!(stored(&running.store, Some("needs_review")).await.len(), 2);
    elsewhere.store(true, Ordering::Relaxed);
    house.poll(&mut running).await;
    let left = stored(&running.store, Some("needs_review")).await;
    assert_eq!(left.into_iter().collect::<Vec<_>>(), ["inq_1"]);
}

#[tokio::test]
async fn a_list_that_never_ends_is_left_where_it_repeats_itself() {
    // A server made from examples: always the same page, always another link.
    let server = Server::start(|asked| match asked {
        Asked { path: "/api/v1/inquiries", nth, .. } => {
            let next = format!("/api/v1/inquiries?page%5Bafter%5D=inq_{nth}");
            (
                200,
                json!({ "data": [inquiry("inq_1", "needs_review")],
                "links": { "prev": null, "next": next } }),
            )
        }
        Asked { path: "/api/v1/cases" | "/api/v1/events", .. } => {
            let next = format!("{}?page%5Bafter%5D=same", asked.path);
            (200, json!({ "data": [], "links": { "prev": null, "next": next } }))
        }
        _ => (200, json!({ "data": inquiry("inq_1", "needs_review") })),
    })
    .await;
    let house = House::of(0).await;
    let mut running = house.sync_with(&server.base_url).await;
    house.until_live(&mut running).await;
    assert_eq!(stored(&running.store, None).await.len(), 1);
    let asked = server.asked.load(Ordering::Relaxed);
    assert!(asked < 20, "{asked} requests");
}

#[tokio::test]
async fn evidence_that_cannot_be_had_is_not_asked_for_again_and_again() {
    let server = Server::start(|asked| match asked {
        Asked { path: "/api/v1/inquiries", .. } => {
            (200, json!({ "data": [inquiry("inq_1", "needs_review")], "links": {} }))
        }
        Asked { path: "/api/v1/inquiries/inq_1", .. } => {
            (404, json!({ "errors": [{ "title": "Record not found" }] }))
        }
        _ => (200, json!({ "data": [], "links": {} })),
    })
    .await;
    let house = House::of(0).await;
    let mut running = house.sync_with(&server.base_url).await;
    house.until_live(&mut running).await;
    let before = server.asked.load(Ordering::Relaxed);
    house.poll(&mut running).await;
    assert_eq!(server.asked.load(Ordering::Relaxed) - before, 1, "the poll alone");
}

#[tokio::test]
async fn an_outage_is_said_and_mended() {
    let house = House::of(60).await;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    house.misbehave("[[rule]]\nfault = \"unavailable\"\n");
    house.until(&mut running, |state| matches!(state.phase, Phase::Offline { .. })).await;
    let Phase::Offline { reason, .. } = running.state.borrow().phase.clone() else { panic!() };
    assert!(reason.as_str().contains("503"), "{reason}");
    let id = house.simulator.inquiries("needs_review")[0].clone();
    house.simulator.elsewhere(&id, "approve");
    house.misbehave("");
    house.until_live(&mut running).await;
    assert_eq!(stored(&running.store, Some("needs_review")).await, house.ids("needs_review"));
}

#[tokio::test]
async fn a_key_that_is_taken_away_is_said_and_a_returned_one_noticed() {
    let house = House::of(60).await;
    let mut running = house.sync().await;
    house.until_live(&mut running).await;
    house.simulator.set_key("persona_sandbox_other");
    house.until(&mut running, |state| matches!(state.phase, Phase::Refused { .. })).await;
    house.simulator.set_key(DEMO_KEY);
    house.until_live(&mut running).await;
}

#[tokio::test]
async fn a_backfill_uses_what_it_may_and_is_never_refused() {
    const LIMIT: usize = 60;
    const WINDOWS: usize = 3;
    // Down to the 15 % that are left to people.
    let permitted = LIMIT - LIMIT * 15 / 100;
    let house = House::limited(2_000, LIMIT as u32).await;
    let opened = house.clock.now();
    let running = house.sync().await;
    let received = || house.simulator.requests().len();
    for window in 1..=WINDOWS {
        for turn in 0.. {
            if received() >= window * permitted {
                break;
            }
            assert!(turn < 5_000_000, "it stopped after {} requests", received());
            tokio::task::yield_now().await;
        }
        // What the answers said of the window is to be known before it is over.
        while running.recorder.stats().attempts < received() {
            tokio::task::yield_now().await;
        }
        for _ in 0..200 {
            tokio::task::yield_now().await;
        }
        assert_eq!(received(), window * permitted, "the rest is left to people");
        if window < WINDOWS {
            // Until the window is over, and the second in which resets are told.
            house.clock.advance(Duration::from_secs(61));
        }
    }
    let refused = house.simulator.requests().iter().filter(|r| r.status == Some(429)).count();
    assert_eq!(refused, 0);
    let seconds = house.clock.now().duration_since(opened).as_secs_f64() + 60.0;
    let rate = received() as f64 / seconds;
    assert!(rate >= 0.95 * permitted as f64 / 60.0, "{rate} a second");
}

#[tokio::test]
async fn catching_up_once_bears_with_a_persona_that_is_out_of_order_for_a_while() {
    let house = House::of(60).await;
    let caught = async |times: u32, fault: &str| {
        house.misbehave(&format!("[[rule]]\ntimes = {times}\nfault = \"{fault}\"\n"));
        let before = (house.clock.now(), house.paths().len());
        let (sync, ..) = house.task(&house.simulator.base_url()).await;
        let caught = tokio::select! {
            caught = sync::once(&sync, sync::Depth::Lists) => caught.map_err(|why| why.to_string()),
            () = house.time_goes_by() => unreachable!("it goes by for good"),
        };
        let seconds = house.clock.now().duration_since(before.0).as_secs();
        (caught, seconds, house.paths().len() - before.1)
    };
    for fault in ["unavailable", "error-unstored"] {
        let (done, seconds, _) = caught(3, fault).await;
        assert!(done.is_ok(), "{fault}: {done:?}");
        assert!(seconds >= 5 + 10 + 20, "{fault}: {seconds} s");
    }
    let (told, _, requests) = caught(99, "unavailable").await;
    assert!(told.unwrap_err().contains("503"));
    assert_eq!(requests, 4, "then it is enough");
    let (told, _, requests) = caught(99, "broken-json").await;
    assert!(told.unwrap_err().contains("cannot be read"));
    assert_eq!(requests, 1, "that does not pass");
}
