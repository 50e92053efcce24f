//! The local copy: private, readable, with room to grow; what waits in it, and what was odd.

use std::path::Path;

use jiff::{SignedDuration, Timestamp};

use super::Finding;
use crate::{
    journal::{Flaw, Proof},
    model::{Mismatch, Text},
    secret::{FieldKey, FieldKeyError, FieldKeySource},
    store::{Duty, Error, Inspection, OutboxLook, Watch, free_bytes, inspect, on_duty, prove},
    sync::Hearing,
};

const COPY: &str = "local copy";
const FIELD_KEY: &str = "field key";
const DISK: &str = "disk";
pub(super) const OUTBOX: &str = "outbox";
const MISMATCHES: &str = "mismatches";
const JOURNAL: &str = "journal";
pub(super) const WEBHOOKS: &str = "webhooks";

/// Below this the next page of a backfill may not fit.
const LITTLE_ROOM: u64 = 200 * 1024 * 1024;

/// A decision that has been on its way for so long is stuck.
const STUCK: SignedDuration = SignedDuration::from_mins(15);

/// What there is to say, and whose data the copy holds, if anybody's.
pub async fn copy(
    file: &Path,
    key: &FieldKeySource,
    now: Timestamp,
) -> (Vec<Finding>, Option<Text>) {
    let mut found = Vec::new();
    let environment = match inspect(file).await {
        Ok(None) => {
            found.push(Finding::ok(COPY, format!("{} is made at the first start", file.display())));
            found.push(seal(file, None, key, key.read()));
            None
        }
        Ok(Some(inspection)) => {
            found.extend(contents(file, &inspection, now));
            found.push(seal(file, Some(&inspection), key, key.read()));
            found.extend(prove(file, None).await.transpose().map(journal));
            inspection.environment
        }
        Err(why) => {
            found.push(Finding::fail(COPY, why.to_string(), todo(&why, file)));
            None
        }
    };
    found.push(match on_duty(file, Duty::Receive) {
        Ok(receiver) => webhooks(receiver, now),
        Err(why) => Finding::warn(WEBHOOKS, why.to_string(), todo(&why, file)),
    });
    found.push(room(free_bytes(file).map_err(|why| why.to_string())));
    (found, environment)
}

fn todo(why: &Error, file: &Path) -> String {
    match why {
        Error::Folder { .. } => "give it to your user, or name another store.dir".to_owned(),
        Error::Locked => "look again once store seal, unseal or restore has ended".to_owned(),
        _ => format!("if it stays so, move {} away: all of it is fetched again", file.display()),
    }
}

fn contents(file: &Path, found: &Inspection, now: Timestamp) -> Vec<Finding> {
    let mut findings = Vec::new();
    let (file_mode, folder_mode) = found.modes;
    let what = format!(
        "{}, {}, version {}, {} inquiries",
        file.display(),
        size(found.bytes),
        found.version,
        found.inquiries
    );
    let folder = file.parent().unwrap_or(file).display();
    findings.push(if found.version > found.newest_version {
        Finding::fail(COPY, what, "a newer caseload wrote it: use that one, or another store.dir")
    } else if found.version < found.newest_version {
        Finding::ok(COPY, format!("{what}; the next start brings it up to date"))
    } else {
        Finding::ok(COPY, what)
    });
    if file_mode & 0o077 != 0 || folder_mode & 0o077 != 0 {
        findings.push(Finding::fail(
            COPY,
            format!("others can reach it: mode {file_mode:03o}, its folder {folder_mode:03o}"),
            format!("run chmod 700 {folder} and chmod 600 {}", file.display()),
        ));
    }
    findings.push(outbox(&found.outbox, now));
    findings.push(mismatches(found.mismatches.0, &found.mismatches.1));
    findings
}

/// Whether the copy can be opened with the key that is configured.
fn seal(
    file: &Path,
    found: Option<&Inspection>,
    source: &FieldKeySource,
    key: Result<Option<FieldKey>, FieldKeyError>,
) -> Finding {
    let key = match key {
        Ok(key) => key,
        Err(why) => {
            return Finding::fail(FIELD_KEY, why.to_string(), "without it nothing is opened");
        }
    };
    let refusal = found.and_then(|found| found.seal.refusal(key.as_ref(), found.rows, file));
    match (refusal, key) {
        (Some(why), _) => {
            Finding::fail(FIELD_KEY, why.to_string(), "until then nothing is opened, nor changed")
        }
        (None, Some(_)) => {
            Finding::ok(FIELD_KEY, format!("from {source}: personal columns are sealed"))
        }
        (None, None) => Finding::ok(FIELD_KEY, "none: the local copy is not sealed"),
    }
}

