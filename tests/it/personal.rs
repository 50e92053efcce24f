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
