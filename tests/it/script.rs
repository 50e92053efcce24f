//! The command line for scripts: the real binary against a simulated Persona.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use caseload::{
    clock::Clock,
    journal,
    simulator::{self, DEMO_KEY, Options, Scenario, Simulator},
    store::Store,
};
use serde_json::Value;

/// A Persona, and a user with a home of their own.
struct Office {
    runtime: tokio::runtime::Runtime,
    simulator: Simulator,
    home: tempfile::TempDir,
}

/// What a command printed and how it ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let ran = Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
        ran
    }

    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    #[track_caller]
    fn json(&self) -> Vec<Value> {
        let parsed: Result<Vec<Value>, _> = self.out.lines().map(serde_json::from_str).collect();
        parsed.unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// A value of the only object.
    #[track_caller]
    fn told(&self, name: &str) -> String {
        let objects = self.json();
        assert_eq!(objects.len(), 1, "{self:?}");
        match &objects[0][name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

impl Office {
    fn open() -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let options = Options { inquiries: 60, rate_limit: 10_000, ..Options::default() };
        let start = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::system());
        let simulator = runtime.block_on(start).expect("a free port");
        Self { runtime, simulator, home: tempfile::tempdir().expect("a home") }
    }

    fn command_at(&self, url: &str, key: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caseload"));
        command.env_clear().env("HOME", self.home.path()).args(arguments).stdin(Stdio::null());
        command.env("PERSONA_BASE_URL", url).env("PERSONA_API_KEY", key).env("NO_COLOR", "1");
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_at(&self.simulator.base_url(), DEMO_KEY, arguments)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the binary runs"))
    }

    /// With what it prints as JSON.
    fn ask(&self, arguments: &[&str]) -> Ran {
        self.run(&[arguments, &["--format", "json"]].concat())
    }

    fn misbehave(&self, rules: &str) {
        self.simulator.set_scenario(Scenario::parse(rules).expect("a scenario"));
    }

    fn configure(&self, text: &str) {
        let folder = self.home.path().join(".config/caseload");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("config.toml"), text).expect("a file");
    }

    fn waiting(&self) -> String {
        self.simulator.inquiries("needs_review").remove(0)
    }

    fn account_of(&self, inquiry: &str) -> String {
        let inquiry = self.simulator.object(inquiry).expect("it is there");
        let id = &inquiry["relationships"]["account"]["data"]["id"];
        id.as_str().expect("it has an account").to_owned()
    }

    /// A template that inquiries have been made of.
    fn template(&self) -> String {
        let inquiry = self.simulator.object(&self.waiting()).expect("it is there");
        let id = &inquiry["relationships"]["inquiry-template"]["data"]["id"];
        id.as_str().expect("it has a template").to_owned()
    }

    fn status(&self, id: &str) -> String {
        self.simulator.status(id).expect("it is there")
    }

    /// Ids of inquiries that were made for an account.
    fn inquiries_of(&self, account: &str) -> Vec<String> {
        let rows = self.ask(&["list", "inquiries", "--account", account, "--refresh"]).json();
        rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    }

    /// What is in the journal, after its chain was checked.
    fn journal(&self) -> Vec<Value> {
        let folder = self.home.path().join(".local/share/caseload");
        let server = fs::read_dir(folder).expect("a store").next().expect("one server");
        let file = server.expect("an entry").path().join("caseload.db");
        self.runtime.block_on(async {
            let store = Store::open(&file, Clock::system()).await.expect("the store");
            let lines = store.journal_lines().await.expect("lines");
            journal::verify(lines.iter().map(|(line, hash)| (line.as_str(), hash.as_str())))
                .expect("a chain");
            lines.iter().map(|(line, _)| serde_json::from_str(line).expect("JSON")).collect()
        })
    }
}

fn nobody_there() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}/api/v1", listener.local_addr().expect("an address"))
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &id]).status().expect("kill").success());
}

#[test]
fn the_five_lines_of_the_readme_are_the_whole_integration() {
    let office = Office::open();
    let readme = include_str!("../../README.md");
    let block = readme.split("```sh\n").find(|block| block.starts_with("caseload inquiry create"));
    let lines: Vec<&str> =
        block.and_then(|block| block.split("```").next()).expect("the block").lines().collect();
    assert_eq!(lines.len(), 5, "{lines:?}");
    // An account with relations, a case that is open, and the inquiry that the first line makes.
    let case = office.simulator.open_cases().remove(0);
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
    let contract = include_str!("../../docs/scripts.md");
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
    assert!(line["detail"].as_str().is_some_and(|said| said.contains("reason document_expired")));
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

fn contains(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return contains(&path, word);
        }
        let bytes = fs::read(&path).expect("a file");
        bytes.windows(word.len()).any(|window| window == word.as_bytes())
    })
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

#[test]
fn a_refused_key_and_no_key_are_told_apart_from_silence() {
    let office = Office::open();
    let inquiry = office.waiting();
    let url = office.simulator.base_url();
    let wrong = |arguments: &[&str]| {
        let output = office.command_at(&url, "persona_sandbox_wrong", arguments).output();
        Ran::of(output.expect("it runs")).ends(7)
    };
    for command in [
        &["list", "inquiries"][..],
        &["show", &inquiry],
        &["approve", &inquiry],
        &["sync", "--once"],
    ] {
        let ran = wrong(command);
        assert!(ran.err.contains("(401)") && ran.out.is_empty(), "{ran:?}");
    }
    assert!(wrong(&["relations", "act_1", "--key", "x"]).err.contains("(401)"));
    let without = office.command(&["list", "cases"]).env_remove("PERSONA_API_KEY").output();
    let without = Ran::of(without.expect("it runs")).ends(7);
    assert!(without.err.contains("set PERSONA_API_KEY"), "{without:?}");
    assert_eq!(office.status(&inquiry), "needs_review");
    assert_eq!(office.run(&["outbox", "list"]).out, "", "nothing was decided");
}

