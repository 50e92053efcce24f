//! The real binary in a pseudo-terminal: it starts, decides, and gives the terminal back.

use std::{
    io::{Read, Write},
    num::NonZeroU16,
    sync::{Arc, Condvar, Mutex},
    time::{Duration, Instant},
};

use caseload::{
    busy::Busy,
    clock::Clock,
    config::Ui,
    simulator::{self, DEMO_KEY, Options},
    tui::{self, Settings},
};
use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};

use crate::story::{Beginning, Story, house};

/// The console in a terminal of its own.
pub struct Session {
    child: Box<dyn Child + Send + Sync>,
    master: Box<dyn MasterPty + Send>,
    keys: Box<dyn Write + Send>,
    pub seen: Arc<(Mutex<Seen>, Condvar)>,
    home: Arc<tempfile::TempDir>,
}

pub struct Seen {
    pub screen: vt100::Parser,
    pub bytes: Vec<u8>,
    pub closed: bool,
}

fn signal(process: &str, name: &str) {
    let sent = std::process::Command::new("kill").args(["-s", name, process]).status();
    assert!(sent.expect("kill runs").success());
}

fn non_zero(size: u16) -> NonZeroU16 {
    NonZeroU16::new(size).expect("a terminal has a size")
}

const BINARY: &str = env!("CARGO_BIN_EXE_caseload");

const PATIENCE: Duration = Duration::from_secs(20);

impl Session {
    fn start(arguments: &[&str]) -> Self {
        let home = tempfile::tempdir().expect("a home");
        Self::start_at(Arc::new(home), arguments, &[])
    }

    /// With a home that was used before, and variables of its own.
    pub fn start_at(
        home: Arc<tempfile::TempDir>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        Self::start_program(CommandBuilder::new(BINARY), home, arguments, variables)
    }

    fn start_program(
        mut command: CommandBuilder,
        home: Arc<tempfile::TempDir>,
        arguments: &[&str],
        variables: &[(&str, &str)],
    ) -> Self {
        let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
        let pair = native_pty_system().openpty(size).expect("a pseudo-terminal");
        command.env_clear();
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        for (name, value) in variables {
            command.env(name, value);
        }
        command.args(arguments);
        let child = pair.slave.spawn_command(command).expect("the binary starts");
        drop(pair.slave);
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let keys = pair.master.take_writer().expect("a writer");
        let screen = vt100::Parser::new(non_zero(40), non_zero(120), 0);
        let seen = Arc::new((
            Mutex::new(Seen { screen, bytes: Vec::new(), closed: false }),
            Condvar::new(),
        ));
        let shared = Arc::clone(&seen);
        std::thread::spawn(move || {
            let mut buffer = [0; 8192];
            loop {
                let read = output.read(&mut buffer).unwrap_or(0);
                let mut seen = shared.0.lock().unwrap();
                seen.screen.process(&buffer[..read]);
                seen.bytes.extend_from_slice(&buffer[..read]);
                seen.closed = read == 0;
                shared.1.notify_all();
                if read == 0 {
                    return;
                }
            }
        });
        Self { child, master: pair.master, keys, seen, home }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).expect("the terminal takes keys");
        self.keys.flush().expect("the terminal takes keys");
    }

    fn resize(&self, rows: u16, cols: u16) {
        let size = PtySize { rows, cols, pixel_width: 0, pixel_height: 0 };
        self.seen.0.lock().unwrap().screen.screen_mut().set_size(non_zero(rows), non_zero(cols));
        self.master.resize(size).expect("a terminal can be resized");
    }

    /// Waits until the condition holds for what was seen.
    #[track_caller]
    pub fn wait(&self, what: &str, holds: impl Fn(&Seen) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        let mut seen = self.seen.0.lock().unwrap();
        while !holds(&seen) {
            let left = deadline.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{what} never came:\n{}", seen.screen.screen().contents());
            seen = self.seen.1.wait_timeout(seen, left).unwrap().0;
        }
    }

    #[track_caller]
    pub fn sees(&self, words: &str) {
        self.wait(words, |seen| seen.screen.screen().contents().contains(words));
    }

    pub fn process(&self) -> String {
        self.child.process_id().expect("a running child").to_string()
    }

    pub fn signal(&self, name: &str) {
        signal(&self.process(), name);
    }

    /// Waits for the end; the exit code, after the terminal was found as it was.
    #[track_caller]
    pub fn ends_restored(mut self) -> u32 {
        self.wait("the end", |seen| seen.closed);
        let seen = self.seen.0.lock().unwrap();
        let screen = seen.screen.screen();
        assert!(!screen.alternate_screen(), "the alternate screen was left on");
        assert!(!screen.hide_cursor(), "the cursor was left hidden");
        assert!(!screen.bracketed_paste(), "bracketed paste was left on");
        drop(seen);
        self.child.wait().expect("it ended").exit_code()
    }
}

