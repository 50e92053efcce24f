//! What happened at Persona, taken in once each, however often it is told.

use super::{Error, Store, batch::apply_in, tombstone};
use crate::model::{Batch, Event, EventId};

/// What became of a page of events.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ingested {
    pub new: Vec<EventId>,
    pub already_seen: usize,
}

impl Store {
    /// Writes events that were not seen before, oldest first, each with the object as of then.
    pub async fn ingest(&self, events: &[Event]) -> Result<Ingested, Error> {
        let now = self.0.clock.now();
        let mut tx = self.0.backend.begin().await?;
        let (mut ingested, mut batch) = (Ingested::default(), Batch::default());
        for event in events.iter().rev() {
            let inserted = sqlx::query(
                "INSERT INTO event (id, seen_at) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
            )
            .bind(event.id.as_str())
            .bind(now.as_microsecond())
            .execute(&mut *tx)
            .await?;
            if inserted.rows_affected() == 0 {
                ingested.already_seen += 1;
                continue;
            }
            ingested.new.push(event.id.clone());
            batch.entities.extend(event.included.iter().cloned());
            batch.entities.extend(tombstone::told(event));
        }
        let changes = apply_in(&mut tx, &self.0.seal, &batch, now).await?;
        tx.commit().await?;
        self.committed(changes).await;
        Ok(ingested)
    }
}
