//! Cases as a reviewer reads and decides them: all that hangs on one, its fields in the configured
//! order, its status and what a report found.

use std::{collections::BTreeMap, sync::Arc};

use caseload::{
    clock::Clock,
    metrics::{Recorder, Thresholds},
    model::{
        Action, ActionState, Batch, Case, CaseId, Comment, Entity, Evidence, Exhibit,
        IdempotencyKey, Lane, Pii, Report, ReportId, Subject, Text, Verb,
    },
    persona::reports,
    secret::FieldKey,
    simulator::DEMO_KEY,
    store::{Goal, Reseal, Sends, Store, Whose},
};
use serde_json::{Value, json};

use crate::{
    checker::{JANES, JOANS},
    client::{client, given},
    policy::asked,
    redaction::having,
    story::{Beginning, Story, noon},
};

async fn desk(beginning: Beginning) -> Story {
    Story::begin_with(Beginning { inquiries: 300, ..beginning }).await
}

/// An open case for which something is true, opened; its object.
async fn opened(story: &mut Story, wanted: impl Fn(&Story, &Value) -> bool) -> Value {
    let cases = story.simulator.open_cases();
    let mut cases = cases.iter().filter_map(|id| story.simulator.object(id));
    let case = cases.find(|case| wanted(story, case)).expect("there is such a case");
    let id = case["id"].as_str().unwrap().to_owned();
    story.press(&format!("2/{id}<enter><enter>")).await;
    case
}

fn related(case: &Value, name: &str) -> Vec<String> {
    let list = case["relationships"][name]["data"].as_array().unwrap();
    list.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect()
}

/// A report of a case of this kind that found something.
fn with_match(story: &Story, case: &Value, kind: &str) -> Option<String> {
    let found = |id: &String| {
        let report = story.simulator.object(id).unwrap();
        report["type"] == format!("report/{kind}") && report["attributes"]["has-match"] == true
    };
    related(case, "reports").into_iter().find(found)
}

/// Goes down the page to the line of which a key says this.
async fn press_where(story: &mut Story, key: &str, says: &str) {
    for _ in 0..60 {
        if story.press(key).await.screen().contains(says) {
            return;
        }
        story.press("j").await;
    }
    panic!("nowhere {says:?}:\n{}", story.screen());
}

#[tokio::test]
async fn a_case_shows_all_that_hangs_on_it() {
    let mut story = desk(Beginning { size: (120, 60), ..Beginning::default() }).await;
    let case = opened(&mut story, |_, case| {
        ["reports", "case-comments", "txns", "verifications"]
            .iter()
            .all(|name| !related(case, name).is_empty())
    })
    .await;
    for section in ["Fields", "Checklist", "Inquiries 1", "Accounts 1", "Reports 3"] {
        story.sees(section);
    }
    story.sees("Verifications").sees("Transactions 1").sees("Comments").sees("wire-");
    story.sees("priority").sees("☐ source of funds seen").sees("checks");
    story.lacks("not in the local copy").lacks("not asked for");
    let comment = related(&case, "case-comments").remove(0);
    let comment = story.simulator.object(&comment).unwrap()["attributes"].clone();
    story.sees(comment["commenter-id"].as_str().unwrap());
    let first: String = comment["message"]
        .as_str()
        .unwrap()
        .split_whitespace()
        .take(3)
        .collect::<Vec<_>>()
        .join(" ");
    story.lacks(&first).press("P").await.sees(&first);
    story.pass(61).await.lacks(&first);
}

#[tokio::test]
async fn attachments_are_listed_without_their_links() {
    let mut story = desk(Beginning { size: (120, 60), ..Beginning::default() }).await;
    let case = opened(&mut story, |_, case| {
        !case["attributes"]["attachments"].as_array().unwrap().is_empty()
    })
    .await;
    let name = case["attributes"]["attachments"][0]["filename"].as_str().unwrap().to_owned();
    story.sees("Attachments 1").sees(&name).lacks("://").lacks("access_token");
}

