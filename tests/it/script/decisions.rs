//! Decisions: each reaches Persona once, bound to what was read, or says why not.

use std::process::{Child, Stdio};

use caseload::simulator::Options;

use super::{Office, Ran, contains, interrupt};

#[test]
fn verdicts_reach_persona_once_and_say_what_they_did() {
    let office = Office::open();
    let waiting = office.simulator.inquiries("needs_review");
    let reason = ["decline", &waiting[0], "--reason", "document_expired", "--comment", "in May"];
    let done = office.ask(&reason).ends(0);
    assert_eq!((done.told("verb"), done.told("state")), ("decline".into(), "done".into()));
    assert_eq!(
        (office.status(&waiting[0]), office.simulator.effects(&waiting[0])),
        ("declined".into(), 1)
    );
    let comment =
        office.simulator.object(&waiting[0]).expect("it")["attributes"]["reviewer-comment"].clone();
    assert!(
        comment.as_str().is_some_and(|said| said.starts_with("document expired: in May")),
        "{comment}"
    );
    let decided = office.journal();
    let line = decided.iter().find(|line| line["what"] == "decided").expect("a line");
    let decision = &line["decision"];
    assert_eq!(decision["reason"]["code"], "document_expired");
    assert_eq!(decision["reason"]["text"], "document expired");
    assert_eq!((&decision["commented"], &decision["verb"]), (&true.into(), &"decline".into()));
    assert!(decision["evidence"]["updated_at"].is_string() && decision["seen"]["checks"].is_u64());
    assert!(!line.to_string().contains("in May"), "what was said is not in it: {line}");
    let settled = decided.iter().find(|line| line["what"] == "done").expect("a line");
    assert_eq!((&settled["answer"]["status"], &settled["attempts"]), (&200.into(), &1.into()));
    assert!(settled["answer"]["request_id"].as_str().is_some_and(|id| id.starts_with("req_")));
    assert!(settled["key"]["environment"].as_str().is_some_and(|id| id.starts_with("env_")));
    let again = office.run(&["decline", &waiting[0]]).ends(4);
    assert!(again.err.contains("declined already"), "{again:?}");
    let unknown = office.run(&["approve", &waiting[1], "--reason", "because"]).ends(2);
    assert!(unknown.err.contains("evidence_ok, manual_match"), "{unknown:?}");
    office.run(&["escalate", &waiting[1], "--comment", "x"]).ends(2);
    office.run(&["escalate", &waiting[1]]).ends(4);
    office.run(&["approve", "inq_nobody"]).ends(3);
    let wrong = office.run(&["approve", "case_1"]).ends(2);
    assert!(wrong.err.contains("the id of a case, not of an inquiry"), "{wrong:?}");
    office.run(&["approve", "../../x"]).ends(2);
    let csv = office.run(&["approve", &waiting[1], "--format", "csv"]).ends(0);
    assert!(csv.out.starts_with("action,verb,to,") && csv.out.contains(",done,"), "{csv:?}");
    let days = office.ask(&["stats"]).ends(0).json();
    assert_eq!((days.len(), &days[0]["kind"]), (8, &"day".into()));
    assert_eq!((&days[0]["declined"], &days[0]["approved"]), (&1.into(), &1.into()));
    assert!(days[0]["median_seconds"].is_null() && days[1]["decided"] == 0, "none was opened");
}

#[test]
fn cases_are_set_and_assigned() {
    let office = Office::open();
    let case = office.simulator.open_cases().remove(0);
    let status = office.status(&case);
    let to = if status == "Pending" { "Open" } else { "Pending" };
    let set = office.ask(&["case", "set-status", &case, to]).ends(0);
    assert_eq!(set.told("to"), to);
    assert_eq!(office.status(&case), to);
    let same = office.run(&["case", "set-status", &case, &to.to_lowercase()]).ends(4);
    assert!(same.err.contains("already"), "{same:?}");
    let novel = office.run(&["case", "set-status", &case, "Nonsense"]).ends(4);
    assert!(novel.err.contains("was refused"), "{novel:?}");
    let cases = office.ask(&["list", "cases"]).ends(0).json();
    let assignees = cases.iter().filter_map(|case| case["assignee"].as_str());
    let user = assignees.max().expect("somebody has a case");
    let other = cases.iter().find(|case| case["assignee"] != user).expect("a case of another");
    let other = other["id"].as_str().expect("an id");
    office.run(&["case", "assign", other, user]).ends(0);
    assert_eq!(office.ask(&["show", other]).told("assignee"), user);
    office.run(&["case", "assign", other, user]).ends(4);
    office.run(&["case", "assign", &case, "jane"]).ends(2);
    office.run(&["case", "assign", "case_nobody", user]).ends(3);
}

