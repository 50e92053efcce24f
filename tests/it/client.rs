//! The client over real HTTP against the simulated Persona: every endpoint and every policy.

use std::{fs, os::unix::fs::PermissionsExt, sync::Arc, time::Duration};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{AccountId, CaseId, IdempotencyKey, InquiryId, InquiryStatus, Lane, TemplateId, Text},
    persona::{
        Client, Error, ErrorKind, Found, Link, NoAnswer, PageFrom, Roots, Settings, accounts,
        cases, events, inquiries, limits,
    },
    secret::{KeySource, Secret, Source},
    simulator::{self, DEMO_KEY, Scenario, Simulator},
};
use tokio::task::yield_now;

use crate::story::noon;

/// A client and the Persona it talks to, on one clock.
pub struct Line {
    pub simulator: Simulator,
    pub client: Client,
    pub clock: Clock,
    pub recorder: Arc<Recorder>,
}

impl Line {
    pub async fn open() -> Self {
        Self::limited_to(10_000).await
    }

    /// With so many requests per minute.
    pub async fn limited_to(rate_limit: u32) -> Self {
        Self::of(simulator::Options { inquiries: 60, rate_limit, ..Default::default() }).await
    }

    pub async fn of(options: simulator::Options) -> Self {
        let clock = Clock::manual(noon());
        let listen = ([127, 0, 0, 1], 0).into();
        let simulator = simulator::start(listen, options, clock.clone()).await.unwrap();
        let recorder = Arc::new(Recorder::new(Thresholds::default()));
        let (url, key) = (simulator.base_url(), given(DEMO_KEY));
        let client = client(&url, key, &clock, &recorder).unwrap();
        Self { simulator, client, clock, recorder }
    }

    pub fn fault(&self, rule: &str) {
        self.simulator.set_scenario(Scenario::parse(&format!("[[rule]]\n{rule}\n")).unwrap());
    }

    pub fn waiting(&self) -> InquiryId {
        InquiryId::new(&self.simulator.inquiries("needs_review")[0]).unwrap()
    }

    pub async fn retrieve(&self, id: &InquiryId) -> Result<Found<caseload::model::Inquiry>, Error> {
        self.client.read(&inquiries::Retrieve { id: id.clone() }, Lane::Front).await
    }

    pub async fn limits(&self, lane: Lane) -> Result<Vec<limits::RateLimit>, Error> {
        self.client.read(&limits::RateLimits, lane).await
    }

    /// Until so many requests have come.
    pub async fn received(&self, count: usize) {
        while self.simulator.requests().len() < count {
            yield_now().await;
        }
    }

    /// Lets time go by for as long as this is waited for.
    pub async fn time_goes_by(&self) {
        loop {
            self.clock.advance(Duration::from_millis(500));
            yield_now().await;
        }
    }
}

pub fn client(
    url: &str,
    key: KeySource,
    clock: &Clock,
    recorder: &Arc<Recorder>,
) -> Result<Client, Error> {
    Client::new(settings(url), key, clock.clone(), Arc::clone(recorder))
}

/// Patient enough for a busy machine.
fn settings(url: &str) -> Settings {
    Settings {
        base_url: url.parse().unwrap(),
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(20),
        roots: Roots::Bundled,
    }
}

pub fn given(key: &str) -> KeySource {
    KeySource::given(Secret::new(key.to_owned()))
}

#[tokio::test]
async fn every_read_is_answered() {
    let line = Line::open().await;
    let client = &line.client;
    let id = line.waiting();
    let found = line.retrieve(&id).await.unwrap();
    assert_eq!((&found.object.id, &found.object.status), (&id, &InquiryStatus::NeedsReview));
    let account = found.object.account.clone().unwrap();
    let verifications = found.object.verifications.len();
    let batch = found.into_batch();
    assert_eq!(batch.hydrated, [id]);
    assert!(verifications > 0 && batch.entities.len() > verifications, "evidence came along");

    let case = CaseId::new(&line.simulator.open_cases()[0]).unwrap();
    let found = client.read(&cases::Retrieve { id: case.clone() }, Lane::Front).await.unwrap();
    assert_eq!(found.object.id, case);
    let filter = cases::Filter { status: Some(found.object.status.clone()), ..Default::default() };
    let page = PageFrom::first(100);
    let page = client.read(&cases::List { filter, page }, Lane::Back).await.unwrap();
    assert!(page.items.iter().any(|listed| listed.id == case));

    let retrieve = accounts::Retrieve { id: account.clone() };
    let found = client.read(&retrieve, Lane::Front).await.unwrap().object;
    assert_eq!(found.id, account);
    let list = |reference_ids| accounts::List { reference_ids, page: PageFrom::first(100) };
    let all = client.read(&list(vec![]), Lane::Back).await.unwrap().items;
    let known = all.iter().find(|account| account.reference_id.is_some()).unwrap();
    let named = list(vec![known.reference_id.clone().unwrap()]);
    let named = client.read(&named, Lane::Back).await.unwrap().items;
    assert!(named.contains(known) && named.len() < all.len());

    let names = vec![Text::new("inquiry.marked-for-review"), Text::new("inquiry.approved")];
    let list = events::List { names: names.clone(), objects: vec![], page: PageFrom::first(50) };
    let happened = client.read(&list, Lane::Back).await.unwrap().items;
    assert!(happened.iter().all(|event| names.contains(&event.name) && event.subject.is_some()));

    let limits = line.limits(Lane::Front).await.unwrap();
    assert_eq!(limits[0].limit, 10_000);
    assert!(limits[0].remaining < 10_000 && limits[0].seconds_to_reset <= 60);
}

