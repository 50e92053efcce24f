//! The database that a team shares: reached, kept apart by environment, and what is in it.

use std::{io, path::PathBuf};

use super::{
    Finding,
    copy::{WEBHOOKS, journal, webhooks},
};
use crate::{
    clock::Clock,
    model::Text,
    secret::FieldKeySource,
    store::{Duty, Error, Schema, Server, Store, kept_beside, knock},
    sync::Hearing,
};

const DATABASE: &str = "database";

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
    let now = clock.now();
    match Store::open_at(&server.clone().into(), key.as_ref(), clock).await {
        Ok(store) => contents(server, &store, now).await.unwrap_or_else(|why| failed(&why)),
        Err(why) => failed(&why),
    }
}

async fn contents(
    server: &Server,
    store: &Store,
    now: crate::model::Timestamp,
) -> Result<(Vec<Finding>, Option<Text>), Error> {
    let (inquiries, ..) = store.counts().await?;
    let found = vec![
        Finding::ok(DATABASE, format!("{server}, {inquiries} inquiries")),
        journal(store.prove(None).await),
        match store.look_at::<Hearing>(Duty::Receive).await {
            Ok(receiver) => webhooks(receiver, now),
            Err(why) => Finding::warn(WEBHOOKS, why.to_string(), "look again"),
        },
    ];
    Ok((found, store.pinned_environment().await?))
}
