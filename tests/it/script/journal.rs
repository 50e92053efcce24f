//! The journal from the command line: proved, exported, and caught where it was changed.

use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
    process::Stdio,
};

use caseload::{
    clock::Clock,
    model::{JournalEntry, Text},
    store::Store,
};
use serde_json::Value;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{Office, Ran};

impl Office {
    /// Does to the store what a program of somebody else's could.
    fn tamper(&self, statements: &[&'static str]) {
        let options = SqliteConnectOptions::new().filename(self.store());
        self.runtime.block_on(async {
            let mut db = SqliteConnection::connect_with(&options).await.expect("the store");
            let open = ["DROP TRIGGER journal_is_append_only", "DROP TRIGGER journal_keeps_all"];
            for sql in open.iter().chain(statements) {
                sqlx::query(*sql).execute(&mut db).await.expect("it is done");
            }
            db.close().await.expect("it is written");
        });
    }

    fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    fn verify(&self, what: &Path) -> Ran {
        // Neither a key, nor a configuration, nor a Persona.
        let mut command = self.command_at("http://127.0.0.1:9/api/v1", "x", &["journal", "verify"]);
        Ran::of(command.arg(what).args(["--format", "json"]).output().expect("it runs"))
    }
}

/// An office in which two inquiries were decided, the first with a reason and after a reveal.
fn after_work() -> (Office, String) {
    let office = Office::open();
    let waiting = office.simulator.inquiries("needs_review");
    office.run(&["show", &waiting[0], "--reveal"]).ends(0);
    let decline = ["decline", &waiting[0], "--reason", "document_expired", "--comment", "in May"];
    office.run(&decline).ends(0);
    office.run(&["approve", &waiting[1]]).ends(0);
    (office, waiting[0].clone())
}

#[test]
fn a_copy_without_its_log_is_told_what_it_lacks() {
    let (office, _) = after_work();
    let (file, copy) = (office.store(), office.path("copy.db"));
    let log = |file: &Path| PathBuf::from(format!("{}-wal", file.display()));
    // Whoever leaves it last leaves no log; then somebody has it open, and the last line is in one.
    let (open, head) = office.runtime.block_on(async {
        Store::open(&file, Clock::system()).await.expect("the store").close().await;
        let store = Store::open(&file, Clock::system()).await.expect("the store");
        let line = JournalEntry::new(Clock::system().now(), &Text::new("jane"), "locked");
        store.journal(line).await.expect("a line");
        let head = store.journal_lines().await.expect("lines").pop().expect("the last").1;
        (store, head)
    });
    fs::copy(&file, &copy).expect("a copy");
    let verify = || {
        let copy = copy.display().to_string();
        office.run(&["journal", "verify", &copy, "--head", &head, "--format", "json"])
    };
    let lacking = verify().ends(9);
    assert_eq!(lacking.told("wrong"), "not_as_noted");
    assert!(lacking.err.contains("copy.db-wal") && lacking.err.contains("store backup"));
    fs::copy(log(&file), log(&copy)).expect("its log");
    assert_eq!(verify().ends(0).told("noted_at"), "8");
    office.runtime.block_on(open.close());

    let torn = office.path("torn.db");
    let whole = fs::read(&file).expect("the store");
    fs::write(&torn, &whole[..whole.len() / 2]).expect("half of it");
    let told = office.verify(&torn).ends(1);
    assert!(told.err.contains("is torn: there is no log beside it"), "{told:?}");
}

#[test]
fn a_journal_is_proved_and_its_head_can_be_noted() {
    let office = Office::open();
    let none = office.run(&["journal", "verify"]).ends(3);
    assert!(none.err.contains("there is no journal yet"), "{none:?}");
    let (office, _) = after_work();
    let proof = office.ask(&["journal", "verify"]).ends(0);
    assert_eq!((proof.told("verdict"), proof.told("lines")), ("whole".into(), "7".into()));
    assert!(proof.told("environment").starts_with("env_"), "{proof:?}");
    let head = proof.told("head");
    let other = office.simulator.inquiries("needs_review").remove(0);
    office.run(&["approve", &other]).ends(0);
    let later = office.ask(&["journal", "verify", "--head", &head]).ends(0);
    assert_eq!((later.told("lines"), later.told("noted_at")), ("9".into(), "7".into()));
    let unknown = office.ask(&["journal", "verify", "--head", &"0".repeat(64)]).ends(9);
    assert_eq!(unknown.told("wrong"), "not_as_noted");
    office.run(&["journal", "verify", "--head", "abc"]).ends(2);
    let copy = office.path("copy.db");
    fs::copy(office.store(), &copy).expect("a copy");
    let half = office.verify(&copy);
    // Half a store may have nothing in it yet, be whole by chance, or be torn.
    assert!(matches!(half.code, 0 | 1), "{half:?}");
    assert!(half.code == 0 || half.err.contains("-wal"), "{half:?}");
    let log = |file: &Path| file.with_extension("db-wal");
    if log(&office.store()).exists() {
        fs::copy(log(&office.store()), log(&copy)).expect("its log");
    }
    assert_eq!(office.verify(&copy).ends(0).told("lines"), "9");
    let page = office.ask(&["doctor"]).ends(0).json();
    let said = page.iter().find(|row| row["about"] == "journal").expect("a finding");
    assert!(said["what"].as_str().expect("words").starts_with("9 lines, the chain is whole"));
}

#[test]
fn who_tampers_is_caught_at_the_line() {
    let table: [(&[&'static str], &str, &str); 6] = [
        (
            &["UPDATE journal SET entry = replace(entry, 'decline', 'approve') WHERE seq = 4"],
            "4",
            "changed",
        ),
        (&["DELETE FROM journal WHERE seq = 3"], "3", "missing"),
        (
            &[
                "DELETE FROM journal WHERE seq = 3",
                "UPDATE journal SET seq = seq - 1 WHERE seq > 3",
            ],
            "3",
            "missing",
        ),
        (
            &[
                "UPDATE journal SET seq = 99 WHERE seq = 3",
                "UPDATE journal SET seq = 3 WHERE seq = 5",
                "UPDATE journal SET seq = 5 WHERE seq = 99",
            ],
            "3",
            "moved",
        ),
        (&["DELETE FROM journal WHERE seq > 5"], "6", "cut_off"),
        (&["INSERT INTO journal (seq, entry, hash) VALUES (8, '{}', 'x')"], "8", "changed"),
    ];
    for (statements, line, wrong) in table {
        let (office, inquiry) = after_work();
        office.tamper(statements);
        let broken = office.ask(&["journal", "verify"]).ends(9);
        assert_eq!((broken.told("line"), broken.told("wrong")), (line.into(), wrong.into()));
        let doctor = office.ask(&["doctor"]).ends(1).json();
        assert!(doctor.iter().any(|row| row["about"] == "journal" && row["verdict"] == "fail"));
        // It goes on, and stays broken at the same line.
        let next = office.simulator.inquiries("needs_review").remove(0);
        office.run(&["approve", &next]).ends(0);
        let broken = office.ask(&["journal", "verify"]).ends(9);
        assert_eq!(broken.told("line"), line, "{wrong}");
        let refused = office.run(&["journal", "export", "--bundle", &inquiry, "--output", "x"]);
        assert!(refused.ends(9).err.contains("broken journal"));
        let export = office.run(&["journal", "export"]).ends(9);
        assert!(export.err.contains(&format!("line {line}")), "{export:?}");
    }
}

#[test]
fn lines_of_a_period_are_exported_inert_and_private() {
    let (office, inquiry) = after_work();
    let lines = office.run(&["journal", "export"]).ends(0).json();
    assert_eq!(lines.len(), 7);
    let decided = &lines[3];
    assert_eq!(
        (&decided["what"], &decided["subject"]),
        (&"decided".into(), &inquiry.as_str().into())
    );
    let before = &decided["decision"]["before"];
    assert_eq!((&before["revealed"], &before["opened"]), (&vec![2].into(), &vec![3].into()));
    let again = office.run(&["journal", "export", "--to", "2020-01-01"]).ends(0);
    assert_eq!(again.out, "");
    let told = office.journal();
    let exports: Vec<&Value> =
        told.iter().filter(|line| line["what"] == "exported").map(|line| &line["export"]).collect();
    assert_eq!((&exports[0]["lines"], &exports[1]["lines"]), (&7.into(), &0.into()));
    assert!(exports[1]["to"].is_string() && exports[0]["to"].is_null());
    let file = office.path("journal.csv");
    let file_text = file.to_str().expect("a path");
    office.configure("[reviewer]\nemail = \"=cmd@example.test\"\n");
    let formula = office.run(&["approve", &office.waiting()]).ends(0);
    assert_eq!(formula.code, 0);
    let from = ["journal", "export", "--from", "2026-01-01", "--reviewer", "=cmd@example.test"];
    office.run(&[&from[..], &["--format", "csv", "--output", file_text]].concat()).ends(0);
    let csv = fs::read_to_string(&file).expect("the file");
    assert_eq!(csv.lines().count(), 3, "{csv}");
    assert!(csv.contains(",'=cmd@example.test,") && !csv.contains(",=cmd"), "{csv}");
    assert_eq!(fs::metadata(&file).expect("it").permissions().mode() & 0o777, 0o600);
    let over = office.run(&["journal", "export", "--output", file_text]).ends(2);
    assert!(over.err.contains("is there already"), "{over:?}");
    office.run(&["journal", "export", "--format", "table"]).ends(2);
    office.run(&["journal", "export", "--from", "yesterday"]).ends(2);
    let mut child = office
        .command(&["journal", "export"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    drop(child.stdout.take());
    let ran = Ran::of(child.wait_with_output().expect("it ends")).ends(0);
    assert_eq!(ran.err, "", "a reader that has read enough is no failure");
}

#[test]
fn the_evidence_of_one_decision_is_proved_without_anything_else() {
    let (office, inquiry) = after_work();
    let bundle = office.path("bundle");
    let at = bundle.to_str().expect("a path");
    office.run(&["journal", "export", "--bundle", &inquiry]).ends(2);
    office.run(&["journal", "export", "--bundle", &inquiry, "--output", at]).ends(0);
    let part = |name: &str| fs::read_to_string(bundle.join(name)).expect("a part");
    let decision: Value = serde_json::from_str(&part("decision.json")).expect("JSON");
    assert_eq!(decision["decision"]["reason"]["code"], "document_expired");
    assert_eq!(decision["outcome"][0]["answer"]["status"], 200);
    assert_eq!(decision["before"][0]["what"], "revealed");
    let checks: Value = serde_json::from_str(&part("checks.json")).expect("JSON");
    let version = &checks["inquiries"][0]["version"];
    assert_eq!(version["status"], "needs_review", "as it was decided on");
    let verification = &checks["inquiries"][0]["verifications"][0];
    assert!(verification["checks"][0]["name"].is_string(), "{checks}");
    let copy: Value = serde_json::from_str(&part("copy.json")).expect("JSON");
    assert_eq!(
        (&copy["object"]["masked"], &copy["object"]["status"]),
        (&true.into(), &"declined".into())
    );
    let mode = |path: &Path| fs::metadata(path).expect("it").permissions().mode() & 0o777;
    assert_eq!((mode(&bundle), mode(&bundle.join("copy.json"))), (0o700, 0o600));
    let whole = office.verify(&bundle).ends(0);
    assert_eq!((whole.told("verdict"), whole.told("subject")), ("whole".into(), inquiry.clone()));
    let told = office.journal();
    let exported = told.last().expect("a line");
    assert_eq!(exported["export"]["sha256"], whole.told("sha256").as_str());
    let noted = |hash: &str| office.ask(&["journal", "verify", at, "--head", hash]);
    noted(&whole.told("sha256")).ends(0);
    noted(&"0".repeat(64)).ends(9);
    office.run(&["journal", "export", "--bundle", &inquiry, "--output", at]).ends(2);
    let action = decision["action"].as_str().expect("an id");
    let open = office.path("open");
    let reveal = ["journal", "export", "--bundle", action, "--reveal", "--output"];
    office.run(&[&reveal[..], &[open.to_str().expect("a path")]].concat()).ends(0);
    let copy = fs::read_to_string(open.join("copy.json")).expect("a part");
    assert!(copy.contains("\"masked\": false") && !copy.contains("•••"), "{copy}");
    assert!(office.journal().iter().rev().take(2).any(|line| line["what"] == "revealed"));
    let nobody = ["journal", "export", "--bundle", "inq_nobody", "--output", "x"];
    office.run(&nobody).ends(3);
}

#[test]
fn a_bundle_that_was_touched_is_refused() {
    let (office, inquiry) = after_work();
    let bundle = office.path("bundle");
    let at = bundle.to_str().expect("a path");
    office.run(&["journal", "export", "--bundle", &inquiry, "--output", at]).ends(0);
    let broken = |part: &str| {
        let ran = office.verify(&bundle).ends(9);
        assert_eq!(ran.told("part"), part, "{ran:?}");
    };
    for part in ["checks.json", "copy.json", "decision.json", "journal.tsv", "manifest.json"] {
        let path = bundle.join(part);
        let bytes = fs::read(&path).expect("a part");
        fs::write(&path, [&bytes[..bytes.len() - 1], b" "].concat()).expect("it is changed");
        broken(part);
        fs::remove_file(&path).expect("it goes");
        symlink("/etc/passwd", &path).expect("a link");
        broken(part);
        fs::remove_file(&path).expect("it goes");
        broken(part);
        fs::write(&path, bytes).expect("it is back");
        office.verify(&bundle).ends(0);
    }
    fs::create_dir(bundle.join("more")).expect("a folder");
    broken("more");
}
