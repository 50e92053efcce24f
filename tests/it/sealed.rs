//! A store that is sealed with a field key: the console works as ever, nothing of a person is in
//! its bytes, and nobody reads it without the key.

use std::{fs, io::Write, path::Path, process::Command};

use caseload::{
    clock::Clock,
    model::{Batch, Entity, Inquiry, InquiryId, Subject, Text, Unfinished, Verb, Written},
    secret::FieldKey,
    simulator::Simulator,
    store::{Goal, InquiryView, Reseal, Resealed, Store, Whose, Window},
};
use serde_json::json;
use sqlx::{Connection, SqliteConnection};

use crate::{
    redaction::having,
    story::{Beginning, Story, noon},
};

fn key() -> FieldKey {
    FieldKey::random().unwrap()
}

/// What the simulated people are known by, as far as it cannot be anything else.
pub fn personal(simulator: &Simulator) -> Vec<String> {
    let all = ["needs_review", "approved", "declined", "completed", "created"];
    let ids = all.iter().flat_map(|status| simulator.inquiries(status));
    let telling = [
        "name-first",
        "name-last",
        "birthdate",
        "email-address",
        "phone-number",
        "address-street-1",
        "identification-number",
    ];
    let mut values: Vec<String> = ids
        .flat_map(|id| {
            let fields = simulator.object(&id).unwrap()["attributes"]["fields"].clone();
            let value = |name: &&str| Some(fields[*name]["value"].as_str()?.to_owned());
            telling.iter().filter_map(value).collect::<Vec<_>>()
        })
        .filter(|value| value.chars().count() > 4 && !value.contains(char::is_control))
        .collect();
    values.sort();
    values.dedup();
    assert!(values.len() > 100, "{values:?}");
    values
}

/// Values that are in a folder's bytes, in upper or lower case.
pub fn leaked(folder: &Path, values: &[String]) -> Vec<String> {
    let mut wanted = tempfile::NamedTempFile::new().unwrap();
    for value in values {
        writeln!(wanted, "{value}\n{}", value.to_lowercase()).unwrap();
    }
    let mut grep = Command::new("grep");
    grep.args(["-r", "-a", "-h", "-o", "-F", "-f"]).arg(wanted.path()).arg(folder);
    let found = grep.env("LC_ALL", "C").output().unwrap();
    assert!(found.status.code() < Some(2), "{found:?}");
    let found = String::from_utf8(found.stdout).unwrap();
    let mut found: Vec<String> = found.lines().map(str::to_owned).collect();
    found.sort();
    found.dedup();
    found
}

#[tokio::test]
async fn a_day_of_review_leaves_nothing_of_a_person_in_the_bytes() {
    let sealed = Beginning { field_key: Some(key()), ..Beginning::default() };
    let mut story = Story::begin_with(sealed).await;
    let people = personal(&story.simulator);
    let folder = story.folder.path().to_owned();
    assert_eq!(leaked(&folder, &people), [""; 0], "after the sync");
    let id = story.first_in_queue();
    let last = story.simulator.object(&id).unwrap()["attributes"]["fields"]["name-last"]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    story.press("P").await.sees(&last);
    story.press("d2cblurred-by-hand<enter><enter>").await.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "declined");
    let comment = &story.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "selfie mismatch: blurred-by-hand (jane@example.test)");
    let mut said = people.clone();
    said.push("blurred-by-hand".to_owned());
    assert_eq!(leaked(&folder, &said), [""; 0], "after a decision");
    let next = story.first_in_queue();
    story.press(&format!("/{next}")).await.sees("sealed: ids, words and their beginnings");
    story.press("<enter>").await;
    story.press("a<enter>").await.sees("approve held").press("u").await.sees("taken back");
    story.press("a1<enter>").await.pass(6).await;
    assert_eq!(story.simulator.status(&next).unwrap(), "approved");
    // Another console on the same store goes on with it.
    let mut other = story.another().await;
    other.press(&format!("/{id} status:any<enter>")).await.sees("declined");
    assert_eq!(leaked(&folder, &said), [""; 0], "beside another console");
}

