//! A body, read by every endpoint there is: nothing panics, and errors name a place. The first
//! byte says by which.

#![no_main]

#[path = "../../tests/it/endpoints.rs"]
#[allow(dead_code, unused_imports, reason = "the table is also a test")]
mod endpoints;

/// What the table asks of the tests that it belongs to.
mod story {
    pub fn noon() -> caseload::model::Timestamp {
        "2026-03-02T12:00:00Z".parse().expect("a fixed instant")
    }
}

use caseload::persona::Document;
use libfuzzer_sys::fuzz_target;

use endpoints::{Asks, all};

thread_local! {
    static ENDPOINTS: Vec<Box<dyn Asks>> = all();
}

fuzz_target!(|input: &[u8]| {
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
});
