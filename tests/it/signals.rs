//! What accounts have in common, earlier verdicts, and a verdict that contradicts one.

use std::path::Path;

use caseload::{
    clock::Clock,
    model::{
        Account, AccountId, Batch, Entity, Exhibit, Inquiry, InquiryId, Shared, Subject, Text,
    },
    secret::FieldKey,
    store::{Goal, Reseal, Signal, Store, Whose},
};
use serde_json::{Value, json};

use crate::story::{Beginning, Story, noon};

fn account(id: &str, fields: &[(&str, &str)]) -> Entity {
    let field = |(name, value): &(&str, &str)| json!({ "name": name, "value": value });
    let fields: Vec<Value> = fields.iter().map(field).collect();
    let json = json!({ "id": id, "tags": [], "fields": fields });
    let account: Account = serde_json::from_value(json).unwrap();
    Entity::Account(account)
}

fn inquiry(id: &str, account: &str, status: &str) -> Inquiry {
    let json = json!({
        "id": id, "status": status, "account": account, "verifications": [], "tags": [],
        "fields": [], "created_at": "2026-01-02T10:00:00Z", "updated_at": "2026-01-02T10:00:00Z",
        "decisioned_at": "2026-01-02T10:00:00Z", "reviewer_comment": "fraud (omar)",
    });
    serde_json::from_value(json).unwrap()
}

/// A session of an inquiry, on a device and an address.
fn session(id: &str, device: &str, ip: &str) -> Exhibit {
    let json = json!({ "Session": {
        "id": id, "status": "expired", "device": device, "ip_address": ip, "fields": [],
    }});
    serde_json::from_value(json).unwrap()
}

async fn open(path: &Path, key: Option<&FieldKey>) -> Store {
    Store::open_with(path, key, Clock::manual(noon())).await.unwrap()
}

async fn words(store: &Store, account: &str) -> Vec<String> {
    let signals = store.signals(&AccountId::new(account).unwrap()).await.unwrap();
    signals.iter().map(|signal: &Signal| signal.sharers.words()).collect()
}

async fn write(store: &Store, entities: Vec<Entity>) {
    store.apply(Batch::of(entities)).await.unwrap();
}

async fn sit(store: &Store, inquiry: &str, pieces: Vec<Exhibit>) {
    let owner = Subject::Inquiry(InquiryId::new(inquiry).unwrap());
    store.apply(Batch { exhibits: vec![(owner, pieces)], ..Batch::default() }).await.unwrap();
}

/// Three people on one device, of whom one was declined; two of them have one e-mail address.
async fn ring(store: &Store) {
    let email = |raw| [("email_address", raw)];
    write(
        store,
        vec![
            account("act_1", &email("ada@example.test")),
            account("act_2", &email("Ada@Example.TEST ")),
            account("act_3", &email("bo@example.test")),
            Entity::Inquiry(inquiry("inq_1", "act_1", "needs_review")),
            Entity::Inquiry(inquiry("inq_2", "act_2", "declined")),
            Entity::Inquiry(inquiry("inq_3", "act_3", "approved")),
        ],
    )
    .await;
    for nth in 1..=3 {
        let (inquiry, session_id) = (format!("inq_{nth}"), format!("iqse_{nth}"));
        sit(store, &inquiry, vec![session(&session_id, "dev_1", "198.51.100.7")]).await;
    }
}

#[tokio::test]
async fn accounts_that_share_are_told_in_words_and_forgotten_with_what_told_it() {
    let key = FieldKey::random().unwrap();
    for key in [None, Some(&key)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("caseload.db");
        let store = open(&path, key).await;
        ring(&store).await;
        let told = [
            "2 other accounts share this device, 1 of them declined",
            "1 other account shares this e-mail address, and was declined",
            "2 other accounts share this IP address, 1 of them declined",
        ];
        assert_eq!(words(&store, "act_1").await, told);
        assert_eq!(words(&store, "act_3").await.len(), 2);
        // Another session replaces what was told before.
        sit(&store, "inq_3", vec![session("iqse_3", "dev_9", "198.51.100.9")]).await;
        assert_eq!(words(&store, "act_3").await, Vec::<String>::new());
        // What is redacted or purged tells nothing any more.
        let Entity::Account(mut gone) = account("act_2", &[]) else { unreachable!() };
        gone.redacted_at = Some(noon());
        write(&store, vec![Entity::Account(gone)]).await;
        assert_eq!(words(&store, "act_1").await.len(), 2, "the e-mail address is gone");
        store.purge(&Whose::Everybody).await.unwrap();
        assert_eq!(words(&store, "act_1").await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn an_address_of_everybody_says_little() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("caseload.db"), None).await;
    let mut entities = Vec::new();
    for nth in 0..80 {
        let id = format!("act_{nth}");
        entities.push(account(&id, &[]));
        entities.push(Entity::Inquiry(inquiry(&format!("inq_{nth}"), &id, "declined")));
    }
    write(&store, entities).await;
    for nth in 0..80 {
        let device = format!("dev_{}", nth.max(1));
        let piece = session(&format!("iqse_{nth}"), &device, "198.51.100.7");
        sit(&store, &format!("inq_{nth}"), vec![piece]).await;
    }
    let told = [
        "1 other account shares this device, and was declined",
        "79 other accounts share this IP address: too many to mean much",
    ];
    assert_eq!(words(&store, "act_0").await, told);
}

#[tokio::test]
async fn no_value_can_be_read_from_the_index_and_sealing_keeps_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("caseload.db");
    let store = open(&path, None).await;
    ring(&store).await;
    let before = words(&store, "act_1").await;
    store.close().await;
    let (key, clock, who) = (FieldKey::random().unwrap(), Clock::manual(noon()), Text::new("jane"));
    let reseal = |goal| Reseal { path: &path, key: &key, goal, who: &who, clock: &clock };
    reseal(Goal::Sealed).run(|_, _| {}).await.unwrap();
    let store = open(&path, Some(&key)).await;
    assert_eq!(words(&store, "act_1").await, before);
    // What comes later is marked with the same key.
    write(&store, vec![account("act_4", &[("email_address", "ada@example.test")])]).await;
    assert!(words(&store, "act_4").await[0].contains("2 other accounts"));
    store.close().await;
    let bytes = std::fs::read(&path).unwrap();
    let holds = |text: &str| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    for clear in ["ada@example.test", "198.51.100.7"] {
        assert!(!holds(clear), "{clear}");
    }
    reseal(Goal::Clear).run(|_, _| {}).await.unwrap();
    let store = open(&path, None).await;
    assert_eq!(words(&store, "act_1").await.len(), before.len());
}

