//! A case and its inquiry decided in one commit: done, half done, or not done.

use caseload::simulator::Scenario;

use crate::story::{Beginning, Story};

/// A reviewer whose case on the screen has one inquiry that waits.
struct Desk {
    story: Story,
    case: String,
    inquiry: String,
}

impl Desk {
    async fn open() -> Self {
        let beginning = Beginning { inquiries: 300, ..Beginning::default() };
        let mut story = Story::begin_with(beginning).await;
        let waiting = story.simulator.inquiries("needs_review");
        let (case, inquiry) = story
            .simulator
            .open_cases()
            .into_iter()
            .find_map(|case| {
                let object = story.simulator.object(&case)?;
                let inquiries = object["relationships"]["inquiries"]["data"].as_array()?.clone();
                let [only] = inquiries.as_slice() else { return None };
                let id = only["id"].as_str()?.to_owned();
                waiting.contains(&id).then_some((case, id))
            })
            .expect("a case with one inquiry that waits");
        story.press(&format!("2/{case}<enter>s")).await.sees("case status").press("j<enter>").await;
        Self { story, case, inquiry }
    }

    fn misbehave(&self, path: &str, fault: &str) {
        let rule = format!("[[rule]]\nmethod = \"POST\"\npath = \"{path}\"\nfault = \"{fault}\"\n");
        self.story.simulator.set_scenario(Scenario::parse(&rule).unwrap());
    }

    /// How often Persona did something to the case and to the inquiry.
    fn effects(&self) -> (usize, usize) {
        let effects = |id: &str| self.story.simulator.effects(id);
        (effects(&self.case), effects(&self.inquiry))
    }

    fn status(&self) -> String {
        self.story.simulator.status(&self.inquiry).unwrap()
    }
}

#[tokio::test]
async fn both_reach_persona_the_inquiry_first() {
    let mut desk = Desk::open().await;
    desk.story
        .sees("a approves, d declines its inquiry too")
        .press("a")
        .await
        .sees("and approve of its inquiry");
    desk.story.press("1<enter>").await.sees("and approve of its inquiry leaves in 5 s");
    assert_eq!(desk.effects(), (0, 0));
    desk.story.pass(6).await.lacks("stopped").lacks("refused");
    assert_eq!((desk.effects(), desk.status().as_str()), ((1, 1), "approved"));
    let requests = desk.story.simulator.requests();
    let posts = requests.iter().filter(|request| request.method == "POST");
    let posts: Vec<_> = posts.map(|request| request.path.rsplit('/').next().unwrap()).collect();
    assert_eq!(posts, ["approve", "set-status"]);
}

#[tokio::test]
async fn the_verdict_about_the_inquiry_can_be_changed_and_left_out_again() {
    let mut desk = Desk::open().await;
    desk.story.press("a").await.sees("and approve of its inquiry");
    desk.story.press("d").await.sees("and decline of its inquiry").sees("suspected fraud");
    desk.story.press("d").await.lacks("of its inquiry?").sees("no reason is asked for");
    desk.story.press("<enter>").await.pass(6).await;
    assert_eq!(desk.effects(), (1, 0), "the case alone");
}

#[tokio::test]
async fn both_are_taken_back_at_once() {
    let mut desk = Desk::open().await;
    desk.story.press("a<enter>u").await.sees("taken back").pass(60).await;
    assert_eq!(desk.effects(), (0, 0));
}

#[tokio::test]
async fn a_refused_inquiry_leaves_the_case_as_it_was() {
    let mut desk = Desk::open().await;
    desk.story.simulator.elsewhere(&desk.inquiry, "decline");
    desk.story.press("a<enter>").await.pass(6).await;
    desk.story.sees("and this was decided together with it");
    assert_eq!((desk.effects().0, desk.status().as_str()), (0, "declined"), "not done");
    desk.story.pass(300).await;
    assert_eq!(desk.effects().0, 0);
}

#[tokio::test]
async fn a_refused_case_is_half_done_and_says_so() {
    let mut desk = Desk::open().await;
    desk.misbehave("/set-status", "forbidden");
    desk.story.press("a<enter>").await.pass(6).await;
    desk.story.sees("half done, the rest reached");
    assert_eq!((desk.effects(), desk.status().as_str()), ((0, 1), "approved"));
    // What is left is decided again, alone.
    desk.story.simulator.set_scenario(Scenario::parse("").unwrap());
    desk.story.press("usj<enter>").await.sees("set status").press("<enter>").await.pass(6).await;
    assert_eq!(desk.effects(), (1, 1));
}

#[tokio::test]
async fn the_case_waits_for_as_long_as_the_inquiry_does_also_through_a_kill() {
    let mut desk = Desk::open().await;
    desk.misbehave("/approve", "lost-answer");
    desk.story.press("a<enter>").await.pass(8).await;
    assert_eq!(desk.effects(), (0, 1), "its answer was lost: the case is not touched yet");
    let ends = desk.story.kill();
    ends.0.set_scenario(Scenario::parse("").unwrap());
    let mut story = Story::again(ends).await;
    story.pass(120).await;
    let effects = |id: &str| story.simulator.effects(id);
    assert_eq!((effects(&desk.case), effects(&desk.inquiry)), (1, 1));
}
