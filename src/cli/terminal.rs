//! What `doctor` says of the terminal and of what stands between it and this host: judged by the
//! environment and by what tmux tells, without asking the terminal anything.

use std::{
    fs,
    io::{IsTerminal, stdout},
    path::Path,
    process::Stdio,
};

use crate::{desk::doctor::Finding, model::Text, secret, tui};

/// What is known of the terminal.
struct Around<'a> {
    variable: &'a dyn Fn(&str) -> Option<String>,
    is_one: bool,
    size: Option<(u16, u16)>,
    colours: u16,
    tmux: Tmux,
    /// Some program above this one is mosh's.
    mosh: bool,
    /// Whether a program is found by its name.
    runs: &'a dyn Fn(&str) -> bool,
}

/// What the tmux around it is set to.
#[derive(Debug, Default)]
struct Tmux {
    set_clipboard: Option<String>,
    escape_time: Option<u64>,
}

/// Findings about this process's terminal.
pub fn examine() -> Vec<Finding> {
    let variable = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let runs = |program: &str| is_found(program, variable("PATH").as_deref());
    let tmux = match variable("TMUX") {
        Some(_) => Tmux {
            set_clipboard: asked("set-clipboard"),
            escape_time: asked("escape-time").and_then(|time| time.parse().ok()),
        },
        None => Tmux::default(),
    };
    judge(&Around {
        variable: &variable,
        is_one: stdout().is_terminal(),
        size: tui::size(),
        colours: tui::colours(),
        tmux,
        mosh: is_below_mosh(),
        runs: &runs,
    })
}

/// A setting of the tmux server; none if it does not tell.
fn asked(setting: &str) -> Option<String> {
    let told = secret::child("tmux")
        .args(["show-options", "-s", "-v", setting])
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    let told = String::from_utf8(told.stdout).ok()?;
    Some(told.trim().to_owned()).filter(|told| !told.is_empty())
}

/// How far up is looked: shells and multiplexers stand between.
const GENERATIONS: usize = 12;

fn is_below_mosh() -> bool {
    let mut process = std::process::id().to_string();
    for _ in 0..GENERATIONS {
        let Ok(status) = fs::read_to_string(format!("/proc/{process}/status")) else {
            return false;
        };
        let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name));
        if field("Name:").is_some_and(|name| name.trim() == "mosh-server") {
            return true;
        }
        let Some(parent) = field("PPid:") else { return false };
        process = parent.trim().to_owned();
    }
    false
}

fn is_found(program: &str, path: Option<&str>) -> bool {
    if program.contains('/') {
        return Path::new(program).is_file();
    }
    let folders = path.unwrap_or_default().split(':').filter(|folder| !folder.is_empty());
    folders.map(|folder| Path::new(folder).join(program)).any(|file| file.is_file())
}

fn judge(around: &Around<'_>) -> Vec<Finding> {
    if !around.is_one {
        return vec![Finding::ok(TERMINAL, "the output is none: not looked at")];
    }
    let mut found = vec![terminal(around), locale(around), clipboard(around)];
    found.extend(escape(around));
    found.push(editor(around));
    found
}

const TERMINAL: &str = "terminal";

fn terminal(around: &Around<'_>) -> Finding {
    let variable = |name: &str| (around.variable)(name).map(|value| Text::new(&value).to_string());
    let name = variable("TERM").unwrap_or_default();
    if name.is_empty() || name == "dumb" {
        let todo = "the console draws all over the screen: use a terminal that can, and set TERM; caseload --plain writes lines alone";
        return Finding::fail(TERMINAL, format!("TERM is {name:?}"), todo);
    }
    let shown = around.size.map_or("of unknown size".to_owned(), |(w, h)| format!("{w}×{h}"));
    let colours = match (variable("NO_COLOR"), variable("COLORTERM")) {
        (Some(_), _) => "no colours (NO_COLOR)".to_owned(),
        (None, Some(any)) => format!("{} colours, COLORTERM {any}", around.colours),
        (None, None) => format!("{} colours", around.colours),
    };
    let between: Vec<&str> = [
        (within_tmux(around), "in tmux"),
        (within_screen(around), "in screen"),
        (around.mosh, "by mosh"),
        (variable("SSH_CONNECTION").is_some() && !around.mosh, "over ssh"),
    ]
    .into_iter()
    .filter_map(|(is, word)| is.then_some(word))
    .collect();
    let mut what = format!("{name}, {shown}, {colours}");
    if !between.is_empty() {
        what = format!("{what}, {}", between.join(", "));
    }
    let (columns, rows) = tui::SMALLEST;
    if around.size.is_some_and(|(w, h)| w < columns || h < rows) {
        return Finding::warn(TERMINAL, what, format!("make it at least {columns}×{rows}"));
    }
    if name == "linux" {
        let what = format!("{what}: its font lacks some signs, and others stand for them");
        return Finding::ok(TERMINAL, what);
    }
    Finding::ok(TERMINAL, what)
}

