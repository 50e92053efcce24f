//! A delivery of a webhook: whether Persona sent it, and which event it tells.
//!
//! ```text
//!  Persona-Signature: t=1772442300,v1=5257a8… t=1772442300,v1=9ac01b…
//!                     └ one group for each secret that is live while secrets rotate
//!  v1 = HMAC-SHA256("<t>.<raw body>", secret), in hex
//! ```

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use jiff::{SignedDuration, Timestamp};
use sha2::Sha256;

use super::{DecodeError, Document, endpoint::Answer, events, jsonapi::NotJson};
use crate::{
    model::{Event, Shape},
    secret::Secret,
};

/// The header that proves a delivery, in lower case.
pub const SIGNATURE: &str = "persona-signature";

/// Why a delivery is not taken for Persona's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Doubt {
    #[error("no signature: Persona sends one in the header Persona-Signature")]
    Unsigned,
    #[error("the signature cannot be read: it looks like t=1772442300,v1=5257a8…")]
    Malformed,
    #[error("no live secret made this signature")]
    Unproven,
    #[error("the signature is of another time: too old, or one of the clocks is wrong")]
    Stale,
}

/// Why a proven delivery is no event.
#[derive(Debug, thiserror::Error)]
pub enum NotAnEvent {
    #[error("the body is {0}")]
    Json(#[from] NotJson),
    #[error("the body is no event: {0}")]
    Shape(DecodeError),
}

/// Persona has two secrets at most; whoever sends more groups wants to make work.
const MOST_GROUPS: usize = 8;

/// One group of a signature.
struct Group<'a> {
    /// Seconds since 1970, as they were signed.
    time: &'a str,
    at: Timestamp,
    codes: Vec<Vec<u8>>,
}

/// Whether one of the groups was made over this very body, with one of the secrets, not longer
/// ago than `tolerance`, nor so far in the future.
///
/// # Errors
/// What speaks against it.
pub fn prove(
    signature: Option<&str>,
    body: &[u8],
    secrets: &[Secret<String>],
    now: Timestamp,
    tolerance: Duration,
) -> Result<(), Doubt> {
    let signature = signature.ok_or(Doubt::Unsigned)?;
    let groups: Vec<Group<'_>> =
        signature.split_ascii_whitespace().take(MOST_GROUPS).filter_map(group).collect();
    if groups.is_empty() {
        return Err(Doubt::Malformed);
    }
    let mut doubt = Doubt::Unproven;
    for group in &groups {
        if !secrets.iter().any(|secret| made_by(group, secret, body)) {
            continue;
        }
        let age = now.duration_since(group.at).abs();
        if age <= SignedDuration::try_from(tolerance).unwrap_or(SignedDuration::MAX) {
            return Ok(());
        }
        doubt = Doubt::Stale;
    }
    Err(doubt)
}

/// `t=1772442300,v1=5257a8…`; names that are not known may come along.
fn group(text: &str) -> Option<Group<'_>> {
    let (mut time, mut codes) = (None, Vec::new());
    for member in text.split(',') {
        match member.split_once('=')? {
            ("t", value) => time = Some(value),
            ("v1", value) => codes.push(hex::decode(value).ok()?),
            _ => {}
        }
    }
    let time = time?;
    let at = Timestamp::from_second(time.parse().ok()?).ok()?;
    (!codes.is_empty()).then_some(Group { time, at, codes })
}

fn made_by(group: &Group<'_>, secret: &Secret<String>, body: &[u8]) -> bool {
    let secret = secret.expose().as_bytes();
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("any length is a key");
    mac.update(group.time.as_bytes());
    mac.update(b".");
    mac.update(body);
    // Compared in constant time.
    group.codes.iter().any(|code| mac.clone().verify_slice(code).is_ok())
}

