//! What an applicant writes, on its way through commands: into no terminal, file, log or spreadsheet.

use std::{fs, path::Path, process::Stdio};

use caseload::simulator::DEMO_KEY;

use super::{Office, Ran};
use crate::poison::{Poisoned, is_poison};

/// Runs a command whose Persona is poisoned; what it prints must not be.
fn run(office: &Office, url: &str, arguments: &[&str]) -> Ran {
    let ran = office.command_at(url, DEMO_KEY, arguments).output().expect("the binary runs");
    let ran = Ran::of(ran);
    for text in [&ran.out, &ran.err] {
        let bad = text.lines().flat_map(str::chars).find(|c| is_poison(*c));
        assert_eq!(bad, None, "{arguments:?}: {text}");
        assert!(!text.contains("\\u001b") && !text.contains("\\u202e"), "{arguments:?}: {text}");
    }
    ran
}

/// Every file below a folder but the store's.
fn files(folder: &Path, each: &mut impl FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => files(&path, each),
            false if path.to_string_lossy().contains("caseload.db") => {}
            false => each(&path, &fs::read(&path).expect("a file")),
        }
    }
}

#[test]
fn nothing_that_an_applicant_writes_leaves_as_it_came() {
    let office = Office::open();
    office.configure("[log]\nlevel = \"trace\"\n");
    let proxy = office.runtime.block_on(Poisoned::before(&office.simulator.base_url()));
    let url = proxy.base_url.as_str();
    run(&office, url, &["sync", "--once"]).ends(0);
    let waiting = office.simulator.inquiries("needs_review");
    let (account, case) = (office.account_of(&waiting[0]), office.simulator.open_cases().remove(0));
    for format in ["table", "json", "csv"] {
        for reveal in [&["--reveal"][..], &[]] {
            let told = |words: &[&str]| {
                run(&office, url, &[words, &["--format", format], reveal].concat())
            };
            let listed = told(&["list", "inquiries"]).ends(0);
            assert!(listed.out.contains(&waiting[0]), "{listed:?}");
            run(&office, url, &["list", "cases", "--format", format]).ends(0);
            told(&["list", "accounts"]).ends(0);
            told(&["show", &waiting[0]]).ends(0);
            told(&["show", &case]).ends(0);
            told(&["show", &account]).ends(0);
            told(&["relations", &account]);
        }
    }
    // A spreadsheet takes no cell for a formula, wherever the field begins with one.
    let csv = run(&office, url, &["list", "accounts", "--format", "csv", "--reveal"]).ends(0);
    let mut reader = csv::Reader::from_reader(csv.out.as_bytes());
    for record in reader.records() {
        for cell in &record.expect("a record") {
            assert!(!cell.starts_with(['=', '+', '-', '@']), "{cell}");
        }
    }
    office.misbehave("[[rule]]\nmethod = \"POST\"\ntimes = 1\nfault = \"invalid\"\n");
    run(&office, url, &["approve", &waiting[1], "--comment", "x\u{1b}[2J\u{202e}"]);
    run(&office, url, &["show", "inq_doesnotexist"]);
    run(&office, url, &["outbox", "list"]);
    run(&office, url, &["doctor"]);
    for format in ["json", "csv"] {
        run(&office, url, &["journal", "export", "--format", format]);
    }
    let bundle = office.home.path().join("bundle");
    let (id, bundle) = (waiting[1].as_str(), bundle.to_string_lossy().into_owned());
    run(&office, url, &["journal", "export", "--bundle", id, "--reveal", "--output", &bundle]);
    let mut seen = 0;
    files(office.home.path(), &mut |path, bytes| {
        seen += 1;
        let text = String::from_utf8_lossy(bytes);
        // A bundle's journal has its columns between tabs.
        let bad = text.lines().flat_map(str::chars).find(|c| is_poison(*c) && *c != '\t');
        assert_eq!(bad, None, "{}: {text}", path.display());
    });
    assert!(seen >= 3, "a configuration, a log, a bundle: {seen}");
}

#[test]
fn what_files_variables_and_arguments_say_is_quoted_without_what_a_terminal_acts_on() {
    let office = Office::open();
    let url = office.simulator.base_url();
    let hostile = "\u{1b}[2J\u{9b}1m\u{202e}x";
    office.configure("[review]\n\"\u{9b}1m\u{202e}x\" = 1\n");
    run(&office, &url, &["list", "inquiries"]).ends(2);
    office.configure("");
    let missing = run(&office, &url, &["--config", hostile, "list", "inquiries"]).ends(2);
    assert!(missing.err.contains("\u{fffd}[2J"), "{missing:?}");
    run(&office, &url, &["show", hostile]);
    let mut odd = office.command_at(&url, DEMO_KEY, &["doctor"]);
    odd.env("TERM", hostile).stdin(Stdio::null());
    let odd = Ran::of(odd.output().expect("the binary runs"));
    assert!(!odd.out.contains(['\u{9b}', '\u{202e}']), "{odd:?}");
}
