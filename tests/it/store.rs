//! The local copy: newer wins, windows, the outbox's steps, and two processes on one file.

use std::{fs, os::unix::fs::PermissionsExt, path::Path, time::Duration};

use caseload::{
    clock::Clock,
    journal,
    model::{
        Action, ActionId, ActionState, Batch, Case, CaseId, Check, Entity, Event, EventId,
        Evidence, Field, IdempotencyKey, Inquiry, InquiryId, InquiryStatus, JournalEntry, Pii,
        Subject, Text, Timestamp, Unfinished, Verb, Verification, Written,
        day::{Fate, Judgement},
        filter::{List, SavedView},
    },
    store::{
        CaseView, Changes, Claim, Deed, Error, InquiryView, Place, Scope, Sends, Spoken, Store,
        SubmitError, Undone, Whose, Window,
    },
};
use serde_json::json;
use tempfile::TempDir;
use tokio::sync::broadcast::{Receiver, error::TryRecvError};

use crate::postgres::Database;

struct Shelf {
    dir: TempDir,
    clock: Clock,
    /// Where there is none, a file.
    server: Option<Database>,
}

impl Shelf {
    fn new() -> Self {
        let start = "2026-03-02T10:00:00Z".parse().unwrap();
        Self { dir: TempDir::new().unwrap(), clock: Clock::manual(start), server: None }
    }

    /// None where no server is installed.
    async fn on_a_server() -> Option<Self> {
        Some(Self { server: Some(Database::new().await?), ..Self::new() })
    }

    fn place(&self) -> Place {
        match &self.server {
            Some(server) => server.place("sandbox", &self.path()),
            None => Place::File(self.path()),
        }
    }

    fn path(&self) -> std::path::PathBuf {
        self.dir.path().join("data").join("store.db")
    }

    async fn open(&self) -> Store {
        Store::open_at(&self.place(), None, self.clock.clone()).await.unwrap()
    }
}

/// Each of these is told twice: of a file, and of a shared database.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod on_a_file {
            $(#[tokio::test]
            async fn $name() {
                super::$name(super::Shelf::new()).await;
            })+
        }

        mod on_a_server {
            $(#[tokio::test]
            async fn $name() {
                if let Some(shelf) = super::Shelf::on_a_server().await {
                    super::$name(shelf).await;
                }
            })+
        }
    };
}

on_both!(
    newer_wins_and_only_what_moved_is_told,
    a_row_of_a_list_does_not_wipe_the_evidence,
    windows_show_a_part_in_the_order_of_the_work,
    a_search_is_text_and_no_pattern,
    late_cases_come_first_and_mark_their_inquiries,
    a_decision_is_joined_to_its_row_and_is_the_only_one,
    a_refusal_stays_on_its_row_until_it_is_read,
    either_the_undo_or_the_worker_gets_it,
    a_worker_that_went_silent_loses_its_claim,
    one_on_duty_sends_for_all_and_answers_stay_where_they_are_needed,
    events_are_taken_in_once_whatever_their_order,
    case_statuses_are_learnt_from_cases,
    a_reviewers_own_decisions_are_told_and_nobody_elses,
    whoever_is_forgotten_is_named_by_no_view_and_written_about_nowhere,
);

fn at(second: i64) -> Option<Timestamp> {
    let start: Timestamp = "2026-03-02T09:00:00Z".parse().unwrap();
    Some(start + jiff::SignedDuration::from_secs(second))
}

/// An inquiry that has waited since a second of the morning.
pub fn inquiry(id: &str, status: &str, second: i64) -> Inquiry {
    let bare = json!({ "id": id, "status": status, "verifications": [], "tags": [], "fields": [] });
    Inquiry {
        created_at: at(second),
        updated_at: at(second),
        ..serde_json::from_value(bare).unwrap()
    }
}

fn case(id: &str, status: &str) -> Case {
    let bare = json!({
        "id": id, "status": status, "tags": [], "inquiries": [], "accounts": [], "fields": [],
    });
    serde_json::from_value(bare).unwrap()
}

