//! Clearing a queue: what a reviewer does all day.

use crate::story::{Beginning, Story};

#[tokio::test]
async fn an_inquiry_is_approved_with_a_reason() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.sees("needs review").press("a").await.sees("approve inq_").sees("Enter commits");
    assert_eq!(story.simulator.status(&id).unwrap(), "needs_review", "staging sends nothing");
    story.press("1<enter>").await.sees("approve held").sees("leaves in 5 s");
    assert_eq!(story.simulator.status(&id).unwrap(), "needs_review", "held is not sent");
    story.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "approved");
    let comment = &story.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "evidence ok (jane@example.test)");
    assert_eq!(story.simulator.effects(&id), 1);
    story.lacks("approve held");
    story.press("u").await.sees("has reached Persona; if that was wrong, d declines it");
}

#[tokio::test]
async fn a_decline_carries_the_comment_that_was_typed() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("d2cblurred<enter>").await.sees("comment: blurred");
    story.press("<enter>").await.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "declined");
    let comment = &story.simulator.object(&id).unwrap()["attributes"]["reviewer-comment"];
    assert_eq!(comment, "selfie mismatch: blurred (jane@example.test)");
}

#[tokio::test]
async fn a_staged_decision_is_let_go_and_a_held_one_taken_back() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    story.press("a<esc>").await.sees("nothing was sent").lacks("Enter commits");
    story.press("a<enter>u").await.sees("taken back").lacks("approve held");
    story.pass(60).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "needs_review");
    story.press("u").await.sees("there is nothing to take back");
}

#[tokio::test]
async fn an_inquiry_is_escalated_from_any_status() {
    let mut story = Story::begin().await;
    let id = story.simulator.inquiries("completed").pop().unwrap();
    story.press(&format!("/{id} status:any<enter>")).await;
    story.press("<enter>e").await.sees("escalate inq_").press("<enter>").await.pass(6).await;
    assert_eq!(story.simulator.status(&id).unwrap(), "needs_review");
    assert_eq!(story.simulator.effects(&id), 1);
}

#[tokio::test]
async fn a_case_takes_a_status_that_its_template_knows() {
    // Statuses are learnt from cases, so there must be some of each template.
    let mut story = Story::begin_with(Beginning { inquiries: 300, ..Beginning::default() }).await;
    story.press("2s").await.sees("case status");
    let screen = story.screen();
    assert!(
        !screen.contains("Cleared") || !screen.contains("Declined"),
        "one template's only:\n{screen}"
    );
    story.press("j<enter>").await.sees("set status").press("<enter>").await.sees("held");
    story.pass(6).await.lacks("refused");
    let changed = |id: &String| story.simulator.effects(id) > 0;
    let cases = story.simulator.requests();
    let set: Vec<_> =
        cases.iter().filter(|request| request.path.ends_with("/set-status")).collect();
    assert_eq!(set.len(), 1);
    let id = set[0].path.split('/').nth(4).unwrap().to_owned();
    assert!(changed(&id));
}

#[tokio::test]
async fn a_one_time_link_is_copied_and_shown_and_an_expired_inquiry_resumed_first() {
    let mut story = Story::begin_with(Beginning { inquiries: 120, ..Beginning::default() }).await;
    let id = story.simulator.inquiries("expired").pop().unwrap();
    story.press(&format!("/{id} status:any<enter><enter>L")).await.sees("one-time link inq_");
    story.press("<enter>").await.pass(6).await;
    story.sees("https://verify.example.test/verify?code=us1-").sees("clipboard");
    assert_eq!(story.copied.len(), 1);
    assert!(story.screen().contains(&story.copied[0]));
    assert_eq!(story.simulator.status(&id).unwrap(), "pending", "it was resumed");
    story.press("<esc>").await.lacks("verify.example.test");
    let link = story.copied[0].clone();
    let folder = story.folder.clone();
    story.shut_down().await;
    for file in std::fs::read_dir(folder.path().join("store")).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        let found = bytes.windows(link.len()).any(|window| window == link.as_bytes());
        assert!(!found, "the link was written to disk");
    }
}

#[tokio::test]
async fn personal_data_is_masked_until_revealed_and_for_a_while_only() {
    let mut story = Story::begin().await;
    let id = story.first_in_queue();
    let email =
        story.simulator.object(&id).unwrap()["attributes"]["fields"]["email-address"]["value"]
            .as_str()
            .unwrap()
            .to_owned();
    story.press("]").await.lacks(&email).press("P").await.sees(&email).sees("shown for up to 60 s");
    story.pass(61).await.lacks(&email);
    story.press("P").await.sees(&email).press("P").await.lacks(&email);
    story.press("P").await.sees(&email).press("hj").await.lacks(&email);
}

#[tokio::test]
async fn relations_are_fetched_and_followed() {
    let mut story = Story::begin().await;
    story.press("r").await.sees("beneficial_owners").sees("business").sees("counterparties");
    story.press("l").await.sees("Individual").press("h").await.sees("3 Relations");
}

#[tokio::test]
async fn the_filter_narrows_and_gives_way() {
    let mut story = Story::begin().await;
    story.press("/cust-00").await.sees("narrows as you type");
    story.press("<enter>").await.sees("/cust-00").press("\\").await.lacks("/cust-00");
    story.press("/status:approved<enter>").await.sees("approved");
    story.press("/<esc>").await.sees("status:approved".strip_prefix("status:").unwrap());
    story.press("\\/zzzz<enter>").await.sees("nothing matches");
}

#[tokio::test]
async fn reading_goes_on_with_the_next_item_after_a_decision() {
    let mut story = Story::begin().await;
    let first = story.first_in_queue();
    story.press("<enter>a<enter>").await;
    let waiting = story.simulator.inquiries("needs_review");
    assert!(waiting.contains(&first), "held");
    story.press("a").await.sees("Enter commits").press("<enter>").await.pass(6).await;
    assert_eq!(story.simulator.inquiries("needs_review").len(), waiting.len() - 2);
}

#[tokio::test]
async fn keys_typed_before_the_next_item_was_drawn_decide_nothing() {
    let mut story = Story::begin().await;
    story.press_at_once("ja<enter>").await.lacks("Enter commits").lacks("held");
    story.press_at_once("a<enter>a<enter>").await;
    story.pass(6).await;
    let posts =
        story.simulator.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 1);
}

#[tokio::test]
async fn help_comes_from_the_command_table_and_quit_asks_about_unsent_work() {
    let mut story = Story::begin().await;
    story.press("?").await.sees(" Here ").sees("approve the inquiry").press("<esc>").await;
    story.press("a<enter>q").await.sees("has not reached Persona yet").press("<esc>").await;
    assert!(!story.is_over());
    story.pass(6).await.press("q").await;
    assert!(story.is_over());
}

#[tokio::test]
async fn pasted_text_is_never_a_row_of_commands() {
    let mut story = Story::begin().await;
    story.paste("a\nd\nq").await.lacks("Enter commits");
    assert!(!story.is_over());
}
