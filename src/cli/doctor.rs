//! `caseload doctor`: one page that says what works, and what to do about the rest.
//!
//! It works without a network and without a key, and says so. It prints no key and nothing that
//! identifies an applicant; nothing is changed, neither here nor at Persona.

use std::{
    fmt::Write as _,
    fs::OpenOptions,
    io::{IsTerminal, stdout},
    os::unix::fs::MetadataExt,
    path::Path,
};

use serde_json::{Value, json};

use super::{
    exit::Exit,
    listen,
    output::{self, Format, Shape},
    profile, terminal,
};
use crate::{
    clock::Clock,
    config::{self, Config, Loaded, Paths, policy::InForce},
    desk::doctor::{self, Finding, Verdict},
    secret::{KeyEnvironment, KeySource},
    tui,
};

const FINDINGS: Shape = Shape {
    table: &[("", "verdict"), ("about", "about"), ("what", "what")],
    csv: &["about", "verdict", "what", "todo"],
};

/// Exit code 0 where nothing failed, else 1.
pub async fn run(file: Option<&Path>, format: Format) -> anyhow::Result<Exit> {
    let paths = Paths::of_user()?;
    let findings = examine(file, &paths).await;
    let printed = match format {
        Format::Table => page(&findings, columns()),
        _ => {
            let rows: Vec<Value> = findings.iter().map(row).collect();
            output::rows(format, &FINDINGS, &rows)
        }
    };
    output::print(&printed)?;
    let failed = findings.iter().any(|finding| finding.verdict == Verdict::Fail);
    Ok(if failed { Exit::Failed } else { Exit::Done })
}

/// Of the terminal that is printed to, if one is.
fn columns() -> Option<usize> {
    stdout().is_terminal().then(|| tui::size().map(|(columns, _)| usize::from(columns))).flatten()
}

async fn examine(file: Option<&Path>, paths: &Paths) -> Vec<Finding> {
    let mut found = match profile::load(file, paths) {
        Ok(loaded) => {
            let mut found = policy(profile::policy(file, paths, &loaded.config));
            found.splice(0..0, configuration(&loaded, paths));
            found.extend(examine_with(&loaded, paths).await);
            found.extend(examine_also(&loaded, paths).await);
            found.push(log(&loaded.config, paths));
            found
        }
        // Where the key, Persona and the local copy are stands in it: nobody is asked by guess.
        Err(why) => {
            let todo = "mend it: key, Persona, local copy and log are looked at after that";
            vec![Finding::fail(CONFIGURATION, why.to_string(), todo)]
        }
    };
    found.extend(terminal::examine());
    found
}

async fn examine_with(loaded: &Loaded, paths: &Paths) -> Vec<Finding> {
    let mut found = Vec::new();
    let key = key(&loaded.key);
    let has_key = key.verdict != Verdict::Fail;
    found.push(key);
    let clock = Clock::system();
    let store = profile::store_file(loaded, paths);
    let (copy, pinned) = match profile::store_server(loaded, paths) {
        Some(server) => doctor::shared(&server, &loaded.field_key, clock.clone()).await,
        None => doctor::copy(&store, &loaded.field_key, clock.now()).await,
    };
    if has_key {
        let settings = profile::persona(&loaded.config);
        found.extend(doctor::persona(settings, loaded.key.clone(), pinned.as_ref(), clock).await);
    } else {
        let todo = "Persona answers nothing without a key: it was not asked";
        found.push(Finding::warn("Persona", loaded.config.persona.base_url.clone(), todo));
    }
    found.extend(copy);
    found
}

/// What a receiver for several environments needs of the others, each with the file that names it.
async fn examine_also(first: &Loaded, paths: &Paths) -> Vec<Finding> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for (file, loaded) in listen::also(first, paths) {
        let loaded = match loaded {
            Ok(loaded) => loaded,
            Err(why) => {
                found.push(Finding::fail(CONFIGURATION, why.to_string(), NOT_RECEIVED));
                continue;
            }
        };
        let mut of_it = policy(profile::policy(Some(&file), paths, &loaded.config));
        of_it.extend(examine_with(&loaded, paths).await);
        found.push(Finding::ok(CONFIGURATION, format!("{}, of listen.also", file.display())));
        found.extend(of_it.into_iter().map(|one| {
            let what = format!("{}: {}", file.display(), one.what);
            Finding { what, ..one }
        }));
        others.push(loaded);
    }
    if let Err(why) = listen::apart(std::iter::once(first).chain(&others), paths) {
        found.push(Finding::fail(CONFIGURATION, why.to_string(), NOT_RECEIVED));
    }
    found
}

const NOT_RECEIVED: &str = "until then caseload listen does not start";

const CONFIGURATION: &str = "configuration";

fn configuration(loaded: &Loaded, paths: &Paths) -> Vec<Finding> {
    let what = match &loaded.file {
        Some(file) => file.display().to_string(),
        None => format!("defaults; {} is not there", paths.config.display()),
    };
    let mut found = vec![Finding::ok(CONFIGURATION, what)];
    if !loaded.config.persona.base_url.trim_end_matches('/').ends_with("/api/v1") {
        let from =
            if loaded.base_url_from_environment { "PERSONA_BASE_URL" } else { "persona.base_url" };
        let what = format!("{from} does not end with /api/v1, as Persona's own does");
        found.push(Finding::warn(CONFIGURATION, what, "add /api/v1 if requests are not found"));
    }
    if loaded.config.reviewer.email.is_none() {
        let what = "reviewer.email is not set: your login name signs, and cases cannot be assigned";
        found.push(Finding::warn(CONFIGURATION, what, "set reviewer.email"));
    }
    found
}

