//! Personal data on the screen and on its way out: masked, shown one by one and for a while, copied
//! only when it is shown.

use serde_json::Value;

use crate::story::Story;

/// What the applicant of this inquiry typed.
fn typed(story: &Story, id: &str, name: &str) -> String {
    let object = story.simulator.object(id).unwrap();
    object["attributes"]["fields"][name]["value"].as_str().unwrap().to_owned()
}

/// Moves the detail's cursor down to a line with these words.
async fn go_to(story: &mut Story, words: &str) {
    for _ in 0..60 {
        if story.at_cursor().contains(words) {
            return;
        }
        story.press("j").await;
    }
    panic!("no line says {words:?}:\n{}", story.screen());
}

fn details(lines: &[Value], what: &str) -> Vec<String> {
    let lines = lines.iter().filter(|line| line["what"] == what);
    lines.map(|line| line["detail"].as_str().unwrap_or_default().to_owned()).collect()
}

#[tokio::test]
async fn one_value_is_shown_without_the_others_and_for_a_while() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    let (email, born) = (typed(&story, &id, "email-address"), typed(&story, &id, "birthdate"));
    story.press("p").await.sees("cursor is on no personal value; P shows all of it");
    story.press("]").await;
    go_to(&mut story, "birthdate").await;
    story.lacks(&born).press("p").await.sees(&born).lacks(&email).sees("shown for up to 60 s");
    assert_eq!(story.screen().matches(&born).count(), 1, "the same date elsewhere stays masked");
    story.press("p").await.lacks(&born).lacks("shown for").press("p").await.sees(&born);
    story.sleep(10).await.sees("shown for up to 50 s");
    story.sleep(50).await.lacks(&born).lacks("shown for");
    // `p` where all is shown hides all; leaving the item does, too.
    story.press("P").await.sees(&born).sees(&email).press("p").await.lacks(&born).lacks(&email);
    story.press("p").await.sees(&born).press("JK").await.press("]").await.lacks(&born);
    let told = details(&story.journal().await, "revealed");
    let (one, all) = ("typed/birthdate for 60 s", "page for 60 s");
    assert_eq!(told, [one, one, all, one]);
}

#[tokio::test]
async fn ids_are_copied_freely_and_values_only_while_they_are_shown() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    let born = typed(&story, &id, "birthdate");
    story.press("y").await.sees("id of this item").press("y").await;
    assert_eq!(
        story.copied,
        std::slice::from_ref(&id),
        "nothing is under the cursor: the item's id is first"
    );
    story.sees("id of this item: sent to the terminal's clipboard");
    story.press("y2").await;
    assert!(story.copied[1].ends_with(&format!("/dashboard/inquiries/{id}")));
    story.press("]").await;
    go_to(&mut story, "birthdate").await;
    story.press("yy").await.sees("not copied: the value is masked, p shows it first");
    assert_eq!(story.copied.len(), 2);
    story.press("py").await.sees("value at the cursor").press("<enter>").await;
    assert_eq!(story.copied[2], born);
    story.pass(61).await.press("yy").await.sees("not copied");
    story.press("y").await.lacks(&born).press("<esc>").await;
    let lines = story.journal().await;
    assert_eq!(details(&lines, "copied"), ["typed/birthdate"], "ids are free");
    assert!(!serde_json::to_string(&lines).unwrap().contains(&born));
    // A decision tells what was copied before it, and the menu opens while one is staged.
    story.press("a1y").await.sees("id of this item").press("<esc><enter>").await;
    let decided = story.journal().await;
    let decided = decided.iter().find(|line| line["what"] == "decided").expect("it was decided");
    assert_eq!(decided["decision"]["before"]["copied"].as_array().unwrap().len(), 1);
}
