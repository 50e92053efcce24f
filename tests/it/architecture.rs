//! The house's arrows, held by reading its sources.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// Rooms that everybody may use.
const LEAVES: &[&str] =
    &["busy", "clock", "config", "journal", "metrics", "model", "secret", "telemetry"];

/// Which other rooms a room may name, besides the leaves.
const ARROWS: &[(&str, &[&str])] = &[
    ("persona", &[]),
    ("store", &[]),
    ("outbox", &["persona", "store"]),
    ("sync", &["persona", "store"]),
    ("simulator", &["persona"]),
    ("desk", &["outbox", "sync", "persona", "store"]),
    ("tui", &["desk"]),
    ("cli", &["tui", "desk", "simulator", "persona", "sync", "outbox", "store"]),
    ("main", &["cli"]),
    ("lib", &[]),
];

/// Where a library may be named.
const HOMES: &[(&str, &[&str])] = &[
    ("reqwest", &["persona/transport/http.rs"]),
    ("rustls", &["persona/transport/http.rs"]),
    ("sqlx", &["store/"]),
    ("rustix", &["secret/", "store/", "tui/asking.rs", "tui/terminal.rs"]),
    ("nix", &["tui/job.rs", "desk/breach/hook.rs"]),
    ("chacha20poly1305", &["store/seal.rs"]),
    ("getrandom", &["secret/", "store/seal.rs"]),
    ("axum", &["simulator/", "sync/receive/", "desk/exposed/serve.rs"]),
    ("axum_server", &["sync/receive/", "desk/exposed/serve.rs"]),
    ("prometheus_client", &["metrics/text.rs"]),
    ("hyper_util", &["simulator/deliver.rs"]),
    ("http_body_util", &["simulator/deliver.rs"]),
    ("ratatui", &["tui/"]),
    ("crossterm", &["tui/"]),
    ("tui_input", &["tui/"]),
    ("zune_jpeg", &["tui/photo/decode.rs"]),
    ("zune_core", &["tui/photo/decode.rs"]),
    ("png", &["tui/photo/", "simulator/photo/"]),
    ("jpeg_encoder", &["tui/photo/iterm2.rs", "simulator/photo/large.rs"]),
    ("fast_image_resize", &["tui/photo/scale.rs", "simulator/photo/large.rs"]),
    ("icy_sixel", &["tui/photo/sixel.rs"]),
    ("fast_qr", &["tui/overlays/hand_off.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/handbook.rs"]),
    ("clap_mangen", &["cli/handbook.rs"]),
    ("directories", &["config/paths.rs"]),
    ("tracing_subscriber", &["telemetry/"]),
    ("anyhow", &["cli/", "main.rs"]),
];

const LONGEST_FILE: usize = 400;

/// A source file without comments, texts and tests; one entry a line.
struct Source {
    /// Below `src`, with forward slashes.
    path: String,
    raw: String,
    code: Vec<String>,
}

impl Source {
    fn new(path: &str, raw: &str) -> Self {
        let code = shipped(raw).into_iter().map(bare).collect();
        Self { path: path.to_owned(), raw: raw.to_owned(), code }
    }

    fn room(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or(&self.path);
        first.strip_suffix(".rs").unwrap_or(first)
    }
}

/// The lines, with those of modules for tests emptied, and without empty ones at the end.
fn shipped(raw: &str) -> Vec<&str> {
    let (mut lines, mut of_test) = (Vec::new(), false);
    let mut all = raw.lines().peekable();
    while let Some(line) = all.next() {
        let declares = |next: &&str| next.trim_start_matches("pub ").starts_with("mod ");
        if line == "#[cfg(test)]" && all.peek().is_some_and(declares) {
            of_test = true;
            lines.push("");
        } else if of_test {
            // A declaration is one line; a body ends with a brace at the margin.
            of_test = !(line == "}" || line.starts_with(|c: char| c != ' ') && line.ends_with(';'));
            lines.push("");
        } else {
            lines.push(line);
        }
    }
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(0, |last| last + 1);
    lines.truncate(end);
    lines
}

