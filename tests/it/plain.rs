//! The console in lines: the full review by what is typed and what is said, over the real loop; and the
//! real binary between two pipes.

use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::Duration,
};

use caseload::{busy::Busy, clock::Clock, desk::Booted, simulator::Simulator, tui::Talk};
use tempfile::TempDir;

use crate::{
    checker::{JANES, JOANS},
    policy::asked,
    story::{Beginning, Story},
};

/// What a person takes for a line.
const PACE: Duration = Duration::from_secs(1);

/// Somebody who types lines and hears lines.
struct Lines {
    simulator: Arc<Simulator>,
    clock: Clock,
    folder: Arc<TempDir>,
    talk: Talk,
    busy: Busy,
    booted: Booted,
    heard: Vec<String>,
}

impl Lines {
    async fn begin(beginning: Beginning) -> Self {
        Self::of(Story::begin_with(beginning).await).await
    }

    /// Goes on with somebody's console in lines.
    async fn of(story: Story) -> Self {
        let Story { simulator, clock, folder, console, busy, booted, .. } = story;
        let talk = Talk::new(console);
        let heard = Vec::new();
        let mut lines = Self { simulator, clock, folder, talk, busy, booted, heard };
        lines.settle().await;
        lines.hear();
        lines
    }

    async fn types(&mut self, line: &str) -> &mut Self {
        self.clock.advance(PACE);
        self.talk.hear(line);
        self.settle().await;
        while self.talk.go_on() {
            self.settle().await;
        }
        while self.talk.waits() && !self.talk.is_settled() {
            self.clock.advance(PACE);
            self.settle().await;
        }
        self.hear();
        self
    }

    async fn pass(&mut self, seconds: u64) -> &mut Self {
        self.clock.advance(Duration::from_secs(seconds));
        self.settle().await;
        self
    }

    /// Until nothing is under way. Work that waits for time gets some.
    async fn settle(&mut self) {
        let (mut quiet, mut turns) = (0, 0);
        while quiet < 3 {
            let _ = tokio::time::timeout(Duration::from_millis(2), self.busy.idle()).await;
            for _ in 0..8 {
                tokio::task::yield_now().await;
            }
            let console = self.talk.console();
            console.rest();
            let news = console.take_answers();
            let idle = self.busy.is_idle();
            quiet = if news || !idle { 0 } else { quiet + 1 };
            turns = if news || idle { 0 } else { turns + 1 };
            if turns > 50 {
                self.clock.advance(Duration::from_millis(500));
                turns = 0;
            }
        }
    }

    fn hear(&mut self) {
        self.heard = self.talk.speak();
        self.heard.push(self.talk.prompt());
        for line in &self.heard {
            let is_drawn = |c: char| c.is_control() || "•·…→–✗✓▸▾│─≠≈".contains(c);
            assert!(!line.contains(is_drawn), "not for the ear: {line}");
            let keys = ["Enter commits", "Enter asks", "Esc ", "clipboard", "cursor"];
            assert!(!keys.iter().any(|key| line.contains(key)), "nobody presses keys: {line}");
        }
    }

    #[track_caller]
    fn hears(&mut self, words: &str) -> &mut Self {
        let heard = self.heard.join("\n");
        assert!(heard.contains(words), "{words:?} is not said:\n{heard}");
        self
    }

    #[track_caller]
    fn misses(&mut self, words: &str) -> &mut Self {
        let heard = self.heard.join("\n");
        assert!(!heard.contains(words), "{words:?} is said:\n{heard}");
        self
    }

    fn comment_of(&self, id: &str) -> String {
        let object = self.simulator.object(id).expect("it was listed");
        object["attributes"]["reviewer-comment"].as_str().unwrap_or_default().to_owned()
    }

    fn waiting(&self) -> Vec<String> {
        self.simulator.inquiries("needs_review")
    }
}

/// The inquiry that waits longest.
fn first(simulator: &Simulator) -> String {
    queue(simulator).remove(0)
}

/// All that wait, the longest first.
fn queue(simulator: &Simulator) -> Vec<String> {
    let since = |id: &String| {
        let object = simulator.object(id).expect("it was listed");
        object["attributes"]["marked-for-review-at"].to_string()
    };
    let mut all = simulator.inquiries("needs_review");
    all.sort_by_key(since);
    all
}

fn account_of(simulator: &Simulator, inquiry: &str) -> String {
    let inquiry = simulator.object(inquiry).expect("it was listed");
    inquiry["relationships"]["account"]["data"]["id"].as_str().expect("an id").to_owned()
}

