//! What the documents tell to type: the commands and flags that they name are there, and the lines of their
//! blocks for a shell run as they are written.

use std::{
    collections::BTreeMap,
    env, fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::Path,
    process::{Command, Stdio},
};

use caseload::{cli::Cli, simulator::DEMO_KEY};
use clap::CommandFactory;
use tempfile::TempDir;

use super::{Office, Ran};
use crate::postgres::Database;

/// Lines that are not run here, and why.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo run -- tutor", "a lesson needs a person at a terminal"),
    ("caseload tutor", "a lesson needs a person at a terminal"),
    ("cargo run -- --demo", "a console needs a terminal"),
    ("cargo run", "a console needs a terminal"),
    ("cargo test", "this is one of them"),
    ("export PERSONA_API_KEY=persona_sandbox_…", "all lines here have it"),
    ("caseload simulate --listen 127.0.0.1:4010 --scenario flaky", "it serves until it is stopped"),
    ("cp assets/systemd/caseload-listen@.service /etc/systemd/system/", "it needs root"),
    ("cp assets/systemd/caseload.conf /etc/sysusers.d/", "it needs root"),
    ("systemd-sysusers caseload.conf", "it needs root and systemd"),
    ("systemctl enable --now caseload-listen@production", "it needs root and systemd"),
];

/// How a line ends, the first time and the next, where that is not 0.
const ENDS: &[(&str, &[i32])] = &[
    // Nobody is there to be asked.
    ("caseload store restore ~/backups/caseload.db", &[2]),
    // The new key is to be put in its place, by the line after it.
    ("caseload key rotate --to ~/next-key", &[6, 0]),
];

fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn page(name: &str) -> String {
    fs::read_to_string(repository().join(name)).expect("a page")
}

/// All that users read.
fn pages() -> Vec<String> {
    let docs = fs::read_dir(repository().join("docs")).expect("a folder");
    let docs = docs.map(|entry| entry.expect("an entry").file_name().into_string().expect("text"));
    let docs = docs.filter(|name| name.ends_with(".md")).map(|name| format!("docs/{name}"));
    let others = ["README.md", "SECURITY.md", "config.example.toml", "policy.example.toml"];
    let mut pages: Vec<String> = others.map(str::to_owned).into_iter().chain(docs).collect();
    pages.sort();
    pages
}

/// What stands between fences, by the language that the fence names, and what stands around.
fn blocks(text: &str) -> (Vec<(String, String)>, String) {
    let (mut blocks, mut around, mut within) = (Vec::new(), String::new(), None);
    for line in text.lines() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            within = match within {
                None => Some(language.to_owned()),
                Some(_) => None,
            };
            continue;
        }
        match &within {
            Some(language) => blocks.push((language.clone(), line.trim().to_owned())),
            None => {
                around.push_str(line.trim_start_matches("# "));
                around.push('\n');
            }
        }
    }
    assert!(within.is_none(), "a block has no end");
    (blocks, around)
}

/// Lines to be typed, with their comments.
fn typed(text: &str) -> Vec<String> {
    let lines = blocks(text).0.into_iter().filter_map(|(language, line)| match &*language {
        "sh" => Some(line),
        "console" => line.strip_prefix("$ ").map(str::to_owned),
        _ => None,
    });
    lines.filter(|line| !line.is_empty() && !line.starts_with('#')).collect()
}

fn without_comment(line: &str) -> &str {
    line.split(" #").next().unwrap_or(line).trim()
}