/// A line without its comment and without what stands in quotes.
fn bare(line: &str) -> String {
    let mut out = String::new();
    let mut quoted = false;
    let mut previous = ' ';
    for (at, c) in line.char_indices() {
        match c {
            '"' if previous != '\\' && !line[at..].starts_with("\"'") => quoted = !quoted,
            '/' if !quoted && line[at..].starts_with("//") => break,
            c if !quoted => out.push(c),
            _ => {}
        }
        previous = c;
    }
    out
}

/// Rooms named on the lines as `crate::room`, also in braces that go over several lines.
fn rooms_named(source: &Source) -> Vec<(usize, String)> {
    let mut named = Vec::new();
    let (mut depth, mut inside) = (0_i32, false);
    for (nth, line) in source.code.iter().enumerate() {
        let mut rest = line.as_str();
        if inside {
            if depth == 1 {
                named.extend(first_words(line).into_iter().map(|word| (nth + 1, word)));
            }
            depth += braces(line);
            inside = depth > 0;
            continue;
        }
        while let Some(at) = rest.find("crate::") {
            rest = &rest[at + "crate::".len()..];
            if let Some(list) = rest.strip_prefix('{') {
                depth = braces(rest);
                inside = depth > 0;
                named.extend(first_words(list).into_iter().map(|word| (nth + 1, word)));
            } else {
                named.extend(word(rest).map(|word| (nth + 1, word)));
            }
        }
    }
    named
}

fn braces(line: &str) -> i32 {
    line.chars().map(|c| i32::from(c == '{') - i32::from(c == '}')).sum()
}

fn word(text: &str) -> Option<String> {
    let word: String =
        text.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!word.is_empty()).then_some(word)
}

/// The first word of each entry of an import list, entries of inner lists left out.
fn first_words(list: &str) -> Vec<String> {
    let (mut depth, mut entries) = (0, vec![String::new()]);
    for c in list.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => entries.push(String::new()),
            c if depth == 0 => entries.last_mut().expect("there is always one").push(c),
            _ => {}
        }
    }
    entries.iter().filter_map(|entry| word(entry)).collect()
}

