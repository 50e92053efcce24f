//! What `fuzz/` looks for, looked for briefly here: each body with its seeds and with so many mutations of
//! them, always the same. So the bodies compile and hold, without a fuzzer at hand.

use std::{collections::BTreeSet, fs, path::Path, thread};

use fastrand::Rng;

use crate::endpoints;

#[path = "../../fuzz/bodies/bundle.rs"]
mod bundle;
#[path = "../../fuzz/bodies/config.rs"]
mod config;
#[path = "../../fuzz/bodies/decode.rs"]
mod decode;
#[path = "../../fuzz/bodies/delivery.rs"]
mod delivery;
#[path = "../../fuzz/bodies/link.rs"]
mod link;
#[path = "../../fuzz/bodies/request.rs"]
mod request;
#[path = "../../fuzz/bodies/response.rs"]
mod response;
#[path = "../../fuzz/bodies/scenario.rs"]
mod scenario;

/// What stands where it should not.
const PIECES: &[&[u8]] = &[
    b"null",
    b"[]",
    b"{}",
    b"\"",
    b"-1",
    b"1e999",
    b"18446744073709551616",
    b"true",
    b"\\u0000",
    b"\x1b[2J",
    b"\xe2\x80\xae",
    b"\xff",
    b"\0",
    b"..",
    b"//",
    b"@",
    b"%2f",
    b"\r\n",
    b"\n[[",
    b" = ",
    b"9999-99-99T99:99:99Z",
];

/// Says which input it was.
struct Input(Vec<u8>);

impl Drop for Input {
    fn drop(&mut self) {
        if thread::panicking() {
            eprintln!("the input was: {}", self.0.escape_ascii());
        }
    }
}

fn folder(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

/// The names in a folder of `fuzz/`, without their ends.
fn names(name: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(name)).unwrap();
    entries
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
        .collect()
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let entries = fs::read_dir(folder("seeds").join(target)).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    // Folders have no order, and the mutations are always the same.
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

/// One of the seeds with one to four things done to it.
fn mutated(seeds: &[Vec<u8>], dice: &mut Rng) -> Vec<u8> {
    let mut input = dice.choice(seeds).expect("there are seeds").clone();
    for _ in 0..dice.usize(1..=4) {
        let at = dice.usize(0..=input.len());
        let end = dice.usize(at..=input.len().min(at + 24));
        match dice.u8(0..6) {
            0 if at < input.len() => input[at] ^= 1 << dice.u8(0..8),
            1 => drop(input.drain(at..end)),
            2 => drop(input.splice(at..at, input[at..end].to_vec())),
            3 => {
                let other = dice.choice(seeds).expect("there are seeds");
                let from = dice.usize(0..=other.len());
                input.splice(end.., other[from..].iter().copied());
            }
            4 => input.truncate(at),
            _ => {
                let piece = dice.choice(PIECES).expect("there are pieces");
                input.splice(at..end, piece.iter().copied());
            }
        }
    }
    input
}

fn briefly(target: &str, times: usize, run: fn(&[u8])) {
    let seeds = seeds(target);
    let mut dice = Rng::with_seed(26);
    let mutations = (0..times).map(|_| mutated(&seeds, &mut dice));
    for input in seeds.iter().cloned().chain(mutations) {
        let input = Input(input);
        run(&input.0);
    }
}

#[test]
fn nothing_is_left_out() {
    let targets = names("fuzz_targets");
    assert_eq!(targets, names("bodies"), "each target is a body that is run here");
    assert_eq!(targets, names("seeds"));
    let here = include_str!("fuzzed.rs");
    let manifest = fs::read_to_string(folder("Cargo.toml")).unwrap();
    for target in targets {
        assert!(here.contains(&format!("briefly(\"{target}\", ")), "{target} is not run");
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target}");
        let text = fs::read_to_string(folder("fuzz_targets").join(format!("{target}.rs"))).unwrap();
        assert!(
            text.contains(&format!("#[path = \"../bodies/{target}.rs\"]\nmod body;")),
            "{text}"
        );
        assert!(text.ends_with("libfuzzer_sys::fuzz_target!(|input: &[u8]| body::run(input));\n"));
    }
}

#[test]
fn bundles_hold() {
    briefly("bundle", 2_000, bundle::run);
}

#[test]
fn configurations_hold() {
    briefly("config", 2_000, config::run);
}

#[test]
fn bodies_hold() {
    briefly("decode", 4_000, decode::run);
}

#[test]
fn deliveries_hold() {
    briefly("delivery", 2_000, delivery::run);
}

#[test]
fn links_hold() {
    briefly("link", 4_000, link::run);
}

#[test]
fn requests_to_the_simulator_hold() {
    briefly("request", 400, request::run);
}

#[test]
fn answers_hold() {
    briefly("response", 150, response::run);
}

#[test]
fn scenarios_hold() {
    briefly("scenario", 2_000, scenario::run);
}