#[test]
fn without_a_network_the_local_copy_answers_and_nothing_is_decided() {
    let mut office = Office::open();
    let template = office.template();
    let nobody = nobody_there();
    let empty = office.command_at(&nobody, DEMO_KEY, &["list", "inquiries"]).output();
    let empty = Ran::of(empty.expect("it runs")).ends(8);
    assert!(empty.err.contains("cannot be reached"), "{empty:?}");
    let inquiry = office.waiting();
    let account = office.account_of(&inquiry);
    office.run(&["sync", "--once"]).ends(0);
    office.run(&["relations", &account, "--key", "business"]).ends(0);
    // Persona falls silent at the address that the local copy belongs to.
    let url = office.simulator.base_url();
    let options = Options { inquiries: 1, ..Options::default() };
    let other = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::system());
    let other = office.runtime.block_on(other).expect("a free port");
    drop(std::mem::replace(&mut office.simulator, other));
    let run = |arguments: &[&str]| {
        Ran::of(office.command_at(&url, DEMO_KEY, arguments).output().expect("it runs"))
    };
    let shown = run(&["show", &inquiry, "--format", "json"]).ends(0);
    assert_eq!(shown.told("source"), "local");
    assert!(shown.err.contains("this is the local copy"), "{shown:?}");
    let listed = run(&["list", "inquiries", "--status", "needs_review"]).ends(0);
    assert!(listed.out.contains(&inquiry), "{listed:?}");
    assert!(run(&["list", "accounts"]).ends(0).err.contains("has seen"));
    run(&["relations", &account, "--key", "business"]).ends(0);
    run(&["list", "cases", "--refresh"]).ends(8);
    run(&["sync", "--once"]).ends(8);
    run(&["approve", &inquiry]).ends(8);
    run(&["show", "inq_unknown"]).ends(8);
    assert_eq!(run(&["outbox", "list"]).ends(0).out, "", "nothing was decided");
    // Making an inquiry needs no evidence: it is written down, and taken back before it was sent.
    let create = ["inquiry", "create", "--template", &template, "--format", "json"];
    let made = run(&create).ends(6);
    assert_eq!(made.told("state"), "waiting");
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

#[test]
fn relations_are_asked_for_by_key_or_by_configuration() {
    let office = Office::open();
    let account = office.account_of(&office.waiting());
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
    // The slower one followed the other's, or found it approved.
    assert!(
        codes[3..].contains(&0) && codes[3..].iter().all(|code| matches!(code, 0 | 4)),
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

#[test]
fn a_closed_pipe_is_quiet() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let inquiry = office.waiting();
    for command in [&["list", "inquiries"][..], &["show", &inquiry], &["approve", &inquiry]] {
        let mut child = office.command(command);
        let mut child =
            child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        drop(child.stdout.take());
        let ran = Ran::of(child.wait_with_output().expect("it ends")).ends(0);
        assert_eq!(ran.err, "", "{command:?}");
    }
    assert_eq!(office.status(&inquiry), "approved");
    // A disk that is full is not.
    let full = fs::File::options().write(true).open("/dev/full").expect("a full disk");
    let ran = office.command(&["list", "inquiries"]).stdout(full).output();
    let ran = Ran::of(ran.expect("it runs")).ends(1);
    assert!(!ran.err.is_empty());
}

#[test]
fn help_names_every_exit_code_and_wrong_usage_is_two() {
    let office = Office::open();
    for command in
        [&["--help"][..], &["list", "--help"], &["approve", "--help"], &["outbox", "--help"]]
    {
        let help = office.run(command).ends(0).out;
        assert!(help.contains("Exit codes:") && help.contains("  8  "), "{help}");
    }
    for command in [
        &["list", "nonsense"][..],
        &["list", "inquiries", "--limit", "0"],
        &["list", "inquiries", "--format", "xml"],
        &["show", "nonsense"],
        &["config", "path", "--format", "json"],
        &["inquiry", "create"],
    ] {
        office.run(command).ends(2);
    }
    office.configure("nonsense\n");
    office.run(&["list", "cases"]).ends(2);
}

#[test]
fn a_simulator_of_another_process_is_a_persona_too() {
    let home = tempfile::tempdir().expect("a home");
    let binary = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caseload"));
        command.env_clear().env("HOME", home.path()).stdin(Stdio::null());
        command
    };
    let mut server = binary();
    server.args(["simulate", "--listen", "127.0.0.1:0", "--inquiries", "20"]);
    let mut server = server.stdout(Stdio::piped()).spawn().expect("it starts");
    let mut line = String::new();
    let mut out = BufReader::new(server.stdout.take().expect("its output"));
    out.read_line(&mut line).expect("a line");
    let url = line.trim().rsplit(' ').next().expect("an address").to_owned();
    let mut list = binary();
    list.args(["list", "inquiries", "--format", "json"]);
    list.env("PERSONA_BASE_URL", url).env("PERSONA_API_KEY", DEMO_KEY);
    let listed = Ran::of(list.output().expect("it runs")).ends(0);
    assert_eq!(listed.json().len(), 20);
    interrupt(&server);
    assert!(server.wait().expect("it ends").success());
}