#[tokio::test]
async fn what_is_attached_is_a_key_away() {
    let mut story = desk(Beginning { size: (120, 60), ..Beginning::default() }).await;
    let case = opened(&mut story, |_, case| !related(case, "reports").is_empty()).await;
    let inquiry = related(&case, "inquiries").remove(0);
    let report = related(&case, "reports").remove(0);
    assert_eq!(
        story.simulator.object(&report).unwrap()["relationships"]["inquiry"]["data"]["id"],
        inquiry
    );
    let short = format!("┌inq_{}", &inquiry[4..8]);
    // Down to the reports: their lines lead to their inquiry, and there to their tab.
    press_where(&mut story, "D", "this report").await;
    story.press("<enter>").await.sees(&short).sees("[Reports");
}

#[tokio::test]
async fn fields_and_sections_come_as_configured() {
    let layout = "fields = ['risk_rating', 'Amount At Risk', 'never_seen']\nonly = true\n\
        labels = { amount_at_risk = 'At stake' }\nsections = ['comments', 'fields']";
    let layouts = BTreeMap::from([("*".to_owned(), toml::from_str(layout).unwrap())]);
    let mut story = desk(Beginning { layouts, size: (120, 60), ..Beginning::default() }).await;
    opened(&mut story, |_, case| {
        !related(case, "case-comments").is_empty()
            && !case["attributes"]["fields"]["risk_rating"]["value"].is_null()
    })
    .await;
    story.sees("At stake").lacks("amount at risk").lacks("priority").lacks("never seen");
    story.lacks("Checklist").sees("no checklist");
    let screen = story.screen();
    let at = |word: &str| screen.find(word).unwrap_or_else(|| panic!("{word}:\n{screen}"));
    assert!(at("Comments") < at("Fields") && at("Fields") < at("Inquiries 1"));
    assert!(at("risk rating") < at("At stake"));
}

#[tokio::test]
async fn a_status_is_set_by_its_letter_and_the_next_case_comes_by_itself() {
    let reasons = "[case_status]\nreason = \"required\"\n\
        reasons = [{ code = \"complete\", text = \"review complete\" }]";
    let mut story = desk(Beginning { policy: asked(reasons), ..Beginning::default() }).await;
    story.press("2").await;
    let title = |story: &Story| {
        let screen = story.screen();
        let at = screen.find("┌case_").expect("a case is in the detail");
        screen[at..].chars().take(14).collect::<String>()
    };
    let first = title(&story);
    story.press("s").await.sees("end: resolves the case").sees("a reason is asked for");
    story.press("<esc>").await;
    story.press("s").await;
    // The second entry's letter, as it is written before its name.
    let screen = story.screen();
    let entry = screen.lines().find_map(|line| line.split_once("│  2 ")).expect("a second entry");
    let letter = entry.1.chars().next().unwrap().to_string();
    story.press(&letter).await.sees("set status").press("<enter>").await.sees("asks for a reason");
    story.press("1<enter>").await.sees("held");
    assert_ne!(title(&story), first, "it moved on");
    story.pass(6).await.lacks("refused").lacks("stopped");
    let set = story.simulator.requests();
    assert_eq!(set.iter().filter(|request| request.path.ends_with("/set-status")).count(), 1);
}

#[tokio::test]
async fn a_status_says_what_the_case_still_lacks() {
    let mut story = desk(Beginning::default()).await;
    opened(&mut story, |_, case| case["attributes"]["fields"]["risk_rating"]["value"].is_null())
        .await;
    story.sees("– required").press("s").await.sees("required and empty: risk rating");
    story.sees("checklist:").press("2").await.sees("required and empty: risk rating");
}

