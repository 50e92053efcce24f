//! `caseload doctor`: what works, what does not, and what to do about it.

use std::fs;

use axum::{Json, Router, http::StatusCode};
use caseload::simulator::DEMO_KEY;
use serde_json::{Value, json};

use super::{Office, Ran, trouble::nobody_there};

/// The verdict about something, the worst if there are several.
fn verdict(rows: &[Value], about: &str) -> String {
    let of =
        |wanted: &str| rows.iter().any(|row| row["about"] == about && row["verdict"] == wanted);
    let found = ["fail", "warn", "ok"].into_iter().find(|wanted| of(wanted));
    found.unwrap_or_else(|| panic!("nothing about {about}: {rows:#?}")).to_owned()
}

/// All that is said about something.
fn said(rows: &[Value], about: &str) -> String {
    let about = rows.iter().filter(|row| row["about"] == about);
    about.map(|row| format!("{} {}\n", row["what"], row["todo"])).collect()
}

#[test]
fn a_working_office_is_told_so_before_and_after_its_copy_is_made() {
    let office = Office::open();
    let rows = office.ask(&["doctor"]).ends(0).json();
    assert!(said(&rows, "local copy").contains("is made at the first start"), "{rows:#?}");
    assert!(!office.home.path().join(".local").exists(), "looking makes nothing");
    office.run(&["sync", "--once"]).ends(0);
    let rows = office.ask(&["doctor"]).ends(0).json();
    for about in
        ["API key", "Persona", "environment", "rate limit", "clock", "local copy", "disk", "outbox"]
    {
        assert_eq!(verdict(&rows, about), "ok", "{}", said(&rows, about));
    }
    assert!(said(&rows, "environment").contains("as the local copy holds"));
    assert!(said(&rows, "local copy").contains("60 inquiries"));
    assert!(said(&rows, "permissions").contains("inquiry.read"));
    let page = office.run(&["doctor"]).ends(0);
    assert!(page.out.contains("ok    local copy"), "{}", page.out);
    assert!(page.out.lines().count() < 40, "one page:\n{}", page.out);
    for row in &rows {
        assert_eq!(row["kind"], "finding");
        assert!(row["verdict"] == "ok" || row["todo"] != "", "what is to be done about {row}?");
    }
}

#[test]
fn recorded_mismatches_and_what_was_not_done_are_named() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let account = office.account_of(&office.waiting());
    office.run(&["relations", &account, "--key", "business"]).ends(0);
    let rows = office.ask(&["doctor"]).ends(0).json();
    assert_eq!(verdict(&rows, "mismatches"), "warn");
    let mismatches = said(&rows, "mismatches");
    assert!(mismatches.contains("relation Individual/business fields"), "{mismatches}");
    office.misbehave("[[rule]]\nmethod = \"POST\"\nfault = \"unavailable\"");
    let inquiry = office.waiting();
    office.run(&["approve", &inquiry]);
    let rows = office.ask(&["doctor"]).json();
    assert!(said(&rows, "outbox").contains("1 on the way"), "{}", said(&rows, "outbox"));
}

#[test]
fn without_a_network_all_else_is_looked_at() {
    let office = Office::open();
    let doctor =
        office.command_at(&nobody_there(), DEMO_KEY, &["doctor", "--format", "json"]).output();
    let rows = Ran::of(doctor.expect("it runs")).ends(1).json();
    assert_eq!(verdict(&rows, "Persona"), "fail");
    assert!(said(&rows, "Persona").contains("cannot be reached"));
    for about in ["configuration", "local copy", "disk", "log", "terminal"] {
        assert_ne!(verdict(&rows, about), "fail", "{}", said(&rows, about));
    }
}

