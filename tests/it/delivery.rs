//! Decisions on their way to a Persona that misbehaves, without a console: each has its effect
//! exactly once, whatever is lost, refused or killed in between.

use std::{sync::Arc, time::Duration};

use caseload::{
    busy::Busy,
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{
        Action, ActionId, ActionState, Batch, CaseId, ClaimTag, Entity, Evidence, IdempotencyKey,
        InquiryId, Lane, NewInquiry, Subject, TemplateId, Text, Verb,
    },
    outbox::{self, LinkReady},
    persona::{self, Client, PageFrom, Roots, cases, inquiries},
    secret::{KeySource, Secret},
    simulator::{self, DEMO_KEY, Scenario, Simulator},
    store::Store,
};
use tempfile::TempDir;
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

struct Office {
    simulator: Simulator,
    clock: Clock,
    folder: TempDir,
    /// Workers so far.
    hired: u32,
    /// How long a client waits for an answer.
    patience: Duration,
}

/// A process with an outbox; dropping it is a kill.
struct Process {
    store: Store,
    busy: Busy,
    worker: String,
    task: JoinHandle<()>,
    links: mpsc::UnboundedReceiver<LinkReady>,
}

impl Drop for Process {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Office {
    async fn open() -> Self {
        let options =
            simulator::Options { inquiries: 60, rate_limit: 10_000, ..Default::default() };
        Self::of(options).await
    }

    async fn of(options: simulator::Options) -> Self {
        let clock = Clock::manual("2026-03-02T12:00:00Z".parse().unwrap());
        let listen = ([127, 0, 0, 1], 0).into();
        let simulator = simulator::start(listen, options, clock.clone()).await.unwrap();
        Self {
            simulator,
            clock,
            folder: TempDir::new().unwrap(),
            hired: 0,
            patience: Duration::from_secs(10),
        }
    }

    fn client(&self) -> Client {
        let settings = persona::Settings {
            base_url: self.simulator.base_url().parse().unwrap(),
            connect_timeout: self.patience,
            timeout: self.patience,
            roots: Roots::Bundled,
        };
        let key = KeySource::given(Secret::new(DEMO_KEY.to_owned()));
        let recorder = Arc::new(Recorder::new(Thresholds::default()));
        Client::new(settings, key, self.clock.clone(), recorder).unwrap()
    }

    async fn store(&self) -> Store {
        Store::open(&self.folder.path().join("store.db"), self.clock.clone()).await.unwrap()
    }

    async fn hire(&mut self) -> Process {
        self.hired += 1;
        let worker = format!("w{}", self.hired);
        let (store, busy) = (self.store().await, Busy::default());
        let (links_tx, links) = mpsc::unbounded_channel();
        let delivery = outbox::Delivery {
            store: store.clone(),
            client: Arc::new(self.client()),
            clock: self.clock.clone(),
            worker: worker.clone(),
            links: links_tx,
            claims: ClaimTag::new("reviewing:"),
            reviewer: Text::new("jane"),
        };
        let task = tokio::spawn(outbox::run(delivery, busy.clone(), CancellationToken::new()));
        Process { store, busy, worker, task, links }
    }

    fn misbehave(&self, rules: &str) {
        self.simulator.set_scenario(Scenario::parse(rules).unwrap());
    }

    /// A decision about an inquiry as it is now, due at once.
    async fn decide(&self, id: &str, verb: Verb) -> Action {
        let id = InquiryId::new(id).unwrap();
        let ask = inquiries::Retrieve { id: id.clone() };
        let inquiry = self.client().read(&ask, Lane::Front).await.unwrap().object;
        let status = Text::new(inquiry.status.as_str());
        self.action(Subject::Inquiry(id), verb, Evidence { status, updated_at: inquiry.updated_at })
    }

    fn action(&self, subject: Subject, verb: Verb, evidence: Evidence) -> Action {
        let now = self.clock.now();
        Action {
            id: ActionId::new(IdempotencyKey::random().as_str()).unwrap(),
            subject,
            verb,
            evidence,
            reason_code: None,
            comment: None,
            reviewer: Text::new("jane"),
            decided_at: now,
            state: ActionState::Held { until: now },
            key: IdempotencyKey::random(),
            key_sent_at: None,
            attempts: 0,
            must_read: false,
            after: None,
            bulk: None,
            proposed_with: None,
            confirmed_by: None,
        }
    }

