//! What a console writes into the journal besides decisions: who was there, and what was opened.

use caseload::{clock::Clock, store::Store};
use serde_json::Value;

use crate::story::Story;

fn all<'a>(lines: &'a [Value], what: &str) -> Vec<&'a Value> {
    lines.iter().filter(|line| line["what"] == what).collect()
}

#[tokio::test]
async fn what_was_opened_revealed_and_decided_is_told_in_order() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("jjkk").await;
    assert!(all(&story.journal().await, "opened").is_empty(), "passing by is not opening");
    story.press("<enter>jk<esc><enter>P").await;
    let lines = story.journal().await;
    let opened = all(&lines, "opened");
    assert_eq!(opened.len(), 1, "once for each version: {lines:#?}");
    assert_eq!(opened[0]["subject"]["Inquiry"], id.as_str());
    assert_eq!(opened[0]["version"]["status"], "needs_review");
    story.press("a1<enter>").await;
    story.pass(6).await;
    let lines = story.journal().await;
    let number = |what: &str| all(&lines, what)[0]["line"].clone();
    let before = &all(&lines, "decided")[0]["decision"]["before"];
    assert_eq!(before["opened"], Value::from(vec![number("opened")]));
    assert_eq!(before["revealed"], Value::from(vec![number("revealed")]));
    assert_eq!(all(&lines, "done")[0]["answer"]["class"], "done");
    let began = all(&lines, "session began");
    assert!(began[0]["program"].as_str().unwrap().starts_with("caseload "), "{began:#?}");
    assert!(lines.iter().all(|line| !line.to_string().contains("persona_sandbox")), "no key");
    let folder = story.folder.clone();
    story.shut_down().await;
    let store = Store::open(&folder.path().join("store/caseload.db"), Clock::system()).await;
    let (last, _) = store.unwrap().journal_lines().await.unwrap().pop().unwrap();
    assert!(last.contains("\"session ended\""), "{last}");
}
