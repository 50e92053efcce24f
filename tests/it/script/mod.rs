//! The command line for scripts: the real binary against a simulated Persona.

mod decisions;
mod doctor;
mod inert;
mod journal;
mod key;
mod kills;
mod listen;
mod lists;
mod log;
mod making;
mod policy;
mod purge;
mod relations;
mod shown;
mod store;
mod trouble;

use std::{
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use caseload::{
    clock::Clock,
    journal::verify,
    simulator::{self, DEMO_KEY, Options, Scenario, Simulator},
    store::Store,
};
use serde_json::Value;

/// A Persona, and a user with a home of their own.
struct Office {
    runtime: tokio::runtime::Runtime,
    simulator: Simulator,
    home: tempfile::TempDir,
}

/// What a command printed and how it ended.
#[derive(Debug)]
struct Ran {
    code: i32,
    out: String,
    err: String,
}

impl Ran {
    fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        let ran = Self {
            code: output.status.code().unwrap_or(-1),
            out: text(output.stdout),
            err: text(output.stderr),
        };
        assert!(!ran.err.contains("panicked"), "{ran:?}");
        assert!(!ran.out.contains('\u{1b}') && !ran.err.contains('\u{1b}'), "{ran:?}");
        ran
    }

    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        self
    }

    #[track_caller]
    fn json(&self) -> Vec<Value> {
        let parsed: Result<Vec<Value>, _> = self.out.lines().map(serde_json::from_str).collect();
        parsed.unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }

    /// A value of the only object.
    #[track_caller]
    fn told(&self, name: &str) -> String {
        let objects = self.json();
        assert_eq!(objects.len(), 1, "{self:?}");
        match &objects[0][name] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        }
    }
}

impl Office {
    fn open() -> Self {
        Self::of(Options { inquiries: 60, rate_limit: 10_000, ..Options::default() })
    }

    fn of(options: Options) -> Self {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        let start = simulator::start(([127, 0, 0, 1], 0).into(), options, Clock::system());
        let simulator = runtime.block_on(start).expect("a free port");
        Self { runtime, simulator, home: tempfile::tempdir().expect("a home") }
    }

    fn command_at(&self, url: &str, key: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_caseload"));
        command.env_clear().env("HOME", self.home.path()).args(arguments).stdin(Stdio::null());
        command.env("PERSONA_BASE_URL", url).env("PERSONA_API_KEY", key).env("NO_COLOR", "1");
        command
    }

    fn command(&self, arguments: &[&str]) -> Command {
        self.command_at(&self.simulator.base_url(), DEMO_KEY, arguments)
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().expect("the binary runs"))
    }

    /// With what it prints as JSON.
    fn ask(&self, arguments: &[&str]) -> Ran {
        self.run(&[arguments, &["--format", "json"]].concat())
    }

    fn misbehave(&self, rules: &str) {
        self.simulator.set_scenario(Scenario::parse(rules).expect("a scenario"));
    }

    fn configure(&self, text: &str) {
        let folder = self.home.path().join(".config/caseload");
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join("config.toml"), text).expect("a file");
    }

    fn waiting(&self) -> String {
        self.simulator.inquiries("needs_review").remove(0)
    }

    fn account_of(&self, inquiry: &str) -> String {
        let inquiry = self.simulator.object(inquiry).expect("it is there");
        let id = &inquiry["relationships"]["account"]["data"]["id"];
        id.as_str().expect("it has an account").to_owned()
    }

    /// A template that inquiries have been made of.
    fn template(&self) -> String {
        let inquiry = self.simulator.object(&self.waiting()).expect("it is there");
        let id = &inquiry["relationships"]["inquiry-template"]["data"]["id"];
        id.as_str().expect("it has a template").to_owned()
    }

    fn status(&self, id: &str) -> String {
        self.simulator.status(id).expect("it is there")
    }

    /// Ids of inquiries that were made for an account.
    fn inquiries_of(&self, account: &str) -> Vec<String> {
        let rows = self.ask(&["list", "inquiries", "--account", account, "--refresh"]).json();
        rows.iter().map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    }

    fn store(&self) -> std::path::PathBuf {
        let folder = self.home.path().join(".local/share/caseload");
        let server = fs::read_dir(folder).expect("a store").next().expect("one server");
        server.expect("an entry").path().join("caseload.db")
    }

    /// What is in the journal, after its chain was checked.
    fn journal(&self) -> Vec<Value> {
        let file = self.store();
        self.runtime.block_on(async {
            let store = Store::open(&file, Clock::system()).await.expect("the store");
            let lines = store.journal_lines().await.expect("lines");
            verify(lines.iter().map(|(line, hash)| (line.as_str(), hash.as_str())))
                .expect("a chain");
            lines.iter().map(|(line, _)| serde_json::from_str(line).expect("JSON")).collect()
        })
    }
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-s", "INT", &id]).status().expect("kill").success());
}

fn contains(folder: &Path, word: &str) -> bool {
    fs::read_dir(folder).expect("a folder").any(|entry| {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            return contains(&path, word);
        }
        let bytes = fs::read(&path).expect("a file");
        bytes.windows(word.len()).any(|window| window == word.as_bytes())
    })
}
