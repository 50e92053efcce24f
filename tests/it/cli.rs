//! The command line, run as a new user would: an empty home and nothing else in the environment.

use std::{
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::{Command, Output, Stdio},
};

use caseload::config::{self, Config};

const SECRET: &str = "persona_sandbox_verysecret";

struct User {
    home: tempfile::TempDir,
    variables: Vec<(&'static str, String)>,
}

impl User {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), variables: Vec::new() }
    }

    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.variables.push((name, value.to_owned()));
        self
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caseload"));
        command.env_clear().env("HOME", self.home.path()).args(arguments).stdin(Stdio::null());
        command.envs(self.variables.iter().map(|(name, value)| (*name, value.as_str())));
        command
    }

    /// Runs to the end; the key that was given must not show anywhere.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        let Output { status, stdout, stderr } = self.command(arguments).output().unwrap();
        let (out, err) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert!(!out.contains("verysecret") && !err.contains("verysecret"), "{out}{err}");
        assert!(
            !contains(self.home.path(), "verysecret")
                || !self.variables.iter().any(|(_, v)| v == SECRET)
        );
        assert!(!err.contains("panicked"), "{err}");
        (status.code().unwrap_or(-1), out, err)
    }

    fn configuration(&self, text: &str) -> String {
        let path = self.home.path().join("c.toml");
        fs::write(&path, text).unwrap();
        path.display().to_string()
    }
}

fn contains(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return contains(&path, word);
        }
        fs::read(&path).unwrap().windows(word.len()).any(|window| window == word.as_bytes())
    })
}

#[test]
fn help_and_version_are_there() {
    let user = User::new();
    let (code, out, _) = user.run(&["--help"]);
    assert_eq!(code, 0);
    for word in ["--demo", "simulate", "config", "PERSONA_API_KEY"] {
        assert!(out.contains(word), "{word} is not in the help:\n{out}");
    }
    assert!(user.run(&["--version"]).1.starts_with("caseload "));
    assert_eq!(user.run(&["--nonsense"]).0, 2);
}

#[test]
fn the_example_is_a_configuration() {
    let (code, out, _) = User::new().run(&["config", "example"]);
    assert_eq!(code, 0);
    assert_eq!(config::parse(&out, "example").unwrap(), Config::default());
}

#[test]
fn check_says_what_is_in_force_or_what_is_wrong() {
    let user = User::new().with("PERSONA_API_KEY", SECRET);
    let (code, out, _) = user.run(&["config", "check"]);
    assert_eq!(code, 0);
    assert!(out.contains("from PERSONA_API_KEY, environment sandbox"), "{out}");
    assert!(!out.contains("\nset "), "nothing is set: {out}");
    let good = user.configuration("[review]\nhold_seconds = 9\n[store]\ndir = \"copy\"\n");
    let (code, out, _) = user.run(&["--config", &good, "config", "check"]);
    assert_eq!(code, 0);
    assert!(out.contains("review.hold_seconds = 9") && out.contains("/copy\n"), "{out}");
    let bad = user.configuration("[review]\nhold_second = 3\n");
    let (code, _, err) = user.run(&["--config", &bad, "config", "check"]);
    assert_eq!(code, 2);
    assert!(err.contains("c.toml:2:1:") && err.contains("hold_seconds"), "{err}");
    let (code, _, err) = user.run(&["--config", "/nowhere/c.toml", "config", "check"]);
    assert_eq!(code, 2);
    assert!(err.contains("cannot be read"), "{err}");
}

