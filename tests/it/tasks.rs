//! The five things that reviewers do all day, and how many keys each takes.

use crate::story::Story;

/// Presses keys of which there are at most so many.
async fn within(story: &mut Story, most: usize, keys: &str) {
    let named = keys.matches("<enter>").count();
    let pressed = keys.chars().count() - named * ("<enter>".len() - 1);
    assert!(pressed <= most, "{keys} is {pressed} keys");
    story.press(keys).await.pass(6).await.settle().await;
}

fn status(story: &Story, id: &str) -> String {
    story.simulator.status(id).expect("it is there")
}

#[tokio::test]
async fn the_five_standard_tasks_take_few_keys() {
    let mut story = Story::begin().await;
    // Approve the next one after looking, and decline the one after it with a reason.
    let id = story.first_in_queue();
    within(&mut story, 3, "]a<enter>").await;
    assert_eq!(status(&story, &id), "approved");
    let id = story.first_in_queue();
    within(&mut story, 4, "]d1<enter>").await;
    assert_eq!(status(&story, &id), "declined");
    // Send one to review that no check sent there.
    let id = story.simulator.inquiries("completed").pop().unwrap();
    story.press(&format!("h/status:completed {id}<enter>")).await.sees("completed");
    within(&mut story, 3, "<enter>e<enter>").await;
    assert_eq!(status(&story, &id), "needs_review");
    // Set a case's status and be on the next.
    story.press("\\2gg<enter>").await;
    let statuses = |story: &Story| -> Vec<String> {
        story.simulator.open_cases().iter().map(|id| status(story, id)).collect()
    };
    let before = statuses(&story);
    within(&mut story, 4, "s2<enter>").await;
    assert_ne!(statuses(&story), before, "{}", story.screen());
    // A link for an applicant who is stuck, found by the beginning of the id.
    let id = story.simulator.inquiries("expired").pop().unwrap();
    within(&mut story, 12, &format!(":{}<enter>L<enter>", &id[..8])).await;
    assert_eq!(story.copied.len(), 1, "{}", story.screen());
}