#[test]
fn a_case_and_its_inquiries_are_decided_as_one() {
    let office = Office::of(Options { inquiries: 300, rate_limit: 10_000, ..Options::default() });
    let waiting = office.simulator.inquiries("needs_review");
    let inquiry_of = |case: &String| {
        let object = office.simulator.object(case)?;
        let data = object["relationships"]["inquiries"]["data"].as_array()?.clone();
        let id = data.first()?["id"].as_str()?.to_owned();
        (data.len() == 1 && waiting.contains(&id)).then_some((case.clone(), id))
    };
    let cases = office.simulator.open_cases();
    let pairs: Vec<_> = cases.iter().filter_map(inquiry_of).take(2).collect();
    let [(one, ada), (two, bob)] = pairs.as_slice() else { panic!("{pairs:?}") };
    let to = |case: &str| if office.status(case) == "Pending" { "Open" } else { "Pending" };

    let both = ["--inquiries", "approve", "--reason", "evidence_ok", "--wait"];
    let set = ["case", "set-status", one, to(one)];
    let rows = office.ask(&[&set[..], &both].concat()).ends(0).json();
    let told: Vec<_> =
        rows.iter().map(|row| (row["subject"].as_str(), row["state"].as_str())).collect();
    assert_eq!(told, [(Some(ada.as_str()), Some("done")), (Some(one.as_str()), Some("done"))]);
    assert_eq!(office.status(ada), "approved");
    let again = office.run(&["case", "set-status", one, to(one), "--inquiries", "decline"]).ends(4);
    assert!(again.err.contains("none of its inquiries is left to decide"), "{again:?}");

    // A case that Persona refuses leaves half of it done, and says so.
    let novel = ["case", "set-status", two, "Nonsense", "--inquiries", "decline", "--wait"];
    let half = office.run(&novel).ends(4);
    assert!(half.err.contains("half done, the rest reached Persona"), "{half:?}");
    assert_eq!((office.status(bob).as_str(), office.simulator.effects(two)), ("declined", 0));
    office.run(&["case", "set-status", two, "Open", "--reason", "incomplete"]).ends(2);
}

#[test]
fn a_link_is_printed_alone_and_kept_nowhere() {
    let office = Office::open();
    let inquiry = office.waiting();
    let link = office.run(&["link", &inquiry, "--expires", "30m"]).ends(0).out;
    assert!(link.starts_with("https://") && link.lines().count() == 1, "{link}");
    let code = link.trim().rsplit('=').next().expect("a code").to_owned();
    assert!(!contains(office.home.path(), &code), "the link is in a file");
    assert!(office.journal().iter().any(|line| line["what"] == "printed link"));
    assert_eq!(office.ask(&["link", &inquiry]).ends(0).told("inquiry"), inquiry);
    office.run(&["link", &inquiry, "--expires", "9999h"]).ends(2);
    office.run(&["link", &inquiry, "--expires", "soon"]).ends(2);
    office.simulator.elsewhere(&inquiry, "approve");
    let nowhere = office.run(&["link", &inquiry]).ends(4);
    assert!(nowhere.err.contains("would lead nowhere") && nowhere.out.is_empty(), "{nowhere:?}");
    // Silence: nobody else could hand it out, so the request is taken back or given up.
    let other = office.simulator.inquiries("needs_review").remove(0);
    office.misbehave("[[rule]]\nmethod = \"POST\"\nfault = \"stuck\"\n");
    let given_up = office.run(&["link", &other, "--patience", "1s"]).ends(6);
    assert!(given_up.out.is_empty() && given_up.err.contains("nobody will see it"), "{given_up:?}");
}

