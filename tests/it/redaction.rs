//! What Persona redacted is gone here too: from the screen, the rows and the bytes on the disk.

use std::{fs, path::Path};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{
        Batch, Entity, Event, EventId, IdempotencyKey, Inquiry, InquiryId, Lane, Text, Verification,
    },
    persona::redact,
    simulator::DEMO_KEY,
    store::Store,
};
use proptest::{prelude::*, test_runner::TestRunner};
use serde_json::json;

use crate::{
    client::{client, given},
    story::{Story, noon},
};

/// Nobody else has these.
const NAME: &str = "Zbigniewa";
const NUMBER: &str = "QX7731904";

fn inquiry(minute: u32, redacted: bool) -> Inquiry {
    let at = |minute: u32| format!("2026-03-02T10:{minute:02}:00Z");
    serde_json::from_value(json!({
        "id": "inq_1", "status": "needs_review", "verifications": ["ver_1"],
        "updated_at": at(minute), "created_at": at(0), "tags": [NAME],
        "redacted_at": redacted.then(|| at(minute)), "note": NAME, "reference_id": NUMBER,
        "fields": if redacted { json!([]) } else { json!([{ "name": "name-first", "value": NAME }]) },
    }))
    .unwrap()
}

fn verification() -> Verification {
    serde_json::from_value(json!({ "id": "ver_1", "kind": "government-id", "status": "passed",
        "checks": [], "fields": [{ "name": "identification-number", "value": NUMBER }] }))
    .unwrap()
}

/// What may arrive, in any order.
#[derive(Debug, Clone, Copy)]
enum Arrival {
    Listed(u32),
    /// With its verification.
    Retrieved(u32),
    Happened(u32),
    /// An event that says so, by the object's time or by its name only.
    Redacted(u32),
    RedactedByName(u32),
}

async fn arrive(store: &Store, nth: usize, arrival: Arrival) {
    let event = |name: &str, inquiry: Inquiry| Event {
        id: EventId::new(&format!("evt_{nth}")).unwrap(),
        name: Text::new(name),
        created_at: Some(noon()),
        subject: Some(Entity::Inquiry(inquiry)),
        context: Vec::new(),
        included: vec![Entity::Verification(verification())],
    };
    let ingested = |event: Event| async move { store.ingest(&[event]).await.unwrap() };
    match arrival {
        Arrival::Listed(minute) => {
            let page = Batch::of([Entity::Inquiry(inquiry(minute, false))]);
            store.apply(page).await.unwrap();
        }
        Arrival::Retrieved(minute) => {
            let found =
                [Entity::Inquiry(inquiry(minute, false)), Entity::Verification(verification())];
            let hydrated = vec![InquiryId::new("inq_1").unwrap()];
            store.apply(Batch { hydrated, ..Batch::of(found) }).await.unwrap();
        }
        Arrival::Happened(minute) => {
            ingested(event("inquiry.completed", inquiry(minute, false))).await;
        }
        Arrival::Redacted(minute) => {
            ingested(event("inquiry.redacted", inquiry(minute, true))).await;
        }
        Arrival::RedactedByName(minute) => {
            ingested(event("inquiry.redacted", inquiry(minute, false))).await;
        }
    }
}

/// Files under a folder that have a word in them.
pub fn having(folder: &Path, word: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(having(&path, word));
        } else if fs::read(&path).unwrap().windows(word.len()).any(|bytes| bytes == word.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}

#[test]
fn in_whatever_order_it_arrives_nothing_personal_stays_or_comes_back() {
    let arrival = prop_oneof![
        (0..5_u32).prop_map(Arrival::Listed),
        (0..5_u32).prop_map(Arrival::Retrieved),
        (0..5_u32).prop_map(Arrival::Happened),
    ];
    let redaction = prop_oneof![
        (0..5_u32).prop_map(Arrival::Redacted),
        (0..5_u32).prop_map(Arrival::RedactedByName),
    ];
    let days = (prop::collection::vec(arrival, 0..8), redaction, any::<prop::sample::Index>());
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 40,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let done = runner.run(&days, |(mut day, redaction, place)| {
        let place = place.index(day.len() + 1);
        day.insert(place, redaction);
        let folder = tempfile::tempdir().unwrap();
        runtime.block_on(async {
            let file = folder.path().join("caseload.db");
            let store = Store::open(&file, Clock::manual(noon())).await.unwrap();
            for (nth, arrival) in day.iter().enumerate() {
                arrive(&store, nth, *arrival).await;
                if nth >= place {
                    for word in [NAME, NUMBER, &NAME.to_lowercase(), &NUMBER.to_lowercase()] {
                        assert_eq!(having(folder.path(), word), [""; 0], "{word} after {nth}");
                    }
                }
            }
            let kept = store.inquiry(&InquiryId::new("inq_1").unwrap()).await.unwrap().unwrap();
            assert!(kept.inquiry.redacted_at.is_some() && kept.verifications.is_empty());
        });
        Ok(())
    });
    done.unwrap_or_else(|why| panic!("{why}"));
}

#[tokio::test]
async fn an_item_that_is_redacted_while_it_is_decided_is_gone_from_the_screen() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("]P").await.sees("name last").press("a").await.sees("approve inq_");
    let name = story.simulator.object(&id).unwrap()["attributes"]["fields"]["name-last"]["value"]
        .as_str()
        .unwrap()
        .to_owned();
    story.sees(&name);
    // What is written about them is kept for the next console.
    story.press("cseen-on-a-screen").await.sleep(2).await;
    assert_eq!(having(story.folder.path(), "seen-on-a-screen").len(), 1);
    let recorder = std::sync::Arc::new(Recorder::new(Thresholds::default()));
    let url = story.simulator.base_url();
    let elsewhere = client(&url, given(DEMO_KEY), &Clock::manual(noon()), &recorder).unwrap();
    let subject = redact::Subject::Inquiry(InquiryId::new(&id).unwrap());
    let redact = redact::Redact::confirmed(subject, &id).unwrap();
    elsewhere.write(&redact, &IdempotencyKey::random(), Lane::Front).await.unwrap();
    story.pass(20).await;
    story.lacks(&name).lacks("approve inq_").lacks("seen-on-a-screen").sees("nothing was sent");
    story.sees("redacted or purged: nothing was sent, your comment is gone");
    assert_eq!(having(story.folder.path(), "seen-on-a-screen"), [""; 0]);
    // What would still be typed of the comment is no command for a moment.
    story.pass(3).await;
    story
        .press(&format!("/{id} status:any<enter>"))
        .await
        .sees("redacted: the personal data is gone");
    story.press("<enter>a").await.sees("this inquiry was redacted");
    assert_ne!(story.simulator.status(&id).unwrap(), "approved");
}
