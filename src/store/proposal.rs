//! Decisions that a second person must confirm: each step is one transaction with its journal
//! lines, and what was decided together is confirmed or returned together.

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Changes, Error, Store,
    action_row::{COLUMNS, action, write_reason},
    db::query,
    deed::{entry, retell},
    exhibits,
    seal::Seal,
    together::{self, Tx},
    tombstone,
    worklist::instant,
};
use crate::model::{
    Action, ActionId, ActionState, Evidence, Subject, Text,
    proposal::{self, Objection, Person},
};

/// What came of a second person's word.
#[derive(Debug, Clone, PartialEq)]
pub enum Confirmed {
    /// It goes on its way now.
    Held,
    /// It is not proposed any more: confirmed by somebody else, taken back, returned.
    Gone,
    Refused(Objection),
    /// This part was proposed on another version than the store has by now. It is still proposed.
    Moved(Box<Action>),
}

impl Store {
    /// Lets what was proposed together go on its way, held until then. `checker`: who, and since when
    /// the item was on their screen, as far as that is known: if the checker is a second
    /// person, and the store has every object as it was proposed on.
    pub async fn confirm(
        &self,
        id: &ActionId,
        checker: (&Text, Option<Timestamp>),
        worker: &str,
        until: Timestamp,
    ) -> Result<Confirmed, Error> {
        let (checker, shown_at) = checker;
        let mut tx = self.0.backend.begin().await?;
        let scribe = self.scribe();
        let parts = proposed(&mut tx, &self.0.seal, id).await?;
        if parts.is_empty() {
            return Ok(Confirmed::Gone);
        }
        for part in &parts {
            let maker = Person { name: &part.reviewer, key_ends: part.proposed_with.as_ref() };
            let checker = Person { name: checker, key_ends: scribe.ends() };
            if let Err(why) = proposal::second(maker, checker) {
                return Ok(Confirmed::Refused(why));
            }
            if version(&mut tx, &self.0.seal, &part.subject).await?.as_ref() != Some(&part.evidence)
            {
                return Ok(Confirmed::Moved(Box::new(part.clone())));
            }
        }
        for part in &parts {
            query(
                "UPDATE action SET state = 'held', due_at = $2, reason = '', owner = $3,
                     submitter = $3, confirmed_by = $4 WHERE id = $1 AND state = 'proposed'",
            )
            .bind(part.id.as_str())
            .bind(until.as_microsecond())
            .bind(worker)
            .bind(checker.as_str())
            .execute(&mut tx)
            .await?;
            retell(&mut tx, &scribe, part, checker, (self.0.clock.now(), shown_at)).await?;
        }
        tx.commit().await?;
        self.tell(Changes { actions: true, ..Changes::default() });
        Ok(Confirmed::Held)
    }

    /// Ends what was proposed together without sending it; it is shown with this reason until it
    /// was read. `what` is the journal's word. False if it is not proposed any more.
    pub async fn give_back(
        &self,
        id: &ActionId,
        who: &Text,
        what: &str,
        reason: &Text,
    ) -> Result<bool, Error> {
        let mut tx = self.0.backend.begin().await?;
        let parts = proposed(&mut tx, &self.0.seal, id).await?;
        for part in &parts {
            query(
                "UPDATE action SET state = 'stopped', reason = $2, due_at = NULL
                 WHERE id = $1 AND state = 'proposed'",
            )
            .bind(part.id.as_str())
            .bind(write_reason(&self.0.seal, &part.id, reason.to_string())?)
            .execute(&mut tx)
            .await?;
            tombstone::tidy(&mut tx, &self.0.seal, &part.subject).await?;
            let line = entry(part, what, who, self.0.clock.now(), reason.as_str().into());
            self.scribe().append(&mut tx, line).await?;
        }
        tx.commit().await?;
        self.tell(Changes { actions: !parts.is_empty(), ..Changes::default() });
        Ok(!parts.is_empty())
    }

    /// All that was proposed together with this, in the order in which it goes; empty if it is not
    /// proposed any more.
    pub async fn proposed(&self, id: &ActionId) -> Result<Vec<Action>, Error> {
        proposed(&mut self.0.backend.begin().await?, &self.0.seal, id).await
    }
}

async fn proposed(tx: &mut Tx, seal: &Seal, id: &ActionId) -> Result<Vec<Action>, Error> {
    let mut parts = Vec::new();
    for id in together::of(tx, id).await? {
        let sql = format!("SELECT {COLUMNS} FROM action WHERE id = $1 AND state = 'proposed'");
        let row = query(AssertSqlSafe(sql)).bind(id.as_str()).fetch_optional(&mut *tx).await?;
        parts.extend(row.as_ref().map(|row| action(seal, row)).transpose()?);
    }
    let asked =
        |part: &Action| part.id == *id && matches!(part.state, ActionState::Proposed { .. });
    Ok(if parts.iter().any(asked) { parts } else { Vec::new() })
}

/// The version of an object that the store has.
async fn version(tx: &mut Tx, seal: &Seal, subject: &Subject) -> Result<Option<Evidence>, Error> {
    let sql = match subject {
        Subject::Inquiry(_) => "SELECT status, updated_at FROM inquiry WHERE id = $1",
        Subject::Case(_) => "SELECT status, updated_at FROM review_case WHERE id = $1",
        Subject::Report(id) => {
            let report = exhibits::report(&mut *tx, seal, id).await?;
            return Ok(report.map(|report| report.evidence()));
        }
        Subject::Account(_) | Subject::NewInquiry(_) => return Ok(None),
    };
    let row = query(sql).bind(subject.id()).fetch_optional(&mut *tx).await?;
    row.map(|row| {
        let status = Text::from(row.try_get::<String, _>("status")?);
        Ok(Evidence { status, updated_at: instant(row.try_get("updated_at")?) })
    })
    .transpose()
}