    /// Lets seconds pass until the store says so.
    async fn until(&self, process: &Process, reached: impl AsyncFn(&Store) -> bool) {
        let mut changes = process.store.changes();
        for _ in 0..4_000 {
            if reached(&process.store).await {
                return;
            }
            // Work under way is waited for; a pause is cut short by the clock.
            let moved = tokio::time::timeout(Duration::from_millis(5), changes.recv()).await;
            if moved.is_err() {
                self.clock.advance(Duration::from_millis(500));
            }
        }
        panic!("it never came to that: {:?}", process.store.open_actions().await);
    }

    async fn settled(&self, process: &Process) {
        let unsettled = async |store: &Store| {
            !store.open_actions().await.unwrap().iter().any(|a| a.state.is_open())
        };
        self.until(process, unsettled).await;
        process.busy.idle().await;
    }

    fn posts(&self, id: &str) -> Vec<String> {
        let requests = self.simulator.requests().into_iter();
        requests
            .filter(|r| r.method == "POST" && r.path.contains(id))
            .filter_map(|r| r.idempotency_key)
            .collect()
    }
}

#[tokio::test]
async fn every_misfortune_has_one_effect_and_the_right_key() {
    let once = |fault: &str, times: u32| {
        format!("[[rule]]\nmethod = \"POST\"\ntimes = {times}\nfault = \"{fault}\"\n")
    };
    // Fault, how often, and how many different keys Persona sees.
    let table = [
        ("lost-answer", 3, 1),
        ("lost-request", 2, 1),
        ("rate-limited", 2, 1),
        ("error", 1, 2),
        ("error-after", 1, 1),
        ("unavailable", 2, 3),
        ("stale", 1, 2),
        ("timed-out", 2, 1),
        ("unauthorized", 1, 1),
        ("error-unstored", 1, 2),
        ("stuck-after", 1, 1),
        ("broken-json", 1, 1),
    ];
    for (fault, times, keys) in table {
        let mut office = Office::open().await;
        let id = office.simulator.inquiries("needs_review")[0].clone();
        let action = office.decide(&id, Verb::Approve).await;
        if fault == "stuck-after" {
            office.patience = Duration::from_millis(300);
        }
        let process = office.hire().await;
        office.misbehave(&once(fault, times));
        process.store.submit(&action, &process.worker).await.unwrap();
        office.settled(&process).await;
        assert_eq!(office.simulator.status(&id).unwrap(), "approved", "{fault}");
        assert_eq!(office.simulator.effects(&id), 1, "{fault}");
        let mut seen = office.posts(&id);
        seen.dedup();
        assert_eq!(seen.len(), keys, "{fault}: {seen:?}");
        let lines = process.store.journal_lines().await.unwrap();
        assert!(lines.last().unwrap().0.contains(r#""what":"done""#), "{fault}");
    }
}

#[tokio::test]
async fn a_refusal_is_shown_with_what_made_persona_refuse() {
    let mut office = Office::open().await;
    let process = office.hire().await;
    // The evidence is right, but the step is not possible: Persona answers 409.
    let id = office.simulator.inquiries("approved")[0].clone();
    let action = office.decide(&id, Verb::MarkForReview).await;
    process.store.submit(&action, &process.worker).await.unwrap();
    office.settled(&process).await;
    let refused = process.store.open_actions().await.unwrap().remove(0);
    assert!(matches!(&refused.state, ActionState::Rejected { .. }), "{:?}", refused.state);
    assert_eq!(office.posts(&id).len(), 1, "once is enough");
    let file = process.store.inquiry(&InquiryId::new(&id).unwrap()).await.unwrap();
    assert!(file.is_some(), "it was read again");
}

#[tokio::test]
async fn a_link_for_an_expired_inquiry_resumes_it_and_goes_out_once() {
    for rules in ["", "[[rule]]\nmethod = \"POST\"\ntimes = 2\nfault = \"lost-answer\"\n"] {
        let mut office = Office::open().await;
        let mut process = office.hire().await;
        let id = office.simulator.inquiries("expired")[0].clone();
        let verb = Verb::OneTimeLink { expires_in_seconds: Some(3_600) };
        let action = office.decide(&id, verb).await;
        office.misbehave(rules);
        process.store.submit(&action, &process.worker).await.unwrap();
        office.settled(&process).await;
        let ready = process.links.try_recv().unwrap();
        assert!(ready.link.expose().starts_with("https://"));
        assert_eq!(ready.action, action.id);
        assert!(process.links.try_recv().is_err(), "one link");
        assert_eq!(office.simulator.status(&id).unwrap(), "pending");
        let written = process.store.journal_lines().await.unwrap();
        let secret = ready.link.expose();
        assert!(written.iter().all(|(line, _)| !line.contains(secret.as_str())));
    }
}

#[tokio::test]
async fn a_case_gets_its_status_and_its_reviewer() {
    let mut office = Office::open().await;
    let process = office.hire().await;
    let id = CaseId::new(&office.simulator.open_cases()[0]).unwrap();
    let page = PageFrom::first(100);
    let all = cases::List { filter: cases::Filter::default(), page };
    let all = office.client().read(&all, Lane::Front).await.unwrap().items;
    let case = all.into_iter().find(|case| case.id == id).unwrap();
    let taken = office.client();
    let found = taken.read(&cases::Retrieve { id: id.clone() }, Lane::Front).await.unwrap();
    assert_eq!(found.object.status, case.status);
    let evidence = Evidence { status: case.status.clone(), updated_at: case.updated_at };
    let wanted = if case.status.as_str() == "Pending" { "Open" } else { "Pending" };
    let verb = Verb::SetCaseStatus(Text::new(wanted));
    let action = office.action(Subject::Case(id.clone()), verb, evidence);
    process.store.submit(&action, &process.worker).await.unwrap();
    office.settled(&process).await;
    let stored = process.store.case(&id).await.unwrap();
    match stored {
        Some(file) => assert_eq!(
            Some(file.case.status.to_string()),
            office.simulator.status(id.as_str()),
            "what Persona answered is known at once"
        ),
        None => panic!("{:?}", process.store.open_actions().await),
    }
}

#[tokio::test]
async fn killed_at_any_moment_it_arrives_exactly_once() {
    let stuck = "[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"stuck\"\n";
    let lost = "[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"lost-answer\"\n";
    let unread = "[[rule]]\nmethod = \"GET\"\ntimes = 1\nfault = \"stuck\"\n";
    // What goes wrong, and how often it has been sent when the process is killed.
    for (rules, attempts) in [("", 0), ("", 1), (stuck, 1), (lost, 1), (unread, 0)] {
        let mut office = Office::open().await;
        let id = office.simulator.inquiries("needs_review")[0].clone();
        let action = office.decide(&id, Verb::Decline).await;
        // Of those who send; whoever decides has more.
        office.patience = Duration::from_millis(300);
        let process = office.hire().await;
        office.misbehave(rules);
        process.store.submit(&action, &process.worker).await.unwrap();
        let that_far = async |store: &Store| {
            let open = store.open_actions().await.unwrap();
            open.iter().all(|a| a.state != action.state && a.attempts >= attempts)
        };
        office.until(&process, that_far).await;
        drop(process);
        let next = office.hire().await;
        office.settled(&next).await;
        assert_eq!(office.simulator.status(&id).unwrap(), "declined", "{rules}");
        assert_eq!(office.simulator.effects(&id), 1, "{rules}");
    }
}

#[tokio::test]
async fn two_workers_on_one_store_do_not_send_twice() {
    let mut office = Office::open().await;
    let (one, two) = (office.hire().await, office.hire().await);
    let ids: Vec<String> = office.simulator.inquiries("needs_review").into_iter().take(8).collect();
    for (nth, id) in ids.iter().enumerate() {
        let action = office.decide(id, Verb::Approve).await;
        let process = if nth % 2 == 0 { &one } else { &two };
        process.store.submit(&action, &process.worker).await.unwrap();
    }
    office.settled(&one).await;
    for id in &ids {
        assert_eq!(office.simulator.effects(id), 1, "{id}");
        assert_eq!(office.posts(id).len(), 1, "{id}");
    }
}

#[tokio::test]
async fn the_row_shows_what_persona_answered_without_another_look() {
    let mut office = Office::open().await;
    let process = office.hire().await;
    let id = office.simulator.inquiries("needs_review")[0].clone();
    let action = office.decide(&id, Verb::Approve).await;
    let known = office.client();
    let ask = inquiries::Retrieve { id: InquiryId::new(&id).unwrap() };
    let before = known.read(&ask, Lane::Front).await.unwrap().object;
    process.store.apply(Batch::of([Entity::Inquiry(before)])).await.unwrap();
    process.store.submit(&action, &process.worker).await.unwrap();
    office.settled(&process).await;
    let file = process.store.inquiry(&InquiryId::new(&id).unwrap()).await.unwrap().unwrap();
    assert_eq!(file.inquiry.status.as_str(), "approved");
    assert_eq!(file.action, None);
}

#[tokio::test]
async fn a_quota_of_creates_holds_up_creates_and_no_decision() {
    let options =
        simulator::Options { inquiries: 60, quota: 1, rate_limit: 10_000, ..Default::default() };
    let mut office = Office::of(options).await;
    let process = office.hire().await;
    let create = |reference: &str| {
        let new = NewInquiry {
            template: TemplateId::new("itmpl_Kyc").unwrap(),
            account: None,
            reference_id: Some(Text::new(reference)),
            fields: Vec::new(),
            link_seconds: None,
        };
        let evidence = Evidence { status: Text::default(), updated_at: None };
        let subject = Subject::NewInquiry(ActionId::new(reference).unwrap());
        let action = office.action(subject, Verb::CreateInquiry(new), evidence);
        Action { id: ActionId::new(reference).unwrap(), ..action }
    };
    // More than are delivered at the same time: they must not stand in each other's way.
    let creates: Vec<Action> = (0..6).map(|nth| create(&format!("cust_{nth}"))).collect();
    for action in &creates {
        process.store.submit(action, &process.worker).await.unwrap();
    }
    let waiting = async |store: &Store| {
        let open = store.open_actions().await.unwrap();
        open.iter().filter(|a| matches!(a.state, ActionState::Waiting { .. })).count()
    };
    office.until(&process, async |store| waiting(store).await >= 4).await;
    let id = office.simulator.inquiries("needs_review")[0].clone();
    let decision = office.decide(&id, Verb::Approve).await;
    process.store.submit(&decision, &process.worker).await.unwrap();
    let approved = async |_: &Store| office.simulator.status(&id).as_deref() == Some("approved");
    office.until(&process, approved).await;
    assert!(waiting(&process.store).await > 0, "the decision did not wait for them");
    office.settled(&process).await;
    let made = office.simulator.requests().into_iter();
    let made = made.filter(|r| r.path.ends_with("/inquiries") && r.status == Some(201)).count();
    assert_eq!(made, creates.len(), "each is made once");
}

#[tokio::test]
async fn a_clock_that_is_set_does_not_send_twice_or_hold_up_for_good() {
    for hours in [-24, 24] {
        let mut office = Office::open().await;
        let process = office.hire().await;
        let id = office.simulator.inquiries("needs_review")[0].clone();
        let action = office.decide(&id, Verb::Approve).await;
        office.misbehave("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"lost-answer\"\n");
        process.store.submit(&action, &process.worker).await.unwrap();
        let waits = async |store: &Store| {
            let open = store.open_actions().await.unwrap();
            open.iter().any(|a| matches!(a.state, ActionState::Waiting { .. }))
        };
        office.until(&process, waits).await;
        office.clock.set(office.clock.now() + jiff::SignedDuration::from_hours(hours));
        office.settled(&process).await;
        assert_eq!(office.simulator.effects(&id), 1, "{hours}");
    }
}
