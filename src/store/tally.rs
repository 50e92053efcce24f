//! How many rows a list has and which is the nth, without walking along it.
//!
//! The table `tally` counts the rows of each list by place, in slots of four sizes; triggers keep
//! it. Walking down those levels ends in a slot of a second, so what is left to skip is short.

use super::{Error, db::query, together::Tx};

/// How far a place is shifted right to give its slot, widest first.
const SHIFTS: [u32; 4] = [41, 34, 27, 20];
/// Between two levels: a slot holds 128 of the level below.
const FAN: u32 = 7;

/// A list that is counted, by its name in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    list: String,
    /// The places of rows that are in the table and to be left out, in their order.
    pub less: Vec<i64>,
}

/// Where to begin reading: from the first row at this place or beyond it, leaving out so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Start {
    pub place: i64,
    pub skip: u64,
}

impl Tally {
    pub fn of(list: impl Into<String>) -> Self {
        Self { list: list.into(), less: Vec::new() }
    }

    /// How many rows that are left out lie between two places, the second not included.
    fn without(&self, from: i64, to: i64) -> u64 {
        let before = |place| self.less.partition_point(|known| *known < place);
        (before(to).saturating_sub(before(from))) as u64
    }

    pub async fn total(&self, db: &mut Tx) -> Result<u64, Error> {
        let sql = "SELECT CAST(coalesce(sum(rows), 0) AS BIGINT) FROM tally WHERE list = $1 AND shift = $2";
        let row = query(sql).bind(&self.list).bind(SHIFTS[0]).fetch_one(db).await?;
        let rows = row.try_get::<i64, _>(0)?.unsigned_abs();
        Ok(rows.saturating_sub(self.less.len() as u64))
    }

    /// Where the row of this index is found; none if the list is shorter.
    pub async fn start(&self, db: &mut Tx, index: u64) -> Result<Option<Start>, Error> {
        let mut skip = index;
        // The slots to look among: all of the widest, then those of the one that was found.
        let (mut from, mut to) = (i64::MIN, i64::MAX);
        for (level, shift) in SHIFTS.into_iter().enumerate() {
            let slots = query(
                "SELECT slot, rows FROM tally
                 WHERE list = $1 AND shift = $2 AND slot BETWEEN $3 AND $4 ORDER BY slot",
            )
            .bind(&self.list)
            .bind(shift)
            .bind(from)
            .bind(to)
            .fetch_all(&mut *db)
            .await?;
            let mut found = None;
            for slot in slots {
                let nth = slot.try_get::<i64, _>(0)?;
                let less = self.without(nth << shift, nth.saturating_add(1) << shift);
                let rows = slot.try_get::<i64, _>(1)?.unsigned_abs().saturating_sub(less);
                if skip < rows {
                    found = Some(nth);
                    break;
                }
                skip -= rows;
            }
            let Some(slot) = found else { return Ok(None) };
            if level + 1 == SHIFTS.len() {
                return Ok(Some(Start { place: slot << shift, skip }));
            }
            (from, to) = (slot << FAN, (slot << FAN) + (1 << FAN) - 1);
        }
        Ok(None)
    }

    /// How many rows lie in slots before that of a place, and the place at which its slot begins.
    pub async fn before(&self, db: &mut Tx, place: i64) -> Result<(u64, i64), Error> {
        let mut before = 0;
        let mut from = i64::MIN;
        for shift in SHIFTS {
            let slot = place >> shift;
            let row = query(
                "SELECT CAST(coalesce(sum(rows), 0) AS BIGINT) FROM tally
                 WHERE list = $1 AND shift = $2 AND slot >= $3 AND slot < $4",
            )
            .bind(&self.list)
            .bind(shift)
            .bind(from)
            .bind(slot)
            .fetch_one(&mut *db)
            .await?;
            before += row.try_get::<i64, _>(0)?.unsigned_abs();
            from = slot << FAN;
        }
        let finest = SHIFTS[SHIFTS.len() - 1];
        let start = (place >> finest) << finest;
        Ok((before.saturating_sub(self.without(i64::MIN, start)), start))
    }
}
