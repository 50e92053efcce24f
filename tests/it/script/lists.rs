//! Lists, single objects and relations: what is chosen, in which format, and what is masked.

use std::process::Stdio;

use caseload::simulator::Scenario;
use serde_json::Value;

use super::{Office, Ran};

#[test]
fn lists_fill_an_empty_store_and_then_answer_without_persona() {
    let office = Office::open();
    let first = office.ask(&["list", "inquiries", "--status", "needs_review"]).ends(0);
    assert!(first.err.contains("never filled"), "{first:?}");
    let mut ids: Vec<String> =
        first.json().iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect();
    ids.sort();
    let mut waiting = office.simulator.inquiries("needs_review");
    waiting.sort();
    assert_eq!(ids, waiting);
    let asked = office.simulator.requests().len();
    let again = office.run(&["list", "inquiries", "--limit", "3", "--format", "csv"]).ends(0);
    assert_eq!(again.out.lines().count(), 4, "{again:?}");
    assert!(again.out.starts_with("id,status,name,"), "{again:?}");
    assert!(again.err.contains("3 of 60"), "{again:?}");
    assert_eq!(office.simulator.requests().len(), asked, "the local copy answered");
    office.simulator.elsewhere(&ids[0], "approve");
    let stale = office.ask(&["list", "inquiries", "--status", "approved"]).ends(0);
    assert!(!stale.out.contains(&ids[0]));
    let fresh = office.ask(&["list", "inquiries", "--status", "approved", "--refresh"]).ends(0);
    assert!(fresh.out.contains(&ids[0]));
    let nothing = office.run(&["list", "inquiries", "--status", "novel"]).ends(0);
    assert_eq!(nothing.out, "");
}

