//! The locked screen: it shows nothing of Persona's, and no key but one does anything.

use caseload::{clock::Clock, store::Store};

use crate::{
    policy::asked,
    story::{Beginning, Story},
};

const SAYS: &str = "caseload is locked: Enter comes back";

async fn locks_after(minutes: u64) -> Story {
    let policy = asked(&format!("session.lock_minutes = {minutes}"));
    Story::begin_with(Beginning { policy, ..Beginning::default() }).await
}

async fn told(story: &Story) -> Vec<(String, String)> {
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, Clock::system()).await.unwrap();
    let lines = store.journal_lines().await.unwrap();
    let lines = lines.into_iter().filter_map(|(line, _)| {
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let what = line["what"].as_str()?.to_owned();
        let detail = line["detail"].as_str().unwrap_or_default().to_owned();
        what.ends_with("locked").then_some((what, detail))
    });
    lines.collect()
}

fn lines_on(story: &Story) -> usize {
    story.screen().lines().filter(|line| !line.trim().is_empty()).count()
}

#[tokio::test]
async fn it_locks_by_itself_and_enter_comes_back() {
    let mut story = locks_after(15).await;
    story.press("l").await.sees("needs review");
    story.sleep(14 * 60).await.lacks(SAYS).press("x").await;
    story.sleep(14 * 60).await.lacks(SAYS);
    story.sleep(61).await.sees(SAYS).lacks("inq_").lacks("to review").lacks("SANDBOX");
    assert_eq!(lines_on(&story), 1, "{}", story.screen());
    story.press("jad:q<esc><c-c><c-c>").await.sees(SAYS);
    assert!(!story.is_over() && lines_on(&story) == 1);
    story.press("<enter>").await.lacks(SAYS).sees("needs review").lacks("Enter commits");
    let told = told(&story).await;
    let words: Vec<_> =
        told.iter().map(|(what, detail)| (what.as_str(), detail.as_str())).collect();
    assert_eq!(words, [("locked", "15 min without a key"), ("unlocked", "")]);
}

#[tokio::test]
async fn the_first_key_after_a_long_time_does_nothing() {
    let mut story = locks_after(15).await;
    let id = story.first_in_queue();
    // The machine slept: nothing woke the console meanwhile.
    story.press("a").await.sees("Enter commits").pass(60 * 60).await;
    story.press("<enter>").await.lacks("leaves in 5 s").lacks("Enter commits").lacks(SAYS);
    story.pass(60).await;
    assert_eq!(story.simulator.effects(&id), 0);
    story.pass(60 * 60).await.press("j").await.sees(SAYS);
}

#[tokio::test]
async fn somebody_locks_it_at_once_without_a_policy() {
    let mut story = Story::begin().await;
    story.sleep(24 * 60 * 60).await.lacks(SAYS);
    story.press("`").await.sees(SAYS).paste("text").await.sees(SAYS).press("<enter>").await;
    story.lacks(SAYS).press(":lock<enter>").await.sees(SAYS).press("<enter>").await.lacks(SAYS);
    story.press("?`").await.sees(SAYS).press("<enter>").await.lacks("this help");
    assert_eq!(told(&story).await.len(), 6);
}

#[tokio::test]
async fn a_staged_verdict_goes_and_a_comment_stays() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("a1`<enter>").await.lacks("Enter commits");
    story.press("d1cblurred at the `edge<enter>").await.sees("blurred at the `edge");
    story.press("`").await.sees(SAYS).lacks("blurred");
    // Enter comes back, once more ends the writing, and only then it commits.
    story.press("<enter>").await.sees("blurred at the `edge").press("<enter>").await;
    assert_eq!(story.simulator.effects(&id), 0);
    story.press("<enter>").await.sees("leaves in 5 s").pass(6).await;
    let comment = &story.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "document expired: blurred at the `edge (jane@example.test)");
}

#[tokio::test]
async fn what_was_revealed_is_masked_again_and_what_was_held_goes_on() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("lP").await;
    let open = story.screen();
    story.press("P").await;
    let masked = story.screen();
    story.press("P`<enter>").await;
    let again = story.screen();
    // Beside it the queue may learn more of its rows meanwhile.
    let detail = |screen: &str| {
        let lines = screen.lines().filter_map(|line| line.split_once("││")).take(30);
        lines.map(|(_, detail)| detail.to_owned()).collect::<Vec<_>>().join("\n")
    };
    assert!(detail(&masked).contains("Checks"), "{masked}");
    assert_ne!(detail(&open), detail(&masked));
    assert_eq!(detail(&again), detail(&masked));
    story.press("a1<enter>`").await.sees(SAYS).pass(6).await.sees(SAYS);
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    assert_eq!(lines_on(&story), 1);
}

#[tokio::test]
async fn a_link_that_comes_meanwhile_is_handed_out_afterwards() {
    let mut story = Story::begin().await;
    story.press("L").await.tap("Enter").tap("`").sees(SAYS).pass(0).await;
    story.pass(6).await.sees(SAYS).lacks("https://");
    assert!(story.copied.is_empty());
    story.press("<enter>").await.sees("https://");
    assert_eq!(story.copied.len(), 1);
    // What was on the screen is gone for good.
    story.press("`").await.lacks("https://").press("<enter>").await.lacks("https://");
}