pub(super) fn outbox(look: &OutboxLook, now: Timestamp) -> Finding {
    let oldest = look.oldest.map_or(SignedDuration::ZERO, |oldest| now.duration_since(oldest));
    let open = match look.open {
        0 => "nothing is on its way".to_owned(),
        open => format!("{open} on the way, the oldest for {} min", oldest.as_mins()),
    };
    let open = match look.proposed {
        0 => open,
        proposed => format!("{open}; {proposed} proposed, for a second person to confirm"),
    };
    if look.not_done > 0 {
        let what = format!("{open}; {} not done", look.not_done);
        return Finding::warn(OUTBOX, what, "caseload outbox list, or o in the console, says why");
    }
    if look.open > 0 && oldest > STUCK {
        let todo = "a running console sends it, or caseload outbox retry; see the lines above";
        return Finding::warn(OUTBOX, open, todo);
    }
    Finding::ok(OUTBOX, open)
}

pub(super) fn journal(proved: Result<Result<Proof, Flaw>, Error>) -> Finding {
    match proved {
        Ok(Ok(Proof { lines, head, .. })) => {
            Finding::ok(JOURNAL, format!("{lines} lines, the chain is whole; head {head}"))
        }
        Ok(Err(flaw)) => Finding::fail(
            JOURNAL,
            format!("it is not as it was written: {flaw}"),
            "keep the local copy as it is, and ask who could write to it; docs/journal.md says more",
        ),
        Err(why) => Finding::fail(JOURNAL, why.to_string(), "it cannot be proved as it is"),
    }
}

pub(super) fn webhooks(receiver: Watch<Hearing>, now: Timestamp) -> Finding {
    let minutes = |since| now.duration_since(since).as_mins();
    match receiver {
        Watch::Nobody => Finding::ok(WEBHOOKS, "nobody receives them here: events are polled"),
        Watch::Somebody(Some(Hearing { heard_at: Some(at), .. })) => {
            Finding::ok(WEBHOOKS, format!("received, the last one {} min ago", minutes(at)))
        }
        Watch::Somebody(Some(Hearing { since, heard_at: None, .. })) => Finding::warn(
            WEBHOOKS,
            format!("a receiver runs for {} min and has heard nothing", minutes(since)),
            "is the webhook enabled at Persona, and does the proxy pass it on? docs/webhooks.md",
        ),
        Watch::Somebody(None) => Finding::ok(WEBHOOKS, "a receiver has just been started"),
    }
}

fn mismatches(all: u64, newest: &[Mismatch]) -> Finding {
    if all == 0 {
        return Finding::ok(MISMATCHES, "every answer was as expected");
    }
    let shapes = newest.iter().map(|one| {
        let shape = &one.shape;
        let times = one.times;
        format!(
            "{} {} (expected {}, found {}, {times}×)",
            shape.kind, shape.path, shape.expected, shape.found
        )
    });
    let shapes = shapes.collect::<Vec<_>>().join("\n");
    let count = if all == 1 { "1 shape".to_owned() } else { format!("{all} shapes") };
    Finding::warn(
        MISMATCHES,
        format!("{count} of answers not as expected, the newest:\n{shapes}"),
        "nothing was dropped, it is shown raw; :mismatches lists all, [relations] maps relations",
    )
}

fn room(free: Result<u64, String>) -> Finding {
    match free {
        Ok(bytes) if bytes < LITTLE_ROOM => Finding::warn(
            DISK,
            format!("{} free where the local copy is", size(bytes)),
            "make room: when the disk is full no decision can be recorded",
        ),
        Ok(bytes) => Finding::ok(DISK, format!("{} free where the local copy is", size(bytes))),
        Err(why) => Finding::warn(
            DISK,
            format!("how much is free is not known: {why}"),
            "make sure that the folder of the local copy is there",
        ),
    }
}