#[test]
fn evidence_that_moved_stops_a_decision() {
    let office = Office::open();
    let inquiry = office.waiting();
    let held = office.ask(&["approve", &inquiry, "--hold", "1s"]).ends(6);
    assert_eq!(held.told("state"), "held");
    assert!(held.err.contains("outbox retry"), "{held:?}");
    office.simulator.elsewhere(&inquiry, "decline");
    let action = held.told("action");
    let stopped = office.ask(&["outbox", "retry", &action, "--wait=60s"]).ends(5);
    assert_eq!(stopped.told("state"), "stopped");
    assert!(stopped.err.contains("declined now"), "{stopped:?}");
    assert_eq!(office.status(&inquiry), "declined");
    assert!(office.run(&["outbox", "list"]).ends(0).out.contains(&action));
    office.run(&["outbox", "retry", &action]).ends(4);
    office.run(&["outbox", "cancel", &action]).ends(0);
    assert_eq!(office.run(&["outbox", "list"]).ends(0).out, "", "dismissed");
    office.run(&["outbox", "cancel", "0192"]).ends(3);
}

#[test]
fn what_is_held_can_be_taken_back_and_a_call_again_follows_it() {
    let office = Office::open();
    let inquiry = office.waiting();
    let held = office.ask(&["approve", &inquiry, "--hold", "1h"]).ends(6);
    let again = office.ask(&["approve", &inquiry, "--wait=1s"]).ends(6);
    assert_eq!(again.told("action"), held.told("action"));
    let other = office.run(&["decline", &inquiry]).ends(4);
    assert!(other.err.contains("approve is on its way"), "{other:?}");
    let nothing = office.run(&["outbox", "retry"]).ends(0);
    assert!(nothing.err.contains("nothing waits"), "what is held is not hurried: {nothing:?}");
    let back = office.ask(&["outbox", "cancel", &held.told("action")]).ends(0);
    assert_eq!(back.told("state"), "cancelled");
    assert_eq!(office.status(&inquiry), "needs_review");
}

#[test]
fn a_lost_answer_has_one_effect() {
    let office = Office::open();
    let inquiry = office.waiting();
    office.misbehave("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"lost-answer\"\n");
    let lost = office.ask(&["approve", &inquiry]).ends(6);
    assert_eq!(lost.told("state"), "waiting");
    assert!(lost.err.contains("not at Persona yet (approve inquiry"), "{lost:?}");
    assert_eq!(office.simulator.effects(&inquiry), 1, "it had its effect");
    let sent = office.run(&["outbox", "cancel", &lost.told("action")]).ends(4);
    assert!(sent.err.contains("cannot be taken back"), "{sent:?}");
    let done = office.ask(&["outbox", "retry", "--wait"]).ends(0);
    assert_eq!(done.told("state"), "done");
    assert_eq!(office.simulator.effects(&inquiry), 1);
}

#[test]
fn an_interrupted_command_loses_nothing() {
    let office = Office::open();
    let inquiry = office.waiting();
    let mut waits = office.command(&["approve", &inquiry, "--hold", "1h", "--wait"]);
    let child = waits.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // Once it is written down, it may be interrupted at any time.
    while !office.run(&["outbox", "list"]).ends(0).out.contains(&inquiry) {}
    interrupt(&child);
    let ran = Ran::of(child.wait_with_output().expect("it ends"));
    // It may not have listened yet; either way the decision is there.
    assert!(matches!(ran.code, 6 | -1), "{ran:?}");
    let kept = office.ask(&["outbox", "list"]).ends(0);
    assert_eq!((kept.told("state"), kept.told("subject")), ("held".into(), inquiry));
}

#[test]
fn many_commands_share_a_store() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let waiting = office.simulator.inquiries("needs_review");
    let start = |inquiry: &String| {
        let mut command = office.command(&["approve", inquiry, "--wait=60s"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    // The last one is approved by two at once.
    let children: Vec<Child> = waiting[..4].iter().chain([&waiting[3]]).map(start).collect();
    let codes: Vec<i32> = children
        .into_iter()
        .map(|child| Ran::of(child.wait_with_output().expect("it ends")).code)
        .collect();
    assert_eq!(codes[..3], [0, 0, 0]);
    // The slower one followed the other's, found it approved, or was stopped on its way.
    assert!(
        codes[3..].contains(&0) && codes[3..].iter().all(|code| matches!(code, 0 | 4 | 5)),
        "{codes:?}"
    );
    for inquiry in &waiting[..4] {
        assert_eq!(
            (office.status(inquiry), office.simulator.effects(inquiry)),
            ("approved".into(), 1)
        );
    }
    office.journal();
}