#[tokio::test]
async fn inquiries_that_are_not_decided_with_a_case_are_named_with_the_reason() {
    let mut story = desk(Beginning::default()).await;
    let waits = |story: &Story, case: &Value| {
        let inquiries = related(case, "inquiries");
        story.simulator.inquiries("needs_review").contains(&inquiries[0])
    };
    let case = opened(&mut story, waits).await;
    let inquiry = related(&case, "inquiries").remove(0);
    story.press("s2").await.sees("a approves, d declines its inquiry too").press("<esc>").await;
    story.simulator.elsewhere(&inquiry, "decline");
    story.pass(20).await;
    story.press("s2").await.sees("its inquiries stay as they are").sees("is declined already");
    story.press("a").await.sees("nothing to add: inq_").press("<enter>").await.pass(6).await;
    assert_eq!(story.simulator.effects(&inquiry), 1, "only what was done elsewhere");
}

#[tokio::test]
async fn matches_of_a_report_are_dismissed_with_a_reason() {
    let mut story = desk(Beginning { size: (120, 60), ..Beginning::default() }).await;
    let is_listed = |story: &Story, case: &Value| with_match(story, case, "watchlist").is_some();
    let case = opened(&mut story, is_listed).await;
    let report = with_match(&story, &case, "watchlist").unwrap();
    story.sees("✗ match").press("D").await.sees("put the cursor on a report or a match");
    press_where(&mut story, "D", "dismiss the matches rep_").await;
    story.press("<enter>").await.sees("Persona asks for a reason to dismiss the matches");
    assert_eq!(story.simulator.effects(&report), 0);
    story.press("1ctwins<enter><enter>").await.sees("dismissal held");
    story.press("D").await.sees("held for this report already");
    story.press("u").await.sees("taken back").lacks("dismissal held").pass(60).await;
    assert_eq!(story.simulator.effects(&report), 0, "it was taken back");

    story.press("D1ctwins<enter><enter>").await.pass(6).await;
    story.lacks("✗ match").lacks("refused").lacks("stopped").sees("no match");
    assert_eq!(story.simulator.effects(&report), 1);
    let now = story.simulator.object(&report).unwrap()["attributes"].clone();
    assert_eq!(now["has-match"], false);
    assert_eq!(now["ignore-list"][0]["ignore-reason"], "another person: twins (jane@example.test)");
    story.press("D").await.sees("this report has no match: there is nothing to dismiss");
    let file = story.folder.path().join("store/caseload.db");
    let lines = Store::open(&file, Clock::system()).await.unwrap().journal_lines().await.unwrap();
    let told: Vec<Value> =
        lines.iter().map(|(line, _)| serde_json::from_str(line).unwrap()).collect();
    let decided = told.iter().rfind(|line| line["what"] == "decided").unwrap();
    assert_eq!(decided["subject"], json!({ "Report": report }), "{decided}");
    assert_eq!(decided["decision"]["reason"]["code"], "other_person");
    assert!(lines.iter().all(|(line, _)| !line.contains("twins")), "ids and codes only");
}