fn verification(id: &str, status: &str) -> Verification {
    let bare = json!({
        "id": id, "kind": "government-id", "status": status, "checks": [], "fields": [],
    });
    let check = json!({
        "name": "id_expired_detection", "status": status, "requirement": "required", "reasons": [],
    });
    let check: Check = serde_json::from_value(check).unwrap();
    Verification { checks: vec![check], ..serde_json::from_value(bare).unwrap() }
}

pub fn action(inquiry: &str, clock: &Clock) -> Action {
    let now = clock.now();
    Action {
        id: ActionId::new(&format!("act-{inquiry}")).unwrap(),
        subject: Subject::Inquiry(InquiryId::new(inquiry).unwrap()),
        verb: Verb::Approve,
        evidence: Evidence { status: Text::new("needs_review"), updated_at: at(0) },
        reason_code: Some(Text::new("evidence_ok")),
        comment: None,
        reviewer: Text::new("jane"),
        decided_at: now,
        state: ActionState::Held { until: now + Duration::from_secs(5) },
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

async fn put(store: &Store, entities: impl IntoIterator<Item = Entity>) {
    store.apply(Batch::of(entities)).await.unwrap();
}

/// What moved since it was last asked. A server is heard a moment after the store is open, and that anything may
/// have moved until then is no news.
pub fn news(told: &mut Receiver<Changes>) -> Vec<Changes> {
    let mut news = Vec::new();
    loop {
        match told.try_recv() {
            Ok(changes) if changes == Changes::everything() => {}
            Ok(changes) => news.push(changes),
            Err(why) => {
                assert_eq!(why, TryRecvError::Empty);
                return news;
            }
        }
    }
}

async fn status(store: &Store, id: &str) -> InquiryStatus {
    store.inquiry(&InquiryId::new(id).unwrap()).await.unwrap().unwrap().inquiry.status
}

fn review() -> InquiryView {
    InquiryView { status: Some(InquiryStatus::NeedsReview), ..InquiryView::default() }
}

const ALL: Window = Window { first: 0, rows: 1_000 };

async fn newer_wins_and_only_what_moved_is_told(shelf: Shelf) {
    let store = shelf.open().await;
    let mut told = store.changes();
    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 10))]).await;
    assert!(news(&mut told)[0].inquiries);
    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 10))]).await;
    put(&store, [Entity::Inquiry(inquiry("inq_1", "pending", 9))]).await;
    assert_eq!(news(&mut told), [], "nothing moved");
    assert_eq!(status(&store, "inq_1").await, InquiryStatus::NeedsReview);
    put(&store, [Entity::Inquiry(inquiry("inq_1", "approved", 11))]).await;
    assert_eq!(status(&store, "inq_1").await, InquiryStatus::Approved);
    assert!(news(&mut told)[0].inquiries);
    let unversioned = Inquiry { updated_at: None, ..inquiry("inq_1", "declined", 0) };
    put(&store, [Entity::Inquiry(unversioned)]).await;
    assert_eq!(status(&store, "inq_1").await, InquiryStatus::Declined, "no version: taken");
}

async fn a_row_of_a_list_does_not_wipe_the_evidence(shelf: Shelf) {
    let store = shelf.open().await;
    let id = InquiryId::new("inq_1").unwrap();
    let name = Field { name: Text::new("name-first"), value: Pii::new("Ada") };
    let mut whole = Inquiry { fields: vec![name], ..inquiry("inq_1", "needs_review", 1) };
    let failed = verification("ver_1", "failed");
    whole.verifications = vec![failed.id.clone()];
    let entities = vec![Entity::Inquiry(whole), Entity::Verification(failed)];
    let batch = Batch { entities, hydrated: vec![id.clone()], ..Batch::default() };
    assert!(store.apply(batch.clone()).await.unwrap().inquiries);
    assert!(!store.apply(batch).await.unwrap().any(), "the same again is no change");
    assert_eq!(store.unhydrated(9).await.unwrap(), []);

    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 1))]).await;
    let file = store.inquiry(&id).await.unwrap().unwrap();
    assert_eq!(file.verifications.len(), 1);
    assert_eq!(file.inquiry.name(), Some(Pii::new("Ada")), "a list that tells less takes nothing");
    assert_eq!(file.hydrated_at, Some(shelf.clock.now()));

    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 2))]).await;
    let rows = store.inquiries(&review(), ALL).await.unwrap().rows;
    assert_eq!((rows[0].failed, rows[0].hydrated), (1, true), "an older look is better than none");
    let again = store.unhydrated(9).await.unwrap();
    assert_eq!(
        again.into_iter().map(|(id, _)| id).collect::<Vec<_>>(),
        [id],
        "but it is looked at again"
    );
}

