//! No header proves a body without a secret, and no body that is proven is too odd to be read. The
//! first line is the header.

use std::time::Duration;

use caseload::{persona::delivery, secret::Secret};
use jiff::Timestamp;

pub fn run(input: &[u8]) {
    let (signature, body) = match input.iter().position(|byte| *byte == b'\n') {
        Some(at) => (&input[..at], &input[at + 1..]),
        None => (input, &[][..]),
    };
    let signature = String::from_utf8_lossy(signature);
    let secrets = [Secret::new("wbhsec_of_the_fuzzer".to_owned())];
    let now = Timestamp::UNIX_EPOCH;
    assert!(delivery::prove(Some(&signature), body, &secrets, now, Duration::MAX).is_err());
    let _ = delivery::event(body.to_vec());
}