fn check(source: &Source, rooms: &BTreeSet<String>) -> Vec<String> {
    let mut broken = Vec::new();
    let path = &source.path;
    let mut say = |line: usize, rule: String| broken.push(format!("src/{path}:{line}: {rule}"));
    let room = source.room();
    let allowed = ARROWS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
    for (line, named) in rooms_named(source) {
        let leaf = LEAVES.contains(&named.as_str());
        let fine = match (room, allowed) {
            ("model", _) => named == "model",
            (_, Some(allowed)) => leaf || named == room || allowed.contains(&named.as_str()),
            (_, None) => leaf,
        };
        if rooms.contains(&named) && !fine {
            say(line, format!("{room} may not name {named}"));
        }
    }
    if !source.raw.starts_with("//!") {
        say(1, "the first line says what the file is for: //!".into());
    }
    if source.code.len() > LONGEST_FILE {
        say(
            source.code.len(),
            format!("longer than {LONGEST_FILE} lines: what is the second question?"),
        );
    }
    let is_word = |line: &str, word: &str| {
        line.match_indices(word).any(|(at, _)| {
            let before = line[..at].chars().next_back();
            let after = line[at + word.len()..].chars().next();
            let part = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            !part(before) && !part(after)
        })
    };
    for (nth, line) in source.code.iter().enumerate() {
        for (library, homes) in HOMES {
            let used = is_word(line, library) && line.contains(&format!("{library}::"));
            if used && !homes.iter().any(|home| path.starts_with(home)) {
                say(nth + 1, format!("{library} lives in {}", homes.join(" and ")));
            }
        }
        let bans: &[(&str, bool, &str)] = &[
            (".unwrap()", true, "an expect states the invariant, or an error is returned"),
            ("todo!(", true, "unfinished work"),
            ("unimplemented!(", true, "unfinished work"),
            ("dbg!(", true, "left from debugging"),
            ("thread_local!", true, "no thread-locals"),
            ("Timestamp::now()", path != "clock.rs", "time comes from the clock"),
            ("SystemTime::now()", path != "clock.rs", "time comes from the clock"),
            (
                "Command::new(",
                path != "secret/child.rs",
                "programs are started by secret::child, which tells them no secret",
            ),
            ("cfg(test)", true, "no behaviour of its own under test"),
            ("cfg!(test)", true, "no behaviour of its own under test"),
            ("cfg(not(test))", true, "no behaviour of its own under test"),
        ];
        for (text, applies, rule) in bans {
            if *applies && line.contains(text) {
                say(nth + 1, format!("{text}: {rule}"));
            }
        }
        let item = line.trim_start();
        let public = item.strip_prefix("pub").map(|rest| match rest.strip_prefix('(') {
            Some(within) => within.split_once(')').map_or("", |(_, rest)| rest),
            None => rest,
        });
        if public.unwrap_or(item).trim_start().starts_with("static ") {
            say(nth + 1, "no statics".into());
        }
        if room == "tui"
            && !matches!(
                path.as_str(),
                "tui/mod.rs"
                    | "tui/run.rs"
                    | "tui/keyboard.rs"
                    | "tui/plain/run.rs"
                    | "tui/effect.rs"
                    | "tui/effect/perform.rs"
            )
        {
            if is_word(line, "tokio") || is_word(line, "Desk") {
                say(
                    nth + 1,
                    "only the loop, its keyboard and the runner name the desk and tokio".into(),
                );
            }
            for (folder, kin) in [("tui/panes/", "panes::"), ("tui/overlays/", "overlays::")] {
                if path.starts_with(folder) && line.contains(kin) {
                    say(nth + 1, format!("{kin} siblings do not know each other"));
                }
            }
        }
    }
    broken
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// Files that a module declares for its tests alone.
fn test_modules(file: &Path) -> Vec<PathBuf> {
    let text = fs::read_to_string(file).expect("a source");
    let declared = text.split("#[cfg(test)]\nmod ").skip(1);
    let names = declared.filter_map(|rest| rest.split_once(';')).map(|(name, _)| name);
    let plain = names.filter(|name| name.chars().all(|c| c.is_alphanumeric() || c == '_'));
    plain.map(|name| file.with_file_name(format!("{name}.rs"))).collect()
}

#[test]
fn the_arrows_hold() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&root);
    let only_tests: Vec<PathBuf> = files.iter().flat_map(|file| test_modules(file)).collect();
    let sources: Vec<Source> = files
        .iter()
        .filter(|file| !only_tests.contains(file))
        .map(|path| {
            let below =
                path.strip_prefix(&root).expect("below src").to_string_lossy().replace('\\', "/");
            Source::new(&below, &fs::read_to_string(path).expect("a source"))
        })
        .collect();
    let rooms: BTreeSet<String> = sources.iter().map(|source| source.room().to_owned()).collect();
    let broken: Vec<String> = sources.iter().flat_map(|source| check(source, &rooms)).collect();
    assert!(broken.is_empty(), "{}", broken.join("\n"));
    let lib = fs::read_to_string(root.join("lib.rs")).expect("lib.rs");
    let declared: BTreeSet<&str> =
        lib.lines().filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
    let there: BTreeSet<&str> =
        rooms.iter().map(String::as_str).filter(|room| !matches!(*room, "lib" | "main")).collect();
    assert_eq!(declared, there, "lib.rs names every room");
}

/// What a source file is called in the map.
fn name_in_the_map(file: &Path) -> String {
    let stem = |path: &Path| path.file_stem().expect("a name").to_string_lossy().into_owned();
    match stem(file).as_str() {
        "mod" => stem(file.parent().expect("a folder")),
        name => name.to_owned(),
    }
}

