//! Making an inquiry, and the whole integration in five lines.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use caseload::{
    model::{
        Action, ActionId, ActionState, Evidence, IdempotencyKey, NewInquiry, Subject, TemplateId,
        Text, Verb,
    },
    simulator::DEMO_KEY,
    store::Store,
};

use super::{Office, Ran};
use crate::story::Story;

#[test]
fn the_five_lines_of_the_readme_are_the_whole_integration() {
    let office = Office::open();
    let readme = include_str!("../../../README.md");
    let block = readme.split("```sh\n").find(|block| block.starts_with("caseload inquiry create"));
    let lines: Vec<&str> =
        block.and_then(|block| block.split("```").next()).expect("the block").lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    // An account with relations, a case that is open, and the inquiry that the first line makes.
    // Only one template has the status that the fourth line sets.
    let can_be_pending = |case: &String| {
        let object = office.simulator.object(case).expect("it is there");
        let template = &object["relationships"]["case-template"]["data"]["id"];
        template.as_str().is_some_and(|id| id.contains("Kyc")) && office.status(case) != "Pending"
    };
    let case = office.simulator.open_cases().into_iter().find(can_be_pending).expect("a case");
    let related = office.simulator.inquiries("needs_review").into_iter().find(|inquiry| {
        let account = office.account_of(inquiry);
        let relations = ["relations", &account, "--key", "beneficial_owners"];
        !office.ask(&relations).ends(0).out.is_empty()
    });
    let account = office.account_of(&related.expect("an account with beneficial owners"));
    let binary = Path::new(env!("CARGO_BIN_EXE_caseload")).parent().expect("a folder");
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap_or_default());
    let mut inquiry = String::new();
    let mut outputs = Vec::new();
    for line in &lines {
        let mut shell = Command::new("sh");
        shell.args(["-c", line]).env_clear().stdin(Stdio::null());
        shell.env("HOME", office.home.path()).env("PATH", &path);
        shell.env("PERSONA_BASE_URL", office.simulator.base_url()).env("PERSONA_API_KEY", DEMO_KEY);
        shell.env("TEMPLATE", office.template()).env("ACCOUNT", &account).env("CASE", &case);
        let ran = Ran::of(shell.env("INQUIRY", &inquiry).output().expect("a shell")).ends(0);
        if inquiry.is_empty() {
            let id = ran.out.lines().find_map(|line| line.strip_prefix("id "));
            inquiry = id.expect("the inquiry that was made").trim().to_owned();
        }
        outputs.push(ran.out);
    }
    assert!(outputs[0].contains("\nlink    https://"), "{}", outputs[0]);
    assert!(outputs[1].contains(&account) && outputs[1].contains("created"), "{}", outputs[1]);
    assert_eq!(office.status(&inquiry), "needs_review");
    assert_eq!(office.status(&case), "Pending");
    assert!(outputs[4].contains("beneficial_owners"), "{}", outputs[4]);
    let done = office.journal().into_iter().filter(|line| line["what"] == "done").count();
    assert_eq!(done, 3, "made, escalated, set");
}

#[test]
fn an_inquiry_is_made_once_whatever_happens() {
    let office = Office::open();
    let template = office.template();
    let faults =
        ["lost-answer", "lost-request", "rate-limited", "error", "error-after", "unavailable"];
    for fault in faults {
        let account = office.account_of(&office.simulator.inquiries("approved")[0]);
        let before = office.inquiries_of(&account);
        office.misbehave(&format!(
            "[[rule]]\nmethod = \"POST\"\npath = \"/inquiries\"\ntimes = 1\nfault = \"{fault}\"\n"
        ));
        let create = ["inquiry", "create", "--template", &template, "--account", &account];
        let first = office.ask(&create).ends(6);
        assert_eq!(first.told("subject_kind"), "new inquiry", "{fault}");
        let done = office.ask(&["outbox", "retry", "--wait"]).ends(0);
        assert_eq!((done.told("state"), done.told("verb")), ("done".into(), "create".into()));
        let after = office.inquiries_of(&account);
        assert_eq!(after.len(), before.len() + 1, "{fault}");
        assert!(after.contains(&done.told("subject")), "{fault}: the decision names it");
    }
}

