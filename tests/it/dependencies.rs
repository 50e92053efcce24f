//! What is built into the program: under licences that may be, from the one registry, and nothing
//! twice that was not looked at.

use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// That ask for no more than to be named.
const LICENCES: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-3-Clause",
    // Of root certificates, which are data.
    "CDLA-Permissive-2.0",
    "IJG",
    "ISC",
    "MIT",
    // Of files that are taken unchanged.
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
];

/// In two versions, since those who need them have not all gone on.
const TWICE: &[&str] = &[
    "base64",
    "block-buffer",
    "cpufeatures",
    "crypto-common",
    "digest",
    "getrandom",
    "hashbrown",
    "miniz_oxide",
    "sha2",
    "syn",
];

/// Never: they bring a second TLS provider, or a second SQLite.
const BARRED: &[&str] =
    &["aws-lc-rs", "aws-lc-sys", "native-tls", "openssl", "openssl-sys", "rusqlite"];

struct Dependency {
    name: String,
    version: String,
    licences: String,
    from: String,
}

/// All that the program is built from, itself left out.
fn built() -> Vec<Dependency> {
    let format = "{p}|{l}|{r}";
    let all = ["--edges", "normal,build", "--prefix", "none", "--no-dedupe", "--format", format];
    let cargo = Command::new(env!("CARGO")).args(["tree", "--locked"]).args(all).output();
    let cargo = cargo.expect("cargo built this test");
    let said = String::from_utf8(cargo.stdout).unwrap();
    assert!(cargo.status.success(), "{}", String::from_utf8_lossy(&cargo.stderr));
    let lines: BTreeSet<&str> =
        said.lines().filter(|line| !line.starts_with("caseload ")).collect();
    let read = |line: &str| {
        let mut parts = line.split('|');
        let mut package = parts.next()?.split(' ');
        let (name, version) = (package.next()?.to_owned(), package.next()?.to_owned());
        // A procedural macro is marked so; anything else in brackets is a place.
        let place = package.find(|word| *word != "(proc-macro)").unwrap_or_default();
        Some(Dependency {
            name,
            version,
            licences: parts.next()?.to_owned(),
            from: place.to_owned(),
        })
    };
    lines.into_iter().map(|line| read(line).expect("a line of cargo's")).collect()
}

/// Of an SPDX expression, in which older packages write a slash for OR.
fn may_be_used(licences: &str) -> bool {
    licences.replace('/', " OR ").split(" AND ").all(|part| {
        let part = part.trim_matches(['(', ')', ' ']);
        part.split(" OR ").any(|one| LICENCES.contains(&one.trim()))
    })
}

#[test]
fn licences_are_read_as_they_are_written() {
    for (licences, may) in [
        ("MIT", true),
        ("GPL-3.0", false),
        ("MIT OR GPL-3.0", true),
        ("Unlicense/MIT", true),
        ("Apache-2.0 / MIT", true),
        ("(MIT OR Apache-2.0) AND IJG", true),
        ("(MIT OR Apache-2.0) AND GPL-2.0", false),
        ("", false),
    ] {
        assert_eq!(may_be_used(licences), may, "{licences:?}");
    }
}

#[test]
fn what_is_built_in_may_be_and_is_there_once() {
    let built = built();
    assert!(built.len() > 200, "cargo names {} packages only", built.len());
    let mut versions: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut wrong = Vec::new();
    for one in &built {
        versions.entry(&one.name).or_default().insert(&one.version);
        if !may_be_used(&one.licences) {
            wrong.push(format!("{} is under {:?}", one.name, one.licences));
        }
        if !one.from.is_empty() {
            wrong.push(format!("{} is no package of the registry but of {}", one.name, one.from));
        }
        if BARRED.contains(&one.name.as_str()) {
            wrong.push(format!("{} is built in", one.name));
        }
    }
    let twice: Vec<&str> =
        versions.iter().filter(|(_, all)| all.len() > 1).map(|(name, _)| *name).collect();
    assert_eq!(twice, TWICE, "what is there in more than one version");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
