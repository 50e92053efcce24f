//! Where answers were not as expected: every shape once, with how often it came.

use jiff::Timestamp;

use super::{
    Changes, Error, Store,
    db::{Row, query},
    worklist::instant,
};
use crate::model::{Mismatch, Shape, Text};

/// Shapes that are kept: those that came last. A server that invents without end fills no disk.
pub const MOST_MISMATCHES: u32 = 1_000;

/// When somebody last looked at the list, in the table of cursors.
const LOOKED_AT: &str = "mismatches looked at";

/// What is known, and how much of it is news.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct KnownMismatches {
    /// The one that came last is first.
    pub list: Vec<Mismatch>,
    /// Shapes that came for the first time since somebody looked.
    pub unseen: usize,
}

impl Store {
    /// Adds what was noticed: a known shape counts on, a new one is kept.
    pub async fn note_mismatches(&self, noticed: &[Mismatch]) -> Result<(), Error> {
        if noticed.is_empty() {
            return Ok(());
        }
        let mut tx = self.0.backend.begin().await?;
        for Mismatch { shape, first_seen, last_seen, times } in noticed {
            query(
                "INSERT INTO mismatch (kind, path, expected, found, first_seen, last_seen, times)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (kind, path, expected, found) DO UPDATE SET
                     first_seen = CASE WHEN excluded.first_seen < mismatch.first_seen
                         THEN excluded.first_seen ELSE mismatch.first_seen END,
                     last_seen = CASE WHEN excluded.last_seen > mismatch.last_seen
                         THEN excluded.last_seen ELSE mismatch.last_seen END,
                     times = mismatch.times + excluded.times",
            )
            .bind(shape.kind.as_str())
            .bind(shape.path.as_str())
            .bind(shape.expected.as_str())
            .bind(shape.found.as_str())
            .bind(first_seen.as_microsecond())
            .bind(last_seen.as_microsecond())
            .bind(i64::try_from(*times).unwrap_or(i64::MAX))
            .execute(&mut tx)
            .await?;
        }
        query(
            "DELETE FROM mismatch WHERE rowid NOT IN
                 (SELECT rowid FROM mismatch ORDER BY last_seen DESC, rowid LIMIT $1)",
        )
        .bind(MOST_MISMATCHES)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        self.tell(Changes { mismatches: true, ..Changes::default() });
        Ok(())
    }

    /// At most [`MOST_MISMATCHES`].
    pub async fn mismatches(&self) -> Result<KnownMismatches, Error> {
        let looked_at: i64 =
            self.cursor(LOOKED_AT).await?.and_then(|at| at.parse().ok()).unwrap_or(i64::MIN);
        let rows = query(
            "SELECT kind, path, expected, found, first_seen, last_seen, times FROM mismatch
             ORDER BY last_seen DESC, rowid",
        )
        .fetch_all(&self.0.backend.reader)
        .await?;
        let list: Vec<Mismatch> = rows.iter().map(mismatch).collect::<Result<_, _>>()?;
        let is_news = |one: &&Mismatch| one.first_seen.as_microsecond() > looked_at;
        let unseen = list.iter().filter(is_news).count();
        Ok(KnownMismatches { list, unseen })
    }

    /// Somebody looked at the list: what came until now is no news any more.
    pub async fn look_at_mismatches(&self) -> Result<(), Error> {
        let now = self.0.clock.now().as_microsecond();
        self.set_cursor(LOOKED_AT, &now.to_string()).await?;
        self.tell(Changes { mismatches: true, ..Changes::default() });
        Ok(())
    }
}

pub fn mismatch(row: &Row) -> Result<Mismatch, Error> {
    let text = |at: usize| Ok::<_, Error>(Text::from(row.try_get::<String, _>(at)?));
    let at = |at: usize| {
        let micros = row.try_get(at)?;
        Ok::<_, Error>(instant(Some(micros)).unwrap_or(Timestamp::UNIX_EPOCH))
    };
    Ok(Mismatch {
        shape: Shape { kind: text(0)?, path: text(1)?, expected: text(2)?, found: text(3)? },
        first_seen: at(4)?,
        last_seen: at(5)?,
        times: u64::try_from(row.try_get::<i64, _>(6)?).unwrap_or(0),
    })
}
