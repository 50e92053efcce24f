//! Fetches the evidence of inquiries that wait for review, longest waiting first, so that
//! opening one needs no network.

use std::collections::HashSet;

use futures::{StreamExt, stream};
use jiff::Timestamp;

use super::{More, Sync, Trouble, fetch};
use crate::{
    model::{InquiryId, Lane, Subject},
    persona::ErrorKind,
};

/// How many are fetched between two polls, and how many at the same time.
const AT_A_TIME: usize = 20;
const AT_ONCE: usize = 4;

/// Which versions of inquiries have been tried since something happened: one that cannot be had,
/// or that stays behind its own list, must not be asked for again and again.
#[derive(Debug, Default)]
pub struct Memory {
    tried: HashSet<Version>,
}

type Version = (InquiryId, Option<Timestamp>);

impl Memory {
    pub fn forget(&mut self) {
        self.tried.clear();
    }
}

/// Fetches the next few.
pub async fn some(sync: &Sync, memory: &mut Memory) -> Result<More, Trouble> {
    let limit = u32::try_from(memory.tried.len() + AT_A_TIME).unwrap_or(u32::MAX);
    let wanted = sync.store.unhydrated(limit).await?;
    // What was had is off the list, and need not be remembered.
    memory.tried.retain(|one| wanted.contains(one));
    let wanted: Vec<Version> =
        wanted.into_iter().filter(|one| !memory.tried.contains(one)).take(AT_A_TIME).collect();
    let more = if wanted.is_empty() { More::No } else { More::Yes };
    let mut fetched = stream::iter(wanted)
        .map(async |version| {
            let subject = Subject::Inquiry(version.0.clone());
            (version, fetch(&sync.client, &subject, Lane::Back).await)
        })
        .buffer_unordered(AT_ONCE);
    while let Some((version, answer)) = fetched.next().await {
        match answer {
            Ok(batch) => _ = sync.store.apply(batch).await?,
            Err(why) if concerns_one(why.kind()) => {
                tracing::warn!(why = why.for_log(), inquiry = %version.0, "its evidence cannot be had");
            }
            Err(why) => return Err(why.into()),
        }
        memory.tried.insert(version);
    }
    Ok(more)
}

/// Says nothing about the next inquiry.
fn concerns_one(kind: &ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::NotFound
            | ErrorKind::Forbidden
            | ErrorKind::Invalid
            | ErrorKind::Conflict { .. }
            | ErrorKind::Server { .. }
            | ErrorKind::Unreadable { .. }
    )
}
