//! The log of a whole day's work at its most verbose: every attempt is in it, and nothing of what
//! must not be.

use std::{collections::BTreeSet, fs, os::unix::fs::PermissionsExt, path::PathBuf};

use caseload::simulator::DEMO_KEY;
use serde_json::Value;

use super::Office;

/// What only a person, an applicant or Persona may read.
#[derive(Default)]
struct Unspeakable(BTreeSet<String>);

impl Unspeakable {
    fn add(&mut self, word: &str) {
        // Shorter ones are parts of other words.
        if word.chars().count() >= 5 {
            self.0.insert(word.to_owned());
        }
    }

    /// Names, addresses, numbers and links of an object.
    fn personal(&mut self, name: &str, value: &Value) {
        match value {
            Value::Object(members) => {
                for (member, value) in members {
                    // `{"type": …, "value": …}` is named by what holds it.
                    let is_inner = matches!(member.as_str(), "value" | "0" | "1");
                    self.personal(if is_inner { name } else { member }, value);
                }
            }
            Value::Array(values) => values.iter().for_each(|value| self.personal(name, value)),
            Value::String(text) => {
                let personal =
                    ["name", "email", "phone", "birth", "street", "city", "number", "url"];
                let kind = ["type", "template", "file", "queue"];
                let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
                if (is(&personal) && !is(&kind)) || text.starts_with("http") {
                    self.add(text);
                }
            }
            _ => {}
        }
    }
}

fn log_of(office: &Office) -> PathBuf {
    let folder = office.home.path().join(".local/state/caseload");
    let files = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("it").path());
    files.filter(|path| path.extension().is_some_and(|it| it == "log")).last().expect("a log")
}

#[test]
fn every_attempt_is_logged_and_nothing_of_what_it_carried() {
    let office = Office::open();
    office.configure("[log]\nlevel = \"trace\"\n");
    let mut unspeakable = Unspeakable::default();
    let name = "Ἀριστοτέλης \u{202e}olleh\u{1b}[2J";
    let comment = "the passport of Wanjirũ Ngũgĩ is fine";
    for word in [name, "Ἀριστοτέλης", comment, "Wanjirũ", DEMO_KEY, "customer-Özil-7"]
    {
        unspeakable.add(word);
    }
    office.run(&["sync", "--once"]).ends(0);
    let waiting = office.simulator.inquiries("needs_review");
    let account = office.account_of(&waiting[0]);
    let (template, field) = (office.template(), format!("name-first={name}"));
    let create = ["inquiry", "create", "--template", &template, "--field", &field];
    let reference = ["--reference-id", "customer-Özil-7", "--link"];
    let made = office.ask(&[&create[..], &reference[..]].concat());
    let link = made.told("link");
    assert!(link.starts_with("https://"), "{made:?}");
    unspeakable.add(&link);
    office.run(&["link", &waiting[1], "--expires", "1h"]);
    for id in [&waiting[0], &account] {
        office.run(&["show", id, "--reveal"]);
    }
    office.run(&["relations", &account]);
    let case = office.simulator.open_cases().remove(0);
    office.run(&["case", "assign", &case, "zoë.østergård@acme.test"]);
    unspeakable.add("zoë.østergård@acme.test");
    // What Persona refuses, loses and spoils is told as well.
    let faults = ["invalid", "stale", "lost-answer", "error-after", "unauthorized", "none"];
    for (nth, fault) in faults.into_iter().enumerate() {
        office.misbehave(&format!("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"{fault}\"\n"));
        office.run(&["approve", &waiting[nth % waiting.len()], "--comment", comment]);
    }
    office.misbehave("[[rule]]\nfault = \"broken-json\"\n");
    office.run(&["sync", "--once"]);
    office.misbehave("");
    let wrong = office.command_at(&office.simulator.base_url(), "persona_sandbox_wrong", &["sync"]);
    let mut wrong = wrong;
    wrong.arg("--once").output().expect("the binary runs");
    unspeakable.add("persona_sandbox_wrong");

    let received = office.simulator.requests();
    for request in &received {
        request.idempotency_key.iter().for_each(|key| unspeakable.add(key));
        for id in request.path.split('/').filter(|part| part.contains('_')) {
            // What the organisation calls its types is nobody's data.
            let object = office.simulator.object(id).filter(|it| it["type"] != "account-type");
            if let Some(object) = object {
                unspeakable.personal("", &object["attributes"]);
            }
        }
    }
    assert!(unspeakable.0.len() > 20, "{:?}", unspeakable.0);

    let path = log_of(&office);
    assert_eq!(fs::metadata(&path).expect("the log").permissions().mode() & 0o777, 0o600);
    let log = fs::read_to_string(&path).expect("text");
    let lines: Vec<Value> =
        log.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let attempts: Vec<&Value> =
        lines.iter().map(|line| &line["fields"]).filter(|f| f["message"] == "request").collect();
    assert_eq!(attempts.len(), received.len(), "every attempt, and each once");
    for (attempt, request) in attempts.iter().zip(&received) {
        let names = ["method", "template", "latency_ms", "lane", "attempt", "class"];
        assert!(names.iter().all(|name| !attempt[*name].is_null()), "{attempt}");
        assert_eq!(attempt["method"], *request.method, "{attempt} {request:?}");
        assert_eq!(attempt["status"].as_u64(), request.status.map(u64::from), "{attempt}");
    }
    let classes: BTreeSet<&str> = attempts.iter().filter_map(|it| it["class"].as_str()).collect();
    for class in ["ok", "refused", "server-error", "no-answer", "unreadable"] {
        assert!(classes.contains(class), "{class} {classes:?}");
    }
    for word in &unspeakable.0 {
        let told = lines.iter().find(|line| line.to_string().contains(word.as_str()));
        assert!(told.is_none() && !log.contains(word.as_str()), "{word:?} in {told:?}");
    }
}
