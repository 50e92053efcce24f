//! Marks, and what is decided of all that is marked: each once, whatever happens meanwhile.

use caseload::simulator::Scenario;

use crate::{
    policy::asked,
    story::{Beginning, Story},
};

/// Inquiries with this tag.
fn tagged(story: &Story, tag: &str) -> Vec<String> {
    let waiting = story.simulator.inquiries("needs_review").into_iter();
    let has = |id: &String| {
        let object = story.simulator.object(id).unwrap();
        object["attributes"]["tags"].as_array().unwrap().iter().any(|found| found == tag)
    };
    waiting.filter(has).collect()
}

fn requests(story: &Story, path: &str) -> usize {
    story.simulator.requests().iter().filter(|request| request.path.ends_with(path)).count()
}

#[tokio::test]
async fn what_is_marked_is_tagged_once_each_through_a_crash() {
    let mut story = Story::begin_with(Beginning { inquiries: 120, ..Beginning::default() }).await;
    // One by one, a range, the other way round, and all that a filter leaves.
    story.press("  ").await.sees("2 marked").press("gg ").await.sees("1 marked");
    story.press("gm").await.sees("1 mark let go").lacks("1 marked");
    story.press("gg*").await.sees("in this list are marked").press("V").await.sees("0 marked");
    story.press("gmggvjj").await.sees("range…").press("<esc>").await.lacks("range…");
    story.press("ggvjjjjjjjjjjjv").await.sees("12 marked");
    // They stay when the list shows others, and through a restart.
    story.press("/inq_zzz<enter>").await.sees("12 marked, 12 not in this list");
    story.press("\\").await.sees("12 marked").lacks("not in this list");
    let mut story = Story::again(story.kill()).await;
    story.sees("12 marked");

    // Verdicts are off; claims and links are made one by one.
    story.press("a").await.sees("does not allow verdicts in bulk");
    story.press("@").await.sees("claimed one by one").press("L").await.sees("one by one");
    // Taken back, nothing was sent.
    story.press("+sweep<enter>").await.sees("add tag sweep to 12 inquiries?");
    story.press("<enter>").await.sees("leaves in 5 s").press("u").await.sees("taken back");
    story.pass(10).await;
    assert_eq!(requests(&story, "/add-tag"), 0);

    // After five an answer is lost, and the process dies.
    let rules = "[[rule]]\npath = \"/add-tag\"\ntimes = 5\n\
                 [[rule]]\npath = \"/add-tag\"\nfault = \"lost-answer\"\n";
    story.simulator.set_scenario(Scenario::parse(rules).unwrap());
    story.press("+sweep<enter><enter>").await.pass(6).await;
    story.press("o").await.sees("add tag sweep in one go: 5 of 12 done");
    let left = story.kill();
    left.0.set_scenario(Scenario::default());
    let mut story = Story::again(left).await;
    story.pass(120).await;
    let done = tagged(&story, "sweep");
    assert_eq!(done.len(), 12);
    for id in &done {
        assert_eq!(story.simulator.effects(id), 1, "{id}");
    }
    let journal = story.journal().await;
    let of = |what: &str| {
        let lines = journal.iter().filter(|line| line["what"] == what && line["bulk"].is_string());
        lines.map(|line| line["bulk"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((of("undone").len(), of("decided").len(), of("done").len()), (12, 24, 12));

    // What all of them have is removed; what one lacks is added to that one, and the others are left
    // out with the reason. What is refused is told for each.
    story.press("<esc><esc>+sweep<enter>").await.sees("remove tag sweep from 12 inquiries?");
    story.press("<esc>").await;
    story.press("G ").await.sees("13 marked").press("+sweep<enter>").await;
    story.sees("add tag sweep to 1 inquiry?").sees("left out: 12 (it is tagged sweep already)");
    let refuse = "[[rule]]\npath = \"/add-tag\"\nfault = \"forbidden\"\n";
    story.simulator.set_scenario(Scenario::parse(refuse).unwrap());
    story.press("<enter>").await.pass(6).await.press("o").await.sees("0 of 1 done, 1 refused");

    // The last tag again, on one item that is open, and never a verdict.
    story.simulator.set_scenario(Scenario::default());
    story.press("<esc>u").await.press("gmG<enter>.").await.sees("repeats add tag sweep");
    story.press("<enter>").await.pass(6).await;
    assert_eq!(tagged(&story, "sweep").len(), 13);
}

#[tokio::test]
async fn cases_are_assigned_together_and_the_rest_is_taken_back() {
    let mut story = Story::begin().await;
    story.press("2gg   ").await.sees("3 marked").press("@").await;
    // One of them is the reviewer's own already.
    story.sees("2 cases?").sees("left out: 1 (this case is assigned to jane");
    // The first answer is slow to come: what has not left is taken back.
    let slow = "[[rule]]\npath = \"/assign\"\nfault = \"unavailable\"\n";
    story.simulator.set_scenario(Scenario::parse(slow).unwrap());
    story.press("<enter>").await.sees("leaves in 5 s").pass(6).await;
    story.press("o").await.sees("0 of 2 done").press("u").await;
    story.simulator.set_scenario(Scenario::default());
    story.press("<esc>").await.pass(300).await;
    let mine = story.simulator.open_cases().into_iter().filter(|id| {
        let case = story.simulator.object(id).unwrap();
        case["attributes"]["assignee-id"] == "jane@example.test"
    });
    assert!(mine.count() <= 3);
    story.press("2gg<enter>@<enter>").await.pass(6).await;
    story.press("1G<enter>.").await.sees("this is an inquiry");
}

#[tokio::test]
async fn verdicts_in_bulk_need_a_policy_a_reason_a_sample_and_a_number() {
    let text = "[bulk]\nverdicts = true\nmost = 4\nsample = 2\n";
    let beginning = || Beginning { policy: asked(text), ..Beginning::default() };
    let mut story = Story::begin_with(beginning()).await;
    story.press("gg     a").await.sees("allows 4 in one go: 5 are too many");
    story.press("k a").await.sees("approve 4 inquiries?").sees("opened 0 of 2, Enter opens inq_");
    // What is said with it survives a crash, for these.
    story.press("1cone device for all").await.sleep(2).await;
    let mut story = Story::again_with(story.kill(), beginning()).await;
    story.press("a").await.sees("approve 4 inquiries?").sees("one device for all");
    story.sees("the comment that you began and the reason that you chose").press("1").await;
    story.press("<enter>").await.sees("opened 1 of 2").press("<enter>").await;
    story
        .sees("all 2 of the sample were opened")
        .press("<enter>")
        .await
        .sees("a reason is required");
    story.press("1<enter>").await.sees("type 4 to commit:").press("5<enter>").await;
    story.sees("type 4, the number of items").press("<backspace>4<enter>").await;
    story.sees("leaves in 5 s").pass(6).await;
    let journal = story.journal().await;
    let decided: Vec<_> = journal.iter().filter(|line| line["what"] == "decided").collect();
    assert_eq!(decided.len(), 4, "a line for each");
    for line in &decided {
        assert_eq!(line["bulk"], decided[0]["bulk"]);
        let id = line["subject"]["Inquiry"].as_str().unwrap();
        assert_eq!(story.simulator.status(id).as_deref(), Some("approved"));
        assert_eq!(story.simulator.effects(id), 1, "{id}");
        let object = story.simulator.object(id).unwrap();
        let said = object["attributes"]["reviewer-comment"].to_string();
        assert!(said.contains("one device for all"), "{said}");
    }
    // What came of each is written down on request, with nothing that was said.
    story.press("<esc>:results<enter>").await.sees("-approve.csv: 4 decisions");
    let mut files = std::fs::read_dir(story.folder.path().join("results")).unwrap();
    let text = std::fs::read_to_string(files.next().unwrap().unwrap().path()).unwrap();
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!((rows.len(), files.count()), (4, 0), "{text}");
    for row in rows {
        let is_whole =
            row.starts_with("inquiry,inq_") && row.contains(",approve,evidence_ok,done,");
        assert!(is_whole && row.contains(",200,done,req_"), "{row}");
    }
    assert!(!text.contains("device"), "{text}");
    let exported = story.journal().await.pop().unwrap();
    assert_eq!((&exported["what"], &exported["export"]["lines"]), (&"exported".into(), &4.into()));
    assert_eq!(exported["bulk"], decided[0]["bulk"]);
    // What is decided is marked no more.
    story.press("<esc>").await.lacks(" marked");
}
