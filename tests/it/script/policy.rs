//! What a policy asks of scripts: the same as of the console, as exit codes and sentences.

use std::{fs, path::PathBuf};

use super::{Office, Ran};

const JANES: &str = "persona_sandbox_of_jane_at_her_desk_1111";
const JOANS: &str = "persona_sandbox_of_joan_at_her_desk_2222";

impl Office {
    /// A policy of the user's own, beside their configuration.
    fn policy(&self, text: &str) {
        self.configure("");
        fs::write(self.home.path().join(".config/caseload/policy.toml"), text).expect("a file");
    }

    /// A configuration of somebody's, with a policy beside it.
    fn profile(&self, who: &str, policy: &str) -> PathBuf {
        let folder = self.home.path().join(who);
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("policy.toml"), policy).expect("a file");
        let file = folder.join("config.toml");
        fs::write(&file, format!("reviewer.email = \"{who}@example.test\"\n")).expect("a file");
        file
    }

    /// A command of somebody's, with their key.
    fn by(&self, profile: &std::path::Path, key: &str, arguments: &[&str]) -> Ran {
        let file = profile.to_str().expect("a path");
        let format: &[&str] = if arguments[0] == "journal" { &[] } else { &["--format", "json"] };
        let arguments = [&["--config", file], format, arguments].concat();
        let url = self.simulator.base_url();
        Ran::of(self.command_at(&url, key, &arguments).output().expect("the binary runs"))
    }
}

#[test]
fn a_reason_is_asked_for_and_only_listed_ones_are_taken() {
    let office = Office::open();
    office.policy(
        "[approve]\nreason = \"required\"\nreasons = [{ code = \"seen\", text = \"seen\" }]\n\
         [escalate]\nreason = \"required\"\nreasons = [{ code = \"odd\", text = \"odd\" }]\n",
    );
    let id = office.waiting();
    let refused = office.run(&["approve", &id]).ends(4);
    assert!(refused.err.contains("your policy.toml asks for a reason to approve"), "{refused:?}");
    assert!(refused.err.contains("there are: seen"), "{refused:?}");
    office.run(&["approve", &id, "--reason", "evidence_ok"]).ends(2);
    assert_eq!(office.simulator.effects(&id), 0);
    office.run(&["approve", &id, "--reason", "seen"]).ends(0);
    let done = office.simulator.inquiries("completed").remove(0);
    let refused = office.run(&["escalate", &done]).ends(4);
    assert!(refused.err.contains("asks for a reason to escalate"), "{refused:?}");
    office.run(&["escalate", &done, "--reason", "odd"]).ends(0);
    let line = office.journal().into_iter().rfind(|line| line["what"] == "decided").expect("one");
    assert_eq!(line["decision"]["reason"]["code"], "odd");
}

#[test]
fn what_is_shown_counts_as_opened() {
    let office = Office::open();
    office.policy("decline.opened = true\n");
    let id = office.waiting();
    let refused = office.run(&["decline", &id]).ends(4);
    assert!(refused.err.contains("asks that") && refused.err.contains("is opened"), "{refused:?}");
    office.run(&["show", &id]).ends(0);
    office.run(&["decline", &id]).ends(0);
    assert_eq!(office.status(&id), "declined");
    // Another version was not shown.
    let other = office.waiting();
    office.run(&["show", &other]).ends(0);
    office.simulator.elsewhere(&other, "approve");
    office.run(&["decline", &other]).ends(4);
}

#[test]
fn a_second_person_confirms_from_a_script_too() {
    let office = Office::open();
    for key in [JANES, JOANS] {
        office.simulator.add_key(key);
    }
    let asks = "[approve]\nsecond_person = true\n[decline]\nsecond_person = true\n";
    let (jane, joan) = (office.profile("jane", asks), office.profile("joan", asks));
    let id = office.waiting();
    let proposed = office.by(&jane, JANES, &["approve", &id]).ends(6);
    assert_eq!(proposed.told("state"), "proposed");
    assert!(proposed.err.contains("enforced by this client, not by Persona"), "{proposed:?}");
    let action = proposed.told("action");
    assert!(proposed.err.contains(&format!("caseload outbox confirm {action}")), "{proposed:?}");
    // Again is the same proposal, another verdict has to wait, and nothing else sends it.
    assert_eq!(office.by(&jane, JANES, &["approve", &id]).ends(6).told("action"), action);
    let other = office.by(&joan, JOANS, &["decline", &id]).ends(4);
    assert!(other.err.contains("approve is proposed for"), "{other:?}");
    office.by(&jane, JANES, &["outbox", "retry", &action]).ends(4);
    office.by(&jane, JANES, &["outbox", "retry"]).ends(0);
    let own = office.by(&jane, JANES, &["outbox", "confirm", &action]).ends(4);
    assert!(own.err.contains("you proposed it"), "{own:?}");
    let same_key = office.by(&joan, JANES, &["outbox", "confirm", &action]).ends(4);
    assert!(same_key.err.contains("with the API key that you use"), "{same_key:?}");
    assert_eq!(office.simulator.effects(&id), 0);
    let done = office.by(&joan, JOANS, &["outbox", "confirm", &action]).ends(0);
    assert_eq!(
        (done.told("state"), done.told("confirmed_by")),
        ("done".into(), "joan@example.test".into())
    );
    assert_eq!(office.status(&id), "approved");
    let late = office.by(&joan, JOANS, &["outbox", "confirm", &action]).ends(4);
    assert!(late.err.contains("not proposed any more"), "{late:?}");

    // Returned by one, taken back by the other.
    let id = office.waiting();
    let action = office.by(&jane, JANES, &["decline", &id]).ends(6).told("action");
    let returned = office.by(&joan, JOANS, &["outbox", "cancel", &action]).ends(0);
    assert_eq!(returned.told("state"), "stopped");
    assert!(returned.err.contains("returned to jane@example.test"), "{returned:?}");
    let action = office.by(&jane, JANES, &["decline", &id]).ends(6).told("action");
    let taken = office.by(&jane, JANES, &["outbox", "cancel", &action]).ends(0);
    assert_eq!(taken.told("state"), "cancelled");

    // What moved is stopped and named.
    let action = office.by(&jane, JANES, &["decline", &id]).ends(6).told("action");
    office.simulator.elsewhere(&id, "approve");
    let moved = office.by(&joan, JOANS, &["outbox", "confirm", &action]).ends(5);
    assert!(moved.err.contains("status needs review → approved"), "{moved:?}");
    assert_eq!(office.status(&id), "approved");
    office.by(&jane, JANES, &["journal", "verify"]).ends(0);
}