/// An open case with a report that found somebody on a list, and the report.
fn listed(simulator: &Simulator) -> (String, String) {
    let found = simulator.open_cases().into_iter().find_map(|id| {
        let case = simulator.object(&id)?;
        let reports = case["relationships"]["reports"]["data"].as_array()?.iter();
        let mut ids = reports.filter_map(|report| Some(report["id"].as_str()?.to_owned()));
        let report = ids.find(|id| {
            let report = simulator.object(id).expect("it hangs on the case");
            report["type"] == "report/watchlist" && report["attributes"]["has-match"] == true
        })?;
        Some((id, report))
    });
    found.expect("somebody is on a list")
}

#[tokio::test]
async fn a_queue_is_cleared_by_lines_alone() {
    // Statuses are learnt from cases, so there must be some of each template.
    let mut lines = Lines::begin(Beginning { inquiries: 300, ..Beginning::default() }).await;
    let id = first(&lines.simulator);
    let email =
        lines.simulator.object(&id).unwrap()["attributes"]["fields"]["email-address"]["value"]
            .as_str()
            .unwrap()
            .to_owned();
    lines.hears("Inquiries, needs review").hears("1. masked").hears("more goes on");
    lines.types("more").await.hears("11. masked").types("previous").await.hears("1. masked");
    lines.types("approve").await.hears("Open an item first").types("999").await.hears("no row 999");

    // Nothing is committed that was not asked, and nothing without its word.
    lines.types("1").await.hears(&format!("inquiry {}", &id[..8])).hears("Also compare");
    lines.types("yes").await.hears("nothing to say yes to");
    lines.types("compare").await.hears("name: typed masked").misses(&email);
    lines.types("reveal-all").await.hears(&email).types("reveal-all").await.misses(&email);
    lines.types("approve").await.hears("Type yes to approve inq_").hears("Not seen: photos");
    lines.types("").await.types("approve").await.hears("is staged already");
    assert_eq!(lines.simulator.status(&id).unwrap(), "needs_review");
    lines.types("no").await.hears("let go; nothing was sent");
    lines.types("approve 1").await.hears("Reason: evidence ok");
    lines.types("comment All Fine").await.hears("Comment: All Fine");
    lines.types("yes").await.hears("leaves in 5 s; undo takes it back").hears("inquiry inq_");
    lines.types("undo").await.hears("Taken back; nothing was sent");

    // Approved, and said when it has left.
    lines.types(&id).await.hears("Open: inquiry").types("approve evidence").await;
    lines.types("comment All Fine").await.types("yes").await.types("wait").await;
    lines.hears("has reached Persona");
    assert_eq!(lines.simulator.status(&id).unwrap(), "approved");
    assert_eq!(lines.comment_of(&id), "evidence ok: All Fine (jane@example.test)");
    assert_eq!(lines.simulator.effects(&id), 1);

    // Declined for a reason in words, from the row that is the first now.
    lines.types("back").await.hears("Inquiries, needs review");
    let id = first(&lines.simulator);
    lines.types("1").await.types("decline selfie").await.hears("Reason: selfie mismatch");
    lines.types("yes").await.types("wait").await.hears("has reached Persona");
    assert_eq!(lines.simulator.status(&id).unwrap(), "declined");

    // A link is written out, once.
    lines.types("/ status:expired").await.hears("expired").types("1").await;
    lines.types("link").await.hears("Type yes to make a one-time link").types("yes").await;
    lines.types("wait").await.hears("https://verify.example.test/verify?code=us1-");
    lines.types("read").await.misses("verify.example.test");

    // A case's status by its name.
    lines.types("cases").await.hears("Cases, open").types("1").await.hears("case case_");
    lines.types("status").await.hears("Type the number or the name of one");
    let other = lines.heard.iter().find(|line| {
        line.starts_with(|c: char| c.is_ascii_digit()) && !line.contains("this is it now")
    });
    let name = other.expect("another status").split_once(". ").expect("a number").1.to_owned();
    let name = name.split(',').next().unwrap().to_owned();
    lines.types(&name).await.hears(&format!("to {name}")).types("yes").await;
    lines.types("wait").await.hears("has reached Persona");
    let sent = lines.simulator.requests();
    assert_eq!(sent.iter().filter(|sent| sent.path.ends_with("/set-status")).count(), 1);

    // A locked console says nothing and takes one thing.
    lines.types("lock").await.hears("is locked").misses("case_");
    lines.types("inquiries").await.hears("is locked").misses("masked");
    lines.types("").await.hears("case case_");
    lines.types("quit").await;
    assert!(lines.talk.is_over());
    let Lines { folder, booted, .. } = lines;
    booted.shut_down().await;
    drop(folder);
}

