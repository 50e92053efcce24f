//! What a reviewer has not finished when the console ends by itself: it is there in the next one.

use crate::story::{Beginning, Story};

/// What consoles keep beside the store.
fn kept(story: &Story) -> Vec<String> {
    let folder = story.folder.path().join("store");
    let names = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
    let names = names.map(|name| name.to_str().unwrap().to_owned());
    names.filter(|name| name.contains(".unfinished-")).collect()
}

/// The inquiry on the screen, whose id the title of the detail tells.
fn opened(story: &Story) -> String {
    let all = story.simulator.inquiries("needs_review");
    let title = |id: &String| format!("┌{}…{} ─", &id[..8], &id[id.len() - 4..]);
    let shown: Vec<String> =
        all.into_iter().filter(|id| story.screen().contains(&title(id))).collect();
    assert_eq!(shown.len(), 1, "{}", story.screen());
    shown.into_iter().next().unwrap()
}

#[tokio::test]
async fn place_and_comment_survive_a_crash_and_are_let_go_when_done() {
    let mut story = Story::begin().await;
    // Down the list, narrowed, an item open on another tab, a decline with a comment begun.
    story.press("/failed:><esc>/failed:>0<enter>jjj").await.press("<enter>]").await;
    let item = opened(&story);
    story.press("dc").await;
    story.press("the photo is of a scr").await.sleep(2).await;
    assert_eq!(kept(&story).len(), 1);

    let mut story = Story::again(story.kill()).await;
    story.sees("back where the last console ended").sees("; a comment is kept, not sent");
    story.sees("failed checks 7").lacks("Enter commits");
    assert_eq!(opened(&story), item);
    story.press("d").await.sees("the photo is of a scr").sees("is here again");
    // Letting go of the decision loses no comment; taking it out does.
    story.press("<esc>").await.press("d").await.sees("the photo is of a scr");
    story.press("ceen<enter><enter>").await.sees("leaves in 5 s").pass(10).await;
    assert_eq!(story.simulator.effects(&item), 1);
    story.press("a").await.lacks("the photo is of");

    // Whoever leaves begins anew, and what is beside the store goes.
    story.press("<esc>qqq").await;
    assert!(story.is_over());
    assert_eq!(kept(&story), Vec::<String>::new());
    let mut story = Story::again(story.kill()).await;
    story.lacks("back where").lacks("failed checks 7");

    // Another reviewer gets nothing of it.
    story.press("j<enter>").await.sleep(2).await;
    let left = story.kill();
    let other = Beginning { reviewer: "joe@example.test", ..Beginning::default() };
    let mut story = Story::again_with(left, other).await;
    story.lacks("back where");
    let mut story = Story::again(story.kill()).await;
    story.sees("back where");
}
