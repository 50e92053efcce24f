//! The tutor: a lesson that is gone through by the keys it names, and items that are judged by what the
//! simulated Persona has about them.

use std::collections::HashMap;

use caseload::{
    model::InquiryId,
    tui::{Lesson, PRACTICE_WORLD},
};
use serde_json::Value;

use crate::story::{Beginning, Story};

/// What the evidence about each item comes to, read from the simulated Persona and not from the
/// console: by its short id, the key of the verdict.
fn known(story: &Story) -> HashMap<String, &'static str> {
    let object = |id: &str| story.simulator.object(id).expect("it was listed");
    let email = |id: &str| object(id)["attributes"]["fields"]["email-address"]["value"].to_string();
    let declined: Vec<String> =
        story.simulator.inquiries("declined").iter().map(|id| email(id)).collect();
    let verdict = |id: &String| {
        let evidence = object(id)["relationships"]["verifications"]["data"].clone();
        let verifications = evidence.as_array().expect("some evidence").iter();
        let decides =
            |check: &Value| check["status"] == "failed" && check["requirement"] == "required";
        let fails =
            verifications.map(|one| object(one["id"].as_str().expect("an id"))).any(|one| {
                one["attributes"]["checks"].as_array().is_some_and(|all| all.iter().any(decides))
            });
        if fails || declined.contains(&email(id)) { "d" } else { "a" }
    };
    let waiting = story.simulator.inquiries("needs_review").into_iter();
    waiting.map(|id| (InquiryId::new(&id).expect("an id").short(), verdict(&id))).collect()
}

/// What the tutor says: its sentence, and the line below it.
fn said(story: &Story) -> (String, String) {
    let screen = story.screen();
    let said: Vec<&str> =
        screen.lines().skip_while(|line| !line.starts_with("── tutor, ")).take(4).collect();
    let [_, first, second, below] = said[..] else { panic!("no tutor:\n{screen}") };
    (format!("{} {}", first.trim(), second.trim()).trim().to_owned(), below.trim().to_owned())
}

/// `press / · type failed:0 · press Enter`, as keys.
fn keys(said: &str) -> String {
    let presses = said.split(" · ").map(|part| match part.split_once(' ') {
        Some(("press", "Enter")) => "<enter>",
        Some(("press", "Esc")) => "<esc>",
        Some(("press" | "type", keys)) => keys,
        _ => panic!("{part:?} is nothing to press"),
    });
    presses.collect()
}

#[tokio::test]
async fn the_lesson_is_gone_through_by_its_own_keys_and_full_agreement_can_be_had() {
    let (seed, inquiries) = PRACTICE_WORLD;
    let (size, lesson) = ((80, 24), Some(Lesson::Whole));
    let beginning = Beginning { size, seed, inquiries, lesson, ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    let known = known(&story);
    assert!((8..=12).contains(&known.len()), "{known:?}");
    assert!(known.values().any(|key| *key == "a") && known.values().any(|key| *key == "d"));
    let mut lesson = Vec::new();
    loop {
        let (sentence, below) = said(&story);
        lesson.push(format!("{sentence}\n  {below}"));
        if below.starts_with("judged ") {
            break;
        }
        assert!(lesson.len() < 20, "it does not go on:\n{}", story.screen());
        story.press(&keys(&below)).await;
    }
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("screens");
    settings.set_prepend_module_to_snapshot(false);
    settings.bind(|| insta::assert_snapshot!("lesson", lesson.join("\n")));
    for _ in 0..known.len() {
        let screen = story.screen();
        let open = screen.lines().find_map(|line| {
            let title = line.rsplit_once('┌')?.1;
            known.iter().find(|(id, _)| title.contains(id.as_str()))
        });
        let (_, verdict) = open.unwrap_or_else(|| panic!("no item is open:\n{screen}"));
        story.press(&format!("{verdict}1<enter>")).await;
    }
    let (sentence, below) = said(&story);
    let all = known.len();
    assert!(sentence.starts_with(&format!("{all} of {all} as known; ")), "{sentence}");
    assert!(sentence.contains(" keys for a decision. What to practise is printed"), "{sentence}");
    story.pass(7).await.press(&keys(&below).repeat(2)).await;
    assert!(story.is_over());
}
