//! A configuration file is read or refused.

#![no_main]

use caseload::config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &str| {
    match config::parse(input, "caseload.toml") {
        Ok(config) => _ = config.changed(),
        Err(why) => assert!(!why.to_string().is_empty()),
    }
});