#[test]
fn check_and_doctor_look_into_the_other_environments_of_a_receiver() {
    let user = User::new().with("PERSONA_API_KEY", SECRET);
    let nowhere = "[persona]\nbase_url = \"http://127.0.0.1:1/api/v1\"\n";
    let first = user.configuration(&format!("{nowhere}[listen]\nalso = [\"other.toml\"]\n"));
    let other = Path::new(&first).with_file_name("other.toml");
    let elsewhere = format!("{nowhere}[listen]\n");
    let own = format!("{nowhere}api_key_file = \"key\"\n[listen]\nsecrets_file = \"secrets\"\n");
    for (text, code, said) in [
        ("[listen]\npth = \"/x\"\n".to_owned(), 2, "other.toml:2:1:"),
        (format!("{elsewhere}also = [\"third.toml\"]\n"), 2, "this one is named by another"),
        // The variables are the first one's.
        (elsewhere.clone(), 2, "PERSONA_API_KEY is for the configuration that names this one"),
        (
            format!("{nowhere}api_key_file = \"key\"\n[listen]\n"),
            2,
            "PERSONA_WEBHOOK_SECRETS is for the configuration that names this one",
        ),
        (format!("{own}path = \"/persona\"\n"), 2, "is received at for another environment"),
        (format!("{own}path = \"/other\"\n"), 7, "other.toml"),
    ] {
        fs::write(&other, &text).unwrap();
        let (found, out, err) = user.run(&["--config", &first, "config", "check"]);
        assert!(found == code && (out + &err).contains(said), "{text}: {found}, {err}");
        let (found, out, _) = user.run(&["--config", &first, "doctor"]);
        assert!(found == 1 && out.contains(said), "{text}: {out}");
    }
}

#[test]
fn check_fails_without_a_usable_key() {
    let (code, out, _) = User::new().run(&["config", "check"]);
    assert_eq!(code, 7);
    assert!(out.starts_with("ok ") && out.contains("set PERSONA_API_KEY"), "{out}");
}

#[test]
fn a_key_in_the_wrong_place_is_not_repeated() {
    let user = User::new();
    for text in [
        format!("[persona]\napi_key = \"{SECRET}\"\n"),
        format!("[persona]\napi_key_file = \"{SECRET}\"\n"),
        format!("[persona]\nbase_url = \"https://{SECRET}@api.withpersona.com/api/v1\"\n"),
        format!("[review]\nmask = \"{SECRET}\"\n"),
        format!("[log]\nlevel = \"{SECRET}\"\n"),
        format!("{SECRET} = 1\n"),
        format!("{SECRET}\n"),
        format!("[{SECRET}\n"),
        format!("a = \"{SECRET}\n"),
    ] {
        let file = user.configuration(&text);
        for command in [&["config", "check"][..], &["config", "path"], &[]] {
            // `run` holds every output against the key.
            let (code, _, err) = user.run(&[&["--config", &file][..], command].concat());
            assert!(err.contains("c.toml:"), "{err}");
            assert_eq!(code, if command.contains(&"path") { 0 } else { 2 }, "{err}");
        }
    }
}

#[test]
fn the_environment_can_name_the_configuration() {
    let user = User::new();
    let bad = user.configuration("nonsense\n");
    let user = user.with("CASELOAD_CONFIG", &bad);
    let (code, _, err) = user.run(&["config", "check"]);
    assert_eq!(code, 2);
    assert!(err.contains("c.toml:1:"), "{err}");
    let (code, out, _) = user.run(&["--config", "/dev/null", "config", "check"]);
    assert_eq!((code, out.contains("/dev/null")), (7, true), "the flag goes first: {out}");
}

#[test]
fn what_cannot_be_meant_is_wrong_usage() {
    let user = User::new().with("PERSONA_API_KEY", SECRET);
    for arguments in [&["--demo", "config", "check"][..], &["--seed", "7"], &["--scenario", "calm"]]
    {
        let (code, _, err) = user.run(arguments);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("--demo") && err.contains("Usage"), "{err}");
    }
}