#[tokio::test]
async fn matches_in_the_media_are_dismissed_one_by_one() {
    let beginning = Beginning { size: (120, 60), inquiries: 900, ..Beginning::default() };
    let mut story = Story::begin_with(beginning).await;
    let is_there = |story: &Story, case: &Value| with_match(story, case, "adverse-media").is_some();
    let case = opened(&mut story, is_there).await;
    let report = with_match(&story, &case, "adverse-media").unwrap();
    let found = story.simulator.object(&report).unwrap()["attributes"].clone();
    let id = found["related-sources"][0]["entity-id"].as_str().unwrap().to_owned();
    press_where(&mut story, "D", "are dismissed one by one").await;
    press_where(&mut story, "D", "dismiss a match rep_").await;
    story.press("2<enter>").await.sees("dismissal held");
    story
        .pass(6)
        .await
        .lacks("refused")
        .lacks("stopped")
        .sees("adverse media              no match");
    assert_eq!(story.simulator.effects(&report), 1);
    let now = story.simulator.object(&report).unwrap()["attributes"].clone();
    assert!(!now["related-sources"].to_string().contains(&id));
    let ignored = now["ignore-list-entity"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(ignored["match"]["entity-id"], id.as_str());
    assert_eq!(ignored["ignore-reason"], "another birthdate (jane@example.test)");
}

#[tokio::test]
async fn a_report_that_ran_again_is_not_dismissed_on_what_it_said_before() {
    let mut story = desk(Beginning { size: (120, 60), ..Beginning::default() }).await;
    let is_listed = |story: &Story, case: &Value| with_match(story, case, "watchlist").is_some();
    let case = opened(&mut story, is_listed).await;
    let report = with_match(&story, &case, "watchlist").unwrap();
    press_where(&mut story, "D", "dismiss the matches rep_").await;
    let recorder = Arc::new(Recorder::new(Thresholds::default()));
    let url = story.simulator.base_url();
    let elsewhere = client(&url, given(DEMO_KEY), &story.clock, &recorder).unwrap();
    let run = reports::Run { id: ReportId::new(&report).unwrap() };
    elsewhere.write(&run, &IdempotencyKey::random(), Lane::Front).await.unwrap();
    story.press("1<enter>").await.pass(6).await;
    story.sees("dismiss the matches was not sent").sees("it changed at");
    let dismissed = |story: &Story| {
        let asked = story.simulator.requests();
        asked.iter().filter(|asked| asked.path.ends_with("/dismiss")).count()
    };
    assert_eq!(dismissed(&story), 0);
    // What was learnt on the way is what is decided on now.
    story.press("u").await.lacks("was not sent").press("D1<enter>").await.pass(6).await;
    assert_eq!(dismissed(&story), 1);
    story.lacks("was not sent");
}

#[tokio::test]
async fn a_second_person_confirms_a_dismissal() {
    let policy = asked("dismiss.second_person = true");
    let beginning = |key, reviewer| Beginning {
        size: (120, 60),
        inquiries: 300,
        policy: policy.clone(),
        key,
        reviewer,
        ..Beginning::default()
    };
    let maker = beginning(JANES, "jane@example.test");
    let clock = Clock::manual(noon());
    let simulator = Story::persona(&maker, &clock).await;
    for key in [JANES, JOANS] {
        simulator.add_key(key);
    }
    let mut story = Story::begin_on(simulator, clock, maker).await;
    let is_listed = |story: &Story, case: &Value| with_match(story, case, "watchlist").is_some();
    let case = opened(&mut story, is_listed).await;
    let report = with_match(&story, &case, "watchlist").unwrap();
    press_where(&mut story, "D", "propose dismiss the matches rep_").await;
    story.press("1<enter>").await.sees("is proposed").pass(60).await;
    story.press("D").await.sees("you proposed dismiss the matches");
    assert_eq!(story.simulator.effects(&report), 0);
    let mut checker = story.another_with(beginning(JOANS, "joan@example.test")).await;
    let id = case["id"].as_str().unwrap();
    checker
        .press(&format!("2/{id}<enter><enter>"))
        .await
        .sees("jane@example.test: another reviewer");
    press_where(&mut checker, "D", "confirm dismiss the matches rep_").await;
    checker.press("<enter>").await.pass(6).await;
    assert_eq!(story.simulator.effects(&report), 1);
    let now = story.simulator.object(&report).unwrap()["attributes"].clone();
    assert!(now["ignore-list"][0]["ignore-reason"].as_str().unwrap().contains("joan@example.test"));
}

/// Nobody else says this.
const SAID: &str = "Zbigniewa";

fn case(redacted: bool) -> Case {
    let at = if redacted { "2026-03-02T11:00:00Z" } else { "2026-03-02T10:00:00Z" };
    serde_json::from_value(json!({ "id": "case_1", "name": "KYC-1", "status": "Open", "tags": [],
        "inquiries": [], "accounts": [], "fields": [], "updated_at": at,
        "redacted_at": redacted.then_some(at) }))
    .unwrap()
}

fn batch() -> Batch {
    let comment = Comment {
        id: Text::new("cscm_1"),
        message: Pii::new(SAID),
        by: None,
        created_at: None,
        updated_at: None,
    };
    let report: Report = serde_json::from_value(json!({ "id": "rep_1", "kind": "watchlist",
        "status": "ready", "has_match": true, "tags": [], "fields": [] }))
    .unwrap();
    let pieces = vec![Exhibit::Comment(comment), Exhibit::Report(report)];
    let owner = Subject::Case(CaseId::new("case_1").unwrap());
    Batch { exhibits: vec![(owner, pieces)], ..Batch::of([Entity::Case(case(false))]) }
}

/// A dismissal with a comment, done.
async fn dismissed(store: &Store, clock: &Clock) {
    let action = Action {
        subject: Subject::Report(ReportId::new("rep_1").unwrap()),
        verb: Verb::DismissMatches(None),
        comment: Some(Text::new(SAID)),
        state: ActionState::Held { until: noon() },
        ..crate::store::action("inq_1", clock)
    };
    store.submit(&action, "w").await.unwrap();
    let claimed = store.claim("w", Sends::Own).await.unwrap().expect("it is due");
    store.settle(&claimed, "w", &ActionState::Done, &Batch::default(), "done").await.unwrap();
}

#[tokio::test]
async fn comments_go_with_their_case_and_what_was_said_of_its_reports_too() {
    for redacts in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("caseload.db");
        let clock = Clock::manual(noon());
        let store = Store::open(&file, clock.clone()).await.unwrap();
        store.apply(batch()).await.unwrap();
        dismissed(&store, &clock).await;
        assert!(!having(folder.path(), SAID).is_empty(), "it is there before");
        match redacts {
            true => drop(store.apply(Batch::of([Entity::Case(case(true))])).await.unwrap()),
            false => {
                store.purge(&Whose::Everybody).await.unwrap();
                store.leave_no_trace().await.unwrap();
            }
        }
        assert_eq!(having(folder.path(), SAID), [""; 0], "redacts: {redacts}");
        assert_eq!(store.report(&ReportId::new("rep_1").unwrap()).await.unwrap(), None);
        // What comes late brings nothing back.
        if redacts {
            store.apply(batch()).await.unwrap();
            assert_eq!(having(folder.path(), SAID), [""; 0]);
        }
    }
}

