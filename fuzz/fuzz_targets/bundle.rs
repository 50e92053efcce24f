//! A bundle that somebody made up is refused in words; one that is accepted is whole.

#![no_main]

use caseload::journal::{
    bundle::{self, Files, JOURNAL, MANIFEST, SEAL, is_plain},
    sha256,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &str, &str, &str)| {
    let (manifest, journal, name, part) = input;
    let mut files = Files::new();
    files.insert(name.to_owned(), part.as_bytes().to_vec());
    files.insert(JOURNAL.to_owned(), journal.as_bytes().to_vec());
    files.insert(MANIFEST.to_owned(), manifest.as_bytes().to_vec());
    let seal = format!("{}  {MANIFEST}\n", sha256(manifest.as_bytes()));
    files.insert(SEAL.to_owned(), seal.into_bytes());
    match bundle::prove(&files) {
        Ok(_) => assert!(files.keys().all(|name| is_plain(name))),
        Err(why) => assert!(!why.to_string().is_empty()),
    }
});
