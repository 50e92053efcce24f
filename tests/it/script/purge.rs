//! Dropping what is cached of people, with a receipt.

use serde_json::Value;

use super::{Office, contains};

/// Names of everybody that the simulated Persona knows an inquiry of.
fn names(office: &Office, ids: &[String]) -> Vec<String> {
    let name = |id: &String| {
        let object = office.simulator.object(id)?;
        let value = &object["attributes"]["fields"]["name-last"]["value"];
        let plain = |name: &&str| name.len() > 4 && name.chars().all(|c| c.is_ascii_alphabetic());
        value.as_str().filter(plain).map(str::to_owned)
    };
    ids.iter().filter_map(name).collect()
}

#[test]
fn what_is_cached_goes_with_a_receipt_and_comes_back_when_asked_for() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let waiting = office.simulator.inquiries("needs_review");
    let people = names(&office, &waiting);
    assert!(!people.is_empty() && people.iter().all(|name| contains(office.home.path(), name)));

    let asks = office.run(&["purge", "--all"]).ends(2);
    assert!(asks.err.contains("--yes says so for you"), "{asks:?}");
    office.run(&["purge", "--yes"]).ends(2);
    office.run(&["purge", "ver_1", "--yes"]).ends(2);
    let nobody = office.ask(&["purge", "inq_nobody", "--yes"]).ends(0);
    assert_eq!((nobody.told("kind"), nobody.told("inquiries")), ("receipt".into(), "0".into()));
    let one = office.ask(&["purge", &waiting[0], "--yes"]).ends(0);
    assert_eq!((one.told("inquiries"), one.told("accounts")), ("1".into(), "0".into()));

    let all = office.ask(&["purge", "--all", "--yes"]).ends(0);
    assert_ne!(all.told("accounts"), "0");
    for name in &people {
        assert!(!contains(office.home.path(), name), "{name} is still there");
    }
    assert_eq!(office.ask(&["purge", "--all", "--yes"]).ends(0).told("inquiries"), "0");
    let purged: Vec<Value> =
        office.journal().into_iter().filter(|line| line["what"] == "purged").collect();
    assert_eq!(purged.len(), 2, "{purged:?}");
    let line = purged[1]["detail"].as_str().unwrap();
    assert!(line.contains(&all.told("receipt")) && line.contains(&all.told("sha256")), "{line}");

    let shown = office.ask(&["show", &waiting[0], "--reveal"]).ends(0);
    let name = names(&office, &waiting[..1]);
    assert!(name.iter().all(|name| shown.out.contains(name)), "{shown:?}");
    // A decision that is on its way needs what it was made on.
    office.run(&["approve", &waiting[0], "--hold", "1h"]).ends(6);
    assert_eq!(office.ask(&["purge", &waiting[0], "--yes"]).ends(0).told("inquiries"), "0");
    assert_eq!(office.ask(&["outbox", "list"]).ends(0).told("state"), "held");
}

#[test]
fn what_has_not_changed_for_long_goes_and_what_waits_stays() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let over =
        office.simulator.inquiries("approved").len() + office.simulator.inquiries("declined").len();
    let untouched = office.ask(&["purge", "--older-than", "3650", "--yes"]).ends(0);
    assert_eq!((untouched.told("inquiries"), untouched.told("cases")), ("0".into(), "0".into()));
    let old = office.ask(&["purge", "--older-than", "0", "--yes"]).ends(0);
    let dropped: usize = old.told("inquiries").parse().unwrap();
    assert!(dropped > 0 && dropped >= over / 2, "{dropped} of {over}");
    let rows = office.ask(&["list", "inquiries", "--reveal"]).ends(0).json();
    let is_named = |row: &&Value| row["name"].is_string();
    let waits = |row: &&Value| row["status"] == "needs_review";
    assert!(rows.iter().filter(waits).all(|row| is_named(&row)), "what waits is whole");
    assert_eq!(rows.len(), 60, "rows stay");
    let gone = rows.iter().filter(|row| row["status"] == "approved" && !is_named(row)).count();
    assert!(gone > 0);
}
