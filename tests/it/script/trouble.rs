//! What can go wrong around a command: keys, networks, pipes, arguments.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::TcpListener,
    process::{Command, Stdio},
};

use caseload::{
    clock::Clock,
    simulator::{self, DEMO_KEY, Options},
};

use super::{Office, Ran, interrupt};

pub fn nobody_there() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}/api/v1", listener.local_addr().expect("an address"))
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
fn a_disk_that_takes_no_more_refuses_a_decision_and_keeps_half_of_none() {
    let office = Office::open();
    office.run(&["sync", "--once"]).ends(0);
    let inquiry = office.waiting();
    // No file may grow beyond what is there already.
    let full = office.command_at(&office.simulator.base_url(), DEMO_KEY, &[]);
    let binary = full.get_program().to_owned();
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" approve \"$1\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).arg(binary).arg(&inquiry);
    shell.env_clear().envs(full.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let refused = Ran::of(shell.output().expect("sh runs")).ends(1);
    assert!(refused.err.contains("the disk cannot be read or written"), "{refused:?}");
    assert!(refused.err.contains("nothing was recorded"), "{refused:?}");
    assert_eq!(office.simulator.effects(&inquiry), 0);
    assert_eq!(office.run(&["outbox", "list"]).ends(0).out, "");
    let decided = || office.journal().iter().filter(|line| line["what"] == "decided").count();
    assert_eq!(decided(), 0, "no line without its decision");
    office.run(&["approve", &inquiry]).ends(0);
    assert_eq!((office.status(&inquiry).as_str(), decided()), ("approved", 1));
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
    for command in [
        &["--help"][..],
        &["list", "--help"],
        &["approve", "--help"],
        &["outbox", "retry", "--help"],
    ] {
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