#[test]
fn a_bundle_tells_of_both_persons() {
    let office = Office::open();
    for key in [JANES, JOANS] {
        office.simulator.add_key(key);
    }
    let asks = "approve.second_person = true\n";
    let (jane, joan) = (office.profile("jane", asks), office.profile("joan", asks));
    let id = office.waiting();
    let action = office.by(&jane, JANES, &["approve", &id]).ends(6).told("action");
    office.by(&joan, JOANS, &["show", &id]).ends(0);
    office.by(&joan, JOANS, &["outbox", "confirm", &action]).ends(0);
    let folder = office.home.path().join("evidence");
    let output = folder.to_str().expect("a path");
    office.by(&jane, JANES, &["journal", "export", "--bundle", &id, "--output", output]).ends(0);
    office.by(&jane, JANES, &["journal", "verify", output]).ends(0);
    let decision = fs::read_to_string(folder.join("decision.json")).expect("a decision");
    let decision: serde_json::Value = serde_json::from_str(&decision).expect("JSON");
    assert_eq!(
        (&decision["reviewer"], &decision["key"]["ends"]),
        (&"jane@example.test".into(), &"1111".into())
    );
    let outcome = decision["outcome"].as_array().expect("an outcome");
    let confirmed = outcome.iter().find(|line| line["what"] == "confirmed").expect("a line");
    assert_eq!(
        (&confirmed["who"], &confirmed["key"]["ends"]),
        (&"joan@example.test".into(), &"2222".into())
    );
    let opened = confirmed["decision"]["before"]["opened"].as_array().expect("lines");
    let before = decision["before"].as_array().expect("lines");
    assert!(before.iter().any(|line| opened.contains(&line["line"])), "{before:#?}");
}

#[test]
fn what_is_in_force_is_shown_and_a_bad_policy_opens_nothing() {
    let office = Office::open();
    office.policy("[session]\nlock_minutes = 15\n[display]\nmask = \"lists\"\n");
    let check = office.run(&["config", "check"]).ends(0);
    for words in [
        "policy.toml (yours)",
        "enforced by this client, not by Persona",
        "session.lock_minutes = 15 (of your policy.toml)",
        "approve.reason = optional (of the default)",
    ] {
        assert!(check.out.contains(words), "{words}: {}", check.out);
    }
    office.configure("review.mask = \"nothing\"\n");
    let vain =
        "your config.toml: review.mask = nothing has no effect: your policy.toml requires lists";
    assert!(office.run(&["config", "check"]).ends(0).out.contains(vain));
    let doctor = office.ask(&["doctor"]).ends(0).json();
    assert!(
        doctor.iter().any(|row| row["verdict"] == "warn" && row["what"] == vain),
        "{doctor:#?}"
    );
    office.run(&["sync", "--once"]).ends(0);
    let listed = office.ask(&["list", "inquiries"]).ends(0).json();
    assert!(listed.iter().all(|row| row["masked"] == true));
    office.policy("[session]\nlock_minute = 15\n");
    for command in [&["config", "check"][..], &["list", "inquiries"], &["approve", "inq_1"], &[]] {
        let refused = office.run(command).ends(2);
        assert!(
            refused.err.contains("policy.toml:2:1: `lock_minute` is not a setting"),
            "{refused:?}"
        );
    }
    let doctor = office.ask(&["doctor"]).ends(1).json();
    assert!(doctor.iter().any(|row| row["about"] == "policy" && row["verdict"] == "fail"));
    let example = office.run(&["config", "example", "--policy"]).ends(0);
    assert!(example.out.contains("second_person"), "{example:?}");
}
