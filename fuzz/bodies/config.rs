//! A configuration file is read or refused.

use caseload::config;

pub fn run(input: &[u8]) {
    match config::parse(&String::from_utf8_lossy(input), "caseload.toml") {
        Ok(config) => _ = config.changed(),
        Err(why) => assert!(!why.to_string().is_empty()),
    }
}
