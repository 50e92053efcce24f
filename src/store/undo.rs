//! Taking a decision back while nothing has been sent of it: each takes back their own part in it.

use sqlx::AssertSqlSafe;

use super::{
    Changes, Error, Store,
    action_row::{COLUMNS, action, write_reason},
    db::query,
    deed::entry,
    together,
};
use crate::model::{Action, ActionId, ActionState, Text, proposal::is_same};

/// What came of taking a decision back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Undone {
    Cancelled,
    /// The second person took the confirmation back: it is proposed again.
    Proposed,
    /// Of a bulk: so many of them, and so many were sent.
    Some {
        taken: usize,
        sent: usize,
    },
    TooLate,
}

/// What taking back makes of a decision; none if it was sent, or is over.
fn taken_back(action: &Action, who: &Text) -> Option<(Undone, &'static str)> {
    let unsent = match action.state {
        ActionState::Proposed { .. } => {
            return Some((Undone::Cancelled, "before it was confirmed"));
        }
        ActionState::Held { .. } => true,
        ActionState::Waiting { .. } => action.key_sent_at.is_none(),
        _ => false,
    };
    let confirmed = action.confirmed_by.as_ref().is_some_and(|checker| is_same(checker, who));
    match (unsent, confirmed) {
        (false, _) => None,
        (true, true) => Some((Undone::Proposed, "the confirmation; it is proposed again")),
        (true, false) => Some((Undone::Cancelled, "before it was sent")),
    }
}

impl Store {
    /// Takes a decision back while nothing has been sent of it: while it is proposed, held, or
    /// waits for its first try. Whoever confirmed it takes back the confirmation alone.
    pub async fn undo(&self, id: &ActionId, who: &Text) -> Result<Undone, Error> {
        let mut tx = self.0.backend.begin().await?;
        let mut undone = Undone::TooLate;
        // What was decided together goes together: all before it and all after it.
        let bulk = together::of_bulk(&mut tx, id).await?;
        let joint = match bulk.is_empty() {
            true => together::of(&mut tx, id).await?,
            false => bulk.clone(),
        };
        let (mut taken, mut cancelled) = (0, 0);
        for id in joint {
            let sql = format!("SELECT {COLUMNS} FROM action WHERE id = $1");
            let row = query(AssertSqlSafe(sql)).bind(id.as_str()).fetch_one(&mut tx).await?;
            let action = action(&self.0.seal, &row)?;
            cancelled += usize::from(action.state == ActionState::Cancelled);
            let Some((becomes, words)) = taken_back(&action, who) else { continue };
            let (state, reason, checker) = match becomes {
                Undone::Proposed => ("proposed", action.reviewer.to_string(), None),
                _ => ("cancelled", String::new(), action.confirmed_by.as_ref()),
            };
            query(
                "UPDATE action SET state = $2, due_at = NULL, reason = $3, confirmed_by = $4
                 WHERE id = $1",
            )
            .bind(id.as_str())
            .bind(state)
            .bind(write_reason(&self.0.seal, &action.id, reason)?)
            .bind(checker.map(Text::as_str))
            .execute(&mut tx)
            .await?;
            let line = entry(&action, "undone", who, self.0.clock.now(), words.into());
            self.scribe().append(&mut tx, line).await?;
            undone = becomes;
            taken += 1;
        }
        let sent = bulk.len().saturating_sub(taken + cancelled);
        if taken > 0 && sent > 0 {
            undone = Undone::Some { taken, sent };
        }
        tx.commit().await?;
        self.tell(Changes { actions: undone != Undone::TooLate, ..Changes::default() });
        Ok(undone)
    }
}