const POLICY: &str = "policy";

fn policy(loaded: Result<InForce, config::Error>) -> Vec<Finding> {
    let InForce { files, without_effect, .. } = match loaded {
        Ok(in_force) => in_force,
        Err(why) => {
            let todo = "until it is mended caseload opens nothing";
            return vec![Finding::fail(POLICY, why.to_string(), todo)];
        }
    };
    let names: Vec<String> = files.iter().map(|(_, file)| file.display().to_string()).collect();
    let mut found = vec![Finding::ok(
        POLICY,
        match names.is_empty() {
            true => "none: nothing is asked of those who decide".to_owned(),
            false => format!("{}; enforced by this client, not by Persona", names.join(", ")),
        },
    )];
    let todo = "take it out of your file; caseload config check shows what is in force";
    found.extend(without_effect.into_iter().map(|vain| Finding::warn(POLICY, vain, todo)));
    found
}

fn key(source: &KeySource) -> Finding {
    let place = format!("from {source}");
    match source.read() {
        Err(why) => Finding::fail("API key", why.to_string(), "without it nothing is shown"),
        Ok(key) => match KeyEnvironment::of(&key) {
            KeyEnvironment::Unknown => Finding::warn(
                "API key",
                format!("{place}; its prefix is of no environment known here"),
                "check that it is a key of Persona's, and whose environment answers below",
            ),
            known => {
                Finding::ok("API key", format!("{place}, of {} by its prefix", known.as_str()))
            }
        },
    }
}

fn log(config: &Config, paths: &Paths) -> Finding {
    let path = config.log.file.as_deref().unwrap_or(&paths.log);
    let shown = path.display();
    if config.log.level == "off" {
        return Finding::ok("log", "log.level is off: none is written");
    }
    match path.metadata() {
        Err(_) => Finding::ok("log", format!("{shown} is made at the first start")),
        Ok(_) if OpenOptions::new().append(true).open(path).is_err() => Finding::warn(
            "log",
            format!("{shown} cannot be written"),
            "give it to your user, or name another log.file; all else works without",
        ),
        Ok(there) if there.mode() & 0o077 != 0 => Finding::warn(
            "log",
            format!("{shown} can be read by others (mode {:03o})", there.mode() & 0o777),
            "the next start makes it private",
        ),
        Ok(there) => {
            let level = &config.log.level;
            Finding::ok(
                "log",
                format!("{shown}, {} kB, level {level}", there.len().div_ceil(1_000)),
            )
        }
    }
}

fn row(finding: &Finding) -> Value {
    json!({
        "kind": "finding", "about": finding.about, "verdict": finding.verdict.as_str(),
        "what": finding.what, "todo": finding.todo,
    })
}

/// ```text
/// ok    API key        from PERSONA_API_KEY, of sandbox by its prefix
/// fail  Persona        cannot be reached: …
///                      → what to do about it
/// ```
/// Lines are broken at `width` where there is one: a program that reads them gets whole ones.
fn page(findings: &[Finding], width: Option<usize>) -> String {
    let mut page = String::new();
    let broken = |text: &str| match width {
        Some(width) => tui::wrap(text, width.saturating_sub(MARGIN + 1).max(20)),
        None => vec![text.to_owned()],
    };
    for Finding { about, verdict, what, todo } in findings {
        let head = format!("{:<5} {about}", verdict.as_str());
        let mut lines: Vec<String> = what.lines().flat_map(broken).collect();
        if !todo.is_empty() {
            lines.extend(broken(&format!("→ {todo}")));
        }
        for (nth, line) in lines.iter().enumerate() {
            let head = if nth == 0 { head.as_str() } else { "" };
            let _ = writeln!(page, "{head:<MARGIN$}{line}");
        }
    }
    let count = |wanted| findings.iter().filter(|finding| finding.verdict == wanted).count();
    let summary = match (count(Verdict::Fail), count(Verdict::Warn)) {
        (0, 0) => "all is well".to_owned(),
        (0, warnings) => format!("it works; {warnings} to look at"),
        (failed, 0) => format!("{failed} failed"),
        (failed, warnings) => format!("{failed} failed, {warnings} to look at"),
    };
    let _ = writeln!(page, "\n{summary}");
    page
}

/// Where what was found begins, in columns.
const MARGIN: usize = 21;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_ends_with_a_sum() {
        let one = |verdict| Finding { about: "x", verdict, what: "y".into(), todo: String::new() };
        let sum = |verdicts: &[Verdict]| {
            let findings: Vec<_> = verdicts.iter().map(|verdict| one(*verdict)).collect();
            page(&findings, None).lines().last().map(str::to_owned)
        };
        use Verdict::{Fail, Ok, Warn};
        assert_eq!(sum(&[Ok, Ok]).as_deref(), Some("all is well"));
        assert_eq!(sum(&[Ok, Warn]).as_deref(), Some("it works; 1 to look at"));
        assert_eq!(sum(&[Fail, Warn]).as_deref(), Some("1 failed, 1 to look at"));
        let long = Finding::warn("x", "a word and another ".repeat(9), "do something about it");
        let narrow = page(&[long], Some(60));
        assert!(narrow.lines().all(|line| line.chars().count() < 60), "{narrow}");
    }
}