async fn windows_show_a_part_in_the_order_of_the_work(shelf: Shelf) {
    let store = shelf.open().await;
    let many = (0..250).map(|n| {
        let status = if n % 2 == 0 { "needs_review" } else { "approved" };
        Entity::Inquiry(inquiry(&format!("inq_{n:03}"), status, 1_000 - n))
    });
    put(&store, many).await;

    let window = store.inquiries(&review(), Window { first: 10, rows: 3 }).await.unwrap();
    let ids: Vec<&str> = window.rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!((window.total, window.first), (125, 10));
    assert_eq!(ids, ["inq_228", "inq_226", "inq_224"], "longest waiting first");
    let end = store.inquiries(&review(), Window { first: 900, rows: 3 }).await.unwrap();
    assert_eq!((end.first, end.rows[2].id.as_str()), (122, "inq_000"), "the end, not nothing");

    let approved = InquiryView { status: Some(InquiryStatus::Approved), ..InquiryView::default() };
    let newest = store.inquiries(&approved, Window { first: 0, rows: 1 }).await.unwrap();
    assert_eq!(newest.rows[0].id.as_str(), "inq_001", "newest first");
    for view in [review(), approved, InquiryView::default()] {
        let rows = store.inquiries(&view, ALL).await.unwrap().rows;
        for (place, row) in rows.iter().enumerate().step_by(17) {
            let found = store.inquiry_position(&view, &row.id).await.unwrap();
            assert_eq!(found, Some(place as u64), "{view:?}");
        }
    }
    let other = InquiryId::new("inq_001").unwrap();
    assert_eq!(store.inquiry_position(&review(), &other).await.unwrap(), None);
}

