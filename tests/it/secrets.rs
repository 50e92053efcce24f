//! A whole shift of the real binary, and then: no secret stands in anything that it wrote, nor in what
//! the programs were told that it started.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use caseload::{
    clock::Clock,
    secret::Secret,
    simulator::{self, Options},
};

use crate::terminal::Session;

const KEY: &str = "persona_sandbox_ofAShiftThatIsSearched0123456789";
const REFUSED: &str = "persona_sandbox_thatIsRefusedAndSearched98765";
const WEBHOOK: &str = "wbhsec_ofAShiftThatIsSearched";
const FIELD: &str = "8f3a0c5d7e91b2463f8a0c5d7e91b2464d7e91b2463f8a0c5d7e91b2463f8a0c";

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("one").path());
    let found = entries.map(|path| match path.is_dir() && !path.is_symlink() {
        true => files(&path),
        false => vec![path],
    });
    found.flatten().collect()
}

fn holds(bytes: &[u8], secret: &[u8]) -> bool {
    bytes.windows(secret.len()).any(|window| window == secret)
}

fn script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn a_shift_leaves_no_secret_behind() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let key = Secret::new(KEY.to_owned());
    let options = Options { inquiries: 40, rate_limit: 10_000, key, ..Options::default() };
    let start = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::system());
    let simulator = runtime.block_on(start).expect("a free port");
    let url = simulator.base_url();

    // Here is all that is searched; what holds the secrets lies elsewhere.
    let home = Arc::new(tempfile::tempdir().expect("a home"));
    let vault = tempfile::tempdir().expect("a vault");
    let (temporary, seen) = (home.path().join("tmp"), home.path().join("seen"));
    fs::create_dir(&temporary).unwrap();
    fs::create_dir(&seen).unwrap();
    let look = format!(
        "cat /proc/$$/environ /proc/$PPID/cmdline /proc/$$/cmdline >> {}/$(basename $0)\n",
        seen.display()
    );
    let (editor, webhooks) = (vault.path().join("editor"), vault.path().join("webhooks"));
    script(&editor, &format!("#!/bin/sh\n{look}echo 'from the editor' > \"$1\"\n"));
    script(&webhooks, &format!("#!/bin/sh\n{look}echo {WEBHOOK}\n"));
    let configuration = home.path().join(".config/caseload");
    fs::create_dir_all(&configuration).unwrap();
    let text = format!("[log]\nlevel = \"trace\"\n[listen]\nsecrets_command = [{webhooks:?}]\n");
    fs::write(configuration.join("config.toml"), text).unwrap();
    let (temporary, editor) = (temporary.display().to_string(), editor.display().to_string());
    let variables = |key| {
        [
            ("PERSONA_BASE_URL", url.as_str()),
            ("PERSONA_API_KEY", key),
            ("CASELOAD_FIELD_KEY", FIELD),
            ("EDITOR", editor.as_str()),
            ("PATH", "/usr/bin:/bin"),
            ("TMPDIR", temporary.as_str()),
            ("RUST_BACKTRACE", "1"),
        ]
    };
    let mut said = Vec::new();
    let run = |key, arguments: &[&str], said: &mut Vec<u8>| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caseload"));
        command.env_clear().env("HOME", home.path()).envs(variables(key)).args(arguments);
        let ended = command.current_dir(home.path()).stdin(Stdio::null()).output().unwrap();
        said.extend_from_slice(&ended.stdout);
        said.extend_from_slice(&ended.stderr);
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
    };

    // The console: a decision with a comment from an editor, and a crash.
    let mut session = Session::start_at(Arc::clone(&home), &[], &variables(KEY));
    session.sees("● polling");
    session.sees("Checks");
    session.press("d1");
    session.sees("Enter commits");
    session.press("C");
    session.sees("comment: from the editor");
    session.press("\r");
    session.press("\r");
    session.sees("decline held");
    let id = session.process();
    let limits = fs::read_to_string(format!("/proc/{id}/limits")).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().skip(4).take(2).collect::<Vec<_>>(), ["0", "0"]);
    let arguments = fs::read(format!("/proc/{id}/cmdline")).unwrap();
    said.extend_from_slice(&arguments);
    session.signal("ABRT");
    session.wait("the end", |seen| seen.closed);
    said.extend_from_slice(&session.seen.0.lock().unwrap().bytes);

    // A script's day.
    let waiting = simulator.inquiries("needs_review");
    assert_eq!(run(KEY, &["outbox", "retry"], &mut said).0, Some(0));
    assert_eq!(
        run(KEY, &["approve", &waiting[5], "--reason", "evidence_ok"], &mut said).0,
        Some(0)
    );
    // A link is printed for whoever asked for it, and stands nowhere else.
    let (code, link) = run(KEY, &["link", &waiting[6]], &mut Vec::new());
    assert_eq!(code, Some(0));
    let link = link.trim().rsplit(['/', '=']).next().unwrap_or_default().to_owned();
    assert!(link.len() > 8, "{link}");
    let backup = home.path().join("backup.db").display().to_string();
    let bundle = home.path().join("bundle").display().to_string();
    for arguments in [
        &["doctor"][..],
        &["config", "check"],
        &["key", "show"],
        &["list", "inquiries", "--format", "json"],
        &["journal", "verify"],
        &["journal", "export", "--format", "json"],
        &["journal", "export", "--bundle", &waiting[5], "--output", &bundle],
        &["store", "backup", &backup],
    ] {
        let (code, _) = run(KEY, arguments, &mut said);
        assert!(code == Some(0) || arguments == ["doctor"], "{arguments:?} ended with {code:?}");
    }
    assert_eq!(run(REFUSED, &["list", "cases", "--refresh"], &mut said).0, Some(7));

    // A receiver, with secrets from a command.
    let mut receiver = Command::new(env!("CARGO_BIN_EXE_caseload"));
    receiver.env_clear().env("HOME", home.path()).envs(variables(KEY));
    receiver.args(["listen", "--address", "127.0.0.1:0"]).current_dir(home.path());
    let receiver = receiver.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let told = seen.join("webhooks");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(20);
    while !told.exists() && std::time::Instant::now() < deadline {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    let process = receiver.id().to_string();
    assert!(Command::new("kill").args(["-s", "TERM", &process]).status().unwrap().success());
    let ended = receiver.wait_with_output().unwrap();
    said.extend_from_slice(&ended.stdout);
    said.extend_from_slice(&ended.stderr);

    let wrote = files(home.path());
    for expected in ["seen/editor", "seen/webhooks", "caseload.db", "caseload.log", "backup.db"] {
        assert!(wrote.iter().any(|path| path.ends_with(expected)), "{expected}: {wrote:#?}");
    }
    assert!(holds(&fs::read(&told).unwrap(), b"HOME="), "it saw its environment");
    let raw = hex::decode(FIELD).unwrap();
    let secrets = [
        KEY.as_bytes(),
        REFUSED.as_bytes(),
        WEBHOOK.as_bytes(),
        FIELD.as_bytes(),
        &raw,
        link.as_bytes(),
    ];
    for (nth, secret) in secrets.iter().enumerate() {
        assert!(!holds(&said, secret), "secret {nth} was said");
        for path in &wrote {
            assert!(
                !holds(&fs::read(path).unwrap(), secret),
                "secret {nth} is in {}",
                path.display()
            );
        }
    }
}
