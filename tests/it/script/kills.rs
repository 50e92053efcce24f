//! A shift in which the program is killed again and again, at a Persona that loses answers.

use std::{
    os::unix::process::ExitStatusExt,
    process::Stdio,
    time::{Duration, Instant},
};

use caseload::simulator::Options;

use super::{Office, Ran};

const KILLS: usize = 100;

const UNPLEASANT: &str = r#"
[[rule]]
method = "POST"
share = 0.1
fault = "lost-answer"

[[rule]]
method = "POST"
share = 0.1
fault = "error-after"

[[rule]]
share = 0.1
fault = "lost-request"

[[rule]]
jitter_ms = 20
"#;

#[test]
fn a_hundred_kills_lose_no_decision_and_double_none() {
    let office = Office::of(Options { inquiries: 900, rate_limit: 100_000, ..Options::default() });
    office.run(&["sync", "--once"]).ends(0);
    office.misbehave(UNPLEASANT);
    let mut waiting = office.simulator.inquiries("needs_review").into_iter();
    let mut asked: Vec<(String, &str)> = Vec::new();
    let mut kills = 0;
    while kills < KILLS {
        let inquiry = waiting.next().expect("inquiries enough");
        let (verb, status) = [("approve", "approved"), ("decline", "declined")][asked.len() % 2];
        let mut command = office.command(&[verb, &inquiry, "--wait=60s"]);
        let start = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = start.expect("it starts");
        // Anywhere from its first request on to well after its last, and a moment more.
        let seen = office.simulator.requests().len() + fastrand::usize(0..5);
        while office.simulator.requests().len() < seen
            && child.try_wait().expect("it runs").is_none()
        {
            std::thread::yield_now();
        }
        let moment = Instant::now() + Duration::from_micros(fastrand::u64(0..30_000));
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().expect("it is ours");
        let output = child.wait_with_output().expect("it ended");
        kills += usize::from(output.status.signal() == Some(9));
        Ran::of(output);
        asked.push((inquiry, status));
    }
    office.misbehave("");
    // What was under way at a kill can still be answered as it was then, after it was looked at: that
    // waits as long as its tries are many, or until it is asked for again.
    let retried = || office.ask(&["outbox", "retry", "--wait=40s"]);
    let settled = (0..3).map(|_| retried()).find(|ran| matches!(ran.code, 0 | 3));
    assert!(settled.is_some(), "{:?}", office.ask(&["outbox", "list"]));
    assert_eq!(office.ask(&["outbox", "list"]).ends(0).json(), Vec::<serde_json::Value>::new());

    let journal = office.journal();
    let lines = |id: &str, what: &str| {
        let about =
            |line: &&serde_json::Value| line["what"] == what && line["subject"]["Inquiry"] == id;
        journal.iter().filter(about).count()
    };
    let mut arrived = 0;
    for (inquiry, status) in &asked {
        let decided = lines(inquiry, "decided");
        let told = (lines(inquiry, "done"), office.simulator.effects(inquiry));
        assert_eq!(told, (decided, decided), "{inquiry} is {}", office.status(inquiry));
        assert!(decided == 0 || office.status(inquiry) == *status, "{inquiry}");
        arrived += decided;
    }
    assert!(arrived > 10, "{arrived} of {} were decided before the kill", asked.len());
    let doctor = office.ask(&["doctor"]);
    let copy: Vec<_> = doctor.json().into_iter().filter(|row| row["verdict"] == "fail").collect();
    assert!(copy.is_empty(), "{copy:?}");
}
