//! How much of the outbox is on its way, for those who watch from outside; and whether the store answers.

use jiff::Timestamp;

use super::{Error, Store, db::query};

/// Decisions in a state, and when the oldest of them was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Depth {
    pub state: &'static str,
    pub count: u64,
    pub oldest: Option<Timestamp>,
}

/// What has not come to its end.
const ON_THE_WAY: [&str; 4] = ["proposed", "held", "sending", "waiting"];

impl Store {
    /// One for each state, also those that nothing is in.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn depths(&self) -> Result<Vec<Depth>, Error> {
        let rows = query(
            "SELECT state, count(*), min(decided_at) FROM action
             WHERE state IN ('proposed', 'held', 'sending', 'waiting') GROUP BY state",
        )
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut depths = ON_THE_WAY.map(|state| Depth { state, count: 0, oldest: None });
        for row in rows {
            let state: String = row.try_get(0)?;
            if let Some(depth) = depths.iter_mut().find(|depth| depth.state == state) {
                depth.count = row.try_get::<i64, _>(1)?.unsigned_abs();
                let oldest: Option<i64> = row.try_get(2)?;
                depth.oldest = oldest.and_then(|at| Timestamp::from_microsecond(at).ok());
            }
        }
        Ok(depths.into())
    }

    /// Whether what would be written now would be kept where it was opened.
    ///
    /// # Errors
    /// If it cannot be read, or was moved away.
    pub async fn answers(&self) -> Result<(), Error> {
        self.is_there()?;
        query("SELECT 1").fetch_one(&self.0.backend.reader).await?;
        Ok(())
    }
}