#[test]
fn a_key_that_is_missing_refused_or_open_to_others_fails() {
    let office = Office::open();
    let url = office.simulator.base_url();
    let wrong = office.command_at(&url, "persona_sandbox_wrong", &["doctor", "--format", "json"]);
    let rows = Ran::of({ wrong }.output().expect("it runs")).ends(1).json();
    assert_eq!(verdict(&rows, "Persona"), "ok", "it answers");
    assert!(said(&rows, "API key").contains("(401)"), "{rows:#?}");
    let without = office.command(&["doctor"]).env_remove("PERSONA_API_KEY").output();
    let without = Ran::of(without.expect("it runs")).ends(1);
    assert!(without.out.contains("set PERSONA_API_KEY"), "{without:?}");
    assert!(without.out.contains("it was not asked"), "{without:?}");
    let key = office.home.path().join("key");
    fs::write(&key, DEMO_KEY).unwrap();
    office.configure(&format!("[persona]\napi_key_file = {:?}\n", key.display().to_string()));
    let open = office.command(&["doctor"]).env_remove("PERSONA_API_KEY").output();
    let open = Ran::of(open.expect("it runs")).ends(1);
    assert!(open.out.contains("run chmod 600"), "{open:?}");
    assert!(!open.out.contains(DEMO_KEY));
}

#[test]
fn a_bad_configuration_is_named_with_its_place() {
    let office = Office::open();
    office.configure("[review]\nhold_second = 3\n");
    let rows = office.ask(&["doctor"]).ends(1).json();
    assert_eq!(verdict(&rows, "configuration"), "fail");
    assert!(said(&rows, "configuration").contains("config.toml:2:1"), "{rows:#?}");
    assert!(!rows.iter().any(|row| row["about"] == "Persona"), "nobody is asked by guess");
    assert_eq!(verdict(&rows, "terminal"), "ok");
}

/// A Persona of a key that may not read everything, with a clock of its own.
fn stingy(office: &Office, refused: &'static [&'static str]) -> String {
    office.runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/api/v1", listener.local_addr().unwrap());
        let app = Router::new().fallback(move |uri: axum::http::Uri| async move {
            let is_refused = refused.iter().any(|part| uri.path().ends_with(part));
            let (status, body) = match is_refused {
                true => (403, json!({ "errors": [{ "title": "Forbidden" }] })),
                false => (200, json!({ "data": [], "links": { "prev": null, "next": null } })),
            };
            let headers = [
                ("Date", "Mon, 02 Mar 2020 12:00:00 GMT"),
                ("Persona-Environment-Id", "env_stingy"),
                ("RateLimit-Limit", "300"),
                ("RateLimit-Remaining", "20"),
                ("RateLimit-Reset", "60"),
            ];
            (StatusCode::from_u16(status).unwrap(), headers, Json(body))
        });
        tokio::spawn(async move { axum::serve(listener, app).await.unwrap() });
        url
    })
}

#[test]
fn missing_permissions_are_named_and_only_what_reviewing_needs_fails() {
    let office = Office::open();
    let doctor = |url: &str| {
        let ran = office.command_at(url, DEMO_KEY, &["doctor", "--format", "json"]).output();
        Ran::of(ran.expect("it runs"))
    };
    let rows = doctor(&stingy(&office, &["/api-keys", "/rate-limits"])).ends(0).json();
    assert_eq!(verdict(&rows, "permissions"), "ok", "{}", said(&rows, "permissions"));
    assert!(said(&rows, "permissions").contains("not needed for reviewing: api_key.read"));
    assert!(said(&rows, "clock").contains("ahead of Persona's"), "{}", said(&rows, "clock"));
    assert_eq!(verdict(&rows, "rate limit"), "warn");
    let rows = doctor(&stingy(&office, &["/cases", "/reports"])).ends(0).json();
    assert_eq!(verdict(&rows, "permissions"), "warn");
    assert!(said(&rows, "permissions").contains("without case.read, report.read"));
    let rows = doctor(&stingy(&office, &["/events"])).ends(1).json();
    assert!(said(&rows, "permissions").contains("reviewing needs event.read"));
    let rows = doctor(&stingy(&office, &[""])).ends(1).json();
    assert_eq!(verdict(&rows, "API key"), "fail", "{rows:#?}");
}