/// The event that a body tells, and what was not as expected in it.
///
/// # Errors
/// If it is not JSON, or no event.
pub fn event(body: Vec<u8>) -> Result<(Event, Vec<Shape>), NotAnEvent> {
    let document = Document::from_bytes(body)?;
    let event = Event::read(&document).map_err(NotAnEvent::Shape)?;
    Ok((event, document.into_mismatches(events::DELIVERY)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BODY: &[u8] = br#"{"data":{}}"#;
    const TOLERANCE: Duration = Duration::from_secs(300);

    fn secret(value: &str) -> Secret<String> {
        Secret::new(value.to_owned())
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn code(secret: &str, time: &str) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{time}.").as_bytes());
        mac.update(BODY);
        hex::encode(mac.finalize().into_bytes())
    }

    fn signed(secret: &str, time: i64) -> String {
        format!("t={time},v1={}", code(secret, &time.to_string()))
    }

    #[test]
    fn a_signature_is_the_published_one() {
        // Computed with: printf '1.{}' | openssl dgst -sha256 -hmac wbhsec_a
        let known = "t=1,v1=7f136a0932ce46c57c5f2ea0bd74629903a1faa8528113905c71b4cb776b498f";
        assert_eq!(prove(Some(known), b"{}", &[secret("wbhsec_a")], at(1), TOLERANCE), Ok(()));
    }

    #[test]
    fn one_good_group_under_one_live_secret_is_enough() {
        let live = [secret("new"), secret("old")];
        let good = signed("old", 1_000);
        let table = [
            ("good", Some(good.clone()), 1_000, Ok(())),
            ("at the end of its age", Some(good.clone()), 1_300, Ok(())),
            ("too old", Some(good.clone()), 1_301, Err(Doubt::Stale)),
            ("from the future, a little", Some(good.clone()), 700, Ok(())),
            ("from the future", Some(good.clone()), 699, Err(Doubt::Stale)),
            ("empty", Some(String::new()), 1_000, Err(Doubt::Malformed)),
            ("no time", Some(format!("v1={}", code("old", "1000"))), 1_000, Err(Doubt::Malformed)),
            ("no code", Some("t=1000".into()), 1_000, Err(Doubt::Malformed)),
            ("no hex", Some("t=1000,v1=xyz".into()), 1_000, Err(Doubt::Malformed)),
            ("half of it", Some(good[..good.len() - 8].to_owned()), 1_000, Err(Doubt::Unproven)),
            ("another secret", Some(signed("gone", 1_000)), 1_000, Err(Doubt::Unproven)),
            (
                "the second of two groups",
                Some(format!("{} {good}", signed("gone", 1_000))),
                1_000,
                Ok(()),
            ),
            (
                "each group has its own time",
                Some(format!("{good} {}", signed("gone", 9_000))),
                9_000,
                Err(Doubt::Stale),
            ),
            (
                "an old group beside a fresh one",
                Some(format!("{good} {}", signed("new", 9_000))),
                9_000,
                Ok(()),
            ),
            ("a scheme to come", Some(format!("{good},v2=abc")), 1_000, Ok(())),
            (
                "the time is signed as it is written",
                Some(format!("t=01000,v1={}", code("old", "1000"))),
                1_000,
                Err(Doubt::Unproven),
            ),
        ];
        for (case, signature, now, expected) in table {
            let signature: Option<String> = signature;
            let proof = prove(signature.as_deref(), BODY, &live, at(now), TOLERANCE);
            assert_eq!(proof, expected, "{case}");
        }
        assert_eq!(prove(None, BODY, &live, at(1_000), TOLERANCE), Err(Doubt::Unsigned));
        assert_eq!(
            prove(Some(&good), b"{\"data\":{} }", &live, at(1_000), TOLERANCE),
            Err(Doubt::Unproven),
            "the bytes as they came"
        );
        assert_eq!(prove(Some(&good), BODY, &[], at(1_000), TOLERANCE), Err(Doubt::Unproven));
    }

    proptest! {
        #[test]
        fn nothing_proves_itself_without_a_secret(
            signature in "[ -~]{0,200}|(t=[0-9]{1,12},v1=[0-9a-f]{0,80} ?){0,12}",
            body in proptest::collection::vec(any::<u8>(), 0..200),
        ) {
            let proof = prove(Some(&signature), &body, &[secret("s")], at(1_000), TOLERANCE);
            prop_assert!(proof.is_err());
            let _ = event(body);
        }
    }
}
