//! A scenario file is read or refused.

use caseload::simulator::Scenario;

pub fn run(input: &[u8]) {
    if let Err(why) = Scenario::parse(&String::from_utf8_lossy(input)) {
        assert!(!why.to_string().is_empty());
    }
}