#[tokio::test]
async fn nothing_is_decided_that_is_not_as_it_was_read() {
    let policy = asked("[bulk]\nverdicts = true\nmost = 4\nsample = 2\n");
    let mut lines = Lines::begin(Beginning { policy, ..Beginning::default() }).await;
    let id = first(&lines.simulator);
    lines.types("1").await.hears("needs review");
    lines.simulator.elsewhere(&id, "decline");
    lines.pass(20).await.types("approve").await.hears("Nothing is staged");
    lines.hears("not as it was read to you any more").hears("declined");
    lines.types("approve").await.hears("Type yes to approve");
    lines.simulator.elsewhere(&id, "approve");
    lines.pass(20).await.types("yes").await.hears("Nothing was sent").hears("There is nothing");
    lines.pass(60).await;
    let sent = lines.simulator.requests();
    assert!(sent.iter().all(|sent| sent.method == "GET"), "nothing was decided here");

    // Lists by numbers: marks, tags, views, filters that cannot be used.
    lines.types("inquiries").await.types("mark 1-3").await.hears("Marked: 3 inquiries.");
    lines.types("tag sorted").await.hears("Add tag sorted to 3 inquiries?");
    lines.types("yes").await.types("wait").await.pass(60).await;
    let tagged = |id: &String| {
        let object = lines.simulator.object(id).expect("it waits");
        object["attributes"]["tags"].to_string().contains("sorted")
    };
    assert_eq!(lines.waiting().iter().filter(|id| tagged(id)).count(), 3);
    lines.types("filter nonsense:1").await.hears("no field nonsense");
    lines.types("view failed checks").await.hears("failed checks");
    lines.types("views").await.hears("1. needs review").types("nothing").await.hears("no choice");
    lines.types("no").await.types("aprove").await.hears("Did you mean approve");
    lines.types("photos").await.hears("Open an item first");
    lines
        .types("view needs review")
        .await
        .types("1")
        .await
        .types("relations")
        .await
        .hears("level 1");
    lines.types("outbox").await.hears("Nothing is on its way");
    lines
        .types("health")
        .await
        .hears("Connection: polling")
        .types("?")
        .await
        .hears("help says all");

    // Many in one go: a sample is read, and their number is typed.
    lines.types("inquiries").await.types("clear-marks").await.types("mark 1-3").await;
    lines.types("approve").await.hears("Approve 3 inquiries?").hears("Opened 1 of 2, yes opens");
    lines.types("1").await.hears("Reason: evidence ok").types("yes").await.hears("inquiry inq_");
    lines.hears("All 2 of the sample were opened").types("yes").await.hears("Type 3 to commit");
    lines.types("yes").await.hears("Type the number").types("5").await.hears("Type 3, the number");
    let before = lines.waiting().len();
    lines.types("3").await.hears("leaves in 5 s").types("wait").await.pass(60).await;
    assert_eq!(lines.waiting().len(), before - 3);
}