#[test]
fn a_reviewer_starts_approves_one_and_quits() {
    let mut session = Session::start(&["--demo", "--inquiries", "40"]);
    session.sees("● polling");
    session.sees("Checks");
    session.press("a");
    session.sees("Enter commits");
    session.press("\r");
    session.sees("approve held");
    session.wait("the approval to be sent", |seen| {
        let contents = seen.screen.screen().contents();
        !contents.contains("approve held") && !contents.contains("on the way")
    });
    session.press("q");
    assert_eq!(session.ends_restored(), 0);
}

/// With an empty home, of which nothing is left but the score on the screen of the shell.
#[test]
fn the_tutor_keeps_nothing_and_prints_the_score() {
    let mut session = Session::start(&["tutor", "--practice"]);
    session.sees("PRACTICE");
    session.sees("judged 0 of 8");
    session.press("f");
    session.sees("claimed by jane");
    session.press("a");
    session.sees("Enter commits");
    session.press("\r");
    session.sees("judged 1 of 8");
    session.press("qq");
    session.sees("Judged 1 of 8.");
    session.sees("agreement  ");
    session.sees("practise   the items that are left");
    let home = Arc::clone(&session.home);
    assert_eq!(session.ends_restored(), 0);
    assert_eq!(std::fs::read_dir(home.path()).expect("a home").count(), 0);
}

#[test]
fn a_locked_screen_has_one_sentence_on_it() {
    let mut session = Session::start(&["--demo", "--inquiries", "40"]);
    session.sees("● polling");
    session.press("l");
    session.sees("Checks");
    session.press("`");
    session.wait("the locked screen", |seen| {
        let contents = seen.screen.screen().contents();
        let mut lines = contents.lines().filter(|line| !line.trim().is_empty());
        lines.next().is_some_and(|line| line.contains("is locked")) && lines.next().is_none()
    });
    session.press("q");
    session.press("\r");
    session.sees("Checks");
    session.signal("TERM");
    assert_eq!(session.ends_restored(), 0);
}

#[test]
fn signals_and_a_closed_terminal_end_it_cleanly() {
    for signal in ["TERM", "HUP", "INT"] {
        let session = Session::start(&["--demo", "--inquiries", "20"]);
        session.sees("● polling");
        session.signal(signal);
        assert_eq!(session.ends_restored(), 0, "SIG{signal}");
    }
}

/// The terminal is the shell's, as it was before.
fn is_back_in_the_shell(seen: &Seen) -> bool {
    let screen = seen.screen.screen();
    let ours = screen.alternate_screen() || screen.hide_cursor() || screen.bracketed_paste();
    !ours && screen.contents().trim_end().ends_with("back>")
}

