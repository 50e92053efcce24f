//! Cached personal data goes when it is old enough, or when somebody says so; the journal tells.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};

use super::{Desk, StoreError};
use crate::{
    journal::sha256,
    model::{JournalEntry, Text},
    store::Whose,
};

/// What was dropped, for whoever has to prove it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// Names this purge here and in the journal.
    pub id: Text,
    pub at: Timestamp,
    pub inquiries: u64,
    pub cases: u64,
    pub accounts: u64,
    /// Of the sorted ids, a line each, in lower-case hex.
    pub sha256: Text,
}

/// Between two looks for what has expired.
const EVERY: Duration = Duration::from_secs(60 * 60);

impl Desk {
    /// Drops personal data from the local copy and writes that into the journal.
    ///
    /// # Errors
    /// If the store cannot be written; what was dropped until then is dropped.
    pub async fn purge(&self, whose: &Whose) -> Result<Receipt, StoreError> {
        let mut ids: Vec<String> = Vec::new();
        let mut counts = [0_u64; 3];
        for one in self.store.purge(whose).await? {
            counts[match one.kind {
                "inquiry" => 0,
                "case" => 1,
                _ => 2,
            }] += 1;
            ids.push(one.id);
        }
        ids.sort();
        let list: String = ids.iter().map(|id| format!("{id}\n")).collect();
        let [inquiries, cases, accounts] = counts;
        let receipt = Receipt {
            id: Text::new(&uuid::Uuid::now_v7().to_string()),
            at: self.clock.now(),
            inquiries,
            cases,
            accounts,
            sha256: Text::new(&sha256(list.as_bytes())),
        };
        if !ids.is_empty() {
            self.store.leave_no_trace().await?;
            self.sweep_unfinished().await;
            self.store.journal(self.line(&receipt)).await?;
        }
        Ok(receipt)
    }

    fn line(&self, receipt: &Receipt) -> JournalEntry {
        let Receipt { id, inquiries, cases, accounts, sha256, .. } = receipt;
        let detail = Text::new(&format!(
            "receipt {id}: {inquiries} inquiries, {cases} cases, {accounts} accounts, sha256 {sha256}"
        ));
        JournalEntry { detail, ..JournalEntry::new(receipt.at, &self.reviewer, "purged") }
    }
}

/// For so long it is remembered which events were seen: longer than Persona tells one again.
const EVENTS_KEPT: SignedDuration = SignedDuration::from_hours(35 * 24);

/// Drops what has expired, now and every hour. `kept`: for how long after its last change.
pub async fn expire(desk: Arc<Desk>, kept: SignedDuration) {
    loop {
        let dropping = desk.busy.token();
        if let Err(why) = desk.purge(&Whose::Unchanged(desk.clock.now() - kept)).await {
            tracing::warn!(%why, "personal data that has expired could not be dropped");
        }
        // Whoever was redacted, by whichever process that came, is forgotten there too.
        desk.sweep_unfinished().await;
        if let Err(why) = forget_events(&desk).await {
            tracing::warn!(%why, "events of long ago could not be forgotten");
        }
        drop(dropping);
        desk.clock.sleep(EVERY).await;
    }
}

async fn forget_events(desk: &Desk) -> Result<(), StoreError> {
    while desk.store.forget_events(desk.clock.now() - EVENTS_KEPT).await? > 0 {}
    Ok(())
}
