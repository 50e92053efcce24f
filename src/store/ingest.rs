//! What happened at Persona, taken in once each, however often and in whatever order it is told.

use std::{collections::HashSet, os::unix::fs::MetadataExt};

use jiff::Timestamp;

use super::{Changes, Error, Store, batch::apply_in, db::query, relation_keys, tombstone};
use crate::model::{Batch, Event, EventId};

/// What became of some events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    pub new: Vec<EventId>,
    pub already_seen: usize,
}

/// So many in one transaction: nobody notices the wait.
const AT_ONCE: u32 = 5_000;

impl Store {
    /// Writes events that were not seen before, oldest first, each with the object as of then. An
    /// event of an unknown kind is seen, and nothing else. All of them or none.
    ///
    /// # Errors
    /// If the store cannot be written, or its file is not where it was opened.
    pub async fn ingest(&self, events: &[Event]) -> Result<Ingested, Error> {
        self.is_there()?;
        let now = self.0.clock.now();
        let mut in_order: Vec<&Event> = events.iter().collect();
        in_order.sort_by_key(|event| event.created_at);
        let mut tx = self.0.backend.begin().await?;
        let (mut ingested, mut batch) = (Ingested::default(), Batch::default());
        let mut heeded = Changes::default();
        // One statement for all: whoever writes keeps all others of a team waiting.
        let ids: Vec<&str> = in_order.iter().map(|event| event.id.as_str()).collect();
        let inserted = query(
            "INSERT INTO event (id, seen_at) SELECT value, $2 FROM json_each($1) WHERE true
             ON CONFLICT (id) DO NOTHING RETURNING id",
        )
        .bind(serde_json::to_string(&ids)?)
        .bind(now.as_microsecond())
        .fetch_all(&mut tx)
        .await?;
        let mut new = HashSet::with_capacity(inserted.len());
        for row in &inserted {
            new.insert(row.try_get::<String, _>(0)?);
        }
        for event in in_order {
            // One that is there twice is new once.
            if !new.remove(event.id.as_str()) {
                ingested.already_seen += 1;
                continue;
            }
            ingested.new.push(event.id.clone());
            heeded = heeded.and(relation_keys::heed(&mut tx, event).await?);
            batch.entities.extend(event.included.iter().cloned());
            batch.entities.extend(tombstone::told(event));
        }
        let changes = apply_in(&mut tx, &self.0.seal, &batch, now, None).await?.and(heeded);
        tx.commit().await?;
        self.committed(changes).await;
        Ok(ingested)
    }

    /// Whether what is written is still read by those who open the store: a file that was moved
    /// away or replaced takes writes that nobody will ever see.
    pub(super) fn is_there(&self) -> Result<(), Error> {
        let Some(opened) = self.0.file else { return Ok(()) };
        let found = std::fs::metadata(&self.0.path).map(|file| (file.dev(), file.ino())).ok();
        if found == Some(opened) {
            return Ok(());
        }
        Err(Error::Gone { path: self.0.path.display().to_string() })
    }

    /// Forgets that events were seen, if that was before; some of them, until there are none.
    /// Should one come again, newer still wins.
    ///
    /// # Errors
    /// If the store cannot be written.
    pub async fn forget_events(&self, before: Timestamp) -> Result<u64, Error> {
        let forgotten = query(
            "DELETE FROM event WHERE id IN
                 (SELECT id FROM event WHERE seen_at < $1 ORDER BY seen_at LIMIT $2)",
        )
        .bind(before.as_microsecond())
        .bind(AT_ONCE)
        .execute(&self.0.backend.writer)
        .await?;
        Ok(forgotten.rows_affected())
    }
}