#[tokio::test]
async fn relations_are_listed_under_their_key() {
    let line = Line::open().await;
    let list = accounts::List { reference_ids: vec![], page: PageFrom::first(100) };
    let all = line.client.read(&list, Lane::Back).await.unwrap().items;
    let mut targets = 0;
    for id in all.into_iter().map(|account| account.id) {
        for key in ["beneficial_owners", "business", "counterparties"].map(Text::new) {
            let list = accounts::Relations::under(id.clone(), key, PageFrom::first(100));
            targets += line.client.read(&list, Lane::Back).await.unwrap().items.len();
        }
    }
    assert!(targets > 0, "nobody is related to anybody");
    let asked = line.simulator.requests();
    let asked = asked.iter().find(|asked| asked.path.ends_with("/relations")).unwrap();
    assert!(asked.query.starts_with("filter%5Bkey%5D=beneficial_owners"), "{}", asked.query);
}

#[tokio::test]
async fn every_write_is_made() {
    let line = Line::open().await;
    let (client, simulator) = (&line.client, &line.simulator);
    let waiting = simulator.inquiries("needs_review");
    let id = |nth: usize| InquiryId::new(&waiting[nth]).unwrap();
    let key = IdempotencyKey::random;
    let front = Lane::Front;

    let comment = Some(Text::new("looks \"fine\", 山"));
    let approve = inquiries::Approve { id: id(0), comment };
    let approved = client.write(&approve, &key(), front).await.unwrap();
    assert_eq!(approved.status, InquiryStatus::Approved);
    assert_eq!(approved.reviewer_comment.unwrap().reveal().as_str(), "looks \"fine\", 山");
    let decline = inquiries::Decline { id: id(1), comment: None };
    let declined = client.write(&decline, &key(), front).await.unwrap();
    assert_eq!(declined.status, InquiryStatus::Declined);

    let link = inquiries::GenerateOneTimeLink { id: id(2), expires_in_seconds: Some(3_600) };
    let link = client.write(&link, &key(), front).await.unwrap();
    assert!(link.link.expose().starts_with("https://") && link.short.is_some());

    let reference_id = Some(Text::new("cust-1"));
    let create = inquiries::Create {
        account: inquiries::NewAccount::Own { type_id: None, reference_id },
        fields: [("name-first".to_owned(), "Ada".into())].into_iter().collect(),
        link: inquiries::WithLink::Yes,
        ..inquiries::Create::of(TemplateId::new("itmpl_Kyc").unwrap())
    };
    let created = client.write(&create, &key(), front).await.unwrap();
    assert!(created.link.is_some());
    assert_eq!(created.inquiry.fields[0].value.reveal().as_str(), "Ada");
    let created = created.inquiry.id;
    let escalate = inquiries::MarkForReview { id: created.clone() };
    let escalated = client.write(&escalate, &key(), front).await.unwrap();
    assert_eq!(escalated.status, InquiryStatus::NeedsReview);

    let without = inquiries::Create { link: inquiries::WithLink::No, ..create };
    let second = client.write(&without, &key(), front).await.unwrap();
    assert!(second.link.is_none());
    simulator.elsewhere(second.inquiry.id.as_str(), "expire");
    let resume = inquiries::Resume { id: second.inquiry.id };
    let resumed = client.write(&resume, &key(), front).await.unwrap();
    assert_eq!(resumed.status, InquiryStatus::Pending);

    let case = CaseId::new(&simulator.open_cases()[0]).unwrap();
    let email = Text::new("jane@example.test");
    let assign = cases::Assign { id: case.clone(), email: email.clone() };
    let assigned = client.write(&assign, &key(), front).await.unwrap();
    assert_eq!(assigned.assignee, Some(email));
    let same = cases::SetStatus { id: case, status: assigned.status.clone() };
    assert_eq!(client.write(&same, &key(), front).await.unwrap().status, assigned.status);
}

