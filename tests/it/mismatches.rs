//! Answers that were not as expected: kept once per shape, counted, and shown to people.

use caseload::{
    clock::Clock,
    model::{Mismatch, Shape, Text, Timestamp},
    simulator::Novelties,
    store::{MOST_MISMATCHES, Store},
};

use crate::story::{Beginning, Story, noon};

fn shape(path: &str) -> Shape {
    let [kind, path, expected, found] = ["inquiry", path, "a known word", "on_hold"].map(Text::new);
    Shape { kind, path, expected, found }
}

fn seen(path: &str, first: &str, last: &str, times: u64) -> Mismatch {
    let at = |time: &str| format!("2026-03-02T{time}Z").parse::<Timestamp>().unwrap();
    Mismatch { shape: shape(path), first_seen: at(first), last_seen: at(last), times }
}

#[tokio::test]
async fn a_shape_is_kept_once_and_counts_on_over_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("store.db");
    let store = Store::open(&file, Clock::manual(noon())).await.unwrap();
    let (early, late) =
        (seen("a", "10:00:00", "10:30:00", 3), seen("b", "09:00:00", "11:00:00", 1));
    store.note_mismatches(&[early, late]).await.unwrap();
    drop(store);
    let store = Store::open(&file, Clock::manual(noon())).await.unwrap();
    let mut changes = store.changes();
    store.note_mismatches(&[seen("a", "10:00:00", "11:30:00", 2)]).await.unwrap();
    assert!(changes.try_recv().unwrap().mismatches, "whoever listens is told");
    let known = store.mismatches().await.unwrap();
    let expected = [seen("a", "10:00:00", "11:30:00", 5), seen("b", "09:00:00", "11:00:00", 1)];
    assert_eq!(known.list, expected, "the one that came last is first");
    assert_eq!(known.unseen, 2);
    store.look_at_mismatches().await.unwrap();
    store.note_mismatches(&[seen("a", "10:00:00", "13:00:00", 1)]).await.unwrap();
    assert_eq!(store.mismatches().await.unwrap().unseen, 0, "a shape that was seen is no news");
    store.note_mismatches(&[seen("c", "13:00:00", "13:00:00", 1)]).await.unwrap();
    assert_eq!(store.mismatches().await.unwrap().unseen, 1);
    store.note_mismatches(&[]).await.unwrap();
}

#[tokio::test]
async fn no_more_shapes_are_kept_than_said_and_the_newest_stay() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("s.db"), Clock::manual(noon())).await.unwrap();
    let most = usize::try_from(MOST_MISMATCHES).unwrap();
    let old: Vec<_> =
        (0..most).map(|n| seen(&format!("old.{n}"), "09:00:00", "09:00:00", 1)).collect();
    store.note_mismatches(&old).await.unwrap();
    let new: Vec<_> =
        (0..7).map(|n| seen(&format!("new.{n}"), "10:00:00", "10:00:00", 1)).collect();
    store.note_mismatches(&new).await.unwrap();
    let kept = store.mismatches().await.unwrap().list;
    assert_eq!(kept.len(), most);
    assert_eq!(kept[..7], new);
}

#[tokio::test]
async fn what_persona_says_unexpectedly_is_listed_by_name() {
    let mut story = Story::begin_with(Beginning {
        inquiries: 120,
        novelties: Novelties::Some,
        ..Beginning::default()
    })
    .await;
    assert!(!story.simulator.inquiries("on_hold").is_empty(), "a status of tomorrow");
    story.pass(5).await.sees("new :mismatches");
    story.press(":mism<enter>").await.sees("mismatches").sees("attributes.status");
    story.sees("expected a known word, found on_hold").sees("last ");
    story.pass(3).await.lacks("new :mismatches");
    story.press("<esc>").await.lacks("found on_hold");
    let mut again = story.another().await;
    again.lacks("new :mismatches").press(":mismatches<enter>").await.sees("found on_hold");
}

#[tokio::test]
async fn what_another_process_noticed_is_shown_and_scrolled_at_80_by_24() {
    let size = (80, 24);
    let mut story =
        Story::begin_with(Beginning { inquiries: 0, size, ..Beginning::default() }).await;
    story.press(":mismatches<enter>").await.sees("Every answer so far was what this console");
    story.press("<esc>").await;
    let file = story.folder.path().join("store/caseload.db");
    let other = Store::open(&file, story.clock.clone()).await.unwrap();
    let many: Vec<_> = (10..40)
        .map(|n| seen(&format!("attributes.odd-{n}"), "13:00:00", &format!("13:00:{n}"), 1))
        .collect();
    other.note_mismatches(&many).await.unwrap();
    story.pass(4).await.sees("30 new :mismatches");
    story.press(":mismatches<enter>").await.sees("odd-39").sees("1 of 30").lacks("odd-12");
    story.press("<c-d><c-d><c-d><c-d><c-d>jjj").await.sees("29 of 30").sees("odd-11");
    story.press("jjjj").await.sees("30 of 30").sees("odd-10").lacks("odd-39");
    story.press("k").await.sees("29 of 30");
}

#[tokio::test]
async fn a_typed_command_runs_through_the_guard_of_its_key() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press(":appr").await.sees(":appr").sees("approve the inquiry");
    story.press("<tab>").await.sees(":approve").press("<enter>").await.sees("approve inq_");
    assert_eq!(story.simulator.effects(&id), 0, "it is staged like by its key");
    story.press(":cases<enter>").await.sees("a decision is staged").sees("approve inq_");
    story.press(":decline<enter>").await.sees("decline inq_").press("<esc>").await;
    story.press(":status<enter>").await.sees("only cases have a status menu");
    story.press(":mismachtes<enter>").await.sees("did you mean mismatches?").sees(":mismachtes");
    story.press("<esc>").await.lacks(":mismachtes").sees("a approve");
    story.press(":re").await.sees("relations-pane").sees("refetch").press("<esc>").await;
    story.press(":x<backspace><backspace>j").await.lacks(":j");
    story
        .press(":")
        .await
        .paste("help")
        .await
        .press("<enter>")
        .await
        .sees("Here")
        .sees("j k scroll");
}

#[tokio::test]
async fn letters_that_are_typed_decide_nothing() {
    let mut story = Story::begin().await;
    story.press(":ad").await.lacks("Enter commits").press("<esc>").await.lacks("Enter commits");
    story.press("a:").await.sees("approve inq_").press("<esc>").await.sees("Enter commits");
}
