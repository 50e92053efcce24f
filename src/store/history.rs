//! Every verdict on a person that this copy knows: on the account's inquiries, on those of accounts
//! that are tied to it by more than chance, and what was decided here before.

use std::collections::HashMap;

use jiff::Timestamp;
use sqlx::AssertSqlSafe;

use super::{
    Error, Signal, Store, action_row,
    db::{Row, query},
    worklist::instant,
};
use crate::model::{AccountId, Inquiry, InquiryId, InquiryStatus, Shared, Text, Verb, Verdict};

/// Whose verdicts are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    pub account: Option<&'a AccountId>,
    /// The inquiry on the screen; it is the whole person where there is no account.
    pub inquiry: Option<&'a Inquiry>,
}

/// More of one person are not listed, nor of all those that are tied to them.
const MOST: u32 = 50;
const MOST_OF_OTHERS: u32 = 20;

/// A verdict that was made here and has reached Persona.
struct Made {
    status: InquiryStatus,
    at: Option<Timestamp>,
    by: Text,
    reason: Option<Text>,
}

impl Store {
    /// Newest first.
    pub async fn history(
        &self,
        person: &Person<'_>,
        signals: &[Signal],
    ) -> Result<Vec<Verdict>, Error> {
        let mut inquiries = match (person.account, person.inquiry) {
            (Some(account), _) => {
                self.decided_of(std::slice::from_ref(account), MOST, person.inquiry).await?
            }
            (None, Some(inquiry)) => vec![inquiry.clone()],
            (None, None) => Vec::new(),
        };
        let mut tied: HashMap<&AccountId, Shared> = HashMap::new();
        let strong = signals.iter().filter(|signal| !signal.sharers.kind.is_weak());
        for signal in strong {
            for account in &signal.accounts {
                let kind = tied.entry(account).or_insert(signal.sharers.kind);
                *kind = (*kind).min(signal.sharers.kind);
            }
        }
        if !tied.is_empty() {
            let accounts: Vec<AccountId> = tied.keys().map(|id| (*id).clone()).collect();
            inquiries.extend(self.decided_of(&accounts, MOST_OF_OTHERS, None).await?);
        }
        let mut made = self.made_of(&inquiries).await?;
        let mut verdicts = Vec::new();
        for inquiry in &inquiries {
            let Some(account) = inquiry.account.as_ref().or(person.account) else { continue };
            let shares = tied.get(account).copied();
            let own = made.remove(inquiry.id.as_str()).unwrap_or_default();
            verdicts.extend(verdicts_on(inquiry, account, shares, own));
        }
        verdicts.sort_by_key(|verdict: &Verdict| std::cmp::Reverse(verdict.at));
        Ok(verdicts)
    }

    /// Inquiries of some accounts that are decided, newest first, and one whether it is or not.
    async fn decided_of(
        &self,
        accounts: &[AccountId],
        most: u32,
        and: Option<&Inquiry>,
    ) -> Result<Vec<Inquiry>, Error> {
        // Of one account they are found by an index, which a server would not take for a list.
        let (of, accounts) = match accounts {
            [account] => ("= $1", account.to_string()),
            accounts => ("IN (SELECT value FROM json_each($1))", serde_json::to_string(accounts)?),
        };
        let rows = query(AssertSqlSafe(format!(
            "SELECT id, body FROM inquiry WHERE account_id {of}
                 AND (status || '') IN ('approved', 'declined') AND id IS DISTINCT FROM $2
             ORDER BY newest, id LIMIT $3",
        )))
        .bind(accounts)
        .bind(and.map(|inquiry| inquiry.id.as_str()))
        .bind(most)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let decided = rows.iter().map(|row| self.0.seal.object(row));
        decided.chain(and.map(|inquiry| Ok(inquiry.clone()))).collect()
    }

    /// What was decided here about inquiries, newest first, by their ids.
    async fn made_of(&self, inquiries: &[Inquiry]) -> Result<HashMap<String, Vec<Made>>, Error> {
        let ids: Vec<&InquiryId> = inquiries.iter().map(|inquiry| &inquiry.id).collect();
        let rows = query(AssertSqlSafe(
            "SELECT id, subject_id, verb, reviewer, reason_code, decided_at FROM action
             WHERE subject_id IN (SELECT value FROM json_each($1)) AND state = 'done'
                 AND subject_kind = 'inquiry' ORDER BY decided_at DESC",
        ))
        .bind(serde_json::to_string(&ids)?)
        .fetch_all(&self.0.backend.reader)
        .await?;
        let mut made: HashMap<String, Vec<Made>> = HashMap::new();
        for row in &rows {
            if let Some(one) = self.made(row)? {
                made.entry(row.try_get("subject_id")?).or_default().push(one);
            }
        }
        Ok(made)
    }

    fn made(&self, row: &Row) -> Result<Option<Made>, Error> {
        let id: String = row.try_get("id")?;
        let status = match action_row::verb(&self.0.seal, &id, row.try_get("verb")?)? {
            Verb::Approve => InquiryStatus::Approved,
            Verb::Decline => InquiryStatus::Declined,
            _ => return Ok(None),
        };
        Ok(Some(Made {
            status,
            at: instant(row.try_get("decided_at")?),
            by: Text::from(row.try_get::<String, _>("reviewer")?),
            reason: row.try_get::<Option<String>, _>("reason_code")?.map(Text::from),
        }))
    }
}

/// The verdict that stands, with what is known here of how it was made, and those before it.
fn verdicts_on(
    inquiry: &Inquiry,
    account: &AccountId,
    shares: Option<Shared>,
    mut made: Vec<Made>,
) -> Vec<Verdict> {
    let verdict = |status: InquiryStatus, at, by, reason| Verdict {
        inquiry: inquiry.id.clone(),
        account: account.clone(),
        status,
        at,
        by,
        reason,
        comment: None,
        shares,
    };
    let mut verdicts = Vec::new();
    if inquiry.status.is_decided() {
        let here = made.first().is_some_and(|newest| newest.status == inquiry.status);
        let here = here.then(|| made.remove(0));
        let at = inquiry.decisioned_at.or(here.as_ref().and_then(|made| made.at));
        let (by, reason) = match here {
            Some(made) => (Some(made.by), made.reason),
            None => (inquiry.reviewer.clone(), None),
        };
        let stands = verdict(inquiry.status.clone(), at.or(inquiry.updated_at), by, reason);
        verdicts.push(Verdict { comment: inquiry.reviewer_comment.clone(), ..stands });
    }
    let before = made.into_iter();
    verdicts.extend(before.map(|made| verdict(made.status, made.at, Some(made.by), made.reason)));
    verdicts
}