/// In a shell with jobs, as a reviewer has it: by its key, by a signal, locked, and for good.
#[test]
fn it_stops_for_the_shell_and_comes_back() {
    let home = Arc::new(tempfile::tempdir().expect("a home"));
    let variables = [("PATH", "/usr/bin:/bin")];
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(["-i"]);
    let mut session = Session::start_program(command, home, &[], &variables);
    session.press("PS1='back> '\r");
    session.wait("a prompt", is_back_in_the_shell);
    session.press(&format!("{BINARY} --demo --inquiries 20\r"));
    session.sees("● polling");
    session.sees("Checks");
    let console = {
        let shell = session.child.process_id().expect("a running shell");
        let file = format!("/proc/{shell}/task/{shell}/children");
        std::fs::read_to_string(file).expect("its jobs").trim().to_owned()
    };
    for round in 0..3 {
        match round {
            0 => session.press("\x1a"),
            1 => signal(&console, "TSTP"),
            _ => {
                session.press("`");
                session.sees("is locked");
                session.press("\x1a");
            }
        }
        session.wait("the shell", is_back_in_the_shell);
        // Keys are the shell's, and the modes are what it has them read with.
        session.press("stty -a\r");
        session.sees("isig icanon");
        session.press("clear; fg\r");
        session.wait("the console", |seen| seen.screen.screen().alternate_screen());
        session.sees(if round == 2 { "is locked" } else { "Checks" });
    }
    // Stopped by what it cannot hear, it takes the terminal as the shell left it.
    session.press("\r");
    session.sees("Checks");
    signal(&console, "STOP");
    session.sees("Checks");
    session.wait("the shell", |seen| seen.bytes.ends_with(b"back> "));
    // The modes are still the console's: no key is made a line's end.
    session.press("fg\n");
    session.wait("a frame", |seen| seen.bytes.ends_with(b"\x1b[?2026l"));
    session.press("?");
    session.sees("Esc closes");
    signal(&console, "TERM");
    session.wait("the shell", is_back_in_the_shell);
    session.press("exit\r");
    session.ends_restored();
}

/// What a terminal says comes among keys, or so late that it comes after them.
#[test]
fn it_is_drawn_for_the_background_and_loses_no_key() {
    let blue = |seen: &Seen| {
        let screen = seen.screen.screen();
        let colours = (0..120).filter_map(|column| Some(screen.cell(39, column)?.fgcolor()));
        let accents = (0..120).filter_map(|column| Some(screen.cell(38, column)?.fgcolor()));
        colours.chain(accents).any(|colour| colour == vt100::Color::Idx(4))
    };
    let mut session = Session::start(&["--demo", "--inquiries", "20"]);
    session.wait("the question", |seen| seen.bytes.windows(6).any(|bytes| bytes == b"\x1b]11;?"));
    session.press("?\x1b]11;rgb:ffff/ffff/ffff\x07\x1b[?1;2c");
    session.sees("Esc closes");
    session.wait("the light theme", blue);
    session.press("\x1b]11;rgb:ffff/ffff/dada\x07");
    session.press("q");
    session.wait("the panes", |seen| !seen.screen.screen().contents().contains("Esc closes"));
    session.press("q");
    assert_eq!(session.ends_restored(), 0);
}

/// Whoever pastes before the first screen is there has pasted, and typed nothing: `q` would leave.
#[test]
fn what_is_pasted_while_it_begins_is_no_row_of_keys() {
    let mut session = Session::start(&["--demo", "--inquiries", "20"]);
    session.wait("the question", |seen| seen.bytes.windows(6).any(|bytes| bytes == b"\x1b]11;?"));
    session.press("\x1b[200~q\rq\r");
    session.press("qa1\rq\x1b[201~\x1b[?1;2c");
    session.sees("Checks");
    session.press("?");
    session.sees("Esc closes");
    session.press("q");
    session.wait("the panes", |seen| !seen.screen.screen().contents().contains("Esc closes"));
    session.press("q");
    assert_eq!(session.ends_restored(), 0);
}

#[test]
fn a_comment_is_written_in_an_editor_and_without_a_shell_it_stays() {
    let home = Arc::new(tempfile::tempdir().expect("a home"));
    let editor = "printf 'from the\\neditor\\n' >";
    let variables = [("EDITOR", editor), ("PATH", "/usr/bin:/bin")];
    let arguments = ["--demo", "--inquiries", "20"];
    let mut session = Session::start_at(home, &arguments, &variables);
    session.sees("● polling");
    session.sees("Checks");
    session.press("\x1a");
    session.sees("there is no shell to go back to");
    session.press("a");
    session.sees("Enter commits");
    session.press("C");
    session.sees("comment: from the editor");
    session.press(" and me\r");
    session.sees("comment: from the editor and me");
    session.press("q");
    session.sees("let go");
    session.press("q");
    assert_eq!(session.ends_restored(), 0);
}