async fn a_search_is_text_and_no_pattern(shelf: Shelf) {
    let store = shelf.open().await;
    let named = |id: &str, reference: &str| {
        let reference_id = Some(Text::new(reference));
        Entity::Inquiry(Inquiry { reference_id, ..inquiry(id, "needs_review", 1) })
    };
    put(
        &store,
        [
            named("inq_1", "100% sure"),
            named("inq_2", "100 percent sure"),
            named("inq_3", r"back\slash under_score"),
            named("inq_4", "ÅNGSTRÖM o'brien \"quoted\""),
        ],
    )
    .await;
    let table: [(&str, &[&str]); 9] = [
        ("100%", &["inq_1"]),
        ("SURE 100", &["inq_1", "inq_2"]),
        ("r_s", &["inq_3"]),
        (r"\", &["inq_3"]),
        ("ångström", &["inq_4"]),
        ("o'brien", &["inq_4"]),
        ("\"quoted\"", &["inq_4"]),
        ("inq_2", &["inq_2"]),
        ("  ", &["inq_1", "inq_2", "inq_3", "inq_4"]),
    ];
    for (words, expected) in table {
        let view = InquiryView { search: Some(Text::new(words)), ..review() };
        let found = store.inquiries(&view, ALL).await.unwrap();
        let ids: Vec<&str> = found.rows.iter().map(|row| row.id.as_str()).collect();
        assert_eq!((ids.as_slice(), found.total), (expected, expected.len() as u64), "{words:?}");
    }
}

async fn late_cases_come_first_and_mark_their_inquiries(shelf: Shelf) {
    let store = shelf.open().await;
    let now = shelf.clock.now();
    let due = |id: &str, minutes: i64| Case {
        sla_expires_at: Some(now + jiff::SignedDuration::from_mins(minutes)),
        ..case(id, "Open")
    };
    let late = Case { inquiries: vec![InquiryId::new("inq_1").unwrap()], ..due("case_late", -5) };
    let resolved = Case { resolution: Some(Text::new("Approved")), ..due("case_done", -9) };
    put(
        &store,
        [
            Entity::Inquiry(inquiry("inq_1", "needs_review", 1)),
            Entity::Case(case("case_calm", "Open")),
            Entity::Case(due("case_soon", 5)),
            Entity::Case(late),
            Entity::Case(resolved),
        ],
    )
    .await;
    let view = CaseView { scope: Scope::All, ..CaseView::default() };
    let rows = store.cases(&view, ALL).await.unwrap().rows;
    let ids: Vec<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    assert_eq!(ids, ["case_late", "case_soon", "case_calm", "case_done"]);
    for (place, row) in rows.iter().enumerate() {
        assert_eq!(store.case_position(&view, &row.id).await.unwrap(), Some(place as u64));
    }
    assert!(store.inquiries(&review(), ALL).await.unwrap().rows[0].has_late_case);
    let glance = store.glance(&Text::new("")).await.unwrap();
    assert_eq!((glance.to_review, glance.open_cases, glance.late), (1, 3, 1));
    let file = store.case(&CaseId::new("case_late").unwrap()).await.unwrap().unwrap();
    assert_eq!(file.inquiries.len(), 1);
}

async fn a_decision_is_joined_to_its_row_and_is_the_only_one(shelf: Shelf) {
    let store = shelf.open().await;
    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 0))]).await;
    let first = action("inq_1", &shelf.clock);
    store.submit(&first, "w1").await.unwrap();
    let second =
        Action { id: ActionId::new("other").unwrap(), verb: Verb::Decline, ..first.clone() };
    let refused = store.submit(&second, "w1").await;
    assert!(matches!(&refused, Err(SubmitError::AlreadyOpen { verb, .. }) if verb == "approve"));
    let row = store.inquiries(&review(), ALL).await.unwrap().rows.remove(0);
    let pending = row.action.unwrap();
    assert_eq!(
        (pending.id, pending.verb, pending.state),
        (first.id.clone(), Verb::Approve, first.state)
    );

    assert_eq!(store.undo(&first.id, &Text::new("jane")).await.unwrap(), Undone::Cancelled);
    assert_eq!(store.undo(&first.id, &Text::new("jane")).await.unwrap(), Undone::TooLate);
    assert!(store.inquiries(&review(), ALL).await.unwrap().rows[0].action.is_none());
    store.submit(&second, "w1").await.unwrap();
    shelf.clock.advance(Duration::from_secs(5));
    let claimed = store.claim("w1", Sends::Own).await.unwrap().unwrap();
    let learnt = Batch::of([Entity::Inquiry(inquiry("inq_1", "declined", 9))]);
    store.settle(&claimed, "w1", &ActionState::Done, &learnt, "ok").await.unwrap();
    assert_eq!(store.inquiries(&review(), ALL).await.unwrap().total, 0, "it has left the queue");
    assert_eq!(store.open_actions().await.unwrap(), []);

    let lines = store.journal_lines().await.unwrap();
    let said: Vec<String> = lines
        .iter()
        .map(|(line, _)| {
            serde_json::from_str::<serde_json::Value>(line).unwrap()["what"].to_string()
        })
        .collect();
    assert_eq!(said, ["\"began\"", "\"decided\"", "\"undone\"", "\"decided\"", "\"done\""]);
    journal::verify(lines.iter().map(|(line, hash)| (line.as_str(), hash.as_str()))).unwrap();
}

async fn a_refusal_stays_on_its_row_until_it_is_read(shelf: Shelf) {
    let store = shelf.open().await;
    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 0))]).await;
    store.submit(&action("inq_1", &shelf.clock), "w1").await.unwrap();
    shelf.clock.advance(Duration::from_secs(5));
    let claimed = store.claim("w1", Sends::Own).await.unwrap().unwrap();
    let rejected = ActionState::Rejected { reason: Text::new("Persona said no") };
    store.settle(&claimed, "w1", &rejected, &Batch::default(), "no").await.unwrap();
    let shown = || async { store.inquiries(&review(), ALL).await.unwrap().rows.remove(0).action };
    assert_eq!(shown().await.unwrap().state, rejected);
    store.acknowledge(&claimed.id).await.unwrap();
    assert_eq!(shown().await, None);
}