/// What stands in backquotes, on one line or over two.
fn quoted(text: &str) -> Vec<String> {
    let around = blocks(text).1;
    let pieces = around.split('`').skip(1).step_by(2);
    pieces.map(|piece| piece.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

/// The words after the program's name, if a line or a quotation starts it.
fn asked(line: &str) -> Option<Vec<String>> {
    let line = without_comment(line);
    let line = match line.strip_prefix("cargo run") {
        Some(rest) => format!("caseload{}", rest.strip_prefix(" --").unwrap_or(rest)),
        None => line.to_owned(),
    };
    let mut words = line.split_whitespace().skip_while(|word| *word != "caseload");
    words.next()?;
    let words = words.take_while(|word| !["|", ">", "&&", ";"].contains(word));
    Some(words.map(str::to_owned).collect())
}

/// Whether the program has such a command with such flags.
fn is_known(program: &clap::Command, words: &[String]) -> Result<(), String> {
    let (mut at, mut words) = (program, words.iter());
    while let Some(word) = words.next() {
        if let Some(flag) = word.strip_prefix("--") {
            let (name, value) = flag.split_once('=').map_or((flag, None), |(n, v)| (n, Some(v)));
            let argument = at.get_arguments().find(|argument| argument.get_long() == Some(name));
            let argument = argument.ok_or(format!("{} has no --{name}", at.get_name()))?;
            let takes = argument.get_action().takes_values() && !argument.is_require_equals_set();
            if takes && value.is_none() {
                words.next();
            }
        } else if let Some(command) = at.find_subcommand(word) {
            at = command;
        } else if at.get_positionals().next().is_none() {
            return Err(format!("{} takes no {word}", at.get_name()));
        }
    }
    Ok(())
}

fn all_flags(command: &clap::Command, found: &mut Vec<String>) {
    found.extend(command.get_arguments().filter_map(|it| it.get_long()).map(str::to_owned));
    command.get_subcommands().for_each(|command| all_flags(command, found));
}

#[test]
fn every_command_and_flag_that_is_written_about_is_there() {
    let mut program = Cli::command();
    program.build();
    let mut flags = Vec::new();
    all_flags(&program, &mut flags);
    let (mut commands, mut wrong) = (0, Vec::new());
    for page_name in pages() {
        let text = page(&page_name);
        for said in typed(&text).into_iter().chain(quoted(&text)) {
            if let Some(words) = asked(&said) {
                commands += 1;
                if let Err(why) = is_known(&program, &words) {
                    wrong.push(format!("{page_name}: {said}: {why}"));
                }
            } else if let Some(flag) = said.strip_prefix("--") {
                let name = flag.split(['=', ' ']).next().unwrap_or(flag);
                if !flags.iter().any(|known| known == name) {
                    wrong.push(format!("{page_name}: {said}: no command has it"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(commands > 80, "they were looked for: {commands}");
    let words = |line: &str| asked(line).expect("it starts the program");
    for wrong in ["caseload nonsense", "caseload list cases --nonsense", "caseload --demo x"] {
        assert!(is_known(&program, &words(wrong)).is_err(), "{wrong}");
    }
}

/// Somebody who types what a page says, line by line.
struct Reader {
    office: Office,
    /// `caseload` and what it is used with.
    programs: TempDir,
    variables: BTreeMap<&'static str, String>,
    /// Of which `inq_…` stands for one.
    inquiry: String,
    database: Option<Database>,
}

fn program(folder: &Path, name: &str, script: &str) {
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it can be run");
}

impl Reader {
    fn new() -> Self {
        let (office, programs) = (Office::open(), tempfile::tempdir().expect("a folder"));
        let bin = programs.path();
        symlink(env!("CARGO_BIN_EXE_caseload"), bin.join("caseload")).expect("a link");
        program(bin, "cargo", "shift; [ \"$1\" != -- ] || shift; exec caseload \"$@\"");
        // A vault, and what is enough of jq, should it not be installed.
        let vault = "case $1 in show) cat ~/kept ;; insert) umask 077; cat > ~/kept ;; esac";
        program(bin, "pass", vault);
        if Command::new("jq").arg("--version").output().is_err() {
            program(bin, "jq", "grep -o 'inq_[A-Za-z0-9]*'");
        }
        let inquiry = office.waiting();
        let of_firm = |inquiry: &String| {
            let account = office.account_of(inquiry);
            let owned = !office.simulator.related(&account, "beneficial_owners").is_empty();
            owned.then_some(account)
        };
        let account = office.simulator.inquiries("needs_review").iter().find_map(of_firm);
        let account = account.unwrap_or_else(|| office.account_of(&inquiry));
        let variables = BTreeMap::from([
            ("TEMPLATE", office.template()),
            ("ACCOUNT", account),
            ("CASE", office.simulator.open_cases().remove(0)),
            ("INQUIRY", inquiry.clone()),
        ]);
        Self { office, programs, variables, inquiry, database: None }
    }

    /// What there is already when a page is read.
    fn prepare(&mut self, page: &str) {
        let has_worked =
            ["docs/journal.md", "docs/privacy.md", "docs/scripts.md", "docs/shared.md"];
        if has_worked.contains(&page) {
            self.office.run(&["decline", &self.inquiry, "--reason", "document_expired"]).ends(0);
        }
        match page {
            "docs/administering.md" => {
                let key = self.office.home.path().join("kept");
                fs::write(&key, DEMO_KEY).expect("a key");
                self.office.configure(
                    "[persona]\napi_key_command = [\"pass\", \"show\", \"persona/key\"]\n",
                );
            }
            "docs/shared.md" => {
                self.database = self.office.runtime.block_on(Database::new());
                if let Some(database) = &self.database {
                    self.variables.insert("CASELOAD_STORE_URL", database.url());
                }
            }
            "docs/webhooks.md" => self.office.configure(""),
            _ => {}
        }
    }

    /// What a line's comment, or the text before it, asks to be done first.
    fn before(&mut self, line: &str) {
        if line == "caseload store seal" {
            self.office.configure("[store]\nfield_key_file = \"~/.config/caseload/field.key\"\n");
        }
    }

    /// With what stands for something in it.
    fn meant(&self, line: &str) -> String {
        let mut line = line.replace("inq_…", &self.inquiry);
        if let Some(database) = &self.database {
            let url = "postgres://caseload_owner@db.example.test/caseload";
            line = line.replace(url, &format!("'{}'", database.url()));
        }
        if let Some(at) = line.find("--head ") {
            let proof = self.office.ask(&["journal", "verify"]).ends(0);
            let end = line[at + 7..].find(' ').map_or(line.len(), |end| at + 7 + end);
            line.replace_range(at + 7..end, &proof.told("head"));
        }
        assert!(!without_comment(&line).contains('…'), "what stands for something in {line}?");
        line
    }

    fn types(&self, line: &str) -> Ran {
        let home = self.office.home.path();
        let within =
            if line.contains(" journal.tsv") { home.join("evidence") } else { home.into() };
        let path = format!("{}:{}", self.programs.path().display(), env::var("PATH").unwrap());
        let mut command = Command::new("bash");
        command.args(["-euo", "pipefail", "-c", line]).current_dir(within).stdin(Stdio::null());
        command.env_clear().env("HOME", home).env("PATH", path).env("NO_COLOR", "1");
        command.env("PERSONA_BASE_URL", self.office.simulator.base_url());
        if !home.join("kept").exists() {
            command.env("PERSONA_API_KEY", DEMO_KEY);
        }
        command.envs(&self.variables);
        Ran::of(command.output().expect("there is a shell"))
    }

    /// What later lines are about.
    fn after(&mut self, ran: &Ran) {
        let made = ran.out.lines().find_map(|line| line.strip_prefix("id      inq_"));
        if let (Some(id), true) = (made, ran.out.contains("\nlink ")) {
            self.variables.insert("INQUIRY", format!("inq_{}", id.trim()));
        }
    }
}

#[test]
fn what_is_to_be_typed_runs_as_it_is_written() {
    let (mut not_run, mut ran_before) = (Vec::new(), BTreeMap::<String, usize>::new());
    let mut lines = 0;
    for name in pages() {
        let typed = typed(&page(&name));
        if typed.is_empty() {
            continue;
        }
        let mut reader = Reader::new();
        reader.prepare(&name);
        if name == "docs/shared.md" && reader.database.is_none() {
            ran_before.extend(typed.into_iter().map(|line| (without_comment(&line).to_owned(), 1)));
            continue;
        }
        for line in typed {
            let bare = without_comment(&line).to_owned();
            if NOT_RUN.iter().any(|(known, _)| *known == bare) {
                not_run.push(bare);
                continue;
            }
            reader.before(&bare);
            let ran = reader.types(&reader.meant(&line));
            let times = ran_before.entry(bare.clone()).or_default();
            let ends =
                ENDS.iter().find(|(known, _)| *known == bare).map(|(_, codes)| codes[*times]);
            assert_eq!(ran.code, ends.unwrap_or(0), "{name}: {line}: {ran:?}");
            *times += 1;
            lines += 1;
            reader.after(&ran);
        }
    }
    assert!(lines > 30, "they were found: {lines}");
    for (line, _) in NOT_RUN {
        assert!(not_run.iter().any(|found| found == line), "no page says {line} any more");
    }
    for (line, codes) in ENDS {
        let times = ran_before.get(*line).copied().unwrap_or_default();
        assert_eq!(times, codes.len(), "{line}");
    }
}
