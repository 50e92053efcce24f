//! Colleagues at one queue: each fetches what nobody else has, and sees who has what. Tags on
//! their way.

use caseload::simulator::Scenario;

use crate::story::{Beginning, Story};

fn tags(story: &Story, id: &str) -> Vec<String> {
    let object = story.simulator.object(id).unwrap();
    let tags = object["attributes"]["tags"].as_array().unwrap();
    tags.iter().map(|tag| tag.as_str().unwrap().to_owned()).collect()
}

fn has(story: &Story, id: &str, tag: &str) -> bool {
    tags(story, id).iter().any(|found| found == tag)
}

/// All inquiries with such a tag.
fn tagged(story: &Story, tag: &str) -> Vec<String> {
    let waiting = story.simulator.inquiries("needs_review");
    waiting.into_iter().filter(|id| has(story, id, tag)).collect()
}

const JANES: &str = "reviewing:jane@example.test";
const TAG: &str = "a second look";
const JOANS: &str = "reviewing:joan@example.test";

#[tokio::test]
async fn what_is_fetched_is_claimed_and_nobody_else_fetches_it() {
    let mut jane = Story::begin().await;
    let first = jane.first_in_queue();
    jane.press("f").await.sees("claimed by");
    assert_eq!(tagged(&jane, JANES), std::slice::from_ref(&first));

    let mut joan = jane
        .another_with(Beginning { reviewer: "joan@example.test", ..Beginning::default() })
        .await;
    joan.sees("@jane").press("f").await.sees("yours now; 1 before it are claimed by others");
    let hers = tagged(&jane, JOANS);
    assert!(hers.len() == 1 && hers[0] != first);

    // Whoever opens it all the same is told before the commit, and in time.
    joan.press("hgg<enter>a").await.sees("jane@example.test has claimed it and may be deciding");
    joan.press("<esc>").await;

    // The verdict ends the claim, and the next is there and claimed.
    jane.press("a1<enter>").await.pass(6).await;
    assert_eq!(jane.simulator.status(&first).as_deref(), Some("approved"));
    assert!(!has(&jane, &first, JANES), "a decided inquiry is nobody's");
    let next = tagged(&jane, JANES);
    assert!(next.len() == 1 && next != hers);
    jane.sees("claimed by");

    // Let go of, it is there for the others.
    jane.press("F").await.sees("is nobody's again");
    assert!(tagged(&jane, JANES).is_empty());
    let journal = jane.journal().await;
    let said: Vec<&str> = journal.iter().filter_map(|line| line["what"].as_str()).collect();
    for what in ["claimed", "released"] {
        assert!(said.contains(&what), "{what} is in the journal");
    }
}

#[tokio::test]
async fn without_a_line_to_persona_reviewing_goes_on_unclaimed() {
    let mut story = Story::begin().await;
    story.simulator.set_scenario(Scenario::named("outage").unwrap());
    story.press("f").await.sees("not claimed: ").sees("inq_");
    // What was left comes again when nothing else does.
    story.simulator.set_scenario(Scenario::default());
    story.press("f").await.lacks("not claimed");
}

#[tokio::test]
async fn a_case_is_claimed_by_assigning_it() {
    let mut story = Story::begin().await;
    story.press("2f").await.sees("assigned to jane@example.test");
    let assigned = |story: &Story| {
        let cases = story.simulator.open_cases();
        let mut mine = cases.into_iter().filter(|id| {
            let case = story.simulator.object(id).unwrap();
            case["attributes"]["assignee-id"] == "jane@example.test"
        });
        mine.next()
    };
    assert!(assigned(&story).is_some());
    story.press("F").await.sees("Persona takes no assignee off a case");
}

#[tokio::test]
async fn tags_are_added_and_removed_by_name() {
    let mut story = Story::begin().await;
    let first = story.first_in_queue();
    story.press("+").await.sees("tags of inq_").press("a second look<enter>").await;
    story.sees("add tag a second look").press("<enter>").await.sees("leaves in 5 s").pass(6).await;
    assert!(has(&story, &first, TAG));
    story.sees("a second look").press("+a sec<enter>").await.sees("remove tag a second look");
    // Taken back in time, it stays.
    story.press("<enter>u").await.pass(6).await;
    assert!(has(&story, &first, TAG));
    story.press("+a sec<enter><enter>").await.pass(6).await;
    assert!(!has(&story, &first, TAG));
}
