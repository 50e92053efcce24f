//! How a decision lies in its row, and how it is joined to the row of its object.

use jiff::Timestamp;

use super::{
    Error,
    db::Row,
    seal::{COMMENT, Kept, REASON, Seal, VERB},
    worklist::instant,
};
use crate::model::{
    AccountId, Action, ActionId, ActionState, CaseId, IdempotencyKey, InquiryId, ReportId, Subject,
    Text, Verb,
};

/// A decision as a row of a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Pending {
    pub id: ActionId,
    pub verb: Verb,
    pub state: ActionState,
}

/// Joined to a list so that each row carries the decision about it.
pub const PENDING_JOIN: &str = "LEFT JOIN action ON action.id = (
    SELECT id FROM action AS a WHERE a.subject_id = list.id AND a.acknowledged = 0
        AND a.state IN ('proposed', 'held', 'sending', 'waiting', 'rejected', 'stopped')
    ORDER BY a.decided_at DESC LIMIT 1)";

pub const PENDING_COLUMNS: &str = "action.id AS action_id, action.verb AS action_verb,
    action.state AS action_state, action.due_at AS action_due_at, action.reason AS action_reason";

pub const COLUMNS: &str =
    "id, subject_kind, subject_id, verb, evidence, reason_code, comment, reviewer,
    decided_at, state, due_at, reason, key, key_sent_at, attempts, must_read, after_id,
    bulk, proposed_with, confirmed_by";

/// The decision joined to a row, if there is one.
pub fn pending(seal: &Seal, row: &Row) -> Result<Option<Pending>, Error> {
    let Some(id) = row.try_get::<Option<String>, _>("action_id")? else { return Ok(None) };
    let state: String = row.try_get("action_state")?;
    let reason = seal.open(REASON, &id, row.try_get("action_reason")?)?;
    Ok(Some(Pending {
        verb: verb(seal, &id, row.try_get("action_verb")?)?,
        id: ActionId::new(&id)?,
        state: read_state(&state, row.try_get("action_due_at")?, reason)?,
    }))
}

/// What was decided, as its row keeps it.
pub fn verb(seal: &Seal, id: &str, kept: Kept) -> Result<Verb, Error> {
    Ok(serde_json::from_str(&seal.open(VERB, id, kept)?)?)
}

pub fn write_verb(seal: &Seal, id: &ActionId, verb: &Verb) -> Result<Kept, Error> {
    seal.seal(VERB, id.as_str(), serde_json::to_string(verb)?)
}

/// Why it waits, was refused or was stopped: Persona's words may repeat an applicant's.
pub fn write_reason(seal: &Seal, id: &ActionId, reason: String) -> Result<Kept, Error> {
    match reason.is_empty() {
        true => Ok(Kept::Clear(reason)),
        false => seal.seal(REASON, id.as_str(), reason),
    }
}

pub fn write_state(state: &ActionState) -> (&'static str, Option<i64>, String) {
    match state {
        ActionState::Proposed { by } => ("proposed", None, by.to_string()),
        ActionState::Held { until } => ("held", Some(until.as_microsecond()), String::new()),
        ActionState::Sending => ("sending", None, String::new()),
        ActionState::Waiting { until, reason } => {
            ("waiting", Some(until.as_microsecond()), reason.to_string())
        }
        ActionState::Done => ("done", None, String::new()),
        ActionState::Rejected { reason } => ("rejected", None, reason.to_string()),
        ActionState::Stopped { reason } => ("stopped", None, reason.to_string()),
        ActionState::Cancelled => ("cancelled", None, String::new()),
    }
}

fn read_state(name: &str, due_at: Option<i64>, reason: String) -> Result<ActionState, Error> {
    let until = instant(due_at).unwrap_or(Timestamp::UNIX_EPOCH);
    let reason = Text::from(reason);
    Ok(match name {
        "proposed" => ActionState::Proposed { by: reason },
        "held" => ActionState::Held { until },
        "sending" => ActionState::Sending,
        "waiting" => ActionState::Waiting { until, reason },
        "done" => ActionState::Done,
        "rejected" => ActionState::Rejected { reason },
        "stopped" => ActionState::Stopped { reason },
        "cancelled" => ActionState::Cancelled,
        other => return Err(Error::Damaged(format!("an action in state {other}"))),
    })
}

pub fn action(seal: &Seal, row: &Row) -> Result<Action, Error> {
    let id: String = row.try_get("id")?;
    let subject_id: String = row.try_get("subject_id")?;
    let kind: String = row.try_get("subject_kind")?;
    let subject = match kind.as_str() {
        "inquiry" => Subject::Inquiry(InquiryId::new(&subject_id)?),
        "case" => Subject::Case(CaseId::new(&subject_id)?),
        "account" => Subject::Account(AccountId::new(&subject_id)?),
        "report" => Subject::Report(ReportId::new(&subject_id)?),
        "new inquiry" => Subject::NewInquiry(ActionId::new(&subject_id)?),
        other => return Err(Error::Damaged(format!("an action about a {other}"))),
    };
    let decided_at: i64 = row.try_get("decided_at")?;
    let state: String = row.try_get("state")?;
    let key: String = row.try_get("key")?;
    let attempts: i64 = row.try_get("attempts")?;
    let comment: Option<Kept> = row.try_get("comment")?;
    let comment = comment.map(|kept| seal.open(COMMENT, &id, kept)).transpose()?;
    let reason = seal.open(REASON, &id, row.try_get("reason")?)?;
    Ok(Action {
        subject,
        verb: verb(seal, &id, row.try_get("verb")?)?,
        id: ActionId::new(&id)?,
        evidence: serde_json::from_str(row.try_get("evidence")?)?,
        reason_code: row.try_get::<Option<String>, _>("reason_code")?.map(Text::from),
        comment: comment.map(Text::from),
        reviewer: Text::from(row.try_get::<String, _>("reviewer")?),
        decided_at: instant(Some(decided_at)).unwrap_or(Timestamp::UNIX_EPOCH),
        state: read_state(&state, row.try_get("due_at")?, reason)?,
        key: IdempotencyKey::stored(key),
        key_sent_at: instant(row.try_get("key_sent_at")?),
        attempts: u32::try_from(attempts).unwrap_or(u32::MAX),
        must_read: row.try_get::<i64, _>("must_read")? != 0,
        after: row
            .try_get::<Option<String>, _>("after_id")?
            .map(|id| ActionId::new(&id))
            .transpose()?,
        bulk: row.try_get::<Option<String>, _>("bulk")?.map(Text::from),
        proposed_with: row.try_get::<Option<String>, _>("proposed_with")?.map(Text::from),
        confirmed_by: row.try_get::<Option<String>, _>("confirmed_by")?.map(Text::from),
    })
}