#[tokio::test]
async fn earlier_verdicts_are_listed_with_how_they_are_known() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("caseload.db"), None).await;
    ring(&store).await;
    write(&store, vec![Entity::Inquiry(inquiry("inq_0", "act_1", "approved"))]).await;
    let file = store.inquiry(&InquiryId::new("inq_1").unwrap()).await.unwrap().unwrap();
    let told = |verdict: &caseload::model::Verdict| {
        (verdict.inquiry.to_string(), verdict.status.to_string(), verdict.shares)
    };
    let mut history: Vec<_> = file.history.iter().map(told).collect();
    history.sort_by_key(|(id, ..)| id.clone());
    let row = |id: &str, status: &str, shares| (id.to_owned(), status.to_owned(), shares);
    let expected = [
        row("inq_0", "approved", None),
        row("inq_2", "declined", Some(Shared::Device)),
        row("inq_3", "approved", Some(Shared::Device)),
    ];
    assert_eq!(history, expected);
}

/// The id of the account of an inquiry.
fn account_of(story: &Story, inquiry: &str) -> String {
    let inquiry = story.simulator.object(inquiry).expect("it was listed");
    inquiry["relationships"]["account"]["data"]["id"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_verdict_that_contradicts_an_earlier_one_is_named_and_journaled_and_not_blocked() {
    for size in [(120, 40), (80, 24)] {
        let mut story = Story::begin_with(Beginning { size, ..Beginning::default() }).await;
        let id = story.first_in_queue();
        // Declined here, and approved after all.
        story.press("d2<enter>").await.pass(6).await;
        assert_eq!(story.simulator.status(&id).unwrap(), "declined");
        story.press(&format!("/{id} status:any<enter><enter>G")).await.sees("History 1");
        story.press("a").await.sees("! this person was declined 2 Mar for").sees("by jane");
        story.press("1<enter>").await.pass(6).await;
        assert_eq!(story.simulator.status(&id).unwrap(), "approved", "it does not block");
        let file = story.folder.path().join("store/caseload.db");
        let store = Store::open(&file, story.clock.clone()).await.unwrap();
        let lines = store.journal_lines().await.unwrap();
        let lines: Vec<Value> =
            lines.iter().map(|(text, _)| serde_json::from_str(text).unwrap()).collect();
        let decided: Vec<&Value> = lines.iter().filter(|line| line["what"] == "decided").collect();
        assert_eq!(decided.len(), 2);
        assert!(decided[0]["decision"]["contradicts"].is_null());
        let before = &decided[1]["decision"]["contradicts"];
        assert_eq!(before["verdict"], "declined");
        assert_eq!(before["inquiry"], *id);
        assert_eq!(before["reason"], decided[0]["decision"]["reason"]["code"]);
        story.press("d").await.sees("! this person was approved 2 Mar for");
    }
}

#[tokio::test]
async fn the_demo_has_people_who_share_and_the_tree_lists_them() {
    let mut story = Story::begin_with(Beginning { inquiries: 300, ..Beginning::default() }).await;
    let folder = story.folder.path().join("store/caseload.db");
    let store = Store::open(&folder, story.clock.clone()).await.unwrap();
    let mut found = None;
    for inquiry in story.simulator.inquiries("needs_review") {
        let account = AccountId::new(&account_of(&story, &inquiry)).unwrap();
        let signals = store.signals(&account).await.unwrap();
        let by = |kind| signals.iter().find(|signal| signal.sharers.kind == kind);
        if by(Shared::Email).is_some_and(|signal| signal.sharers.declined > 0) {
            found = Some(inquiry);
        }
    }
    let inquiry = found.expect("somebody came back under another name");
    story.press(&format!("/{inquiry}<enter><enter>")).await;
    story.sees("shares this e-mail address, and was declined").sees("History");
    story.sees("another account, this");
    story.press("r").await.sees("▾ shares this e-mail address 1");
    // Nobody is related by it, so nothing can be removed.
    story.press("G").await;
    story.press("X").await.sees("go to a related account");
}