#[test]
fn an_inquiry_that_cannot_be_told_from_others_stops() {
    let office = Office::open();
    let template = office.template();
    office.misbehave(
        "[[rule]]\nmethod = \"POST\"\npath = \"/inquiries\"\ntimes = 1\nfault = \"error-after\"\n",
    );
    let create = ["inquiry", "create", "--template", &template, "--field", "name-first=Ada"];
    office.run(&create).ends(6);
    let stopped = office.ask(&["outbox", "retry", "--wait"]).ends(5);
    assert!(stopped.told("reason").contains("cannot be told"), "{stopped:?}");
    office.run(&["outbox", "cancel", &stopped.told("action")]).ends(0);
    let by_reference = [&create[..], &["--reference-id", "cust-new"]].concat();
    let made = office.ask(&by_reference).ends(0);
    let made = office.simulator.object(&made.told("id")).expect("it was made");
    assert_eq!(made["attributes"]["fields"]["name-first"]["value"], "Ada");
    let file = office.home.path().join("fields.json");
    fs::write(&file, r#"{"name-last": "Lovelace"}"#).expect("a file");
    let with_file = [&create[..], &["--fields", file.to_str().expect("a path")]].concat();
    let made = office.ask(&with_file).ends(0);
    let made = office.simulator.object(&made.told("id")).expect("it was made");
    assert_eq!(made["attributes"]["fields"]["name-last"]["value"], "Lovelace");
    fs::write(&file, r#"{"name-last": ["Lovelace"]}"#).expect("a file");
    let wrong = office.run(&with_file).ends(2);
    assert!(wrong.err.contains(":1:") && !wrong.err.contains("Lovelace"), "{wrong:?}");
    let both = [&by_reference[..], &["--account", "act_1"]].concat();
    office.run(&both).ends(2);
    let refused = ["inquiry", "create", "--template", &template, "--account", "act_nobody"];
    let refused = office.ask(&refused).ends(4);
    assert_eq!(refused.told("state"), "refused");
    office.run(&["inquiry", "create", "--template", "ctmpl_1"]).ends(2);
    office.run(&["inquiry", "create", "--template", &template, "--field", "novalue"]).ends(2);
}

#[test]
fn a_link_whose_answer_was_lost_is_asked_for_again() {
    let office = Office::open();
    let template = office.template();
    let account = office.account_of(&office.waiting());
    office.misbehave(
        "[[rule]]\nmethod = \"POST\"\npath = \"/inquiries\"\ntimes = 1\nfault = \"error-after\"\n",
    );
    let create = ["inquiry", "create", "--template", &template, "--account", &account, "--link"];
    let made = office.ask(&create).ends(0);
    assert!(made.told("link").starts_with("https://"), "{made:?}");
    assert!(office.inquiries_of(&account).contains(&made.told("id")));
}

#[tokio::test]
async fn the_console_shows_an_inquiry_that_is_to_be_made() {
    let mut story = Story::begin().await;
    let file = story.folder.path().join("store/caseload.db");
    let store = Store::open(&file, story.clock.clone()).await.expect("the store");
    let id = ActionId::new("0192-script").expect("an id");
    let now = story.clock.now();
    let action = Action {
        subject: Subject::NewInquiry(id.clone()),
        id: id.clone(),
        verb: Verb::CreateInquiry(NewInquiry {
            template: TemplateId::new("itmpl_1").expect("an id"),
            account: None,
            reference_id: None,
            fields: Vec::new(),
            link_seconds: None,
        }),
        evidence: Evidence { status: Text::default(), updated_at: None },
        reason_code: None,
        comment: None,
        reviewer: Text::new("jane@example.test"),
        decided_at: now,
        state: ActionState::Held { until: now + Duration::from_secs(3_600) },
        key: IdempotencyKey::random(),
        key_sent_at: None,
        attempts: 0,
        must_read: false,
        after: None,
        bulk: None,
        proposed_with: None,
        confirmed_by: None,
    };
    store.submit(&action, "a script").await.expect("it is written down");
    story.pass(3).await;
    story.press("o").await;
    story.sees("new inquiry");
    story.sees("create inquiry will be sent; u takes it back");
    assert_eq!(store.action(&id).await.expect("the store"), Some(action));
    story.press("<esc>u").await;
    let taken_back = store.action(&id).await.expect("the store").expect("it is there");
    assert_eq!(taken_back.state, ActionState::Cancelled);
}