async fn either_the_undo_or_the_worker_gets_it(shelf: Shelf) {
    let store = shelf.open().await;
    for n in 0..20 {
        let decided = action(&format!("inq_{n}"), &shelf.clock);
        store.submit(&decided, "w1").await.unwrap();
        shelf.clock.advance(Duration::from_secs(5));
        let (undone, claimed) =
            tokio::join!(store.undo(&decided.id, &decided.reviewer), store.claim("w1", Sends::Own));
        match (undone.unwrap(), claimed.unwrap()) {
            (Undone::Cancelled, None) => {}
            (Undone::TooLate, Some(claimed)) => {
                assert_eq!(claimed.id, decided.id);
                let done = ActionState::Done;
                store.settle(&claimed, "w1", &done, &Batch::default(), "").await.unwrap();
            }
            both => panic!("{both:?}"),
        }
    }
}

#[tokio::test]
async fn what_a_killed_process_had_under_way_is_taken_up_with_its_key() {
    let shelf = Shelf::new();
    let store = shelf.open().await;
    let present = store.sign_on("w1").await.unwrap();
    store.submit(&action("inq_1", &shelf.clock), "w1").await.unwrap();
    assert_eq!(store.claim("w1", Sends::Own).await.unwrap(), None, "it is held");
    shelf.clock.advance(Duration::from_secs(5));
    let claimed = store.claim("w1", Sends::Own).await.unwrap().unwrap();
    assert_eq!(store.sending(&claimed.id, "w1", &claimed.key).await.unwrap(), Claim::Held);

    // While its process lives, another waits for the lease.
    let other = shelf.open().await;
    let _other_present = other.sign_on("w2").await.unwrap();
    assert_eq!(other.claim("w2", Sends::Own).await.unwrap(), None);
    drop((present, store));

    let next = shelf.open().await;
    let _next_present = next.sign_on("w3").await.unwrap();
    let again = next.claim("w3", Sends::Own).await.unwrap().unwrap();
    assert_eq!((again.key, again.attempts), (claimed.key.clone(), 1));
    assert_eq!(again.key_sent_at, Some(shelf.clock.now()));
    let late = other.settle(&claimed, "w1", &ActionState::Done, &Batch::default(), "").await;
    assert_eq!(late.unwrap(), Claim::Lost, "it is another's now");
    assert_eq!(next.open_actions().await.unwrap()[0].state, ActionState::Sending);
}

async fn a_worker_that_went_silent_loses_its_claim(shelf: Shelf) {
    let store = shelf.open().await;
    let _one = store.sign_on("w1").await.unwrap();
    store.submit(&action("inq_1", &shelf.clock), "w1").await.unwrap();
    shelf.clock.advance(Duration::from_secs(5));
    let claimed = store.claim("w1", Sends::Own).await.unwrap().unwrap();
    shelf.clock.advance(Duration::from_secs(44));
    store.renew(&claimed.id, "w1").await.unwrap();
    shelf.clock.advance(Duration::from_secs(44));
    assert_eq!(store.claim("w2", Sends::Own).await.unwrap(), None, "renewed");
    shelf.clock.advance(Duration::from_secs(1));
    assert_eq!(store.next_due("w2", Sends::Own).await.unwrap(), Some(shelf.clock.now()));
    assert_eq!(store.claim("w2", Sends::Own).await.unwrap().unwrap().id, claimed.id);
    let lost = store.sending(&claimed.id, "w1", &claimed.key).await.unwrap();
    assert_eq!(lost, Claim::Lost, "and must not send");
}

