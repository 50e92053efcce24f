#![no_main]

#[path = "../bodies/decode.rs"]
mod body;
#[path = "../../tests/it/endpoints.rs"]
#[allow(dead_code, unused_imports, reason = "the table is also a test")]
mod endpoints;

/// What the table asks of the tests that it belongs to.
mod story {
    pub fn noon() -> caseload::model::Timestamp {
        "2026-03-02T12:00:00Z".parse().expect("a fixed instant")
    }
}

libfuzzer_sys::fuzz_target!(|input: &[u8]| body::run(input));
