//! What a reviewer has put off: it is in none of their lists until its time has come or something
//! has happened to it. Nothing is put off at Persona, which knows of none of this.

use std::collections::HashMap;

use jiff::Timestamp;

use super::{
    Changes, Error, Store,
    batch::micros,
    db::{Row, query},
    seal::{Kept, NOTE, Seal},
    together::Tx,
    worklist::instant,
};
use crate::model::{
    Action, Awaits, Case, CaseId, Inquiry, InquiryId, Pii, Snooze, Subject, Text, snooze,
};

/// All that a reviewer has put off, and what has come back since they were told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Snoozes {
    pub asleep: HashMap<Subject, Snooze>,
    pub back: Vec<Back>,
}

/// An item that has come back by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Back {
    pub subject: Subject,
    /// The applicant's, or the case's own.
    pub name: Option<Pii>,
    pub case: Option<Text>,
    pub snooze: Snooze,
    /// What happened; none if its time has come.
    pub woken: Option<Text>,
}

/// What came of putting items off, or waking them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PutOff {
    /// How it was before, of each that was changed: to take it back.
    pub before: Vec<(Subject, Option<Snooze>)>,
    /// So many are decided already, or not in the local copy.
    pub left_out: usize,
    /// Whose deadline comes before they do, the earliest first.
    pub late: Vec<(Subject, Timestamp)>,
}

const ASLEEP: &str = "woken IS NULL AND (until IS NULL OR until > ";

/// The ids of what somebody has put off, as a query of SQL: `reviewer` is what their name is bound to.
pub fn asleep(kind: &str, reviewer: usize, now: Timestamp) -> String {
    let now = now.as_microsecond();
    format!(
        "SELECT object FROM snoozed WHERE reviewer = ${reviewer} AND kind = '{kind}' AND {ASLEEP}{now})"
    )
}

impl Store {
    /// Puts items off, or wakes those that come with none; all of them in one transaction.
    ///
    /// # Errors
    /// If the store cannot write: then nothing has changed.
    pub async fn snooze(
        &self,
        who: &Text,
        steps: &[(Subject, Option<Snooze>)],
    ) -> Result<PutOff, Error> {
        let mut tx = self.0.backend.begin().await?;
        let mut done = PutOff::default();
        for (subject, wanted) in steps {
            let before = self.snooze_of(&mut tx, who, subject).await?;
            if let Some(wanted) = wanted {
                let Some(due) = waiting(&mut tx, subject).await? else {
                    done.left_out += 1;
                    continue;
                };
                self.put_off(&mut tx, who, subject, wanted).await?;
                let sleeps_past = |at: &Timestamp| wanted.until.is_none_or(|until| *at < until);
                done.late.extend(due.filter(sleeps_past).map(|at| (subject.clone(), at)));
            } else if before.is_some() {
                end(&mut tx, who, subject).await?;
            }
            done.before.push((subject.clone(), before));
        }
        tx.commit().await?;
        done.late.sort_by_key(|(_, at)| *at);
        self.tell(Changes { snoozes: true, ..Changes::default() });
        Ok(done)
    }

    async fn snooze_of(
        &self,
        tx: &mut Tx,
        who: &Text,
        subject: &Subject,
    ) -> Result<Option<Snooze>, Error> {
        let row = query(
            "SELECT id, since, until, awaits, note FROM snoozed
             WHERE reviewer = $1 AND kind = $2 AND object = $3",
        )
        .bind(who.as_str())
        .bind(subject.kind())
        .bind(subject.id())
        .fetch_optional(&mut *tx)
        .await?;
        row.as_ref().map(|row| read(&self.0.seal, row)).transpose()
    }