#[test]
fn nothing_is_written_when_nothing_happens() {
    let session = Session::start(&["--demo", "--inquiries", "20"]);
    session.sees("● polling");
    let count = || session.seen.0.lock().unwrap().bytes.len();
    // The figures settle within a moment; then a second of silence is looked for.
    let deadline = Instant::now() + PATIENCE;
    loop {
        let before = count();
        let seen = session.seen.0.lock().unwrap();
        let (seen, silence) = session.seen.1.wait_timeout(seen, Duration::from_secs(1)).unwrap();
        drop(seen);
        if silence.timed_out() && count() == before {
            break;
        }
        assert!(Instant::now() < deadline, "it never falls silent");
    }
    session.signal("TERM");
    session.ends_restored();
}

/// Where the cursor of the first list is.
fn marked_row(seen: &Seen) -> Option<usize> {
    let contents = seen.screen.screen().contents();
    contents.lines().position(|line| line.starts_with("│▸"))
}

#[test]
fn a_step_of_the_cursor_is_written_in_few_bytes() {
    let mut session = Session::start(&["--demo", "--inquiries", "400"]);
    session.sees("● polling");
    session.sees("Checks");
    let mut costs = Vec::new();
    for _ in 0..31 {
        let (before, from) = {
            let seen = session.seen.0.lock().unwrap();
            (marked_row(&seen), seen.bytes.len())
        };
        session.press("j");
        session.wait("the next row", |seen| {
            seen.bytes.ends_with(b"\x1b[?2026l") && marked_row(seen) != before
        });
        costs.push(session.seen.0.lock().unwrap().bytes.len() - from);
    }
    costs.sort_unstable();
    assert!(costs[costs.len() / 2] <= 230, "{costs:?}");
    session.signal("TERM");
    session.ends_restored();
}

/// What the panes say, but for figures: they go on by themselves.
fn panes(seen: &Seen) -> String {
    let contents = seen.screen.screen().contents();
    let lines: Vec<&str> = contents.lines().skip(1).take(37).collect();
    lines.join("\n").replace(|c: char| c.is_ascii_digit(), "0")
}

#[test]
fn a_terminal_that_is_gone_ends_the_console() {
    let home = tempfile::tempdir().unwrap();
    let size = PtySize { rows: 40, cols: 120, pixel_width: 0, pixel_height: 0 };
    let pair = native_pty_system().openpty(size).unwrap();
    let mut command = CommandBuilder::new(BINARY);
    command.env_clear();
    command.env("HOME", home.path());
    command.env("TERM", "xterm-256color");
    command.arg("--demo");
    let mut child = pair.slave.spawn_command(command).unwrap();
    drop(pair.slave);
    let mut output = pair.master.try_clone_reader().unwrap();
    let (mut screen, mut buffer) = (vt100::Parser::new(non_zero(40), non_zero(120), 0), [0; 8192]);
    // It has its keys in hand once it shows what came of them.
    while !screen.screen().contents().contains("Checks") {
        let read = output.read(&mut buffer).unwrap();
        assert!(read > 0, "{}", screen.screen().contents());
        screen.process(&buffer[..read]);
    }
    // As when the connection to it breaks.
    drop((output, pair.master));
    let until = Instant::now() + PATIENCE;
    let mut ended = child.try_wait().unwrap();
    while ended.is_none() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
        ended = child.try_wait().unwrap();
    }
    if ended.is_none() {
        child.kill().unwrap();
    }
    assert!(ended.is_some(), "it goes on without a terminal");
}