async fn one_on_duty_sends_for_all_and_answers_stay_where_they_are_needed(shelf: Shelf) {
    let store = shelf.open().await;
    let verb = Verb::OneTimeLink { expires_in_seconds: None };
    let link = Action { verb, ..action("inq_2", &shelf.clock) };
    store.submit(&action("inq_1", &shelf.clock), "w1").await.unwrap();
    store.submit(&link, "w1").await.unwrap();
    shelf.clock.advance(Duration::from_secs(5));
    let due = shelf.clock.now();
    assert_eq!(store.claim("w2", Sends::Answers).await.unwrap(), None, "it is not on duty");
    assert_eq!(store.next_due("w2", Sends::Answers).await.unwrap(), None);
    let claimed = store.claim("w2", Sends::All).await.unwrap().unwrap();
    assert_eq!(claimed.verb, Verb::Approve, "at once, whoever submitted it");
    store.settle(&claimed, "w2", &ActionState::Done, &Batch::default(), "").await.unwrap();
    let late = due + Duration::from_secs(30);
    assert_eq!(store.claim("w2", Sends::All).await.unwrap(), None, "that is for its process");
    assert_eq!(store.next_due("w2", Sends::All).await.unwrap(), Some(late));
    assert_eq!(store.next_due("w1", Sends::Answers).await.unwrap(), Some(due));
    let claimed = store.claim("w1", Sends::Answers).await.unwrap().unwrap();
    assert_eq!(claimed.id, link.id);
    let waiting = ActionState::Waiting { until: due, reason: Text::new("no answer") };
    store.settle(&claimed, "w1", &waiting, &Batch::default(), "").await.unwrap();
    shelf.clock.advance(Duration::from_secs(30));
    let claimed = store.claim("w2", Sends::All).await.unwrap().expect("it is left lying");
    assert_eq!(claimed.id, link.id);
    // Whoever went silent is replaced by the one on duty.
    shelf.clock.advance(Duration::from_secs(45));
    assert_eq!(store.claim("w1", Sends::Answers).await.unwrap(), None);
    assert_eq!(store.claim("w3", Sends::All).await.unwrap().unwrap().id, link.id);
}

async fn events_are_taken_in_once_whatever_their_order(shelf: Shelf) {
    let store = shelf.open().await;
    let event = |id: &str, status: &str, second: i64| Event {
        id: EventId::new(id).unwrap(),
        name: Text::new("inquiry.transitioned"),
        created_at: at(second),
        subject: Some(Entity::Inquiry(inquiry("inq_1", status, second))),
        context: Vec::new(),
        included: Vec::new(),
    };
    let newest_first = [event("evt_2", "needs_review", 2), event("evt_1", "pending", 1)];
    assert_eq!(store.ingest(&newest_first).await.unwrap().new.len(), 2);
    assert_eq!(status(&store, "inq_1").await, InquiryStatus::NeedsReview);
    let mut told = store.changes();
    let again = store.ingest(&[event("evt_1", "pending", 1)]).await.unwrap();
    assert_eq!((again.new.len(), again.already_seen), (0, 1));
    store.ingest(&[event("evt_0", "created", 0)]).await.unwrap();
    assert_eq!(news(&mut told), [], "late news is no news");
    let unknown = Event { subject: None, ..event("evt_3", "x", 3) };
    assert_eq!(store.ingest(&[unknown]).await.unwrap().new.len(), 1, "stored and skipped");
}

#[tokio::test]
async fn two_processes_share_a_file() {
    let shelf = Shelf::new();
    let (one, two) = tokio::join!(shelf.open(), shelf.open());
    let mut told = two.changes();
    two.watch_others().await.unwrap();
    while told.try_recv().is_ok() {}
    put(&two, [Entity::Inquiry(inquiry("inq_1", "needs_review", 0))]).await;
    assert!(told.try_recv().is_ok());
    two.watch_others().await.unwrap();
    assert_eq!(told.try_recv(), Err(TryRecvError::Empty), "its own writes are told already");
    put(&one, [Entity::Inquiry(inquiry("inq_1", "approved", 1))]).await;
    two.watch_others().await.unwrap();
    assert!(told.try_recv().unwrap().inquiries);
    assert_eq!(status(&two, "inq_1").await, InquiryStatus::Approved);
}

