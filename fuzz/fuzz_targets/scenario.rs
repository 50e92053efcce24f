//! A scenario file is read or refused.

#![no_main]

use caseload::simulator::Scenario;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    if let Err(why) = Scenario::parse(input) {
        assert!(!why.to_string().is_empty());
    }
});