/// `18 MB`; a unit is worth 1000 of the one before.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        1_000_000..10_000_000_000 => format!("{} MB", bytes / 1_000_000),
        _ => format!("{} GB", bytes / 1_000_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Source;
    use crate::{
        desk::doctor::Verdict,
        model::Shape,
        store::{SealState, SealedRows},
    };

    fn inspection() -> Inspection {
        Inspection {
            bytes: 18_400_000,
            modes: (0o600, 0o700),
            version: 3,
            newest_version: 3,
            environment: None,
            seal: SealState::Clear,
            rows: SealedRows::Some,
            inquiries: 300,
            outbox: OutboxLook::default(),
            mismatches: (0, Vec::new()),
        }
    }

    fn judged(change: impl FnOnce(&mut Inspection)) -> Vec<(&'static str, Verdict)> {
        let mut inspection = inspection();
        change(&mut inspection);
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        let findings = contents(Path::new("/d/caseload.db"), &inspection, now);
        let odd = findings.iter().filter(|f| f.verdict != Verdict::Ok || !f.todo.is_empty());
        odd.map(|f| (f.about, f.verdict)).collect()
    }

    #[test]
    fn a_copy_is_judged_by_what_is_found() {
        let at = |time: &str| Some(format!("2026-03-02T{time}Z").parse().unwrap());
        let shape = || Shape {
            kind: Text::new("inquiry"),
            path: Text::new("attributes.status"),
            expected: Text::new("a known word"),
            found: Text::new("on_hold"),
        };
        let seen = |shape| Mismatch {
            shape,
            first_seen: Timestamp::UNIX_EPOCH,
            last_seen: Timestamp::UNIX_EPOCH,
            times: 2,
        };
        assert_eq!(judged(|_| {}), []);
        assert_eq!(judged(|i| i.version = 9), [(COPY, Verdict::Fail)]);
        assert_eq!(judged(|i| i.version = 2), []);
        assert_eq!(judged(|i| i.modes = (0o644, 0o700)), [(COPY, Verdict::Fail)]);
        assert_eq!(judged(|i| i.modes = (0o600, 0o755)), [(COPY, Verdict::Fail)]);
        assert_eq!(
            judged(|i| i.mismatches = (1, vec![seen(shape())])),
            [(MISMATCHES, Verdict::Warn)]
        );
        let fresh = OutboxLook { open: 1, oldest: at("11:59:00"), ..OutboxLook::default() };
        let stuck = OutboxLook { open: 1, oldest: at("10:00:00"), ..OutboxLook::default() };
        let refused = OutboxLook { not_done: 1, ..OutboxLook::default() };
        assert_eq!(judged(|i| i.outbox = fresh), []);
        assert_eq!(judged(|i| i.outbox = stuck), [(OUTBOX, Verdict::Warn)]);
        assert_eq!(judged(|i| i.outbox = refused), [(OUTBOX, Verdict::Warn)]);
        let flaw = Flaw { line: 7, wrong: crate::journal::Wrong::Missing };
        let broken = journal(Ok(Err(flaw)));
        assert!(broken.verdict == Verdict::Fail && broken.what.contains("line 7: it is missing"));
        assert_eq!(room(Ok(1_000)).verdict, Verdict::Warn);
        assert_eq!(room(Ok(u64::MAX)).verdict, Verdict::Ok);
    }

    #[test]
    fn a_copy_is_opened_with_its_key() {
        let judged = |state: SealState, key: Option<FieldKey>| {
            let found = Inspection { seal: state, ..inspection() };
            let source = FieldKeySource(Some(Source::Env("K")));
            seal(Path::new("/d/caseload.db"), Some(&found), &source, Ok(key))
        };
        let key = || Some(FieldKey::random().unwrap());
        assert_eq!(judged(SealState::Clear, None).verdict, Verdict::Ok);
        let unsealed = judged(SealState::Clear, key());
        assert!(unsealed.what.contains("run caseload store seal once"), "{unsealed:?}");
        let sealed = || SealState::Sealed("0123".to_owned());
        assert!(judged(sealed(), None).what.contains("is sealed with a field key, and none"));
        assert!(judged(sealed(), key()).what.contains("is sealed with another field key"));
        let bad = FieldKeyError::Malformed("/k".to_owned());
        let bad = seal(Path::new("/d"), None, &FieldKeySource(Some(Source::Env("K"))), Err(bad));
        assert_eq!(bad.verdict, Verdict::Fail);
    }

    #[test]
    fn sizes_are_read_at_a_glance() {
        let table = [(0, "0 kB"), (1, "1 kB"), (18_400_000, "18 MB"), (250_000_000_000, "250 GB")];
        for (bytes, shown) in table {
            assert_eq!(size(bytes), shown);
        }
    }
}