#[test]
fn two_first_lists_at_once_are_both_whole() {
    let office = Office::open();
    let start = || {
        let mut command = office.command(&["list", "inquiries", "--format", "csv"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts")
    };
    let children = [start(), start()];
    for child in children {
        let ran = Ran::of(child.wait_with_output().expect("it ends")).ends(0);
        assert_eq!(ran.out.lines().count(), 61, "{ran:?}");
    }
}

#[test]
fn lists_are_chosen_by_what_objects_say() {
    let office = Office::open();
    let template = office.template();
    let cases = office.ask(&["list", "cases"]).ends(0).json();
    let of = |name: &str, value: &Value| {
        let matches = cases.iter().filter(|case| case[name] == *value);
        matches.map(|case| case["id"].clone()).collect::<Vec<_>>()
    };
    let assigned = cases.iter().find(|case| case["assignee"].is_string()).expect("one");
    for (flag, name) in
        [("--assignee", "assignee"), ("--template", "template"), ("--status", "status")]
    {
        let value = &assigned[name];
        // Case does not matter where people write it.
        let given = value.as_str().expect("text");
        let given = if name == "template" { given.to_owned() } else { given.to_uppercase() };
        let found = office.ask(&["list", "cases", flag, &given]).ends(0).json();
        let found: Vec<Value> = found.iter().map(|case| case["id"].clone()).collect();
        assert_eq!(found, of(name, value), "{flag}");
    }
    let account = assigned["accounts"][0].as_str().expect("an account");
    let found = office.ask(&["list", "cases", "--account", account]).ends(0).json();
    assert!(found.iter().all(|case| case["accounts"].to_string().contains(account)));
    assert!(found.iter().any(|case| case["id"] == assigned["id"]));
    let by_template = office.ask(&["list", "inquiries", "--template", &template]).ends(0).json();
    assert!(!by_template.is_empty() && by_template.iter().all(|row| row["template"] == *template));
    let firms = office.ask(&["list", "accounts", "--type", "business", "--limit", "2"]).ends(0);
    let firms = firms.json();
    assert!(!firms.is_empty() && firms.len() <= 2);
    assert!(firms.iter().all(|row| row["type"] == "Business"), "{firms:?}");
    let known = office.run(&["list", "accounts", "--status", "novel"]).ends(0);
    assert_eq!(known.out, "");
}

#[test]
fn json_says_what_the_contract_names() {
    let office = Office::open();
    let template = office.template();
    let contract = include_str!("../../../docs/scripts.md");
    let (inquiry, case) = (office.waiting(), office.simulator.open_cases().remove(0));
    let account = office.account_of(&inquiry);
    let relations = ["relations", &account, "--key", "beneficial_owners"];
    let create = ["inquiry", "create", "--template", &template, "--link"];
    let commands: [&[&str]; 11] = [
        &["list", "inquiries"],
        &["list", "cases"],
        &["list", "accounts"],
        &["show", &inquiry],
        &["show", &case],
        &["show", &account],
        &relations,
        &create,
        &["link", &inquiry],
        &["approve", &inquiry],
        &["sync", "--once"],
    ];
    for command in commands {
        let ran = office.ask(command).ends(0);
        for object in ran.json() {
            let kind = object["kind"].as_str().expect("a kind").to_owned();
            let sections: Vec<&str> =
                contract.lines().filter(|row| row.starts_with(&format!("| `{kind}`"))).collect();
            assert!(!sections.is_empty(), "{kind}");
            for name in object.as_object().expect("an object").keys().filter(|n| *n != "kind") {
                let named = sections.iter().any(|row| row.contains(&format!("`{name}`")));
                assert!(named, "docs/scripts.md does not name {name} of {kind}");
            }
        }
        for format in ["table", "csv"] {
            // What decides would decide again.
            if !matches!(command[0], "approve" | "link" | "inquiry") {
                office.run(&[command, &["--format", format]].concat()).ends(0);
            }
        }
    }
}

#[test]
fn personal_data_is_masked_unless_somebody_answers_for_it() {
    let office = Office::open();
    let inquiry = office.waiting();
    let fields = &office.simulator.object(&inquiry).expect("it is there")["attributes"]["fields"];
    let name = fields["name-first"]["value"].as_str().expect("a name").to_owned();
    let masked = office.ask(&["show", &inquiry]).ends(0);
    assert!(!masked.out.contains(&format!("\"{name}\"")), "{masked:?}");
    assert_eq!(masked.told("masked"), "true");
    assert!(office.journal().iter().all(|line| line["what"] != "revealed"));
    let plain = office.ask(&["show", &inquiry, "--reveal"]).ends(0);
    assert!(plain.out.contains(&format!("\"{name}\"")), "{plain:?}");
    let list = office.ask(&["list", "inquiries", "--limit", "5", "--reveal"]).ends(0);
    assert!(list.json().iter().all(|row| row["masked"] == false));
    let revealed: Vec<Value> =
        office.journal().into_iter().filter(|line| line["what"] == "revealed").collect();
    assert_eq!(revealed.len(), 2);
    assert!(revealed[0]["subject"].to_string().contains(&inquiry));
    assert_eq!(revealed[1]["detail"], "5 inquiries");
    office.configure("[review]\nmask = \"lists\"\n");
    assert_eq!(office.ask(&["show", &inquiry]).told("masked"), "false");
    let list = office.ask(&["list", "inquiries", "--limit", "1"]);
    assert_eq!(list.told("masked"), "true");
}

#[test]
fn relations_are_asked_for_by_key_or_by_configuration() {
    let office = Office::open();
    let account = office.account_of(&office.waiting());
    let untold = "[[rule]]\npath = \"/account-types/\"\nfault = \"forbidden\"\n";
    office.simulator.set_scenario(Scenario::parse(untold).unwrap());
    let which = office.run(&["relations", &account]).ends(2);
    assert!(which.err.contains("Give --key"), "{which:?}");
    office.configure("[relations]\nkeys = [\"beneficial_owners\", \"business\"]\n");
    office.run(&["relations", &account]).ends(0);
    let asked = office.simulator.requests();
    for key in ["beneficial_owners", "business"] {
        assert!(asked.iter().any(|request| request.query.contains(key)), "{key}");
    }
    let unknown = office.run(&["relations", &account, "--key", "nonsense"]).ends(4);
    assert!(unknown.err.contains("nonsense"), "{unknown:?}");
    office.run(&["relations", "act_nobody", "--key", "business"]).ends(3);
    office.run(&["relations", "inq_1", "--key", "business"]).ends(2);
}

#[test]
fn keys_that_the_account_s_type_defines_need_no_configuration() {
    let office = Office::open();
    let account = office.account_of(&office.waiting());
    let told = office.ask(&["relations", &account]).ends(0).json();
    assert!(told.iter().any(|row| row["key"] == "business"), "{told:#?}");
}

#[test]
fn sync_once_says_what_it_did() {
    let office = Office::open();
    let first = office.ask(&["sync", "--once"]).ends(0);
    assert_eq!((first.told("result"), first.told("inquiries")), ("caught up".into(), "60".into()));
    let rows = office.ask(&["list", "inquiries", "--status", "needs_review"]).ends(0).json();
    assert!(rows.iter().all(|row| row["checks"].is_object()), "the evidence came along");
    office.simulator.elsewhere(&office.waiting(), "approve");
    let next = office.ask(&["sync", "--once"]).ends(0);
    assert_eq!((next.told("new_events"), next.told("listed")), ("1".into(), "0".into()));
    let nothing = office.ask(&["sync", "--once"]).ends(0);
    assert_eq!(nothing.told("new_events"), "0");
    office.run(&["sync"]).ends(2);
}
