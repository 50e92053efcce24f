//! The journal's proof against whoever changes it, and bundles against whoever makes them up.

use caseload::{
    journal::{
        Chain, End, Flaw, Proof, ROOT, Wrong,
        bundle::{self, Evidence, Files, MANIFEST, Place, SEAL, Tied},
        canonical, link, sha256,
    },
    model::{
        ActionId, Before, Decided, InquiryId, JournalEntry, KeyProfile, PersonaSaid, Seen, Subject,
        Text, Timestamp,
    },
};
use proptest::{collection::vec, prelude::*, sample::Index};
use serde_json::json;

/// Number, text and hash, as they lie in a store.
type Lines = Vec<(u64, String, String)>;

fn at() -> Timestamp {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

/// Lines that say their number, as all do since the journal has a name, or do not.
fn journal(texts: &[String], first_numbered: usize) -> Lines {
    let mut previous = ROOT.to_owned();
    let lines = texts.iter().zip(1_u64..).map(|(text, number)| {
        let line = (number as usize >= first_numbered).then_some(number);
        let entry = JournalEntry::new(at(), &Text::new("jane"), "revealed");
        let text = canonical(&JournalEntry { line, detail: Text::new(text), ..entry });
        previous = link(&previous, &text);
        (number, text, previous.clone())
    });
    lines.collect()
}

fn end(lines: &Lines) -> End {
    let hash = lines.last().unwrap().2.clone();
    End { name: None, lines: lines.len() as u64, hash, environment: None }
}

fn proved(lines: &Lines, end: &End) -> Result<Proof, Flaw> {
    let mut chain = Chain::default();
    for (number, text, hash) in lines {
        chain.take(*number, text, hash);
    }
    chain.prove(Some(end))
}

fn renumbered(mut lines: Lines) -> Lines {
    for ((number, ..), nth) in lines.iter_mut().zip(1..) {
        *number = nth;
    }
    lines
}

/// All hashes from a line on made anew, as somebody would who knows how.
fn rehashed(mut lines: Lines, from: usize) -> Lines {
    let mut previous = if from == 0 { ROOT.to_owned() } else { lines[from - 1].2.clone() };
    for (_, text, hash) in &mut lines[from..] {
        *hash = link(&previous, text);
        previous = hash.clone();
    }
    lines
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec("[ -~]{0,20}", 2..20)
}

proptest! {
    #[test]
    fn a_whole_journal_is_proved(texts in texts(), old in 0_usize..20) {
        let lines = journal(&texts, old);
        let proof = proved(&lines, &end(&lines)).unwrap();
        prop_assert_eq!((proof.lines, &proof.head), (lines.len() as u64, &lines.last().unwrap().2));
    }

    #[test]
    fn a_changed_line_is_named(texts in texts(), old in 0_usize..20, at: Index, byte: Index) {
        let mut lines = journal(&texts, old);
        let end = end(&lines);
        let at = at.index(lines.len());
        let text = &mut lines[at].1;
        let byte = byte.index(text.len());
        let other = if &text[byte..=byte] == "x" { "y" } else { "x" };
        text.replace_range(byte..=byte, other);
        // What is changed may be what the line says of its place.
        prop_assert_eq!(proved(&lines, &end).unwrap_err().line, at as u64 + 1);
        let mut lines = journal(&texts, old);
        lines[at].2 = link("x", "y");
        let flaw = Flaw { line: at as u64 + 1, wrong: Wrong::Changed };
        prop_assert_eq!(proved(&lines, &end), Err(flaw));
    }

    #[test]
    fn a_dropped_line_is_named(texts in texts(), old in 0_usize..20, at: Index) {
        let whole = journal(&texts, old);
        let at = at.index(whole.len());
        let mut lines = whole.clone();
        lines.remove(at);
        let is_last = at == lines.len();
        let wrong = if is_last { Wrong::CutOff } else { Wrong::Missing };
        let line = at as u64 + 1;
        prop_assert_eq!(proved(&lines, &end(&whole)), Err(Flaw { line, wrong }));
        // The numbers are made to fit: then old lines cannot tell what it is.
        let flaw = proved(&renumbered(lines), &end(&whole)).unwrap_err();
        prop_assert_eq!(flaw.line, line);
        prop_assert!(flaw.wrong == wrong || (old > at + 1 && flaw.wrong == Wrong::Changed));
    }

    #[test]
    fn swapped_lines_are_named(texts in texts(), one: Index, other: Index) {
        let whole = journal(&texts, 1);
        let (one, other) = (one.index(whole.len()), other.index(whole.len()));
        prop_assume!(one != other);
        let mut lines = whole.clone();
        lines.swap(one, other);
        let line = one.min(other) as u64 + 1;
        let moved = Err(Flaw { line, wrong: Wrong::Moved });
        prop_assert_eq!(proved(&renumbered(lines), &end(&whole)), moved);
    }

    #[test]
    fn an_added_line_is_named(texts in texts(), at: Index, old in 0_usize..20) {
        let whole = journal(&texts, old);
        let at = at.index(whole.len() + 1);
        let previous = if at == 0 { ROOT } else { &whole[at - 1].2 };
        let number = at as u64 + 1;
        let forged = JournalEntry::new(super::journal::at(), &Text::new("mallory"), "decided");
        let text = canonical(&JournalEntry { line: Some(number), ..forged });
        let mut lines = whole.clone();
        lines.insert(at, (number, text.clone(), link(previous, &text)));
        let added = Err(Flaw { line: number, wrong: Wrong::Added });
        prop_assert_eq!(proved(&renumbered(lines.clone()), &end(&whole)), added);
        // With every later hash made anew.
        let flaw = proved(&rehashed(renumbered(lines), at), &end(&whole)).unwrap_err();
        prop_assert!(flaw.line >= number);
    }

    #[test]
    fn a_cut_off_end_is_named(texts in texts(), keep: Index) {
        let whole = journal(&texts, 1);
        let keep = keep.index(whole.len());
        let lines = whole[..keep].to_vec();
        let cut = Err(Flaw { line: keep as u64 + 1, wrong: Wrong::CutOff });
        prop_assert_eq!(proved(&lines, &end(&whole)), cut);
    }

    #[test]
    fn a_rewritten_rest_is_noticed(texts in texts(), at: Index) {
        let whole = journal(&texts, 1);
        let at = at.index(whole.len());
        let mut lines = whole.clone();
        lines[at].1 = lines[at].1.replace("jane", "joan");
        let lines = rehashed(lines, at);
        let last = lines.len() as u64;
        let rewritten = Flaw { line: last, wrong: Wrong::Rewritten };
        prop_assert_eq!(proved(&lines, &end(&whole)), Err(rewritten));
        // Whoever also writes a new end is caught by a head that was noted elsewhere, and only so.
        prop_assert!(proved(&lines, &end(&lines)).is_ok());
        let noted = |hash: &str| {
            let mut chain = Chain::noted(hash);
            for (number, text, hash) in &lines {
                chain.take(*number, text, hash);
            }
            chain.prove(Some(&end(&lines)))
        };
        let wrong = Wrong::NotAsNoted;
        prop_assert_eq!(noted(&whole[at].2), Err(Flaw { line: last, wrong }));
        if at > 0 {
            prop_assert_eq!(noted(&whole[at - 1].2).unwrap().noted_at, Some(at as u64));
        }
    }

    #[test]
    fn one_byte_of_a_bundle_matters(file: Index, byte: Index, other: u8) {
        let files = sample();
        let name = files.keys().nth(file.index(files.len())).unwrap().clone();
        let mut changed = files.clone();
        let bytes = changed.get_mut(&name).unwrap();
        let byte = byte.index(bytes.len());
        prop_assume!(bytes[byte] != other);
        bytes[byte] = other;
        prop_assert!(bundle::prove(&changed).is_err(), "{name} at {byte}");
        let mut shorter = files;
        shorter.get_mut(&name).unwrap().remove(byte);
        prop_assert!(bundle::prove(&shorter).is_err(), "{name} at {byte}");
    }

    #[test]
    fn a_made_up_bundle_is_refused(manifest in "\\PC{0,200}", rows in vec("\\PC{0,80}", 0..4)) {
        let mut files = sample();
        files.insert("journal.tsv".to_owned(), rows.join("\n").into_bytes());
        prop_assert!(bundle::prove(&resealed(files.clone())).is_err());
        files.insert(MANIFEST.to_owned(), manifest.into_bytes());
        prop_assert!(bundle::prove(&sealed(files)).is_err());
    }
}

/// The bundle of a decision that had been looked at.
fn sample() -> Files {
    bundle::make(&evidence()).unwrap().0
}

fn evidence() -> Evidence {
    let who = Text::new("jane@example.test");
    let action = ActionId::new("a1").unwrap();
    let about = |what| JournalEntry {
        subject: Some(Subject::Inquiry(InquiryId::new("inq_1").unwrap())),
        ..JournalEntry::new(at(), &who, what)
    };
    let checks = json!({ "kind": "checks", "inquiries": [] }).to_string();
    let name = Text::new("a journal");
    let decision = Decided {
        verb: Text::new("approve"),
        reason: None,
        commented: true,
        evidence: None,
        seen: Some(Seen { checks: 0, failed: 0, sha256: Text::new(&sha256(checks.as_bytes())) }),
        looked_at: Vec::new(),
        shown_at: None,
        contradicts: None,
        before: Before { opened: vec![2], ..Before::default() },
    };
    let answer = PersonaSaid { status: Some(200), class: Text::new("done"), request_id: None };
    let key = KeyProfile { environment: Some(Text::new("env_1")), ends: None };
    let id = || Some(action.clone());
    let began = JournalEntry { journal: Some(name.clone()), ..about("began") };
    let decided = JournalEntry { action: id(), decision: Some(decision), ..about("decided") };
    let done = JournalEntry { action: id(), answer: Some(answer), ..about("done") };
    let mut previous = ROOT.to_owned();
    let mut lines = Vec::new();
    for (entry, number) in
        [began, about("opened"), decided, about("revealed"), done].into_iter().zip(1..)
    {
        let text = canonical(&JournalEntry { line: Some(number), key: Some(key.clone()), ..entry });
        let hash = link(&previous, &text);
        lines.push(Tied { number, previous, hash: hash.clone(), text });
        previous = hash;
    }
    let journal = Place { name: Some(name), lines: 5, head: previous };
    lines.remove(3);
    Evidence {
        program: Text::new("caseload 0"),
        made_at: at(),
        made_by: who,
        action,
        journal,
        lines,
        checks: Some(checks),
        copy: Some(json!({ "kind": "copy" })),
    }
}

/// With the seal that the manifest asks for.
fn sealed(mut files: Files) -> Files {
    let hash = sha256(&files[MANIFEST]);
    files.insert(SEAL.to_owned(), format!("{hash}  {MANIFEST}\n").into_bytes());
    files
}

/// With all hashes made anew: whoever does that must be caught by what the parts say.
fn resealed(mut files: Files) -> Files {
    let mut manifest: serde_json::Value = serde_json::from_slice(&files[MANIFEST]).unwrap();
    let parts = files.iter().filter(|(name, _)| *name != MANIFEST && *name != SEAL);
    manifest["parts"] = parts
        .map(|(name, bytes)| json!({ "name": name, "bytes": bytes.len(), "sha256": sha256(bytes) }))
        .collect();
    files.insert(MANIFEST.to_owned(), manifest.to_string().into_bytes());
    sealed(files)
}

#[test]
fn a_bundle_is_proved_from_its_files_alone() {
    let (files, hash) = bundle::make(&evidence()).unwrap();
    let proven = bundle::prove(&files).unwrap();
    assert_eq!((proven.sha256, proven.lines, proven.parts), (hash, 4, 4));
    assert_eq!(proven.subject, Some(Text::new("inq_1")));
    assert!(bundle::prove(&resealed(files.clone())).is_ok(), "the tests' own seals are right");
    for name in files.keys() {
        let mut without = files.clone();
        without.remove(name);
        assert_eq!(bundle::prove(&without).unwrap_err().part, *name, "it is missing");
    }
    let mut more = files.clone();
    more.insert("more.json".to_owned(), Vec::new());
    assert_eq!(bundle::prove(&more).unwrap_err().part, "more.json");
}

#[test]
fn a_part_that_was_made_anew_contradicts_the_journal() {
    let forged = |name: &str, from: &str, to: &str| {
        let mut files = sample();
        let text = String::from_utf8(files[name].clone()).unwrap();
        assert!(text.contains(from), "{name}: {text}");
        files.insert(name.to_owned(), text.replacen(from, to, 1).into_bytes());
        bundle::prove(&resealed(files)).unwrap_err()
    };
    assert_eq!(forged("decision.json", "approve", "decline").part, "decision.json");
    assert_eq!(forged("checks.json", "checks", "cheques").part, "checks.json");
    assert!(forged("journal.tsv", "approve", "decline").why.contains("row 3"));
    assert!(forged("journal.tsv", "5\t", "6\t").why.contains("says that it is another"));
    assert_eq!(forged(MANIFEST, "a journal", "another").part, "journal.tsv");
    assert_eq!(forged(MANIFEST, "\"a1\"", "\"a2\"").part, "journal.tsv");
    let mut without = sample();
    without.remove("checks.json");
    assert_eq!(bundle::prove(&resealed(without)).unwrap_err().part, "checks.json");
}

#[test]
fn a_bundle_names_nothing_outside_of_itself() {
    for name in ["../x", "/etc/passwd", "a/b", "..", ".hidden", "", "X", "x\u{202e}", MANIFEST] {
        let mut files = sample();
        let mut manifest: serde_json::Value = serde_json::from_slice(&files[MANIFEST]).unwrap();
        files.insert(name.to_owned(), Vec::new());
        let part = json!({ "name": name, "bytes": 0, "sha256": sha256(b"") });
        manifest["parts"].as_array_mut().unwrap().push(part);
        files.insert(MANIFEST.to_owned(), manifest.to_string().into_bytes());
        let refused = bundle::prove(&sealed(files)).unwrap_err();
        assert_eq!(refused.part, MANIFEST, "{name}: {refused}");
    }
}

#[test]
fn a_journal_of_another_store_is_foreign() {
    let line = |environment: &str, journal: Option<&str>| {
        let key = KeyProfile { environment: Some(Text::new(environment)), ends: None };
        let entry = JournalEntry::new(at(), &Text::new("jane"), "began");
        JournalEntry { key: Some(key), journal: journal.map(Text::new), ..entry }
    };
    let proved = |lines: &[JournalEntry], name: &str, environment: &str| {
        let (mut chain, mut hash) = (Chain::default(), ROOT.to_owned());
        for (entry, number) in lines.iter().zip(1..) {
            let text = canonical(&JournalEntry { line: Some(number), ..entry.clone() });
            hash = link(&hash, &text);
            chain.take(number, &text, &hash);
        }
        let environment = Some(Text::new(environment));
        let name = Some(Text::new(name));
        chain.prove(Some(&End { name, lines: lines.len() as u64, hash, environment }))
    };
    let foreign = |line| Err(Flaw { line, wrong: Wrong::Foreign });
    let first = line("env_1", Some("one"));
    let one = std::slice::from_ref(&first);
    assert!(proved(one, "one", "env_1").is_ok());
    assert_eq!(proved(one, "another", "env_1"), foreign(1));
    assert_eq!(proved(one, "one", "env_2"), foreign(1));
    assert_eq!(proved(&[first.clone(), line("env_2", None)], "one", "env_1"), foreign(2));
    assert_eq!(proved(&[first.clone(), first.clone()], "one", "env_1"), foreign(2));
}
