//! Whole screens, at the design size and at the smallest that must be comfortable.

use crate::story::{Beginning, Story};

/// Figures that are measured differ from run to run.
fn assert_screen(name: &str, story: &Story) {
    let mut settings = insta::Settings::clone_current();
    settings.add_filter(r" *p50 .*sync \w+( \w+)?", " [health]");
    settings.set_snapshot_path("screens");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!(name, story.screen()));
}

async fn narrow() -> Story {
    Story::begin_with(Beginning { size: (80, 24), ..Beginning::default() }).await
}

#[tokio::test]
async fn the_queue_at_120_by_40() {
    let mut story = Story::begin().await;
    // By then the views are counted.
    story.sleep(7).await.press("r1").await.press("jj").await;
    assert_screen("queue-120x40", &story);
}

#[tokio::test]
async fn a_staged_decline_at_120_by_40() {
    let mut story = Story::begin().await;
    story.sleep(7).await.press("<enter>d1cexpired since May<enter>").await;
    assert_screen("staged-120x40", &story);
}

#[tokio::test]
async fn the_queue_at_80_by_24() {
    let story = narrow().await;
    assert_screen("queue-80x24", &story);
}

#[tokio::test]
async fn a_staged_approval_at_80_by_24() {
    let mut story = narrow().await;
    story.press("<enter>a").await;
    assert_screen("staged-80x24", &story);
}

#[tokio::test]
async fn the_status_menu_at_80_by_24() {
    let mut story = narrow().await;
    story.press("2s").await;
    assert_screen("statuses-80x24", &story);
}
