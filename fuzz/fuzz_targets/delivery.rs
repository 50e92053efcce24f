//! No header proves a body without a secret, and no body that is proven is too odd to be read.

#![no_main]

use std::time::Duration;

use caseload::{persona::delivery, secret::Secret};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, &[u8])| {
    let (signature, body) = input;
    let secrets = [Secret::new("wbhsec_of_the_fuzzer".to_owned())];
    let now = Timestamp::UNIX_EPOCH;
    assert!(delivery::prove(Some(signature), body, &secrets, now, Duration::MAX).is_err());
    let _ = delivery::event(body.to_vec());
});
