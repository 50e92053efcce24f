//! Runs the command: a report on its standard input, a limit of time, and none of our secrets.

use std::{env, io, process::Stdio, time::Duration};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use serde_json::Value;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use super::Patience;
use crate::secret;

/// A command, and when it is run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// Program and arguments; no shell reads them. There is at least the program.
    pub command: Vec<String>,
    pub patience: Patience,
    /// It is killed after this.
    pub limit: Duration,
}

/// All that it is told of our environment: a key or a token is never among it.
const PASSED_ON: [&str; 10] =
    ["PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR"];

/// Why it did not do what it was there for.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    #[error("there is no command")]
    Empty,
    #[error("it cannot be run: {0}")]
    NotRun(#[from] io::Error),
    #[error("it took longer than {} s and was killed", .0.as_secs())]
    Slow(Duration),
    #[error("it ended with {0}")]
    Ended(std::process::ExitStatus),
}

impl Hook {
    /// Returns when it has ended, or was killed with all that it started.
    ///
    /// # Errors
    /// If it cannot be run, takes too long, or says that it failed.
    pub async fn run(&self, report: &Value) -> Result<(), Failed> {
        let (program, arguments) = self.command.split_first().ok_or(Failed::Empty)?;
        let environment = PASSED_ON.iter().filter_map(|name| Some((*name, env::var_os(name)?)));
        let child = Command::from(secret::child(program))
            .args(arguments)
            .env_clear()
            .envs(environment)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            // A group of its own, so that what it started is killed along with it.
            .process_group(0)
            .spawn()?;
        let mut group = Group(child);
        let ended = tokio::time::timeout(self.limit, group.tell(format!("{report}\n"))).await;
        match ended {
            Err(_) => Err(Failed::Slow(self.limit)),
            Ok(ended) => match ended? {
                status if status.success() => Ok(()),
                status => Err(Failed::Ended(status)),
            },
        }
    }
}

/// A child that does not outlive its limit, nor us.
struct Group(Child);

impl Group {
    async fn tell(&mut self, text: String) -> io::Result<std::process::ExitStatus> {
        if let Some(mut stdin) = self.0.stdin.take() {
            // Whoever does not read it may know enough.
            let _ = stdin.write_all(text.as_bytes()).await;
        }
        self.0.wait().await
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It has an id until somebody waited for its end.
        let id = self.0.id().and_then(|id| i32::try_from(id).ok());
        if let Some(id) = id {
            let _ = killpg(Pid::from_raw(id), Signal::SIGKILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Instant};

    use serde_json::json;

    use super::*;

    fn hook(script: &str, limit: Duration) -> Hook {
        let nothing = Duration::ZERO;
        Hook {
            command: ["sh", "-c", script].map(str::to_owned).into(),
            patience: Patience { after: nothing, clear: nothing },
            limit,
        }
    }

    #[tokio::test]
    async fn it_reads_the_report_and_knows_nothing_of_ours() {
        let folder = tempfile::tempdir().unwrap();
        let out = folder.path().join("out");
        let script = format!("cat > {0}; env >> {0}", out.display());
        hook(&script, Duration::from_secs(20)).run(&json!({ "breach": "began" })).await.unwrap();
        let told = fs::read_to_string(&out).unwrap();
        assert!(told.starts_with("{\"breach\":\"began\"}\n"), "{told}");
        // A shell sets some by itself.
        let own = ["PWD", "OLDPWD", "SHLVL", "_"];
        for (name, _) in told.lines().skip(1).filter_map(|line| line.split_once('=')) {
            assert!(PASSED_ON.contains(&name) || own.contains(&name), "{name} in {told}");
        }
    }

    #[tokio::test]
    async fn one_that_hangs_is_killed_with_what_it_started() {
        let folder = tempfile::tempdir().unwrap();
        let id = folder.path().join("id");
        let script = format!("sleep 600 & echo $! > {}; wait", id.display());
        let began = Instant::now();
        let failed = hook(&script, Duration::from_millis(500)).run(&json!({})).await.unwrap_err();
        assert!(matches!(failed, Failed::Slow(_)), "{failed}");
        assert!(began.elapsed() < Duration::from_secs(30));
        let id = fs::read_to_string(&id).unwrap();
        let state = format!("/proc/{}/stat", id.trim());
        let is_gone = || match fs::read_to_string(&state) {
            Ok(stat) => stat.rsplit(')').next().is_some_and(|rest| rest.starts_with(" Z")),
            Err(_) => true,
        };
        while !is_gone() {
            assert!(began.elapsed() < Duration::from_secs(30), "it was left behind");
            tokio::task::yield_now().await;
        }
    }

    #[tokio::test]
    async fn one_that_fails_or_is_not_there_is_told() {
        let long = Duration::from_secs(20);
        let failed = hook("exit 3", long).run(&json!({})).await.unwrap_err();
        assert!(failed.to_string().contains('3'), "{failed}");
        let missing = Hook { command: vec!["/no/such/program".into()], ..hook("", long) };
        assert!(matches!(missing.run(&json!({})).await, Err(Failed::NotRun(_))));
        let deaf = hook("exec <&-; exit 0", long).run(&json!("x".repeat(200_000))).await;
        assert!(deaf.is_ok(), "{deaf:?}");
    }
}