#[test]
fn a_simulator_takes_no_broken_key() {
    let user = User::new().with("PERSONA_API_KEY", "persona_sandbox_verysecret and more");
    let (code, _, err) = user.run(&["simulate", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 7);
    assert!(err.contains("PERSONA_API_KEY"), "{err}");
}

#[test]
fn paths_are_told() {
    let user = User::new();
    let (code, out, _) = user.run(&["config", "path"]);
    assert_eq!(code, 0);
    assert!(
        out.contains(".config/caseload/config.toml") && out.contains(".local/share/caseload"),
        "{out}"
    );
}

#[test]
fn without_a_usable_key_the_console_says_what_to_do() {
    let user = User::new();
    let (code, _, err) = user.run(&[]);
    assert_eq!(code, 7);
    assert!(err.contains("set PERSONA_API_KEY") && err.contains("caseload tutor"), "{err}");
    let key = user.home.path().join("key");
    fs::write(&key, SECRET).unwrap();
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    let file =
        user.configuration(&format!("[persona]\napi_key_file = {:?}\n", key.display().to_string()));
    let (code, _, err) = user.run(&["--config", &file]);
    assert_eq!(code, 7);
    assert!(err.contains("chmod 600") && !err.contains("tutor"), "{err}");
}

#[test]
fn a_console_without_a_terminal_is_a_sentence() {
    for arguments in [&["--demo"][..], &["tutor"], &[]] {
        let (code, _, err) = User::new().with("PERSONA_API_KEY", SECRET).run(arguments);
        assert_eq!(code, 1);
        assert!(err.contains("needs a terminal"), "{err}");
    }
}

#[test]
fn an_unknown_scenario_lists_the_known_ones() {
    let (code, _, err) = User::new().run(&["simulate", "--scenario", "nonsense"]);
    assert_eq!(code, 2);
    assert!(err.contains("calm") && err.contains("lost-answers"), "{err}");
}

#[test]
fn the_simulator_answers_and_ends_when_told() {
    let user = User::new();
    let mut child = user
        .command(&["simulate", "--listen", "127.0.0.1:0", "--inquiries", "10"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    let mut line = String::new();
    out.read_line(&mut line).unwrap();
    let url = line.trim().rsplit(' ').next().unwrap().to_owned();
    let host = url.strip_prefix("http://").unwrap().strip_suffix("/api/v1").unwrap();
    let ask = |key: &str| {
        let mut stream = TcpStream::connect(host).unwrap();
        let request = format!(
            "GET /api/v1/inquiries HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    };
    assert!(ask("wrong").starts_with("HTTP/1.1 401"));
    let answer = ask(caseload::simulator::DEMO_KEY);
    assert!(
        answer.starts_with("HTTP/1.1 200") && answer.contains("ratelimit-limit: 300"),
        "{answer}"
    );
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &id]).status().unwrap().success());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_closed_pipe_is_no_failure() {
    let mut child = User::new()
        .command(&["config", "example"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    assert!(output.status.success());
}

#[test]
fn a_bad_scenario_file_is_told_with_its_place() {
    let user = User::new();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "[[rule]]\nfault = \"lost\"\n").unwrap();
    let (code, _, err) = user.run(&["simulate", "--scenario", file.path().to_str().unwrap()]);
    assert_eq!(code, 2);
    assert!(err.contains("line 2, column 9") && err.contains("lost-answer"), "{err}");
}

#[test]
fn the_control_port_stays_on_this_machine() {
    let arguments = ["simulate", "--listen", "127.0.0.1:0", "--control", "0.0.0.0:0"];
    let (code, _, err) = User::new().run(&arguments);
    assert_eq!(code, 1);
    assert!(err.contains("127.0.0.1:4011"), "{err}");
}

#[test]
fn a_package_gets_its_manual_and_completions_from_the_program() {
    let user = User::new();
    for (shell, word) in
        [("bash", "complete -F"), ("zsh", "#compdef caseload"), ("fish", "complete -c caseload")]
    {
        let (code, script, _) = user.run(&["completions", shell]);
        assert_eq!(code, 0);
        for command in [word, "doctor", "outbox", "listen"] {
            assert!(script.contains(command), "{shell} completes nothing of {command}");
        }
    }
    let folder = user.home.path().join("man");
    let (code, out, err) = user.run(&["man", folder.to_str().unwrap()]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(out, "");
    let page = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let first = page("caseload.1");
    assert!(first.contains(".TH caseload 1") && first.contains("caseload\\-listen(1)"), "{first}");
    assert!(page("caseload-store-backup.1").contains(".TH caseload-store-backup 1"));
    assert!(page("caseload-listen.1").contains("Exit codes"));
    let (code, _, err) = user.run(&["man", "/dev/null/here"]);
    assert!(code != 0 && err.contains("/dev/null/here cannot be made"), "{err}");
}