#[tokio::test]
async fn nobody_else_can_read_it() {
    let shelf = Shelf::new();
    let store = shelf.open().await;
    put(&store, [Entity::Inquiry(inquiry("inq_1", "needs_review", 0))]).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = shelf.path().parent().unwrap().to_owned();
    assert_eq!(mode(&folder), 0o700);
    let files: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.iter().any(|path| path.to_string_lossy().ends_with("-wal")), "{files:?}");
    for path in files {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[tokio::test]
async fn a_file_that_is_no_store_is_refused_in_words() {
    let shelf = Shelf::new();
    fs::create_dir_all(shelf.path().parent().unwrap()).unwrap();
    fs::write(shelf.path(), "this is not a database, but it is long enough to look at".repeat(40))
        .unwrap();
    match Store::open(&shelf.path(), shelf.clock.clone()).await {
        Err(why @ Error::Damaged(_)) => assert!(why.to_string().contains("move the file away")),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was opened"),
    }
}

async fn case_statuses_are_learnt_from_cases(shelf: Shelf) {
    let store = shelf.open().await;
    let template = caseload::model::TemplateId::new("ctmpl_1").unwrap();
    let of = |id: &str, status: &str| Case { template: Some(template.clone()), ..case(id, status) };
    let ended = Case { resolution: Some(Text::new("Approved")), ..of("case_3", "Approved") };
    put(
        &store,
        [
            Entity::Case(of("case_1", "Open")),
            Entity::Case(of("case_2", "open")),
            Entity::Case(ended),
            Entity::Case(case("case_4", "Elsewhere")),
        ],
    )
    .await;
    let known = store.case_statuses(Some(&template)).await.unwrap();
    let known: Vec<_> = known.iter().map(|s| (s.name.as_str(), s.kind)).collect();
    use caseload::model::StatusKind::{End, Unknown};
    assert_eq!(known, [("Open", Unknown), ("Approved", End)]);
}

/// What a reviewer decided is told with how long it took since they opened it, and with what became
/// of it, whoever had the last word.
async fn a_reviewers_own_decisions_are_told_and_nobody_elses(shelf: Shelf) {
    let store = shelf.open().await;
    let ids = ["inq_1", "inq_2", "inq_3", "inq_4"];
    put(&store, ids.map(|id| Entity::Inquiry(inquiry(id, "needs_review", 0)))).await;
    let (jane, since) = (Text::new("jane"), shelf.clock.now());
    let old = Action { reviewer: Text::new("omar"), ..action("inq_4", &shelf.clock) };
    store.submit(&old, "w1").await.unwrap();
    for id in ["inq_1", "inq_2", "inq_3"] {
        let opened = JournalEntry::new(shelf.clock.now(), &jane, "opened");
        let subject = Some(Subject::Inquiry(InquiryId::new(id).unwrap()));
        store.journal(JournalEntry { subject, ..opened }).await.unwrap();
        shelf.clock.advance(Duration::from_secs(20));
        let bulk = (id == "inq_3").then(|| Text::new("bulk"));
        store.submit(&Action { bulk, ..action(id, &shelf.clock) }, "w1").await.unwrap();
    }
    store.undo(&ActionId::new("act-inq_2").unwrap(), &jane).await.unwrap();
    shelf.clock.advance(Duration::from_secs(10));
    while let Some(claimed) = store.claim("w1", Sends::Own).await.unwrap() {
        let moved = inquiry(claimed.subject.id(), "approved", 100);
        let learnt = Batch::of([Entity::Inquiry(moved)]);
        store.settle(&claimed, "w1", &ActionState::Done, &learnt, "ok").await.unwrap();
    }
    let told = |judgements: Vec<Judgement>| -> Vec<(String, Fate, Option<u64>, bool)> {
        let took = |one: &Judgement| one.took.map(|took| took.as_secs());
        let one =
            |one: &Judgement| (one.subject.id().to_owned(), one.fate, took(one), one.overturned);
        judgements.iter().map(one).collect()
    };
    let of = async |since| told(store.judgements(&jane, since).await.unwrap());
    let row = |id: &str, fate, took, overturned| (id.to_owned(), fate, took, overturned);
    assert_eq!(
        of(since).await,
        [
            row("inq_1", Fate::Done, Some(20), false),
            row("inq_2", Fate::Undone, Some(20), false),
            row("inq_3", Fate::Done, None, false),
        ]
    );
    assert_eq!(of(shelf.clock.now()).await, [], "it was before");

    // Somebody says the opposite elsewhere, and here another says it and takes it back in the end.
    put(&store, [Entity::Inquiry(inquiry("inq_1", "declined", 200))]).await;
    for (nth, verb) in [(1, Verb::Decline), (2, Verb::Approve)] {
        let id = ActionId::new(&format!("act-omar-{nth}")).unwrap();
        let omar =
            Action { id, verb, reviewer: Text::new("omar"), ..action("inq_3", &shelf.clock) };
        store.submit(&omar, "w1").await.unwrap();
        shelf.clock.advance(Duration::from_secs(6));
        let claimed = store.claim("w1", Sends::Own).await.unwrap().unwrap();
        store.settle(&claimed, "w1", &ActionState::Done, &Batch::default(), "ok").await.unwrap();
    }
    let overturned: Vec<bool> = of(since).await.into_iter().map(|row| row.3).collect();
    assert_eq!(overturned, [true, false, true]);
}

/// Redacted or purged: views that name them, comments that consoles left, and what was said with a
/// decision that comes to nothing.
async fn whoever_is_forgotten_is_named_by_no_view_and_written_about_nowhere(shelf: Shelf) {
    let store = shelf.open().await;
    let subject = |id: &str| Subject::Inquiry(InquiryId::new(id).unwrap());
    let person = |id: &str, name: &str| Inquiry {
        fields: vec![Field { name: Text::new("name"), value: Pii::new(name) }],
        ..inquiry(id, "needs_review", 0)
    };
    let people = [("inq_1", "Ada Lovelace"), ("inq_2", "Zoe Muller"), ("inq_3", "Jo Doe")];
    put(&store, people.map(|(id, name)| Entity::Inquiry(person(id, name)))).await;
    for (name, filter) in [("a", "lovelace ada"), ("z", "~muller ~zoe"), ("late", "late:yes")] {
        let (name, filter) = (Text::new(name), Text::new(filter));
        store.save_view(&SavedView { name, list: List::Inquiries, filter }).await.unwrap();
    }
    let wrote = |id: &str| Written {
        subject: subject(id),
        verb: Verb::Decline,
        comment: Text::new("the photo is of a screen"),
        many: Vec::new(),
        reason: None,
        at: shelf.clock.now(),
    };
    let (jane, joe) = (Text::new("jane"), Text::new("joe"));
    let left = |reviewer: &Text, ids: &[&str]| Unfinished {
        reviewer: reviewer.clone(),
        written: ids.iter().map(|id| wrote(id)).collect(),
        ..Unfinished::default()
    };
    store.keep_unfinished("dead", &left(&jane, &["inq_1", "inq_3"])).unwrap();
    store.keep_unfinished("late", &left(&joe, &["inq_1"])).unwrap();
    let views = async || {
        let views = store.saved_views().await.unwrap();
        views.into_iter().map(|view| view.name.to_string()).collect::<Vec<_>>()
    };
    let all = ["inq_1", "inq_2", "inq_3"].map(subject);

    assert_eq!(
        (store.forgotten().await.unwrap(), store.forgotten_of(&all).await.unwrap()),
        (0, vec![])
    );
    let redacted = Inquiry { redacted_at: at(10), updated_at: at(10), ..person("inq_1", "") };
    put(&store, [Entity::Inquiry(redacted.clone())]).await;
    assert_eq!(store.forgotten().await.unwrap(), 1);
    assert_eq!(store.forgotten_of(&all).await.unwrap(), all[..1]);
    assert_eq!(views().await, ["z", "late"]);
    store.sweep_unfinished("me").await.unwrap();
    let kept = store.take_unfinished("me", &jane).unwrap().unwrap();
    assert_eq!((kept.forgotten, kept.written), (1, vec![wrote("inq_3")]));
    assert_eq!(store.take_unfinished("me", &joe).unwrap(), None, "nothing is left of it");
    // Once is enough.
    put(&store, [Entity::Inquiry(redacted)]).await;
    assert_eq!(store.forgotten().await.unwrap(), 1);

    store.purge(&Whose::Only(vec![subject("inq_2")])).await.unwrap();
    assert_eq!(store.forgotten().await.unwrap(), 2);
    assert_eq!(store.forgotten_of(&all).await.unwrap(), all[..2]);
    assert_eq!(views().await, ["late"]);

    // It was kept while the database was away, and cannot be recorded as it was meant.
    let meant = Action { comment: Some(Text::new("a screen")), ..action("inq_1", &shelf.clock) };
    let deed = Deed { action: meant.clone(), spoken: Spoken::default() };
    store.submit_stopped(&[deed], "w1", &Text::new("it changed meanwhile")).await.unwrap();
    let stopped = store.action(&meant.id).await.unwrap().unwrap();
    assert!(matches!(stopped.state, ActionState::Stopped { .. }));
    assert_eq!(stopped.comment, None);
}