#[tokio::test]
async fn pages_are_followed_to_the_end() {
    let line = Line::open().await;
    let filter = || inquiries::Filter {
        statuses: vec![InquiryStatus::NeedsReview, InquiryStatus::Approved],
        ..Default::default()
    };
    let mut page = PageFrom::first(7);
    let mut found = Vec::new();
    loop {
        let list = inquiries::List { filter: filter(), page };
        let answer = line.client.read(&list, Lane::Back).await.unwrap();
        found.extend(answer.items.into_iter().map(|inquiry| inquiry.id.as_str().to_owned()));
        match answer.next {
            Some(next) => page = PageFrom::Link(next),
            None => break,
        }
    }
    let mut expected = line.simulator.inquiries("needs_review");
    expected.extend(line.simulator.inquiries("approved"));
    assert!(expected.len() > 14, "more than two pages");
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_link_out_of_the_api_is_not_followed() {
    let line = Line::open().await;
    for link in ["https://evil.test/api/v1/inquiries", "/oauth/token", "//evil.test/api/v1/x"] {
        let page = PageFrom::Link(Link::new(link));
        let list = cases::List { filter: Default::default(), page };
        let why = line.client.read(&list, Lane::Front).await.unwrap_err();
        assert!(matches!(why.kind(), ErrorKind::Refused(_)), "{link}: {why}");
    }
    assert_eq!(line.simulator.requests(), []);
}

#[tokio::test]
async fn a_write_is_sent_once_and_a_replay_changes_nothing() {
    let line = Line::open().await;
    let id = line.waiting();
    let approve = inquiries::Approve { id: id.clone(), comment: None };
    let key = IdempotencyKey::random();
    line.fault("method = \"POST\"\ntimes = 1\nfault = \"lost-answer\"");
    let lost = line.client.write(&approve, &key, Lane::Front).await.unwrap_err();
    assert!(matches!(lost.kind(), ErrorKind::NoAnswer(NoAnswer::Cut)), "{lost}");
    assert_eq!(line.simulator.requests().len(), 1, "repeating a decision is not the client's");
    for _ in 0..2 {
        let replay = line.client.write(&approve, &key, Lane::Front).await.unwrap();
        assert_eq!(replay.status, InquiryStatus::Approved);
    }
    assert_eq!(line.simulator.effects(id.as_str()), 1);
    let decline = inquiries::Decline { id, comment: None };
    let misused = line.client.write(&decline, &key, Lane::Front).await.unwrap_err();
    assert!(matches!(misused.kind(), ErrorKind::KeyMisused), "{misused}");
    assert!(misused.to_string().contains("Idempotency error"), "{misused}");
}

#[tokio::test]
async fn refusals_are_told_apart() {
    let line = Line::open().await;
    let missing = line.retrieve(&InquiryId::new("inq_none").unwrap()).await.unwrap_err();
    assert!(matches!(missing.kind(), ErrorKind::NotFound), "{missing}");
    assert_eq!(missing.status(), Some(404));
    assert!(missing.request_id().is_some(), "for a question to Persona");

    let decided = InquiryId::new(&line.simulator.inquiries("approved")[0]).unwrap();
    let escalate = inquiries::MarkForReview { id: decided };
    let late = line.client.write(&escalate, &IdempotencyKey::random(), Lane::Front).await;
    let late = late.unwrap_err();
    assert!(matches!(late.kind(), ErrorKind::Conflict { stale: false }), "{late}");

    line.fault("method = \"POST\"\nfault = \"stale\"");
    let approve = inquiries::Approve { id: line.waiting(), comment: None };
    let stale = line.client.write(&approve, &IdempotencyKey::random(), Lane::Front).await;
    assert!(matches!(stale.unwrap_err().kind(), ErrorKind::Conflict { stale: true }));

    let nobody = AccountId::new("act_none").unwrap();
    let relations = accounts::Relations::under(nobody, Text::new("k"), PageFrom::first(10));
    let unknown = line.client.read(&relations, Lane::Front).await.unwrap_err();
    assert!(matches!(unknown.kind(), ErrorKind::NotFound), "{unknown}");
    assert_eq!(line.recorder.stats().error_rate, Some(0.0), "a refusal is an answer");
}

#[tokio::test]
async fn a_wrong_key_is_refused_and_a_new_one_is_noticed() {
    let line = Line::open().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("key");
    let write = |key: &str| {
        fs::write(&path, key).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    };
    let source = KeySource::new(Source::File(path.clone()));
    let client = client(&line.simulator.base_url(), source, &line.clock, &line.recorder).unwrap();
    let none = client.read(&limits::RateLimits, Lane::Front).await.unwrap_err();
    assert!(matches!(none.kind(), ErrorKind::Key(_)), "{none}");
    assert_eq!(line.simulator.requests(), []);

    write("persona_sandbox_wrong");
    let wrong = client.read(&limits::RateLimits, Lane::Front).await.unwrap_err();
    assert!(matches!(wrong.kind(), ErrorKind::Unauthorized), "{wrong}");
    assert_eq!(line.simulator.requests().len(), 1, "the same key is not tried twice");

    write(DEMO_KEY);
    client.read(&limits::RateLimits, Lane::Front).await.unwrap();
    line.simulator.set_key("persona_sandbox_rotated");
    write("persona_sandbox_rotated");
    let approve = inquiries::Approve { id: line.waiting(), comment: None };
    client.write(&approve, &IdempotencyKey::random(), Lane::Front).await.unwrap();
    let requests = line.simulator.requests();
    let [refused, done] = &requests[requests.len() - 2..] else { unreachable!("there are more") };
    assert_eq!((refused.status, done.status), (Some(401), Some(200)));
    assert!(refused.idempotency_key.is_some() && refused.idempotency_key == done.idempotency_key);

    // Before the old one ends, nothing has to be refused.
    let count = line.simulator.requests().len();
    line.simulator.add_key("persona_sandbox_next");
    assert!(!client.key().look().await.unwrap());
    write("persona_sandbox_next");
    assert!(client.key().look().await.unwrap());
    write("two words");
    assert!(client.key().look().await.is_err(), "the one in use stays");
    client.read(&limits::RateLimits, Lane::Front).await.unwrap();
    assert_eq!(line.simulator.requests().len(), count + 1);
    assert_eq!(client.key().get().await.unwrap().expose(), "persona_sandbox_next");
}

#[tokio::test]
async fn a_command_is_asked_once_however_many_were_refused() {
    let line = Line::open().await;
    let folder = tempfile::tempdir().unwrap();
    let (vault, count) = (folder.path().join("vault"), folder.path().join("count"));
    fs::write(&vault, DEMO_KEY).unwrap();
    let script = format!("echo x >> {}; sleep 0.1; cat {}", count.display(), vault.display());
    let source = Source::Command(["sh", "-c", &script].map(str::to_owned).to_vec());
    let source = KeySource::new(source);
    let client = client(&line.simulator.base_url(), source, &line.clock, &line.recorder).unwrap();
    let all = || async {
        let ask = || client.read(&limits::RateLimits, Lane::Front);
        tokio::join!(ask(), ask(), ask(), ask())
    };
    let asked = || fs::read_to_string(&count).unwrap().lines().count();
    let (a, b, c, d) = all().await;
    assert!([a, b, c, d].iter().all(Result::is_ok));
    assert_eq!(asked(), 1);
    // So soon it is not asked again: it may have asked somebody.
    line.simulator.set_key("persona_sandbox_rotated");
    let (a, b, c, d) = all().await;
    let is_refused = |answer: &Result<_, caseload::persona::Error>| {
        answer.as_ref().is_err_and(|why| matches!(why.kind(), ErrorKind::Unauthorized))
    };
    assert!([a, b, c, d].iter().all(is_refused));
    assert_eq!(asked(), 1);
}

#[tokio::test]
async fn an_answer_from_another_environment_is_no_answer() {
    let line = Line::open().await;
    assert_eq!(line.client.environment(), None);
    line.limits(Lane::Front).await.unwrap();
    let here = line.client.environment().unwrap();
    line.client.pin_environment(here);
    line.limits(Lane::Front).await.unwrap();
    line.client.pin_environment(Text::new("env_other"));
    let read = line.limits(Lane::Front).await.unwrap_err();
    assert!(matches!(read.kind(), ErrorKind::OtherEnvironment { .. }), "{read}");
    let id = line.waiting();
    let approve = inquiries::Approve { id: id.clone(), comment: None };
    let write = line.client.write(&approve, &IdempotencyKey::random(), Lane::Front).await;
    assert!(matches!(write.unwrap_err().kind(), ErrorKind::OtherEnvironment { .. }));
    assert_eq!(line.simulator.effects(id.as_str()), 0, "nothing is written there");
}

#[tokio::test]
async fn silence_is_told_apart_and_a_cut_read_is_repeated() {
    let line = Line::open().await;
    line.fault("times = 1\nfault = \"stuck\"");
    let hasty =
        Settings { timeout: Duration::from_millis(300), ..settings(&line.simulator.base_url()) };
    let recorder = Arc::clone(&line.recorder);
    let hasty = Client::new(hasty, given(DEMO_KEY), line.clock.clone(), recorder).unwrap();
    let silent = hasty.read(&limits::RateLimits, Lane::Front).await.unwrap_err();
    assert!(matches!(silent.kind(), ErrorKind::NoAnswer(NoAnswer::Timeout)), "{silent}");

    // Whoever needs not wait tries once more, on another connection.
    let before = line.simulator.requests().len();
    line.fault("times = 2\nfault = \"lost-request\"");
    let cut = tokio::select! {
        answer = line.limits(Lane::Back) => answer.unwrap_err(),
        () = line.time_goes_by() => unreachable!("it goes by for good"),
    };
    assert!(matches!(cut.kind(), ErrorKind::NoAnswer(NoAnswer::Cut)), "{cut}");
    assert_eq!(line.simulator.requests().len() - before, 2);

    let before = line.simulator.requests().len();
    line.fault("times = 2\nfault = \"lost-request\"");
    tokio::select! {
        answer = line.limits(Lane::Front) => drop(answer.unwrap()),
        () = line.time_goes_by() => {}
    }
    assert_eq!(line.simulator.requests().len() - before, 3, "the third try was answered");
}

#[tokio::test]
async fn a_429_waits_for_its_window_and_succeeds() {
    let line = Line::limited_to(2).await;
    line.limits(Lane::Back).await.unwrap();
    line.clock.advance(Duration::from_secs(53));
    // Somebody else uses up what is left: seven seconds before the window is over.
    line.fault("times = 1\nfault = \"rate-limited\"");
    let patient = async {
        line.received(2).await;
        line.time_goes_by().await;
    };
    tokio::select! {
        answer = line.limits(Lane::Front) => drop(answer.unwrap()),
        () = patient => {}
    }
    let statuses: Vec<_> = line.simulator.requests().iter().map(|asked| asked.status).collect();
    assert_eq!(statuses, [Some(200), Some(429), Some(200)]);

    // A whole minute is too long for a person: it is said at once.
    line.fault("times = 1\nfault = \"rate-limited\"");
    let told = line.limits(Lane::Front).await.unwrap_err();
    let wait = told.retry_after().unwrap();
    assert!(wait > Duration::from_secs(10), "{wait:?}");
}

#[tokio::test]
async fn the_back_lane_stops_where_the_reserve_for_people_begins() {
    let line = Arc::new(Line::limited_to(20).await);
    let walker = Arc::clone(&line);
    let walk = tokio::spawn(async move {
        for _ in 0..30 {
            walker.limits(Lane::Back).await.unwrap();
        }
    });
    line.received(17).await;
    for _ in 0..3 {
        line.limits(Lane::Front).await.unwrap();
    }
    assert_eq!(line.simulator.requests().len(), 20, "15 % of 20 were left to people");
    assert_eq!(line.recorder.stats().budget.unwrap().remaining, 0);
    tokio::select! {
        done = walk => done.unwrap(),
        () = line.time_goes_by() => {}
    }
    assert!(line.simulator.requests().iter().all(|asked| asked.status == Some(200)), "no 429");
}

#[tokio::test]
async fn every_attempt_is_measured_once() {
    let line = Line::open().await;
    line.fault("times = 1\nfault = \"unavailable\"");
    tokio::select! {
        answer = line.limits(Lane::Front) => drop(answer.unwrap()),
        () = line.time_goes_by() => {}
    }
    let stats = line.recorder.stats();
    assert_eq!((stats.attempts, stats.error_rate), (2, Some(0.5)));
    assert!(stats.p50.is_some() && stats.budget.is_some());
}

#[tokio::test]
async fn an_abandoned_request_is_counted_but_no_longer_under_way() {
    let line = Line::limited_to(3).await;
    line.limits(Lane::Front).await.unwrap();
    line.fault("times = 1\nfault = \"stuck\"");
    let moment = async {
        for _ in 0..50 {
            yield_now().await;
        }
    };
    tokio::select! {
        biased;
        _ = line.limits(Lane::Front) => panic!("it is stuck"),
        () = moment => {}
    }
    line.limits(Lane::Front).await.unwrap();
}
