//! The database that a team shares: reached, kept apart by environment, and what is in it.

use std::{io, path::PathBuf};

use super::{
    Finding, Verdict,
    copy::{OUTBOX, WEBHOOKS, journal, outbox, webhooks},
};
use crate::{
    clock::Clock,
    model::{Text, Timestamp},
    outbox::Dispatcher,
    secret::FieldKeySource,
    store::{Duty, Error, OutboxLook, Schema, Server, Store, Watch, kept_beside, knock},
    sync::Hearing,
};

const DATABASE: &str = "database";

/// Clocks that are further apart cut the time in which a decision can be taken back.
const CLOCKS_APART_MS: i128 = 2_000;

/// What there is to say, and whose data it holds, if anybody's; and what waits here for it.
pub async fn shared(
    server: &Server,
    key: &FieldKeySource,
    clock: Clock,
) -> (Vec<Finding>, Option<Text>) {
    let (mut found, pinned) = looked_at(server, key, clock).await;
    found.extend(kept(kept_beside(&server.beside)));
    (found, pinned)
}

/// Decisions that were made while it was away.
fn kept(known: io::Result<(usize, Vec<PathBuf>)>) -> Option<Finding> {
    Some(match known {
        Ok((_, files)) if files.is_empty() => return None,
        Ok((0, _)) => return None,
        Ok((kept, files)) => {
            let files: Vec<String> = files.iter().map(|file| file.display().to_string()).collect();
            let what = format!("{kept} decided while it was away, kept in {}", files.join(", "));
            let todo = "the next console of the same reviewer sends what one left that is gone";
            Finding::warn(DATABASE, what, todo)
        }
        Err(why) => {
            let what = format!("what was decided while it was away cannot be counted: {why}");
            Finding::warn(DATABASE, what, "look after the folder")
        }
    })
}

async fn looked_at(
    server: &Server,
    key: &FieldKeySource,
    clock: Clock,
) -> (Vec<Finding>, Option<Text>) {
    let failed = |why: &Error| {
        let todo = "until then nothing is opened; docs/shared.md says what it needs";
        (vec![Finding::fail(DATABASE, format!("{server}: {why}"), todo)], None)
    };
    let what = match knock(server).await {
        Ok(Schema::Ours) => None,
        Ok(Schema::None) => {
            Some("its schema is made by the first start, or caseload store migrate")
        }
        Ok(Schema::Older) => Some("the next start of a role that may brings its schema up to date"),
        Ok(Schema::Newer) => return failed(&Error::Newer { path: server.to_string() }),
        Err(why) => return failed(&why),
    };
    if let Some(what) = what {
        return (vec![Finding::ok(DATABASE, format!("{server}; {what}"))], None);
    }
    let key = match key.read() {
        Ok(key) => key,
        Err(why) => {
            let todo = "without it nothing is opened";
            return (vec![Finding::fail(DATABASE, why.to_string(), todo)], None);
        }
    };
    match Store::open_at(&server.clone().into(), key.as_ref(), clock.clone()).await {
        Ok(store) => contents(server, &store, &clock).await.unwrap_or_else(|why| failed(&why)),
        Err(why) => failed(&why),
    }
}

async fn contents(
    server: &Server,
    store: &Store,
    clock: &Clock,
) -> Result<(Vec<Finding>, Option<Text>), Error> {
    let (inquiries, ..) = store.counts().await?;
    let (theirs, now) = (store.server_time().await?, clock.now());
    let mut found = vec![
        Finding::ok(DATABASE, format!("{server}, {inquiries} inquiries")),
        journal(store.prove(None).await),
        sent(&store.outbox_look().await?, &store.look_at(Duty::Outbox).await?, now),
        match store.look_at::<Hearing>(Duty::Receive).await {
            Ok(receiver) => webhooks(receiver, now),
            Err(why) => Finding::warn(WEBHOOKS, why.to_string(), "look again"),
        },
    ];
    found.extend(theirs.and_then(|theirs| apart(now, theirs)));
    Ok((found, store.pinned_environment().await?))
}

/// The seconds in which a decision can be taken back are counted by the machine that sends it.
fn apart(ours: Timestamp, theirs: Timestamp) -> Option<Finding> {
    let apart = ours.duration_since(theirs).as_millis().abs();
    (apart > CLOCKS_APART_MS).then(|| {
        let what = format!("this machine's clock and the server's are {} s apart", apart / 1_000);
        let todo = "keep both by NTP: how long a decision can be taken back depends on it";
        Finding::warn(DATABASE, what, todo)
    })
}

/// What is on its way, and who sends it.
fn sent(look: &OutboxLook, sender: &Watch<Dispatcher>, now: Timestamp) -> Finding {
    let found = outbox(look, now);
    let who = match sender {
        Watch::Somebody(Some(Dispatcher { reviewer, since })) => {
            let minutes = now.duration_since(*since).as_mins();
            format!("{reviewer} sends for all, for {minutes} min")
        }
        Watch::Somebody(None) => "somebody has just begun to send for all".to_owned(),
        Watch::Nobody => "nobody is there who sends".to_owned(),
    };
    let what = format!("{}; {who}", found.what);
    match (look.open, sender, found.verdict) {
        (1.., Watch::Nobody, Verdict::Ok) => {
            Finding::warn(OUTBOX, what, "the next console sends it, or caseload outbox retry")
        }
        _ => Finding { what, ..found },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_that_are_apart_are_told() {
        let at = |second| Timestamp::from_second(second).unwrap();
        assert!(apart(at(100), at(102)).is_none() && apart(at(102), at(100)).is_none());
        assert!(apart(at(100), at(103)).is_some_and(|found| found.what.contains("are 3 s apart")));
        assert!(apart(at(103), at(100)).is_some());
    }

    #[test]
    fn what_waits_for_nobody_is_told() {
        let now: Timestamp = "2026-03-02T12:00:00Z".parse().unwrap();
        let (idle, busy) = (
            OutboxLook::default(),
            OutboxLook { open: 1, oldest: Some(now), ..OutboxLook::default() },
        );
        let reviewer = Text::new("jane");
        let jane = Watch::Somebody(Some(Dispatcher {
            reviewer,
            since: now - jiff::SignedDuration::from_mins(3),
        }));
        let table = [
            (&idle, &Watch::Nobody, Verdict::Ok, "nobody is there"),
            (&busy, &Watch::Nobody, Verdict::Warn, "nobody is there"),
            (&busy, &Watch::Somebody(None), Verdict::Ok, "has just begun"),
            (&busy, &jane, Verdict::Ok, "jane sends for all, for 3 min"),
        ];
        for (look, sender, verdict, words) in table {
            let found = sent(look, sender, now);
            assert_eq!(found.verdict, verdict, "{found:?}");
            assert!(found.what.contains(words), "{found:?}");
        }
    }
}
