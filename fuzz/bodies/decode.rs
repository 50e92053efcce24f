//! A body, read by every endpoint there is: nothing panics, and errors name a place. The first
//! byte says by which.

use caseload::persona::Document;

use super::endpoints::{Asks, all};

thread_local! {
    static ENDPOINTS: Vec<Box<dyn Asks>> = all();
}

pub fn run(input: &[u8]) {
    let Some((which, body)) = input.split_first() else { return };
    let Ok(document) = Document::from_bytes(body.to_vec()) else { return };
    ENDPOINTS.with(|endpoints| {
        let endpoint = &endpoints[usize::from(*which) % endpoints.len()];
        if let Err(why) = endpoint.read(&document) {
            assert!(!why.path.is_empty());
        }
    });
    for said in document.errors() {
        assert!(!said.as_str().contains('\u{1b}'));
    }
    document.into_mismatches("/fuzzed");
}