#[tokio::test]
async fn comments_are_sealed_and_a_report_is_renewed_wherever_it_hangs() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("caseload.db");
    let clock = Clock::manual(noon());
    Store::open(&file, clock.clone()).await.unwrap().apply(batch()).await.unwrap();
    let key = FieldKey::random().unwrap();
    let who = Text::new("jane");
    let reseal = Reseal { path: &file, key: &key, clock: &clock, who: &who, goal: Goal::Sealed };
    reseal.run(|_, _| {}).await.unwrap();
    assert_eq!(having(folder.path(), SAID), [""; 0]);
    let store = Store::open_with(&file, Some(&key), clock).await.unwrap();
    let id = ReportId::new("rep_1").unwrap();
    let mut report = store.report(&id).await.unwrap().expect("it hangs on the case");
    report.has_match = Some(false);
    let renewed = Batch { reports: vec![report.clone()], ..Batch::default() };
    assert!(store.apply(renewed.clone()).await.unwrap().cases);
    assert!(!store.apply(renewed).await.unwrap().cases, "it is known");
    let file = store.case(&CaseId::new("case_1").unwrap()).await.unwrap().unwrap();
    assert_eq!(file.exhibits.report(&id), Some(&report));
    assert_eq!(file.exhibits.comments[0].message.reveal().as_str(), SAID);
    let Evidence { status, .. } = report.evidence();
    assert_eq!(status.as_str(), "no match");
}