#[test]
fn the_map_names_every_file() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let map = fs::read_to_string(root.join("docs/architecture.md")).expect("the map");
    let named: BTreeSet<&str> = map.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let files = [sources(&root.join("src")), sources(&root.join("tests/it"))].concat();
    let missing: Vec<&PathBuf> =
        files.iter().filter(|file| !named.contains(name_in_the_map(file).as_str())).collect();
    assert!(missing.is_empty(), "docs/architecture.md lacks {missing:?}");
    let undone = map.lines().find(|line| line.starts_with("<<<<<<<") || line.starts_with("====="));
    assert_eq!(undone, None, "of a merge");
}

#[test]
fn the_top_level_is_fixed() {
    const FIXED: &[&str] = &[
        ".cargo",
        ".ci",
        ".git",
        ".gitignore",
        "CHANGELOG.md",
        "Cargo.lock",
        "Cargo.toml",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "assets",
        "benches",
        "config.example.toml",
        "docs",
        "examples",
        "fuzz",
        "policy.example.toml",
        "rustfmt.toml",
        "src",
        "target",
        "tests",
    ];
    for entry in fs::read_dir(env!("CARGO_MANIFEST_DIR")).expect("the repository") {
        let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        assert!(FIXED.contains(&name.as_str()), "{name} has no place at the top level");
    }
}

#[test]
fn the_checker_catches_what_it_should() {
    let rooms: BTreeSet<String> =
        ["tui", "store", "desk", "persona", "model", "clock", "sync"].map(str::to_owned).into();
    let caught =
        |path: &str, code: &str| check(&Source::new(path, &format!("//! x\n{code}")), &rooms);
    let bad = [
        ("tui/view.rs", "use crate::store::Store;"),
        ("tui/view.rs", "use crate::{\n    model::Text,\n    store::Store,\n};"),
        ("tui/view.rs", "use crate::{model::{Text, Pii}, store::Store};"),
        ("tui/view.rs", "fn f(desk: &Desk) {}"),
        ("tui/panes/cases.rs", "use crate::tui::panes::inquiries;"),
        ("store/mod.rs", "use crate::persona::Client;"),
        ("model/text.rs", "use crate::clock::Clock;"),
        ("clock.rs", "use crate::store::Store;"),
        ("sync/mod.rs", "use sqlx::Row;"),
        ("desk/mod.rs", "let x = y.unwrap();"),
        ("desk/mod.rs", "let now = Timestamp::now();"),
        ("desk/mod.rs", "static X: u8 = 0;"),
        ("desk/mod.rs", "    pub(crate) static X: u8 = 0;"),
        ("desk/mod.rs", "thread_local! {}"),
        ("desk/mod.rs", "fn f() {\n    if cfg!(test) {}\n}"),
        ("desk/mod.rs", "#[cfg(test)]\nfn f() {}"),
        ("desk/mod.rs", "#[cfg(not(test))]\nfn f() {}"),
        // What stands below a module for tests is shipped all the same.
        ("store/mod.rs", "#[cfg(test)]\nmod samples;\nuse crate::persona::Client;"),
        ("store/mod.rs", "#[cfg(test)]\nmod tests {\n}\n\nuse crate::persona::Client;"),
    ];
    for (path, code) in bad {
        assert!(!caught(path, code).is_empty(), "{path}: {code}");
    }
    let good = [
        ("tui/view.rs", "use crate::{\n    desk::{Rows, Window},\n    model::Text,\n};"),
        ("store/mod.rs", "// use crate::persona::Client;\nlet x = \"crate::persona\";"),
        (
            "store/mod.rs",
            "use crate::clock::Clock;\n#[cfg(test)]\nmod tests {\n    fn f() { x.unwrap(); }\n}\n",
        ),
        (
            "store/mod.rs",
            "#[cfg(test)]\npub mod samples {\n    use crate::persona::Client;\n}\nuse std::fs;",
        ),
    ];
    for (path, code) in good {
        assert_eq!(caught(path, code), Vec::<String>::new(), "{path}: {code}");
    }
    assert!(!check(&Source::new("desk/mod.rs", "use std::fs;"), &rooms).is_empty(), "no //! line");
}
