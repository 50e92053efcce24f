//! A secret from a command: what a password manager or a vault prints. No shell, nothing to read, a
//! time limit, and none of our own secrets in its environment.

use std::{
    io::Read,
    os::unix::process::CommandExt,
    process::{Child, ChildStdout, Stdio},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process_group};

use super::{Secret, child::child, file::LONGEST};

/// Somebody may have to touch a key, or to be asked by a window.
const LIMIT: Duration = Duration::from_secs(30);
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

/// What the command prints, trimmed; why there is nothing, as the rest of a sentence.
pub fn printed(line: &[String]) -> Result<Secret<String>, String> {
    printed_within(line, LIMIT)
}

fn printed_within(line: &[String], limit: Duration) -> Result<Secret<String>, String> {
    let Some((program, arguments)) = line.split_first() else {
        return Err("has no name".to_owned());
    };
    let until = Instant::now() + limit;
    // A group of its own: it ends with all that it started, and cannot read from our terminal.
    let started = child(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .process_group(0)
        .spawn();
    let mut started = started.map_err(|why| format!("cannot be started: {why}"))?;
    let (done, read) = mpsc::sync_channel(1);
    if let Some(out) = started.stdout.take() {
        thread::spawn(move || done.send(take(out)));
    }
    let ended = loop {
        match started.try_wait() {
            Ok(Some(ended)) => break ended,
            Ok(None) if Instant::now() < until => thread::sleep(BETWEEN_LOOKS),
            Ok(None) => {
                end(&mut started);
                return Err(format!("printed nothing within {} s: it was ended", limit.as_secs()));
            }
            Err(why) => return Err(format!("cannot be waited for: {why}")),
        }
    };
    if !ended.success() {
        let how = ended.code().map_or("by a signal".to_owned(), |code| format!("with {code}"));
        return Err(format!("ended {how}: run it yourself to see why"));
    }
    // What it left running may hold its output open.
    let rest = until.saturating_duration_since(Instant::now()).min(Duration::from_secs(2));
    let Ok(taken) = read.recv_timeout(rest) else {
        end(&mut started);
        return Err("ended, but what it started keeps its output open".to_owned());
    };
    let text = taken?;
    match text.expose().trim() {
        "" => Err("printed nothing".to_owned()),
        trimmed => Ok(Secret::new(trimmed.to_owned())),
    }
}

fn take(out: ChildStdout) -> Result<Secret<String>, String> {
    let mut text = Secret::new(String::with_capacity(LONGEST + 1));
    let read = out.take(LONGEST as u64 + 1).read_to_string(&mut text.0);
    read.map_err(|_| "printed something that is no text".to_owned())?;
    if text.expose().len() > LONGEST {
        return Err("printed more than any secret has".to_owned());
    }
    Ok(text)
}

fn end(started: &mut Child) {
    if let Some(group) = i32::try_from(started.id()).ok().and_then(Pid::from_raw) {
        // It may have ended meanwhile, which is as well.
        let _ = kill_process_group(group, Signal::KILL);
    }
    let _ = started.wait();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(line: &[&str]) -> Result<String, String> {
        let line: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
        printed_within(&line, Duration::from_millis(600)).map(|text| text.expose().clone())
    }

    #[test]
    fn what_a_command_prints_is_taken_and_its_failures_have_words() {
        assert_eq!(run(&["printf", "\\n  the key \\n# api_1\\n"]), Ok("the key \n# api_1".into()));
        assert_eq!(run(&["printf", "%s", "$HOME *"]), Ok("$HOME *".into()), "there is no shell");
        assert_eq!(run(&["sh", "-c", "read x; echo ${x:-none}"]), Ok("none".into()));
        let said = |line: &[&str]| run(line).unwrap_err();
        assert!(said(&["no-such-program-here"]).starts_with("cannot be started"));
        assert_eq!(said(&["false"]), "ended with 1: run it yourself to see why");
        assert_eq!(said(&["sh", "-c", "kill -9 $$"]).split(':').next(), Some("ended by a signal"));
        assert_eq!(said(&["true"]), "printed nothing");
        assert!(said(&["printf", "\\377"]).contains("no text"));
        assert!(said(&["head", "-c", "20000", "/dev/zero"]).contains("more than"));
        assert!(said(&[]).contains("no name"));
    }

    #[test]
    fn a_command_that_hangs_is_ended_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("pid");
        let line = format!("sleep 60 & echo $! > {}; wait", file.display());
        assert!(run(&["sh", "-c", &line]).unwrap_err().contains("it was ended"));
        let id: i32 = std::fs::read_to_string(&file).unwrap().trim().parse().unwrap();
        let state = || std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
        let gone = || state().is_empty() || state().contains(") Z ");
        for _ in 0..100 {
            if gone() {
                return;
            }
            thread::sleep(BETWEEN_LOOKS);
        }
        panic!("what it started goes on: {}", state());
    }
}