#[tokio::test]
async fn a_clear_store_has_all_of_them() {
    let story = Story::begin().await;
    let people = personal(&story.simulator);
    let found = leaked(story.folder.path(), &people);
    assert!(found.len() > people.len() / 2, "the check finds what is there: {found:?}");
}

fn inquiry(nth: usize, name: &str) -> Inquiry {
    serde_json::from_value(json!({
        "id": format!("inq_{nth}"), "status": "needs_review", "verifications": [],
        "updated_at": "2026-03-02T10:00:00Z", "created_at": "2026-03-02T10:00:00Z",
        "tags": ["known-well"], "account": format!("act_{nth}"),
        "reference_id": format!("customer-{nth:04}"),
        "fields": [{ "name": "name", "value": name }],
    }))
    .unwrap()
}

const NAMES: [&str; 3] = ["Ada Lovelace", "Adalbert Anne-Marie", "Zoë Lovell"];

async fn filled(path: &Path, key: Option<&FieldKey>) -> Store {
    let store = Store::open_with(path, key, Clock::manual(noon())).await.unwrap();
    let people = NAMES.iter().enumerate().map(|(nth, name)| Entity::Inquiry(inquiry(nth, name)));
    store.apply(Batch::of(people)).await.unwrap();
    store
}

async fn found(store: &Store, words: &str) -> Vec<String> {
    let view = InquiryView { search: Some(Text::new(words)), ..InquiryView::default() };
    let rows = store.inquiries(&view, Window { first: 0, rows: 10 }).await.unwrap().rows;
    let mut found: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
    found.sort();
    found
}

#[tokio::test]
async fn a_sealed_store_is_searched_by_words_beginnings_and_ids() {
    let dir = tempfile::tempdir().unwrap();
    let store = filled(&dir.path().join("store.db"), Some(&key())).await;
    let all = vec!["inq_0", "inq_1", "inq_2"];
    let table = [
        ("LOVELACE", vec!["inq_0"]),
        ("lov", vec!["inq_0", "inq_2"]),
        ("lovel", vec!["inq_0", "inq_2"]),
        ("ada", vec!["inq_0", "inq_1"]),
        ("ada lov", vec!["inq_0"]),
        ("zoë", vec!["inq_2"]),
        ("marie", vec!["inq_1"]),
        ("customer-0002", vec!["inq_2"]),
        ("0001", vec!["inq_1"]),
        ("customer", all.clone()),
        ("known", all.clone()),
        ("q_1", vec!["inq_1"]),
        ("act_2", vec!["inq_2"]),
        ("q_1 ada", vec!["inq_1"]),
        ("q_2 ada", vec![]),
        // What is hidden is found by its beginnings alone.
        ("velace", vec![]),
        ("lo", vec![]),
    ];
    for (words, expected) in table {
        assert_eq!(found(&store, words).await, expected, "{words}");
    }
    store.purge(&Whose::Everybody).await.unwrap();
    assert_eq!(found(&store, "ada").await, [""; 0], "what was purged is not found");
    assert_eq!(found(&store, "q_1").await, ["inq_1"]);
}

async fn refused(path: &Path, key: Option<&FieldKey>) -> String {
    let opened = Store::open_with(path, key, Clock::system()).await;
    opened.err().expect("it is refused").to_string()
}

#[tokio::test]
async fn a_store_is_opened_with_its_key_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let (sealed, clear) = (dir.path().join("sealed.db"), dir.path().join("clear.db"));
    let own = key();
    filled(&sealed, Some(&own)).await.close().await;
    filled(&clear, None).await.close().await;
    let before = fs::read(&sealed).unwrap();
    let none = refused(&sealed, None).await;
    assert!(
        none.contains("sealed.db is sealed with a field key, and none is configured"),
        "{none}"
    );
    let other = refused(&sealed, Some(&key())).await;
    assert!(other.contains("is sealed with another field key"), "{other}");
    let mixed = refused(&clear, Some(&own)).await;
    assert!(mixed.contains("run caseload store seal once"), "{mixed}");
    assert_eq!(fs::read(&sealed).unwrap(), before, "nothing is changed by it");
    let store = Store::open_with(&sealed, Some(&own), Clock::system()).await.unwrap();
    assert_eq!(found(&store, "lovelace").await, ["inq_0"]);
}