    async fn put_off(
        &self,
        tx: &mut Tx,
        who: &Text,
        subject: &Subject,
        snooze: &Snooze,
    ) -> Result<(), Error> {
        end(tx, who, subject).await?;
        let id = uuid::Uuid::now_v7().to_string();
        let note = snooze.note.as_ref().map(|note| self.0.seal.seal(NOTE, &id, note.to_string()));
        query(
            "INSERT INTO snoozed (id, reviewer, kind, object, since, until, awaits, note)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        )
        .bind(&id)
        .bind(who.as_str())
        .bind(subject.kind())
        .bind(subject.id())
        .bind(snooze.since.as_microsecond())
        .bind(micros(snooze.until))
        .bind(snooze.awaits.as_str())
        .bind(note.transpose()?)
        .execute(&mut *tx)
        .await?;
        Ok(())
    }

    /// What somebody has put off, and what is back and was not told yet.
    pub async fn snoozes(&self, who: &Text) -> Result<Snoozes, Error> {
        let now = self.0.clock.now();
        let rows = query(
            "SELECT id, kind, object, since, until, awaits, woken, note FROM snoozed
             WHERE reviewer = $1 ORDER BY until NULLS FIRST, since, object",
        )
        .bind(who.as_str())
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut all = Snoozes::default();
        for row in rows {
            let snooze = read(&self.0.seal, &row)?;
            let (kind, object): (String, String) = (row.try_get("kind")?, row.try_get("object")?);
            let subject = match kind.as_str() {
                "inquiry" => Subject::Inquiry(InquiryId::new(&object)?),
                _ => Subject::Case(CaseId::new(&object)?),
            };
            let woken = row.try_get::<Option<String>, _>("woken")?.map(Text::from);
            if woken.is_none() && snooze.until.is_none_or(|until| until > now) {
                all.asleep.insert(subject, snooze);
                continue;
            }
            let (name, case) = self.name_of(&subject).await?;
            all.back.push(Back { subject, name, case, snooze, woken });
        }
        Ok(all)
    }

    async fn name_of(&self, subject: &Subject) -> Result<(Option<Pii>, Option<Text>), Error> {
        let sql = match subject {
            Subject::Inquiry(_) => "SELECT id, body FROM inquiry WHERE id = $1",
            _ => "SELECT id, body FROM review_case WHERE id = $1",
        };
        let row = query(sql).bind(subject.id());
        let row = row.fetch_optional(&self.0.backend.reader).await?;
        Ok(match (row, subject) {
            (Some(row), Subject::Inquiry(_)) => (self.0.seal.object::<Inquiry>(&row)?.name(), None),
            (Some(row), _) => (None, self.0.seal.object::<Case>(&row)?.name),
            (None, _) => (None, None),
        })
    }

    /// They were told of these: what is back is forgotten, and what was put off anew stays.
    ///
    /// # Errors
    /// If the store cannot write.
    pub async fn welcome(&self, who: &Text, back: &[Subject]) -> Result<(), Error> {
        let mut tx = self.0.backend.begin().await?;
        for subject in back {
            query(
                "DELETE FROM snoozed WHERE reviewer = $1 AND kind = $2 AND object = $3
                     AND (woken IS NOT NULL OR until <= $4)",
            )
            .bind(who.as_str())
            .bind(subject.kind())
            .bind(subject.id())
            .bind(self.0.clock.now().as_microsecond())
            .execute(&mut tx)
            .await?;
        }
        tx.commit().await?;
        Ok(())
    }
}

fn read(seal: &Seal, row: &Row) -> Result<Snooze, Error> {
    let id: String = row.try_get("id")?;
    let note: Option<Kept> = row.try_get("note")?;
    let note = note.map(|note| seal.open(NOTE, &id, note)).transpose()?;
    Ok(Snooze {
        since: instant(row.try_get("since")?).unwrap_or(Timestamp::UNIX_EPOCH),
        until: instant(row.try_get("until")?),
        awaits: Awaits::parse(row.try_get("awaits")?),
        note: note.map(Text::from),
    })
}

/// The deadline of an item that somebody still has to look at, if it has one; none if nobody has.
async fn waiting(
    tx: &mut Tx,
    subject: &Subject,
) -> Result<Option<std::option::IntoIter<Timestamp>>, Error> {
    let sql = match subject {
        Subject::Inquiry(_) => {
            "SELECT due FROM inquiry WHERE id = $1 AND purged_at IS NULL
                 AND status NOT IN ('approved', 'declined')
                 AND NOT EXISTS (SELECT 1 FROM tombstone WHERE kind = 'inquiry' AND id = $1)"
        }
        Subject::Case(_) => {
            "SELECT sla_expires_at FROM review_case WHERE id = $1 AND purged_at IS NULL
                 AND resolved = 0
                 AND NOT EXISTS (SELECT 1 FROM tombstone WHERE kind = 'case' AND id = $1)"
        }
        _ => return Ok(None),
    };
    let row = query(sql).bind(subject.id()).fetch_optional(&mut *tx).await?;
    Ok(match row {
        Some(row) => Some(instant(row.try_get(0)?).into_iter()),
        None => None,
    })
}

/// It is put off no more.
async fn end(tx: &mut Tx, who: &Text, subject: &Subject) -> Result<(), Error> {
    query("DELETE FROM snoozed WHERE reviewer = $1 AND kind = $2 AND object = $3")
        .bind(who.as_str())
        .bind(subject.kind())
        .bind(subject.id())
        .execute(&mut *tx)
        .await?;
    Ok(())
}

/// Whoever decides about an item waits for nothing any more.
pub async fn decided(tx: &mut Tx, action: &Action) -> Result<(), Error> {
    match action.verb.is_verdict() {
        true => end(tx, &action.reviewer, &action.subject).await,
        false => Ok(()),
    }
}

/// An inquiry changed: wakes whoever put it off, or a case with it. `by`: who did it, if it was done
/// from here; that is no news to them.
pub async fn inquiry_moved(
    tx: &mut Tx,
    before: &Inquiry,
    after: &Inquiry,
    by: Option<&Text>,
) -> Result<(), Error> {
    let subject = Subject::Inquiry(after.id.clone());
    for Sleeper { id, awaits, is_case } in sleepers(tx, &subject, by).await? {
        let happened = snooze::of_inquiry(awaits, before, after);
        let happened = happened.map(|what| match is_case {
            true => format!("{}: {what}", subject.short()),
            false => what,
        });
        wake(tx, &id, happened).await?;
    }
    Ok(())
}

/// The same for a case.
pub async fn case_moved(
    tx: &mut Tx,
    before: &Case,
    after: &Case,
    by: Option<&Text>,
) -> Result<(), Error> {
    let subject = Subject::Case(after.id.clone());
    for Sleeper { id, awaits, .. } in sleepers(tx, &subject, by).await? {
        wake(tx, &id, snooze::of_case(awaits, before, after)).await?;
    }
    Ok(())
}

/// A row that may be woken.
struct Sleeper {
    id: String,
    awaits: Awaits,
    /// A case that waits for its inquiry.
    is_case: bool,
}

/// Who waits for what happens to an object, but for those of whom something about it is on its way.
async fn sleepers(
    tx: &mut Tx,
    subject: &Subject,
    by: Option<&Text>,
) -> Result<Vec<Sleeper>, Error> {
    let rows = query(
        "SELECT id, kind, awaits FROM snoozed
         WHERE woken IS NULL AND reviewer IS DISTINCT FROM $3 AND (kind = $1 AND object = $2
                 OR kind = 'case' AND $1 = 'inquiry'
                     AND object IN (SELECT case_id FROM case_inquiry WHERE inquiry_id = $2))
             AND NOT EXISTS (SELECT 1 FROM action WHERE subject_kind = $1 AND subject_id = $2
                 AND action.reviewer = snoozed.reviewer AND state IN ('sending', 'waiting'))",
    )
    .bind(subject.kind())
    .bind(subject.id())
    .bind(by.map(Text::as_str))
    .fetch_all(&mut *tx)
    .await?;
    let sleeper = |row: &Row| {
        let kind: &str = row.try_get("kind")?;
        Ok(Sleeper {
            is_case: kind != subject.kind(),
            id: row.try_get("id")?,
            awaits: Awaits::parse(row.try_get("awaits")?),
        })
    };
    rows.iter().map(sleeper).collect()
}

async fn wake(tx: &mut Tx, id: &str, happened: Option<String>) -> Result<(), Error> {
    if let Some(happened) = happened {
        query("UPDATE snoozed SET woken = $2 WHERE id = $1")
            .bind(id)
            .bind(Text::from(happened).as_str())
            .execute(&mut *tx)
            .await?;
    }
    Ok(())
}
