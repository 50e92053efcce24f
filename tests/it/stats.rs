//! A reviewer's own day in figures.

use crate::story::{Beginning, Story};

#[tokio::test]
async fn a_day_is_told_in_figures_and_follows_what_becomes_of_it() {
    let beginning = Beginning { size: (80, 24), ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    story.press(":stats<enter>").await.sees("your own decisions, jane@example.test");
    story.sees("No decisions today yet.").sees("Nor were there any").press("<esc>").await;
    let first = story.first_in_queue();
    story.press("<enter>a1<enter>").await.press("d1<enter>").await.press("a1<enter>u").await;
    story.sees("taken back").press(":sta<enter>").await;
    story.sees("2 decided today · median ").sees(" from opening to Enter, of 2");
    // What is decided from the list is timed from when it stood beside it.
    story.press("<esc>hj").await.press("d1<enter>").await.press(":sta<enter>").await;
    story.sees("3 decided today · median ").sees(" from seeing to Enter, of 3, 1 unopened");
    story.sees("1 approved · 2 declined · 1 taken back").sees(" 12 13 14").sees("██");
    story.sees("There were none in the seven days before.").sees("days and hours in UTC");
    // While it is open, too.
    story.pass(7).await;
    story.simulator.elsewhere(&first, "decline");
    story.pass(60).await.sees("1 taken back · 1 overturned since");
    story.pass(24 * 60 * 60).await.press("<esc>:stats<enter>").await;
    story.sees("No decisions today yet.").sees("Mon 2 Mar         3         1         2");
    story.press("x").await.sees("x does nothing here").press("q").await.lacks("decisions today");
}
