//! A bundle that somebody made up is refused in words; one that is accepted is whole. Manifest, journal,
//! the name of another part and that part, with a zero byte between.

use caseload::journal::{
    bundle::{self, Files, JOURNAL, MANIFEST, SEAL, is_plain},
    sha256,
};

pub fn run(input: &[u8]) {
    let mut pieces = input.splitn(4, |byte| *byte == 0);
    let mut piece = || pieces.next().unwrap_or_default().to_vec();
    let (manifest, journal, name, part) = (piece(), piece(), piece(), piece());
    let mut files = Files::new();
    files.insert(String::from_utf8_lossy(&name).into_owned(), part);
    files.insert(JOURNAL.to_owned(), journal);
    let seal = format!("{}  {MANIFEST}\n", sha256(&manifest));
    files.insert(MANIFEST.to_owned(), manifest);
    files.insert(SEAL.to_owned(), seal.into_bytes());
    match bundle::prove(&files) {
        Ok(_) => assert!(files.keys().all(|name| is_plain(name))),
        Err(why) => assert!(!why.to_string().is_empty()),
    }
}