#[tokio::test]
async fn a_second_person_relations_and_matches_by_lines() {
    let at = |reviewer, key| Beginning {
        inquiries: 300,
        policy: asked("approve.second_person = true\n"),
        reviewer,
        key,
        ..Beginning::default()
    };
    let clock = Clock::manual(crate::story::noon());
    let simulator = Story::persona(&at("jane@example.test", JANES), &clock).await;
    for key in [JANES, JOANS] {
        simulator.add_key(key);
    }
    let jane = at("jane@example.test", JANES);
    let mut maker = Story::begin_on(simulator, clock, jane).await;
    let waiting = queue(&maker.simulator);
    maker
        .press("la1<enter>")
        .await
        .sees("is proposed")
        .press("a1<enter>")
        .await
        .sees("is proposed");

    // Another person's word: yes, and no.
    let checker = maker.another_with(at("joan@example.test", JOANS)).await;
    let mut lines = Lines::of(checker).await;
    let (first, second) = (&waiting[0], &waiting[1]);
    lines.types("confirm").await.hears("Open an item first");
    lines.types(first).await.hears("proposed by jane@example.test");
    lines.types("confirm").await.hears("Confirm, as jane@example.test proposed, to approve");
    lines.types("comment so do I").await.hears("no comment of its own");
    lines.types("no").await.hears("nothing was sent").types("approve").await;
    lines.hears("Type yes to confirm").types("yes").await.hears("confirmed").types("wait").await;
    assert_eq!(lines.simulator.status(first).unwrap(), "approved");
    let said = "evidence ok (jane@example.test, confirmed by joan@example.test)";
    assert_eq!(lines.comment_of(first), said);
    lines.types(second).await.types("return").await.hears("Returned to jane@example.test");
    lines.types("confirm").await.hears("Nothing is proposed for this item");
    lines.pass(60).await;
    assert_eq!(lines.simulator.effects(second), 0);

    // A relation: to what, under which key, of whom.
    let root = account_of(&lines.simulator, &waiting[2]);
    let other = account_of(&lines.simulator, &lines.simulator.inquiries("approved")[0]);
    let related = |lines: &Lines| lines.simulator.related(&root, "counterparties").contains(&other);
    assert!(!related(&lines));
    lines.types(&waiting[2]).await.types("relations").await.hears("level 1");
    lines.types("add-relation").await.hears("which one? Type its number").types("nonsense").await;
    lines.hears("no choice").types("counterparties").await.hears("type the id of whom");
    lines.types("act_nobody").await.hears("404").types(&other).await.hears("Add counterparties");
    lines.hears("Individual").types("no").await.hears("nothing was sent");
    lines.types("add-relation").await.types("counterparties").await.types(&other).await;
    lines.types("yes").await.hears("leaves in 5 s").types("wait").await;
    assert!(related(&lines));

    // A match that is another person.
    let (case, report) = listed(&lines.simulator);
    lines.types(&case).await.types("dismiss").await.hears("Which line?");
    let is_match =
        |line: &&String| line.starts_with(|c: char| c.is_ascii_digit()) && line.contains("match");
    lines.types("read").await;
    let line = lines.heard.iter().find(is_match).expect("a line of the match").clone();
    let number = line.split_once('.').expect("a number").0.to_owned();
    lines.types(&format!("dismiss {number}")).await.hears("Dismiss the matches of rep_");
    lines.types("yes").await.hears("Persona asks for a reason");
    lines.types("1").await.types("comment twins").await.hears("Comment: twins");
    lines.types("yes").await.types("wait").await.pass(6).await;
    assert_eq!(lines.simulator.effects(&report), 1);
    let now = lines.simulator.object(&report).unwrap()["attributes"].clone();
    assert_eq!(now["ignore-list"][0]["ignore-reason"], "another person: twins (joan@example.test)");
}

const BINARY: &str = env!("CARGO_BIN_EXE_caseload");

fn started() -> Child {
    let home = std::env::temp_dir();
    let command = &mut Command::new(BINARY);
    command.args(["--plain", "--demo", "--inquiries", "40"]);
    command.env_clear().env("HOME", home).env("TERM", "dumb");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}

#[test]
fn between_two_pipes_it_writes_lines_and_not_one_order_to_a_terminal() {
    let mut child = started();
    let script = b"1\ncompare\nreveal 1\napprove 1\nyes\nwait\n\x1b[2J\xff\nhelp\nmore\n";
    child.stdin.take().expect("a pipe").write_all(script).expect("it reads");
    let ended = child.wait_with_output().expect("it ends when nothing more comes");
    let said = String::from_utf8(ended.stdout).expect("it is text");
    assert!(ended.status.success(), "{said}");
    assert!(!said.contains('\u{1b}'), "{said}");
    assert!(said.lines().all(|line| !line.contains(char::is_control)), "{said}");
    for words in
        ["caseload, DEMO", "Compare.", "Type yes to approve", "has reached Persona", "help:"]
    {
        assert!(said.contains(words), "{words} is not in it:\n{said}");
    }
    assert_eq!(String::from_utf8_lossy(&ended.stderr), "");
}

#[test]
fn signals_end_it_while_it_waits_for_a_line() {
    for signal in ["TERM", "HUP", "INT"] {
        let mut child = started();
        let mut said = String::new();
        let mut out = child.stdout.take().expect("a pipe");
        let mut byte = [0];
        while !said.ends_with("inquiries: ") && out.read(&mut byte).expect("it says more") == 1 {
            said.push(char::from(byte[0]));
        }
        let process = child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &process]).status();
        assert!(sent.expect("kill runs").success());
        assert!(child.wait().expect("it ends").success(), "SIG{signal}:\n{said}");
    }
}