fn within_tmux(around: &Around<'_>) -> bool {
    (around.variable)("TMUX").is_some()
}

fn within_screen(around: &Around<'_>) -> bool {
    (around.variable)("STY").is_some()
}

fn locale(around: &Around<'_>) -> Finding {
    const ABOUT: &str = "locale";
    let named = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| {
        (around.variable)(name).map(|value| format!("{name}={}", Text::new(&value)))
    });
    let named = named.unwrap_or_else(|| "none is set".to_owned());
    if named.to_lowercase().replace('-', "").contains("utf8") {
        return Finding::ok(ABOUT, named);
    }
    let todo = "set LANG to a UTF-8 locale (C.UTF-8), or names are unreadable in what is between";
    Finding::warn(ABOUT, format!("{named}: not UTF-8"), todo)
}

/// Whether what is copied (OSC 52) arrives.
fn clipboard(around: &Around<'_>) -> Finding {
    const ABOUT: &str = "clipboard";
    let is = |name: &str, wanted: &str| (around.variable)(name).is_some_and(|v| v == wanted);
    let where_to = match (around.variable)("SSH_CONNECTION").is_some() || around.mosh {
        true => "copies go to the host in front of you, not to this one",
        false => "copies go through the terminal",
    };
    if is("TERM", "linux") {
        let todo = "ids can be read, and a script gets them by caseload list";
        return Finding::warn(ABOUT, "the Linux console has none: nothing is copied", todo);
    }
    if within_tmux(around) {
        const SET: &str = "add \"set -s set-clipboard on\" to tmux.conf; allow-passthrough is not \
                           needed";
        return match around.tmux.set_clipboard.as_deref() {
            Some("on") => Finding::ok(ABOUT, format!("tmux hands it on; {where_to}")),
            Some(other) => {
                let other = Text::new(other);
                let what = format!("tmux drops what is copied: set-clipboard is {other}");
                Finding::warn(ABOUT, what, SET)
            }
            None => Finding::warn(ABOUT, "tmux does not tell whether it hands it on", SET),
        };
    }
    if within_screen(around) {
        let what = format!("screen hands it on in pieces; {where_to}");
        return Finding::ok(ABOUT, what);
    }
    if around.mosh {
        let todo = "use mosh 1.4 or later on both ends; those before drop what is copied";
        return Finding::warn(ABOUT, format!("by mosh; {where_to}"), todo);
    }
    let select = "if nothing arrives, select it with the mouse: the console leaves that alone";
    if is("TERM_PROGRAM", "Apple_Terminal") {
        return Finding::warn(ABOUT, "Apple's Terminal ignores what is copied (OSC 52)", select);
    }
    if (around.variable)("VTE_VERSION").is_some() {
        let what = "terminals built on VTE, as GNOME's, may ignore what is copied (OSC 52)";
        return Finding::warn(ABOUT, what, select);
    }
    if (around.variable)("XTERM_VERSION").is_some() {
        let todo = "set XTerm*disallowedWindowOps: 20,21,SetXprop in your X resources";
        return Finding::warn(ABOUT, "xterm ignores what is copied unless it is allowed to", todo);
    }
    Finding::ok(ABOUT, format!("{where_to}, by OSC 52; nobody tells whether they arrive"))
}

/// From so many milliseconds on it is felt.
const SLOW_ESCAPE: u64 = 50;

fn escape(around: &Around<'_>) -> Option<Finding> {
    const ABOUT: &str = "Esc key";
    let time = around.tmux.escape_time.filter(|_| within_tmux(around));
    if let Some(time) = time.filter(|time| *time > SLOW_ESCAPE) {
        let todo = "add \"set -s escape-time 10\" to tmux.conf; q and h go back as well";
        return Some(Finding::warn(ABOUT, format!("tmux keeps it back for {time} ms"), todo));
    }
    within_screen(around).then(|| {
        let todo = "add \"maptimeout 10\" to .screenrc; q and h go back as well";
        Finding::warn(ABOUT, "screen keeps it back for up to 300 ms", todo)
    })
}

