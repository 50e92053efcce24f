//! What one reviewer decided: when, how long after opening it, and what became of it since.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Error, Store,
    action_row::{COLUMNS, action, verb},
    db::query,
    worklist::instant,
};
use crate::model::{
    Action, ActionId, ActionState, InquiryStatus, JournalEntry, Text, Verb,
    day::{Fate, Judgement},
};

impl Store {
    /// What a reviewer decided since then, or confirmed of what was proposed since then; oldest
    /// first.
    pub async fn judgements(&self, who: &Text, since: Timestamp) -> Result<Vec<Judgement>, Error> {
        let sql = format!(
            "SELECT {COLUMNS} FROM action
             WHERE decided_at >= $2 AND (reviewer = $1 OR confirmed_by = $1)"
        );
        let rows = query(AssertSqlSafe(sql))
            .bind(who.as_str())
            .bind(since.as_microsecond())
            .fetch_all(&self.0.backend.reader)
            .await?;
        let actions = rows.iter().map(|row| action(&self.0.seal, row));
        let actions = actions.collect::<Result<Vec<Action>, Error>>()?;
        let told = self.told(&actions, who).await?;
        let opened = self.opened(&told).await?;
        let overturned = self.overturned(&actions).await?;
        let judgement = |action: Action| {
            let line = told.get(&action.id);
            let confirmed = action.reviewer != *who;
            let at = match (line, confirmed) {
                (Some(line), _) => line.at,
                (None, false) => action.decided_at,
                // They took the confirmation back.
                (None, true) => return None,
            };
            let opened = line.and_then(first_opened).and_then(|number| opened.get(&number));
            let shown = line.and_then(|line| line.decision.as_ref()?.shown_at);
            let begun = opened.copied().or(shown).filter(|_| action.bulk.is_none());
            Some(Judgement {
                confirmed,
                at,
                took: begun.map(|begun| at.duration_since(begun).unsigned_abs()),
                unopened: opened.is_none(),
                fate: fate(&action.state),
                overturned: overturned.contains(&action.id),
                subject: action.subject,
                verb: action.verb,
            })
        };
        let mut judgements: Vec<Judgement> = actions.into_iter().filter_map(judgement).collect();
        judgements.sort_by_key(|judgement| judgement.at);
        Ok(judgements)
    }

    /// The reviewer's own line about each: that they decided it, else that they confirmed it.
    async fn told(
        &self,
        actions: &[Action],
        who: &Text,
    ) -> Result<HashMap<ActionId, JournalEntry>, Error> {
        let ids: Vec<&ActionId> = actions.iter().map(|action| &action.id).collect();
        let rows = query(
            "SELECT entry FROM journal WHERE action IN (SELECT value FROM json_each($1))
             ORDER BY seq",
        )
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut told = HashMap::new();
        for row in &rows {
            let Ok(line) = serde_json::from_str::<JournalEntry>(row.try_get("entry")?) else {
                continue;
            };
            let is_deed = line.tells_of_a_decision() || line.what.as_str() == "confirmed";
            if let Some(action) = line.action.clone().filter(|_| is_deed && line.who == *who) {
                told.insert(action, line);
            }
        }
        Ok(told)
    }

    /// When the lines were written that tell of an opening, by their numbers.
    async fn opened(
        &self,
        told: &HashMap<ActionId, JournalEntry>,
    ) -> Result<HashMap<u64, Timestamp>, Error> {
        let numbers: Vec<u64> = told.values().filter_map(first_opened).collect();
        let rows = query(
            "SELECT seq, entry FROM journal WHERE seq IN (SELECT value + 0 FROM json_each($1))",
        )
        .bind(serde_json::to_string(&numbers)?)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut opened = HashMap::new();
        for row in &rows {
            let line = serde_json::from_str::<JournalEntry>(row.try_get("entry")?);
            if let Ok(line) = line {
                opened.insert(row.try_get::<i64, _>("seq")?.unsigned_abs(), line.at);
            }
        }
        Ok(opened)
    }

    /// Those after which somebody said the opposite: the inquiry stands otherwise now, or a later
    /// decision of this copy said so.
    async fn overturned(&self, actions: &[Action]) -> Result<HashSet<ActionId>, Error> {
        let verdicts: Vec<&Action> = actions
            .iter()
            .filter(|action| action.state == ActionState::Done && opposite(&action.verb).is_some())
            .collect();
        let ids: Vec<&str> = verdicts.iter().map(|action| action.subject.id()).collect();
        let ids = serde_json::to_string(&ids)?;
        let stands =
            query("SELECT id, status FROM inquiry WHERE id IN (SELECT value FROM json_each($1))")
                .bind(&ids)
                .fetch_all(&self.0.backend.reader)
                .await?;
        let mut status = HashMap::new();
        for row in &stands {
            let word: String = row.try_get("status")?;
            status.insert(row.try_get::<String, _>("id")?, InquiryStatus::parse(&word));
        }
        let done = query(
            "SELECT id, subject_id, verb, decided_at FROM action
             WHERE subject_id IN (SELECT value FROM json_each($1)) AND state = 'done'
                 AND subject_kind = 'inquiry'",
        )
        .bind(&ids)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut later: HashMap<String, Vec<(Timestamp, Verb)>> = HashMap::new();
        for row in &done {
            let id: String = row.try_get("id")?;
            let verb = verb(&self.0.seal, &id, row.try_get("verb")?)?;
            if let Some(at) = instant(row.try_get("decided_at")?) {
                later.entry(row.try_get("subject_id")?).or_default().push((at, verb));
            }
        }
        let is_overturned = |action: &&&Action| {
            let id = action.subject.id();
            let Some((stands, said)) = opposite(&action.verb) else { return false };
            let after = |(at, verb): &(Timestamp, Verb)| *at > action.decided_at && *verb == said;
            status.get(id) == Some(&stands)
                || later.get(id).is_some_and(|later| later.iter().any(after))
        };
        let found = verdicts.iter().filter(is_overturned);
        Ok(found.map(|action| action.id.clone()).collect())
    }
}

/// The number of the line that tells of the first opening before a decision.
fn first_opened(line: &JournalEntry) -> Option<u64> {
    line.decision.as_ref()?.before.opened.first().copied()
}

/// How an inquiry stands when a verdict was overturned, and what did it.
fn opposite(verb: &Verb) -> Option<(InquiryStatus, Verb)> {
    match verb {
        Verb::Approve => Some((InquiryStatus::Declined, Verb::Decline)),
        Verb::Decline => Some((InquiryStatus::Approved, Verb::Approve)),
        _ => None,
    }
}

fn fate(state: &ActionState) -> Fate {
    match state {
        ActionState::Cancelled => Fate::Undone,
        ActionState::Done => Fate::Done,
        ActionState::Rejected { .. } => Fate::Refused,
        ActionState::Stopped { .. } => Fate::Stopped,
        ActionState::Proposed { .. }
        | ActionState::Held { .. }
        | ActionState::Sending
        | ActionState::Waiting { .. } => Fate::Open,
    }
}