#[tokio::test]
async fn what_was_meddled_with_does_not_open_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    let store = filled(&path, Some(&key())).await;
    let mut db = SqliteConnection::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    let clear = "UPDATE inquiry SET body = '{}' WHERE id = 'inq_0'";
    let why = sqlx::query(clear).execute(&mut db).await.unwrap_err().to_string();
    assert!(why.contains("a sealed local copy takes no clear text"), "{why}");
    let table = [
        "UPDATE inquiry SET body = (SELECT body FROM inquiry WHERE id = 'inq_1') WHERE id = 'inq_0'",
        "UPDATE inquiry SET body = substr(body, 1, 60) WHERE id = 'inq_0'",
        "UPDATE inquiry SET body = x'' WHERE id = 'inq_0'",
    ];
    for sql in table {
        sqlx::query(sql).execute(&mut db).await.unwrap();
        let read = store.inquiry(&InquiryId::new("inq_0").unwrap()).await;
        let why = read.expect_err("it is not what was sealed there").to_string();
        assert!(why.contains("inquiry.body of inq_0 does not open"), "{why}");
        assert!(store.inquiry(&InquiryId::new("inq_2").unwrap()).await.unwrap().is_some());
    }
}

#[tokio::test]
async fn a_store_is_sealed_and_made_clear_again_whole() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("store.db");
    let (key, who, clock) = (key(), Text::new("jane"), Clock::manual(noon()));
    let reseal = |goal| Reseal { path: &path, key: &key, goal, who: &who, clock: &clock };
    let store = filled(&path, None).await;
    let id = InquiryId::new("inq_1").unwrap();
    let before = store.inquiry(&id).await.unwrap();
    let busy = reseal(Goal::Sealed).run(|_, _| {}).await.unwrap_err().to_string();
    assert!(busy.contains("is open in another caseload"), "{busy}");
    assert_eq!(found(&store, "lovelace").await, ["inq_0"], "nothing was changed");
    let wrote = Written {
        subject: Subject::Inquiry(id.clone()),
        verb: Verb::Decline,
        comment: Text::new("of a screen"),
        many: Vec::new(),
        reason: None,
        at: noon(),
    };
    let reviewer = who.clone();
    let left = Unfinished { reviewer, written: vec![wrote], ..Unfinished::default() };
    store.keep_unfinished("gone", &left).unwrap();
    fs::write(dir.path().join("store.db.unwritten-gone"), "of a screen, cut").unwrap();
    store.close().await;
    assert_eq!(reseal(Goal::Sealed).run(|_, _| {}).await.unwrap(), Resealed::Done(3));
    assert_eq!(reseal(Goal::Sealed).run(|_, _| {}).await.unwrap(), Resealed::AlreadySo);
    for word in
        ["Lovelace", "lovelace", "ovela", "Adalbert", "customer-0001", "known-well", "screen"]
    {
        assert_eq!(having(dir.path(), word), [""; 0], "{word}");
    }
    let store = Store::open_with(&path, Some(&key), clock.clone()).await.unwrap();
    assert_eq!(store.inquiry(&id).await.unwrap(), before);
    assert_eq!(found(&store, "lov").await, ["inq_0", "inq_2"]);
    assert_eq!(store.take_unfinished("next", &who).unwrap(), Some(left.clone()));
    store.close().await;
    assert_eq!(reseal(Goal::Clear).run(|_, _| {}).await.unwrap(), Resealed::Done(3));
    let store = Store::open(&path, clock.clone()).await.unwrap();
    assert_eq!(store.inquiry(&id).await.unwrap(), before);
    assert_eq!(found(&store, "velace").await, ["inq_0"], "any piece is found again");
    assert_eq!(store.take_unfinished("last", &who).unwrap(), Some(left));
    let lines = store.journal_lines().await.unwrap();
    let told =
        |what: &str| lines.iter().any(|(line, _)| line.contains(&format!("\"what\":\"{what}\"")));
    assert!(told("sealed") && told("unsealed"), "{lines:?}");
}