fn editor(around: &Around<'_>) -> Finding {
    const ABOUT: &str = "editor";
    let line = tui::chosen_editor(around.variable);
    let shown = Text::new(&line);
    let program = line.split_whitespace().next().unwrap_or_default();
    match (around.runs)(program) {
        true => Finding::ok(ABOUT, format!("{shown}, for long comments")),
        false => Finding::warn(
            ABOUT,
            format!("{shown} is not found"),
            "set VISUAL or EDITOR; comments can be written in the console all the same",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::doctor::Verdict::{self, Fail, Ok, Warn};

    const PLAIN: [(&str, &str); 2] = [("TERM", "xterm-256color"), ("LANG", "de_DE.UTF-8")];

    struct Sample {
        variables: Vec<(&'static str, &'static str)>,
        size: (u16, u16),
        tmux: Tmux,
        mosh: bool,
    }

    fn sample(more: &[(&'static str, &'static str)]) -> Sample {
        // The last of a name counts.
        let variables = PLAIN.iter().chain(more).copied().collect();
        Sample { variables, size: (80, 24), tmux: Tmux::default(), mosh: false }
    }

    impl Sample {
        fn found(&self) -> Vec<Finding> {
            let variable = |name: &str| {
                let found = self.variables.iter().rev().find(|(known, _)| *known == name);
                found.map(|(_, value)| (*value).to_owned()).filter(|value| !value.is_empty())
            };
            judge(&Around {
                variable: &variable,
                is_one: true,
                size: Some(self.size),
                colours: 256,
                tmux: Tmux {
                    set_clipboard: self.tmux.set_clipboard.clone(),
                    escape_time: self.tmux.escape_time,
                },
                mosh: self.mosh,
                runs: &|program| program == "vi",
            })
        }

        #[track_caller]
        fn says(&self, about: &str, verdict: Verdict, words: &str) {
            let found = self.found();
            let it = found.iter().find(|finding| finding.about == about).expect("it is told");
            let said = format!("{} → {}", it.what, it.todo);
            assert_eq!(it.verdict, verdict, "{said}");
            assert!(said.contains(words), "{said}");
            assert_eq!(it.todo.is_empty(), verdict == Ok, "what is amiss comes with what to do");
        }
    }

    #[test]
    fn terminals_are_judged_without_being_asked() {
        sample(&[]).says("terminal", Ok, "xterm-256color, 80×24, 256 colours");
        sample(&[("COLORTERM", "truecolor")]).says("terminal", Ok, "COLORTERM truecolor");
        sample(&[("NO_COLOR", "1")]).says("terminal", Ok, "no colours");
        sample(&[("SSH_CONNECTION", "x")]).says("terminal", Ok, "over ssh");
        Sample { size: (40, 24), ..sample(&[]) }.says("terminal", Warn, "at least 60×15");
        sample(&[("TERM", "linux")]).says("terminal", Ok, "its font lacks some signs");
        sample(&[("TERM", "dumb")]).says("terminal", Fail, "TERM is \"dumb\"");
        sample(&[("TERM", "")]).says("terminal", Fail, "set TERM");
        sample(&[("LANG", "C")]).says("locale", Warn, "LANG=C: not UTF-8");
        sample(&[("LC_ALL", "C.utf8"), ("LANG", "C")]).says("locale", Ok, "LC_ALL=C.utf8");
    }

    #[test]
    fn whether_what_is_copied_arrives_is_told_with_what_to_set() {
        let tmux = |set: Option<&str>, escape_time| Sample {
            tmux: Tmux { set_clipboard: set.map(str::to_owned), escape_time },
            ..sample(&[("TMUX", "/tmp/x")])
        };
        sample(&[]).says("clipboard", Ok, "nobody tells whether they arrive");
        sample(&[("SSH_CONNECTION", "x")]).says("clipboard", Ok, "the host in front of you");
        tmux(Some("on"), None).says("clipboard", Ok, "tmux hands it on");
        tmux(Some("external"), None).says("clipboard", Warn, "set -s set-clipboard on");
        tmux(None, None).says("clipboard", Warn, "does not tell");
        tmux(None, Some(500)).says("Esc key", Warn, "set -s escape-time 10");
        assert!(tmux(None, Some(10)).found().iter().all(|found| found.about != "Esc key"));
        sample(&[("STY", "1.x")]).says("clipboard", Ok, "in pieces");
        sample(&[("STY", "1.x")]).says("Esc key", Warn, "maptimeout");
        Sample { mosh: true, ..sample(&[]) }.says("clipboard", Warn, "mosh 1.4");
        sample(&[("TERM", "linux")]).says("clipboard", Warn, "nothing is copied");
        sample(&[("VTE_VERSION", "7600")]).says("clipboard", Warn, "with the mouse");
        sample(&[("XTERM_VERSION", "XTerm(390)")]).says("clipboard", Warn, "disallowedWindowOps");
        sample(&[("TERM_PROGRAM", "Apple_Terminal")]).says("clipboard", Warn, "Apple");
    }

    #[test]
    fn the_editor_is_looked_for() {
        sample(&[]).says("editor", Ok, "vi, for long comments");
        sample(&[("EDITOR", "code --wait")]).says("editor", Warn, "code --wait is not found");
        assert!(is_found("sh", Some("/nowhere:/bin")) && !is_found("sh", None));
        assert!(is_found("/bin/sh", None) && !is_found("/bin/no-such", Some("/bin")));
    }
}