#[test]
fn a_resize_storm_is_survived_and_changes_nothing() {
    let mut session = Session::start(&["--demo", "--inquiries", "20"]);
    // All that the demo brings to its first screen.
    let whole = ["● polling", "Compare•", "Photos•", "Sessions•", "Documents•", "earlier verdicts"];
    whole.iter().for_each(|words| session.sees(words));
    let before = panes(&session.seen.0.lock().unwrap());
    for (rows, cols) in [(1, 1), (2, 3), (14, 59), (24, 80), (80, 250), (1, 200), (13, 47)] {
        session.resize(rows, cols);
    }
    // Once it has said so, what is seen of the panes is drawn for the last size.
    session.sees("47×13");
    session.resize(40, 120);
    session.wait("the screen as before", |seen| panes(seen) == before);
    session.press("?");
    session.sees("Esc closes");
    session.signal("TERM");
    assert_eq!(session.ends_restored(), 0);
}

/// No test by itself, but what the next one starts in a terminal: no instant is so late as a reveal of
/// this console would end, and the thread that draws panics over it.
#[tokio::test]
#[ignore = "it panics on purpose"]
async fn a_console_that_panics() {
    let (clock, busy) = (Clock::system(), Busy::default());
    let beginning = Beginning { inquiries: 20, ..Beginning::default() };
    let simulator = Story::persona(&beginning, &clock).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (mut booted, settings) = house(&simulator, &folder, &clock, &busy, &beginning).await;
    let settings = Settings { reveal: Duration::MAX, ..settings };
    let (desk, news) = (booted.desk.clone(), booted.take_news());
    tui::run(desk, news, settings, Ui::default(), || {}).await.expect("a terminal");
}

#[test]
fn after_a_panic_the_terminal_is_the_shells_and_says_why() {
    let command = CommandBuilder::new(std::env::current_exe().expect("this test"));
    let home = Arc::new(tempfile::tempdir().expect("a home"));
    let itself = ["--exact", "terminal::a_console_that_panics", "--ignored", "--nocapture"];
    let mut session = Session::start_program(command, home, &itself, &[]);
    session.sees("● polling");
    session.sees("Checks");
    session.press("l");
    session.press("P");
    session.sees("panicked at");
    session
        .wait("no key", |seen| !String::from_utf8_lossy(&seen.bytes).contains("persona_sandbox"));
    assert_eq!(session.ends_restored(), 101);
}

#[test]
fn without_a_key_it_says_what_to_do_and_leaves_no_trace_of_one() {
    let session = Session::start(&[]);
    session.sees("PERSONA_API_KEY");
    let home = session.home.path().to_owned();
    assert!(!home.join(".local/share/caseload").exists(), "nothing is made before there is a key");
    assert_eq!(session.ends_restored(), 7);
}

#[test]
fn where_nothing_can_be_drawn_it_names_the_lines() {
    let home = Arc::new(tempfile::tempdir().expect("a home"));
    let session = Session::start_at(home, &["--demo"], &[("TERM", "dumb")]);
    session.sees("caseload --plain");
    assert_eq!(session.ends_restored(), 1);
}

#[test]
fn a_decision_survives_kill_9_and_reaches_persona_once() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = Options { inquiries: 40, ..Options::default() };
    let start = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::system());
    let simulator = runtime.block_on(start).expect("a free port");
    let url = simulator.base_url();
    let variables = [("PERSONA_BASE_URL", url.as_str()), ("PERSONA_API_KEY", DEMO_KEY)];
    let home = Arc::new(tempfile::tempdir().expect("a home"));
    let waiting = simulator.inquiries("needs_review");
    let approved = || -> Vec<&String> {
        waiting.iter().filter(|id| simulator.status(id).as_deref() == Some("approved")).collect()
    };
    let mut session = Session::start_at(Arc::clone(&home), &[], &variables);
    session.sees("● polling");
    session.sees("Checks");
    session.press("a");
    session.sees("Enter commits");
    session.press("\r");
    session.sees("approve held");
    session.signal("KILL");
    session.wait("the end", |seen| seen.closed);
    assert!(approved().is_empty(), "it was killed before anything left");
    let mut session = Session::start_at(home, &[], &variables);
    session.sees("● polling");
    session.wait("the approval to be sent", |seen| {
        let contents = seen.screen.screen().contents();
        !contents.contains("approve held") && !contents.contains("on the way")
    });
    assert_eq!(approved().len(), 1);
    assert_eq!(simulator.effects(approved()[0]), 1);
    session.press("q");
    assert_eq!(session.ends_restored(), 0);
}
